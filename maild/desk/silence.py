"""What a client's silence leads to: reminders, then the regulation's reason; after a solution, closing unrated.

The steps are derived from the ticket as it is now (`clocks.followed`), so whatever happened meanwhile ends them. Each
is marked once; after an outage only the latest that is due is done, so nobody is reminded and given up at once.
"""

from collections.abc import Callable
from datetime import datetime

from maild.desk import deeds, notify
from maild.desk.clocks import followed, happens, keep
from maild.desk.desk import Desk
from maild.desk.facts import Said
from maild.desk.post import post
from maild.domain.calendar import instant
from maild.domain.followup import CLOSE, GIVE_UP, REMIND, action
from maild.domain.sla import Milestone
from maild.domain.ticket import Entry, Event, Ticket
from maild.mail.ours import own_words
from maild.mail.parse import parse
from maild.store import correspondence, outbox, tickets, timers
from maild.store.database import Tx


def follow(tx: Tx, desk: Desk, ticket: Ticket, now: datetime) -> tuple[Ticket, Milestone | None]:
    """Do what the client's silence asks for by now; the ticket as kept, and what was done (None: nothing).

    The ticket is locked by the caller. Steps that were passed over count as done.
    """
    assert ticket.id is not None
    reached = [step for step in followed(desk, ticket) if instant(step.at) <= instant(now)]
    new = [step for step in reached if timers.mark(tx, ticket.id, step.clock, step.step, now)]
    if not new or new[-1] != reached[-1]:
        return ticket, None
    step = reached[-1]
    return _ACTS[action(step.step)](tx, desk, ticket, step, now), step


def _remind(tx: Tx, desk: Desk, ticket: Ticket, step: Milestone, now: datetime) -> Ticket:
    assert ticket.id is not None
    name = step.step.partition("@")[0]
    tickets.note(tx, ticket.id, [Entry(now, Event.REMINDED, "maild", f"{name}: the client has not answered")])
    _notice(tx, desk, ticket, step, "reminder", now, question=last_question(tx, desk, ticket))
    return ticket


def _give_up(tx: Tx, desk: Desk, ticket: Ticket, _step: Milestone, now: datetime) -> Ticket:
    reminder = desk.regulation.desk.reminder
    if reminder is None or reminder.reason is None:
        return ticket
    return deeds.refuse(tx, desk, ticket, reminder.reason, now, by="maild")


def _close(tx: Tx, desk: Desk, ticket: Ticket, step: Milestone, now: datetime) -> Ticket:
    entry = Entry(now, Event.CLOSED, "maild", "by silence, unrated")
    closed = keep(tx, desk, happens(desk, ticket, Event.CLOSED, now), [entry])
    _notice(tx, desk, closed, step, "closed", now)
    return closed


_ACTS: dict[str, Callable[[Tx, Desk, Ticket, Milestone, datetime], Ticket]] = {
    REMIND: _remind,
    GIVE_UP: _give_up,
    CLOSE: _close,
}


def _notice(
    tx: Tx, desk: Desk, ticket: Ticket, step: Milestone, event: str, now: datetime, *, question: Said | None = None
) -> None:
    if "@" not in ticket.reply_to:
        return
    key = f"{desk.name}:{ticket.number}:{step.step}"
    letter = notify.notice(desk, ticket, now, key=key, event=event, question=question)
    post(tx, desk, letter, now, ticket_id=ticket.id)


def last_question(tx: Tx, desk: Desk, ticket: Ticket) -> Said | None:
    """What the client was last asked by a person, without our marker and footer; None where no letter asked."""
    assert ticket.id is not None
    for went in reversed(correspondence.went(tx, ticket.id)):
        if went.kind == "refusal":  # postponed since: what was asked before that is no longer the question
            return None
        if went.kind != "answer":
            continue
        message = parse(correspondence.sent_raw(tx, went.id))
        row = outbox.by_message_id(tx, message.message_id) if message.message_id else None
        if row and row.asks:
            agent = desk.regulation.people.agent(went.author or "")
            return Said(own_words(message.text), went.created_at, agent.name if agent else "")
    return None
