"""Which language a letter is written in: Russian, Ukrainian or English. Whatever is not Cyrillic counts as English."""

import re

_CYRILLIC = re.compile(r"[а-яёіїєґ]+", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]+", re.IGNORECASE)
SAMPLE = 3000
"""Characters that are looked at."""

_NOISE = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|<[^<>\s]+>|\b\d[^\W\d_]\b")
"""Addresses, and a letter behind a digit, as in names of programs: alone it would be a Russian preposition."""
_QUOTED = re.compile(r"«[^«»\n]{1,200}»|„[^„“”\n]{1,200}[“”]|“[^“”\n]{1,200}”|\"[^\"\n]{1,200}\"")
"""Names and messages of a program: they may be in another language than the letter («Берёза», «Ошибка обмена»)."""

_UKRAINIAN_TEXT = """
та що як це цей ця ми ви він вона вони є немає або але якщо щоб коли де чому потрібно треба будь ласка дякую доброго дня
вітаю вітаємо працює помилка допоможіть підкажіть після від вже ще дуже також програма звіт повагою можна було буде й із
зі зараз через питання відповідь добрий добридень ранку вечора ось адреса хмара хмарі прохання скарга нема
"""
_RUSSIAN_TEXT = """
и что как этот мы вы он она они есть или но если чтобы когда где почему нужно надо пожалуйста спасибо здравствуйте
добрый работает ошибка помогите подскажите после от уже ещё еще очень также программа отчёт отчет уважением можно было
будет с из со сейчас вопрос ответ какой
"""
_ENGLISH_TEXT = """
the is are was and our we my it not no for please thanks thank you your version number hello hi dear regards with have
has can how what where why does do this that error here still yes
"""
_ENGLISH = frozenset(_ENGLISH_TEXT.split())
_UKRAINIAN = frozenset(_UKRAINIAN_TEXT.split()) - frozenset(_RUSSIAN_TEXT.split())
_RUSSIAN = frozenset(_RUSSIAN_TEXT.split()) - frozenset(_UKRAINIAN_TEXT.split())


def language_of(text: str, subject: str = "") -> str:
    """`ru`, `uk` or `en`: the best guess of `read_language`."""
    return read_language(text, subject)[0]


def read_language(text: str, subject: str = "") -> tuple[str, bool]:
    """`ru`, `uk` or `en` by the share of letters and by the letters and words that only one of them has, and whether
    any of those was there: a bare «801…, 3.1.25.4» is a guess.

    The subject counts where the text is short, what stands in quotation marks where there is nothing else; where
    nothing tells it is `ru`.
    """
    sample = _NOISE.sub(" ", text[:SAMPLE]).lower()
    if len(sample) < 200:
        sample = f"{sample}\n{_NOISE.sub(' ', subject.lower())}"
    own = _QUOTED.sub(" ", sample)
    words, cyrillic, latin = _letters(own)
    if cyrillic + latin < 2:
        words, cyrillic, latin = _letters(sample)
    if cyrillic + latin < 2:
        return "ru", False
    if cyrillic * 100 < 35 * (cyrillic + latin):
        return "en", not _ENGLISH.isdisjoint(_LATIN.findall(own))
    weight = _ukrainian(words)
    return "uk" if weight > 0 else "ru", weight != 0


def _letters(text: str) -> tuple[list[str], int, int]:
    """The Cyrillic words of a text, and how many Cyrillic and Latin letters it has."""
    words = _CYRILLIC.findall(text)
    return words, sum(map(len, words)), sum(map(len, _LATIN.findall(text)))


def _ukrainian(words: list[str]) -> int:
    """How much more there is of Ukrainian than of Russian; below 0 it is the other way round."""
    joined = "".join(words)
    ukrainian = sum(map(joined.count, "іїєґ")) + sum(map(_UKRAINIAN.__contains__, words))
    russian = sum(map(joined.count, "ыэёъ")) + sum(map(_RUSSIAN.__contains__, words))
    return ukrainian - russian
