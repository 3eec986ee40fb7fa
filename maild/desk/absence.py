"""Who is away: an agent's vacation answer makes a machine's guess, never a change of their tickets (decision 9).

What they have at work is pointed out to their colleagues, once an absence; whoever writes is back.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from maild.desk import notify
from maild.desk.desk import Desk
from maild.desk.post import post
from maild.domain.people import People
from maild.domain.ticket import Entry, Event, Ticket
from maild.store import absences, tickets
from maild.store.database import Tx


def agent_is_away(tx: Tx, desk: Desk, address: str, now: datetime) -> None:
    """An agent's mail program answered that they are away: said in each of their tickets at work, and pointed out to
    the others of those tickets' lines. Nothing else changes; told once until they are back."""
    if not absences.seen_absent(tx, desk.name, address, now):
        return
    for line, theirs in _by_line(desk, tickets.load_by(tx, desk.name, address)).items():
        colleagues = _colleagues(desk, line, address)
        for recipient in colleagues:
            _point_out(tx, desk, theirs, address, line, recipient, now)
        says = f"{address} is away, by a vacation answer; told to {', '.join(colleagues) or 'nobody'}"
        for ticket in theirs:
            assert ticket.id is not None
            tickets.note(tx, ticket.id, [Entry(now, Event.ABSENT, "maild", says)])


def back(tx: Tx, desk: Desk, address: str) -> bool:
    """They write themselves, so they are here; whether they were away."""
    return absences.back(tx, desk.name, address)


def assigned_to_absent(tx: Tx, desk: Desk, address: str) -> bool:
    """Whether somebody to whom a ticket is given is away, so that whoever gives it is told."""
    return address.lower() in absences.absent(tx, desk.name)


def _by_line(desk: Desk, theirs: Sequence[Ticket]) -> dict[str | None, list[Ticket]]:
    """The tickets by line; those of no line, or of one that people.toml no longer has, by the first line."""
    people = desk.regulation.people
    lines: dict[str | None, list[Ticket]] = defaultdict(list)
    for ticket in theirs:
        lines[ticket.line if ticket.line in people.lines else people.first_line].append(ticket)
    return lines


def _colleagues(desk: Desk, line: str | None, address: str) -> tuple[str, ...]:
    """The others on a line; where there are none those of the first line, and at last the quality desk."""
    people = desk.regulation.people
    return _others(people, line, address) or _others(people, people.first_line, address) or people.quality


def _others(people: People, line: str | None, address: str) -> tuple[str, ...]:
    return tuple(agent.address for agent in people.on_line(line) if agent.address != address.lower())


def _point_out(
    tx: Tx, desk: Desk, theirs: Sequence[Ticket], address: str, line: str | None, recipient: str, now: datetime
) -> None:
    agent = desk.regulation.people.agent(address)
    name = agent.name if agent and agent.name else address
    key = f"{desk.name}:away:{address.lower()}:{now.isoformat()}:{line}:{recipient}"
    letter = notify.digest(desk, theirs, now, recipient, key=key, line=line, away=name)
    if letter is not None:
        post(tx, desk, letter, now)
