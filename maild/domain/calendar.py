"""Working time: when a desk is open, and how much open time lies between two instants.

The desk is open while the wall clock of its zone lies in [start, end) of one of the day's windows; working time is
what elapses meanwhile, so a repeated hour counts twice and a skipped one not at all.

Inside, an instant is a whole number of microseconds since 1970 (UTC), so that nothing is rounded. A year of open
intervals with running sums is computed when it is first needed and kept; within a year a look-up is a bisection, and
a distance of n years costs n additions. Limits: the years 2 to 9998 (`OutOfCalendar` beyond).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from maild.errors import MaildError

SECOND = 1_000_000
"""Microseconds in a second: instants and working time inside the domain are whole microseconds."""

_DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_FIRST_YEAR, _LAST_YEAR = 2, 9998
_CYCLE_FROM, _CYCLE = 2100, 400  # the Gregorian calendar and zone rules repeat after 400 years; zone tables end by 2087
_WINDOW = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})\s*")
_FRIDAY_OR_BEFORE = (4, 3, 2, 1, 0, 6, 5)

Window = tuple[int, int]
"""Open hours of a day as [start, end) in seconds of the wall clock since midnight; the end may be 24:00 = 86400."""


class OutOfCalendar(MaildError):
    """A deadline or a date that no calendar reaches: outside the years 2 to 9998, or a desk that is never open."""


@dataclass(frozen=True)
class Year:
    """One year of `calendar.toml`. `off` beats `working`; a day may be both `working` and `short`."""

    off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    short: frozenset[date] = frozenset()


@dataclass(frozen=True)
class _Chunk:
    """The open intervals of one UTC year, disjoint and in order; `before[i]` is the open time ahead of interval i."""

    starts: Sequence[int]
    ends: Sequence[int]
    before: Sequence[int]
    total: int

    def position(self, at: int) -> int:
        """Open time between the beginning of the year and an instant within it."""
        index = bisect_right(self.starts, at) - 1
        return 0 if index < 0 else self.before[index] + min(at, self.ends[index]) - self.starts[index]

    def instant(self, position: int) -> int:
        """The earliest instant at which `position` (0 < position <= total) of open time has elapsed."""
        index = bisect_left(self.before, position) - 1
        return self.starts[index] + position - self.before[index]


@dataclass(frozen=True)
class Calendar:
    """A desk's open hours: its zone, its week (0 = Monday) and the years of its calendar, by number.

    A year that `years` lacks counts as plain weeks.
    """

    zone: ZoneInfo
    week: Mapping[int, tuple[Window, ...]]
    years: Mapping[int, Year] = field(default_factory=dict)
    _chunks: dict[int, _Chunk] = field(default_factory=dict, init=False, repr=False, compare=False)

    def add(self, start: datetime, work: int) -> datetime:
        """The earliest instant at which `work` seconds of working time have elapsed since `start` (aware).

        In the desk's zone; `work` = 0 is `start` itself. Raises OutOfCalendar where no such instant exists.
        """
        return self.at(self.forward(instant(start), work * SECOND))

    def elapsed(self, start: datetime, end: datetime) -> int:
        """Whole seconds of working time from `start` to `end` (both aware); negative if `end` is the earlier one."""
        work = self.between(instant(start), instant(end))
        return work // SECOND if work >= 0 else -(-work // SECOND)

    def is_open(self, at: datetime) -> bool:
        """Whether the desk is open at an instant (aware): at closing time it no longer is."""
        moment = instant(at)
        return self.between(moment, moment + 1) > 0

    def opening(self, after: datetime) -> datetime:
        """When the desk's next working day opens, strictly after an instant (aware); in the desk's zone.

        A day opens once, with its first window. Raises OutOfCalendar where the desk never opens again.
        """
        day = self.at(instant(after)).date()
        today = self._first_open(day)
        return self.at(today if today > instant(after) else self._first_open(day + timedelta(days=1)))

    def covers(self, year: int) -> bool:
        """Whether the calendar has this year; what is computed from another year is provisional.

        A desk that never closes and has no calendar of days off needs none.
        """
        return year in self.years or (not self.years and self.never_closes)

    @property
    def never_closes(self) -> bool:
        """Whether every day of the week is open round the clock, days off aside."""
        return all(self.week.get(day) == ((0, 86400),) for day in range(7))

    def hours(self, day: date) -> tuple[Window, ...]:
        """The windows of a day.

        A `working` day without hours of its own has Friday's, or where Friday has none those of the last worked day
        before it in the week. A `short` day closes an hour earlier; a last window of an hour or less vanishes.
        """
        own = self.week.get(day.weekday(), ())
        year = self.years.get(day.year)
        if year is None:
            return own
        if day in year.off:
            return ()
        if day in year.working and not own:
            own = next((self.week[weekday] for weekday in _FRIDAY_OR_BEFORE if self.week.get(weekday)), ())
        return _shortened(own) if day in year.short else own

    def forward(self, start: int, work: int) -> int:
        """As `add`, from instant to instant, `work` in microseconds."""
        if work <= 0:
            return start
        if not any(self.week.values()):
            raise OutOfCalendar("the desk is never open: its week has no hours")
        year = _year(start)
        wanted = self._chunk(year).position(start) + work
        while wanted > (total := self._chunk(year).total):
            wanted -= total
            year += 1
        return self._chunk(year).instant(wanted)

    def between(self, start: int, end: int) -> int:
        """Open time between two instants in microseconds; negative if `end` is the earlier one."""
        if end < start:
            return -self.between(end, start)
        first, last = _year(start), _year(end)
        parts = self._chunk(last).position(end) - self._chunk(first).position(start)
        return parts + sum(self._chunk(year).total for year in range(first, last))

    def at(self, moment: int) -> datetime:
        """An instant as a time in the desk's zone."""
        try:
            return (_EPOCH + timedelta(microseconds=moment)).astimezone(self.zone)
        except OverflowError:
            raise _beyond() from None

    def _first_open(self, day: date) -> int:
        """The first open instant of a day, or of the days after it."""
        midnight = instant(datetime(day.year, day.month, day.day, tzinfo=self.zone))
        return self.forward(midnight, 1) - 1

    def _chunk(self, year: int) -> _Chunk:
        chunk = self._chunks.get(year)
        if chunk is None:
            chunk = self._chunks[year] = self._built(year)
        return chunk

    def _built(self, year: int) -> _Chunk:
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise _beyond()
        base = _CYCLE_FROM + (year - _CYCLE_FROM) % _CYCLE
        if year > base and not any(near + step in self.years for near in (year, base) for step in (-1, 0, 1)):
            same, shift = self._chunk(base), (_new_year(year) - _new_year(base)) * SECOND
            return _Chunk([at + shift for at in same.starts], [at + shift for at in same.ends], same.before, same.total)
        starts: list[int] = []
        ends: list[int] = []
        for begin, end, offset in self._segments(_new_year(year), _new_year(year + 1)):
            for opening, closing in self._open(begin + offset, end + offset):
                starts.append((opening - offset) * SECOND)
                ends.append((closing - offset) * SECOND)
        before = list(accumulate((end - start for start, end in zip(starts, ends, strict=True)), initial=0))
        return _Chunk(starts, ends, before[:-1], before[-1])

    def _open(self, begin: int, end: int) -> Iterator[Window]:
        """Open intervals of the wall clock, cut to [begin, end): seconds of local time since 1970."""
        for day in range(begin // _DAY, -(-end // _DAY)):
            for window in self.hours(date.fromordinal(day + _EPOCH_ORDINAL)):
                opening, closing = max(day * _DAY + window[0], begin), min(day * _DAY + window[1], end)
                if opening < closing:
                    yield opening, closing

    def _segments(self, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        """[begin, end) of UTC seconds, cut where the zone's offset changes: (from, to, offset in seconds).

        Looking once a day finds every change: no two of any zone, past or announced, are less than three days apart.
        """
        start, offset = begin, self._offset(begin)
        for day in range(begin, end, _DAY):
            after = min(day + _DAY, end)
            if (changed := self._offset(after)) != offset:
                change = bisect_left(range(day, after), True, key=lambda at: self._offset(at) == changed) + day
                yield start, change, offset
                start, offset = change, changed
        if start < end:
            yield start, end, offset

    def _offset(self, at: int) -> int:
        offset = (_EPOCH + timedelta(seconds=at)).astimezone(self.zone).utcoffset()
        return offset.days * _DAY + offset.seconds if offset else 0


def instant(at: datetime) -> int:
    """Microseconds since 1970 (UTC) of an aware time. Comparing instants is safe where comparing two wall clocks of
    one zone is not (in a repeated hour)."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def windows(text: str) -> tuple[Window, ...]:
    """The hours of a day such as "09:00-13:00, 14:00-18:00", in order; "" is a day without hours.

    Raises ValueError, with one line that says what was expected.
    """
    found = sorted(_window(part) for part in text.split(",")) if text.strip() else []
    for (_, end), (start, _) in pairwise(found):
        if start < end:
            raise ValueError(
                f"windows overlap in {text!r}: one closes at {_clock(end)}, the next opens {_clock(start)}"
            )
    return tuple(found)


def _window(text: str) -> Window:
    match = _WINDOW.fullmatch(text)
    if not match:
        raise ValueError(f'expected hours such as "09:00-18:00", got {text.strip()!r}')
    hour, minute, to_hour, to_minute = map(int, match.groups())
    start, end = hour * 3600 + minute * 60, to_hour * 3600 + to_minute * 60
    if max(minute, to_minute) > 59 or start >= _DAY or end > _DAY:
        raise ValueError(f"expected times from 00:00 to 24:00, got {text.strip()!r}")
    if start == end:
        raise ValueError(f"{text.strip()!r} is empty: the end must be after the start")
    if start > end:
        raise ValueError(
            f"{text.strip()!r} runs over midnight: end it at 24:00 and begin the next day's hours with 00:00"
        )
    return start, end


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def _shortened(own: tuple[Window, ...]) -> tuple[Window, ...]:
    if not own:
        return own
    start, end = own[-1]
    return (*own[:-1], (start, end - 3600)) if end - start > 3600 else own[:-1]


def _year(moment: int) -> int:
    try:
        return (_EPOCH + timedelta(microseconds=moment)).year
    except OverflowError:
        raise _beyond() from None


def _new_year(year: int) -> int:
    """UTC seconds at the beginning of a year."""
    return (date(year, 1, 1).toordinal() - _EPOCH_ORDINAL) * _DAY


def _beyond() -> OutOfCalendar:
    return OutOfCalendar(f"the time lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}")
