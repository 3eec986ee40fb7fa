"""Letters that say nothing but thanks: they want no answer and change nothing."""

import re

_WORDS = re.compile(r"[^\W\d_]+")
_THANKS = frozenset(
    "спасибо благодарю благодарим дякую дякуємо спасибі thanks thank thx".split()
)  # one of these, and nothing but these and the next
_FILLERS = frozenset(
    """большое огромное вам тебе всем за ответ помощь информацию ок окей хорошо понял поняла поняли понятно принято
    ясно ждем будем ждать отлично супер добрый день здравствуйте коллеги дуже щиро вам за відповідь допомогу добре
    швидку зрозуміло зрозуміла зрозумів зрозуміли ясно чекаємо чекатимемо будемо чекати прийнято чудово відмінно велике
    всім тобі інформацію підтримку доброго дня добрий вітаю вітаємо колеги ще раз розібралися все усе вийшло
    you very much many a lot so for the your help answer reply ok okay got it great perfect
    hello hi dear colleagues и та and ещё еще раз разобрались все получилось all clear understood much""".split()
)
_MOST_WORDS = 12


def only_thanks(text: str) -> bool:
    """Whether a reply (without quotation and signature) is a thank-you and nothing more.

    A question never is, nor anything with a number in it.
    """
    if "?" in text or any(sign.isdigit() for sign in text):
        return False
    words = [word.lower().replace("ё", "е") for word in _WORDS.findall(text)]
    if not words or len(words) > _MOST_WORDS or not _THANKS.intersection(words):
        return False
    return all(word in _THANKS or word in _FILLERS for word in words)
