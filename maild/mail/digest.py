"""A letter's fingerprint without what the road adds to it: two copies of one letter have the same."""

import hashlib
import re

from maild.mail.headers import Headers, message_id, read_headers

_TRACE = frozenset(
    {
        "return-path",
        "received",
        "received-spf",
        "delivered-to",
        "authentication-results",
        "envelope-to",
        "delivery-date",
    }
)
_TRACE_PREFIXES = ("x-", "arc-")
_BLANKS = re.compile(rb"\s+")


def content_digest(raw: bytes) -> str:
    """SHA-256 in hexadecimal of a raw letter (bytes) apart from its trace fields.

    Trace fields are Return-Path, Received, Delivered-To, Authentication-Results, X-* (contract, "the same letter"),
    and what else receiving servers write: ARC-*, Received-SPF, Envelope-To, Delivery-Date. The order of the remaining
    fields, folding, line ends and blank lines at the very end do not matter either.
    """
    return _digest(raw, read_headers(raw))


def identify(raw: bytes) -> tuple[str | None, str]:
    """(Message-ID, content digest) of a raw letter, its header block read once; None where it has no id."""
    headers = read_headers(raw)
    return message_id(headers), _digest(raw, headers)


def _digest(raw: bytes, headers: Headers) -> str:
    digest = hashlib.sha256()
    for name in sorted(headers.fields):
        if name in _TRACE or name.startswith(_TRACE_PREFIXES):
            continue
        for value in headers.fields[name]:
            digest.update(name.encode("ascii") + b":" + _BLANKS.sub(b" ", value) + b"\n")
    body = raw[headers.start :]
    digest.update(b"\n")
    digest.update(body.translate(None, b"\r").strip(b"\n"))
    return digest.hexdigest()
