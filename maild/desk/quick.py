"""Quick links: `mailto:` letters that carry one command, and their twins in words.

Inside a link everything is ASCII, since some programs spoil anything else; the words around it are the reader's.
The last line of the body is the code that proves the letter, because such a letter comes without In-Reply-To.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from maild.domain.levels import level_title
from maild.domain.people import Line
from maild.domain.rules import in_language
from maild.domain.ticket import Ticket
from maild.mail.command_words import BY_NAME, shown
from maild.mail.labels import WORDS, word
from maild.mail.parts import Link, mailto, tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk

MOST_AGENTS = 4
MOST_ANSWERS = 3
URGENT = "urgent"
"""The key of the level that is no agent's choice but one by `#urgent` (contract, Commands)."""


@dataclass(frozen=True)
class Opening:
    """What all links of one letter share: the mailbox they go to, the code line that proves them, the Message-ID they
    answer (None: they belong to another ticket than the letter), the number in their subject, the reader's language."""

    address: str
    code: str
    answers: str | None
    number: str | None
    language: str


@dataclass(frozen=True)
class Order:
    """One command of the list in a letter: as it is written, and what it does."""

    command: str
    does: str


def may_be_urgent(desk: "Desk", ticket: Ticket) -> bool:
    """Whether `#urgent` is worth offering: the category speaks of something pressing, which nobody confirmed yet."""
    return ticket.priority == "high" and ticket.level != URGENT and URGENT in desk.regulation.desk.levels


def quick_links(
    desk: "Desk",
    ticket: Ticket | None,
    names: Sequence[str],
    opening: Opening,
    reader: str,
    *,
    line: str = "",
    offered: Sequence[str] = (),
) -> tuple[Link, ...]:
    """The links for these commands, in order; those that make no sense for the ticket or its reader are left out.

    `assign` becomes one link for each colleague on the line, four at most; `reply` one for each of the ready answers
    `offered` (keys), three at most. `line` is the one whose queue is asked for.
    """
    return tuple(
        _link(name, argument, values, opening)
        for name in names
        for argument, values in (
            _ready(desk, offered, opening.language)
            if name == "reply"
            else _arguments(desk, ticket, name, opening.language, reader.lower(), line)
        )
    )


def orders(names: Sequence[str], language: str) -> tuple[Order, ...]:
    """Commands as a list for people: «#отказать причина», and what each does."""
    return tuple(Order(_form(name, language), word(f"does {name}", language)) for name in names)


def _form(name: str, language: str) -> str:
    argument = WORDS[language].get(f"arg {name}", "") if BY_NAME[name].argument == "required" else ""
    return f"{shown(name, language)} {argument}".strip()


def _arguments(
    desk: "Desk", ticket: Ticket | None, name: str, language: str, reader: str, line: str
) -> Iterator[tuple[str, dict[str, str]]]:
    """The argument of each link for a command, and what its words are filled with; nothing where it makes no sense."""
    match name:
        case "line":
            if onward := _onward(desk, ticket):
                yield onward.key, {"title": tidy(onward.title, 60)}
        case "assign":
            yield from _colleagues(desk, ticket)
        case "refuse":
            reason = desk.regulation.desk.refusals.get(ticket.refusal or "") if ticket else None
            if reason:
                yield reason.key, {"title": tidy(in_language(reason.title, language), 60), "effect": reason.effect}
        case "level":
            level = desk.regulation.desk.levels.get(URGENT)
            if level and ticket and ticket.level != level.key:
                yield level.key, {"title": tidy(level_title(level, language), 60)}
        case "take" if ticket and ticket.assignee == reader:
            return
        case "queue":
            yield line, {}
        case _:
            yield "", {}


def _ready(desk: "Desk", offered: Sequence[str], language: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The ready answers by key and title; keys that the regulation does not have are left out."""
    known = (desk.regulation.desk.canned.get(key) for key in offered)
    for canned in [each for each in known if each][:MOST_ANSWERS]:
        yield canned.key, {"title": tidy(in_language(canned.title, language), 60)}


def _onward(desk: "Desk", ticket: Ticket | None) -> Line | None:
    lines = desk.regulation.people.lines
    here = lines.get((ticket.line if ticket else None) or "")
    return lines.get(here.hands_over_to) if here and here.hands_over_to else None


def _colleagues(desk: "Desk", ticket: Ticket | None) -> Iterator[tuple[str, dict[str, str]]]:
    people = desk.regulation.people
    line, assignee = (ticket.line, ticket.assignee) if ticket else (None, None)
    there = [agent for agent in people.on_line(line) or people.agents if agent.address != assignee]
    for agent in there[:MOST_AGENTS]:
        yield agent.address, {"name": tidy(agent.name, 60) or agent.address}


def _link(name: str, argument: str, values: dict[str, str], opening: Opening) -> Link:
    command = f"#{name} {argument}".strip()
    subject = f"[{opening.number}] {name}" if opening.number else name
    href = mailto(opening.address, subject, f"{command}\n\n{opening.code}", opening.answers)
    what = "postpone" if name == "refuse" and values.get("effect") == "hold" else name
    verb, says = word(f"verb {what}", opening.language, **values), word(f"says {what}", opening.language, **values)
    return Link(verb, says, href, f"{shown(name, opening.language)} {argument}".strip())
