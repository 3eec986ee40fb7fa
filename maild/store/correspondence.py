"""The letters of one ticket as a list, without their bytes: a ticket may have hundreds, and they may be large.

Who needs the words of one asks for it by its row id: `inbox.raw` for what came in, `sent_raw` for what went out.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from maild.store.database import Tx
from maild.store.schema import letters, outbox


@dataclass(frozen=True)
class Came:
    """A letter that came in. `size` in bytes at the mail server; `sender` None: a machine's, or not decided yet."""

    id: int
    arrival: datetime
    sender: str | None
    mailbox: str
    size: int
    truncated: bool


@dataclass(frozen=True)
class Went:
    """A letter of ours. `state` is queued, claimed, sent or dead; `error` what the server said when it would not.

    `author` is the agent who wrote it, None for what the desk writes by itself; `audience` as in the outbox.
    """

    id: int
    kind: str
    recipient: str
    created_at: datetime
    sent_at: datetime | None
    bounced_at: datetime | None
    state: str
    error: str | None
    author: str | None
    audience: str | None

    @property
    def undelivered(self) -> bool:
        """Whether it is known that the recipient did not get it."""
        return self.state == "dead" or self.bounced_at is not None


_CAME = tuple(letters.c[name] for name in ("id", "arrival", "sender", "mailbox", "size", "truncated"))
_OF_TICKET = select(*_CAME).where(letters.c.ticket_id == bindparam("ticket")).order_by(letters.c.id)
_BY_ID = select(*_CAME).where(letters.c.id.in_(bindparam("ids", expanding=True))).order_by(letters.c.id)
_WENT = (
    select(*(outbox.c[name] for name in ("id", "kind", "recipient", "created_at", "sent_at", "bounced_at", "state")))
    .add_columns(outbox.c.error, outbox.c.author, outbox.c.audience)
    .where(outbox.c.ticket_id == bindparam("ticket"))
    .order_by(outbox.c.id)
)
_RAW = select(outbox.c.raw).where(outbox.c.id == bindparam("row"))
_AT_ONCE = 500


def came(tx: Tx, ticket_id: int, also: frozenset[int] = frozenset()) -> list[Came]:
    """The letters that came in for a ticket, in the order in which they were stored; `also` these, by row id.

    A letter belongs to its ticket only when it is decided, so the one that is being decided must be named.
    """
    found = {row[0]: Came(*row) for row in tx.execute(_OF_TICKET, {"ticket": ticket_id})}
    wanted = sorted(also - found.keys())
    for start in range(0, len(wanted), _AT_ONCE):
        chunk = wanted[start : start + _AT_ONCE]
        found |= {row[0]: Came(*row) for row in tx.execute(_BY_ID, {"ids": chunk})}
    return [found[letter_id] for letter_id in sorted(found)]


def went(tx: Tx, ticket_id: int) -> list[Went]:
    """The letters that we wrote about a ticket, in the order in which they were queued."""
    return [Went(*row) for row in tx.execute(_WENT, {"ticket": ticket_id})]


def sent_raw(tx: Tx, outbox_id: int) -> bytes:
    """A letter of ours, byte for byte. Raises LookupError where there is none."""
    found = tx.scalar(_RAW, {"row": outbox_id})
    if found is None:
        raise LookupError(f"no letter {outbox_id} in the outbox")
    return bytes(found)
