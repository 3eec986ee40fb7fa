"""`calendar.toml`: days off, working days and shortened days, year by year; and time zones by name."""

import re
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field

from maild.domain.calendar import Calendar, Year
from maild.errors import ConfigError, ConfigErrors
from maild.tomlfile import Strict, TomlFile, read_toml, validate

_YEAR = re.compile(r"\d{4}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_KINDS = ("off", "working", "short")


def _date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"no such date: {value!r} ({error})") from None
    raise ValueError(f'expected a date such as "2026-01-01", got {str(value)!r}')


class _Year(Strict):
    off: list[Annotated[date, BeforeValidator(_date)]] = Field(default_factory=list)
    working: list[Annotated[date, BeforeValidator(_date)]] = Field(default_factory=list)
    short: list[Annotated[date, BeforeValidator(_date)]] = Field(default_factory=list)


def load_years(path: Path) -> dict[int, Year]:
    """The years of a calendar file. Raises ConfigError(s): not a year, not a date, a date of another year."""
    file = read_toml(path)
    years: dict[int, Year] = {}
    faults: list[ConfigError] = []
    for key, table in file.data.items():
        try:
            years[int(key)] = _year(file, key, table)
        except ConfigErrors as errors:
            faults += errors.faults
        except (ConfigError, ValueError) as error:
            faults.append(
                error if isinstance(error, ConfigError) else file.fault("expected a year such as [2026]", key)
            )
    if faults:
        raise ConfigErrors(faults)
    return years


def _year(file: TomlFile, key: str, table: object) -> Year:
    if not _YEAR.fullmatch(key) or not isinstance(table, dict):
        raise file.fault("expected a table for a year, such as [2026]", key)
    model = validate(_Year, file, table, (key,))
    stray = [
        file.fault(f"{day} is not a day of {key}", key, kind)
        for kind in _KINDS
        for day in getattr(model, kind)
        if day.year != int(key)
    ]
    if stray:
        raise ConfigErrors(stray)
    return Year(frozenset(model.off), frozenset(model.working), frozenset(model.short))


def short_for_nothing(path: Path, calendar: Calendar) -> tuple[str, ...]:
    """A line for each `short` day that is not worked: harmless, but hardly what was meant."""
    found = [
        (str(number), day)
        for number, year in sorted(calendar.years.items())
        for day in sorted(year.short)
        if not _worked(calendar, year, day)
    ]
    file = read_toml(path) if found else None
    return tuple(
        f"{place_of(file, year, 'short', day)}: {year}.short: {day} is not worked, so there is nothing to shorten"
        for year, day in found
        if file
    )


def place_of(file: TomlFile, year: str, kind: str, day: date) -> str:
    """Where a day stands in a year's list, "calendar.toml:12"; where it does not, where the list stands."""
    listed = file.data.get(year, {}).get(kind, [])
    place = next((index for index, item in enumerate(listed) if str(item) == str(day)), None)
    return file.rule(year, kind) if place is None else file.rule(year, kind, place)


def _worked(calendar: Calendar, year: Year, day: date) -> bool:
    return day not in year.off and (day in year.working or bool(calendar.week.get(day.weekday())))


def zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name. Raises ValueError, with the nearest names there are."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; absolute or with ".."; a folder such as "Europe"
        near = get_close_matches(name, sorted(available_timezones()), n=1, cutoff=0.6)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        raise ValueError(f'unknown time zone {name!r}, expected one such as "Europe/Moscow"{hint}') from None
