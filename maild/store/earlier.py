"""What earlier letters say about this one: a copy of it, another with its Message-ID, others of its sender."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, select, text

from maild.store.database import Tx
from maild.store.prepared import Prepared
from maild.store.schema import letters
from maild.store.types import folded


@dataclass(frozen=True)
class Twin:
    """The same letter, received before and finished."""

    letter_id: int
    mailbox: str
    ticket_id: int | None
    disposition: str | None


_SAME = (
    select(letters.c.id, letters.c.mailbox, letters.c.ticket_id, letters.c.disposition)
    .where(
        letters.c.desk == bindparam("desk"),
        letters.c.digest == bindparam("digest"),
        letters.c.id != bindparam("letter"),
        letters.c.disposition.is_not(None),  # done; asked by state, SQLite would walk the index of states
    )
    .order_by(case((letters.c.mailbox == bindparam("mailbox"), 0), else_=1), letters.c.id)
    .limit(1)
)
_SAME_CONTENT = Prepared(_SAME)
_SAME_WITH_ID = Prepared(_SAME.where(letters.c.message_id == bindparam("message_id")))
_WITH_ID = Prepared(
    select(letters.c.id)
    .where(
        letters.c.desk == bindparam("desk"),
        letters.c.message_id == bindparam("message_id"),
        letters.c.id != bindparam("other"),
    )
    .limit(1)
)
_HEARD = Prepared(
    select(letters.c.id)
    .where(
        letters.c.desk == bindparam("desk"), letters.c.sender == bindparam("sender"), letters.c.id < bindparam("before")
    )
    .limit(1)
)


_WROTE = Prepared(
    select(func.count()).where(
        letters.c.desk == bindparam("desk"),
        letters.c.sender == bindparam("sender"),
        letters.c.arrival >= bindparam("since"),
    )
)


def wrote_since(tx: Tx, desk: str, address: str, since: datetime) -> int:
    """How many letters a person wrote from this address since then, by those finished so far."""
    return _WROTE.scalar(tx, {"desk": desk, "sender": folded(address), "since": since}) or 0


def twin(tx: Tx, desk: str, message_id: str | None, digest: str, letter_id: int, *, mailbox: str = "") -> Twin | None:
    """The same letter as this one (Message-ID and content; content alone where there is no id), finished already;
    the copy in the same `mailbox` before one in the other.

    Of two copies the one that is decided first is the original, whichever was stored first. On PostgreSQL copies
    that are decided at the same time wait for each other here, until the first transaction ends.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"twin {desk} {digest}"})
    where = {"desk": desk, "digest": digest, "letter": letter_id, "mailbox": mailbox}
    if message_id is None:
        row = _SAME_CONTENT.first(tx, where)
    else:
        row = _SAME_WITH_ID.first(tx, where | {"message_id": message_id})
    return Twin(*row) if row else None


def has_message_id(tx: Tx, desk: str, message_id: str, other_than: int) -> bool:
    """Whether another letter of this desk carries this Message-ID. Where `twin` finds none, its content differs."""
    where = {"desk": desk, "message_id": message_id, "other": other_than}
    return _WITH_ID.first(tx, where) is not None


def heard_from(tx: Tx, desk: str, address: str, before_letter: int) -> bool:
    """Whether a person wrote from this address before, by the letters finished so far."""
    where = {"desk": desk, "sender": folded(address), "before": before_letter}
    return _HEARD.first(tx, where) is not None
