"""Letters that maild writes to clients by itself: accepted, registered, something is missing, cannot be accepted.

Times that have passed are never promised; nothing here says more than the client's acquaintance allows (`card`).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from maild.desk.card import contract_days, contract_of, contract_title, lower_first, rows, stated
from maild.desk.clocks import level_of
from maild.desk.outgoing import (
    Envelope,
    Outgoing,
    box_of,
    client_language,
    client_subject,
    dispatch,
    head,
    marker,
    pack_note,
    sites,
)
from maild.domain.rules import Refusal, in_language
from maild.domain.service import Verdict
from maild.domain.ticket import Ticket
from maild.mail import phrase
from maild.mail.labels import word
from maild.mail.parts import Asked, tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk

CONTRACT_REFUSALS = {Verdict.EXPIRED: "contract-expired", Verdict.MISSING: "contract-missing"}
UNPROVEN = "unproven"
NOTICES = frozenset({"too-large", "development", "level", "closed"})


def acknowledgement(desk: "Desk", ticket: Ticket, now: datetime, *, key: str) -> Outgoing:
    """Registered and accepted for service (B19): number and planned time. It meets the reaction target."""
    language = client_language(desk, ticket)
    parts = ("subject", "received", "planned", "product", "organisation", "contracts")
    context = {
        "planned": _until(desk, ticket.resolution_due, language, now),
        "no_target": level_of(desk, ticket).resolution is None,
        "rows": rows(desk, ticket, language, now, *parts),
        "counting": pack_note(desk, "counting", language),
        "sites": sites(desk, language),
        "extra": pack_note(desk, "extra", language),
    }
    return _to_client(desk, ticket, "acknowledgement", language, context, now, key, meets_reaction=True)


def receipt(desk: "Desk", ticket: Ticket, now: datetime, *, key: str) -> Outgoing:
    """Registered; a person will confirm. From the quality mailbox: the quality desk has it."""
    language = client_language(desk, ticket)
    quality = ticket.category == "quality" or box_of(desk, ticket).role == "quality"
    parts = ("subject", "received", "answer") if quality else (
        "subject", "received", "confirmation", "planned", "product", "organisation"
    )  # fmt: skip
    context = {
        "quality": quality,
        "promised": _until(desk, ticket.reaction_due, language, now)
        if quality
        else _moment(desk, ticket.reaction_due, language, now),
        "no_target": level_of(desk, ticket).reaction is None,
        "planned": "" if quality else _until(desk, ticket.resolution_due, language, now),
        "rows": rows(desk, ticket, language, now, *parts),
        "counting": pack_note(desk, "counting", language),
    }
    return _to_client(desk, ticket, "receipt", language, context, now, key)


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
    return _to_client(desk, ticket, "request-information", language, context, now, key)


def refusal(desk: "Desk", ticket: Ticket, now: datetime, *, key: str) -> Outgoing:
    """Why a request is refused or postponed, and what to do now. Contract dates go to a tied address only."""
    language = client_language(desk, ticket)
    reason = _refusal(desk, ticket)
    contracts = _lapsed(desk, ticket, language) if _about_contracts(ticket) else []
    context = {
        "reason": _contract_reason(contracts, language)
        or (tidy(in_language(reason.title, language)) if reason else word("unproven", language)),
        "contracts": contracts,
        "says": "" if contracts else tidy(in_language(reason.text, language), 600) if reason else "",
        "cure": tidy(in_language(reason.cure, language), 600) if reason else "",
        "hold": bool(reason and reason.effect == "hold"),
        "held": bool(desk.regulation.desk.hold.get("details")),
        "always": pack_note(desk, "always", language),
        "rows": rows(desk, ticket, language, now, "number", "subject", "received", "product", "organisation"),
    }
    return _to_client(desk, ticket, "refusal", language, context, now, key)


def notice(desk: "Desk", ticket: Ticket, now: datetime, *, key: str, event: str, limit: int | None = None) -> Outgoing:
    """One event that the client should know of: one of NOTICES. `limit` is the largest letter taken, in bytes.

    Raises ValueError for an event that has no wording.
    """
    if event not in NOTICES:
        raise ValueError(f"no notice for {event!r}")
    language = client_language(desk, ticket)
    level = desk.regulation.desk.levels.get(ticket.level)
    context = {
        "event": event,
        "size": f"{limit // 1024**2}{phrase.NBSP}{word('megabytes', language)}" if limit and limit >= 1024**2 else "",
        "planned": _until(desk, ticket.resolution_due, language, now),
        "level": tidy(level.title) if level else "",
        "rows": rows(desk, ticket, language, now, "number", "subject"),
    }
    return _to_client(desk, ticket, "notice", language, context, now, key)


def _to_client(
    desk: "Desk",
    ticket: Ticket,
    kind: str,
    language: str,
    context: dict[str, Any],
    now: datetime,
    key: str,
    *,
    meets_reaction: bool = False,
) -> Outgoing:
    box = box_of(desk, ticket)
    subject = f"[{ticket.number}] {client_subject(ticket, language)}"
    envelope = Envelope(
        kind=kind,
        template=kind,
        role="client",
        recipient=ticket.reply_to,
        box=box,
        subject=f"Re: {subject}",
        number=ticket.number,
        key=key,
        in_reply_to=ticket.message_id,
        references=ticket.references,
        meets_reaction=meets_reaction,
    )
    common = {
        "marker": marker("client", language),
        "number": ticket.number,
        "title": subject,
        "desk": head(desk, box, language),
    }
    return dispatch(desk, envelope, language, {**common, **context}, now)


def _until(desk: "Desk", due: datetime | None, language: str, now: datetime) -> str:
    """A time for a sentence; "" for none, and for one that has passed."""
    return phrase.until(due, language, desk.regulation.desk.calendar.zone, now) if due and due > now else ""


def _moment(desk: "Desk", due: datetime | None, language: str, now: datetime) -> str:
    return phrase.moment(due, language, desk.regulation.desk.calendar.zone, now) if due and due > now else ""


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
            return word("several numbers", language)
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


def _about_contracts(ticket: Ticket) -> bool:
    verdict = ticket.entitlement.verdict if ticket.entitlement else None
    return verdict in CONTRACT_REFUSALS and ticket.refusal in (None, *CONTRACT_REFUSALS.values(), UNPROVEN)


def _refusal(desk: "Desk", ticket: Ticket) -> Refusal | None:
    """The pack's reason. Of contracts an untied address hears only that its right could not be confirmed."""
    refusals = desk.regulation.desk.refusals
    if not _about_contracts(ticket):
        return refusals.get(ticket.refusal or "")
    if ticket.acquaintance != "tied" or ticket.entitlement is None:
        return refusals.get(UNPROVEN)
    return refusals.get(CONTRACT_REFUSALS[ticket.entitlement.verdict])


def _lapsed(desk: "Desk", ticket: Ticket, language: str) -> list[dict[str, str]]:
    """The contracts that stand in the way, with the last day of each ("" = there never was one); tied only."""
    if ticket.acquaintance != "tied":
        return []
    rules = desk.regulation.desk
    arrived = ticket.arrived.astimezone(rules.calendar.zone).date()
    return [
        {"title": contract_title(rules.contract_titles, key), "until": phrase.day(until, language) if until else ""}
        for key, until in contract_days(contract_of(ticket))
        if until is None or until < arrived
    ]


def _contract_reason(contracts: Iterable[dict[str, str]], language: str) -> str:
    """«договор 1С:КП Отраслевой закончился», «нет договоров …»; "" where no contract is to be named."""
    parts = []
    for lapsed in (True, False):
        titles = [each["title"] for each in contracts if bool(each["until"]) is lapsed]
        if titles:
            name = f"{'lapsed' if lapsed else 'never there'}, {'many' if len(titles) > 1 else 'one'}"
            parts.append(word(name, language, titles=phrase.listed(titles, language)))
    return ", ".join(parts)
