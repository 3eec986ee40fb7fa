"""Which contract a letter speaks of, what it gives a right to on a day, and whether the sender can be its owner.

Pure: the registry and what the letter states go in, a verdict and findings come out. Clauses B3, B6, B7, B15 of the
requirements; the doubtful cases 2-4, 7, 10 and 11 of the contract.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TypeVar

from maild.domain.folding import fold
from maild.domain.service import Contract, Entitlement, Partner, Registry, Verdict

REGISTRATION, PARTNER = "registration_number", "partner_code"
"""The two fields that the contract's registry is looked up by."""

_RANK = {"own": 0, "subject": 0, "signature": 1, "forwarded": 2, "quoted": 3}
_LAST = 9

ValueT = TypeVar("ValueT")


@dataclass(frozen=True)
class Claim:
    """A registration number that a letter gives: where, what it is said to be, and whether it is named as such."""

    number: str
    place: str
    roles: frozenset[str] = frozenset()
    labelled: bool = True


@dataclass(frozen=True)
class Stated:
    """What a letter states about who asks: numbers, INNs, organisations, partner code, the sender's domain.

    `public` is True where the domain proves nothing, as with a public mail provider. `hosts` are those of the pages
    that it names, none of them public.
    """

    claims: tuple[Claim, ...] = ()
    inns: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    partner_code: str | None = None
    domain: str = ""
    public: bool = False
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Right:
    """What was found: the number that decides, its row, the verdict (None: no number).

    `contrary` names what belongs to somebody else: "inn", "domain", "organisation". `partner` is the one whose code is
    stated, `unnamed` the code of the partner who writes by the domain without saying so. `lapsed`: the row gives no
    right on that day, whatever the verdict. `client` is the row of whoever asks: that of the number, else the one that
    the domains lead to; None where they lead nowhere, to several clients, or where the number is somebody else's.
    """

    number: str | None
    verdict: Verdict | None
    contract: Contract | None = None
    partner: Partner | None = None
    numbers: tuple[str, ...] = ()
    contrary: str | None = None
    unnamed: str | None = None
    lapsed: bool = False
    client: Contract | None = None

    @property
    def entitlement(self) -> Entitlement | None:
        """The same as it is shown. A contract of somebody else is not: its dates are none of the sender's business."""
        if self.verdict is None:
            return None
        row = None if self.verdict is Verdict.AMBIGUOUS else self.contract
        if row is None:
            return Entitlement(self.verdict, self.number)
        return Entitlement(self.verdict, self.number, row.until, row)


def examine(
    registry: Registry, stated: Stated, today: date, *, needs_contract: bool = True, kinds: tuple[str, ...] = ()
) -> Right:
    """The right that a letter has on a day of the desk's zone, for a category that counts rows of these kinds."""
    right = _right(registry, stated, today, needs_contract, kinds)
    if right.verdict is Verdict.AMBIGUOUS:
        return right
    domains = stated.hosts if stated.public else (stated.domain, *stated.hosts)
    return replace(right, client=right.contract or client_of(registry, domains))


def _right(registry: Registry, stated: Stated, today: date, needs_contract: bool, kinds: tuple[str, ...]) -> Right:
    partner = registry.partners.get(stated.partner_code or "")
    numbers = _candidates(registry, stated.claims, kinds)
    number = next((number for number in numbers if number in registry.contracts), numbers[0] if numbers else None)
    row = registry.contracts.get(number or "")
    right = Right(number, None, row, partner, numbers)
    verdicts = {_standing(registry.contracts.get(number), today) for number in numbers}
    if not needs_contract:
        return replace(right, verdict=Verdict.EXEMPT, lapsed=row is None or _standing(row, today) is not Verdict.ACTIVE)
    if not numbers:
        return right
    if len(verdicts) > 1:
        return replace(right, verdict=Verdict.AMBIGUOUS)
    verdict = verdicts.pop()
    contrary = _contrary(registry, stated, row, partner) if row else None
    return replace(
        right,
        verdict=Verdict.AMBIGUOUS if contrary else verdict,
        contrary=contrary,
        unnamed=_unnamed(registry, stated, row) if row else None,
        lapsed=verdict is not Verdict.ACTIVE,
    )


def _standing(row: Contract | None, today: date) -> Verdict:
    """All contracts are needed, the last day is included (B6); one that was never there is `missing`."""
    if row is None:
        return Verdict.UNKNOWN
    days = row.until.values()
    if None in days:
        return Verdict.MISSING
    return Verdict.ACTIVE if all(day and day >= today for day in days) else Verdict.EXPIRED


def _candidates(registry: Registry, claims: tuple[Claim, ...], kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers that count, without repetition (doubtful case 4).

    None that is said to be old, and where one is said to be new or right, no other; where the registry knows one, none
    that it does not know and that is not named as a registration number; only the best place (case 5); a main delivery
    before an additional one, and one of the kinds that count before others.
    """
    claims = tuple(claim for claim in claims if "old" not in claim.roles)
    if any(claim.number in registry.contracts for claim in claims):
        claims = tuple(claim for claim in claims if claim.labelled or claim.number in registry.contracts)
    best = min((_RANK.get(claim.place, _LAST) for claim in claims), default=0)
    claims = tuple(claim for claim in claims if _RANK.get(claim.place, _LAST) == best)
    claims = tuple(claim for claim in claims if "new" in claim.roles) or claims
    kind = {claim: _kind(registry, claim) for claim in claims}
    if "main" in kind.values():
        claims = tuple(claim for claim in claims if kind[claim] != "additional")
    if any(kind[claim] in kinds for claim in claims):
        claims = tuple(claim for claim in claims if kind[claim] is None or kind[claim] in kinds)
    return tuple(dict.fromkeys(claim.number for claim in claims))


def _kind(registry: Registry, claim: Claim) -> str | None:
    """What the registry says, else what the letter says; None where neither does."""
    if row := registry.contracts.get(claim.number):
        return row.kind
    return next((kind for kind in ("main", "additional", "nfr") if kind in claim.roles), None)


def _contrary(registry: Registry, stated: Stated, row: Contract, partner: Partner | None) -> str | None:
    """What the letter states that belongs to another row than its number (doubtful case 10)."""
    if _foreign_inn(registry, stated.inns, row, partner):
        return "inn"
    if not stated.public and _foreign_domain(registry, stated.domain, row, partner):
        return "domain"
    return "organisation" if _foreign_name(registry, stated.organisations, row, partner) else None


def _foreign_inn(registry: Registry, inns: tuple[str, ...], row: Contract, partner: Partner | None) -> bool:
    """Whether an INN is stated, and none of them is the row's.

    A partner may write for a user (B3), so the INN of the partner's own rows is no contradiction, and one that no row
    has may be the partner's. From anybody else an INN that no row has is a contradiction too.
    """
    if not inns or not row.inn or row.inn in inns:
        return False
    if partner is None:
        return True
    rows = [registry.contracts[number] for inn in inns for number in registry.by_inn.get(inn, ())]
    return any(other.partner_code != partner.code for other in rows)


def _foreign_domain(registry: Registry, domain: str, row: Contract, partner: Partner | None) -> bool:
    """Whether the sender's domain stands in other rows, or is another partner's, and nothing ties it to this row."""
    numbers = lookup(registry.by_domain, domain) or ()
    if any(number == row.registration_number or _one_owner(registry.contracts[number], row) for number in numbers):
        return False
    if owner := lookup(registry.partner_domains, domain):
        return partner is not None and owner not in (row.partner_code, partner.code)
    return bool(numbers)


def _unnamed(registry: Registry, stated: Stated, row: Contract) -> str | None:
    """The partner whose domain the letter comes from, who asks for a user without a code, and is not the row's."""
    owner = None if stated.public else lookup(registry.partner_domains, stated.domain)
    if owner is None or stated.partner_code or owner == row.partner_code:
        return None
    return None if row.registration_number in (lookup(registry.by_domain, stated.domain) or ()) else owner


def _foreign_name(registry: Registry, names: tuple[str, ...], row: Contract, partner: Partner | None) -> bool:
    """Whether the organisations named are by their very names those of other rows, and none is this row's."""
    own = name_key(row.organisation)
    keys = [name_key(name) for name in names]
    if any(key in own or own in key or (partner and key == name_key(partner.organisation)) for key in keys):
        return False
    rows = [registry.contracts[number] for key in keys for number in registry.by_name.get(key, ())]
    return bool(rows) and not any(_one_owner(other, row) for other in rows)


def client_of(registry: Registry, domains: Iterable[str]) -> Contract | None:
    """The row that these domains and hosts lead to; None where the rows are those of several organisations."""
    numbers = (number for domain in domains if domain for number in lookup(registry.by_domain, domain) or ())
    rows = [registry.contracts[number] for number in dict.fromkeys(numbers)]
    same = all(_one_owner(row, rows[0]) or name_key(row.organisation) == name_key(rows[0].organisation) for row in rows)
    return rows[0] if rows and same else None


def own_client(row: Contract, domain: str) -> bool:
    """Whether a mail domain is one of the row's."""
    return bool(domain) and lookup(dict.fromkeys(row.email_domains, True), domain) is not None


def _one_owner(one: Contract, other: Contract) -> bool:
    return bool(one.inn) and one.inn == other.inn


def name_key(organisation: str) -> str:
    """A name for comparison: what stands in quotation marks, else all of it, folded."""
    folded = " ".join(fold(organisation).split())
    first, last = folded.find('"'), folded.rfind('"')
    return folded[first + 1 : last].strip() if 0 <= first < last - 1 else folded


def lookup(table: Mapping[str, ValueT], domain: str) -> ValueT | None:
    """What a table says about a domain or the nearest domain above it (`mail.a.test` is `a.test`'s)."""
    labels = domain_key(domain).split(".")
    for start in range(max(len(labels) - 1, 1)):
        if (found := table.get(".".join(labels[start:]))) is not None:
            return found
    return None


@lru_cache(maxsize=10_000)
def domain_key(domain: str) -> str:
    """A domain for comparison: lower case, international names in their ASCII form, no dot or @ around it."""
    bare = domain.strip().strip("@.").lower()
    try:
        return bare if bare.isascii() else bare.encode("idna").decode("ascii")
    except UnicodeError:
        return bare
