"""Sentences made out of a condition: what a client could write for it to hold, for `lint_conditions` to try.

Each alternative of each place is used at least once, words stand as close and as far as the condition allows, parts
in both orders. A sentence is a list of words as `mail.words` would split them; a question ends in `?`. Conditions that
are regular expressions give none. Inflected forms are not made: the dictionary form stands for all of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from maild.domain.intake import Condition, Phrase
from maild.mail.words import Words, fold_word, split

FILLER = "ъщщ"
"""A word that is none, for the places between."""
MOST = 240
"""So many sentences of one condition at most."""
_APART = 3  # more words than two neighbours may have between them
_NONSENSE = {True: "zq", False: "ъщ"}

Sentence = tuple[str, ...]


def sentences(condition: Condition) -> Iterator[Sentence]:
    """Sentences that a condition is made for; whether it holds for each is still to be tried."""
    parts = [[taken for phrase in part for taken in spoken(phrase)] for part in condition.parts]
    if not parts or not all(parts):
        return
    layouts = [(loose, backward) for loose in (True, False) for backward in (False, True)][: 4 if len(parts) > 1 else 3]
    every = (_laid_out(chosen, *layout) for chosen in _choices(parts) for layout in layouts)
    yield from islice(_different(filter(None, every)), MOST)


def spoken(phrase: Phrase) -> list[tuple[Phrase, Sentence]]:
    """The words of a phrase, each alternative used once at least; other places take turns meanwhile."""
    slots = [tuple(form for item in slot for form in surfaces(item)) for slot in phrase.slots]
    return [
        (phrase, tuple(slot[(turn + place * (turn // len(slot))) % len(slot)] for place, slot in enumerate(slots)))
        for turn in range(max(map(len, slots)))
    ]


def surfaces(item: str) -> tuple[str, ...]:
    """What a client writes for one alternative; for the beginning of a word that, and a longer word."""
    if item.endswith("*"):
        beginning = item.strip("=*")
        return beginning, beginning + _NONSENSE[beginning.isascii()]
    return (item.removeprefix("="),)


def joined(sentence: Sentence, *more: str) -> Sentence:
    """A sentence with more words at its end, before the question mark."""
    asked = sentence[-1:] == ("?",)
    words = (*(sentence[:-1] if asked else sentence), *(FILLER,) * _APART, *more)
    return (*(word for word in words if word != "?"), *(("?",) if asked or "?" in more else ()))


def as_words(*said: Sentence) -> Words:
    """Sentences as a letter's words."""
    forms = tuple(fold_word(word) for sentence in said for word in sentence)
    numbers = tuple(number for number, sentence in enumerate(said) for _ in sentence)
    ends, position = [], 0
    for form in forms:
        position += len(form) + 1
        ends.append(position - 1)
    starts = tuple(end - len(form) for end, form in zip(ends, forms, strict=True))
    return Words(" ".join(forms), forms, starts, tuple(ends), numbers)


def readable(item: str) -> tuple[str, ...]:
    """The words that a letter is split into where an alternative stands in it; other than itself: never found."""
    return split(surfaces(item)[-1]).forms


def _different(found: Iterable[Sentence]) -> Iterator[Sentence]:
    seen: set[Sentence] = set()
    for sentence in found:
        if sentence not in seen:
            seen.add(sentence)
            yield sentence


def _choices(parts: Sequence[Sequence[tuple[Phrase, Sentence]]]) -> Iterator[list[tuple[Phrase, Sentence]]]:
    """One way to say each part: all of a part's ways in turn, then the same with the parts shifted."""
    longest = max(map(len, parts))
    for shift in range(3):
        for turn in range(longest):
            yield [ways[(turn + shift * place * 7) % len(ways)] for place, ways in enumerate(parts)]


def _laid_out(chosen: Sequence[tuple[Phrase, Sentence]], loose: bool, backward: bool) -> Sentence | None:
    """The words in a row; None where a question mark would have to stand before the end."""
    ordered = sorted(reversed(chosen) if backward else chosen, key=lambda item: "?" in item[1])
    words: list[str] = []
    for phrase, said in ordered:
        words += [FILLER] * (_APART if words else 1)
        for place, word in enumerate(said):
            between = min(phrase.gaps[place], _APART) if loose and place and word != "?" else 0
            words += [*[FILLER] * between, word]
    marks = words.count("?")
    if marks > 1 and all(said == ("?",) for _, said in ordered if "?" in said):
        words, marks = [*(word for word in words if word != "?"), "?"], 1
    return None if marks and (marks > 1 or words[-1] != "?") else tuple(words)
