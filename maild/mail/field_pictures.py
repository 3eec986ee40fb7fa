"""Pictures and videos that a client sent: attached files, pictures pasted into the text, links to a screenshot service.

A picture that stands in the signature or in quoted history is a logo, or somebody else's. Where HTML alone knows the
place of an inline picture, name, size and the words of the letter tell. Limits: what a picture shows is not looked at;
pictures inside another letter that is attached are not the client's own.
"""

import re

from maild.domain.fields import FieldRule
from maild.domain.folding import fold
from maild.mail.field_links import host_of, link_spans, on_host, shortened, unwrapped
from maild.mail.field_text import Source
from maild.mail.field_values import Candidate, Findings, candidate
from maild.mail.message import Attachment, Message, Place

ATTACHMENT = "attachment"
"""The place of what is no text; its spans are -1."""

_PICTURE = re.compile(
    r"\.(?:jpe?g|jpe|jfif|gif|png|apng|webp|hei[cf]|avif|bmp|tiff?|mp4|m4v|mov|avi|mkv|webm|wmv|flv|3gp|mpe?g|ogv)$",
    re.I,
)
_LOGO = re.compile(
    r"logo|лого|signature|подпис|підпис|banner|баннер|банер|icon|facebook|instagram|telegram|whatsapp|viber|linkedin|"
    r"youtube|twitter|spacer|pixel|divider|footer|avatar|emoji|smile",
    re.I,
)
_SHOWN = re.compile(
    fold(
        r"скрин|снимо?к|фото|картинк|изображен|видео|прилага|приклад|приложен|вложен|во влож|см\.? ниже|на рис|знімо?к|"
        r"зображен|відео|дода(?:ю|ємо|но)|вкладен|у вклад|нижче|screen|attach|picture|image|photo|video|see below|shot"
    )
)
_BIG = 12_000
"""Bytes from which a pasted picture is hardly a logo."""


def read_pictures(message: Message, source: Source, rule: FieldRule, findings: Findings) -> None:
    """Add the pictures and videos of a letter, then the links to pictures that its text holds."""
    mentioned = _SHOWN.search(f"{source.folded[: _own_end(message)]} {fold(message.subject)}") is not None
    for item in message.attachments:
        if _is_picture(item) and _is_clients(item, message, mentioned=mentioned):
            name = item.filename or f"{item.content_type.partition('/')[0]}.{item.content_type.partition('/')[2]}"
            findings.add(rule.name, Candidate(name, ATTACHMENT, -1, -1, rule.rule, text=name))
    if rule.hosts:
        _links(source, rule, findings)


def _links(source: Source, rule: FieldRule, findings: Findings) -> None:
    for start, end in link_spans(source.original):
        link = unwrapped(source.original[start:end])
        if (
            not on_host(host_of(link), rule.hosts)
            or not link.partition("://")[2 if "://" in link else 0].partition("/")[2]
        ):
            continue  # the service's own start page shows nothing
        found = candidate(source, rule, shortened(link), (start, end), rank=1)
        if found and found.place in (Place.OWN, Place.FORWARDED, "subject"):
            findings.add(rule.name, found)


def _is_picture(item: Attachment) -> bool:
    """By its type, or by its name where the type says nothing."""
    kind = item.content_type.lower()
    if kind.startswith(("image/", "video/")):
        return not kind.startswith(("image/svg", "image/vnd"))
    named = item.filename or ""
    return kind in ("application/octet-stream", "application/binary", "") and _PICTURE.search(named) is not None


def _is_clients(item: Attachment, message: Message, *, mentioned: bool) -> bool:
    """Whether the writer put it in: not a logo of the signature, not a picture of quoted history."""
    name = item.filename or ""
    if not item.inline and not item.content_id:
        return True
    places = _places(item, message)
    if places:
        return bool(places & {Place.OWN, Place.FORWARDED}) and not (_LOGO.search(name) and item.size < _BIG)
    if _LOGO.search(name):
        return False
    if mentioned or item.size >= _BIG or not (item.inline and item.content_id):
        return True
    return not any(section.place is not Place.OWN for section in message.sections)


def _places(item: Attachment, message: Message) -> set[Place]:
    """Where a text says that an inline picture stands: `[cid:…]`, `[image: …]`, `[снимок.png]`."""
    names = [f"[cid:{item.content_id}]"] if item.content_id else []
    names += [f"[image: {item.filename}]", f"[{item.filename}]"] if item.filename else []
    places: set[Place] = set()
    for section in message.sections:
        text = message.text[section.start : section.end]
        if "[" in text and any(name in text for name in names):
            places.add(section.place)
    return places


def _own_end(message: Message) -> int:
    """How far the writer's own words go."""
    return max((section.end for section in message.sections if section.place is Place.OWN), default=0)
