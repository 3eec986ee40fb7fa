"""The demonstration's letters are well-formed mail, and its clients are in the registry that comes with them."""

import csv
import io
import zlib
from datetime import date, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from maild.cli.init import command as init
from maild.demo.day import Reply, Write, load_day, shown_regulation
from maild.demo.letters import compose
from stdnum.ru import inn

WHEN = datetime(2026, 11, 24, 10, 15, tzinfo=ZoneInfo("Europe/Moscow"))
TO = "crm@desk.test"
DAY = load_day()
CLIENTS = [name for name in DAY.letters if name not in ("out-of-office", "forged")]
ASKED = (
    "From: desk <crm@desk.test>\r\nSubject: Re: [CRM-000003] не приходят\r\nMessage-ID: <{}@desk.test>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nПришлите номер.\r\n"
)


def written(name: str, answered: bytes | None = None) -> bytes:
    return compose(DAY.letters[name], TO, WHEN, answered)


def registry(today: date) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(DAY.contracts_csv(today)), delimiter=";")
    return {row["registration_number"]: row for row in rows}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_letter_can_be_read_and_its_client_is_known(name: str) -> None:
    message = message_from_bytes(written(name), policy=default)
    body = message.get_body(("plain", "html"))
    assert body is not None and "�" not in body.get_content()
    assert not message.defects
    assert message["To"] == TO
    assert message["Date"].datetime == WHEN
    domain = message["From"].addresses[0].domain
    assert domain in {row["email_domains"] for row in registry(WHEN.date()).values()}


def test_no_two_letters_share_a_message_id() -> None:
    ids = [message_from_bytes(written(name))["Message-ID"] for name in DAY.letters]
    assert len(set(ids)) == len(ids)


def test_lines_end_as_in_mail() -> None:
    for name in DAY.letters:
        raw = written(name)
        assert raw.count(b"\n") == raw.count(b"\r\n")


def test_the_machine_names_the_letter_it_answers_however_long_its_id() -> None:
    raw = written("out-of-office", ASKED.format("x" * 150).encode())
    assert f"In-Reply-To: <{'x' * 150}@desk.test>\r\n".encode() in raw
    assert message_from_bytes(raw, policy=default)["References"] == f"<{'x' * 150}@desk.test>"


def test_the_forged_letter_answers_nothing_of_ours() -> None:
    message = message_from_bytes(written("forged"), policy=default)
    assert message["In-Reply-To"] is None and message["References"] is None
    assert message["From"].addresses[0].addr_spec == "kotova@example.test"
    assert message.get_content().startswith("#resolve")


def test_the_machine_says_that_it_is_one() -> None:
    raw = written("out-of-office", ASKED.format("1").encode())
    assert message_from_bytes(raw)["Auto-Submitted"] == "auto-replied"


def test_the_screenshot_is_a_picture() -> None:
    message = message_from_bytes(written("screenshot"), policy=default)
    (picture,) = (part for part in message.walk() if part.get_content_type() == "image/png")
    data = picture.get_content()
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    start = data.index(b"IDAT")
    length = int.from_bytes(data[start - 4 : start], "big")
    assert len(zlib.decompress(data[start + 4 : start + 4 + length])) == height * (1 + 3 * width)


@pytest.mark.parametrize("today", [date(2026, 11, 24), date(2031, 2, 28)])
def test_one_contract_has_lapsed_whatever_the_year(today: date) -> None:
    rows = registry(today).values()
    assert all(inn.is_valid(row["inn"]) for row in rows)
    assert all(date.fromisoformat(row["its_until"]) > today for row in rows)
    assert [row["organisation"] for row in rows if date.fromisoformat(row["kp_until"]) < today] == [
        "ООО «Кедр и сыновья»"
    ]


def test_what_is_shown_is_what_init_copies(tmp_path: Path) -> None:
    assert CliRunner().invoke(init, [str(tmp_path / "desk")]).exit_code == 0
    assert [each.name for each in (tmp_path / "desk" / "rules").iterdir()] == [shown_regulation()] == [DAY.rules]


def test_every_step_names_what_is_there() -> None:
    steps = [step for act in DAY.acts for step in act.steps]
    assert sorted(step.write for step in steps if isinstance(step, Write)) == sorted(DAY.letters)
    answering = [step for step in steps if isinstance(step, Reply)]
    assert {step.reply for step in answering} <= set(DAY.people)
    known = {*DAY.letters, *(step.name for step in answering)}
    assert {step.to for step in answering} <= known
