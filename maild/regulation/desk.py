"""`desk.toml` with its calendar and its refusals: hours, levels, holds, escalation, rating, and the words of letters.

A folder with nothing but `[hours]` and `[levels]` in its desk.toml is enough for `maild deadline`: all else has
defaults. Every fault names file, line and key; all are told at once.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from maild.domain.calendar import Calendar, Window, windows
from maild.domain.rules import DeskRules, Escalation, Rating, Refusal, Text
from maild.domain.service import Level
from maild.errors import ConfigError, ConfigErrors
from maild.regulation.calendar import load_years, short_for_nothing, zone
from maild.tomlfile import Strict, TomlFile, read_toml, validate

__all__ = ["DeskRules", "duration", "load_desk"]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DURATION = re.compile(r"\s*(\d{1,9})\s*([hms])\s*")
_UNITS = {"h": 3600, "m": 60, "s": 1}
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{0,9}")
_ANY = ""  # a plain string's language until the desk's first language is known
T = TypeVar("T")


def duration(text: object) -> int:
    """Seconds of "4h", "45m" or "60s": one whole number, more than 0, and one unit. Raises ValueError."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if not match:
        raise ValueError(f'expected a whole number and one unit, such as "4h", "45m" or "60s", got {text!r}')
    seconds = int(match.group(1)) * _UNITS[match.group(2)]
    if not seconds:
        raise ValueError(f"expected more than 0, got {text!r}")
    return seconds


def _wording(value: object) -> object:
    """A text is a string in the desk's first language, or a table by language."""
    table = {_ANY: value} if isinstance(value, str) else value
    if not isinstance(table, dict) or not table or not all(isinstance(text, str) for text in table.values()):
        raise ValueError(f"expected a text, or a table of texts by language, got {value!r}")
    if unknown := [key for key in table if key != _ANY and not _LANGUAGE.fullmatch(str(key))]:
        raise ValueError(f'expected languages such as "ru" or "en", got {unknown[0]!r}')
    return table


def _hours(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError(f'expected hours such as "09:00-18:00", got {value!r}')
    return windows(value)


def _matching(pattern: re.Pattern[str], expected: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"expected {expected}, got {value!r}")
        return value

    return check


def _different(value: list[str]) -> list[str]:
    if not value or len(set(value)) < len(value):
        raise ValueError(f'expected different languages such as ["ru", "en"], got {value!r}')
    return value


def _some(value: dict[str, T]) -> dict[str, T]:
    if not value:
        raise ValueError("expected one service level at least, such as [levels.standard]")
    return value


Duration = Annotated[int, BeforeValidator(duration)]
Wording = Annotated[dict[str, str], BeforeValidator(_wording)]
Hours = Annotated[tuple[Window, ...], BeforeValidator(_hours)]
Clock = Literal["reaction", "resolution"]
Language = Annotated[str, AfterValidator(_matching(_LANGUAGE, 'a language such as "ru"'))]
Prefix = Annotated[str, AfterValidator(_matching(_PREFIX, 'up to ten Latin capitals and digits such as "CRM"'))]
Name = Annotated[
    str, AfterValidator(_matching(re.compile(r"[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*"), "a name on one line"))
]
Link = Annotated[str, AfterValidator(_matching(re.compile(r"https?://\S+"), 'an address such as "https://…"'))]


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
    week: _Week


class _Level(Strict):
    title: Name | None = None
    reaction: Duration | None = None
    resolution: Duration | None = None


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


class _Help(Strict):
    title: Wording
    url: Link


class _Refusal(Strict):
    title: Wording
    text: Wording
    cure: Wording = Field(default_factory=dict)
    effect: Literal["refuse", "hold"] = "refuse"
    clause: str | None = None


class _Refusals(Strict):
    refusals: dict[str, _Refusal] = Field(default_factory=dict)


class _Desk(_Refusals):
    name: Name | None = None
    prefix: Prefix = "DESK"
    languages: Annotated[list[Language], AfterValidator(_different)] = Field(default_factory=lambda: ["ru", "en"])
    hours: _Hours
    acceptance: _Acceptance = Field(default_factory=_Acceptance)
    levels: Annotated[dict[str, _Level], AfterValidator(_some)]
    escalation: _Escalation = Field(default_factory=_Escalation)
    hold: _Hold = Field(default_factory=_Hold)
    rating: _Rating = Field(default_factory=_Rating)
    quality: _Quality = Field(default_factory=_Quality)
    telephone: str | Literal[False] | None = None
    hours_text: Wording = Field(default_factory=dict)
    contract_titles: dict[str, str] = Field(default_factory=dict)
    self_help: list[_Help] = Field(default_factory=list)
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
    calendar = _gather(faults, lambda: _calendar(directory, file, model.hours))
    refusals = _gather(faults, lambda: _refusals(directory, file, model))
    if calendar is None or refusals is None:
        raise ConfigErrors(faults)
    language = model.languages[0]
    return DeskRules(
        name=model.name or directory.resolve().name,
        prefix=model.prefix,
        languages=tuple(model.languages),
        calendar=calendar,
        levels={key: _level(file, key, level) for key, level in model.levels.items()},
        acceptance=model.acceptance.mode,
        escalation=Escalation(model.escalation.warn_at, model.escalation.repeat, model.escalation.bundle),
        hold={"details": frozenset(model.hold.details), "client": frozenset(model.hold.client)},
        rating=Rating(model.rating.ask, model.rating.complain_at, model.rating.close_after),
        quality_reaction=model.quality.reaction,
        refusals=refusals,
        telephone=model.telephone or None,
        hours_text=_text(model.hours_text, language),
        contract_titles=model.contract_titles,
        self_help=tuple((_text(item.title, language), item.url) for item in model.self_help),
        notes={key: _text(note, language) for key, note in model.notes.items()},
        warnings=short_for_nothing(directory / (model.hours.calendar or "desk.toml"), calendar),
    )


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


def _level(file: TomlFile, key: str, level: _Level) -> Level:
    return Level(key, level.title or key, level.reaction, level.resolution, file.rule("levels", key))


def _refusals(directory: Path, file: TomlFile, model: _Desk) -> Mapping[str, Refusal]:
    """The reasons of desk.toml and of `refusals.toml`; one key may stand in one of them only."""
    found = {key: _refusal(file, key, item, model.languages[0]) for key, item in model.refusals.items()}
    own = directory / "refusals.toml"
    if own.is_file():
        other = read_toml(own)
        for key, item in validate(_Refusals, other).refusals.items():
            if key in found:
                raise other.fault(f"stands in {found[key].rule} already", "refusals", key)
            found[key] = _refusal(other, key, item, model.languages[0])
    return found


def _refusal(file: TomlFile, key: str, item: _Refusal, language: str) -> Refusal:
    title, text, cure = (_text(words, language) for words in (item.title, item.text, item.cure))
    return Refusal(key, title, text, cure, item.effect, item.clause, file.rule("refusals", key))


def _text(words: Mapping[str, str], language: str) -> Text:
    """A wording, the desk's first language before the others (the one that stands in where a language lacks)."""
    named = {key or language: text.strip() for key, text in words.items()}
    return dict(sorted(named.items(), key=lambda item: item[0] != language))


def _gather(faults: list[ConfigError], load: Callable[[], T]) -> T | None:
    try:
        return load()
    except ConfigErrors as errors:
        faults += errors.faults
    except ConfigError as error:
        faults.append(error)
    return None
