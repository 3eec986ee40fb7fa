"""Tickets and their clocks: every change of a ticket goes through `keep`, which derives its targets anew."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile

from maild.desk.desk import Desk
from maild.domain.calendar import instant
from maild.domain.escalation import SILENT, Climb, Key, climb
from maild.domain.followup import followups
from maild.domain.service import Level
from maild.domain.sla import CLOCK_NAMES, Milestone, intervals, level_target, met, spent, steps, targets
from maild.domain.ticket import CLOCKS, Entry, Event, Status, Ticket, apply
from maild.store import tickets, timers
from maild.store.database import Tx

LOOK = ("both", "look")
"""The one timer of a ticket: when to ask the ladder again. It is a question, never an order."""


def level_of(desk: Desk, ticket: Ticket) -> Level:
    """The service level that a ticket's clocks follow.

    A complaint has the quality desk's own reaction; a level that the regulation no longer knows has no targets.
    """
    rules = desk.regulation.desk
    if ticket.category == "quality":
        return Level("quality", "", rules.quality_reaction, None)
    return rules.levels.get(ticket.level) or Level(ticket.level, ticket.level, None, None)


def happens(desk: Desk, ticket: Ticket, event: Event, at: datetime) -> Ticket:
    """The ticket after an event. While a ticket stands refused, solved or closed, neither clock counts (decision 3)."""
    return apply(ticket, event, at, {**desk.regulation.desk.hold, "refused": CLOCKS, "assessment": CLOCKS})


def derived(desk: Desk, ticket: Ticket) -> Ticket:
    """The ticket with both due times as the rules in force give them."""
    found = targets(ticket, level_of(desk, ticket), desk.regulation.desk.calendar)
    return replace(
        ticket,
        reaction_due=found.reaction_due,
        resolution_due=found.resolution_due,
        provisional=found.provisional,
    )


def keep(tx: Tx, desk: Desk, ticket: Ticket, entries: Sequence[Entry]) -> Ticket:
    """Save a changed ticket with its journal, targets and timer; the ticket as saved."""
    ticket = derived(desk, ticket)
    tickets.save(tx, ticket, entries)
    schedule(tx, desk, ticket)
    return ticket


def ladder(desk: Desk, ticket: Ticket, happened: Collection[Key], now: datetime) -> Climb:
    """What the escalation ladder says of a ticket at `now`, given the steps that have happened."""
    rules = desk.regulation.desk
    level, people = level_of(desk, ticket), desk.regulation.people
    return climb(ticket, level, rules.calendar, rules.escalation, people, happened, now)


def premature(desk: Desk, ticket: Ticket, happened: Collection[Key], now: datetime) -> frozenset[Key]:
    """Steps that were told under another target, and whose time by the present one is still to come: a level that
    changed, or new rules, count anew."""
    level = level_of(desk, ticket)
    running = {clock: level_target(level, clock) for clock in CLOCK_NAMES if met(ticket, clock) is None}
    reached = {
        (clock, step)
        for clock, target in running.items()
        if target is not None
        for step in _reached(desk, ticket, clock, target, now)
    }
    return frozenset(key for key in happened if running.get(key[0]) is not None) - reached


def _reached(desk: Desk, ticket: Ticket, clock: str, target: int, now: datetime) -> list[str]:
    rules = desk.regulation.desk
    used = spent(rules.calendar, ticket.arrived, now, intervals(ticket.holds, clock))
    return [step for step, _ in takewhile(lambda rung: rung[1] <= used, steps(target, rules.escalation))]


def followed(desk: Desk, ticket: Ticket) -> tuple[Milestone, ...]:
    """What the client's silence leads to while the ticket stands as it does, in order of time, past and to come."""
    return followups(ticket, desk.regulation.desk)


def next_look(desk: Desk, ticket: Ticket, happened: Collection[Key], now: datetime) -> datetime | None:
    """When to ask again what a ticket needs: the earliest step of ladder or silence that is still to come."""
    coming = [step.at for step in followed(desk, ticket) if instant(step.at) > instant(now)]
    return _earliest(ladder(desk, ticket, happened, now).next, *coming)


def schedule(tx: Tx, desk: Desk, ticket: Ticket) -> None:
    """Set the ticket's timer to the first step of the ladder after its arrival, or of the present silence.

    One that is past makes the timer due at once; `watch` then asks anew, and sets it to what comes next.
    """
    assert ticket.id is not None
    rung = ladder(desk, ticket, (), ticket.arrived).next
    first = _earliest(rung, *(step.at for step in followed(desk, ticket)))
    timers.set_timers(tx, ticket.id, [(*LOOK, first)] if first else [])


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((at for at in moments if at), key=instant, default=None)


def schedule_all(tx: Tx, desk: Desk) -> int:
    """Derive targets and timers of every live ticket anew, after the rules changed; how many there were.

    In assessment the clocks stand, but silence closes: those tickets have a timer too.
    """
    live = [status for status in Status if status not in SILENT or status is Status.ASSESSMENT]
    open_tickets = tickets.all_tickets(tx, desk.name, live)
    for ticket in open_tickets:
        keep(tx, desk, ticket, [])
    return len(open_tickets)
