"""Delivery reports: what became of a letter that we sent (RFC 3464, 6522), also from servers that write prose."""

import re
from collections.abc import Iterator

from maild.mail.charset import decode
from maild.mail.headers import Headers, ids, read_headers
from maild.mail.message import Report
from maild.mail.structure import Part

_ID_IN_TEXT = re.compile(r"^[>\s|]*Message-ID:\s*(<[^<>\s]{3,300}>)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"<?([^\s<>@:;,\"'()]+@[^\s<>@:;,\"'()]+[^\s<>@:;,\"'().])>?")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<!\d)([45]\d\d)[ -]\S.{0,300}")


def read_report(root: Part, headers: Headers, text: str) -> Report:
    """The first failed recipient of a report, and the Message-ID of the letter that it is about."""
    blocks = [
        block for part in root.walk() if part.content_type == "message/delivery-status" for block in _blocks(part)
    ]
    block = next((b for b in blocks if b.text("action").lower() == "failed"), None)
    block = block or next((b for b in blocks if b.first("action") or b.first("final-recipient")), None)
    recipient = None
    if block is not None:
        recipient = _recipient(block.text("original-recipient")) or _recipient(block.text("final-recipient"))
    recipient = recipient or _recipient(headers.text("x-failed-recipients").partition(",")[0])
    status = _STATUS.search(block.text("status") if block else text[:4000])
    diagnostic = (block.text("diagnostic-code") if block else "") or _said(text)
    return Report(
        action=(block.text("action").lower() or None) if block else None,
        status=status.group(1) if status else None,
        recipient=recipient or (_recipient(text[:4000]) if block is None else None),
        original_message_id=_original_id(root, text),
        diagnostic=diagnostic[:500] or None,
    )


def _blocks(part: Part) -> Iterator[Headers]:
    """The groups of fields of a message/delivery-status part (RFC 3464, 2.1)."""
    data = part.payload()[:100_000].replace(b"\r\n", b"\n")
    for block in re.split(rb"\n\s*\n", data):
        if block.strip():
            yield read_headers(block.strip() + b"\n\n")


def _recipient(value: str) -> str | None:
    """`rfc822; <a@b>` as a bare address."""
    found = _ADDRESS.search(value.rpartition(";")[2])
    return found.group(1) if found else None


def _said(text: str) -> str:
    found = _CODE.search(text[:8000])
    return " ".join(found.group().split()) if found else ""


def _original_id(root: Part, text: str) -> str | None:
    """From the returned letter or its headers, else from what a server copied into the text."""
    for part in root.walk():
        headers = None
        if part.content_type in ("text/rfc822-headers", "message/rfc822-headers"):
            headers = read_headers(part.payload()[:200_000].lstrip() + b"\n\n")
        elif part.content_type in ("message/rfc822", "message/global") and part.children:
            headers = part.children[0].headers
        elif part.content_type in ("message/disposition-notification", "message/delivery-status"):
            block = next(_blocks(part), None)
            found = ids([*block.all("original-message-id"), *block.all("x-original-message-id")]) if block else ()
            if found:
                return found[0]
        if headers is not None:
            found = ids(headers.all("message-id"))
            if found:
                return found[0]
    match = _ID_IN_TEXT.search(text) or _ID_IN_TEXT.search(decode(root.raw[root.start : root.start + 50_000])[0])
    return match.group(1) if match else None
