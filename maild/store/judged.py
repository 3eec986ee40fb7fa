"""The judgements of a desk read back from the journal, to be judged once more by other rules. Nothing is written here.

A judgement is a journal line in maild's own name that names a letter and ends with the citation of a rule; an
acceptance by an agent is told too, because it makes a client's number a remembered one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, exists, func, or_, select

from maild.domain.ticket import Event
from maild.store.database import Tx
from maild.store.schema import journal, letters, meta, tickets
from maild.store.stored import DONE
from maild.store.types import folded

PAGE = 50
"""So many judgements are read at a time: a reader must not hold one state of the database for minutes."""

_OUTCOMES = (Event.ACCEPTED.value, Event.ASKED.value, Event.REFUSED.value, Event.TRIAGED.value)
_SPOKEN = (Event.ANSWERED.value, Event.QUESTION.value, Event.RESOLVED.value)
_REFUSED = (Event.REFUSED.value, Event.POSTPONED.value)


@dataclass(frozen=True)
class Judgement:
    """A letter that was judged, or (`letter` None) an agent's acceptance of a ticket.

    `again`: its ticket was judged before, by another letter. `arrival` and `mailbox` are None where the letter is gone.
    `client` and `category` are those of the ticket; `disposition` is how the letter was finished. `at` is when the
    journal line was written.
    """

    id: int
    ticket: int
    number: str
    client: str
    category: str
    at: datetime
    event: str
    letter: int | None
    again: bool
    arrival: datetime | None
    mailbox: str | None
    disposition: str | None


@dataclass(frozen=True)
class Span:
    """The journal lines of a period: from `first` to `last`; `count` judgements."""

    first: int
    last: int
    count: int


def _is_judgement(table: FromClause) -> ColumnElement[bool]:
    c = table.c
    return and_(c.event.in_(_OUTCOMES), c.by == "maild", c.letter.is_not(None), c.says.like("% [%]"))


_BEFORE = journal.alias()
_IS = _is_judgement(journal)
_moment = func.coalesce(letters.c.arrival, journal.c.at, type_=journal.c.at.type)
_IN_PERIOD = and_(_moment >= bindparam("since"), _moment < bindparam("until"))
_HERE = and_(letters.c.id == journal.c.letter, letters.c.desk == tickets.c.desk)
_AGAIN = exists().where(_BEFORE.c.ticket_id == journal.c.ticket_id, _BEFORE.c.id < journal.c.id, _is_judgement(_BEFORE))


def _judgements() -> Select[Any]:
    columns = (journal.c.id, tickets.c.id, tickets.c.number, tickets.c.client, tickets.c.category, journal.c.at)
    return (
        select(*columns, journal.c.event, journal.c.letter, _IS, _AGAIN)
        .add_columns(letters.c.arrival, letters.c.mailbox, letters.c.disposition)
        .join(tickets, tickets.c.id == journal.c.ticket_id)
        .join(letters, _HERE, isouter=True)
        .where(tickets.c.desk == bindparam("desk"), or_(_IS, journal.c.event == Event.ACCEPTED.value))
        .order_by(journal.c.id)
    )


_PAGE = (
    _judgements().where(journal.c.id >= bindparam("first"), journal.c.id <= bindparam("last")).limit(bindparam("limit"))
)
_EARLIER = _judgements().where(tickets.c.client_key == bindparam("client"), journal.c.id < bindparam("before"))
_SPAN = (
    select(func.min(journal.c.id), func.max(journal.c.id), func.count())
    .select_from(journal)
    .join(tickets, tickets.c.id == journal.c.ticket_id)
    .join(letters, _HERE, isouter=True)
    .where(tickets.c.desk == bindparam("desk"), _IS, _IN_PERIOD)
)
_RECEIVED = (
    select(letters.c.state, func.count())
    .where(
        letters.c.desk == bindparam("desk"),
        letters.c.arrival >= bindparam("since"),
        letters.c.arrival < bindparam("until"),
    )
    .group_by(letters.c.state)
)
_SAID = (
    select(journal.c.letter, journal.c.by)
    .join(tickets, tickets.c.id == journal.c.ticket_id)
    .where(
        tickets.c.desk == bindparam("desk"),
        journal.c.event.in_((*_SPOKEN, *_REFUSED)),
        journal.c.letter.is_not(None),
        journal.c.by != "maild",
        journal.c.at >= bindparam("since"),
        journal.c.at < bindparam("until"),
    )
    .distinct()
)
_REASONS = (
    select(journal.c.says, func.count())
    .join(tickets, tickets.c.id == journal.c.ticket_id)
    .where(
        tickets.c.desk == bindparam("desk"),
        journal.c.event.in_(_REFUSED),
        journal.c.says.like("reason %"),
        journal.c.at >= bindparam("since"),
        journal.c.at < bindparam("until"),
    )
    .group_by(journal.c.says)
)
_SEAL = select(meta.c.value).where(meta.c.key == "secret")


def span_of(tx: Tx, desk: str, since: datetime, until: datetime) -> Span | None:
    """Where the judgements on letters that arrived from `since` up to `until` stand; None: there is none."""
    first, last, count = tx.execute(_SPAN, {"desk": desk, "since": since, "until": until}).one()
    return Span(first, last, count) if count else None


def judgements(tx: Tx, desk: str, first: int, last: int, limit: int = PAGE) -> list[Judgement]:
    """Judgements and acceptances from journal line `first` to `last`, in their order, at most `limit`."""
    return [_judgement(row) for row in tx.execute(_PAGE, {"desk": desk, "first": first, "last": last, "limit": limit})]


def earlier_judgements(tx: Tx, desk: str, client: str, before: int) -> list[Judgement]:
    """All judgements and acceptances of this client's tickets before a journal line, in their order."""
    return [_judgement(row) for row in tx.execute(_EARLIER, {"desk": desk, "client": folded(client), "before": before})]


def received(tx: Tx, desk: str, since: datetime, until: datetime) -> dict[str, int]:
    """How many letters arrived in a period, by state; every state that there may be is "done" at least."""
    rows = tx.execute(_RECEIVED, {"desk": desk, "since": since, "until": until})
    return {DONE: 0} | {row[0]: row[1] for row in rows}


def letters_of_staff(tx: Tx, desk: str, since: datetime, until: datetime) -> list[int]:
    """The letters by which somebody here answered a client in a period."""
    return sorted({row[0] for row in tx.execute(_SAID, {"desk": desk, "since": since, "until": until})})


def reasons_given(tx: Tx, desk: str, since: datetime, until: datetime) -> dict[str, int]:
    """How often each reason was given by an agent, or by maild for one who was silent: by the key of the refusal."""
    rows = tx.execute(_REASONS, {"desk": desk, "since": since, "until": until})
    return {row[0].removeprefix("reason "): row[1] for row in rows}


def seal(tx: Tx) -> bytes | None:
    """The secret of this installation; None where the daemon never ran. Unlike `Database.secret` it makes none."""
    found = tx.scalar(_SEAL)
    return bytes(found) if found else None


def _judgement(row: Any) -> Judgement:
    entry, ticket, number, client, category, at, event, letter, judged, again, arrival, mailbox, how = row
    here = (arrival, mailbox, how) if judged else (None, None, None)
    return Judgement(entry, ticket, number, client, category, at, event, letter if judged else None, bool(again), *here)
