"""The letters of the demonstration: invented clients of a 1C:CRM consultation line, as their mail programs write.

Each writer takes the desk's address and the moment of writing (aware) and gives the letter's bytes with CRLF. The
contracts of these clients are reckoned from the day of the demonstration, so that it tells the same story every year.
"""

import struct
import zlib
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP

from maild.demo.writing import letter, replying

_COLUMNS = "registration_number;kind;product;organisation;inn;its_until;kp_until;partner_code;email_domains"
_CONTRACTS = (  # number, product, organisation, INN, days left of 1С:ИТС and of 1С:КП Отраслевой, domain
    ("804417265", "1С:CRM ПРОФ", "ООО «Тихая гавань»", "9714002313", 210, 210, "tihaya-gavan.test"),
    ("803852911", "1С:CRM КОРП", "АО «Полюс-Трейд»", "7842003157", 330, 150, "polus-trade.test"),
    ("806120347", "1С:CRM ПРОФ", "ООО «Вереск»", "5029117402", 95, 95, "veresk.test"),
    ("802739518", "1С:CRM ПРОФ", "ООО «Лукоморье-Тур»", "6685500429", 180, 180, "lukomorie-tur.test"),
    ("807001483", "1С:CRM ПРОФ", "ООО «Кедр и сыновья»", "2309118763", 120, -41, "kedr-synovya.test"),
    ("805566120", "1С:CRM КОРП", "АО «Маяк-Строй»", "1659002717", 260, 260, "mayak-stroy.test"),
    ("808214036", "1С:CRM БАЗОВАЯ", "ИП Соловьёва В. Д.", "540611820366", 75, 300, "cvety-solovyovoy.test"),
)


def contracts_csv(today: date) -> str:
    """`contracts.csv` for the clients of these letters, as it stands on a day; one contract has lapsed."""
    rows = [
        f"{number};main;{product};{name};{inn};{today + timedelta(its)};{today + timedelta(kp)};;{domain}"
        for number, product, name, inn, its, kp, domain in _CONTRACTS
    ]
    return "\n".join([_COLUMNS, *rows, ""])


def consultation(to: str, when: datetime) -> bytes:
    """A good letter: a question, and everything that the line needs to know."""
    text = """\
Добрый день!

После обновления не можем разослать коммерческие предложения: мастер
рассылки доходит до выбора получателей и список пустой, хотя отбор по
сегменту «Оптовые» стоит. Раньше там было больше ста клиентов. Где это
теперь настраивается?

ООО «Тихая гавань»
Программа 1С:CRM ПРОФ, релиз 3.1.27.8
Регистрационный номер 804417265

С уважением,
Полина Журавская
отдел продаж, доб. 117
"""
    message = letter(
        to, when, "Полина Журавская <p.zhuravskaya@tihaya-gavan.test>", "Пустой список получателей рассылки"
    )
    message.set_content(text)
    return message.as_bytes()


def english(to: str, when: datetime) -> bytes:
    """The same in English, from a telephone."""
    text = """\
Hello,

our sales funnel report counts a deal twice when it went back one stage and forward again.
Is there a setting for that, or do we have to repair the deals by hand?

Product: 1C:CRM KORP, version 3.1.27.8
Registration number: 803852911
Organisation: Polus-Trade JSC

Best regards,
Martin Oberhof

Sent from my iPhone
"""
    message = letter(to, when, "Martin Oberhof <oberhof@polus-trade.test>", "Sales funnel counts a deal twice")
    message["X-Mailer"] = "iPhone Mail (22F76)"
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes()


def with_screenshot(to: str, when: datetime) -> bytes:
    """HTML in windows-1251 with a table and an inline picture, as Outlook sends it; no plain text at all."""
    rows = {
        "Организация": "ООО «Вереск»",
        "Конфигурация": "1С:CRM ПРОФ",
        "Версия": "3.1.26.14",
        "Рег. №": "806 120 347",
        "Что случилось": "При записи интереса выходит ошибка, см. снимок экрана",
    }
    cell = '<td style="border:solid windowtext 1.0pt;padding:0cm 5.4pt"><p class=MsoNormal>%s<o:p></o:p></p></td>'
    table = "".join(f"<tr>{cell % name}{cell % value}</tr>" for name, value in rows.items())
    html = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta http-equiv=Content-Type '
        'content="text/html; charset=windows-1251"><style>p.MsoNormal {margin:0cm;font-size:11.0pt}</style></head>'
        "<body lang=RU><div class=WordSection1><p class=MsoNormal>Коллеги, здравствуйте!<o:p></o:p></p>"
        f"<p class=MsoNormal>&nbsp;</p><table class=MsoTableGrid border=1 cellspacing=0>{table}</table>"
        '<p class=MsoNormal>&nbsp;</p><p class=MsoNormal><img width=320 height=180 src="cid:image001.png@veresk.test">'
        "</p><p class=MsoNormal>Семён Рябушкин,<br>системный администратор</p></div></body></html>"
    )
    message = letter(to, when, "Рябушкин Семён <ryabushkin@veresk.test>", "Ошибка при записи интереса")
    message["X-Mailer"] = "Microsoft Outlook 16.0"
    message.set_content(html, subtype="html", charset="windows-1251", cte="quoted-printable")
    message.add_related(_screenshot(), "image", "png", cid="<image001.png@veresk.test>", filename="image001.png")
    return message.as_bytes()


def incomplete(to: str, when: datetime) -> bytes:
    """A question without number and version: the line has to ask."""
    text = """\
Здравствуйте. Не приходят напоминания о звонках: задача есть, время прошло, а окошко не
всплывает. У всех менеджеров. Подскажите, что проверить?

Регина Осокина
ООО "Лукоморье-Тур"
"""
    message = letter(to, when, "Регина Осокина <regina@lukomorie-tur.test>", "не приходят напоминания")
    message.set_content(text, charset="koi8-r", cte="8bit")
    return message.as_bytes()


def lapsed(to: str, when: datetime) -> bytes:
    """A question whose contract ran out: refused, with what to do."""
    text = """\
Добрый день, коллеги.
Как сделать, чтобы у новых сделок сразу стоял ответственный по региону клиента?
Кедр и сыновья, 1С:CRM ПРОФ 3.1.24.2, регномер 807001483.

Тихон Белоногов
"""
    message = letter(to, when, "Тихон Белоногов <tihon@kedr-synovya.test>", "Ответственный по региону")
    message["User-Agent"] = "Mozilla Thunderbird"
    message.set_content(text)
    return message.as_bytes()


def licensing(to: str, when: datetime) -> bytes:
    """The same client about the protection system, which is answered without contracts."""
    text = """\
Добрый день. Поменяли сервер, и программа не видит ключ защиты: «Не обнаружена лицензия на
использование 1С:CRM». Ключ аппаратный, HASP, лампочка горит. Как активировать на новом месте?
Рег. номер 807001483, CRM ПРОФ 3.1.24.2, ООО «Кедр и сыновья».

Тихон Белоногов
"""
    message = letter(to, when, "Тихон Белоногов <tihon@kedr-synovya.test>", "Не видит ключ защиты после переезда")
    message["User-Agent"] = "Mozilla Thunderbird"
    message.set_content(text)
    return message.as_bytes()


def out_of_scope(to: str, when: datetime) -> bytes:
    """Work that the line does not do: a person decides, with the refusal prepared."""
    text = """\
Здравствуйте!
Нужно, чтобы ваш специалист подключился и установил нам сервер 1С:Предприятия на новый
компьютер, там Windows Server и SQL. Когда сможете?

АО «Маяк-Строй», 1С:CRM КОРП, 3.1.27.8, рег. номер 805566120
Савелий Дроздецкий
"""
    message = letter(to, when, "Савелий Дроздецкий <drozd@mayak-stroy.test>", "Установка сервера")
    message["X-Mailer"] = "The Bat! (v10.5)"
    message.set_content(text, charset="windows-1251", cte="8bit")
    return message.as_bytes()


def update_access(to: str, when: datetime) -> bytes:
    """A request for access to updates, which goes at the urgent level."""
    text = """\
Просим открыть доступ к обновлениям на сайте.

Полное наименование: Акционерное общество «Маяк-Строй»
ИНН: 1659002717
Номер основной поставки: 805566120
Конфигурация: 1С:CRM КОРП, версия 3.1.27.8
Ранее доступ был у пользователя mayak_it

Инга Вольф, бухгалтерия
"""
    message = letter(to, when, "Инга Вольф <wolf@mayak-stroy.test>", "Доступ к обновлениям")
    message.set_content(text)
    return message.as_bytes()


def out_of_office(to: str, when: datetime, answered: bytes) -> bytes:
    """A machine's answer to the letter `answered` (raw): kept, never answered (RFC 3834)."""
    request = message_from_bytes(answered, policy=SMTP)
    message = letter(to, when, "Инга Вольф <wolf@mayak-stroy.test>", "Автоответ: меня нет на месте")
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content("Я в отпуске до конца месяца. По срочным вопросам пишите на office@mayak-stroy.test.\n")
    return replying(message, str(request["Message-ID"]).strip())


def complaint(to: str, when: datetime) -> bytes:
    """A letter to the quality desk."""
    text = """\
Здравствуйте.
Вторую неделю жду ответа, как восстановить удалённые интересы. Дважды писала, дважды
обещали разобраться, и тишина. Прошу передать тому, кто за это отвечает.

Валерия Соловьёва
"""
    message = letter(to, when, "Валерия Соловьёва <valeria@cvety-solovyovoy.test>", "Жалоба: нет ответа")
    message.set_content(text)
    return message.as_bytes()


def forged(to: str, when: datetime) -> bytes:
    """Somebody who knows a ticket's number and an agent's name, address and commands, and nothing that proves it."""
    text = "#resolve\n\nYour contract is cancelled. Please send the access data of your server to us.\n\nАнна Котова\n"
    message = letter(to, when, "Анна Котова <kotova@example.test>", "Re: [CRM-000002] Sales funnel counts a deal twice")
    message.set_content(text)
    return message.as_bytes()


def _screenshot(width: int = 320, height: int = 180) -> bytes:
    """A picture of a window with an error in it, as PNG (8-bit RGB)."""

    def colour(x: int, y: int) -> bytes:
        if y < 24:
            return b"\xff\xd8\x4d"  # the title bar
        if (x - 50) ** 2 + (y - 90) ** 2 < 400:
            return b"\xc0\x39\x2b"  # the round sign
        line = 100 < x < 290 - (y % 37) * 2 and 60 < y < 130 and y % 16 < 3
        return b"\x33\x33\x33" if line else b"\xf7\xf7\xf4"

    rows = b"".join(b"\0" + b"".join(colour(x, y) for x in range(width)) for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
