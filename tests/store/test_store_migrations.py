"""The migrations build what the code expects, carry data along, and refuse what they do not know."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from maild.domain.ticket import Ticket
from maild.errors import ConfigError
from maild.store import inbox, schema, tickets
from maild.store.database import Database
from maild.store.inbox import NewLetter
from maild.store.migration import configuration, upgrade

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
        context = MigrationContext.configure(tx, opts={"compare_type": True})
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
                {(str(index["name"]), str(index["column_names"])) for index in look.get_indexes(table)},
            )
            for table in schema.METADATA.tables
        }


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
