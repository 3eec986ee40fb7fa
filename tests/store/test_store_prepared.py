"""Prepared statements say what SQLAlchemy says of the same statement, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from maild.errors import TransientError
from maild.store.database import Database, insert_ignoring
from maild.store.prepared import Prepared
from maild.store.schema import counters, mailboxes, participants, tickets

NOW = datetime(2026, 11, 20, 13, 15, 0, 123456, tzinfo=timezone(timedelta(hours=3)))
COLUMNS = [column.name for column in mailboxes.c]
ROW: dict[str, Any] = {
    "desk": "rarus",
    "name": "crm\x00",
    "folder": "Входящие",
    "uidvalidity": 7,
    "last_uid": 2**40,
    "floor": NOW,
    "state": "idle",
    "since": None,
    "error": None,
    "rescan_until": 0,
}
BY_NAME = sa.select(mailboxes).where(mailboxes.c.desk == sa.bindparam("of"))


def test_values_go_in_and_come_out_through_the_types_of_their_columns(database: Database) -> None:
    with database.write() as tx:
        Prepared(sa.insert(mailboxes), COLUMNS).run(tx, ROW)
        expected = tx.execute(BY_NAME, {"of": "rarus"}).all()
        found = Prepared(BY_NAME).rows(tx, {"of": "rarus"})
        assert [tuple(row) for row in found] == [tuple(row) for row in expected]
        mapping = Prepared(BY_NAME).mapping(tx, {"of": "rarus"})
        assert mapping is not None
        assert mapping["floor"] == NOW
        assert mapping["floor"].tzinfo == UTC
        assert mapping["name"] == "crm\ufffd"
        assert Prepared(BY_NAME).mapping(tx, {"of": "nobody"}) is None
        assert Prepared(BY_NAME).first(tx, {"of": "nobody"}) is None
        assert Prepared(BY_NAME).scalar(tx, {"of": "nobody"}) is None


def test_an_update_sets_the_columns_that_it_was_made_for_and_counts_its_rows(database: Database) -> None:
    update = Prepared(
        sa.update(mailboxes).where(mailboxes.c.name == sa.bindparam("which")).values(state="error"), ("last_uid",)
    )
    with database.write() as tx:
        tx.execute(sa.insert(mailboxes), [ROW | {"name": "a"}, ROW | {"name": "b"}])
        assert update.run(tx, {"which": "b", "last_uid": 5}) == 1
        assert update.run(tx, {"which": "none", "last_uid": 5}) == 0
        kept = sa.select(mailboxes.c.name, mailboxes.c.state, mailboxes.c.last_uid).order_by(mailboxes.c.name)
        assert [tuple(row) for row in tx.execute(kept)] == [("a", "idle", 2**40), ("b", "error", 5)]


def test_by_dialect_returning_and_several_at_once(database: Database) -> None:
    ignoring = insert_ignoring(counters, "desk", returning=(counters.c.last,))
    add = Prepared(ignoring, ("desk", "last"))
    with database.write() as tx:
        assert add.scalar(tx, {"desk": "rarus", "last": 3}) == 3
        assert add.scalar(tx, {"desk": "rarus", "last": 4}) is None
        Prepared(sa.insert(counters), ("desk", "last")).many(tx, [{"desk": str(i), "last": i} for i in range(3)])
        assert tx.scalar(sa.select(sa.func.count()).select_from(counters)) == 4


def test_its_errors_are_those_of_sqlalchemy(database: Database) -> None:
    join = Prepared(sa.insert(participants), ("ticket_id", "address"))
    with pytest.raises(sa.exc.IntegrityError), database.write() as tx:
        join.run(tx, {"ticket_id": 999, "address": "a@b.test"})
    with database.read() as tx:
        assert Prepared(sa.select(sa.func.count()).select_from(participants)).scalar(tx, {}) == 0


def test_it_is_part_of_the_transaction(database: Database) -> None:
    with pytest.raises(TransientError), database.write() as tx:
        Prepared(sa.insert(counters), ("desk", "last")).run(tx, {"desk": "rarus", "last": 1})
        raise TransientError("as it happens")
    with database.read() as tx:
        assert tx.scalar(sa.select(counters.c.last)) is None


def test_a_missing_value_is_an_error_and_not_null(tmp_path: Any) -> None:
    database = Database(f"sqlite:///{tmp_path / 'maild.db'}")
    database.migrate()
    with database.write() as tx, pytest.raises(KeyError):
        Prepared(sa.select(tickets.c.id).where(tickets.c.id == sa.bindparam("row"))).rows(tx, {})
