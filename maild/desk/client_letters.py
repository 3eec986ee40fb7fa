"""Letters that maild writes to clients by itself: accepted, registered, something is missing, something has changed.

Times that have passed are never promised; nothing here says more than the client's acquaintance allows (`card`).
A ticket that came by telephone has no letter of the client's, so none is spoken of.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from maild.desk.card import lower_first, rows, stated
from maild.desk.client_parts import at_least, moment, past, resolution_stands, shortly, to_client, until
from maild.desk.clocks import level_of
from maild.desk.facts import Said
from maild.desk.outgoing import Outgoing, box_of, client_language, pack_note
from maild.desk.suggestions import NOTHING_KNOWN, hints, offered_titles, sites
from maild.domain.levels import level_title
from maild.domain.rules import in_language
from maild.domain.service import Verdict
from maild.domain.ticket import Status, Ticket
from maild.mail import phrase
from maild.mail.labels import word
from maild.mail.parts import Asked, tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk

NOTICES = frozenset({"too-large", "development", "level", "urgent", "reminder", "reopened", "closed"})


def acknowledgement(
    desk: "Desk",
    ticket: Ticket,
    now: datetime,
    *,
    key: str,
    offered: Sequence[str] = (),
    topics: frozenset[str] = NOTHING_KNOWN,
) -> Outgoing:
    """Registered and accepted for service (B19): number and planned time. It meets the reaction target.

    `offered` are fields that would help and are not there (A10), for the first letter only; `topics` are those of the
    client's letter (`suggestions.topics_of_letter`).
    """
    language = client_language(desk, ticket)
    parts = ("subject", "received", "planned", "product", "organisation", "contracts")
    context = {
        "planned": until(desk, ticket.resolution_due, language, now),
        "no_target": level_of(desk, ticket).resolution is None,
        "rows": rows(desk, ticket, language, now, *parts),
        "counting": pack_note(desk, "counting", language),
        "sites": sites(desk, ticket, "acknowledgement", language, topics),
        "offered": offered_titles(desk, offered, language),
        "hints": hints(desk, ticket, "acknowledgement", language, topics),
        "extra": pack_note(desk, "extra", language),
    }
    return to_client(desk, ticket, "acknowledgement", language, context, now, key, meets_reaction=True)


def receipt(
    desk: "Desk",
    ticket: Ticket,
    now: datetime,
    *,
    key: str,
    offered: Sequence[str] = (),
    topics: frozenset[str] = NOTHING_KNOWN,
) -> Outgoing:
    """Registered; a person will confirm. From the quality mailbox: the quality desk has it, and nothing is suggested.

    `offered` and `topics` as in `acknowledgement`.
    """
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
        "at_least": "" if quality else at_least(desk, ticket, language),
        "no_target": level_of(desk, ticket).reaction is None,
        "planned": "" if quality else until(desk, ticket.resolution_due, language, now),
        "offered": "" if quality else offered_titles(desk, offered, language),
        "sites": () if quality else sites(desk, ticket, "receipt", language, topics),
        "hints": () if quality else hints(desk, ticket, "receipt", language, topics),
        "rows": rows(desk, ticket, language, now, *parts),
        "counting": pack_note(desk, "counting", language),
    }
    return to_client(desk, ticket, "receipt", language, context, now, key)


def request_information(
    desk: "Desk", ticket: Ticket, now: datetime, *, key: str, topics: frozenset[str] = NOTHING_KNOWN
) -> Outgoing:
    """What is missing (`ticket.missing`), what is understood, and that the clock stands while we wait."""
    language = client_language(desk, ticket)
    titles = [_title(desk, ticket, name, language, small=True) for name in _known(desk, ticket)]
    count = max(1, len(titles))
    how_many = f"{phrase.counted(count, language)} {phrase.plural(count, 'thing', language)}"
    context = {
        "things": tuple(_asked(desk, ticket, language)),
        "how_many": how_many if language != "en" else how_many[:1].upper() + how_many[1:],
        "names": phrase.listed(titles, language),
        "rows": stated(desk, ticket, language),
        "shown": ticket.acquaintance != "bare",
        "held": bool(desk.regulation.desk.hold.get("details")),
        "sites": sites(desk, ticket, "request-information", language, topics),
        "hints": hints(desk, ticket, "request-information", language, topics),
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
    unconfirmed = ticket.status is Status.NEW and ticket.reaction_met is None
    context = {
        "event": event,
        "size": f"{limit // 1024**2}{phrase.NBSP}{word('megabytes', language)}" if limit and limit >= 1024**2 else "",
        "planned": until(desk, ticket.resolution_due, language, now),
        "no_target": level_of(desk, ticket).resolution is None,
        "promised": moment(desk, ticket.reaction_due, language, now) if event == "level" and unconfirmed else "",
        "at_least": at_least(desk, ticket, language),
        "level": tidy(level_title(level, language)) if level else "",
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
    for name in _known(desk, ticket):
        yield Asked(
            _title(desk, ticket, name, language),
            _wrong(desk, ticket, name, language),
            _hint(desk, ticket, name, language),
        )


def _hint(desk: "Desk", ticket: Ticket, name: str, language: str) -> str:
    """The form of what is asked for; of several things each by its title."""
    fields, names = desk.regulation.intake.fields.fields, _alternatives(desk, ticket, name)
    hints = {each: tidy(in_language(fields[each].hint, language), 400) for each in names}
    if len(names) == 1:
        return _sentence(hints[name])
    said = (
        f"{tidy(in_language(fields[each].title, language))}: {lower_first(hints[each])}"
        for each in names
        if hints[each]
    )
    return " ".join(map(_sentence, said))


def _known(desk: "Desk", ticket: Ticket) -> tuple[str, ...]:
    """What is missing and still a field of the regulation."""
    return tuple(name for name in ticket.missing if name in desk.regulation.intake.fields)


def _alternatives(desk: "Desk", ticket: Ticket, name: str) -> tuple[str, ...]:
    """The fields of which one is missing, by the first of them."""
    category = desk.regulation.intake.categories.get(ticket.category)
    return category.alternatives(name) if category else (name,)


def _title(desk: "Desk", ticket: Ticket, name: str, language: str, *, small: bool = False) -> str:
    """What is asked for: the field's title, or several of which one will do; `small`: inside a sentence."""
    fields = desk.regulation.intake.fields.fields
    titles = [tidy(in_language(fields[each].title, language)) for each in _alternatives(desk, ticket, name)]
    first = lower_first(titles[0]) if small else titles[0]
    return phrase.either([first, *map(lower_first, titles[1:])], language)


def _wrong(desk: "Desk", ticket: Ticket, name: str, language: str) -> str:
    """What is the matter with what they wrote; the value itself only to somebody who wrote it before our eyes."""
    bare = ticket.acquaintance == "bare"
    verdict = ticket.entitlement.verdict if ticket.entitlement else None
    if name == "registration_number" and verdict in (Verdict.UNKNOWN, Verdict.AMBIGUOUS):
        if verdict is Verdict.AMBIGUOUS:
            return word("several numbers" if ticket.message_id else "several numbers, told", language)
        number = tidy(ticket.fields.get(name) or ticket.entitlement.registration_number if ticket.entitlement else "")
        check = pack_note(desk, "unknown_number", language) or word("check number", language)
        return word("unknown number", language, number="" if bare or not number else f" {number}", check=check)
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
