"""The contract registry: `contracts.csv` (or `.xlsx`) and `partners.csv`, indexed for look-up.

What it holds is the regulation's affair (`RegistryRules`): dated contracts, a column NAME_until each, or none at all;
further columns as text. A bad row is reported in `Registry.warnings` and left out; it never costs the other rows. No
pydantic here: a registry of 200,000 rows loads in a few seconds.
"""

import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from maild.domain.entitlement import PARTNER, REGISTRATION, name_key
from maild.domain.service import Contract, Partner, Registry, RegistryRules
from maild.errors import ConfigError
from maild.regulation.cells import KINDS, BadCell, day, digits, domains, inn_fits, kind_of, number
from maild.regulation.report import Report
from maild.regulation.table import Table, read_table

_PLAIN = RegistryRules()
_FILES = ("contracts.csv", "contracts.xlsx", "partners.csv")
_DEFAULT = (REGISTRATION, "kind", "product", "organisation", "inn")
_DATED = (REGISTRATION, "organisation")
_CLIENTS = ("organisation",)
_PARTNERS = (PARTNER, "organisation")
"""The columns that a header must have: of the default registry, of one with other dated contracts, of one without any,
of the partners. Where nothing says of what kind a number is, it is a main delivery's."""


def load_registry(directory: Path, rules: RegistryRules = _PLAIN, before: Registry | None = None) -> Registry:
    """Read the registry of a desk; `before`, if it was read from the same files by the same rules, is good enough.

    Raises ConfigError where a column is missing, or the file where it is needed.
    """
    stamp = (rules, *(_stamp(directory / name) for name in _FILES))
    if before is not None and before.stamp == stamp:
        return before
    with _uncollected():
        return replace(_load(directory, rules), stamp=stamp)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: 200,000 rows are no garbage, and each walk over them holds up all threads."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _load(directory: Path, rules: RegistryRules) -> Registry:
    report = Report()
    table = _contracts_file(directory, rules, report)
    contracts = _contracts(table, rules, report) if table else {}
    partners: dict[str, Partner] = {}
    if (directory / "partners.csv").exists():
        partners = _partners(read_table(directory / "partners.csv", _PARTNERS), rules, report)
    by_domain: dict[str, list[str]] = defaultdict(list)
    by_inn: dict[str, list[str]] = defaultdict(list)
    by_name: dict[str, list[str]] = defaultdict(list)
    for key, contract in contracts.items():
        by_name[name_key(contract.organisation)].append(key)
        if contract.inn:
            by_inn[contract.inn].append(key)
        for domain in contract.email_domains:
            by_domain[domain].append(key)
    return Registry(
        contracts=contracts,
        partners=partners,
        by_domain={domain: tuple(numbers) for domain, numbers in by_domain.items()},
        by_inn={inn: tuple(numbers) for inn, numbers in by_inn.items()},
        partner_domains={domain: code for code, partner in partners.items() for domain in partner.email_domains},
        warnings=report.lines(),
        by_name={name: tuple(numbers) for name, numbers in by_name.items()},
    )


def _contracts_file(directory: Path, rules: RegistryRules, report: Report) -> Table | None:
    """The table of contracts; None where there is none and none is needed."""
    text, workbook = directory / "contracts.csv", directory / "contracts.xlsx"
    always = _DEFAULT if rules.contracts == _PLAIN.contracts else _DATED
    needed = (*always, *(f"{name}_until" for name in rules.contracts)) if rules.contracts else _CLIENTS
    if text.exists():
        if workbook.exists():
            report.add("contracts.xlsx", "not read, because there is a contracts.csv too")
        return read_table(text, needed)
    if workbook.exists():
        return read_table(workbook, needed)
    if rules.contracts:
        raise ConfigError(str(text), "the file is missing; the contract registry is contracts.csv or contracts.xlsx")
    return None


def _columns(table: Table, rules: RegistryRules, report: Report) -> None:
    """Reports columns that the rules speak of and the header has not, and such as it has and nobody reads."""
    until = [f"{name}_until" for name in rules.contracts]
    known = (*_DEFAULT, PARTNER, "email_domains", *until, *rules.columns)
    rule = f"{table.name}:1"
    for name in rules.columns:
        if name not in table.columns:
            report.add(rule, f"the column {name} is missing: nothing is known of it")
    for name in (each for each in table.columns if each and each not in known):
        near = [each for each in get_close_matches(name, known, n=1, cutoff=0.7) if each not in table.columns]
        if near:
            report.add(rule, f"the column {name} is not read; did you mean {near[0]}?")
        elif name.endswith("_until"):
            report.add(rule, f"the column {name} is not read: [registry] contracts does not name {name[:-6]}")


def _contracts(table: Table, rules: RegistryRules, report: Report) -> dict[str, Contract]:
    _columns(table, rules, report)
    contracts: dict[str, Contract] = {}
    read = _RowReader(table, rules, report)
    rows = 0
    for line, row in table.rows:
        rows += 1
        rule = f"{table.name}:{line}"
        try:
            contract = read.contract(row, line, rule)
        except BadCell as error:
            report.left_out(rule, str(error), kind=error.kind)
            continue
        if before := contracts.get(contract.registration_number):
            says = f"{contract.registration_number} stands in {before.rule} too; the latest dates count"
            report.add(rule, says, kind="a number that stands in an earlier row too; the latest dates count")
            contract = _latest(before, contract)
        contracts[contract.registration_number] = contract
    report.counted(table.name, rows)
    return contracts


class _RowReader:
    """Reads rows of one table: knows where each column stands, and shares what many rows have alike."""

    def __init__(self, table: Table, rules: RegistryRules, report: Report) -> None:
        self._rules, self._report = rules, report
        at = {name: index for index, name in reversed(list(enumerate(table.columns)))}
        none = len(table.columns)  # where a cell that is always empty is put
        self._number_at, self._inn_at = at.get(REGISTRATION, none), at.get("inn", none)
        self._kind_at, self._product_at = at.get("kind", none), at.get("product", none)
        self._code_at, self._domains_at = at.get(PARTNER, none), at.get("email_domains", none)
        self._organisation_at = at["organisation"]
        self._until_at = [at[f"{name}_until"] for name in rules.contracts]
        self._columns = [name for name in rules.columns if name in at]
        self._columns_at = [at[name] for name in self._columns]
        self._kind = None if rules.contracts and "kind" in at else KINDS[0]
        self._days: dict[tuple[str, ...], Mapping[str, date | None]] = {}
        self._texts: dict[tuple[str, ...], Mapping[str, str]] = {}

    def contract(self, row: list[str], line: int, rule: str) -> Contract:
        """A row as a value. Raises BadCell for a row that nothing can be decided by."""
        row.append("")
        organisation = row[self._organisation_at]
        if not organisation and not self._rules.contracts:
            raise BadCell("the organisation is missing", "the organisation is missing")
        return Contract(
            self._number(row[self._number_at], line),
            kind_of(row[self._kind_at], self._kind),
            row[self._product_at],
            organisation,
            self._inn(row[self._inn_at], rule),
            self._until([row[index] for index in self._until_at]),
            digits(row[self._code_at]) or None,
            domains(row[self._domains_at]),
            rule,
            self._further([row[index] for index in self._columns_at]),
        )

    def _number(self, cell: str, line: int) -> str:
        if not cell and not self._rules.contracts:
            return f"#{line}"
        return number(cell, self._rules.number_digits, "a registration number")

    def _inn(self, cell: str, rule: str) -> str:
        inn = digits(cell)
        if inn and not inn_fits(inn):
            says = f"the check digits of INN {cell} are wrong; it is not compared"
            self._report.add(rule, says, kind="the check digits of an INN are wrong; it is not compared")
            return ""
        return inn

    def _until(self, cells: list[str]) -> Mapping[str, date | None]:
        """The last days by contract; one mapping for all rows that have the same, of which there are few."""
        if (found := self._days.get(key := tuple(cells))) is None:
            found = self._days[key] = {name: day(cell) for name, cell in zip(self._rules.contracts, cells, strict=True)}
        return found

    def _further(self, cells: list[str]) -> Mapping[str, str]:
        if (found := self._texts.get(key := tuple(cells))) is None:
            found = self._texts[key] = dict(zip(self._columns, cells, strict=True))
        return found


def _latest(before: Contract, after: Contract) -> Contract:
    """Two rows of one number as one: the later row's words, the latest dates, the domains of both."""

    def later(one: date | None, other: date | None) -> date | None:
        return max((day for day in (one, other) if day), default=None)

    return replace(
        after,
        until={name: later(before.until[name], day) for name, day in after.until.items()},
        email_domains=tuple(dict.fromkeys((*before.email_domains, *after.email_domains))),
        inn=after.inn or before.inn,
        partner_code=after.partner_code or before.partner_code,
        columns={name: text or before.columns[name] for name, text in after.columns.items()},
    )


def _partners(table: Table, rules: RegistryRules, report: Report) -> dict[str, Partner]:
    partners: dict[str, Partner] = {}
    for partner in _partner_rows(table, rules, report):
        if before := partners.get(partner.code):
            says = f"partner code {partner.code} stands in {before.rule} too"
            report.add(partner.rule, says, kind="a partner code that stands in an earlier row too")
            both = tuple(dict.fromkeys((*before.email_domains, *partner.email_domains)))
            partner = replace(partner, email_domains=both)
        partners[partner.code] = partner
    return partners


def _partner_rows(table: Table, rules: RegistryRules, report: Report) -> Iterator[Partner]:
    rows = 0
    for line, row in table.rows:
        rows += 1
        rule, cells = f"{table.name}:{line}", dict(zip(table.columns, row, strict=True))
        try:
            code = number(cells[PARTNER], rules.code_digits, "a partner code")
        except BadCell as error:
            report.left_out(rule, str(error), kind=error.kind)
            continue
        yield Partner(code, cells["organisation"], domains(cells.get("email_domains", "")), rule)
    report.counted(table.name, rows)
