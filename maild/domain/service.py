"""What a client is entitled to: contracts, partners, service levels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True)
class Level:
    """A service level: targets in seconds of working time; None is "no such target"."""

    key: str
    title: str
    reaction: int | None
    resolution: int | None
    rule: str = ""


class Verdict(StrEnum):
    """What the registry says about a right to support (contract, `explain --json`)."""

    ACTIVE = "active"
    EXPIRED = "expired"
    MISSING = "missing"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    EXEMPT = "exempt"


@dataclass(frozen=True)
class Contract:
    """One row of `contracts.csv`. Dates are inclusive, in the desk's zone; None is "no such contract"."""

    registration_number: str
    kind: str
    product: str
    organisation: str
    inn: str
    its_until: date | None
    kp_until: date | None
    partner_code: str | None
    email_domains: tuple[str, ...]
    rule: str = ""


@dataclass(frozen=True)
class Partner:
    """One row of `partners.csv`."""

    code: str
    organisation: str
    email_domains: tuple[str, ...]
    rule: str = ""


@dataclass(frozen=True)
class Registry:
    """The contract registry of a desk, indexed for look-up. `warnings` are bad rows: "contracts.csv:7: …".

    `by_name` is indexed by `entitlement.name_key`, the domains by `entitlement.domain_key`.
    """

    contracts: Mapping[str, Contract]
    partners: Mapping[str, Partner]
    by_domain: Mapping[str, tuple[str, ...]]
    by_inn: Mapping[str, tuple[str, ...]]
    partner_domains: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    by_name: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Entitlement:
    """A verdict with what it rests on; `registration_number` is the number that decided."""

    verdict: Verdict
    registration_number: str | None
    its_until: date | None = None
    kp_until: date | None = None
    contract: Contract | None = None
