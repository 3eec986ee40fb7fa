"""The readable text of a letter, chosen from the tree of its parts, and what is left over: the attachments.

multipart/alternative (RFC 2046, 5.1.4): plain text unless it is empty or says only that there is HTML; text parts of
multipart/mixed one after another; format=flowed (RFC 3676) joined. Limits: 1,000,000 characters of text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from maild.mail.charset import decode
from maild.mail.html import html_lines
from maild.mail.message import Attachment, Place
from maild.mail.structure import Part, describe

MAX_TEXT = 1_000_000

_STUB = re.compile(
    r"(?:не поддерживает|не отображает|does not support|doesn.t support|не підтримує|cannot display|can't display)"
    r".{0,40}html|html.{0,60}(?:не поддерживает|does not support|not supported|не підтримує)"
    r"|view (?:this|the) (?:e-?mail|message|newsletter) in (?:your|a) browser|html[- ](?:версию|версии|version)"
    r"|письмо в формате html|просмотреть (?:это )?письмо в браузере|this is an html (?:e-?mail|message)",
    re.IGNORECASE | re.DOTALL,
)
_LOOKS_HTML = re.compile(r"\s*(?:<!doctype html|<html\b|<body\b|<div\b[^>]*>|<p\b[^>]*>|<table\b)", re.IGNORECASE)
_CLOSES_HTML = re.compile(r"</(?:html|body|div|p|table)\s*>", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_ENRICHED = re.compile(r"</?[a-z0-9-]{1,60}>", re.IGNORECASE)
_LETTERS = re.compile(r"\w")
_BLANKS = re.compile(r"\n{4,}")
_READ_AS_TEXT = frozenset(
    {"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-amp-html"}
)
_CALENDAR = re.compile(r"^(SUMMARY|DESCRIPTION|LOCATION)(?:;[^:\n]*)?:(.*)$", re.MULTILINE)

Hints = list[Place | None]


@dataclass
class Piece:
    """A text part that was read: its lines joined, a hint for each, whether it came from HTML."""

    text: str
    hints: Hints
    html: bool = False

    @property
    def weight(self) -> int:
        """Letters and figures in it."""
        return len(_LETTERS.findall(self.text[:20_000]))


@dataclass
class Reading:
    """What was read of a letter's tree."""

    pieces: list[Piece] = field(default_factory=list)
    attachments: list[tuple[Attachment, Part]] = field(default_factory=list)
    letters: list[Part] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    charset: str | None = None
    rich: bool = False
    pictures: Mapping[str, str] = field(default_factory=dict)

    def defect(self, says: str | None) -> None:
        """Note a defect once."""
        if says and says not in self.defects:
            self.defects.append(says)

    def joined(self) -> tuple[str, Hints]:
        """All pieces, a blank line between them, and their hints."""
        lines: list[str] = []
        hints: Hints = []
        for piece in self.pieces:
            if not piece.text.strip():
                continue
            if lines:
                lines.append("")
                hints.append(None)
            lines += piece.text.split("\n")
            hints += piece.hints
        return "\n".join(lines), hints


def read_tree(root: Part, *, rich: bool = False, pictures: Mapping[str, str] | None = None) -> Reading:
    """Text, attachments and inner letters of a whole letter.

    `rich`: HTML is read in place of its plain twin. `pictures`: see `html_lines`.
    """
    reading = Reading(rich=rich, pictures=pictures or {})
    reading.pieces = _read(root, reading, related=False, alone=True)
    if not any(piece.text.strip() for piece in reading.pieces):
        reading.pieces = _last_resort(root, reading)
    for part in root.walk():
        _name_trouble(part, reading)
    return reading


def _read(part: Part, reading: Reading, *, related: bool, alone: bool, html: bool = True) -> list[Piece]:
    """The text of a part and of all inside it. `html`: whether HTML is to be turned into lines, the costliest step."""
    kind = part.content_type
    if kind == "multipart/alternative":
        return _alternative(part, reading, html=html)
    if kind.startswith("multipart/"):
        inner = kind == "multipart/related"
        pieces: list[Piece] = []
        for child in part.children:
            pieces += _read(child, reading, related=inner, alone=len(part.children) == 1, html=html)
        return pieces
    if _is_body(part, alone=alone):
        return [read_text(part, reading, html=html)]
    _attach(part, reading, related=related)
    return []


def _is_body(part: Part, *, alone: bool) -> bool:
    if part.content_type not in _READ_AS_TEXT:
        return False
    if alone and part.disposition != "attachment":
        return True
    return part.disposition != "attachment" and (part.filename is None or part.disposition == "inline")


def _attach(part: Part, reading: Reading, *, related: bool) -> None:
    reading.attachments.append((describe(part, related=related)[0], part))
    if part.children:
        reading.letters.append(part)


def _alternative(part: Part, reading: Reading, *, html: bool) -> list[Piece]:
    """The best of several versions of one text; attachments of all of them are kept.

    Plain text comes first (RFC 2046, 5.1.4). Where it says enough, HTML after it is not turned into lines at all.
    """
    plain: list[Piece] | None = None
    rich: list[Piece] | None = None
    for child in part.children:
        open_question = html and (reading.rich or plain is None or _may_be_stub(plain))
        version = _read(child, reading, related=False, alone=True, html=open_question)
        if not any(piece.text.strip() for piece in version):
            continue
        if any(piece.html for piece in version):
            rich = version
        elif plain is None:
            plain = version
    if plain is None or rich is None or reading.rich:
        return (rich or plain if reading.rich else plain or rich) or []
    return rich if _is_stub(plain, rich) else plain


def _may_be_stub(plain: Sequence[Piece]) -> bool:
    """Whether an HTML version could still be better than this plain one: see `_is_stub`."""
    said = sum(piece.weight for piece in plain)
    return said < 60 or (said < 600 and any(_STUB.search(piece.text) for piece in plain))


def _is_stub(plain: Sequence[Piece], rich: Sequence[Piece]) -> bool:
    """The plain version says next to nothing, or only that there is another one."""
    said, there = sum(piece.weight for piece in plain), sum(piece.weight for piece in rich)
    if said * 4 < there and said < 60:
        return True
    return said < 600 and said * 2 < there + 40 and any(_STUB.search(piece.text) for piece in plain)


def read_text(part: Part, reading: Reading, *, html: bool = True) -> Piece:
    """A text part as lines: decoded, HTML turned to text (left empty without `html`), flowed lines joined."""
    data = part.payload()
    if len(data) > MAX_TEXT * 4:
        data = data[: MAX_TEXT * 4]
        reading.defect(f"text: cut at {MAX_TEXT} characters")
    label = part.parameters.get("charset")
    if part.content_type == "text/html" and not label:
        meta = _META.search(data[:4000])
        label = meta.group(1).decode("ascii") if meta else None
    text, note = decode(data, label)
    reading.defect(note)
    reading.charset = reading.charset or label
    text = _plain_lines(text)
    is_html = part.content_type == "text/html"
    if _LOOKS_HTML.match(text) and (is_html or _CLOSES_HTML.search(text)):
        is_html = True
    elif is_html and "<" not in text and "&" not in text:
        is_html = False
    if is_html:
        lines = html_lines(text, reading.pictures) if html else []
        return Piece("\n".join(line for line, _ in lines), [hint for _, hint in lines], html=True)
    if part.content_type in ("text/enriched", "text/richtext"):
        text = _ENRICHED.sub("", text)
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
    text = "\n".join(line.rstrip(" \t") for line in text[:MAX_TEXT].split("\n")).strip("\n")
    text = _BLANKS.sub("\n\n\n", text)
    return Piece(text, [None] * (text.count("\n") + 1))


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").replace("\f", "\n").lstrip("\ufeff")


def unflow(text: str, *, delsp: bool) -> str:
    """Join the lines that format=flowed broke (RFC 3676, 4): a line with a blank at its end goes on in the next one."""
    lines: list[str] = []
    depth_before, open_line = 0, False
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare[1:] if bare.startswith(" ") else bare
        flowed = bare.endswith(" ") and bare != "-- "
        content = bare[:-1] if flowed and delsp else bare
        if open_line and depth == depth_before and bare != "-- ":
            lines[-1] += content
        else:
            lines.append(f"{'>' * depth}{' ' if depth else ''}{content}")
        depth_before, open_line = depth, flowed
    return "\n".join(lines)


def _last_resort(root: Part, reading: Reading) -> list[Piece]:
    """Where no part could be read as text: a calendar's words, or a text that was sent as a file."""
    for part in root.outer():
        if part.content_type == "text/calendar":
            text, _ = decode(part.payload()[:100_000], part.parameters.get("charset"))
            text = re.sub(r"\r?\n[ \t]", "", text)
            said = [value.replace("\\n", "\n").replace("\\,", ",").strip() for _, value in _CALENDAR.findall(text)]
            text = _plain_lines("\n".join(filter(None, said)))
            return [Piece(text, [None] * (text.count("\n") + 1))]
    only = [part for part in root.outer() if not part.children]
    if len(only) == 1 and only[0].content_type in ("text/plain", "text/html"):
        return [read_text(only[0], reading)]
    return _preamble(root)


def _preamble(root: Part) -> list[Piece]:
    """A multipart without a single part: its raw text is all there is."""
    if not root.content_type.startswith("multipart/") or root.children:
        return []
    text = _plain_lines(decode(root.raw[root.start : root.end][:MAX_TEXT])[0]).strip("\n")
    return [Piece(text, [None] * (text.count("\n") + 1))]


def _name_trouble(part: Part, reading: Reading) -> None:
    """Parts that a person cannot read here, each with what it is."""
    kind, name = part.content_type, (part.filename or "").lower()
    if kind in ("application/ms-tnef", "application/vnd.ms-tnef") or name == "winmail.dat":
        reading.defect("winmail.dat: Outlook's own format; ask the sender for plain text or HTML")
    elif kind == "multipart/encrypted" or kind == "application/pgp-encrypted":
        reading.defect("encrypted: OpenPGP, cannot be read")
    elif kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        signed = part.parameters.get("smime-type", "").lower() == "signed-data"
        reading.defect("signed: S/MIME with the text inside, cannot be read" if signed else "encrypted: S/MIME")
    elif kind == "message/partial":
        reading.defect("message/partial: a piece of a larger letter")
