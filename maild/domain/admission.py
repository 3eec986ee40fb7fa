"""A decision about a letter: what it is, whether it is accepted, and why. Values only; `checks` comes to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from maild.domain.service import Contract, Entitlement


class Disposition(StrEnum):
    """What becomes of a letter."""

    ACCEPT = "accept"
    ASK = "ask"
    REFUSE = "refuse"
    TRIAGE = "triage"
    THREAD = "thread"
    IGNORE = "ignore"


@dataclass(frozen=True)
class Reason:
    """One step of the way to a decision: `rule` is `file:line`, `clause` the regulation's id, such as B6.

    `about` is what it settles: "category", "fields.NAME", "entitlement", "client", "level", "line", the rank of a
    finding (a key of `checks.RANKS`), "disposition"; "" where it settles nothing.
    """

    rule: str
    says: str
    clause: str | None = None
    about: str = ""


@dataclass(frozen=True)
class Found:
    """A field and where it was found: `place` is own, signature, forwarded, quoted, subject, registry or remembered.

    `start` and `end` index the letter's text (or subject); -1 where the place is no text.
    """

    name: str
    value: str
    place: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True)
class Known:
    """What the desk remembers when it judges a letter; `explain` knows nothing.

    `fields` come from earlier letters of the same ticket, `registration_number` from this address's last
    accepted ticket, `unknown_numbers` were asked about already (contract, doubtful case 3); `language` is the ticket's.
    """

    fields: Mapping[str, str | None] = field(default_factory=dict)
    registration_number: str | None = None
    unknown_numbers: frozenset[str] = frozenset()
    category: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Decision:
    """The verdict on one letter. `fields` holds every field of the regulation, None where the letter is silent.

    `refusal` is the refusal that is sent or prepared (a key of `[refusals]`), `kind` the kind out of scope, `doubt`
    why a person decides. `line` is where a new request goes, None: to no line (the quality mailbox); `offered` are the
    fields asked for, not required, that the letter does not have; `client` is the row of whoever asks, which no client
    is shown.
    """

    disposition: Disposition
    category: str | None
    level: str | None
    priority: str
    language: str
    fields: Mapping[str, str | None]
    missing: tuple[str, ...]
    entitlement: Entitlement | None
    template: str | None
    reasons: tuple[Reason, ...]
    found: tuple[Found, ...] = ()
    refusal: str | None = None
    unrecognised: Mapping[str, str] = field(default_factory=dict)
    doubt: str | None = None
    abusive: bool = False
    kind: str | None = None
    line: str | None = None
    offered: tuple[str, ...] = ()
    client: Contract | None = None
