"""Service levels and the conditions that choose them: what decides nothing, what nothing chooses, what has no target.

That every category has a level, and every name stands for something, is checked when the rules are loaded.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from maild.domain.folding import fold
from maild.domain.rules import LevelFor
from maild.regulation.finding import Finding, Pack, warning

BY_COMMAND: Mapping[str, str] = {"urgent": "#urgent", "development": "#develop"}
"""Levels that a command of their own gives (contract, Commands in an agent's mail)."""


def overlapping(pack: Pack) -> Iterator[Finding]:
    """Entries of `[[level_for]]` that decide nothing, whole or in part, because earlier ones take all of it."""
    before: list[LevelFor] = []
    for entry in pack.regulation.desk.level_for:
        lost = [
            (case, by) for case in _cases(entry) if (by := next((one for one in before if _takes(one, case)), None))
        ]
        every = len(list(_cases(entry)))
        if lost and len(lost) == every:
            rules = ", ".join(dict.fromkeys(one.rule for _, one in lost))
            says = f"[[level_for]] level = {entry.level} never decides: {rules} takes all that it is for"
            yield warning(entry.rule, says, "move it up, narrow what stands before it, or take it out")
        elif lost:
            for case, one in lost:
                says = f"[[level_for]] level = {entry.level}: not for {_said(case, entry)}, {one.rule} takes that first"
                yield warning(entry.rule, says, "take that out here, or move the entry up")
        before.append(entry)


def unused(pack: Pack) -> Iterator[Finding]:
    """A level that nothing but an agent's `#level` gives."""
    desk, intake = pack.regulation.desk, pack.regulation.intake
    given = {category.level for category in intake.categories.values()} | {entry.level for entry in desk.level_for}
    for level in desk.levels.values():
        if level.key not in given and level.key not in BY_COMMAND:
            says = f"level {level.key}: no category and no [[level_for]] gives it, only an agent's #level"
            yield warning(level.rule, says, "give it to a category in intake.toml or by [[level_for]], or take it out")


def without_targets(pack: Pack) -> Iterator[Finding]:
    """A level that promises nothing: its requests are never warned of and never escalated."""
    for level in pack.regulation.desk.levels.values():
        if level.reaction is None and level.resolution is None:
            says = f"level {level.key} has no target: its requests are never due, nobody is warned"
            yield warning(level.rule, says, 'add reaction = "8h" or resolution = "24h"')


def solved_before_confirmed(pack: Pack) -> Iterator[Finding]:
    """A level whose resolution is due before its reaction."""
    for level in pack.regulation.desk.levels.values():
        if level.reaction and level.resolution and level.resolution < level.reaction:
            says = f"level {level.key}: the resolution is due before the reaction"
            yield warning(pack.rule("desk.toml", "levels", level.key, "resolution"), says, "correct one of the two")


def _cases(entry: LevelFor) -> Iterator[LevelFor]:
    """An entry cut into such with one value in every place."""
    columns = list(entry.client)
    choices: Sequence[Sequence[str | None]] = [
        entry.category or (None,), entry.line or (None,), *(entry.client[name] for name in columns)
    ]  # fmt: skip
    for category, line, *values in product(*choices):
        client = {name: (value,) for name, value in zip(columns, values, strict=True) if value is not None}
        yield LevelFor(entry.level, (category,) if category else (), (line,) if line else (), client)


def _takes(earlier: LevelFor, case: LevelFor) -> bool:
    """Whether an entry takes everything that a case with one value in every place can mean."""
    return (
        _within(case.category, earlier.category)
        and _within(case.line, earlier.line)
        and all(
            name in case.client and _within(tuple(map(_plain, case.client[name])), tuple(map(_plain, values)))
            for name, values in earlier.client.items()
        )
    )


def _within(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether what is asked of one place lies within what an earlier entry asks of it; () asks nothing."""
    return not theirs or (bool(mine) and set(mine) <= set(theirs))


def _said(case: LevelFor, entry: LevelFor) -> str:
    """What distinguishes a case: the values of the places where the entry has several."""
    parts = [f"category {case.category[0]}"] if len(entry.category) > 1 else []
    parts += [f"line {case.line[0]}"] if len(entry.line) > 1 else []
    parts += [f"{name} {case.client[name][0]}" for name, values in entry.client.items() if len(values) > 1]
    return ", ".join(parts)


def _plain(value: str) -> str:
    return " ".join(fold(value).split())
