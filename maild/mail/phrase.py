"""Dates, spans of time and counts in the words of a letter: Russian, English, Ukrainian.

CLDR's plural rules and month names come from babel; the cases that CLDR does not know (до среды, до 24 рабочих часов)
stand in tables here, whole forms, never built from pieces. Blanks that must not break are no-break spaces (NBSP).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from babel import Locale

NBSP = "\u00a0"
LANGUAGES = ("ru", "en", "uk")

_SHORT_DAYS = {
    "ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "uk": ("пн", "вт", "ср", "чт", "пт", "сб", "нд"),
}
_DAYS_UNTIL = {
    "ru": ("понедельника", "вторника", "среды", "четверга", "пятницы", "субботы", "воскресенья"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "uk": ("понеділка", "вівторка", "середи", "четверга", "п’ятниці", "суботи", "неділі"),
}
_ZONES = {
    "Europe/Moscow": {"ru": "мск", "en": "MSK", "uk": "за Москвою"},
    "Europe/Kyiv": {"ru": "по Киеву", "en": "Kyiv time", "uk": "за Києвом"},
    "Europe/Kiev": {"ru": "по Киеву", "en": "Kyiv time", "uk": "за Києвом"},
}
_UNITS = {"ru": ("ч", "мин"), "en": ("h", "min"), "uk": ("год", "хв")}
_LESS = {"ru": "меньше минуты", "en": "less than a minute", "uk": "менше хвилини"}

Forms = dict[str, tuple[str, str, str]]
_FORMS: dict[str, Forms] = {  # language -> word -> (one, few, many); English: (one, other, other)
    "ru": {
        "working hour": ("рабочий час", "рабочих часа", "рабочих часов"),
        "working hour, until": ("рабочего часа", "рабочих часов", "рабочих часов"),
        "working hour, in": ("рабочий час", "рабочих часа", "рабочих часов"),
        "ticket": ("заявка", "заявки", "заявок"),
        "ticket, in": ("заявке", "заявках", "заявках"),
        "overdue": ("Просрочена", "Просрочено", "Просрочено"),  # … 1 заявка
        "line of text": ("строка", "строки", "строк"),
        "thing": ("сведения", "сведений", "сведений"),  # не хватает …
    },
    "en": {
        "working hour": ("working hour", "working hours", "working hours"),
        "working hour, until": ("working hour", "working hours", "working hours"),
        "working hour, in": ("working hour", "working hours", "working hours"),
        "ticket": ("ticket", "tickets", "tickets"),
        "ticket, in": ("ticket", "tickets", "tickets"),
        "overdue": ("Overdue:", "Overdue:", "Overdue:"),
        "line of text": ("line", "lines", "lines"),
        "thing": ("thing", "things", "things"),
    },
    "uk": {
        "working hour": ("робоча година", "робочі години", "робочих годин"),
        "working hour, until": ("робочої години", "робочих годин", "робочих годин"),
        "working hour, in": ("робочу годину", "робочі години", "робочих годин"),
        "ticket": ("заявка", "заявки", "заявок"),
        "ticket, in": ("заявці", "заявках", "заявках"),
        "overdue": ("Прострочена", "Прострочено", "Прострочено"),
        "line of text": ("рядок", "рядки", "рядків"),
        "thing": ("деталі", "деталей", "деталей"),
    },
}
_COUNTS = {
    "ru": ("", "одного", "двух", "трёх", "четырёх", "пяти", "шести", "семи", "восьми", "девяти", "десяти"),
    "en": ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "uk": ("", "однієї", "двох", "трьох", "чотирьох", "п’яти", "шести", "семи", "восьми", "дев’яти", "десяти"),
}
_AND = {"ru": " и ", "en": " and ", "uk": " та "}
_OR = {"ru": " или ", "en": " or ", "uk": " або "}


def moment(at: datetime, language: str, zone: tzinfo, now: datetime) -> str:
    """A time as tables and staff letters have it: `пн 23 ноября, 12:00 (мск)`; the year only if it is not now's."""
    return f"{plain_moment(at, language, zone, now)}{NBSP}({_bound(zone_name(at, language, zone))})"


def plain_moment(at: datetime, language: str, zone: tzinfo, now: datetime) -> str:
    """The same without the zone, where the letter names it elsewhere."""
    there = at.astimezone(zone)
    day = f"{_SHORT_DAYS[language][there.weekday()]}{NBSP}{there.day}{NBSP}{_month(language, there.month, short=True)}"
    return f"{day}{_year(there, now.astimezone(zone))}, {there:%H:%M}"


def until(at: datetime, language: str, zone: tzinfo, now: datetime) -> str:
    """A time as a sentence has it after «до» or "by": `среды, 25 ноября, 16:15 (мск)`."""
    there = at.astimezone(zone)
    day = f"{there.day}{NBSP}{_month(language, there.month)}{_year(there, now.astimezone(zone))}"
    return (
        f"{_DAYS_UNTIL[language][there.weekday()]}, {day}, {there:%H:%M}{NBSP}({_bound(zone_name(at, language, zone))})"
    )


def clock(at: datetime, language: str, zone: tzinfo, now: datetime) -> str:
    """A time as headings have it: `12:00` on the day of `now`, else the day before it, no zone."""
    there = at.astimezone(zone)
    if there.date() == now.astimezone(zone).date():
        return f"{there:%H:%M}"
    return plain_moment(at, language, zone, now)


def day(of: date, language: str) -> str:
    """A day with its year, as contracts need it: `31 декабря 2026`."""
    return f"{of.day}{NBSP}{_month(language, of.month)}{NBSP}{of.year}"


def zone_name(at: datetime, language: str, zone: tzinfo) -> str:
    """`мск`, or `UTC+5` for zones without a customary name, by the offset in force at that time."""
    named = _ZONES.get(str(zone))
    if named:
        return named[language]
    offset = at.astimezone(zone).utcoffset() or timedelta()
    minutes = abs(int(offset.total_seconds())) // 60
    sign = "-" if offset < timedelta() else "+"
    rest = f":{minutes % 60:02d}" if minutes % 60 else ""
    return f"UTC{sign}{minutes // 60}{rest}" if minutes else "UTC"


def span(seconds: int, language: str) -> str:
    """Working time in hours and minutes, rounded down: `3 ч 20 мин`; never in days."""
    hours, minutes = divmod(max(0, seconds) // 60, 60)
    if not hours and not minutes:
        return _LESS[language]
    hour, minute = _UNITS[language]
    parts = ([f"{hours}{NBSP}{hour}"] if hours else []) + ([f"{minutes}{NBSP}{minute}"] if minutes else [])
    return NBSP.join(parts)


def working(seconds: int, language: str, case: str = "") -> str:
    """Working time in words: `24 рабочих часа`. `case`: "" counted, "until" after «до», "in" after «через»."""
    hours, rest = divmod(max(0, seconds), 3600)
    if rest:
        return f"{span(seconds, language)} {worked(language)}"
    return count(hours, f"working hour, {case}" if case else "working hour", language)


def worked(language: str) -> str:
    """«рабочего времени», as it stands after a span."""
    return {"ru": f"рабочего{NBSP}времени", "en": "of working time", "uk": f"робочого{NBSP}часу"}[language]


def count(number: int, word: str, language: str) -> str:
    """A number with its word in the right form: `14 заявок`."""
    return f"{number}{NBSP}{plural(number, word, language)}"


def plural(number: int, word: str, language: str) -> str:
    """The form of a word of the catalogue that goes with a number (CLDR)."""
    return _FORMS[language][word][_plural_form(language, number)]


def counted(number: int, language: str) -> str:
    """A small number in words, in the genitive where the language has one: «двух»; larger ones in figures."""
    return _COUNTS[language][number] if 0 < number < len(_COUNTS[language]) else str(number)


def listed(words: Sequence[str], language: str) -> str:
    """`номер, версия и организация`."""
    return _joined(words, _AND[language])


def either(words: Sequence[str], language: str) -> str:
    """`описание, шаги или снимок экрана`."""
    return _joined(words, _OR[language])


def _joined(words: Sequence[str], last: str) -> str:
    return last.join(filter(None, (", ".join(words[:-1]), *words[-1:])))


@lru_cache(maxsize=64)
def _month(language: str, month: int, *, short: bool = False) -> str:
    """In dates: genitive in Russian and Ukrainian, cut to three letters in English tables."""
    width = "abbreviated" if short and language == "en" else "wide"
    return str(Locale(language).months["format"][width][month])


@lru_cache(maxsize=1024)
def _plural_form(language: str, number: int) -> int:
    return {"one": 0, "few": 1}.get(Locale(language).plural_form(number), 2)


def _bound(words: str) -> str:
    return words.replace(" ", NBSP)


def _year(there: datetime, now: datetime) -> str:
    return f"{NBSP}{there.year}" if there.year != now.year else ""
