"""The Date field: RFC 5322 (3.3) and what is written instead of it."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_ZONES = {
    "msk": 3,
    "msd": 4,
    "мск": 3,
    "eet": 2,
    "eest": 3,
    "cet": 1,
    "cest": 2,
    "wet": 0,
    "west": 1,
    "bst": 1,
    "samt": 4,
    "yekt": 5,
    "omst": 6,
    "novt": 7,
    "krat": 7,
    "irkt": 8,
    "yakt": 9,
    "vlat": 10,
    "magt": 11,
    "pett": 12,
    "trt": 3,
    "almt": 5,
}
"""Hours east of UTC by names that RFC 5322 (4.3) does not know."""

_MONTHS = {
    month: number
    for number, months in enumerate(
        (
            "jan янв січ",
            "feb фев лют",
            "mar мар бер",
            "apr апр кві",
            "may май мая тра",
            "jun июн чер",
            "jul июл лип",
            "aug авг сер",
            "sep сен вер",
            "oct окт жов",
            "nov ноя лис",
            "dec дек гру",
        ),
        start=1,
    )
    for month in months.split()
}
_WORDS = re.compile(
    r"(\d{1,2})[ -]([a-zа-яіїє]{3,})\.?[ -](\d{4})\D{1,6}(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(.*)", re.IGNORECASE
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2}):?(\d{2})\b", re.IGNORECASE)


def read_date(text: str) -> tuple[datetime | None, str | None]:
    """The moment with the offset as written, and a defect. No zone counts as UTC; garbage is None with a defect."""
    if not text:
        return None, None
    text = text[:200]
    found = _standard(text) or _iso(text) or _in_words(text)
    if found is None:
        return None, f"date: cannot be read: {text[:60]!r}"
    moment, zoned = found
    if not 1990 <= moment.year <= 2100:
        return None, f"date: not believable: {text[:60]!r}"
    return moment, None if zoned else "date: without a time zone, taken as UTC"


def _standard(text: str) -> tuple[datetime, bool] | None:
    try:
        parsed = parsedate_tz(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if parsed is None:
        return None
    after = _CLOCK.split(text)[-1]  # parsedate_tz says 0 for no zone and for a strange one alike
    return _moment(parsed[:6], parsed[9] or _named_zone(after))


def _moment(fields: tuple[int, ...], seconds: int | None) -> tuple[datetime, bool] | None:
    year, month, day, hour, minute, second = fields
    try:
        zone = UTC if seconds is None else timezone(timedelta(seconds=seconds))
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone), seconds is not None
    except (ValueError, OverflowError):
        return None


def _named_zone(text: str) -> int | None:
    if re.search(r"-0000\b|\b(?:utc|gmt|ut|z)\b", text, re.IGNORECASE):
        return 0
    for word in re.findall(r"[a-zа-я]+", text.lower()):
        if word in _ZONES:
            return _ZONES[word] * 3600
    offset = _OFFSET.search(text)
    if not offset:
        return None
    return (-1 if offset.group(1) == "-" else 1) * (int(offset.group(2)) * 3600 + int(offset.group(3)) * 60)


def _iso(text: str) -> tuple[datetime, bool] | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (moment, True) if moment.tzinfo else (moment.replace(tzinfo=UTC), False)


def _in_words(text: str) -> tuple[datetime, bool] | None:
    """Month names in Russian and Ukrainian, as some robots write them."""
    match = _WORDS.search(text)
    month = _MONTHS.get(match.group(2)[:3].lower()) if match else None
    if match is None or month is None:
        return None
    day, year, hour, minute = (int(match.group(number)) for number in (1, 3, 4, 5))
    return _moment((year, month, day, hour, minute, int(match.group(6) or 0)), _named_zone(match.group(7)))
