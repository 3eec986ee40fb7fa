"""Reminders, giving up and closing: when each is due, and that whatever ends the waiting ends them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maild.domain.calendar import Calendar, Year, windows
from maild.domain.followup import action, followups
from maild.domain.rules import DeskRules, Rating, Reminder
from maild.domain.ticket import CLOCKS, Event, Status, Ticket, apply

MOSCOW = ZoneInfo("Europe/Moscow")
WEEK = {day: windows("09:00-18:00") for day in range(5)}
CALENDAR = Calendar(MOSCOW, WEEK, {2026: Year(off=frozenset({date(2026, 11, 26)}))})
RULES = DeskRules(
    *("desk", "CRM", ("ru",), CALENDAR, {}),
    rating=Rating(close_after=45 * 3600),
    reminder=Reminder(18 * 3600, 2, "not-enough-information"),
)
CLOCKS_OF = {"details": CLOCKS, "client": frozenset({"resolution"}), "refused": CLOCKS, "assessment": CLOCKS}
MONDAY = datetime(2026, 11, 23, 10, 15, tzinfo=MOSCOW)
SINCE = "2026-11-23T07:15:00+00:00"
OPEN = Ticket(
    *("CRM-000001", "rarus", "crm", Status.OPEN, "consultation", "standard", "normal", None, None),
    *("client@example.test", "", "client@example.test", "", "ru", MONDAY),
)


def after(*events: tuple[Event, datetime], ticket: Ticket = OPEN) -> Ticket:
    """The ticket after some events."""
    for event, at in events:
        ticket = apply(ticket, event, at, CLOCKS_OF)
    return ticket


def told(ticket: Ticket, rules: DeskRules = RULES) -> list[tuple[str, str]]:
    """Steps without the stamp, each with its local time."""
    return [(each.step.partition("@")[0], f"{each.at:%a %d %H:%M}") for each in followups(ticket, rules)]


ASKED = after((Event.QUESTION, MONDAY))
SOLVED = after((Event.RESOLVED, MONDAY))


def test_two_reminders_and_then_no_more_patience() -> None:
    """18 hours of working time are two days; Thursday the 26th is a holiday, then comes the weekend."""
    assert told(ASKED) == [("remind-1", "Wed 25 10:15"), ("remind-2", "Mon 30 10:15"), ("give-up", "Wed 02 10:15")]
    assert {each.clock for each in followups(ASKED, RULES)} == {"client"}
    assert followups(ASKED, RULES)[0].step == f"remind-1@{SINCE}"


def test_without_a_reason_nobody_gives_up() -> None:
    rules = replace(RULES, reminder=Reminder(9 * 3600, 1))
    assert told(ASKED, rules) == [("remind-1", "Tue 24 10:15")]


def test_no_reminders_where_the_regulation_has_none() -> None:
    assert followups(ASKED, replace(RULES, reminder=None)) == ()


def test_an_answer_takes_all_of_it_away() -> None:
    assert followups(after((Event.CLIENT_WROTE, MONDAY), ticket=ASKED), RULES) == ()


def test_the_next_question_has_reminders_of_its_own() -> None:
    """A step is told once a ticket: the second question must not find its reminders told already."""
    later = MONDAY + timedelta(hours=2)
    again = after((Event.CLIENT_WROTE, MONDAY), (Event.QUESTION, later), ticket=ASKED)
    assert told(again)[0] == ("remind-1", "Wed 25 12:15")
    assert {each.step for each in followups(ASKED, RULES)}.isdisjoint(each.step for each in followups(again, RULES))


def test_a_second_question_meanwhile_changes_nothing() -> None:
    assert followups(after((Event.QUESTION, MONDAY + timedelta(hours=2)), ticket=ASKED), RULES) == followups(
        ASKED, RULES
    )


def test_a_postponed_request_is_reminded_of_too() -> None:
    assert told(after((Event.POSTPONED, MONDAY))) == told(ASKED)


def test_an_assessment_closes_by_itself() -> None:
    """45 hours of working time are five days; the holiday makes them end on the next Tuesday."""
    assert told(SOLVED) == [("close", "Tue 01 10:15")]
    assert followups(SOLVED, replace(RULES, rating=Rating(close_after=None))) == ()
    assert followups(after((Event.RATED, MONDAY), ticket=SOLVED), RULES) == ()
    assert followups(after((Event.REOPENED, MONDAY), ticket=SOLVED), RULES) == ()


@pytest.mark.parametrize("status", [each for each in Status if each not in (Status.WAITING, Status.ASSESSMENT)])
def test_no_other_status_has_any(status: Status) -> None:
    for holds in (ASKED.holds, SOLVED.holds):
        assert followups(replace(OPEN, status=status, holds=holds), RULES) == ()


def test_a_complaint_is_led_by_a_person() -> None:
    for ticket in (ASKED, SOLVED):
        assert followups(replace(ticket, category="quality"), RULES) == ()


def test_waiting_without_a_hold_of_its_own() -> None:
    """`hold.client = []`: there is nothing to count from; a hold of another kind does not stand in."""
    assert followups(replace(OPEN, status=Status.WAITING), RULES) == ()
    assert followups(replace(SOLVED, status=Status.WAITING), RULES) == ()
    ended = tuple(replace(hold, end=MONDAY) for hold in ASKED.holds)
    assert followups(replace(ASKED, holds=ended), RULES) == ()


def test_the_same_steps_in_whatever_zone_the_hold_was_stored() -> None:
    hold = ASKED.holds[0]
    moved = replace(ASKED, holds=(replace(hold, start=hold.start.astimezone(ZoneInfo("Asia/Tokyo"))),))
    assert followups(moved, RULES) == followups(ASKED, RULES)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (f"remind-1@{SINCE}", "remind"),
        (f"remind-12@{SINCE}", "remind"),
        (f"give-up@{SINCE}", "give-up"),
        (f"close@{SINCE}", "close"),
        ("warning", ""),
        ("breach", ""),
        ("repeat-1", ""),
        ("close", ""),
        ("remindful@x", ""),
    ],
)
def test_what_a_step_asks_for(step: str, expected: str) -> None:
    assert action(step) == expected


@given(st.integers(0, 3 * 365 * 86_400), st.integers(1, 10**6), st.integers(1, 10), st.booleans())
def test_in_order_and_an_interval_apart(second: int, interval: int, times: int, ends: bool) -> None:
    """Every interval is the same working time, whenever the question was asked; a step fits the database's column."""
    rules = replace(RULES, reminder=Reminder(interval, times, "reason" if ends else None))
    start = MONDAY - timedelta(days=400) + timedelta(seconds=second)
    found = followups(after((Event.QUESTION, start)), rules)
    assert [action(each.step) for each in found] == ["remind"] * times + ["give-up"] * ends
    assert len({each.step for each in found}) == len(found)
    assert all(len(each.step) <= 64 for each in found)
    assert [CALENDAR.elapsed(start, each.at) for each in found] == [interval * k for k in range(1, len(found) + 1)]
