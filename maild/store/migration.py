"""Alembic, run from inside the package: in a wheel as in a checkout. Imported only when there is something to do."""

from collections.abc import Sequence

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

_LOCK = 0x6D61696C64  # "maild": any number that two processes agree on


def upgrade(engine: Engine, revision: str = "head", *, more: Sequence[str] = ()) -> None:
    """Bring the schema to `revision` in one transaction: all or nothing, one process at a time.

    `more` are further folders with revisions. On SQLite foreign keys are off meanwhile, because a table that is
    rebuilt would take the rows below it along; they are checked before the commit (RuntimeError, and all is as it was).
    """
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:  # has no effect inside a transaction, so before it
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                _run(connection, revision, more, sqlite=sqlite)
        finally:
            if sqlite:
                connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def _run(connection: Connection, revision: str, more: Sequence[str], *, sqlite: bool) -> None:
    if not sqlite:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = configuration(more)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise RuntimeError(f"the migration left rows of {broken[0]} without their {broken[2]}")


def configuration(more: Sequence[str] = ()) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", "maild.store:migrations")
    config.set_main_option("path_separator", "newline")
    if more:
        config.set_main_option("version_locations", "\n".join(["maild.store:migrations/versions", *more]))
    return config
