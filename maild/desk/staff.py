"""A letter of somebody who works here: proven or nothing, read, planned, carried out whole or not at all, confirmed.

Every such letter ends as sent, as a note or as rejected, and its writer is told which (lesson 15).
"""

from collections.abc import Sequence
from dataclasses import replace

from maild.desk import absence
from maild.desk.arrival import Arrival, Received
from maild.desk.authority import Claim, Standing, claim
from maild.desk.carry import carry
from maild.desk.confirm import reject
from maild.desk.crossing import crossed
from maild.desk.directive import CLIENT, COLLEAGUES, UNKNOWN, Directive, read
from maild.desk.facts import Fact, Failure
from maild.desk.inquiry import CAN_NAME_TICKET, answer, named_ticket, report_of
from maild.desk.plan import Plan, follow
from maild.desk.post import tell_operator
from maild.desk.second_thoughts import held_back, put_off, undo, was_put_off
from maild.desk.telephone import register_for
from maild.domain.ticket import Event, Ticket
from maild.mail.answer import Written
from maild.mail.commands import BadLine, Orders, shown
from maild.store import tickets

BAD_LINES = {
    "unknown": "not a command",
    "argument": "argument missing",
    "no-argument": "no argument",
    "contradicts": "contradicts",
}
"""Why a line is no command, and the wording that says so."""


ON_THE_OTHER = frozenset({"assign", "line", "next", "level", "urgent", "reopen"})
"""Commands in a reply to a complaint that are meant for the ticket it is about."""


def staff_wrote(arrival: Arrival) -> Received | None:
    """Obey, reject or ignore a letter from a listed address; None: it is nobody's of ours, or theirs as a client."""
    found = claim(arrival)
    if found is None or found.standing is Standing.CLIENT:
        return None
    if found.standing is Standing.UNPROVEN:
        return _unproven(arrival, found)
    absence.back(arrival.tx, arrival.desk, found.person.address)
    return obey(read(arrival, found))


def _unproven(arrival: Arrival, found: Claim) -> Received:
    """Nothing happens, nothing goes to anybody but one line to the operator (contract)."""
    lines = [
        f"A letter that says it is from {arrival.sender} came to {arrival.mailbox.address}, and nothing proves it: "
        f"{found.how}.",
        "It was kept and not obeyed. Agents answer by replying to a letter from maild, or [security] authserv_id names "
        "the mail server whose word counts.",
    ]
    matter = f"staff:{arrival.desk.name}:{arrival.letter.id}"
    tell_operator(
        arrival.tx, arrival.desk, matter, "A letter in an agent's name that nothing proves", lines, arrival.now
    )
    return Received("ignore", None, None, f"in an agent's name, unproven: {found.how}")


def obey(directive: Directive, *, despite: bool = False) -> Received:
    """Carry out a proven letter. `despite`: its writer knows of the answer that it crossed with."""
    arrival, orders, names = directive.arrival, directive.orders, directive.names
    if arrival.letter.truncated:
        return reject(directive, [Failure("", Fact("letter too large"))])
    if orders.bad:
        return reject(directive, _bad_lines(arrival, orders.bad))
    if "for" in names:
        return register_for(directive)
    if "undo" in names:
        return undo(directive)
    if "send" in names and directive.empty:
        found = held_back(directive)
        return obey(found, despite=True) if isinstance(found, Directive) else found
    ticket = named_ticket(directive) if names & CAN_NAME_TICKET else directive.ticket
    if ticket is None:
        return _without_ticket(directive)
    if names and names <= ON_THE_OTHER and (other := _complained_of(arrival, ticket)):
        return _on_both(directive, ticket, other)
    return _plan(directive, ticket, despite=despite or "send" in names)


def _complained_of(arrival: Arrival, ticket: Ticket) -> Ticket | None:
    """The ticket that a complaint is about."""
    if ticket.category != "quality" or ticket.linked is None:
        return None
    return tickets.load(arrival.tx, arrival.desk.name, ticket.linked)


def _on_both(directive: Directive, complaint: Ticket, other: Ticket) -> Received:
    """Commands that only make sense for the ticket complained of go there, the words to the client in the complaint."""
    orders = replace(directive.orders, text="")
    silent = replace(directive, ticket=other, orders=orders, written=Written(""), audience=COLLEAGUES)
    trial = Plan(
        directive.arrival.desk, directive.person, other, directive.arrival.letter.arrival, directive.arrival.now
    )
    if failures := [*_faults(directive), *follow(trial, orders.commands)]:
        return reject(directive, failures)
    received = _plan(silent, other, despite=True)
    if directive.empty:
        return received
    words = replace(directive, orders=Orders(text=directive.orders.text), occasion="words")
    return _plan(words, complaint, despite=False)


def _bad_lines(arrival: Arrival, bad: Sequence[BadLine]) -> list[Failure]:
    language = arrival.desk.regulation.desk.languages[0]
    return [
        Failure(each.line, Fact(BAD_LINES[each.why], {"line": each.line, "against": each.against}), each.nearest or "")
        for each in bad
        if each.nearest is None or shown(each.nearest, language)
    ]


def _without_ticket(directive: Directive) -> Received:
    """A letter that belongs to no ticket can still ask for the queue."""
    commands = directive.orders.commands
    if commands and all(command.name == "queue" for command in commands):
        return answer(directive, None, {"queue": commands[0].argument})
    line = commands[0].line if commands else ""
    argument = next((each.argument for each in commands if each.name in CAN_NAME_TICKET and each.argument), "")
    why = Fact("no such ticket", {"number": argument}) if argument else Fact("no ticket")
    return reject(directive, [Failure(line, why)])


def _plan(directive: Directive, ticket: Ticket, *, despite: bool) -> Received:
    """Plan the whole letter, and carry it out if nothing speaks against it."""
    arrival = directive.arrival
    history = tickets.history(arrival.tx, Arrival.id_of(ticket))
    plan = Plan(
        arrival.desk,
        directive.person,
        ticket,
        at=arrival.letter.arrival,
        now=arrival.now,
        letter=arrival.letter.id,
        words=directive.words,
        answered=any(entry.event is Event.ANSWERED for entry in history),
    )
    commands = [command for command in directive.orders.commands if command.name != "send"]
    if failures := [*_faults(directive), *follow(plan, commands)]:
        return reject(directive, failures, ticket=ticket)
    if set(plan.wants) == directive.names and directive.empty:
        return answer(directive, ticket, plan.wants)
    if _reaches_client(directive, plan):
        if not despite and (crossing := crossed(directive, ticket, history)):
            why = Fact("crossed", {"name": crossing.said.by, "when": crossing.said.at.isoformat()})
            return reject(directive, [Failure("", why)], ticket=ticket, crossing=crossing)
        if arrival.desk.regulation.desk.answers.undo and not despite and not was_put_off(directive, history):
            return put_off(directive, ticket)
    return carry(directive, plan, report=report_of(directive, plan.ticket, plan.wants))


def _faults(directive: Directive) -> list[Failure]:
    """What is wrong with the words themselves."""
    if directive.written.leaks and directive.audience == CLIENT:
        return [Failure("", Fact("leak", {"line": directive.written.leaks[0]}))]
    if directive.empty and not directive.orders.commands:
        return [Failure("", Fact("empty letter"))]
    if directive.audience == UNKNOWN and not directive.empty:
        return [Failure("", Fact("unknown letter"))]
    return []


def _reaches_client(directive: Directive, plan: Plan) -> bool:
    return directive.audience == CLIENT and (
        not directive.empty or bool(plan.canned or plan.refusal or plan.solved or plan.accepted)
    )
