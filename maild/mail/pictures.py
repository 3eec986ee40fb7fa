"""Inline pictures and attached files by the names that a reader sees: `[снимок.png]` where the picture stands.

Mail programs give pictures names that repeat (every one pasted into Gmail is image.png) or none, and their plain twins
say `[cid:…]`, `[image: …]` or nothing. Here each file has one name of its own, and the text shows it in its place.
Limits: pictures inside the text as data: addresses, or on a server, are no files of the letter and are not shown.
"""

import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from maild.mail.body import Context, line_places, reply_text, sections_of, split_sections
from maild.mail.headers import read_headers
from maild.mail.markers import fold
from maild.mail.message import Attachment, Message, Place
from maild.mail.mime import File, safe_name
from maild.mail.parse import attachments
from maild.mail.readable import Reading, read_tree
from maild.mail.structure import read_structure

Line = tuple[str, Place]

_STANDS_FOR = re.compile(r"\[(?:cid:\s*(?P<cid>[^\]\s]{1,250})|image:\s*(?P<name>[^\]\n]{1,250}))\]", re.IGNORECASE)


def named_files(raw: bytes) -> list[tuple[Attachment, File]]:
    """Every attachment of a letter as a file; no two have the same name. In the order of `Message.attachments`."""
    taken: set[str] = set()
    return [
        (attachment, File(_own_name(attachment, taken), attachment.content_type, data))
        for attachment, data in attachments(raw)
    ]


def _own_name(attachment: Attachment, taken: set[str]) -> str:
    name = safe_name(attachment.filename or "")
    if not attachment.filename:
        kind = attachment.content_type
        stem = "picture" if kind.startswith("image/") else "letter" if kind == "message/rfc822" else name
        name = stem + (".eml" if stem == "letter" else mimetypes.guess_extension(kind) or "")
    stem, dot, extension = name.rpartition(".")
    stem, ending = (stem, f".{extension}") if dot and stem else (name, "")
    number = 2
    while name.casefold() in taken:
        name, number = f"{stem}-{number}{ending}", number + 1
    taken.add(name.casefold())
    return name


def picture_names(files: Sequence[tuple[Attachment, File]]) -> dict[str, str]:
    """The names of pictures by Content-ID; only these can stand in a text (RFC 2392)."""
    return {
        attachment.content_id: file.name
        for attachment, file in files
        if attachment.content_id and attachment.content_type.startswith("image/")
    }


def with_pictures(raw: bytes, message: Message) -> Message:
    """The message with `[name]` in its text where inline pictures stand, named as in `named_files`.

    `message` is `parse(raw)`, or that with another opinion of what in it is the writer's. It comes back as it is where
    it has no such pictures. No word is lost for a picture: where HTML says less than the message, the latter stays.
    """
    pictures = picture_names(named_files(raw))
    if not pictures:
        return message
    plain = _said_in(message, _plain_lines(message, pictures))
    shown = _said_in(message, lines_with_pictures(message, pictures, rich_lines(raw, message, pictures)))
    return shown if _as_much(shown.reply, plain.reply) else plain


def _said_in(message: Message, lines: Sequence[Line]) -> Message:
    """The message with these lines for its text."""
    text = "\n".join(line for line, _ in lines)
    sections = sections_of([line for line, _ in lines], [place for _, place in lines])
    return replace(message, text=text, sections=sections, reply=reply_text(text, sections))


def _as_much(text: str, other: str) -> bool:
    """Whether a text has nearly all words of another; a few differ between the twins of one letter."""
    words = frozenset(fold(other).split())
    return len(words - frozenset(fold(text).split())) * 10 <= len(words)


def lines_with_pictures(message: Message, pictures: Mapping[str, str], rich: list[Line]) -> list[Line]:
    """The lines of a letter with their places and the names of its pictures. `rich`: its `rich_lines`.

    The plain twin serves as long as it shows every picture among the writer's words; else the lines are HTML's.
    """
    plain = _plain_lines(message, pictures)
    shown = marks_in(plain, pictures, Place.OWN, Place.FORWARDED)
    return rich if marks_in(rich, pictures, Place.OWN, Place.FORWARDED) - shown else plain


def marks_in(lines: Sequence[Line], pictures: Mapping[str, str], *places: Place) -> set[str]:
    """The names of the pictures that stand in lines of these places."""
    text = "\n".join(line for line, place in lines if place in places)
    return {name for name in pictures.values() if f"[{name}]" in text}


def _plain_lines(message: Message, pictures: Mapping[str, str]) -> list[Line]:
    """The lines as they were read, with the names in place of `[cid:…]` and `[image: …]`."""
    names = set(pictures.values())

    def shown(found: re.Match[str]) -> str:
        name = pictures.get(found["cid"] or "") or (found["name"] or "").strip()
        return f"[{name}]" if name in names else found.group()

    lines = message.text.split("\n")
    places = line_places(lines, message.sections)
    return [
        (_STANDS_FOR.sub(shown, line) if "[" in line else line, place)
        for line, place in zip(lines, places, strict=True)
    ]


def rich_lines(raw: bytes, message: Message, pictures: Mapping[str, str]) -> list[Line]:
    """The lines that HTML gives; none where the letter has none, or has other letters inside that would be lost."""
    root, _ = read_structure(raw, read_headers(raw))
    reading = read_tree(root, rich=True, pictures=pictures)
    if reading.letters or not _is_rich(reading):
        return []
    text, hints = reading.joined()
    lines = text.split("\n")
    sections = split_sections(text, _context(message), hints)
    return list(zip(lines, line_places(lines, sections), strict=True))


def _is_rich(reading: Reading) -> bool:
    return any(piece.html and piece.text.strip() for piece in reading.pieces)


def _context(message: Message) -> Context:
    recipients = tuple(address.address.lower() for address in (*message.to, *message.cc))
    return Context(message.subject, bool(message.in_reply_to or message.references), recipients)


def both_texts(raw: bytes) -> tuple[str, ...]:
    """A letter's text as its plain part and as its HTML part say it: what a mail program may have quoted of it."""
    root, _ = read_structure(raw, read_headers(raw))
    texts = (read_tree(root).joined()[0], read_tree(root, rich=True).joined()[0])
    return tuple(dict.fromkeys(text for text in texts if text.strip()))
