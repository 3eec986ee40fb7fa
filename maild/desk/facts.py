"""What a warning or an escalation tells beside the ticket itself; the caller gathers it from the journal."""

from dataclasses import dataclass
from datetime import datetime

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
