"""What the argument of a command stands for, as people type it."""

import pytest
from maild.domain.calendar import Calendar
from maild.domain.lookup import find_agent, find_canned, find_level, find_line, find_refusal, spoken
from maild.domain.people import Agent, Line, People
from maild.domain.rules import CannedAnswer, DeskRules, Refusal
from maild.domain.service import Level

AGENTS = (
    Agent("ivanov@example.test", "Иван Иванов", ("consultants",)),
    Agent("kotova@example.test", "Анна Котова", ("consultants", "managers")),
    Agent("a.petrova@example.test", "Анна Петрова-Водкина", ("managers",)),
    Agent("cox@example.test", "Fred Cox", ("engineers",)),
    Agent("cox@other.test", "Ольга Мороз", ("engineers",)),
    Agent("ivan@example.test", "Пётр Йодль", ()),
)
LINES = {
    "consultants": Line("consultants", "Консультанты", True, "managers"),
    "managers": Line("managers", "Менеджеры проектов", False, "engineers"),
    "engineers": Line("engineers", "Инженеры", False, None),
    "management": Line("management", "Руководство", False, None),
}
PEOPLE = People(AGENTS, LINES, ())
LEVELS = {
    "urgent": Level("urgent", "оперативный", 1, 2),
    "standard": Level("standard", "стандартный", 1, 2),
    "sla1": Level("sla1", "SLA1", 1, 2),
    "sla10": Level("sla10", "SLA10", 1, 2),
}
REASONS = {
    "out-of-scope": Refusal("out-of-scope", {"ru": "вне рамок линии", "en": "outside the scope"}, {}, {}, "refuse"),
    "contract-expired": Refusal("contract-expired", {"ru": "договор закончился", "en": "lapsed"}, {}, {}, "refuse"),
    "contract-missing": Refusal("contract-missing", {"ru": "нет договора", "uk": "немає договору"}, {}, {}, "refuse"),
}
CANNED = {
    "hide-field": CannedAnswer("hide-field", {"ru": "скрыть поле «Ещё»", "en": "hide a field"}, {}),
    "обмен": CannedAnswer("обмен", {"ru": "обмен с сайтом"}, {}),
}
RULES = DeskRules("d", "D", ("ru",), Calendar(None, {}), LEVELS, refusals=REASONS, canned=CANNED)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("kotova@example.test", "kotova@example.test"),
        ("Kotova@Example.TEST", "kotova@example.test"),
        ("<kotova@example.test>", "kotova@example.test"),
        ("kotova@example.test <mailto:kotova@example.test>", "kotova@example.test"),
        ("Анна Котова <kotova@example.test>", "kotova@example.test"),
        ("kоtоvа@example.test", "kotova@example.test"),  # о and а of the other script
        ("cox@other.test.", "cox@other.test"),
        ("kotova", "kotova@example.test"),
        (" KOTOVA ", "kotova@example.test"),
        ("@kotova", "kotova@example.test"),
        ("котова", "kotova@example.test"),
        ("Анна Котова", "kotova@example.test"),
        ("котова анна", "kotova@example.test"),
        ("«Котова»", "kotova@example.test"),
        ("Котова\u00a0Анна.", "kotova@example.test"),
        ("a.petrova", "a.petrova@example.test"),
        ("Петрова-Водкина", "a.petrova@example.test"),
        ("водкина", "a.petrova@example.test"),
        ("Fred", "cox@example.test"),
        ("мороз", "cox@other.test"),
        ("ivan", "ivan@example.test"),
        ("Иван", "ivanov@example.test"),
        ("Петр", "ivan@example.test"),
        ("И\u0306одль", "ivan@example.test"),  # й as two characters, as some systems write it
        ("ко\u200bтова", "kotova@example.test"),
    ],
)
def test_an_agent(words: str, expected: str) -> None:
    assert [agent.address for agent in find_agent(PEOPLE, words)] == [expected]


@pytest.mark.parametrize(
    "words", ["", " ", "@", "...", "кот", "Иван Котова", "nobody@example.test", "kotova@other.test", "x y"]
)
def test_no_agent(words: str) -> None:
    assert find_agent(PEOPLE, words) == ()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Анна", ["kotova@example.test", "a.petrova@example.test"]),
        ("cox", ["cox@example.test", "cox@other.test"]),
        ("ivanov@example.test, kotova@example.test", ["ivanov@example.test", "kotova@example.test"]),
    ],
)
def test_several_agents_are_all_named(words: str, expected: list[str]) -> None:
    assert [agent.address for agent in find_agent(PEOPLE, words)] == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("managers", "managers"),
        ("MANAGERS", "managers"),
        ("Менеджеры проектов", "managers"),
        ("«менеджеры  проектов»", "managers"),
        ("инж", "engineers"),
        ("Eng", "engineers"),
        ("management", "management"),
        ("manag", None),  # begins two of them
        ("ин", None),  # too short
        ("Инженеры и другие", None),
        ("", None),
    ],
)
def test_a_line(words: str, expected: str | None) -> None:
    found = find_line(PEOPLE, words)
    assert (found.key if found else None) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("urgent", "urgent"),
        ("Оперативный", "urgent"),
        ("опер", "urgent"),
        ("стандартный.", "standard"),
        ("sla1", "sla1"),  # whole, though another begins so
        ("SLА1", "sla1"),  # А of the other script
        ("sla", None),
        ("развитие", None),
    ],
)
def test_a_level(words: str, expected: str | None) -> None:
    found = find_level(RULES, words)
    assert (found.key if found else None) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("out-of-scope", "out-of-scope"),
        ("out of scope", "out-of-scope"),
        ("Out_of_scope", "out-of-scope"),
        ("out–of–scope", "out-of-scope"),  # dashes that a mail program made
        ("вне рамок линии", "out-of-scope"),
        ("вне рамок", "out-of-scope"),
        ("Нет договора", "contract-missing"),
        ("немає", "contract-missing"),
        ("contract", None),
        ("contract-e", "contract-expired"),
        ("договор", "contract-expired"),
    ],
)
def test_a_refusal(words: str, expected: str | None) -> None:
    found = find_refusal(RULES, words)
    assert (found.key if found else None) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("hide-field", "hide-field"),
        ("hide field", "hide-field"),
        ("скрыть поле", "hide-field"),
        ('скрыть поле "еще"', "hide-field"),
        ("hide a field", "hide-field"),
        ("обмен", "обмен"),
        ("ОБМЕН", "обмен"),
        ("hidden", None),
    ],
)
def test_a_ready_answer(words: str, expected: str | None) -> None:
    found = find_canned(RULES, words)
    assert (found.key if found else None) == expected


def test_a_name_that_two_bear_is_nobodys() -> None:
    """The rules forbid it; should it happen, nothing is guessed, not even by a longer name."""
    twice = {key: Line(key, "Поддержка", False, None) for key in ("one", "two")}
    assert find_line(People((), twice, ()), "поддержка") is None
    assert find_line(People((), twice, ()), "one") == twice["one"]


def test_what_is_spoken() -> None:
    assert spoken(" «Ещё  одно» ") == spoken('"еще одно"')
    assert spoken("out-of_scope") == spoken("Out of scope.")
    assert spoken("1C:CRM") == spoken("1С:СRМ")
    assert spoken("—") == spoken("") == ""


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Котовой", "Анна Котова"),
        ("анне котовой", "Анна Котова"),
        ("Ивана Иванова", "Иван Иванов"),
        ("Кот", ""),
        ("Аня", ""),
    ],
)
def test_a_declined_name_is_understood(words: str, name: str) -> None:
    agents = (Agent("ivanov@x.test", "Иван Иванов", ()), Agent("kotova@x.test", "Анна Котова", ()))
    assert [agent.name for agent in find_agent(People(agents, {}, ()), words)] == ([name] if name else [])
