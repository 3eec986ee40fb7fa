"""The road of one letter, from the inbox to its disposition, in one commit.

A flat list of steps is asked in order; the first that knows the letter decides. Whatever a step does, the
inbox row is finished in the same transaction, so a letter is dealt with once or not at all.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from maild.desk import absence, complaint
from maild.desk.arrival import Arrival, Received
from maild.desk.client import threaded
from maild.desk.desk import Desk, Mailbox
from maild.desk.post import tell_operator
from maild.desk.register import register
from maild.desk.second_thoughts import LATER
from maild.desk.staff import staff_wrote
from maild.desk.threading import find_ticket
from maild.desk.undelivered import undelivered
from maild.domain.ticket import Event
from maild.mail.message import Automatic, Message
from maild.mail.parse import parse
from maild.mail.thread import find_tokens
from maild.store import inbox, outbox, tickets
from maild.store.database import Database, Tx


def receive(
    database: Database, desk: Desk, mailbox: Mailbox, letters: Sequence[inbox.StoredLetter], now: datetime
) -> list[Received]:
    """Deal with stored letters in one commit: all of them, or none. Raises whatever fails.

    One commit for several spares the disk; who calls with many and fails, calls again with one at a time.
    """
    parsed = [(letter, parse(letter.raw, truncated=letter.truncated)) for letter in letters]
    with database.write() as tx:
        return [receive_parsed(tx, desk, mailbox, letter, message, now) for letter, message in parsed]


def receive_parsed(
    tx: Tx, desk: Desk, mailbox: Mailbox, letter: inbox.StoredLetter, message: Message, now: datetime
) -> Received:
    """Deal with one letter that is parsed already, inside the caller's transaction."""
    if letter.ticket_id is not None and inbox.letter(tx, letter.id).state != inbox.STORED:
        return Received("thread", letter.ticket_id, None, "taken back while it waited")
    arrival = Arrival(tx, desk, mailbox, letter, message, now)
    received = next(result for step in STEPS if (result := step(arrival)) is not None)
    if received.disposition == LATER:
        return received
    person = arrival.sender if message.automatic is None else ""  # a robot's letter makes nobody an acquaintance
    inbox.finish(tx, letter.id, received.disposition, received.ticket_id, now, sender=person or None)
    return received


def _repeat(arrival: Arrival) -> Received | None:
    """The same letter once more (lessons 2, 6, 18): nothing new. To the other mailbox it is a request and a complaint;
    a reply goes where it belongs from either."""
    letter = arrival.letter
    twin = inbox.twin(
        arrival.tx, arrival.desk.name, letter.message_id, letter.digest, letter.id, mailbox=letter.mailbox
    )
    if twin is None:
        return None
    once_more = Received("ignore", twin.ticket_id, None, "the same letter once more")
    ours = arrival.sender in arrival.desk.regulation.people.staff
    if ours or arrival.role_of(twin.mailbox) == arrival.mailbox.role or arrival.message.automatic:
        return once_more
    ticket = tickets.load_id(arrival.tx, twin.ticket_id) if twin.ticket_id else None
    hit = find_ticket(arrival)
    if hit is None:
        linked = ticket.number if ticket else None
        return register(arrival, linked=linked, quiet=arrival.mailbox.role == "quality")
    if ticket and ticket.id == hit.ticket.id and ticket.category == complaint.CATEGORY:
        return once_more
    return threaded(arrival)


def _our_own(arrival: Arrival) -> Received | None:
    """What we sent ourselves, however it came back, is never answered (lesson 8)."""
    ours = arrival.message.message_id and arrival.desk.signer.read(arrival.message.message_id)
    if ours or arrival.sender in arrival.desk.own_addresses:
        return Received("ignore", None, None, "a letter of ours")
    return None


def _machine(arrival: Arrival) -> Received | None:
    """A machine's letter changes no state, clock, hold or rating (decision 9); a bounce is noted with its letter."""
    if arrival.message.automatic is None:
        return None
    if arrival.message.automatic is Automatic.BOUNCE and (bounced := _bounce(arrival)):
        return bounced
    says = f"automatic: {arrival.message.automatic}"
    hit = find_ticket(arrival)
    if arrival.message.automatic is Automatic.AUTO_REPLY and _answers_for(arrival):
        absence.agent_is_away(arrival.tx, arrival.desk, arrival.sender, arrival.now)
    if hit is None:
        return Received("ignore", None, None, says)
    tickets.note(arrival.tx, arrival.id_of(hit.ticket), [arrival.entry(Event.MACHINE_WROTE, says)])
    return Received("ignore", hit.ticket.id, hit.ticket.number, says)


def _answers_for(arrival: Arrival) -> bool:
    """Whether a machine answers in an agent's place what we sent to that very agent."""
    signer = arrival.desk.signer
    tokens = find_tokens(arrival.message, signer)
    ours = any(token.role == "agent" and signer.token_is_for(token, arrival.sender) for token in tokens)
    return ours and arrival.desk.regulation.people.agent(arrival.sender) is not None


def _bounce(arrival: Arrival) -> Received | None:
    """A delivery report about a letter of ours (RFC 3464): the letter did not arrive after all (B19)."""
    report = arrival.message.report
    if report is None or not report.original_message_id or report.action not in (None, "failed"):
        return None
    row = outbox.by_message_id(arrival.tx, report.original_message_id, report.recipient)
    if row is None or row.desk != arrival.desk.name:
        return None
    if row.bounced:
        return Received("ignore", row.ticket_id, None, f"{row.kind} bounced once more")
    why = report.diagnostic or report.status or "undeliverable"
    outbox.mark_bounced(arrival.tx, row.id, arrival.now, why)
    number = undelivered(arrival.tx, arrival.desk, row, f"came back: {why}", arrival.now, letter=arrival.letter.id)
    if row.kind != "operator" and row.recipient.lower() in arrival.desk.regulation.people.staff:
        _unreachable(arrival, row.recipient, why)
    return Received("ignore", row.ticket_id, number, f"{row.kind} bounced")


def _unreachable(arrival: Arrival, address: str, why: str) -> None:
    """Letters to somebody who works here come back: requests lie unread, so the operator is told, once a day."""
    lines = [f"A letter to {address} came back: {why}", "What clients write does not reach them. See to that mailbox."]
    matter = f"unreachable:{arrival.desk.name}:{address.lower()}:{arrival.now:%Y-%m-%d}"
    tell_operator(arrival.tx, arrival.desk, matter, f"Letters to {address} come back", lines, arrival.now)


STEPS: tuple[Callable[[Arrival], Received | None], ...] = (_repeat, _our_own, _machine, staff_wrote, threaded, register)
"""Asked in this order; `register` takes what is left."""
