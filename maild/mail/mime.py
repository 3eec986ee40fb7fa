"""Header fields and body parts by hand: RFC 5322, RFC 2047, RFC 2045. Values only, no letters.

Nothing that holds a line end ever becomes a header.
"""

import binascii
import re
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime

from maild.errors import PermanentError
from maild.mail.message import Address

WIDTH = 76
_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_ADDRESS = re.compile(
    r"""(?:[^\s<>@,;:"()\\\x00-\x20\x7f]+|"[^"\\\r\n\x00-\x1f]{1,64}")@[^\s<>@,;:"()\\\x00-\x20\x7f]+"""
)
_ASCII = bytes(range(128))
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_WORD_BYTES = 45  # of UTF-8 in one encoded word: 75 characters at most with its frame (RFC 2047, 2)


def safe_value(value: str) -> str:
    """A value that may stand in a header as it is: printable ASCII. Raises PermanentError for anything else."""
    if not value.isascii() or not value.isprintable():
        raise PermanentError(f"not a header value: {value[:60]!r}")
    return value


def one_line(value: str) -> str:
    """The value itself. Raises PermanentError where it holds a control character: a header injected from outside."""
    if not value.isprintable() and any(character < " " or character == "\x7f" for character in value):
        raise PermanentError(f"a header value with a line end or control character: {value[:60]!r}")
    return value


def message_ids(ids: Iterable[str]) -> list[str]:
    """Those that are message identifiers in angle brackets, in ASCII and not too long for a line."""
    return [one for one in ids if _ID.fullmatch(one)]


def folded(name: str, words: Iterable[str]) -> str:
    """A header field folded between words only, so that each of them stays whole (RFC 5322, 2.2.3)."""
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > WIDTH and lines[-1].strip(" ") != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"


def text_header(name: str, value: str) -> str:
    """An unstructured field. Plain words at its start stay readable, the rest becomes encoded words (RFC 2047)."""
    words = one_line(value).split(" ")
    plain = 0
    while plain < len(words) and _is_plain(words[plain]):
        plain += 1
    if plain == len(words):
        return folded(name, words)
    # a blank between plain text and an encoded word is kept by readers, one between two encoded words is not
    return folded(name, [*words[:plain], *encoded_words(" ".join(words[plain:]))])


def mailbox_header(name: str, address: Address) -> str:
    """An address field with one mailbox. Raises PermanentError for an address that is none."""
    spec = f"<{_address(address.address)}>"
    shown = one_line(address.name).strip()
    if not shown:
        return folded(name, [spec])
    if not shown.isascii() or len(shown) > 60 or "=?" in shown:
        return folded(name, [*encoded_words(shown), spec])
    if not _ATOMS.fullmatch(shown):
        shown = '"' + re.sub(r'(["\\])', r"\\\1", shown) + '"'
    return folded(name, [shown, spec])


def encoded_words(text: str) -> list[str]:
    """UTF-8 in base64, cut between characters."""
    data = text.encode("utf-8", "replace")
    words, at = [], 0
    while at < len(data):
        end = min(at + _WORD_BYTES, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        words.append(_encoded(data[at:end]))
        at = end
    return words


def date(moment: datetime) -> str:
    """A Date value. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a letter's date must carry its zone")
    return format_datetime(moment)


def body_part(content_type: str, text: str) -> bytes:
    """A UTF-8 part with its headers and CRLF, in base64 or quoted-printable, whichever is shorter."""
    data = text.encode("utf-8", "replace").replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    transfer, body = _shorter(data)
    head = f"Content-Type: {content_type}; charset=utf-8\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n"
    return head.encode("ascii") + body


def _shorter(data: bytes) -> tuple[str, bytes]:
    high = len(data.translate(None, _ASCII))
    if len(data) + 2 * (high + data.count(b"=")) < len(data) * 4 // 3:
        return "quoted-printable", binascii.b2a_qp(data, istext=True)
    whole = binascii.b2a_base64(data, newline=False)
    return "base64", b"".join([whole[at : at + WIDTH] + b"\r\n" for at in range(0, len(whole), WIDTH)])


def _is_plain(word: str) -> bool:
    return bool(word) and word.isascii() and word.isprintable() and "=?" not in word and len(word) <= 60


def _encoded(chunk: bytes) -> str:
    return f"=?utf-8?b?{binascii.b2a_base64(chunk, newline=False).decode('ascii')}?="


def _address(address: str) -> str:
    """An addr-spec; the domain in ASCII where IDNA has one. The local part may be UTF-8: then SMTPUTF8 carries it."""
    if len(address) > 320 or not _ADDRESS.fullmatch(address):
        raise PermanentError(f"not an address: {address[:80]!r}")
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address
