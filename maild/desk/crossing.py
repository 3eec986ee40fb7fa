"""Two agents answer at once: the second answer is held back until its writer has seen the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from maild.desk.arrival import Arrival
from maild.desk.directive import Directive, words_of
from maild.desk.facts import Said
from maild.domain.ticket import Entry, Event, Ticket
from maild.store import correspondence

ANSWERS = frozenset({Event.ANSWERED, Event.QUESTION, Event.RESOLVED, Event.REFUSED, Event.POSTPONED})
_CLIENT = frozenset({Event.REGISTERED, Event.CLIENT_WROTE, Event.THIRD_WROTE})


@dataclass(frozen=True)
class Crossing:
    """A colleague's answer that the writer had not seen."""

    said: Said


def answered(history: Sequence[Entry]) -> bool:
    """Whether a person has answered the client since the client wrote last."""
    newest = next((entry for entry in reversed(history) if entry.event in ANSWERS | _CLIENT), None)
    return newest is not None and newest.event in ANSWERS and newest.by != "maild"


def crossed(directive: Directive, ticket: Ticket, history: Sequence[Entry]) -> Crossing | None:
    """The newest answer of a colleague that its writer cannot have seen; None: there is none.

    That is one carried out after the letter was written which this one replies to; where nothing tells what it replies
    to (a link that lost its thread), one since the client's last letter.
    """
    others = [entry for entry in history if _by_colleague(directive, entry)]
    last = others[-1] if others else None
    if last is None or last.letter is None:
        return None
    if directive.answered is None:
        since = max((place for place, entry in enumerate(history) if entry.event in _CLIENT), default=0)
        unseen = history.index(last) > since
    else:
        unseen = _left_at(directive, ticket, last) > directive.answered.created_at
    if not unseen:
        return None
    agent = directive.arrival.desk.regulation.people.agent(last.by)
    return Crossing(words_of(directive.arrival, last.letter, agent.name if agent and agent.name else last.by))


def _by_colleague(directive: Directive, entry: Entry) -> bool:
    """Whether somebody else of the staff told the client something."""
    staff = directive.arrival.desk.regulation.people.staff
    told = entry.event in ANSWERS and entry.letter is not None
    return told and entry.by != directive.person.address and entry.by in staff


def _left_at(directive: Directive, ticket: Ticket, entry: Entry) -> datetime:
    """When an answer was carried out, by our own clock: the mail server's has whole seconds only."""
    went = correspondence.went(directive.arrival.tx, Arrival.id_of(ticket))
    return max((row.created_at for row in went if row.author == entry.by), default=entry.at)
