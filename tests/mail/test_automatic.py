"""Machines and people: both sides of every rule."""

import pytest
from maild.mail.message import Automatic
from maild.mail.parse import parse

AUTO_REPLY, GENERATED, BOUNCE = Automatic.AUTO_REPLY, Automatic.AUTO_GENERATED, Automatic.BOUNCE
LIST, SPAM = Automatic.LIST, Automatic.SPAM

QUESTION = "Добрый день! Не печатается счёт из сделки, подскажите, что делать? Версия 3.1.25.4."
ABSENCE = "Здравствуйте! Я в отпуске до 07.12.2026. По срочным вопросам обращайтесь к коллегам: 8 (495) 555-01-01."


def letter(
    fields: str = "", *, sender: str = "i@romashka.test", subject: str = "Вопрос", text: str = QUESTION
) -> bytes:
    head = f"From: Иван <{sender}>\r\nTo: crm@example.test\r\nSubject: {subject}\r\n"
    head += "".join(f"{line.strip()}\r\n" for line in fields.split("\n") if line.strip())
    return (head + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + text).encode()


MACHINES = [
    ("Auto-Submitted: auto-replied", {}, AUTO_REPLY),
    ("Auto-Submitted: auto-replied (vacation)", {}, AUTO_REPLY),
    ("Auto-Submitted: Auto-Replied; owner-email=x", {}, AUTO_REPLY),
    ("Auto-Submitted: auto-generated", {}, GENERATED),
    ("Auto-Submitted: auto-notified", {}, GENERATED),
    ("Auto-Submitted: auto-generated\nPrecedence: bulk\nList-Unsubscribe: <mailto:u@x.test>", {}, GENERATED),
    (
        "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All",
        {"subject": "Автоматический ответ: [CRM-000042] вопрос", "text": ABSENCE},
        AUTO_REPLY,
    ),
    ("X-Autoreply: yes", {}, AUTO_REPLY),
    ("X-Autorespond: vacation", {}, AUTO_REPLY),
    ("X-AutoReply-From: i@romashka.test", {}, AUTO_REPLY),
    ("X-Mail-Autoreply: 1", {}, AUTO_REPLY),
    ("X-POST-MessageClass: 9; Autoresponder", {}, AUTO_REPLY),
    ("Precedence: bulk", {}, GENERATED),
    ("Precedence: junk\nIn-Reply-To: <1@example.test>", {"subject": "Re: вопрос"}, AUTO_REPLY),
    ("Precedence: auto_reply", {}, AUTO_REPLY),
    ("Precedence: list", {}, LIST),
    ("List-Id: <news.x.test>", {}, LIST),
    ("List-Unsubscribe: <http://x.test/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click", {}, LIST),
    ("List-Unsubscribe: <http://x.test/u>", {"text": "Скидки!\n\nЧтобы отписаться, нажмите сюда."}, LIST),
    ("List-Unsubscribe: <http://x.test/u>\nPrecedence: bulk", {}, LIST),
    ("Return-Path: <>", {}, GENERATED),
    ("Return-Path: <>\nIn-Reply-To: <1@example.test>", {"subject": "Re: вопрос", "text": ABSENCE}, AUTO_REPLY),
    ("Return-Path: <>", {"subject": "Недоставленное сообщение", "text": "Письмо не может быть доставлено."}, BOUNCE),
    ("Return-Path: <>", {"sender": "postmaster@x.test", "subject": "Undeliverable: hello", "text": "x"}, BOUNCE),
    (
        "",
        {"sender": "MAILER-DAEMON@x.test", "subject": "failure notice", "text": "Hi. This is the qmail-send program"},
        BOUNCE,
    ),
    ("", {"sender": "mailer-daemon@x.test", "subject": "что угодно"}, BOUNCE),
    (
        "",
        {"sender": "postmaster@x.test", "subject": "Сбой доставки: счёт", "text": "Ваше сообщение не было доставлено."},
        BOUNCE,
    ),
    (
        "X-Failed-Recipients: a@gone.test\nAuto-Submitted: auto-replied",
        {"sender": "Mailer-Daemon@x.test", "subject": "Mail delivery failed: returning message to sender"},
        BOUNCE,
    ),
    ("X-Spam-Flag: YES", {}, SPAM),
    ("X-Spam-Status: Yes, score=18.2 required=5.0", {}, SPAM),
    ("", {"sender": "no-reply@portal.test", "text": "Вам поставлена задача."}, GENERATED),
    ("", {"sender": "noreply@portal.test"}, GENERATED),
    ("", {"sender": "donotreply@portal.test"}, GENERATED),
    ("", {"sender": "do-not-reply+123@portal.test"}, GENERATED),
    (
        "",
        {"sender": "crm-noreply@portal.test", "text": "Это письмо создано. Пожалуйста, не отвечайте на это письмо."},
        GENERATED,
    ),
    ("X-Auto-Response-Suppress: All", {"subject": "Автоматический ответ: счёт", "text": ABSENCE}, AUTO_REPLY),
    ("", {"subject": "Автоответ: Re: CRM-000017 ваше обращение", "text": ABSENCE}, AUTO_REPLY),
    ("", {"subject": "Out of Office: your request", "text": "I am out of the office until Monday."}, AUTO_REPLY),
    (
        "",
        {"subject": "Automatic reply: Re: [CRM-000017]", "text": "I will be on vacation until 7 December."},
        AUTO_REPLY,
    ),
    ("", {"subject": "Автовідповідь: звернення", "text": "Я у відпустці до 7 грудня, повернуся 8 грудня."}, AUTO_REPLY),
    ("", {"subject": "Я в отпуске", "text": "Здравствуйте! Нахожусь в отпуске до 7 декабря."}, AUTO_REPLY),
    (
        "",
        {
            "subject": "Прочтено: ваше обращение",
            "text": "Ваше сообщение\nКому: Иван\nТема: x\nбыло прочитано 24.11.2026 10:15",
        },
        AUTO_REPLY,
    ),
    (
        "",
        {"subject": "Read: your request", "text": "Your message\nTo: Ivan\nSubject: x\nwas read on 24 Nov 2026"},
        AUTO_REPLY,
    ),
    ("X-Maild-Kind: acknowledgement", {}, GENERATED),
    ("", {"subject": "Автоответ: Re: [CRM-000017] счёт", "text": "Письмо получено."}, AUTO_REPLY),
]

PEOPLE = [
    ("", {}),
    ("Auto-Submitted: no", {}),
    ("Auto-Submitted: No", {"subject": "Автоответ не уходит", "text": "У меня автоответ не работает, я в отпуске."}),
    ("X-Auto-Response-Suppress: All", {}),
    ("X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply", {"subject": "Re: [CRM-000042] вопрос"}),
    ("List-Unsubscribe: <mailto:it@romashka.test>", {}),
    ("Precedence: normal", {}),
    ("Precedence: first-class", {}),
    ("Importance: high\nX-Priority: 1", {}),
    ("Return-Path: <i@romashka.test>", {}),
    ("X-Autoreply: no", {}),
    ("X-Spam-Flag: NO\nX-Spam-Status: No, score=-1.0", {}),
    ("X-Spam-Score: 3.1", {}),
    ("X-MS-Exchange-Inbox-Rules-Loop: i@romashka.test", {}),
    ("", {"subject": "Автоответ не работает"}),
    ("", {"subject": "Автоответ: как настроить?", "text": "Как настроить автоответ в почте программы?"}),
    ("", {"subject": "Автоответ", "text": "Подскажите, как отключить автоответ, пока я в отпуске?"}),
    ("In-Reply-To: <1@example.test>", {"subject": "Re: Автоответ: ваше обращение"}),
    ("In-Reply-To: <1@example.test>", {"subject": "Отв: Автоматический ответ", "text": "Спасибо, понял."}),
    ("", {"subject": "Fwd: Undeliverable: счёт", "text": "Перестали уходить письма клиентам, вот отлуп. Что делать?"}),
    ("", {"subject": "Undelivered mail", "text": "Our letters come back with user unknown. What is wrong?"}),
    ("", {"subject": "Недоставленное сообщение", "text": "Письма из программы возвращаются: сбой доставки."}),
    ("", {"sender": "postmaster@romashka.test"}),
    ("", {"sender": "postmaster@romashka.test", "subject": "Не доставляется почта"}),
    ("", {"sender": "bounce.ivan@romashka.test"}),
    ("", {"sender": "noreply.petrov@romashka.test"}),
    ("", {"sender": "norbert.eply@romashka.test"}),
    ("", {"sender": "robot@romashka.test"}),
    ("", {"subject": "Read: how to print", "text": "How do I print the invoice?"}),
    ("", {"subject": "Прочтено: не понял", "text": "Прочёл инструкцию, но счёт всё равно не печатается. Помогите."}),
    ("", {"subject": "В отпуске менеджер", "text": "Менеджер в отпуске, как передать его сделки другому?"}),
    ("", {"text": "Я в отпуске до понедельника, поэтому пишу с телефона. Счёт не печатается, помогите."}),
    ("In-Reply-To: <1@example.test>", {"subject": "Re: вопрос", "text": "Я сейчас в отпуске, отвечу в понедельник."}),
    ("", {"text": "Как отписаться от рассылки ваших новостей?"}),
    ("", {"text": QUESTION + "\n\nЭто письмо отправлено из программы, не отвечайте на это письмо по телефону."}),
    ("X-Maild-Kind: answer", {}),
    ("", {"subject": "Re: Я в отпуске", "text": "Хорошо, вернусь к этому в понедельник."}),
    ("Delivered-To: crm@example.test\nX-Mailer: PHPMailer 6.8", {}),
]


@pytest.mark.parametrize("fields, rest, kind", MACHINES)
def test_machines(fields: str, rest: dict[str, str], kind: Automatic) -> None:
    assert parse(letter(fields, **rest)).automatic is kind


@pytest.mark.parametrize("fields, rest", PEOPLE)
def test_people(fields: str, rest: dict[str, str]) -> None:
    assert parse(letter(fields, **rest)).automatic is None


@pytest.mark.parametrize(
    "text, recipient, original",
    [
        (
            "Hi. This is the qmail-send program at mx.x.test.\nI'm afraid I wasn't able to deliver your message.\n\n"
            "<info@gone.test>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 no such user\n\n"
            "--- Below this line is a copy of the message.\n\nMessage-ID: <orig@example.test>\nSubject: x\n",
            "info@gone.test",
            "<orig@example.test>",
        ),
        (
            (
                "Сообщение не может быть доставлено следующим получателям:\ninfo@gone.test\nОшибка: 550 5.1.1 ящик "
                "не найден."
            ),
            "info@gone.test",
            None,
        ),
    ],
)
def test_bounces_in_prose(text: str, recipient: str, original: str | None) -> None:
    message = parse(letter("Return-Path: <>", sender="MAILER-DAEMON@x.test", subject="failure notice", text=text))
    assert message.report is not None
    assert message.report.recipient == recipient
    assert message.report.original_message_id == original
    assert message.report.status == "5.1.1"


def multipart(kind: str, *parts: str, subject: str = "Re: x") -> bytes:
    head = f"From: i@romashka.test\r\nSubject: {subject}\r\nContent-Type: multipart/{kind}; boundary=X\r\n\r\n"
    return (head + "".join(f"--X\r\n{part}\r\n" for part in parts) + "--X--\r\n").encode()


PLAIN = "Content-Type: text/plain; charset=utf-8\r\n\r\n"


def test_a_read_receipt_by_structure() -> None:
    receipt = (
        "Content-Type: message/disposition-notification\r\n\r\nOriginal-Message-ID: <1@x>\r\nDisposition: "
        "manual-action; displayed\r\n"
    )
    raw = multipart("report; report-type=disposition-notification", PLAIN + "Прочитано", receipt)
    assert parse(raw).automatic is AUTO_REPLY
    assert parse(raw).report is None


@pytest.mark.parametrize(
    "said, kind", [("", AUTO_REPLY), ("Принято", AUTO_REPLY), ("Буду, но как подключиться к вам?", None)]
)
def test_answers_to_invitations(said: str, kind: Automatic | None) -> None:
    calendar = (
        "Content-Type: text/calendar; method=REPLY; "
        "charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR"
    )
    assert parse(multipart("alternative", PLAIN + said, calendar, subject="Принято: встреча")).automatic is kind


def test_a_person_who_attaches_a_bounce_is_a_person() -> None:
    status = "Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n"
    inner = (
        f"Content-Type: multipart/report; report-type=delivery-status; "
        f"boundary=Y\r\n\r\n--Y\r\n{PLAIN}Sorry\r\n--Y\r\n{status}\r\n--Y--"
    )
    attached = f"Content-Type: message/rfc822\r\n\r\nFrom: MAILER-DAEMON@x.test\r\n{inner}"
    assert parse(multipart("mixed", PLAIN + QUESTION, attached)).automatic is None


def test_of_several_recipients_the_failed_one_counts() -> None:
    status = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
    status += "Final-Recipient: rfc822; good@b.test\r\nAction: relayed\r\nStatus: 2.0.0\r\n\r\n"
    status += "Final-Recipient: rfc822; gone@b.test\r\nAction: failed\r\nStatus: 5.2.2\r\n"
    message = parse(multipart("report; report-type=delivery-status", PLAIN + "Sorry", status))
    assert message.report is not None
    assert (message.report.recipient, message.report.status) == ("gone@b.test", "5.2.2")


def test_a_delayed_delivery_is_a_bounce_that_says_delayed() -> None:
    status = (
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: "
        "rfc822; a@b.test\r\nAction: delayed\r\nStatus: 4.4.1\r\n"
    )
    message = parse(multipart("report; report-type=delivery-status", PLAIN + "Delayed", status))
    assert message.report is not None
    assert (message.automatic, message.report.action) == (BOUNCE, "delayed")
