"""What belongs to a ticket besides its row: who takes part, which Message-IDs lead to it, its mail."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, select

from maild.store.database import Tx, insert_ignoring
from maild.store.prepared import Prepared
from maild.store.schema import letter_raws, letters, message_ids, outbox, tickets
from maild.store.schema import participants as people
from maild.store.types import folded, short

_CHUNK = 500


@dataclass(frozen=True)
class MailRecord:
    """One letter of a ticket: `direction` is "in" or "out", `sha256` that of the raw letter, in hexadecimal.

    `at` is arrival, or when our server took it (else when it was queued). `kind` is "letter" for what came in, else
    its X-Maild-Kind. What came in has the person's address in `from_` (None: a machine's) and the name of the mailbox
    in `to`. `state` is that of the row: stored, done, quarantined; queued, claimed, sent, dead.
    """

    at: datetime
    direction: str
    kind: str
    from_: str | None
    to: str | None
    message_id: str | None
    sha256: str
    state: str


_JOIN = Prepared(insert_ignoring(people, "ticket_id", "address"), ("ticket_id", "address"))
_PARTICIPANTS = select(people.c.address).where(people.c.ticket_id == bindparam("ticket"))
_REMEMBER = Prepared(
    insert_ignoring(message_ids, "desk", "message_id"), ("desk", "message_id", "ticket_id", "direction", "recipient")
)
_TICKET_OF = select(
    message_ids.c.ticket_id, message_ids.c.message_id, message_ids.c.direction, message_ids.c.recipient
).where(message_ids.c.desk == bindparam("desk"), message_ids.c.message_id.in_(bindparam("ids", expanding=True)))
_REMEMBERED = Prepared(
    select(tickets.c.registration_number)
    .where(
        tickets.c.desk == bindparam("desk"),
        tickets.c.client_key == bindparam("client"),
        tickets.c.accepted_at.is_not(None),
        tickets.c.registration_number.is_not(None),
    )
    .order_by(tickets.c.accepted_at.desc(), tickets.c.id.desc())
    .limit(1)
)
_UNKNOWN = Prepared(
    select(tickets.c.registration_number, tickets.c.entitlement).where(
        tickets.c.desk == bindparam("desk"),
        tickets.c.client_key == bindparam("client"),
        tickets.c.registration_number.is_not(None),
    )
)
# Not a join: SQLite would begin it with all tickets of the desk, where the address has a few.
_TOOK_PART = Prepared(
    select(people.c.ticket_id)
    .where(
        people.c.address == bindparam("address"),
        exists().where(
            tickets.c.id == people.c.ticket_id,
            tickets.c.desk == bindparam("desk"),
            tickets.c.registration_number == bindparam("number"),
            tickets.c.accepted_at.is_not(None),
        ),
    )
    .limit(1)
)
_MAIL_IN = (
    select(letters.c.arrival, letters.c.sender, letters.c.mailbox, letters.c.message_id, letters.c.state)
    .add_columns(letter_raws.c.raw)
    .join(letter_raws)
    .where(letters.c.ticket_id == bindparam("ticket"))
    .order_by(letters.c.id)
)
_MAIL_OUT = (
    select(outbox.c.created_at, outbox.c.sent_at, outbox.c.kind, outbox.c.envelope_from, outbox.c.recipient)
    .add_columns(outbox.c.message_id, outbox.c.state, outbox.c.raw)
    .where(outbox.c.ticket_id == bindparam("ticket"))
    .order_by(outbox.c.id)
)
_RAW_LETTERS = (
    select(letters.c.id, letter_raws.c.raw)
    .join(letter_raws)
    .where(letters.c.ticket_id == bindparam("ticket"))
    .order_by(letters.c.id)
)


def add_participant(tx: Tx, ticket_id: int, address: str) -> None:
    """This address takes part in the ticket from now on."""
    _JOIN.run(tx, {"ticket_id": ticket_id, "address": folded(address)})


def participants(tx: Tx, ticket_id: int) -> set[str]:
    """The addresses that take part in a ticket, in lower case."""
    return set(tx.scalars(_PARTICIPANTS, {"ticket": ticket_id}))


def remember_id(tx: Tx, desk: str, message_id: str, ticket_id: int, direction: str, recipient: str | None) -> None:
    """A reply to this Message-ID belongs to the ticket. An id leads to the ticket that it was first remembered for.

    `direction` is "in" or "out"; `recipient` whom we wrote to.
    """
    row = {"desk": desk, "message_id": message_id, "ticket_id": ticket_id}
    _REMEMBER.run(tx, row | {"direction": direction, "recipient": recipient})


def ticket_of(tx: Tx, desk: str, message_ids: Sequence[str]) -> tuple[int, str, str, str | None] | None:
    """The first of these ids that leads to a ticket: (ticket id, that Message-ID, direction, recipient)."""
    wanted = {short(message_id): message_id for message_id in reversed(message_ids)}
    for keys in _chunks(list(reversed(wanted))):
        found = {row[1]: row for row in tx.execute(_TICKET_OF, {"desk": desk, "ids": keys})}
        for key in keys:
            if row := found.get(key):
                return row[0], wanted[key], row[2], row[3]
    return None


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """A hostile References header holds thousands of ids; a statement takes fewer parameters."""
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]


def remembered_number(tx: Tx, desk: str, address: str) -> str | None:
    """The registration number of this client's last accepted ticket that has one."""
    number: str | None = _REMEMBERED.scalar(tx, {"desk": desk, "client": folded(address)})
    return number


def unknown_numbers(tx: Tx, desk: str, address: str) -> frozenset[str]:
    """The registration numbers that this client named and that were not in the registry then."""
    rows = _UNKNOWN.rows(tx, {"desk": desk, "client": folded(address)})
    return frozenset(row[0] for row in rows if (row[1] or {}).get("verdict") == "unknown")


def took_part(tx: Tx, desk: str, address: str, registration_number: str) -> bool:
    """Whether this address takes part in an accepted ticket of that registration number."""
    where = {"desk": desk, "address": folded(address), "number": registration_number}
    return _TOOK_PART.first(tx, where) is not None


def mail(tx: Tx, ticket_id: int) -> list[MailRecord]:
    """Every letter of a ticket, in and out, by time."""
    where = {"ticket": ticket_id}
    came = [
        MailRecord(arrival, "in", "letter", sender, mailbox, message_id, _sha256(raw), state)
        for arrival, sender, mailbox, message_id, state, raw in tx.execute(_MAIL_IN, where)
    ]
    went = [
        MailRecord(sent_at or created_at, "out", kind, sender, recipient, message_id, _sha256(raw), state)
        for created_at, sent_at, kind, sender, recipient, message_id, state, raw in tx.execute(_MAIL_OUT, where)
    ]
    return sorted(came + went, key=lambda record: record.at)


def raw_letters(tx: Tx, ticket_id: int) -> list[tuple[int, bytes]]:
    """The letters that came in for a ticket, byte for byte: (letter id, raw)."""
    return [(row[0], bytes(row[1])) for row in tx.execute(_RAW_LETTERS, {"ticket": ticket_id})]


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
