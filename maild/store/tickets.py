"""Tickets: a current row and an append-only journal, changed in the same transaction.

Who changes a ticket loads it with its lock first, so that no change is lost. What belongs to a ticket besides
(participants, Message-IDs, mail) is in `threads`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Executable, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from maild.domain.ticket import Entry, Event, Status, Ticket
from maild.store.database import ByDialect, Tx
from maild.store.inbox import heard_from
from maild.store.prepared import Prepared
from maild.store.rows import COLUMNS, entry_values, ticket_from, ticket_values
from maild.store.schema import counters, journal
from maild.store.schema import tickets as rows
from maild.store.threads import (
    MailRecord,
    add_participant,
    mail,
    participants,
    raw_letters,
    remember_id,
    remembered_number,
    ticket_of,
    took_part,
    unknown_numbers,
)
from maild.store.types import folded

__all__ = [
    "MailRecord",
    "add_participant",
    "all_tickets",
    "busy",
    "complaints_about",
    "create",
    "earlier_of",
    "find",
    "heard_from",
    "history",
    "last_assignee",
    "last_of_client",
    "load",
    "load_by",
    "load_id",
    "mail",
    "note",
    "participants",
    "queue_length",
    "raw_letters",
    "remember_id",
    "remembered_number",
    "save",
    "ticket_of",
    "took_part",
    "unknown_numbers",
]

AT_WORK = (Status.NEW, Status.DETAILS, Status.OPEN, Status.WAITING, Status.DEVELOPMENT)
"""The statuses in which somebody still has to do something."""

COMPLAINT = "quality"
"""The category of a complaint."""


def _count(statement: Any) -> Any:
    """The next number of a desk; its row stays locked until the end, so that a rollback leaves no gap."""
    first = statement.values(desk=bindparam("desk"), last=1)
    following = first.on_conflict_do_update(index_elements=["desk"], set_={"last": counters.c.last + 1})
    return following.returning(counters.c.last)


_NUMBER = Prepared(ByDialect(_count(sqlite.insert(counters)), _count(postgresql.insert(counters))))
_CREATE = Prepared(insert(rows).returning(rows.c.id), (*COLUMNS, "accepted_at"))
_ROW = update(rows).where(rows.c.id == bindparam("row"))
_SAVE, _SAVE_ACCEPTED = Prepared(_ROW, COLUMNS), Prepared(_ROW, (*COLUMNS, "accepted_at"))
_NOTE = Prepared(insert(journal), ("ticket_id", "at", "event", "by", "says", "letter", "outbox"))
_BY_NUMBER = select(rows).where(rows.c.number == bindparam("number"), rows.c.desk == bindparam("desk"))
_BY_ID = select(rows).where(rows.c.id == bindparam("row"))
_BY_NUMBER_LOCKED, _BY_ID_LOCKED = Prepared(_BY_NUMBER.with_for_update()), Prepared(_BY_ID.with_for_update())
_BY_NUMBER_SEEN, _BY_ID_SEEN = Prepared(_BY_NUMBER), Prepared(_BY_ID)
_FIND = select(rows).where(rows.c.number == bindparam("number")).order_by(rows.c.id).limit(1)
_HISTORY = (
    select(*(journal.c[name] for name in ("at", "event", "by", "says", "letter", "outbox")))
    .where(journal.c.ticket_id == bindparam("row"))
    .order_by(journal.c.id)
)
_OF_DESK = rows.c.desk == bindparam("desk")
_IS_AT_WORK = rows.c.status.in_([status.value for status in AT_WORK])
_QUEUE = select(func.count()).where(_OF_DESK, _IS_AT_WORK, rows.c.line == bindparam("line"))
_LAST = (
    select(rows)
    .where(_OF_DESK, rows.c.client_key == bindparam("client"), rows.c.category != COMPLAINT)
    .order_by(rows.c.id.desc())
    .limit(1)
)
# First the ids, which the index holds: a client that is a machine has thousands of tickets.
_OWN = rows.alias()
_EARLIER_IDS = (
    select(_OWN.c.id)
    .where(_OWN.c.desk == bindparam("desk"), _OWN.c.client_key == bindparam("client"), _OWN.c.id < bindparam("before"))
    .order_by(_OWN.c.id.desc())
    .limit(bindparam("limit"))
)
_EARLIER = select(rows).where(rows.c.id.in_(_EARLIER_IDS)).order_by(rows.c.id.desc())
_LOAD = select(rows).where(_OF_DESK, _IS_AT_WORK, rows.c.assignee == bindparam("assignee")).order_by(rows.c.id)
_BUSY = (
    select(rows.c.assignee, func.count())
    .where(_OF_DESK, _IS_AT_WORK, rows.c.assignee.is_not(None))
    .group_by(rows.c.assignee)
)
_LAST_ASSIGNEE = (
    select(rows.c.assignee)
    .where(_OF_DESK, rows.c.line == bindparam("line"), rows.c.assignee.is_not(None))
    .order_by(rows.c.id.desc())
    .limit(1)
)
_COMPLAINTS = (
    select(rows).where(_OF_DESK, rows.c.linked == bindparam("number"), rows.c.category == COMPLAINT).order_by(rows.c.id)
)


def create(tx: Tx, ticket: Ticket, prefix: str, entries: Sequence[Entry]) -> Ticket:
    """Store a new ticket with its first journal lines, numbered PREFIX-000001 and on, without gaps, for its desk.

    Gives it with `number` and `id`; what they were before does not matter.
    """
    number = f"{prefix}-{_NUMBER.scalar(tx, {'desk': ticket.desk}):06d}"
    values = ticket_values(ticket, entries) | {"number": number}
    ticket_id = _CREATE.scalar(tx, {"accepted_at": None} | values)
    _append(tx, _known(ticket_id), entries)
    return replace(ticket, number=number, id=ticket_id)


def load(tx: Tx, desk: str, number: str, *, lock: bool = True) -> Ticket | None:
    """A ticket of a desk by number. `lock` (in a `write()`) keeps others from changing it until the end."""
    statement = _BY_NUMBER_LOCKED if lock else _BY_NUMBER_SEEN
    row = statement.mapping(tx, {"desk": desk, "number": number})
    return ticket_from(row) if row else None


def load_id(tx: Tx, ticket_id: int, *, lock: bool = True) -> Ticket:
    """A ticket by row id; `lock` as in `load`. Raises LookupError where there is none."""
    row = (_BY_ID_LOCKED if lock else _BY_ID_SEEN).mapping(tx, {"row": ticket_id})
    if row is None:
        raise LookupError(f"no ticket with id {ticket_id}")
    return ticket_from(row)


def find(tx: Tx, number: str) -> Ticket | None:
    """A ticket by number, of whichever desk; the oldest where two desks share a prefix. Not locked."""
    row = tx.execute(_FIND, {"number": number}).mappings().first()
    return ticket_from(row) if row else None


def save(tx: Tx, ticket: Ticket, entries: Sequence[Entry]) -> None:
    """Store a changed ticket, loaded under lock in this transaction, and what happened to it.

    Raises LookupError where there is no such ticket.
    """
    values = ticket_values(ticket, entries)
    statement = _SAVE_ACCEPTED if "accepted_at" in values else _SAVE
    if statement.run(tx, values | {"row": _known(ticket.id)}) != 1:
        raise LookupError(f"no ticket with id {ticket.id}")
    _append(tx, _known(ticket.id), entries)


def note(tx: Tx, ticket_id: int, entries: Sequence[Entry]) -> None:
    """Add lines to the journal of a ticket that does not change otherwise."""
    if accepted := [entry.at for entry in entries if entry.event is Event.ACCEPTED]:
        tx.execute(_ROW, {"row": ticket_id, "accepted_at": accepted[-1]})
    _append(tx, ticket_id, entries)


def _append(tx: Tx, ticket_id: int, entries: Sequence[Entry]) -> None:
    if entries:
        _NOTE.many(tx, [entry_values(ticket_id, entry) for entry in entries])


def history(tx: Tx, ticket_id: int) -> list[Entry]:
    """The journal of a ticket, in the order in which it was written."""
    lines = tx.execute(_HISTORY, {"row": ticket_id})
    return [Entry(at, Event(event), by, says, letter, out) for at, event, by, says, letter, out in lines]


def all_tickets(tx: Tx, desk: str | None = None, statuses: Collection[str] | None = None) -> list[Ticket]:
    """The tickets, of one desk or in these statuses only, in order of registration."""
    statement = select(rows).order_by(rows.c.id)
    if desk is not None:
        statement = statement.where(rows.c.desk == desk)
    if statuses is not None:
        statement = statement.where(rows.c.status.in_([str(status) for status in statuses]))
    return _tickets(tx, statement, {})


def queue_length(tx: Tx, desk: str, line: str | None) -> int:
    """How many tickets are at work on a line (see AT_WORK)."""
    return tx.scalar(_QUEUE, {"desk": desk, "line": line}) or 0


def last_of_client(tx: Tx, desk: str, address: str) -> Ticket | None:
    """The ticket that this client registered last and that is no complaint. Not locked."""
    row = tx.execute(_LAST, {"desk": desk, "client": folded(address)}).mappings().first()
    return ticket_from(row) if row else None


def earlier_of(tx: Tx, desk: str, address: str, before_id: int, limit: int) -> list[Ticket]:
    """This client's tickets that were registered before that one, complaints too, newest first. Not locked."""
    where = {"desk": desk, "client": folded(address), "before": before_id, "limit": limit}
    return _tickets(tx, _EARLIER, where)


def load_by(tx: Tx, desk: str, assignee: str) -> list[Ticket]:
    """The tickets at work (see AT_WORK) that this person has, in order of registration. Not locked."""
    return _tickets(tx, _LOAD, {"desk": desk, "assignee": folded(assignee)})


def busy(tx: Tx, desk: str) -> dict[str, int]:
    """How many tickets at work each person has; who has none is left out."""
    return {row[0]: row[1] for row in tx.execute(_BUSY, {"desk": desk})}


def last_assignee(tx: Tx, desk: str, line: str) -> str | None:
    """Who has the newest ticket of a line that anybody has, in whatever status it is."""
    assignee: str | None = tx.scalar(_LAST_ASSIGNEE, {"desk": desk, "line": line})
    return assignee


def complaints_about(tx: Tx, desk: str, number: str) -> list[Ticket]:
    """The complaints that are linked to a ticket, in whatever status, oldest first. Not locked."""
    return _tickets(tx, _COMPLAINTS, {"desk": desk, "number": number})


def _tickets(tx: Tx, statement: Executable, values: Mapping[str, Any]) -> list[Ticket]:
    return [ticket_from(row) for row in tx.execute(statement, values).mappings()]


def _known(ticket_id: int | None) -> int:
    if ticket_id is None:
        raise LookupError("the ticket was not created yet")
    return ticket_id
