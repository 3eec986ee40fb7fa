"""The contract registry: bad rows, the share that has run out, and rows that contradict each other.

Of each kind the first findings are told and the others counted, so that two thousand rows take no more than a screen.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from maild.domain.entitlement import name_key
from maild.domain.service import Contract
from maild.regulation.finding import Finding, Pack, at_most, warning

SOON = timedelta(days=30)
_CURES: Mapping[str, str] = {
    "contracts": "correct the row; the others are used meanwhile",
    "partners": "correct the row; the others are used meanwhile",
    "answers": "call it NAME.toml, or move it elsewhere",
    "calendar": "take the day out of short, or let it be worked",
}
_COLUMN = "correct the header, or what the rules say of it"


def told_on_loading(pack: Pack) -> Iterator[Finding]:
    """What was noticed while the rules were loaded: rows left out, files that are no answers, and the like."""
    for says in (*pack.regulation.desk.warnings, *pack.regulation.registry.warnings):
        where, told = _split(says)
        cure = _COLUMN if told.startswith("the column ") else _CURES.get(where.partition("/")[0].partition(".")[0], "")
        yield warning(where, told, cure)


def expired(pack: Pack) -> Iterator[Finding]:
    """How many contracts have run out, and how many soon will."""
    last = [day for row in pack.regulation.registry.contracts.values() if (day := _last_day(row))]
    gone = sum(1 for day in last if day < pack.today)
    soon = sum(1 for day in last if pack.today <= day <= pack.today + SOON)
    if gone or soon:
        verb = "has" if gone == 1 else "have"
        says = f"{gone:,} of {len(last):,} contracts {verb} expired, {soon:,} more will within {SOON.days} days"
        yield warning(_table(pack), says, "renew or remove them, if the file is out of date")


def shared_domains(pack: Pack) -> Iterator[Finding]:
    """Mail domains that prove nothing: those of public providers, and those of several organisations."""
    registry, public = pack.regulation.registry, pack.regulation.intake.public_domains
    cases = (_domain(registry.contracts, domain, numbers, public) for domain, numbers in registry.by_domain.items())
    yield from at_most(filter(None, cases), "{} more mail domains of public providers or several organisations")
    for code, partner in registry.partners.items():
        for domain in partner.email_domains:
            if (other := registry.partner_domains.get(domain)) not in (None, code):
                says = f"{domain} is the domain of the partners {code} and {other}: the sender is taken for {other}"
                yield warning(partner.rule, says, "leave the domain to one of them")


def shared_inns(pack: Pack) -> Iterator[Finding]:
    """One INN in rows of different organisations: one of them is wrong."""
    registry = pack.regulation.registry
    cases = (_inn(registry.contracts, inn, numbers) for inn, numbers in registry.by_inn.items() if len(numbers) > 1)
    yield from at_most(filter(None, cases), "{} more INNs stand in rows of different organisations")


def unknown_partners(pack: Pack) -> Iterator[Finding]:
    """Rows of a partner whom partners.csv does not have: that partner is never recognised."""
    registry = pack.regulation.registry
    cases = (
        warning(
            row.rule, f"partner code {row.partner_code} is not in partners.csv", "add the partner, or correct the code"
        )
        for row in registry.contracts.values()
        if row.partner_code and row.partner_code not in registry.partners
    )
    yield from at_most(cases, "{} more rows name a partner that partners.csv does not have")


def _domain(
    contracts: Mapping[str, Contract], domain: str, numbers: tuple[str, ...], public: frozenset[str]
) -> Finding | None:
    first, *others = (contracts[number] for number in numbers)
    if domain in public:
        says = f"email_domains: {domain} is a public mail provider and proves nothing about {first.organisation}"
        return warning(first.rule, says, "take it out of the row")
    other = _of_another(first, others)
    if other is None:
        return None
    says = f"email_domains: {domain} belongs to {first.organisation} and to {other.organisation} ({other.rule})"
    return warning(first.rule, says, "leave it to one of them, or expect a person to be asked each time")


def _inn(contracts: Mapping[str, Contract], inn: str, numbers: tuple[str, ...]) -> Finding | None:
    first, *others = (contracts[number] for number in numbers)
    if (other := _of_another(first, others)) is None:
        return None
    says = f"INN {inn} stands for {first.organisation} and for {other.organisation} ({other.rule})"
    return warning(first.rule, says, "correct one of the rows")


def _of_another(first: Contract, others: list[Contract]) -> Contract | None:
    """The first row of an organisation that is called otherwise and, for all that is known, is another."""
    mine = name_key(first.organisation)
    return next((row for row in others if row.organisation and name_key(row.organisation) != mine), None)


def _last_day(row: Contract) -> date | None:
    """The last day on which all contracts of a row are valid; None where one was never there."""
    days = [day for day in row.until.values() if day]
    return min(days) if days and len(days) == len(row.until) else None


def _table(pack: Pack) -> str:
    rows = pack.regulation.registry.contracts.values()
    return next((row.rule.partition(":")[0] for row in rows), "contracts.csv")


def _split(says: str) -> tuple[str, str]:
    """ "contracts.csv:7: x" as its place and the rest; a line without a place is about desk.toml."""
    where, colon, told = says.partition(": ")
    return (where, told) if colon and " " not in where else ("desk.toml", says)
