"""Trying the conditions of a regulation on the words of a letter.

A letter is indexed once: which word of any condition stands where. Conditions are then looked up, so that several
hundred of them cost well under a millisecond. Compiled once for each regulation and language, on first use.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from maild.domain.intake import Condition, Phrase, Sign, Signs
from maild.mail.words import Words, lemmas, parts

Positions = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A sign that holds: by which condition, in which sentence, and the words of the letter that made it so."""

    sign: Sign
    condition: Condition
    sentence: int
    snippet: str


@dataclass(frozen=True)
class Seen:
    """All signs that hold, in the regulation's order; `insults` and `rough` are the words that were found, or None."""

    hits: tuple[Hit, ...]
    insults: str | None = None
    rough: str | None = None


def look(signs: Signs, words: Words, *, ukrainian: bool = False, every: bool = False) -> Seen:
    """Every sign that holds for these words; roles and versions are not looked at.

    A sign is seen once, by the first of its conditions that holds; `every`: by each of them, in their order.
    """
    matcher = _matcher(signs, ukrainian)
    letter = matcher.index(words)
    most = None if every else 1
    hits = tuple(hit for sign in signs.signs for hit in islice(matcher.try_sign(sign, letter), most))
    return Seen(hits, matcher.first(signs.insults, letter), matcher.first(signs.rough, letter))


@dataclass(frozen=True, slots=True)
class _Letter:
    """`possible` are the conditions of which a rare word is there: the others need not be tried.

    `seen` keeps where a part was found: lists of words such as `<how>` are parts of many conditions.
    """

    words: Words
    positions: Positions
    possible: frozenset[int]
    seen: dict[int, dict[int, tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class _Phrase:
    groups: tuple[int, ...]
    gaps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Condition:
    text: str
    parts: tuple[tuple[_Phrase, ...], ...]
    without: tuple[_Phrase, ...]
    pattern: re.Pattern[str] | None


class _Matcher:
    """The conditions of one regulation with every word replaced by the number of its group of alternatives."""

    def __init__(self, signs: Signs, ukrainian: bool) -> None:
        self.ukrainian = ukrainian
        self.negations = signs.negations
        self._groups: dict[tuple[str, ...], int] = {}
        self._by_key: dict[str, list[int]] = defaultdict(list)
        self._parts: dict[tuple[Phrase, ...], tuple[_Phrase, ...]] = {}
        self._compiled: dict[int, _Condition] = {}
        for condition in _all_conditions(signs):
            self._compiled[id(condition)] = self._compile(condition)
        self._always, self._anchored = _anchors(self._compiled)
        self._prefixes = tuple(key[:-1] for key in self._by_key if key.endswith("*"))
        self.groups_of = lru_cache(maxsize=50_000)(self._groups_of)

    def index(self, words: Words) -> _Letter:
        positions: dict[int, list[int]] = defaultdict(list)
        for place, form in enumerate(words.forms):
            for group in self.groups_of(form):
                positions[group].append(place)
        here = (self._anchored[group] for group in positions if group in self._anchored)
        return _Letter(words, positions, self._always.union(*here), {})

    def try_sign(self, sign: Sign, letter: _Letter) -> Iterator[Hit]:
        """The first hit of each condition of a sign, in order; sentences that `unless` takes away are left out."""
        possible = [item for item in sign.when if id(item) in letter.possible]
        found = [(item, hit) for item in possible for hit in self._places(item, letter)]
        if not found or any(True for item in sign.never for _ in self._places(item, letter)):
            return
        taken = {letter.words.sentences[hit[0]] for item in sign.unless for hit in self._places(item, letter)}
        hit: Condition | None = None
        for item, (first, last) in found:
            sentence = letter.words.sentences[first]
            if item is not hit and sentence not in taken:
                hit = item
                yield Hit(sign, item, sentence, letter.words.snippet(first, last))

    def first(self, conditions: tuple[Condition, ...], letter: _Letter) -> str | None:
        """The words by which one of the conditions holds, None where none does."""
        hit = next((hit for item in conditions for hit in self._places(item, letter)), None)
        return letter.words.snippet(*hit) if hit else None

    def _places(self, item: Condition, letter: _Letter) -> Iterator[tuple[int, int]]:
        """First and last word of every hit, at most one a sentence."""
        if id(item) not in letter.possible:
            return
        condition = self._compiled[id(item)]
        if condition.pattern:
            yield from _by_pattern(condition.pattern, letter.words)
            return
        sentences: dict[int, tuple[int, int]] | None = None
        for part in condition.parts:
            here = self._by_sentence(part, letter)
            if sentences is not None:
                here = {number: _around(sentences[number], here[number]) for number in here if number in sentences}
            if not here:
                return
            sentences = here
        bad = self._by_sentence(condition.without, letter) if condition.without else {}
        yield from (span for number, span in sorted((sentences or {}).items()) if number not in bad)

    def _by_sentence(self, phrases: tuple[_Phrase, ...], letter: _Letter) -> dict[int, tuple[int, int]]:
        if (known := letter.seen.get(id(phrases))) is not None:
            return known
        found: dict[int, tuple[int, int]] = letter.seen.setdefault(id(phrases), {})
        for phrase in phrases:
            if all(group in letter.positions for group in phrase.groups):
                for span in self._spans(phrase, letter):
                    found.setdefault(letter.words.sentences[span[0]], span)
        return found

    def _spans(self, phrase: _Phrase, letter: _Letter) -> Iterator[tuple[int, int]]:
        for start in letter.positions[phrase.groups[0]]:
            if places := self._extend(phrase, letter, [start]):
                yield places[0], places[-1]

    def _extend(self, phrase: _Phrase, letter: _Letter, places: list[int]) -> list[int] | None:
        if not self._affirmed(places, letter):
            return None
        if len(places) == len(phrase.groups):
            return places
        last, sentences = places[-1], letter.words.sentences
        for place in letter.positions[phrase.groups[len(places)]]:
            if place <= last or sentences[place] != sentences[last] or place - last - 1 > phrase.gaps[len(places)]:
                continue
            if done := self._extend(phrase, letter, [*places, place]):
                return done
        return None

    def _affirmed(self, places: list[int], letter: _Letter) -> bool:
        """Whether no «не» that is not itself part of the expression stands right before its last word so far."""
        before = places[-1] - 1
        return before < 0 or before in places[:-1] or letter.words.forms[before] not in self.negations

    def _groups_of(self, form: str) -> tuple[int, ...]:
        keys = {f"={form}", *lemmas(form, self.ukrainian), *parts(form, self.ukrainian)}
        pieces = (form, *form.split("-"))  # «зустріч*» is in «онлайн-зустріч» as well, like the plain word
        keys.update(f"{prefix}*" for prefix in self._prefixes if any(piece.startswith(prefix) for piece in pieces))
        return tuple(sorted({group for key in keys for group in self._by_key.get(key, ())}))

    def _compile(self, condition: Condition) -> _Condition:
        parts = tuple(map(self._part, condition.parts))
        pattern = re.compile(condition.pattern, re.IGNORECASE) if condition.pattern else None
        return _Condition(condition.text, parts, self._part(condition.without), pattern)

    def _part(self, phrases: tuple[Phrase, ...]) -> tuple[_Phrase, ...]:
        """A part compiled, one and the same object for equal parts."""
        if phrases not in self._parts:
            self._parts[phrases] = tuple(map(self._phrase, phrases))
        return self._parts[phrases]

    def _phrase(self, phrase: Phrase) -> _Phrase:
        return _Phrase(tuple(map(self._group, phrase.slots)), phrase.gaps)

    def _group(self, forms: tuple[str, ...]) -> int:
        if forms not in self._groups:
            number = self._groups[forms] = len(self._groups)
            for form in forms:
                for key in {form} if form[0] == "=" or form[-1] == "*" else lemmas(form, self.ukrainian):
                    self._by_key[key].append(number)
        return self._groups[forms]


def _all_conditions(signs: Signs) -> Iterator[Condition]:
    yield from signs.insults
    yield from signs.rough
    for sign in signs.signs:
        yield from (*sign.when, *sign.unless, *sign.never)


def _anchors(conditions: Mapping[int, _Condition]) -> tuple[frozenset[int], dict[int, frozenset[int]]]:
    """Conditions that must always be tried, and for each group of words those that cannot hold without it.

    Every phrase of a condition's first part is anchored at its rarest group, the one that fewest phrases have.
    """
    parts = {key: condition.parts[0] for key, condition in conditions.items() if condition.parts}
    used = Counter(group for phrases in parts.values() for phrase in phrases for group in phrase.groups)
    anchored: dict[int, set[int]] = defaultdict(set)
    for key, phrases in parts.items():
        for phrase in phrases:
            anchored[min(phrase.groups, key=used.__getitem__)].add(key)
    return frozenset(conditions) - frozenset(parts), {group: frozenset(keys) for group, keys in anchored.items()}


def _by_pattern(pattern: re.Pattern[str], words: Words) -> Iterator[tuple[int, int]]:
    """The words that a match of the pattern touches."""
    for match in pattern.finditer(words.text):
        touched = [
            place
            for place, (start, end) in enumerate(zip(words.starts, words.ends, strict=True))
            if start < match.end() and end > match.start()
        ]
        if touched:
            yield touched[0], touched[-1]


def _around(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return min(one[0], other[0]), max(one[1], other[1])


@lru_cache(maxsize=16)
def _matcher(signs: Signs, ukrainian: bool) -> _Matcher:
    return _Matcher(signs, ukrainian)
