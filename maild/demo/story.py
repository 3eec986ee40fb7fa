"""The demonstration: a morning on the rarus line, told with real letters on loopback servers.

The clock starts on a Monday morning and runs as clocks do; between the acts it is moved on, so that a deadline can
be missed while somebody watches. It ends by itself.
"""

import asyncio
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from maild.config import load_config
from maild.daemon.run import Runners, start
from maild.daemon.service import Service
from maild.data import data_dir
from maild.demo import letters
from maild.demo.screen import Screen, read
from maild.demo.servers import DemoServers
from maild.domain.ticket import Event
from maild.errors import MaildError
from maild.store import tickets
from maild.store.database import Database

CRM, CONTROL, PASSWORD = "crm@example.test", "control@example.test", "demo"
STAFF = ("ivanov@example.test", "kotova@example.test", "petrenko@example.test", "quality@example.test")
CLIENTS = (
    "p.zhuravskaya@tihaya-gavan.test",
    "oberhof@polus-trade.test",
    "ryabushkin@veresk.test",
    "regina@lukomorie-tur.test",
    "tihon@kedr-synovya.test",
    "drozd@mayak-stroy.test",
    "wolf@mayak-stroy.test",
    "valeria@cvety-solovyovoy.test",
)
MONDAY = datetime(2026, 11, 23, 10, 15, tzinfo=ZoneInfo("Europe/Moscow"))
PATIENCE = 30.0
"""Seconds that the story waits for what must come."""

_CONFIG = """\
[database]
url = "sqlite:///maild.db"

[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"

[desks.rarus]
rules = "rules"

[desks.rarus.mailboxes.crm]
role = "support"
address = "{crm}"
host = "127.0.0.1"
port = {imap}
security = "none"
username = "{crm}"
password_file = "password"
done = "Archive"

[desks.rarus.mailboxes.control]
role = "quality"
address = "{control}"
host = "127.0.0.1"
port = {imap}
security = "none"
username = "{control}"
password_file = "password"
done = "Archive"

[limits]
automatic_per_hour = 10
"""


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


class Story:
    """The acts, one after another. `taken` holds every letter that the mail server took: (recipient, raw)."""

    def __init__(self, screen: Screen, folder: Path, clock: DemoClock, pause: float) -> None:
        self.screen, self.folder, self.clock, self.pause = screen, folder, clock, pause
        self.taken: list[tuple[str, bytes]] = []
        self.received: list[Mapping[str, object]] = []
        self.staying = False
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def play(self, servers: DemoServers, service: Service, runners: Runners) -> None:
        """Everything."""
        self.servers, self.service, self.runners = servers, service, runners
        await self._until(lambda: all(box.progress for box in runners.mailboxes))
        await self._act_one()
        await self._act_two()
        await self._act_three()

    async def _act_one(self) -> None:
        self.screen.stage("Clients write; whoever has a right is accepted at once")
        await self._write(letters.consultation, "acknowledgement", show=True)
        await self._write(letters.english, "acknowledgement")
        await self._write(letters.with_screenshot, "acknowledgement")
        await self._write(letters.update_access, "acknowledgement")
        self.screen.stage("Something is missing: just that is asked, the reply completes it")
        asked = await self._write(letters.incomplete, "request-information", show=True)
        await self._write(lambda to, when: letters.completion(to, when, asked), "acknowledgement")

    async def _act_two(self) -> None:
        self.screen.stage("A contract that ran out, and a question that needs none (B6, B7)")
        await self._write(letters.lapsed, "refusal", show=True)
        await self._write(letters.licensing, "acknowledgement")
        self.screen.stage("A doubt goes to a person; what a machine wrote is not answered")
        await self._write(letters.out_of_scope, "receipt")
        acknowledged = self.taken[1][1]
        await self._write(lambda to, when: letters.out_of_office(to, when, acknowledged), None)
        await self._write(letters.complaint, "receipt", to=CONTROL)

    async def _act_three(self) -> None:
        self.screen.stage("Nobody answers. The clock is moved on to Monday 17:00: warnings")
        await self._move(MONDAY.replace(hour=17, minute=0), "warning")
        self.screen.stage("… and to Tuesday 10:00: targets are missed, and escalated once")
        escalation = await self._move(MONDAY.replace(hour=10, minute=0) + timedelta(days=1), "escalation")
        self.screen.body(escalation)

    async def _write(
        self,
        writer: Callable[[str, datetime], bytes],
        kind: str | None,
        *,
        to: str = CRM,
        show: bool = False,
    ) -> bytes:
        """A client hands in a letter; wait for the decision and for the answer of that kind; the answer."""
        raw = writer(to, self.clock())
        sender = read(raw)["From"].addresses[0].addr_spec
        before, known = len(self.taken), len(self.received)
        self.screen.came(self.clock(), raw, to)
        await self.servers.deliver(sender, [to], raw)
        await self._until(lambda: len(self.received) > known)
        self._decided(self.received[-1])
        if kind is None:
            self.screen.says("nothing is sent", "dim")
            answer = b""
        else:
            answer = await self._answer(sender, kind, before, show)
        await asyncio.sleep(self.pause)
        return answer

    def _decided(self, fact: Mapping[str, object]) -> None:
        ticket = str(fact["ticket"]) if fact["ticket"] else None
        self.screen.decided(ticket, str(fact["says"]), self._reasons(ticket) if fact["disposition"] != "ignore" else [])

    async def _answer(self, sender: str, kind: str, before: int, show: bool) -> bytes:
        def found() -> bytes | None:
            sent = self.taken[before:]
            return next((raw for to, raw in sent if to == sender and read(raw)["X-Maild-Kind"] == kind), None)

        await self._until(lambda: found() is not None)
        answer = found() or b""
        if show:
            self.screen.body(answer)
        return answer

    async def _move(self, at: datetime, kind: str) -> bytes:
        """Move the clock on, and wait until what is due then has left; the first letter of that kind."""
        before = len(self.taken)
        self.clock.move_to(at)
        self.runners.poke()

        def found() -> bytes | None:
            return next((raw for _to, raw in self.taken[before:] if read(raw)["X-Maild-Kind"] == kind), None)

        await self._until(lambda: found() is not None)
        count = -1
        while count != len(self.taken):  # until nothing more comes
            count = len(self.taken)
            await asyncio.sleep(max(self.pause, 1.0))
        return found() or b""

    def _reasons(self, ticket: str | None) -> list[str]:
        """The last decision in the ticket's journal, reason by reason."""
        if ticket is None:
            return []
        with self.service.database.read() as tx:
            found = tickets.load(tx, "rarus", ticket, lock=False)
            history = tickets.history(tx, found.id) if found and found.id else []
        verdicts = {Event.ACCEPTED, Event.ASKED, Event.REFUSED, Event.TRIAGED}
        says = next((entry.says for entry in reversed(history) if entry.event in verdicts), "")
        return says.split("; ")

    def heard(self, event: str, facts: Mapping[str, object]) -> None:
        """The daemon's events; may come from any thread."""
        self._loop.call_soon_threadsafe(self._note, event, facts)

    def _note(self, event: str, facts: Mapping[str, object]) -> None:
        if event == "received":
            self.received.append(facts)
            if self.staying:
                self._decided(facts)
        elif event == "deadline":
            self.screen.says(f"{facts['ticket']}: {facts['clock']}, {facts['step']}", "yellow")
        elif "error" in facts:
            self.screen.says(str(facts["error"]), "red")
        self._changed.set()

    def sent(self, envelope_from: str, recipients: tuple[str, ...], raw: bytes) -> None:
        """The mail server took a letter."""
        if read(raw)["X-Maild-Kind"]:
            self.screen.left(self.clock(), raw, recipients[0])
            self.taken.extend((recipient, raw) for recipient in recipients)
        elif self.staying:
            self.screen.came(self.clock(), raw, ", ".join(recipients))
        self._changed.set()

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


async def demonstrate(screen: Screen, folder: Path, *, pause: float, stay: bool) -> None:
    """Play the whole in `folder`, which then holds mail, database and configuration."""
    clock = DemoClock(MONDAY)
    story = Story(screen, folder, clock, pause)
    users = dict.fromkeys((CRM, CONTROL, *STAFF, *CLIENTS), PASSWORD)
    async with DemoServers(users, mail_dir=folder / "mail", on_letter=story.sent, now=clock) as servers:
        config = load_config(_prepare(folder, servers, clock().date().isoformat()))
        with _opened(config.database) as database:
            service = start(config, database, clock=clock, listener=story.heard)
            runners = Runners(service)
            _introduce(screen, folder, servers)
            serving = asyncio.create_task(runners.serve())
            try:
                await story.play(servers, service, runners)
                _summary(screen, folder, service, story)
                if stay:
                    story.staying = True
                    await _stay(screen, servers, serving)
            finally:
                runners.stop()
                await serving


def _prepare(folder: Path, servers: DemoServers, today: str) -> Path:
    """Rules, configuration and password of the demonstration's desk; the configuration's path."""
    shutil.copytree(data_dir("rules") / "rarus", folder / "rules")
    day = datetime.fromisoformat(today).date()
    (folder / "rules" / "contracts.csv").write_text(letters.contracts_csv(day), encoding="utf-8")
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    path = folder / "maild.toml"
    text = _CONFIG.format(smtp=servers.smtp_port, imap=servers.imap_port, crm=CRM, control=CONTROL)
    path.write_text(text, encoding="utf-8")
    return path


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def _introduce(screen: Screen, folder: Path, servers: DemoServers) -> None:
    screen.title(
        [
            f"IMAP 127.0.0.1:{servers.imap_port}, SMTP 127.0.0.1:{servers.smtp_port}, in this process",
            f"desk: rules/rarus, mailboxes {CRM} and {CONTROL}",
            f"every letter is kept in {folder / 'mail'}",
        ]
    )


def _summary(screen: Screen, folder: Path, service: Service, story: Story) -> None:
    kinds: dict[str, int] = {}
    for _to, raw in story.taken:
        kind = str(read(raw)["X-Maild-Kind"])
        kinds[kind] = kinds.get(kind, 0) + 1
    with service.database.read() as tx:
        count = len(tickets.all_tickets(tx))
    screen.stage("Summary")
    screen.says(f"{len(story.received)} letters in, {count} tickets, {len(story.taken)} letters out:")
    screen.says(", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())))
    screen.says(f"mail: {folder / 'mail'}")
    screen.says(f"try:  maild tickets -c {folder / 'maild.toml'}")
    screen.says(f"      maild ticket CRM-000001 -c {folder / 'maild.toml'}")


async def _stay(screen: Screen, servers: DemoServers, serving: "asyncio.Task[None]") -> None:
    screen.stage("The servers stay open; Ctrl-C ends them")
    screen.says(f"IMAP 127.0.0.1:{servers.imap_port} without TLS, any of these users, password {PASSWORD}:")
    for address in (*CLIENTS, *STAFF, CRM, CONTROL):
        screen.says(f"  {address}")
    screen.says(f"SMTP 127.0.0.1:{servers.smtp_port} without TLS: write to {CRM} and watch")
    await serving
