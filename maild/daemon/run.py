"""The runners under one roof: a thread for each mailbox; outbox, clock and rules on the event loop.

SIGTERM and SIGINT end everything within five seconds with nothing half done; SIGHUP reads the rules again.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from maild.config import Config
from maild.daemon.catchup import caught_up
from maild.daemon.mailbox import SLACK, MailboxRunner
from maild.daemon.service import Listener, Service, build_desk, calm_the_collector, ignore, same_prefixes, utc_now
from maild.daemon.systemd import notify
from maild.desk import agenda, clocks
from maild.desk.deliver import deliver_due
from maild.desk.digests import tell_due
from maild.desk.lapsing import tell_of_calendar
from maild.desk.watch import watch
from maild.errors import ConfigError, ConfigErrors, MaildError
from maild.mail.thread import Signer
from maild.store import agenda as planned
from maild.store import outbox, timers
from maild.store.database import DaemonLock, Database
from maild.transport.smtp import SmtpPool

AFTER_FAULT = 5.0
"""Seconds until a loop that failed goes on."""
SENDING = 900.0
"""Seconds that a round of sending may take: the mail server has ten minutes to take a letter (RFC 5321, 4.5.3.2)."""
GRACE = 4.0
"""Seconds from SIGTERM until what still hangs is left to the next start; every commit is whole."""
RULES_EVERY = 2.0
LOOK_EVERY = 30.0
PROBE_EVERY = 5.0
"""Seconds between looks at rule files, at the clock at the latest, and at a mail server that does not answer."""


def start(
    config: Config, database: Database, *, clock: Callable[[], datetime] = utc_now, listener: Listener = ignore
) -> Service:
    """Load everything and bring the database up to date; nothing is on the network yet. Raises ConfigErrors."""
    database.migrate()
    with database.write() as tx:
        signer = Signer(database.secret(tx))
    faults: list[ConfigError] = []
    desks = {}
    for name, desk in config.desks.items():
        try:
            desks[name] = build_desk(config, desk, signer)
        except ConfigErrors as errors:
            faults += errors.faults
        except ConfigError as error:
            faults.append(error)
    faults += same_prefixes(desks)
    if faults:
        raise ConfigErrors(faults)
    calm_the_collector()
    service = Service(config, database, signer, desks, clock, listener)
    service.remember_rules()
    for name in desks:
        service.report_registry(name)
    with database.write() as tx:
        for each in desks.values():
            clocks.schedule_all(tx, each)
            agenda.plan(tx, each, clock())
            tell_of_calendar(tx, each, clock())
        if database.is_sqlite:  # whoever held these claims is dead, or we would not have the lock
            outbox.lapse(tx, clock())
    return service


def run(config: Config, *, clock: Callable[[], datetime] = utc_now, listener: Listener = ignore) -> None:
    """Serve until SIGTERM or SIGINT. Raises UsageError if another daemon serves this database."""
    with _served(config) as database:
        service = start(config, database, clock=clock, listener=listener)
        asyncio.run(Runners(service).serve())


def run_once(config: Config, *, clock: Callable[[], datetime] = utc_now, listener: Listener = ignore) -> list[str]:
    """Take what is there, send what is due, and end; the faults, one line each. Raises as `run`."""
    with _served(config) as database:
        service = start(config, database, clock=clock, listener=listener)
        return asyncio.run(Runners(service).once())


@contextmanager
def _served(config: Config) -> Iterator[Database]:
    database = Database(config.database)
    lock = DaemonLock(database)
    lock.acquire()
    try:
        yield database
    finally:
        database.close()
        lock.release()


class Runners:
    """The loops of one daemon. `poke` wakes outbox and clock when a mailbox has brought something."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.owner = f"{os.getpid()}"
        smtp = service.config.smtp
        self.pool = SmtpPool(smtp, service.config.smtp_password)
        self.mailboxes = [
            MailboxRunner(service, desk.name, box)
            for desk in service.config.desks.values()
            for box in desk.mailboxes.values()
        ]
        self.stopping = asyncio.Event()
        self.poked = {"outbox": asyncio.Event(), "clock": asyncio.Event()}
        self.alive_until = dict.fromkeys(("outbox", "clock"), time.monotonic() + SLACK)
        self.since = time.monotonic()

    async def serve(self) -> None:
        """Everything, until a signal."""
        loop = self._begin()
        loop.add_signal_handler(signal.SIGHUP, lambda: asyncio.ensure_future(self._reload(force=True)))
        threads = self._start_threads()
        self.service.tell("started", pid=os.getpid(), desks=list(self.service.desks))
        notify("READY=1")
        async with asyncio.TaskGroup() as group:
            loops = {"outbox": self._outbox, "clock": self._clock, "rules": self._rules}
            tasks = [group.create_task(self._for_ever(name, step)) for name, step in loops.items()]
            tasks.append(group.create_task(self._watchdog()))
            await self.stopping.wait()
            notify("STOPPING=1")
            await self._wind_up(tasks, threads)
        await self.pool.close()
        self.service.tell("stopped")

    async def once(self) -> list[str]:
        """One pass over every mailbox, with the outbox working alongside."""
        self._begin()
        boxes = asyncio.gather(*(asyncio.to_thread(box.run_once) for box in self.mailboxes))
        try:
            while not boxes.done():
                await self._send_due()
                await self._pause("outbox", 1.0, boxes)
            await asyncio.to_thread(self._look)
            while not self.stopping.is_set() and (await self._send_due())[0]:
                continue
        finally:
            await self.pool.close()
        return [str(error) for error in await boxes if error is not None]

    def _begin(self) -> asyncio.AbstractEventLoop:
        """Listen to the signals that end us, and to whoever has something to send."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled)

        def poke() -> None:
            with suppress(RuntimeError):  # the loop is closed already: nobody is left to wake
                loop.call_soon_threadsafe(self.poke)

        self.service.poke = poke
        return loop

    def stop(self) -> None:
        """Begin to end: no new work, mailboxes woken from their wait, and cut off if their server is silent."""
        self.stopping.set()
        self.poke()
        for box in self.mailboxes:
            box.interrupt()
            asyncio.get_running_loop().call_later(GRACE / 2, box.abort)

    def _signalled(self) -> None:
        """SIGTERM or SIGINT: end, and be gone in time even if something hangs."""
        self.stop()
        last_resort = threading.Timer(GRACE, os._exit, (0,))
        last_resort.daemon = True
        last_resort.start()

    def poke(self) -> None:
        """Wake the loops on the event loop's own thread."""
        for event in self.poked.values():
            event.set()

    def _start_threads(self) -> list[threading.Thread]:
        threads = [
            threading.Thread(target=box.run, name=f"mailbox {box.desk}/{box.config.name}", daemon=True)
            for box in self.mailboxes
        ]
        for thread in threads:
            thread.start()
        return threads

    async def _wind_up(self, tasks: list["asyncio.Task[None]"], threads: list[threading.Thread]) -> None:
        """Let letters that are on the wire be settled, then end the loops.

        What is cancelled on the wire keeps its claim: the next start counts its outcome as unknown.
        """
        _done, pending = await asyncio.wait(tasks, timeout=GRACE / 2)
        for task in pending:
            task.cancel()
        for thread in threads:
            await asyncio.to_thread(thread.join, GRACE / 4)

    async def _for_ever(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        """Step by step until we end. A fault is said and the loop goes on: no runner takes the others along."""
        while not self.stopping.is_set():
            try:
                await step()
            except Exception as error:
                self.service.log.error(name, error=str(error), exc_info=not isinstance(error, MaildError))
                await self._pause_plain(AFTER_FAULT)

    async def _outbox(self) -> None:
        """Send what is due; sleep until the next letter is, or until something new comes."""
        busy, unreachable = await self._send_due()
        if unreachable:
            await self._wait_for_server()
        elif not busy:
            await self._pause("outbox", await asyncio.to_thread(self._until_next_letter))

    async def _send_due(self) -> tuple[bool, bool]:
        """One round: whether there may be more at once, and whether the server was out of reach."""
        service = self.service
        self.alive_until["outbox"] = time.monotonic() + SENDING
        done = await deliver_due(service.database, service.desks, self.pool, service.clock, self.owner)
        if done.tried:
            service.tell("sent", tried=done.tried, taken=done.taken, unreachable=done.unreachable)
        return done.tried > 0 and not done.unreachable, done.unreachable

    async def _wait_for_server(self) -> None:
        """The server is out of reach: ask now and then; when it answers, everything that waits is due at once."""
        while not self.stopping.is_set():
            await self._pause_plain(PROBE_EVERY)
            if self.stopping.is_set() or await self.pool.probe() is None:
                break
            self.alive_until["outbox"] = time.monotonic() + SLACK
        await asyncio.to_thread(self._wake)

    def _wake(self) -> None:
        with self.service.database.write() as tx:
            outbox.wake(tx, self.service.clock())

    def _until_next_letter(self) -> float:
        with self.service.database.read() as tx:
            return self._until(outbox.next_attempt(tx))

    def _until(self, *moments: datetime | None) -> float:
        """Seconds until the earliest of these, at most LOOK_EVERY; never so few that a loop would spin."""
        first = min((at for at in moments if at), default=None)
        return min(max((first - self.service.clock()).total_seconds(), 0.05), LOOK_EVERY) if first else LOOK_EVERY

    async def _clock(self) -> None:
        """Look at tickets whose timer is due, and at the agenda; sleep until the earliest."""
        await caught_up(self.mailboxes, self.stopping, self.since)
        if await asyncio.to_thread(self._look):
            self.poked["outbox"].set()
        await self._pause("clock", await asyncio.to_thread(self._until_next_timer))

    def _look(self) -> int:
        service = self.service
        told = watch(service.database, service.desks, service.clock())
        for due in told:
            service.tell("deadline", desk=due.desk.name, ticket=due.ticket.number, clock=due.clock, step=due.step)
        summaries = tell_due(service.database, service.desks, service.clock())
        for summary in summaries:
            service.tell("summary", desk=summary.desk, matter=summary.matter, letters=summary.letters)
        return len(told) + len(summaries)

    def _until_next_timer(self) -> float:
        with self.service.database.read() as tx:
            return self._until(timers.next_due(tx), planned.next_due(tx))

    async def _rules(self) -> None:
        """Take up rule files that changed."""
        await self._pause_plain(RULES_EVERY)
        await self._reload(force=False)

    async def _reload(self, *, force: bool) -> None:
        """Read the rules again; a fault of ours must not end us."""
        try:
            if await asyncio.to_thread(self.service.reload, force=force):
                self.poke()
        except Exception as error:
            self.service.log.error("rules", error=str(error), exc_info=not isinstance(error, MaildError))

    async def _watchdog(self) -> None:
        """Tell systemd that we live, only while every loop moves on by itself; a free-running timer would lie."""
        period = float(os.environ.get("WATCHDOG_USEC", "0")) / 3_000_000
        while period and not self.stopping.is_set():
            await self._pause_plain(period)
            stuck = [name for name, until in self._alive_until().items() if until < time.monotonic()]
            if stuck:
                self.service.log.error("stuck", runners=stuck)
            else:
                notify("WATCHDOG=1")

    def _alive_until(self) -> dict[str, float]:
        return {**self.alive_until, **{f"{box.desk}/{box.config.name}": box.alive_until for box in self.mailboxes}}

    async def _pause(self, name: str, seconds: float, other: "asyncio.Future[Any] | None" = None) -> None:
        """Sleep until poked, until `other` is done, at most so many seconds."""
        self.alive_until[name] = time.monotonic() + seconds + SLACK
        event = self.poked[name]
        waiter = asyncio.ensure_future(event.wait())
        waiting: list[asyncio.Future[Any]] = [waiter, *([other] if other else [])]
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        waiter.cancel()
        event.clear()

    async def _pause_plain(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return
