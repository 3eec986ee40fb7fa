"""The commands of an agent's letter, one by one: each changes the plan, or says in one fact why it cannot be done.

One that fails, and none is carried out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from maild.desk.desk import Desk
from maild.desk.facts import Fact, Failure
from maild.desk.outgoing import staff_language
from maild.desk.plan import FOR_QUALITY, Plan
from maild.desk.relevel import follow_line
from maild.domain.levels import level_title
from maild.domain.lookup import find_agent, find_canned, find_level, find_line, find_refusal
from maild.domain.people import Agent
from maild.domain.rules import in_language
from maild.domain.ticket import Event, Status
from maild.mail.command_words import shown
from maild.mail.commands import Command

UNDECIDED = frozenset({Status.NEW, Status.DETAILS, Status.REFUSED})
FINISHED = frozenset({Status.ASSESSMENT, Status.CLOSED})
OF_REQUESTS = frozenset({"level", "urgent", "develop"})
"""Commands that mean nothing in a complaint: it has targets of its own."""
MOVES = frozenset({"line", "next"})

Step = Callable[[Plan, str], Fact | None]
"""A command carried into the plan: None, or the fact that forbids it."""


def follow(plan: Plan, commands: Sequence[Command]) -> list[Failure]:
    """Carry every command into the plan; the failures, one for each line that cannot be done.

    The order in which an agent writes the lines does not matter: they are taken in the order of STEPS.
    """
    plan.names = frozenset(command.name for command in commands)
    failures = []
    for command in sorted(commands, key=lambda each: list(STEPS).index(each.name)):
        if why := _forbidden(plan, command.name) or STEPS[command.name](plan, command.argument):
            failures.append(Failure(command.line, why))
    return failures


def _forbidden(plan: Plan, name: str) -> Fact | None:
    """The quality desk leads on any ticket, but answers in complaints only (contract); a complaint has no level."""
    complaint = plan.ticket.category == "quality"
    if plan.person.agent is None and not complaint and name not in FOR_QUALITY:
        return Fact("not for quality", {"command": name})
    return Fact("not for a complaint", {"command": name}) if complaint and name in OF_REQUESTS else None


def _wrong_status(plan: Plan) -> Fact:
    return Fact("not in this status", {"status": plan.ticket.status.value})


def _accept(plan: Plan, argument: str) -> Fact | None:
    if plan.ticket.status in FINISHED or (plan.acknowledged and plan.ticket.status not in UNDECIDED):
        plan.done.append(Fact("did already accepted"))
        return None
    plan.accepted = True
    plan.ticket = replace(plan.ticket, refusal=None, doubt=None, missing=())
    plan.happens(Event.ACCEPTED, "accepted by an agent", Fact("did accepted"))
    return None


def _take(plan: Plan, argument: str) -> Fact | None:
    _give(plan, plan.person.agent or Agent(plan.person.address, plan.person.name, ()))
    plan.done.append(Fact("did taken", {"name": plan.person.name or plan.person.address}))
    return None


def _assign(plan: Plan, argument: str) -> Fact | None:
    found = find_agent(plan.desk.regulation.people, argument)
    if not found:
        return Fact("nobody called", {"name": argument})
    if len(found) > 1:
        return Fact("several called", {"names": ", ".join(f"{agent.name} ({agent.address})" for agent in found)})
    _give(plan, found[0])
    plan.assigned = found[0].address
    plan.done.append(Fact("did assigned", {"name": found[0].name or found[0].address}))
    return None


def _give(plan: Plan, agent: Agent) -> None:
    """The ticket is theirs; it moves to a line of theirs where they do not sit on the present one, unless the same
    letter says which line it belongs to."""
    line = plan.ticket.line
    if agent.lines and line not in agent.lines and not (plan.handed or plan.names & MOVES):
        line = agent.lines[0]
    moved = line != plan.ticket.line
    plan.ticket = replace(plan.ticket, assignee=agent.address, line=line)
    plan.happens(Event.ASSIGNED, f"assignee {agent.address}")
    if moved:
        follow_line(plan)


def _wait(plan: Plan, argument: str) -> Fact | None:
    if plan.ticket.status is Status.REFUSED:
        return _wrong_status(plan)
    if not (plan.speaks or plan.canned or plan.answered or plan.ticket.status is Status.WAITING):
        return Fact("question is empty")
    plan.effect = "question"
    plan.happens(Event.QUESTION, "asked the client", Fact("did waiting"), plan.now)
    return None


def _resolve(plan: Plan, argument: str) -> Fact | None:
    again = plan.ticket.status in FINISHED and not (plan.speaks or plan.canned)
    if plan.ticket.status is Status.REFUSED or again:
        return _wrong_status(plan)
    plan.effect, plan.solved = "solution", True
    plan.happens(Event.RESOLVED, "solved, to the client's assessment", Fact("did resolved"))
    if not plan.desk.regulation.desk.rating.ask or plan.ticket.category == "quality":
        plan.happens(Event.CLOSED, "no assessment is asked for")
    return None


def _refuse(plan: Plan, argument: str) -> Fact | None:
    rules = plan.desk.regulation.desk
    if plan.ticket.status in FINISHED:
        return _wrong_status(plan)
    reason = find_refusal(rules, argument)
    if reason is None:
        return Fact("no such reason", {"names": ", ".join(rules.refusals)})
    plan.refusal = reason
    postponed = reason.effect == "hold"
    plan.ticket = replace(plan.ticket, refusal=reason.key)
    title = in_language(reason.title, rules.languages[0])
    done = Fact("did postponed" if postponed else "did refused", {"title": title})
    plan.happens(Event.POSTPONED if postponed else Event.REFUSED, f"reason {reason.key}", done, plan.now)
    return None


def _level(plan: Plan, argument: str) -> Fact | None:
    rules = plan.desk.regulation.desk
    level = find_level(rules, argument)
    if level is None:
        return Fact("no such level", {"names": ", ".join(rules.levels)})
    if "urgent" in plan.names and level.key != "urgent":
        return Fact("contradicts", {"against": shown("urgent", rules.languages[0])})
    if level.key != plan.ticket.level and plan.ticket.status not in FINISHED | {Status.REFUSED}:
        plan.notices.append("level")
    plan.ticket = replace(plan.ticket, level=level.key)
    title = level_title(level, staff_language(plan.desk))
    plan.happens(Event.LEVEL, f"level {level.key}", Fact("did level", {"title": title}))
    return None


def _urgent(plan: Plan, argument: str) -> Fact | None:
    """The line confirms a critical error (B14): targets are counted anew from arrival."""
    if "urgent" not in plan.desk.regulation.desk.levels:
        return Fact("no urgent level")
    if plan.ticket.status in FINISHED or plan.ticket.status is Status.REFUSED:
        return _wrong_status(plan)
    if plan.ticket.level != "urgent":
        plan.notices.append("urgent")
    plan.ticket = replace(plan.ticket, level="urgent", priority="high")
    plan.happens(Event.LEVEL, "level urgent: a critical error is confirmed", Fact("did urgent"))
    return None


def _line(plan: Plan, argument: str) -> Fact | None:
    people = plan.desk.regulation.people
    line = find_line(people, argument)
    if line is None:
        return Fact("no such line", {"names": ", ".join(people.lines)})
    _hand_over(plan, line.key)
    plan.done.append(Fact("did line", {"title": line.title}))
    return None


def _next(plan: Plan, argument: str) -> Fact | None:
    people = plan.desk.regulation.people
    here = people.lines.get(plan.ticket.line or "")
    if here is None or here.hands_over_to is None:
        return Fact("no line after")
    _hand_over(plan, here.hands_over_to)
    plan.done.append(Fact("did line", {"title": people.lines[here.hands_over_to].title}))
    return None


def _hand_over(plan: Plan, line: str) -> None:
    """To another line; who sits there too stays assignee."""
    agent = plan.desk.regulation.people.agent(plan.ticket.assignee or "")
    assignee = plan.ticket.assignee if agent and line in agent.lines else None
    moved = line != plan.ticket.line
    plan.handed = line if moved else plan.handed
    plan.ticket = replace(plan.ticket, line=line, assignee=assignee)
    plan.happens(Event.LINE, f"line {line}")
    if moved:
        follow_line(plan)


def _develop(plan: Plan, argument: str) -> Fact | None:
    """To the methodologist or to development (B13, B18); what is urgent stays urgent (B14)."""
    if plan.ticket.status in FINISHED | UNDECIDED - {Status.NEW}:
        return _wrong_status(plan)
    before = plan.ticket
    if plan.ticket.level != "urgent" and "development" in plan.desk.regulation.desk.levels:
        plan.ticket = replace(plan.ticket, level="development")
    plan.happens(Event.DEVELOPED, "handed to the methodologist or to development", Fact("did development"))
    if (before.status, before.level) != (plan.ticket.status, plan.ticket.level):
        plan.notices.append("development")
    there = next((line.key for line in plan.desk.regulation.people.lines.values() if line.develops), None)
    if there and there != plan.ticket.line and not plan.names & MOVES:
        _hand_over(plan, there)
    return None


def _reopen(plan: Plan, argument: str) -> Fact | None:
    if plan.ticket.status not in FINISHED and plan.ticket.status is not Status.REFUSED:
        return _wrong_status(plan)
    plan.ticket = replace(plan.ticket, refusal=None)
    plan.happens(Event.REOPENED, "reopened", Fact("did reopened"))
    return None


def _reply(plan: Plan, argument: str) -> Fact | None:
    rules = plan.desk.regulation.desk
    canned = find_canned(rules, argument)
    if canned is None:
        return Fact("no such answer", {"names": ", ".join(rules.canned) or "–"})
    plan.canned.append(canned)
    return None


def _note(plan: Plan, argument: str) -> Fact | None:
    """The words go to colleagues: `letter` sees to it. An argument is the beginning of them."""
    return None


def _wants(name: str) -> Step:
    def want(plan: Plan, argument: str) -> Fact | None:
        plan.wants[name] = argument
        return None

    return want


def _queue(plan: Plan, argument: str) -> Fact | None:
    plan.wants["queue"] = argument
    return queue_fault(plan.desk, argument)


def queue_fault(desk: Desk, argument: str) -> Fact | None:
    """What is wrong with the line that #queue names."""
    people = desk.regulation.people
    known = not argument or find_line(people, argument)
    return None if known else Fact("no such line", {"names": ", ".join(people.lines)})


STEPS: Mapping[str, Step] = {
    "reopen": _reopen,
    "accept": _accept,
    "urgent": _urgent,
    "level": _level,
    "develop": _develop,
    "line": _line,
    "next": _next,
    "take": _take,
    "assign": _assign,
    "reply": _reply,
    "wait": _wait,
    "resolve": _resolve,
    "refuse": _refuse,
    "note": _note,
    "queue": _queue,
    **{name: _wants(name) for name in ("status", "why", "letters")},
}
"""What each command does, in the order in which they are carried out: first what decides on the ticket, then whose it
is, then what is said. `for`, `undo` and `send` are letters of another kind: see `staff`."""
