"""What a desk has planned: each matter once at a time, taken once, back where the work was undone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from maild.store import agenda
from maild.store.agenda import Item
from maild.store.database import Database

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def take(database: Database, now: datetime = NOW, limit: int = 100) -> list[Item]:
    with database.write() as tx:
        return agenda.take_due(tx, now, limit)


def test_what_is_due_is_taken_once_earliest_first(database: Database) -> None:
    with database.write() as tx:
        assert agenda.next_due(tx) is None
        agenda.put(tx, "rarus", "second", NOW)
        agenda.put(tx, "rarus", "first", (NOW - HOUR).astimezone(timezone(3 * HOUR)))
        agenda.put(tx, "procrm", "second", NOW)
        agenda.put(tx, "rarus", "tomorrow", NOW + 24 * HOUR)
        assert agenda.next_due(tx) == NOW - HOUR
    assert take(database, NOW - 2 * HOUR) == []
    assert take(database, limit=1) == [Item("rarus", "first", NOW - HOUR)]
    assert take(database) == [Item("procrm", "second", NOW), Item("rarus", "second", NOW)]
    assert take(database) == []
    with database.read() as tx:
        assert agenda.next_due(tx) == NOW + 24 * HOUR


def test_a_matter_planned_anew_moves_and_planned_once_stays(database: Database) -> None:
    with database.write() as tx:
        agenda.put(tx, "rarus", "digest", NOW)
        agenda.put(tx, "rarus", "digest", NOW + HOUR)
        assert not agenda.put_once(tx, "rarus", "digest", NOW)
        assert agenda.put_once(tx, "procrm", "digest", NOW + 2 * HOUR)
        assert not agenda.put_once(tx, "procrm", "digest", NOW)
    assert take(database) == []
    assert take(database, NOW + 2 * HOUR) == [
        Item("rarus", "digest", NOW + HOUR),
        Item("procrm", "digest", NOW + 2 * HOUR),
    ]
    with database.write() as tx:
        assert agenda.put_once(tx, "rarus", "digest", NOW), "what was taken may be planned again"


def test_a_matter_that_is_removed_does_not_come(database: Database) -> None:
    with database.write() as tx:
        agenda.put(tx, "rarus", "digest", NOW)
        agenda.put(tx, "procrm", "digest", NOW)
        agenda.remove(tx, "rarus", "digest")
        agenda.remove(tx, "rarus", "nothing of this name")
    assert take(database) == [Item("procrm", "digest", NOW)]


def test_work_that_is_undone_leaves_its_matter_on_the_agenda(database: Database) -> None:
    with database.write() as tx:
        agenda.put(tx, "rarus", "digest", NOW)
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        assert agenda.take_due(tx, NOW, 10)
        _ = 1 / 0
    assert take(database) == [Item("rarus", "digest", NOW)]


def test_six_takers_get_each_matter_once(
    database: Database, together: Callable[[list[Callable[[], object]]], None]
) -> None:
    with database.write() as tx:
        for number in range(60):
            agenda.put(tx, "rarus", f"matter {number}", NOW)
    taken: list[str] = []

    def work() -> None:
        while items := take(database, limit=4):
            taken.extend(item.matter for item in items)

    together([work] * 6)
    work()  # on PostgreSQL a taker passes over what another one just looks at
    assert sorted(taken) == sorted(f"matter {number}" for number in range(60))


def test_a_matter_is_planned_once_by_many(
    database: Database, together: Callable[[list[Callable[[], object]]], None]
) -> None:
    said: list[bool] = []

    def plan() -> None:
        with database.write() as tx:
            said.append(agenda.put_once(tx, "rarus", "flood", NOW))

    together([plan] * 6)
    assert sorted(said) == [False] * 5 + [True]
