"""A letter that belongs to a ticket and is not an agent's: the client's reply, a rating, a third person's words."""

from dataclasses import replace

from maild.desk import complaint
from maild.desk.arrival import Arrival, Received
from maild.desk.classify import classify
from maild.desk.clocks import keep
from maild.desk.correspondent import cc_of
from maild.desk.facts import Said
from maild.desk.register import acknowledge, judge_again, register, too_large
from maild.desk.tell import files_of, news_of, tell_line
from maild.desk.threading import Hit, find_ticket
from maild.desk.to_quality import complain
from maild.domain.admission import Known
from maild.domain.ticket import Event, Status, Ticket
from maild.mail.body import reply_text, without_ours
from maild.mail.courtesy import only_thanks
from maild.mail.parse import parse
from maild.mail.pictures import with_pictures
from maild.mail.ratings import Assessment, read_rating
from maild.store import inbox, outbox, tickets

JUDGED_AGAIN = frozenset({Status.DETAILS, Status.REFUSED})
"""Statuses in which a client's reply is a new application rather than one more letter."""
ASSESSED = frozenset({Status.ASSESSMENT, Status.CLOSED})
"""Statuses in which a reply may be a rating, and anything else reopens."""

LOGO = 30 * 1024
"""Bytes: a picture shown in the text that is no larger belongs to a signature."""
QUOTED_AT_MOST = 3
"""So many of our own letters are looked for in a quotation, the newest first; References may name thousands."""


def threaded(arrival: Arrival) -> Received | None:
    """A letter that belongs to a ticket; None: it is a new request."""
    hit = find_ticket(arrival)
    if hit is None:
        return None
    if arrival.mailbox.role == "quality" and hit.ticket.category != complaint.CATEGORY:
        return register(arrival, linked=hit.ticket.number)
    if not hit.takes_part:
        return _third_wrote(arrival, hit)
    return _client_wrote(arrival, hit)


def _third_wrote(arrival: Arrival, hit: Hit) -> Received:
    """Somebody who takes no part: those who deal with the ticket see who wrote, the sender learns nothing."""
    received = _attach(arrival, hit, Event.THIRD_WROTE, f"from somebody who takes no part, by {hit.how}")
    _tell(arrival, hit.ticket, "third")
    return received


def _attach(arrival: Arrival, hit: Hit, event: Event, says: str) -> Received:
    tickets.note(arrival.tx, arrival.id_of(hit.ticket), [arrival.entry(event, says)])
    arrival.remember(hit.ticket)
    return Received("thread", hit.ticket.id, hit.ticket.number, says)


def _client_wrote(arrival: Arrival, hit: Hit) -> Received:
    """The client's own reply: it rates, ends a hold, reopens, or is judged again where something was missing."""
    ticket, complains = hit.ticket, hit.ticket.category == complaint.CATEGORY
    tickets.add_participant(arrival.tx, arrival.id_of(ticket), arrival.sender)
    if arrival.letter.truncated:
        too_large(arrival, ticket)
    rates = ticket.status in ASSESSED and not complains
    assessment = read_rating(arrival.message.reply) if rates else None
    if assessment and assessment.rating:
        return _rated(arrival, ticket, assessment)
    if only_thanks(arrival.message.reply) and not _brings_files(arrival):
        return _attach(arrival, hit, Event.CLIENT_WROTE, "only thanks: nothing changes")
    arrival.remember(ticket)
    ticket = _with_cc(arrival, ticket)
    entry = arrival.entry(Event.CLIENT_WROTE, f"attached by {hit.how}")
    wish = not complains and _wants_quality(arrival, ticket)
    if ticket.status in JUDGED_AGAIN and not complains and not wish:
        return judge_again(between_our_lines(arrival), ticket, entry)
    reopened = ticket.status in ASSESSED
    at = arrival.letter.arrival
    changed = complaint.taken_up(arrival.desk, ticket, at) if complains else arrival.happens(ticket, entry.event, at)
    changed = keep(arrival.tx, arrival.desk, _answer_here(arrival, changed), [entry])
    if wish:  # the letter is both: one more of the ticket, for its line too, and a complaint about it
        acknowledge(arrival, complain(arrival, changed))
    _tell(arrival, changed, "reopened" if reopened else "more")
    return Received("thread", changed.id, changed.number, "asks for the quality desk" if wish else entry.says)


def _with_cc(arrival: Arrival, ticket: Ticket) -> Ticket:
    """The ticket with whom the letter brings into the conversation: they take part from now on."""
    ticket = replace(ticket, cc=cc_of(arrival, ticket))
    for address in ticket.cc:
        tickets.add_participant(arrival.tx, arrival.id_of(ticket), address)
    return ticket


def _brings_files(arrival: Arrival) -> bool:
    """Whether a letter brings more than its words; the small pictures of a signature are not more."""
    return arrival.letter.truncated or any(
        not (each.inline and each.content_id and each.size <= LOGO) for each in arrival.message.attachments
    )


def _answer_here(arrival: Arrival, ticket: Ticket) -> Ticket:
    """The next answer goes into the thread where the client wrote last."""
    message = arrival.message
    return replace(
        ticket,
        message_id=message.message_id or ticket.message_id,
        references=message.references or message.in_reply_to[:1] or ticket.references,
    )


def _tell(arrival: Arrival, ticket: Ticket, why: str) -> None:
    """Those who deal with a ticket hear what came: of a complaint the quality desk, else assignee or line."""
    if ticket.category == complaint.CATEGORY:
        said = Said(with_pictures(arrival.letter.raw, arrival.message).reply, arrival.letter.arrival, arrival.sender)
        about = tickets.load(arrival.tx, arrival.desk.name, ticket.linked, lock=False) if ticket.linked else None
        key = f"{arrival.desk.name}:{ticket.number}:{arrival.letter.id}"
        files = files_of(arrival)
        complaint.tell_quality(arrival.tx, arrival.desk, ticket, about, said, arrival.now, files=files, key=key)
        return
    key = f"{ticket.number}:request:{arrival.letter.id}"
    tell_line(arrival.tx, arrival.desk, ticket, news_of(arrival, ticket, why), arrival.now, key)


def _rated(arrival: Arrival, ticket: Ticket, said: Assessment) -> Received:
    """The first rating counts, a later one amends it; a low one becomes a complaint (A22)."""
    assert said.rating is not None
    last = _last_rating(arrival, ticket)
    before = ticket.rating if last else None
    says = f"rated {said.rating}" + (f", before {ticket.rating}" if ticket.rating else "")
    changed = replace(arrival.happens(ticket, Event.RATED, arrival.letter.arrival), rating=said.rating)
    changed = keep(arrival.tx, arrival.desk, changed, [arrival.entry(Event.RATED, says)])
    arrival.remember(changed)
    complain_at = arrival.desk.regulation.desk.rating.complain_at
    news = (bool(said.words) and last != said) or _brings_files(arrival)
    if said.rating <= complain_at and (before is None or before > complain_at or news):
        complain(arrival, changed, rated=said)
    elif news:
        _tell_rating(arrival, changed, said)
    return Received("thread", changed.id, changed.number, says)


def _last_rating(arrival: Arrival, ticket: Ticket) -> Assessment | None:
    """What was said of this very solution before; None: nothing."""
    for entry in reversed(tickets.history(arrival.tx, arrival.id_of(ticket))):
        if entry.event is Event.RATED and entry.letter:
            return read_rating(parse(inbox.raw(arrival.tx, entry.letter)).reply)
        if entry.event is Event.RESOLVED:
            return None
    return None


def _tell_rating(arrival: Arrival, ticket: Ticket, said: Assessment) -> None:
    news = news_of(arrival, ticket, "rated", words=f"{said.rating}\n\n{said.words}".strip())
    tell_line(arrival.tx, arrival.desk, ticket, news, arrival.now, f"{ticket.number}:rated:{arrival.letter.id}")


def _wants_quality(arrival: Arrival, ticket: Ticket) -> bool:
    """Whether a reply in the support mailbox asks to be passed to the quality desk (A24)."""
    rules = arrival.desk.regulation.intake
    if not rules.quality:
        return False
    found = classify(arrival.message, rules, role="support", version=None, known=Known(category=ticket.category))
    return found.category.key == rules.quality


def between_our_lines(arrival: Arrival) -> Arrival:
    """The letter with what the client wrote inside our quoted letter given back to them.

    Some programs quote without signs; what we sent is known, and what we did not send is the client's.
    """
    message = arrival.message
    ids = dict.fromkeys((*message.in_reply_to, *reversed(message.references)))
    ours = [message_id for message_id in ids if arrival.desk.signer.read(message_id)][:QUOTED_AT_MOST]
    sent = [raw for message_id in ours if (raw := outbox.sent_letter(arrival.tx, message_id))]
    if not sent:
        return arrival
    sections = without_ours(message.text, message.sections, [parse(raw).text for raw in sent])
    read = replace(message, sections=sections, reply=reply_text(message.text, sections))
    return replace(arrival, message=read)
