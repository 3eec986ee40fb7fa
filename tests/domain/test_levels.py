"""Which level a request has by category, line and client; how a level is called."""

import pytest
from maild.domain.levels import choose, level_title, same
from maild.domain.rules import LevelFor
from maild.domain.service import Level

VIP = LevelFor("fast", client={"client_category": ("vip", "партнёр")}, rule="desk.toml:10")
DEEP = LevelFor("deep", category=("integration", "exchange"), line=("managers", "engineers"), rule="desk.toml:14")
MANAGERS = LevelFor("slow", line=("managers",), rule="desk.toml:19")
ORDER = (VIP, DEEP, MANAGERS)


@pytest.mark.parametrize(
    ("category", "line", "columns", "level"),
    [
        ("basics", "consultants", {}, None),
        ("basics", None, {}, None),
        ("basics", "managers", {}, "slow"),
        ("integration", "managers", {}, "deep"),
        ("exchange", "engineers", {}, "deep"),
        ("integration", "consultants", {}, None),
        ("integration", None, {}, None),
        ("integration", "managers", {"client_category": "vip"}, "fast"),  # the first that fits, though all do
        ("basics", "consultants", {"client_category": " ViP "}, "fast"),
        ("basics", "consultants", {"client_category": "ПАРТНЕР"}, "fast"),
        ("basics", "consultants", {"client_category": "VІР"}, "fast"),  # І and Р of the other script
        ("basics", "consultants", {"client_category": ""}, None),
        ("basics", "consultants", {"client_category": "vip2"}, None),
        ("basics", "consultants", {"another": "vip"}, None),
    ],
)
def test_the_first_condition_that_fits_decides(
    category: str, line: str | None, columns: dict[str, str], level: str | None
) -> None:
    found = choose(ORDER, category, line, columns)
    assert (found.level if found else None) == level


def test_the_order_is_the_regulations_own() -> None:
    found = choose((MANAGERS, DEEP), "integration", "managers", {})
    assert found is MANAGERS
    assert choose((), "integration", "managers", {}) is None
    assert choose((LevelFor("any"),), "x", None, {}) == LevelFor("any")


def test_all_columns_have_to_fit() -> None:
    both = LevelFor("l", client={"a": ("1",), "b": ("2", "3")})
    assert choose((both,), "x", None, {"a": "1", "b": "3"}) is both
    assert choose((both,), "x", None, {"a": "1"}) is None


def test_a_value_is_compared_as_it_reads() -> None:
    assert same("Облако\u00a0 про", ["облако про"])
    assert not same(None, ["облако"])
    assert not same("облако", [])


@pytest.mark.parametrize(
    ("level", "language", "title"),
    [
        (Level("a", "рус", 1, 1, titles={"ru": "рус", "en": "eng"}), "en", "eng"),
        (Level("a", "рус", 1, 1, titles={"ru": "рус", "en": "eng"}), "uk", "рус"),
        (Level("a", "one name", 1, 1), "en", "one name"),
        (Level("quality", "", 1, None), "ru", ""),
    ],
)
def test_the_title_of_a_level(level: Level, language: str, title: str) -> None:
    assert level_title(level, language) == title
