"""What the IMAP wire takes and gives: frozen values, no network."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True)
class ImapSettings:
    """Where a mailbox lies. `poll` in seconds: how often to ask where the server has no IDLE.

    `oauth`: the secret is an access token. `security` "none" works on loopback only, unless `allow_plain`.
    `done` and `quarantine` are folder names with "/" between levels; None = letters stay where they are.
    """

    host: str
    port: int
    security: Security
    username: str
    folder: str = "INBOX"
    done: str | None = None
    quarantine: str | None = None
    poll: float = 60.0
    oauth: bool = False
    allow_plain: bool = False


@dataclass(frozen=True)
class Selected:
    """A selected folder. UIDs mean something under one `uidvalidity` only (RFC 3501 section 2.3.1.1)."""

    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True)
class Fetched:
    """A letter from the server. `arrival` is its INTERNALDATE, aware, in UTC; `size` in bytes as the server counts.

    `truncated`: `raw` holds the headers and the first 256 KB of text only, as the letter is over the limit.
    `fault`: the server could not give the body, and this is what it said; `raw` then holds the headers, or nothing.
    """

    uid: int
    arrival: datetime
    size: int
    raw: bytes
    truncated: bool
    fault: str | None = None
