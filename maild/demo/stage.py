"""The stage of the demonstration: hand in a letter, wait until maild has dealt with it, show what became of it.

All runs for real, with one exception: the clock can be moved on. A letter is over when it is decided, put away on the
mail server, and nothing waits in the outbox any more, so the screen tells one letter after another.
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from maild.daemon.run import Runners
from maild.daemon.service import Service
from maild.demo.day import Writer
from maild.demo.replies import reply
from maild.demo.screen import Screen, kind_of, read
from maild.demo.servers import DemoServers
from maild.domain.ticket import Event
from maild.errors import MaildError
from maild.store import agenda, inbox, outbox, tickets, timers

PATIENCE = 30.0
"""Seconds that the demonstration waits for what must come."""
GLANCE = 0.3
"""Of the pause, where no letter's text is shown."""
_VERDICTS = {Event.ACCEPTED, Event.ASKED, Event.REFUSED, Event.TRIAGED}
_DECISIONS = {"accept", "ask", "refuse", "triage"}
_APART = re.compile(r"(?<=\]); ")
"""Every reason ends with the rule that it follows from; there are semicolons inside too."""
_FIELD = re.compile(r"\w+ = ")

Letters = Sequence[tuple[str, bytes]]
"""Letters that left, each with its recipient, raw."""


class DemoClock:
    """A clock that runs as clocks do, from a Monday morning, and can be moved on."""

    def __init__(self, at: datetime) -> None:
        self._start, self._began = at, time.monotonic()

    def __call__(self) -> datetime:
        """Now, in the desk's zone."""
        return self._start + timedelta(seconds=time.monotonic() - self._began)

    def move_to(self, at: datetime) -> None:
        """Go on from `at`."""
        self._start, self._began = at, time.monotonic()


def first(letters: Letters, kind: str, to: str = "") -> bytes:
    """The first letter of that X-Maild-Kind to somebody whose address begins like that. Raises StopIteration."""
    return next(raw for recipient, raw in letters if kind_of(raw) == kind and recipient.startswith(to))


class Stage:
    """`taken` holds every letter that maild sent and the mail server took, `received` every decision."""

    def __init__(self, screen: Screen, folder: Path, clock: DemoClock, pause: float, desk: str) -> None:
        self.screen, self.folder, self.clock, self.pause, self.desk = screen, folder, clock, pause, desk
        self.taken: list[tuple[str, bytes]] = []
        self.received: list[Mapping[str, object]] = []
        self.staying = False
        self._statuses: dict[str, str] = {}
        self._told = 0
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def set(self, servers: DemoServers, service: Service, runners: Runners) -> None:
        """Wait until both mailboxes are watched."""
        self.servers, self.database, self.runners = servers, service.database, runners
        await self._until(lambda: all(box.progress for box in runners.mailboxes))

    async def write(self, raw: bytes, *, to: str, show: Sequence[str] = (), whole: bool = False) -> Letters:
        """A letter that answers nothing is handed in; what left because of it.

        `show` are kinds of letters to be shown with their text; `whole`: every reason of the decision is shown.
        """
        self.screen.came(self.clock(), raw, to)
        return await self._hand_in(raw, to, show=show, whole=whole)

    async def reply(
        self, writer: Writer, answered: bytes, words: str, *, show: Sequence[str] = (), lines: int = 14
    ) -> Letters:
        """Somebody answers a letter in their mail program; what left because of it. `lines`: how many are shown."""
        raw = reply(writer, answered, self.clock(), words)
        to = read(raw)["To"].addresses[0].addr_spec
        self.screen.came(self.clock(), raw, to, f" replies in {writer.program}", words)
        return await self._hand_in(raw, to, show=show, lines=lines)

    async def move(self, at: datetime, *, show: Sequence[str] = ()) -> None:
        """Move the clock on, wait until what falls due by then has left, and show the first letter of each kind."""
        before = len(self.taken)
        self.clock.move_to(at)
        self.runners.poke()
        await self._until(lambda: self._nothing_is_due() and self._nothing_waits())
        self._show(self.taken[before:], show, 22)
        await asyncio.sleep(self.pause)

    async def _hand_in(
        self, raw: bytes, to: str, *, show: Sequence[str], whole: bool = False, lines: int = 14
    ) -> Letters:
        sender = read(raw)["From"].addresses[0].addr_spec
        before, known = len(self.taken), len(self.received)
        await self.servers.deliver(sender, [to], raw)
        await self._until(lambda: len(self.received) > known and self._nothing_waits())
        self.decided(self.received[-1], whole=whole)
        letters = self.taken[before:]
        self._show(letters, show, lines)
        if not letters:
            self.screen.says("nothing is sent", "dim")
        await asyncio.sleep(self.pause if show else self.pause * GLANCE)
        return letters

    def _show(self, letters: Letters, kinds: Sequence[str], lines: int) -> None:
        """What left, one line for several who get the same; below it the first letter's text where wanted."""
        together: dict[tuple[str, str], list[tuple[str, bytes]]] = {}
        for recipient, raw in letters:
            together.setdefault((kind_of(raw), str(read(raw)["Subject"])), []).append((recipient, raw))
        wanted = set(kinds)
        for (kind, _subject), same in together.items():
            self.screen.left(same[0][1], [recipient for recipient, _raw in same])
            if kind in wanted:
                self.screen.body(same[0][1], lines)
                wanted.discard(kind)

    def decided(self, fact: Mapping[str, object], *, whole: bool = False) -> None:
        """What maild made of a letter: its decision with the reasons, or what it changed."""
        number = str(fact["ticket"]) if fact["ticket"] else None
        reasons: list[str] = []
        says = str(fact["says"]).replace("did ", "")
        if number and says.partition(",")[0] in _DECISIONS:
            reasons = [each for each in self._reasons(number) if whole or not _FIELD.match(each)]
        self.screen.decided(number, says, reasons)
        if number:
            self._tell_status(number)

    def _tell_status(self, number: str) -> None:
        with self.database.read() as tx:
            found = tickets.load(tx, self.desk, number, lock=False)
        if found is None:
            return
        before = self._statuses.get(number)
        self._statuses[number] = found.status.value
        if before and before != found.status:
            self.screen.below(f"status: {before} → {found.status}", "green")

    def _reasons(self, number: str) -> list[str]:
        """The last decision in the ticket's journal, reason by reason."""
        with self.database.read() as tx:
            found = tickets.load(tx, self.desk, number, lock=False)
            history = tickets.history(tx, found.id) if found and found.id else []
        says = next((entry.says for entry in reversed(history) if entry.event in _VERDICTS), "")
        return _APART.split(says)

    def heard(self, event: str, facts: Mapping[str, object]) -> None:
        """The daemon's events; may come from any thread."""
        self._loop.call_soon_threadsafe(self._note, event, facts)

    def _note(self, event: str, facts: Mapping[str, object]) -> None:
        if event == "received":
            self.received.append(facts)
            if self.staying:
                self.decided(facts)
        elif event == "deadline":
            self.screen.says(f"{facts['ticket']}: {facts['clock']}, {facts['step']}", "yellow")
        elif "error" in facts:
            self.screen.says(str(facts["error"]), "red")
        self._changed.set()

    def sent(self, envelope_from: str, recipients: tuple[str, ...], raw: bytes) -> None:
        """The mail server took a letter."""
        if kind_of(raw):
            self.taken.extend((recipient, raw) for recipient in recipients)
            if self.staying:
                self.screen.left(raw, list(recipients))
        elif self.staying:
            self.screen.came(self.clock(), raw, ", ".join(recipients))
        self._changed.set()

    def _nothing_waits(self) -> bool:
        """Whether every letter that came is put away, and every letter that is to go has left."""
        with self.database.read() as tx:
            boxes = [inbox.mailbox(tx, box.desk, box.config.name) for box in self.runners.mailboxes]
            untold = [box for box in boxes if box and inbox.untold(tx, box.desk, box.name, box.uidvalidity or 0)]
            return not untold and not outbox.counts(tx)["queued"]

    def _nothing_is_due(self) -> bool:
        """Whether every deadline and every morning letter up to now has been seen to."""
        with self.database.read() as tx:
            times = (timers.next_due(tx), agenda.next_due(tx))
        return all(due is None or due > self.clock() for due in times)

    async def _until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise MaildError(f"the demonstration waited {PATIENCE:.0f} s in vain; see {self.folder}")
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), 0.5)
            except TimeoutError:
                continue
