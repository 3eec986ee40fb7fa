"""When to look at a ticket again, and what has happened to it already.

A timer is a question, not an order: who takes one derives the ticket's deadlines anew. A milestone is a fact,
unique for (ticket, clock, step), so that nobody is warned twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select

from maild.store.database import Tx, insert_ignoring
from maild.store.prepared import Prepared
from maild.store.schema import milestones, tickets, timers


@dataclass(frozen=True)
class Timer:
    """The moment when a step of a clock may be due."""

    ticket_id: int
    clock: str
    step: str
    due: datetime


_CLEAR = Prepared(delete(timers).where(timers.c.ticket_id == bindparam("ticket")))
_SET = Prepared(insert(timers), ("ticket_id", "clock", "step", "due"))
# The ticket is locked and not the timer: whoever changes a ticket locks it first too, so the two cannot deadlock.
_DUE = (
    select(timers.c.ticket_id, timers.c.clock, timers.c.step, timers.c.due)
    .join(tickets)
    .where(timers.c.due <= bindparam("now"))
    .order_by(timers.c.due, timers.c.ticket_id)
    .limit(bindparam("limit"))
    .with_for_update(of=tickets, skip_locked=True)
)
_NEXT = select(func.min(timers.c.due))
_HAPPENED = select(milestones.c.clock, milestones.c.step).where(milestones.c.ticket_id == bindparam("ticket"))
_MARK = insert_ignoring(milestones, "ticket_id", "clock", "step", returning=(milestones.c.ticket_id,))
_UNMARK = delete(milestones).where(
    milestones.c.ticket_id == bindparam("ticket"), milestones.c.clock == bindparam("of_clock")
)


def set_timers(tx: Tx, ticket_id: int, timers: Sequence[tuple[str, str, datetime]]) -> None:
    """Replace a ticket's timers by these (clock, step, due); of one (clock, step) the earliest counts."""
    _CLEAR.run(tx, {"ticket": ticket_id})
    earliest: dict[tuple[str, str], datetime] = {}
    for clock, step, due in timers:
        earliest[clock, step] = min(due, earliest.get((clock, step), due))
    if earliest:
        rows = [{"ticket_id": ticket_id, "clock": key[0], "step": key[1], "due": at} for key, at in earliest.items()]
        _SET.many(tx, rows)


def due_timers(tx: Tx, now: datetime, limit: int) -> list[Timer]:
    """The timers that are due, earliest first; their tickets are locked for this `write()` transaction.

    On PostgreSQL tickets that somebody else is changing are left out: they come the next time.
    """
    return [Timer(*row) for row in tx.execute(_DUE, {"now": now, "limit": limit})]


def next_due(tx: Tx) -> datetime | None:
    """When the earliest timer is due; None where there is none."""
    earliest: datetime | None = tx.scalar(_NEXT)
    return earliest


def happened(tx: Tx, ticket_id: int) -> set[tuple[str, str]]:
    """The (clock, step) pairs that this ticket has passed."""
    return {(row[0], row[1]) for row in tx.execute(_HAPPENED, {"ticket": ticket_id})}


def mark(tx: Tx, ticket_id: int, clock: str, step: str, at: datetime) -> bool:
    """Note that a step happened. False where it had happened before."""
    row = {"ticket_id": ticket_id, "clock": clock, "step": step, "at": at}
    return tx.execute(_MARK.on(tx), row).first() is not None


def unmark(tx: Tx, ticket_id: int, clock: str) -> None:
    """Forget every step of a clock: it runs anew, as after a confirmation that bounced."""
    tx.execute(_UNMARK, {"ticket": ticket_id, "of_clock": clock})
