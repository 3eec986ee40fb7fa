"""Letters of an agent in answer to ours, and what is read of them: for the tests of `maild.mail.answer`."""

from email.message import EmailMessage
from functools import cache

from maild.mail.answer import Written, written
from maild.mail.parse import parse
from maild.mail.pictures import both_texts
from tests.desk.notify_samples import letter as our_letter
from tests.desk.notify_samples import ticket
from tests.desk.notify_staff_samples import STAFF_KINDS
from tests.mail.agent_programs import Original, original

CLIENT = "Коллеги, есть ли новости?\n\nВторой день не приходят письма в карточки, работаем вручную."
OWN = (
    "#ждать",
    "",
    "Здравствуйте, Пётр.",
    "",
    "Пришлите, пожалуйста, журнал обмена за понедельник: меню «Администрирование», «Журнал».",
    "Если журнал пуст, напишите об этом.",
)
SIGNATURE = "С уважением,\nАнна Котова\nведущий консультант\nтел. +7 495 000-00-00, доб. 12"
KINDS = (*STAFF_KINDS, "warning", "warning-reaction", "escalation", "escalation-reminder", "escalation-bundle")
"""Every kind of letter that a person at the desk may answer."""


@cache
def staff(name: str) -> bytes:
    """Our letter of this kind and language: "request ru"."""
    kind, _, language = name.partition(" ")
    return our_letter(kind, language, ticket()).raw


AT: Original = original(staff("warning ru"))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def read(raw: bytes, kind: str = "warning ru", own_words: tuple[str, ...] = ()) -> Written:
    return written(raw, parse(raw), both_texts(staff(kind)), [CLIENT], own_words)


def plain(text: str, **headers: str) -> bytes:
    """A letter without any dress, an answer to ours."""
    message = EmailMessage()
    for name, value in {"From": "kotova@example.test", "Subject": AT.subject, "In-Reply-To": AT.message_id}.items():
        message[name] = headers.get(name.lower(), value)
    message.set_content(text, cte="8bit")
    return bytes(message)
