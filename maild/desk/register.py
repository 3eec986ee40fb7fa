"""A new request becomes a ticket; a client's further letter to an undecided one is judged with it."""

from dataclasses import replace

from maild.desk import agenda, complaint, notify, to_quality
from maild.desk.arrival import Arrival, Received
from maild.desk.assign import by_policy
from maild.desk.authority import Person
from maild.desk.clocks import derived, keep, schedule
from maild.desk.correspondent import acquaintance, cc_of, references, reply_to, reused_id
from maild.desk.judgement import Before, cited, deciding, event_of, judge_new, judge_reply, trail_line
from maild.desk.notify import Outgoing
from maild.desk.post import limit_reached, post, tell_operator
from maild.desk.relevel import judged_again
from maild.desk.suggestions import topics_of_letter
from maild.desk.tell import news_of, tell_line
from maild.desk.to_quality import about_of, complain
from maild.domain.admission import Decision, Disposition, Known
from maild.domain.ticket import Entry, Event, Status, Ticket
from maild.mail.thread import clean_subject, subject_number
from maild.store import tickets
from maild.store.correspondence import went

OFFERING = frozenset({"acknowledgement", "receipt"})
"""Letters that say what would help to solve a request faster."""
FOR_THE_LINE = frozenset({Disposition.ACCEPT, Disposition.TRIAGE})
"""Dispositions after which somebody on the line has something to do."""


def register(arrival: Arrival, *, linked: str | None = None, quiet: bool = False, by: Person | None = None) -> Received:
    """Open a ticket for a letter, answer it and tell the line. `quiet`: another letter of ours answers it already.

    `linked` is the number of the ticket that it is about; `by` the agent who registers it for the client (B22).
    """
    decision = _judge(arrival)
    if decision.category == complaint.CATEGORY:
        return _complaint(arrival, decision, linked, quiet=quiet)
    ticket = _ticket(arrival, decision, linked or _named_in_subject(arrival))
    ticket = arrival.happens(ticket, event_of(decision), arrival.now)
    says = f"by {by.address}, for {arrival.sender}" if by else f"to {arrival.mailbox.address}"
    entries = [arrival.entry(Event.REGISTERED, says), _verdict(arrival, decision)]
    if linked:
        entries.append(arrival.entry(Event.LINKED, f"about {linked}"))
    if reused_id(arrival):
        entries.append(arrival.entry(Event.LINKED, "its Message-ID was seen before with another content"))
    if decision.disposition in FOR_THE_LINE:
        ticket = by_policy(arrival.tx, arrival.desk, ticket, entries, arrival.now)
    ticket = tickets.create(arrival.tx, derived(arrival.desk, ticket), _prefix(arrival), entries)
    for address in (ticket.client, *ticket.cc):
        tickets.add_participant(arrival.tx, arrival.id_of(ticket), address)
    arrival.remember(ticket)
    schedule(arrival.tx, arrival.desk, ticket)
    if not quiet and not _answered_elsewhere(arrival):
        _answer(arrival, ticket, decision)
    if arrival.letter.truncated:
        too_large(arrival, ticket)
    if linked:
        to_quality.link_back(arrival, linked, ticket)
    _tell_line(arrival, ticket, decision, "new")
    return Received(decision.disposition, ticket.id, ticket.number, _summary(decision))


def _complaint(arrival: Arrival, decision: Decision, linked: str | None, *, quiet: bool) -> Received:
    """A letter for the quality desk, whichever mailbox it came to (A24, contract: doubtful case 13).

    `linked` may be the complaint that the other mailbox made of the same letter.
    """
    quiet = quiet or (linked is None and _answered_elsewhere(arrival))
    about = about_of(arrival, linked) if linked or not quiet else None
    if about and about.category == complaint.CATEGORY:
        ticket = about
        if ticket.linked is None and (other := about_of(arrival, None)):
            to_quality.link_back(arrival, ticket.number, other)
    else:
        ticket = complain(arrival, about, decision)
        tickets.note(arrival.tx, arrival.id_of(ticket), [_verdict(arrival, decision)])
    if not quiet:
        acknowledge(arrival, ticket)
    if arrival.letter.truncated:
        too_large(arrival, ticket)
    return Received(decision.disposition, ticket.id, ticket.number, _summary(decision))


def _tell_line(arrival: Arrival, ticket: Ticket, decision: Decision, why: str) -> None:
    """The request goes to those who are to deal with it; one that waits for the client's details is not yet theirs."""
    if decision.disposition not in FOR_THE_LINE:
        return
    key, trail = f"{ticket.number}:request:{arrival.letter.id}", tuple(map(cited, decision.reasons))
    tell_line(arrival.tx, arrival.desk, ticket, news_of(arrival, ticket, why, trail=trail), arrival.now, key)


def judge_again(arrival: Arrival, before: Ticket, entry: Entry) -> Received:
    """A client's letter to a ticket that was asked about or refused: one decision over all that they wrote."""
    was = Before(before.fields, before.category, before.entitlement, before.language)
    decision = judge_reply(deciding(arrival), was, lambda: _asked(arrival, before))
    ended = arrival.happens(before, event_of(decision), max(arrival.letter.arrival, before.arrived))
    ticket = replace(
        _judged(ended, arrival, decision),
        message_id=arrival.message.message_id or before.message_id,
        line=_line_again(arrival, before, decision),
    )
    ticket = judged_again(arrival.desk, ticket, before, tickets.history(arrival.tx, arrival.id_of(before)))
    entries = [entry, _verdict(arrival, decision)]
    if decision.disposition in FOR_THE_LINE and ticket.assignee is None:
        ticket = by_policy(arrival.tx, arrival.desk, ticket, entries, arrival.now)
    ticket = keep(arrival.tx, arrival.desk, ticket, entries)
    _answer(arrival, ticket, decision, again=True)
    _tell_line(arrival, ticket, decision, "new")
    return Received("thread", ticket.id, ticket.number, _summary(decision))


def _judge(arrival: Arrival) -> Decision:
    """The decision on a new letter, with what this very address told us before where it is needed."""
    return judge_new(deciding(arrival), lambda: _remembered(arrival))


def _remembered(arrival: Arrival) -> Known:
    return Known(
        registration_number=tickets.remembered_number(arrival.tx, arrival.desk.name, arrival.sender),
        unknown_numbers=tickets.unknown_numbers(arrival.tx, arrival.desk.name, arrival.sender),
    )


def _asked(arrival: Arrival, ticket: Ticket) -> int:
    """How many times the client was asked for information about this ticket."""
    return sum(entry.event is Event.ASKED for entry in tickets.history(arrival.tx, arrival.id_of(ticket)))


def _ticket(arrival: Arrival, decision: Decision, linked: str | None) -> Ticket:
    """A ticket for the letter, not numbered yet."""
    message = arrival.message
    ticket = Ticket(
        number="",
        desk=arrival.desk.name,
        mailbox=arrival.mailbox.name,
        status=Status.NEW,
        category="",
        level="",
        priority=decision.priority,
        line=decision.line,
        assignee=None,
        client=arrival.sender,
        client_name=message.sender.name if message.sender else "",
        reply_to="",
        subject=clean_subject(message.subject),
        language=decision.language,
        arrived=arrival.letter.arrival,
        message_id=message.message_id,
        linked=linked,
        cc=cc_of(arrival),
    )
    return _judged(ticket, arrival, decision)


def _line_again(arrival: Arrival, before: Ticket, decision: Decision) -> str | None:
    """The line after a letter was judged again: that of the new category, unless somebody took or moved the request.

    A line that the regulation no longer has is nobody's choice.
    """
    intake, people = arrival.desk.regulation.intake, arrival.desk.regulation.people
    category = intake.categories.get(before.category)
    given = (category.line if category else None) or people.first_line
    moved = before.assignee is not None or (before.line in people.lines and before.line != given)
    return before.line if moved or decision.line is None else decision.line


def _judged(ticket: Ticket, arrival: Arrival, decision: Decision) -> Ticket:
    """The ticket with what this letter and the decision over it say. Where to answer is for the client alone to say."""
    by_client = arrival.sender == ticket.client
    return replace(
        ticket,
        category=decision.category or ticket.category,
        level=decision.level or ticket.level,
        priority=decision.priority,
        language=decision.language,
        fields=decision.fields,
        missing=decision.missing,
        unrecognised=decision.unrecognised,
        entitlement=decision.entitlement,
        refusal=decision.refusal,
        doubt=decision.doubt,
        references=references(arrival),
        reply_to=reply_to(arrival) if by_client else ticket.reply_to,
        acquaintance=acquaintance(arrival, decision) if by_client else ticket.acquaintance,
        kind=decision.kind,
    )


def _verdict(arrival: Arrival, decision: Decision) -> Entry:
    """The decision in the journal, with every reason: who asks why finds it here."""
    return Entry(arrival.now, event_of(decision), "maild", trail_line(decision), letter=arrival.letter.id)


def _named_in_subject(arrival: Arrival) -> str | None:
    """A number in a stranger's subject only links (lesson 12)."""
    number = subject_number(arrival.message.subject, _prefix(arrival))
    return number if number and tickets.load(arrival.tx, arrival.desk.name, number) else None


def _answered_elsewhere(arrival: Arrival) -> bool:
    """A letter to both mailboxes is acknowledged once, from the support mailbox (decision 11)."""
    if arrival.mailbox.role != "quality":
        return False
    addressed = {address.address.lower() for address in (*arrival.message.to, *arrival.message.cc)}
    return any(box.role == "support" and box.address in addressed for box in arrival.desk.mailboxes.values())


def acknowledge(arrival: Arrival, complained: Ticket) -> None:
    """The client hears, once for each complaint, that the quality desk has it."""
    key = f"{arrival.desk.name}:{complained.number}:receipt"
    if "@" in complained.reply_to:
        _send(arrival, complained, notify.receipt(arrival.desk, complained, arrival.now, key=key))


def _answer(arrival: Arrival, ticket: Ticket, decision: Decision, *, again: bool = False) -> None:
    if "@" not in ticket.reply_to:
        return
    letter = _letter(arrival, ticket, decision, f":{arrival.letter.id}" if again else "")
    if letter:
        _send(arrival, ticket, letter)


def _send(arrival: Arrival, ticket: Ticket, letter: Outgoing) -> None:
    if post(arrival.tx, arrival.desk, letter, arrival.now, ticket_id=ticket.id):
        return
    if limit_reached(arrival.tx, arrival.desk, ticket.reply_to.lower(), arrival.now):
        agenda.flooded(arrival.tx, arrival.desk, ticket.client, arrival.now)


def _letter(arrival: Arrival, ticket: Ticket, decision: Decision, again: str) -> Outgoing | None:
    """The letter that a decision asks for. An acknowledgement or receipt goes out once a judgement (`again`)."""
    desk, now, once = arrival.desk, arrival.now, f"{arrival.desk.name}:{ticket.number}"
    topics, offered = topics_of_letter(desk, arrival.message), _not_offered_yet(arrival, ticket, decision)
    match decision.template:
        case "acknowledgement":
            key = f"{once}:acknowledgement{again}"
            return notify.acknowledgement(desk, ticket, now, key=key, offered=offered, topics=topics)
        case "receipt":
            return notify.receipt(desk, ticket, now, key=f"{once}:receipt{again}", offered=offered, topics=topics)
        case "request-information":
            key = f"{once}:ask:{arrival.letter.id}"
            return notify.request_information(desk, ticket, now, key=key, topics=topics)
        case "refusal":
            return notify.refusal(desk, ticket, now, key=f"{once}:refusal:{arrival.letter.id}", topics=topics)
        case _:
            return None


def _not_offered_yet(arrival: Arrival, ticket: Ticket, decision: Decision) -> tuple[str, ...]:
    """What would help is said once a ticket: with the first letter that takes it on (A10)."""
    told = decision.offered and any(row.kind in OFFERING for row in went(arrival.tx, arrival.id_of(ticket)))
    return () if told else decision.offered


def too_large(arrival: Arrival, ticket: Ticket) -> None:
    """A letter over the limit: the client gets a polite answer, the operator a line. Others who take part hear nothing,
    since what they wrote is not the client's affair."""
    key = f"{arrival.desk.name}:{ticket.number}:too-large:{arrival.letter.id}"
    if "@" in ticket.reply_to and arrival.sender == ticket.client:
        limit = arrival.desk.message_size
        letter = notify.notice(arrival.desk, ticket, arrival.now, key=key, event="too-large", limit=limit)
        post(arrival.tx, arrival.desk, letter, arrival.now, ticket_id=ticket.id)
    lines = [
        f"A letter from {arrival.sender} to {arrival.mailbox.address} is larger than [limits] message_size.",
        f"Only its beginning was fetched, as {ticket.number}; the whole letter stays on the mail server.",
    ]
    tell_operator(arrival.tx, arrival.desk, key, "A letter too large", lines, arrival.now)


def _prefix(arrival: Arrival) -> str:
    return arrival.desk.regulation.desk.prefix


def _summary(decision: Decision) -> str:
    parts = [decision.disposition, decision.category or "", *decision.missing]
    if decision.entitlement:
        parts.append(f"entitlement {decision.entitlement.verdict}")
    return ", ".join(part for part in parts if part)
