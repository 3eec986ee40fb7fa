"""The demonstration: a day on a support line (`day.toml`), told with real letters on loopback servers.

The clock starts on a Monday morning and runs as clocks do; between the acts it is moved on, so that a deadline can
be missed while somebody watches. It ends by itself. The acts themselves are in `acts`.
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from email import message_from_string
from email.policy import SMTP
from pathlib import Path

from maild.config import load_config
from maild.daemon.run import Runners, start
from maild.daemon.service import Service
from maild.data import data_dir
from maild.demo import acts
from maild.demo.day import Day, load_day
from maild.demo.screen import Screen, kind_of
from maild.demo.servers import DemoServers
from maild.demo.stage import DemoClock, Stage
from maild.store import tickets
from maild.store.database import Database

PASSWORD = "demo"
_CONFIG = """\
[database]
url = "sqlite:///maild.db"

[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"

[desks.{desk}]
rules = "rules"

[desks.{desk}.mailboxes.crm]
role = "support"
address = "{support}"
host = "127.0.0.1"
port = {imap}
security = "none"
username = "{support}"
password_file = "password"
done = "Archive"
poll = "2s"

[desks.{desk}.mailboxes.control]
role = "quality"
address = "{quality}"
host = "127.0.0.1"
port = {imap}
security = "none"
username = "{quality}"
password_file = "password"
done = "Archive"
poll = "2s"

[operator]
address = "{operator}"
"""


async def demonstrate(screen: Screen, folder: Path, *, pause: float, stay: bool) -> None:
    """Play the whole in `folder`, which then holds mail, database and configuration."""
    day = load_day()
    clock = DemoClock(day.begins)
    stage = Stage(screen, folder, clock, pause, day.rules)
    users = dict.fromkeys(_addresses(day), PASSWORD)
    async with DemoServers(users, mail_dir=folder / "mail", on_letter=stage.sent, now=clock) as servers:
        config = load_config(_prepare(folder, servers, day, clock().date()))
        with _opened(config.database) as database:
            service = start(config, database, clock=clock, listener=stage.heard)
            runners = Runners(service)
            _introduce(screen, folder, servers, day)
            serving = asyncio.create_task(runners.serve())
            try:
                await stage.set(servers, service, runners)
                await acts.play(stage, day)
                _summary(screen, folder, service, stage)
                if stay:
                    stage.staying = True
                    await _stay(screen, servers, serving, day)
            finally:
                runners.stop()
                await serving


def _addresses(day: Day) -> list[str]:
    """Everybody who has a mailbox: clients, people at the desk, the operator, the desk itself."""
    writers = [message_from_string(f"From: {each.sender}", policy=SMTP)["From"] for each in day.letters.values()]
    clients = [writer.addresses[0].addr_spec for writer in writers]
    people = [writer.address for writer in day.people.values()]
    return list(
        dict.fromkeys((*clients, *people, day.mailboxes.operator, day.mailboxes.support, day.mailboxes.quality))
    )


def _prepare(folder: Path, servers: DemoServers, day: Day, today: date) -> Path:
    """Rules, configuration and password of the demonstration's desk; the configuration's path."""
    shutil.copytree(data_dir("rules") / day.rules, folder / "rules")
    (folder / "rules" / "contracts.csv").write_text(day.contracts_csv(today), encoding="utf-8")
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    path = folder / "maild.toml"
    boxes = day.mailboxes.model_dump()
    path.write_text(
        _CONFIG.format(desk=day.rules, smtp=servers.smtp_port, imap=servers.imap_port, **boxes), encoding="utf-8"
    )
    return path


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def _introduce(screen: Screen, folder: Path, servers: DemoServers, day: Day) -> None:
    screen.title(
        [
            f"IMAP 127.0.0.1:{servers.imap_port}, SMTP 127.0.0.1:{servers.smtp_port}, in this process",
            f"desk: rules/{day.rules}, mailboxes {day.mailboxes.support} and {day.mailboxes.quality}",
            f"every letter is kept in {folder / 'mail'}",
        ]
    )


def _summary(screen: Screen, folder: Path, service: Service, stage: Stage) -> None:
    kinds = Counter(kind_of(raw) for _to, raw in stage.taken)
    with service.database.read() as tx:
        count = len(tickets.all_tickets(tx))
    screen.stage("Summary")
    screen.says(f"{len(stage.received)} letters in, {count} tickets, {len(stage.taken)} letters out:")
    screen.says(", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())))
    screen.says(f"mail: {folder / 'mail'}")
    screen.says(f"try:  maild tickets -c {folder / 'maild.toml'}")
    screen.says(f"      maild ticket {stage.received[0]['ticket']} -c {folder / 'maild.toml'}")


async def _stay(screen: Screen, servers: DemoServers, serving: "asyncio.Task[None]", day: Day) -> None:
    screen.stage("The servers stay open; Ctrl-C ends them")
    screen.says(f"IMAP 127.0.0.1:{servers.imap_port} without TLS, any of these users, password {PASSWORD}:")
    for address in _addresses(day):
        screen.says(f"  {address}")
    screen.says(f"SMTP 127.0.0.1:{servers.smtp_port} without TLS")
    screen.says(f"Write to {day.mailboxes.support} as a client, reply as an agent, and watch.")
    await serving
