"""What an agent may ask: the ticket's card, a line's queue, why something was decided so, the raw letters."""

from collections.abc import Mapping

from maild.desk import ledger, story
from maild.desk.arrival import Arrival, Received
from maild.desk.confirm import confirm
from maild.desk.directive import Directive
from maild.desk.facts import Report
from maild.domain.lookup import find_line
from maild.domain.ticket import Ticket
from maild.mail.thread import subject_number
from maild.store import tickets

CAN_NAME_TICKET = frozenset({"status", "why", "letters"})
"""Commands that may name the ticket they are about."""


def named_ticket(directive: Directive) -> Ticket | None:
    """The ticket that a command names, else the one of the letter; None where the name is no ticket's."""
    arrival = directive.arrival
    named = next((each.argument for each in directive.orders.commands if each.name in CAN_NAME_TICKET), "")
    if not named:
        return directive.ticket
    prefix = arrival.desk.regulation.desk.prefix
    number = subject_number(named, prefix) or subject_number(f"[{prefix}-{named}]", prefix)
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
        files=story.raw_files(arrival.tx, ticket) if ticket and "letters" in wants else (),
    )


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
