"""How the database is opened, what a transaction is, what its errors mean, who may serve it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from maild.errors import ConfigError, TransientError, UsageError
from maild.store import inbox, schema
from maild.store.database import DaemonLock, Database
from maild.store.types import KEY_BYTES, clean, dumps, short
from sqlalchemy.exc import DBAPIError, StatementError

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
Together = Callable[[list[Callable[[], object]]], None]
ROOT = Path(__file__).resolve().parents[2]


def put(database: Database, key: str) -> None:
    with database.write() as tx:
        tx.execute(sa.insert(schema.meta), {"key": key, "value": b"x"})


def keys(database: Database) -> set[str]:
    with database.read() as tx:
        return set(tx.scalars(sa.select(schema.meta.c.key)))


def test_a_transaction_is_kept_at_its_end_and_undone_by_an_exception(database: Database) -> None:
    put(database, "kept")
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        tx.execute(sa.insert(schema.meta), {"key": "undone", "value": b"x"})
        _ = 1 / 0
    assert keys(database) == {"kept"}


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises((DBAPIError, ConfigError)), database.read() as tx:
        tx.execute(sa.insert(schema.meta), {"key": "sly", "value": b"x"})
    put(database, "the next writer can")
    assert keys(database) == {"the next writer can"}


def test_a_reader_sees_one_state_and_waits_for_no_writer(database: Database) -> None:
    with database.read() as reader:
        count = sa.select(sa.func.count()).select_from(schema.meta)
        assert reader.scalar(count) == 0
        put(database, "meanwhile")
        assert reader.scalar(count) == 0
    assert keys(database) == {"meanwhile"}


def test_the_secret_is_made_once(database: Database) -> None:
    with database.write() as tx:
        first = database.secret(tx)
    with database.read() as tx:
        assert database.secret(tx) == first
    assert len(first) == 32


def test_times_keep_their_moment_and_naive_ones_are_refused(database: Database) -> None:
    moscow = NOW.astimezone(timezone(timedelta(hours=3))).replace(microsecond=123456)
    row = {
        "desk": "d",
        "name": "n",
        "folder": "INBOX",
        "last_uid": 0,
        "state": "idle",
        "since": moscow,
        "rescan_until": 0,
    }
    with database.write() as tx:
        tx.execute(sa.insert(schema.mailboxes), row)
        back = tx.scalar(sa.select(schema.mailboxes.c.since))
    assert back == moscow
    assert back is not None and back.utcoffset() == timedelta(0)
    with pytest.raises(StatementError, match="without a zone"), database.write() as tx:
        inbox.set_mailbox_state(tx, "d", "n", "failing", NOW.replace(tzinfo=None))


def test_hostile_text_is_stored_and_found_again(database: Database) -> None:
    nasty = ["nul\x00nul", "half \udcc8 pair", "x" * 100_000, "ы" * 50_000, "🦆" * 10_000, "plain"]
    with database.write() as tx:
        for number, text in enumerate(nasty):
            tx.execute(sa.insert(schema.counters), {"desk": text, "last": number})
    with database.read() as tx:
        for number, text in enumerate(nasty):
            assert tx.scalar(sa.select(schema.counters.c.last).where(schema.counters.c.desk == text)) == number


def test_text_is_repaired_only_where_it_must_be() -> None:
    assert clean("Пётр 🦆") == "Пётр 🦆"
    assert clean("a\x00b\ud800") == "a\ufffdb?"
    assert short("<id@x>") == "<id@x>"
    assert short("ы" * 10_000) != short("ы" * 10_001)
    assert len(short("ы" * 10_000).encode()) <= KEY_BYTES
    assert dumps({"a\x00": ["\udcc8", ("é",)]}) == '{"a\ufffd":["?",["é"]]}'
    assert dumps({"a": "\\u0000"}) == '{"a":"\\\\u0000"}'


def test_a_locked_database_is_a_transient_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'maild.db'}"
    first = Database(url)
    first.migrate()
    monkeypatch.setattr("maild.store.database._PRAGMAS", ("busy_timeout=20",))
    second = Database(url)
    with first.write(), pytest.raises(TransientError, match="locked"), second.write():
        pass
    put(second, "later")
    assert keys(first) == {"later"}


def test_a_full_disk_is_a_transient_error_and_loses_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'maild.db'}")
    database.migrate()
    with database.write() as tx:
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar()
        tx.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(TransientError, match="full"), database.write() as tx:
        tx.execute(sa.insert(schema.meta), {"key": "big", "value": b"x" * 1_000_000})
    put(database, "small")
    assert keys(database) == {"small"}


def test_a_lost_connection_is_a_transient_error(postgres_server: str) -> None:
    database = Database(postgres_server)
    with pytest.raises(TransientError), database.write() as tx:
        own = tx.scalar(sa.text("SELECT pg_backend_pid()"))
        other = sa.create_engine(database.url)
        with other.connect() as connection:
            connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
        tx.execute(sa.text("SELECT 1"))
    with database.write() as tx:
        assert tx.scalar(sa.text("SELECT 1")) == 1
    database.close()
    other.dispose()


def test_a_server_that_is_not_there_is_a_transient_error() -> None:
    database = Database("postgresql+psycopg://maild:sesame@127.0.0.1:1/maild")
    with pytest.raises(TransientError) as caught:
        database.migrate()
    assert "\n" not in str(caught.value)
    assert "sesame" not in str(caught.value)


def test_other_errors_propagate(database: Database) -> None:
    put(database, "once")
    with pytest.raises(sa.exc.IntegrityError):
        put(database, "once")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "expected sqlite"),
        ("mysql://host/name", "not supported"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
    ],
)
def test_an_unusable_url_is_a_config_error(url: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        Database(url)


def test_a_missing_folder_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist") as caught:
        Database(f"sqlite:///{tmp_path}/none/maild.db").migrate()
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_written_is_a_config_error(tmp_path: Path) -> None:
    (tmp_path / "maild.db").mkdir()
    with pytest.raises(ConfigError):
        Database(f"sqlite:///{tmp_path}/maild.db").migrate()


def test_a_file_that_is_no_database_is_a_config_error_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "maild.db"
    path.write_text("a shopping list, quite long enough to have a header of a hundred bytes. " * 10)
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="not a database"):
        Database(f"sqlite:///{path}").migrate()
    assert path.read_bytes() == before


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'maild.db'}")
    database.migrate()
    put(database, "x")
    assert {path.name: oct(path.stat().st_mode & 0o077) for path in tmp_path.iterdir()} == {
        "maild.db": "0o0",
        "maild.db-wal": "0o0",
        "maild.db-shm": "0o0",
    }


def test_a_transaction_inside_a_transaction_is_a_mistake_said_at_once(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'maild.db'}")
    database.migrate()
    with database.write(), pytest.raises(RuntimeError), database.write():
        pass


def test_read_think_write_loses_no_update(database: Database, together: Together) -> None:
    """The default isolation of both databases loses most of these."""
    with database.write() as tx:
        tx.execute(sa.insert(schema.counters), {"desk": "d", "last": 0})
    column = schema.counters.c.last

    def add() -> None:
        for _ in range(50):
            with database.write() as tx:
                last = tx.scalar(sa.select(column).with_for_update())
                tx.execute(sa.update(schema.counters).values(last=(last or 0) + 1))

    together([add] * 4)
    with database.read() as tx:
        assert tx.scalar(sa.select(column)) == 200


KILLED = """
import os, sys
import sqlalchemy as sa
from maild.store import inbox, schema
from maild.store.database import Database
database = Database(sys.argv[1])
with database.write() as tx:
    tx.execute(sa.insert(schema.meta), {"key": "committed", "value": b"x"})
with database.write() as tx:
    tx.execute(sa.insert(schema.meta), {"key": "half", "value": b"x" * 5_000_000})
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_kill_9_inside_a_transaction_keeps_what_was_committed(database: Database, full_url: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, full_url], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    put(database, "the next one")
    assert keys(database) == {"committed", "the next one"}


HOLDS = """
import sys
from maild.store.database import DaemonLock, Database
DaemonLock(Database(sys.argv[1])).acquire()
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_second_daemon_is_refused_and_learns_who_is_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'maild.db'}"
    lock = DaemonLock(Database(url))
    assert lock.holder() is None
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, url], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        assert lock.holder() == process.pid
        with pytest.raises(UsageError, match=f"another maild, pid {process.pid}, already serves"):
            lock.acquire()
        process.send_signal(signal.SIGKILL)
        process.wait()
    lock.acquire()
    lock.acquire()
    assert lock.holder() == os.getpid()
    lock.release()
    lock.release()
    assert lock.holder() is None


def test_postgresql_needs_no_lock_file() -> None:
    lock = DaemonLock(Database("postgresql+psycopg://host/name"))
    lock.acquire()
    assert lock.holder() is None
    lock.release()
