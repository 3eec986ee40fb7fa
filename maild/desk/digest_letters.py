"""Summaries: a line's morning letter, the quality desk's, what a flood brought, whose tickets wait for an absent agent.

One line an item and a time, the worst first; nothing to report, no letter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from maild.desk.outgoing import Outgoing, dispatch, head, message_id
from maild.desk.quick import quick_links
from maild.desk.staff_parts import next_clock, opening, previewed, role_of, summary_envelope
from maild.desk.staff_view import View
from maild.domain.sla import Standing, State
from maild.domain.ticket import Status, Ticket
from maild.mail import phrase
from maild.mail.labels import label
from maild.mail.parts import Cell, Item, tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk

SHOWN = 30
"""So many tickets of all groups together are shown; of the rest the number."""
GROUPS = ("overdue", "today", "waiting", "nobody", "later")
"""What a ticket is in the summary; the first that fits."""
_HELD = (Status.WAITING, Status.DETAILS, Status.ASSESSMENT, Status.CLOSED, Status.REFUSED)


@dataclass(frozen=True)
class _Entry:
    ticket: Ticket
    state: Standing
    group: str
    waited: int = 0


def digest(
    desk: "Desk",
    tickets: Sequence[Ticket],
    now: datetime,
    recipient: str,
    *,
    key: str,
    line: str | None,
    flood: str = "",
    away: str = "",
) -> Outgoing | None:
    """A summary of these tickets (kind `digest`) for a line, for the quality desk where `line` is None.

    `flood`: the address whose letters came too fast for single requests; `away`: the name of the agent who is absent.
    None where there is nothing to tell.
    """
    if not tickets:
        return None
    view = View(desk, now)
    entries = [_entry(view, ticket) for ticket in tickets]
    shown, rest = _shown(entries)
    box = desk.support if line or flood or away else desk.quality
    sealed = message_id(desk, box, recipient, role_of(desk, recipient), None, key)
    shared = opening(desk, box, recipient, None, sealed)
    heading = _heading(view, line, flood, away)
    context = {
        "title": heading,
        "heading": heading,
        "says": view.word("flood says") if flood else view.word("absent says") if away else "",
        "counts": tuple(_counts(view, entries)),
        "nobodys": _nobodys(view, entries),
        "groups": tuple(
            {"title": view.word(f"group {name}"), "tickets": tuple(_item(view, each) for each in found)}
            for name, found in shown
        ),
        "more": view.word("and more", count=rest) if rest else "",
        "links": quick_links(desk, None, ("queue",), shared, recipient, line=line or ""),
        "preheader": _preview(view, entries),
        "counted": view.moment(now),
        "desk": head(desk, box, view.language),
    }
    addressed = summary_envelope(desk, "digest", recipient, key, tidy(heading, 120), box=box)
    return dispatch(desk, addressed, view.language, context, now)


def items_of(view: View, tickets: Sequence[Ticket]) -> tuple[Item, ...]:
    """Tickets as items, in the order in which they are given (#queue)."""
    return tuple(_item(view, _entry(view, ticket)) for ticket in tickets)


def _entry(view: View, ticket: Ticket) -> _Entry:
    state = next_clock(view, ticket)
    if state.state is State.MISSED and state.met is None:
        return _Entry(ticket, state, "overdue")
    since = next((hold.start for hold in reversed(ticket.holds) if hold.end is None), None)
    if ticket.status in _HELD or since:
        calendar = view.desk.regulation.desk.calendar
        return _Entry(ticket, state, "waiting", max(0, calendar.elapsed(since, view.now)) if since else 0)
    if state.state is State.RUNNING and state.due and _same_day(view, state.due):
        return _Entry(ticket, state, "today")
    return _Entry(ticket, state, "later" if ticket.assignee else "nobody")


def _same_day(view: View, due: datetime) -> bool:
    return due.astimezone(view.zone).date() == view.now.astimezone(view.zone).date()


def _shown(entries: Sequence[_Entry]) -> tuple[list[tuple[str, list[_Entry]]], int]:
    """The groups with what is shown of each, and how many are not."""
    room, found = SHOWN, []
    for name in GROUPS:
        group = sorted((each for each in entries if each.group == name), key=_order)[:room]
        room -= len(group)
        if group:
            found.append((name, group))
    return found, len(entries) - (SHOWN - room)


def _order(entry: _Entry) -> tuple[float, float, str]:
    """The worst first: most overdue, earliest due, longest waiting, then by arrival."""
    arrived = entry.ticket.arrived.timestamp()
    match entry.group:
        case "overdue":
            return (-entry.state.seconds, arrived, entry.ticket.number)
        case "waiting":
            return (-entry.waited, arrived, entry.ticket.number)
        case _:
            due = entry.state.due.timestamp() if entry.state.due else float("inf")
            return (due, arrived, entry.ticket.number)


def _counts(view: View, entries: Sequence[_Entry]) -> Iterator[Cell]:
    """How many are overdue, due today, in time. What is nobody's is counted besides: it may be any of these."""
    late, today = (sum(each.group == name for each in entries) for name in ("overdue", "today"))
    if late:
        yield Cell(view.word("count overdue", count=late), "late", strong=True)
    if today:
        yield Cell(view.word("count today", count=today), "near", strong=True)
    yield Cell(view.word("count later", count=len(entries) - late - today))


def _nobodys(view: View, entries: Sequence[_Entry]) -> str:
    count = sum(each.ticket.assignee is None for each in entries)
    said = view.word("count nobody", count=count) if count else ""
    return said[:1].upper() + said[1:]


def _heading(view: View, line: str | None, flood: str, away: str) -> str:
    if flood:
        return view.word("heading flood", address=tidy(flood, 100))
    if away:
        return view.word("heading absent", name=tidy(away, 100))
    day = view.plain(view.now).rpartition(",")[0]
    if line is None:
        return view.word("heading quality", day=day)
    found = view.desk.regulation.people.lines.get(line)
    return view.word("heading line", title=tidy(found.title if found else line, 60), day=day)


def _item(view: View, entry: _Entry) -> Item:
    time, what = _time(view, entry)
    return Item(
        number=entry.ticket.number,
        subject=tidy(view.subject(entry.ticket), 70),
        below=f"{tidy(view.organisation(entry.ticket), 40)} · {tidy(view.person(entry.ticket.assignee), 30)}",
        time=time,
        what=what,
    )


def _time(view: View, entry: _Entry) -> tuple[Cell, str]:
    """When, and what that means."""
    state = entry.state
    span = phrase.span(state.seconds, view.language)
    clock = label(state.clock, view.language).lower()
    match entry.group:
        case "overdue":
            due = view.plain(state.due) if state.due else "–"
            return Cell(view.word("by", span=span), "late", strong=True), f"{clock}, {due}"
        case "waiting":
            waited = phrase.span(entry.waited, view.language)
            return Cell(view.word("waited", span=waited), strong=True), view.word("clock stopped")
        case _ if state.state is State.RUNNING and state.due:
            when = view.word("until, clock", when=view.clock(state.due))
            tone = "near" if entry.group == "today" else ""
            return Cell(when, tone, strong=True), f"{clock}, {view.word('left', span=span)}"
        case _:
            return Cell(view.word("no target"), strong=True), view.plain(entry.ticket.arrived)


def _preview(view: View, entries: Sequence[_Entry]) -> str:
    first = [each for _, found in _shown(entries)[0] for each in found][:6]
    pieces = [f"{each.ticket.number} {tidy(view.subject(each.ticket), 40)}" for each in first]
    own = (tidy(view.desk.regulation.desk.name, 60), view.moment(view.now), view.desk.support.address)
    return previewed([*pieces, *own])
