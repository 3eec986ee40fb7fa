"""The client's answer to «is it solved?»: a digit or a word in the first line, or "it is not solved".

A rating is read only where the line says that and nothing else; thanks, a greeting, "5 of 5" and the like may stand
around it. Of anything else the reader knows nothing, and the caller gives the request back to work: better to open one
too many than to close a question that is still open.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from maild.mail.courtesy import only_thanks
from maild.mail.thread import without_controls
from maild.mail.written import is_blank, text_of, without_code, word_key


@dataclass(frozen=True)
class Assessment:
    """`rating` 1 (very poor) to 5 (excellent), or `unsolved`; `words` are the lines below, without code line."""

    rating: int | None
    unsolved: bool
    words: str


def read_rating(reply: str) -> Assessment | None:
    """What a reply (own words, quotation already cut) says about the solution; None where that is anything else.

    Never raises. Lines that only greet or thank are passed over.
    """
    lines = without_code(reply)
    for at, line in enumerate(lines):
        if is_blank(line):
            continue
        said = _read_line(line)
        if said is None:
            return _with_reason(line, lines[at + 1 :])
        if said:
            return _assessment(said, line, lines, at)
    return None


_REASON = re.compile(r"[^\w?]*([1-5])\s*(?:[,;!]|(?=\s(?:спасибо|благодар|дякую|thank)))\s*([^\W\d].*)", re.IGNORECASE)
"""Words behind the figure that our link had written: «2, долго отвечали», «5, спасибо, всё получилось»."""
_DOUBT = re.compile(
    r"\?|(?<!\w)(?:не|нет|ни|но|однако|ещё|еще|опять|снова|але|проте|ні|немає|досі|знову|not?|but|however|still|again|yet|плохо|ужасно|погано|жахливо|bad|poor|ошиб\w*|помилк\w*|проблем\w*|errors?|problems?)(?!\w)|n['’]t"
)


def _with_reason(line: str, below: list[str]) -> Assessment | None:
    """A figure and words on one line. A low one complains either way; of a high one the words must not doubt."""
    found = _REASON.fullmatch(line.strip()) if len(line) <= _LONGEST_LINE else None
    if found is None or any(re.match(r"\s*\d", further) for further in below):
        return None
    rating, words = int(found[1]), text_of([found[2], *below])
    return Assessment(rating, False, words) if rating <= 2 or not _DOUBT.search(words.lower()) else None


def _assessment(said: "_Said", line: str, lines: list[str], at: int) -> Assessment | None:
    """The assessment, unless «Хорошо, спасибо» only means "all right", or the sentence runs on in the next line."""
    words = text_of(lines[at + 1 :])
    if said.all_right and (only_thanks(line) or only_thanks("\n".join(lines))):
        return None
    if line.rstrip().endswith(",") and words[:1].islower() and not only_thanks(words.split("\n")[0]):
        return None
    return Assessment(said.rating, said.unsolved, words)


# ---- words. A phrase is looked up by the folded forms of its words, the longest that fits first.

_RATINGS = {
    5: """отлично|всё отлично|прекрасно|замечательно|великолепно|идеально|супер|super|excellent|great|perfect
        |відмінно|чудово|все чудово|все відмінно""",
    4: "хорошо|очень хорошо|good|very good|добре|дуже добре",
    3: "нормально|удовлетворительно|fair|average|задовільно",
    2: "плохо|poor|bad|погано|неудовлетворительно|незадовільно",
    1: "очень плохо|ужасно|very poor|very bad|terrible|дуже погано|жахливо",
}
_NUMBERS = {
    5: "пять|пятёрка|пятёрку|пятёрочка|five|п'ять|п'ятірка|п'ятірку",
    4: "четыре|четвёрка|четвёрку|four|чотири|четвірка|четвірку",
    3: "три|тройка|тройку|three|трійка|трійку",
    2: "два|двойка|двойку|two|двійка|двійку",
    1: "один|единица|единицу|one|одиниця|одиницю",
}
_AROUND = {
    "thanks": """спасибо|благодарю|благодарим|дякую|дякуємо|thanks|thank you|thx|вам|тебе|всем|большое|огромное
        |дуже|щиро|very much|many|a lot|so much|за помощь|за ответ|за поддержку|за работу|за решение|за оперативность
        |велике|спасибі|всім|тобі|за допомогу|за відповідь|за підтримку|за роботу|за рішення|за вирішення
        |за оперативність|за швидку допомогу|за швидку відповідь|за вашу роботу|за вашу відповідь
        |for the help|for your help|for help|for the answer|for your support
        |за вашу помощь|за ваш ответ|за вашу работу|за быстрый ответ|за быструю помощь|за вашу допомогу|и|та|and""",
    "greeting": """здравствуйте|здравствуй|добрый день|добрый вечер|доброе утро|доброго дня|доброго времени суток|привет
        |приветствую|добрий день|добридень|добрий вечір|доброго вечора|доброго ранку|вітаю|вітаємо|привіт
        |hello|hi|hey|good day|good morning|good afternoon|good evening|dear|уважаемые|шановні|коллеги|колеги
        |colleagues|hi all|hello all|dear all|team|support|everyone""",
    "grade": """оценка|оцениваю|оцениваем|ставлю|поставлю|ставим|даю|моя|мой|наша|на|твёрдая|твёрдую|твёрдое|с плюсом
        |оцінка|оцінюю|ставимо|мій|з плюсом|rating|rate|score|mark|grade|my|our|is|i give|we give|i rate it|a|solid
        |rating is|with a plus""",
    "unit": """балл|балла|баллов|бал|бали|балів|звезда|звезды|звёзд|зірка|зірки|зірок|point|points|star|stars""",
    "of five": "/ 5|из 5|из пяти|of 5|of five|out of 5|out of five|з 5|із 5|з п'яти|із п'яти",
    "solved": """да|yes|так|решено|решён|вопрос решён|проблема решена|всё решено|да решено|да решён|да вопрос решён
        |solved|resolved|it is solved|yes solved|yes it is solved|yes it is
        |вирішено|питання вирішено|проблему вирішено|все вирішено|усе вирішено|так вирішено|так питання вирішено""",
    "sorry": "к сожалению|увы|на жаль|unfortunately|sorry|извините|вибачте",
    "unsolved": """нет|no|reopen|reopen please|переоткрыть|перевідкрити|вернуть в работу|верните в работу
        |повернути в роботу|поверніть у роботу|не решено|не решён|не решена|не решили|вопрос не решён|проблема не решена
        |проблема осталась|не помогло|не помогает|не работает|всё ещё не работает|по-прежнему не работает
        |not solved|not resolved|unsolved|unresolved|it is not solved|it's not solved|is not solved|isn't solved
        |not fixed|still not solved|still not working|still doesn't work|doesn't work|does not work|didn't help
        |did not help|it didn't help|it did not help
        |не вирішено|не вирішена|не вирішили|питання не вирішено|проблема не вирішена|проблему не вирішено
        |проблема залишилася|не допомогло|не допомагає|не працює|досі не працює
        |усе ще не працює|все ще не працює|поверніть в роботу""",
}
_ALL_RIGHT = "хорошо|очень хорошо|добре|дуже добре"
"""They rate, but with thanks behind they only say "all right"."""

_Key = tuple[str, ...]


def _phrases(written: str) -> Iterator[_Key]:
    return (tuple(map(word_key, phrase.split())) for phrase in written.split("|"))


_MEANING: Mapping[_Key, tuple[str, int]] = {
    **{phrase: (kind, 0) for kind, written in _AROUND.items() for phrase in _phrases(written)},
    **{phrase: ("word", value) for value, written in _RATINGS.items() for phrase in _phrases(written)},
    **{phrase: ("number", value) for value, written in _NUMBERS.items() for phrase in _phrases(written)},
    **{(str(value),): ("digit", value) for value in range(1, 6)},
    **dict.fromkeys(_phrases(_ALL_RIGHT), ("all right", 4)),
}
_LONGEST = max(map(len, _MEANING))


# ---- lines

_LONGEST_LINE = 200
_MOST_NAMES = 3
_ONE_STAR = re.compile(r"(?<=\d)\s*[⭐★🌟](?!\s*[⭐★🌟✭✮☆✩])")
_STARS = re.compile(r"[⭐★🌟✭✮☆✩](?:\s*[⭐★🌟✭✮☆✩])*")
_FULL, _EMPTY = "⭐★🌟✭✮", "☆✩"
_COUNTS = ("", "one", "two", "three", "four", "five")
_GLAD = str.maketrans(dict.fromkeys("👍👌🙏😊🙂😀😃😄😁😉☺❤♥💯🎉👏🤝✨🔥✅✔\u20e3🏻🏼🏽🏾🏿", " "))
_NEVER = re.compile(r"\d\s?[.,:]\s?\d|\d\s*[-–—−~]\s*\d|(?<!\w)(?<!\w\s)[-−–]\d|:-?\(|\({2}|\($")
"""Decimals, ranges, numbers below zero, sad faces."""
_NOT_AS_IT_LOOKS = {"ні": "нет"}
"""In capitals the Ukrainian "no" is the English "Hi", so that folding makes one word of them."""
_TOKEN = re.compile(r"(\d)\+*(?!\d)|([^\W\d_]+(?:['’ʼ`-][^\W\d_]+)*)|(/)|([,.;!:()\"'«»“”„_–—*#=-])|\s+|(.)", re.DOTALL)


@dataclass(frozen=True)
class _Said:
    """What a line says; false where it only greets, thanks or says that all is solved."""

    rating: int | None = None
    unsolved: bool = False
    all_right: bool = False

    def __bool__(self) -> bool:
        return self.unsolved or self.rating is not None


@dataclass(frozen=True)
class _Meaning:
    """What a phrase means; `clause` counts the parts of the line that stand between punctuation."""

    kind: str
    value: int
    clause: int


def _read_line(line: str) -> _Said | None:
    """What one line says, None for anything that is neither rating, nor unsolved, nor courtesy."""
    if len(line) > _LONGEST_LINE:
        return None
    plain = without_controls(line).translate(_GLAD)
    plain = _STARS.sub(_counted, _ONE_STAR.sub(" stars", plain))
    plain = unicodedata.normalize("NFKC", plain).strip()
    meanings = None if _NEVER.search(plain) else _meanings(plain)
    return None if meanings is None else _judge(meanings)


def _counted(stars: re.Match[str]) -> str:
    """A row of stars as a number in words; what is no row of five stays a sign that nobody can read."""
    full = sum(stars.group().count(star) for star in _FULL)
    empty = sum(stars.group().count(star) for star in _EMPTY)
    return f" {_COUNTS[full]} " if 1 <= full <= 5 and (not empty or full + empty == 5) else "☆"


def _meanings(line: str) -> list[_Meaning] | None:
    """The phrases of a line in their order, None where one of its words or signs is of no kind we know."""
    words = _words(line)
    if words is None:
        return None
    found: list[_Meaning] = []
    at = clause = names = 0
    while at < len(words):
        if not words[at]:
            at, clause = at + 1, clause + 1
            continue
        length, meaning = _phrase(words, at)
        if meaning is None and _is_name(words, at, found) and names < _MOST_NAMES:
            length, meaning, names = 1, ("name", 0), names + 1
        if meaning is None:
            return None
        found.append(_Meaning(*meaning, clause))
        at += length
    return found


def _words(line: str) -> list[str] | None:
    """Words, single digits and "/" as written, "" for punctuation; None where another sign stands in the line."""
    words = []
    for token in _TOKEN.finditer(line):
        digit, word, of, stop, other = token.groups()
        if other:
            return None
        if stop or digit or word or of:
            written = digit or word or of or ""
            words.append(_NOT_AS_IT_LOOKS.get(written.lower(), written))
    return words


def _phrase(words: list[str], at: int) -> tuple[int, tuple[str, int] | None]:
    """The longest phrase of the table that begins at `at`: how many words it has, and what it means."""
    keys = tuple(map(word_key, words[at : at + _LONGEST]))
    for length in range(len(keys), 0, -1):
        if meaning := _MEANING.get(keys[:length]):
            return length, meaning
    return 0, None


def _is_name(words: list[str], at: int, found: list[_Meaning]) -> bool:
    """Whether a word is the name of somebody greeted: «Здравствуйте, Анна!», but not «Здравствуйте, Осталось 5»."""
    if not found or found[-1].kind not in ("greeting", "name") or not words[at].istitle():
        return False
    behind = words[at + 1] if at + 1 < len(words) else ""
    return not behind or behind.istitle()


_COURTESY = frozenset(("greeting", "name", "thanks"))
_COUNTED = ("digit", "number")


def _judge(meanings: list[_Meaning]) -> _Said | None:
    """What the phrases of a line say together, None where they do not go together."""
    kinds = {meaning.kind for meaning in meanings}
    if "unsolved" in kinds:
        return _Said(unsolved=True) if kinds <= _COURTESY | {"unsolved", "sorry"} else None
    if not _solved_stands_alone(meanings) or not _counts_something(meanings):
        return None
    marks = [meaning for meaning in meanings if meaning.value]
    if not marks:
        return _Said() if kinds <= _COURTESY | {"solved", "grade"} else None
    if len({mark.value for mark in marks}) > 1 or sum(mark.kind == "digit" for mark in marks) > 1:
        return None
    return _Said(marks[0].value, all_right=all(mark.kind == "all right" for mark in marks))


def _solved_stands_alone(meanings: list[_Meaning]) -> bool:
    """«Решено, 5» rates, «один вопрос решён» and «решено 4» do not."""
    solved = {meaning.clause for meaning in meanings if meaning.kind == "solved"}
    return all(meaning.kind == "solved" for meaning in meanings if meaning.clause in solved)


def _counts_something(meanings: list[_Meaning]) -> bool:
    """Whether "points" and "of five" stand behind a number."""
    for before, meaning in zip([None, *meanings], meanings, strict=False):
        if meaning.kind == "unit" and (before is None or before.kind not in (*_COUNTED, "of five")):
            return False
        if meaning.kind == "of five" and (before is None or before.kind not in (*_COUNTED, "unit")):
            return False
    return True
