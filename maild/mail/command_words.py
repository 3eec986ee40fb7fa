"""The words of the commands in three languages, what is near them, and which of them cannot stand together.

A pure table with look-up; `maild.mail.commands` reads letters with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from maild.mail.written import word_key


@dataclass(frozen=True)
class Word:
    """One command of the table.

    `words` by language (ru, en, uk): the first one is shown, the others are understood too. `argument` is "none",
    "optional", "required", or "text": what stands behind the word on its line is then the letter's text.
    """

    name: str
    words: Mapping[str, tuple[str, ...]]
    argument: str


def _word(name: str, argument: str, ru: str, en: str, uk: str) -> Word:
    return Word(name, {"ru": tuple(ru.split()), "en": tuple(en.split()), "uk": tuple(uk.split())}, argument)


COMMANDS: tuple[Word, ...] = (
    _word("accept", "none", "принять принято принимаю приму", "accept accepted", "прийняти прийнято приймаю приймаємо"),
    _word("take", "none", "взять беру возьму взял взяла", "take taken", "взяти беру візьму взяв взяла"),
    _word("assign", "required", "назначить назначаю назначь", "assign assigned", "призначити призначаю признач"),
    _word("wait", "text", "ждать жду ждем ожидать ожидание", "wait waiting", "чекати чекаю чекаємо очікувати"),
    _word(
        "resolve",
        "text",
        "решено решить решил решила решен решение",
        "resolve resolved solved",
        "вирішено вирішити вирішив вирішила вирішення рішення",
    ),
    _word(
        "refuse",
        "required",
        "отказать отказ отказано отклонить",
        "refuse refused reject decline",
        "відмовити відмова відмовлено відхилити",
    ),
    _word("level", "required", "уровень", "level", "рівень"),
    _word("line", "required", "линия линию", "line", "лінія лінію"),
    _word("urgent", "none", "срочно срочный срочное", "urgent", "терміново терміновий"),
    _word("develop", "none", "разработка разработку", "develop development", "розробка розробку"),
    _word("note", "optional", "заметка заметку", "note", "нотатка нотатку примітка"),
    _word("for", "required", "для", "for", "для"),
    _word("status", "optional", "статус", "status", "статус"),
    _word("queue", "optional", "очередь", "queue", "черга чергу"),
    _word("next", "none", "дальше далее", "next", "далі"),
    _word("undo", "none", "отменить отмена", "undo cancel", "скасувати скасування"),
    _word("reply", "required", "ответ ответить", "reply answer", "відповідь відповісти"),
    _word("why", "optional", "почему", "why", "чому"),
    _word("reopen", "none", "переоткрыть", "reopen", "перевідкрити"),
    _word("send", "none", "отправить отправь", "send", "надіслати відправити"),
    _word("letters", "optional", "письма письмо", "letters letter", "листи лист"),
)

BY_NAME: Mapping[str, Word] = {word.name: word for word in COMMANDS}
_KEYS = {
    word_key(form): (word.name, language)
    for language in ("uk", "en", "ru")  # of equal words the Russian one counts: «для», «статус», «беру»
    for word in COMMANDS
    for form in word.words[language]
}
_OTHER_DESKS = {
    word_key(form): ("resolve", language)  # not obeyed, but we know what is meant
    for language, form in (("ru", "закрыть"), ("ru", "закрыто"), ("en", "close"), ("en", "closed"), ("uk", "закрити"))
}


def shown(name: str, language: str) -> str:
    """A command as we write it to people, «#взять»; in English where the language has no word for it.

    Raises KeyError for a name that is not in the table.
    """
    words = BY_NAME[name].words
    return "#" + words.get(language, words["en"])[0]


_LONGEST = 40
_QWERTY = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_JCUKEN = "йцукенгшщзхъфывапролджэячсмитьбю"
_TYPED_LATIN = str.maketrans(_QWERTY, _JCUKEN)
_TYPED_CYRILLIC = str.maketrans(_JCUKEN, _QWERTY)


def known(word: str) -> str | None:
    """The name of the command that a word is, without its sign; None for any other word."""
    found = _KEYS.get(word_key(word)) if len(word) <= _LONGEST else None
    return found[0] if found else None


def nearest(word: str, likeness: float = 0.6) -> tuple[str, str] | None:
    """Name and language of the command that was meant: mistyped, in the wrong keyboard layout, or another desk's word.

    `likeness` between 0 and 1 is how much of the two words has to agree. None where nothing is near.
    """
    word = word[:_LONGEST]
    low = word.lower()
    for form in (word, word.partition("-")[0], low.translate(_TYPED_LATIN), low.translate(_TYPED_CYRILLIC)):
        key = word_key(form)
        if found := _KEYS.get(key) or _OTHER_DESKS.get(key):
            return found
    close = get_close_matches(word_key(word), _KEYS, 1, likeness)
    return _KEYS[close[0]] if close else None


def spoken_in(word: str, default: str) -> str:
    """The language (ru, en, uk) of a command word, right or mistyped; `default` where it is both or nobody can tell."""
    found = nearest(word)
    if found is None:
        return default
    name, language = found
    ours = map(word_key, BY_NAME[name].words.get(default, ()))
    return default if word_key(word) in ours else language


_ALONE = frozenset(("undo", "send"))
_ONCE = frozenset(("assign", "level", "line", "refuse", "for", "reply"))
_WITH_FOR = frozenset(("for", "level", "line", "assign", "take", "urgent", "note"))
_APART = frozenset(
    map(
        frozenset,
        (
            *(("resolve", other) for other in ("wait", "refuse", "develop", "next", "reopen")),
            *(("refuse", other) for other in ("accept", "wait", "develop", "next")),
            ("take", "assign"),
            ("line", "next"),
        ),
    )
)


def contradict(one: str, other: str) -> bool:
    """Whether two commands, by name, cannot stand in one letter; the same name twice means with two arguments."""
    if one == other:
        return one in _ONCE
    names = frozenset((one, other))
    return bool(names & _ALONE) or names in _APART or ("for" in names and not names <= _WITH_FOR)
