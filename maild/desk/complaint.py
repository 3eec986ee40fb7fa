"""A complaint: a ticket of the quality desk about another ticket, with targets and an escalation of its own.

It is opened by a letter to the quality mailbox, by the wish to be passed to the quality desk, or by a low rating.
The client's answer is the caller's; here the quality desk is told, with the whole story of the ticket it is about.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from maild.desk import notify
from maild.desk.arrival import Arrival
from maild.desk.client_row import is_known_domain
from maild.desk.clocks import derived, happens, keep, schedule
from maild.desk.desk import Desk
from maild.desk.facts import Said
from maild.desk.outgoing import staff_language
from maild.desk.post import post, tell_operator
from maild.desk.story import story_lines, whole_story
from maild.domain.ticket import Entry, Event, Status, Ticket
from maild.mail.mime import File
from maild.mail.thread import clean_subject, subject_number
from maild.store import tickets
from maild.store.database import Tx

CATEGORY = "quality"
_EVERY = 2**62
"""Above every letter's id: all that came so far are earlier."""


def open_complaint(
    tx: Tx,
    desk: Desk,
    about: Ticket | None,
    client: str,
    reply_to: str,
    subject: str,
    language: str,
    arrived: datetime,
    words: Said,
    now: datetime,
    *,
    letter_id: int | None = None,
    message_id: str | None = None,
    references: Sequence[str] = (),
    rating: int | None = None,
    files: tuple[File, ...] = (),
    key: str,
    client_name: str = "",
    acquaintance: str | None = None,
) -> Ticket:
    """Open a complaint and tell the quality desk. The client is not written to.

    Where this client has a complaint about that ticket at work already, the words are added to it. `key` is unique for
    this occasion and makes the keys of the letters; `acquaintance` is what the caller knows of the address, else it is
    what the ticket says. `arrived` starts the quality desk's targets.
    """
    client = client.lower()
    entry = Entry(arrived, Event.CLIENT_WROTE, client, _rated(rating, "more about it"), letter=letter_id)
    complaint = _at_work(tx, desk, about, client)
    if complaint:
        changed = taken_up(desk, complaint, max(arrived, complaint.arrived))
        complaint = keep(tx, desk, replace(changed, message_id=message_id or changed.message_id), [entry])
    else:
        fresh = replace(
            _fresh(desk, about, client, arrived),
            client_name=client_name or (about.client_name if about and about.client == client else ""),
            reply_to=reply_to,
            subject=clean_subject(subject),
            language=language,
            message_id=message_id,
            references=tuple(references),
            acquaintance=acquaintance or _acquaintance(tx, desk, about, client, reply_to, letter_id),
        )
        complaint = _create(tx, desk, fresh, now, replace(entry, event=Event.REGISTERED), rating)
    tickets.add_participant(tx, Arrival.id_of(complaint), client)
    if message_id:
        tickets.remember_id(tx, desk.name, message_id, Arrival.id_of(complaint), "in", None)
    tell_quality(tx, desk, complaint, about, words, now, rating=rating, files=files, key=key)
    if about:  # after the letter, whose story would end with the letter itself
        says = _rated(rating, f"complaint {complaint.number}")
        tickets.note(tx, Arrival.id_of(about), [replace(entry, event=Event.COMPLAINED, says=says)])
    return complaint


def taken_up(desk: Desk, complaint: Ticket, at: datetime) -> Ticket:
    """A complaint after a further letter of the client: one that was postponed or refused is the quality desk's again,
    with its clock."""
    put_aside = complaint.status in (Status.DETAILS, Status.REFUSED)
    return happens(desk, complaint, Event.TRIAGED if put_aside else Event.CLIENT_WROTE, at)


def tell_quality(
    tx: Tx,
    desk: Desk,
    complaint: Ticket,
    about: Ticket | None,
    words: Said,
    now: datetime,
    *,
    rating: int | None = None,
    files: tuple[File, ...] = (),
    key: str,
) -> None:
    """A complaint to everybody at the quality desk, with the whole story of the ticket that it is about.

    Where people.toml names nobody, the operator gets a line.
    """
    quality = desk.regulation.people.quality
    if not quality:
        lines = [
            f"{complaint.client} complained, as {complaint.number}" + (f" about {about.number}." if about else "."),
            "people.toml names no [quality] addresses, so nobody was told. Put one there.",
        ]
        tell_operator(tx, desk, f"complaint:{key}", f"A complaint that nobody reads: {complaint.number}", lines, now)
        return
    story = story_lines(tx, desk, about, staff_language(desk), now) if about else ()
    whole = (whole_story(tx, desk, about, now),) if about else ()
    for address in quality:
        letter = notify.complaint(
            desk,
            complaint,
            now,
            address,
            key=f"{key}:{address}",
            said=words,
            about=about,
            story=story,
            rating=rating,
            files=(*whole, *files),
        )
        post(tx, desk, letter, now, ticket_id=complaint.id)


def about_of(
    tx: Tx, desk: Desk, sender: str, subject: str, text: str = "", message_ids: Sequence[str] = ()
) -> Ticket | None:
    """The ticket that a client's letter to the quality desk is about; None: this address has none. Not locked.

    It is the one whose number stands in subject or text (the client's own words), else the one whose letter they
    answer, if they take part in it; else their last one. A complaint stands for the ticket that it is about.
    """
    sender, prefix = sender.lower(), desk.regulation.desk.prefix
    for written in (subject, text):
        number = subject_number(written, prefix)
        named = tickets.load(tx, desk.name, number, lock=False) if number else None
        if named and (ticket := _meant(tx, desk, named, sender)):
            return ticket
    known = tickets.ticket_of(tx, desk.name, message_ids) if message_ids else None
    if known and (ticket := _meant(tx, desk, tickets.load_id(tx, known[0], lock=False), sender)):
        return ticket
    return tickets.last_of_client(tx, desk.name, sender)


def _meant(tx: Tx, desk: Desk, ticket: Ticket, sender: str) -> Ticket | None:
    """The ticket if the sender takes part in it; for a complaint the ticket that it is about."""
    if sender != ticket.client and sender not in tickets.participants(tx, Arrival.id_of(ticket)):
        return None
    if ticket.category != CATEGORY:
        return ticket
    about = tickets.load(tx, desk.name, ticket.linked, lock=False) if ticket.linked else None
    return about if about and about.category != CATEGORY else None


def _at_work(tx: Tx, desk: Desk, about: Ticket | None, client: str) -> Ticket | None:
    """The complaint of this client about that ticket that is not dealt with yet, locked."""
    if about is None:
        return None
    found = [one for one in tickets.complaints_about(tx, desk.name, about.number) if one.client == client]
    locked = (tickets.load_id(tx, Arrival.id_of(one)) for one in reversed(found))
    return next((one for one in locked if one.status in tickets.AT_WORK), None)


def _fresh(desk: Desk, about: Ticket | None, client: str, arrived: datetime) -> Ticket:
    """A complaint without its letter: what is the same for all of them."""
    return Ticket(
        number="",
        desk=desk.name,
        mailbox=desk.quality.name,
        status=Status.NEW,
        category=CATEGORY,
        level="",
        priority="normal",
        line=None,
        assignee=None,
        client=client,
        client_name="",
        reply_to="",
        subject="",
        language="",
        arrived=arrived,
        linked=about.number if about else None,
    )


def _create(tx: Tx, desk: Desk, fresh: Ticket, now: datetime, entry: Entry, rating: int | None) -> Ticket:
    """The complaint with its journal and timer, as `register` makes a ticket."""
    entries = [
        replace(entry, says=_rated(rating, f"to {desk.quality.address}")),
        Entry(now, Event.TRIAGED, "maild", "a complaint goes to the quality desk", letter=entry.letter),
    ]
    if fresh.linked:
        entries.append(Entry(now, Event.LINKED, "maild", f"about {fresh.linked}"))
    ticket = happens(desk, fresh, Event.TRIAGED, now)
    ticket = tickets.create(tx, derived(desk, ticket), desk.regulation.desk.prefix, entries)
    schedule(tx, desk, ticket)
    return ticket


def _rated(rating: int | None, says: str) -> str:
    return f"{says}; rating {rating}" if rating else says


def _acquaintance(tx: Tx, desk: Desk, about: Ticket | None, client: str, reply_to: str, letter_id: int | None) -> str:
    """How well the address is known (contract: bare), by the ticket, by the registry's domains, by earlier letters."""
    if reply_to.lower() != client:
        return "bare"
    if about and client == about.client:
        return about.acquaintance
    known = is_known_domain(desk.regulation, client)
    return "own" if known or tickets.heard_from(tx, desk.name, client, letter_id or _EVERY) else "bare"
