"""The first line of every letter that maild sends: above it people write, below it everything is ours.

One table feeds templates and parser. A wording that goes out of use moves to `PAST`: it comes back for years.
"""

import re
from collections.abc import Mapping, Sequence

MARKERS: Mapping[tuple[str, str], str] = {
    ("client", "ru"): "Ответ пишите выше этой строки",
    ("client", "en"): "Write your reply above this line",
    ("client", "uk"): "Відповідь пишіть вище цього рядка",
    ("agent", "ru"): "Ответ выше этой строки уйдёт клиенту",
    ("agent", "en"): "What you write above this line goes to the client",
    ("agent", "uk"): "Відповідь вище цього рядка піде клієнту",
    ("colleagues", "ru"): "Ответ выше этой строки увидят коллеги",
    ("colleagues", "en"): "What you write above this line goes to your colleagues",
    ("colleagues", "uk"): "Відповідь вище цього рядка побачать колеги",
}
"""By audience ("client", "agent", "colleagues") and language."""

PAST: Sequence[str] = ("Пишите ответ выше этой строки",)
"""Wordings of earlier versions."""

_NOT_WORDS = re.compile(r"[\W_]+")


def fold(line: str) -> str:
    """The words of a line alone: case, ё, blanks, `>` prefixes, `*`, `_` and rules do not matter."""
    return _NOT_WORDS.sub(" ", line.casefold().replace("ё", "е")).strip()


_FOLDED = frozenset(fold(text) for text in (*MARKERS.values(), *PAST))
_FIRST_WORDS = frozenset(text.split()[0] for text in _FOLDED)
_LONGEST = max(map(len, _FOLDED))


def may_have_marker(text: str) -> bool:
    """A quick no for a whole text: every marker says "above" in its language."""
    low = text.lower()
    return any(word in low for word in ("выше", "above", "вище"))


def marker_at(lines: Sequence[str], index: int) -> int:
    """How many lines the marker takes that starts at `lines[index]`: 0 where none does, several where it is wrapped."""
    line = lines[index]
    if len(line) > 300:
        return 0
    folded = fold(line)
    if folded.partition(" ")[0] not in _FIRST_WORDS:
        return 0
    for count in (1, 2, 3):
        if folded in _FOLDED:
            return count
        if index + count >= len(lines) or len(folded) > _LONGEST:
            return 0
        folded = f"{folded} {fold(lines[index + count][:300])}".strip()
    return 0
