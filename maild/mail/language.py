"""Which language a letter is written in: Russian, Ukrainian or English. Whatever is not Cyrillic counts as English."""

import re

_CYRILLIC = re.compile(r"[а-яёіїєґ]+", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]+", re.IGNORECASE)
SAMPLE = 3000
"""Characters that are looked at."""

_NOISE = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|<[^<>\s]+>")

_UKRAINIAN_TEXT = """
та що як це цей ця ми ви він вона вони є немає або але якщо щоб коли де чому потрібно треба будь ласка дякую доброго дня
вітаю вітаємо працює помилка допоможіть підкажіть після від вже ще дуже також програма звіт повагою можна було буде й із
зі зараз через питання відповідь
"""
_RUSSIAN_TEXT = """
и что как этот мы вы он она они есть или но если чтобы когда где почему нужно надо пожалуйста спасибо день здравствуйте
работает ошибка помогите подскажите после от уже ещё еще очень также программа отчёт отчет уважением можно было будет с
из со сейчас вопрос ответ какой
"""
_UKRAINIAN = frozenset(_UKRAINIAN_TEXT.split()) - frozenset(_RUSSIAN_TEXT.split())
_RUSSIAN = frozenset(_RUSSIAN_TEXT.split()) - frozenset(_UKRAINIAN_TEXT.split())


def language_of(text: str, subject: str = "") -> str:
    """`ru`, `uk` or `en` by the share of letters and by the letters and words that only one of them has.

    The subject counts where the text is short; where nothing tells it is `ru`.
    """
    sample = _NOISE.sub(" ", text[:SAMPLE]).lower()
    if len(sample) < 200:
        sample = f"{sample}\n{_NOISE.sub(' ', subject.lower())}"
    words = _CYRILLIC.findall(sample)
    cyrillic = len("".join(words))
    latin = len("".join(_LATIN.findall(sample)))
    if cyrillic + latin < 2:
        return "ru"
    if cyrillic * 100 < 35 * (cyrillic + latin):
        return "en"
    return "uk" if _ukrainian(words) else "ru"


def _ukrainian(words: list[str]) -> bool:
    joined = "".join(words)
    ukrainian = sum(map(joined.count, "іїєґ")) + sum(map(_UKRAINIAN.__contains__, words))
    russian = sum(map(joined.count, "ыэёъ")) + sum(map(_RUSSIAN.__contains__, words))
    return ukrainian > russian
