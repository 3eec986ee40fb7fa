"""The ladder: what has to be told to whom when a target nears or is missed, and when to look again.

A pure function: a timer that fires is a question to it, not an order. Each (clock, step) is told once; after an
outage only the latest of a clock's steps is told, the earlier ones count as done.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from maild.domain.calendar import Calendar, instant
from maild.domain.people import People
from maild.domain.rules import Escalation
from maild.domain.service import Level
from maild.domain.sla import CLOCK_NAMES, Milestone, due, held_since, intervals, level_target, met, spent, steps
from maild.domain.ticket import Status, Ticket

Key = tuple[str, str]
"""(clock, step): unique for a ticket."""

SILENT = frozenset({Status.ASSESSMENT, Status.CLOSED, Status.REFUSED})
"""Statuses in which no clock runs."""


@dataclass(frozen=True)
class Telling:
    """A milestone to be told: `staff` is the assignee, else the line; `quality` the quality desk. Addresses."""

    milestone: Milestone
    staff: tuple[str, ...]
    quality: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The kind of letter (contract, X-Maild-Kind)."""
        return "warning" if self.milestone.step == "warning" else "escalation"


@dataclass(frozen=True)
class Climb:
    """What is to be told now; every key that counts as happened from now on and did not before; when to look again."""

    tell: tuple[Telling, ...]
    happened: frozenset[Key]
    next: datetime | None


def climb(
    ticket: Ticket,
    level: Level,
    calendar: Calendar,
    rule: Escalation,
    people: People,
    happened: Collection[Key],
    now: datetime,
) -> Climb:
    """The ladder of both clocks at `now`, given the steps that have happened.

    A clock that is met, a held one, and a ticket that is refused, closed or in assessment have nothing to tell.
    """
    tell: list[Telling] = []
    new: set[Key] = set()
    upcoming: list[datetime] = []
    for clock in CLOCK_NAMES if ticket.status not in SILENT else ():
        reached, following = _rungs(ticket, clock, level, calendar, rule, now)
        new.update((clock, step) for step, _ in reached if (clock, step) not in happened)
        if reached and (clock, reached[-1][0]) in new:
            tell.append(_telling(ticket, clock, *reached[-1], calendar, people))
        if following is not None:
            upcoming.append(following)
    return Climb(tuple(tell), frozenset(new), min(upcoming, key=instant, default=None))


def staff(ticket: Ticket, people: People) -> tuple[str, ...]:
    """Who is told of a ticket among the agents: the assignee, else its line, else the first line, else everybody.

    Somebody who has left `people.toml` is no assignee; nobody's ticket never goes unheard.
    """
    if ticket.assignee and people.agent(ticket.assignee):
        return (ticket.assignee.lower(),)
    agents = people.on_line(ticket.line) or people.on_line(people.first_line) or people.agents
    return tuple(agent.address for agent in agents)


def _rungs(
    ticket: Ticket, clock: str, level: Level, calendar: Calendar, rule: Escalation, now: datetime
) -> tuple[list[tuple[str, int]], datetime | None]:
    """The steps that a clock has reached, each with its working time, and when it reaches the next one."""
    target = level_target(level, clock)
    if target is None or met(ticket, clock):
        return [], None
    stops = intervals(ticket.holds, clock)
    used = spent(calendar, ticket.arrived, now, stops)
    reached = list(takewhile(lambda rung: rung[1] <= used, steps(target, rule)))
    ahead = next((work for _, work in steps(target, rule) if work > used), None)
    following = due(calendar, ticket.arrived, ahead, stops) if ahead is not None else None
    return ([] if held_since(stops, now) else reached), following


def _telling(ticket: Ticket, clock: str, step: str, work: int, calendar: Calendar, people: People) -> Telling:
    at = due(calendar, ticket.arrived, work, intervals(ticket.holds, clock)) or ticket.arrived
    quality = () if step == "warning" else people.quality
    repeated = step.startswith("repeat-") and quality
    return Telling(Milestone(clock, step, at), () if repeated else staff(ticket, people), quality)
