"""A letter's bytes to a Message: the one door to reading, and the one home of mail-parser.

mail-parser reads the address fields, where its structural parser is better than the standard library's (the sender of
`boss@x <evil@y>` is evil@y). It gets nothing else: it base64-copies attachments, puts a forwarded letter's text into
the outer one, drops delivery reports, turns unlabelled Cyrillic into U+FFFD, and raises foreign exceptions, which are
all caught here. `parse` never raises: what cannot be read becomes a defect.
"""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from email.utils import getaddresses
from typing import Any

from mailparser.utils import get_addresses

from maild.mail.addresses import Shield, recover
from maild.mail.automatic import Evidence, automatic_kind
from maild.mail.body import Context, own_text, reply_text, split_sections
from maild.mail.clients import is_forwarded_subject
from maild.mail.dates import read_date
from maild.mail.headers import Headers, decode_words, ids, message_id, read_headers
from maild.mail.language import language_of, read_language
from maild.mail.message import Address, Attachment, Automatic, Message, Place, Section
from maild.mail.readable import Reading, read_tree
from maild.mail.report import read_report
from maild.mail.structure import Part, describe, read_structure

MAX_SUBJECT = 2000
_KEPT = (
    "auto-submitted",
    "x-maild-kind",
    "x-maild-ticket",
    "delivered-to",
    "x-original-to",
    "precedence",
    "list-id",
    "list-unsubscribe",
    "x-auto-response-suppress",
    "x-mailer",
    "user-agent",
    "importance",
    "x-priority",
    "priority",
    "content-type",
    "sender",
)
"""Fields that `Message.headers` shows, where the letter has them."""

_SHORT_COVER = 80
"""Characters of own text up to which an attached letter counts as the matter itself."""

logging.getLogger("mailparser").addHandler(logging.NullHandler())


def parse(raw: bytes, *, truncated: bool = False) -> Message:
    """Read a letter (bytes as received). `truncated`: only its beginning was fetched. Never raises."""
    try:
        return _parse(raw, truncated=truncated)
    except Exception as error:  # the last line of defence: a letter must never stop a mailbox
        return _bare(raw, f"parser: {type(error).__name__}: {error}"[:200])


def attachment_bytes(raw: bytes, sha256: str) -> bytes | None:
    """The decoded bytes of the attachment with this SHA-256, None where the letter has none such."""
    return next((data for attachment, data in attachments(raw) if attachment.sha256 == sha256), None)


def attachments(raw: bytes) -> Iterator[tuple[Attachment, bytes]]:
    """Every attachment of a letter with its decoded bytes, in the order of `Message.attachments`."""
    with contextlib.suppress(Exception):
        root, _ = read_structure(raw, read_headers(raw))
        for _, part in read_tree(root).attachments:
            yield describe(part)


def message_json(message: Message, file: str) -> dict[str, Any]:
    """What `maild parse --json` prints about a letter (contract)."""
    return {
        "file": file,
        "message_id": message.message_id,
        "from": _address_json(message.sender) if message.sender else None,
        "reply_to": [_address_json(address) for address in message.reply_to],
        "to": [_address_json(address) for address in message.to],
        "cc": [_address_json(address) for address in message.cc],
        "subject": message.subject,
        "date": message.date.isoformat() if message.date else None,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "text": message.text,
        "reply": message.reply,
        "attachments": [
            {
                "filename": attachment.filename,
                "content_type": attachment.content_type,
                "size": attachment.size,
                "sha256": attachment.sha256,
                "inline": attachment.inline,
                "content_id": attachment.content_id,
            }
            for attachment in message.attachments
        ],
        "automatic": message.automatic.value if message.automatic else None,
        "defects": list(message.defects),
        "language": message.language,
    }


def _address_json(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _parse(raw: bytes, *, truncated: bool) -> Message:
    headers = read_headers(raw)
    root, defects = read_structure(raw, headers)
    if truncated:
        defects.append("truncated: larger than the limit, only the beginning was read")
    reading = read_tree(root)
    hint = reading.charset
    subject = headers.text("subject", hint)[:MAX_SUBJECT]
    people = _people(headers, hint, defects)
    date, wrong = read_date(headers.text("date"))
    in_reply_to, references = ids(headers.all("in-reply-to")), ids(headers.all("references"))
    context = Context(
        subject,
        bool(in_reply_to or references),
        tuple(address.address.lower() for address in (*people["to"], *people["cc"])),
    )
    text, sections = _text(reading, context, is_report=root.content_type == "multipart/report")
    own = own_text(text, sections)
    sender = people["from"][0] if people["from"] else None
    evidence = Evidence(headers, root, sender.address if sender else "", subject, own, text)
    automatic = automatic_kind(evidence)
    language, told = read_language(own or reply_text(text, sections), subject)
    return Message(
        message_id=message_id(headers),
        sender=sender,
        from_count=max(len(people["from"]), len(headers.all("from"))),
        reply_to=people["reply-to"],
        to=people["to"],
        cc=people["cc"],
        subject=subject,
        date=date,
        in_reply_to=in_reply_to,
        references=references,
        text=text,
        reply=reply_text(text, sections),
        sections=sections,
        attachments=tuple(attachment for attachment, _ in reading.attachments),
        automatic=automatic,
        language=language,
        language_told=told,
        return_path=_return_path(headers),
        authentication_results=tuple(decode_words(value) for value in headers.all("authentication-results")),
        report=read_report(root, headers, text) if automatic is Automatic.BOUNCE else None,
        defects=tuple(dict.fromkeys([*defects, *reading.defects, *filter(None, [wrong])])),
        headers={name: headers.text(name, hint) for name in _KEPT if headers.first(name) is not None},
    )


def _bare(raw: bytes, defect: str) -> Message:
    """What is left when reading failed: the bytes as text, so that a person can look at them."""
    text = raw[:100_000].decode("utf-8", "replace").replace("\r\n", "\n")
    return Message(
        message_id=None,
        sender=None,
        from_count=0,
        reply_to=(),
        to=(),
        cc=(),
        subject="",
        date=None,
        in_reply_to=(),
        references=(),
        text=text,
        reply=text,
        sections=(Section(Place.OWN, 0, len(text)),) if text else (),
        attachments=(),
        automatic=None,
        language=language_of(text),
        defects=(defect,),
    )


def _return_path(headers: Headers) -> str | None:
    """The reverse path without brackets: "" is the null one, None is no such field."""
    raw = headers.first("return-path")
    return None if raw is None else decode_words(raw).strip("<> \t")


def _people(headers: Headers, hint: str | None, defects: list[str]) -> dict[str, tuple[Address, ...]]:
    """The address fields. The sender is read from the From fields alone, all of them (RFC 5322, 3.6.2)."""
    shield = Shield(hint)
    hidden = {name: shield.hide(headers.all(name)) for name in ("from", "to", "cc", "reply-to")}
    people: dict[str, tuple[Address, ...]] = {}
    for name, value in hidden.items():
        read = tuple(shield.address(shown, address) for shown, address in _pairs(name, value) if "@" in address)
        if not read and "@" in value + "".join(shield.words):
            one = recover(value, shield)
            read = (one,) if one else ()
            if one or name == "from":
                defects.append(f"{name}: malformed, {'read as ' + one.address if one else 'no address can be read'}")
        people[name] = read
    if len(people["from"]) > 1 or len(headers.all("from")) > 1:
        defects.append("from: more than one sender")
    return people


def _pairs(name: str, value: str) -> Sequence[tuple[str, str]]:
    """Display names and addresses of a field by mail-parser; where it fails by the standard library, From apart."""
    if not value:
        return ()
    try:
        found: Sequence[tuple[str, str]] = get_addresses(value, decode_names=True)
        return found
    except Exception:  # it lets errors of other libraries through
        return () if name == "from" else getaddresses([value])


def _text(reading: Reading, context: Context, *, is_report: bool) -> tuple[str, tuple[Section, ...]]:
    """The readable text with its sections; letters inside the letter follow as forwarded ones."""
    text, hints = reading.joined()
    sections = split_sections(text, context, hints) if text else ()
    if is_report or not reading.letters:
        return text, sections
    if not is_forwarded_subject(context.subject) and len(own_text(text, sections)) > _SHORT_COVER:
        return text, sections
    for letter in reading.letters:
        inner = _inner_text(letter, reading)
        if not inner:
            continue
        lead = "\n\n" if text else ""
        start = len(text) + len(lead)
        if sections:
            sections = (*sections[:-1], Section(sections[-1].place, sections[-1].start, start))
        text = f"{text}{lead}{inner}"
        sections = (*sections, Section(Place.FORWARDED, start, len(text)))
    return text, sections


def _inner_text(letter: Part, reading: Reading) -> str:
    """A letter inside the letter as text: who wrote it, about what, and its readable body."""
    root = letter.children[0]
    headers = root.headers
    inner = read_tree(root)
    body, _ = inner.joined()
    lines = [f"{label}: {headers.text(name)}" for label, name in _SHOWN if headers.first(name)]
    return "\n".join(["---------- Forwarded message ----------", *lines, "", body]).strip("\n") if body.strip() else ""


_SHOWN = (("From", "from"), ("Date", "date"), ("Subject", "subject"))
