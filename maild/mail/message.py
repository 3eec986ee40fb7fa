"""What maild knows of a received letter: values only, made by `mail.parse`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Automatic(StrEnum):
    """Why a letter is a machine's (RFC 3834, 3464, 6522, 2919)."""

    AUTO_REPLY = "auto-reply"
    AUTO_GENERATED = "auto-generated"
    BOUNCE = "bounce"
    LIST = "list"
    SPAM = "spam"


class Place(StrEnum):
    """Where in a letter a piece of text stands; fields are taken in this order (contract, doubtful case 5)."""

    OWN = "own"
    SIGNATURE = "signature"
    FORWARDED = "forwarded"
    QUOTED = "quoted"


@dataclass(frozen=True)
class Address:
    """A mailbox: `address` is a bare addr-spec, domain in lower case; `name` may be empty."""

    name: str
    address: str


@dataclass(frozen=True)
class Section:
    """`text[start:end]` of a message belongs to `place`. Sections are in order and cover the whole text."""

    place: Place
    start: int
    end: int


@dataclass(frozen=True)
class Attachment:
    """A part that is not the readable body. `size` in bytes, decoded; `content_id` without angle brackets."""

    filename: str | None
    content_type: str
    size: int
    sha256: str
    inline: bool
    content_id: str | None


@dataclass(frozen=True)
class Report:
    """A delivery report (RFC 3464): what became of a letter that we sent."""

    action: str | None
    status: str | None
    recipient: str | None
    original_message_id: str | None
    diagnostic: str | None


@dataclass(frozen=True)
class Message:
    """One received letter. Ids keep their angle brackets; texts are str without U+FFFD where the bytes allow it."""

    message_id: str | None
    sender: Address | None
    from_count: int
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: datetime | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    text: str
    reply: str
    sections: tuple[Section, ...]
    attachments: tuple[Attachment, ...]
    automatic: Automatic | None
    language: str
    return_path: str | None = None
    authentication_results: tuple[str, ...] = ()
    report: Report | None = None
    defects: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    language_told: bool = True
    """False: `language` is a guess, nothing in the letter tells it."""
