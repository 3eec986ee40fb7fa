"""The two clocks by table: targets, holds, standing, milestones; the failures of others that lessons.md lists."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maild.domain.calendar import Calendar, Year, windows
from maild.domain.rules import Escalation
from maild.domain.service import Level
from maild.domain.sla import (
    State,
    due,
    held_since,
    milestones,
    plan,
    provisional,
    remaining,
    spent,
    standing,
    targets,
)
from maild.domain.ticket import CLOCKS, Event, Hold, Status, Ticket, apply

HOUR = 3600
CALENDAR = Calendar(
    ZoneInfo("Europe/Moscow"),
    dict.fromkeys(range(5), windows("09:00-18:00")),
    {2026: Year(off=frozenset({date(2026, 12, 31)})), 2027: Year(off=frozenset({date(2027, 1, 1)}))},
)
STANDARD = Level("standard", "стандартный", 8 * HOUR, 24 * HOUR)
URGENT = Level("urgent", "оперативный", 4 * HOUR, 8 * HOUR)
RESOLUTION = frozenset({"resolution"})
HOLDING = {"details": CLOCKS, "client": RESOLUTION}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+03:00")


def ticket(arrived: str = "2026-11-23T10:15", **changes: object) -> Ticket:
    plain = Ticket(
        number="CRM-000001",
        desk="rarus",
        mailbox="crm",
        status=Status.OPEN,
        category="consultation",
        level="standard",
        priority="normal",
        line="consultants",
        assignee=None,
        client="client@example.test",
        client_name="",
        reply_to="client@example.test",
        subject="",
        language="ru",
        arrived=at(arrived),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def hold(start: str, end: str | None = None, clocks: frozenset[str] = CLOCKS) -> Hold:
    return Hold(at(start), at(end) if end else None, clocks, "client")


@pytest.mark.parametrize(
    ("hours", "holds", "expected"),
    [
        (24, [], "2026-11-25T16:15"),
        (24, [("2026-11-24T09:00", "2026-11-24T18:00")], "2026-11-26T16:15"),
        (24, [("2026-11-20T09:00", "2026-11-23T11:15")], "2026-11-25T17:15"),  # begun before: cut at arrival
        (24, [("2026-11-01T09:00", "2026-11-20T09:00")], "2026-11-25T16:15"),  # wholly before
        (24, [("2026-11-24T10:00", "2026-11-24T12:00"), ("2026-11-24T11:00", "2026-11-24T13:00")], "2026-11-26T10:15"),
        (24, [("2026-11-24T11:00", "2026-11-24T13:00"), ("2026-11-24T10:00", "2026-11-24T12:00")], "2026-11-26T10:15"),
        (24, [("2026-11-24T10:00", "2026-11-24T14:00"), ("2026-11-24T11:00", "2026-11-24T12:00")], "2026-11-26T11:15"),
        (24, [("2026-11-23T18:00", "2026-11-24T09:00")], "2026-11-25T16:15"),  # a night counts nothing
        (24, [("2026-11-24T12:00", "2026-11-24T12:00")], "2026-11-25T16:15"),  # empty
        (24, [("2026-11-24T12:00", "2026-11-24T11:00")], "2026-11-25T16:15"),  # the wrong way round
        (24, [("2026-11-24T12:00", None)], None),
        (24, [("2026-11-25T16:15", None)], "2026-11-25T16:15"),  # used up exactly at the hold's start
        (24, [("2026-11-25T16:14:59", None)], None),
        (24, [("2026-11-23T09:00", None)], None),
        (24, [("2026-11-24T12:00", None), ("2026-11-24T11:00", "2026-11-24T13:00")], None),
        (8, [("2026-11-23T10:15", "2026-11-23T18:00")], "2026-11-24T17:00"),
        (7.75, [("2026-11-23T20:00", None)], "2026-11-23T18:00"),  # at closing, before the hold
        (24, [("2026-11-27T12:00", None)], "2026-11-25T16:15"),  # a later hold does not matter
        (24, [("2026-11-25T12:00", "2026-11-30T12:00")], "2026-11-30T16:15"),  # over a weekend
    ],
)
def test_a_target_with_holds(hours: float, holds: list[tuple[str, str | None]], expected: str | None) -> None:
    given_holds = [(at(start), at(end) if end else None) for start, end in holds]
    found = due(CALENDAR, at("2026-11-23T10:15"), int(hours * HOUR), given_holds)
    assert (found and found.isoformat()) == (expected and at(expected).isoformat())


def test_time_spent_and_left() -> None:
    arrived, stops = at("2026-11-23T10:15"), [(at("2026-11-23T12:00"), at("2026-11-23T13:00"))]
    assert spent(CALENDAR, arrived, at("2026-11-23T10:00"), stops) == 0
    assert spent(CALENDAR, arrived, at("2026-11-23T12:30"), stops) == 105 * 60
    assert spent(CALENDAR, arrived, at("2026-11-23T14:15"), stops) == 3 * HOUR
    assert remaining(CALENDAR, arrived, 4 * HOUR, at("2026-11-23T14:15"), stops) == HOUR
    assert remaining(CALENDAR, arrived, 4 * HOUR, at("2026-11-24T09:15"), stops) == -3 * HOUR
    assert remaining(CALENDAR, arrived, 60, arrived + timedelta(microseconds=1)) == 59


def test_the_clocks_are_independent() -> None:
    """lessons 22: an answer that also holds stops the reaction and pauses the resolution."""
    asked = apply(ticket(reaction_met=at("2026-11-23T12:00")), Event.CLIENT_WROTE, at("2026-11-23T12:00"), HOLDING)
    assert asked.holds == ()
    waiting = replace(asked, status=Status.WAITING, holds=(hold("2026-11-23T12:00", clocks=RESOLUTION),))
    now = at("2026-11-26T12:00")
    reaction, resolution = (standing(waiting, clock, STANDARD, CALENDAR, now) for clock in ("reaction", "resolution"))
    assert (reaction.state, reaction.seconds) == (State.MET, 8 * HOUR - 105 * 60)
    assert (resolution.state, resolution.due, resolution.since) == (State.HELD, None, at("2026-11-23T12:00"))
    assert resolution.seconds == 24 * HOUR - 105 * 60


def test_holds_survive_a_level_change() -> None:
    """lessons 23, decision 4: counted anew from arrival, with all holds, also while held."""
    held = ticket(holds=(hold("2026-11-23T11:15", "2026-11-23T12:15"), hold("2026-11-23T15:15")))
    assert targets(held, STANDARD, CALENDAR).resolution_due is None
    assert targets(held, URGENT, CALENDAR).reaction_due == at("2026-11-23T15:15")
    answered = replace(held, holds=(held.holds[0], hold("2026-11-23T15:15", "2026-11-24T10:15")))
    assert targets(answered, URGENT, CALENDAR).resolution_due == at("2026-11-24T14:15")
    assert targets(answered, STANDARD, CALENDAR).resolution_due == at("2026-11-26T12:15")
    assert targets(answered, Level("x", "x", None, None), CALENDAR) == plan(
        CALENDAR, Level("x", "x", None, None), at("2026-11-23T10:15")
    )


def test_solved_while_held_is_in_time() -> None:
    """lessons 23: the solution comes while the client is still asked."""
    solved = ticket(
        holds=(hold("2026-11-23T12:15"),), resolution_met=at("2026-12-20T12:00"), reaction_met=at("2026-11-23T11:00")
    )
    found = standing(solved, "resolution", STANDARD, CALENDAR, at("2026-12-21T12:00"))
    assert (found.state, found.due, found.seconds) == (State.MET, None, 22 * HOUR)


@pytest.mark.parametrize(
    ("now", "met", "state", "seconds"),
    [
        ("2026-11-23T12:15", None, State.RUNNING, 6 * HOUR),
        ("2026-11-24T09:15", None, State.RUNNING, 0),
        ("2026-11-24T10:15", None, State.MISSED, HOUR),
        ("2026-11-30T12:00", "2026-11-24T09:15", State.MET, 0),  # exactly at the deadline is in time
        ("2026-11-30T12:00", "2026-11-24T09:15:01", State.MISSED, 1),
        ("2026-11-30T12:00", "2026-11-23T10:15", State.MET, 8 * HOUR),
    ],
)
def test_how_a_clock_stands(now: str, met: str | None, state: State, seconds: int) -> None:
    asked = ticket(reaction_met=at(met) if met else None)
    found = standing(asked, "reaction", STANDARD, CALENDAR, at(now))
    assert (found.state, found.seconds, found.due) == (state, seconds, at("2026-11-24T09:15"))


def test_a_deadline_at_closing_missed_overnight_is_missed_by_nothing() -> None:
    late = ticket("2026-11-23T10:00", reaction_met=at("2026-11-24T08:00"))
    found = standing(late, "reaction", STANDARD, CALENDAR, at("2026-11-24T12:00"))
    assert (found.due, found.state, found.seconds) == (at("2026-11-23T18:00"), State.MISSED, 0)


def test_missed_and_then_held_stays_missed() -> None:
    late = ticket(holds=(hold("2026-11-24T11:15"),))
    found = standing(late, "reaction", STANDARD, CALENDAR, at("2026-12-01T12:00"))
    assert (found.state, found.seconds) == (State.MISSED, 2 * HOUR)
    assert standing(late, "reaction", Level("x", "x", None, 1), CALENDAR, at("2026-12-01T12:00")).state is State.NONE


def test_when_a_hold_began() -> None:
    stops = [
        (at("2026-11-24T11:00"), at("2026-11-24T12:00")),
        (at("2026-11-24T12:00"), None),
        (at("2026-11-23T11:00"), at("2026-11-23T12:00")),
    ]
    assert held_since(stops, at("2026-11-25T12:00")) == at("2026-11-24T11:00")
    assert held_since(stops, at("2026-11-23T11:00")) == at("2026-11-23T11:00")
    assert held_since(stops, at("2026-11-23T12:00")) is None
    assert held_since([], at("2026-11-23T12:00")) is None


@pytest.mark.parametrize(
    ("start", "end", "doubt"),
    [
        ("2026-11-23T10:15", "2026-11-25T16:15", False),
        ("2027-12-30T10:15", "2027-12-31T18:00", False),
        ("2027-12-31T10:15", "2028-01-03T10:00", True),
        ("2028-01-03T10:15", "2028-01-03T12:00", True),
        ("2025-12-31T10:15", "2026-01-12T12:00", True),
        ("2027-12-31T10:15", "2028-01-01T00:00", False),  # nothing of 2028 was counted
        ("2026-11-23T10:15", "2031-01-01T12:00", True),
    ],
)
def test_provisional(start: str, end: str, doubt: bool) -> None:
    assert provisional(CALENDAR, at(start), at(end)) is doubt


def test_provisional_is_said_of_the_targets() -> None:
    assert targets(ticket("2027-12-30T10:15"), STANDARD, CALENDAR).provisional  # the resolution reaches into 2028
    assert not targets(ticket("2027-12-30T10:15"), replace(STANDARD, resolution=None), CALENDAR).provisional
    assert not targets(ticket("2028-01-11T10:15"), Level("x", "x", None, None), CALENDAR).provisional
    assert targets(ticket("2028-01-11T10:15", holds=(hold("2028-01-11T10:15"),)), STANDARD, CALENDAR).provisional
    assert not targets(ticket(holds=(hold("2026-11-24T10:15"),)), STANDARD, CALENDAR).provisional


def test_milestones() -> None:
    rule = Escalation(warn_at=0.75, repeat=9 * HOUR)
    found = list(islice(milestones(ticket(), "resolution", STANDARD, CALENDAR, rule), 4))
    assert [(stone.step, stone.at.isoformat()[:16]) for stone in found] == [
        ("warning", "2026-11-25T10:15"),
        ("breach", "2026-11-25T16:15"),
        ("repeat-1", "2026-11-26T16:15"),
        ("repeat-2", "2026-11-27T16:15"),
    ]
    held = ticket(holds=(hold("2026-11-25T12:00"),))
    assert [stone.step for stone in milestones(held, "resolution", STANDARD, CALENDAR, rule)] == ["warning"]
    alone = milestones(ticket(), "reaction", STANDARD, CALENDAR, Escalation(warn_at=1, repeat=None))
    assert [stone.step for stone in alone] == ["breach"]
    assert list(milestones(ticket(), "reaction", Level("x", "x", None, 1), CALENDAR, rule)) == []


moments = st.integers(0, 60 * 24 * 14).map(
    lambda minutes: datetime(2026, 11, 16, tzinfo=UTC) + timedelta(minutes=minutes)
)


@settings(max_examples=200, deadline=None)
@given(
    moments,
    st.integers(1, 40 * HOUR),
    st.lists(st.tuples(moments, st.none() | moments), max_size=5),
    st.lists(st.tuples(moments, moments), max_size=3),
)
def test_holds_only_ever_put_off(
    arrived: datetime,
    target: int,
    holds: list[tuple[datetime, datetime | None]],
    more: list[tuple[datetime, datetime]],
) -> None:
    """Inverse with holds, and monotonic in them; their order plays no part."""
    found = due(CALENDAR, arrived, target, holds)
    later = due(CALENDAR, arrived, target, [*reversed(holds), *more])
    assert found == due(CALENDAR, arrived, target, list(reversed(holds)))
    if found is not None:
        assert spent(CALENDAR, arrived, found, holds) == target
        assert spent(CALENDAR, arrived, found - timedelta(seconds=1), holds) == target - 1
        assert later is None or later >= found
    else:
        assert later is None
