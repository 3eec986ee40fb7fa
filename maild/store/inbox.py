"""Letters as they came: stored before the mail server is told anything, each finished exactly once.

A letter is `stored`, then `done` or `quarantined`; `told` says that the mail server heard of it. One that is put off
stays stored until its moment. How letters are read back is in `stored`.
Letters in = stored + done + quarantined, always: nothing here removes a row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, bindparam, case, func, insert, select, update

from maild.store.database import Tx, insert_ignoring
from maild.store.earlier import Twin, has_message_id, heard_from, twin, wrote_since
from maild.store.mailboxes import MailboxState, advance, mailbox, mailboxes, save_mailbox, set_mailbox_state
from maild.store.prepared import Prepared
from maild.store.schema import letter_raws, letters
from maild.store.stored import (
    BATCH_BYTES,
    DONE,
    QUARANTINED,
    STORED,
    StoredLetter,
    known_uids,
    letter,
    next_letters,
    put_off_letters,
    raw,
)
from maild.store.types import folded

__all__ = [
    "BATCH_BYTES",
    "DONE",
    "QUARANTINED",
    "RETRIES",
    "STORED",
    "MailboxState",
    "NewLetter",
    "Quarantined",
    "StoredLetter",
    "Twin",
    "add_letters",
    "advance",
    "counts",
    "fail",
    "finish",
    "has_message_id",
    "heard_from",
    "known_uids",
    "letter",
    "mailbox",
    "mailboxes",
    "next_letters",
    "put_off",
    "put_off_letters",
    "quarantined",
    "raw",
    "save_mailbox",
    "set_mailbox_state",
    "told",
    "twin",
    "untold",
    "wrote_since",
]

RETRIES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(seconds=600))
"""The time until a letter that failed is tried again: after the first failure, the second, every later one."""


@dataclass(frozen=True)
class NewLetter:
    """A letter as fetched: `size` in bytes at the server, `raw` only its beginning where `truncated`."""

    uid: int
    arrival: datetime
    size: int
    raw: bytes
    message_id: str | None
    digest: str
    truncated: bool


@dataclass(frozen=True)
class Quarantined:
    """A letter that could not be processed, and why."""

    letter_id: int
    desk: str
    mailbox: str
    uid: int
    arrival: datetime
    message_id: str | None
    size: int
    error: str | None


_ADD = insert_ignoring(letters, "desk", "mailbox", "uidvalidity", "uid", returning=(letters.c.id, letters.c.uid))
_ADD_RAW = insert(letter_raws)


def add_letters(tx: Tx, desk: str, mailbox: str, uidvalidity: int, letters: Sequence[NewLetter]) -> list[int]:
    """Store fetched letters and give the row ids of those that were not there, in the order given.

    A letter is known by (desk, mailbox, uidvalidity, uid). The mailbox's `last_uid` rises to the highest one here,
    if `uidvalidity` is the one that it stands at.
    """
    if not letters:
        return []
    rows = [_row(desk, mailbox, uidvalidity, letter) for letter in letters]
    ids = {uid: letter_id for letter_id, uid in tx.execute(_ADD.on(tx), rows)}
    raws = {letter.uid: letter.raw for letter in reversed(letters)}
    if ids:
        tx.execute(_ADD_RAW, [{"letter_id": ids[uid], "raw": raws[uid]} for uid in ids])
    advance(tx, desk, mailbox, uidvalidity, max(raws))
    return [ids[uid] for uid in dict.fromkeys(letter.uid for letter in letters) if uid in ids]


def _row(desk: str, mailbox: str, uidvalidity: int, letter: NewLetter) -> dict[str, object]:
    return {
        "desk": desk,
        "mailbox": mailbox,
        "uidvalidity": uidvalidity,
        "uid": letter.uid,
        "arrival": letter.arrival,
        "size": letter.size,
        "message_id": letter.message_id,
        "digest": letter.digest,
        "truncated": letter.truncated,
        "state": STORED,
        "attempts": 0,
    }


_FINISH = Prepared(
    update(letters)
    .where(letters.c.id == bindparam("letter"))
    .values(
        state=DONE,
        disposition=bindparam("becomes"),
        ticket_id=bindparam("ticket"),
        sender=bindparam("from"),
        finished_at=bindparam("now"),
        error=None,
    )
)


def _moment(name: str) -> BindParameter[datetime]:
    """A time inside a CASE, where no column tells its type."""
    return bindparam(name, type_=letters.c.next_attempt.type)


_FAIL = (
    update(letters)
    .where(letters.c.id == bindparam("letter"))
    .values(
        attempts=letters.c.attempts + 1,
        error=bindparam("says"),
        state=case((letters.c.attempts + 1 >= bindparam("give_up"), QUARANTINED), else_=letters.c.state),
        finished_at=case((letters.c.attempts + 1 >= bindparam("give_up"), _moment("now")), else_=None),
        next_attempt=case(
            (letters.c.attempts == 0, _moment("first")),
            (letters.c.attempts == 1, _moment("second")),
            else_=_moment("later"),
        ),
    )
    .returning(letters.c.state)
)
_PUT_OFF = (
    update(letters)
    .where(letters.c.id == bindparam("letter"), letters.c.state == STORED)
    .values(next_attempt=bindparam("until"), ticket_id=bindparam("ticket"), error=None)
)
_UNTOLD = (
    select(letters.c.id, letters.c.uid, letters.c.state)
    .where(
        letters.c.desk == bindparam("desk"),
        letters.c.mailbox == bindparam("mailbox"),
        letters.c.uidvalidity == bindparam("uidvalidity"),
        letters.c.told_at.is_(None),
        letters.c.state != STORED,
    )
    .order_by(letters.c.uid)
)
_TOLD = update(letters).where(letters.c.id == bindparam("letter")).values(told_at=bindparam("now"))
_QUARANTINED = (
    select(*(letters.c[name] for name in ("id", "desk", "mailbox", "uid", "arrival", "message_id", "size", "error")))
    .where(letters.c.state == QUARANTINED)
    .order_by(letters.c.id)
)
_COUNTS = select(letters.c.state, func.count()).group_by(letters.c.state)


def finish(
    tx: Tx, letter_id: int, disposition: str, ticket_id: int | None, now: datetime, sender: str | None = None
) -> None:
    """The letter is decided, in the transaction that holds what follows from it.

    `sender` is the address of a person; None for a machine's letter.
    """
    values = {"letter": letter_id, "becomes": disposition, "ticket": ticket_id, "now": now}
    _FINISH.run(tx, values | {"from": folded(sender) if sender else None})


def fail(tx: Tx, letter_id: int, error: str, now: datetime, *, give_up_after: int = 3) -> bool:
    """The letter could not be processed: it is tried again later (see RETRIES), or quarantined, which gives True."""
    first, second, later = (now + delay for delay in RETRIES)
    values = {"letter": letter_id, "says": error, "give_up": give_up_after, "now": now}
    return bool(tx.scalar(_FAIL, values | {"first": first, "second": second, "later": later}) == QUARANTINED)


def put_off(tx: Tx, letter_id: int, until: datetime, ticket_id: int) -> None:
    """The letter is decided at `until` and not now, for this ticket's sake: that is no failure, and counts as none.

    Raises LookupError where no such letter waits for its decision.
    """
    if tx.execute(_PUT_OFF, {"letter": letter_id, "until": until, "ticket": ticket_id}).rowcount != 1:
        raise LookupError(f"no letter {letter_id} that waits for its decision")


def untold(tx: Tx, desk: str, mailbox: str, uidvalidity: int) -> list[tuple[int, int, str]]:
    """Letters finished here of which the mail server does not know yet: (row id, UID, "done" or "quarantined")."""
    where = {"desk": desk, "mailbox": mailbox, "uidvalidity": uidvalidity}
    return [(row[0], row[1], row[2]) for row in tx.execute(_UNTOLD, where)]


def told(tx: Tx, letter_ids: Iterable[int], now: datetime) -> None:
    """The mail server knows: these letters are marked or moved there."""
    if rows := [{"letter": letter_id, "now": now} for letter_id in letter_ids]:
        tx.execute(_TOLD, rows)


def quarantined(tx: Tx) -> list[Quarantined]:
    """Every letter that could not be processed, oldest first."""
    return [Quarantined(*row) for row in tx.execute(_QUARANTINED)]


def counts(tx: Tx) -> dict[str, int]:
    """How many letters are `stored`, `done` and `quarantined`."""
    return {STORED: 0, DONE: 0, QUARANTINED: 0} | {row[0]: row[1] for row in tx.execute(_COUNTS)}
