"""The migrations build what the code expects, carry data along, and refuse what they do not know."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from maild.domain.ticket import Ticket
from maild.errors import ConfigError
from maild.store import inbox, outbox, schema, tickets, timers
from maild.store.database import Database
from maild.store.inbox import NewLetter
from maild.store.migration import configuration, upgrade
from sqlalchemy.engine.interfaces import ReflectedIndex

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{head}"


def upgrade() -> None:
    with op.batch_alter_table("tickets") as batch:
        batch.add_column(sa.Column("colour", sa.String(8), nullable=False, server_default="grey"))
        batch.alter_column("refusal", new_column_name="refused_for")
    {more}
"""

MIGRATES = """
import sys
from maild.store.database import Database
Database(sys.argv[1]).migrate()
print("alembic" in sys.modules)
"""


def test_the_constant_names_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(configuration()).get_current_head() == schema.HEAD


def test_the_migrated_schema_is_the_one_in_the_code(database: Database) -> None:
    with database.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, schema.METADATA) == []


def test_the_names_of_all_constraints_follow_the_convention(make_database: Callable[[], Database]) -> None:
    """`compare_metadata` does not look at names, and a later migration drops constraints by name."""
    migrated, made = make_database(), make_database()
    migrated.migrate()
    with made.write() as tx:
        schema.METADATA.create_all(tx)
    assert _names(migrated) == _names(made)


def _names(database: Database) -> dict[str, object]:
    with database.read() as tx:
        look = sa.inspect(tx)
        return {
            table: (
                look.get_pk_constraint(table)["name"],
                {(key["name"], str(key["options"])) for key in look.get_foreign_keys(table)},
                {key["name"] for key in look.get_unique_constraints(table)},
                {(str(index["name"]), str(index["column_names"]), _where(index)) for index in look.get_indexes(table)},
            )
            for table in schema.METADATA.tables
        }


def _where(index: ReflectedIndex) -> str:
    """The rows that an index holds, as the database tells it; an empty text for all."""
    options = index.get("dialect_options", {})
    return str(options.get("sqlite_where", options.get("postgresql_where", "")))


OLD: dict[str, dict[str, object]] = {
    "meta": {"key": "secret", "value": b"seal"},
    "counters": {"desk": "rarus", "last": 1},
    "mailboxes": {
        "desk": "rarus",
        "name": "crm",
        "folder": "INBOX",
        "uidvalidity": 7,
        "last_uid": 3,
        "state": "idle",
        "rescan_until": 0,
    },
    "tickets": {
        "desk": "rarus",
        "number": "CRM-000001",
        "mailbox": "crm",
        "status": "open",
        "category": "consultation",
        "level": "standard",
        "priority": "normal",
        "line": "consultants",
        "client": "Petrova@romashka.test",
        "client_key": "petrova@romashka.test",
        "client_name": "Анна Петрова",
        "reply_to": "petrova@romashka.test",
        "subject": "Не проводится документ",
        "language": "ru",
        "arrived": NOW,
        "fields": {"version": "3.1"},
        "missing": ["inn"],
        "unrecognised": {},
        "entitlement": None,
        "holds": [],
        "acquaintance": "known",
        "references": ["<0@romashka.test>"],
        "provisional": False,
        "accepted_at": NOW,
    },
    "journal": {"ticket_id": 1, "at": NOW, "event": "accepted", "by": "maild", "says": "x"},
    "participants": {"ticket_id": 1, "address": "petrova@romashka.test"},
    "message_ids": {"desk": "rarus", "message_id": "<1@x.test>", "ticket_id": 1, "direction": "in"},
    "timers": {"ticket_id": 1, "clock": "any", "step": "look", "due": NOW},
    "milestones": {"ticket_id": 1, "clock": "reaction", "step": "warning", "at": NOW},
    "letters": {
        "desk": "rarus",
        "mailbox": "crm",
        "uidvalidity": 7,
        "uid": 3,
        "arrival": NOW,
        "size": 6,
        "digest": "d",
        "truncated": False,
        "state": "stored",
        "attempts": 1,
        "ticket_id": 1,
    },
    "letter_raws": {"letter_id": 1, "raw": b"letter"},
    "outbox": {
        "key": "k",
        "desk": "rarus",
        "kind": "request",
        "ticket_id": 1,
        "envelope_from": "",
        "recipient": "ivanov@example.test",
        "recipient_key": "ivanov@example.test",
        "message_id": "<2@example.test>",
        "meets_reaction": False,
        "automatic": True,
        "state": "queued",
        "attempts": 0,
        "unknowns": 0,
        "next_attempt": NOW,
        "created_at": NOW,
        "raw": b"request",
    },
}
"""A row of every table of revision 0001; what is not named here is null."""


@pytest.fixture
def old(make_database: Callable[[], Database]) -> Database:
    """A database that the first release left behind, with a row in every table."""
    made = make_database()
    upgrade(made._engine, "0001")
    with made.write() as tx:
        tables = sa.MetaData()
        tables.reflect(tx)
        assert set(tables.tables) == {*OLD, "alembic_version"}
        for table, row in OLD.items():
            tx.execute(sa.insert(tables.tables[table]), row)
    return made


def test_a_database_of_the_first_release_goes_on_where_it_was(old: Database) -> None:
    old.migrate()
    assert old.schema_revision() == schema.HEAD
    with old.write() as tx:
        for table in OLD:
            assert tx.scalar(sa.select(sa.func.count()).select_from(schema.METADATA.tables[table])) == 1, table
        was = tickets.load(tx, "rarus", "CRM-000001")
        assert was is not None
        assert (was.cc, was.subject, was.references) == ((), "Не проводится документ", ("<0@romashka.test>",))
        tickets.save(tx, replace(was, cc=("boss@romashka.test",)), [])
        assert tickets.load_id(tx, 1).cc == ("boss@romashka.test",)
        assert tickets.create(tx, was, "CRM", []).number == "CRM-000002"
        found = outbox.by_message_id(tx, "<2@example.test>")
        assert found is not None
        assert (found.ticket_id, found.audience, found.author, found.asks) == (1, None, None, False)
        (claimed,) = outbox.claim(tx, NOW, 10, 60.0, "me")
        assert (claimed.raw, claimed.audience, claimed.author, claimed.asks) == (b"request", None, None, False)
        assert inbox.next_letters(tx, "rarus", "crm", NOW, 10)[0].raw == b"letter"
        assert timers.happened(tx, 1) == {("reaction", "warning")}


def test_the_migrated_schema_of_an_old_database_is_the_one_in_the_code(old: Database) -> None:
    old.migrate()
    with old.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, schema.METADATA) == []


def test_migrating_twice_does_nothing_and_does_not_import_alembic(database: Database, full_url: str) -> None:
    assert database.schema_revision() == schema.HEAD
    root = Path(__file__).resolve().parents[2]
    said = subprocess.run(
        [sys.executable, "-c", MIGRATES, full_url], cwd=root, capture_output=True, text=True, check=True
    )
    assert said.stdout == "False\n"


def test_two_that_migrate_at_once_do_it_once(
    make_database: Callable[[], Database], together: Callable[[list[Callable[[], object]]], None]
) -> None:
    first = make_database()
    second = Database(first.url.render_as_string(hide_password=False))
    together([first.migrate, second.migrate])
    assert first.schema_revision() == second.schema_revision() == schema.HEAD
    second.close()


def test_a_newer_database_is_refused_and_left_alone(make_database: Callable[[], Database]) -> None:
    database = make_database()
    database.migrate()
    with database.write() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="install the newer maild") as caught:
        database.migrate()
    assert "\n" not in str(caught.value)
    assert database.schema_revision() == "9999"


def test_an_upgrade_carries_the_data_and_what_hangs_on_it(
    make_database: Callable[[], Database],
    tmp_path: Path,
    ticket: Callable[..., Ticket],
    letter: Callable[..., NewLetter],
) -> None:
    """SQLite rebuilds a table for this; with foreign keys in force that would delete the rows below it."""
    database = make_database()
    database.migrate()
    made = _fill(database, ticket, letter)
    (tmp_path / "next.py").write_text(NEXT.format(head=schema.HEAD, more=""))
    upgrade(database._engine, more=[str(tmp_path)])
    with database.write() as tx:
        row = tx.execute(sa.text('SELECT number, colour, refused_for FROM "tickets"')).one()
        assert tuple(row) == (made.number, "grey", made.refusal)
        assert tickets.participants(tx, made.id or 0) == {"petrova@romashka.test"}
        assert inbox.raw(tx, 1) == letter(1).raw
        with pytest.raises(sa.exc.IntegrityError), tx.begin_nested():
            tx.execute(sa.text("INSERT INTO participants VALUES (999, 'nobody@x.test')"))
    assert database.schema_revision() == "9000"


def test_a_migration_that_fails_changes_nothing(
    make_database: Callable[[], Database],
    tmp_path: Path,
    ticket: Callable[..., Ticket],
    letter: Callable[..., NewLetter],
) -> None:
    database = make_database()
    database.migrate()
    made = _fill(database, ticket, letter)
    fails = 'op.execute("DELETE FROM tickets")\n    raise RuntimeError("no")'
    (tmp_path / "next.py").write_text(NEXT.format(head=schema.HEAD, more=fails))
    with pytest.raises((RuntimeError, sa.exc.IntegrityError)):
        upgrade(database._engine, more=[str(tmp_path)])
    assert database.schema_revision() == schema.HEAD
    with database.read() as tx:
        assert tickets.find(tx, made.number) == made


def test_a_migration_that_leaves_orphans_changes_nothing(
    make_database: Callable[[], Database],
    tmp_path: Path,
    ticket: Callable[..., Ticket],
    letter: Callable[..., NewLetter],
) -> None:
    database = make_database()
    database.migrate()
    made = _fill(database, ticket, letter)
    (tmp_path / "next.py").write_text(NEXT.format(head=schema.HEAD, more='op.execute("DELETE FROM tickets")'))
    with pytest.raises((RuntimeError, sa.exc.IntegrityError)):
        upgrade(database._engine, more=[str(tmp_path)])
    with database.read() as tx:
        assert tickets.find(tx, made.number) == made


def _fill(database: Database, ticket: Callable[..., Ticket], letter: Callable[..., NewLetter]) -> Ticket:
    with database.write() as tx:
        made = tickets.create(tx, ticket(), "CRM", [])
        tickets.add_participant(tx, made.id or 0, made.client)
        (letter_id,) = inbox.add_letters(tx, "rarus", "crm", 1, [letter(1)])
        inbox.finish(tx, letter_id, "accept", made.id, made.arrived)
        return made
