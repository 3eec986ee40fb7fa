"""Telling those who work at the desk: the line or the assignee of a new letter, colleagues of an answer or a note."""

from collections.abc import Sequence
from datetime import datetime

from maild.desk import agenda, notify
from maild.desk.arrival import Arrival
from maild.desk.desk import Desk
from maild.desk.facts import News, Said
from maild.desk.post import post
from maild.domain.escalation import staff
from maild.domain.ticket import Ticket
from maild.mail.mime import File
from maild.mail.parse import attachments
from maild.store import outbox, tickets
from maild.store.database import Tx

EARLIER = 5
"""So many earlier tickets of the client are named in a request."""


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
    """A `request` to the assignee, else to everybody on the line (or `to`), except one. While the client's address
    floods the desk, a digest comes in place of it."""
    if agenda.in_flood(tx, desk, ticket.client):
        return
    for address in staff(ticket, desk.regulation.people) if to is None else to:
        if address != but:
            letter = notify.request(desk, ticket, now, address, key=f"{desk.name}:{key}:{address}", news=news)
            post(tx, desk, letter, now, ticket_id=ticket.id)


def concerned(tx: Tx, desk: Desk, ticket: Ticket, but: str) -> list[str]:
    """The agents who should know what a colleague wrote: the assignee, else the line, and all who were told of the
    client's last letter; except the one who wrote."""
    people = desk.regulation.people
    told = [row for row in outbox.letters_about(tx, Arrival.id_of(ticket)) if row.kind == "request"]
    last = [row.recipient for row in told if row.created_at == told[0].created_at]
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
        said=Said(words or message.reply, arrival.letter.arrival, by),
        files=files_of(arrival),
        earlier=tuple(earlier),
        queue=tickets.queue_length(tx, desk.name, ticket.line) if ticket.line else None,
        trail=trail,
        by=arrival.sender,
    )


def files_of(arrival: Arrival) -> tuple[File, ...]:
    """The attachments of a letter, as they came."""
    return tuple(
        File(attachment.filename or f"attachment-{number}", attachment.content_type, data)
        for number, (attachment, data) in enumerate(attachments(arrival.letter.raw), 1)
    )
