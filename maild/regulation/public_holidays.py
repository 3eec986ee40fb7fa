"""A second opinion on the working calendar: the public holidays of a country, from the package `holidays`.

Limits: shortened days are known for Russia only (Labour Code, article 95: one hour less before a public holiday; a
weekend day that is worked keeps the length of the day it is worked for). Whether a year's transfers have been decreed
is known where the package has any for that year.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from maild.domain.calendar import Window, Year

SHORTENS = frozenset({"RU"})
"""Countries where the working day before a public holiday is an hour shorter."""
DECREES = frozenset({"RU"})
"""Countries whose government moves days off every year, by a decree of the autumn before."""
_MOVED = re.compile(r"\(substituted from (\d\d)/(\d\d)/(\d{4})\)")
_STANDS_IN = re.compile(r"\(substituted from|\(observed|\(in lieu")
_YEARS = range(1900, 2101)


class NotKnown(ValueError):
    """A country or a year of which nothing can be said; the text is one line."""


@dataclass(frozen=True)
class Opinion:
    """A year of one country. `off` are days off with their names in English, weekends among them; `working` weekend
    days that are worked, each with the day that is off instead (None: not known which). `decreed` False: transfers are
    decreed every year and those of this one are not known yet.
    """

    country: str
    year: int
    off: Mapping[date, str] = field(default_factory=dict)
    working: Mapping[date, date | None] = field(default_factory=dict)
    decreed: bool = True

    def public(self, day: date) -> bool:
        """Whether a day is a public holiday itself, not one that only stands in for another."""
        return day in self.off and not _STANDS_IN.search(self.off[day])


def opinion(country: str, year: int) -> Opinion:
    """What is known of a year. Raises NotKnown for a country or a year that the package does not have."""
    import holidays  # slow to load, and few commands need it

    if year not in _YEARS:
        raise NotKnown(f"expected a year from {_YEARS[0]} to {_YEARS[-1]}, got {year}")
    if country not in holidays.list_supported_countries():
        raise NotKnown(f'unknown country {country!r}, expected one such as "RU" (ISO 3166)')
    found: Any = holidays.country_holidays(country, years=year, language="en_US")
    named = {day: " ".join(str(name).split()) for day, name in sorted(found.items()) if day.year == year}
    moved = {date(int(y), int(m), int(d)): day for day, name in named.items() for m, d, y in _MOVED.findall(name)}
    off = {day: _MOVED.sub(r"(substituted from \3-\1-\2)", name) for day, name in named.items()}
    worked = {day: moved.get(day) for day in sorted(found.weekend_workdays) if day.year == year}
    return Opinion(country, year, off, worked, country not in DECREES or bool(moved))


def table(known: Opinion, week: Mapping[int, tuple[Window, ...]]) -> Year:
    """The year as calendar.toml has it, for a desk with this week (0 = Monday): days off that it would work otherwise,
    weekend days that it would not, shortened days."""
    off = frozenset(day for day in known.off if week.get(day.weekday()))
    working = frozenset(day for day in known.working if not week.get(day.weekday()))
    year = Year(off, working)
    return Year(off, working, frozenset(_short(known, year, week)) if known.country in SHORTENS else frozenset())


def _short(known: Opinion, year: Year, week: Mapping[int, tuple[Window, ...]]) -> Iterator[date]:
    for day in (date(known.year, 1, 1) + timedelta(number) for number in range(366)):
        if day.year != known.year or day in year.off or not (day in year.working or week.get(day.weekday())):
            continue
        as_if = known.working.get(day) or day
        following = as_if + timedelta(1)
        if known.public(following) or (following.year > known.year and known.public(date(known.year, 1, 1))):
            yield day
