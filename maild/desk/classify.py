"""What kind of request a letter is: its words against the signs of the regulation, first hit first."""

import re
from dataclasses import dataclass

from maild.domain.admission import Known, Reason
from maild.domain.intake import Category, IntakeRules, OutOfScope, Sign
from maild.mail.conditions import Hit, Seen, look
from maild.mail.message import Message, Place
from maild.mail.words import split

LONGEST = 20_000
"""So many characters of a letter are looked at; nobody says what it is about after that."""

SHORT = 15
"""With fewer words of the sender's own, a letter that was forwarded speaks for itself."""

SHOWN = 60
"""So many characters of a condition are quoted in the trail; the rule's line has all of it."""


@dataclass(frozen=True)
class Class:
    """The category with the sign that gave it, and what else the letter may be.

    `suspected`: an exempt category without certainty; `other`: what it also asks for beside an exempt category.
    """

    category: Category
    reason: Reason
    kind: OutOfScope | None = None
    suspected: str | None = None
    other: str | None = None
    insults: str | None = None
    rough: str | None = None


def classify(message: Message, rules: IntakeRules, *, role: str, version: str | None, known: Known) -> Class:
    """The category of a letter. `version` is the version that was recognised; `role` that of the mailbox."""
    words = split(*topic(message))
    seen = look(rules.signs, words, ukrainian=message.language == "uk")
    if role == "quality" and rules.quality:
        category = rules.categories[rules.quality]
        says = f"category {category.key}: the letter came to the quality mailbox"
        reason = Reason(category.rule, says, category.clause, "category")
        return Class(category, reason, insults=seen.insults, rough=seen.rough)
    holding = [sign for sign in rules.signs.signs if _holds(sign, seen, role, version)]
    sign = next((sign for sign in holding if sign.sure), None)
    if sign is None or sign.category == rules.default:
        return _default(rules, known, sign, holding, seen)
    category = rules.categories[sign.category]
    other = None if category.contracts else _besides(rules, sign, holding, seen)
    return Class(
        category,
        Reason(_rule(sign, seen), _says(sign, seen), category.clause, "category"),
        rules.out_of_scope.get(sign.kind or ""),
        _suspected(rules, category, holding[: holding.index(sign)]),
        other,
        seen.insults,
        seen.rough,
    )


def topic(message: Message) -> tuple[str, ...]:
    """The texts that say what a letter is about: subject and the sender's own words.

    What was forwarded counts where the sender added little; quoted history, ours or theirs, never.
    """
    own = _texts(message, Place.OWN)
    if len(own.split()) < SHORT:
        own = f"{own}\n\n{_texts(message, Place.FORWARDED)}"
    return message.subject[:LONGEST], own[:LONGEST]


def _texts(message: Message, place: Place) -> str:
    return "\n".join(message.text[part.start : part.end] for part in message.sections if part.place is place)


def _holds(sign: Sign, seen: Seen, role: str, version: str | None) -> bool:
    if sign.role and sign.role != role:
        return False
    if sign.version and not (version and re.search(sign.version, version)):
        return False
    return not sign.when or _hit(sign, seen) is not None


def _hit(sign: Sign, seen: Seen) -> Hit | None:
    return next((hit for hit in seen.hits if hit.sign is sign), None)


def _default(rules: IntakeRules, known: Known, sign: Sign | None, holding: list[Sign], seen: Seen) -> Class:
    """Nothing was recognised for sure: what the ticket already was, else the default (B24)."""
    category = rules.categories.get(known.category or "", rules.categories[rules.default])
    if category.key != rules.default:
        says = f"category {category.key}: as before; nothing in the letter says otherwise"
        other = rules.default if sign and not category.contracts else None
        reason = Reason(category.rule, says, category.clause, "category")
        return Class(category, reason, None, None, other, seen.insults, seen.rough)
    says = _says(sign, seen) if sign else f"category {category.key}: nothing else was recognised"
    rule = _rule(sign, seen) if sign else category.rule
    suspected = _suspected(rules, category, holding)
    reason = Reason(rule, says, category.clause, "category")
    return Class(category, reason, None, suspected, None, seen.insults, seen.rough)


def _suspected(rules: IntakeRules, category: Category, holding: list[Sign]) -> str | None:
    """An exempt category that the letter may mean, where the one chosen needs contracts.

    `holding` are signs that stand before the one that decided: a sure sign silences suspicions below it.
    """
    if not category.contracts:
        return None
    exempt = (sign.category for sign in holding if not rules.categories[sign.category].contracts)
    return next(exempt, None)


def _besides(rules: IntakeRules, chosen: Sign, holding: list[Sign], seen: Seen) -> str | None:
    """What needs contracts and is asked for in another sentence than the exempt request."""
    mine = {hit.sentence for hit in seen.hits if hit.sign.category == chosen.category}
    for hit in seen.hits:
        sign = hit.sign
        if sign in holding and sign.sure and hit.sentence not in mine and rules.categories[sign.category].contracts:
            return sign.kind or sign.category
    return None


def _says(sign: Sign, seen: Seen) -> str:
    name = f"{sign.category} ({sign.kind})" if sign.kind else sign.category
    hit = _hit(sign, seen)
    if hit is None:
        return f"category {name}: by the version"
    text = hit.condition.text
    condition = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return f"category {name}: «{hit.snippet}» (by «{condition}»)"


def _rule(sign: Sign, seen: Seen) -> str:
    """The line of the very condition by which a sign holds; the sign's where the version alone made it so."""
    hit = _hit(sign, seen)
    return hit.condition.rule if hit else sign.rule
