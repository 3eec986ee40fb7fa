"""Who writes: where to answer, in which thread, who else takes part, and how well the address is known."""

from maild.desk.arrival import Arrival
from maild.desk.client_row import is_known_domain, own_domain
from maild.domain.admission import Decision
from maild.domain.entitlement import lookup, own_client
from maild.domain.ticket import Ticket
from maild.mail.authentication import authentication
from maild.store import inbox, tickets

CC_AT_MOST = 20
"""So many other addresses take part in a conversation."""


def references(arrival: Arrival) -> tuple[str, ...]:
    """The thread as the client's program knows it, without the letter itself (RFC 5322, 3.6.4)."""
    message = arrival.message
    return message.references or message.in_reply_to[:1]


def reply_to(arrival: Arrival) -> str:
    """Where to answer: Reply-To if it names one person who is not us, else From."""
    reply_to = arrival.message.reply_to
    if len(reply_to) == 1 and reply_to[0].address.lower() not in arrival.desk.own_addresses:
        return reply_to[0].address
    return arrival.sender


def acquaintance(arrival: Arrival, decision: Decision) -> str:
    """How well this address is known, which decides what a letter to it may say (decision 8, contract: bare)."""
    desk, sender = arrival.desk, arrival.sender
    if reply_to(arrival).lower() != sender:
        return "bare"
    if _is_of_contract(arrival, decision):
        return "tied"
    number = decision.fields.get("registration_number")
    if number and tickets.took_part(arrival.tx, desk.name, sender, number):
        return "tied"
    results, domain = arrival.message.authentication_results, sender.rpartition("@")[2]
    authenticated = authentication(results, desk.authserv_id, domain) == "pass"
    if (
        is_known_domain(desk.regulation, sender)
        or authenticated
        or tickets.heard_from(arrival.tx, desk.name, sender, arrival.letter.id)
    ):
        return "own"
    return "bare"


def _is_of_contract(arrival: Arrival, decision: Decision) -> bool:
    """Whether the sender's domain is that of the contract's owner or of its partner; a public one is nobody's."""
    regulation, right = arrival.desk.regulation, decision.entitlement
    row = right.contract if right else None
    domain = own_domain(regulation.intake, arrival.sender)
    if row is None:
        return False
    return own_client(row, domain) or (
        row.partner_code is not None and lookup(regulation.registry.partner_domains, domain) == row.partner_code
    )


def cc_of(arrival: Arrival, ticket: Ticket | None = None) -> tuple[str, ...]:
    """Who else takes part besides the client: who did before, and whom this letter is to as well. Not we, not our
    staff, no flood. Without `ticket` the sender is the client."""
    people = arrival.desk.regulation.people
    client = {ticket.client, ticket.reply_to.lower()} if ticket else {reply_to(arrival).lower()}
    known = {arrival.sender, *client, *arrival.desk.own_addresses, *people.staff}
    before = ticket.cc if ticket else ()
    named = (address.address.lower() for address in (*arrival.message.to, *arrival.message.cc))
    return tuple(dict.fromkeys((*before, *(address for address in named if address not in known))))[:CC_AT_MOST]


def reused_id(arrival: Arrival) -> bool:
    message_id = arrival.message.message_id
    if message_id is None:
        return False
    return inbox.has_message_id(arrival.tx, arrival.desk.name, message_id, arrival.letter.id)
