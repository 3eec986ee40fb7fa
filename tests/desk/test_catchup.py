"""At the start the clock waits for the mailboxes, but neither for ever nor when we end."""

import asyncio
import time
from dataclasses import dataclass

from maild.daemon.catchup import PATIENCE, caught_up


@dataclass
class Box:
    """A mailbox that was read through, or not yet."""

    caught_up: bool


def test_it_waits_for_the_last_of_them() -> None:
    async def scene() -> None:
        first, last = Box(True), Box(False)
        waiting = asyncio.ensure_future(caught_up([first, last], asyncio.Event(), time.monotonic()))
        done, _ = await asyncio.wait([waiting], timeout=0.01)
        assert not done
        last.caught_up = True
        await waiting

    asyncio.run(scene())


def test_a_mail_server_out_of_reach_does_not_stop_the_clock() -> None:
    asyncio.run(caught_up([Box(False)], asyncio.Event(), time.monotonic() - PATIENCE))


def test_who_ends_does_not_wait() -> None:
    stopping = asyncio.Event()
    stopping.set()
    asyncio.run(caught_up([Box(False)], stopping, time.monotonic()))
