"""An agent's letter as it was read: whose it is, which ticket it is about, what it orders, what of it may go out."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from maild.desk.arrival import Arrival
from maild.desk.authority import Claim, Person
from maild.desk.facts import Said
from maild.desk.threading import find_ticket
from maild.domain.ticket import Entry, Event, Ticket
from maild.mail.answer import Written, written
from maild.mail.commands import Orders, read_orders
from maild.mail.markers import MARKERS, fold
from maild.mail.parse import parse
from maild.mail.pictures import both_texts
from maild.mail.thread import find_tokens, subject_number
from maild.store import correspondence, inbox, outbox, tickets

TO_CLIENT = frozenset({"accept", "wait", "resolve", "refuse", "reply"})
"""Commands whose letter is for the client, whatever it was written in reply to."""
QUESTIONS = frozenset({"status", "queue", "why", "letters"})
"""Commands that only ask."""
CLIENT, COLLEAGUES, UNKNOWN = "client", "colleagues", "unknown"
OURS_AT_MOST = 20
"""So many letters of a ticket, the newest, are compared with an answer."""
ENOUGH = 500_000
"""So many bytes of an earlier letter are read: its words stand first, and its files say nothing."""
_CLIENTS = frozenset({Event.REGISTERED, Event.CLIENT_WROTE, Event.THIRD_WROTE})


@dataclass(frozen=True)
class Directive:
    """A proven letter of somebody who works here.

    `audience` is whom a plain reply reaches: "client", "colleagues", or "unknown" where nothing says so. `words` are
    for the audience; `answered` is the letter of ours that it replies to. `occasion` tells the confirmations apart
    that one letter gets.
    """

    arrival: Arrival
    person: Person
    ticket: Ticket | None
    orders: Orders
    written: Written
    audience: str
    answered: outbox.Summary | None
    occasion: str = "first"

    @property
    def words(self) -> str:
        """What is to be said: for a note also what stands behind the command."""
        note = self.orders.get("note")
        return "\n".join(part for part in (note.argument if note else "", self.orders.text) if part)

    @property
    def names(self) -> frozenset[str]:
        """The commands that it holds."""
        return frozenset(command.name for command in self.orders.commands)

    @property
    def only_asks(self) -> bool:
        """Whether it wants to know something and changes nothing."""
        return self.empty and bool(self.names) and self.names <= QUESTIONS

    @property
    def empty(self) -> bool:
        """Whether it says nothing and brings nothing."""
        return not self.words and not self.written.attachments


def read(arrival: Arrival, claim: Claim) -> Directive:
    """Read a proven letter: its ticket, the letter that it answers, its commands and its words."""
    ticket = _ticket(arrival, claim)
    answered = _answered(arrival, ticket)
    ours, clients, own = _said_before(arrival, ticket) if ticket else ([], [], [])
    found = written(arrival.letter.raw, arrival.message, ours, clients, own)
    orders = read_orders(found.text)
    audience = _audience(arrival, claim.person, ticket, orders, answered)
    return Directive(arrival, claim.person, ticket, orders, found, audience, answered)


def _ticket(arrival: Arrival, claim: Claim) -> Ticket | None:
    """The ticket that the proof names, else the one that the letter answers, else the one whose number it bears."""
    tx, desk = arrival.tx, arrival.desk
    if claim.token and claim.token.number:
        return tickets.load(tx, desk.name, claim.token.number)
    if hit := find_ticket(arrival):
        return hit.ticket
    if claim.token:
        return None
    number = subject_number(arrival.message.subject, desk.regulation.desk.prefix)
    return tickets.load(tx, desk.name, number) if number else None


def _answered(arrival: Arrival, ticket: Ticket | None) -> outbox.Summary | None:
    """The letter of ours, about this ticket, that this one replies to."""
    for token in find_tokens(arrival.message, arrival.desk.signer):
        row = outbox.by_message_id(arrival.tx, token.message_id, arrival.sender)
        if row and (ticket is None or row.ticket_id == ticket.id):
            return row
    return None


def _said_before(arrival: Arrival, ticket: Ticket) -> tuple[list[str], list[str], list[str]]:
    """What was said about a ticket: by us to staff; by the client and to them; by this agent, who may say it again."""
    ours = _ours(arrival, ticket)
    to_staff = [text for raw, internal in ours if internal for text in both_texts(raw)]
    to_client = [parse(raw).text for raw, internal in ours if not internal]
    history = [entry for entry in tickets.history(arrival.tx, Arrival.id_of(ticket)) if entry.letter][-OURS_AT_MOST:]
    theirs = [entry.letter for entry in history if entry.event in _CLIENTS]
    own = [entry.letter for entry in history if entry.by == arrival.sender and _may_be_said_again(entry)]
    texts = [parse(raw).text for raw in _raws(arrival, theirs)]
    return to_staff, to_client + texts, [written(raw, parse(raw), (), ()).text for raw in _raws(arrival, own)]


def _ours(arrival: Arrival, ticket: Ticket) -> list[tuple[bytes, bool]]:
    """The newest letters that we wrote about a ticket, and whether each went to staff.

    Of one that the whole line got there is the agent's own only: a large line would crowd out all the others.
    """
    staff, went = arrival.desk.regulation.people.staff, correspondence.went(arrival.tx, Arrival.id_of(ticket))
    mine = {(row.kind, row.created_at) for row in went if row.recipient.lower() == arrival.sender}
    newest: list[tuple[int, bool]] = []
    for row in reversed(went):
        internal = row.recipient.lower() in staff
        if not internal or row.recipient.lower() == arrival.sender or (row.kind, row.created_at) not in mine:
            newest.append((row.id, internal))
    return [(correspondence.sent_raw(arrival.tx, row)[:ENOUGH], internal) for row, internal in newest[:OURS_AT_MOST]]


def _may_be_said_again(entry: Entry) -> bool:
    """Whether an agent's earlier words may come back from a confirmation: not a note, nor what leaked before."""
    if entry.event is Event.REJECTED:
        return "leak" not in entry.says
    return entry.event is Event.HELD_BACK or entry.event is Event.TAKEN_BACK


def _raws(arrival: Arrival, letters: Sequence[int | None]) -> list[bytes]:
    found = []
    for letter in dict.fromkeys(each for each in letters if each is not None):
        with suppress(LookupError):  # the retention period may have taken it
            found.append(inbox.raw(arrival.tx, letter)[:ENOUGH])
    return found


def _audience(
    arrival: Arrival, person: Person, ticket: Ticket | None, orders: Orders, answered: outbox.Summary | None
) -> str:
    """Whom the words reach. A note never leaves the house; the quality desk answers clients in complaints only."""
    names = {command.name for command in orders.commands}
    if "note" in names or (person.agent is None and ticket is not None and ticket.category != "quality"):
        return COLLEAGUES
    if names & TO_CLIENT:
        return CLIENT
    if answered and answered.audience:
        return answered.audience
    if names or _replies_to_client(arrival):
        return CLIENT
    return _by_marker(arrival.message.text)


def _replies_to_client(arrival: Arrival) -> bool:
    ids = [*arrival.message.in_reply_to, *reversed(arrival.message.references)]
    known = tickets.ticket_of(arrival.tx, arrival.desk.name, ids)
    return known is not None and known[2] == "in"


def _by_marker(text: str) -> str:
    """Whom the first of our markers names that the letter quotes."""
    folded, audiences = fold(text), {"agent": CLIENT, "colleagues": COLLEAGUES}
    found = [
        (at, audiences[role])
        for (role, _), line in MARKERS.items()
        if role in audiences and (at := folded.find(fold(line))) >= 0
    ]
    return min(found)[1] if found else UNKNOWN


def words_of(arrival: Arrival, letter: int, by: str) -> Said:
    """What an agent wrote to the client in an earlier letter, without commands."""
    stored = inbox.letter(arrival.tx, letter)
    return Said(read_orders(written(stored.raw, parse(stored.raw), (), ()).text).text, stored.arrival, by)
