"""Letters that maild writes to clients by itself: accepted, registered, something is missing, something has changed.

Times that have passed are never promised; nothing here says more than the client's acquaintance allows (`card`).
A ticket that came by telephone has no letter of the client's, so none is spoken of.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from maild.desk.card import lower_first, rows, stated
from maild.desk.client_parts import moment, past, resolution_stands, shortly, to_client, until
from maild.desk.clocks import level_of
from maild.desk.facts import Said
from maild.desk.outgoing import Outgoing, box_of, client_language, pack_note, sites
from maild.domain.rules import in_language
from maild.domain.service import Verdict
from maild.domain.ticket import Ticket
from maild.mail import phrase
from maild.mail.labels import word
from maild.mail.parts import Asked, tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk

NOTICES = frozenset({"too-large", "development", "level", "urgent", "reminder", "reopened", "closed"})


def acknowledgement(desk: "Desk", ticket: Ticket, now: datetime, *, key: str) -> Outgoing:
    """Registered and accepted for service (B19): number and planned time. It meets the reaction target."""
    language = client_language(desk, ticket)
    parts = ("subject", "received", "planned", "product", "organisation", "contracts")
    context = {
        "planned": until(desk, ticket.resolution_due, language, now),
        "no_target": level_of(desk, ticket).resolution is None,
        "rows": rows(desk, ticket, language, now, *parts),
        "counting": pack_note(desk, "counting", language),
        "sites": sites(desk, language),
        "extra": pack_note(desk, "extra", language),
    }
    return to_client(desk, ticket, "acknowledgement", language, context, now, key, meets_reaction=True)


def receipt(desk: "Desk", ticket: Ticket, now: datetime, *, key: str) -> Outgoing:
    """Registered; a person will confirm. From the quality mailbox: the quality desk has it."""
    language = client_language(desk, ticket)
    quality = ticket.category == "quality" or box_of(desk, ticket).role == "quality"
    parts = ("subject", "received", "answer") if quality else (
        "subject", "received", "confirmation", "planned", "product", "organisation"
    )  # fmt: skip
    context = {
        "quality": quality,
        "promised": until(desk, ticket.reaction_due, language, now)
        if quality
        else moment(desk, ticket.reaction_due, language, now),
        "no_target": level_of(desk, ticket).reaction is None,
        "planned": "" if quality else until(desk, ticket.resolution_due, language, now),
        "rows": rows(desk, ticket, language, now, *parts),
        "counting": pack_note(desk, "counting", language),
    }
    return to_client(desk, ticket, "receipt", language, context, now, key)


def request_information(desk: "Desk", ticket: Ticket, now: datetime, *, key: str) -> Outgoing:
    """What is missing (`ticket.missing`), what is understood, and that the clock stands while we wait."""
    language = client_language(desk, ticket)
    fields = desk.regulation.intake.fields.fields
    titles = [lower_first(in_language(fields[name].title, language)) for name in ticket.missing if name in fields]
    count = max(1, len(titles))
    how_many = f"{phrase.counted(count, language)} {phrase.plural(count, 'thing', language)}"
    context = {
        "things": tuple(_asked(desk, ticket, language)),
        "how_many": how_many if language != "en" else how_many[:1].upper() + how_many[1:],
        "names": phrase.listed(titles, language),
        "rows": stated(desk, ticket, language),
        "shown": ticket.acquaintance != "bare",
        "held": bool(desk.regulation.desk.hold.get("details")),
        "sites": (),
    }
    return to_client(desk, ticket, "request-information", language, context, now, key)


def notice(
    desk: "Desk",
    ticket: Ticket,
    now: datetime,
    *,
    key: str,
    event: str,
    limit: int | None = None,
    question: Said | None = None,
) -> Outgoing:
    """One event that the client should know of: one of NOTICES. `limit` is the largest letter taken, in bytes.

    `question` is what a "reminder" waits for. Raises ValueError for an event that has no wording.
    """
    if event not in NOTICES:
        raise ValueError(f"no notice for {event!r}")
    language = client_language(desk, ticket)
    level = desk.regulation.desk.levels.get(ticket.level)
    since = _waiting_since(ticket, question) if event == "reminder" else None
    context = {
        "event": event,
        "size": f"{limit // 1024**2}{phrase.NBSP}{word('megabytes', language)}" if limit and limit >= 1024**2 else "",
        "planned": until(desk, ticket.resolution_due, language, now),
        "no_target": level_of(desk, ticket).resolution is None,
        "level": tidy(level.title) if level else "",
        "question": shortly(question),
        "since": past(desk, since, language, now) if since else "",
        "stands": resolution_stands(desk, ticket),
        "rows": rows(desk, ticket, language, now, "number", "subject"),
    }
    return to_client(desk, ticket, "notice", language, context, now, key)


def _waiting_since(ticket: Ticket, question: Said | None) -> datetime | None:
    """When the question left; else since when the ticket waits for the client."""
    if question:
        return question.at
    return next((hold.start for hold in ticket.holds if hold.end is None and hold.why == "client"), None)


def _asked(desk: "Desk", ticket: Ticket, language: str) -> Iterator[Asked]:
    fields = desk.regulation.intake.fields.fields
    for name in ticket.missing:
        if name not in fields:
            continue
        rule = fields[name]
        title, hint = tidy(in_language(rule.title, language)), tidy(in_language(rule.hint, language), 400)
        yield Asked(title, _wrong(desk, ticket, name, language), _sentence(hint))


def _wrong(desk: "Desk", ticket: Ticket, name: str, language: str) -> str:
    """What is the matter with what they wrote; the value itself only to somebody who wrote it before our eyes."""
    bare = ticket.acquaintance == "bare"
    verdict = ticket.entitlement.verdict if ticket.entitlement else None
    if name == "registration_number" and verdict in (Verdict.UNKNOWN, Verdict.AMBIGUOUS):
        if verdict is Verdict.AMBIGUOUS:
            return word("several numbers" if ticket.message_id else "several numbers, told", language)
        number = tidy(ticket.fields.get(name) or ticket.entitlement.registration_number if ticket.entitlement else "")
        return word("unknown number", language, number="" if bare or not number else f" {number}")
    value = tidy(ticket.unrecognised.get(name), 60)
    if not value:
        return ""
    if bare:
        return word("not recognised, bare", language)
    digits, wanted = sum(character.isdigit() for character in value), desk.regulation.intake.fields[name].digits
    if len(wanted) == 1 and digits and digits == len(value.replace(" ", "").replace("-", "")) and digits not in wanted:
        size = "too short" if digits < min(wanted) else "too long"
        return word(size, language, value=value, digits=word("digits", language, count=_digits(min(wanted), language)))
    return word("not recognised", language, value=value)


def _digits(count: int, language: str) -> str:
    """A count of digits in words: figures would come back quoted and be read as an answer."""
    return phrase.counted(count, language)


def _sentence(hint: str) -> str:
    """The pack's hint as a sentence."""
    if not hint:
        return ""
    return hint[0].upper() + hint[1:] + ("" if hint[-1] in ".…?" else ".")
