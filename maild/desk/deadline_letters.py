"""Letters about a deadline: a target is near, a target is missed, many are missed at once.

Staff see everything of the ticket and exact remaining times, always with the moment at which they were counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from maild.desk.clocks import level_of
from maild.desk.facts import NOT_CONFIRMED, NOT_TAKEN, UNANSWERED, Facts, Said
from maild.desk.outgoing import Outgoing, box_of, dispatch, head, marker
from maild.desk.quick import may_be_urgent
from maild.desk.staff_parts import (
    QUOTED,
    UNACCEPTED,
    envelope,
    links_of,
    only_quality,
    quality_names,
    summary_envelope,
)
from maild.desk.staff_view import View
from maild.domain.levels import level_title
from maild.domain.people import Agent
from maild.domain.sla import CLOCK_NAMES, Standing, State
from maild.domain.ticket import Ticket
from maild.mail import phrase
from maild.mail.labels import label, word
from maild.mail.parts import Cell, Item, Link, Quote, Target, quoted, tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk

SHOWN = 30
"""So many tickets stand in the table of a bundle; of the rest only the numbers."""
LISTED = 500
"""So many of those numbers stand in the HTML part, which mail programs cut when it grows; the text part has all."""


@dataclass(frozen=True)
class Breach:
    """One line of a bundle: a ticket and the clock whose target is missed."""

    ticket: Ticket
    clock: str


def warning(
    desk: "Desk", ticket: Ticket, clock: str, now: datetime, agent: Agent, *, key: str, facts: Facts
) -> Outgoing:
    """A target is near, told to the assignee or to somebody on the line. `clock` is reaction or resolution."""
    view = View(desk, now)
    state = view.standing(ticket, clock)
    span = phrase.span(state.seconds, view.language)
    over = state.state is State.MISSED
    names = ("take", "accept" if ticket.status in UNACCEPTED else "wait", "line", "status")
    links = links_of(desk, ticket, agent.address, key, names)
    subject = word("late subject" if over else "left subject", view.language, span=span, subject=view.subject(ticket))
    context = {
        **_ticket_context(view, ticket, facts, links),
        "clock": clock,
        "over": span if over else "",
        "due": phrase.clock(state.due, view.language, view.zone, now) if state.due else "",
        "left": span,
        "worked": phrase.worked(view.language),
        "confirmed": view.plain(ticket.reaction_met) if ticket.reaction_met else "",
        "title": f"[{ticket.number}] {subject}",
    }
    addressed = envelope(desk, "warning", ticket, agent.address, key, subject, "colleagues")
    return dispatch(desk, addressed, view.language, context, now)


def escalation(
    desk: "Desk",
    ticket: Ticket,
    clock: str,
    step: int | str,
    now: datetime,
    recipient: str,
    *,
    key: str,
    facts: Facts,
    repeat_at: datetime | None,
) -> Outgoing:
    """A target is missed. `step` is 0 or "breach" the first time, else a reminder; `repeat_at` the next one."""
    view = View(desk, now)
    state = view.standing(ticket, clock)
    links = links_of(desk, ticket, recipient, key, tuple(_mending(desk, ticket, clock, recipient)))
    subject = word("late subject", view.language, subject=view.subject(ticket))
    calendar = desk.regulation.desk.calendar
    context = {
        **_ticket_context(view, ticket, facts, links),
        "clock": clock,
        "over": phrase.span(state.seconds, view.language),
        "again": step not in (0, "breach", ""),
        "targets": tuple(_targets(view, ticket)),
        "undone": tuple(_undone(view, facts)),
        "repeat": view.moment(repeat_at) if repeat_at else "",
        "repeat_in": phrase.working(calendar.elapsed(now, repeat_at), view.language, "in") if repeat_at else "",
        "title": f"[{ticket.number}] {subject}",
    }
    addressed = envelope(desk, "escalation", ticket, recipient, key, subject, "colleagues")
    return dispatch(desk, addressed, view.language, context, now)


def escalation_bundle(desk: "Desk", items: Sequence[Breach], now: datetime, recipient: str, *, key: str) -> Outgoing:
    """Many targets missed at once, in one letter: the worst first, every number in its body."""
    view = View(desk, now)
    worst = sorted(items, key=lambda item: (-view.standing(item.ticket, item.clock).seconds, item.ticket.number))
    rest = list(dict.fromkeys(item.ticket.number for item in worst[SHOWN:]))
    many = len({item.ticket.number for item in items})
    overdue = phrase.plural(many, "overdue", view.language)
    count = phrase.count(many, "ticket", view.language)
    subject = word("late subject, many", view.language, overdue=overdue, count=count)
    context = {
        "title": subject,
        "first": worst[0].ticket.number if worst else "",
        "tickets": tuple(_item(view, item) for item in worst[:SHOWN]),
        "rest": ", ".join(rest),
        "rest_shown": ", ".join(rest[:LISTED]) + (" …" if len(rest) > LISTED else ""),
        "counted": view.moment(now),
        "desk": head(desk, desk.support, view.language),
    }
    addressed = summary_envelope(desk, "escalation", recipient, key, subject, template="escalation-bundle")
    return dispatch(desk, addressed, view.language, context, now)


def _mending(desk: "Desk", ticket: Ticket, clock: str, recipient: str) -> Iterator[str]:
    """The commands that mend a missed target, as far as this reader may use them (contract, Who may do what)."""
    if only_quality(desk, recipient):
        yield from quality_names(ticket)
        return
    yield "take"
    if ticket.status in UNACCEPTED:
        yield "accept"
    elif clock == "resolution":
        yield "resolve"
    if may_be_urgent(desk, ticket):
        yield "urgent"
    yield from ("assign", "line", "note", "status")


def _ticket_context(view: View, ticket: Ticket, facts: Facts, links: Sequence[Link]) -> Mapping[str, Any]:
    level = level_of(view.desk, ticket)
    about = [view.organisation(ticket), view.word("assignee", name=view.person(ticket.assignee))]
    if ticket.assignee is None:
        about[1] = view.word("nobody")
    if title := tidy(level_title(level, view.language)):
        about.insert(1, view.word("level", title=title))
    client, ours = _quote(facts.client), _quote(facts.ours)
    return {
        "marker": marker("colleagues", view.language),
        "number": ticket.number,
        "subject": view.subject(ticket),
        "about": " · ".join(about),
        "client": client,
        "client_at": view.moment(facts.client.at) if facts.client else "",
        "client_more": _more(client, view.language),
        "ours": ours,
        "ours_at": view.moment(facts.ours.at) if facts.ours else "",
        "ours_more": _more(ours, view.language),
        "links": links,
        "words": ", ".join(link.command for link in links),
        "queue": phrase.count(facts.queue, "ticket", view.language) if facts.queue else "",
        "counted": view.moment(view.now),
        "desk": head(view.desk, box_of(view.desk, ticket), view.language),
    }


def _quote(said: Said | None) -> Quote | None:
    found = quoted(said.text, QUOTED) if said else None
    return found if found and found.text else None


def _more(said: Quote | None, language: str) -> str:
    if said is None or not said.more:
        return ""
    return word("more lines", language, count=phrase.count(said.more, "line of text", language))


def _targets(view: View, ticket: Ticket) -> Iterator[Target]:
    for clock in CLOCK_NAMES:
        state = view.standing(ticket, clock)
        if state.state is not State.NONE:
            planned = view.plain(state.due) if state.due else "–"
            yield Target(label(clock, view.language), planned, tuple(_state(view, state)))


def _state(view: View, state: Standing) -> Iterator[Cell]:
    """What became of a clock, in words; the colour only repeats them."""
    span = phrase.span(state.seconds, view.language)
    met = view.plain(state.met) if state.met else ""
    match state.state:
        case State.MET:
            yield Cell(view.word("in time"), "fine", strong=True)
            yield Cell(met, "muted")
        case State.MISSED:
            yield Cell(view.word("overdue"), "late", strong=True)
            yield Cell(view.word("by", span=span))
            if met:
                yield Cell(met, "muted")
        case State.HELD:
            yield Cell(view.word("stopped"), strong=True)
            yield Cell(view.word("stopped since", when=view.plain(state.since)) if state.since else "", "muted")
        case _:
            yield Cell(view.word("running"), strong=True)
            yield Cell(view.word("left", span=span), "muted")


def _undone(view: View, facts: Facts) -> Iterator[str]:
    for thing in facts.undone:
        when = view.plain(thing.at)
        if thing.what in (UNANSWERED, NOT_TAKEN, NOT_CONFIRMED):
            yield view.word(thing.what, when=when, who=tidy(thing.who))
        else:
            yield f"{when}: {tidy(thing.what)}"
    if facts.warned_at:
        told = [view.person(tidy(name)) for name in facts.warned_to.split(",") if name.strip()]
        yield view.word("warned", when=view.plain(facts.warned_at), who=", ".join(told) or view.word("nobody"))


def _item(view: View, item: Breach) -> Item:
    state = view.standing(item.ticket, item.clock)
    due = view.plain(state.due) if state.due else "–"
    return Item(
        number=item.ticket.number,
        subject=tidy(view.subject(item.ticket), 70),
        below=f"{tidy(view.organisation(item.ticket), 40)} · {tidy(view.person(item.ticket.assignee), 30)}",
        time=Cell(view.word("by", span=phrase.span(state.seconds, view.language)), "late", strong=True),
        what=f"{label(item.clock, view.language).lower()}, {due}",
    )
