"""The small language of conditions in `intake.toml` (described in `maild.domain.intake`), read into values."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from maild.domain.intake import FAR, GAP, Condition, Phrase
from maild.errors import ConfigError
from maild.mail.words import fold_word
from maild.tomlfile import TomlFile

Lists = Mapping[str, Sequence[str] | None]
"""The lists of `[words]` by name; None in place of one that is being read."""

_NAME = re.compile(r"<([\w-]+)>")


def read_conditions(
    file: TomlFile, texts: Sequence[str], names: Lists, faults: list[ConfigError], *at: str | int, folder: str = ""
) -> tuple[Condition, ...]:
    """The conditions that stand at this path of a file, each with its own line; what is wrong is added to the faults.

    `folder` stands before the file's name where rules are cited ("answers/").
    """
    found = []
    for index, text in enumerate(texts):
        try:
            found.append(read_condition(text, names, folder + file.rule(*at, index)))
        except ValueError as error:
            faults.append(file.fault(str(error), *at, index))
    return tuple(found)


def read_condition(text: str, names: Lists, rule: str = "") -> Condition:
    """One condition, which stands at `rule` (file and line). Raises ValueError that says what is wrong with it."""
    if text.startswith("re:"):
        return Condition(text, pattern=read_pattern(text[3:]), rule=rule)
    wanted, *without = re.split(r"\s!\s", f" {text} ")
    parts = tuple(_operand(part, names) for part in wanted.split(" & "))
    unwanted = tuple(phrase for part in without for phrase in _operand(part, names))
    return Condition(text.strip(), parts, unwanted, rule=rule)


def read_pattern(text: str) -> str:
    """A regular expression, unchanged. Raises ValueError where it is none."""
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {text!r} ({error})") from None
    return text


def _operand(text: str, names: Lists) -> tuple[Phrase, ...]:
    """The phrases of which one must be there: an expression as phrases, one more for every alternative of several
    words (`a|b_c`)."""
    places: list[tuple[int, tuple[Phrase, ...]]] = []
    gap = GAP
    for word in text.split():
        if word in (".", ".."):
            gap = FAR if word == ".." else 0
            continue
        places.append((gap, _alternatives(word, names)))
        gap = GAP
    if not places:
        raise ValueError(f"not a condition: {'dots alone' if text.strip() else 'a word is missing'}")
    gaps = [gap for gap, _ in places]
    return tuple(_in_a_row(gaps, way) for way in product(*(ways for _, ways in places)))


def _in_a_row(gaps: Sequence[int], phrases: Sequence[Phrase]) -> Phrase:
    """Phrases as one; `gaps` are the words allowed before each of them, within itself each keeps its own."""
    slots = tuple(slot for phrase in phrases for slot in phrase.slots)
    pairs = zip(gaps, phrases, strict=True)
    return Phrase(slots, tuple(each for gap, phrase in pairs for each in (gap, *phrase.gaps[1:])))


def _alternatives(word: str, names: Lists) -> tuple[Phrase, ...]:
    """The ways to fill a place: all single words together; every run of words, and every longer expression of a list,
    on its own."""
    return _merged(phrase for item in word.split("|") for phrase in _meant(item, names))


def _merged(phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """The same phrases, those of one word as one phrase of alternatives: they are tried in one go."""
    longer: list[Phrase] = []
    single: dict[str, None] = {}
    for phrase in phrases:
        if len(phrase.slots) == 1:
            single.update(dict.fromkeys(phrase.slots[0]))
        else:
            longer.append(phrase)
    return (*([Phrase((tuple(single),), (GAP,))] if single else []), *longer)


def _meant(item: str, names: Lists) -> tuple[Phrase, ...]:
    """What one alternative stands for: a word, a run of words (`a_b`), or the expressions of a list."""
    if named := _NAME.fullmatch(item):
        return _listed(named.group(1), names)
    words = tuple(_spelled(part) for part in item.split("_"))
    return (Phrase(tuple((each,) for each in words), (GAP, *[0] * (len(words) - 1))),)


def _spelled(word: str) -> str:
    """A word as it is tried: folded, its marks `=` and `*` kept."""
    bare = word.strip("=*")
    if not bare or "<" in bare:
        raise ValueError(f"not a word: {word!r}")
    return ("=" if word[0] == "=" else "") + fold_word(bare) + ("*" if word[-1] == "*" else "")


def _listed(name: str, names: Lists) -> tuple[Phrase, ...]:
    """The expressions of a list of words, each as if it stood here. Raises ValueError where it cannot be read."""
    if name not in names:
        raise ValueError(f"no such list of words: <{name}>")
    texts = names[name]
    if texts is None:
        raise ValueError(f"the list of words <{name}> holds itself")
    for text in texts:
        if {"&", "!"}.intersection(text.split()):
            raise ValueError(f"& and ! cannot stand in a list of words: {text!r} in <{name}>")
    inner = {**names, name: None}
    return tuple(phrase for text in texts for phrase in _operand(text, inner))
