"""Lines of our own letters to staff inside a text that is meant for a client.

The last guard, for programs that quote without any sign: it compares words, so that wrapping, quotation signs and
emphasis do not matter. Ordinary short lines prove nothing and are let through. Limits: a text is looked at up to 2,000
lines, what is known up to 200,000 characters.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from maild.mail.markers import MARKERS, PAST, fold

LONG = 20
"""Characters of a folded line from which two of them prove where they come from."""

VERY_LONG = 40
"""Characters from which a single line does."""

MOST_LINES = 2000
MOST_KNOWN = 200_000

_ROW = re.compile(r"^[\s>|*]*(?P<label>[^\s:>][^:\n]{0,30}?)(?:[ \t*]*:|\s{2,}|\t)\s*(?P<value>\S.*)$")
_CODE = re.compile(r"maild(?::|%3a)[A-Za-z0-9]", re.IGNORECASE)
_COMMAND = re.compile(r"^[\s>|*]*#\w")
_MARKERS = tuple(f" {fold(text)} " for text in (*MARKERS.values(), *PAST))


class Known:
    """The words of letters, ready for comparison; false where there are none."""

    def __init__(self, texts: Sequence[str]) -> None:
        text = "\n".join(texts)[:MOST_KNOWN]
        self.lines = [line for line in text.split("\n") if line.strip()]
        self.folded = [fold(line) for line in self.lines]
        self._joined = f" {' '.join(filter(None, self.folded))} "
        self._words = frozenset(self._joined.split())

    def __bool__(self) -> bool:
        return bool(self._words)

    def says(self, line: str) -> bool:
        """Whether these letters hold the words of a line, one after another."""
        folded = fold(line)
        return bool(folded) and f" {folded} " in self._joined

    def has_word(self, word: str) -> bool:
        """Whether a folded word stands in them."""
        return word in self._words


def leaked(lines: Sequence[str], staff: Known, innocent: Sequence[Known]) -> tuple[str, ...]:
    """The lines that are ours to staff and no words of the `innocent`, in order; none where nothing is certain.

    Certain is one marker, code, help line of a command or row of a card; one line of 40 characters or two of 20.
    """
    lines = [line for line in lines[:MOST_LINES] if line.strip()]
    signs = set(_signs(lines, staff, innocent))
    long = {index: size for index, size in _long_lines(lines, staff, innocent) if index not in signs}
    if not signs and len(long) < 2 and not any(size >= VERY_LONG for size in long.values()):
        return ()
    return tuple(dict.fromkeys(lines[index].strip() for index in sorted(signs | set(long))))


def _signs(lines: Sequence[str], staff: Known, innocent: Sequence[Known]) -> Iterator[int]:
    """The lines that say by themselves where they come from."""
    rows = {folded for line, folded in zip(staff.lines, staff.folded, strict=True) if _ROW.match(line)}
    orders = {folded for line, folded in zip(staff.lines, staff.folded, strict=True) if _COMMAND.match(line)}
    commanding = True
    for index, line in enumerate(lines):
        is_order = _COMMAND.match(line) is not None
        commanding = commanding and is_order  # the first lines are the agent's own commands
        folded = fold(line)
        if _CODE.search(line) or any(marker in f" {folded} " for marker in _MARKERS):
            yield index
        elif _known_by(innocent, line):
            continue
        elif (is_order and not commanding and folded in orders) or (not is_order and folded in rows):
            yield index


def _long_lines(lines: Sequence[str], staff: Known, innocent: Sequence[Known]) -> Iterator[tuple[int, int]]:
    """Lines of ours long enough to be no chance, with the number of characters that are ours."""
    ours = _by_first_words(folded for folded in staff.folded if len(folded) >= LONG and not _known_by(innocent, folded))
    for index, line in enumerate(lines):
        folded = fold(line)
        if len(folded) < LONG or _known_by(innocent, line):
            continue
        if staff.says(folded):
            yield index, len(folded)
        elif size := _held(folded, ours):
            yield index, size


def _by_first_words(lines: Iterable[str]) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for line in dict.fromkeys(lines):
        found.setdefault(tuple(line.split()[:2]), []).append(line)
    return found


def _held(folded: str, ours: Mapping[tuple[str, ...], Sequence[str]]) -> int:
    """How long a line of ours is that a longer line holds: some programs join lines. 0 where it holds none."""
    words = folded.split()
    starts = set(pairwise(words)) | {(word,) for word in words if len(word) >= LONG}
    return max((len(one) for start in starts for one in ours.get(start, ()) if f" {one} " in f" {folded} "), default=0)


def _known_by(innocent: Sequence[Known], line: str) -> bool:
    return any(one.says(line) for one in innocent)
