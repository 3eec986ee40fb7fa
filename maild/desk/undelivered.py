"""A letter that did not arrive after all, refused at once or come back later: what it had done is undone, and whoever
can mend it is told (contract: a bounced answer is reported to its author, else assignee, else line).

Anybody who got a letter of ours can make up a report about it, so a report undoes what that very letter did, once, and
nothing else; it cannot reach another ticket.
"""

from dataclasses import replace
from datetime import datetime

from maild.desk import notify
from maild.desk.clocks import happens, keep
from maild.desk.desk import Desk
from maild.desk.facts import Fact, Failure, Report
from maild.desk.post import post
from maild.domain.escalation import staff
from maild.domain.ticket import Entry, Event, Status, Ticket
from maild.store import correspondence, outbox, tickets, timers
from maild.store.correspondence import Went
from maild.store.database import Tx

Row = outbox.Summary | outbox.Claimed


def undelivered(tx: Tx, desk: Desk, row: Row, why: str, now: datetime, *, letter: int | None = None) -> str | None:
    """Note in its ticket that a letter did not arrive; the ticket's number, None for a letter about no ticket.

    A confirmation that did not arrive confirms nothing (B19), a question that did not arrive holds nothing, and a
    solution that did not arrive waits for no assessment.
    """
    if row.ticket_id is None:
        return None
    ticket = tickets.load_id(tx, row.ticket_id)
    entries = [Entry(now, Event.UNDELIVERED, "maild", f"{row.kind} to {row.recipient} {why}", letter, row.id)]
    went = correspondence.went(tx, row.ticket_id)
    undone = ticket
    for undo in (_confirmation, _question, _solution):
        undone, entry = undo(tx, desk, undone, row, went, now)
        if entry:
            entries.append(replace(entry, letter=letter))
    keep(tx, desk, undone, entries)
    if row.author or row.kind == "answer":
        voided = ticket.reaction_met is not None and undone.reaction_met is None
        _report(tx, desk, undone, row, why, now, voided)
    return ticket.number


def _voided(row: Row, says: str, now: datetime) -> Entry:
    return Entry(now, Event.VOIDED, "maild", says, outbox=row.id)


def _confirmation(
    tx: Tx, desk: Desk, ticket: Ticket, row: Row, went: list[Went], now: datetime
) -> tuple[Ticket, Entry | None]:
    """The reaction runs again if this letter had met it, and no other that the client got did."""
    assert row.ticket_id is not None
    if not row.meets_reaction or ticket.reaction_met is None:
        return ticket, None
    confirmed = [each.outbox for each in tickets.history(tx, row.ticket_id) if each.event is Event.CONFIRMED]
    if confirmed and confirmed[-1] != row.id:
        return ticket, None
    if other := next((each for each in went if each.id != row.id and _confirms(each, row)), None):
        entry = Entry(now, Event.CONFIRMED, "maild", f"the {other.kind} confirms in its place", outbox=other.id)
        return replace(ticket, reaction_met=other.sent_at), entry
    timers.unmark(tx, row.ticket_id, "reaction")
    says = "the confirmation did not arrive: the reaction clock runs again"
    return replace(ticket, reaction_met=None), _voided(row, says, now)


def _confirms(other: Went, row: Row) -> bool:
    taken = other.sent_at is not None and not other.undelivered and other.recipient == row.recipient
    return taken and (other.kind == "acknowledgement" or other.author is not None)


def _question(
    tx: Tx, desk: Desk, ticket: Ticket, row: Row, went: list[Went], now: datetime
) -> tuple[Ticket, Entry | None]:
    """Nobody waits for the answer to this question, if it is the one that the ticket waits for."""
    asked = {at for each in went if each.id == row.id for at in (each.created_at, each.sent_at)}
    begun = any(hold.end is None and hold.start in asked for hold in ticket.holds)
    if not row.asks or ticket.status is not Status.WAITING or not begun:
        return ticket, None
    open_again = replace(ticket, status=Status.OPEN, holds=tuple(hold for hold in ticket.holds if hold.end))
    return open_again, _voided(row, "the question did not arrive: the resolution clock did not stand", now)


def _solution(
    tx: Tx, desk: Desk, ticket: Ticket, row: Row, went: list[Went], now: datetime
) -> tuple[Ticket, Entry | None]:
    """Work goes on if the solution that is to be assessed did not arrive; else silence would close the ticket."""
    if ticket.status is not Status.ASSESSMENT or row.kind != "answer" or row.recipient != ticket.reply_to:
        return ticket, None
    written = next((each.created_at for each in went if each.id == row.id), None)
    asked = [each.created_at for each in went if each.kind == "rating"]
    if not asked or asked[-1] != written:  # an earlier answer, not the solution
        return ticket, None
    says = "the solution did not arrive: the request is open again"
    return happens(desk, ticket, Event.REOPENED, now), _voided(row, says, now)


def _report(tx: Tx, desk: Desk, ticket: Ticket, row: Row, why: str, now: datetime, voided: bool) -> None:
    people = desk.regulation.people
    others = people.quality if ticket.category == "quality" else staff(ticket, people)
    readers = (row.author,) if row.author and row.author in people.staff else others
    fact = Fact("undelivered, reaction runs" if voided else "undelivered", {"address": row.recipient, "why": why})
    for address in readers:
        key = f"{desk.name}:undelivered:{row.id}:{address}"
        report = Report(failed=(Failure("", fact),), card=True)
        letter = notify.confirmation(desk, ticket, now, address, key=key, report=report)
        post(tx, desk, letter, now, ticket_id=ticket.id)
