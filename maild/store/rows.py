"""A ticket as a row, and back. What is looked up or sorted by has a column; the rest of a value is JSON."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping

from maild.domain.service import Contract, Entitlement, RegistryRules, Verdict
from maild.domain.ticket import Entry, Event, Hold, Status, Ticket
from maild.store.types import folded, utc

PLAIN = (
    *("number", "desk", "mailbox", "category", "level", "priority", "line", "assignee", "client", "client_name"),
    *("reply_to", "subject", "language", "arrived", "refusal", "doubt", "acquaintance", "message_id", "linked"),
    *("reaction_due", "resolution_due", "provisional", "reaction_met", "resolution_met", "rating", "kind"),
)
"""The fields that a column holds as they are."""

COLUMNS = (
    *PLAIN,
    *("status", "client_key", "registration_number", "fields", "missing", "unrecognised", "entitlement", "holds"),
    *("references", "cc"),
)
"""The columns that `ticket_values` always gives."""

_FIRST_CONTRACTS = RegistryRules().contracts


def ticket_values(ticket: Ticket, entries: Sequence[Entry]) -> dict[str, Any]:
    """The columns of a ticket. An ACCEPTED among `entries` dates its acceptance; else that column is left out."""
    values: dict[str, Any] = {name: getattr(ticket, name) for name in PLAIN}
    values["status"] = ticket.status.value
    values["client_key"] = folded(ticket.client)
    values["registration_number"] = _number(ticket)
    values["fields"] = dict(ticket.fields)
    values["missing"] = list(ticket.missing)
    values["unrecognised"] = dict(ticket.unrecognised)
    values["entitlement"] = _entitlement_json(ticket.entitlement) if ticket.entitlement else None
    values["holds"] = [_hold_json(hold) for hold in ticket.holds]
    values["references"] = list(ticket.references)
    values["cc"] = list(ticket.cc)
    if accepted := [entry.at for entry in entries if entry.event is Event.ACCEPTED]:
        values["accepted_at"] = accepted[-1]
    return values


def ticket_from(row: RowMapping | Mapping[str, Any]) -> Ticket:
    """A ticket of a whole row."""
    return Ticket(
        **{name: row[name] for name in PLAIN},
        id=row["id"],
        status=Status(row["status"]),
        fields=row["fields"],
        missing=tuple(row["missing"]),
        unrecognised=row["unrecognised"],
        entitlement=_entitlement(row["entitlement"]) if row["entitlement"] else None,
        holds=tuple(_hold(hold) for hold in row["holds"]),
        references=tuple(row["references"]),
        cc=tuple(row["cc"]),
    )


def entry_values(ticket_id: int, entry: Entry) -> dict[str, Any]:
    """The columns of a journal line."""
    return {
        "ticket_id": ticket_id,
        "at": entry.at,
        "event": entry.event.value,
        "by": entry.by,
        "says": entry.says,
        "letter": entry.letter,
        "outbox": entry.outbox,
    }


def _number(ticket: Ticket) -> str | None:
    """The registration number that decided, else the one that the letter names."""
    decided = ticket.entitlement.registration_number if ticket.entitlement else None
    return decided or ticket.fields.get("registration_number")


def _hold_json(hold: Hold) -> dict[str, Any]:
    end = utc(hold.end).isoformat() if hold.end else None
    return {"start": utc(hold.start).isoformat(), "end": end, "clocks": sorted(hold.clocks), "why": hold.why}


def _hold(value: Mapping[str, Any]) -> Hold:
    end = datetime.fromisoformat(value["end"]) if value["end"] else None
    return Hold(datetime.fromisoformat(value["start"]), end, frozenset(value["clocks"]), value["why"])


def _entitlement_json(entitlement: Entitlement) -> dict[str, Any]:
    contract = entitlement.contract
    return {
        "verdict": entitlement.verdict.value,
        "registration_number": entitlement.registration_number,
        "until": _until_json(entitlement.until),
        "contract": _contract_json(contract) if contract else None,
    }


def _contract_json(contract: Contract) -> dict[str, Any]:
    return {name: getattr(contract, name) for name in Contract.__dataclass_fields__} | {
        "until": _until_json(contract.until),
        "email_domains": list(contract.email_domains),
        "columns": dict(contract.columns),
    }


def _entitlement(value: Mapping[str, Any]) -> Entitlement:
    return Entitlement(
        verdict=Verdict(value["verdict"]),
        registration_number=value["registration_number"],
        until=_until(value),
        contract=_contract(value["contract"]) if value["contract"] else None,
    )


def _contract(value: Mapping[str, Any]) -> Contract:
    known = {name: value[name] for name in Contract.__dataclass_fields__ if name in value}
    return Contract(**known | {"until": _until(value), "email_domains": tuple(value["email_domains"])})


def _until_json(until: Mapping[str, date | None]) -> dict[str, str | None]:
    return {name: day.isoformat() if day else None for name, day in until.items()}


def _until(value: Mapping[str, Any]) -> dict[str, date | None]:
    """The last days of the contracts. Rows of earlier versions have two of them, each by a name of its own."""
    days = value.get("until")
    if days is None:
        days = {name: value[f"{name}_until"] for name in _FIRST_CONTRACTS if f"{name}_until" in value}
    return {name: date.fromisoformat(day) if day else None for name, day in days.items()}
