"""`maild calendar YEAR`: the table of a new year for calendar.toml, made from the public holidays of a country.

A draft for a person to look at: whether the desk rests on each of these days, only the desk knows.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import click

from maild.config import DEFAULT, load_config
from maild.data import data_dir
from maild.demo.day import shown_regulation
from maild.domain.calendar import Window
from maild.errors import UsageError
from maild.regulation.desk import load_desk
from maild.regulation.public_holidays import SHORTENS, NotKnown, Opinion, opinion, table

_WEEK: Mapping[int, tuple[Window, ...]] = dict.fromkeys(range(5), ((9 * 3600, 18 * 3600),))
"""A desk of which nothing is known works from Monday to Friday."""


@click.command()
@click.argument("year", type=str)
@click.option("--country", help='Whose public holidays: "RU", "UA", … Default: holidays under [hours] of the desk.')
@click.option(
    "--rules",
    type=click.Path(path_type=Path),
    help="The folder of a regulation: its week and its country. Default: that of maild.toml, else the shipped one.",
)
def command(year: str, country: str | None, rules: Path | None) -> None:
    """Write the table of a YEAR for calendar.toml to standard output."""
    if not (rules or country):
        rules = _at_hand()
        click.echo(f"note: the week and the holidays of {rules}", err=True)
    desk = load_desk(rules) if rules else None
    country = country or (desk.holidays if desk else None)
    if not country:
        hint = f'{rules}/desk.toml has no holidays = "RU" under [hours]'
        raise UsageError(f"which country? --country RU is missing; {hint}")
    if not (year.isascii() and year.isdigit()):
        raise UsageError(f"expected a year such as 2027, got {year!r}")
    try:
        known = opinion(country.upper(), int(year))
    except NotKnown as fault:
        raise UsageError(str(fault)) from None
    click.echo("\n".join(lines(known, desk.calendar.week if desk else None)))
    if not known.decreed:
        says = f"{known.country} has not decreed the transfers of {known.year} yet, or the package holidays is older"
        click.echo(f"warning: {says}: write the table anew when they are known", err=True)


def _at_hand() -> Path:
    """The rules of the first desk of the maild.toml that lies here, else those that `maild init` starts from."""
    if DEFAULT.exists():
        return next(iter(load_config(DEFAULT).desks.values())).rules
    return data_dir("rules") / shown_regulation()


def lines(known: Opinion, week: Mapping[int, tuple[Window, ...]] | None) -> Iterator[str]:
    """The table as TOML, with what has to be said of it as comments. Without a week of the desk: Monday to Friday."""
    year = table(known, week or _WEEK)
    yield f"[{known.year}]" + " " * 24 + f"# {known.country}, from the package holidays; look it over before use"
    if week is None:
        yield "# For a week from Monday to Friday; --rules DIR writes it for the week of a desk."
    if not known.decreed:
        yield "# The transfers of this year are not decreed yet: days off and working weekend days will be added."
    if not known.off:
        yield f"# No public holidays of {known.country} are known for this year: every day counts as in [hours] week."
        yield "off = []"
    if year.off:
        yield from _list("off", {day: known.off[day] for day in year.off})
    if year.working:
        yield from _list("working", {day: _instead(known, day) for day in year.working})
    if year.short:
        yield from _list("short", {day: _before(known, day) for day in year.short})
    elif known.country not in SHORTENS and known.off:
        yield "# short = []                    # shortened days are not known for this country"


def _list(key: str, days: Mapping[date, str]) -> Iterator[str]:
    yield f"{key} = ["
    for day, name in sorted(days.items()):
        yield f'  "{day}",' + " " * 16 + f"# {day:%a} {name}".rstrip()
    yield "]"


def _instead(known: Opinion, day: date) -> str:
    off = known.working.get(day)
    return f"worked for {off}" if off else ""


def _before(known: Opinion, day: date) -> str:
    """Why a day is shorter."""
    as_if = known.working.get(day)
    if as_if:
        return f"as {as_if} would be, before {_name(known.off, date.fromordinal(as_if.toordinal() + 1))}"
    return f"before {_name(known.off, date.fromordinal(day.toordinal() + 1))}"


def _name(off: Mapping[date, str], day: date) -> str:
    return off.get(day) or "New Year"
