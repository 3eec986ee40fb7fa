"""A new request becomes a ticket; a client's further letter to an undecided one is judged with it."""

from dataclasses import replace

from maild.desk import notify
from maild.desk.arrival import Arrival, Received
from maild.desk.clocks import derived, keep, schedule
from maild.desk.intake import decide
from maild.desk.notify import Outgoing
from maild.desk.post import post, tell_operator
from maild.domain.admission import Decision, Disposition, Known, Reason
from maild.domain.service import Verdict
from maild.domain.ticket import Entry, Event, Status, Ticket
from maild.mail.authentication import authentication
from maild.mail.thread import clean_subject, subject_number
from maild.store import inbox, tickets

EVENTS = {
    Disposition.ACCEPT: Event.ACCEPTED,
    Disposition.ASK: Event.ASKED,
    Disposition.REFUSE: Event.REFUSED,
    Disposition.TRIAGE: Event.TRIAGED,
}
ASKED_ENOUGH = 3
"""So many requests for information, and a person decides: a client is not asked for ever."""


def register(arrival: Arrival, *, linked: str | None = None, quiet: bool = False) -> Received:
    """Open a ticket for a letter and answer it. `quiet`: another letter of ours answers it already.

    `linked` is the number of the ticket that it is about.
    """
    decision = _judge(arrival)
    ticket = _ticket(arrival, decision, linked or _named_in_subject(arrival))
    ticket = arrival.happens(ticket, EVENTS[decision.disposition], arrival.now)
    entries = [arrival.entry(Event.REGISTERED, f"to {arrival.mailbox.address}"), _verdict(arrival, decision)]
    if linked:
        entries.append(arrival.entry(Event.LINKED, f"about {linked}"))
    if _reused_id(arrival):
        entries.append(arrival.entry(Event.LINKED, "its Message-ID was seen before with another content"))
    ticket = tickets.create(arrival.tx, derived(arrival.desk, ticket), _prefix(arrival), entries)
    tickets.add_participant(arrival.tx, arrival.id_of(ticket), ticket.client)
    arrival.remember(ticket)
    schedule(arrival.tx, arrival.desk, ticket)
    if not quiet and not _answered_elsewhere(arrival):
        _answer(arrival, ticket, decision)
    if arrival.letter.truncated:
        _too_large(arrival, ticket)
    return Received(decision.disposition, ticket.id, ticket.number, _summary(decision))


def judge_again(arrival: Arrival, before: Ticket, entry: Entry) -> Received:
    """A client's letter to a ticket that was asked about or refused: one decision over all that they wrote."""
    asked_before = before.entitlement is not None and before.entitlement.verdict is Verdict.UNKNOWN
    number = before.fields.get("registration_number")
    known = Known(
        fields=before.fields,
        unknown_numbers=frozenset({number} if asked_before and number else ()),
        category=before.category,
    )
    decision = _not_for_ever(arrival, before, _decide(arrival, known))
    ended = arrival.happens(before, EVENTS[decision.disposition], max(arrival.letter.arrival, before.arrived))
    ticket = replace(_judged(ended, arrival, decision), message_id=arrival.message.message_id or before.message_id)
    ticket = keep(arrival.tx, arrival.desk, ticket, [entry, _verdict(arrival, decision)])
    _answer(arrival, ticket, decision)
    return Received("thread", ticket.id, ticket.number, _summary(decision))


def _decide(arrival: Arrival, known: Known) -> Decision:
    return decide(
        arrival.message,
        arrival.desk.regulation,
        at=arrival.letter.arrival,
        role=arrival.mailbox.role,
        known=known,
        own_addresses=arrival.desk.own_addresses,
    )


def _judge(arrival: Arrival) -> Decision:
    """The decision on a new letter. What this very address told us before is asked for only where the letter
    itself does not do: no number, or one that the registry does not know (contract, doubtful cases 2 and 3)."""
    decision = _decide(arrival, Known())
    unknown = decision.entitlement is not None and decision.entitlement.verdict is Verdict.UNKNOWN
    if decision.disposition is not Disposition.ASK or not (unknown or "registration_number" in decision.missing):
        return decision
    known = Known(
        registration_number=tickets.remembered_number(arrival.tx, arrival.desk.name, arrival.sender),
        unknown_numbers=tickets.unknown_numbers(arrival.tx, arrival.desk.name, arrival.sender),
    )
    return decision if known == Known() else _decide(arrival, known)


def _not_for_ever(arrival: Arrival, ticket: Ticket, decision: Decision) -> Decision:
    if decision.disposition is not Disposition.ASK:
        return decision
    asked = sum(entry.event is Event.ASKED for entry in tickets.history(arrival.tx, arrival.id_of(ticket)))
    if asked < ASKED_ENOUGH:
        return decision
    reason = Reason("maild", f"asked {asked} times already: a person decides")
    return replace(
        decision,
        disposition=Disposition.TRIAGE,
        template="receipt",
        doubt=reason.says,
        reasons=(*decision.reasons, reason),
    )


def _ticket(arrival: Arrival, decision: Decision, linked: str | None) -> Ticket:
    """A ticket for the letter, not numbered yet."""
    message = arrival.message
    people = arrival.desk.regulation.people
    ticket = Ticket(
        number="",
        desk=arrival.desk.name,
        mailbox=arrival.mailbox.name,
        status=Status.NEW,
        category="",
        level="",
        priority=decision.priority,
        line=people.first_line if arrival.mailbox.role == "support" else None,
        assignee=None,
        client=arrival.sender,
        client_name=message.sender.name if message.sender else "",
        reply_to="",
        subject=clean_subject(message.subject),
        language=decision.language,
        arrived=arrival.letter.arrival,
        message_id=message.message_id,
        linked=linked,
    )
    return _judged(ticket, arrival, decision)


def _judged(ticket: Ticket, arrival: Arrival, decision: Decision) -> Ticket:
    """The ticket with what this letter and the decision over it say."""
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
        references=_references(arrival),
        reply_to=_reply_to(arrival),
        acquaintance=_acquaintance(arrival, decision),
    )


def _references(arrival: Arrival) -> tuple[str, ...]:
    """The thread as the client's program knows it, without the letter itself (RFC 5322, 3.6.4)."""
    message = arrival.message
    return message.references or message.in_reply_to[:1]


def _reply_to(arrival: Arrival) -> str:
    """Where to answer: Reply-To if it names one person who is not us, else From."""
    reply_to = arrival.message.reply_to
    if len(reply_to) == 1 and reply_to[0].address.lower() not in arrival.desk.own_addresses:
        return reply_to[0].address
    return arrival.sender


def _acquaintance(arrival: Arrival, decision: Decision) -> str:
    """How well this address is known, which decides what a letter to it may say (decision 8, contract: bare)."""
    desk, sender = arrival.desk, arrival.sender
    domain = sender.rpartition("@")[2]
    registry = desk.regulation.registry
    contract = decision.entitlement.contract if decision.entitlement else None
    if _reply_to(arrival).lower() != sender:
        return "bare"
    if contract and (
        domain in contract.email_domains or registry.partner_domains.get(domain) == (contract.partner_code or "none")
    ):
        return "tied"
    number = decision.fields.get("registration_number")
    if number and tickets.took_part(arrival.tx, desk.name, sender, number):
        return "tied"
    known = domain in registry.by_domain or domain in registry.partner_domains
    authenticated = authentication(arrival.message.authentication_results, desk.authserv_id, domain) == "pass"
    if known or authenticated or tickets.heard_from(arrival.tx, desk.name, sender, arrival.letter.id):
        return "own"
    return "bare"


def _verdict(arrival: Arrival, decision: Decision) -> Entry:
    """The decision in the journal, with every reason: who asks why finds it here."""
    trail = "; ".join(f"{reason.says} [{reason.rule}]" for reason in decision.reasons)
    return Entry(arrival.now, EVENTS[decision.disposition], "maild", trail, letter=arrival.letter.id)


def _named_in_subject(arrival: Arrival) -> str | None:
    """A number in a stranger's subject only links (lesson 12)."""
    number = subject_number(arrival.message.subject, _prefix(arrival))
    return number if number and tickets.load(arrival.tx, arrival.desk.name, number) else None


def _reused_id(arrival: Arrival) -> bool:
    message_id = arrival.message.message_id
    if message_id is None:
        return False
    return inbox.has_message_id(arrival.tx, arrival.desk.name, message_id, arrival.letter.id)


def _answered_elsewhere(arrival: Arrival) -> bool:
    """A letter to both mailboxes is acknowledged once, from the support mailbox (decision 11)."""
    if arrival.mailbox.role != "quality":
        return False
    addressed = {address.address.lower() for address in (*arrival.message.to, *arrival.message.cc)}
    return any(box.role == "support" and box.address in addressed for box in arrival.desk.mailboxes.values())


def _answer(arrival: Arrival, ticket: Ticket, decision: Decision) -> None:
    if "@" not in ticket.reply_to:
        return
    if letter := _letter(arrival, ticket, decision):
        post(arrival.tx, arrival.desk, letter, arrival.now, ticket_id=ticket.id)


def _letter(arrival: Arrival, ticket: Ticket, decision: Decision) -> Outgoing | None:
    """The letter that a decision asks for. An acknowledgement or receipt goes out once a ticket."""
    desk, now, once = arrival.desk, arrival.now, f"{arrival.desk.name}:{ticket.number}"
    match decision.template:
        case "acknowledgement":
            return notify.acknowledgement(desk, ticket, now, key=f"{once}:acknowledgement")
        case "receipt":
            return notify.receipt(desk, ticket, now, key=f"{once}:receipt")
        case "request-information":
            return notify.request_information(desk, ticket, now, key=f"{once}:ask:{arrival.letter.id}")
        case "refusal":
            return notify.refusal(desk, ticket, now, key=f"{once}:refusal:{arrival.letter.id}")
        case _:
            return None


def _too_large(arrival: Arrival, ticket: Ticket) -> None:
    key = f"{arrival.desk.name}:{ticket.number}:too-large:{arrival.letter.id}"
    if "@" in ticket.reply_to:
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
