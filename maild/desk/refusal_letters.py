"""Why a request is refused or postponed, and what to do now: by the regulation alone, or in an agent's own words."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from maild.desk.answer_letters import meta_line
from maild.desk.card import contract_days, contract_of, contract_title, rows
from maild.desk.client_parts import to_client
from maild.desk.outgoing import Outgoing, client_language, pack_note
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

CONTRACT_REFUSALS = {Verdict.EXPIRED: "contract-expired", Verdict.MISSING: "contract-missing"}
UNPROVEN = "unproven"


def refusal(
    desk: "Desk",
    ticket: Ticket,
    now: datetime,
    *,
    key: str,
    words: str = "",
    author: Agent | None = None,
    files: tuple[File, ...] = (),
) -> Outgoing:
    """The reason `ticket.refusal` and its cure. Contract dates go to a tied address only.

    With `words` or `files` the letter is a person's: they stand first, and it says whose they are. A reason that
    postpones asks the client something: their time begins when the letter leaves.
    """
    language = client_language(desk, ticket)
    reason = _refusal(desk, ticket)
    contracts = _lapsed(desk, ticket, language) if _about_contracts(ticket) else []
    own = clean_words(words)
    context = {
        "reason": _contract_reason(contracts, language)
        or (tidy(in_language(reason.title, language)) if reason else word("unproven", language)),
        "contracts": contracts,
        "says": "" if contracts else tidy(in_language(reason.text, language), 600) if reason else "",
        "cure": tidy(in_language(reason.cure, language), 600) if reason else "",
        "hold": bool(reason and reason.effect == "hold"),
        "held": bool(desk.regulation.desk.hold.get("details")),
        "begun": ticket.reaction_met is not None,
        "always": pack_note(desk, "always", language),
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
