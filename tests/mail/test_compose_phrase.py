"""Dates, spans and counts in words, in three languages."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from maild.mail import phrase
from maild.mail.labels import LABELS, WORDS

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 25, 13, 15, tzinfo=UTC)


def _plain(text: str) -> str:
    return text.replace(phrase.NBSP, " ")


@pytest.mark.parametrize(
    "language, table, sentence",
    [
        ("ru", "ср 25 ноября, 16:15 (мск)", "среды, 25 ноября, 16:15 (мск)"),
        ("en", "Wed 25 Nov, 16:15 (MSK)", "Wednesday, 25 November, 16:15 (MSK)"),
        ("uk", "ср 25 листопада, 16:15 (за Москвою)", "середи, 25 листопада, 16:15 (за Москвою)"),
    ],
)
def test_a_time_in_a_table_and_in_a_sentence(language: str, table: str, sentence: str) -> None:
    assert _plain(phrase.moment(DUE, language, MOSCOW, NOW)) == table
    assert _plain(phrase.until(DUE, language, MOSCOW, NOW)) == sentence


def test_the_year_only_if_it_is_another_one() -> None:
    new_year = datetime(2026, 12, 31, 21, 30, tzinfo=UTC)  # already 2027 in Moscow
    assert _plain(phrase.moment(new_year, "ru", MOSCOW, NOW)) == "пт 1 января 2027, 00:30 (мск)"
    assert _plain(phrase.until(new_year, "en", MOSCOW, NOW)) == "Friday, 1 January 2027, 00:30 (MSK)"
    assert _plain(phrase.day(date(2026, 12, 31), "ru")) == "31 декабря 2026"


def test_dates_do_not_break_inside() -> None:
    assert "25\u00a0ноября" in phrase.until(DUE, "ru", MOSCOW, NOW)
    assert "16:15\u00a0(мск)" in phrase.moment(DUE, "ru", MOSCOW, NOW)


def test_a_heading_says_the_day_only_when_it_is_another() -> None:
    assert phrase.clock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "ru", MOSCOW, NOW) == "12:00"
    assert _plain(phrase.clock(DUE, "ru", MOSCOW, NOW)) == "ср 25 ноября, 16:15"


@pytest.mark.parametrize(
    "zone, at, name",
    [
        ("Asia/Yekaterinburg", DUE, "UTC+5"),
        ("Asia/Kolkata", DUE, "UTC+5:30"),
        ("America/New_York", DUE, "UTC-5"),
        ("America/New_York", datetime(2026, 7, 1, tzinfo=UTC), "UTC-4"),
        ("UTC", DUE, "UTC"),
        ("Europe/Kyiv", DUE, "за Києвом"),
    ],
)
def test_the_zone_is_named_by_custom_or_by_its_offset_then(zone: str, at: datetime, name: str) -> None:
    assert phrase.zone_name(at, "uk", ZoneInfo(zone)) == name


@pytest.mark.parametrize(
    "seconds, language, words",
    [
        (6000, "ru", "1 ч 40 мин"),
        (12_000, "en", "3 h 20 min"),
        (12_059, "uk", "3 год 20 хв"),
        (7200, "ru", "2 ч"),
        (2100, "ru", "35 мин"),
        (59, "ru", "меньше минуты"),
        (0, "en", "less than a minute"),
        (-5, "en", "less than a minute"),
        (45 * 3600, "ru", "45 ч"),
    ],
)
def test_spans_in_hours_and_minutes_never_in_days(seconds: int, language: str, words: str) -> None:
    assert _plain(phrase.span(seconds, language)) == words


@pytest.mark.parametrize(
    "hours, case, words",
    [
        (1, "", "1 рабочий час"),
        (21, "", "21 рабочий час"),
        (22, "", "22 рабочих часа"),
        (24, "", "24 рабочих часа"),
        (5, "", "5 рабочих часов"),
        (0, "", "0 рабочих часов"),
        (11, "", "11 рабочих часов"),
        (14, "", "14 рабочих часов"),
        (40, "", "40 рабочих часов"),
        (21, "until", "21 рабочего часа"),
        (24, "until", "24 рабочих часов"),
        (21, "in", "21 рабочий час"),
        (9, "in", "9 рабочих часов"),
    ],
)
def test_russian_hours_in_their_cases(hours: int, case: str, words: str) -> None:
    assert _plain(phrase.working(hours * 3600, "ru", case)) == words


def test_other_languages_and_broken_hours() -> None:
    assert _plain(phrase.working(3600, "en")) == "1 working hour"
    assert _plain(phrase.working(86_400, "en")) == "24 working hours"
    assert _plain(phrase.working(3 * 3600, "uk")) == "3 робочі години"
    assert _plain(phrase.working(5400, "ru")) == "1 ч 30 мин рабочего времени"


@pytest.mark.parametrize(
    "number, words", [(1, "одного сведения"), (2, "двух сведений"), (5, "пяти сведений"), (21, "21 сведения")]
)
def test_how_many_things_are_missing(number: int, words: str) -> None:
    assert f"{phrase.counted(number, 'ru')} {phrase.plural(number, 'thing', 'ru')}" == words


def test_lists_end_with_and() -> None:
    assert phrase.listed(["номер"], "ru") == "номер"
    assert phrase.listed(["номер", "версия"], "ru") == "номер и версия"
    assert phrase.listed(["a", "b", "c"], "en") == "a, b and c"
    assert phrase.listed([], "en") == ""


@pytest.mark.parametrize("table", [LABELS, WORDS, phrase._FORMS])
def test_every_language_has_every_wording_with_the_same_gaps(table: dict[str, dict[str, object]]) -> None:
    first = table["ru"]
    for language in phrase.LANGUAGES:
        assert table[language].keys() == first.keys()
        for key, wording in table[language].items():
            if isinstance(wording, str):
                assert sorted(_gaps(wording)) == sorted(_gaps(str(first[key]))), (language, key)
                assert "!" not in wording


def _gaps(wording: str) -> list[str]:
    return [part.partition("}")[0] for part in wording.split("{")[1:]]
