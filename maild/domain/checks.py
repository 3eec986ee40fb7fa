"""What speaks against accepting a letter, and what follows from it.

CHECKS is read from top to bottom; each may find something. What was found decides by its rank (decision 1 of the
requirements): a letter no machine should answer is triaged, then a lapsed contract refuses, then something missing is
asked for, then a doubt goes to a person, and what nobody objected to is accepted.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from maild.domain.admission import Disposition
from maild.domain.entitlement import PARTNER, REGISTRATION, Right
from maild.domain.folding import fold
from maild.domain.intake import Category, OutOfScope
from maild.domain.levels import same
from maild.domain.service import Verdict


@dataclass(frozen=True)
class Case:
    """All that the checks look at. `fields` are the effective values: of the letter, of earlier ones, of the registry.

    `suspected` is the exempt category that the letter may be about although it was not recognised for sure, `other`
    the one besides an exempt category; `insulting` the words themselves; `repeated`: the client was already asked
    about this unknown number. `clauses` are those of `IntakeRules`, `titles` what the contracts are called; the rules
    of registry and partners are cited where no row can be.
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
    titles: Mapping[str, str] = field(default_factory=dict)
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
    if not category.asks(REGISTRATION) or not category.contracts:
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
    says = f"{row.registration_number}: {days_said(row.until, case.titles)}: {verdict}"
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
        wanted += tuple((name,) for name in case.category.wanting.get(row.kind, ()))
    later = case.category.supplied if _known_later(case) else ()
    for group in dict.fromkeys(wanted):
        if not any(case.fields.get(name) or name in later for name in group):
            yield _ask(case, group[0], f"{' or '.join(group)} is missing", case.category.clause)


def _known_later(case: Case) -> bool:
    """Whether what the registry supplies is known as soon as the right number is: then only the number is asked."""
    if not case.category.asks(REGISTRATION):
        return False
    if case.right.contract:
        return case.right.verdict is Verdict.AMBIGUOUS
    return case.category.contracts or not case.fields.get(REGISTRATION)


def _contrary(case: Case) -> Iterator[Finding]:
    """Somebody else's number, as far as the registry can tell (doubtful case 10)."""
    right = case.right
    if right.contrary and right.contract:
        says = f"{right.number} is in the registry for somebody else than the {right.contrary} of this letter"
        yield Finding(DOUBT, says, right.contract.rule)


def _needs(case: Case) -> Iterator[Finding]:
    """What the client's row must say for a machine to accept (A3); a person decides where it does not."""
    row, category = case.right.client, case.category
    for column, wanted in category.needs.items():
        said = row.columns.get(column) if row else None
        if not same(said, wanted):
            of_whom = (
                f"the registry has {said or 'nothing'} for {row.organisation}" if row else "the client is not known"
            )
            says = f"{category.key} needs {column} = {' or '.join(wanted)}; {of_whom}"
            yield Finding(DOUBT, says, category.rule, category.clause)


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
    _needs,
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


def days_said(until: Mapping[str, date | None], titles: Mapping[str, str]) -> str:
    """The contracts of a row with their last days, for a reason: "X until 2026-12-31, Y never"."""
    return ", ".join(f"{titles.get(key, key)} {f'until {day}' if day else 'never'}" for key, day in until.items())


def _ask(case: Case, name: str, says: str, clause: str | None) -> Finding:
    return Finding(ASKED, says, case.category.rule, clause, (name,))


def _dateless_addition(case: Case) -> bool:
    row = case.right.contract
    return row is not None and row.kind == "additional" and bool(row.until) and not any(row.until.values())


def _same_product(one: str, other: str) -> bool:
    """Equal, or one of them only less exact («Trade» and «Trade PRO»)."""
    mine, theirs = " ".join(fold(one).split()), " ".join(fold(other).split())
    return mine.startswith(theirs) or theirs.startswith(mine)
