"""The letters of a ticket as a list: all of them, in order, with what became of each, without their bytes."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from maild.domain.ticket import Ticket
from maild.store import correspondence, inbox, outbox, tickets
from maild.store.correspondence import Came, Went
from maild.store.database import Database
from maild.store.inbox import NewLetter
from maild.store.outbox import Draft

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
OLGA, IVANOV = "olga@birch.test", "ivanov@example.test"


def draft(key: str, ticket_id: int | None, **more: str) -> Draft:
    return Draft(key, "rarus", "answer", ticket_id, "", OLGA, f"<{key}@example.test>", f"letter {key}".encode(), **more)


def test_what_came(database: Database, ticket: Callable[..., Ticket], letter: Callable[..., NewLetter]) -> None:
    """Those of the ticket, and the one that is being decided and belongs to none yet."""
    with database.write() as tx:
        made = tickets.create(tx, ticket(), "CRM", [])
        ids = inbox.add_letters(tx, "rarus", "crm", 1, [letter(uid) for uid in (1, 2, 3, 4)])
        inbox.finish(tx, ids[0], "accept", made.id, NOW, sender=OLGA)
        inbox.finish(tx, ids[1], "ignore", None, NOW)
        inbox.finish(tx, ids[3], "thread", made.id, NOW)
        assert made.id is not None
        found = correspondence.came(tx, made.id)
        also = correspondence.came(tx, made.id, frozenset({ids[0], ids[2], 9_999}))
    size = letter(1).size
    assert found == [
        Came(ids[0], NOW, OLGA, "crm", size, False),
        Came(ids[3], NOW, None, "crm", size, False),
    ]
    assert [one.id for one in also] == [ids[0], ids[2], ids[3]]


def test_thousands_of_ids(database: Database, letter: Callable[..., NewLetter]) -> None:
    """A statement takes fewer parameters than a long journal has letters."""
    with database.write() as tx:
        (one,) = inbox.add_letters(tx, "rarus", "crm", 1, [letter(1)])
        assert [came.id for came in correspondence.came(tx, 7, frozenset({one, *range(10_000, 45_000)}))] == [one]


def test_what_went(database: Database, ticket: Callable[..., Ticket]) -> None:
    with database.write() as tx:
        made = tickets.create(tx, ticket(), "CRM", [])
        rows = [
            outbox.enqueue(tx, draft("a", made.id, author=IVANOV, audience="client"), NOW),
            outbox.enqueue(tx, draft("b", made.id), NOW),
            outbox.enqueue(tx, draft("c", made.id), NOW),
        ]
        outbox.enqueue(tx, draft("other", None), NOW)
        first, second, third = (row or 0 for row in rows)
        outbox.sent(tx, first, LATER, "ok")
        outbox.dead(tx, second, LATER, "550 no")
        outbox.sent(tx, third, LATER, "ok")
        outbox.mark_bounced(tx, third, LATER, "full")
        assert made.id is not None
        found = correspondence.went(tx, made.id)
        raw = correspondence.sent_raw(tx, second)
    assert found[0] == Went(first, "answer", OLGA, NOW, LATER, None, "sent", None, IVANOV, "client")
    assert [(row.id, row.undelivered) for row in found] == [(first, False), (second, True), (third, True)]
    assert found[1].error == "550 no" and raw == b"letter b"


def test_a_letter_that_is_not_there(database: Database) -> None:
    with database.read() as tx, pytest.raises(LookupError):
        correspondence.sent_raw(tx, 7)


def test_both_lists_are_found_by_an_index(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'plans.db'}")
    database.migrate()
    ran: list[str] = []
    with database.write() as tx:
        connection = tx.connection.dbapi_connection
        assert isinstance(connection, sqlite3.Connection)
        connection.set_trace_callback(ran.append)
        correspondence.came(tx, 1, frozenset({5}))
        correspondence.went(tx, 1)
        connection.set_trace_callback(None)
        plans = [row[3] for sql in ran for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert "ix_letters_ticket" in plans[0] and "ix_outbox_ticket" in plans[-1]
    assert not [line for line in plans if line.startswith("SCAN")]
    database.close()
