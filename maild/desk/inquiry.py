"""What an agent may ask: the ticket's card, a line's queue, why something was decided so, the raw letters."""

from collections.abc import Mapping

from maild.desk import ledger, story
from maild.desk.arrival import Arrival, Received
from maild.desk.confirm import confirm
from maild.desk.directive import Directive
from maild.desk.facts import Fact, Failure, Report
from maild.desk.outgoing import staff_language
from maild.domain.lookup import find_line
from maild.domain.ticket import Ticket
from maild.mail.mime import File
from maild.mail.thread import subject_number
from maild.store import tickets

CAN_NAME_TICKET = frozenset({"status", "why", "letters"})
"""Commands that may name the ticket they are about."""


def named_ticket(directive: Directive) -> Ticket | Failure | None:
    """The ticket that a command names, else the one of the letter; a failure where the name is no ticket's.

    A letter that names another ticket than its own may only ask: whatever else it holds would be done to the wrong one.
    """
    arrival, found = directive.arrival, directive.ticket
    named = [each for each in directive.orders.commands if each.name in CAN_NAME_TICKET and each.argument]
    for command in named:
        ticket = _called(arrival, command.argument)
        if ticket is None:
            return Failure(command.line, Fact("no such ticket", {"number": command.argument}))
        other = found is None or ticket.id != found.id
        if other and (command is not named[0] or not directive.only_asks):
            return Failure(command.line, Fact("no ticket"))
        found = ticket
    return found


def _called(arrival: Arrival, name: str) -> Ticket | None:
    prefix = arrival.desk.regulation.desk.prefix
    number = subject_number(name, prefix) or subject_number(f"[{prefix}-{name}]", prefix)
    return tickets.load(arrival.tx, arrival.desk.name, number) if number else None


def answer(directive: Directive, ticket: Ticket | None, wants: Mapping[str, str]) -> Received:
    """Answer a letter that only asks; nothing changes."""
    confirm(directive.arrival, ticket, report_of(directive, ticket, wants), directive.occasion)
    says = f"an agent asked: {', '.join(wants)}"
    if ticket is None:
        return Received("ignore", None, None, says)
    return Received("thread", ticket.id, ticket.number, says)


def report_of(directive: Directive, ticket: Ticket | None, wants: Mapping[str, str]) -> Report:
    """What was asked for, for the confirmation."""
    arrival = directive.arrival
    lines: list[str] = []
    if ticket and "status" in wants:
        lines += ledger.history(arrival.tx, arrival.desk, ticket)
    if ticket and "why" in wants:
        lines += ledger.why(arrival.tx, arrival.desk, ticket, arrival.now)
    return Report(
        ledger=tuple(lines),
        card=ticket is not None and "status" in wants,
        queue=_queue(directive, ticket, wants["queue"]) if "queue" in wants else None,
        files=_letters(arrival, ticket, wants["letters"]) if ticket and "letters" in wants else (),
    )


def _letters(arrival: Arrival, ticket: Ticket, named: str) -> tuple[File, ...]:
    """The letters of a ticket as they came; in a reply to a complaint those of the ticket that it is about."""
    if ticket.category == "quality" and ticket.linked and not named:
        ticket = tickets.load(arrival.tx, arrival.desk.name, ticket.linked, lock=False) or ticket
    return story.raw_files(arrival.tx, ticket, staff_language(arrival.desk))


def _queue(directive: Directive, ticket: Ticket | None, argument: str) -> tuple[Ticket, ...]:
    """The tickets at work of a line, by priority and arrival (B11): the named line, the ticket's, else the agent's own;
    for the quality desk all."""
    arrival, agent = directive.arrival, directive.person.agent
    named = find_line(arrival.desk.regulation.people, argument) if argument else None
    if named:
        lines: tuple[str, ...] = (named.key,)
    elif ticket and ticket.line:
        lines = (ticket.line,)
    else:
        lines = agent.lines if agent else ()
    waiting = tickets.all_tickets(arrival.tx, arrival.desk.name, tickets.AT_WORK)
    found = [each for each in waiting if not lines or each.line in lines]
    return tuple(sorted(found, key=lambda each: (each.priority != "high", each.arrived, Arrival.id_of(each))))
