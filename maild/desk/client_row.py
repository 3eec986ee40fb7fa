"""Whose request it is, as far as the contract registry can tell: by the number, else by domain or portal (A3, A5)."""

from collections.abc import Mapping

from maild.domain.entitlement import REGISTRATION, client_of, lookup, own_client
from maild.domain.fields import Kind
from maild.domain.intake import IntakeRules
from maild.domain.service import Contract
from maild.mail.field_links import plain_host
from maild.regulation.load import Regulation


def client_row(regulation: Regulation, address: str, fields: Mapping[str, str | None]) -> Contract | None:
    """The row of a client with this address, whose request has these fields; None where it is not known for sure."""
    rules, registry = regulation.intake, regulation.registry
    if row := registry.contracts.get(fields.get(REGISTRATION) or ""):
        return row
    return client_of(registry, (own_domain(rules, address), *hosts(rules, fields)))


def supplying_row(regulation: Regulation, address: str, row: Contract | None) -> Contract | None:
    """The row, if it is that of the sender's own domain: what it says may be told to them."""
    domain = own_domain(regulation.intake, address)
    return row if row and own_client(row, domain) else None


def is_known_domain(regulation: Regulation, address: str) -> bool:
    """Whether a contract or a partner has the domain of an address, or one above it."""
    registry, domain = regulation.registry, own_domain(regulation.intake, address)
    return any(lookup(table, domain) is not None for table in (registry.by_domain, registry.partner_domains))


def own_domain(rules: IntakeRules, address: str) -> str:
    """The domain of an address in lower case; "" for a public one, which proves nothing."""
    domain = address.rpartition("@")[2].lower()
    return "" if domain in rules.public_domains else domain


def hosts(rules: IntakeRules, fields: Mapping[str, str | None]) -> tuple[str, ...]:
    """The hosts of the addresses of pages that a request names, without public ones."""
    pages = (fields.get(field.name) for field in rules.fields.of(Kind.URL))
    found = (plain_host(page) for page in pages if page)
    return tuple(host for host in found if host and host not in rules.public_domains)
