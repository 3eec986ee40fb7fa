"""Who gets a ticket that nobody has asked for: by the policy of its line in people.toml."""

from dataclasses import replace
from datetime import datetime

from maild.desk.desk import Desk
from maild.domain.assignment import choose
from maild.domain.ticket import Entry, Event, Ticket
from maild.store import absences, tickets
from maild.store.database import Tx


def by_policy(tx: Tx, desk: Desk, ticket: Ticket, entries: list[Entry], now: datetime) -> Ticket:
    """The ticket with the assignee that its line's policy gives it, and the journal line that says so."""
    people = desk.regulation.people
    line = people.lines.get(ticket.line or "")
    if line is None or line.assign == "nobody":
        return ticket
    agent = choose(
        line.assign,
        people.on_line(line.key),
        busy=tickets.busy(tx, desk.name),
        last=tickets.last_assignee(tx, desk.name, line.key),
        absent=absences.absent(tx, desk.name),
    )
    if agent is None:
        return ticket
    entries.append(Entry(now, Event.ASSIGNED, "maild", f"assignee {agent.address}"))
    return replace(ticket, assignee=agent.address)
