"""Letters that are put off: they wait for their moment, have not failed, and can be finished before it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from maild.domain.ticket import Ticket
from maild.store import inbox, tickets
from maild.store.database import Database
from maild.store.inbox import NewLetter
from maild.store.schema import letters

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
Letters = Callable[..., NewLetter]


def add(database: Database, *new: NewLetter) -> list[int]:
    with database.write() as tx:
        return inbox.add_letters(tx, "rarus", "crm", 7, new)


def waiting(database: Database, now: datetime = NOW) -> list[int]:
    with database.read() as tx:
        return [letter.uid for letter in inbox.next_letters(tx, "rarus", "crm", now, 100)]


def test_a_letter_that_is_put_off_waits_for_its_moment_and_has_not_failed(
    database: Database, letter: Letters, ticket: Callable[..., Ticket]
) -> None:
    first, second, failed = add(database, letter(1), letter(2), letter(3))
    until = NOW + timedelta(minutes=2)
    with database.write() as tx:
        one, two = (tickets.create(tx, ticket(), "CRM", []).id or 0 for _ in range(2))
        inbox.fail(tx, failed, "x", NOW)
        inbox.fail(tx, first, "the first try", NOW)
        inbox.put_off(tx, first, until, one)
    assert waiting(database, until - timedelta(seconds=1)) == [2, 3]
    assert waiting(database, until) == [1, 2, 3]
    with database.write() as tx:
        (off,) = inbox.put_off_letters(tx, one)
        assert (off.id, off.raw, off.attempts, off.state, off.ticket_id) == (first, letter(1).raw, 1, "stored", one)
        assert inbox.letter(tx, first) == off == inbox.next_letters(tx, "rarus", "crm", until, 1)[0]
        assert inbox.put_off_letters(tx, two) == []
        assert inbox.untold(tx, "rarus", "crm", 7) == []
        errors = sa.select(letters.c.error).order_by(letters.c.id)
        assert list(tx.scalars(errors)) == [None, None, "x"]
        assert inbox.counts(tx) == {"stored": 3, "done": 0, "quarantined": 0}
        inbox.put_off(tx, second, until, one)
        assert [each.id for each in inbox.put_off_letters(tx, one)] == [first, second]
        inbox.finish(tx, first, "agent", two, until)
        assert [each.id for each in inbox.put_off_letters(tx, one)] == [second]
        assert (inbox.letter(tx, first).state, inbox.letter(tx, first).ticket_id) == ("done", two)
        assert inbox.untold(tx, "rarus", "crm", 7) == [(first, 1, "done")]
        with pytest.raises(LookupError):
            inbox.put_off(tx, first, until, one)
        with pytest.raises(LookupError):
            inbox.letter(tx, 999)


def test_a_letter_that_was_put_off_can_fail_like_any_other(
    database: Database, letter: Letters, ticket: Callable[..., Ticket]
) -> None:
    (letter_id,) = add(database, letter(1))
    until = NOW + timedelta(minutes=2)
    with database.write() as tx:
        ticket_id = tickets.create(tx, ticket(), "CRM", []).id or 0
        inbox.put_off(tx, letter_id, until, ticket_id)
        assert not inbox.fail(tx, letter_id, "broken", until)
    assert waiting(database, until) == []
    assert waiting(database, until + inbox.RETRIES[0]) == [1]
    with database.write() as tx:
        assert [inbox.fail(tx, letter_id, "broken", until) for _ in range(2)] == [False, True]
        assert inbox.put_off_letters(tx, ticket_id) == []
        assert inbox.letter(tx, letter_id).state == "quarantined"
    assert waiting(database, until + timedelta(days=9)) == []


def test_a_letter_cannot_be_put_off_for_a_ticket_that_is_not_there(database: Database, letter: Letters) -> None:
    (letter_id,) = add(database, letter(1))
    with pytest.raises(sa.exc.IntegrityError), database.write() as tx:
        inbox.put_off(tx, letter_id, NOW, 999)
    assert waiting(database) == [1]
