"""People answer: who takes part in a conversation, what a letter to staff is about, who is absent, what is planned.

Columns are added, no table is rebuilt: the outbox holds whole letters, and a rebuild would copy each of them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.Text()
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """From 0001 to 0002."""
    op.add_column("tickets", sa.Column("cc", JSON, nullable=False, server_default=sa.text("'[]'")))
    op.add_column("outbox", sa.Column("audience", sa.String(16)))
    op.add_column("outbox", sa.Column("author", TEXT))
    op.add_column("outbox", sa.Column("asks", sa.Boolean(), nullable=False, server_default=sa.false()))
    _indexes()
    op.create_table(
        "absences",
        sa.Column("desk", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("seen", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("desk", "address", name="pk_absences"),
    )
    op.create_table(
        "agenda",
        sa.Column("desk", TEXT, nullable=False),
        sa.Column("matter", TEXT, nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("desk", "matter", name="pk_agenda"),
    )
    op.create_index("ix_agenda_due", "agenda", ["due"])


def _indexes() -> None:
    op.create_index("ix_tickets_desk_status_assignee", "tickets", ["desk", "status", "assignee"])
    for name, columns, known in (
        ("ix_tickets_desk_line", ["desk", "line", "id"], "assignee"),
        ("ix_tickets_desk_linked", ["desk", "linked"], "linked"),
    ):
        where = sa.text(f"{known} IS NOT NULL")
        op.create_index(name, "tickets", columns, sqlite_where=where, postgresql_where=where)
