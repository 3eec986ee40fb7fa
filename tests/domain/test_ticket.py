"""Every (status, event) pair: where it leads, what becomes of the holds, and when a ticket counts as solved."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maild.domain.ticket import CLOCKS, HOLDING, TRANSITIONS, Event, Hold, Status, Ticket, apply

AT = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)
CLOCKS_OF = {"details": CLOCKS, "client": frozenset({"resolution"}), "refused": CLOCKS, "assessment": CLOCKS}
PLAIN = Ticket(
    *("CRM-000001", "rarus", "crm", Status.NEW, "consultation", "standard", "normal", None, None),
    *("client@example.test", "", "client@example.test", "", "ru", AT),
)
SOLVED = (Status.ASSESSMENT, Status.CLOSED)

NEW, DETAILS, OPEN, WAITING = Status.NEW, Status.DETAILS, Status.OPEN, Status.WAITING
DEVELOPMENT, ASSESSMENT, CLOSED, REFUSED = Status.DEVELOPMENT, Status.ASSESSMENT, Status.CLOSED, Status.REFUSED
_ = None
COLUMNS = (NEW, DETAILS, OPEN, WAITING, DEVELOPMENT, ASSESSMENT, CLOSED, REFUSED)
LEADS: dict[Event, Sequence[Status | None]] = {
    Event.ACCEPTED: (OPEN, OPEN, _, _, _, _, _, OPEN),
    Event.ASKED: (DETAILS, DETAILS, _, _, _, _, _, DETAILS),
    Event.TRIAGED: (NEW, NEW, _, _, _, _, _, NEW),
    Event.REFUSED: (REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, _, _, REFUSED),
    Event.CLIENT_WROTE: (_, _, _, OPEN, _, OPEN, OPEN, _),
    Event.ANSWERED: (OPEN, _, _, _, _, _, _, _),
    Event.QUESTION: (WAITING, _, WAITING, _, WAITING, WAITING, WAITING, _),
    Event.RESOLVED: (ASSESSMENT, ASSESSMENT, ASSESSMENT, ASSESSMENT, ASSESSMENT, _, ASSESSMENT, _),
    Event.POSTPONED: (DETAILS, DETAILS, WAITING, WAITING, WAITING, WAITING, _, DETAILS),
    Event.DEVELOPED: (DEVELOPMENT, _, DEVELOPMENT, DEVELOPMENT, _, _, _, _),
    Event.RATED: (_, _, _, _, _, CLOSED, _, _),
    Event.CLOSED: (_, _, _, _, _, CLOSED, _, _),
    Event.REOPENED: (_, _, _, _, _, OPEN, OPEN, NEW),
}
"""Said once more by hand, so that a slip in the table shows: _ stays as it is, and so does every event not named."""

PAIRS = [(status, event) for status in Status for event in Event]


def leads(status: Status, event: Event) -> Status:
    """Where the table above says that a pair leads."""
    return LEADS.get(event, (_,) * len(COLUMNS))[COLUMNS.index(status)] or status


def held(status: Status) -> Ticket:
    """A ticket as it stands in a status: with an open hold where the status holds, solved where it is."""
    why = HOLDING.get(status)
    holds = (Hold(AT, None, CLOCKS_OF[why], why),) if why else ()
    return replace(PLAIN, status=status, holds=holds, resolution_met=AT if status in SOLVED else None)


@pytest.mark.parametrize(("status", "event"), PAIRS, ids=lambda value: value.value)
def test_every_pair(status: Status, event: Event) -> None:
    before = held(status)
    after = apply(before, event, LATER, CLOCKS_OF)
    assert after.status == leads(status, event)
    if after.status == status:
        assert after is before
    else:
        assert all(hold.end is not None for hold in after.holds[: len(before.holds)])
        opened = after.holds[len(before.holds) :]
        why = HOLDING.get(after.status)
        assert opened == ((Hold(LATER, None, CLOCKS_OF[why], why),) if why else ())
        assert after.resolution_met == ((before.resolution_met or LATER) if after.status in SOLVED else None)
    untouched = replace(after, status=status, holds=before.holds, resolution_met=before.resolution_met)
    assert untouched == before


def test_the_table_names_no_other_pair() -> None:
    wanted = {(status, event): leads(status, event) for status, event in PAIRS if LEADS.get(event)}
    assert {pair: status for pair, status in TRANSITIONS.items() if wanted.get(pair) != status} == {}


@pytest.mark.parametrize("status", list(Status), ids=lambda status: status.value)
def test_what_changes_nothing(status: Status) -> None:
    """A machine, a third person, a colleague's note, a letter on its way (lessons 25, decision 9)."""
    for event in (Event.MACHINE_WROTE, Event.THIRD_WROTE, Event.UNDELIVERED, Event.LINKED, Event.NOTED, Event.REMINDED):
        assert apply(held(status), event, LATER, CLOCKS_OF) == held(status)


def test_which_statuses_hold() -> None:
    assert HOLDING == {
        DETAILS: "details",
        WAITING: "client",
        REFUSED: "refused",
        ASSESSMENT: "assessment",
        CLOSED: "assessment",
    }


def test_a_hold_that_stops_no_clock_is_none() -> None:
    asked = apply(PLAIN, Event.ASKED, AT, {"details": frozenset(), "client": CLOCKS})
    assert (asked.status, asked.holds) == (Status.DETAILS, ())
    assert apply(PLAIN, Event.ASKED, AT, {}).holds == ()


def test_an_ended_hold_keeps_its_end() -> None:
    past = Hold(AT, AT, CLOCKS, "details")
    again = apply(replace(PLAIN, holds=(past,)), Event.ASKED, LATER, CLOCKS_OF)
    assert again.holds == (past, Hold(LATER, None, CLOCKS, "details"))
    answered = apply(again, Event.ACCEPTED, LATER, CLOCKS_OF)
    assert answered.holds == (past, Hold(LATER, LATER, CLOCKS, "details"))


def test_asked_again_goes_on_holding() -> None:
    """A second letter that still lacks something leaves the hold as it is: the clock does not run in between."""
    asked = apply(PLAIN, Event.ASKED, AT, CLOCKS_OF)
    assert apply(asked, Event.ASKED, LATER, CLOCKS_OF) is asked


def test_a_rating_keeps_the_moment_of_the_solution() -> None:
    """B20: resolved is when the assessment begins, however late the client rates."""
    solved = apply(held(Status.OPEN), Event.RESOLVED, AT, CLOCKS_OF)
    rated = apply(solved, Event.RATED, LATER, CLOCKS_OF)
    assert (rated.status, rated.resolution_met) == (Status.CLOSED, AT)


def test_what_is_reopened_is_solved_anew() -> None:
    """Decision 3: the clock goes on, and the time in assessment is a hold."""
    solved = apply(held(Status.OPEN), Event.RESOLVED, AT, CLOCKS_OF)
    again = apply(solved, Event.REOPENED, LATER, CLOCKS_OF)
    assert (again.status, again.resolution_met) == (Status.OPEN, None)
    assert again.holds == (Hold(AT, LATER, CLOCKS, "assessment"),)
    end = LATER + timedelta(hours=1)
    assert apply(again, Event.RESOLVED, end, CLOCKS_OF).resolution_met == end


STEPS = st.lists(st.tuples(st.sampled_from(Event), st.integers(0, 10**6)), max_size=40)
"""Events, each with the seconds since the one before: several may come in one second."""


@given(STEPS)
def test_whatever_happens_the_holds_stay_in_order(steps: list[tuple[Event, int]]) -> None:
    ticket, at = PLAIN, AT
    for event, seconds in steps:
        at += timedelta(seconds=seconds)
        before, ticket = ticket, apply(ticket, event, at, CLOCKS_OF)
        opened = [hold for hold in ticket.holds if hold.end is None]
        assert opened == [hold for hold in ticket.holds[-1:] if HOLDING.get(ticket.status) == hold.why]
        assert bool(opened) == (ticket.status in HOLDING)
        assert all(one.end is not None and one.end <= other.start for one, other in pairwise(ticket.holds))
        assert all(hold.end is None or hold.start <= hold.end for hold in ticket.holds)
        assert ticket.holds[: len(before.holds) - 1] == before.holds[:-1]
        assert (ticket.resolution_met is not None) == (ticket.status in SOLVED)
        assert ticket.resolution_met is None or ticket.resolution_met <= at
