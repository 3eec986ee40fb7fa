"""The kinds of fields that say what a letter brings: pictures, descriptions, steps, addresses of pages; and the
versions and editions of a portal. All by the fields of `portal_fields.toml`.
"""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from maild.mail.fields import Candidate, recognise
from maild.mail.message import Attachment
from maild.mail.parse import parse
from tests.mail.field_letters import HERE, letter, rules_of

RULES = rules_of(HERE / "portal_fields.toml")
PIXELS = b"\x89PNG\r\n\x1a\n" + bytes(120)


def found(
    text: str, field: str, *more: tuple[str, str], subject: str = "", files: tuple[Attachment, ...] = ()
) -> list[Candidate]:
    """What a letter gives for a field; `more` are (place, text) of its other parts."""
    message = letter(("own", text), *more, subject=subject, attachments=files)
    return list(recognise(message, RULES).of(field))


def values(text: str, field: str, *more: tuple[str, str], subject: str = "") -> list[str]:
    return [item.value for item in found(text, field, *more, subject=subject) if "old" not in item.roles]


# Pictures


def file(
    name: str | None, kind: str = "image/png", *, size: int = 150, inline: bool = False, cid: str | None = None
) -> Attachment:
    return Attachment(name, kind, size, "0" * 64, inline, cid)


@pytest.mark.parametrize(
    ("attachment", "value"),
    [
        (file("Снимок экрана.png"), "Снимок экрана.png"),
        (file("IMG_0001.HEIC", "application/octet-stream"), "IMG_0001.HEIC"),
        (file("запись.mp4", "video/mp4"), "запись.mp4"),
        (file("screen.webm", "application/octet-stream"), "screen.webm"),
        (file(None, "image/jpeg"), "image.jpeg"),
        (file("photo.jpg", "image/jpeg", inline=True), "photo.jpg"),
        (file("logo.png"), "logo.png"),  # attached by hand: they may well ask about their logo
        (file("dump.zip", "application/zip"), None),
        (file("выгрузка.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), None),
        (file("scan.pdf", "application/pdf"), None),
        (file("log.bin", "application/octet-stream"), None),
        (file("winmail.dat", "application/ms-tnef"), None),
    ],
)
def test_attached_pictures_and_videos_count(attachment: Attachment, value: str | None) -> None:
    items = found("Не открывается сделка.", "screenshot", files=(attachment,))
    assert [item.value for item in items] == ([value] if value else [])
    assert all((item.place, item.start, item.end) == ("attachment", -1, -1) for item in items)


SIGNED = ("signature", "\n--\nИван Петров\n[cid:logo@firma]\n")
QUOTED = ("quoted", "\n> [cid:old@firma]\n> [image: старый.png]\n")


@pytest.mark.parametrize(
    ("text", "attachment", "counts"),
    [
        ("Вот: [cid:shot@firma]", file("image001.png", inline=True, cid="shot@firma"), True),
        ("Пусто.", file("image002.png", inline=True, cid="logo@firma"), False),
        ("Пусто, скриншот ниже.", file("image002.png", inline=True, cid="logo@firma"), False),
        ("Пусто.", file("image003.png", size=90_000, inline=True, cid="old@firma"), False),
        ("Вот [image: снимок.png]", file("снимок.png", inline=True, cid="ii_1"), True),
        ("Пусто.", file("старый.png", inline=True, cid="ii_2"), False),
        ("Пусто.", file("image004.png", inline=True, cid="x"), False),
        ("Пусто, скриншот ниже.", file("image004.png", inline=True, cid="x"), True),
        ("The list is empty, see the screenshot below.", file("image004.png", inline=True, cid="x"), True),
        ("Пусто.", file("image004.png", size=90_000, inline=True, cid="x"), True),
        ("Скриншот ниже.", file("facebook-icon.png", inline=True, cid="x"), False),
    ],
)
def test_a_logo_of_the_signature_and_quoted_pictures_do_not(text: str, attachment: Attachment, counts: bool) -> None:
    assert bool(found(text, "screenshot", SIGNED, QUOTED, files=(attachment,))) is counts


def test_a_picture_pasted_into_html_and_one_attached_are_read_from_a_real_letter() -> None:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "a@client.test", "help@desk.test", "Пустой список"
    message.set_content("Список пуст.")
    message.add_alternative('<p>Список пуст.</p><img src="cid:shot">', subtype="html")
    message.get_payload()[1].add_related(PIXELS, "image", "png", cid="<shot>", filename="image.png")
    message.add_attachment(PIXELS, "image", "jpeg", filename="экран.jpg")
    items = recognise(parse(message.as_bytes()), RULES).of("screenshot")
    assert {item.value for item in items} == {"image.png", "экран.jpg"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("вот https://prnt.sc/Ab12.", "https://prnt.sc/Ab12"),
        ("вот joxi.ru/abc123", "joxi.ru/abc123"),
        ("запись (https://www.loom.com/share/77aa)", "https://www.loom.com/share/77aa"),
        ("скачал программу с https://joxi.ru/", None),
        ("файл https://files.test/a.png", None),
    ],
)
def test_links_to_services_for_screenshots_count(text: str, value: str | None) -> None:
    items = found(f"Не открывается сделка, {text}", "screenshot")
    assert [item.value for item in items] == ([value] if value else [])
    assert all(item.text == item.value and item.place == "own" for item in items)


def test_a_quoted_link_to_a_screenshot_is_not_the_clients() -> None:
    assert not found("Спасибо.", "screenshot", ("quoted", "> вот https://prnt.sc/Ab12\n"))


# Descriptions


@pytest.mark.parametrize(
    "text",
    [
        "помогите, ничего не работает, срочно",
        "Не працює, допоможіть!",
        "It does not work, please help asap",
        "Добрый день!\n\nСпасибо.",
        "[cid:image001.png@01DC]",
        "[image: снимок экрана 12.png]",
        "Портал: https://a.bitrix24.test, облако, 26.100.0",
        "8 (044) 555-12-12, 12.11.2026, acme.bitrix24.test",
        "Нe рaботает, пoмогите пожaлуйста!",  # Latin letters among them
        "У нас всё сломалось, помогите!",
        "Что делать?",
        "",
        "!!!",
    ],
)
def test_pleas_and_complaints_say_nothing(text: str) -> None:
    assert not found(text, "description", ("signature", "\nС уважением, отдел продаж и закупок завода\n"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Не приходять сповіщення про нові завдання", "Не приходять сповіщення про нові завдання"),
        ("Добрый день! Как удалить сделку?", "Как удалить сделку?"),
        ("How do I export leads?", "How do I export leads?"),
        ("Здравствуйте, не могу войти в портал с телефона.", "не могу войти в портал с телефона."),
        (
            "Не работает! Помогите! При записи сделки пишет «Доступ запрещён».",
            "При записи сделки пишет «Доступ запрещён».",
        ),
        ("не открывaется спиcок cделок на портале", "не открывaется спиcок cделок на портале"),
    ],
)
def test_the_first_sentence_that_says_something_is_the_description(text: str, value: str) -> None:
    assert values(text, "description") == [value]


def test_the_subject_counts_too() -> None:
    (item,) = found("Допоможіть!", "description", subject="Не приходять сповіщення про завдання")
    assert (item.place, item.value) == ("subject", "Не приходять сповіщення про завдання")
    assert values("Пустой список.", "description", subject="Сделки компании") == ["Пустой список."]


def test_a_forwarded_letter_speaks_where_the_writer_says_nothing() -> None:
    passed = ("forwarded", "От: Олег\n\nУ клиента не отправляется форма заказа.\n")
    (item,) = found("Помогите, пожалуйста.\n", "description", passed)
    assert (item.place, item.value) == ("forwarded", "У клиента не отправляется форма заказа.")
    assert found("Форма заказа на сайте сломалась вчера.\n", "description", passed)[0].place == "own"
    assert not found("Ок.\n", "description", ("quoted", "> У клиента не отправляется форма заказа.\n"))


def test_a_long_sentence_is_cut_between_words() -> None:
    (item,) = found("Не сохраняется сделка " + "с очень длинным названием " * 20, "description")
    assert 90 <= len(item.value) <= 120
    assert item.value.endswith(("с", "очень", "длинным", "названием"))
    assert item.text == item.value


# Steps


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1. Открываю сделку.\n2. Жму «Сохранить».\n", "Открываю сделку."),
        ("1) открываю сделку 2) жму «Сохранить» 3) пусто", "открываю сделку"),
        ("Шаг 1: открываю сделку\nШаг 2: жму «Сохранить»\n", "открываю сделку"),
        ("Крок 1. Відкриваю угоду. Крок 2. Тисну «Зберегти».", "Відкриваю угоду."),
        ("Step 1 - open a deal\nStep 2 - press Save", "open a deal"),
        ("Шаги:\n- открываю сделку\n- жму «Сохранить»", "открываю сделку"),
        ("Кроки відтворення: відкрити угоду, натиснути «Зберегти»", "відкрити угоду, натиснути «Зберегти»"),
        ("Steps to reproduce:\n\n* open a deal\n* press Save", "open a deal"),
        (
            "1. Портал: https://a.bitrix24.test\n2. Как воспроизвести: открыть сделку, сохранить",
            "открыть сделку, сохранить",
        ),
        ("1. Портал: https://a.bitrix24.test\n2. Версия: 26.100.0\n3. Вопрос: пустой список", None),
        ("Вопросы:\n1. Как создать воронку?\n2. Как её удалить?", None),
        ("Просим:\n1. добавить поле в сделку\n2. добавить поле в лид", None),
        ("Добавьте людей:\n1. Анна Коваль\n2. Пётр Сидоренко", None),
        ("1. Открываю сделку и вижу пустой экран", None),
        ("Шаги: не знаю", None),
        ("Предприняли все шаги, ничего не помогло", None),
        ("Оплатили 2. Потом ещё 3. Счёт так и не пришёл", None),
    ],
)
def test_how_to_see_for_oneself(text: str, value: str | None) -> None:
    items = found(text, "steps")
    assert [item.value for item in items][:1] == ([value] if value else [])


def test_quoted_lists_are_not_the_clients_steps() -> None:
    assert not found("Спасибо", "steps", ("quoted", "> 1. Откройте сделку\n> 2. Нажмите «Сохранить»\n"))


# Addresses of pages


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("портал https://acme.bitrix24.test.", "https://acme.bitrix24.test"),
        ("на acme.bitrix24.test, в сделках", "acme.bitrix24.test"),
        ("(https://acme.bitrix24.test/crm/)", "https://acme.bitrix24.test/crm/"),
        ("<https://acme.bitrix24.test/crm/>", "https://acme.bitrix24.test/crm/"),
        ("«acme.bitrix24.test»", "acme.bitrix24.test"),
        ("https://acme.bitrix24.test/a_(b)/?x=1&y=2#z!", "https://acme.bitrix24.test/a_(b)/?x=1&y=2#z"),
        ("ACME.Bitrix24.test/crm", "ACME.Bitrix24.test/crm"),
        ("аcme.bitriх24.test", "аcme.bitriх24.test"),  # а and х are Cyrillic
        ("Адрес https://portal.sadyba.test", "https://portal.sadyba.test"),
        ("адрес страницы: portal.sadyba.test:8443/crm/", "portal.sadyba.test:8443/crm/"),
        ("Портал у нас: portal.sadyba.test", "portal.sadyba.test"),
        ("https://portal.sadyba.test - наш портал", "https://portal.sadyba.test"),
        ("https://portal.sadyba.test - це портал", "https://portal.sadyba.test"),
        ("See https://portal.sadyba.test (our portal)", "https://portal.sadyba.test"),
        ("Портал:\nhttps://portal.sadyba.test", "https://portal.sadyba.test"),
        ("Портал: портал.фирма.рф", "портал.фирма.рф"),
        ("наш сайт https://firma.test, www.firma.test", None),
        ("Портал не открывается, сайт www.firma.test работает", None),
        ("пишите на office@acme.bitrix24.test", None),
        ("портал: см. отчет.xlsx", None),
        ("смотрели https://helpdesk.bitrix24.test/open/12/", None),
        ("Портал встал.Потом поднялся", None),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Facme.bitrix24.test%2Fcrm%2F&data=05",
            "https://acme.bitrix24.test/crm/",
        ),
        ("https://www.google.com/url?q=https://acme.bitrix24.test/crm/&sa=D", "https://acme.bitrix24.test/crm/"),
        ("https://urldefense.com/v3/__https://acme.bitrix24.test/crm/__;!!x", "https://acme.bitrix24.test/crm/"),
        ("https://[::1/acme.bitrix24.test", None),
    ],
)
def test_the_address_of_a_portal(text: str, value: str | None) -> None:
    assert values(f"Не открывается сделка. {text}", "page")[:1] == ([value] if value else [])


def test_a_page_comes_before_the_start_page_of_its_portal_and_own_text_before_the_signature() -> None:
    text = "Портал https://acme.bitrix24.test, страница https://acme.bitrix24.test/crm/deal/5/\n"
    signed = ("signature", "--\nПортал: https://other.bitrix24.test\nwww.firma.test\n")
    assert values(text, "page", signed) == [
        "https://acme.bitrix24.test/crm/deal/5/",
        "https://acme.bitrix24.test",
        "https://other.bitrix24.test",
    ]
    assert values("Не открывается.\n", "page", signed) == ["https://other.bitrix24.test"]


def test_an_address_is_never_longer_than_three_hundred_characters() -> None:
    (query,) = values("https://acme.bitrix24.test/crm/?" + "a=1&" * 200, "page")
    assert query == "https://acme.bitrix24.test/crm/"
    (path,) = found("https://acme.bitrix24.test/" + "crm/" * 200, "page")
    assert len(path.value) == 300
    assert path.text == path.value


# Versions of three numbers, editions


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("версия 26.100.0", ["26.100.0"]),
        ("Bitrix24 v26.150.300.", ["26.150.300"]),
        ("версія: хмара, 26.150.300", ["26.150.300"]),
        ("26.11.2026 и 26.11.26", []),
        ("сервер 26.100.0.12", []),
        ("26.100.300 грн", []),
        ("тел. +26.100.3000, 044-26.100.0", []),
        ("26.100.0-11-22", []),
        ("1C 8.3.27", []),
        ("26.100.0@acme.test", []),
    ],
)
def test_a_version_of_three_numbers_is_no_day_price_telephone_or_address(text: str, value: list[str]) -> None:
    assert values(text, "version") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("у нас в облаке", ["Облако"]),
        ("Працюємо у хмарі", ["Облако"]),
        ("We use the cloud edition", ["Облако"]),
        ("коробочная версия", ["Коробка"]),
        ("не облако, а коробка", ["Коробка"]),
        ("не в облаке, а в коробке", ["Коробка"]),
        ("not in the cloud, self-hosted", ["Коробка"]),
        ("ТОВ «Хмара Плюс»", []),
        ('ООО "Коробка и Ко", облако', ["Облако"]),
        ("хмара-плюс@acme.test", []),
    ],
)
def test_editions_in_three_languages(text: str, value: list[str]) -> None:
    assert values(text, "edition") == value


HOSTILE = (
    "1) a ;1) a 2) b портал: ;портал a.bitrix24.b/c ;https://;a.b;[cid:;Шаги:\n;26.100.;портал ;не ;1. А: ;/?url=http"
)


@pytest.mark.parametrize("piece", HOSTILE.split(";"))
def test_a_hostile_text_of_a_hundred_kilobytes_ends(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert recognise(letter(("own", text[:50_000]), ("signature", text[50_000:]), subject=text[:3000]), RULES)
