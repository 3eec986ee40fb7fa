"""What maild does to a ticket by itself, in the same words as an agent's command would."""

from dataclasses import replace
from datetime import datetime

from maild.desk import notify
from maild.desk.arrival import Arrival
from maild.desk.clocks import happens, keep
from maild.desk.desk import Desk
from maild.desk.post import post
from maild.desk.suggestions import topics_of_ticket
from maild.domain.ticket import Entry, Event, Ticket
from maild.store.database import Tx


def refuse(tx: Tx, desk: Desk, ticket: Ticket, reason_key: str, now: datetime, *, by: str = "maild") -> Ticket:
    """Refuse or postpone with a reason of the regulation, and tell the client. Raises KeyError for no such reason."""
    reason = desk.regulation.desk.refusals[reason_key]
    event = Event.POSTPONED if reason.effect == "hold" else Event.REFUSED
    ticket = happens(desk, replace(ticket, refusal=reason.key), event, now)
    ticket = keep(tx, desk, ticket, [Entry(now, event, by, f"reason {reason.key}")])
    key = f"{desk.name}:{ticket.number}:refusal:{now.isoformat()}"
    letter = notify.refusal(desk, ticket, now, key=key, topics=topics_of_ticket(tx, desk, ticket))
    post(tx, desk, letter, now, ticket_id=Arrival.id_of(ticket))
    return ticket
