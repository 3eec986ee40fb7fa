"""The header block of a letter or a part: bytes to names and values, whatever state they are in.

RFC 5322 (2.2, 3.6.4), 2047, 2231, 6532. Nothing here raises. Limits: a value is cut at 16 KB, a block at 2,000 fields;
a whole header block is looked at up to 1 MB.
"""

import base64
import binascii
import contextlib
import quopri
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from maild.mail.charset import decode

MAX_VALUE = 16 * 1024
MAX_FIELDS = 2000
MAX_BLOCK = 1024 * 1024
USUAL_BLOCK = 64 * 1024

_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:")
_END = re.compile(rb"\n\r?\n|\r\r")
_BLANKS = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_WORD = re.compile(rb"=\?([^?\s]{1,80})\?([bBqQ])\?((?:[^?]|\?(?!=)){0,4000}?)\?=")
_CUT_WORD = re.compile(rb"=\?([^?\s]{1,80})\?([bBqQ])\?([^?\s]*)\??$")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_PARAMETER = re.compile(rb';\s*([^\s=;"]{1,80})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))', re.DOTALL)
_ID = re.compile(r"<([^<>]{1,990})>")


@dataclass(frozen=True)
class Headers:
    """Fields by lower-case name, each with its unfolded raw values from top to bottom; the body starts at `start`."""

    fields: Mapping[str, Sequence[bytes]]
    start: int
    defects: tuple[str, ...] = ()

    def all(self, name: str) -> Sequence[bytes]:
        """Every value of a field."""
        return self.fields.get(name, ())

    def first(self, name: str) -> bytes | None:
        """The topmost value of a field, None where it is absent."""
        values = self.fields.get(name)
        return values[0] if values else None

    def text(self, name: str, hint: str | None = None) -> str:
        """The topmost value decoded, on one line; "" where the field is absent."""
        raw = self.first(name)
        return decode_words(raw, hint) if raw else ""


def read_headers(raw: bytes, start: int = 0, end: int | None = None) -> Headers:
    """The header block that begins at `start`. A block that does not begin like one is empty: all is body."""
    end = len(raw) if end is None else end
    start = _skip_leading(raw, start, end)
    if raw[start : start + 1] in (b"\n", b"\r"):
        return Headers({}, start + (2 if raw[start : start + 2] == b"\r\n" else 1))
    found = _END.search(raw, start, end)
    return _read_block(raw, start, found.end() if found else end)


def _skip_leading(raw: bytes, start: int, end: int) -> int:
    """Blank lines and a mailbox's `From ` line in front of the first field."""
    at = start
    while raw[at : at + 1] in (b"\r", b"\n") and at < end and at < start + 64:
        at += 1
    if raw[at : at + 6].lstrip(b">").startswith(b"From ") and not _FIELD.match(raw, at, min(end, at + 300)):
        line_end = raw.find(b"\n", at, end)
        at = end if line_end < 0 else line_end + 1
    return at if _FIELD.match(raw, at, min(end, at + 300)) else start


def _read_block(raw: bytes, start: int, end: int) -> Headers:
    found: list[tuple[str, list[bytes]]] = []
    defects: list[str] = []
    lines = raw[start : min(end, start + MAX_BLOCK)].splitlines(keepends=True)
    at, dropped = start, False
    for index, line in enumerate(lines):
        match = _FIELD.match(line)
        if line[:1] in b" \t" and found:
            if not dropped:
                found[-1][1].append(line)
        elif match:
            dropped = len(found) >= MAX_FIELDS
            if not dropped:
                found.append((match.group(1).decode("ascii").lower(), [line[match.end() :]]))
        elif line in (b"\n", b"\r\n", b"\r"):
            at += len(line)
            break
        elif found and any(_FIELD.match(later) for later in lines[index + 1 : index + 6]):
            defects.append("headers: a line that is no field was left out")
            dropped = True
        else:
            if found:
                defects.append("headers: no blank line before the body")
            break
        at += len(line)
    else:
        at = end
    if at - start > USUAL_BLOCK:
        defects.append(f"headers: {at - start} bytes, long values were cut")
    return Headers(_joined(found), at, tuple(dict.fromkeys(defects)))


def _joined(found: list[tuple[str, list[bytes]]]) -> dict[str, list[bytes]]:
    """Unfolded: the line ends go, the blanks that began the next line stay (RFC 5322, 2.2.3)."""
    fields: dict[str, list[bytes]] = {}
    for name, chunks in found:
        value = chunks[0] if len(chunks) == 1 else b"".join(chunk.rstrip(b"\r\n") for chunk in chunks)
        fields.setdefault(name, []).append(value.strip()[:MAX_VALUE])
    return fields


def decode_words(raw: bytes, hint: str | None = None) -> str:
    """A header value as text on one line: encoded words, also in quotes, split in mid-character or cut off; raw bytes.

    `hint` is the charset of the body, for raw bytes without a label.
    """
    if b"=?" not in raw:
        return _one_line(decode(raw, None, hint)[0])
    texts: list[str] = []
    label, pending = "", b""
    for charset, data in _pieces(raw):
        if charset is not None and charset == label:
            pending += data
            continue
        if pending:
            texts.append(decode(pending, label, hint)[0])
        label, pending = (charset, data) if charset is not None else ("", b"")
        if charset is None:
            texts.append(decode(data, None, hint)[0])
    if pending:
        texts.append(decode(pending, label, hint)[0])
    return _one_line("".join(texts))


def _pieces(raw: bytes) -> Iterator[tuple[str | None, bytes]]:
    """Encoded words as (charset, bytes), all else as (None, bytes); blanks between words go (RFC 2047, 6.2)."""
    at, after_word = 0, False
    for match in _WORD.finditer(raw):
        between = raw[at : match.start()]
        if between and not (after_word and between.isspace()):
            yield None, between
        yield match.group(1).decode("ascii", "replace").partition("*")[0].lower(), _unwrap(match)
        at, after_word = match.end(), True
    rest = raw[at:]
    cut = _CUT_WORD.search(rest[-400:]) if b"=?" in rest else None
    if cut:
        before = rest[: len(rest) - len(cut.group())]
        if before and not before.isspace():
            yield None, before
        yield cut.group(1).decode("ascii", "replace").lower(), _unwrap(cut)
    elif rest:
        yield None, rest


def _unwrap(match: re.Match[bytes]) -> bytes:
    data = match.group(3)
    if match.group(2) in b"bB":
        return loose_base64(data)
    return quopri.decodestring(data.replace(b" ", b"_"), header=True)


def loose_base64(data: bytes) -> bytes:
    """Base64 with strange characters, without padding, or in several padded pieces one after another."""
    padding = data.find(b"=")
    with contextlib.suppress(binascii.Error):
        if padding < 0 or not data[padding:].strip(b"=\r\n\t "):
            return binascii.a2b_base64(data)
    pieces = []
    for piece in re.split(rb"=+", data):
        clean = _NOT_BASE64.sub(b"", piece)
        clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
        pieces.append(base64.b64decode(clean + b"=" * (-len(clean) % 4)))
    return b"".join(pieces)


def _one_line(text: str) -> str:
    return _BLANKS.sub(" ", _CONTROLS.sub(" ", text)).strip() if not text.isprintable() else text.strip()


def ids(values: Sequence[bytes]) -> tuple[str, ...]:
    """Message ids with their angle brackets, in order, each once; blanks that folding put inside are removed."""
    found: dict[str, None] = {}
    for value in values:
        for inside in _ID.findall(decode_words(value)):
            bare = _BLANKS.sub("", inside)
            if bare:
                found[f"<{bare}>"] = None
    return tuple(found)


def message_id(headers: Headers) -> str | None:
    """The letter's own id with angle brackets, also where it was written without them; None where it has none."""
    found = ids(headers.all("message-id")[:1])
    if found:
        return found[0]
    words = headers.text("message-id").strip("<> ").split()
    return f"<{words[0]}>" if len(words) == 1 else None


def parameters(raw: bytes, hint: str | None = None) -> tuple[str, dict[str, str]]:
    """A value such as `text/plain; charset=utf-8`: the value in lower case, and its parameters decoded (RFC 2231)."""
    value, _, _ = raw.partition(b";")
    plain: dict[str, bytes] = {}
    extended: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for match in _PARAMETER.finditer(raw):
        name = match.group(1).decode("ascii", "replace").lower()
        data = _unquote(match)
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(base, data)
        else:
            number = rest.rstrip("*")
            index = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
            extended.setdefault(base, {})[index] = (data, name.endswith("*"))
    decoded = {name: decode_words(data, hint) for name, data in plain.items()}
    decoded |= {name: _extended(parts, hint) for name, parts in extended.items()}
    return decode(value.strip().lower(), None)[0], decoded


def _unquote(match: re.Match[bytes]) -> bytes:
    if match.group(2) is not None:
        return re.sub(rb'\\(["\\])', rb"\1", match.group(2))
    return match.group(3).strip().strip(b'"')


def _extended(parts: Mapping[int, tuple[bytes, bool]], hint: str | None) -> str:
    """The pieces of a parameter put together, percent signs undone, and only then decoded: a character may be split."""
    label, joined = "", b""
    for order, index in enumerate(sorted(parts)):
        data, encoded = parts[index]
        if encoded and order == 0 and data.count(b"'") >= 2:
            charset, _, data = data.split(b"'", 2)
            label = charset.decode("ascii", "replace")
        joined += unquote_to_bytes(data) if encoded else data
    if not label and b"=?" in joined:
        return decode_words(joined, hint)
    return _one_line(decode(joined, label or None, hint)[0])
