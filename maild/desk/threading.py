"""Which ticket a letter belongs to: by our own seal, else by a known Message-ID, else by number and participant."""

from dataclasses import dataclass

from maild.desk.arrival import Arrival
from maild.domain.ticket import Ticket
from maild.mail.thread import find_tokens, subject_number
from maild.store import tickets


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
