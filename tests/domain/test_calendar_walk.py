"""Working time against a walk, second by second (minute by minute over days), over random schedules and zones.

The walk knows only the contract's words: the desk is open while the wall clock lies in a window. It shares no code
with the calendar but the reading of "09:00-18:00".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from maild.domain.calendar import Calendar, Year, windows
from maild.domain.sla import due, spent

Hold = tuple[datetime, datetime | None]

CHANGES = [  # a zone, and a moment in UTC around which its wall clock does something
    ("Europe/Kyiv", "2026-03-29T01:00"),
    ("Europe/Kyiv", "2026-10-25T01:00"),
    ("America/New_York", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T06:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"),  # half an hour back
    ("Australia/Lord_Howe", "2026-10-03T15:30"),
    ("Pacific/Apia", "2011-12-30T10:00"),  # 30 December 2011 never was
    ("Africa/Casablanca", "2026-02-15T02:00"),  # Ramadan
    ("Africa/Casablanca", "2026-03-22T02:00"),
    ("Atlantic/Azores", "2026-03-29T01:00"),  # at local midnight
    ("Atlantic/Azores", "2026-10-25T01:00"),  # midnight comes twice
    ("Asia/Kathmandu", "1985-12-31T18:30"),  # a quarter of an hour lost at new year
    ("Asia/Beirut", "2026-03-28T22:00"),  # a day that begins at 01:00
    ("Africa/Monrovia", "1972-01-07T00:44:30"),  # an offset with seconds
    ("Europe/Moscow", "2026-12-31T21:00"),
    ("UTC", "2026-11-22T00:00"),
]
DAYS = [
    "",
    "09:00-18:00",
    "00:00-24:00",
    "23:30-24:00",
    "00:00-00:45, 23:15-24:00",
    "01:30-02:45",
    "02:00-02:30, 02:30-03:10, 10:00-11:00",
    "00:30-01:15, 01:45-02:15, 22:00-24:00",
    "09:00-13:00, 14:00-18:00",
    "03:00-21:00, 21:30-22:20",
]


def utc(at: datetime) -> datetime:
    """Times within a repeated hour equal nothing in another zone (PEP 495), so all is compared in UTC."""
    return at.astimezone(UTC)


@dataclass(frozen=True)
class Schedule:
    """A schedule in words, for the calendar and for the walk."""

    zone: str
    week: Mapping[int, str]
    off: frozenset[date]
    working: frozenset[date]
    short: frozenset[date]
    around: datetime

    def calendar(self) -> Calendar:
        years = {
            year: Year(*(frozenset(d for d in days if d.year == year) for days in (self.off, self.working, self.short)))
            for year in (self.around.year - 1, self.around.year, self.around.year + 1)
        }
        return Calendar(ZoneInfo(self.zone), {day: windows(text) for day, text in self.week.items()}, years)

    def open_minutes(self, day: date) -> list[tuple[int, int]]:
        """The day's windows in minutes, straight from the contract's words."""
        text = self.week[day.weekday()]
        if day in self.off:
            return []
        if day in self.working and not text:
            text = self.week[4]
        found = []
        for part in text.split(",") if text else []:
            start, end = (int(clock.strip()[:2]) * 60 + int(clock.strip()[3:]) for clock in part.split("-"))
            found.append([start, end])
        if day in self.short and found:
            found[-1][1] -= 60
        return [(start, end) for start, end in found if start < end]

    def walk(self, start: datetime, end: datetime, step: int, holds: Iterable[Hold] = ()) -> list[datetime]:
        """The moments at which an open second (or minute) begins, outside the holds."""
        hours: dict[date, list[tuple[int, int]]] = {}
        zone, holds, found = ZoneInfo(self.zone), list(holds), []
        at, last = int(start.timestamp()), int(end.timestamp())
        stops = [(a.timestamp(), b.timestamp() if b else float("inf")) for a, b in holds]
        for moment in range(at, last, step):
            local = datetime.fromtimestamp(moment, zone)
            day = local.date()
            if day not in hours:
                hours[day] = self.open_minutes(day)
            minute = local.hour * 60 + local.minute
            is_open = any(opens <= minute < closes for opens, closes in hours[day])
            if is_open and not any(a <= moment < b for a, b in stops):
                found.append(datetime.fromtimestamp(moment, UTC))
        return found


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    zone, moment = draw(st.sampled_from(CHANGES))
    around = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    week = {day: draw(st.sampled_from(DAYS)) for day in range(7)}
    week[4] = draw(st.sampled_from(DAYS[1:]))
    near = st.frozensets(st.integers(-4, 4).map(lambda n: around.date() + timedelta(n)), max_size=4)
    return Schedule(zone, week, draw(near), draw(near), draw(near), around)


def shifted(span: int) -> st.SearchStrategy[timedelta]:
    return st.integers(-span, span).map(lambda seconds: timedelta(seconds=seconds))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(schedules(), shifted(2 * 3600), st.integers(1, 3 * 3600), st.integers(1, 3 * 3600))
def test_every_second_near_a_change(schedule: Schedule, shift: timedelta, span: int, work: int) -> None:
    calendar, start = schedule.calendar(), schedule.around + shift
    end = start + timedelta(seconds=span)
    moments = schedule.walk(start, end, 1)
    assert calendar.elapsed(start, end) == len(moments)
    assert calendar.is_open(start) == (moments[:1] == [start])
    if work <= len(moments):
        assert utc(calendar.add(start, work)) == moments[work - 1] + timedelta(seconds=1)


holding = st.lists(st.tuples(shifted(3 * 3600), st.none() | st.integers(0, 2 * 3600)), max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(schedules(), shifted(3600), holding, st.integers(1, 2 * 3600))
def test_every_second_with_holds(
    schedule: Schedule, shift: timedelta, given_holds: list[tuple[timedelta, int | None]], target: int
) -> None:
    calendar, arrived = schedule.calendar(), schedule.around + shift
    holds = [
        (schedule.around + start, None if length is None else schedule.around + start + timedelta(seconds=length))
        for start, length in given_holds
    ]
    horizon = arrived + timedelta(hours=5)
    moments = schedule.walk(arrived, horizon, 1, holds)
    found = due(calendar, arrived, target, holds)
    assert spent(calendar, arrived, horizon, holds) == len(moments)
    if target <= len(moments):
        assert found is not None
        assert utc(found) == moments[target - 1] + timedelta(seconds=1)
    elif any(end is None for _, end in holds):
        assert found is None  # every open hold begins before the horizon
    else:
        assert found is not None
        assert utc(found) > horizon


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(schedules().filter(lambda s: s.zone != "Africa/Monrovia"), st.integers(-4000, 4000), st.integers(0, 9000))
def test_every_minute_over_days(schedule: Schedule, shift: int, span: int) -> None:
    calendar, start = schedule.calendar(), schedule.around + timedelta(minutes=shift)
    end = start + timedelta(minutes=span)
    moments = schedule.walk(start, end, 60)
    assert calendar.elapsed(start, end) == 60 * len(moments)
    if moments:
        assert utc(calendar.add(start, 60 * len(moments))) == moments[-1] + timedelta(minutes=1)


instants = st.integers(-(40 * 366), 40 * 366).flatmap(
    lambda days: st.integers(0, 86_400 * 10**6).map(
        lambda us: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days, microseconds=us)
    )
)
works = st.integers(0, 20_000 * 3600)


@settings(max_examples=150, deadline=None)
@given(schedules(), instants, works, works)
def test_adding_is_the_inverse_of_elapsing_and_adds_up(
    schedule: Schedule, start: datetime, work: int, more: int
) -> None:
    calendar = schedule.calendar()
    end = calendar.add(start, work)
    assert calendar.elapsed(start, end) == work
    assert calendar.elapsed(end, start) == -work
    assert utc(calendar.add(end, more)) == utc(calendar.add(start, work + more)) or more == 0
    if work:  # the earliest such instant
        assert calendar.elapsed(start, utc(end) - timedelta(microseconds=1)) == work - 1


@settings(max_examples=100, deadline=None)
@given(schedules(), instants, instants, instants, works)
def test_elapsing_adds_up_and_is_monotonic(
    schedule: Schedule, one: datetime, two: datetime, three: datetime, work: int
) -> None:
    calendar = schedule.calendar()
    first, middle, last = sorted(at.replace(microsecond=0) for at in (one, two, three))
    assert calendar.elapsed(first, middle) + calendar.elapsed(middle, last) == calendar.elapsed(first, last)
    assert 0 <= calendar.elapsed(first, middle) <= calendar.elapsed(first, last)
    assert utc(calendar.add(first, work)) <= utc(calendar.add(last, work))
    assert utc(calendar.add(first, work)) >= first
