"""The database: how it is opened, in which transactions it is used, and what its errors mean.

SQLite: one writer at a time (BEGIN IMMEDIATE: two that read, think and write would lose an update silently), WAL, so
readers never wait. A commit is on the disk when `write()` returns (synchronous=FULL): the mail server is told only
then, and must not be told about a letter that a power failure takes back. PostgreSQL: rows are locked where they are
read for a change. The same calls on both.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryFile
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Executable, event, exc
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url

from maild.errors import ConfigError, TransientError
from maild.store import schema
from maild.store.lock import DaemonLock
from maild.store.types import dumps

__all__ = ["ByDialect", "DaemonLock", "Database", "Tx", "insert_ignoring", "upsert"]

Tx: TypeAlias = Connection
"""A connection inside a transaction, as `Database.write` and `Database.read` give it."""

BUSY_SECONDS = 5
"""How long a writer waits for another process that writes."""

QUEUE_SECONDS = 30
"""How long a writer waits for the other threads of this process."""

_PRAGMAS = (f"busy_timeout={BUSY_SECONDS * 1000}", "synchronous=FULL", "foreign_keys=ON")
_PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_LASTING = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_PERM})


@dataclass(frozen=True)
class ByDialect:
    """One statement in two dialects: `ON CONFLICT` has the same shape in both, but a class in each."""

    sqlite: Executable
    postgresql: Executable

    def on(self, tx: Tx) -> Executable:
        """The statement for this transaction's database."""
        return self.sqlite if tx.dialect.name == "sqlite" else self.postgresql


class Database:
    """The store behind a SQLAlchemy URL: `sqlite:////abs/maild.db` or `postgresql+psycopg://user@host/name`.

    Connects when first used. May be shared by threads, not by forked processes. Raises ConfigError for a URL that is
    neither.
    """

    def __init__(self, url: str) -> None:
        self.url = _url(url)
        self.name = self.url.render_as_string(hide_password=True)
        self._queue = threading.Lock()
        self._writer: int | None = None
        self._engine, self._reader = _engines(self.url)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a file with one writer at a time."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path | None:
        """The database file; None for a server."""
        return Path(self.url.database or "").absolute() if self.is_sqlite else None

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """A transaction that is committed at the end, rolled back on an exception.

        Raises TransientError when the database is locked, full or out of reach (a commit that failed so may have
        happened on PostgreSQL: run the transaction again, its keys keep it from happening twice). Writers of one
        process queue up here, first come first served: SQLite's own waiting is by polling, and unfair.
        """
        with self._turn(), self._translated(), self._engine.begin() as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A transaction that sees one state of the database and cannot change it. Errors as in `write`."""
        with self._translated(), self._reader.connect() as tx:
            yield tx

    def schema_revision(self) -> str | None:
        """The revision that the database stands at; None for an empty one."""
        with self.read() as tx:
            if not sa.inspect(tx).has_table("alembic_version"):
                return None
            revision: str | None = tx.scalar(sa.text("SELECT version_num FROM alembic_version"))
            return revision

    def migrate(self) -> None:
        """Bring the schema to the newest revision, in one transaction.

        Raises ConfigError where the file cannot be made or written, or where the database is newer than this maild.
        """
        if self.path:
            _prepare_file(self.path)
        revision = self.schema_revision()
        if revision == schema.HEAD:
            return
        if revision and revision > schema.HEAD:
            newer = f"the database is at revision {revision}, this maild knows {schema.HEAD}: install the newer maild"
            raise ConfigError(self.name, newer)
        from maild.store.migration import upgrade  # alembic is slow to import and rarely needed

        with self._turn(), self._translated():
            upgrade(self._engine)

    def secret(self, tx: Tx) -> bytes:
        """The seal of this installation: 32 random bytes, made by the first caller, the same ever after.

        Needs a `write()` transaction as long as there is none.
        """
        found = tx.scalar(_GET_META, {"key": "secret"})
        if found is None:
            tx.execute(_ADD_META.on(tx), {"key": "secret", "value": token_bytes(32)})
            found = tx.scalar(_GET_META, {"key": "secret"})
        return bytes(found or b"")

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._engine.dispose()
        self._reader.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if self._writer == threading.get_ident():
            raise RuntimeError("a write transaction inside a write transaction of the same thread")
        if not self._queue.acquire(timeout=QUEUE_SECONDS):
            raise TransientError(f"{self.name}: a transaction of this process holds the database for too long")
        try:
            self._writer = threading.get_ident()
            yield
        finally:
            self._writer = None
            self._queue.release()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except exc.TimeoutError:
            raise TransientError(f"{self.name}: all connections are in use") from None
        except (exc.DBAPIError, sqlite3.Error) as error:
            if (translated := _translate(self.name, error)) is None:
                raise
            raise translated from error


_GET_META = sa.select(schema.meta.c.value).where(schema.meta.c.key == sa.bindparam("key"))


def insert_ignoring(table: sa.Table, *conflict: str, returning: tuple[sa.Column[Any], ...] = ()) -> ByDialect:
    """INSERT that skips rows whose unique columns `conflict` are there already."""

    def finish(statement: Any) -> Executable:
        ignoring = statement.on_conflict_do_nothing(index_elements=list(conflict))
        return ignoring.returning(*returning) if returning else ignoring  # type: ignore[no-any-return]

    return ByDialect(finish(sqlite.insert(table)), finish(postgresql.insert(table)))


def upsert(table: sa.Table, *conflict: str) -> ByDialect:
    """INSERT that overwrites every other column of the row whose unique columns `conflict` are there already."""

    def finish(statement: Any) -> Executable:
        others = {column.name: statement.excluded[column.name] for column in table.c if column.name not in conflict}
        return statement.on_conflict_do_update(index_elements=list(conflict), set_=others)  # type: ignore[no-any-return]

    return ByDialect(finish(sqlite.insert(table)), finish(postgresql.insert(table)))


_ADD_META = insert_ignoring(schema.meta, "key")


def _url(text: str) -> URL:
    try:
        url = make_url(text)
    except exc.ArgumentError:
        raise ConfigError("database.url", "expected sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME") from None
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise ConfigError("database.url", f"{url.drivername} is not supported; expected sqlite or postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise ConfigError("database.url", "a database in memory would lose letters; expected sqlite:///FILE")
    return url


def _engines(url: URL) -> tuple[Engine, Engine]:
    """An engine to write, an engine to read."""
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite_engine(url, writes=True), _sqlite_engine(url, writes=False)
        engine = sa.create_engine(url, json_serializer=dumps, pool_size=8, max_overflow=24)
    except ModuleNotFoundError as error:
        says = f"the driver {error.name} is missing; install maild[postgres]"
        raise ConfigError("database.url", says) from None
    return engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _sqlite_engine(url: URL, *, writes: bool) -> Engine:
    engine = sa.create_engine(url, json_serializer=dumps, pool_size=8, max_overflow=24)
    pragmas = _PRAGMAS if writes else (*_PRAGMAS, "query_only=ON")

    @event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the module would begin transactions too late and too weak
        _switch_to_wal(connection)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Any) -> None:
        connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    # The dialect's own hook; a listener for "begin" would make every statement ask for listeners, 5 % of its cost.
    engine.dialect.do_begin = begin  # type: ignore[assignment,method-assign]
    return engine


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """The file keeps the mode. Of two that make the switch at once one is told "locked", whatever its patience: it
    finds the switch made by the other one."""
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise


def _prepare_file(path: Path) -> None:
    """Make the file, for its owner's eyes only: it holds people's letters."""
    if not path.parent.is_dir():
        raise ConfigError(str(path), f"the folder {path.parent} does not exist; create it or change database.url")
    try:
        path.touch(mode=0o600)
        TemporaryFile(dir=path.parent).close()  # SQLite makes files beside its own
    except OSError as error:
        raise ConfigError(str(path), f"the database cannot be written: {error.strerror}") from None


def _translate(name: str, error: exc.DBAPIError | sqlite3.Error) -> TransientError | ConfigError | None:
    """Our own error for one that says something about the database's surroundings; None for any other."""
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    says = next(iter(str(cause).strip().splitlines()), "the connection was lost")
    if isinstance(cause, sqlite3.Error):
        code = (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF
        if code in _PASSING:
            return TransientError(f"{name}: {says}")
        return ConfigError(name, f"not usable: {says}") if code in _LASTING else None
    if isinstance(error, exc.OperationalError) or getattr(error, "connection_invalidated", False):
        return TransientError(f"{name}: {says}")
    return None
