"""calendar.toml against the second opinion: days that the table works and the country has off, and the reverse.

Only years that stand in the table are compared, and only those whose transfers are known; shortened days are not: what
is customary differs too much. A missing year is `maild check`'s own warning in any case.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from maild.domain.calendar import Year
from maild.regulation.calendar import place_of
from maild.regulation.finding import Finding, Pack, at_most, warning
from maild.regulation.public_holidays import NotKnown, Opinion, opinion
from maild.tomlfile import TomlFile

_WARN_FROM_MONTH = 10
"""From October on, a calendar without the next year is worth a word (contract)."""


def years_covered(pack: Pack) -> Iterator[Finding]:
    """This year, and from October the next, where the table does not have them."""
    today, calendar = pack.today, pack.regulation.desk.calendar
    if "calendar" not in pack.files["desk.toml"].data.get("hours", {}) and not calendar.never_closes:
        says = "hours.calendar is missing: no day off is known and every deadline is provisional"
        cure = 'add calendar = "calendar.toml", with a table for each year, an empty one where no day is off'
        yield warning(pack.rule("desk.toml", "hours"), says, cure)
        return
    for year in (today.year, *([today.year + 1] if today.month >= _WARN_FROM_MONTH else [])):
        if not calendar.covers(year):
            says = f"the year {year} is missing; its deadlines are provisional"
            yield warning(_file(pack), says, f"add [{year}]: {_writing(pack, year)}")


def contradicting(pack: Pack) -> Iterator[Finding]:
    """Days that stand in two lists that exclude each other, or twice; a year without a word."""
    if (file := pack.files.get(_file(pack))) is None:
        return
    week = pack.regulation.desk.calendar.week
    for number, year in sorted(pack.regulation.desk.calendar.years.items()):
        table = file.data[str(number)]
        if not table and not pack.regulation.desk.calendar.never_closes:
            says = f"[{number}] is empty: not one day off, and no deadline is provisional"
            cure = f"{_writing(pack, number)}; off = [] if really every day of the week is worked"
            yield warning(file.rule(str(number)), says, cure)
        for day in sorted(year.working & year.off):
            yield warning(_day(pack, day, "working"), f"{day} is in off too, and off counts", "leave it in one of them")
        for day in sorted(year.working - year.off):
            if week.get(day.weekday()):
                says = f"{day} is a working day anyway; in working it gets Friday's hours"
                yield warning(_day(pack, day, "working"), says, "take it out of working, unless that is meant")
        for kind in ("off", "working", "short"):
            yield from _twice(file, str(number), kind)


def _writing(pack: Pack, year: int) -> str:
    options = "--rules …" if pack.regulation.desk.holidays else "--country …"
    return f"`maild calendar {year} {options}` writes it"


def _twice(file: TomlFile, year: str, kind: str) -> Iterator[Finding]:
    days = [str(day) for day in file.data[year].get(kind, [])]
    for index, day in enumerate(days):
        if day in days[:index]:
            yield warning(file.rule(year, kind, index), f"{year}.{kind}: {day} stands twice", "take one of them out")


def second_opinion(pack: Pack) -> Iterator[Finding]:
    """Where the table and the public holidays of `[hours] holidays` differ."""
    desk = pack.regulation.desk
    if desk.holidays is None:
        return
    for number, year in sorted(desk.calendar.years.items()):
        try:
            known = opinion(desk.holidays, number)
        except NotKnown as fault:
            yield warning(
                pack.rule("desk.toml", "hours", "holidays"), f"hours.holidays: {fault}", "correct the country"
            )
            return
        if known.decreed:
            differing = _none_known(pack, known, year) if not known.off else _differing(pack, known, year)
            yield from at_most(differing, f"{{}} more days of {number} differ")


def _none_known(pack: Pack, known: Opinion, year: Year) -> Iterator[Finding]:
    if year.off:
        days = "1 day" if len(year.off) == 1 else f"{len(year.off)} days"
        says = f"[{known.year}] has {days} off, {known.country} has no public holidays then"
        yield warning(pack.rule(_file(pack), str(known.year), "off"), says, "take out what is worked")


def _differing(pack: Pack, known: Opinion, year: Year) -> Iterator[Finding]:
    week = pack.regulation.desk.calendar.week
    for day in (date(known.year, 1, 1) + timedelta(number) for number in range(366)):
        if day.year != known.year:
            continue
        plain = bool(week.get(day.weekday()))
        works = day not in year.off and (plain or day in year.working)
        if works and day in known.off:
            says = f"{day} is worked by the table, {known.country} has it off: {known.off[day]}"
            kind, cure = ("off", "add it to off") if plain else ("working", "take it out of working")
            yield warning(_day(pack, day, kind), says, f"{cure}, if the desk rests then")
        elif works and not plain and day not in known.working:
            says = f"{day} is a working day by the table only, {known.country} does not work it"
            yield warning(_day(pack, day, "working"), says, "take it out of working, unless the desk does work")
        elif plain and day in year.off and day not in known.off:
            says = f"{day} is off by the table only, in {known.country} it is an ordinary working day"
            yield warning(_day(pack, day, "off"), says, "take it out of off, unless the desk does rest")
        elif not works and not plain and day in known.working:
            says = f"{day} is a weekend day that {known.country} works, by the table it is off"
            yield warning(_day(pack, day, "working"), says, "add it to working, if the desk works then")


def _day(pack: Pack, day: date, kind: str) -> str:
    """Where a day stands in the table, else where it would."""
    file = pack.files.get(_file(pack))
    return place_of(file, str(day.year), kind, day) if file else _file(pack)


def _file(pack: Pack) -> str:
    """The calendar's name in desk.toml, "" where it names none."""
    return str(pack.files["desk.toml"].data["hours"].get("calendar", ""))
