"""Letters that came in, read back: those to decide now, those that were put off, one byte for byte."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from maild.store.database import Tx
from maild.store.schema import letter_raws, letters

STORED, DONE, QUARANTINED = "stored", "done", "quarantined"

BATCH_BYTES = 64 << 20
"""`next_letters` stops at this many bytes, so that a batch of huge letters does not fill the memory."""


@dataclass(frozen=True)
class StoredLetter:
    """A letter that waits for its decision; `attempts` failed so far.

    `state` is stored, unless it was asked for by id. `ticket_id` of a stored one: it was put off for that ticket.
    """

    id: int
    desk: str
    mailbox: str
    uidvalidity: int
    uid: int
    arrival: datetime
    raw: bytes
    message_id: str | None
    digest: str
    truncated: bool
    attempts: int
    state: str = STORED
    ticket_id: int | None = None


# The budget looks at the batch alone: `running` sums the sizes of the letters before and of this one.
_BATCH = (
    select(letters.c.id, letters.c.size, func.sum(letters.c.size).over(order_by=(letters.c.uidvalidity, letters.c.uid)))
    .where(
        letters.c.desk == bindparam("desk"),
        letters.c.mailbox == bindparam("mailbox"),
        letters.c.state == STORED,
        or_(letters.c.next_attempt.is_(None), letters.c.next_attempt <= bindparam("now")),
    )
    .order_by(letters.c.uidvalidity, letters.c.uid)
    .limit(bindparam("limit"))
)
_WHOLE = select(
    *(letters.c[name] for name in ("id", "desk", "mailbox", "uidvalidity", "uid", "arrival")),
    letter_raws.c.raw,
    *(letters.c[name] for name in ("message_id", "digest", "truncated", "attempts", "state", "ticket_id")),
).join(letter_raws)
_LETTERS = _WHOLE.where(letters.c.id.in_(bindparam("ids", expanding=True))).order_by(
    letters.c.uidvalidity, letters.c.uid
)
_LETTER = _WHOLE.where(letters.c.id == bindparam("letter"))
_PUT_OFF = _WHOLE.where(
    letters.c.ticket_id == bindparam("ticket"), letters.c.state == STORED, letters.c.next_attempt.is_not(None)
).order_by(letters.c.id)
_KNOWN = select(letters.c.uid).where(
    letters.c.desk == bindparam("desk"),
    letters.c.mailbox == bindparam("mailbox"),
    letters.c.uidvalidity == bindparam("uidvalidity"),
    letters.c.uid.between(bindparam("low"), bindparam("high")),
)
_RAW = select(letter_raws.c.raw).where(letter_raws.c.letter_id == bindparam("letter"))


def known_uids(tx: Tx, desk: str, mailbox: str, uidvalidity: int, uids: Collection[int]) -> set[int]:
    """Those of `uids` that are stored already."""
    if not uids:
        return set()
    span = {"desk": desk, "mailbox": mailbox, "uidvalidity": uidvalidity, "low": min(uids), "high": max(uids)}
    return set(uids).intersection(tx.scalars(_KNOWN, span))


def next_letters(tx: Tx, desk: str, mailbox: str, now: datetime, limit: int) -> list[StoredLetter]:
    """The letters to decide now, in order of UID: at most `limit`, at most BATCH_BYTES unless one alone is larger.

    A letter that waits for its next attempt, or was put off, holds up nobody.
    """
    where = {"desk": desk, "mailbox": mailbox, "now": now, "limit": limit}
    ids = [row[0] for row in tx.execute(_BATCH, where) if row[2] - row[1] < BATCH_BYTES]
    return [StoredLetter(*row) for row in tx.execute(_LETTERS, {"ids": ids})] if ids else []


def letter(tx: Tx, letter_id: int) -> StoredLetter:
    """A letter in whatever state. Raises LookupError where there is none."""
    row = tx.execute(_LETTER, {"letter": letter_id}).first()
    if row is None:
        raise LookupError(f"no letter {letter_id}")
    return StoredLetter(*row)


def put_off_letters(tx: Tx, ticket_id: int) -> list[StoredLetter]:
    """The letters that were put off for a ticket and are not decided yet, in the order in which they were stored."""
    return [StoredLetter(*row) for row in tx.execute(_PUT_OFF, {"ticket": ticket_id})]


def raw(tx: Tx, letter_id: int) -> bytes:
    """A letter byte for byte. Raises LookupError where there is none."""
    found = tx.scalar(_RAW, {"letter": letter_id})
    if found is None:
        raise LookupError(f"no letter {letter_id}")
    return bytes(found)
