"""Pictures and files of an agent's letter, letters of links, and the guard against lines of ours."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from itertools import product

import pytest
from maild.desk.facts import Said
from maild.mail.answer import Written, written
from maild.mail.mime import File
from maild.mail.parse import parse
from maild.mail.pictures import both_texts, with_pictures
from tests.desk.notify_desk import moment
from tests.desk.notify_samples import FACTS, text_of, ticket
from tests.desk.notify_samples import letter as our_letter
from tests.mail.agent_letters import AT, CLIENT, KINDS, OWN, SIGNATURE, plain, read, staff
from tests.mail.agent_programs import PROGRAMS, Reply, letter, original, signs, with_picture

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
RICH = tuple(name for name in PROGRAMS if name not in ("roundcube", "mutt", "the bat"))

# --- letters of links ------------------------------------------------------------------------------------------------

CODE = "maild:CRM-000042.a.7eksk4ws.5xe22zwjg2am2qaw"


def test_a_letter_of_a_link_is_its_command_without_the_code() -> None:
    raw = plain(f"#take\n\n{CODE}\n", subject="[CRM-000042] take", **{"in-reply-to": ""})
    assert read(raw) == Written("#take")
    signed = plain(f"#take\n\n{CODE}\n\n-- \n{SIGNATURE}", subject="[CRM-000042] take")
    assert read(signed) == Written("#take")


def test_words_written_into_such_a_letter_stay() -> None:
    assert read(plain(f"#wait\nКакая у вас версия?\n\n{CODE}\n")) == Written("#wait\nКакая у вас версия?")


# --- pictures and files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", RICH)
def test_a_screenshot_stays_in_place_and_a_logo_goes(program: str) -> None:
    message = letter(program, AT, Reply(OWN, SIGNATURE, picture="p1", logo="l1"))
    with_picture(message, "p1", "снимок.png", PNG)
    with_picture(message, "l1", "image001.png", PNG + b"logo")
    found = read(bytes(message))
    assert found.attachments == (File("снимок.png", "image/png", PNG),)
    assert found.text.replace("\n", "") == ("".join(OWN) + "[снимок.png]")
    assert (found.leaks, found.unsent) == ((), ())


@pytest.mark.parametrize("name", ["image.png", None])
def test_pictures_that_share_a_name_get_one_each(name: str | None) -> None:
    first, second = ("image.png", "image-2.png") if name else ("picture.png", "picture-2.png")
    html = '<p>Было:</p><p><img src="cid:a%40x"></p><p>Стало:</p><p><IMG SRC="CID:b@x"></p>'
    message = EmailMessage()
    message["In-Reply-To"] = AT.message_id
    message.set_content("Было:\n[image: image.png]\nСтало:\n[image: image.png]\n")
    message.add_alternative(html, subtype="html")
    with_picture(message, "a@x", name, PNG)
    with_picture(message, "b@x", name, PNG + b"2")
    found = read(bytes(message))
    assert found.text == f"Было:\n\n[{first}]\n\nСтало:\n\n[{second}]"
    assert [(file.name, file.data) for file in found.attachments] == [(first, PNG), (second, PNG + b"2")]


def test_placeholders_of_a_plain_twin_become_names() -> None:
    message = EmailMessage()
    message["In-Reply-To"] = AT.message_id
    message.set_content("Смотрите [cid:image001.png@01DC5C3A]\nи [cid:unknown], [image: чужое.png].\n")
    message.add_alternative('Смотрите <img src="cid:image001.png@01DC5C3A">', subtype="html")
    with_picture(message, "image001.png@01DC5C3A", "image001.png", PNG)
    raw = bytes(message)
    assert read(raw).text == "Смотрите [image001.png]\nи [cid:unknown], [image: чужое.png]."
    assert with_pictures(raw, parse(raw)).reply == read(raw).text
    assert "[cid:image001" in parse(raw).text


def test_a_picture_without_a_place_is_kept_and_one_of_the_quotation_not() -> None:
    message = letter("yandex web", replace(AT, html='<body>Старое <img src="cid:old"></body>'), Reply(OWN))
    with_picture(message, "old", "old.png", PNG)
    with_picture(message, "new", "new.png", PNG + b"2")
    assert [file.name for file in read(bytes(message)).attachments] == ["new.png"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_files_go_along_byte_for_byte(program: str) -> None:
    message = letter(program, AT, Reply(OWN, SIGNATURE))
    text = "строка\r\nбез конца".encode("cp1251")
    message.add_attachment(text, "text", "plain", filename="Журнал обмена за 23 ноября.txt")
    message.add_attachment(PNG, "image", "png", filename="снимок.png")
    message.add_attachment(b"seal", "application", "pkcs7-signature", filename="smime.p7s")
    found = read(bytes(message))
    assert found.text == "\n".join(OWN)
    assert found.attachments == (
        File("Журнал обмена за 23 ноября.txt", "text/plain", text),
        File("снимок.png", "image/png", PNG),
    )


@pytest.mark.parametrize("named", [True, False])
def test_our_own_letter_to_staff_is_no_file_for_a_client(named: bool) -> None:
    message = letter("mutt", AT, Reply(OWN))
    if named:
        message.add_attachment(staff("warning ru"), "application", "octet-stream", filename="Осталось 2 ч.eml")
    else:
        message.make_mixed()
        message.attach(EmailMessage())
        part = message.get_payload()[-1]  # type: ignore[index]
        part["Content-Type"] = "message/rfc822"  # type: ignore[index,call-overload]
        part.set_payload(staff("warning ru").decode("ascii"))  # type: ignore[union-attr]
    assert read(bytes(message)).leaks == ("[Осталось 2 ч.eml]" if named else "[letter.eml]",)
    theirs = letter("mutt", AT, Reply(OWN))
    theirs.add_attachment(b"Subject: x\r\n\r\nhi\r\n", "application", "octet-stream", filename="x.eml")
    assert read(bytes(theirs)).leaks == ()


# --- lines of ours among the words -----------------------------------------------------------------------------------


def test_a_quotation_without_a_sign_and_without_our_marker_is_stopped() -> None:
    for ours in (AT.text.partition("-" * 40)[2], AT.shown.partition("коллеги")[2]):
        found = read(plain("\n".join(OWN) + "\n\n" + ours))
        assert len(found.leaks) >= 3
        assert not set(found.leaks) & set(OWN[1:]) and "Коллеги, есть ли новости?" not in found.leaks


MANGLED: dict[str, Callable[[str, str], str]] = {
    "no marker": lambda text, marker: text.replace(marker, "").replace("-" * 40, ""),
    "marker joined with the next line": lambda text, marker: text.replace(f"{marker}\n", f"{marker} "),
    "marker with stars": lambda text, marker: text.replace(marker, f"*{marker}*"),
    "marker in look-alikes": lambda text, marker: text.replace(marker, marker.replace("е", "e")).replace("-" * 40, ""),
    "every line indented": lambda text, marker: "\n".join(f"\xa0\xa0\xa0\xa0{line}" for line in text.split("\n")),
    "all in one line": lambda text, marker: " ".join(text.replace(marker, "").split()),
}
"""What programs and gateways do to a quotation that has no signs."""


@pytest.mark.parametrize("way", MANGLED)
@pytest.mark.parametrize(
    "kind, language",
    [*product(KINDS, ("ru", "en")), *product(("request", "confirmation-failed", "escalation"), ("uk",))],
)
def test_whatever_is_done_to_our_letter_none_of_it_gets_out(kind: str, language: str, way: str) -> None:
    at = original(staff(f"{kind} {language}"))
    marker, own = at.text.split("\n", 1)[0], "\n".join(OWN)
    for ours in (at.text, at.shown):
        mangled = MANGLED[way](ours, marker)
        above = read(plain(f"{own}\n\n{mangled}"), f"{kind} {language}")
        below = read(plain(f"{mangled}\n\n{own}"), f"{kind} {language}")
        assert above.leaks or above.text == own
        assert below.leaks or below.text in (own, "")


def test_the_clients_own_words_that_come_back_without_signs_are_no_secret() -> None:
    long = "\n".join(f"Строка {number} журнала обмена: не найден контрагент {number}." for number in range(160))
    found = ticket(), replace(FACTS, client=Said(long, moment(23, 9, 10), "p.smirnov@romashka.test"))
    ours = our_letter("request", "ru", found[0], facts=found[1]).raw
    shown = text_of(ours)
    assert "Полностью во вложении" in shown or "они во вложении" in shown
    whole = plain("\n".join(OWN) + "\n\n" + shown.partition("-" * 40)[2])
    assert written(whole, parse(whole), both_texts(ours), [long]).leaks
    rest = "\n".join(line.removeprefix("> ") for line in shown.split("\n") if line.startswith("> Строка"))
    kept = plain("Разобрали ваш журнал:\n\n" + rest)
    assert written(kept, parse(kept), both_texts(ours), [long]).leaks == ()


@pytest.mark.parametrize(
    "ours",
    [
        "Да. Ответ выше этой строки увидят коллеги",
        f"Код {CODE[:-2]}",
        "mailto:crm@example.test?body=%23take%0D%0Amaild%3ACRM-000042.a.7eksk4ws",
        "Взять: ответственный вы",
        "  *История:* прислать карточку целиком",
        "#статус",
        "Проверили на своей базе, у нас письма приходят. Пришлите журнал обмена.",
        "Вот что пришло: Решить до 16:00, осталось 5 ч 43 мин рабочего времени",
        "ООО «Ромашка» · стандартный уровень · ответственный\nРешить до 16:00, осталось 5 ч 43 мин",
    ],
)
def test_a_line_that_is_surely_ours_is_a_leak(ours: str) -> None:
    found = read(plain("Здравствуйте.\n\n" + ours + "\n\nСпасибо."))
    assert [" ".join(line.split()) for line in found.leaks] == [" ".join(line.split()) for line in ours.split("\n")]


@pytest.mark.parametrize(
    "line",
    [
        "Здравствуйте.",
        "CRM-000042. Не печатается счёт из сделки",
        "Второй день не приходят письма в карточки, работаем вручную.",
        "Ответственный Анна Котова",
        "Пришлите журнал обмена.",
        "ООО «Ромашка»",
        "Взять: новую версию",
        "# 5 в списке",
    ],
)
def test_ordinary_lines_are_no_leak(line: str) -> None:
    assert read(plain(f"Добрый день.\n\n{line}\n\nСпасибо.")).leaks == ()


def test_a_colleagues_note_never_gets_out() -> None:
    note = "Клиент нервничает, предложите им удалённый доступ сегодня."
    raw = plain(f"Здравствуйте.\n\n{note}")
    assert written(raw, parse(raw), [f"Заметка, Иван Иванов\n\n> {note}\n"], [CLIENT]).leaks == (note,)
    assert written(raw, parse(raw), [], [CLIENT]).leaks == ()


def test_what_a_confirmation_gave_back_may_be_sent_again() -> None:
    answer = "Установите обновление 3.1.26.1 и проверьте обмен ещё раз.\nЖурнал найдёте в меню «Администрирование»."
    raw = plain(f"#ждать\n{answer}")
    returned = f"Не сделано: команда «#ждатт» не распознана.\n\n{signs(answer)}\n"
    assert written(raw, parse(raw), [returned], []).leaks
    assert written(raw, parse(raw), [returned], [], [f"#ждатт\n{answer}"]) == Written(f"#ждать\n{answer}")


@pytest.mark.parametrize(
    "raw", [b"", b"\0\xff", b"Content-Type: multipart/mixed\r\n\r\n", b"Subject: x\r\n\r\n> " * 500]
)
def test_no_letter_makes_it_fail(raw: bytes) -> None:
    assert isinstance(written(raw, parse(raw), ["x"], ["y"]).text, str)
