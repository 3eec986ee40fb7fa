"""The shipped calendar of the rarus desk against the second opinion of `holidays`."""

from datetime import date, timedelta

import holidays
import pytest
from maild.data import data_dir
from maild.domain.calendar import windows
from maild.regulation.desk import load_desk

CALENDAR = load_desk(data_dir("rules") / "rarus").calendar
SHORT = {  # working days before a holiday, and Saturdays worked for such a day (labour code, article 95)
    2024: ["02-22", "03-07", "05-08", "06-11", "11-02"],
    2025: ["03-07", "04-30", "06-11", "11-01"],
    2026: ["04-30", "05-08", "06-11", "11-03"],
    2027: ["02-20", "04-30", "06-11", "11-03"],
}
SATURDAYS = {2024: ["04-27", "11-02", "12-28"], 2025: ["11-01"], 2026: [], 2027: ["02-20"]}
WORKED = {2024: 248, 2025: 247, 2026: 247, 2027: 247}


def days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", WORKED)
def test_each_day_is_worked_or_not_as_decreed(year: int) -> None:
    opinion = holidays.country_holidays("RU", years=year)
    mine = {day for day in days(year) if CALENDAR.hours(day)}
    assert mine == {day for day in days(year) if opinion.is_working_day(day)}
    assert len(mine) == WORKED[year]
    assert [f"{day:%m-%d}" for day in sorted(mine) if day.weekday() > 4] == SATURDAYS[year]


@pytest.mark.parametrize("year", WORKED)
def test_the_short_days(year: int) -> None:
    hours = {day: CALENDAR.hours(day) for day in days(year)}
    assert [f"{day:%m-%d}" for day, open_ in hours.items() if open_ == windows("09:00-17:00")] == SHORT[year]
    assert {open_ for open_ in hours.values() if open_} == {windows("09:00-18:00"), windows("09:00-17:00")}


@pytest.mark.parametrize("year", WORKED)
def test_a_working_day_before_a_holiday_is_short(year: int) -> None:
    """Derived once more from the law's holidays, without the list above."""
    law = {(1, 1), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)}
    for day in days(year):
        following = day + timedelta(1)
        if CALENDAR.hours(day) and (following.month, following.day) in law:
            assert day in CALENDAR.years[year].short


def test_the_calendar_ends_where_no_decree_is_known() -> None:
    assert [year for year in range(2020, 2035) if CALENDAR.covers(year)] == [2024, 2025, 2026, 2027]
