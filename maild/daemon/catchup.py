"""The clock's first look waits for the mail: a client who answered during an outage is not given up unread."""

import asyncio
import time
from collections.abc import Sequence
from typing import Protocol

PATIENCE = 20.0
"""Seconds after the start at which the clock goes on in any case: a mail server out of reach must not stop it."""
LOOK = 0.1
"""Seconds between looks at the mailboxes."""


class Mailbox(Protocol):
    """What is asked of a mailbox: whether all that lay there has been dealt with."""

    caught_up: bool


async def caught_up(mailboxes: Sequence[Mailbox], stopping: asyncio.Event, since: float) -> None:
    """Wait until every mailbox was read through once, or we end, at most PATIENCE after `since` (monotonic seconds)."""
    while time.monotonic() < since + PATIENCE and not stopping.is_set():
        if all(box.caught_up for box in mailboxes):
            return
        await asyncio.sleep(LOOK)
