"""A ticket that changes line: its level as the regulation has it there (A5), and whether its client hears of it.

What a person chose (`#level`, `#urgent`, `#develop`) no rule changes any more: the journal tells who did.
"""

from collections.abc import Sequence
from dataclasses import replace

from maild.desk.client_row import client_row
from maild.desk.clocks import level_of
from maild.desk.desk import Desk
from maild.desk.facts import Fact
from maild.desk.outgoing import staff_language
from maild.desk.plan import Plan
from maild.domain.levels import choose, level_title
from maild.domain.rules import DeskRules
from maild.domain.service import Level
from maild.domain.ticket import Entry, Event, Status, Ticket

_BY_HAND = frozenset({"level", "urgent"})
_PROMISED = frozenset({Status.NEW, Status.OPEN, Status.WAITING, Status.DEVELOPMENT})
"""Statuses in which the client has been told times, and they still matter."""
_ANSWERS = frozenset({"accept", "reply", "refuse", "resolve"})
"""Commands that tell the client more than a changed time would."""


def chosen_by_hand(history: Sequence[Entry], rules: DeskRules) -> bool:
    """Whether a person chose the level of a ticket with this journal; developing is a choice where it has a level."""
    choices = {Event.LEVEL, Event.DEVELOPED} if "development" in rules.levels else {Event.LEVEL}
    return any(entry.event in choices and entry.by != "maild" for entry in history)


def follow_line(plan: Plan) -> None:
    """Take up the level of the line where the plan's ticket has come; the client is told where a time changes.

    Targets are counted anew from arrival, with all holds; what is met stays met (decision 4).
    """
    rules, ticket = plan.desk.regulation.desk, plan.ticket
    if not rules.level_for or ticket.category == "quality" or _is_chosen(plan):
        return
    key, rule = _level_here(plan.desk, ticket)
    if key is None or key not in rules.levels or key == ticket.level:
        return
    before = level_of(plan.desk, ticket)
    plan.ticket = replace(ticket, level=key)
    says = f"level {key}: {ticket.category} on line {ticket.line} [{rule}]"
    plan.entries.append(Entry(plan.at, Event.LEVEL, "maild", says, letter=plan.letter))
    plan.done.append(Fact("did level", {"title": level_title(rules.levels[key], staff_language(plan.desk))}))
    if _told(plan, before) != _told(plan, rules.levels[key]):
        plan.notices.append("level")


def _is_chosen(plan: Plan) -> bool:
    developed = "develop" in plan.names and "development" in plan.desk.regulation.desk.levels
    return plan.level_chosen or developed or bool(plan.names & _BY_HAND)


def judged_again(desk: Desk, ticket: Ticket, before: Ticket, history: Sequence[Entry]) -> Ticket:
    """A ticket that another letter of its client had judged anew, with the level of its own line, which may be another
    than that of the decision; a level that a person chose stands as it did `before`."""
    if chosen_by_hand(history, desk.regulation.desk):
        return replace(ticket, level=before.level)
    level, _ = _level_here(desk, ticket)
    return replace(ticket, level=level) if level else ticket


def _level_here(desk: Desk, ticket: Ticket) -> tuple[str | None, str]:
    """The level by the first condition that fits, else the category's own, and the rule that says so."""
    regulation = desk.regulation
    row = client_row(regulation, ticket.client, ticket.fields)
    found = choose(regulation.desk.level_for, ticket.category, ticket.line, row.columns if row else {})
    if found:
        return found.level, found.rule
    category = regulation.intake.categories.get(ticket.category)
    return (category.level, category.rule) if category else (None, "")


def _told(plan: Plan, level: Level) -> tuple[object, ...]:
    """The times that a client with this level was told and that still lie ahead, as the level has them."""
    ticket = plan.ticket
    if ticket.status not in _PROMISED or plan.names & {"refuse", "resolve"}:
        return ()
    confirms = _waits_for_confirmation(ticket) and not (plan.speaks or plan.names & _ANSWERS)
    return (
        (level.reaction, level.at_least) if confirms else None,
        level.resolution if ticket.resolution_met is None else None,
    )


def _waits_for_confirmation(ticket: Ticket) -> bool:
    return ticket.status is Status.NEW and ticket.reaction_met is None
