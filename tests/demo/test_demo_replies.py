"""The demonstration's people reply as their mail programs do, and maild reads just what they typed."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from zoneinfo import ZoneInfo

import pytest
from maild.demo.day import Writer, load_day
from maild.demo.replies import PROGRAMS, reply
from maild.mail.parse import parse

WHEN = datetime(2026, 11, 23, 11, 5, tzinfo=ZoneInfo("Europe/Moscow"))
PEOPLE = tuple(load_day().people.values())


def asked(message_id: str = "<CRM-000003.x@desk.test>", markup: bool = True) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "Линия <crm@desk.test>", "ivanov@example.test"
    message["Subject"] = "Re: [CRM-000003] не приходят напоминания о звонках"
    message.set_content("Ответ пишите выше этой строки\n\nПришлите номер.\n")
    if markup:
        message.add_alternative("<html><body><p>Пришлите номер.</p></body></html>", subtype="html")
    return f"Message-ID: {message_id}\r\n".encode() + message.as_bytes()


@pytest.mark.parametrize("markup", [True, False], ids=["both parts", "text only"])
@pytest.mark.parametrize("writer", PEOPLE, ids=lambda writer: writer.address)
def test_above_the_quotation_stands_what_was_typed(writer: Writer, markup: bool) -> None:
    words = "#ждать\n\nДобрый день! Какой у вас релиз?"
    raw = reply(writer, asked(markup=markup), WHEN, words)
    message = parse(raw)
    assert message.reply.startswith(words) and "Пришлите номер" not in message.reply
    assert "Пришлите номер." in message.text, "the quotation is there"
    assert message.sender and (message.sender.name, message.sender.address) == (writer.name, writer.address)
    assert raw.count(b"\n") == raw.count(b"\r\n")


@pytest.mark.parametrize("writer", PEOPLE, ids=lambda writer: writer.address)
def test_a_reply_finds_its_thread_however_long_the_id(writer: Writer) -> None:
    message_id = f"<{'x' * 150}@desk.test>"
    raw = reply(writer, asked(message_id), WHEN, "Да")
    assert f"In-Reply-To: {message_id}\r\n".encode() in raw
    message = message_from_bytes(raw, policy=default)
    assert message["References"] == message_id
    assert message["To"] == "crm@desk.test"
    assert message["Subject"] == "Re: [CRM-000003] не приходят напоминания о звонках"


def test_two_replies_of_one_second_are_two_letters() -> None:
    ids = {
        message_from_bytes(reply(PEOPLE[0], asked(message_id), WHEN, words))["Message-ID"]
        for message_id in ("<1@desk.test>", "<2@desk.test>")
        for words in ("Да", "Нет")
    }
    assert len(ids) == 4


def test_everybody_has_a_program_and_every_program_is_used() -> None:
    assert {each.program for each in PEOPLE} == set(PROGRAMS)
