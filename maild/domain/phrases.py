"""The small language in which rule files write words and phrases, and its translation into linear regular expressions.

A phrase is words with spaces between. `номер*` is any word that begins so; `рег|рег*` are alternatives; `[наш*]` may be
absent. Between two words up to four spaces, dots, hyphens, quotes or brackets may stand, or nothing: «рег. номер»,
«рег.номер», «рег-номер». A phrase begins at the beginning of a word and ends at the end of one; a digit may follow at
once («ИНН7700…»). Everything is folded (`folding.fold`), so the expressions are for folded text only. Every repetition
has an upper bound, so that no text makes a search slow.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from maild.domain.folding import fold

LETTER = r"[^\W\d_]"
_GAP = r"""[\s.,:_/\-()"']{0,4}"""
_END = rf"(?:(?<!{LETTER})|(?!{LETTER}))"

_WORDS = re.compile(rf"{LETTER}+")

Token = tuple[tuple[str, ...], bool]
"""Alternatives, folded, and whether the token may be absent."""


def read_phrase(phrase: str) -> tuple[Token, ...]:
    """The tokens of a phrase. Raises ValueError for one that is empty, broken, or could stand for nothing."""
    tokens = tuple(_token(text) for text in phrase.split())
    if not tokens or all(optional for _, optional in tokens):
        raise ValueError(f"a phrase needs a word that may not be absent: {phrase!r}")
    return tokens


def _token(text: str) -> Token:
    optional = text.startswith("[") and text.endswith("]")
    words = (text[1:-1] if optional else text).split("|")
    if not all(word.strip("*") and not set("[]") & set(word) for word in words):
        raise ValueError(f"not a word of a phrase: {text!r}")
    return tuple(fold(word) for word in words), optional


def _begun(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """The phrase once for each word that it can begin with."""
    words, optional = tokens[0]
    begun = [(((word,), False), *tokens[1:]) for word in words]
    return begun + (_begun(tokens[1:]) if optional else [])


def _word(word: str) -> str:
    return re.escape(word.rstrip("*")) + (rf"{LETTER}{{0,15}}" if word.endswith("*") else "")


def _source(tokens: Sequence[Token]) -> str:
    parts = [_word(tokens[0][0][0])]
    for words, optional in tokens[1:]:
        choice = "|".join(_word(word) for word in sorted(words, key=len, reverse=True))
        parts.append(rf"(?:{_GAP}(?:{choice}))?" if optional else rf"{_GAP}(?:{choice})")
    return "".join(parts) + _END


def _weight(tokens: Sequence[Token]) -> tuple[int, int]:
    """How much a phrase says: the words that it must have, then their length."""
    needed = [min(map(len, words)) for words, optional in tokens if not optional]
    return len(needed), sum(needed)


def _head(tokens: Sequence[Token]) -> str:
    """The first characters, three at most, that a text must have where the phrase begins."""
    return tokens[0][0][0].rstrip("*")[:3]


@dataclass(frozen=True)
class Phrases:
    """Phrases to be found in folded text, each with a number that says what it is.

    Phrases lie under their first characters, so that a search tries few of them at the beginning of a word. An
    expression is compiled when a text first needs it: most of a regulation's phrases stand in no letter.
    """

    beginning: str = r"(?!)"
    heads: Mapping[str, tuple[str, tuple[int, ...]]] = field(default_factory=dict)

    @cached_property
    def _begin(self) -> re.Pattern[str]:
        return re.compile(self.beginning)

    @cached_property
    def _compiled(self) -> dict[str, re.Pattern[str]]:
        return {}

    def find(self, text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int, int]]:
        """(start, end, tag) of every phrase in `text[start:end]`, from left to right, the weightiest at each place."""
        limit, position = len(text) if end is None else end, start
        for found in self._begin.finditer(text, start, limit):
            here = found.start()
            if here >= position and (hit := self.match(text, here, limit)):
                position = hit[0]
                yield here, *hit

    def match(self, text: str, position: int, end: int | None = None) -> tuple[int, int] | None:
        """(end, tag) of the longest phrase that begins at a position."""
        best: tuple[int, int] | None = None
        for length in (3, 2, 1):
            head = text[position : position + length]
            if (bucket := self.heads.get(head)) is None:
                continue
            hit = self._pattern(head, bucket[0]).match(text, position, len(text) if end is None else end)
            if hit and hit.lastindex and (best is None or hit.end() > best[0]):
                best = hit.end(), bucket[1][hit.lastindex - 1]
        return best

    def _pattern(self, head: str, source: str) -> re.Pattern[str]:
        if (known := self._compiled.get(head)) is None:
            known = self._compiled[head] = re.compile(source)
        return known

    def search(self, text: str) -> bool:
        """Whether any of the phrases stands in a text."""
        return next(self.find(text), None) is not None

    def ends(self, text: str, slack: int = 0) -> bool:
        """Whether a phrase stands at the end of a text, but for signs, digits and at most `slack` letters."""
        return any(sum(map(str.isalpha, text[end:])) <= slack for _, end, _ in self.find(text))


NOTHING = Phrases()
"""Phrases that find nothing."""


def compile_phrases(phrases: Iterable[str]) -> Phrases:
    """Phrases that are all the same thing. Raises ValueError for a broken phrase."""
    return compile_tagged((phrase, 0) for phrase in phrases)


def compile_tagged(phrases: Iterable[tuple[str, int]]) -> Phrases:
    """Phrases with a tag each. Raises ValueError for a broken phrase."""
    begun = [(tokens, tag) for phrase, tag in phrases for tokens in _begun(read_phrase(phrase))]
    begun.sort(key=lambda item: _weight(item[0]), reverse=True)
    buckets: dict[str, list[tuple[str, int]]] = {}
    for tokens, tag in begun:
        buckets.setdefault(_head(tokens), []).append((f"({_source(tokens)})", tag))
    if not buckets:
        return Phrases()
    heads = {
        head: ("|".join(source for source, _ in bucket), tuple(tag for _, tag in bucket))
        for head, bucket in buckets.items()
    }
    return Phrases(_beginning(tokens for tokens, _ in begun), heads)


def _beginning(phrases: Iterable[tuple[Token, ...]]) -> str:
    """An expression for the places where a phrase may begin, judged by its first three characters."""
    tree: dict[str, dict[str, set[str]]] = {}
    for tokens in phrases:
        first, *rest = _signature(tokens)
        second, third = [*rest, "", ""][:2]
        tree.setdefault(first, {}).setdefault(second, set()).add(third)
    ways = (
        first + _any(second + _one_of(thirds) for second, thirds in seconds.items()) for first, seconds in tree.items()
    )
    return rf"(?<![^\W\d])(?={_any(ways)})"


def _signature(tokens: Sequence[Token]) -> list[str]:
    """What the first characters must be: up to three letters; behind a shorter word, what may follow a whole word."""
    word = tokens[0][0][0]
    letters = [re.escape(letter) for letter in word.rstrip("*")[:3]]
    if len(letters) < 3 and not word.endswith("*") and word[-1].isalnum():
        return [*letters, _following(tokens)]
    return letters


def _following(tokens: Sequence[Token]) -> str:
    """No letter, or the beginning of a word that may follow without a gap."""
    letters: set[str] = set()
    for words, optional in tokens[1:]:
        letters |= {re.escape(word[0]) for word in words}
        if not optional:
            break
    return rf"(?:[\W\d_{''.join(sorted(letters))}]|$)"


def _any(ways: Iterable[str]) -> str:
    return f"(?:{'|'.join(ways)})"


def _one_of(choices: set[str]) -> str:
    return "" if "" in choices else _any(sorted(choices))


@dataclass(frozen=True)
class WordSet:
    """Single words, whole or by their beginning: quicker than phrases where every word of a text is asked."""

    whole: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()

    def unknown(self, text: str) -> int:
        """How many words of a folded text are not in the set."""
        return sum(
            1 for word in _WORDS.findall(text) if word not in self.whole and not word.startswith(self.beginnings)
        )

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and (word in self.whole or word.startswith(self.beginnings))


NO_WORDS = WordSet()
"""A set without words."""


def compile_words(words: Iterable[str]) -> WordSet:
    """A set of words. Raises ValueError for a phrase of several."""
    tokens = [read_phrase(word) for word in words]
    if any(len(phrase) > 1 for phrase in tokens):
        raise ValueError("single words only")
    known = [word for phrase in tokens for word in phrase[0][0]]
    return WordSet(
        frozenset(word for word in known if not word.endswith("*")),
        tuple(word.rstrip("*") for word in known if word.endswith("*")),
    )
