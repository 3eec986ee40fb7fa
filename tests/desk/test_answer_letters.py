"""An agent's words on their way to the client, the rating that follows, and what comes back of both."""

import re
from dataclasses import replace
from email.message import EmailMessage
from urllib.parse import parse_qsl, unquote

import pytest
from maild.desk import notify
from maild.desk.facts import Said
from maild.desk.outgoing import Outgoing
from maild.domain.people import Agent
from maild.domain.rules import Answers
from maild.mail.mime import File
from maild.mail.parse import parse
from maild.mail.ratings import Assessment, read_rating
from maild.mail.thread import find_tokens
from tests.desk.client_samples import FILE, KINDS, KOTOVA, SOLUTION, WORDS, letter
from tests.desk.letter_page import Page
from tests.desk.notify_desk import desk, moment
from tests.desk.notify_samples import NOW, html_of, parsed, text_of, ticket
from tests.mail.agent_programs import PROGRAMS, Reply, original
from tests.mail.agent_programs import letter as reply_in


def _answer(words: str = WORDS, *, display: str = "both", **changes: object) -> Outgoing:
    at = desk(answers=Answers(display))
    values: dict[str, object] = {"author": KOTOVA, "effect": "answer", **changes}
    of = values.pop("of", None) or ticket()
    return notify.answer(at, of, NOW, key="a", words=words, **values)  # type: ignore[arg-type]


def _sender(out: Outgoing) -> str:
    found = parse(out.raw).sender
    assert found is not None
    return found.name


# ---- the words


def test_the_words_stand_in_the_text_as_they_are() -> None:
    assert f"\n\n{WORDS}\n\n-- \n" in text_of(_answer().raw)


def test_the_html_keeps_lines_blanks_and_quotations_and_makes_no_links() -> None:
    html = html_of(_answer().raw)
    assert "\u00a0\u00a0\u00a0\u00a0Сделка → Реквизиты" in html
    quoted = re.search(r'class="rule ink"[^>]*>(.*?)</td>', html, re.DOTALL)
    assert quoted is not None
    assert quoted.group(1) == "А если организаций две?<br>\nВыбирать каждый раз?"
    assert Page(html).links == []
    assert "https://crm.example.test/help?a=1&amp;b=2" in html


def test_very_long_lines_and_letters_arrive_whole() -> None:
    words = "\n".join(("ы" * 5_000, "x" * 5_000, "слово " * 20_000, "конец"))
    out = _answer(words)
    assert f"\n{words.rstrip()}\n" in text_of(out.raw)
    seen = Page(html_of(out.raw)).text
    assert "ы" * 5_000 in seen and "x" * 5_000 in seen and seen.count("слово") == 20_000 and "конец CRM-000042" in seen
    assert max(map(len, out.raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "words, text",
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("один\x00два\u202eтри\x1b", "одиндватри"),
        ("\n\n  отступ\tтаб\n\n", "  отступ\tтаб"),
        ("смайлик 👩‍💻 и ❤️", "смайлик 👩‍💻 и ❤️"),
        ("<b>не жирно</b> {{ 7 * 7 }}", "<b>не жирно</b> {{ 7 * 7 }}"),
    ],
)
def test_only_what_no_mail_may_carry_goes(words: str, text: str) -> None:
    out = _answer(words)
    assert f"{'-' * 40}\n\n{text}\n\n-- \n" in text_of(out.raw)
    assert "<b>не" not in html_of(out.raw)


def test_an_answer_of_files_alone_names_them() -> None:
    out = _answer("", files=(FILE, File("b.pdf", "application/pdf", b"%PDF")))
    assert "\n\nВо вложении: снимок.png, b.pdf.\n\n" in text_of(out.raw)
    assert [each.filename for each in parse(out.raw).attachments] == ["снимок.png", "b.pdf"]
    assert next(parsed(out.raw).iter_attachments()).get_content() == FILE.data


@pytest.mark.parametrize(
    "effect, hold, says",
    [
        ("answer", {"client": frozenset({"resolution"})}, "CRM-000042 · Анна Котова"),
        ("solution", {}, "CRM-000042 · Анна Котова · решение"),
        (
            "question",
            {"client": frozenset({"resolution"})},
            "CRM-000042 · Анна Котова · вопрос к вам, срок решения стоит",
        ),
        ("question", {}, "CRM-000042 · Анна Котова · вопрос к вам"),
    ],
)
def test_one_line_says_what_the_words_are(effect: str, hold: dict[str, frozenset[str]], says: str) -> None:
    out = notify.answer(desk(hold=hold), ticket(), NOW, key="a", words="Да.", author=KOTOVA, effect=effect)
    foot = text_of(out.raw).partition("\n-- \n")[2]
    assert foot == f"{says}\nЛиния консультаций 1С:CRM\ncrm@example.test\n"
    assert says in Page(html_of(out.raw)).text
    assert "автоматически" not in text_of(out.raw) + html_of(out.raw)


def test_a_clock_that_is_not_there_is_not_said_to_stand() -> None:
    assert "срок" not in text_of(_answer("Когда?", of=ticket(level="open"), effect="question").raw)


# ---- who speaks


@pytest.mark.parametrize(
    "display, plain, quality",
    [
        ("desk", "Линия консультаций 1С:CRM", "Отдел контроля качества"),
        ("agent", "Анна Котова", "Анна Котова"),
        ("both", "Анна Котова, Линия консультаций 1С:CRM", "Анна Котова, Отдел контроля качества"),
    ],
)
def test_the_name_is_the_one_that_the_regulation_shows(display: str, plain: str, quality: str) -> None:
    assert _sender(_answer(display=display)) == plain
    assert _sender(_answer(display=display, from_quality=True)) == quality
    assert _sender(_answer(display=display, of=ticket(category="quality"))) == quality
    shown = text_of(_answer(display=display).raw)
    assert ("Анна Котова" in shown) == (display != "desk")


@pytest.mark.parametrize(
    "author", [None, Agent("q@example.test", "", ()), Agent("q@example.test", "q@example.test", ())]
)
def test_who_has_no_name_speaks_for_the_desk(author: Agent | None) -> None:
    out = _answer("Да.", author=author, display="agent")
    assert _sender(out) == "Линия консультаций 1С:CRM"
    assert text_of(out.raw).partition("\n-- \n")[2].startswith("CRM-000042\n")


def test_the_quality_desk_answers_from_its_own_mailbox() -> None:
    out = _answer(from_quality=True)
    assert out.mailbox == "control" and out.envelope_from == "control@example.test"
    assert text_of(out.raw).endswith("Линия консультаций 1С:CRM, отдел контроля качества\ncontrol@example.test\n")


def test_an_answer_is_a_persons_letter_in_the_clients_thread() -> None:
    out = _answer(of=ticket(cc=("boss@romashka.test", "it@romashka.test")), effect="question")
    message = parsed(out.raw)
    assert message["In-Reply-To"] == "<client-1@romashka.test>"
    assert message["References"].split() == ["<client-0@romashka.test>", "<client-1@romashka.test>"]
    assert [each.addr_spec for each in message["Cc"].addresses] == ["boss@romashka.test", "it@romashka.test"]
    assert message["Auto-Submitted"] is None and message["Precedence"] is None
    assert message["Subject"] == "Re: [CRM-000042] Не печатается счёт из сделки"
    assert (out.envelope_from, out.author, out.asks, out.meets_reaction) == (
        "crm@example.test", "kotova@example.test", True, True,
    )  # fmt: skip
    assert parse(out.raw).automatic is None


def test_a_bare_address_gets_the_desks_own_subject() -> None:
    assert parsed(_answer(of=ticket(acquaintance="bare")).raw)["Subject"] == "Re: [CRM-000042] Ваше обращение"


# ---- the rating


def _rating(
    language: str = "ru", *, solution: Said | None = SOLUTION, display: str = "both", **changes: object
) -> Outgoing:
    of = ticket(language=language, **changes)
    at = desk(language, answers=Answers(display))
    return notify.rating(at, of, NOW, key="r", solution=solution, closes=moment(30, 15, 20))


def _links(out: Outgoing) -> list[str]:
    return [line for line in text_of(out.raw).split("\n") if line.startswith("mailto:")]


@pytest.mark.parametrize("language", ["ru", "en", "uk"])
def test_six_links_each_a_whole_letter(language: str) -> None:
    out = _rating(language)
    links = _links(out)
    assert links == [link for link in Page(html_of(out.raw)).links if "?" in link]
    expected = [(mark, False) for mark in (5, 4, 3, 2, 1)] + [(None, True)]
    for link, (mark, unsolved) in zip(links, expected, strict=True):
        name = str(mark or "reopen")
        assert link.isascii() and len(link) <= 420 and "+" not in link
        target, _, query = link.removeprefix("mailto:").partition("?")
        parameters = parse_qsl(query, strict_parsing=True)
        assert unquote(target) == "crm@example.test"
        assert [key for key, _ in parameters] == ["subject", "body", "In-Reply-To"]
        values = dict(parameters)
        assert values["subject"] == f"[CRM-000042] {name}"
        assert values["In-Reply-To"] == out.message_id
        room = 1 if mark in (5, 4, 3) else 2
        assert values["body"].split("\r\n")[:-1] == [name, *[""] * room]
        assert read_rating(values["body"].replace("\r\n", "\n")) == Assessment(mark, unsolved, "")


@pytest.mark.parametrize("reason", ["", "Ждали три дня."])
def test_a_link_comes_back_as_a_rating_of_this_client(reason: str) -> None:
    signer = desk().signer
    for link, said in zip(_links(_rating()), ("5", "4", "3", "2", "1", "reopen"), strict=True):
        values = dict(parse_qsl(link.partition("?")[2]))
        lines = values["body"].split("\r\n")
        lines[2:-1] = [reason, ""] if reason else lines[2:-1]
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "p.smirnov@romashka.test", "crm@example.test", values["subject"]
        mail.set_content("\n".join(lines) + "\n\n-- \nПётр Смирнов\n")
        message = parse(mail.as_bytes())
        (token,) = find_tokens(message, signer)
        assert (token.number, token.role) == ("CRM-000042", "client")
        assert signer.token_is_for(token, "p.smirnov@romashka.test") and not signer.token_is_for(token, "x@y.test")
        found = read_rating(message.reply)
        assert found is not None
        assert (found.rating, found.unsolved) == ((None, True) if said == "reopen" else (int(said), False))
        assert found.words.partition("\n")[0] == reason


def test_the_labels_stand_above_their_links() -> None:
    lines = text_of(_rating().raw).split("\n")
    above = [lines[at - 1] for at, line in enumerate(lines) if line.startswith("mailto:")]
    assert above[:5] == ["5  отлично", "4  хорошо", "3  нормально", "2  плохо", "1  очень плохо"]
    assert above[5].startswith("Вернуть в работу")
    english = text_of(_rating("en").raw)
    assert re.findall(r"(?m)^(\d)  (.+)$", english) == [
        ("5", "excellent"), ("4", "good"), ("3", "fair"), ("2", "poor"), ("1", "very poor"),
    ]  # fmt: skip


def test_the_solution_is_quoted_shortly_with_whose_it_is_and_when() -> None:
    said = " ".join(text_of(_rating().raw).split())
    assert "«Не печатается счёт из сделки» дан ответ: Анна Котова, пн 23 ноября, 09:20 (мск)." in said
    assert "> Счёт не печатается: в сделке не выбрана организация." in said
    assert "А если организаций две" not in said and "Здравствуйте, Пётр" not in said
    long = text_of(_rating(solution=replace(SOLUTION, text="Слово за слово.\n" * 500)).raw)
    quoted = [line for line in long.split("\n") if line.startswith("> ")]
    assert 500 < sum(map(len, quoted)) < 700 and quoted[-1].endswith("…")


def test_the_rating_names_nobody_where_the_desk_answers_as_one() -> None:
    for out in (_rating(display="desk"), _rating(solution=replace(SOLUTION, by="kotova@example.test"))):
        shown = text_of(out.raw) + html_of(out.raw)
        assert "дан ответ: пн" in " ".join(shown.split()) and "отова" not in shown


def test_without_words_there_is_nothing_to_quote() -> None:
    said = " ".join(text_of(_rating(solution=None).raw).split())
    assert "Мы закончили работу по обращению CRM-000042 «Не печатается счёт из сделки»." in said and "> " not in said


def test_it_says_when_silence_closes_and_no_time_that_has_passed() -> None:
    assert "Если ответа не будет, закроем обращение: пн 30 ноября, 15:20 (мск)." in text_of(_rating().raw)
    for closes in (None, moment(20, 9)):
        out = notify.rating(desk(), ticket(), NOW, key="r", solution=SOLUTION, closes=closes)
        assert "закроем" not in text_of(out.raw)


def test_the_quality_mailbox_stands_in_the_foot_only() -> None:
    out = _rating()
    text, foot = text_of(out.raw).split("\n-- \n")
    assert "control@" not in text and "О качестве нашей работы: control@example.test" in foot
    assert [link for link in Page(html_of(out.raw)).links if "control" in link] == ["mailto:control@example.test"]


# ---- replies, as mail programs write them

REPLY = (
    "Добрый день, Анна. Номер 801234567.",
    "",
    "Организация выбрана.",
    "Счёт всё равно пуст.",
    "Подскажите, что ещё.",
)
REPLIED = [
    kind for kind in KINDS if kind in ("answer", "answer-question", "rating", "refusal-words", "notice-reminder")
]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("kind", REPLIED)
def test_a_reply_is_exactly_what_the_client_wrote(kind: str, program: str) -> None:
    ours = original(letter(kind, "ru", ticket()).raw)
    for bottom in (False, True):
        for only in ("", "plain", "html"):
            mail = reply_in(program, ours, Reply(REPLY, bottom=bottom), only=only)
            own = [line for line in parse(mail.as_bytes()).reply.split("\n") if line]
            assert own == [line for line in REPLY if line], (bottom, only)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("words, mark", [("5", 5), ("Оценка: 2", 2), ("отлично, спасибо", 5), ("не решено", None)])
def test_a_rating_in_words_is_read_in_the_manner_of_every_program(program: str, words: str, mark: int | None) -> None:
    ours = original(_rating().raw)
    for only in ("", "plain", "html"):
        mail = reply_in(program, ours, Reply((words,), signature="Пётр Смирнов\nООО «Ромашка»"), only=only)
        found = read_rating(parse(mail.as_bytes()).reply)
        assert found is not None and (found.rating, found.unsolved) == (mark, mark is None)


@pytest.mark.parametrize("program", PROGRAMS)
def test_our_links_quoted_back_rate_nothing(program: str) -> None:
    ours = original(_rating().raw)
    mail = reply_in(program, ours, Reply(("Печать заработала, но теперь нет подписи.",)))
    assert read_rating(parse(mail.as_bytes()).reply) is None
