"""What desk.toml adds to letters and levels: `[levels]`, `[[level_for]]`, `[[self_help]]`, `[[hints]]`.

The tables as pydantic models and as values; what they name elsewhere is looked up in `agreement`, their conditions on
the client's words are read in `topics`.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from maild.domain.rules import Hint, LevelFor, SelfHelp, Text
from maild.domain.service import Level
from maild.regulation.wordings import Duration, Link, Said, Wording, in_order, one_line
from maild.tomlfile import Strict, TomlFile


def _any_of(value: object) -> object:
    """One word, or a list of them of which any does."""
    items = _values(value)
    if not all(item.strip() for item in items):
        raise ValueError(f"expected a word or a list of words, got {value!r}")
    return items


def _values(value: object) -> list[str]:
    """One value of a field, or a list of them of which any does; "" is that it is not known."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not items or not all(isinstance(item, str) for item in items):
        raise ValueError(f"expected a word or a list of words, got {value!r}")
    return items


AnyOf = Annotated[list[str], BeforeValidator(_any_of)]
Values = Annotated[list[str], BeforeValidator(_values)]
Carrier = Literal["acknowledgement", "receipt", "refusal", "request-information"]
_LINKED: tuple[Carrier, ...] = ("acknowledgement", "receipt", "request-information")
_HINTED: tuple[Carrier, ...] = ("acknowledgement", "receipt", "refusal")
Title = Annotated[Wording, BeforeValidator(one_line)]


class LevelTable(Strict):
    """`[levels.KEY]`."""

    title: Title = Field(default_factory=dict)
    reaction: Duration | None = None
    resolution: Duration | None = None
    at_least: bool = False


class LevelForTable(Strict):
    """`[[level_for]]`."""

    level: str
    category: AnyOf = Field(default_factory=list)
    line: AnyOf = Field(default_factory=list)
    client: dict[str, AnyOf] = Field(default_factory=dict)


class _Advice(Strict):
    """What links and hints have in common: when they are shown."""

    category: AnyOf = Field(default_factory=list)
    fields: dict[str, Values] = Field(default_factory=dict)
    when: list[str] = Field(default_factory=list)


class HelpTable(_Advice):
    """`[[self_help]]`."""

    title: Said
    url: Link
    letters: list[Carrier] = Field(default_factory=lambda: list(_LINKED))


class HintTable(_Advice):
    """`[[hints]]`."""

    text: Said
    url: Link | None = None
    letters: list[Carrier] = Field(default_factory=lambda: list(_HINTED))


def level(file: TomlFile, key: str, item: LevelTable, language: str) -> Level:
    """A level; without a title it is called by its key."""
    titles: Text = in_order(item.title, language)
    name = next(iter(titles.values()), key)
    return Level(key, name, item.reaction, item.resolution, file.rule("levels", key), titles, item.at_least)


def level_for(file: TomlFile, index: int, item: LevelForTable) -> LevelFor:
    """A condition of `[[level_for]]`."""
    client = {column: tuple(values) for column, values in item.client.items()}
    return LevelFor(item.level, tuple(item.category), tuple(item.line), client, file.rule("level_for", index))


def self_help(file: TomlFile, index: int, item: HelpTable, language: str) -> SelfHelp:
    """A link; one with conditions has a topic of its own."""
    return SelfHelp(
        title=in_order(item.title, language),
        url=item.url,
        **_shown(file, "self_help", index, item),
    )


def hint(file: TomlFile, index: int, item: HintTable, language: str) -> Hint:
    """A hint; one with conditions has a topic of its own."""
    return Hint(
        text=in_order(item.text, language),
        url=item.url or "",
        **_shown(file, "hints", index, item),
    )


def _shown(file: TomlFile, table: str, index: int, item: HelpTable | HintTable) -> dict[str, Any]:
    """When and where a link or a hint is shown; conditions make it a topic."""
    return {
        "letters": tuple(item.letters),
        "category": tuple(item.category),
        "fields": {name: tuple(values) for name, values in item.fields.items()},
        "when": tuple(item.when),
        "topic": f"{table}.{index}" if item.when else "",
        "rule": file.rule(table, index),
    }
