"""What a client is entitled to: contracts, partners, service levels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True)
class Level:
    """A service level: targets in seconds of working time; None is "no such target".

    `title` is its name in the desk's first language, `titles` by language (`levels.level_title` chooses). `at_least`:
    the reaction target is told to clients as a beginning («от 4 рабочих часов»), never as a promise (A7).
    """

    key: str
    title: str
    reaction: int | None
    resolution: int | None
    rule: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    at_least: bool = False


class Verdict(StrEnum):
    """What the registry says about a right to support (contract, `explain --json`)."""

    ACTIVE = "active"
    EXPIRED = "expired"
    MISSING = "missing"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    EXEMPT = "exempt"


@dataclass(frozen=True)
class RegistryRules:
    """What the contract registry of a desk holds (`[registry]` of intake.toml).

    `contracts` are the dated contracts, each a column NAME_until; all of them must be valid. Empty: a registry of
    clients, without dates. `columns` are further columns that rules may ask about. `number_digits` and `code_digits`
    are the lengths that a registration number and a partner code may have; empty: any.
    """

    contracts: tuple[str, ...] = ("its", "kp")
    columns: tuple[str, ...] = ()
    number_digits: frozenset[int] = frozenset()
    code_digits: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Contract:
    """One row of `contracts.csv`: what a client holds.

    `until` has a day for each dated contract, in the regulation's order: inclusive, in the desk's zone; None is "no
    such contract". `columns` are the texts of the further columns. Where the registry has no numbers,
    `registration_number` is "#" and the row's own number, which no letter can state.
    """

    registration_number: str
    kind: str
    product: str
    organisation: str
    inn: str
    until: Mapping[str, date | None]
    partner_code: str | None
    email_domains: tuple[str, ...]
    rule: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Partner:
    """One row of `partners.csv`."""

    code: str
    organisation: str
    email_domains: tuple[str, ...]
    rule: str = ""


@dataclass(frozen=True)
class Registry:
    """The contract registry of a desk, indexed for look-up.

    `warnings` report bad rows, "contracts.csv:7: …", summed up where many are alike. `by_name` is indexed by
    `entitlement.name_key`, the domains by `entitlement.domain_key`. `stamp` tells from what it was read, and how: the
    same stamp is the same registry.
    """

    contracts: Mapping[str, Contract]
    partners: Mapping[str, Partner]
    by_domain: Mapping[str, tuple[str, ...]]
    by_inn: Mapping[str, tuple[str, ...]]
    partner_domains: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    by_name: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stamp: object = None


@dataclass(frozen=True)
class Entitlement:
    """A verdict with what it rests on; `registration_number` is the number that decided, `until` as in its row."""

    verdict: Verdict
    registration_number: str | None
    until: Mapping[str, date | None] = field(default_factory=dict)
    contract: Contract | None = None
