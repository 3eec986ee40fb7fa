"""Regulations without one of the rules that are no conditions: fields, products, what a category asks, levels, days.

Tables of recognition are compiled together, so that one without a table is read anew from what was parsed; everything
else is left out of the loaded values.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from maild.data import data_dir
from maild.domain.folding import fold
from maild.domain.intake import Category
from maild.regulation.fields import load_fields
from maild.regulation.load import Regulation
from maild.tomlfile import TomlFile, read_toml


@dataclass(frozen=True)
class Without:
    """A regulation without the rule `name`. It concerns letters in which one of `words` stands, of that category; where
    neither is named, any letter."""

    name: str
    regulation: Callable[[], Regulation]
    words: frozenset[str] = frozenset()
    category: str | None = None

    def concerns(self, text: str, category: str) -> bool:
        """Whether the rule may matter to a letter of this folded text and category."""
        return self.category in (None, category) and (not self.words or any(word in text for word in self.words))


def tables(regulation: Regulation) -> Iterator[Without]:
    """Every field, thing that looks like one, value of a choice, and role."""
    file = read_toml(data_dir("rules") / regulation.directory.name / "intake.toml")
    fields: Mapping[str, Any] = file.data.get("fields", {})
    for name, field in fields.items():
        yield _table(regulation, file, "fields", name)
        for role in field.get("roles", {}):
            yield _table(regulation, file, "fields", name, "roles", role)
        for choice in file.data.get(field.get("choices", ""), {}):
            yield _table(regulation, file, field["choices"], choice)
    for name in file.data.get("others", {}):
        yield _table(regulation, file, "others", name)


def _table(regulation: Regulation, file: TomlFile, *path: str) -> Without:
    table: Any = file.data
    for key in path:
        table = table[key]

    def made() -> Regulation:
        fields = load_fields(replace(file, data=_cut(file.data, path)))
        return replace(regulation, intake=replace(regulation.intake, fields=fields))

    words = frozenset(_words(table)) if path[0] != "fields" or "roles" in path else frozenset[str]()
    return Without(".".join(path), made, words)


def _cut(data: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """A table without what stands at a path."""
    key, rest = path[0], path[1:]
    if not rest:
        return {name: value for name, value in data.items() if name != key}
    return {**data, key: _cut(data[key], rest)}


def _words(table: Any) -> Iterator[str]:
    """The beginnings of the words that a table's phrases name."""
    for value in table.values() if isinstance(table, dict) else table if isinstance(table, list) else ():
        if isinstance(value, str):
            yield from (fold(word)[:4] for word in re.findall(r"[^\W_]+", value))
        else:
            yield from _words(value)


def categories(regulation: Regulation) -> Iterator[Without]:
    """What each category asks, takes from the registry, prefers; its level, line, priority, exemption."""
    for category in regulation.intake.categories.values():
        for what, less in _less(category, bool(regulation.intake.registry.contracts), regulation.people.first_line):
            changed = {**regulation.intake.categories, category.key: less}
            whole = replace(regulation, intake=replace(regulation.intake, categories=changed))
            yield Without(f"categories.{category.key}.{what}", lambda whole=whole: whole, category=category.key)


def _less(category: Category, dated: bool, first_line: str | None) -> Iterator[tuple[str, Category]]:
    for name in ("required", "supplied", "kinds", "same_product"):
        values = getattr(category, name)
        if name == "kinds" and values == Category("", {}, None).kinds:
            continue  # all kinds is what stands where nothing is said
        for value in values:
            yield f"{name}: {value}", replace(category, **{name: tuple(each for each in values if each != value)})
    for name in ("wanting", "prefer", "needs"):
        values = getattr(category, name)
        for key in values:
            yield f"{name}.{key}", replace(category, **{name: {each: values[each] for each in values if each != key}})
    plain = Category(category.key, category.title, None, contracts=dated or category.contracts)
    for name in ("level", "priority", "contracts", "hand_over", "line"):
        if name == "line" and category.line == first_line:
            continue  # said for the reader: new requests go there anyway
        if getattr(category, name) != getattr(plain, name):
            yield name, replace(category, **{name: getattr(plain, name)})


def parts(regulation: Regulation) -> Iterator[Without]:
    """Kinds out of scope, reasons that a letter leads to, conditions of levels, public domains, the quality mailbox."""
    intake, desk = regulation.intake, regulation.desk
    for key in intake.out_of_scope:
        less = replace(intake, out_of_scope={k: v for k, v in intake.out_of_scope.items() if k != key})
        yield Without(f"out_of_scope.{key}", lambda less=less: replace(regulation, intake=less))
    for verdict in intake.refusals:
        less = replace(intake, refusals={k: v for k, v in intake.refusals.items() if k != verdict})
        yield Without(f"requests.refusals.{verdict}", lambda less=less: replace(regulation, intake=less))
    if intake.quality:
        yield Without("requests.quality", lambda: replace(regulation, intake=replace(intake, quality=None)))
    for each in desk.level_for:
        rest = replace(desk, level_for=tuple(item for item in desk.level_for if item is not each))
        yield Without(f"{each.rule} level_for", lambda rest=rest: replace(regulation, desk=rest))
