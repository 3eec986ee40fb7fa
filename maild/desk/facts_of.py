"""What a warning or an escalation has to tell of a ticket, gathered from its journal and its letters."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from maild.desk.arrival import Arrival
from maild.desk.desk import Desk
from maild.desk.facts import NOT_CONFIRMED, NOT_TAKEN, UNANSWERED, Facts, Said, Undone
from maild.desk.staff_view import View
from maild.domain.ticket import Entry, Event, Status, Ticket
from maild.mail.labels_events import kind_word
from maild.mail.labels_story import told
from maild.mail.ours import opening, own_words
from maild.mail.parse import parse
from maild.mail.parts import tidy
from maild.mail.written import without_code
from maild.store import correspondence, inbox, tickets
from maild.store.correspondence import Went
from maild.store.database import Tx

_WROTE = frozenset({Event.REGISTERED, Event.CLIENT_WROTE})
_ANSWERED = frozenset({Event.ANSWERED, Event.QUESTION, Event.RESOLVED, Event.POSTPONED})
_TAKEN = frozenset({*_ANSWERED, Event.ASSIGNED})
_TO_CLIENT = frozenset({"answer", "refusal", "request-information", "acknowledgement", "receipt", "notice"})
"""Kinds of our letters that say something to the client; the request to rate only asks."""
_BY_PERSON = "answer"


def facts(tx: Tx, desk: Desk, ticket: Ticket, now: datetime) -> Facts:
    """The story so far: the client's last words, ours, what was not done and by whom, who was warned, the queue."""
    history = tickets.history(tx, Arrival.id_of(ticket))
    view = View(desk, now)
    went = correspondence.went(tx, Arrival.id_of(ticket))
    wrote = _last_words(history)
    warned = next((entry for entry in reversed(history) if entry.event is Event.WARNED), None)
    return Facts(
        client=_client_said(tx, wrote) if wrote else None,
        ours=_ours_said(tx, view, ticket, went),
        undone=tuple(sorted(_undone(view, ticket, history, went, wrote), key=lambda thing: thing.at)),
        warned_at=warned.at if warned else None,
        warned_to=warned.says.partition("told to ")[2] if warned else "",
        queue=tickets.queue_length(tx, desk.name, ticket.line) if ticket.line else None,
    )


def assignees(history: Sequence[Entry]) -> tuple[tuple[str, datetime], ...]:
    """Who had the ticket and since when, oldest first; one who got it twice in a row stands once."""
    found: list[tuple[str, datetime]] = []
    for entry in history:
        key, _, address = entry.says.partition(" ")
        if entry.event is Event.ASSIGNED and key == "assignee" and (not found or found[-1][0] != address):
            found.append((address, entry.at))
    return tuple(found)


def _last_words(history: Sequence[Entry]) -> Entry | None:
    """The client's last letter that asks or tells something."""
    return next((entry for entry in reversed(history) if _tells(entry)), None)


def _tells(entry: Entry) -> bool:
    return entry.event in _WROTE and entry.letter is not None and not entry.says.startswith("only thanks")


def _client_said(tx: Tx, entry: Entry) -> Said | None:
    assert entry.letter is not None
    try:
        message = parse(inbox.raw(tx, entry.letter))
    except LookupError:  # the retention period took it
        return None
    return Said("\n".join(without_code(message.reply)), entry.at, entry.by)


def _ours_said(tx: Tx, view: View, ticket: Ticket, went: Sequence[Went]) -> Said | None:
    """Our last letter to the client that was not lost: an agent's whole words, of a machine's letter its opening."""
    client = {ticket.client.lower(), ticket.reply_to.lower()}
    ours = [row for row in went if row.kind in _TO_CLIENT and row.recipient.lower() in client and not row.undelivered]
    if not ours:
        return None
    last = ours[-1]
    text = parse(correspondence.sent_raw(tx, last.id)).text
    by = view.person(last.author) if last.author else kind_word(last.kind, view.language)
    return Said(own_words(text) if last.author else opening(text), last.sent_at or last.created_at, by)


def _undone(
    view: View, ticket: Ticket, history: Sequence[Entry], went: Sequence[Went], wrote: Entry | None
) -> Iterator[Undone]:
    """What was not done, each with the time since when."""
    if ticket.reaction_met is None:
        yield Undone(ticket.arrived, NOT_CONFIRMED)
    if wrote and not _answered_after(history, wrote):
        yield Undone(wrote.at, UNANSWERED)
    yield from _not_taken(view, history)
    yield from _not_delivered(view, history, went)
    yield from _had(view, ticket, history)


def _answered_after(history: Sequence[Entry], wrote: Entry) -> bool:
    """Whether a person's answer went after the client's last letter. One that still waits, is held back or was taken
    back never stands in the journal as an answer."""
    return any(entry.event in _ANSWERED and entry.by != "maild" for entry in history[history.index(wrote) + 1 :])


def _not_taken(view: View, history: Sequence[Entry]) -> Iterator[Undone]:
    """Handed to a line, and nobody has taken or answered it since."""
    for entry in reversed(history):
        if entry.event in _TAKEN:
            return
        if entry.event is Event.LINE:
            key = entry.says.partition(" ")[2]
            line = view.desk.regulation.people.lines.get(key)
            yield Undone(entry.at, NOT_TAKEN, tidy(line.title if line else key))
            return


def _not_delivered(view: View, history: Sequence[Entry], went: Sequence[Went]) -> Iterator[Undone]:
    """The last answer to the client, where it is known not to have arrived."""
    answers = [row for row in went if row.kind == _BY_PERSON]
    if not answers:
        return
    lost = {row.id: row for row in answers if row.created_at == answers[-1].created_at and row.undelivered}
    for row in lost.values():
        at = next((entry.at for entry in reversed(history) if entry.outbox == row.id), row.bounced_at or row.created_at)
        kind = kind_word(row.kind, view.language)
        yield Undone(at, told("no delivery", view.language, kind=kind, who=tidy(row.recipient)))


def _had(view: View, ticket: Ticket, history: Sequence[Entry]) -> Iterator[Undone]:
    """Who has the ticket since when, and who had it before, as long as it is not solved."""
    had = assignees(history)
    if not had or had[-1][0] != ticket.assignee or ticket.status in (Status.ASSESSMENT, Status.CLOSED):
        return
    address, since = had[-1]
    before = dict.fromkeys(view.person(one) for one, _ in had[:-1] if one != address)
    key = "assigned after" if before else "assigned since"
    yield Undone(since, told(key, view.language, who=view.person(address), before=", ".join(before)))
