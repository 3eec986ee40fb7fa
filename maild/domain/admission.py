"""A decision about a letter: what it is, whether it is accepted, and why.

CHECKS is read from top to bottom; each may find something. What was found decides by its rank (decision 1 of the
requirements): a letter no machine should answer is triaged, then a lapsed contract refuses, then something missing is
asked for, then a doubt goes to a person, and what nobody objected to is accepted.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from maild.domain.entitlement import PARTNER, REGISTRATION, Right
from maild.domain.folding import fold
from maild.domain.intake import Category, OutOfScope
from maild.domain.service import Entitlement, Verdict


class Disposition(StrEnum):
    """What becomes of a letter."""

    ACCEPT = "accept"
    ASK = "ask"
    REFUSE = "refuse"
    TRIAGE = "triage"
    THREAD = "thread"
    IGNORE = "ignore"


@dataclass(frozen=True)
class Reason:
    """One step of the way to a decision: `rule` is `file:line`, `clause` the regulation's id, such as B6."""

    rule: str
    says: str
    clause: str | None = None


@dataclass(frozen=True)
class Found:
    """A field and where it was found: `place` is own, signature, forwarded, quoted, subject, registry or remembered.

    `start` and `end` index the letter's text (or subject); -1 where the place is no text.
    """

    name: str
    value: str
    place: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True)
class Known:
    """What the desk remembers when it judges a letter; `explain` knows nothing.

    `fields` come from earlier letters of the same ticket, `registration_number` from this address's last
    accepted ticket, `unknown_numbers` were asked about already (contract, doubtful case 3).
    """

    fields: Mapping[str, str | None] = field(default_factory=dict)
    registration_number: str | None = None
    unknown_numbers: frozenset[str] = frozenset()
    category: str | None = None


@dataclass(frozen=True)
class Decision:
    """The verdict on one letter. `fields` holds every field of the regulation, None where the letter is silent.

    `refusal` is the refusal that is sent or prepared (a key of `[refusals]`), `kind` the kind out of scope, `doubt`
    why a person decides.
    """

    disposition: Disposition
    category: str | None
    level: str | None
    priority: str
    language: str
    fields: Mapping[str, str | None]
    missing: tuple[str, ...]
    entitlement: Entitlement | None
    template: str | None
    reasons: tuple[Reason, ...]
    found: tuple[Found, ...] = ()
    refusal: str | None = None
    unrecognised: Mapping[str, str] = field(default_factory=dict)
    doubt: str | None = None
    abusive: bool = False
    kind: str | None = None


@dataclass(frozen=True)
class Case:
    """All that the checks look at. `fields` are the effective values, `said` those of the letter itself.

    `suspected` is the exempt category that the letter may be about although it was not recognised for sure, `other`
    the one besides an exempt category; `insulting` the words themselves; `repeated`: the client was already asked
    about this unknown number.
    """

    category: Category
    right: Right
    fields: Mapping[str, str | None]
    kind: OutOfScope | None = None
    suspected: str | None = None
    other: str | None = None
    insulting: str | None = None
    repeated: bool = False
    clauses: Mapping[str, str] = field(default_factory=dict)
    registry_rule: str = "contracts.csv"
    partners_rule: str = "partners.csv"


@dataclass(frozen=True)
class Finding:
    """What a check found. `rank` is the place in RANKS by which the decision is made."""

    rank: str
    says: str
    rule: str
    clause: str | None = None
    missing: tuple[str, ...] = ()


PERSON, LAPSED, ASKED, DOUBT, OUTSIDE = "person", "lapsed", "asked", "doubt", "outside"
RANKS: Mapping[str, Disposition] = {
    PERSON: Disposition.TRIAGE,
    LAPSED: Disposition.REFUSE,
    ASKED: Disposition.ASK,
    DOUBT: Disposition.TRIAGE,
    OUTSIDE: Disposition.REFUSE,
}
"""The rank of a finding, the strongest first, and what it leads to (decision 1)."""


def _handed_over(case: Case) -> Iterator[Finding]:
    """What always is a person's: complaints need no number, no contract (doubtful case 13)."""
    if case.category.hand_over:
        says = f"a letter of the category {case.category.key} goes to a person; nothing is required of it"
        yield Finding(PERSON, says, case.category.rule, case.category.clause)


def _insulting(case: Case) -> Iterator[Finding]:
    """Abuse never refuses (doubtful case 12). One without any number is not even asked back by a machine."""
    if case.insulting:
        rank = DOUBT if case.right.number else PERSON
        yield Finding(rank, f"insulting words («{case.insulting}»): a person decides", case.category.rule)


def _number(case: Case) -> Iterator[Finding]:
    """A number that the registry knows is needed wherever contracts are (doubtful cases 2, 3, 4)."""
    right, category = case.right, case.category
    if REGISTRATION not in category.required or not category.contracts:
        return
    if right.verdict is Verdict.UNKNOWN and case.repeated:
        says = f"{right.number} is not in the registry, and the client says it once more"
        yield Finding(PERSON, says, case.registry_rule, case.clauses.get("contracts"))
    elif right.verdict is Verdict.UNKNOWN:
        yield _ask(case, REGISTRATION, f"{right.number} is not in the registry", case.clauses.get("contracts"))
    elif right.verdict is Verdict.AMBIGUOUS and not right.contrary:
        says = f"several numbers with different rights: {', '.join(right.numbers)}; which one is it about?"
        yield _ask(case, REGISTRATION, says, case.clauses.get("number"))


def _kind(case: Case) -> Iterator[Finding]:
    """The row must be of a kind that counts here (doubtful case 11, B15).

    An additional delivery without dates of its own says nothing about the contracts, which are made for the main
    one: its number is asked for instead of refusing.
    """
    row = case.right.contract
    if row is None or not case.category.contracts:
        return
    if row.kind not in case.category.kinds:
        kinds = ", ".join(case.category.kinds)
        says = f"{row.registration_number} is of kind {row.kind}; {case.category.key} needs {kinds}"
        yield Finding(ASKED, says, case.category.rule, case.category.clause, (REGISTRATION,))
    elif _dateless_addition(case):
        says = f"{row.registration_number} is an additional delivery; the contracts are those of the main one"
        yield Finding(ASKED, says, row.rule, case.clauses.get("contracts"), (REGISTRATION,))


def _lapsed(case: Case) -> Iterator[Finding]:
    """A known number without both contracts is refused (B6), unless something speaks for an exempt request (B7)."""
    row, verdict = case.right.contract, case.right.verdict
    if row is None or verdict not in (Verdict.EXPIRED, Verdict.MISSING):
        return
    if row.kind not in case.category.kinds or _dateless_addition(case):
        return
    dates = f"ITS until {row.its_until or 'never'}, KP until {row.kp_until or 'never'}"
    says = f"{row.registration_number}: {dates}: {verdict}"
    if case.suspected:
        says += f"; but it may be about {case.suspected}, which needs no contract"
        yield Finding(PERSON, says, row.rule, case.clauses.get("exempt"))
    else:
        yield Finding(LAPSED, says, row.rule, case.clauses.get("contracts"))


def _mixed(case: Case) -> Iterator[Finding]:
    """An exempt request that asks for something else besides, while the contracts for that are not there."""
    row = case.right.contract
    if case.category.contracts or case.category.hand_over or not case.other:
        return
    if case.right.lapsed or row is None:
        says = f"{case.category.key} needs no contract, but the letter also asks for {case.other}, which does"
        yield Finding(DOUBT, says, case.category.rule, case.clauses.get("exempt"))


def _partner(case: Case) -> Iterator[Finding]:
    """A partner's road: a known code, and an NFR number of that very partner (B3, doubtful case 11)."""
    row, code = case.right.contract, case.fields.get(PARTNER)
    if not case.category.contracts:
        return
    if code and case.right.partner is None:
        says = f"partner code {code} is not known"
        yield Finding(ASKED, says, case.partners_rule, case.clauses.get("partner"), (PARTNER,))
    elif row and code and row.kind == "nfr" and row.partner_code != code:
        says = f"{row.registration_number} is not the NFR number of partner {code}"
        yield Finding(ASKED, says, row.rule, case.clauses.get("partner"), (REGISTRATION, PARTNER))
    elif case.right.unnamed:
        says = (
            f"the sender's domain is that of partner {case.right.unnamed}, who asks for a user without a partner code"
        )
        yield Finding(ASKED, says, case.partners_rule, case.clauses.get("partner"), (PARTNER,))


def _product(case: Case) -> Iterator[Finding]:
    """The number's product must be the one asked about, where the category says for which kinds (B3, B15)."""
    row, product = case.right.contract, case.fields.get("product")
    if row is None or row.kind not in case.category.same_product or not product or _same_product(product, row.product):
        return
    says = f"{row.registration_number} is {row.product}, the letter is about {product}"
    if row.kind == "nfr":
        yield Finding(ASKED, says, row.rule, case.clauses.get("partner"), (REGISTRATION,))
    else:
        yield Finding(DOUBT, says, row.rule, case.category.clause)


def _required(case: Case) -> Iterator[Finding]:
    """Every field that the category requires, and what a number of this kind wants besides (B3-B5, B15)."""
    row = case.right.contract
    wanted = case.category.required
    if row:
        wanted += case.category.wanting.get(row.kind, ())
    later = _known_later(case)
    for name in dict.fromkeys(wanted):
        if later and name in case.category.supplied:
            continue
        if not case.fields.get(name):
            yield _ask(case, name, f"{name} is missing", case.category.clause)


def _known_later(case: Case) -> bool:
    """Whether what the registry supplies is known as soon as the right number is: then only the number is asked."""
    if case.right.contract:
        return case.right.verdict is Verdict.AMBIGUOUS
    return case.category.contracts or not case.fields.get(REGISTRATION)


def _contrary(case: Case) -> Iterator[Finding]:
    """Somebody else's number, as far as the registry can tell (doubtful case 10)."""
    right = case.right
    if right.contrary and right.contract:
        says = f"{right.number} is in the registry for somebody else than the {right.contrary} of this letter"
        yield Finding(DOUBT, says, right.contract.rule)


def _outside(case: Case) -> Iterator[Finding]:
    """Out of scope (doubtful case 9): a person decides, unless the regulation refuses this kind by itself."""
    if kind := case.kind:
        rank = OUTSIDE if kind.effect == "refuse" else DOUBT
        yield Finding(
            rank, f"out of scope: {kind.key}; the refusal «{kind.refusal}» is prepared", kind.rule, kind.clause
        )


CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    _handed_over,
    _insulting,
    _number,
    _kind,
    _lapsed,
    _mixed,
    _partner,
    _product,
    _required,
    _contrary,
    _outside,
)
"""Every check, in the order in which its findings are told."""


def judge(case: Case) -> tuple[Disposition, tuple[Finding, ...]]:
    """The disposition of a case and all findings; where a person takes it over, only what made it so."""
    findings = tuple(finding for check in CHECKS for finding in check(case))
    rank = next((rank for rank in RANKS if any(finding.rank == rank for finding in findings)), None)
    if rank is None:
        return Disposition.ACCEPT, ()
    if rank == PERSON:
        findings = tuple(finding for finding in findings if finding.rank == PERSON)
    return RANKS[rank], findings


def _ask(case: Case, name: str, says: str, clause: str | None) -> Finding:
    return Finding(ASKED, says, case.category.rule, clause, (name,))


def _dateless_addition(case: Case) -> bool:
    row = case.right.contract
    return row is not None and row.kind == "additional" and row.its_until is None and row.kp_until is None


def _same_product(one: str, other: str) -> bool:
    """Equal, or one of them only less exact («1С:CRM» and «1С:CRM ПРОФ»)."""
    mine, theirs = " ".join(fold(one).split()), " ".join(fold(other).split())
    return mine.startswith(theirs) or theirs.startswith(mine)
