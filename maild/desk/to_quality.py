"""A client's letter for the quality desk becomes a complaint: it came to its mailbox, or asks to be passed on (A24)."""

from dataclasses import replace

from maild.desk import complaint
from maild.desk.arrival import Arrival
from maild.desk.correspondent import acquaintance, references, reply_to
from maild.desk.facts import Said
from maild.desk.tell import files_of
from maild.domain.admission import Decision
from maild.domain.ticket import Event, Ticket
from maild.mail.pictures import with_pictures
from maild.mail.ratings import Assessment
from maild.store import tickets


def about_of(arrival: Arrival, linked: str | None) -> Ticket | None:
    """The ticket that a letter complains of: the linked one, the one it names or answers, the client's last."""
    tx, desk, message = arrival.tx, arrival.desk, arrival.message
    if linked and (known := tickets.load(tx, desk.name, linked, lock=False)):
        return known
    ids = [*message.in_reply_to, *reversed(message.references)]
    return complaint.about_of(tx, desk, arrival.sender, message.subject, message.reply, ids)


def link_back(arrival: Arrival, number: str, ticket: Ticket) -> None:
    """A complaint that came before the request in the same letter (decision 11) is about that request."""
    found = tickets.load(arrival.tx, arrival.desk.name, number)
    if found and found.category == complaint.CATEGORY and found.linked is None:
        entry = arrival.entry(Event.LINKED, f"about {ticket.number}")
        tickets.save(arrival.tx, replace(found, linked=ticket.number), [entry])


def complain(
    arrival: Arrival, about: Ticket | None, decision: Decision | None = None, *, rated: Assessment | None = None
) -> Ticket:
    """Make a complaint of a client's letter, and tell the quality desk; the client is not answered here.

    `rated`: the letter is a low rating of `about`, whose subject and language then count.
    """
    message = arrival.message
    words = rated.words if rated and rated.words else with_pictures(arrival.letter.raw, message).reply
    language = decision.language if decision else message.language
    return complaint.open_complaint(
        arrival.tx,
        arrival.desk,
        about,
        arrival.sender,
        reply_to(arrival),
        about.subject if about and rated else message.subject,
        about.language if about and rated else language,
        arrival.letter.arrival,
        Said(words, arrival.letter.arrival, arrival.sender),
        arrival.now,
        letter_id=arrival.letter.id,
        message_id=message.message_id,
        references=references(arrival),
        rating=rated.rating if rated else None,
        files=files_of(arrival),
        key=f"{arrival.desk.name}:complaint:{arrival.letter.digest}",  # the same letter to both mailboxes is told once
        client_name=message.sender.name if message.sender else "",
        acquaintance=acquaintance(arrival, decision) if decision else None,
    )
