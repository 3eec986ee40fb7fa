"""Two agents answer at once: the second answer is held back until its writer has seen the first."""

from collections.abc import Sequence
from dataclasses import dataclass

from maild.desk.directive import Directive, words_of
from maild.desk.facts import Said
from maild.domain.ticket import Entry, Event, Ticket

ANSWERS = frozenset({Event.ANSWERED, Event.QUESTION, Event.RESOLVED, Event.REFUSED, Event.POSTPONED})
_CLIENT = frozenset({Event.REGISTERED, Event.CLIENT_WROTE, Event.THIRD_WROTE})


@dataclass(frozen=True)
class Crossing:
    """A colleague's answer that the writer had not seen."""

    said: Said


def crossed(directive: Directive, ticket: Ticket, history: Sequence[Entry]) -> Crossing | None:
    """The newest answer of a colleague that came after the letter which this one replies to; None: there is none.

    Where nothing tells what it replies to (a link that lost its thread), an answer since the client's last letter.
    """
    staff = directive.arrival.desk.regulation.people.staff
    others = [
        entry
        for entry in history
        if entry.event in ANSWERS and entry.letter and entry.by != directive.person.address and entry.by in staff
    ]
    if not others:
        return None
    seen = directive.answered.created_at if directive.answered else None
    if seen is None:
        seen = max((entry.at for entry in history if entry.event in _CLIENT), default=ticket.arrived)
    last = others[-1]
    if last.at <= seen or last.letter is None:
        return None
    agent = directive.arrival.desk.regulation.people.agent(last.by)
    return Crossing(words_of(directive.arrival, last.letter, agent.name if agent and agent.name else last.by))
