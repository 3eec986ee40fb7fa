"""What becomes of a letter that the mail server took, refused, put off, or said nothing about."""

from datetime import timedelta

import pytest
from maild.desk.deliver import FIRST_RETRY, LAST_RETRY, retry_after, settle
from maild.store import outbox
from maild.transport.smtp import Outcome
from tests.desk.office import OPERATOR, Office

OLGA = "olga@birch.test"


@pytest.fixture(autouse=True)
def nobody_on_the_line(office: Office) -> None:
    """One letter, one answer: no agents who would be told as well."""
    office.without_agents()


def send(office: Office, outcome: Outcome) -> int:
    """One round in which the server says this to everything that is due; how many letters that were."""
    with office.database.write() as tx:
        claimed = outbox.claim(tx, office.now, 100, 300, "test")
    settle(office.database, {"rarus": office.desk}, [(row, outcome) for row in claimed], office.now)
    return len(claimed)


def counts(office: Office) -> dict[str, object]:
    """How the outbox stands."""
    with office.database.read() as tx:
        return {key: value for key, value in outbox.counts(tx).items() if key != "oldest"}


def test_taken_meets_the_reaction_once(office: Office) -> None:
    office.arrive(OLGA)
    assert office.ticket().reaction_met is None
    office.pass_time(minutes=5)
    assert send(office, Outcome("taken", "250 ok", 250)) == 1
    assert office.ticket().reaction_met == office.now
    assert office.events()[-1] == "confirmed"
    assert counts(office) == {"queued": 0, "dead": 0, "sent": 1}


def test_a_receipt_meets_nothing(office: Office) -> None:
    office.arrive(OLGA, "Никто не отвечает!\n", box="control")
    send(office, Outcome("taken", "250 ok", 250))
    assert office.ticket().reaction_met is None


def test_refused_for_good_is_parked_and_said(office: Office) -> None:
    office.arrive(OLGA)
    send(office, Outcome("dead", "550 no such user", 550))
    assert office.events()[-1] == "undelivered" and "550" in office.history()[-1].says
    assert office.ticket().reaction_met is None
    (told,) = office.answers(OPERATOR)
    assert "550 no such user" in " ".join(told.text.split())
    send(office, Outcome("dead", "550 no such user", 550))  # now the operator's own letter: no letter about that
    assert len(office.answers(OPERATOR)) == 1
    assert counts(office)["dead"] == 2


@pytest.mark.parametrize("kind", ["later", "refused-login"])
def test_put_off_is_tried_again_within_ten_seconds_then_less_often(office: Office, kind: str) -> None:
    office.arrive(OLGA)
    waits = []
    for _ in range(9):
        assert send(office, Outcome(kind, "451 later", 451)) == 1
        with office.database.read() as tx:
            due = outbox.next_attempt(tx)
        assert due is not None
        waits.append((due - office.now).total_seconds())
        office.now = due
    assert waits[0] <= 10 and waits == sorted(waits) and waits[-1] == LAST_RETRY
    assert counts(office)["dead"] == 0, "a server that is away, or a wrong password, loses no letter"


def test_when_the_server_answers_again_all_is_due_at_once(office: Office) -> None:
    for number in range(3):
        office.arrive(f"c{number}@birch.test")
    for _ in range(5):
        send(office, Outcome("later", "no connection"))
        office.pass_time(minutes=6)
    office.arrive("late@birch.test")
    with office.database.write() as tx:
        (first, *_rest) = claimed = outbox.claim(tx, office.now, 1, 300, "test")
    settle(office.database, {"rarus": office.desk}, [(first, Outcome("taken", "250 ok", 250))], office.now)
    assert len(claimed) == 1 and first.attempts == 5
    assert send(office, Outcome("taken", "250 ok", 250)) == 3


def test_an_unknown_outcome_is_bounded_and_keeps_its_message_id(office: Office) -> None:
    """Lesson 7: the resend has the same Message-ID, a bounded number of times, and the operator sees it."""
    office.arrive(OLGA)
    ids = set()
    for _ in range(10):
        with office.database.write() as tx:
            claimed = [row for row in outbox.claim(tx, office.now, 10, 300, "test") if row.kind != "operator"]
        ids |= {row.message_id for row in claimed}
        settled = [(row, Outcome("unknown", "silence after DATA", None)) for row in claimed]
        settle(office.database, {"rarus": office.desk}, settled, office.now)
        office.pass_time(minutes=10)
    assert len(ids) == 1
    assert counts(office)["dead"] == 1
    assert len(office.answers(OPERATOR)) == 1


def test_the_pauses(office: Office) -> None:
    assert retry_after(0) == timedelta(seconds=FIRST_RETRY)
    assert retry_after(50) == timedelta(seconds=LAST_RETRY)
