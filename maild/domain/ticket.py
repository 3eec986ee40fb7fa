"""The life of a ticket: statuses, events, and the one table of what may follow what."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from maild.domain.service import Entitlement


class Status(StrEnum):
    """Where a ticket stands (contract, `maild tickets`)."""

    NEW = "new"
    DETAILS = "details"
    OPEN = "open"
    WAITING = "waiting"
    DEVELOPMENT = "development"
    ASSESSMENT = "assessment"
    CLOSED = "closed"
    REFUSED = "refused"


class Event(StrEnum):
    """What can happen to a ticket; the journal holds these words."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    ASKED = "asked"
    REFUSED = "refused"
    TRIAGED = "triaged"
    CLIENT_WROTE = "client-wrote"
    THIRD_WROTE = "third-wrote"
    AGENT_WROTE = "agent-wrote"
    MACHINE_WROTE = "machine-wrote"
    CONFIRMED = "confirmed"
    VOIDED = "voided"
    SENT = "sent"
    UNDELIVERED = "undelivered"
    WARNED = "warned"
    BREACHED = "breached"
    LINKED = "linked"
    WITHHELD = "withheld"


CLOCKS = frozenset({"reaction", "resolution"})


@dataclass(frozen=True)
class Hold:
    """Time that does not count on some clocks: [start, end), end None while it lasts."""

    start: datetime
    end: datetime | None
    clocks: frozenset[str]
    why: str


@dataclass(frozen=True)
class Ticket:
    """One request of a client. All times are aware. `reaction_due` and `resolution_due` are as last derived."""

    number: str
    desk: str
    mailbox: str
    status: Status
    category: str
    level: str
    priority: str
    line: str | None
    assignee: str | None
    client: str
    client_name: str
    reply_to: str
    subject: str
    language: str
    arrived: datetime
    fields: Mapping[str, str | None] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    unrecognised: Mapping[str, str] = field(default_factory=dict)
    entitlement: Entitlement | None = None
    refusal: str | None = None
    doubt: str | None = None
    holds: tuple[Hold, ...] = ()
    acquaintance: str = "bare"
    message_id: str | None = None
    references: tuple[str, ...] = ()
    linked: str | None = None
    reaction_due: datetime | None = None
    resolution_due: datetime | None = None
    provisional: bool = False
    reaction_met: datetime | None = None
    resolution_met: datetime | None = None
    rating: int | None = None
    id: int | None = None


@dataclass(frozen=True)
class Entry:
    """One line of a ticket's journal. `by` is an address or "maild"; `letter` and `outbox` are row ids."""

    at: datetime
    event: Event
    by: str
    says: str
    letter: int | None = None
    outbox: int | None = None


_BEFORE_ACCEPTANCE = frozenset({Status.NEW, Status.DETAILS, Status.REFUSED})

TRANSITIONS: Mapping[tuple[Status, Event], Status] = {
    **{(status, Event.ACCEPTED): Status.OPEN for status in _BEFORE_ACCEPTANCE},
    **{(status, Event.ASKED): Status.DETAILS for status in _BEFORE_ACCEPTANCE},
    **{(status, Event.REFUSED): Status.REFUSED for status in _BEFORE_ACCEPTANCE},
    **{(status, Event.TRIAGED): Status.NEW for status in _BEFORE_ACCEPTANCE},
    (Status.WAITING, Event.CLIENT_WROTE): Status.OPEN,
    (Status.ASSESSMENT, Event.CLIENT_WROTE): Status.OPEN,
    (Status.CLOSED, Event.CLIENT_WROTE): Status.OPEN,
}
"""What a (status, event) pair leads to; a pair that is not here leaves the status as it is."""

HOLDING: Mapping[Status, str] = {Status.DETAILS: "details", Status.WAITING: "client", Status.REFUSED: "refused"}
"""Statuses in which clocks stand still, and the key of `hold_clocks` that says which."""


def apply(ticket: Ticket, event: Event, at: datetime, hold_clocks: Mapping[str, frozenset[str]]) -> Ticket:
    """The ticket after an event: its new status, and the hold that the new status opens or ends.

    `hold_clocks` says which clocks stand still for "details", "client" (`[hold]` of desk.toml) and "refused".
    """
    status = TRANSITIONS.get((ticket.status, event), ticket.status)
    if status == ticket.status:
        return ticket
    holds = tuple(replace(hold, end=at) if hold.end is None else hold for hold in ticket.holds)
    why = HOLDING.get(status)
    if why and hold_clocks.get(why):
        holds = (*holds, Hold(at, None, hold_clocks[why], why))
    return replace(ticket, status=status, holds=holds)
