"""Quick links: `mailto:` letters that carry one command, and their twins in words.

Inside a link everything is ASCII, since some programs spoil anything else; the words around it are the reader's.
The last line of the body is the code that proves the letter, because such a letter comes without In-Reply-To.
"""

from typing import TYPE_CHECKING

from maild.domain.people import Agent
from maild.domain.ticket import Ticket
from maild.mail.labels import word
from maild.mail.parts import Link, mailto, tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk

COMMANDS = {
    "ru": {
        "take": "взять",
        "wait": "ждать",
        "accept": "принять",
        "line": "линия",
        "assign": "назначить",
        "note": "заметка",
        "status": "статус",
    },
    "en": {name: name for name in ("take", "wait", "accept", "line", "assign", "note", "status")},
}
"""Command words by the reader's language; what a language lacks is said in English."""

MOST_AGENTS = 4


def quick_links(
    desk: "Desk", ticket: Ticket, name: str, address: str, code: str, answers: str, language: str
) -> list[Link]:
    """The link for a command; for `line` to the next line, none where there is none.

    `address` is the mailbox of the letter, `code` its code line, `answers` its Message-ID.
    """
    argument, says = "", ""
    if name == "line":
        lines = desk.regulation.people.lines
        here = lines.get(ticket.line or "")
        onward = lines.get(here.hands_over_to) if here and here.hands_over_to else None
        if onward is None:
            return []
        argument, says = onward.key, word("says line", language, title=tidy(onward.title))
    return [_link(ticket, name, argument, says or word(f"says {name}", language), address, code, answers, language)]


def assign_links(
    desk: "Desk", ticket: Ticket, name: str, address: str, code: str, answers: str, language: str
) -> list[Link]:
    """One link for each colleague on the ticket's line who could take it over, four at most."""
    people = desk.regulation.people
    there = [agent for agent in people.on_line(ticket.line) or people.agents if agent.address != ticket.assignee]
    return [
        _link(ticket, name, agent.address, _assigned(agent, language), address, code, answers, language)
        for agent in there[:MOST_AGENTS]
    ]


def _assigned(agent: Agent, language: str) -> str:
    return word("says assign", language, name=tidy(agent.name) or agent.address)


def _link(
    ticket: Ticket, name: str, argument: str, says: str, address: str, code: str, answers: str, language: str
) -> Link:
    command = f"#{name} {argument}".strip()
    href = mailto(address, f"[{ticket.number}] {name}", f"{command}\n\n{code}", answers)
    spoken = f"#{COMMANDS.get(language, COMMANDS['en'])[name]} {argument}".strip()
    return Link(word(f"verb {name}", language), says, href, spoken)
