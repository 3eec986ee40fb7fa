"""What all letters to those who work at the desk are made of: envelope, links, quotations, files, the first lines."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from maild.desk.clocks import level_of
from maild.desk.outgoing import Envelope, box_of, message_id, staff_language
from maild.desk.quick import Opening, quick_links
from maild.desk.staff_view import View
from maild.domain.levels import level_title
from maild.domain.rules import in_language
from maild.domain.sla import CLOCK_NAMES, Standing, State
from maild.domain.ticket import Status, Ticket
from maild.mail import phrase
from maild.mail.labels import word
from maild.mail.labels_story import size_word
from maild.mail.mime import File, safe_name
from maild.mail.parts import Link, Quote, quoted, tidy
from maild.mail.thread import shorten

if TYPE_CHECKING:
    from maild.desk.desk import Desk, Mailbox

QUOTED = 4_000
"""Characters of somebody's last words, where they are beside the point of the letter."""
WHOLE = 8_000
"""Characters of the words that a letter is about (letters.md, 6.8); the rest is attached."""
ROOM = 30_000
"""Bytes of the HTML part that such words may take, escaped: with the rest it stays under 60 KB."""
PREVIEW = (60, 110)
"""Characters of a preheader: at least, at most."""
UNACCEPTED = (Status.NEW, Status.DETAILS, Status.REFUSED)
DONE = (Status.ASSESSMENT, Status.CLOSED, Status.REFUSED)


def role_of(desk: "Desk", recipient: str) -> str:
    """The role that seals a letter to somebody who works here: "quality" or "agent"."""
    return "quality" if recipient.lower() in desk.regulation.people.quality else "agent"


def only_quality(desk: "Desk", recipient: str) -> bool:
    """Whether somebody is the quality desk and no agent: they have fewer commands (contract, Who may do what)."""
    people = desk.regulation.people
    return recipient.lower() in people.quality and people.agent(recipient) is None


def quality_names(ticket: Ticket) -> tuple[str, ...]:
    """The commands of the quality desk that make sense for a ticket, as links."""
    return ("assign", "line", "level", *(("reopen",) if ticket.status in DONE else ()), "note", "status")


def audience_of(desk: "Desk", ticket: Ticket, recipient: str) -> str:
    """Whom a plain reply reaches: the client, but of the quality desk only where the ticket is a complaint."""
    return "colleagues" if only_quality(desk, recipient) and ticket.category != "quality" else "client"


def marker_of(audience: str) -> str:
    """The kind of marker (`mail/markers.py`) that says it."""
    return "agent" if audience == "client" else audience


def envelope(
    desk: "Desk",
    kind: str,
    ticket: Ticket,
    recipient: str,
    key: str,
    subject: str,
    audience: str,
    files: tuple[File, ...] = (),
) -> Envelope:
    """An envelope for a letter about a ticket; its subject begins with the number."""
    return Envelope(
        kind=kind,
        template=kind,
        role=role_of(desk, recipient),
        recipient=recipient,
        box=box_of(desk, ticket),
        subject=f"[{ticket.number}] {subject}",
        number=ticket.number,
        key=key,
        audience=audience,
        files=files,
    )


def summary_envelope(
    desk: "Desk",
    kind: str,
    recipient: str,
    key: str,
    subject: str,
    *,
    template: str = "",
    box: "Mailbox | None" = None,
    files: tuple[File, ...] = (),
) -> Envelope:
    """An envelope for a letter about no ticket, or about many; `template` where it is not called as the kind, `box`
    where it does not leave from the support mailbox."""
    return Envelope(
        kind=kind,
        template=template or kind,
        role=role_of(desk, recipient),
        recipient=recipient,
        box=box or desk.support,
        subject=subject,
        number=None,
        key=key,
        files=files,
    )


def links_of(
    desk: "Desk", ticket: Ticket, recipient: str, key: str, names: Sequence[str], *, offered: Sequence[str] = ()
) -> tuple[Link, ...]:
    """The quick links of a letter about a ticket; they answer the letter that they stand in.

    `offered` are the keys of ready answers, for a link each.
    """
    box, role = box_of(desk, ticket), role_of(desk, recipient)
    sealed = message_id(desk, box, recipient, role, ticket.number, key)
    shared = opening(desk, box, recipient, ticket.number, sealed)
    return quick_links(desk, ticket, names, shared, recipient, offered=offered)


def opening(desk: "Desk", box: "Mailbox", recipient: str, number: str | None, answers: str | None) -> Opening:
    """What the links of a letter share; `number` is the ticket that they are about."""
    code = desk.signer.code(recipient, role_of(desk, recipient), number)
    return Opening(box.address, code, answers, number, staff_language(desk))


def fitting(text: str, length: int = WHOLE, room: int = ROOM) -> Quote:
    """A text as a quotation of at most `length` characters, and of at most `room` bytes in HTML."""
    found = quoted(text, length)
    while length > 200 and len(escape(found.text).encode("utf-8", "replace")) + 5 * found.text.count("\n") > room:
        length = length * 2 // 3
        found = quoted(text, length)
    return found


def words_and_rest(
    text: str, name: str, language: str, length: int = WHOLE, room: int = ROOM
) -> tuple[Quote, str, tuple[File, ...]]:
    """A text as a quotation; what is said of the rest of it; the file with the whole where there is a rest.

    `name` is the file's.
    """
    found = fitting(text, length, room)
    whole = quoted(text, len(text) + 1).text
    if found.text == whole:
        return found, "", ()
    rest = whole.count("\n") - found.text.count("\n")
    count = phrase.count(rest, "line of text", language)
    says = (
        word("more lines, attached", language, count=count, name=name)
        if rest
        else word("more, attached", language, name=name)
    )
    return Quote(found.text, max(rest, 1)), says, (File(name, "text/plain; charset=utf-8", text.encode("utf-8")),)


def attached(files: Sequence[File], language: str) -> str:
    """The attachments of a letter by name and size; "" where there are none."""
    if not files:
        return ""
    names = ", ".join(f"{tidy(safe_name(file.name), 60)} ({size_word(len(file.data), language)})" for file in files)
    return word("attached", language, files=tidy(names, 1_500))


def preview(view: View, ticket: Ticket, *first: str) -> str:
    """The preheader: what is said first, the client, category and level, then whatever more there is room for."""
    level = level_of(view.desk, ticket)
    pieces = [
        *first,
        tidy(view.organisation(ticket), 40),
        category_of(view, ticket),
        tidy(level_title(level, view.language), 30),
        view.person(ticket.assignee),
        tidy(ticket.client, 40),
        tidy(view.desk.regulation.desk.name, 40),
        view.moment(ticket.arrived),
    ]
    return previewed([piece for piece in pieces if piece])


def previewed(pieces: Sequence[str]) -> str:
    """Pieces joined until there are enough of them for a preheader, and cut where there are too many."""
    said = ""
    for piece in pieces:
        if len(said) >= PREVIEW[0]:
            break
        said = f"{said} · {piece}" if said else piece
    said = said.replace(phrase.NBSP, " ")
    cut = shorten(said, PREVIEW[1])  # at a word, unless that leaves too little
    return cut if len(cut) >= PREVIEW[0] else tidy(said, PREVIEW[1])


def category_of(view: View, ticket: Ticket) -> str:
    """The title of the ticket's category, "" where the regulation has none."""
    category = view.desk.regulation.intake.categories.get(ticket.category)
    return tidy(in_language(category.title, view.language), 60) if category else ""


def next_clock(view: View, ticket: Ticket) -> Standing:
    """The clock that matters now: the first that is not dealt with, else the resolution."""
    states = [view.standing(ticket, clock) for clock in CLOCK_NAMES]
    return next((state for state in states if state.state is not State.NONE and state.met is None), states[-1])


def clock_sentence(view: View, ticket: Ticket) -> tuple[str, str]:
    """The clock that matters now in words, in two parts: what is due when, and what is left, counted at which time."""
    state = next_clock(view, ticket)
    span = phrase.span(state.seconds, view.language)
    clock = "answer" if ticket.category == "quality" else state.clock
    match state.state:
        case State.MISSED if state.met is None:
            return view.word(f"{clock} late", span=span), ""
        case State.RUNNING if state.due:
            left = view.word("left at, worked", at=view.clock(view.now), span=span)
            return view.word(f"{clock} until", when=view.moment(state.due)), left
        case State.HELD if state.since:
            return view.word(f"{clock} stopped", when=view.moment(state.since)), ""
        case State.NONE:
            return view.word("no clock"), ""
        case _:
            return view.word("both met"), ""
