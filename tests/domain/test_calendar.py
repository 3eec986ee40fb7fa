"""Working time by table: transfers, working Saturdays, short days, odd zones, and the ends of time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from maild.domain.calendar import Calendar, OutOfCalendar, Year, instant, windows

NINE_TO_SIX = windows("09:00-18:00")
WEEK = dict.fromkeys(range(5), NINE_TO_SIX)
MOSCOW = Calendar(
    ZoneInfo("Europe/Moscow"),
    WEEK,
    {
        2024: Year(
            off=frozenset({date(2024, 4, 29), date(2024, 4, 30), date(2024, 5, 1), date(2024, 11, 4)}),
            working=frozenset({date(2024, 4, 27), date(2024, 11, 2)}),
            short=frozenset({date(2024, 11, 2)}),
        ),
        2026: Year(
            off=frozenset({date(2026, 11, 4), date(2026, 12, 31)}),
            short=frozenset({date(2026, 11, 3)}),
        ),
    },
)
HOUR = 3600


def at(text: str) -> datetime:
    return datetime.fromisoformat(text if "+" in text or text.endswith("Z") else f"{text}+03:00")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23T10:15", 24, "2026-11-25T16:15"),
        ("2026-11-23T10:15", 8, "2026-11-24T09:15"),
        ("2026-11-20T19:00", 8, "2026-11-23T17:00"),  # after hours: counted from the next opening
        ("2026-11-21T12:00", 24, "2026-11-25T15:00"),  # a Saturday
        ("2026-11-23T09:00", 9, "2026-11-23T18:00"),  # used up exactly at closing: it falls there
        ("2026-11-20T18:00", 9, "2026-11-23T18:00"),  # closing time is closed
        ("2026-11-03T16:00", 1, "2026-11-03T17:00"),  # a short day closes at 17:00 ...
        ("2026-11-03T16:00", 2, "2026-11-05T10:00"),  # ... and a day off follows
        ("2024-04-26T17:00", 10, "2024-04-27T18:00"),  # the working Saturday has Friday's hours
        ("2024-04-27T17:00", 2, "2024-05-02T10:00"),  # Sunday, two transferred days and 1 May
        ("2024-11-01T18:00", 9, "2024-11-05T10:00"),  # a Saturday both working and short: eight hours
        ("2026-12-30T17:30", 1, "2027-01-01T09:30"),  # 2027 is not covered: a plain week
    ],
)
def test_a_deadline(start: str, hours: int, end: str) -> None:
    assert MOSCOW.add(at(start), hours * HOUR).isoformat() == at(end).isoformat()
    assert MOSCOW.elapsed(at(start), at(end)) == hours * HOUR


def test_lunch_is_not_worked_and_midnight_loses_nothing() -> None:
    """lessons 21: wrong sums over a lunch break; a minute lost each midnight."""
    lunch = Calendar(ZoneInfo("Europe/Moscow"), dict.fromkeys(range(7), windows("09:00-13:00, 14:00-18:00")))
    assert lunch.add(at("2026-11-23T12:30"), HOUR) == at("2026-11-23T14:30")
    assert lunch.add(at("2026-11-23T12:30"), HOUR // 2) == at("2026-11-23T13:00")
    assert lunch.elapsed(at("2026-11-23T12:59:59"), at("2026-11-23T14:00:01")) == 2
    always = Calendar(ZoneInfo("Europe/Moscow"), dict.fromkeys(range(7), windows("00:00-24:00")))
    assert always.elapsed(at("2026-11-23T00:00"), at("2026-12-03T00:00")) == 10 * 86_400
    assert always.add(at("2026-11-23T23:59:59"), 2) == at("2026-11-24T00:00:01")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T08:59:59.999999", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T17:59:59.999999", True),
        ("2026-11-23T18:00", False),
        ("2026-11-22T12:00", False),
    ],
)
def test_open_from_the_opening_and_closed_at_the_closing(moment: str, is_open: bool) -> None:
    assert MOSCOW.is_open(at(moment)) is is_open


def test_a_repeated_hour_is_worked_twice_and_a_skipped_one_never() -> None:
    kyiv = Calendar(ZoneInfo("Europe/Kyiv"), dict.fromkeys(range(7), windows("03:30-04:30")))
    autumn = kyiv.add(datetime(2026, 10, 24, 12, tzinfo=UTC), HOUR)
    assert autumn.isoformat() == "2026-10-25T04:00:00+02:00"  # half an hour, and once more
    assert kyiv.elapsed(datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)) == 5400
    assert kyiv.elapsed(datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)) == 1800
    assert kyiv.add(datetime(2026, 3, 28, 12, tzinfo=UTC), 1800).isoformat() == "2026-03-29T04:30:00+03:00"


def test_a_day_that_never_was() -> None:
    """Samoa went from 29 to 31 December 2011."""
    apia = Calendar(ZoneInfo("Pacific/Apia"), dict.fromkeys(range(7), NINE_TO_SIX))
    assert apia.add(datetime(2011, 12, 30, 3, 0, tzinfo=UTC), 2 * HOUR).isoformat() == "2011-12-31T10:00:00+14:00"


def test_a_working_day_without_fridays_hours_takes_the_last_worked_day_before() -> None:
    shifts = {0: windows("08:00-12:00"), 2: windows("10:00-14:00"), 5: windows("11:00-12:00")}
    calendar = Calendar(ZoneInfo("UTC"), shifts, {2026: Year(working=frozenset({date(2026, 11, 20)}))})
    assert calendar.hours(date(2026, 11, 20)) == windows("10:00-14:00")


def test_a_working_day_keeps_its_own_hours_and_off_beats_working() -> None:
    week = {**WEEK, 5: windows("10:00-14:00")}
    saturday, sunday = date(2026, 11, 21), date(2026, 11, 22)
    year = Year(off=frozenset({sunday}), working=frozenset({saturday, sunday}), short=frozenset({saturday, sunday}))
    calendar = Calendar(ZoneInfo("UTC"), week, {2026: year})
    assert calendar.hours(saturday) == windows("10:00-13:00")
    assert calendar.hours(sunday) == ()


@pytest.mark.parametrize(
    ("own", "short"),
    [
        ("09:00-18:00", "09:00-17:00"),
        ("09:00-13:00, 14:00-18:00", "09:00-13:00, 14:00-17:00"),
        ("09:00-13:00, 14:00-15:00", "09:00-13:00"),
        ("09:00-13:00, 14:00-14:30", "09:00-13:00"),
        ("09:00-10:00", ""),
        ("00:00-24:00", "00:00-23:00"),
    ],
)
def test_a_short_day(own: str, short: str) -> None:
    day = date(2026, 11, 23)
    calendar = Calendar(ZoneInfo("UTC"), {0: windows(own)}, {2026: Year(short=frozenset({day}))})
    assert calendar.hours(day) == windows(short)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("9-18", 'expected hours such as "09:00-18:00"'),
        ("09:00-18:60", "from 00:00 to 24:00"),
        ("24:00-24:00", "from 00:00 to 24:00"),
        ("09:00-24:01", "from 00:00 to 24:00"),
        ("09:00-09:00", "is empty"),
        ("22:00-06:00", "over midnight"),
        ("09:00-13:00, 12:00-18:00", "overlap"),
        ("09:00-13:00,", "expected hours"),
        ("09:00-18:00; 19:00-20:00", "expected hours"),
    ],
)
def test_hours_that_are_none(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        windows(text)


def test_hours_are_put_in_order_and_a_dash_is_a_dash() -> None:
    assert windows("14:00–18:00, 9:00 - 13:00") == ((9 * HOUR, 13 * HOUR), (14 * HOUR, 18 * HOUR))
    assert windows(" ") == ()


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_time_are_one_clear_error(year: int) -> None:
    start = datetime(year, 1 if year == 1 else 12, 31, tzinfo=UTC)
    for zone in ("Europe/Moscow", "America/New_York"):
        calendar = Calendar(ZoneInfo(zone), WEEK)
        with pytest.raises(OutOfCalendar, match="outside the years 2 to 9998"):
            calendar.add(start, HOUR)
        with pytest.raises(OutOfCalendar):
            calendar.elapsed(start, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("work", [10**11, 10**15, 10**30])
def test_too_much_work_is_an_error_and_not_a_hang(work: int) -> None:
    with pytest.raises(OutOfCalendar):
        MOSCOW.add(at("2026-11-23T10:15"), work)


def test_a_desk_that_is_never_open() -> None:
    with pytest.raises(OutOfCalendar, match="never open"):
        Calendar(ZoneInfo("UTC"), {}).add(at("2026-11-23T10:15"), 1)


def test_a_far_year_repeats_the_one_four_centuries_before() -> None:
    """Years beyond the zone tables are not computed anew; a covered year in between is."""
    plain = Calendar(ZoneInfo("America/New_York"), WEEK)
    start = datetime(2130, 3, 1, tzinfo=UTC)
    far = start.replace(year=2530)
    later, near = plain.add(far, 5000 * HOUR), plain.add(start, 5000 * HOUR)
    assert later.replace(year=near.year) == near
    assert later.year == near.year + 400
    first = date(2530, 3, 2)
    covered = Calendar(plain.zone, WEEK, {2530: Year(off=frozenset({first}))})
    assert plain.elapsed(far, far + timedelta(9)) - covered.elapsed(far, far + timedelta(9)) == 9 * HOUR


def test_a_far_covered_year_begins_in_the_year_before_it_of_greenwich() -> None:
    plain = Calendar(ZoneInfo("Pacific/Auckland"), dict.fromkeys(range(7), windows("00:00-12:00")))
    covered = Calendar(plain.zone, plain.week, {2531: Year(off=frozenset({date(2531, 1, 1)}))})
    span = (datetime(2530, 12, 31, 11, tzinfo=UTC), datetime(2530, 12, 31, 23, tzinfo=UTC))
    assert (plain.elapsed(*span), covered.elapsed(*span)) == (12 * HOUR, 0)


def test_a_distance_costs_no_walk() -> None:
    """A thousand deadlines five years away ask for no more than the years, not for a day each: the work is counted
    in look-ups of the day's hours, not in seconds."""

    class Counting(Calendar):
        days = 0

        def hours(self, day: date) -> tuple[tuple[int, int], ...]:
            Counting.days += 1
            return super().hours(day)

    calendar = Counting(ZoneInfo("Europe/Moscow"), WEEK)
    for minute in range(1000):
        calendar.add(at("2026-01-12T10:15") + timedelta(minutes=minute), 5 * 1980 * HOUR)
    assert Counting.days < 7 * 370


def test_instants_tell_the_two_times_of_a_repeated_hour_apart() -> None:
    kyiv = ZoneInfo("Europe/Kyiv")
    first, second = (datetime(2026, 10, 25, 3, 30, fold=fold, tzinfo=kyiv) for fold in (0, 1))
    assert instant(second) - instant(first) == 3600 * 10**6
    calendar = Calendar(kyiv, dict.fromkeys(range(7), windows("00:00-24:00")))
    assert calendar.elapsed(first, second) == 3600
    assert calendar.add(first, 3600).fold == 1


def test_a_calendar_is_a_value() -> None:
    assert Calendar(MOSCOW.zone, dict(WEEK), dict(MOSCOW.years)) == MOSCOW
    assert MOSCOW.covers(2026)
    assert not MOSCOW.covers(2028)


def test_a_desk_that_never_closes_needs_no_calendar() -> None:
    always = Calendar(ZoneInfo("UTC"), dict.fromkeys(range(7), ((0, 86400),)))
    assert always.covers(2026) and always.never_closes
    assert not Calendar(ZoneInfo("UTC"), dict.fromkeys(range(6), ((0, 86400),))).covers(2026)
    assert not Calendar(ZoneInfo("UTC"), dict(always.week), {2025: Year()}).covers(2026)
