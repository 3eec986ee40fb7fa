"""A letter from the desk's values to the bytes in the outbox: what all kinds have in common.

Pure: the same ticket, rules, time and key give the same bytes, so that a letter can be composed anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from maild.domain.rules import desk_name, in_language
from maild.domain.ticket import Ticket
from maild.mail.compose import Letter, Rendered, encode
from maild.mail.labels import word
from maild.mail.markers import MARKERS
from maild.mail.message import Address
from maild.mail.mime import File
from maild.mail.parts import Head, percent, tidy
from maild.mail.phrase import NBSP

if TYPE_CHECKING:
    from maild.desk.desk import Desk, Mailbox


@dataclass(frozen=True)
class Outgoing:
    """A letter ready for the outbox. `mailbox` is the name of the mailbox it leaves from.

    `envelope_from` is "" (the null sender) for machine mail; `meets_reaction`: the reaction clock stops when the mail
    server took it; `asks`: the resolution clock stands from then on. `cc` get the same letter. `audience` is who reads
    a plain reply of an agent to it: "client", "colleagues", or None where it belongs to no ticket. `author` is the
    agent who wrote it, to be told if it is not delivered.
    """

    key: str
    kind: str
    ticket: str | None
    envelope_from: str
    recipient: str
    message_id: str
    raw: bytes
    automatic: bool
    meets_reaction: bool
    mailbox: str
    cc: tuple[str, ...] = ()
    audience: str | None = None
    author: str | None = None
    asks: bool = False


@dataclass(frozen=True)
class Envelope:
    """Where a letter goes and what seals it. `role` is the recipient's; `number` None for letters about no ticket.

    `sender_name` stands in From instead of the desk's name; `automatic` is False for what a person wrote.
    """

    kind: str
    template: str
    role: str
    recipient: str
    box: "Mailbox"
    subject: str
    number: str | None
    key: str
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    meets_reaction: bool = False
    automatic: bool = True
    sender_name: str | None = None
    cc: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    audience: str | None = None
    author: str | None = None
    asks: bool = False


def message_id(desk: "Desk", box: "Mailbox", recipient: str, role: str, number: str | None, key: str) -> str:
    """The sealed id of a letter, known before it is written: its own links answer to it."""
    return desk.signer.mint(box.address.rpartition("@")[2], recipient, role, number, key)


def dispatch(desk: "Desk", envelope: Envelope, language: str, context: Mapping[str, Any], now: datetime) -> Outgoing:
    """Render and encode. Raises ConfigError for a template at fault, PermanentError for an address that is none."""
    (letter,) = dispatch_alike(desk, (envelope,), language, context, now)
    return letter


def dispatch_alike(
    desk: "Desk", envelopes: Sequence[Envelope], language: str, context: Mapping[str, Any], now: datetime
) -> list[Outgoing]:
    """One letter to several readers, rendered once for the first of them, with the code lines and Message-IDs in its
    links put right for the others. The readers must be alike in everything else that the context says."""
    first, *others = envelopes
    rendered = desk.templates.render(first.template, language, {**context, "lang": language})
    copies = [_encoded(desk, other, _readdressed(desk, rendered, first, other), now) for other in others]
    return [_encoded(desk, first, rendered, now), *copies]


def _readdressed(desk: "Desk", rendered: Rendered, first: Envelope, other: Envelope) -> Rendered:
    text, html = rendered.text, rendered.html or ""
    for own, theirs in zip(_seals(desk, first), _seals(desk, other), strict=True):
        text = text.replace(own, theirs).replace(percent(own), percent(theirs))
        html = html.replace(percent(own), percent(theirs))
    return Rendered(text, html or None)


def _seals(desk: "Desk", envelope: Envelope) -> tuple[str, str]:
    """What in a letter is its reader's alone: the Message-ID that links answer, and their code line."""
    code = desk.signer.code(envelope.recipient, envelope.role, envelope.number)
    return message_id(desk, envelope.box, envelope.recipient, envelope.role, envelope.number, envelope.key), code


def _encoded(desk: "Desk", envelope: Envelope, rendered: Rendered, now: datetime) -> Outgoing:
    sealed = message_id(desk, envelope.box, envelope.recipient, envelope.role, envelope.number, envelope.key)
    letter = Letter(
        kind=envelope.kind,
        to=Address("", envelope.recipient),
        sender=Address(tidy(envelope.sender_name or desk.regulation.desk.name, 100), envelope.box.address),
        envelope_from="" if envelope.automatic else envelope.box.address,
        subject=envelope.subject.replace(NBSP, " "),
        text=rendered.text,
        html=rendered.html,
        message_id=sealed,
        in_reply_to=envelope.in_reply_to,
        references=envelope.references,
        ticket=envelope.number,
        automatic=envelope.automatic,
        cc=tuple(Address("", address) for address in envelope.cc),
        attachments=envelope.files,
        date=now.astimezone(desk.regulation.desk.calendar.zone),
    )
    return Outgoing(
        key=envelope.key,
        kind=envelope.kind,
        ticket=envelope.number,
        envelope_from=letter.envelope_from,
        recipient=envelope.recipient,
        message_id=sealed,
        raw=encode(letter),
        automatic=envelope.automatic,
        meets_reaction=envelope.meets_reaction,
        mailbox=envelope.box.name,
        cc=envelope.cc,
        audience=envelope.audience,
        author=envelope.author,
        asks=envelope.asks,
    )


def box_of(desk: "Desk", ticket: Ticket) -> "Mailbox":
    """The mailbox a ticket came to; the support mailbox where that one is no longer configured.

    A complaint is answered from the quality mailbox, wherever it came in.
    """
    if ticket.category == "quality":
        return desk.quality
    return desk.mailboxes.get(ticket.mailbox) or desk.support


def client_language(desk: "Desk", ticket: Ticket) -> str:
    """The client's language if the desk and its templates have it, else the desk's first."""
    languages = desk.regulation.desk.languages
    wanted = (ticket.language,) if ticket.language in languages else ()
    return desk.templates.language(*wanted, *languages)


def staff_language(desk: "Desk") -> str:
    """The desk's first language that has templates."""
    return desk.templates.language(*desk.regulation.desk.languages)


def head(desk: "Desk", box: "Mailbox", language: str) -> Head:
    """The desk for the foot of a letter. The quality address is named where the desk has such a mailbox."""
    rules = desk.regulation.desk
    quality = next((each.address for each in desk.mailboxes.values() if each.role == "quality"), "")
    hours = in_language(rules.hours_text, language)
    telephone = rules.telephone if isinstance(rules.telephone, str) else ""
    name, own_quality = tidy(desk_name(rules, language)), "" if box.role == "quality" else quality
    return Head(name, box.address, tidy(telephone), tidy(hours), own_quality)


def pack_note(desk: "Desk", name: str, language: str) -> str:
    """A wording from `[notes]` of desk.toml, "" where it says nothing."""
    return tidy(in_language(desk.regulation.desk.notes.get(name, {}), language), 400)


def marker(audience: str, language: str) -> str:
    """The first visible line; `audience` is client, agent or colleagues."""
    return MARKERS[audience, language]


def client_subject(ticket: Ticket, language: str) -> str:
    """What stands after the number in a subject to the client: theirs, or to a bare address the desk's own."""
    if ticket.acquaintance == "bare":
        return word("your request", language)
    return subject_of(ticket, language)


def subject_of(ticket: Ticket, language: str) -> str:
    """The ticket's subject, or that it has none."""
    return tidy(ticket.subject, 120) or word("no subject", language)
