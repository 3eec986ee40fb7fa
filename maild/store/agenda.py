"""What a desk has planned for a moment and that belongs to no ticket: the morning letters, a flood's summary.

A matter is a name that the desk gives ("digest consultants"), planned at most once at a time. Taking an item deletes
it in the transaction that does the work, so that it happens once, and again only where that transaction is undone.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from maild.store.database import Tx, insert_ignoring, upsert
from maild.store.schema import agenda


@dataclass(frozen=True)
class Item:
    """A matter of a desk, and when it is due."""

    desk: str
    matter: str
    due: datetime


_PUT = upsert(agenda, "desk", "matter")
_PUT_ONCE = insert_ignoring(agenda, "desk", "matter", returning=(agenda.c.matter,))
_DUE = (
    select(agenda.c.desk, agenda.c.matter, agenda.c.due)
    .where(agenda.c.due <= bindparam("now"))
    .order_by(agenda.c.due, agenda.c.desk, agenda.c.matter)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_REMOVE = delete(agenda).where(agenda.c.desk == bindparam("of_desk"), agenda.c.matter == bindparam("of_matter"))
_NEXT = select(func.min(agenda.c.due))
# Locked, so that who relies on an item keeps it from being taken until their own work is committed.
_PLANNED = (
    select(agenda.c.due)
    .where(agenda.c.desk == bindparam("of_desk"), agenda.c.matter == bindparam("of_matter"))
    .with_for_update()
)


def put(tx: Tx, desk: str, matter: str, due: datetime) -> None:
    """Plan a matter for this moment, whenever it was planned for before."""
    tx.execute(_PUT.on(tx), {"desk": desk, "matter": matter, "due": due})


def put_once(tx: Tx, desk: str, matter: str, due: datetime) -> bool:
    """Plan a matter that is not planned yet. False: it is, and its moment stays."""
    return tx.execute(_PUT_ONCE.on(tx), {"desk": desk, "matter": matter, "due": due}).first() is not None


def take_due(tx: Tx, now: datetime, limit: int) -> list[Item]:
    """Take what is due off the agenda, earliest first. On PostgreSQL what somebody else is taking is left out."""
    items = [Item(*row) for row in tx.execute(_DUE, {"now": now, "limit": limit})]
    for item in items:
        remove(tx, item.desk, item.matter)
    return items


def next_due(tx: Tx) -> datetime | None:
    """When the earliest matter is due; None where nothing is planned."""
    earliest: datetime | None = tx.scalar(_NEXT)
    return earliest


def planned(tx: Tx, desk: str, matter: str) -> datetime | None:
    """When a matter is due, None where it is not planned. Nobody else takes it until this `write()` ends."""
    due: datetime | None = tx.scalar(_PLANNED, {"of_desk": desk, "of_matter": matter})
    return due


def remove(tx: Tx, desk: str, matter: str) -> None:
    """Take a matter off the agenda, planned or not."""
    tx.execute(_REMOVE, {"of_desk": desk, "of_matter": matter})
