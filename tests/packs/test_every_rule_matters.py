"""Dropping any rule of a pack changes at least one golden decision, so that no rule is there for nothing.

A rule that nothing depends on fails its pack's test by name: write a letter that does (`tests/desk/letters`,
`tests/packs/letters`), or delete the rule. What a rule of intake.toml is, see `mutants` and `mutants_of_values`;
suggestions, links, hints, levels, holds and days are further down.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from maild.domain.calendar import Calendar, Year
from maild.domain.folding import fold
from maild.regulation.load import Regulation
from maild.store.database import Database
from tests.desk.office import Office
from tests.packs.golden import Golden, goldens, regulation
from tests.packs.helps import Help, helps
from tests.packs.mutants import Bench
from tests.packs.mutants_of_values import Without, categories, parts, tables

PACKS = ("rarus", "procrm", "example")
ELSEWHERE = {"requests.refusals.unproven"}
"""No decision but a letter: `test_what_an_untied_address_hears`."""


@cache
def bench(pack: str) -> Bench:
    """A pack with its golden letters, read once."""
    return Bench(regulation(pack), goldens(pack))


@cache
def whole_letters(pack: str) -> tuple[tuple[Golden, str], ...]:
    """The letters whose whole decision is labelled, with their folded text; those written for one rule first."""
    found = [letter for letter in bench(pack).letters if not isinstance(letter.wanted, str)]
    ordered = sorted(
        found,
        key=lambda letter: not letter.name.startswith(("rarus_rules", "rarus_blank", "rarus_strangers", "procrm.toml")),
    )
    return tuple((letter, fold(f"{letter.message.subject} {letter.message.text}")) for letter in ordered)


@pytest.mark.parametrize("pack", PACKS)
def test_every_label_holds(pack: str) -> None:
    found = bench(pack)
    assert not [each.name for each in found.letters if not each.holds(found.regulation, found.plain[each.name])]


@pytest.mark.parametrize("pack", PACKS)
def test_every_condition_matters(pack: str) -> None:
    found = bench(pack)
    mutants = [*found.condition_mutants(), *found.abuse_mutants()]
    left = {each.name.partition(" ")[2] for each in mutants if found.survives(each)}
    assert left == set(), "no golden letter depends on these: write one (topics_each.txt, each.txt), or delete them"
    assert len(mutants) >= 6


@pytest.mark.parametrize("pack", PACKS)
def test_every_field_category_and_kind_matters(pack: str) -> None:
    whole = regulation(pack)
    rules = [*tables(whole), *categories(whole), *parts(whole)]
    assert {each.name for each in rules if _survives(pack, each)} - ELSEWHERE == set()
    assert len(rules) >= 10


def _survives(pack: str, rule: Without) -> bool:
    less, found = rule.regulation(), bench(pack)
    concerned = (
        letter for letter, text in whole_letters(pack) if rule.concerns(text, found.plain[letter.name].category.key)
    )
    return all(letter.holds(less, found.class_of(letter, less)) for letter in concerned)


def test_what_an_untied_address_hears(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'rarus.db'}")
    database.migrate()
    office = Office(database, tmp_path)
    office.arrive("x@pochta.test", "Как скрыть поле? 1С:CRM КОРП 3.1.25.4, рег. номер 801000025")
    says = office.desk.regulation.desk.refusals["unproven"].text["ru"]
    assert says in " ".join(office.last("x@pochta.test", "refusal").text.split())


# --- what the rules suggest -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", ("rarus", "procrm"))
def test_every_suggestion_matters(pack: str) -> None:
    whole, letters = regulation(pack), helps(pack)
    assert not [each.message.text for each in letters if not each.holds(whole)]
    left = {name for name, less in _without_suggestions(whole) if all(each.holds(less) for each in letters)}
    assert left == set()


def _without_suggestions(whole: Regulation) -> Iterator[tuple[str, Regulation]]:
    for part in ("offers", "topics"):
        signs = getattr(whole, part)
        for place, sign in enumerate(signs.signs):
            for condition in sign.when:
                less = replace(sign, when=tuple(each for each in sign.when if each is not condition))
                kept = (*signs.signs[:place], less, *signs.signs[place + 1 :])
                yield f"{condition.rule} {condition.text}", replace(whole, **{part: replace(signs, signs=kept)})
    for name in ("self_help", "hints"):
        for item in getattr(whole.desk, name):
            rest = tuple(each for each in getattr(whole.desk, name) if each is not item)
            yield f"{item.rule} {name}", replace(whole, desk=replace(whole.desk, **{name: rest}))
    for key, category in whole.intake.categories.items():
        for field in category.offered:
            offered = tuple(each for each in category.offered if each != field)
            changed = {**whole.intake.categories, key: replace(category, offered=offered)}
            yield f"{category.rule} offered: {field}", replace(whole, intake=replace(whole.intake, categories=changed))


# --- levels, holds, days ----------------------------------------------------------------------------------------------

MONDAY = datetime(2026, 11, 23, 7, 15, tzinfo=UTC)
"""10:15 in Moscow, 9:15 in Kyiv."""

DUE = {
    "rarus": {
        "urgent": ("2026-11-23T14:15+03:00", "2026-11-24T09:15+03:00"),
        "standard": ("2026-11-24T09:15+03:00", "2026-11-25T16:15+03:00"),
        "development": ("2026-11-24T09:15+03:00", "2026-11-27T14:15+03:00"),
    },
    "procrm": {
        "sla1": ("2026-11-23T11:15+02:00", None),
        "sla2": ("2026-11-23T13:15+02:00", None),
        "sla3": ("2026-11-23T13:15+02:00", None),
    },
    "example": {
        "normal": ("2026-11-23T11:15+00:00", "2026-11-24T07:15+00:00"),
        "down": ("2026-11-23T08:15+00:00", "2026-11-23T11:15+00:00"),
    },
}
"""Reaction and resolution of what arrives on that Monday, by level. One target less, and it is None."""

HELD = {
    "rarus": {"details": {"reaction", "resolution"}, "client": {"resolution"}},
    "procrm": {"details": {"reaction"}, "client": {"reaction"}},
}
"""Which clocks stand while a client is asked (B20)."""

HOURS = {
    "rarus": {2024: 248 * 9 - 5, 2025: 247 * 9 - 4, 2026: 247 * 9 - 4, 2027: 247 * 9 - 4},
    "procrm": {2026: 261 * 9, 2027: 261 * 9},
    "example": {2026: 365 * 24},
}
"""Working hours of whole years. A day off, a working Saturday or a short day less, and the sum is another."""


@pytest.mark.parametrize("pack", PACKS)
def test_every_target_matters(pack: str) -> None:
    desk = regulation(pack).desk
    found = {
        key: tuple(_due(desk.calendar, target) for target in (level.reaction, level.resolution))
        for key, level in desk.levels.items()
    }
    assert found == DUE[pack]
    for key, level in desk.levels.items():
        for target in (level.reaction, level.resolution):
            assert target is None or _due(desk.calendar, None) != _due(desk.calendar, target), key


def _due(calendar: Calendar, target: int | None) -> str | None:
    return None if target is None else calendar.add(MONDAY, target).isoformat(timespec="minutes")


@pytest.mark.parametrize("pack", HELD)
def test_every_hold_matters(pack: str) -> None:
    assert {why: set(clocks) for why, clocks in regulation(pack).desk.hold.items()} == HELD[pack]


@pytest.mark.parametrize("pack", PACKS)
def test_every_day_of_the_calendar_matters(pack: str) -> None:
    calendar = regulation(pack).desk.calendar
    assert {year: _hours(calendar, year) for year in HOURS[pack]} == HOURS[pack]
    for number, year in calendar.years.items():
        for kind, day in _days(year):
            less = replace(year, **{kind: getattr(year, kind) - {day}})
            changed = replace(calendar, years={**calendar.years, number: less})
            assert _around(changed, day) != _around(calendar, day), f"{day} {kind}"


def _days(year: Year) -> Iterator[tuple[str, date]]:
    for kind in ("off", "working", "short"):
        yield from ((kind, day) for day in sorted(getattr(year, kind)))


def _around(calendar: Calendar, day: date) -> int:
    """Working seconds of a day and the next, in the calendar's zone."""
    start = datetime(day.year, day.month, day.day, tzinfo=calendar.zone)
    return calendar.elapsed(start, start + timedelta(days=2))


def _hours(calendar: Calendar, year: int) -> int:
    start, end = (datetime(each, 1, 1, tzinfo=calendar.zone) for each in (year, year + 1))
    return calendar.elapsed(start, end) // 3600


@pytest.mark.parametrize("pack", PACKS)
def test_every_reason_is_somebodys(pack: str) -> None:
    """A reason is sent by a machine, prepared for a person, or a step of the desk's reminders; else a person's own."""
    whole = regulation(pack)
    used: set[str] = {kind.refusal for kind in whole.intake.out_of_scope.values()} | set(whole.intake.refusals.values())
    if whole.desk.reminder and whole.desk.reminder.reason:
        used.add(whole.desk.reminder.reason)
    own: Mapping[str, Any] = {key: each for key, each in whole.desk.refusals.items() if key not in used}
    assert used <= set(whole.desk.refusals)
    assert {key for key, each in own.items() if not each.clause} == set(), "a reason of no clause"


def test_helps_are_read() -> None:
    assert all(isinstance(each, Help) for pack in ("rarus", "procrm") for each in helps(pack))
