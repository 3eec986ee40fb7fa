"""What the files of a regulation share: durations, names and texts in several languages, and names that clash.

The types are for pydantic models; every ValueError says what was expected and what is there.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator

from maild.domain.lookup import spoken
from maild.domain.rules import Text
from maild.errors import ConfigError, ConfigErrors
from maild.tomlfile import Path_, TomlFile

LONGEST_UNDO = 600
"""Seconds: an answer must not lie about for longer before it leaves."""

_DURATION = re.compile(r"\s*(\d{1,9})\s*([hms])\s*")
_UNITS = {"h": 3600, "m": 60, "s": 1}
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*")
_ANY = ""  # a plain string's language until the desk's first language is known
T = TypeVar("T")


def duration(text: object) -> int:
    """Seconds of "4h", "45m" or "60s": one whole number, more than 0, and one unit. Raises ValueError."""
    seconds = _span(text)
    if not seconds:
        raise ValueError(f"expected more than 0, got {text!r}")
    return seconds


def undo_time(text: object) -> int:
    """Seconds of "0s" (no undoing) up to "10m". Raises ValueError."""
    seconds = _span(text)
    if seconds > LONGEST_UNDO:
        raise ValueError(f'expected at most "10m", got {text!r}')
    return seconds


def matching(pattern: re.Pattern[str], expected: str) -> Callable[[str], str]:
    """A validator: the whole value matches, else ValueError says what was expected."""

    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"expected {expected}, got {value!r}")
        return value

    return check


def _span(text: object) -> int:
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if not match:
        raise ValueError(f'expected a whole number and one unit, such as "4h", "45m" or "60s", got {text!r}')
    return int(match.group(1)) * _UNITS[match.group(2)]


def _wording(value: object) -> object:
    """A text is a string in the desk's first language, or a table by language."""
    table = {_ANY: value} if isinstance(value, str) else value
    if not isinstance(table, dict) or not table or not all(isinstance(text, str) for text in table.values()):
        raise ValueError(f"expected a text, or a table of texts by language, got {value!r}")
    if unknown := [key for key in table if key != _ANY and not _LANGUAGE.fullmatch(str(key))]:
        raise ValueError(f'expected languages such as "ru" or "en", got {unknown[0]!r}')
    return table


def _said(value: dict[str, str]) -> dict[str, str]:
    if empty := [language for language, text in value.items() if not text.strip()]:
        raise ValueError(f"the text is empty{f' in {empty[0]!r}' if empty[0] else ''}")
    return value


def one_line(value: object) -> object:
    """Names, in one language or several: each says something, on one line. Raises ValueError."""
    for name in value.values() if isinstance(value, dict) else [value]:
        if not isinstance(name, str) or not _ONE_LINE.fullmatch(name):
            raise ValueError(f"expected a name on one line, got {name!r}")
    return value


Duration = Annotated[int, BeforeValidator(duration)]
UndoTime = Annotated[int, BeforeValidator(undo_time)]
Wording = Annotated[dict[str, str], BeforeValidator(_wording)]
Said = Annotated[Wording, AfterValidator(_said)]
"""A wording that says something in each of its languages."""

Language = Annotated[str, AfterValidator(matching(_LANGUAGE, 'a language such as "ru"'))]
Name = Annotated[str, AfterValidator(matching(_ONE_LINE, "a name on one line"))]
Link = Annotated[str, AfterValidator(matching(re.compile(r"https?://\S+"), 'an address such as "https://…"'))]
MailDomain = Annotated[
    str, AfterValidator(matching(re.compile(r"@?[^\s@*/:]+\.[^\s@*/:]+"), 'a domain such as "mail.test"'))
]


def no_such(what: str, name: str, known: Iterable[str]) -> str:
    """What to say of a name that stands for nothing; `known` are those that do."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f"no such {what}: {name}; did you mean {near[0]}?" if near else f"no such {what}: {name}"


def is_plain(words: Mapping[str, str]) -> bool:
    """Whether a wording is one string, and so the same in every language."""
    return set(words) == {_ANY}


def in_order(words: Mapping[str, str], language: str) -> Text:
    """A wording, the desk's first language before the others (the one that stands in where a language lacks)."""
    named = {key or language: text.strip() for key, text in words.items()}
    return dict(sorted(named.items(), key=lambda item: item[0] != language))


@dataclass(frozen=True)
class Named:
    """Something that a command names: by `key` or by one of `titles`. It stands at `path` of `file`."""

    key: str
    titles: tuple[str, ...]
    file: TomlFile
    path: Path_
    label: str = ""

    @property
    def rule(self) -> str:
        """Where it stands, for a fault: the label that was given, else "desk.toml:12"."""
        return self.label or self.file.rule(*self.path)


def clashes(items: Iterable[Named]) -> Iterator[ConfigError]:
    """A fault for every key or title that reads like one of something before it: a command could mean either."""
    taken: dict[str, Named] = {}
    for item in items:
        for path, name in ((item.path, item.key), *(((*item.path, "title"), title) for title in item.titles)):
            before = taken.setdefault(spoken(name), item)
            if before is not item and spoken(name):
                yield item.file.fault(f"{name!r} reads like a name of {before.key} ({before.rule})", *path)
                break


def gather(faults: list[ConfigError], load: Callable[[], T]) -> T | None:
    """What `load` returns; None, and its faults added to the list, where it fails."""
    try:
        return load()
    except ConfigErrors as errors:
        faults += errors.faults
    except ConfigError as error:
        faults.append(error)
    return None
