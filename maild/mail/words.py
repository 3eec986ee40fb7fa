"""Words of a letter by their dictionary form: Russian and Ukrainian by pymorphy3, English by folding endings.

Limits: no syntax, no spelling correction beyond ё, the soft sign in reflexive verbs and letters that look alike.
The dictionaries load at the first word that needs them (0.2 s, about 40 MB each) and once a process.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_PIECE = re.compile(
    r"""(?P<host>[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9][A-Za-z0-9-]*)*\.[A-Za-z]{2,})
      | (?P<number>\d+(?:[.,]\d+)+)
      | (?P<word>[^\W_]+(?:[-'’ʼ`][^\W_]+)*)
      | (?P<stop>[!?…]+|\.+(?=\s|$)|;|\n[ \t\r]*\n|\n(?=\s*(?:[-–—•*>]|\d+[.)]|[A-ZА-ЯЁІЇЄҐ])))""",
    re.VERBOSE,
)
_CYRILLIC = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
_TO_CYRILLIC = str.maketrans("aceopxykmtbhi", "асеорхукмтвні")
_TO_LATIN = str.maketrans("асеорхукмтвні", "aceopxykmtbhi")
_LIKE_CYRILLIC = frozenset("aceopxykmtbhi")
_LIKE_LATIN = frozenset("асеорхукмтвні")
_ENDINGS = (("sses", "ss"), ("ies", "y"), ("ing", ""), ("ied", "y"), ("ed", ""), ("es", ""), ("s", ""))


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in order: folded `forms`, where each stands (`starts`, `ends`), and in which sentence."""

    text: str
    forms: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[int, ...]

    def snippet(self, first: int, last: int) -> str:
        """The text from word `first` to word `last`, on one line."""
        return " ".join(self.text[self.starts[first] : self.ends[last]].split())


def split(*texts: str) -> Words:
    """The words of several texts, each a paragraph of its own; a question ends in the word `?`."""
    text = "\n\n".join(texts)
    forms: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    sentences: list[int] = []
    sentence = 0
    for match in _PIECE.finditer(text):
        if match.lastgroup == "stop":
            if "?" in match.group():  # a word of its own: a condition may ask whether a sentence is a question
                forms.append("?")
                starts.append(match.start())
                ends.append(match.end())
                sentences.append(sentence)
            sentence += not (forms and _abbreviation(forms[-1], text, match))
            continue
        forms.append(fold_word(match.group()))
        starts.append(match.start())
        ends.append(match.end())
        sentences.append(sentence)
    return Words(text, tuple(forms), tuple(starts), tuple(ends), tuple(sentences))


def _abbreviation(before: str, text: str, stop: re.Match[str]) -> bool:
    """Whether a full stop only shortens a word, as in «рег. номер» or «тел. 8»."""
    if stop.group() != "." or len(before) > 4:
        return False
    after = text[stop.end() : stop.end() + 3].lstrip()[:1]
    return after.islower() or after.isdigit() or after in "№#"


@lru_cache(maxsize=50_000)
def fold_word(word: str) -> str:
    """A word in lower case, without ё, its look-alike letters all of one alphabet.

    A word in which Latin and Cyrillic letters are mixed becomes the one that it can be; with a digit («1К») Latin.
    The parts of a hyphenated word are words: «API-ключ» keeps its Latin half.
    """
    if "-" in word:
        return "-".join(map(fold_word, word.split("-")))
    form = word.lower().replace("ё", "е").replace("’", "'").replace("ʼ", "'").replace("`", "'")
    cyrillic, latin = _CYRILLIC.intersection(form), _LATIN.intersection(form)
    if cyrillic and latin:
        if latin <= _LIKE_CYRILLIC:
            return form.translate(_TO_CYRILLIC)
        return form.translate(_TO_LATIN) if cyrillic <= _LIKE_LATIN else form
    if cyrillic and cyrillic <= _LIKE_LATIN and any(letter.isdigit() for letter in form):
        return form.translate(_TO_LATIN)
    return form


@lru_cache(maxsize=50_000)
def lemmas(form: str, ukrainian: bool = False) -> frozenset[str]:
    """Every dictionary form that a folded word may have; `ukrainian` adds that dictionary to the Russian one."""
    if not _CYRILLIC.intersection(form):
        return frozenset((_english(form),))
    if len(form) == 1:  # the dictionary has «к» as an abbreviation of «как»
        return frozenset((form,))
    found = {lemma.replace("ё", "е") for lemma in _normal_forms("ru", form)}
    if form.endswith("ться"):  # the commonest slip: «запускаеться» for «запускается»
        found |= {lemma.replace("ё", "е") for lemma in _normal_forms("ru", form[:-4] + "тся")}
    if ukrainian:
        found |= _normal_forms("uk", form)
    return frozenset(found)


def _normal_forms(language: str, form: str) -> set[str]:
    """The dictionary forms of a word. One that the dictionary has is looked up only: parsing it costs five times that.

    A single letter may also be an initial; words unknown to the dictionary are guessed by the analyser.
    """
    analyser = _analyser(language)
    if len(form) > 1 and (known := analyser.dictionary.words.similar_items(form, analyser.char_substitutes)):
        build = analyser.dictionary.build_normal_form
        return {build(paradigm, index, word) for word, forms in known for paradigm, index in forms}
    return {parse.normal_form for parse in analyser.parse(form)}


def parts(form: str, ukrainian: bool = False) -> frozenset[str]:
    """The dictionary forms of the parts of a hyphenated word; empty for any other."""
    if "-" not in form:
        return frozenset()
    return frozenset().union(*(lemmas(part, ukrainian) for part in form.split("-") if part))


def _english(form: str) -> str:
    """`licences`, `licence's`, `activated`, `activating` and `activate` without their endings."""
    stem = form.removesuffix("'s")
    if not stem.isascii() or not stem.isalpha() or len(stem) < 4:
        return stem
    for ending, instead in _ENDINGS:
        if stem.endswith(ending) and not stem.endswith("ss") and len(stem) - len(ending) + len(instead) >= 3:
            stem = stem[: -len(ending)] + instead
            break
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "ls":
        stem = stem[:-1]
    return stem[:-1] if len(stem) > 3 and stem.endswith("e") else stem


@lru_cache(maxsize=2)
def _analyser(language: str) -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang=language)
