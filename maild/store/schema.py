"""The tables. Uniqueness stands here and not in an `if`; every query of the store has its index.

A change here needs a migration beside it: a test compares what the migrations build with what stands below.
Raw letters lie in a table of their own, because SQLite writes a whole row anew when one field changes.
Columns that hold a letter's own words are `Words` or `Key`; see `types` for what these repair.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from maild.store.types import Instant, Json, Key, Words

HEAD = "0003"
"""The newest revision in `migrations/versions`. Revisions are numbered, so that a newer database is recognised."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself for INTEGER only; PostgreSQL gets the 64 bits.
_ID = BigInteger().with_variant(Integer(), "sqlite")

meta = Table(
    "meta",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

counters = Table(
    "counters",
    METADATA,
    Column("desk", Key, primary_key=True),
    Column("last", BigInteger, nullable=False),
)

mailboxes = Table(
    "mailboxes",
    METADATA,
    Column("desk", Key, primary_key=True),
    Column("name", Key, primary_key=True),
    Column("folder", Words, nullable=False),
    Column("uidvalidity", BigInteger),
    Column("last_uid", BigInteger, nullable=False),
    Column("floor", Instant),
    Column("state", String(32), nullable=False),
    Column("since", Instant),
    Column("error", Words),
    Column("rescan_until", BigInteger, nullable=False),
)

tickets = Table(
    "tickets",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("desk", Key, nullable=False),
    Column("number", Key, nullable=False),
    Column("mailbox", Key, nullable=False),
    Column("status", String(32), nullable=False),
    Column("category", Key, nullable=False),
    Column("level", Key, nullable=False),
    Column("priority", String(32), nullable=False),
    Column("line", Key),
    Column("assignee", Key),
    Column("client", Words, nullable=False),
    Column("client_key", Key, nullable=False),
    Column("client_name", Words, nullable=False),
    Column("reply_to", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("language", String(32), nullable=False),
    Column("arrived", Instant, nullable=False),
    Column("fields", Json, nullable=False),
    Column("missing", Json, nullable=False),
    Column("unrecognised", Json, nullable=False),
    Column("entitlement", Json),
    Column("registration_number", Key),
    Column("refusal", Words),
    Column("doubt", Words),
    Column("holds", Json, nullable=False),
    Column("acquaintance", String(32), nullable=False),
    Column("message_id", Words),
    Column("references", Json, nullable=False),
    Column("linked", Words),
    Column("reaction_due", Instant),
    Column("resolution_due", Instant),
    Column("provisional", Boolean, nullable=False),
    Column("reaction_met", Instant),
    Column("resolution_met", Instant),
    Column("rating", SmallInteger),
    Column("accepted_at", Instant),
    Column("cc", Json, nullable=False, server_default=text("'[]'")),
    Column("kind", Words),
    UniqueConstraint("number", "desk"),
)
Index("ix_tickets_desk_status_line", tickets.c.desk, tickets.c.status, tickets.c.line)
Index("ix_tickets_desk_client", tickets.c.desk, tickets.c.client_key, tickets.c.accepted_at)
Index("ix_tickets_desk_status_assignee", tickets.c.desk, tickets.c.status, tickets.c.assignee)
# Who had the newest ticket of a line, without a walk over the years in which nobody had any.
Index(
    "ix_tickets_desk_line",
    tickets.c.desk,
    tickets.c.line,
    tickets.c.id,
    sqlite_where=tickets.c.assignee.is_not(None),
    postgresql_where=tickets.c.assignee.is_not(None),
)
Index(
    "ix_tickets_desk_linked",
    tickets.c.desk,
    tickets.c.linked,
    sqlite_where=tickets.c.linked.is_not(None),
    postgresql_where=tickets.c.linked.is_not(None),
)

journal = Table(
    "journal",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("ticket_id", _ID, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("event", String(32), nullable=False),
    Column("by", Words, nullable=False),
    Column("says", Words, nullable=False),
    # No foreign keys: the journal outlives the letters that a retention period removes.
    Column("letter", _ID),
    Column("outbox", _ID),
)
Index("ix_journal_ticket", journal.c.ticket_id)

participants = Table(
    "participants",
    METADATA,
    Column("ticket_id", _ID, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("address", Key, primary_key=True),
)
Index("ix_participants_address", participants.c.address, participants.c.ticket_id)

message_ids = Table(
    "message_ids",
    METADATA,
    Column("desk", Key, primary_key=True),
    Column("message_id", Key, primary_key=True),
    Column("ticket_id", _ID, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
    Column("direction", String(3), nullable=False),
    Column("recipient", Words),
)
Index("ix_message_ids_ticket", message_ids.c.ticket_id)

timers = Table(
    "timers",
    METADATA,
    Column("ticket_id", _ID, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("clock", String(32), primary_key=True),
    Column("step", String(64), primary_key=True),
    Column("due", Instant, nullable=False),
)
Index("ix_timers_due", timers.c.due)

milestones = Table(
    "milestones",
    METADATA,
    Column("ticket_id", _ID, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("clock", String(32), primary_key=True),
    Column("step", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
)

letters = Table(
    "letters",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("desk", Key, nullable=False),
    Column("mailbox", Key, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("arrival", Instant, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("message_id", Key),
    Column("digest", Key, nullable=False),
    Column("truncated", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt", Instant),
    Column("error", Words),
    Column("disposition", String(32)),
    Column("ticket_id", _ID, ForeignKey("tickets.id")),
    Column("sender", Key),
    Column("finished_at", Instant),
    Column("told_at", Instant),
    UniqueConstraint("desk", "mailbox", "uidvalidity", "uid"),
)
Index("ix_letters_state", *(letters.c[name] for name in ("state", "desk", "mailbox", "uidvalidity", "uid")))
# With the id: a device may send one content under many ids, or many contents under one id.
Index("ix_letters_digest", letters.c.desk, letters.c.digest, letters.c.message_id)
Index("ix_letters_message_id", letters.c.desk, letters.c.message_id)
Index("ix_letters_sender", letters.c.desk, letters.c.sender)
Index(
    "ix_letters_untold",
    letters.c.desk,
    letters.c.mailbox,
    letters.c.uidvalidity,
    letters.c.uid,
    sqlite_where=letters.c.told_at.is_(None),
    postgresql_where=letters.c.told_at.is_(None),
)
Index(
    "ix_letters_ticket",
    letters.c.ticket_id,
    sqlite_where=letters.c.ticket_id.is_not(None),
    postgresql_where=letters.c.ticket_id.is_not(None),
)

letter_raws = Table(
    "letter_raws",
    METADATA,
    Column("letter_id", _ID, ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("raw", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("key", Key, nullable=False),
    Column("desk", Key, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("ticket_id", _ID, ForeignKey("tickets.id")),
    Column("mailbox", Key),
    Column("envelope_from", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("recipient_key", Key, nullable=False),
    Column("message_id", Key, nullable=False),
    Column("meets_reaction", Boolean, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("unknowns", Integer, nullable=False),
    # When it is due; of a claimed row: when its claim lapses.
    Column("next_attempt", Instant, nullable=False),
    Column("claimed_at", Instant),
    Column("owner", Key),
    Column("error", Words),
    Column("says", Words),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("bounced_at", Instant),
    Column("raw", LargeBinary, nullable=False),
    # After the letter itself, because a column that is added comes last; reading them walks over it.
    Column("audience", String(16)),
    Column("author", Key),
    Column("asks", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("key"),
)
Index("ix_outbox_state", outbox.c.state, outbox.c.next_attempt)
Index("ix_outbox_recipient", outbox.c.recipient_key, outbox.c.created_at)
Index("ix_outbox_message_id", outbox.c.message_id)
Index(
    "ix_outbox_ticket",
    outbox.c.ticket_id,
    sqlite_where=outbox.c.ticket_id.is_not(None),
    postgresql_where=outbox.c.ticket_id.is_not(None),
)

absences = Table(
    "absences",
    METADATA,
    Column("desk", Key, primary_key=True),
    Column("address", Key, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
)

agenda = Table(
    "agenda",
    METADATA,
    Column("desk", Key, primary_key=True),
    Column("matter", Key, primary_key=True),
    Column("due", Instant, nullable=False),
)
Index("ix_agenda_due", agenda.c.due)
