"""Reply extraction: what each mail program leaves around an answer, and what must never be eaten."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maild.mail.body import Context, own_text, reply_text, split_sections, without_ours
from maild.mail.html import html_lines
from maild.mail.markers import MARKERS, PAST, marker_at
from maild.mail.message import Place, Section

RE = Context("Re: [CRM-000042] Не печатается счёт", True, ("crm@example.test",))
FW = Context("FW: Не печатается счёт", False, ("crm@example.test",))
NEW = Context("Не печатается счёт", False, ("crm@example.test",))


def read(text: str, context: Context = RE) -> str:
    return reply_text(text, split_sections(text, context))


def places(text: str, context: Context = RE) -> dict[str, str]:
    sections = split_sections(text, context)
    return {section.place.value: text[section.start : section.end].strip() for section in sections}


ANSWER = "Спасибо, версия 3.1.25.4, номер 801234567."
OURS = "Здравствуйте.\nПришлите, пожалуйста, версию программы."
QUOTED = "> Здравствуйте.\n> Пришлите, пожалуйста, версию программы."

PROGRAMS = {
    "outlook ru": "От: Линия консультаций <crm@example.test>\nОтправлено: вторник, 24 ноября 2026 г. 10:15\n"
    "Кому: Иван Петров <i@romashka.test>\nТема: Re: [CRM-000042] Не печатается счёт\n\n" + OURS,
    "outlook ru with rule": "________________________________\nОт: Линия <crm@example.test>\n"
    "Отправлено: 24 ноября 2026 г. 10:15:12\nКому: i@romashka.test\nКопия: b@romashka.test\nТема: счёт\n\n" + OURS,
    "outlook en": "From: Support <crm@example.test>\nSent: Tuesday, November 24, 2026 10:15 AM\n"
    "To: Ivan Petrov\nSubject: RE: invoice\n\n" + OURS,
    "outlook uk": "Від: Лінія <crm@example.test>\nНадіслано: вівторок, 24 листопада 2026 р. 10:15\n"
    "Кому: Іван\nТема: рахунок\n\n" + OURS,
    "outlook bold labels": "*От:* Линия <crm@example.test>\n*Отправлено:* вторник, 24 ноября 2026 г. 10:15\n"
    "*Кому:* Иван\n*Тема:* счёт\n\n" + OURS,
    "original message": "-----Original Message-----\nFrom: Support [mailto:crm@example.test]\n"
    "Sent: Tuesday, November 24, 2026 10:15 AM\nTo: Ivan\nSubject: invoice\n\n" + OURS,
    "исходное сообщение": "-----Исходное сообщение-----\nFrom: Линия\nSent: Tuesday, November 24, 2026\n"
    "To: Иван\nSubject: счёт\n\n" + OURS,
    "samsung": "-------- Исходное сообщение --------\nОт: Линия <crm@example.test>\nДата: 24.11.2026 10:15 "
    "(GMT+03:00)\n"
    "Кому: i@romashka.test\nТема: счёт\n\n" + OURS,
    "gmail ru": "вт, 24 нояб. 2026 г. в 10:15, Линия консультаций <crm@example.test>:\n\n" + QUOTED,
    "gmail ru in two lines": "вт, 24 нояб. 2026 г. в 10:15, Линия консультаций программы <\ncrm@example.test>:\n\n"
    + QUOTED,
    "gmail en": "On Tue, Nov 24, 2026 at 10:15 AM Support <crm@example.test> wrote:\n\n" + QUOTED,
    "gmail en in two lines": "On Tue, Nov 24, 2026 at 10:15 AM Support Line of the Company\n<crm@example.test> "
    "wrote:\n\n" + QUOTED,
    "gmail uk": "вт, 24 лист. 2026 р. о 10:15 Лінія <crm@example.test> пише:\n\n" + QUOTED,
    "gmail without signs": "вт, 24 нояб. 2026 г. в 10:15, Линия <crm@example.test>:\n\n" + OURS,
    "yandex": '24.11.2026, 10:15, "Линия консультаций" <crm@example.test>:\n' + QUOTED,
    "yandex without signs": '24.11.2026, 10:15, "Линия консультаций" <crm@example.test>:\n\n' + OURS,
    "yandex with weekday": "вторник, 24 ноября 2026 г., 10:15 +03:00 от Линия <crm@example.test>:\n\n" + OURS,
    "mail.ru": "Вторник, 24 ноября 2026, 10:15 +03:00 от Линия консультаций <crm@example.test>:\n>"
    + OURS.replace("\n", "\n>"),
    "mail.ru without signs": "Вторник, 24 ноября 2026 г., 10:15 +03:00 от crm@example.test:\n\n" + OURS,
    "thunderbird ru": "24.11.2026 10:15, Линия консультаций пишет:\n" + QUOTED,
    "thunderbird en": "On 24.11.2026 10:15, Support wrote:\n" + QUOTED,
    "thunderbird uk": "24.11.2026 10:15, Лінія пише:\n" + QUOTED,
    "apple ru": "24 нояб. 2026 г., в 10:15, Линия <crm@example.test> написал(а):\n\n" + QUOTED,
    "iphone en": "On 24 Nov 2026, at 10:15, Support <crm@example.test> wrote:\n\n" + OURS,
    "the bat": "Вы писали 24 ноября 2026 г., 10:15:12:\n\nЛК> Здравствуйте.\nЛК> Пришлите, пожалуйста, версию "
    "программы.",
    "the bat en": "Tuesday, November 24, 2026, 10:15:12 AM, you wrote:\n\n> Hello.\n> Send the version.",
    "k-9": "24 ноября 2026 г. 10:15:12 GMT+03:00, Линия <crm@example.test> пишет:\n" + QUOTED,
    "bluemail": "На 24 нояб. 2026 г., 10:15, Линия <crm@example.test> написал:\n" + QUOTED,
    "evolution": "В Вт, 24/11/2026 в 10:15 +0300, Линия пишет:\n" + QUOTED,
    "kmail": "В письме от вторник, 24 ноября 2026 г. 10:15:12 MSK пользователь Линия написал:\n" + QUOTED,
    "roundcube": "Линия писал(а) 2026-11-24 10:15:\n" + QUOTED,
    "gmail of old": "24 ноября 2026 г. 10:15 пользователь Линия <crm@example.test> написал:\n\n" + QUOTED,
    "gmail of old, uk": "24 листопада 2026 р. 10:15 користувач Лінія <crm@example.test> написав:\n\n" + QUOTED,
    "gmail with iso date": "2026-11-24 10:15 GMT+03:00 Линия <crm@example.test>:\n" + OURS,
    "zoho": "---- On Tue, 24 Nov 2026 10:15:00 +0300 Support <crm@example.test> wrote ----\n\n" + OURS,
    "spark": "24 нояб. 2026 г., 10:15 +0300, Линия <crm@example.test>, писал(а):\n" + QUOTED,
    "xiaomi": "Линия <crm@example.test> 24 нояб. 2026 г. 10:15 написал(а):\n" + QUOTED,
    "outlook for mac": (
        "From: Support <crm@example.test>\nDate: Tuesday, 24 November 2026 at 10:15\nTo: Ivan\nSubject: x\n\n"
    )
    + OURS,
    "lotus": "От:\tЛиния/Org\nКому:\tИван\nДата:\t24.11.2026 10:15\nТема:\tRe\n\n" + OURS,
    "horde": "Quoting Support <crm@example.test>:\n\n" + QUOTED,
    "quoted outlook": ">From: crm@example.test\n>Sent: Tuesday\n>To: i@romashka.test\n>\n>Hello",
    "unknown program with signs": "Линия консультаций <crm@example.test>:\n" + QUOTED,
    "signs without attribution": QUOTED,
    "marker": MARKERS["client", "ru"] + "\n" + "-" * 40 + "\n" + OURS,
    "attribution, then marker": "24.11.2026, 10:15, Линия <crm@example.test>:\n> "
    + MARKERS["client", "ru"]
    + "\n"
    + QUOTED,
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_history_of_every_program_is_cut(program: str) -> None:
    assert read(f"{ANSWER}\n\n{PROGRAMS[program]}") == ANSWER


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_text_itself_keeps_everything(program: str) -> None:
    text = f"{ANSWER}\n\n{PROGRAMS[program]}"
    sections = split_sections(text, RE)
    assert "".join(text[s.start : s.end] for s in sections) == text
    assert {s.place for s in sections} == {Place.OWN, Place.QUOTED}


@pytest.mark.parametrize("program", PROGRAMS)
def test_only_history_means_the_full_text(program: str) -> None:
    assert read(PROGRAMS[program]) == PROGRAMS[program].strip()


@pytest.mark.parametrize(
    "signature",
    [
        "С уважением,\nИван Петров",
        "С уважением, Иван Петров\nООО «Ромашка»\nтел. +7 495 555-00-11",
        "-- \nИван Петров\nООО «Ромашка»",
        "--\nИван Петров\n+7 495 555-00-11",
        "--\nС уважением,\nИван Петров\nсистемный администратор,\nтел. 8 (846) 555-48-98, доб. 084\nwww.romashka.test",
        "—\nИван",
        "__\nИван Петров",
        "Отправлено с iPhone",
        "Отправлено из мобильной Почты",
        "Отправлено из Почты Mail для Android",
        "Надіслано з iPhone",
        "Sent from my Galaxy",
        "Get Outlook for Android",
        "--\nИван Петров\nОтправлено из Яндекс.Почты для мобильных",
        "З повагою,\nІван Петренко\nтел. +380 67 555 61 99",
        "Best regards,\nIvan Petrov\nPhone: +7 846 555 7792 | Mobile +7 933 555-66-36",
        "Kind regards\nIvan",
        "Thanks,\nEmma\nOffice: +1 202 555 0143",
        "С уважением,\nИван\n\nЭто сообщение и любые вложения содержат конфиденциальную информацию. Если вы "
        "получили его по "
        "ошибке, сообщите отправителю и удалите его.",
        "С уважением,\nИван\n\nThis e-mail is confidential and intended only for the addressee. If you received "
        "it in error, "
        "please delete it.",
        "С наилучшими пожеланиями,\nотдел закупок\nООО «Ромашка»\nИНН 7707083893 КПП 770701001",
        "С уважением,\nМаксим Колосков, специалист 1С\nАО «Долина»\nИНН 8063316080 КПП 479401001 ОГРН 1137168730486\n"
        "р/с 40702810088462793920 в АО «Банк Пример»\nк/с 30101810805372344154, БИК 040477740",
    ],
)
def test_signatures_are_recognised(signature: str) -> None:
    text = f"{ANSWER}\n\n{signature}"
    assert read(text, NEW) == ANSWER
    assert places(text, NEW)["signature"].replace("\n", "") == signature.strip().replace("\n", "")


def test_signature_above_the_history() -> None:
    text = f"{ANSWER}\n\nС уважением,\nИван\n\n{PROGRAMS['outlook ru']}"
    assert read(text) == ANSWER
    assert [s.place for s in split_sections(text, RE)] == [Place.OWN, Place.SIGNATURE, Place.QUOTED]


@pytest.mark.parametrize(
    "text",
    [
        "С уважением прошу рассмотреть наше обращение: не печатается счёт, что делать?",
        "Добрый день\n--\nНе печатается счёт. Подскажите, пожалуйста, где включается печатная форма для этого "
        "документа?",
        "Не печатается счёт.\n\nС уважением,\nИван\n\nP.S. И ещё вопрос: как добавить поле в карточку?",
        "Спасибо!",
        "С уважением,\nИван",
        "Не печатается счёт\n\nСпасибо",
        "Путь такой:\n> Справочники > Контрагенты\nтам пусто",
        "Клиент мне вчера писал: не печатается",
        "24.11.2026 в 10:15 ваш сотрудник обещал:\nперезвоним сегодня.\nНикто не перезвонил.",
        "От: отдел продаж\nпросим помочь с настройкой.",
        "Тема: ошибка\nВерсия: 3.1.25.4\nНомер: 801234567\nне работает",
        "Отправлено с ошибкой три письма, где их искать?",
        "Внимание! Важно: данные по ошибке удалены, как вернуть?",
        "On this screen nothing happens:\nwhat to do?",
        "Что значит «Ответ пишите выше этой строки» в ваших письмах?",
        "Не работает\n\n----------\n\nПосле обновления пишет «Ошибка доступа» и закрывается. Что нам теперь "
        "делать с базой?",
    ],
)
def test_the_question_is_never_eaten(text: str) -> None:
    assert read(text, NEW) == text.strip()


def test_a_postscript_is_the_writers_but_the_name_above_it_stays_too() -> None:
    text = "Не печатается.\n\nС уважением,\nИван\n\nP.S. А когда обновление?"
    assert "P.S. А когда обновление?" in read(text, NEW)


def test_data_below_the_valediction_is_signature_and_still_there() -> None:
    text = "Не печатается счёт.\n\nС уважением,\nИван\nрег. № 801234567\n1С:CRM ПРОФ 3.1.25.4"
    assert places(text, NEW)["signature"].endswith("1С:CRM ПРОФ 3.1.25.4")


def test_answers_between_the_lines_are_kept() -> None:
    text = (
        "Отвечаю ниже.\n\n24.11.2026 10:15, Линия пишет:\n> Пришлите номер.\n801234567\n> И версию.\n3.1.25.4\n> "
        "Спасибо.\n"
        "\nС уважением,\nИван"
    )
    reply = read(text)
    assert [line for line in reply.split("\n") if line] == ["Отвечаю ниже.", "801234567", "3.1.25.4"]


def test_answers_below_the_quotation_are_kept() -> None:
    assert read(f"24.11.2026 10:15, Линия пишет:\n{QUOTED}\n\n{ANSWER}") == ANSWER


@pytest.mark.parametrize("audience, language", MARKERS)
@pytest.mark.parametrize(
    "dressed",
    ["{}", "> {}", "*{}*", "_{}_", ">> {}", "  {}  ", "{}\n----------------------------------------", "| {}"],
)
def test_our_marker_is_known_however_dressed(audience: str, language: str, dressed: str) -> None:
    marker = MARKERS[audience, language]
    for written in (marker, marker.upper(), marker.replace(" ", "\xa0"), marker.replace("ё", "е")):
        assert read(f"{ANSWER}\n\n{dressed.format(written)}\nНаши слова.".replace("\n|", "\n>")) in (
            ANSWER,
            f"{ANSWER}\n\nНаши слова.",
        )
        assert marker_at([dressed.format(written).split("\n")[0]], 0) == 1


@pytest.mark.parametrize("text", [*MARKERS.values(), *PAST])
def test_a_wrapped_marker_is_known(text: str) -> None:
    first, _, rest = text.partition(" ")
    head, _, tail = rest.partition(" ")
    assert marker_at([f"> {first} {head}", f"> {tail}", "> Здравствуйте."], 0) == 2
    assert read(f"{ANSWER}\n\n{first} {head}\n{tail}\nЗдравствуйте. Планируем решить до среды.") == ANSWER


def test_lines_that_we_never_sent_are_given_back() -> None:
    sent = MARKERS["client", "ru"] + "\n\nПришлите, пожалуйста:\n\n1. Регистрационный номер\n2. Версия программы\n"
    text = (
        f"{MARKERS['client', 'ru']}\n\nПришлите, пожалуйста:\n\n1. Регистрационный номер\n801234567\n2. "
        f"Версия программы\n3.1.25.4"
    )
    sections = split_sections(text, RE)
    assert own_text(text, sections) == ""
    found = without_ours(text, sections, [sent])
    assert [line for line in own_text(text, found).split("\n") if line] == ["801234567", "3.1.25.4"]


FORWARDS = {
    "yandex": '-------- Пересылаемое сообщение --------\n24.11.2026, 10:15, "Пётр" <p@romashka.test>:\n\nНе '
    "печатается счёт.\n"
    "-------- Завершение пересылаемого сообщения --------",
    "mail.ru": "-------- Пересылаемое сообщение --------\nОт кого: Пётр <p@romashka.test>\nКому: i@romashka.test\n"
    "Дата: Понедельник, 23 ноября 2026, 16:02 +03:00\nТема: печать\n\nНе печатается счёт.",
    "gmail": "---------- Forwarded message ---------\nОт: Пётр <p@romashka.test>\nDate: пн, 23 нояб. 2026 г. в 16:02\n"
    "Subject: печать\nTo: <i@romashka.test>\n\nНе печатается счёт.",
    "thunderbird": "-------- Перенаправленное сообщение --------\nТема: \tпечать\nДата: \tMon, 23 Nov 2026 "
    "16:02:00 +0300\n"
    "От: \tПётр <p@romashka.test>\nКому: \ti@romashka.test\n\nНе печатается счёт.",
    "apple": "Начало переадресованного сообщения:\n\nОт: Пётр <p@romashka.test>\nТема: печать\nДата: 23 ноября "
    "2026 г.\n"
    "Кому: i@romashka.test\n\nНе печатается счёт.",
    "outlook": "From: Пётр <p@romashka.test>\nSent: Monday, November 23, 2026 4:02 PM\nTo: Иван\nSubject: "
    "печать\n\nНе печатается счёт.",
    "uk": "-------- Переслане повідомлення --------\nВід: Петро <p@romashka.test>\nДата: 23.11.2026 16:02\nКому: "
    "i@romashka.test\n"
    "Тема: друк\n\nНе печатается счёт.",
}


@pytest.mark.parametrize("program", FORWARDS)
def test_a_forwarded_letter_is_no_quotation(program: str) -> None:
    text = f"Коллеги, помогите клиенту.\n\n{FORWARDS[program]}"
    found = places(text, FW)
    assert found["own"] == "Коллеги, помогите клиенту."
    assert "Не печатается счёт." in found["forwarded"]
    assert "quoted" not in found
    assert "Не печатается счёт." in read(text, FW)


@pytest.mark.parametrize("program", FORWARDS)
def test_a_letter_forwarded_without_a_word_is_forwarded_throughout(program: str) -> None:
    assert {s.place for s in split_sections(FORWARDS[program], FW)} == {Place.FORWARDED}


def test_the_history_inside_a_forwarded_letter_is_quoted() -> None:
    text = f"Прошу помочь.\n\n{FORWARDS['outlook']}\n\n{PROGRAMS['outlook ru']}"
    found = places(text, FW)
    assert "Не печатается счёт." in found["forwarded"]
    assert "Пришлите, пожалуйста, версию" in found["quoted"]


def test_outlook_header_lines_are_history_when_we_wrote_the_letter_below() -> None:
    text = f"{ANSWER}\n\n{PROGRAMS['outlook ru']}"
    assert read(text, Context("счёт", False, ("crm@example.test",))) == ANSWER


def test_a_first_letter_that_is_all_quotation_is_the_writers() -> None:
    assert places("> Не печатается счёт.\n> Версия 3.1.25.4.", NEW) == {
        "own": "> Не печатается счёт.\n> Версия 3.1.25.4."
    }


def test_own_words_after_the_end_of_a_forwarded_letter() -> None:
    text = f"{FORWARDS['yandex']}\n\nПомогите, пожалуйста.\n\n-- \nИван"
    assert places(text, FW)["own"] == "Помогите, пожалуйста."


HTML_REPLIES = {
    "gmail": '<div dir="ltr">Ответ</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">вт, 24 '
    "нояб. 2026 г. в 10:15, "
    'Линия &lt;<a href="mailto:crm@example.test">crm@example.test</a>&gt;:<br></div><blockquote '
    'class="gmail_quote">Старое</blockquote></div>',
    "outlook": "<div class=WordSection1><p class=MsoNormal>Ответ<o:p></o:p></p><div "
    "style='border:none;border-top:solid #E1E1E1 1.0pt'>"
    "<p class=MsoNormal><b>From:</b> Линия &lt;crm@example.test&gt;<br><b>Sent:</b> Tuesday<br></p></div><p "
    "class=MsoNormal>Старое</p></div>",
    "outlook old": "<p class=MsoNormal>Ответ</p><div style='border-top:solid #B5C4DF 1.0pt;padding:3.0pt'><p "
    "class=MsoNormal>Линия</p></div>"
    "<p class=MsoNormal>Старое</p>",
    "outlook web": '<div>Ответ</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>От:</b> '
    "Линия</div><div>Старое</div>",
    "outlook web in outlook": '<div>Ответ</div><div id="x_divRplyFwdMsg"><b>От:</b> Линия</div><div>Старое</div>',
    "thunderbird": '<p>Ответ</p><div class="moz-cite-prefix">24.11.2026 10:15, Линия пишет:<br></div><blockquote '
    'type="cite">Старое</blockquote>',
    "apple": '<div>Ответ</div><div><br><blockquote type="cite"><div>24 нояб. 2026 г., в 10:15, Линия '
    "написал(а):</div><div>Старое</div></blockquote></div>",
    "yandex": '<div>Ответ</div><div>24.11.2026, 10:15, "Линия" '
    "&lt;crm@example.test&gt;:</div><blockquote><p>Старое</p></blockquote>",
    "mail.ru": '<div>Ответ</div><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 '
    '10px;">Вторник, 24 ноября 2026, '
    "10:15 +03:00 от Линия &lt;crm@example.test&gt;:<br><div>Старое</div></blockquote>",
    "yahoo": '<div>Ответ</div><div class="yahoo_quoted"><div>On Tuesday, Линия wrote:</div><div>Старое</div></div>',
    "proton": '<div>Ответ</div><div class="protonmail_quote">On Tuesday, Линия '
    "wrote:<br><blockquote>Старое</blockquote></div>",
}


@pytest.mark.parametrize("program", HTML_REPLIES)
def test_html_shows_what_is_quoted(program: str) -> None:
    lines = html_lines(HTML_REPLIES[program])
    text, hints = "\n".join(line for line, _ in lines), [hint for _, hint in lines]
    sections = split_sections(text, RE, hints)
    assert "Старое" in text
    assert reply_text(text, sections) == "Ответ"


def test_html_answers_between_quotations_are_kept() -> None:
    html = (
        "<blockquote type=cite>Номер?</blockquote><div>801234567</div><blockquote "
        "type=cite>Версия?</blockquote><div>3.1.25.4</div>"
    )
    lines = html_lines(html)
    text, hints = "\n".join(line for line, _ in lines), [hint for _, hint in lines]
    assert reply_text(text, split_sections(text, RE, hints)).split() == ["801234567", "3.1.25.4"]


def test_an_indented_paragraph_is_no_quotation() -> None:
    lines = html_lines(
        '<div>Вот что видно:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0">Ошибка 5</blockquote>'
    )
    assert lines[-1] == ("Ошибка 5", None)


LINES = st.sampled_from(
    [
        "",
        "> цитата",
        "Добрый день!",
        "С уважением,",
        "--",
        "Иван",
        "От: a <a@b.test>",
        "Кому: c@d.test",
        "Тема: x",
        "Дата: 24.11.2026",
        "24.11.2026, 10:15, X <a@b.test>:",
        "-------- Пересылаемое сообщение --------",
        MARKERS["client", "ru"],
        "Отправлено с iPhone",
        "Где кнопка?",
        "  ",
    ]
)


@given(st.lists(st.one_of(LINES, st.text(max_size=60)), max_size=30), st.sampled_from([RE, FW, NEW]))
@settings(max_examples=300, deadline=None)
def test_sections_always_tile_the_text(lines: list[str], context: Context) -> None:
    text = "\n".join(lines)
    sections = split_sections(text, context)
    assert "".join(text[s.start : s.end] for s in sections) == text
    assert all(a.end == b.start and a.place is not b.place for a, b in pairwise(sections))
    reply = reply_text(text, sections)
    assert bool(reply) == bool(text.strip())
    again = without_ours(text, sections, ["что-то другое"])
    assert "".join(text[s.start : s.end] for s in again) == text


def test_hints_that_do_not_fit_are_ignored() -> None:
    assert split_sections("a\nb", NEW, [Place.QUOTED]) == (Section(Place.OWN, 0, 3),)
