"""Who is away: agents whose mail program answers that they are, until they write themselves.

An absence has no end of its own, because a vacation answer names none that a machine can trust.
"""

from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from maild.store.database import Tx, insert_ignoring
from maild.store.schema import absences
from maild.store.types import folded

_LEAVE = insert_ignoring(absences, "desk", "address", returning=(absences.c.address,))
_OF = (absences.c.desk == bindparam("of_desk"), absences.c.address == bindparam("of_address"))
_SEEN = update(absences).where(*_OF).values(seen=bindparam("now"))
_BACK = delete(absences).where(*_OF)
_ABSENT = select(absences.c.address).where(absences.c.desk == bindparam("of_desk"))


def seen_absent(tx: Tx, desk: str, address: str, now: datetime) -> bool:
    """Note that this address says that it is away. True: it was not known to be; else only `seen` moves on."""
    row = {"desk": desk, "address": folded(address), "since": now, "seen": now}
    if tx.execute(_LEAVE.on(tx), row).first() is not None:
        return True
    tx.execute(_SEEN, {"of_desk": desk, "of_address": folded(address), "now": now})
    return False


def back(tx: Tx, desk: str, address: str) -> bool:
    """Forget an absence: somebody writes from this address. False where there was none."""
    return tx.execute(_BACK, {"of_desk": desk, "of_address": folded(address)}).rowcount > 0


def absent(tx: Tx, desk: str) -> frozenset[str]:
    """The addresses that are away, in lower case."""
    return frozenset(tx.scalars(_ABSENT, {"of_desk": desk}))
