"""Why: the reasons of a decision and the arithmetic of a deadline, line by line, from the journal and the rules."""

from collections.abc import Iterator
from datetime import datetime

from maild.desk.chronicle import says
from maild.desk.clocks import level_of
from maild.desk.desk import Desk
from maild.desk.staff_view import View
from maild.domain.levels import level_title
from maild.domain.sla import CLOCK_NAMES, State, intervals, level_target, standing
from maild.domain.ticket import Entry, Event, Ticket
from maild.mail import phrase
from maild.mail.labels import label
from maild.mail.labels_events import event_word
from maild.store import tickets
from maild.store.database import Tx

DECISIONS = frozenset({Event.ACCEPTED, Event.ASKED, Event.REFUSED, Event.TRIAGED, Event.LEVEL, Event.DEVELOPED})
SHOWN = 40
"""So many lines of a history, the newest; the whole story is an attachment or `maild ticket`."""


def why(tx: Tx, desk: Desk, ticket: Ticket, now: datetime) -> list[str]:
    """The decisions with their reasons and rules, then how each target is counted."""
    view = View(desk, now)
    lines = [line for entry in _history(tx, ticket) if entry.event in DECISIONS for line in _reasons(view, entry)]
    return [*lines, *(line for clock in CLOCK_NAMES for line in _clock(view, ticket, clock))]


def history(tx: Tx, desk: Desk, ticket: Ticket) -> list[str]:
    """The journal, a line an entry, the newest last."""
    view = View(desk, ticket.arrived)
    entries = _history(tx, ticket)[-SHOWN:]
    return [f"{_head(view, entry)}: {says(view, entry)}" for entry in entries]


def _head(view: View, entry: Entry) -> str:
    by = "" if entry.by == "maild" else f", {view.person(entry.by)}"
    return f"{view.plain(entry.at)}  {event_word(entry.event, view.language)}{by}"


def _history(tx: Tx, ticket: Ticket) -> list[Entry]:
    assert ticket.id is not None
    return tickets.history(tx, ticket.id)


def _reasons(view: View, entry: Entry) -> Iterator[str]:
    yield _head(view, entry)
    for reason in entry.says.split("; "):
        yield f"  {reason}"


def _clock(view: View, ticket: Ticket, clock: str) -> Iterator[str]:
    """Target, arrival, every hold, due time and how the clock stands; in words of the staff language."""
    desk = view.desk
    level = level_of(desk, ticket)
    target = level_target(level, clock)
    if target is None:
        return
    state = standing(ticket, clock, level, desk.regulation.desk.calendar, view.now)
    span, name = phrase.span(target, view.language), level_title(level, view.language) or level.key
    yield f"{label(clock, view.language)}: {view.word('ledger target', span=span, level=name)}"
    yield f"  {view.word('ledger from', when=view.plain(ticket.arrived))}"
    for start, end in intervals(ticket.holds, clock):
        until = view.plain(end) if end else view.word("ledger still")
        yield f"  {view.word('ledger hold', start=view.plain(start), end=until)}"
    if state.due:
        yield f"  {view.word('ledger due', when=view.plain(state.due))}"
    if state.state is State.MISSED:
        yield f"  {view.word('overdue')} {view.word('by', span=phrase.span(state.seconds, view.language))}"
    elif state.met:
        yield f"  {view.word('in time')}: {view.plain(state.met)}"
    else:
        yield f"  {view.word('left', span=phrase.span(state.seconds, view.language))}"
