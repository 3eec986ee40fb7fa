"""`desk.toml` with its calendar and its refusals: hours, levels, holds, escalation, rating, and the words of letters.

A folder with nothing but `[hours]` and `[levels]` in its desk.toml is enough for `maild deadline`: all else has
defaults. Every fault names file, line and key; all are told at once.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from maild.domain.calendar import Calendar, Window, windows
from maild.domain.rules import Answers, DeskRules, Digests, Escalation, Rating, Refusal, Reminder
from maild.errors import ConfigError, ConfigErrors
from maild.regulation.calendar import load_years, short_for_nothing, zone
from maild.regulation.extras import (
    HelpTable,
    HintTable,
    LevelForTable,
    LevelTable,
    Title,
    hint,
    level,
    level_for,
    self_help,
)
from maild.regulation.wordings import (
    Duration,
    Language,
    Named,
    Said,
    UndoTime,
    Wording,
    clashes,
    duration,
    gather,
    in_order,
    is_plain,
    matching,
    no_such,
)
from maild.tomlfile import Strict, TomlFile, read_toml, validate

__all__ = ["DeskRules", "duration", "load_desk"]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_COUNTRY = re.compile(r"[A-Z]{2}")
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{0,9}")
T = TypeVar("T")


def _hours(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError(f'expected hours such as "09:00-18:00", got {value!r}')
    return windows(value)


def _different(value: list[str]) -> list[str]:
    if not value or len(set(value)) < len(value):
        raise ValueError(f'expected different languages such as ["ru", "en"], got {value!r}')
    return value


def _some(value: dict[str, T]) -> dict[str, T]:
    if not value:
        raise ValueError("expected one service level at least, such as [levels.standard]")
    return value


def _telephone(value: object) -> object:
    if value is False or (isinstance(value, str) and re.search(r"\d", value)):
        return value
    raise ValueError(f'expected a number such as "+7 495 …", or false, got {value!r}')


Hours = Annotated[tuple[Window, ...], BeforeValidator(_hours)]
Clock = Literal["reaction", "resolution"]
Country = Annotated[str, AfterValidator(matching(_COUNTRY, 'a country of two capitals such as "RU"'))]
Telephone = Annotated[str | Literal[False], BeforeValidator(_telephone)]
Prefix = Annotated[str, AfterValidator(matching(_PREFIX, 'up to ten Latin capitals and digits such as "CRM"'))]


_BOTH: tuple[Clock, ...] = ("reaction", "resolution")


class _Week(Strict):
    mon: Hours = ()
    tue: Hours = ()
    wed: Hours = ()
    thu: Hours = ()
    fri: Hours = ()
    sat: Hours = ()
    sun: Hours = ()


class _Hours(Strict):
    timezone: str
    calendar: str | None = None
    holidays: Country | None = None
    week: _Week


class _Acceptance(Strict):
    mode: Literal["automatic", "agent"] = "automatic"


class _Escalation(Strict):
    warn_at: float = Field(default=0.75, gt=0, le=1)
    repeat: Duration | None = None
    bundle: int = Field(default=10, ge=1)


class _Hold(Strict):
    details: list[Clock] = Field(default_factory=lambda: list(_BOTH))
    client: list[Clock] = Field(default_factory=lambda: list(_BOTH[1:]))


class _Rating(Strict):
    ask: bool = True
    complain_at: int = Field(default=2, ge=0, le=5)
    close_after: Duration | None = None


class _Quality(Strict):
    reaction: Duration | None = None


class _Answers(Strict):
    display: Literal["both", "desk", "agent"] = "both"
    undo: UndoTime = 0


class _Reminder(Strict):
    after: Duration
    times: int = Field(default=2, ge=1, le=10)
    reason: str | None = None


class _Digest(Strict):
    line: bool = True
    quality: bool = True


class _Refusal(Strict):
    title: Said
    text: Said
    cure: Wording = Field(default_factory=dict)
    effect: Literal["refuse", "hold"] = "refuse"
    clause: str | None = None


class _Refusals(Strict):
    refusals: dict[str, _Refusal] = Field(default_factory=dict)


class _Desk(_Refusals):
    name: Title | None = None
    prefix: Prefix = "DESK"
    languages: Annotated[list[Language], AfterValidator(_different)] = Field(default_factory=lambda: ["ru", "en"])
    hours: _Hours
    acceptance: _Acceptance = Field(default_factory=_Acceptance)
    levels: Annotated[dict[str, LevelTable], AfterValidator(_some)]
    level_for: list[LevelForTable] = Field(default_factory=list)
    escalation: _Escalation = Field(default_factory=_Escalation)
    hold: _Hold = Field(default_factory=_Hold)
    rating: _Rating = Field(default_factory=_Rating)
    quality: _Quality = Field(default_factory=_Quality)
    answers: _Answers = Field(default_factory=_Answers)
    reminder: _Reminder | None = None
    digest: _Digest = Field(default_factory=_Digest)
    telephone: Telephone | None = None
    hours_text: Wording = Field(default_factory=dict)
    contract_titles: dict[str, str] = Field(default_factory=dict)
    self_help: list[HelpTable] = Field(default_factory=list)
    hints: list[HintTable] = Field(default_factory=list)
    notes: dict[str, Wording] = Field(default_factory=dict)


def load_desk(directory: Path) -> DeskRules:
    """`desk.toml` of a folder, the calendar that it names, and `refusals.toml` where there is one.

    Raises ConfigError or ConfigErrors.
    """
    if not directory.is_dir():
        raise ConfigError(str(directory), "no such folder of rules")
    file = read_toml(directory / "desk.toml")
    model = validate(_Desk, file)
    faults: list[ConfigError] = []
    calendar = gather(faults, lambda: _calendar(directory, file, model.hours))
    refusals = gather(faults, lambda: _refusals(directory, file, model))
    faults += clashes(
        Named(key, tuple(item.title.values()), file, ("levels", key)) for key, item in model.levels.items()
    )
    faults += _levels_that_are_not(file, model)
    if calendar is None or refusals is None or faults:
        raise ConfigErrors(faults)
    language = model.languages[0]
    names = in_order(model.name or {}, language)
    return DeskRules(
        name=next(iter(names.values()), directory.resolve().name),
        names={} if model.name and is_plain(model.name) else names,
        prefix=model.prefix,
        languages=tuple(model.languages),
        calendar=calendar,
        levels={key: level(file, key, item, language) for key, item in model.levels.items()},
        acceptance=model.acceptance.mode,
        escalation=Escalation(model.escalation.warn_at, model.escalation.repeat, model.escalation.bundle),
        hold={"details": frozenset(model.hold.details), "client": frozenset(model.hold.client)},
        rating=Rating(model.rating.ask, model.rating.complain_at, model.rating.close_after),
        quality_reaction=model.quality.reaction,
        refusals=refusals,
        telephone=model.telephone or None,
        hours_text=in_order(model.hours_text, language),
        contract_titles=model.contract_titles,
        self_help=tuple(self_help(file, index, item, language) for index, item in enumerate(model.self_help)),
        notes={key: in_order(note, language) for key, note in model.notes.items()},
        by_telephone=model.telephone is not False,
        answers=Answers(model.answers.display, model.answers.undo),
        reminder=Reminder(model.reminder.after, model.reminder.times, model.reminder.reason)
        if model.reminder
        else None,
        digests=Digests(model.digest.line, model.digest.quality),
        level_for=tuple(level_for(file, index, item) for index, item in enumerate(model.level_for)),
        hints=tuple(hint(file, index, item, language) for index, item in enumerate(model.hints)),
        holidays=model.hours.holidays,
        warnings=(
            *short_for_nothing(directory / (model.hours.calendar or "desk.toml"), calendar),
            *_reminders_for_nothing(file, model),
            *_at_least_of_nothing(file, model),
        ),
    )


def _reminders_for_nothing(file: TomlFile, model: _Desk) -> tuple[str, ...]:
    """A line where reminders are wanted but no hold begins from which they could be counted."""
    if model.reminder is None or model.hold.client:
        return ()
    return (f"{file.rule('reminder')}: nobody is reminded while hold.client names no clock",)


def _levels_that_are_not(file: TomlFile, model: _Desk) -> Iterator[ConfigError]:
    for index, item in enumerate(model.level_for):
        if item.level not in model.levels:
            yield file.fault(no_such("level", item.level, model.levels), "level_for", index, "level")


def _at_least_of_nothing(file: TomlFile, model: _Desk) -> Iterator[str]:
    """A line for every level that is told as "from …" and has no reaction of which to tell."""
    for key, item in model.levels.items():
        if item.at_least and item.reaction is None:
            yield f"{file.rule('levels', key, 'at_least')}: `at_least` is about `reaction`, which this level has not"


def _calendar(directory: Path, file: TomlFile, hours: _Hours) -> Calendar:
    week: dict[int, tuple[Window, ...]] = {day: getattr(hours.week, name) for day, name in enumerate(WEEKDAYS)}
    if not any(week.values()):
        raise file.fault("expected hours on one day at least", "hours", "week")
    try:
        place = zone(hours.timezone)
    except ValueError as error:
        raise file.fault(str(error), "hours", "timezone") from None
    if hours.calendar is None:
        return Calendar(place, week)
    if not (directory / hours.calendar).is_file():
        raise file.fault(f"no such file: {hours.calendar}", "hours", "calendar")
    return Calendar(place, week, load_years(directory / hours.calendar))


def _refusals(directory: Path, file: TomlFile, model: _Desk) -> Mapping[str, Refusal]:
    """The reasons of desk.toml and of `refusals.toml`; one name may stand in one of them only."""
    language = model.languages[0]
    read = [(file, key, item) for key, item in model.refusals.items()]
    faults: list[ConfigError] = []
    if (directory / "refusals.toml").is_file():
        other = read_toml(directory / "refusals.toml")
        for key, item in validate(_Refusals, other).refusals.items():
            if key in model.refusals:
                faults.append(other.fault(f"stands in {file.rule('refusals', key)} already", "refusals", key))
            else:
                read.append((other, key, item))
    faults += clashes(Named(key, tuple(item.title.values()), own, ("refusals", key)) for own, key, item in read)
    reason = model.reminder.reason if model.reminder else None
    if reason is not None and reason not in {key for _, key, _ in read}:
        says = no_such("refusal", reason, (key for _, key, _ in read))
        faults.append(file.fault(says, "reminder", "reason"))
    if faults:
        raise ConfigErrors(faults)
    return {key: _refusal(own, key, item, language) for own, key, item in read}


def _refusal(file: TomlFile, key: str, item: _Refusal, language: str) -> Refusal:
    title, text, cure = (in_order(words, language) for words in (item.title, item.text, item.cure))
    return Refusal(key, title, text, cure, item.effect, item.clause, file.rule("refusals", key))
