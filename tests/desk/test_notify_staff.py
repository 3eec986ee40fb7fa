"""What letters to agents and to the quality desk say, to whom a reply to them goes, and that nothing is lost."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import maild.desk
import pytest
from maild.desk import notify
from maild.desk.doubts import FINDINGS, doubts
from maild.desk.facts import Fact, Failure, News, Report, Said
from maild.desk.outgoing import Outgoing
from maild.domain.rules import CannedAnswer
from maild.domain.ticket import Status, Ticket
from maild.mail.commands import read_orders
from maild.mail.mime import File
from tests.desk.letter_page import Page
from tests.desk.notify_desk import desk, moment
from tests.desk.notify_samples import NOW, fewest, files_of, html_of, letter, parsed, text_of, ticket
from tests.desk.notify_staff_samples import FILES, IVANOV, KOTOVA, QUALITY

SAID = Said("Не печатается счёт.\n\nЧто делать?", moment(23, 10, 15), "Пётр Смирнов <p.smirnov@romashka.test>")


def _plain(out: Outgoing) -> str:
    return " ".join(text_of(out.raw).split())


def _request(why: str = "new", of: Ticket | None = None, to: str = IVANOV, said: Said = SAID, **more: Any) -> Outgoing:
    return notify.request(desk(), of or ticket(), NOW, to, key="k", news=News(why, said, **more))


def _confirmed(of: Ticket | None = None, to: str = KOTOVA, language: str = "ru", **report: Any) -> Outgoing:
    return notify.confirmation(desk(language), of or ticket(), NOW, to, key="k", report=Report(**report))


# ---- request


def test_a_request_has_the_clients_words_first_and_whole() -> None:
    said = _plain(_request(files=FILES))
    assert said.index("> Не печатается счёт.") < said.index("Право на поддержку")
    assert "Пётр Смирнов, p.smirnov@romashka.test" in said
    assert "Вложения: счёт.png (82 КБ), журнал.txt (3 КБ)" in said
    assert files_of(_request(files=FILES)) == {file.name: file.data for file in FILES}


def test_long_words_go_on_in_an_attachment() -> None:
    text = "\n".join(f"строка {n} с подробностями" for n in range(2_000))
    out = _request(said=replace(SAID, text=text))
    assert files_of(out) == {"обращение.txt": text.encode()}
    shown_lines = sum(line.startswith("> ") for line in text_of(out.raw).split("\n"))
    assert f"Дальше ещё {2_000 - shown_lines} строк" in _plain(out)
    assert len(html_of(out.raw).encode()) <= 60 * 1024
    one_line = _request(said=replace(SAID, text="слово " * 5_000))
    assert "Полностью во вложении обращение.txt." in _plain(one_line)


def test_words_that_swell_in_html_do_not_break_the_letter() -> None:
    for text in ('"\n' * 4_000, "<&\"'>" * 2_000, "🙂" * 8_000):
        out = _request(said=replace(SAID, text=text), files=FILES)
        assert len(html_of(out.raw).encode()) <= 60 * 1024
        returned = _confirmed(failed=(Failure("#x", Fact("not a command")),), text=text, newer=replace(SAID, text=text))
        assert len(html_of(returned.raw).encode()) <= 60 * 1024


@pytest.mark.parametrize(
    "why, heading, card",
    [
        ("new", "Не печатается счёт из сделки", True),
        ("more", "Клиент ответил", False),
        ("third", "Пишет третье лицо: who@else.test", False),
        ("handed", "Передано на линию «Консультанты»", True),
        ("assigned", "Ответственный: Анна Котова", True),
        ("urgent", "Подтверждена критическая ошибка", True),
        ("reopened", "Клиент вернул в работу", False),
        ("rated", "Клиент оценил: 5", False),
    ],
)
def test_the_heading_says_why_it_comes(why: str, heading: str, card: bool) -> None:
    said = _plain(_request(why, ticket(rating=5), by="who@else.test"))
    assert said.partition("-" * 40)[2].strip().startswith(heading)
    assert ("Право на поддержку" in said) == card
    assert "Ответственный: Анна Котова" in said and "CRM-000042" in said
    assert ("новая" in said) == (why == "new")


def test_the_assignee_is_told_so() -> None:
    assert "Вы ответственный" in _plain(_request("assigned", to=KOTOVA))


def test_the_clock_that_runs_next_is_named_with_what_is_left() -> None:
    said = "Подтвердить до вт 24 ноября, 09:15 (мск), в 10:17 осталось 7 ч 58 мин рабочего времени."
    assert said in _plain(_request(of=ticket(status=Status.NEW)))
    assert said not in _plain(_request()), "accepted: our own confirmation leaves with this letter"
    met = ticket(reaction_met=moment(23, 10, 16))
    assert "Решить до ср 25 ноября, 16:15 (мск), в 10:17 осталось 23 ч 58 мин рабочего" in _plain(_request(of=met))
    late = ticket(arrived=moment(18, 9), reaction_met=moment(18, 10))
    assert "Решение просрочено на 4 ч 17 мин." in _plain(_request(of=late))
    assert "Срок решения регламентом не задан." in _plain(_request(of=fewest()))


def test_the_links_fit_the_ticket_and_its_reader() -> None:
    def commands(out: Outgoing) -> set[str]:
        return set(re.findall(r"body=%23(\w+)", html_of(out.raw)))

    assert commands(_request()) == {"take", "wait", "resolve", "line", "note", "status"}
    assert "take" not in commands(_request(to=KOTOVA))
    new = ticket(status=Status.NEW, refusal="out-of-scope")
    assert commands(_request(of=new)) >= {"accept", "refuse"}
    assert "Отказать: вне рамок линии" in _plain(_request(of=new))
    assert "Отложить: " in _plain(_request(of=replace(new, refusal="not-reproducible")))
    critical = ticket(category="critical-error", priority="high")
    assert "urgent" in commands(_request(of=critical))
    assert "urgent" not in commands(_request(of=replace(critical, level="urgent")))
    assert commands(_request(to=QUALITY)) == {"assign", "line", "level", "note", "status"}
    assert "reopen" in commands(_request(of=ticket(status=Status.CLOSED), to=QUALITY))


def test_earlier_tickets_the_trail_and_the_queue_are_told() -> None:
    earlier = tuple(ticket(number=f"CRM-{n:06d}", status=Status.CLOSED) for n in range(9))
    said = _plain(_request(earlier=earlier, trail=("intake.toml:12",), queue=2))
    assert said.count(", закрыта: Не печатается счёт из сделки") == 5
    assert "На линии 2 заявки." in said and "автоматически: intake.toml:12; подробно: #почему." in said


def test_of_a_long_trail_the_rules_alone_are_named() -> None:
    trail = (
        "category consultation: «Подскажите, как» [intake.toml:986]",
        "level standard [intake.toml:554]",
        "entitlement active: ITS until 2027-12-31 [contracts.csv:2]",
        "accept [intake.toml:554]",
        "by hand",
    )
    said = _plain(_request(trail=trail))
    assert "автоматически: intake.toml:986, intake.toml:554, contracts.csv:2; подробно: #почему." in said
    assert "entitlement" not in said and "by hand" not in said
    assert "автоматически" not in _plain(_request(trail=("by hand",)))


def _canned(*keys: str) -> dict[str, CannedAnswer]:
    return {key: CannedAnswer(key, {"ru": f"про {key}", "en": f"about {key}"}, {"ru": "…"}) for key in keys}


def test_three_ready_answers_at_most_are_offered_and_only_known_ones() -> None:
    at = desk(canned=_canned("hide-field", "обновление", "печать", "почта"))
    news = News("new", SAID, offered=("gone", "обновление", "hide-field", "почта", "печать"))
    out = notify.request(at, ticket(), NOW, IVANOV, key="k", news=news)
    said = _plain(out)
    assert said.count("Готовый ответ: ") == 3 and "про печать" not in said
    assert "#ответ hide-field Готовый ответ: про hide-field, уйдёт клиенту как есть" in said
    links = [dict(parse_qsl(link.partition("?")[2])) for link in Page(html_of(out.raw)).links if "%23reply" in link]
    orders = [read_orders(link["body"].replace("\r\n", "\n")).commands for link in links]
    assert [[(each.name, each.argument) for each in found] for found in orders] == [
        [("reply", "обновление")], [("reply", "hide-field")], [("reply", "почта")],
    ]  # fmt: skip


def test_no_ready_answer_is_offered_to_the_quality_desk() -> None:
    at = desk(canned=_canned("hide-field"))
    out = notify.request(at, ticket(), NOW, QUALITY, key="k", news=News("urgent", SAID, offered=("hide-field",)))
    assert "Готовый ответ" not in _plain(out)


def test_those_who_read_along_are_named() -> None:
    assert "копия: buh@romashka.test" in _plain(_request(of=ticket(cc=("buh@romashka.test",))))


@pytest.mark.parametrize(
    "doubt, says",
    [
        ("insulting words («x»): a person decides", "Осторожно, грубый тон."),
        ("801234567 is not in the registry, and the client says it once more", "Номера 801234567 нет в реестре"),
        ("801234567 is in the registry for somebody else than the domain of this letter", "не сходится домен адреса"),
        ("out of scope: setup; the refusal «out-of-scope» is prepared", "Подготовлен отказ: вне рамок линии."),
        (
            "801234567: ITS until 2025-01-31, KP never: expired; but it may be about licensing, which needs no",
            "801",
        ),
        (
            "801234567 is 1С:CRM ПРОФ, the letter is about 1С:CRM КОРП",
            "выдан на «1С:CRM ПРОФ», а в письме «1С:CRM КОРП»",
        ),
        ("asked 3 times already: a person decides", "Сведения спрашивали уже несколько раз"),
        ("licensing needs no contract, but the letter also asks for consultation, which does", "два вопроса"),
        ("a letter of the category quality goes to a person; nothing is required of it", "решает человек"),
        ("fix needs built = yes; the registry has nothing for ООО «Ёлка»", "нет отметки о клиенте"),
        ("fix needs built = yes; the client is not known", "(built)"),
        ("something quite new", "Решает человек: something quite new"),
    ],
)
def test_a_doubt_is_the_first_sentence(doubt: str, says: str) -> None:
    said = _plain(_request(of=ticket(status=Status.NEW, doubt=doubt)))
    assert says in said.partition("CRM-000042, новая")[0]
    assert doubt not in said or doubt == "something quite new"
    assert says not in _plain(_request("more", ticket(doubt=doubt)))


def test_every_finding_that_makes_a_person_decide_has_words() -> None:
    """The English of `domain.checks` and the patterns here must not part."""
    source = (Path(maild.desk.__file__).parents[1] / "domain" / "checks.py").read_text(encoding="utf-8")
    fixed = {"twice": "and the client says it once more", "other": "is in the registry for somebody else than the "}
    fixed |= {"abuse": "insulting words («", "scope": "out of scope: ", "product": ", the letter is about "}
    fixed |= {"lapsed": "; but it may be about ", "mixed": " needs no contract, but the letter also asks for "}
    fixed |= {"person": "goes to a person; nothing is required of it", "needs": "the client is not known"}
    assert {key for _, key in FINDINGS} == {*fixed, "asked"}
    for words in fixed.values():
        assert words in source
    assert doubts(desk(), ticket(doubt=None), "ru") == ""


# ---- audience


def test_whom_a_plain_reply_reaches() -> None:
    assert _request().audience == "client" and _confirmed().audience == "client"
    assert _request(to=QUALITY).audience == "colleagues"
    complaint = ticket(category="quality", mailbox="control")
    assert _request(of=complaint, to=QUALITY).audience == "client"
    note = notify.note(desk(), ticket(), NOW, IVANOV, key="k", said=SAID)
    assert (note.kind, note.audience) == ("note", "colleagues")
    answered = notify.note(desk(), ticket(), NOW, IVANOV, key="k", said=SAID, answered=True)
    assert answered.audience == "client"


def test_a_note_and_a_colleagues_answer() -> None:
    said = Said("Это известная ошибка.", moment(23, 10), KOTOVA)
    note = notify.note(desk(), ticket(), NOW, IVANOV, key="k", said=said, files=FILES)
    assert "Заметка: Анна Котова" in _plain(note) and len(files_of(note)) == 2
    for effect, says in (("question", "Это вопрос клиенту"), ("solution", "Это решение"), ("answer", "")):
        out = notify.note(desk(), ticket(), NOW, IVANOV, key="k", said=said, answered=True, effect=effect)
        assert "Ответ клиенту: Анна Котова" in _plain(out) and says in _plain(out)


# ---- complaint


def test_a_complaint_has_the_clients_words_the_story_and_its_own_target() -> None:
    said = _plain(letter("complaint", "ru", ticket()))
    assert "Клиент недоволен: оценка 2 из 5" in said
    assert said.index("CRM-000050") < said.index("> Коллеги, есть ли новости?") < said.index("Обращение зарегистриро")
    assert "Ответить до вт 24 ноября, 09:15 (мск)" in said
    assert "Письмо в отдел качества" in _plain(letter("complaint-letter", "ru", ticket()))


def test_the_links_of_a_complaint_are_about_the_ticket_that_is_complained_of() -> None:
    out = letter("complaint", "ru", ticket())
    assert parsed(out.raw)["From"].addresses[0].addr_spec == "control@example.test"
    links = re.findall(r"mailto:\S+", text_of(out.raw))
    assert len(links) >= 6 and all("CRM-000042" in link and "In-Reply-To" not in link for link in links)


# ---- digest


def test_a_digest_counts_and_groups() -> None:
    said = _plain(letter("digest", "ru", ticket()))
    assert "Линия «Консультанты», пн 23 ноября" in said
    assert re.search(r"\d+ просрочено, \d+ решить сегодня, \d+ в срок\. Без ответственного \d+\.", said)
    order = [said.index(f" {name} CRM-") for name in ("Просрочено", "Сегодня", "Ждут клиента")]
    assert order == sorted(order)
    assert "И ещё 12." in said
    assert text_of(letter("digest", "ru", ticket()).raw).count("\nCRM-") == 30
    assert "#очередь consultants" in said


def test_nothing_to_tell_no_digest() -> None:
    assert notify.digest(desk(), [], NOW, IVANOV, key="k", line="consultants") is None


def test_what_falls_due_comes_in_the_order_in_which_it_hurts() -> None:
    late = [ticket(number=f"CRM-{n:06d}", arrived=moment(2 + n, 9), reaction_met=moment(2, 9)) for n in range(3)]
    out = notify.digest(desk(), [late[1], late[2], late[0]], NOW, IVANOV, key="k", line="consultants")
    assert out is not None
    assert re.findall(r"CRM-\d+", text_of(out.raw)) == ["CRM-000000", "CRM-000001", "CRM-000002"]


def test_a_flood_and_an_absence_say_what_they_are() -> None:
    assert "Много писем от p.smirnov@romashka.test" in _plain(letter("digest-flood", "ru", ticket()))
    away = notify.digest(desk(), [ticket()], NOW, IVANOV, key="k", line="consultants", away="Анна Котова")
    assert away is not None and "Автоответ об отсутствии: Анна Котова" in _plain(away)
    assert letter("digest-quality", "ru", ticket()).mailbox == "control"


def test_files_of_a_letter_that_cannot_be_named_are_still_listed() -> None:
    out = _request(files=(File("../../x\r\nBcc: y", "text/plain", b""),))
    assert "Вложения: " in _plain(out) and parsed(out.raw)["Bcc"] is None
