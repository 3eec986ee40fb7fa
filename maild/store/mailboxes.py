"""The watched mailboxes: how far each was fetched, and how it does."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from maild.store.database import Tx, upsert
from maild.store.schema import mailboxes as boxes


@dataclass(frozen=True)
class MailboxState:
    """What is known of a watched mailbox; `uidvalidity` and `last_uid` say how far it was fetched (RFC 3501, 2.3.1.1).

    Letters with UIDs up to `rescan_until` that arrived up to `floor` were there before the first connection and are not
    answered; what came later is taken, whatever its date says.
    """

    desk: str
    name: str
    folder: str
    uidvalidity: int | None
    last_uid: int
    floor: datetime | None
    state: str
    since: datetime | None
    error: str | None
    rescan_until: int = 0


_MAILBOX = select(boxes).where(boxes.c.desk == bindparam("desk"), boxes.c.name == bindparam("name"))
_MAILBOXES = select(boxes).order_by(boxes.c.desk, boxes.c.name)
_SAVE_MAILBOX = upsert(boxes, "desk", "name")
_STATE = (
    update(boxes)
    .where(boxes.c.desk == bindparam("of"), boxes.c.name == bindparam("called"))
    .values(state=bindparam("to"), error=bindparam("says"))
)
_CHANGED = (
    update(boxes)
    .where(boxes.c.desk == bindparam("of"), boxes.c.name == bindparam("called"), boxes.c.state != bindparam("to"))
    .values(since=bindparam("at"))
)
_HIGH_WATER = (
    update(boxes)
    .where(
        boxes.c.desk == bindparam("of"),
        boxes.c.name == bindparam("called"),
        boxes.c.uidvalidity == bindparam("validity"),
        boxes.c.last_uid < bindparam("uid"),
    )
    .values(last_uid=bindparam("uid"))
)


def mailbox(tx: Tx, desk: str, name: str) -> MailboxState | None:
    """What is known of a mailbox; None before its first connection."""
    row = tx.execute(_MAILBOX, {"desk": desk, "name": name}).first()
    return MailboxState(*row) if row else None


def mailboxes(tx: Tx) -> list[MailboxState]:
    """Every mailbox that was ever connected, by desk and name."""
    return [MailboxState(*row) for row in tx.execute(_MAILBOXES)]


def save_mailbox(tx: Tx, state: MailboxState) -> None:
    """Store all that is known of a mailbox, for the first time or again."""
    tx.execute(_SAVE_MAILBOX.on(tx), asdict(state))


def advance(tx: Tx, desk: str, name: str, uidvalidity: int, last_uid: int) -> None:
    """Everything up to `last_uid` is fetched. Never goes back, and does nothing under another UIDVALIDITY."""
    tx.execute(_HIGH_WATER, {"of": desk, "called": name, "validity": uidvalidity, "uid": last_uid})


def set_mailbox_state(
    tx: Tx, desk: str, name: str, state: str, at: datetime, error: str | None = None, *, folder: str | None = None
) -> bool:
    """Note how a mailbox does. True when the state changed; only then `since` moves.

    A mailbox that was never connected stays unknown, unless `folder` is given: then it is saved, with nothing fetched.
    """
    of = {"of": desk, "called": name}
    changed = tx.execute(_CHANGED, of | {"to": state, "at": at}).rowcount == 1
    if tx.execute(_STATE, of | {"to": state, "says": error}).rowcount == 1 or folder is None:
        return changed
    save_mailbox(tx, MailboxState(desk, name, folder, None, 0, None, state, at, error))
    return True
