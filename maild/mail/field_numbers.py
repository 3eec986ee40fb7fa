"""Numbers in a text: runs of digits however spaced or hyphenated, told from telephones and from parts of words.

Limits: a number lies on one line, but for three groups of three of which a line end parts two; digits in words are not
numbers; full-width digits were folded before.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from maild.domain.folding import fold_digits

_CHUNK = re.compile(r"\d+")
_INSIDE = re.compile(r"[ \-.()]{1,3}")
_WRAPPED = re.compile(r"\d{3}(?:[ \-]\d{3}[ \-]?\n[ \t]?\d{3}|[ \-]?\n[ \t]?\d{3}[ \-]\d{3})(?![\w@]|[ \-.]\d)")
_BEFORE = re.compile(r"(?:[\w+]|\d[ \-.()])\Z")
_LONGEST = 24


class Shape(StrEnum):
    """How a value is written."""

    PLAIN = "plain"  # nine digits in a row
    TRIPLES = "triples"  # 801 234 567
    GROUPED = "grouped"  # any other spacing
    PHONE = "phone"
    VERSION = "version"


@dataclass(frozen=True)
class Value:
    """A number or a version that stands at [start, end) of a text; `digits` are the figures alone, or 3.1.25.4."""

    start: int
    end: int
    digits: str
    shape: Shape


Chunk = tuple[int, int]


@dataclass(frozen=True)
class Edges:
    """Where the labels of a text begin and end."""

    starts: frozenset[int] = frozenset()
    ends: frozenset[int] = frozenset()


def find_numbers(text: str, edges: Edges) -> list[Value]:
    """The numbers of a folded, masked text in order. At the edges of labels a letter may touch a number."""
    groups: list[list[Chunk]] = []
    for found in _CHUNK.finditer(text):
        start, end = found.span()
        if groups and _joined(text, groups[-1][-1][1], start) and len(groups[-1]) < _LONGEST:
            groups[-1].append((start, end))
        else:
            groups.append([(start, end)])
    values = [value for group in groups for value in _values(text, group, edges)]
    return _with_wrapped(text, values) if "\n" in text else values


def _with_wrapped(text: str, found: list[Value]) -> list[Value]:
    """The values with those that a line end has parted made whole: «801 234⏎567». They count behind a label only."""
    whole = [
        Value(*hit.span(), re.sub(r"\D", "", hit.group()), Shape.GROUPED)
        for hit in _WRAPPED.finditer(text)
        if not _BEFORE.search(text, max(0, hit.start() - 2), hit.start())
    ]
    if not whole:
        return found
    apart = [value for value in found if not any(one.start <= value.start < one.end for one in whole)]
    return sorted([*apart, *whole], key=lambda value: value.start)


def _joined(text: str, end: int, start: int) -> bool:
    return start - end <= 3 and _INSIDE.fullmatch(text, end, start) is not None


def _values(text: str, group: list[Chunk], edges: Edges) -> list[Value]:
    """What one run of neighbouring figures consists of."""
    if len(group) == 1:
        return _whole(text, group, edges)
    cut = next((index for index, chunk in enumerate(group) if _alone(text, group, index)), None)
    if cut is None:
        return _whole(text, group, edges) if _phone(text, group) else _split(text, group, edges)
    before, after = group[:cut], group[cut + 1 :]
    found = _whole(text, [group[cut]], edges)
    return (_values(text, before, edges) if before else []) + found + (_values(text, after, edges) if after else [])


def _alone(text: str, group: list[Chunk], index: int) -> bool:
    """Nine or more figures in a row, with nothing but spaces to their neighbours: a number for itself."""
    start, end = group[index]
    if end - start < 9:
        return False
    if _abroad(text, group) and _count(group[:index]) < 10:
        return False
    left = text[group[index - 1][1] : start] if index else " "
    right = text[end : group[index + 1][0]] if index + 1 < len(group) else " "
    return (not left.strip(" (") or left.endswith(". ")) and not right.strip(" ().")


def _split(text: str, group: list[Chunk], edges: Edges) -> list[Value]:
    """A run with spaces and tighter signs: by spaces where a tight part is a whole number, else as it is."""
    tight: list[list[Chunk]] = [[group[0]]]
    for before, chunk in pairwise(group):
        if " " in text[before[1] : chunk[0]] or "(" in text[before[1] : chunk[0]]:
            tight.append([chunk])
        else:
            tight[-1].append(chunk)
    lead = next((index for index in range(1, len(group)) if _count(group[:index]) == 9), None)
    if lead and _count(group[lead:]) in (10, 11):  # a number and a telephone
        return _whole(text, group[:lead], edges) + _values(text, group[lead:], edges)
    parts = [part for part in tight if _count(part) == 9 and len(part) > 1]
    if not parts or len(tight) == 1:
        return _whole(text, group, edges)
    return [value for part in tight for value in _whole(text, part, edges)]


def _count(chunks: list[Chunk]) -> int:
    return sum(end - start for start, end in chunks)


def _phone(text: str, group: list[Chunk]) -> bool:
    """International, or a Russian number with 8 or 7 in front: eleven figures, not nine in a row among them."""
    if _abroad(text, group):
        return True
    if any(end - start >= 9 for start, end in group):
        return False
    return _count(group) == 11 and text[group[0][0]] in "78"


def _abroad(text: str, group: list[Chunk]) -> bool:
    first = group[0][0]
    return first > 0 and (text[first - 1] == "+" or text[max(0, first - 2) : first] == "+(")


def _whole(text: str, group: list[Chunk], edges: Edges) -> list[Value]:
    start, end = group[0][0], group[-1][1]
    if _attached(text, start, end, edges):
        return []
    digits = "".join(text[a:b] for a, b in group)
    lengths = [b - a for a, b in group]
    if text[start - 1 : start] == "+" or (len(group) > 1 and _phone(text, group)):
        return [Value(start, end, digits, Shape.PHONE)]
    if len(group) == 1:
        return [Value(start, end, digits, Shape.PLAIN)]
    shape = Shape.TRIPLES if lengths == [3, 3, 3] else Shape.GROUPED
    return [Value(start, end, digits, shape)]


def _attached(text: str, start: int, end: int, edges: Edges) -> bool:
    """Whether the figures are a part of a word, a code such as CR-00182733, or a share such as 12/345."""
    if not _label_before(text, start, edges):
        before = text[start - 1 : start]
        if before.isalpha() or (before and before in "_\\=&@%"):
            return True
        if (
            before in ("-", ".", "/")
            and not text[start - 2 : start - 1].isdigit()
            and text[start - 2 : start - 1].isalnum()
            and start >= 2
        ):
            return True
    after, beyond = text[end : end + 1], text[end + 1 : end + 2]
    return (
        (after.isalpha() and end not in edges.starts) or after in ("_", "@", "=") or (after == "-" and beyond.isalpha())
    )


def _label_before(text: str, start: int, edges: Edges) -> bool:
    return start in edges.ends or (text[start - 1 : start] in "-.#/n=:" and start - 1 in edges.ends)


_TYPED = re.compile(r"[\W_]{0,6}([\dоoзбіl][\dоoзбіl \-]{7,14}[\dоoзбіl])(?!\w)")


def read_typed(text: str, position: int, lengths: frozenset[int]) -> Value | None:
    """A number typed with look-alike letters («8О1234567») right after a label that ends at `position`."""
    found = _TYPED.match(text, position)
    if not found or sum(char.isdigit() for char in found.group(1)) < 5:
        return None
    digits = re.sub(r"\D", "", fold_digits(found.group(1)))
    return Value(*found.span(1), digits, Shape.GROUPED) if len(digits) in lengths else None
