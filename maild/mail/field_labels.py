"""Which label announces which number: the nearest one before it whose value has such a shape and that reaches it.

A label reaches its value over punctuation, filler words, other values and a line end, not over the end of a sentence,
not over «не знаю», and over a comma only where nothing else is said. Rows of headings above rows of values are matched
by column. A label may also stand behind: «801234567 (AnyDesk)». A label that has its value is spent, but for lists.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass

from maild.domain.fields import FieldRule, FieldRules, Kind, Label, OtherRule, Words
from maild.mail.field_numbers import Shape, Value
from maild.mail.field_text import ENTITY, Source

_REACH = 160
_LABELS_BACK = 10
_SENTENCE = re.compile(r"[!?]|(?:[^\W\d_]{3}|[\d)»\"])\.\s+[A-ZА-ЯЁІЇЄҐ]")
_CLAUSE = re.compile(r"[,;]")
_LETTERS = re.compile(r"[^\W\d_]+")
_CELL = re.compile(r"\t+|\s{2,}|\|")
_BRACKETS = re.compile(r"\([^()\n]{0,60}\)")
_AT_ONCE = re.compile(rf"\W{{1,4}}|\s{ENTITY}+ \(")  # «партнёр ООО «…» (4127)»
_BEHIND = re.compile(r"[ \t]{0,8}[-(=/:\[]?[ \t]{0,3}")


@dataclass(frozen=True)
class Mark:
    """A label found at [start, end)."""

    start: int
    end: int
    label: Label

    @property
    def rule(self) -> FieldRule | OtherRule:
        """What the label announces."""
        return self.label.rule


@dataclass(frozen=True)
class Named:
    """A value with the label that announces it, None where nothing does. `listed`: it continues a list."""

    value: Value
    mark: Mark | None
    listed: bool = False


def find_marks(text: str, rules: FieldRules) -> list[Mark]:
    """Every label in a folded, masked text, in order."""
    labels = rules.labels
    return [Mark(start, end, labels[tag]) for start, end, tag in rules.announcing.find(text)]


def part_examples(source: Source, values: list[Value], words: Words) -> tuple[list[Value], list[tuple[int, int]]]:
    """The values in order without mere examples («например, …»), and the spans of those with their words."""
    real: list[Value] = []
    examples: list[tuple[int, int]] = []
    for value in sorted(values, key=lambda value: value.start):
        line = max(value.start - 40, source.folded.rfind("\n", 0, value.start) + 1)
        before = source.folded[line : value.start]
        lead = [start for start, end, _ in words.example.find(before) if not re.search(r"\w", before[end:])]
        if lead:
            examples.append((line + lead[-1], value.end))
        else:
            real.append(value)
    return real, examples


def name_values(source: Source, values: list[Value], marks: list[Mark], words: Words) -> list[Named]:
    """Each value, in order, with its label. `source.bare` has labels and values taken out."""
    return _Naming(source, values, marks, words).run()


def fits(rule: FieldRule | OtherRule, value: Value) -> bool:
    """Whether a value has a shape that a label of this rule can announce."""
    if isinstance(rule, OtherRule):
        if rule.versions or value.shape is Shape.VERSION:
            return rule.versions and value.shape is Shape.VERSION
        return not rule.digits or len(value.digits) in rule.digits
    if value.shape is Shape.VERSION:
        return rule.kind is Kind.VERSION
    return value.shape is not Shape.PHONE and len(value.digits) in rule.digits


class _Naming:
    """One pass over the values of a text."""

    def __init__(self, source: Source, values: list[Value], marks: list[Mark], words: Words) -> None:
        self.source, self.values, self.marks, self.words = source, values, marks, words
        self.ends = [mark.end for mark in marks]
        self.starts = [value.start for value in values]
        self.spent: dict[int, Value] = {}
        self.forced = self._columns()

    def run(self) -> list[Named]:
        named: list[Named] = []
        passed = 0
        for position, value in enumerate(self.values):
            while passed < len(self.marks) and self.marks[passed].end <= value.start:
                passed += 1
            index, listed = self._before(value, passed)
            if index is None:
                index = self._behind(value, position, passed)
            if index is not None:
                self.spent[index] = value
            named.append(Named(value, None if index is None else self.marks[index], listed))
        return named

    def _before(self, value: Value, passed: int) -> tuple[int | None, bool]:
        if value.start in self.forced:
            return self.forced[value.start], False
        for index in range(passed - 1, max(-1, passed - 1 - _LABELS_BACK), -1):
            mark = self.marks[index]
            if value.start - mark.end > _REACH:
                break
            if not fits(mark.rule, value):
                continue
            if index in self.spent:
                if self._continues(index, value):
                    return index, True
            elif self._reaches(mark, value):
                return index, False
        return None, False

    def _continues(self, index: int, value: Value) -> bool:
        last, rule = self.spent[index], self.marks[index].rule
        gap = self.source.bare[last.end : value.start]
        if isinstance(rule, OtherRule):
            alike = (last.shape, len(last.digits)) == (value.shape, len(value.digits))
            return alike and not rule.digits and len(gap) <= 8 and "\n" not in gap and not self._says(gap)
        gap = _BRACKETS.sub("", gap)
        if len(gap) > 80 or "\n\n" in gap or self.marks[index].label.bare:
            return False
        return not self._says(gap) or _renewed(gap, rule)

    def _says(self, gap: str) -> bool:
        return ENTITY in gap or self.words.fillers.unknown(gap) > 0

    def _reaches(self, mark: Mark, value: Value) -> bool:
        gap = self.source.bare[mark.end : value.start]
        if not gap.strip(" :-=") and not mark.label.bare:
            return True
        if mark.label.bare:
            return _bare(gap) and not self._qualified(mark)
        if not self._lines(gap):
            return False
        if isinstance(mark.rule, OtherRule):
            return self._other_reaches(mark.rule, gap, mark, value)
        gap = gap[max((end for _, end, _ in self.words.contrast.find(gap)), default=0) :]
        unknown = self.words.fillers.unknown(gap)
        if self.words.denials.search(gap) or self._ended(mark, value):
            return False
        return unknown <= (0 if _CLAUSE.search(gap) else 4)

    def _other_reaches(self, rule: OtherRule, gap: str, mark: Mark, value: Value) -> bool:
        if ENTITY in gap:
            return False
        unknown = self.words.fillers.unknown(gap)
        if rule.far:
            return unknown <= 6
        return unknown <= (0 if _CLAUSE.search(gap) else 2) and not self._ended(mark, value)

    def _qualified(self, mark: Mark) -> bool:
        """Whether a common word belongs to another label: «тел. партнёра»."""
        before = bisect_left(self.ends, mark.start + 1) - 1
        return before >= 0 and mark.start - self.ends[before] <= 3 and isinstance(self.marks[before].rule, OtherRule)

    def _lines(self, gap: str) -> bool:
        """Over one line end, and a blank line after it, where the lines say nothing of their own."""
        lines = gap.split("\n")
        if len(lines) == 1:
            return True
        return len(lines) <= 3 and not self.words.fillers.unknown(gap) and not any("," in line for line in lines[:-1])

    def _ended(self, mark: Mark, value: Value) -> bool:
        return _SENTENCE.search(self.source.original, mark.end, value.start) is not None

    def _behind(self, value: Value, position: int, passed: int) -> int | None:
        """A label right behind its value, unless it has a value of its own."""
        if passed >= len(self.marks) or passed in self.spent:
            return None
        mark = self.marks[passed]
        if mark.start - value.end > 40 or mark.label.bare or not fits(mark.rule, value):
            return None
        gap = self.source.bare[value.end : mark.start]
        if "\n" in gap or self.words.fillers.unknown(gap) or not _BEHIND.fullmatch(_LETTERS.sub("", gap)):
            return None
        line_end = self.source.bare.find("\n", mark.end)
        following = self.values[position + 1] if position + 1 < len(self.values) else None
        own = following and (line_end < 0 or following.start < line_end) and fits(mark.rule, following)
        return None if own and following and self._reaches(mark, following) else passed

    def _columns(self) -> dict[int, int]:
        """Values under a row of headings: start of a value -> index of the label in its column."""
        forced: dict[int, int] = {}
        rows: dict[int, list[int]] = {}
        for index, mark in enumerate(self.marks):
            rows.setdefault(self.source.folded.rfind("\n", 0, mark.start) + 1, []).append(index)
        for start, indexes in rows.items():
            if len(indexes) > 1:
                self._match_columns(start, indexes, forced)
        return forced

    def _match_columns(self, start: int, indexes: list[int], forced: dict[int, int]) -> None:
        text = self.source.folded
        end = text.find("\n", start)
        below = text.find("\n", end + 1) if end >= 0 else -1
        below = len(text) if below < 0 else below
        if end < 0 or end - start > 400 or self.words.fillers.unknown(self.source.bare[start:end]):
            return
        heads, cells = _cells(text, start, end), _cells(text, end + 1, below)
        if len(heads) < 2 or len(heads) != len(cells):
            return
        for index in indexes:
            column = next((n for n, (a, b) in enumerate(heads) if a <= self.marks[index].start < b), None)
            if column is None:
                continue
            first = bisect_left(self.starts, cells[column][0])
            for value in self.values[first : bisect_left(self.starts, cells[column][1])]:
                if fits(self.marks[index].rule, value):
                    forced[value.start] = index


def _renewed(gap: str, rule: FieldRule) -> bool:
    """Whether words right before the next value say that it is the new one: «…, после обмена стал …»."""
    return "\n" not in gap and any(role.key == "new" and role.near.ends(gap) for role in rule.roles)


def _bare(gap: str) -> bool:
    return _AT_ONCE.fullmatch(gap) is not None and "\n" not in gap and "," not in gap and "." not in gap


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cells, position = [], start
    for found in _CELL.finditer(text, start, end):
        if text[position : found.start()].strip():
            cells.append((position, found.start()))
        position = found.end()
    if text[position:end].strip():
        cells.append((position, end))
    return cells
