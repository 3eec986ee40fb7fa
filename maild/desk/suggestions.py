"""What a letter to a client suggests besides its own matter: links to help oneself, hints, what would speed things up.

All of it is the regulation's (`[[self_help]]`, `[[hints]]`, `offered` of a category); a letter carries a few at most.
A bare address gets what stands in every letter: the rest would tell it what its letter said (decision 8).
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from maild.desk.card import lower_first, shown_fields
from maild.desk.classify import topic
from maild.domain.levels import same
from maild.domain.rules import Hint, SelfHelp, in_language
from maild.domain.ticket import Event, Ticket
from maild.mail.message import Message
from maild.mail.parse import parse
from maild.mail.parts import Site, tidy
from maild.regulation.topics import topics_of
from maild.store import inbox, tickets
from maild.store.database import Tx

if TYPE_CHECKING:
    from maild.desk.desk import Desk

T = TypeVar("T", SelfHelp, Hint)

MOST_LINKS, MOST_HINTS = 3, 2
"""So many links and hints a letter carries: those of its topics first, then in the regulation's order."""

_WROTE = frozenset({Event.REGISTERED, Event.CLIENT_WROTE})

NOTHING_KNOWN: frozenset[str] = frozenset()
"""The topics of a letter that nobody has looked at: only what is for all letters is shown then."""


def topics_of_letter(desk: "Desk", message: Message) -> frozenset[str]:
    """Which links and hints with conditions a client's letter calls for."""
    return topics_of(desk.regulation.topics, *topic(message), language=message.language)


def topics_of_ticket(tx: Tx, desk: "Desk", ticket: Ticket) -> frozenset[str]:
    """The topics of a ticket for a letter that answers none of the client's: those of their first letter and of their
    last one. A letter that the retention period took says nothing."""
    if ticket.id is None or not desk.regulation.topics.signs:
        return NOTHING_KNOWN
    history = tickets.history(tx, ticket.id)
    wrote = [entry.letter for entry in history if entry.event in _WROTE and entry.letter is not None]
    found = (_topics_of_stored(tx, desk, letter) for letter in dict.fromkeys((*wrote[:1], *wrote[-1:])))
    return NOTHING_KNOWN.union(*found)


def _topics_of_stored(tx: Tx, desk: "Desk", letter: int) -> frozenset[str]:
    try:
        return topics_of_letter(desk, parse(inbox.raw(tx, letter)))
    except LookupError:
        return NOTHING_KNOWN


def sites(desk: "Desk", ticket: Ticket, kind: str, language: str, topics: frozenset[str]) -> tuple[Site, ...]:
    """Where the client may help themselves (B2), for a letter of this kind."""
    found = _for_letter(desk.regulation.desk.self_help, ticket, kind, topics)
    return tuple(Site(tidy(in_language(each.title, language)), each.url) for each in list(found)[:MOST_LINKS])


def hints(desk: "Desk", ticket: Ticket, kind: str, language: str, topics: frozenset[str]) -> tuple[Site, ...]:
    """Sentences of the regulation for a letter of this kind, each with its link or "" for none."""
    found = _for_letter(desk.regulation.desk.hints, ticket, kind, topics)
    return tuple(Site(tidy(in_language(each.text, language), 400), each.url) for each in list(found)[:MOST_HINTS])


def offered_titles(desk: "Desk", names: Sequence[str], language: str) -> str:
    """What is asked for without being required (A10), as a list for a sentence: «адрес страницы, версия»."""
    fields = desk.regulation.intake.fields.fields
    return ", ".join(lower_first(in_language(fields[name].title, language)) for name in names if name in fields)


def _for_letter(items: Iterable[T], ticket: Ticket, kind: str, topics: frozenset[str]) -> list[T]:
    """Those that fit, the ones about a topic first. What only the registry knows counts for a tied address alone."""
    bare = ticket.acquaintance == "bare"
    category, topics, fields = ("", NOTHING_KNOWN, {}) if bare else (ticket.category, topics, shown_fields(ticket))
    fitting = [
        each
        for each in items
        if kind in each.letters
        and (not each.category or category in each.category)
        and (not each.topic or each.topic in topics)
        and all(same(fields.get(name, ""), wanted) for name, wanted in each.fields.items())
    ]
    return sorted(fitting, key=lambda each: not each.topic)
