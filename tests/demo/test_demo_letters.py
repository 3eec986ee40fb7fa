"""The demonstration's letters are well-formed mail, and its clients are in the registry that comes with them."""

import csv
import io
import zlib
from collections.abc import Callable
from datetime import date, datetime
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
from maild.demo import letters
from stdnum.ru import inn

WHEN = datetime(2026, 11, 24, 10, 15, tzinfo=ZoneInfo("Europe/Moscow"))
TO = "crm@desk.test"
WRITERS = (
    letters.consultation, letters.english, letters.with_screenshot, letters.incomplete, letters.lapsed,
    letters.licensing, letters.out_of_scope, letters.update_access, letters.complaint,
)  # fmt: skip
ASKED = (
    "From: desk <crm@desk.test>\r\nSubject: Re: [CRM-000003] не приходят\r\nMessage-ID: <{}@desk.test>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nПришлите номер.\r\n"
)


def registry(today: date) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(letters.contracts_csv(today)), delimiter=";")
    return {row["registration_number"]: row for row in rows}


@pytest.mark.parametrize("write", WRITERS)
def test_a_letter_can_be_read_and_its_client_is_known(write: Callable[[str, datetime], bytes]) -> None:
    message = message_from_bytes(write(TO, WHEN), policy=default)
    body = message.get_body(("plain", "html"))
    assert body is not None and "�" not in body.get_content()
    assert not message.defects
    assert message["To"] == TO
    assert message["Date"].datetime == WHEN
    domain = message["From"].addresses[0].domain
    assert domain in {row["email_domains"] for row in registry(WHEN.date()).values()}


def test_no_two_letters_share_a_message_id() -> None:
    ids = [message_from_bytes(write(TO, WHEN))["Message-ID"] for write in WRITERS]
    assert len(set(ids)) == len(ids)


def test_lines_end_as_in_mail() -> None:
    for write in (*WRITERS, letters.forged):
        raw = write(TO, WHEN)
        assert raw.count(b"\n") == raw.count(b"\r\n")


def test_the_machine_names_the_letter_it_answers_however_long_its_id() -> None:
    raw = letters.out_of_office(TO, WHEN, ASKED.format("x" * 150).encode())
    assert f"In-Reply-To: <{'x' * 150}@desk.test>\r\n".encode() in raw
    assert message_from_bytes(raw, policy=default)["References"] == f"<{'x' * 150}@desk.test>"


def test_the_forged_letter_answers_nothing_of_ours() -> None:
    message = message_from_bytes(letters.forged(TO, WHEN), policy=default)
    assert message["In-Reply-To"] is None and message["References"] is None
    assert message["From"].addresses[0].addr_spec == "kotova@example.test"
    assert message.get_content().startswith("#resolve")


def test_the_machine_says_that_it_is_one() -> None:
    raw = letters.out_of_office(TO, WHEN, ASKED.format("1").encode())
    assert message_from_bytes(raw)["Auto-Submitted"] == "auto-replied"


def test_the_screenshot_is_a_picture() -> None:
    message = message_from_bytes(letters.with_screenshot(TO, WHEN), policy=default)
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
