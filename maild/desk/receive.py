"""The road of one letter, from the inbox to its disposition, in one commit.

A flat list of steps is asked in order; the first that knows the letter decides. Whatever a step does, the
inbox row is finished in the same transaction, so a letter is dealt with once or not at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from maild.desk.arrival import Arrival, Received
from maild.desk.clocks import keep
from maild.desk.desk import Desk, Mailbox
from maild.desk.post import tell_operator
from maild.desk.register import judge_again, register
from maild.domain.ticket import Event, Status, Ticket
from maild.mail.body import reply_text, without_ours
from maild.mail.courtesy import only_thanks
from maild.mail.message import Automatic, Message
from maild.mail.parse import parse
from maild.mail.thread import find_tokens, subject_number
from maild.store import inbox, outbox, tickets, timers
from maild.store.database import Database, Tx

JUDGED_AGAIN = frozenset({Status.DETAILS, Status.REFUSED})
"""Statuses in which a client's reply is a new application rather than one more letter."""


QUOTED_AT_MOST = 3
"""So many of our own letters are looked for in a quotation, the newest first; References may name thousands."""


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
    arrival = Arrival(tx, desk, mailbox, letter, message, now)
    received = next(result for step in STEPS if (result := step(arrival)) is not None)
    person = arrival.sender if message.automatic is None else ""  # a robot's letter makes nobody an acquaintance
    inbox.finish(tx, letter.id, received.disposition, received.ticket_id, now, sender=person or None)
    return received


def _repeat(arrival: Arrival) -> Received | None:
    """The same letter once more (lessons 2, 6, 18): to the other mailbox a complaint, else nothing new."""
    letter = arrival.letter
    twin = inbox.twin(arrival.tx, arrival.desk.name, letter.message_id, letter.digest, letter.id)
    if twin is None:
        return None
    if arrival.role_of(twin.mailbox) == arrival.mailbox.role or arrival.message.automatic:
        return Received("ignore", twin.ticket_id, None, "the same letter once more")
    linked = tickets.load_id(arrival.tx, twin.ticket_id).number if twin.ticket_id else None
    return register(arrival, linked=linked, quiet=arrival.mailbox.role == "quality")


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
    if hit is None:
        return Received("ignore", None, None, says)
    tickets.note(arrival.tx, arrival.id_of(hit.ticket), [arrival.entry(Event.MACHINE_WROTE, says)])
    return Received("ignore", hit.ticket.id, hit.ticket.number, says)


def _bounce(arrival: Arrival) -> Received | None:
    """A delivery report about a letter of ours (RFC 3464): the letter did not arrive after all (B19)."""
    report = arrival.message.report
    if report is None or not report.original_message_id or report.action not in (None, "failed"):
        return None
    row = outbox.by_message_id(arrival.tx, report.original_message_id)
    if row is None:
        return None
    why = report.diagnostic or report.status or "undeliverable"
    outbox.mark_bounced(arrival.tx, row.id, arrival.now, why)
    if row.ticket_id is None:
        return Received("ignore", None, None, f"{row.kind} bounced")
    ticket = tickets.load_id(arrival.tx, row.ticket_id)
    entries = [arrival.entry(Event.UNDELIVERED, f"{row.kind} to {row.recipient} came back: {why}", outbox=row.id)]
    if row.meets_reaction and ticket.reaction_met:
        ticket = replace(ticket, reaction_met=None)
        entries.append(arrival.entry(Event.VOIDED, "the confirmation did not arrive: the reaction clock runs again"))
        timers.unmark(arrival.tx, arrival.id_of(ticket), "reaction")
    keep(arrival.tx, arrival.desk, ticket, entries)
    return Received("ignore", ticket.id, ticket.number, f"{row.kind} bounced")


@dataclass(frozen=True)
class Hit:
    """The ticket a letter belongs to, and whether its sender takes part in it."""

    ticket: Ticket
    takes_part: bool
    how: str


def find_ticket(arrival: Arrival) -> Hit | None:
    """By our own token, else by a known Message-ID, else by number in the subject + participant (decision 7)."""
    message, tx, desk = arrival.message, arrival.tx, arrival.desk
    for token in find_tokens(message, desk.signer):
        if token.number and (ticket := tickets.load(tx, desk.name, token.number)):
            mine = token.role == "client" and desk.signer.token_is_for(token, arrival.sender)
            return Hit(ticket, mine or arrival.takes_part(ticket), "our Message-ID")
    known = tickets.ticket_of(tx, desk.name, [*message.in_reply_to, *reversed(message.references)])
    if known:
        ticket = tickets.load_id(tx, known[0])
        return Hit(ticket, arrival.takes_part(ticket), "a known Message-ID")
    number = subject_number(message.subject, desk.regulation.desk.prefix)
    named = tickets.load(tx, desk.name, number) if number else None
    if named and arrival.takes_part(named):
        return Hit(named, True, "number and participant")
    return None


def _threaded(arrival: Arrival) -> Received | None:
    """A letter that belongs to a ticket: an agent's, the client's or a third person's."""
    hit = find_ticket(arrival)
    if hit is None:
        return None
    if arrival.sender in arrival.desk.regulation.people.staff:
        return _attach(arrival, hit, Event.AGENT_WROTE, "kept; agents' letters are not carried out yet")
    if arrival.mailbox.role == "quality" and hit.ticket.category != "quality":
        return register(arrival, linked=hit.ticket.number)
    if not hit.takes_part:
        return _attach(arrival, hit, Event.THIRD_WROTE, f"from somebody who takes no part, by {hit.how}")
    return _client_wrote(arrival, hit)


def _attach(arrival: Arrival, hit: Hit, event: Event, says: str) -> Received:
    tickets.note(arrival.tx, arrival.id_of(hit.ticket), [arrival.entry(event, says)])
    arrival.remember(hit.ticket)
    return Received("thread", hit.ticket.id, hit.ticket.number, says)


def _client_wrote(arrival: Arrival, hit: Hit) -> Received:
    """The client's own reply: it ends a hold, is judged again where something was missing, else is kept."""
    tickets.add_participant(arrival.tx, arrival.id_of(hit.ticket), arrival.sender)
    if only_thanks(arrival.message.reply):
        return _attach(arrival, hit, Event.CLIENT_WROTE, "only thanks: nothing changes")
    arrival.remember(hit.ticket)
    entry = arrival.entry(Event.CLIENT_WROTE, f"attached by {hit.how}")
    if hit.ticket.status in JUDGED_AGAIN:
        return judge_again(_between_our_lines(arrival), hit.ticket, entry)
    ticket = arrival.happens(hit.ticket, Event.CLIENT_WROTE, arrival.letter.arrival)
    keep(arrival.tx, arrival.desk, ticket, [entry])
    return Received("thread", ticket.id, ticket.number, entry.says)


def _between_our_lines(arrival: Arrival) -> Arrival:
    """The letter with what the client wrote inside our quoted letter given back to them.

    Some programs quote without signs; what we sent is known, and what we did not send is the client's.
    """
    message = arrival.message
    ids = dict.fromkeys((*message.in_reply_to, *reversed(message.references)))
    ours = [message_id for message_id in ids if arrival.desk.signer.read(message_id)][:QUOTED_AT_MOST]
    sent = [raw for message_id in ours if (raw := outbox.sent_letter(arrival.tx, message_id))]
    if not sent:
        return arrival
    sections = without_ours(message.text, message.sections, [parse(raw).text for raw in sent])
    read = replace(message, sections=sections, reply=reply_text(message.text, sections))
    return replace(arrival, message=read)


def _staff(arrival: Arrival) -> Received | None:
    """An agent's letter that belongs to no ticket is nobody's request: kept, and the operator is told."""
    if arrival.sender not in arrival.desk.regulation.people.staff:
        return None
    lines = [
        f"{arrival.sender} wrote to {arrival.mailbox.address}, and the letter belongs to no ticket.",
        "It was kept and not answered. Agents answer by replying to a letter about a ticket.",
    ]
    matter = f"staff:{arrival.desk.name}:{arrival.letter.id}"
    tell_operator(arrival.tx, arrival.desk, matter, "A letter from an agent outside any ticket", lines, arrival.now)
    return Received("ignore", None, None, "an agent's letter outside any ticket")


STEPS: tuple[Callable[[Arrival], Received | None], ...] = (_repeat, _our_own, _machine, _threaded, _staff, register)
"""Asked in this order; `register` takes what is left."""
