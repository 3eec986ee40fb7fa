"""A letter that did not arrive after all, refused at once or come back later: what it had done is undone, and whoever
can mend it is told (contract: a bounced answer is reported to its author, else assignee, else line)."""

from dataclasses import replace
from datetime import datetime

from maild.desk import notify
from maild.desk.clocks import keep
from maild.desk.desk import Desk
from maild.desk.facts import Fact, Failure, Report
from maild.desk.post import post
from maild.domain.escalation import staff
from maild.domain.ticket import Entry, Event, Status, Ticket
from maild.store import outbox, tickets, timers
from maild.store.database import Tx

BY_PEOPLE = frozenset({"answer", "refusal"})
"""Kinds that an agent may have written."""


def undelivered(
    tx: Tx, desk: Desk, row: outbox.Summary | outbox.Claimed, why: str, now: datetime, *, letter: int | None = None
) -> str | None:
    """Note in its ticket that a letter did not arrive; the ticket's number, None for a letter about no ticket.

    A confirmation that did not arrive confirms nothing (B19), a question that did not arrive holds nothing.
    """
    if row.ticket_id is None:
        return None
    ticket = tickets.load_id(tx, row.ticket_id)
    entries = [Entry(now, Event.UNDELIVERED, "maild", f"{row.kind} to {row.recipient} {why}", letter, row.id)]
    voided = bool(row.meets_reaction and ticket.reaction_met)
    if voided:
        ticket = replace(ticket, reaction_met=None)
        says = "the confirmation did not arrive: the reaction clock runs again"
        entries.append(Entry(now, Event.VOIDED, "maild", says, letter, row.id))
        timers.unmark(tx, row.ticket_id, "reaction")
    if row.asks and ticket.status is Status.WAITING:
        ticket = replace(ticket, status=Status.OPEN, holds=tuple(hold for hold in ticket.holds if hold.end))
        says = "the question did not arrive: the resolution clock did not stand"
        entries.append(Entry(now, Event.VOIDED, "maild", says, letter, row.id))
    keep(tx, desk, ticket, entries)
    if row.author or row.kind in BY_PEOPLE:
        _report(tx, desk, ticket, row, why, now, voided)
    return ticket.number


def _report(
    tx: Tx, desk: Desk, ticket: Ticket, row: outbox.Summary | outbox.Claimed, why: str, now: datetime, voided: bool
) -> None:
    people = desk.regulation.people
    readers = (row.author,) if row.author and row.author in people.staff else staff(ticket, people)
    fact = Fact("undelivered, reaction runs" if voided else "undelivered", {"address": row.recipient, "why": why})
    for address in readers:
        key = f"{desk.name}:undelivered:{row.id}:{address}"
        report = Report(failed=(Failure("", fact),), card=True)
        post(
            tx, desk, notify.confirmation(desk, ticket, now, address, key=key, report=report), now, ticket_id=ticket.id
        )
