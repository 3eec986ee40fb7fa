"""The shipped regulations side by side in one daemon: three desks, three languages, nobody hears of the others."""

import re
import shutil
from email.message import EmailMessage
from pathlib import Path

from maild.data import data_dir
from tests.stories.line import ROUND_THE_CLOCK, Line
from tests.stories.test_main_road import WHOLE

UKRAINIAN = "Доброго дня! Не приходять сповіщення про нові завдання. Портал kvitka.bitrix24.test, хмара.\nЮлія\n"
ENGLISH = "Hello, nobody can open our shop, www.lind-bikes.example, since three o'clock.\nOlga\n"


def add_desk(line: Line, name: str, agent: str) -> dict[str, str]:
    """A further desk with the shipped rules of that name, open at any hour, and its mailboxes' addresses."""
    rules = line.folder / name
    shutil.copytree(data_dir("rules") / name, rules)
    _rewrite(rules / "desk.toml", r"^week = .*$", f"week = {{ {ROUND_THE_CLOCK} }}")
    _rewrite(rules / "people.toml", r'^address = ".*"$', f'address = "{agent}"')
    boxes = {role: line.dovecot.user(f"{name}-{role}") for role in ("support", "quality")}
    tables = "".join(
        f'[desks.{name}.mailboxes.{role}]\nrole = "{role}"\naddress = "{address}"\nhost = "127.0.0.1"\n'
        f'port = {line.dovecot.imap}\nsecurity = "none"\nusername = "{address}"\npassword_file = "password"\n'
        for role, address in boxes.items()
    )
    with line.config.open("a", encoding="utf-8") as file:
        file.write(f'\n[desks.{name}]\nrules = "{name}"\n{tables}')
    return boxes


def _rewrite(path: Path, pattern: str, replacement: str) -> None:
    """Change the first such line of a rule file."""
    text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert count
    path.write_text(text, encoding="utf-8")


def test_three_regulations_in_one_daemon(line: Line) -> None:
    consultant, ann = line.dovecot.user("consultant"), line.dovecot.user("ann")
    bitrix, host = add_desk(line, "procrm", consultant), add_desk(line, "example", ann)
    with line.running():
        line.write("olga@birch.test", WHOLE)
        line.write("yulia@maple.test", UKRAINIAN, to=bitrix["support"])
        line.write("olga@elm.test", ENGLISH, to=host["support"])
        (accepted,) = line.letters_to("olga@birch.test", kind="acknowledgement")
        (registered,) = line.letters_to("yulia@maple.test", kind="receipt")
        (urgent,) = line.letters_to("olga@elm.test", kind="acknowledgement")
        (request,) = line.letters_to(consultant, kind="request")
        line.reply(consultant, request, "#прийняти")
        (confirmed,) = line.letters_to("yulia@maple.test", kind="acknowledgement")

    assert "Обращение CRM-000001 принято к обслуживанию" in _text(accepted)
    assert registered["From"].addresses[0].addr_spec == bitrix["support"]
    assert registered["X-Maild-Ticket"] == confirmed["X-Maild-Ticket"] == "PRO-000001"
    assert "HELP-000001 is accepted for service" in _text(urgent)
    assert "Звернення PRO-000001 зареєстровано" in _text(registered)
    assert "Звернення PRO-000001 прийнято до обслуговування" in _text(confirmed)
    found = {(ticket["desk"], ticket["number"], ticket["level"]) for ticket in line.tickets()}
    assert found == {
        ("rarus", "CRM-000001", "standard"),
        ("procrm", "PRO-000001", "sla1"),
        ("example", "HELP-000001", "down"),
    }
    assert [letter["X-Maild-Ticket"] for letter in line.mailbox(ann)] == ["HELP-000001"]


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body
    return " ".join(str(body.get_content()).split())
