"""The two clocks of a ticket: when each target is used up, how a clock stands, which milestones it passes.

Everything is a function of arrival, holds, level and calendar, derived anew each time: nothing is counted down, so a
restart, a level change or a second hold cannot spoil it. Holds are [from, to), may overlap, and are cut at arrival.
Durations are seconds of working time; results are in the desk's zone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import count

from maild.domain.calendar import SECOND, Calendar, instant
from maild.domain.rules import Escalation
from maild.domain.service import Level
from maild.domain.ticket import Hold, Ticket

Interval = tuple[datetime, datetime | None]
"""A hold on one clock: [from, to), `to` None while it lasts. One that ends before it begins counts as none."""

CLOCK_NAMES = ("reaction", "resolution")
"""Both clocks in the order in which they are told."""


@dataclass(frozen=True)
class Targets:
    """Both due times; None where the level has no such target or an open hold keeps it from falling due.

    `provisional`: a year was counted that the calendar does not cover (requirements, decision 6).
    """

    reaction_due: datetime | None
    resolution_due: datetime | None
    provisional: bool


@dataclass(frozen=True)
class Milestone:
    """A point of a clock's way: `step` is "warning", "breach", "repeat-1", "repeat-2", …"""

    clock: str
    step: str
    at: datetime


class State(StrEnum):
    """How a clock stands: `none` has no target; `missed` is late, whether dealt with by now or not."""

    NONE = "none"
    MET = "met"
    MISSED = "missed"
    RUNNING = "running"
    HELD = "held"


@dataclass(frozen=True)
class Standing:
    """A clock at a moment. `seconds` of working time: left (running, held, met) or over (missed; it may be 0 when
    the deadline passed outside hours). `met` is when it was dealt with, `since` when the present hold began."""

    clock: str
    state: State
    due: datetime | None = None
    seconds: int = 0
    met: datetime | None = None
    since: datetime | None = None


def due(calendar: Calendar, arrived: datetime, target: int, holds: Iterable[Interval] = ()) -> datetime | None:
    """The earliest instant at which `target` seconds of working time outside the holds have elapsed since arrival.

    A target used up exactly at closing, or at the start of a hold, falls there. None: an open hold comes first.
    Raises OutOfCalendar where it lies beyond the calendar's reach.
    """
    cursor, left = instant(arrived), target * SECOND
    for start, end in _merged(holds, cursor):
        free = calendar.between(cursor, start)
        if left <= free:
            break
        if end is None:
            return None
        cursor, left = end, left - free
    return calendar.at(calendar.forward(cursor, left))


def spent(calendar: Calendar, arrived: datetime, at: datetime, holds: Iterable[Interval] = ()) -> int:
    """Whole seconds of working time outside the holds from arrival to `at`; 0 before arrival."""
    return _spent(calendar, arrived, at, holds) // SECOND


def remaining(calendar: Calendar, arrived: datetime, target: int, at: datetime, holds: Iterable[Interval] = ()) -> int:
    """Seconds of the target that are left at a moment, a begun second not counted; negative when it is used up and
    more has passed."""
    return (target * SECOND - _spent(calendar, arrived, at, holds)) // SECOND


def provisional(calendar: Calendar, arrived: datetime, end: datetime) -> bool:
    """Whether counting from arrival up to `end` needs a year that the calendar does not cover."""
    first, until = instant(arrived), instant(end)
    last = max(first, until - 1)
    return any(not calendar.covers(year) for year in range(calendar.at(first).year, calendar.at(last).year + 1))


def plan(calendar: Calendar, level: Level, arrived: datetime, holds: Iterable[Hold] = ()) -> Targets:
    """Both due times of a level for something that arrived then, with these holds."""
    holds = tuple(holds)
    found: dict[str, datetime | None] = {}
    doubt = False
    for clock in CLOCK_NAMES:
        target, stops = level_target(level, clock), intervals(holds, clock)
        found[clock] = None if target is None else due(calendar, arrived, target, stops)
        if target is not None:
            counted = found[clock] or min((start for start, end in stops if end is None), key=instant)
            doubt = doubt or provisional(calendar, arrived, counted)
    return Targets(found["reaction"], found["resolution"], doubt)


def targets(ticket: Ticket, level: Level, calendar: Calendar) -> Targets:
    """Both due times of a ticket on a level, counted from arrival with all its holds (decisions 2 and 4).

    A target that is met already keeps its due time by the same count; that it is met stays in the ticket.
    """
    return plan(calendar, level, ticket.arrived, ticket.holds)


def level_target(level: Level, clock: str) -> int | None:
    """The level's target on a clock in seconds of working time."""
    return level.reaction if clock == "reaction" else level.resolution


def met(ticket: Ticket, clock: str) -> datetime | None:
    """When a clock of the ticket was dealt with."""
    return ticket.reaction_met if clock == "reaction" else ticket.resolution_met


def intervals(holds: Iterable[Hold], clock: str) -> tuple[Interval, ...]:
    """The holds that stop this clock."""
    return tuple((hold.start, hold.end) for hold in holds if clock in hold.clocks)


def held_since(holds: Iterable[Interval], at: datetime) -> datetime | None:
    """When the hold began in which the moment lies; None where the clock runs. Holds that touch are one."""
    moment = instant(at)
    stops = tuple(holds)
    for start, end in _merged(stops, min((instant(begin) for begin, _ in stops), default=0)):
        if start <= moment and (end is None or moment < end):
            return next(begin for begin, _ in stops if instant(begin) == start)
    return None


def standing(ticket: Ticket, clock: str, level: Level, calendar: Calendar, now: datetime) -> Standing:
    """How a clock of a ticket stands. An answer at exactly the deadline is in time (decision 5)."""
    target = level_target(level, clock)
    dealt = met(ticket, clock)
    if target is None:
        return Standing(clock, State.NONE, met=dealt)
    stops = intervals(ticket.holds, clock)
    when = due(calendar, ticket.arrived, target, stops)
    until = dealt or now
    left = remaining(calendar, ticket.arrived, target, until, stops)
    if when is not None and instant(until) > instant(when):
        over = spent(calendar, ticket.arrived, until, stops) - target
        return Standing(clock, State.MISSED, when, over, dealt)
    if dealt:
        return Standing(clock, State.MET, when, left, dealt)
    since = held_since(stops, now)
    return Standing(clock, State.HELD if since else State.RUNNING, when, left, since=since)


def steps(target: int, rule: Escalation) -> Iterator[tuple[str, int]]:
    """The ladder of one target: each step with the seconds of working time at which it is reached, without end where
    the rule repeats. A warning that would come with the breach is left out."""
    warning = max(1, round(target * rule.warn_at))
    if warning < target:
        yield "warning", warning
    yield "breach", target
    if rule.repeat:
        for number in count(1):
            yield f"repeat-{number}", target + number * rule.repeat


def milestones(ticket: Ticket, clock: str, level: Level, calendar: Calendar, rule: Escalation) -> Iterator[Milestone]:
    """The milestones of a clock in order of time, whether past or to come; they end at an open hold.

    Without one they do not end where the rule repeats: take as many as you need.
    """
    target = level_target(level, clock)
    stops = intervals(ticket.holds, clock)
    for step, work in steps(target, rule) if target is not None else ():
        at = due(calendar, ticket.arrived, work, stops)
        if at is None:
            return
        yield Milestone(clock, step, at)


def _spent(calendar: Calendar, arrived: datetime, at: datetime, holds: Iterable[Interval]) -> int:
    cursor, until, total = instant(arrived), instant(at), 0
    for start, end in _merged(holds, cursor):
        if cursor >= until:
            break
        total += calendar.between(cursor, min(start, until))
        cursor = until if end is None else end
    return total + (calendar.between(cursor, until) if cursor < until else 0)


def _merged(holds: Iterable[Interval], arrived: int) -> list[tuple[int, int | None]]:
    """Holds as instants in order, cut at arrival, those that overlap or touch made one."""
    merged: list[tuple[int, int | None]] = []
    for start, end in sorted(
        ((max(instant(begin), arrived), None if end is None else instant(end)) for begin, end in holds),
        key=lambda hold: hold[0],
    ):
        if end is not None and end <= start:
            continue
        if merged and (merged[-1][1] is None or start <= merged[-1][1]):
            last = merged[-1][1]
            merged[-1] = (merged[-1][0], None if last is None or end is None else max(last, end))
        else:
            merged.append((start, end))
    return merged
