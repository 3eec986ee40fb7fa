"""Letters to agents about what came: a client's request, more from the client, a colleague's note or answer."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from maild.desk.doubts import doubts
from maild.desk.facts import News, Said
from maild.desk.outgoing import Outgoing, box_of, dispatch, dispatch_alike, head, marker
from maild.desk.quick import may_be_urgent, orders
from maild.desk.staff_card import FULL, SHORT, staff_rows
from maild.desk.staff_parts import (
    UNACCEPTED,
    attached,
    audience_of,
    clock_sentence,
    envelope,
    links_of,
    marker_of,
    only_quality,
    preview,
    previewed,
    quality_names,
    summary_envelope,
    words_and_rest,
)
from maild.desk.staff_view import View
from maild.domain.ticket import Status, Ticket
from maild.mail import phrase
from maild.mail.mime import File
from maild.mail.parts import tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk

SHORTLY = frozenset({"more", "third", "reopened", "rated"})
"""Why a request comes to somebody who knows the ticket: the card has the clocks and the assignee only."""

_RULE = re.compile(r"[\w./-]{1,60}\.(?:toml|csv|xlsx):\d+")

_FULL = tuple(name for name in FULL if name not in ("subject", "received"))
"""The card below a subject and a dated letter, which need not be said again."""


def requests(
    desk: "Desk", ticket: Ticket, now: datetime, recipients: Sequence[str], *, key: str, news: News
) -> list[Outgoing]:
    """What a client wants, to agents (kind `request`): the client's words first, whole, with their files.

    Words over 8,000 characters go on in an attached text file. The key of each letter is `key` with its address. For
    readers who would read the same it is rendered once.
    """
    alike: dict[tuple[bool, bool], list[str]] = {}
    for recipient in recipients:
        same = (only_quality(desk, recipient), recipient.lower() == ticket.assignee)
        alike.setdefault(same, []).append(recipient)
    return [letter for group in alike.values() for letter in _requests(desk, ticket, now, group, key, news)]


def request(desk: "Desk", ticket: Ticket, now: datetime, recipient: str, *, key: str, news: News) -> Outgoing:
    """The same to one agent; `key` is the whole key."""
    (letter,) = _requests(desk, ticket, now, [recipient], "", news, {recipient: key})
    return letter


def _requests(
    desk: "Desk",
    ticket: Ticket,
    now: datetime,
    recipients: Sequence[str],
    key: str,
    news: News,
    keys: Mapping[str, str] | None = None,
) -> list[Outgoing]:
    keys = keys or {recipient: f"{key}:{recipient}" for recipient in recipients}
    recipient = recipients[0]
    view = View(desk, now)
    audience, for_quality = audience_of(desk, ticket, recipient), only_quality(desk, recipient)
    text = news.said.text if news.said else ""
    said, more, rest = words_and_rest(text, view.word("whole text"), view.language)
    confirmed = news.why == "new" and ticket.status is Status.OPEN  # our confirmation leaves with this letter
    due, left = clock_sentence(view, replace(ticket, reaction_met=ticket.reaction_met or now) if confirmed else ticket)
    names = tuple(_names(desk, ticket, for_quality))
    links = links_of(desk, ticket, recipient, keys[recipient], names, offered=news.offered)
    written = ("assign", "line", "level", "note") if for_quality else ("wait", "resolve", "refuse", "note")
    context = {
        "marker": marker(marker_of(audience), view.language),
        "number": ticket.number,
        "subject": view.subject(ticket),
        "title": f"[{ticket.number}] {view.subject(ticket)}",
        "preheader": preview(view, ticket, due),
        "heading": _heading(view, ticket, recipient, news),
        "fresh": news.why == "new",
        "doubt": doubts(desk, ticket, view.language) if news.why not in SHORTLY else "",
        "due": due,
        "left": left,
        "said": said if said.text else None,
        "said_by": _by(ticket, news),
        "said_at": view.moment(news.said.at) if news.said else "",
        "said_more": more,
        "attached": attached((*news.files, *rest), view.language),
        "rows": staff_rows(view, ticket, SHORT if news.why in SHORTLY else _FULL, news.earlier),
        "commands": orders(written, view.language),
        "links": links,
        "trail": tidy(", ".join(_rules(news.trail)), 300),
        "queue": phrase.count(news.queue, "ticket", view.language) if news.queue else "",
        "counted": view.moment(now),
        "desk": head(desk, box_of(desk, ticket), view.language),
    }
    subject, files = view.subject(ticket), (*news.files, *rest)
    addressed = [envelope(desk, "request", ticket, each, keys[each], subject, audience, files) for each in recipients]
    return dispatch_alike(desk, addressed, view.language, context, now)


def note(
    desk: "Desk",
    ticket: Ticket,
    now: datetime,
    recipient: str,
    *,
    key: str,
    said: Said,
    files: tuple[File, ...] = (),
    answered: bool = False,
    effect: str = "",
) -> Outgoing:
    """What a colleague wrote (kind `note`): to colleagues, or, `answered`, to the client.

    `said.by` is the colleague, a name or an address; `effect` of an answer is "answer", "question" or "solution".
    """
    view = View(desk, now)
    audience = audience_of(desk, ticket, recipient) if answered else "colleagues"
    words, more, rest = words_and_rest(said.text, view.word("returned text"), view.language)
    due, left = clock_sentence(view, ticket)
    name = view.person(said.by) if "@" in said.by else tidy(said.by, 100)
    context = {
        "marker": marker(marker_of(audience), view.language),
        "number": ticket.number,
        "subject": view.subject(ticket),
        "title": f"[{ticket.number}] {view.subject(ticket)}",
        "preheader": preview(view, ticket, tidy(words.text, 70), due),
        "heading": view.word("heading answered" if answered else "heading note", name=name),
        "effect": view.word(f"wrote {effect}") if answered and effect in ("question", "solution") else "",
        "answered": answered,
        "said": words if words.text else None,
        "said_at": view.moment(said.at),
        "said_more": more,
        "attached": attached((*files, *rest), view.language),
        "due": due,
        "left": left,
        "rows": staff_rows(view, ticket, SHORT),
        "links": links_of(desk, ticket, recipient, key, ("take", "note", "status")),
        "counted": view.moment(now),
        "desk": head(desk, box_of(desk, ticket), view.language),
    }
    addressed = envelope(desk, "note", ticket, recipient, key, view.subject(ticket), audience, (*files, *rest))
    return dispatch(desk, addressed, view.language, context, now)


def summary_note(
    desk: "Desk", now: datetime, recipient: str, *, key: str, said: Said, about: str, files: tuple[File, ...] = ()
) -> Outgoing:
    """What somebody answered to a letter about many tickets (kind `note`): to colleagues, about no ticket.

    `about` is the subject of that letter.
    """
    view = View(desk, now)
    words, more, rest = words_and_rest(said.text, view.word("returned text"), view.language)
    subject = tidy(about, 120)
    context = {
        **dict.fromkeys(("marker", "number", "effect", "due", "left"), ""),
        "subject": subject,
        "title": subject,
        "preheader": previewed([tidy(words.text, 90), tidy(desk.regulation.desk.name, 60), view.moment(now), subject]),
        "heading": view.word("heading note", name=view.person(said.by)),
        "answered": False,
        "said": words if words.text else None,
        "said_at": view.moment(said.at),
        "said_more": more,
        "attached": attached((*files, *rest), view.language),
        "rows": (),
        "links": (),
        "counted": view.moment(now),
        "desk": head(desk, desk.support, view.language),
    }
    addressed = summary_envelope(desk, "note", recipient, key, subject, files=(*files, *rest))
    return dispatch(desk, addressed, view.language, context, now)


def _heading(view: View, ticket: Ticket, recipient: str, news: News) -> str:
    line = view.desk.regulation.people.lines.get(ticket.line or "")
    match news.why:
        case "third":
            return view.word("heading third", by=tidy(news.by, 100))
        case "handed":
            return view.word("heading handed", title=tidy(line.title)) if line else view.word("heading handed, no line")
        case "assigned" if ticket.assignee == recipient.lower():
            return view.word("heading assigned")
        case "assigned":
            return view.word("heading assigned, other", name=view.person(ticket.assignee))
        case "rated":
            rating = ticket.rating
            return view.word("heading rated", rating=rating) if rating else view.word("heading rated, none")
        case "more" | "urgent" | "reopened":
            return view.word(f"heading {news.why}")
        case _:
            return view.subject(ticket)


def _by(ticket: Ticket, news: News) -> str:
    """Who wrote: as they call themselves, with the address."""
    by = tidy(news.said.by if news.said else "", 150) or tidy(ticket.client_name, 100)
    if "@" in by:  # whoever handed the ticket over is not who wrote
        return by.replace(" <", ", ").rstrip(">")
    address = tidy(news.by or ticket.client, 120)
    if address and address.lower() not in by.lower():
        by = f"{by}, {address}" if by else address
    return by.replace(" <", ", ").rstrip(">")


def _rules(trail: Sequence[str]) -> Iterator[str]:
    """The rules that decided, «intake.toml:12», each once; `#why` tells the rest."""
    found = (rule for says in trail for rule in _RULE.findall(says[:2_000]))
    yield from dict.fromkeys(found)


def _names(desk: "Desk", ticket: Ticket, for_quality: bool) -> Iterator[str]:
    """The commands that make sense for a ticket, as links; the quality desk has its own (contract, Who may do what)."""
    if for_quality:
        yield from quality_names(ticket)
        return
    yield "take"
    if ticket.status in UNACCEPTED:
        yield from ("accept", "refuse")
    if may_be_urgent(desk, ticket):
        yield "urgent"
    yield from ("reply", "wait", "resolve", "line", "note", "status")
