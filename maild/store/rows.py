"""A ticket as a row, and back. What is looked up or sorted by has a column; the rest of a value is JSON."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping

from maild.domain.service import Contract, Entitlement, Verdict
from maild.domain.ticket import Entry, Event, Hold, Status, Ticket
from maild.store.types import folded, utc

PLAIN = (
    *("number", "desk", "mailbox", "category", "level", "priority", "line", "assignee", "client", "client_name"),
    *("reply_to", "subject", "language", "arrived", "refusal", "doubt", "acquaintance", "message_id", "linked"),
    *("reaction_due", "resolution_due", "provisional", "reaction_met", "resolution_met", "rating"),
)
"""The fields that a column holds as they are."""

COLUMNS = (
    *PLAIN,
    *("status", "client_key", "registration_number", "fields", "missing", "unrecognised", "entitlement", "holds"),
    *("references", "cc"),
)
"""The columns that `ticket_values` always gives."""


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
        "its_until": _day(entitlement.its_until),
        "kp_until": _day(entitlement.kp_until),
        "contract": _contract_json(contract) if contract else None,
    }


def _contract_json(contract: Contract) -> dict[str, Any]:
    return vars(contract) | {
        "its_until": _day(contract.its_until),
        "kp_until": _day(contract.kp_until),
        "email_domains": list(contract.email_domains),
    }


def _entitlement(value: Mapping[str, Any]) -> Entitlement:
    return Entitlement(
        verdict=Verdict(value["verdict"]),
        registration_number=value["registration_number"],
        its_until=_date(value["its_until"]),
        kp_until=_date(value["kp_until"]),
        contract=_contract(value["contract"]) if value["contract"] else None,
    )


def _contract(value: Mapping[str, Any]) -> Contract:
    known = {name: value[name] for name in Contract.__dataclass_fields__ if name in value}
    known["its_until"], known["kp_until"] = _date(value["its_until"]), _date(value["kp_until"])
    return Contract(**known | {"email_domains": tuple(value["email_domains"])})


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
