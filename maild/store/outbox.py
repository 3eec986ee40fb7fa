"""Letters on their way out. Enqueued in the transaction that they follow from, claimed, sent at least once.

A row is `queued`, then `claimed` under a lease, then `sent` or `dead`. A claim that lapses means that its owner died
between taking the letter and telling what became of it: the outcome is unknown, which is counted, and the letter goes
again with the same Message-ID. How letters are found again is in `written`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, select, update

from maild.store.database import Tx, insert_ignoring
from maild.store.prepared import Prepared
from maild.store.schema import outbox
from maild.store.types import folded
from maild.store.written import Summary, Written, by_message_id, letters_about, sent_letter

__all__ = [
    "CLAIMED",
    "DEAD",
    "QUEUED",
    "SENT",
    "UNKNOWN_LIMIT",
    "Claimed",
    "Draft",
    "Summary",
    "Written",
    "automatic_to",
    "by_message_id",
    "claim",
    "counts",
    "dead",
    "enqueue",
    "lapse",
    "later",
    "letters_about",
    "mark_bounced",
    "next_attempt",
    "sent",
    "sent_letter",
    "unknown",
    "wake",
]

QUEUED, CLAIMED, SENT, DEAD = "queued", "claimed", "sent", "dead"

UNKNOWN_LIMIT = 5
"""After so many unknown outcomes a letter is parked: it may have arrived that many times."""


@dataclass(frozen=True)
class Draft:
    """A letter to enqueue. `key` says what it is for ("ticket 7 acknowledgement"), so that it is enqueued once.

    `audience` is whom a plain reply to it reaches ("client", "colleagues"; None: nobody), `author` the address of the
    agent whose words it carries, `asks` whether the ticket waits for the client once it left.
    """

    key: str
    desk: str
    kind: str
    ticket_id: int | None
    envelope_from: str
    recipient: str
    message_id: str
    raw: bytes
    meets_reaction: bool = False
    automatic: bool = True
    mailbox: str | None = None
    audience: str | None = None
    author: str | None = None
    asks: bool = False


@dataclass(frozen=True)
class Claimed:
    """A letter that is ours to send until the lease lapses. `attempts` and `unknowns` so far."""

    id: int
    key: str
    desk: str
    kind: str
    ticket_id: int | None
    envelope_from: str
    recipient: str
    message_id: str
    raw: bytes
    attempts: int
    unknowns: int
    meets_reaction: bool
    audience: str | None = None
    author: str | None = None
    asks: bool = False


_WAITING = (QUEUED, CLAIMED)
_NEW = (
    *("key", "desk", "kind", "ticket_id", "mailbox", "envelope_from", "recipient", "recipient_key", "message_id"),
    *("meets_reaction", "automatic", "state", "attempts", "unknowns", "next_attempt", "created_at", "raw"),
    *("audience", "author", "asks"),
)
_ENQUEUE = Prepared(insert_ignoring(outbox, "key", returning=(outbox.c.id,)), _NEW)
_DUE = (
    select(outbox.c.id)
    .where(outbox.c.state.in_(_WAITING), outbox.c.next_attempt <= bindparam("now"))
    .order_by(outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        unknowns=case((outbox.c.state == CLAIMED, outbox.c.unknowns + 1), else_=outbox.c.unknowns),
        state=CLAIMED,
        owner=bindparam("by"),
        claimed_at=bindparam("now"),
        next_attempt=bindparam("lapses"),
    )
    .returning(
        *(outbox.c[name] for name in ("id", "key", "desk", "kind", "ticket_id", "envelope_from", "recipient")),
        *(outbox.c[name] for name in ("message_id", "raw", "attempts", "unknowns", "meets_reaction")),
        *(outbox.c[name] for name in ("audience", "author", "asks")),
    )
)
_OF = outbox.c.id == bindparam("row")
_SENT = Prepared(
    update(outbox)
    .where(_OF)
    .values(state=SENT, attempts=outbox.c.attempts + 1, sent_at=bindparam("now"), says=bindparam("words"), error=None)
)
_LATER = (
    update(outbox)
    .where(_OF, outbox.c.state.in_(_WAITING))
    .values(state=QUEUED, attempts=outbox.c.attempts + 1, next_attempt=bindparam("due"), error=bindparam("words"))
)
_UNKNOWN = (
    update(outbox)
    .where(_OF, outbox.c.state.in_(_WAITING))
    .values(
        attempts=outbox.c.attempts + 1,
        unknowns=outbox.c.unknowns + 1,
        state=case((outbox.c.unknowns + 1 >= bindparam("give_up"), DEAD), else_=QUEUED),
        next_attempt=bindparam("due"),
        error=bindparam("words"),
    )
    .returning(outbox.c.state)
)
_DEAD = (
    update(outbox)
    .where(_OF, outbox.c.state.in_(_WAITING))
    .values(state=DEAD, attempts=outbox.c.attempts + 1, next_attempt=bindparam("now"), error=bindparam("words"))
)
_NEXT = select(func.min(outbox.c.next_attempt)).where(outbox.c.state == bindparam("in_state"))
_WAKE = (
    update(outbox)
    .where(outbox.c.state == QUEUED, outbox.c.next_attempt > bindparam("now"))
    .values(next_attempt=bindparam("now"))
)
_LAPSE = update(outbox).where(outbox.c.state == CLAIMED).values(next_attempt=bindparam("now"))
_COUNTS = select(outbox.c.state, func.count()).group_by(outbox.c.state)
_OLDEST = select(func.min(outbox.c.created_at)).where(outbox.c.state.in_(_WAITING))
_AUTOMATIC = Prepared(
    select(func.count()).where(
        outbox.c.recipient_key == bindparam("recipient"), outbox.c.created_at >= bindparam("since"), outbox.c.automatic
    )
)
_BOUNCED = update(outbox).where(_OF).values(bounced_at=bindparam("now"), says=bindparam("words"))


def enqueue(tx: Tx, draft: Draft, now: datetime) -> int | None:
    """Put a letter into the queue and give its row id; None when its key is there already."""
    row = {
        "key": draft.key,
        "desk": draft.desk,
        "kind": draft.kind,
        "ticket_id": draft.ticket_id,
        "mailbox": draft.mailbox,
        "envelope_from": draft.envelope_from,
        "recipient": draft.recipient,
        "recipient_key": folded(draft.recipient),
        "message_id": draft.message_id,
        "meets_reaction": draft.meets_reaction,
        "automatic": draft.automatic,
        "state": QUEUED,
        "attempts": 0,
        "unknowns": 0,
        "next_attempt": now,
        "created_at": now,
        "raw": draft.raw,
        "audience": draft.audience,
        "author": draft.author,
        "asks": draft.asks,
    }
    row_id: int | None = _ENQUEUE.scalar(tx, row)
    return row_id


def claim(tx: Tx, now: datetime, limit: int, lease: float, owner: str) -> list[Claimed]:
    """Take letters that are due, oldest first, for `lease` seconds. Each goes to one claimer.

    Among them are letters whose claim has lapsed; their `unknowns` is one higher now. One that stands at UNKNOWN_LIMIT
    is given all the same, so that the caller parks it with `dead` and tells somebody.
    """
    ids = list(tx.scalars(_DUE, {"now": now, "limit": limit}))
    if not ids:
        return []
    values = {"ids": ids, "by": owner, "now": now, "lapses": now + timedelta(seconds=lease)}
    return sorted((Claimed(*row) for row in tx.execute(_CLAIM, values)), key=lambda claimed: claimed.id)


def sent(tx: Tx, id: int, now: datetime, says: str) -> None:
    """The server took the letter, in these words. Nothing that comes later takes this back."""
    _SENT.run(tx, {"row": id, "now": now, "words": says})


def later(tx: Tx, id: int, next_attempt: datetime, error: str) -> None:
    """The server did not take the letter and may do so at `next_attempt`."""
    tx.execute(_LATER, {"row": id, "due": next_attempt, "words": error})


def unknown(tx: Tx, id: int, next_attempt: datetime, error: str, *, give_up_after: int = UNKNOWN_LIMIT) -> bool:
    """The server may or may not have taken the letter. True: that happened too often, the letter is parked."""
    values = {"row": id, "due": next_attempt, "words": error, "give_up": give_up_after}
    return bool(tx.scalar(_UNKNOWN, values) == DEAD)


def dead(tx: Tx, id: int, now: datetime, error: str) -> None:
    """The server will never take the letter: it is parked."""
    tx.execute(_DEAD, {"row": id, "now": now, "words": error})


def next_attempt(tx: Tx) -> datetime | None:
    """When `claim` will find something: the earliest letter due, or the earliest claim to lapse; None: nothing."""
    times = [tx.scalar(_NEXT, {"in_state": state}) for state in _WAITING]
    return min((time for time in times if time), default=None)


def wake(tx: Tx, now: datetime) -> None:
    """The server answers again: every letter that waits is due now."""
    tx.execute(_WAKE, {"now": now})


def lapse(tx: Tx, now: datetime) -> None:
    """Every claim lapses now: for the one daemon of a database, whose predecessor is dead (see `claim`)."""
    tx.execute(_LAPSE, {"now": now})


def counts(tx: Tx) -> dict[str, Any]:
    """How many letters are `queued` (claimed ones too), `dead` and `sent`; `oldest`: since when the oldest waits."""
    states: dict[str, int] = {row[0]: row[1] for row in tx.execute(_COUNTS)}
    queued = states.get(QUEUED, 0) + states.get(CLAIMED, 0)
    return {
        "queued": queued,
        "dead": states.get(DEAD, 0),
        "sent": states.get(SENT, 0),
        "oldest": tx.scalar(_OLDEST) if queued else None,
    }


def automatic_to(tx: Tx, recipient: str, since: datetime) -> int:
    """How many automatic letters were enqueued to this address since then, whatever the case of its letters."""
    return _AUTOMATIC.scalar(tx, {"recipient": folded(recipient), "since": since}) or 0


def mark_bounced(tx: Tx, id: int, now: datetime, says: str) -> None:
    """A letter that the server took came back, in these words (RFC 3464)."""
    tx.execute(_BOUNCED, {"row": id, "now": now, "words": says})
