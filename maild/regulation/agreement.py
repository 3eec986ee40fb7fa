"""What desk.toml names that stands in other files of the regulation: categories, lines, fields, registry columns."""

from collections.abc import Iterable, Iterator

from maild.domain.intake import IntakeRules
from maild.domain.people import People
from maild.domain.rules import DeskRules
from maild.errors import ConfigError
from maild.regulation.wordings import no_such
from maild.tomlfile import TomlFile


def named_elsewhere(file: TomlFile, desk: DeskRules, intake: IntakeRules, people: People) -> Iterator[ConfigError]:
    """A fault for every name in `[[level_for]]`, `[[self_help]]` and `[[hints]]` that stands for nothing.

    `file` is desk.toml.
    """

    def unknown(what: str, names: Iterable[str], known: Iterable[str], *at: str | int) -> Iterator[ConfigError]:
        for name in names:
            if name not in known:
                yield file.fault(no_such(what, name, known), *at)

    for index, rule in enumerate(desk.level_for):
        yield from unknown("category", rule.category, intake.categories, "level_for", index, "category")
        yield from unknown("line", rule.line, people.lines, "level_for", index, "line")
        columns = intake.registry.columns
        yield from unknown("registry column in intake.toml", rule.client, columns, "level_for", index, "client")
    for index, link in enumerate(desk.self_help):
        yield from unknown("category", link.category, intake.categories, "self_help", index, "category")
        yield from unknown("field", link.fields, intake.fields.fields, "self_help", index, "fields")
    for index, hint in enumerate(desk.hints):
        yield from unknown("category", hint.category, intake.categories, "hints", index, "category")
        yield from unknown("field", hint.fields, intake.fields.fields, "hints", index, "fields")
