"""The ladder: who is told what, once for each clock and step, and when to look again."""

from dataclasses import replace
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maild.domain.calendar import Calendar, windows
from maild.domain.escalation import Climb, Key, climb, staff
from maild.domain.people import Agent, Line, People
from maild.domain.rules import Escalation
from maild.domain.service import Level
from maild.domain.sla import CLOCK_NAMES, milestones
from maild.domain.ticket import CLOCKS, Hold, Status, Ticket

HOUR = 3600
CALENDAR = Calendar(ZoneInfo("Europe/Moscow"), dict.fromkeys(range(5), windows("09:00-18:00")))
LEVEL = Level("standard", "", 8 * HOUR, 24 * HOUR)
RULE = Escalation(warn_at=0.75, repeat=9 * HOUR)
PEOPLE = People(
    agents=(
        Agent("ivanov@example.test", "", ("first",)),
        Agent("kotova@example.test", "", ("first", "second")),
        Agent("petrenko@example.test", "", ()),
    ),
    lines={"first": Line("first", "", True, "second"), "second": Line("second", "", False, None)},
    quality=("quality@example.test",),
)
LINE = ("ivanov@example.test", "kotova@example.test")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+03:00")


def ticket(**changes: object) -> Ticket:
    plain = Ticket(
        *("CRM-000001", "rarus", "crm", Status.OPEN, "consultation", "standard", "normal", "first", None),
        *("client@example.test", "", "client@example.test", "", "ru", at("2026-11-23T09:00")),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def look(now: str, happened: frozenset[Key] = frozenset(), **changes: object) -> Climb:
    return climb(ticket(**changes), LEVEL, CALENDAR, RULE, PEOPLE, happened, at(now))


def said(found: Climb) -> list[tuple[str, str, str, tuple[str, ...], tuple[str, ...]]]:
    return [(t.milestone.clock, t.milestone.step, t.kind, t.staff, t.quality) for t in found.tell]


def test_nothing_yet() -> None:
    assert look("2026-11-23T14:59:59") == Climb((), frozenset(), at("2026-11-23T15:00"))


def test_a_warning_goes_to_the_line_or_the_assignee() -> None:
    found = look("2026-11-23T15:00")
    assert said(found) == [("reaction", "warning", "warning", LINE, ())]
    assert found.happened == {("reaction", "warning")}
    assert found.next == at("2026-11-23T17:00")
    assert found.tell[0].milestone.at == at("2026-11-23T15:00")
    assert said(look("2026-11-23T15:00", assignee="Kotova@example.test"))[0][3] == ("kotova@example.test",)


def test_a_breach_goes_to_the_line_and_to_quality_and_repeats_to_quality() -> None:
    happened = frozenset({("reaction", "warning")})
    breach = look("2026-11-23T17:00", happened)
    assert said(breach) == [("reaction", "breach", "escalation", LINE, PEOPLE.quality)]
    assert breach.next == at("2026-11-24T17:00")
    repeat = look("2026-11-24T17:00", happened | breach.happened)
    assert said(repeat) == [("reaction", "repeat-1", "escalation", (), PEOPLE.quality)]
    assert repeat.next == at("2026-11-24T18:00")  # the resolution's warning, before repeat-2


def test_told_once() -> None:
    """lessons 24: escalations repeated each run."""
    found = look("2026-11-23T17:30")
    assert look("2026-11-23T17:30", found.happened) == replace(found, tell=(), happened=frozenset())


def test_after_a_three_day_outage_only_the_latest_is_told() -> None:
    """lessons 24: nothing is suppressed for good either, and what was passed over does not come later."""
    found = look("2026-11-27T12:00")
    assert [(clock, step) for clock, step, *_ in said(found)] == [("reaction", "repeat-3"), ("resolution", "repeat-1")]
    assert found.happened == {
        *(("reaction", step) for step in ("warning", "breach", "repeat-1", "repeat-2", "repeat-3")),
        *(("resolution", step) for step in ("warning", "breach", "repeat-1")),
    }
    assert said(look("2026-11-27T12:00", found.happened)) == []
    assert found.next == at("2026-11-27T15:00")


def test_what_was_told_already_is_not_told_again_for_an_earlier_step() -> None:
    found = look("2026-11-23T17:30", frozenset({("reaction", "breach")}))
    assert said(found) == []
    assert found.happened == {("reaction", "warning")}


@pytest.mark.parametrize("status", [Status.REFUSED, Status.CLOSED, Status.ASSESSMENT])
def test_a_ticket_that_is_done_with_is_silent(status: Status) -> None:
    assert look("2026-12-01T12:00", status=status) == Climb((), frozenset(), None)


def test_a_clock_that_is_met_is_silent_and_the_other_is_not() -> None:
    found = look("2026-11-25T09:30", reaction_met=at("2026-12-01T12:00"))
    assert [(clock, step) for clock, step, *_ in said(found)] == [("resolution", "warning")]
    both = look("2026-12-01T12:00", reaction_met=at("2026-11-23T12:00"), resolution_met=at("2026-11-23T12:00"))
    assert both == Climb((), frozenset(), None)


def test_a_held_clock_is_silent_until_it_runs_again() -> None:
    held = (Hold(at("2026-11-23T14:00"), None, CLOCKS, "details"),)
    assert look("2026-12-01T12:00", holds=held) == Climb((), frozenset(), None)
    client = (Hold(at("2026-11-23T14:00"), None, frozenset({"resolution"}), "client"),)
    assert {clock for clock, *_ in said(look("2026-12-01T12:00", holds=client))} == {"reaction"}
    ended = (replace(held[0], end=at("2026-11-25T14:00")),)
    assert look("2026-11-25T14:30", holds=ended) == Climb((), frozenset(), at("2026-11-25T15:00"))


def test_held_after_a_breach_repeats_nothing_and_goes_on_afterwards() -> None:
    happened = frozenset({("reaction", "warning"), ("reaction", "breach")})
    hold = Hold(at("2026-11-24T10:00"), None, CLOCKS, "details")
    assert look("2026-11-30T12:00", happened, holds=(hold,)) == Climb((), frozenset(), None)
    ended = look("2026-11-30T12:00", happened, holds=(replace(hold, end=at("2026-11-30T10:00")),))
    assert said(ended) == []
    assert ended.next == at("2026-11-30T17:00")  # two of the nine hours had passed before the hold


def test_a_breach_nobody_was_told_of_waits_while_the_clock_is_held() -> None:
    hold = Hold(at("2026-11-23T17:30"), None, CLOCKS, "details")
    assert look("2026-11-24T12:00", holds=(hold,)) == Climb((), frozenset(), None)
    ended = look("2026-11-24T12:00", holds=(replace(hold, end=at("2026-11-24T11:00")),))
    assert [(clock, step) for clock, step, *_ in said(ended)] == [("reaction", "breach")]


def test_without_repeat_the_ladder_ends_at_the_breach() -> None:
    rule = Escalation(warn_at=1, repeat=None)
    found = climb(ticket(), LEVEL, CALENDAR, rule, PEOPLE, (), at("2026-12-30T12:00"))
    assert found.happened == {("reaction", "breach"), ("resolution", "breach")}
    assert found.next is None


def test_nobodys_ticket_never_goes_unheard() -> None:
    assert staff(ticket(line="second"), PEOPLE) == ("kotova@example.test",)
    assert staff(ticket(line=None), PEOPLE) == LINE
    assert staff(ticket(line="gone", assignee="gone@example.test"), PEOPLE) == LINE
    empty = replace(PEOPLE, lines={})
    assert staff(ticket(line=None), empty) == tuple(agent.address for agent in PEOPLE.agents)
    unheard = replace(PEOPLE, quality=())
    repeat = climb(ticket(), LEVEL, CALENDAR, RULE, unheard, (), at("2026-11-24T17:00"))
    assert repeat.tell[0].staff == LINE


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 20 * 24 * 60), min_size=1, max_size=30), st.booleans())
def test_whenever_it_looks_each_step_comes_once_and_in_time(minutes: list[int], held: bool) -> None:
    """However often and late the watch looks, it ends with the steps that the milestones say, and tells none twice."""
    hold = Hold(at("2026-11-24T11:00"), at("2026-11-26T10:00"), frozenset({"resolution"}), "client")
    case = ticket(holds=(hold,) if held else ())
    happened: set[Key] = set()
    told: list[Key] = []
    for minute in sorted(minutes):
        now = at("2026-11-23T09:00") + (at("2026-11-23T09:01") - at("2026-11-23T09:00")) * minute
        found = climb(case, LEVEL, CALENDAR, RULE, PEOPLE, happened, now)
        happened |= found.happened
        told += [(t.milestone.clock, t.milestone.step) for t in found.tell]
        assert found.next is None or found.next > now
        stones = [s for clock in CLOCK_NAMES for s in islice(milestones(case, clock, LEVEL, CALENDAR, RULE), 40)]
        passed = {(s.clock, s.step) for s in stones if s.at <= now}
        silent = held and hold.start <= now < at("2026-11-26T10:00")
        assert happened <= passed
        assert silent or happened == passed
    assert len(told) == len(set(told))
