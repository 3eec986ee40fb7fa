"""What letters to clients share: their way out, their times, whose name they carry, and what they quote.

A time that has passed is never promised. A name goes out as `[answers] display` allows, an agent's address never.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from maild.desk.clocks import level_of
from maild.desk.facts import Said
from maild.desk.outgoing import Envelope, Outgoing, box_of, client_subject, dispatch, head, marker
from maild.domain.people import Agent
from maild.domain.rules import desk_name
from maild.domain.ticket import Ticket
from maild.mail import phrase
from maild.mail.labels import word
from maild.mail.mime import File
from maild.mail.ours import own_words
from maild.mail.parts import Head, Quote, tidy
from maild.mail.passages import excerpt

if TYPE_CHECKING:
    from maild.desk.desk import Desk, Mailbox

SHORTLY = 600
"""So many characters of what a person wrote are quoted in a letter of the machine."""


def to_client(
    desk: "Desk",
    ticket: Ticket,
    kind: str,
    language: str,
    context: dict[str, Any],
    now: datetime,
    key: str,
    *,
    meets_reaction: bool = False,
    person: bool = False,
    author: Agent | None = None,
    box: "Mailbox | None" = None,
    files: tuple[File, ...] = (),
    asks: bool = False,
) -> Outgoing:
    """A letter to the client with what all of them have. `person`: somebody wrote it, so it is no machine mail, goes to
    those in Cc as well, and counts as the reaction; `author` is who. `box` where it is not the ticket's own mailbox.
    """
    box = box or box_of(desk, ticket)
    subject = f"[{ticket.number}] {client_subject(ticket, language)}"
    envelope = Envelope(
        kind=kind,
        template=kind,
        role="client",
        recipient=ticket.reply_to,
        box=box,
        subject=f"Re: {subject}",
        number=ticket.number,
        key=key,
        in_reply_to=ticket.message_id,
        references=ticket.references,
        meets_reaction=meets_reaction or person,
        automatic=not person,
        sender_name=sender_name(desk, author, box, language) if person else desk_name(desk.regulation.desk, language),
        cc=ticket.cc if person else (),
        files=files,
        author=author.address if person and author else None,
        asks=asks,
    )
    common = {
        "marker": marker("client", language),
        "number": ticket.number,
        "title": subject,
        "desk": _head_of_person(desk, box, language) if person else head(desk, box, language),
    }
    return dispatch(desk, envelope, language, {**common, **context}, now)


def _head_of_person(desk: "Desk", box: "Mailbox", language: str) -> Head:
    """The foot under a person's words: the desk, or the quality desk of it, and the address; nothing else."""
    name = tidy(desk_name(desk.regulation.desk, language))
    return Head(word("quality desk of", language, desk=name) if box.role == "quality" else name, box.address)


def sender_name(desk: "Desk", author: Agent | None, box: "Mailbox", language: str) -> str:
    """From of what a person wrote, as `[answers] display` says: the desk, the person, or both."""
    called = tidy(desk_name(desk.regulation.desk, language))
    here = word("quality desk", language) if box.role == "quality" else called
    name = shown_name(desk, author.name if author else "")
    if not name:
        return here
    return (
        name if desk.regulation.desk.answers.display == "agent" else word("from both", language, name=name, desk=here)
    )


def shown_name(desk: "Desk", name: str) -> str:
    """Who answered, for the client; "" where the desk answers as one, or where only an address is known."""
    plain = tidy(name, 60)
    return "" if desk.regulation.desk.answers.display == "desk" or "@" in plain else plain


def until(desk: "Desk", due: datetime | None, language: str, now: datetime) -> str:
    """A time for a sentence; "" for none, and for one that has passed."""
    return phrase.until(due, language, desk.regulation.desk.calendar.zone, now) if due and due > now else ""


def moment(desk: "Desk", due: datetime | None, language: str, now: datetime) -> str:
    """A time to come as tables have it; "" for none, and for one that has passed."""
    return past(desk, due, language, now) if due and due > now else ""


def at_least(desk: "Desk", ticket: Ticket, language: str) -> str:
    """«4 рабочих часов», as it stands after «от», where the reaction is told as a beginning and no promise (A7)."""
    level = level_of(desk, ticket)
    return phrase.working(level.reaction, language, "until") if level.at_least and level.reaction else ""


def past(desk: "Desk", at: datetime, language: str, now: datetime) -> str:
    """Any time, as tables have it."""
    return phrase.moment(at, language, desk.regulation.desk.calendar.zone, now)


def resolution_stands(desk: "Desk", ticket: Ticket) -> bool:
    """Whether there is a resolution time, and it stands still while we wait for the client's answer."""
    held = "resolution" in desk.regulation.desk.hold.get("client", ())
    return held and level_of(desk, ticket).resolution is not None


def shortly(said: Said | None) -> Quote:
    """The beginning of a person's own words; what they quote, the client's perhaps, is left out.

    The words may come as our letter that carried them: its marker and footer go.
    """
    return excerpt(own_words(said.text), SHORTLY) if said else Quote("")
