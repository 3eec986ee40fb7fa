"""Why a request is refused or postponed, and what to do now: by the regulation alone, or in an agent's own words."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from maild.desk.answer_letters import meta_line
from maild.desk.card import contract_days, contract_of, contract_title, rows
from maild.desk.client_parts import to_client
from maild.desk.outgoing import Outgoing, client_language, pack_note
from maild.desk.suggestions import NOTHING_KNOWN, hints, sites
from maild.domain.intake import OutOfScope
from maild.domain.people import Agent
from maild.domain.rules import Refusal, in_language
from maild.domain.service import Verdict
from maild.domain.ticket import Ticket
from maild.mail import phrase
from maild.mail.labels import word
from maild.mail.mime import File
from maild.mail.parts import tidy
from maild.mail.passages import clean_words, greets, passages

if TYPE_CHECKING:
    from maild.desk.desk import Desk

LAPSED = frozenset({Verdict.EXPIRED, Verdict.MISSING})


def refusal(
    desk: "Desk",
    ticket: Ticket,
    now: datetime,
    *,
    key: str,
    words: str = "",
    author: Agent | None = None,
    files: tuple[File, ...] = (),
    topics: frozenset[str] = NOTHING_KNOWN,
) -> Outgoing:
    """The reason `ticket.refusal` and its cure. Contract dates go to a tied address only.

    With `words` or `files` the letter is a person's: they stand first, and it says whose they are. A reason that
    postpones asks the client something: their time begins when the letter leaves.
    """
    language = client_language(desk, ticket)
    reason = _refusal(desk, ticket)
    contracts = _lapsed(desk, ticket, language) if _about_contracts(desk, ticket) else []
    own = clean_words(words)
    context = {
        "reason": _contract_reason(contracts, language) or _reason(desk, ticket, reason, language),
        "contracts": contracts,
        "says": "" if contracts else tidy(in_language(reason.text, language), 600) if reason else "",
        "cure": _cure(desk, ticket, reason, language),
        "scope": bool(_addressee(desk, ticket, reason, language)),
        "hold": bool(reason and reason.effect == "hold"),
        "held": bool(desk.regulation.desk.hold.get("details")),
        "begun": ticket.reaction_met is not None,
        "always": pack_note(desk, "always", language),
        "sites": sites(desk, ticket, "refusal", language, topics),
        "hints": hints(desk, ticket, "refusal", language, topics),
        "rows": rows(desk, ticket, language, now, "number", "subject", "received", "product", "organisation"),
        "words": own,
        "passages": passages(own),
        "greets": greets(own),
        "meta": meta_line(desk, ticket, author),
    }
    return to_client(
        desk,
        ticket,
        "refusal",
        language,
        context,
        now,
        key,
        person=bool(own or files),
        author=author,
        files=files,
        asks=bool(reason and reason.effect == "hold"),
    )


def _reason(desk: "Desk", ticket: Ticket, reason: Refusal | None, language: str) -> str:
    """«вне рамок линии (настройка на вашем компьютере)»: the reason's name, and what the request is of it."""
    if reason is None:
        return word("unproven", language)
    title, kind = tidy(in_language(reason.title, language)), _kind(desk, ticket, reason)
    return f"{title} ({tidy(in_language(kind.title, language))})" if kind else title


def _cure(desk: "Desk", ticket: Ticket, reason: Refusal | None, language: str) -> str:
    """What to do now: for a kind out of scope that has one, its addressee (B8), else the reason's own cure."""
    if who := _addressee(desk, ticket, reason, language):
        return word("whom to ask", language, who=who)
    return tidy(in_language(reason.cure, language), 600) if reason else ""


def _addressee(desk: "Desk", ticket: Ticket, reason: Refusal | None, language: str) -> str:
    """Whom to ask instead, as the kind out of scope says; "" where the reason is another one, or says nothing."""
    kind = _kind(desk, ticket, reason)
    return tidy(in_language(kind.addressee, language), 400) if kind else ""


def _kind(desk: "Desk", ticket: Ticket, reason: Refusal | None) -> OutOfScope | None:
    """The kind out of scope that the ticket was recognised as, where this is the refusal that goes with it; not for a
    bare address, whom it would tell what its letter said (decision 8)."""
    if ticket.acquaintance == "bare":
        return None
    kind = desk.regulation.intake.out_of_scope.get(ticket.kind or "")
    return kind if kind and reason and kind.refusal == reason.key else None


def _about_contracts(desk: "Desk", ticket: Ticket) -> bool:
    verdict = ticket.entitlement.verdict if ticket.entitlement else None
    return verdict in LAPSED and ticket.refusal in (None, *desk.regulation.intake.refusals.values())


def _refusal(desk: "Desk", ticket: Ticket) -> Refusal | None:
    """The pack's reason. Of contracts an untied address hears only that its right could not be confirmed."""
    refusals, keys = desk.regulation.desk.refusals, desk.regulation.intake.refusals
    if not _about_contracts(desk, ticket):
        return refusals.get(ticket.refusal or "")
    if ticket.acquaintance != "tied" or ticket.entitlement is None:
        return refusals.get(keys.get("unproven", ""))
    return refusals.get(keys.get(ticket.entitlement.verdict, ""))


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
    """«договор … закончился», «нет договоров …»; "" where no contract is to be named."""
    parts = []
    for lapsed in (True, False):
        titles = [each["title"] for each in contracts if bool(each["until"]) is lapsed]
        if titles:
            name = f"{'lapsed' if lapsed else 'never there'}, {'many' if len(titles) > 1 else 'one'}"
            parts.append(word(name, language, titles=phrase.listed(titles, language)))
    return ", ".join(parts)
