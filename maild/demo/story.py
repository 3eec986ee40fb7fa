"""The demonstration: a day on the rarus line, told with real letters on loopback servers.

The clock starts on a Monday morning and runs as clocks do; between the acts it is moved on, so that a deadline can
be missed while somebody watches. It ends by itself. The acts themselves are in `acts`.
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from maild.config import load_config
from maild.daemon.run import Runners, start
from maild.daemon.service import Service
from maild.data import data_dir
from maild.demo import acts, letters
from maild.demo.acts import CONTROL, CRM, MONDAY
from maild.demo.screen import Screen, kind_of
from maild.demo.servers import DemoServers
from maild.demo.stage import DemoClock, Stage
from maild.store import tickets
from maild.store.database import Database

PASSWORD, OPERATOR = "demo", "postmaster@example.test"
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
poll = "2s"

[desks.rarus.mailboxes.control]
role = "quality"
address = "{control}"
host = "127.0.0.1"
port = {imap}
security = "none"
username = "{control}"
password_file = "password"
done = "Archive"
poll = "2s"

[operator]
address = "{operator}"
"""


async def demonstrate(screen: Screen, folder: Path, *, pause: float, stay: bool) -> None:
    """Play the whole in `folder`, which then holds mail, database and configuration."""
    clock = DemoClock(MONDAY)
    stage = Stage(screen, folder, clock, pause)
    users = dict.fromkeys((CRM, CONTROL, *STAFF, *CLIENTS, OPERATOR), PASSWORD)
    async with DemoServers(users, mail_dir=folder / "mail", on_letter=stage.sent, now=clock) as servers:
        config = load_config(_prepare(folder, servers, clock().date().isoformat()))
        with _opened(config.database) as database:
            service = start(config, database, clock=clock, listener=stage.heard)
            runners = Runners(service)
            _introduce(screen, folder, servers)
            serving = asyncio.create_task(runners.serve())
            try:
                await stage.set(servers, service, runners)
                await acts.play(stage)
                _summary(screen, folder, service, stage)
                if stay:
                    stage.staying = True
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
    text = _CONFIG.format(smtp=servers.smtp_port, imap=servers.imap_port, crm=CRM, control=CONTROL, operator=OPERATOR)
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


def _summary(screen: Screen, folder: Path, service: Service, stage: Stage) -> None:
    kinds = Counter(kind_of(raw) for _to, raw in stage.taken)
    with service.database.read() as tx:
        count = len(tickets.all_tickets(tx))
    screen.stage("Summary")
    screen.says(f"{len(stage.received)} letters in, {count} tickets, {len(stage.taken)} letters out:")
    screen.says(", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())))
    screen.says(f"mail: {folder / 'mail'}")
    screen.says(f"try:  maild tickets -c {folder / 'maild.toml'}")
    screen.says(f"      maild ticket CRM-000001 -c {folder / 'maild.toml'}")


async def _stay(screen: Screen, servers: DemoServers, serving: "asyncio.Task[None]") -> None:
    screen.stage("The servers stay open; Ctrl-C ends them")
    screen.says(f"IMAP 127.0.0.1:{servers.imap_port} without TLS, any of these users, password {PASSWORD}:")
    for address in (*CLIENTS, *STAFF, OPERATOR, CRM, CONTROL):
        screen.says(f"  {address}")
    screen.says(f"SMTP 127.0.0.1:{servers.smtp_port} without TLS")
    screen.says(f"Write to {CRM} as a client, reply as an agent, and watch.")
    await serving
