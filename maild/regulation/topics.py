"""The conditions of `[[self_help]]` and `[[hints]]` on a client's words: which topics a letter is about.

Conditions are those of the signs in intake.toml, names of its `[words]` included.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from maild.domain.intake import Sign, Signs
from maild.domain.rules import DeskRules
from maild.errors import ConfigError, ConfigErrors
from maild.mail.conditions import look
from maild.mail.words import fold_word, split
from maild.regulation.conditions import read_conditions
from maild.tomlfile import TomlFile


@dataclass(frozen=True)
class _Topic:
    """`table` and `index` are where it stands in desk.toml."""

    table: str
    index: int
    topic: str
    when: tuple[str, ...]


def load_topics(file: TomlFile, desk: DeskRules, words: Mapping[str, Sequence[str]] | None) -> Signs:
    """A sign for every link and hint that has conditions; its category is the `topic` of that.

    `file` is desk.toml, `words` are the lists that conditions may name; None where they are not known, then no
    condition is read. Raises ConfigErrors.
    """
    if words is None:
        return Signs(())
    faults: list[ConfigError] = []
    signs = tuple(_sign(file, each, words, faults) for each in _topics(desk))
    if faults:
        raise ConfigErrors(faults)
    return Signs(signs, frozenset(map(fold_word, words.get("negations", ()))))


def topics_of(topics: Signs, *texts: str, language: str) -> frozenset[str]:
    """The topics that these words of a client are about."""
    seen = look(topics, split(*texts), ukrainian=language == "uk")
    return frozenset(hit.sign.category for hit in seen.hits)


def _topics(desk: DeskRules) -> Iterator[_Topic]:
    links = (_Topic("self_help", index, item.topic, item.when) for index, item in enumerate(desk.self_help))
    hints = (_Topic("hints", index, item.topic, item.when) for index, item in enumerate(desk.hints))
    yield from (each for each in chain(links, hints) if each.topic)


def _sign(file: TomlFile, each: _Topic, words: Mapping[str, Sequence[str]], faults: list[ConfigError]) -> Sign:
    at = (each.table, each.index, "when")
    return Sign(each.topic, None, read_conditions(file, each.when, words, faults, *at), rule=file.rule(*at))
