"""Lists of `[words]` that no condition names, and words spelled with letters of two alphabets.

Conditions are read as text, so that a name counts as used wherever it stands: in the signs, among the insults, in a
ready answer, in `when` of a link or hint, or in another list that is used.
"""

import re
from collections.abc import Iterator
from typing import Any

from maild.mail.words import fold_word
from maild.regulation.finding import Finding, Pack, at_most, warning

_NAME = re.compile(r"<([\w-]+)>")
_ALWAYS = "negations"
_LATIN, _CYRILLIC = r"A-Za-z", r"А-Яа-яЁёІіЇїЄєҐґ"
_MIXED = re.compile(rf"[{_LATIN}{_CYRILLIC}]*(?:[{_LATIN}][{_CYRILLIC}]|[{_CYRILLIC}][{_LATIN}])[{_LATIN}{_CYRILLIC}]*")
_IS_LATIN = re.compile(rf"[{_LATIN}]")


def unused_lists(pack: Pack) -> Iterator[Finding]:
    """A list of `[words]` that nothing leads to."""
    tables = pack.files["intake.toml"].data
    lists = tables.get("words", {})
    others: list[Any] = [{key: table for key, table in tables.items() if key != "words"}]
    others += [file.data for name, file in pack.files.items() if name != "intake.toml"]
    used, waiting = set(), {_ALWAYS, *_names(others)}
    while waiting:
        used.add(name := waiting.pop())
        waiting |= set(_names(lists.get(name, []))) - used
    for name in lists:
        if name not in used:
            yield warning(
                pack.rule("intake.toml", "words", name),
                f"no condition uses <{name}>",
                "take the list out, or name it in a condition",
            )


def look_alikes(pack: Pack) -> Iterator[Finding]:
    """Names in which a letter of the other alphabet stands in for one that looks the same."""
    regulation = pack.regulation
    for what, where, name in _called(pack):
        yield from _mixed(what, where, name)
    rows = regulation.registry.contracts.values()
    told = (
        finding
        for row in rows
        for what, name in (("organisation", row.organisation), ("product", row.product))
        for finding in _mixed(what, row.rule, name)
    )
    yield from at_most(told, "{} more names of the registry with letters of two alphabets")
    partners = (
        finding
        for row in regulation.registry.partners.values()
        for finding in _mixed("partner", row.rule, row.organisation)
    )
    yield from at_most(partners, "{} more partners' names with letters of two alphabets")


def _called(pack: Pack) -> Iterator[tuple[str, str, str]]:
    """What a person or a command may call by name: what it is, where it stands, the name."""
    desk, people, intake = pack.regulation.desk, pack.regulation.people, pack.regulation.intake
    yield from (("desk's name", pack.rule("desk.toml", "name"), name) for name in (desk.name, *desk.names.values()))
    for agent in people.agents:
        yield "agent's name", agent.rule, agent.name
    for line in people.lines.values():
        yield from (("line", pack.rule("people.toml", "lines", line.key), name) for name in (line.key, line.title))
    for level in desk.levels.values():
        yield from (
            ("level", level.rule, name) for name in dict.fromkeys((level.key, level.title, *level.titles.values()))
        )
    for refusal in desk.refusals.values():
        yield from (("reason", refusal.rule, name) for name in (refusal.key, *refusal.title.values()))
    for answer in desk.canned.values():
        yield from (("ready answer", answer.rule, name) for name in (answer.key, *answer.title.values()))
    for category in intake.categories.values():
        yield from (("category", category.rule, name) for name in (category.key, *category.title.values()))
    for rule in intake.fields.fields.values():
        yield from (("field", rule.rule, name) for name in (rule.name, *rule.title.values()))
        yield from (("value", choice.rule, choice.value) for choice in rule.choices.found)


def _mixed(what: str, where: str, name: str) -> Iterator[Finding]:
    for match in _MIXED.finditer(name):
        word = match.group()
        plain = fold_word(word)
        if (latin := bool(_IS_LATIN.search(plain))) and re.search(rf"[{_CYRILLIC}]", plain):
            continue  # no letters that merely look alike: somebody meant it so
        strays = [letter for letter in word if bool(_IS_LATIN.match(letter)) != latin]
        alphabet, other = ("Cyrillic", "Latin") if latin else ("Latin", "Cyrillic")
        said = ", ".join(f"«{letter}»" for letter in dict.fromkeys(strays))
        verb = "is" if len(set(strays)) == 1 else "are"
        says = f"{what} «{name}»: in «{word}» {said} {verb} {alphabet}, the other letters {other}"
        yield warning(where, says, f"type the word anew in {other} letters")


def _names(value: Any) -> Iterator[str]:
    """The names in every text of a table."""
    if isinstance(value, str):
        yield from _NAME.findall(value)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _names(each)
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)
