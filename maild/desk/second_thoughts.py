"""Second thoughts about an answer: it can be taken back while it waits, and sent after all when it was held back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from maild.desk.arrival import Arrival, Received
from maild.desk.authority import Claim, Standing
from maild.desk.confirm import confirm, reject
from maild.desk.directive import Directive, read
from maild.desk.facts import Fact, Failure, Report
from maild.domain.ticket import Entry, Event, Ticket
from maild.mail.parse import parse
from maild.mail.thread import find_tokens
from maild.store import inbox, tickets

LATER = "later"
"""The disposition of a letter that is not dealt with yet."""


def was_put_off(directive: Directive, history: Sequence[Entry]) -> bool:
    """Whether this very letter has waited already."""
    letter = directive.arrival.letter.id
    return any(entry.event is Event.PUT_OFF and entry.letter == letter for entry in history)


def put_off(directive: Directive, ticket: Ticket) -> Received:
    """Leave the whole letter for later (`[answers] undo`), and say until when it can be taken back."""
    arrival = directive.arrival
    until = arrival.now + timedelta(seconds=arrival.desk.regulation.desk.answers.undo)
    inbox.put_off(arrival.tx, arrival.letter.id, until, Arrival.id_of(ticket))
    tickets.note(arrival.tx, Arrival.id_of(ticket), [arrival.entry(Event.PUT_OFF, f"until {until.isoformat()}")])
    report = Report(done=(Fact("did will leave", {"when": until.isoformat()}),))
    confirm(arrival, ticket, report, "put-off")
    return Received(LATER, ticket.id, ticket.number, f"waits until {until.isoformat()}")


def undo(directive: Directive) -> Received:
    """Take back the writer's letters about this ticket that still wait; they are given back whole."""
    arrival, ticket = directive.arrival, directive.ticket
    line = directive.orders.commands[0].line
    if ticket is None:
        return reject(directive, [Failure(line, Fact("no ticket"))])
    waiting = [letter for letter in inbox.put_off_letters(arrival.tx, Arrival.id_of(ticket)) if _mine(arrival, letter)]
    if not waiting:
        return reject(directive, [Failure(line, Fact(_why_not(arrival, ticket)))])
    for letter in waiting:
        inbox.finish(arrival.tx, letter.id, "thread", ticket.id, arrival.now, sender=arrival.sender)
    entry = arrival.entry(Event.TAKEN_BACK, f"letters {', '.join(str(letter.id) for letter in waiting)}")
    tickets.note(arrival.tx, Arrival.id_of(ticket), [entry])
    texts = "\n\n".join(parse(letter.raw).reply for letter in waiting)
    confirm(arrival, ticket, Report(done=(Fact("did undone"),), text=texts), directive.occasion)
    return Received("thread", ticket.id, ticket.number, "an agent's answer taken back")


def _why_not(arrival: Arrival, ticket: Ticket) -> str:
    """Why nothing of the writer's waits."""
    if not arrival.desk.regulation.desk.answers.undo:
        return "undo is off"
    history = tickets.history(arrival.tx, Arrival.id_of(ticket))
    late = any(entry.event is Event.PUT_OFF and entry.by == arrival.sender for entry in history)
    return "too late to undo" if late else "nothing to undo"


def held_back(directive: Directive) -> Directive | Received:
    """The writer's last answer that was held back because it crossed with a colleague's, to be sent all the same."""
    arrival, ticket = directive.arrival, directive.ticket
    line = directive.orders.commands[0].line
    if ticket is None:
        return reject(directive, [Failure(line, Fact("no ticket"))])
    history = tickets.history(arrival.tx, Arrival.id_of(ticket))
    held = [entry for entry in history if entry.event is Event.HELD_BACK and entry.by == arrival.sender]
    waited = (Event.HELD_BACK, Event.PUT_OFF)
    gone = {entry.letter for entry in history if entry.event not in waited}
    if not held or held[-1].letter is None or held[-1].letter in gone:
        return reject(directive, [Failure(line, Fact("nothing held back"))])
    letter = inbox.letter(arrival.tx, held[-1].letter)
    again = replace(arrival, letter=letter, message=parse(letter.raw))
    tokens = [token for token in find_tokens(again.message, arrival.desk.signer) if token.number == ticket.number]
    found = Claim(directive.person, Standing.PROVEN, "held back before", tokens[0] if tokens else None)
    return replace(read(again, found), ticket=ticket, occasion="again")


def _mine(arrival: Arrival, letter: inbox.StoredLetter) -> bool:
    message = parse(letter.raw)
    return message.sender is not None and message.sender.address.lower() == arrival.sender
