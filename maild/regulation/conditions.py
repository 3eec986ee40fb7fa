"""The small language of conditions in `intake.toml` (described in `maild.domain.intake`), read into values."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from maild.domain.intake import FAR, GAP, Condition, Phrase
from maild.mail.words import fold_word

_NAME = re.compile(r"<([\w-]+)>")


def read_condition(text: str, names: Mapping[str, Sequence[str]], rule: str = "") -> Condition:
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


def _operand(text: str, names: Mapping[str, Sequence[str]]) -> tuple[Phrase, ...]:
    """The phrases of which one must be there; a name that stands alone brings all of its expressions."""
    text = text.strip()
    if whole := _NAME.fullmatch(text):
        return _merged(phrase for item in _named(whole.group(1), names) for phrase in _operand(item, names))
    return _phrases(text, names)


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


def _phrases(text: str, names: Mapping[str, Sequence[str]]) -> tuple[Phrase, ...]:
    """An expression as phrases: one, and one more for every alternative of several words (`a|b_c`)."""
    places: list[tuple[int, list[tuple[tuple[str, ...], ...]]]] = []
    gap = GAP
    for word in text.split():
        if word in (".", ".."):
            gap = FAR if word == ".." else 0
            continue
        places.append((gap, _alternatives(word, names)))
        gap = GAP
    if not places:
        raise ValueError(f"not an expression: {text!r}")
    found = []
    for choice in product(*(ways for _, ways in places)):
        slots = tuple(slot for way in choice for slot in way)
        gaps = tuple(
            gap for (first, _), way in zip(places, choice, strict=True) for gap in (first, *[0] * (len(way) - 1))
        )
        found.append(Phrase(slots, gaps))
    return tuple(found)


def _alternatives(word: str, names: Mapping[str, Sequence[str]]) -> list[tuple[tuple[str, ...], ...]]:
    """The ways to fill a place: all single words together, and every run of words on its own."""
    items = [form for item in word.split("|") for form in _spelled(item, names)]
    single = tuple(item for item in items if "_" not in item)
    runs = [tuple((part,) for part in item.split("_")) for item in items if "_" in item]
    return [*([(single,)] if single else []), *runs]


def _spelled(item: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """A word as it is tried: folded, its marks `=` and `*` kept; a name brings its expressions, their words joined."""
    if named := _NAME.fullmatch(item):
        expressions = [
            "_".join(text.replace(" .. ", " ").replace(" . ", " ").split()) for text in _named(named.group(1), names)
        ]
        return [form for text in expressions for form in _joined(text, names)]
    parts = []
    for part in item.split("_"):
        word = part.strip("=*")
        if not word:
            raise ValueError(f"not a word: {item!r}")
        parts.append(("=" if part[0] == "=" else "") + fold_word(word) + ("*" if part[-1] == "*" else ""))
    return ["_".join(parts)]


def _joined(text: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """Every reading of a run of words with alternatives: `a|b_c` is `a_c` and `b_c`."""
    return [
        "_".join(form for word in way for form in _spelled(word, names))
        for way in product(*(part.split("|") for part in text.split("_")))
    ]


def _named(name: str, names: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if name not in names:
        raise ValueError(f"no such list of words: <{name}>")
    return names[name]
