"""The story of a ticket as the quality desk reads it: complete, in order, harmless, of a size that mail carries."""

import re
from html.parser import HTMLParser

import pytest
from maild.desk import chronicle, story
from maild.desk.story import story_lines, whole_story
from maild.domain.ticket import Event
from maild.mail.labels_events import EVENTS, KINDS
from maild.mail.labels_story import _WORDS
from maild.mail.phrase import NBSP
from maild.store import outbox
from tests.desk.office import LACKING, WHOLE, Office
from tests.desk.ticket_life import (
    IVANOV,
    KOTOVA,
    OLGA,
    happened,
    sent_answer,
    taken_by_server,
    wrote,
)

EVIL = "<script>alert(1)</script><img src=//evil.test/x onerror=go()>"


def told(office: Office, number: str = "CRM-000001") -> str:
    """The whole story as text."""
    with office.database.read() as tx:
        found = whole_story(tx, office.desk, office.ticket(number), office.now)
    assert found.content_type == "text/html; charset=utf-8"
    return found.data.decode("utf-8")


def lines(office: Office, language: str = "ru") -> tuple[str, ...]:
    """The few lines, with plain blanks."""
    with office.database.read() as tx:
        found = story_lines(tx, office.desk, office.ticket(), language, office.now)
    return tuple(line.replace(NBSP, " ") for line in found)


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)


def seen(html: str) -> _Seen:
    """The file as a browser reads it: well-formed."""
    found = _Seen()
    found.feed(html)
    assert found.open == []
    return found


def plain(html: str) -> str:
    """The words of the file, blanks made one."""
    return " ".join(" ".join(seen(html).words).split())


def a_bad_week(office: Office) -> None:
    """Asked on Monday, handed on, answered late, reopened."""
    office.arrive(f"Ольга Иванова <{OLGA}>")
    taken_by_server(office)
    office.pass_time(hours=1)
    happened(office, Event.ASSIGNED, KOTOVA, f"assignee {KOTOVA}", assignee=KOTOVA)
    note = wrote(office, KOTOVA, "#заметка\nКлиент раздражён, отвечаем аккуратно.\n")
    happened(office, Event.NOTED, KOTOVA, "Клиент раздражён, отвечаем аккуратно.", letter=note)
    office.pass_time(days=1)
    happened(office, Event.LINE, KOTOVA, "line managers", line="managers", assignee=None)
    again = wrote(office, OLGA, "Второй день жду!\n", subject="Где ответ?", file=("снимок.png", b"x" * 4_300))
    happened(office, Event.CLIENT_WROTE, OLGA, "attached by our Message-ID", letter=again)
    office.pass_time(days=3)
    happened(
        office,
        Event.BREACHED,
        "maild",
        f"resolution: breach at {office.now.isoformat()}, told to {IVANOV}, quality@example.test",
    )
    agents = wrote(office, KOTOVA, "#решено\nСнимите флажок «Показывать».\n")
    happened(office, Event.RESOLVED, KOTOVA, "solution to the client", letter=agents)
    sent_answer(office, "Снимите флажок «Показывать».")
    taken_by_server(office)
    office.pass_time(hours=2)
    happened(office, Event.REOPENED, OLGA, "the client says that it is not solved")


def test_everything_is_told_in_order(office: Office) -> None:
    a_bad_week(office)
    words = plain(told(office))
    course = [
        "Обращение зарегистрировано",
        "как скрыть поле в карточке сделки?",
        "Принято к обслуживанию",
        "Наше письмо: подтверждение",
        "Назначен ответственный",
        "Клиент раздражён, отвечаем аккуратно.",
        "Передано на другую линию",
        "линия «Менеджеры»",
        "Тема: Где ответ?",
        "Второй день жду!",
        "снимок.png (4 КБ)",
        "Срок просрочен",
        "кому: Иван Иванов, quality@example.test",
        "Решение клиенту",
        "Наше письмо: ответ Анна Котова",
        "Снимите флажок «Показывать».",
        "Возвращено в работу",
    ]
    places = [words.find(part) for part in course]
    assert -1 not in places, course[places.index(-1)]
    assert places == sorted(places)
    assert words.count("Снимите флажок") == 1, "once: the agent's letter and ours are the same words"
    assert words.count("Клиент раздражён") == 1, "once: the letter and its journal line are the same words"
    assert "пишите выше этой строки" not in words and "Линия консультаций" not in words


def test_card_clocks_and_holds(office: Office) -> None:
    office.arrive(OLGA, LACKING)
    (asked,) = office.answers(OLGA)
    office.pass_time(hours=3)
    office.arrive(OLGA, "801000017, 3.1.25.4\n", "Re: Вопрос", In_Reply_To=asked.message["Message-ID"].strip())
    office.pass_time(days=7)
    words = plain(told(office)).replace(NBSP, " ")
    assert "ООО «Берёза»" in words and "Консультанты" in words and "стандартный" in words
    assert re.search(r"Решение чт 26 ноября, 10:15 просрочено на \d+ ч", words), words[:900]
    assert "пн 23 ноября, 10:15 пн 23 ноября, 13:15 реакция, решение ждали сведений от клиента" in words


def test_what_became_of_a_letter(office: Office) -> None:
    office.arrive(OLGA)
    taken_by_server(office)
    lost = sent_answer(office, "Первый ответ")
    with office.database.write() as tx:
        outbox.dead(tx, lost, office.now, "550 no such user")
    office.pass_time(minutes=5)
    back = sent_answer(office, "Второй ответ")
    taken_by_server(office)
    with office.database.write() as tx:
        outbox.mark_bounced(tx, back, office.now, "mailbox full")
    office.pass_time(minutes=5)
    sent_answer(office, "Третий ответ")
    words = plain(told(office)).replace(NBSP, " ")
    assert "не доставлено: 550 no such user Первый ответ" in words
    assert "вернулось пн 23 ноября, 10:20 Второй ответ" in words
    assert "ещё не ушло Третий ответ" in words
    assert "ушло пн 23 ноября, 10:15" in words


def test_nothing_from_outside_becomes_mark_up(office: Office) -> None:
    """Names, subjects, words, file names, journal: whatever a stranger writes is text."""
    office.arrive(f'"{EVIL}" <{OLGA}>', f"{EVIL}\n{WHOLE}\n</blockquote></div>\n", f"Вопрос {EVIL}")
    letter = wrote(office, OLGA, EVIL, subject=EVIL, file=(f"{EVIL}.png", b"x"))
    happened(office, Event.CLIENT_WROTE, OLGA, f"{EVIL} {{0}} %s", letter=letter)
    sent_answer(office, EVIL)
    html = told(office)
    found = seen(html)
    assert {tag for tag, _ in found.tags} <= set(
        "html head meta title style body h1 h2 h3 p b br table thead tbody tr th td div span blockquote".split()
    )
    assert {name for _, attrs in found.tags for name, _ in attrs} <= set(
        "lang charset http-equiv content name scope class".split()
    )
    assert "alert(1)" in html, "it is shown"
    assert "default-src 'none'" in html and "://" not in html.replace("//evil", "")


def test_no_direction_tricks(office: Office) -> None:
    office.arrive(OLGA, "счёт \u202egpj.exe\u202c и\u200b всё\n" + WHOLE, "тема \u202eанеди")
    assert not re.search("[\u202a-\u202e\u200b\u2066-\u2069]", told(office))


def test_a_code_line_does_not_travel(office: Office) -> None:
    """What proves an agent must not be read by others."""
    office.arrive(OLGA)
    code = office.desk.signer.code(KOTOVA, "agent", "CRM-000001")
    letter = wrote(office, KOTOVA, f"#take\n\n{code}\n")
    happened(office, Event.ASSIGNED, KOTOVA, f"assignee {KOTOVA}", letter=letter, assignee=KOTOVA)
    html = told(office)
    assert "#take" in html and "maild:CRM" not in html


def test_long_letters_are_cut(office: Office) -> None:
    office.arrive(OLGA)
    letter = wrote(office, OLGA, "".join(f"строка номер {number}\n" for number in range(5_000)))
    happened(office, Event.CLIENT_WROTE, OLGA, "", letter=letter)
    words = plain(told(office)).replace(NBSP, " ")
    assert "строка номер 400 " in words and "строка номер 4000" not in words
    assert re.search(r"Дальше ещё \d{4} стро", words)


def test_a_huge_ticket_makes_a_file_that_mail_carries(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """First and last stay; the middle is left out, said so, and its letters are not even read."""
    monkeypatch.setattr(story, "HEAD", 30_000)
    monkeypatch.setattr(story, "TAIL", 60_000)
    office.arrive(OLGA)
    for number in range(60):
        office.pass_time(hours=1)
        letter = wrote(office, OLGA, f"Письмо {number} из многих.\n" + "слово слово слово\n" * 150)
        happened(office, Event.CLIENT_WROTE, OLGA, "", letter=letter)
    read = []
    real = chronicle.parse
    monkeypatch.setattr(chronicle, "parse", lambda raw, **more: read.append(1) or real(raw, **more))
    html = told(office)
    words = plain(html)
    assert len(html.encode()) < 150_000
    assert "Письмо 0 из многих" in words and "Письмо 59 из многих" in words and "Письмо 30 из" not in words
    skipped = re.search(r"Пропущено записей: (\d+)", words)
    assert skipped and len(read) + int(skipped.group(1)) == 61


def test_a_letter_that_is_gone(office: Office) -> None:
    """A retention period removes letters, never the journal."""
    office.arrive(OLGA)
    happened(office, Event.CLIENT_WROTE, OLGA, "", letter=9_999)
    assert "письма больше нет в базе" in plain(told(office))


@pytest.mark.parametrize(
    ("event", "says", "shown"),
    [
        (Event.LEVEL, "level urgent", "оперативный"),
        (Event.LEVEL, "level urgent: a critical error is confirmed", "оперативный"),
        (Event.LINE, "line nowhere", "line nowhere"),
        (Event.ASSIGNED, "assignee gone@example.test", "gone@example.test"),
        (Event.RATED, "rated 2, before 5", "2 из 5"),
        (Event.COMPLAINED, "complaint CRM-000007; rating 2", "CRM-000007"),
        (Event.PUT_OFF, "until 2026-11-23T07:25:00+00:00", "until пн 23 ноября, 10:25"),
        (Event.PUT_OFF, "until 2026-99-23T07:25:00+00:00", "until 2026-99-23T07:25:00+00:00"),
        (
            Event.BREACHED,
            "resolution: repeat-3 at 2026-11-23T07:25:00+00:00, told to a@x.test",
            "напоминание, срок пн 23",
        ),
        (Event.BREACHED, "resolution: nonsense", "resolution: nonsense"),
        (Event.NOTED, "слова без письма", "слова без письма"),
    ],
)
def test_what_a_journal_line_says(office: Office, event: Event, says: str, shown: str) -> None:
    office.arrive(OLGA)
    happened(office, event, KOTOVA, says)
    assert f" {shown}" in plain(told(office)).replace(NBSP, " ").split("Как всё было")[1]


def test_the_most_telling_lines(office: Office) -> None:
    a_bad_week(office)
    found = lines(office)
    assert 3 <= len(found) <= 8
    assert found[0] == "пн 23 ноября, 10:15: Обращение зарегистрировано"
    assert "вт 24 ноября, 11:15: Передано на другую линию: линия «Менеджеры»" in found
    assert "пт 27 ноября, 11:15: Просрочено: решение" in found
    assert "пт 27 ноября, 11:15: Решение клиенту: Анна Котова" in found
    assert found[-2] == "пт 27 ноября, 13:15: Возвращено в работу"
    assert found[-1].startswith("Сейчас: в работе, не назначен. Решение: просрочено на ")


def test_a_long_life_still_makes_eight_lines(office: Office) -> None:
    office.arrive(OLGA)
    for _ in range(30):
        office.pass_time(minutes=7)
        happened(office, Event.ASSIGNED, KOTOVA, f"assignee {KOTOVA}", assignee=KOTOVA)
        happened(office, Event.QUESTION, KOTOVA, "question")
        office.pass_time(minutes=7)
        happened(office, Event.CLIENT_WROTE, OLGA, "attached")
    happened(office, Event.RATED, OLGA, "rated 1, before 4", rating=1)
    found = lines(office)
    assert len(found) == 8
    assert found[0].endswith("Обращение зарегистрировано")
    assert found[-2].endswith("Оценка клиента: 1 из 5")


def test_lines_without_a_moment_carry_their_year(office: Office) -> None:
    office.arrive(OLGA)
    with office.database.read() as tx:
        found = story_lines(tx, office.desk, office.ticket(), "en")
    assert found[0].replace(NBSP, " ") == "Mon 23 Nov 2026, 10:15: Request registered"


@pytest.mark.parametrize("language", ["ru", "en", "uk"])
def test_every_event_and_kind_has_its_word(language: str) -> None:
    assert set(EVENTS[language]) == set(Event)
    assert set(KINDS[language]) == set(KINDS["ru"])
    assert set(_WORDS[language]) == set(_WORDS["ru"])
