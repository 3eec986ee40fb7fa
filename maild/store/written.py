"""Letters that we wrote, found again: by the report that comes back, by the reply that comes in, by their ticket."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, select

from maild.store.database import Tx
from maild.store.schema import outbox
from maild.store.types import folded


@dataclass(frozen=True)
class Summary:
    """What a delivery report or a reply is about. `state` is queued, claimed, sent or dead.

    `audience`, `author` and `asks` as in `outbox.Draft`.
    """

    id: int
    ticket_id: int | None
    kind: str
    recipient: str
    meets_reaction: bool
    desk: str
    state: str
    bounced: bool
    created_at: datetime
    audience: str | None = None
    author: str | None = None
    asks: bool = False


@dataclass(frozen=True)
class Written:
    """A letter of a ticket with its words. `raw` as it left, `state` queued, claimed, sent or dead."""

    id: int
    kind: str
    recipient: str
    message_id: str
    created_at: datetime
    audience: str | None
    author: str | None
    state: str
    raw: bytes


# A letter to a client and to those in Cc is a row for each of them, all under one id.
_FIRST = (case((outbox.c.recipient_key == bindparam("to"), 0), else_=1), outbox.c.id)
_BY_MESSAGE_ID = (
    select(*(outbox.c[name] for name in ("id", "ticket_id", "kind", "recipient", "meets_reaction", "desk", "state")))
    .add_columns(outbox.c.bounced_at.is_not(None))
    .add_columns(*(outbox.c[name] for name in ("created_at", "audience", "author", "asks")))
    .where(outbox.c.message_id == bindparam("message_id"))
    .order_by(*_FIRST)
    .limit(1)
)
_RAW = select(outbox.c.raw).where(outbox.c.message_id == bindparam("message_id")).order_by(outbox.c.id).limit(1)
_ABOUT = (
    select(*(outbox.c[name] for name in ("id", "kind", "recipient", "message_id", "created_at", "audience", "author")))
    .add_columns(outbox.c.state, outbox.c.raw)
    .where(outbox.c.ticket_id == bindparam("ticket"))
    .order_by(outbox.c.id.desc())
    .limit(bindparam("limit"))
)


def by_message_id(tx: Tx, message_id: str, recipient: str | None = None) -> Summary | None:
    """The letter that we sent under this Message-ID.

    Of several with one id (the client and those in Cc) it is `recipient`'s, whatever the case, else the first.
    """
    values = {"message_id": message_id, "to": folded(recipient) if recipient else None}
    row = tx.execute(_BY_MESSAGE_ID, values).first()
    return Summary(*row) if row else None


def sent_letter(tx: Tx, message_id: str) -> bytes | None:
    """The letter that we wrote under this Message-ID, as it left."""
    raw = tx.scalar(_RAW, {"message_id": message_id})
    return None if raw is None else bytes(raw)


def letters_about(tx: Tx, ticket_id: int, limit: int = 20) -> list[Written]:
    """The last letters that we wrote for a ticket, to whomever, in whatever state, newest first."""
    return [Written(*row) for row in tx.execute(_ABOUT, {"ticket": ticket_id, "limit": limit})]
