"""Who is away: noticed once, until they write again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from maild.store import absences, schema
from maild.store.database import Database

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def test_an_absence_is_new_once_and_ends_when_somebody_writes(database: Database) -> None:
    with database.write() as tx:
        assert absences.absent(tx, "rarus") == frozenset()
        assert absences.seen_absent(tx, "rarus", "Ivanov@Example.test", NOW)
        assert not absences.seen_absent(tx, "rarus", "ivanov@example.test", NOW + DAY)
        assert absences.seen_absent(tx, "rarus", "smirnova@example.test", NOW)
        assert absences.seen_absent(tx, "procrm", "ivanov@example.test", NOW)
        assert absences.absent(tx, "rarus") == {"ivanov@example.test", "smirnova@example.test"}
        assert absences.back(tx, "rarus", "IVANOV@example.test")
        assert not absences.back(tx, "rarus", "ivanov@example.test")
        assert absences.absent(tx, "rarus") == {"smirnova@example.test"}
        assert absences.absent(tx, "procrm") == {"ivanov@example.test"}
        assert absences.seen_absent(tx, "rarus", "ivanov@example.test", NOW + 2 * DAY)


def test_since_stays_and_seen_moves_on(database: Database) -> None:
    with database.write() as tx:
        for days in range(3):
            absences.seen_absent(tx, "rarus", "ivanov@example.test", NOW + days * DAY)
        absences.seen_absent(tx, "rarus", "other@example.test", NOW)
        row = tx.execute(sa.select(schema.absences).order_by(schema.absences.c.address)).first()
    assert row is not None
    assert (row.since, row.seen) == (NOW, NOW + 2 * DAY)


def test_an_absence_is_noticed_once_by_many(
    database: Database, together: Callable[[list[Callable[[], object]]], None]
) -> None:
    said: list[bool] = []

    def notice() -> None:
        with database.write() as tx:
            said.append(absences.seen_absent(tx, "rarus", "ivanov@example.test", NOW))

    together([notice] * 6)
    assert sorted(said) == [False] * 5 + [True]
