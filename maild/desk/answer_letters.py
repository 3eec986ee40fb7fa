"""What an agent says to a client, and the question whether it has helped.

An answer is a person's letter: their words as they stand, whole, however long. A mail program that shows the beginning
of a large letter only leaves out as much of its plain part, so there is nothing to be gained by cutting either.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from maild.desk.client_parts import moment, past, resolution_stands, shortly, shown_name, to_client
from maild.desk.facts import Said
from maild.desk.outgoing import Outgoing, box_of, client_language, message_id, subject_of
from maild.domain.people import Agent
from maild.domain.ticket import Ticket
from maild.mail.labels import word
from maild.mail.mime import File, safe_name
from maild.mail.parts import Link, mailto, tidy
from maild.mail.passages import clean_words, excerpt, passages

if TYPE_CHECKING:
    from maild.desk.desk import Desk

RATINGS = ("5", "4", "3", "2", "1")
_WITH_REASON = frozenset({"2", "1", "reopen"})
"""Links that open a letter with an empty line for the reason."""


def answer(
    desk: "Desk",
    ticket: Ticket,
    now: datetime,
    *,
    key: str,
    words: str,
    author: Agent | None,
    effect: str = "answer",
    files: tuple[File, ...] = (),
    from_quality: bool = False,
) -> Outgoing:
    """An agent's words to the client, untouched; below them one line that says what they are, and the desk.

    `effect` is "answer", "question" (the resolution clock stands once it has left) or "solution". `from_quality`: it
    comes from the quality mailbox, whatever the ticket. It meets the reaction target.
    """
    language = client_language(desk, ticket)
    own = clean_words(words) or _only_files(files, language)
    context = {
        "words": own,
        "passages": passages(own),
        "opening": tidy(excerpt(own, 200).text),
        "meta": meta_line(desk, ticket, author, _what(desk, ticket, language, effect)),
    }
    box = desk.quality if from_quality else box_of(desk, ticket)
    asks = effect == "question"
    return to_client(
        desk, ticket, "answer", language, context, now, key, person=True, author=author, box=box, files=files, asks=asks
    )


def meta_line(desk: "Desk", ticket: Ticket, author: Agent | None, what: str = "") -> str:
    """«CRM-000042 · Анна Котова · решение»: what stands below a person's words."""
    name = shown_name(desk, author.name if author else "")
    return " · ".join(part for part in (ticket.number, name, what) if part)


def _what(desk: "Desk", ticket: Ticket, language: str, effect: str) -> str:
    """What the words are, where that is more than an answer."""
    if effect == "answer":
        return ""
    held = effect == "question" and resolution_stands(desk, ticket)
    return word(f"effect {effect}{', held' if held else ''}", language)


def _only_files(files: tuple[File, ...], language: str) -> str:
    """What a letter says to which its writer only attached something."""
    names = ", ".join(safe_name(file.name) for file in files)
    return word("files only", language, names=names) if names else ""


def rating(
    desk: "Desk", ticket: Ticket, now: datetime, *, key: str, solution: Said | None, closes: datetime | None = None
) -> Outgoing:
    """Is it solved? The solution in short, five links to rate it and one to reopen; `closes` is when silence closes it.

    The subject and what the client wrote are not told to a bare address.
    """
    language = client_language(desk, ticket)
    links = {link.command: link for link in _rating_links(desk, ticket, language, key)}
    context = {
        "subject": "" if ticket.acquaintance == "bare" else subject_of(ticket, language),
        "solution": shortly(solution),
        "by": shown_name(desk, solution.by) if solution else "",
        "solved_at": past(desk, solution.at, language, now) if solution else "",
        "links": tuple(links[name] for name in RATINGS),
        "reopen": links["reopen"],
        "closes": moment(desk, closes, language, now),
    }
    return to_client(desk, ticket, "rating", language, context, now, key)


def _rating_links(desk: "Desk", ticket: Ticket, language: str, key: str) -> Iterator[Link]:
    """Letters that are ready to be sent: the rating in the first line, room for a reason, the code line (contract)."""
    box = box_of(desk, ticket)
    code = desk.signer.code(ticket.reply_to, "client", ticket.number)
    sealed = message_id(desk, box, ticket.reply_to, "client", ticket.number, key)
    for name in (*RATINGS, "reopen"):
        body = "\n".join((name, "", *([""] if name in _WITH_REASON else []), code))
        href = mailto(box.address, f"[{ticket.number}] {name}", body, sealed)
        verb, says = (name, "") if name in RATINGS else ("", "says reopen, client")
        shown = verb or word("rate reopen", language)
        yield Link(shown, word(says or f"rate {name}", language), href, name)
