"""Header fields and body parts by hand: RFC 5322, RFC 2047, RFC 2045, RFC 2231. Values only, no letters.

Nothing that holds a line end ever becomes a header. Files go out byte for byte, so in base64 whatever their type.
"""

import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property

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
_TYPE = re.compile(
    r"([a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100})(?:\s*;\s*charset\s*=\s*\"?([a-z0-9_.:+-]{1,40})\"?)?\s*;?"
)
_UNKNOWN = "application/octet-stream"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_FOLDER = re.compile(r"^.*[/\\]")
_LONGEST_NAME = 200
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 ()+,._-]{1,50}")  # stands in quotes as it is
_PIECE = 54  # characters of one piece of a name: with `filename*12*=utf-8''` within 76
_LONGEST_LINE = 998  # octets (RFC 5322, 2.1.1)
_ATTR_CHARS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`{|}~")


@dataclass(frozen=True)
class File:
    """A file that goes with a letter. `content_type` may carry a charset; `data` arrives byte for byte."""

    name: str
    content_type: str
    data: bytes

    @cached_property
    def encoded(self) -> bytes:
        """The data in base64, made once for all the letters that carry the file."""
        return _base64(self.data)


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
    return folded(name, _mailbox(address))


def mailboxes_header(name: str, addresses: Sequence[Address]) -> str:
    """An address field with several mailboxes (RFC 5322, 3.6.3). Raises PermanentError for an address that is none."""
    words: list[str] = []
    for address in addresses:
        if words:
            words[-1] += ","
        words += _mailbox(address)
    return folded(name, words)


def _mailbox(address: Address) -> list[str]:
    """Name and address as words between which a field may be folded."""
    spec = f"<{_address(address.address)}>"
    shown = one_line(address.name).strip()
    if not shown:
        return [spec]
    if not shown.isascii() or len(shown) > 60 or "=?" in shown:
        return [*encoded_words(shown), spec]
    if not _ATOMS.fullmatch(shown):
        shown = '"' + re.sub(r'(["\\])', r"\\\1", shown) + '"'
    return [shown, spec]


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


def file_part(file: File, edge: bytes) -> bytes:
    """An attachment with its headers. `edge` is the boundary around it, which an attached letter must not hold.

    Types that cannot be sent so (none at all, multipart, reports) become application/octet-stream.
    """
    name, (kind, charset) = safe_name(file.name), _kind(file.content_type)
    if kind == "message/rfc822" and not _may_stand_bare(file.data, edge):
        # RFC 2046, 5.2.1 forbids to encode a letter; as a file it keeps its bytes
        kind, name = _UNKNOWN, name if name.lower().endswith(".eml") else f"{name}.eml"
    head = [f"Content-Type: {kind}"]
    head += [f"charset={charset}"] if charset and kind.startswith("text/") else []
    head.append(f'name="{_ascii_name(name)}"')
    shown = ["Content-Disposition: attachment", *_name_parameters(name)]
    bare = kind == "message/rfc822"
    transfer = "Content-Transfer-Encoding: " + ("7bit" if bare else "base64")
    lines = [";\r\n ".join(head), transfer, ";\r\n ".join(shown)]
    body = file.data if bare else file.encoded
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def safe_name(name: str) -> str:
    """A file name without folders, control and direction characters; "attachment" where nothing is left."""
    bare = " ".join(_CONTROLS.sub(" ", _FOLDER.sub("", _CONTROLS.sub(" ", name))).split())
    if not bare.strip(". "):
        return "attachment"
    if len(bare) <= _LONGEST_NAME:
        return bare
    stem, dot, extension = bare.rpartition(".")
    whole = dot and 0 < len(extension) < 20
    return f"{stem[: _LONGEST_NAME - 1 - len(extension)]}.{extension}" if whole else bare[:_LONGEST_NAME]


def _kind(content_type: str) -> tuple[str, str | None]:
    """A media type that may be written, in lower case, and its charset if one was given."""
    found = _TYPE.fullmatch(content_type.strip().lower())
    if found is None:
        return _UNKNOWN, None
    kind = found.group(1)
    if kind.startswith("multipart/") or (kind.startswith("message/") and kind != "message/rfc822"):
        return _UNKNOWN, None
    return kind, found.group(2)


def _may_stand_bare(data: bytes, edge: bytes) -> bool:
    """Whether a letter comes through SMTP unchanged without encoding: ASCII, CRLF, short lines, no boundary of ours."""
    if not data.isascii() or b"\0" in data or b"--" + edge in data:
        return False
    lines = data.split(b"\r\n")
    return all(len(line) <= _LONGEST_LINE and b"\r" not in line and b"\n" not in line for line in lines)


def _ascii_name(name: str) -> str:
    """The name for programs that know no RFC 2231: what is not plain becomes `_`."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    stem, dot, extension = name.rpartition(".")
    stem, extension = (stem, extension) if dot and len(extension) <= 8 else (name, "")
    plain = re.sub(r"[^A-Za-z0-9 ()+,._-]+", "_", stem)[:40].strip(" ._") or "attachment"
    ending = re.sub(r"[^A-Za-z0-9]+", "", extension)
    return f"{plain}.{ending}" if ending else plain


def _name_parameters(name: str) -> Iterator[str]:
    """`filename=` for a short plain name; for others pieces of `filename*` cut between characters (RFC 2231, 3, 4)."""
    if _PLAIN_NAME.fullmatch(name):
        yield f'filename="{name}"'
        return
    pieces = [""]
    for character in name:
        written = "".join(
            chr(byte) if byte in _ATTR_CHARS else f"%{byte:02X}" for byte in character.encode("utf-8", "replace")
        )
        if len(pieces[-1]) + len(written) > _PIECE:
            pieces.append("")
        pieces[-1] += written
    if len(pieces) == 1:
        yield f"filename*=utf-8''{pieces[0]}"
        return
    for number, piece in enumerate(pieces):
        label = "" if number else "utf-8''"
        yield f"filename*{number}*={label}{piece}"


def _base64(data: bytes) -> bytes:
    whole = binascii.b2a_base64(data, newline=False)
    return b"".join([whole[at : at + WIDTH] + b"\r\n" for at in range(0, len(whole), WIDTH)])


def _shorter(data: bytes) -> tuple[str, bytes]:
    high = len(data.translate(None, _ASCII))
    if len(data) + 2 * (high + data.count(b"=")) < len(data) * 4 // 3:
        return "quoted-printable", binascii.b2a_qp(data, istext=True)
    return "base64", _base64(data)


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
