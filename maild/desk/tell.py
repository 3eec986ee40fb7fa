"""Telling those who work at the desk: the line or the assignee of a new letter, colleagues of an answer or a note."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from maild.desk import agenda, notify
from maild.desk.arrival import Arrival
from maild.desk.classify import topic
from maild.desk.desk import Desk
from maild.desk.facts import News, Said
from maild.desk.post import post
from maild.domain.escalation import staff
from maild.domain.ticket import Event, Ticket
from maild.mail.mime import File
from maild.mail.parse import parse
from maild.mail.pictures import named_files, with_pictures
from maild.regulation.answers import offered
from maild.store import correspondence, inbox, tickets
from maild.store.database import Tx

EARLIER = 5
"""So many earlier tickets of the client are named in a request."""
_WROTE = frozenset({Event.REGISTERED, Event.CLIENT_WROTE})
OFFERED_FOR = frozenset({"new", "more", "reopened"})
"""Why a request comes that may be met with a ready answer."""


def tell_line(
    tx: Tx,
    desk: Desk,
    ticket: Ticket,
    news: News,
    now: datetime,
    key: str,
    *,
    but: str | None = None,
    to: Sequence[str] | None = None,
) -> None:
    """A `request` to the assignee, else to everybody on the line, except one; or to those whom a colleague's order
    concerns (`to`). While the client's address floods the desk, a digest comes in place of what they write."""
    if to is None and _floods(tx, desk, ticket, news, now):
        return
    readers = [each for each in (staff(ticket, desk.regulation.people) if to is None else to) if each != but]
    for letter in notify.requests(desk, ticket, now, readers, key=f"{desk.name}:{key}", news=news):
        post(tx, desk, letter, now, ticket_id=ticket.id)


def _floods(tx: Tx, desk: Desk, ticket: Ticket, news: News, now: datetime) -> bool:
    """Whether the client's address has written more than `[limits]` allow letters to it: the line hears of it once an
    hour then. New requests are counted by their acknowledgements, what comes to open tickets here."""
    if agenda.in_flood(tx, desk, ticket.client):
        return True
    if (
        news.why != "new"
        and inbox.wrote_since(tx, desk.name, news.by, now - timedelta(hours=1)) >= desk.automatic_per_hour
    ):
        agenda.flooded(tx, desk, ticket.client, now)
        return True
    return False


def concerned(tx: Tx, desk: Desk, ticket: Ticket, but: str) -> list[str]:
    """The agents who should know what a colleague wrote: the assignee, else the line, and all who were told of the
    client's last letter; except the one who wrote."""
    people = desk.regulation.people
    if ticket.category == "quality":
        return [address for address in people.quality if address != but]
    told = [row for row in correspondence.went(tx, Arrival.id_of(ticket)) if row.kind == "request"]
    last = [row.recipient for row in told if row.created_at == told[-1].created_at]
    everybody = dict.fromkeys((*staff(ticket, people), *last))
    return [address for address in everybody if address != but and address in people.staff]


def tell_colleagues(
    tx: Tx,
    desk: Desk,
    ticket: Ticket,
    said: Said,
    now: datetime,
    key: str,
    *,
    to: Sequence[str],
    files: tuple[File, ...] = (),
    answered: bool = False,
    effect: str = "",
) -> None:
    """A `note` to colleagues: what one of them wrote to them, or (`answered`) to the client."""
    for address in to:
        letter = notify.note(
            desk,
            ticket,
            now,
            address,
            key=f"{desk.name}:{key}:{address}",
            said=said,
            files=files,
            answered=answered,
            effect=effect,
        )
        post(tx, desk, letter, now, ticket_id=ticket.id)


def news_of(arrival: Arrival, ticket: Ticket, why: str, *, trail: tuple[str, ...] = (), words: str = "") -> News:
    """What a letter brings, for those who are to deal with it: its words, files, and what came before."""
    message, desk, tx = arrival.message, arrival.desk, arrival.tx
    name = message.sender.name if message.sender else ""
    by = f"{name} <{arrival.sender}>" if name else arrival.sender
    earlier = tickets.earlier_of(tx, desk.name, ticket.client, Arrival.id_of(ticket), EARLIER) if why == "new" else []
    return News(
        why=why,
        said=Said(words or with_pictures(arrival.letter.raw, message).reply, arrival.letter.arrival, by),
        files=files_of(arrival),
        earlier=tuple(earlier),
        queue=tickets.queue_length(tx, desk.name, ticket.line) if ticket.line else None,
        trail=trail,
        by=arrival.sender,
        offered=_offered(arrival) if why in OFFERED_FOR else (),
    )


def news_again(tx: Tx, desk: Desk, ticket: Ticket, why: str, by: str) -> News:
    """The client's last letter once more, whole, for somebody who takes the ticket over."""
    history = tickets.history(tx, Arrival.id_of(ticket))
    wrote = next((entry for entry in reversed(history) if entry.event in _WROTE and entry.letter), None)
    if wrote is None or wrote.letter is None:
        return News(why=why, by=by)
    raw = inbox.raw(tx, wrote.letter)
    words = with_pictures(raw, parse(raw)).reply
    return News(why=why, said=Said(words, wrote.at, wrote.by), files=_files(raw), by=by)


def _offered(arrival: Arrival) -> tuple[str, ...]:
    """The keys of the ready answers that a letter calls for (A13)."""
    message = arrival.message
    return offered(arrival.desk.regulation.offers, *topic(message), language=message.language)


def files_of(arrival: Arrival) -> tuple[File, ...]:
    """The attachments of a letter, byte for byte, named as the letter's text calls them (`mail/pictures`)."""
    return _files(arrival.letter.raw)


def _files(raw: bytes) -> tuple[File, ...]:
    return tuple(file for _, file in named_files(raw))
