"""Broken configurations, each with the one line that it must give."""

from pathlib import Path

import pytest
from maild.config import load_config
from maild.errors import MaildError

GOOD = """\
[database]
url = "sqlite:///maild.db"

[smtp]
host = "smtp.example.test"
username = "crm@example.test"
password_file = "secret"

[desks.rarus]
rules = "rules"

[desks.rarus.mailboxes.crm]
role = "support"
address = "crm@example.test"
host = "imap.example.test"
username = "crm@example.test"
password_file = "secret"

[desks.rarus.mailboxes.control]
role = "quality"
address = "control@example.test"
host = "127.0.0.1"
port = 1143
security = "none"
username = "control@example.test"
password_command = ["printf", "from a command"]

[operator]
address = "postmaster@example.test"

[limits]
message_size = "35MB"
"""

BROKEN = [
    ("[smtp]", "[smpt]", ["maild.toml: smtp: the key is missing", "maild.toml:4: smpt: unknown key"]),
    ('host = "smtp.example.test"', "port = 587", ["maild.toml:4: smtp.host: the key is missing"]),
    ('role = "support"', 'role = "boss"', ["maild.toml:13: desks.rarus.mailboxes.crm.role: expected", "'boss'"]),
    ('role = "support"', "role = 1", ["maild.toml:13: desks.rarus.mailboxes.crm.role"]),
    ('message_size = "35MB"', 'message_size = "big"', ["maild.toml:32: limits.message_size", '"35MB"', "'big'"]),
    ("port = 1143", "port = 70000", ["maild.toml:23: desks.rarus.mailboxes.control.port", "65535"]),
    ("port = 1143", 'port = "1143"', ["maild.toml:23: desks.rarus.mailboxes.control.port", "whole number"]),
    ("port = 1143", "port = 1143\npoll = 60", ["maild.toml:24: desks.rarus.mailboxes.control.poll", '"60s"']),
    ("port = 1143", 'port = 1143\nbacklog = "week"', ["maild.toml:24: desks.rarus.mailboxes.control.backlog", '"1d"']),
    ('rules = "rules"', 'rules = "lawless"', ["maild.toml:10: desks.rarus.rules: no such folder", "lawless"]),
    ('password_file = "secret"\n\n[desks.rarus]', "\n\n[desks.rarus]", ["maild.toml:4: smtp: password_file or"]),
    ('password_file = "secret"', 'password_file = "gone"', ["maild.toml:7: smtp.password_file: no such file"]),
    ('password_file = "secret"', 'password = "hunter2"', ["maild.toml:7: smtp.password: unknown key"]),
    ('host = "127.0.0.1"', 'host = "imap.example.test"', ["maild.toml:24", ".security", "loopback only"]),
    ("control@example.test", "crm@example.test", ["mailboxes.control.address: crm@example.test is watched already"]),
    ("postmaster@example.test", "postmaster", ["maild.toml:29: operator.address: expected an address", "postmaster"]),
    ("sqlite:///maild.db", "mysql://x/y", ["maild.toml:2: database.url: expected sqlite or postgresql"]),
    ("sqlite:///maild.db", "sqlite://", ["maild.toml:2: database.url", "lost"]),
    ("[limits]", "[limits", ["maild.toml:31: not TOML"]),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "secret").write_text("пароль\n", encoding="utf-8")
    return tmp_path


def loaded(folder: Path, text: str) -> str:
    """What a configuration says of itself: "" or its faults."""
    (folder / "maild.toml").write_text(text, encoding="utf-8")
    try:
        load_config(folder / "maild.toml")
    except MaildError as error:
        return str(error)
    return ""


def test_the_good_one_loads(folder: Path) -> None:
    assert loaded(folder, GOOD) == ""
    config = load_config(folder / "maild.toml")
    boxes = config.desks["rarus"].mailboxes
    assert config.database == f"sqlite:///{folder}/maild.db"
    assert boxes["crm"].password() == "пароль"
    assert boxes["control"].password() == "from a command"
    assert (boxes["crm"].imap.port, boxes["crm"].imap.security, boxes["crm"].backlog) == (993, "tls", 0)
    assert config.limits.message_size == 35 * 1024**2


@pytest.mark.parametrize(("old", "new", "says"), BROKEN, ids=[new[:30] for _old, new, _says in BROKEN])
def test_broken(folder: Path, old: str, new: str, says: list[str]) -> None:
    assert old in GOOD
    found = loaded(folder, GOOD.replace(old, new, 1))
    for word in says:
        assert word in found, found


def test_no_password_in_any_error(folder: Path) -> None:
    found = loaded(folder, GOOD.replace('password_file = "secret"', 'password = "hunter2"', 1))
    assert "hunter2" not in found


def test_a_password_that_cannot_be_had_is_one_line_without_it(folder: Path) -> None:
    text = GOOD.replace('["printf", "from a command"]', '["sh", "-c", "echo hunter2; exit 3"]')
    assert loaded(folder, text) == ""
    password = load_config(folder / "maild.toml").desks["rarus"].mailboxes["control"].password
    with pytest.raises(MaildError) as caught:
        password()
    assert "hunter2" not in str(caught.value) and "\n" not in str(caught.value)


def test_missing_and_not_utf8(folder: Path) -> None:
    with pytest.raises(MaildError, match="the file is missing"):
        load_config(folder / "nowhere.toml")
    (folder / "maild.toml").write_bytes('[smtp]\nhost = "почта"'.encode("cp1251"))
    with pytest.raises(MaildError, match="not UTF-8"):
        load_config(folder / "maild.toml")
