"""Timers are questions, milestones are facts: each happens once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from maild.domain.ticket import Ticket
from maild.store import tickets, timers
from maild.store.database import Database
from maild.store.timers import Timer

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
Tickets = Callable[..., Ticket]


def create(database: Database, ticket: Tickets) -> int:
    with database.write() as tx:
        made = tickets.create(tx, ticket(), "CRM", []).id
    assert made is not None
    return made


def due(database: Database, now: datetime = NOW + 9 * HOUR, limit: int = 100) -> list[Timer]:
    with database.write() as tx:
        return timers.due_timers(tx, now, limit)


def test_new_timers_replace_the_old_ones_of_that_ticket(database: Database, ticket: Tickets) -> None:
    one, two = create(database, ticket), create(database, ticket)
    with database.write() as tx:
        timers.set_timers(tx, one, [("reaction", "warning", NOW + HOUR), ("reaction", "breach", NOW + 2 * HOUR)])
        timers.set_timers(tx, two, [("resolution", "breach", NOW)])
        timers.set_timers(tx, one, [("reaction", "breach", NOW + 3 * HOUR)])
        assert timers.next_due(tx) == NOW
    assert due(database) == [
        Timer(two, "resolution", "breach", NOW),
        Timer(one, "reaction", "breach", NOW + 3 * HOUR),
    ]
    with database.write() as tx:
        timers.set_timers(tx, one, [])
        timers.set_timers(tx, two, [])
        assert timers.next_due(tx) is None
    assert due(database) == []


def test_of_a_timer_set_twice_the_earlier_counts(database: Database, ticket: Tickets) -> None:
    one = create(database, ticket)
    with database.write() as tx:
        timers.set_timers(tx, one, [("any", "look", NOW + 2 * HOUR), ("any", "look", NOW), ("any", "look", NOW + HOUR)])
    assert due(database) == [Timer(one, "any", "look", NOW)]


def test_only_what_is_due_is_given_earliest_first(database: Database, ticket: Tickets) -> None:
    ids = [create(database, ticket) for _ in range(4)]
    with database.write() as tx:
        for place, ticket_id in enumerate(ids):
            timers.set_timers(tx, ticket_id, [("any", "look", NOW - place * HOUR)])
    assert [timer.ticket_id for timer in due(database, NOW - HOUR)] == [ids[3], ids[2], ids[1]]
    assert [timer.ticket_id for timer in due(database, NOW, 2)] == [ids[3], ids[2]]
    assert due(database, NOW - 4 * HOUR) == []


def test_what_fires_may_change_its_ticket_while_a_letter_does(database: Database, ticket: Tickets) -> None:
    """Timer and ticket are locked in one order: with the other one PostgreSQL ends a transaction by deadlock."""
    one = create(database, ticket)
    with database.write() as tx:
        timers.set_timers(tx, one, [("any", "look", NOW)])

    def change() -> None:
        for _ in range(100):
            with database.write() as tx:
                loaded = tickets.load_id(tx, one)
                timers.set_timers(tx, one, [("any", "look", NOW)])
                tickets.save(tx, replace(loaded, rating=(loaded.rating or 0) + 1), [])

    def fire() -> None:
        for _ in range(100):
            with database.write() as tx:
                for timer in timers.due_timers(tx, NOW, 10):
                    tickets.load_id(tx, timer.ticket_id)
                    timers.set_timers(tx, timer.ticket_id, [("any", "look", NOW)])

    errors: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in (change, fire)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with database.read() as tx:
        assert tickets.load_id(tx, one, lock=False).rating == 105


def test_a_step_happens_once(
    database: Database, ticket: Tickets, together: Callable[[list[Callable[[], object]]], None]
) -> None:
    one, two = create(database, ticket), create(database, ticket)
    said: list[bool] = []

    def mark() -> None:
        with database.write() as tx:
            said.append(timers.mark(tx, one, "reaction", "breach", NOW))

    together([mark] * 6)
    assert sorted(said) == [False] * 5 + [True]
    with database.write() as tx:
        assert timers.mark(tx, one, "reaction", "repeat-1", NOW)
        assert timers.mark(tx, one, "resolution", "breach", NOW)
        assert timers.mark(tx, two, "reaction", "breach", NOW)
        assert timers.happened(tx, one) == {
            ("reaction", "breach"),
            ("reaction", "repeat-1"),
            ("resolution", "breach"),
        }


def test_a_voided_clock_starts_anew(database: Database, ticket: Tickets) -> None:
    one, two = create(database, ticket), create(database, ticket)
    with database.write() as tx:
        for ticket_id in (one, two):
            for clock in ("reaction", "resolution"):
                timers.mark(tx, ticket_id, clock, "breach", NOW)
        timers.unmark(tx, one, "reaction")
        assert timers.happened(tx, one) == {("resolution", "breach")}
        assert timers.happened(tx, two) == {("reaction", "breach"), ("resolution", "breach")}
        assert timers.mark(tx, one, "reaction", "breach", NOW)


def test_a_timer_needs_its_ticket(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.write() as tx:
        timers.set_timers(tx, 999, [("any", "look", NOW)])
