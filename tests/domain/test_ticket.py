"""Every (status, event) pair: where it leads, and what becomes of the holds."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from maild.domain.ticket import CLOCKS, HOLDING, TRANSITIONS, Event, Hold, Status, Ticket, apply

AT = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)
CLOCKS_OF = {"details": CLOCKS, "client": frozenset({"resolution"}), "refused": CLOCKS}
PLAIN = Ticket(
    *("CRM-000001", "rarus", "crm", Status.NEW, "consultation", "standard", "normal", None, None),
    *("client@example.test", "", "client@example.test", "", "ru", AT),
)

BEFORE = (Status.NEW, Status.DETAILS, Status.REFUSED)
LEADS = {
    **{(status, Event.ACCEPTED): Status.OPEN for status in BEFORE},
    **{(status, Event.ASKED): Status.DETAILS for status in BEFORE},
    **{(status, Event.REFUSED): Status.REFUSED for status in BEFORE},
    **{(status, Event.TRIAGED): Status.NEW for status in BEFORE},
    (Status.WAITING, Event.CLIENT_WROTE): Status.OPEN,
    (Status.ASSESSMENT, Event.CLIENT_WROTE): Status.OPEN,
    (Status.CLOSED, Event.CLIENT_WROTE): Status.OPEN,
}
"""Said once more by hand, so that a slip in the table shows."""

PAIRS = [(status, event) for status in Status for event in Event]


def held(status: Status) -> Ticket:
    """A ticket as it stands in a status: with an open hold where the status holds."""
    why = HOLDING.get(status)
    holds = (Hold(AT, None, CLOCKS_OF[why], why),) if why else ()
    return replace(PLAIN, status=status, holds=holds)


@pytest.mark.parametrize(("status", "event"), PAIRS, ids=lambda value: value.value)
def test_every_pair(status: Status, event: Event) -> None:
    before = held(status)
    after = apply(before, event, LATER, CLOCKS_OF)
    assert after.status == LEADS.get((status, event), status)
    if after.status == status:
        assert after is before
    else:
        assert all(hold.end is not None for hold in after.holds[: len(before.holds)])
        opened = after.holds[len(before.holds) :]
        why = HOLDING.get(after.status)
        assert opened == ((Hold(LATER, None, CLOCKS_OF[why], why),) if why else ())
    untouched = replace(after, status=status, holds=before.holds)
    assert untouched == before


def test_the_table_names_no_pair_that_stays() -> None:
    expected = {pair: status for pair, status in LEADS.items() if TRANSITIONS.get(pair) != status}
    assert expected == {}
    assert {pair for pair in TRANSITIONS if pair not in LEADS} == set()


@pytest.mark.parametrize("status", list(Status), ids=lambda status: status.value)
def test_a_machine_and_a_third_person_change_nothing(status: Status) -> None:
    """lessons 25, decision 9."""
    for event in (Event.MACHINE_WROTE, Event.THIRD_WROTE, Event.UNDELIVERED, Event.LINKED):
        assert apply(held(status), event, LATER, CLOCKS_OF) == held(status)


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
