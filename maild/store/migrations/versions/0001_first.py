"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TEXT = sa.Text()
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """From an empty database to 0001."""
    _small()
    _tickets()
    _of_tickets()
    _letters()
    _outbox()


def _small() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "counters",
        sa.Column("desk", TEXT, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("desk", name="pk_counters"),
    )
    op.create_table(
        "mailboxes",
        sa.Column("desk", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("folder", TEXT, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger()),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("floor", MOMENT),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("since", MOMENT),
        sa.Column("error", TEXT),
        sa.Column("rescan_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("desk", "name", name="pk_mailboxes"),
    )


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", ID, nullable=False),
        sa.Column("desk", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("mailbox", TEXT, nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("level", TEXT, nullable=False),
        sa.Column("priority", sa.String(32), nullable=False),
        sa.Column("line", TEXT),
        sa.Column("assignee", TEXT),
        sa.Column("client", TEXT, nullable=False),
        sa.Column("client_key", TEXT, nullable=False),
        sa.Column("client_name", TEXT, nullable=False),
        sa.Column("reply_to", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("language", sa.String(32), nullable=False),
        sa.Column("arrived", MOMENT, nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("missing", JSON, nullable=False),
        sa.Column("unrecognised", JSON, nullable=False),
        sa.Column("entitlement", JSON),
        sa.Column("registration_number", TEXT),
        sa.Column("refusal", TEXT),
        sa.Column("doubt", TEXT),
        sa.Column("holds", JSON, nullable=False),
        sa.Column("acquaintance", sa.String(32), nullable=False),
        sa.Column("message_id", TEXT),
        sa.Column("references", JSON, nullable=False),
        sa.Column("linked", TEXT),
        sa.Column("reaction_due", MOMENT),
        sa.Column("resolution_due", MOMENT),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("reaction_met", MOMENT),
        sa.Column("resolution_met", MOMENT),
        sa.Column("rating", sa.SmallInteger()),
        sa.Column("accepted_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("number", "desk", name="uq_tickets_number_desk"),
    )
    op.create_index("ix_tickets_desk_client", "tickets", ["desk", "client_key", "accepted_at"])
    op.create_index("ix_tickets_desk_status_line", "tickets", ["desk", "status", "line"])


def _of_tickets() -> None:
    op.create_table(
        "journal",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("says", TEXT, nullable=False),
        sa.Column("letter", ID),
        sa.Column("outbox", ID),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_journal_ticket_id_tickets", ondelete="CASCADE"),
    )
    op.create_index("ix_journal_ticket", "journal", ["ticket_id"])
    op.create_table(
        "participants",
        sa.Column("ticket_id", ID, nullable=False, autoincrement=False),
        sa.Column("address", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "address", name="pk_participants"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_participants_ticket_id_tickets", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_participants_address", "participants", ["address", "ticket_id"])
    op.create_table(
        "message_ids",
        sa.Column("desk", TEXT, nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("recipient", TEXT),
        sa.PrimaryKeyConstraint("desk", "message_id", name="pk_message_ids"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_message_ids_ticket_id_tickets", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_message_ids_ticket", "message_ids", ["ticket_id"])
    op.create_table(
        "timers",
        sa.Column("ticket_id", ID, nullable=False, autoincrement=False),
        sa.Column("clock", sa.String(32), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "clock", "step", name="pk_timers"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_timers_ticket_id_tickets", ondelete="CASCADE"),
    )
    op.create_index("ix_timers_due", "timers", ["due"])
    op.create_table(
        "milestones",
        sa.Column("ticket_id", ID, nullable=False, autoincrement=False),
        sa.Column("clock", sa.String(32), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "clock", "step", name="pk_milestones"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_milestones_ticket_id_tickets", ondelete="CASCADE"
        ),
    )


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", ID, nullable=False),
        sa.Column("desk", TEXT, nullable=False),
        sa.Column("mailbox", TEXT, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("arrival", MOMENT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("message_id", TEXT),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("truncated", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt", MOMENT),
        sa.Column("error", TEXT),
        sa.Column("disposition", sa.String(32)),
        sa.Column("ticket_id", ID),
        sa.Column("sender", TEXT),
        sa.Column("finished_at", MOMENT),
        sa.Column("told_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_letters_ticket_id_tickets"),
        sa.UniqueConstraint("desk", "mailbox", "uidvalidity", "uid", name="uq_letters_desk_mailbox_uidvalidity_uid"),
    )
    op.create_index("ix_letters_digest", "letters", ["desk", "digest", "message_id"])
    op.create_index("ix_letters_message_id", "letters", ["desk", "message_id"])
    op.create_index("ix_letters_sender", "letters", ["desk", "sender"])
    op.create_index("ix_letters_state", "letters", ["state", "desk", "mailbox", "uidvalidity", "uid"])
    where = sa.text("ticket_id IS NOT NULL")
    op.create_index("ix_letters_ticket", "letters", ["ticket_id"], sqlite_where=where, postgresql_where=where)
    where = sa.text("told_at IS NULL")
    op.create_index(
        "ix_letters_untold",
        "letters",
        ["desk", "mailbox", "uidvalidity", "uid"],
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_table(
        "letter_raws",
        sa.Column("letter_id", ID, nullable=False, autoincrement=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", name="pk_letter_raws"),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name="fk_letter_raws_letter_id_letters", ondelete="CASCADE"
        ),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("desk", TEXT, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("ticket_id", ID),
        sa.Column("mailbox", TEXT),
        sa.Column("envelope_from", TEXT, nullable=False),
        sa.Column("recipient", TEXT, nullable=False),
        sa.Column("recipient_key", TEXT, nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("meets_reaction", sa.Boolean(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unknowns", sa.Integer(), nullable=False),
        sa.Column("next_attempt", MOMENT, nullable=False),
        sa.Column("claimed_at", MOMENT),
        sa.Column("owner", TEXT),
        sa.Column("error", TEXT),
        sa.Column("says", TEXT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("bounced_at", MOMENT),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_outbox_ticket_id_tickets"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_message_id", "outbox", ["message_id"])
    op.create_index("ix_outbox_recipient", "outbox", ["recipient_key", "created_at"])
    op.create_index("ix_outbox_state", "outbox", ["state", "next_attempt"])
    where = sa.text("ticket_id IS NOT NULL")
    op.create_index("ix_outbox_ticket", "outbox", ["ticket_id"], sqlite_where=where, postgresql_where=where)
