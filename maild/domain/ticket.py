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
    ANSWERED = "answered"
    QUESTION = "question"
    RESOLVED = "resolved"
    POSTPONED = "postponed"
    DEVELOPED = "developed"
    LEVEL = "level"
    LINE = "line"
    ASSIGNED = "assigned"
    NOTED = "noted"
    RATED = "rated"
    REOPENED = "reopened"
    CLOSED = "closed"
    REMINDED = "reminded"
    COMPLAINED = "complained"
    HELD_BACK = "held-back"
    PUT_OFF = "put-off"
    TAKEN_BACK = "taken-back"
    REJECTED = "rejected"
    ABSENT = "absent"


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
    """One request of a client. All times are aware. `reaction_due` and `resolution_due` are as last derived.

    `cc` are the addresses that the client's letters name besides ours: a person's answers go to them too. `kind` is the
    kind out of scope that the request was recognised as.
    """

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
    cc: tuple[str, ...] = ()
    kind: str | None = None


@dataclass(frozen=True)
class Entry:
    """One line of a ticket's journal. `by` is an address or "maild"; `letter` and `outbox` are row ids."""

    at: datetime
    event: Event
    by: str
    says: str
    letter: int | None = None
    outbox: int | None = None


_BEFORE_ACCEPTANCE = (Status.NEW, Status.DETAILS, Status.REFUSED)
_AT_WORK = (Status.OPEN, Status.WAITING, Status.DEVELOPMENT)
_DONE = (Status.ASSESSMENT, Status.CLOSED)


def _from(statuses: tuple[Status, ...], event: Event, status: Status) -> dict[tuple[Status, Event], Status]:
    return {(each, event): status for each in statuses}


TRANSITIONS: Mapping[tuple[Status, Event], Status] = {
    **_from(_BEFORE_ACCEPTANCE, Event.ACCEPTED, Status.OPEN),
    **_from(_BEFORE_ACCEPTANCE, Event.ASKED, Status.DETAILS),
    **_from(_BEFORE_ACCEPTANCE, Event.TRIAGED, Status.NEW),
    **_from((*_BEFORE_ACCEPTANCE, *_AT_WORK), Event.REFUSED, Status.REFUSED),
    **_from((Status.WAITING, *_DONE), Event.CLIENT_WROTE, Status.OPEN),
    **_from((Status.NEW,), Event.ANSWERED, Status.OPEN),
    **_from((Status.NEW, Status.OPEN, Status.DEVELOPMENT, *_DONE), Event.QUESTION, Status.WAITING),
    **_from((Status.NEW, Status.DETAILS, *_AT_WORK, Status.CLOSED), Event.RESOLVED, Status.ASSESSMENT),
    **_from(_BEFORE_ACCEPTANCE, Event.POSTPONED, Status.DETAILS),
    **_from((*_AT_WORK, Status.ASSESSMENT), Event.POSTPONED, Status.WAITING),
    **_from((Status.NEW, Status.OPEN, Status.WAITING), Event.DEVELOPED, Status.DEVELOPMENT),
    **_from((Status.ASSESSMENT,), Event.RATED, Status.CLOSED),
    **_from((Status.ASSESSMENT,), Event.CLOSED, Status.CLOSED),
    **_from(_DONE, Event.REOPENED, Status.OPEN),
    **_from((Status.REFUSED,), Event.REOPENED, Status.NEW),
}
"""What a (status, event) pair leads to; a pair that is not here leaves the status as it is."""

HOLDING: Mapping[Status, str] = {
    Status.DETAILS: "details",
    Status.WAITING: "client",
    Status.REFUSED: "refused",
    Status.ASSESSMENT: "assessment",
    Status.CLOSED: "assessment",
}
"""Statuses in which clocks stand still, and the key of `hold_clocks` that says which."""


def apply(ticket: Ticket, event: Event, at: datetime, hold_clocks: Mapping[str, frozenset[str]]) -> Ticket:
    """The ticket after an event: its new status, the hold that it opens or ends, and whether it counts as solved.

    `hold_clocks` says which clocks stand still for "details", "client" (`[hold]` of desk.toml), "refused" and
    "assessment". The resolution is met when the assessment begins (B20) and no longer when the work goes on.
    """
    status = TRANSITIONS.get((ticket.status, event), ticket.status)
    if status == ticket.status:
        return ticket
    holds = tuple(replace(hold, end=at) if hold.end is None else hold for hold in ticket.holds)
    why = HOLDING.get(status)
    if why and hold_clocks.get(why):
        holds = (*holds, Hold(at, None, hold_clocks[why], why))
    solved = (ticket.resolution_met or at) if status in _DONE else None
    return replace(ticket, status=status, holds=holds, resolution_met=solved)
