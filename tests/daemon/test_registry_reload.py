"""The registry under a running daemon: bad rows cost nobody anything and are told once; what did not change is kept."""

from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from maild.config import load_config
from maild.daemon.run import start
from maild.daemon.service import Service
from maild.store.database import Database
from maild.store.schema import outbox
from tests.desk.client_pack import CLIENTS, write_pack

CONFIG = """
[database]
url = "sqlite:///maild.db"
[smtp]
host = "127.0.0.1"
port = 25
security = "none"
[desks.shop]
rules = "rules"
[desks.shop.mailboxes.help]
role = "support"
address = "help@example.test"
host = "127.0.0.1"
port = 143
security = "none"
username = "help"
password_file = "password"
[operator]
address = "postmaster@example.test"
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The rules of the desk."""
    (tmp_path / "password").write_text("secret")
    (tmp_path / "maild.toml").write_text(CONFIG, encoding="utf-8")
    return write_pack(tmp_path / "rules")


@pytest.fixture
def service(rules: Path, tmp_path: Path) -> Any:
    """A daemon that was started, with nothing on the network."""
    config = load_config(tmp_path / "maild.toml")
    database = Database(config.database)
    yield start(config, database, clock=lambda: datetime(2026, 11, 24, 10, tzinfo=UTC))
    database.close()


def told(service: Service) -> list[str]:
    """What the operator was written, in order."""
    with service.database.read() as tx:
        rows = tx.execute(sa.select(outbox.c.raw).order_by(outbox.c.id)).scalars().all()
    return [message_from_bytes(bytes(raw)).get_payload(decode=True).decode() for raw in rows]  # type: ignore[union-attr]


def edit(rules: Path, *rows: str) -> None:
    (rules / "contracts.csv").write_text("\n".join((CLIENTS.strip(), *rows, "")), encoding="utf-8")


def test_bad_rows_are_left_out_and_told_once(service: Service, rules: Path) -> None:
    edit(rules, ";nameless.test;;", "Dogwood Ltd;dogwood.test;;")
    assert service.reload() == ["shop"]
    assert "dogwood.test" in service.desks["shop"].regulation.registry.by_domain
    (letter,) = told(service)
    assert "contracts.csv:6: the organisation is missing" in letter and "1 of 6 rows left out" in letter
    edit(rules, "Elm Ltd;elm.test;;", ";nameless.test;;")  # the same fault on another line: nothing new
    assert service.reload() == ["shop"]
    assert "elm.test" in service.desks["shop"].regulation.registry.by_domain
    assert told(service) == [letter]
    edit(rules, "Fir Ltd;fir.test;;")
    assert service.reload() == ["shop"] and told(service) == [letter]


def test_a_start_with_bad_rows_tells_too_and_once(service: Service, rules: Path, tmp_path: Path) -> None:
    assert told(service) == []
    edit(rules, ";nameless.test;;")
    for _ in range(2):
        start(load_config(tmp_path / "maild.toml"), service.database)
    assert len(told(service)) == 1


def test_a_registry_that_did_not_change_is_not_read_again(service: Service, rules: Path) -> None:
    before = service.desks["shop"].regulation
    people = rules / "people.toml"
    people.write_text(people.read_text(encoding="utf-8").replace('"Ann"', '"Anna"'), encoding="utf-8")
    assert service.reload() == ["shop"]
    after = service.desks["shop"].regulation
    assert after.people.agents[0].name == "Anna" and after.registry is before.registry
    assert service.reload(force=True) == ["shop"]
    assert service.desks["shop"].regulation.registry is not before.registry
