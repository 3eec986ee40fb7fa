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
from maild.desk.crossing import answered, crossed
from maild.desk.directive import CLIENT, COLLEAGUES, UNKNOWN, Directive, read
from maild.desk.facts import Fact, Failure
from maild.desk.inquiry import answer, named_ticket, report_of
from maild.desk.plan import Plan
from maild.desk.post import tell_operator
from maild.desk.relevel import chosen_by_hand
from maild.desk.second_thoughts import held_back, put_off, undo, was_put_off
from maild.desk.steps import FINISHED, follow, queue_fault
from maild.desk.summary_reply import answers_summary, note_to_line
from maild.desk.telephone import register_for
from maild.desk.threading import find_ticket
from maild.domain.ticket import Status, Ticket
from maild.mail.answer import Written
from maild.mail.commands import BadLine, Command, Orders
from maild.store import tickets
from maild.store.correspondence import went

BAD_LINES = {
    "unknown": "not a command",
    "argument": "argument missing",
    "no-argument": "no argument",
    "contradicts": "contradicts",
}
"""Why a line is no command, and the wording that says so."""

SEALED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
"""Letters that are one closed envelope (RFC 1847, RFC 8551): commands and words in it are not to be read."""

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
    if hit := find_ticket(arrival):
        lines.insert(1, f"It was about {hit.ticket.number}.")
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
    if arrival.message.headers.get("content-type", "").split(";")[0].strip().lower() in SEALED:
        return reject(directive, [Failure("", Fact("encrypted letter"))])
    if orders.bad:
        return reject(directive, _bad_lines(orders.bad))
    if "for" in names:
        return register_for(directive)
    if "undo" in names:
        return undo(directive)
    if "send" in names and directive.empty:
        found = held_back(directive)
        return obey(found, despite=True) if isinstance(found, Directive) else found
    ticket = named_ticket(directive)
    if isinstance(ticket, Failure):
        return reject(directive, [ticket])
    if ticket is None:
        return _without_ticket(directive)
    despite = despite or "send" in names
    if (other := _complained_of(arrival, ticket)) and (theirs := _meant_for(other, orders.commands)):
        return _on_both(directive, ticket, other, theirs, despite=despite)
    return _carried(directive, ticket, despite=despite)


def _complained_of(arrival: Arrival, ticket: Ticket) -> Ticket | None:
    """The ticket that a complaint is about."""
    if ticket.category != "quality" or ticket.linked is None:
        return None
    return tickets.load(arrival.tx, arrival.desk.name, ticket.linked)


def _meant_for(other: Ticket, commands: Sequence[Command]) -> tuple[Command, ...]:
    """The commands in a reply to a complaint that are meant for the ticket complained of."""
    names = ON_THE_OTHER if other.status in FINISHED | {Status.REFUSED} else ON_THE_OTHER - {"reopen"}
    return tuple(command for command in commands if command.name in names)


def _on_both(
    directive: Directive, complaint: Ticket, other: Ticket, theirs: tuple[Command, ...], *, despite: bool
) -> Received:
    """Some commands go to the ticket complained of, all the rest of the letter stays in the complaint."""
    kept = tuple(command for command in directive.orders.commands if command not in theirs)
    there = replace(directive, ticket=other, orders=Orders(theirs), written=Written(""), audience=COLLEAGUES)
    occasion = f"{directive.occasion}-complaint"
    here = replace(directive, orders=replace(directive.orders, commands=kept), occasion=occasion)
    plan, failures = _planned(there, other)
    if failures:
        return reject(directive, failures, ticket=complaint)
    if kept or not here.empty:  # first, because it may fail, have to wait, or be held back
        own, failures = _planned(here, complaint)
        if stopped := _stopped(here, complaint, own, failures, despite=despite):
            return stopped
        carry(here, own, report=report_of(here, own.ticket, own.wants))
    return carry(there, plan)


def _bad_lines(bad: Sequence[BadLine]) -> list[Failure]:
    return [
        Failure(each.line, Fact(BAD_LINES[each.why], {"line": each.line, "against": each.against}), each.nearest or "")
        for each in bad
    ]


def _without_ticket(directive: Directive) -> Received:
    """A letter that belongs to no ticket can still ask for the queue."""
    commands = directive.orders.commands
    if directive.only_asks and directive.names == {"queue"}:
        if fault := queue_fault(directive.arrival.desk, commands[0].argument):
            return reject(directive, [Failure(commands[0].line, fault)])
        return answer(directive, None, {"queue": commands[0].argument})
    if answers_summary(directive):
        return note_to_line(directive)
    return reject(directive, [Failure(commands[0].line if commands else "", Fact("no ticket"))])


def _carried(directive: Directive, ticket: Ticket, *, despite: bool) -> Received:
    """Plan the whole letter, and carry it out if nothing speaks against it."""
    plan, failures = _planned(directive, ticket)
    if directive.only_asks and not failures:
        return answer(directive, ticket, plan.wants)
    if stopped := _stopped(directive, ticket, plan, failures, despite=despite):
        return stopped
    return carry(directive, plan, report=report_of(directive, plan.ticket, plan.wants))


def _planned(directive: Directive, ticket: Ticket) -> tuple[Plan, list[Failure]]:
    """What the letter would do to a ticket, and why it cannot be done."""
    arrival = directive.arrival
    history = tickets.history(arrival.tx, Arrival.id_of(ticket))
    plan = Plan(
        arrival.desk,
        directive.person,
        ticket,
        at=arrival.letter.arrival,
        now=arrival.now,
        letter=arrival.letter.id,
        speaks=directive.audience == CLIENT and not directive.empty,
        answered=answered(history),
        level_chosen=chosen_by_hand(history, arrival.desk.regulation.desk),
        acknowledged=any(row.kind == "acknowledgement" for row in went(arrival.tx, Arrival.id_of(ticket))),
    )
    commands = [command for command in directive.orders.commands if command.name != "send"]
    return plan, [*_faults(directive), *follow(plan, commands)]


def _stopped(
    directive: Directive, ticket: Ticket, plan: Plan, failures: Sequence[Failure], *, despite: bool
) -> Received | None:
    """What becomes of a letter that is not carried out now: it fails, crosses a colleague's answer, or waits."""
    arrival = directive.arrival
    if failures:
        return reject(directive, failures, ticket=ticket)
    if despite or not _reaches_client(directive, plan):
        return None
    history = tickets.history(arrival.tx, Arrival.id_of(ticket))
    if crossing := crossed(directive, ticket, history):
        why = Fact("crossed", {"name": crossing.said.by, "when": crossing.said.at.isoformat()})
        return reject(directive, [Failure("", why)], ticket=ticket, crossing=crossing)
    if arrival.desk.regulation.desk.answers.undo and not was_put_off(directive, history):
        return put_off(directive, ticket)
    return None


def _faults(directive: Directive) -> list[Failure]:
    """What is wrong with the words themselves."""
    if directive.written.leaks and directive.audience == CLIENT:
        return [Failure("", Fact("leak", {"line": directive.written.leaks[0]}))]
    note = directive.orders.get("note")
    if directive.empty and (note or not directive.orders.commands):
        return [Failure(note.line if note else "", Fact("empty letter"))]
    if note and (ready := directive.orders.get("reply")):
        return [Failure(ready.line, Fact("contradicts", {"against": note.line}))]
    if directive.audience == UNKNOWN and not directive.empty:
        return [Failure("", Fact("unknown letter"))]
    return []


def _reaches_client(directive: Directive, plan: Plan) -> bool:
    speaks = directive.audience == CLIENT and not (directive.empty and not plan.canned)
    return speaks or bool(plan.refusal or plan.solved or plan.accepted)
