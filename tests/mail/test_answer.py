"""What of an agent's letter goes to the client: their words in every mail program, and nothing of ours."""

from dataclasses import replace

import pytest
from maild.mail.answer import Written
from maild.mail.commands import read_orders
from tests.mail.agent_letters import AT, CLIENT, KINDS, OWN, SIGNATURE, plain, read, staff
from tests.mail.agent_programs import PROGRAMS, Reply, letter, original, signs

PLAIN = ("thunderbird", "roundcube", "mutt", "the bat")
FORMS = ((" ru", ""), (" ru", "plain"), (" ru", "html"), (" en", ""))


def _form(program: str, kind: str) -> tuple[str, str]:
    """Which of our letters is answered, and with which parts. Every two of program, kind and form meet, three seldom:
    what a program does to a letter, and what a letter is like, fail with the form, never with all three at once."""
    language, only = FORMS[(list(PROGRAMS).index(program) + KINDS.index(kind)) % len(FORMS)]
    return kind + language, only


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_words_of_the_agent_alone_whichever_letter_is_answered(program: str, kind: str) -> None:
    name, only = _form(program, kind)
    at = original(staff(name))
    assert read(bytes(letter(program, at, Reply(OWN, SIGNATURE), only=only)), name) == Written("\n".join(OWN))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("program", PLAIN)
def test_words_below_the_quotation_whichever_letter_is_answered(program: str, kind: str) -> None:
    for name in (f"{kind} ru", f"{kind} en"):
        raw = bytes(letter(program, original(staff(name)), Reply(OWN, SIGNATURE, bottom=True), only="plain"))
        assert read(raw, name) == Written("\n".join(OWN))


@pytest.mark.parametrize("only", ["", "plain", "html"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_signature_goes_with_the_quotation(program: str, only: str) -> None:
    raw = bytes(letter(program, AT, Reply(OWN, SIGNATURE), only=only))
    found = read(raw)
    assert found == Written("\n".join(OWN))
    assert [command.name for command in read_orders(found.text).commands] == ["wait"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_letter_of_a_signature_and_history_says_nothing(program: str) -> None:
    assert read(bytes(letter(program, AT, Reply((), SIGNATURE)))).text == ""
    assert read(bytes(letter(program, AT, Reply(())))).text == ""


@pytest.mark.parametrize("program", PLAIN)
def test_an_answer_below_the_quotation(program: str) -> None:
    assert read(bytes(letter(program, AT, Reply(OWN, SIGNATURE, bottom=True)))) == Written("\n".join(OWN))


def test_thunderbird_below_the_quotation_in_html() -> None:
    raw = bytes(letter("thunderbird", AT, Reply(OWN, SIGNATURE, bottom=True), only="html"))
    assert read(raw).text.replace("\n\n", "\n") == "\n".join(OWN).replace("\n\n", "\n")


def test_lines_that_gmail_broke_are_whole_again() -> None:
    at, words = original(staff("warning ru")), ("#ждать", "", "Пришлите журнал обмена за понедельник. " * 5, "Спасибо.")
    message = letter("gmail web", at, Reply(words))
    plain_part = message.get_body(("plain",))
    assert plain_part is not None
    broken = plain_part.get_content().replace("журнал обмена", "журнал\nобмена")
    plain_part.set_content(broken)
    assert read(bytes(message)).text == "\n".join(words).replace(" \n", "\n")
    plain_part.set_content(broken.replace("Спасибо.", "Спасибо и привет."))
    assert read(bytes(message)).text.count("\n") > 6


# --- answers between the lines ---------------------------------------------------------------------------------------

BETWEEN = (
    "Здравствуйте.\n\n"
    "> Коллеги, есть ли новости?\n\nДа, исправили сегодня.\n\n"
    "> Второй день не приходят письма в карточки, работаем вручную.\n\nУстановите обновление 3.1.26.1."
)


def _answered_between(dress: str) -> bytes:
    """Our letter quoted with signs, answers under two lines of the client's."""
    body = signs(AT.text, dress)
    asked = [line for line in body.split("\n") if "новости" in line or "Второй день" in line]
    body = body.replace(asked[0], f"{asked[0]}\n\nДа, исправили сегодня.\n")
    body = body.replace(asked[1], f"{asked[1]}\n\nУстановите обновление 3.1.26.1.\n")
    return plain(f"Здравствуйте.\n\n23.11.2026 10:17, Линия пишет:\n{body}\n\n-- \n{SIGNATURE}")


@pytest.mark.parametrize("dress", ["> ", ">", "ЛК> "])
def test_answers_between_the_lines_keep_the_clients_lines_and_none_of_ours(dress: str) -> None:
    assert read(_answered_between(dress)) == Written(BETWEEN)


def test_answers_between_the_lines_in_html() -> None:
    quoted = "".join(f"<div>{line}</div>" for line in AT.shown.split("\n"))
    cut = "</blockquote><div>Ставьте 3.1.26.1.</div><blockquote type=cite>"
    quoted = quoted.replace("работаем вручную.</div>", f"работаем вручную.</div>{cut}", 1)
    message = letter("thunderbird", replace(AT, html=quoted), Reply(("Здравствуйте.",)), only="html")
    quotation = signs(CLIENT).replace("\n>\n", "\n")
    assert read(bytes(message)) == Written(f"Здравствуйте.\n\n{quotation}\n\nСтавьте 3.1.26.1.")


def test_the_question_above_the_first_answer_is_kept_too() -> None:
    raw = plain(
        "23.11.2026 10:17, Линия пишет:\n> Последнее письмо клиента\n>\n> Коллеги, есть ли новости?\nДа.\n"
        "> Второй день не приходят письма в карточки, работаем\n> вручную.\nИсправили.\n> #статус\n"
    )
    assert read(raw).text == (
        "> Коллеги, есть ли новости?\n\nДа.\n\n> Второй день не приходят письма в карточки, работаем\n> вручную."
        "\n\nИсправили."
    )


def test_answers_inside_a_quotation_without_signs_are_told_not_lost() -> None:
    shown = AT.shown.replace("работаем вручную.", "работаем вручную.\nУстановите обновление, поможет.")
    raw = bytes(letter("outlook ru", replace(AT, html=f"<p>{'</p><p>'.join(shown.split(chr(10)))}</p>"), Reply(OWN)))
    assert read(raw) == Written("\n".join(OWN), unsent=("Установите обновление, поможет.",))


# --- nothing of the answer is lost -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        "Добрый день.\nСпасибо!\nПопробуйте ещё раз\nИ напишите нам",
        "Проверили.\n\nСпасибо.\nОбновитесь.",
        "Порядок такой:\n----------\nСправка, О программе\nНажать «Обновить»",
        "Порядок такой:\n____\nСправка\nНажать «Обновить»",
        "Hello,\n\nBest way: restart the client.",
        "Hello,\n\nRegards the invoice: see the manual.",
        "Письмо видно в журнале.\nОтправлено через портал ИТС.",
        "Здравствуйте.\n\nВажно: если документ создан по ошибке, удалите его.",
        "Здравствуйте.\n\nВнимание! Поле предназначено только для ИНН.",
        "Откройте меню: Справочники.\nИли так:\n1. Администрирование\n2. Обмен\n- Журнал",
        "Решено",
        "+7 495 000-00-00 звоните в часы работы линии",
        "Спасибо",
        "Тема: обновление\nУстановите 3.1.26.1",
        "Пишите на почту control@example.test",
    ],
)
def test_no_word_of_an_answer_is_taken_for_a_signature(answer: str) -> None:
    for program in ("mutt", "outlook ru", "gmail web"):
        assert read(bytes(letter(program, AT, Reply(answer.split("\n"))))).text == answer


@pytest.mark.parametrize(
    "footer",
    [
        "Отправлено с iPhone",
        "Отправлено из мобильной Почты Mail.ru",
        "Отправлено из Почты Mail для Android",
        "Отправлено через Outlook для Android",
        "Отправлено с моего Galaxy",
        "Отправлено из мобильного приложения Яндекс Почты",
        "Отправлено с устройства Huawei",
        "Скачать Outlook для iOS",
        "Получите Outlook для iOS",
        "Get Outlook for Android",
        "Sent from my iPhone",
        "--\nОтправлено из Mail.ru для Android",
        "Best regards,\nAnna Kotova\nSenior consultant\nPhone: +7 495 000-00-00",
        "-- \nАнна Котова",
        "---\nАнна Котова\nконсультант",
        "Спасибо,\nАнна Котова",
        "Thanks,\nAnna",
        "С уважением, Анна Котова | ведущий консультант | +7 495 000-00-00",
        "С уважением,\nАнна\n\nЭто сообщение и вложения конфиденциальны. Если вы получили его по ошибке, удалите его.",
    ],
)
@pytest.mark.parametrize("program", ["mutt", "outlook ru", "k-9"])
def test_what_programs_and_habits_append_goes(program: str, footer: str) -> None:
    assert read(bytes(letter(program, AT, Reply((*OWN, "", *footer.split("\n")))))).text == "\n".join(OWN)


def test_forwarded_words_are_nobodys_answer() -> None:
    raw = plain(
        "Коллеги ответили так.\n\n-------- Пересылаемое сообщение --------\nОт: Б <b@example.test>\nТема: x\n\nСекрет."
    )
    assert read(raw).text == "Коллеги ответили так."
