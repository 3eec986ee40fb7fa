"""The contract registry: `contracts.csv` (or `.xlsx`) and `partners.csv`, indexed for look-up.

A bad row is reported in `Registry.warnings` and left out; it never costs the other rows. No pydantic here: a
registry of 200,000 rows loads in a few seconds.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from stdnum.ru import inn as russian_inn

from maild.domain.entitlement import domain_key, name_key
from maild.domain.service import Contract, Partner, Registry
from maild.errors import ConfigError
from maild.regulation.table import Table, read_table

KINDS = frozenset({"main", "nfr", "additional"})
_CONTRACT_COLUMNS = ("registration_number", "kind", "product", "organisation", "inn", "its_until", "kp_until")
_PARTNER_COLUMNS = ("partner_code", "organisation")
_NO_DATE = frozenset({"", "-", "–", "—", "нет", "no", "none", "null"})
_SEPARATORS = re.compile(r"[\s\u00a0\u202f.-]")
_BETWEEN_DOMAINS = re.compile(r"[\s,;|]+")
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ].*)?")
_RUSSIAN = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[T ].*)?")


def load_registry(directory: Path) -> Registry:
    """Read the registry of a desk. Raises ConfigError where there is no contract file or a column is missing."""
    warnings: list[str] = []
    contracts = _contracts(_contracts_file(directory, warnings), warnings)
    partners: dict[str, Partner] = {}
    if (directory / "partners.csv").exists():
        partners = _partners(read_table(directory / "partners.csv", _PARTNER_COLUMNS), warnings)
    by_domain: dict[str, list[str]] = defaultdict(list)
    by_inn: dict[str, list[str]] = defaultdict(list)
    by_name: dict[str, list[str]] = defaultdict(list)
    for number, contract in contracts.items():
        by_name[name_key(contract.organisation)].append(number)
        if contract.inn:
            by_inn[contract.inn].append(number)
        for domain in contract.email_domains:
            by_domain[domain].append(number)
    return Registry(
        contracts=contracts,
        partners=partners,
        by_domain={domain: tuple(numbers) for domain, numbers in by_domain.items()},
        by_inn={inn: tuple(numbers) for inn, numbers in by_inn.items()},
        partner_domains={domain: code for code, partner in partners.items() for domain in partner.email_domains},
        warnings=tuple(warnings),
        by_name={name: tuple(numbers) for name, numbers in by_name.items()},
    )


def _contracts_file(directory: Path, warnings: list[str]) -> Table:
    text, workbook = directory / "contracts.csv", directory / "contracts.xlsx"
    if text.exists():
        if workbook.exists():
            warnings.append("contracts.xlsx: not read, because there is a contracts.csv too")
        return read_table(text, _CONTRACT_COLUMNS)
    if workbook.exists():
        return read_table(workbook, _CONTRACT_COLUMNS)
    raise ConfigError(str(text), "the file is missing; the contract registry is contracts.csv or contracts.xlsx")


def _contracts(table: Table, warnings: list[str]) -> dict[str, Contract]:
    contracts: dict[str, Contract] = {}
    for line, row in table.rows:
        rule = f"{table.name}:{line}"
        try:
            contract = _contract(dict(zip(table.columns, row, strict=True)), rule, warnings)
        except ValueError as error:
            warnings.append(f"{rule}: {error}; the row is left out")
            continue
        if before := contracts.get(contract.registration_number):
            warnings.append(
                f"{rule}: {contract.registration_number} stands in {before.rule} too; the latest dates count"
            )
            contract = _latest(before, contract)
        contracts[contract.registration_number] = contract
    return contracts


def _contract(cells: Mapping[str, str], rule: str, warnings: list[str]) -> Contract:
    """A row as a value. Raises ValueError for a row that nothing can be decided by."""
    inn = _digits(cells["inn"])
    if inn and not _valid_inn(inn):
        warnings.append(f"{rule}: the check digits of INN {cells['inn']} are wrong; it is not compared")
        inn = ""
    return Contract(
        registration_number=_registration_number(cells["registration_number"]),
        kind=_kind(cells["kind"]),
        product=cells["product"],
        organisation=cells["organisation"],
        inn=inn,
        its_until=_date(cells["its_until"]),
        kp_until=_date(cells["kp_until"]),
        partner_code=_digits(cells.get("partner_code", "")) or None,
        email_domains=_domains(cells.get("email_domains", "")),
        rule=rule,
    )


def _valid_inn(inn: str) -> bool:
    """Whether the check digits fit: `stdnum`'s sums without its cleaning, which costs more than all the rest."""
    if len(inn) == 10:
        return bool(russian_inn.calc_company_check_digit(inn) == inn[-1])
    return len(inn) == 12 and bool(russian_inn.calc_personal_check_digits(inn) == inn[-2:])


def _registration_number(cell: str) -> str:
    number = _digits(cell)
    if len(number) != 9:
        raise ValueError(f"a registration number has nine digits, not {cell!r}")
    return number


def _kind(cell: str) -> str:
    if (kind := cell.lower()) not in KINDS:
        raise ValueError(f"kind is main, nfr or additional, not {cell!r}")
    return kind


@lru_cache(maxsize=10_000)
def _date(cell: str) -> date | None:
    """A date, ISO or dd.mm.yyyy, a time after it forgiven; None for an empty cell."""
    if cell.lower() in _NO_DATE:
        return None
    try:
        if iso := _ISO.fullmatch(cell):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if russian := _RUSSIAN.fullmatch(cell):
            return date(int(russian[3]), int(russian[2]), int(russian[1]))
    except ValueError:
        raise ValueError(f"no such day: {cell!r}") from None
    raise ValueError(f"a date is 2026-12-31 or 31.12.2026, not {cell!r}")


def _domains(cell: str) -> tuple[str, ...]:
    if not cell:
        return ()
    return tuple(dict.fromkeys(domain_key(item) for item in _BETWEEN_DOMAINS.split(cell) if item.strip("@.")))


def _digits(cell: str) -> str:
    """The digits of a cell such as «801 234 567» or «801-234-567»; "" where it has anything else."""
    bare = cell if cell.isdigit() else _SEPARATORS.sub("", cell)
    return bare if bare.isascii() and bare.isdigit() else ""


def _latest(before: Contract, after: Contract) -> Contract:
    """Two rows of one number as one: the later row's words, the latest dates, the domains of both."""

    def later(one: date | None, other: date | None) -> date | None:
        return max((day for day in (one, other) if day), default=None)

    fields: dict[str, Any] = {
        "its_until": later(before.its_until, after.its_until),
        "kp_until": later(before.kp_until, after.kp_until),
        "email_domains": tuple(dict.fromkeys((*before.email_domains, *after.email_domains))),
        "inn": after.inn or before.inn,
        "partner_code": after.partner_code or before.partner_code,
    }
    return replace(after, **fields)


def _partners(table: Table, warnings: list[str]) -> dict[str, Partner]:
    partners: dict[str, Partner] = {}
    for partner in _partner_rows(table, warnings):
        if before := partners.get(partner.code):
            warnings.append(f"{partner.rule}: partner code {partner.code} stands in {before.rule} too")
            domains = tuple(dict.fromkeys((*before.email_domains, *partner.email_domains)))
            partner = replace(partner, email_domains=domains)
        partners[partner.code] = partner
    return partners


def _partner_rows(table: Table, warnings: list[str]) -> Iterator[Partner]:
    for line, row in table.rows:
        rule, cells = f"{table.name}:{line}", dict(zip(table.columns, row, strict=True))
        code = _digits(cells["partner_code"])
        if len(code) not in (4, 5):
            says = f"a partner code has four or five digits, not {cells['partner_code']!r}"
            warnings.append(f"{rule}: {says}; the row is left out")
            continue
        yield Partner(code, cells["organisation"], _domains(cells.get("email_domains", "")), rule)
