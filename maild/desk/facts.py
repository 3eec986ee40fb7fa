"""What letters to those who work at the desk tell beside the ticket itself; the caller gathers it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from maild.domain.ticket import Ticket
from maild.mail.mime import File

UNANSWERED = "unanswered"
NOT_TAKEN = "not-taken"
NOT_CONFIRMED = "not-confirmed"


@dataclass(frozen=True)
class Said:
    """Words of somebody and when they came (aware). `text` without quoted history; `by` a name or an address."""

    text: str
    at: datetime
    by: str = ""


@dataclass(frozen=True)
class Undone:
    """A thing that was not done. `what` is a constant of this module, else a sentence in the desk's first language.

    `who` is the title of the line for NOT_TAKEN.
    """

    at: datetime
    what: str
    who: str = ""


@dataclass(frozen=True)
class Facts:
    """The story so far: the client's last words, our last letter, what was not done, who was warned, the queue.

    `warned_to` are addresses or names, with commas; `queue` is the number of open tickets on the line.
    """

    client: Said | None = None
    ours: Said | None = None
    undone: tuple[Undone, ...] = ()
    warned_at: datetime | None = None
    warned_to: str = ""
    queue: int | None = None


@dataclass(frozen=True)
class News:
    """What a `request` brings. `why` is new, more, third, handed, assigned, urgent, reopened or rated.

    `said` are the client's words, `files` theirs as well; `earlier` other tickets of this client, the newest first;
    `queue` open tickets on the line; `trail` why it was decided so ("intake.toml:12"); `by` the address of a third
    person who wrote; `offered` the keys of ready answers that the words call for, the likeliest first.
    """

    why: str
    said: Said | None = None
    files: tuple[File, ...] = ()
    earlier: tuple[Ticket, ...] = ()
    queue: int | None = None
    trail: tuple[str, ...] = ()
    by: str = ""
    offered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A sentence of a confirmation by the key of its wording (`mail/labels_deeds.py`); `values` fill its gaps.

    A value is text, an aware time, or several texts. Those named `kind`, `status` and `command` are said in words
    where we have any: a kind of letter (contract, X-Maild-Kind), a status, the name of a command.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """Why nothing was done: the line as the agent wrote it ("" where no line is at fault), the reason, and the name of
    the command that was meant, where one is near."""

    line: str
    why: Fact
    nearest: str = ""


@dataclass(frozen=True)
class Report:
    """What became of an agent's letter, for the `confirmation`. Without `failed` all was carried out, else nothing.

    `text` are the agent's own words, returned where they were not sent; `newer` an answer that crossed with theirs;
    `ledger` dated or reasoned lines (#why, #status) in the desk's language; `card`: the ticket's card is wanted;
    `queue` the tickets of a line (#queue); `heading` stands in place of the one that follows from the rest.
    """

    done: tuple[Fact, ...] = ()
    sent: tuple[Fact, ...] = ()
    failed: tuple[Failure, ...] = ()
    text: str = ""
    newer: Said | None = None
    ledger: tuple[str, ...] = ()
    card: bool = False
    queue: tuple[Ticket, ...] | None = None
    files: tuple[File, ...] = ()
    heading: str = ""
