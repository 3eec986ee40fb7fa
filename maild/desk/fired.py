"""What of a regulation may fire: every condition, category, level, field, reason … with its file and line."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from maild.domain.intake import Signs
from maild.domain.rules import Text, in_language
from maild.regulation.load import Regulation

Key = tuple[str, object]
"""A rule's kind, and what tells it apart from others of that kind."""

KINDS = ("condition", "sign", "out_of_scope", "category", "required", "needs", "level", "level_for", "line")
"""In the order in which they are shown; then what follows."""
MORE = ("field", "value", "refusal", "answer", "suggestion", "topic")
RANK = {kind: place for place, kind in enumerate((*KINDS, *MORE))}


@dataclass(frozen=True)
class Rule:
    """One rule: `rule` is its file and line, `name` what it belongs to, `text` what it says."""

    kind: str
    key: Key
    rule: str
    name: str
    text: str


def rules_that_fire(regulation: Regulation) -> Iterator[Rule]:
    """Every rule that `coverage` counts, in the order of the files."""
    for part in _PARTS:
        yield from part(regulation)


def _title(text: Text, regulation: Regulation) -> str:
    return in_language(text, regulation.desk.languages[0])


def _signs(regulation: Regulation) -> Iterator[Rule]:
    yield from _conditions("condition", regulation.intake.signs)
    for sign in regulation.intake.signs.signs:
        if not sign.when:
            yield Rule("sign", ("sign", id(sign)), sign.rule, sign.category, f"version {sign.version}")


def _conditions(kind: str, signs: Signs) -> Iterator[Rule]:
    for sign in signs.signs:
        name = f"{sign.category} ({sign.kind})" if sign.kind else sign.category
        for each in sign.when:
            yield Rule(kind, (kind, id(each)), each.rule or sign.rule, name, each.text)


def _kinds(regulation: Regulation) -> Iterator[Rule]:
    for kind in regulation.intake.out_of_scope.values():
        key = ("out_of_scope", kind.key)
        yield Rule("out_of_scope", key, kind.rule, kind.key, _title(kind.title, regulation))


def _categories(regulation: Regulation) -> Iterator[Rule]:
    for each in regulation.intake.categories.values():
        yield Rule("category", ("category", each.key), each.rule, each.key, _title(each.title, regulation))
        for group in each.required:
            key = ("required", (each.key, group[0]))
            yield Rule("required", key, each.rule, each.key, f"asked for {' or '.join(group)}")
        for column, wanted in each.needs.items():
            key = ("needs", (each.key, column))
            yield Rule("needs", key, each.rule, each.key, f"{column} is not {' or '.join(wanted)}")


def _levels(regulation: Regulation) -> Iterator[Rule]:
    for level in regulation.desk.levels.values():
        yield Rule("level", ("level", level.key), level.rule, level.key, level.title)
    for each in regulation.desk.level_for:
        asks = [*each.category, *each.line, *(f"{key} {'|'.join(values)}" for key, values in each.client.items())]
        yield Rule("level_for", ("level_for", id(each)), each.rule, each.level, ", ".join(asks) or "everything")


def _lines(regulation: Regulation) -> Iterator[Rule]:
    for line in regulation.people.lines.values():
        yield Rule("line", ("line", line.key), "people.toml", line.key, line.title)


def _fields(regulation: Regulation) -> Iterator[Rule]:
    for each in regulation.intake.fields.fields.values():
        yield Rule("field", ("field", each.name), each.rule, each.name, _title(each.title, regulation))
        for choice in {choice.value: choice for choice in each.choices.found}.values():
            yield Rule("value", ("value", (each.name, choice.value)), choice.rule, each.name, choice.value)


def _refusals(regulation: Regulation) -> Iterator[Rule]:
    for each in regulation.desk.refusals.values():
        yield Rule("refusal", ("refusal", each.key), each.rule, each.key, _title(each.title, regulation))


def _answers(regulation: Regulation) -> Iterator[Rule]:
    for each in regulation.desk.canned.values():
        yield Rule("answer", ("answer", each.key), each.rule, each.key, _title(each.title, regulation))
    yield from _conditions("suggestion", regulation.offers)


def _topics(regulation: Regulation) -> Iterator[Rule]:
    yield from _conditions("topic", regulation.topics)


_PARTS: tuple[Callable[[Regulation], Iterator[Rule]], ...] = (
    _signs,
    _kinds,
    _categories,
    _levels,
    _lines,
    _fields,
    _refusals,
    _answers,
    _topics,
)
