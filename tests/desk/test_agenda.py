"""Morning letters and the summary of a flood: when the desk opens, once, and only where there is something to tell."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from maild.data import data_dir
from maild.desk.agenda import DIGEST, flooded, in_flood, plan
from maild.desk.digests import tell_due
from maild.desk.lapsing import tell_of_calendar
from maild.domain.calendar import Calendar, OutOfCalendar, instant, windows
from maild.mail.compose import Templates
from maild.store import agenda
from tests.desk.office import IVANOV, KOTOVA, MONDAY, OLGA, OPERATOR, PETRENKO, QUALITY, WHOLE, Office

DAY = timedelta(days=1)
TUESDAY_9 = datetime.fromisoformat("2026-11-24T09:00:00+03:00")


def begin(office: Office) -> None:
    """The daemon starts, or takes up other rules."""
    with office.database.write() as tx:
        plan(tx, office.desk, office.now)


def look(office: Office) -> list[tuple[str, int]]:
    """Look at the agenda now: matters and the number of letters."""
    return [(told.matter, told.letters) for told in tell_due(office.database, {"rarus": office.desk}, office.now)]


def next_due(office: Office) -> datetime | None:
    """When the agenda asks to be looked at."""
    with office.database.read() as tx:
        return agenda.next_due(tx)


def digests(office: Office) -> list[str]:
    """Who was sent a digest, in order."""
    return [answer.to for answer in office.answers() if answer.kind == "digest"]


def rewrite(office: Office, old: str, new: str) -> None:
    """Another desk.toml."""
    path = office.rules / "desk.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    office.reload()


def test_the_first_morning_is_the_next_one(office: Office) -> None:
    """Started on Monday at 10:15: nothing today, on Tuesday when the desk opens."""
    office.arrive(OLGA)
    begin(office)
    assert next_due(office) == TUESDAY_9
    assert look(office) == []
    office.now = TUESDAY_9 - timedelta(seconds=1)
    assert look(office) == []
    office.now = TUESDAY_9
    assert look(office) == [(DIGEST, 3)]
    assert sorted(digests(office)) == [IVANOV, KOTOVA, QUALITY]
    assert all("CRM-000001" in office.last(to, "digest").text for to in (IVANOV, KOTOVA, QUALITY))
    assert look(office) == [], "once"
    assert next_due(office) == TUESDAY_9 + DAY


def test_started_before_the_desk_opens(office: Office) -> None:
    office.arrive(OLGA)
    office.now = TUESDAY_9 - timedelta(hours=2)
    begin(office)
    assert next_due(office) == TUESDAY_9


def test_nothing_to_tell_is_not_told(office: Office) -> None:
    begin(office)
    office.now = TUESDAY_9
    assert look(office) == [(DIGEST, 0)]
    assert digests(office) == []
    assert next_due(office) == TUESDAY_9 + DAY


def test_a_restart_in_the_morning_tells_nothing_twice(office: Office) -> None:
    office.arrive(OLGA)
    begin(office)
    office.now = TUESDAY_9
    look(office)
    begin(office)
    with office.database.write() as tx:  # even if it were planned for the same morning again
        agenda.put(tx, "rarus", DIGEST, office.now)
    look(office)
    assert sorted(digests(office)) == [IVANOV, KOTOVA, QUALITY]


def test_an_outage_over_three_mornings_makes_one_letter(office: Office) -> None:
    """Away from Monday noon to Friday noon; the restart plans nothing over what is overdue."""
    office.arrive(OLGA)
    begin(office)
    office.now = MONDAY + 4 * DAY
    begin(office)
    assert look(office) == [(DIGEST, 3)]
    assert look(office) == []
    assert next_due(office) == datetime.fromisoformat("2026-11-30T09:00:00+03:00"), "over the weekend"


def test_back_at_night_the_letter_waits_for_the_morning(office: Office) -> None:
    office.arrive(OLGA)
    begin(office)
    office.now = datetime.fromisoformat("2026-11-28T12:00:00+03:00")  # Saturday
    begin(office)
    assert look(office) == [(DIGEST, 0)]
    assert digests(office) == []
    office.now = datetime.fromisoformat("2026-11-30T09:00:00+03:00")
    assert look(office) == [(DIGEST, 3)]


def test_each_line_hears_of_its_own(office: Office) -> None:
    """A ticket handed to the engineers is theirs; the quality desk sees all, complaints too."""
    office.arrive(OLGA)
    office.reply(office.last(IVANOV, "request"), "#линия engineers\n")
    office.arrive("eva@birch.test")
    office.arrive(OLGA, "Никто не отвечает вторую неделю!\n", "Жалоба", box="control")
    begin(office)
    office.now = TUESDAY_9
    look(office)
    engineer, consultant, quality = (office.last(to, "digest").text for to in (PETRENKO, IVANOV, QUALITY))
    assert "CRM-000001" in engineer
    assert "CRM-000002" not in engineer
    assert "CRM-000002" in consultant
    assert "CRM-000001" not in consultant
    assert all(number in quality for number in ("CRM-000001", "CRM-000002", "CRM-000003"))
    assert "CRM-000003" not in engineer + consultant


def test_a_line_that_is_gone_leaves_no_ticket_behind(office: Office) -> None:
    office.arrive(OLGA)
    office.reply(office.last(IVANOV, "request"), "#линия engineers\n")
    people = office.rules / "people.toml"
    text = people.read_text(encoding="utf-8")
    text = text.replace('[lines.engineers]\ntitle = "Инженеры"', '[lines.smiths]\ntitle = "Кузнецы"')
    text = text.replace('lines = ["engineers"]', 'lines = ["smiths"]').replace('hands_over_to = "engineers"', "")
    people.write_text(text, encoding="utf-8")
    office.reload()
    begin(office)
    office.now = TUESDAY_9
    look(office)
    assert "CRM-000001" in office.last(IVANOV, "digest").text
    assert PETRENKO not in digests(office)


@pytest.mark.parametrize(
    ("off", "told"), [("line", {QUALITY}), ("quality", {IVANOV, KOTOVA})], ids=["no line", "no quality"]
)
def test_who_wants_none_gets_none(office: Office, off: str, told: set[str]) -> None:
    rewrite(office, f"\n{off} = true", f"\n{off} = false")
    office.arrive(OLGA)
    begin(office)
    office.now = TUESDAY_9
    look(office)
    assert set(digests(office)) == told


def test_a_desk_without_digests_sends_none(office: Office) -> None:
    office.arrive(OLGA, WHOLE)
    rewrite(office, "\nline = true", "\nline = false")
    rewrite(office, "\nquality = true", "\nquality = false")
    begin(office)
    office.now = TUESDAY_9
    assert look(office) == [(DIGEST, 0)] and digests(office) == []


def test_the_operator_hears_of_a_year_that_the_calendar_lacks_once_from_october(office: Office) -> None:
    """rarus' calendar ends with 2027: 2028 is worth a letter from October 2027, told on a morning or at a start."""

    def told() -> list[str]:
        letters = (answer for answer in office.answers(OPERATOR) if "is missing in a calendar" in answer.text)
        return [letter.text for letter in letters]

    for day, letters in (("2027-09-30", 0), ("2027-10-01", 1), ("2027-10-04", 1), ("2028-01-10", 1)):
        office.now = datetime.fromisoformat(f"{day}T09:00:00+03:00")
        with office.database.write() as tx:
            tell_of_calendar(tx, office.desk, office.now)
        assert len(told()) == letters, day
    assert "maild calendar 2028" in told()[0]


def test_a_morning_looks_at_the_calendar_too(office: Office) -> None:
    office.now = datetime.fromisoformat("2027-10-01T08:00:00+03:00")
    begin(office)
    assert not office.answers(OPERATOR)
    office.now += timedelta(hours=1)
    look(office)
    assert [answer.kind for answer in office.answers(OPERATOR)] == ["operator"]


def test_other_hours_move_the_morning(office: Office) -> None:
    begin(office)
    rewrite(office, 'tue = "09:00-18:00"', 'tue = "07:30-12:00, 13:00-18:00"')
    begin(office)
    assert next_due(office) == TUESDAY_9 - timedelta(minutes=90)
    office.now = TUESDAY_9 - timedelta(minutes=90)
    look(office)
    assert next_due(office) == TUESDAY_9 + DAY, "once a day, not with every window"


def test_a_morning_after_the_clock_change(office: Office) -> None:
    """Kyiv puts the clock back on Sunday 25 October: Monday 9:00 is an hour later in UTC than Friday's was."""
    rewrite(office, 'timezone = "Europe/Moscow"', 'timezone = "Europe/Kyiv"')
    office.now = datetime.fromisoformat("2026-10-23T10:00:00+03:00")
    begin(office)
    assert next_due(office) == datetime.fromisoformat("2026-10-26T09:00:00+02:00")


def test_a_desk_that_is_gone_does_not_stop_the_others(office: Office) -> None:
    office.arrive(OLGA)
    begin(office)
    with office.database.write() as tx:
        agenda.put(tx, "gone", DIGEST, office.now)
    office.now = TUESDAY_9
    assert look(office) == [(DIGEST, 3)]
    assert next_due(office) == TUESDAY_9 + DAY


def test_a_summary_that_cannot_be_written_is_tried_again(office: Office, tmp_path: Path) -> None:
    """A template with a fault: the operator hears of it once, the letter comes when it is mended."""
    own = tmp_path / "own" / "ru"
    own.mkdir(parents=True)
    (own / "digest.txt.j2").write_text("{{ 1 // 0 }}", encoding="utf-8")
    office.arrive(OLGA)
    begin(office)
    whole = office.desk
    office.desk = replace(whole, templates=Templates([tmp_path / "own", data_dir("templates")]))
    office.now = TUESDAY_9
    assert look(office) == []
    assert len(office.answers(OPERATOR)) == 1
    assert next_due(office) == TUESDAY_9 + timedelta(hours=1)
    office.desk = whole
    office.now += timedelta(hours=1)
    assert look(office) == [(DIGEST, 3)]
    assert next_due(office) == TUESDAY_9 + DAY


def test_a_flood_makes_one_letter_of_many(office: Office) -> None:
    """Two automatic letters an hour and no more: what comes over that is told the line at once, an hour later."""
    office.desk = replace(office.desk, automatic_per_hour=2)
    for number in range(5):
        office.arrive(OLGA, WHOLE, f"Вопрос {number}")
        office.pass_time(minutes=1)
    assert office.kinds(OLGA) == ["acknowledgement", "acknowledgement"]
    assert office.kinds(IVANOV) == ["request", "request"]
    assert len(office.answers(OPERATOR)) == 1
    office.arrive("eva@birch.test")
    assert office.kinds(IVANOV) == ["request"] * 3, "nobody else is in the flood"
    began = MONDAY + timedelta(minutes=2)
    assert next_due(office) == began + timedelta(hours=1)
    office.now = began + timedelta(hours=1)
    assert look(office) == [(f"flood:{OLGA}", 2)]
    for to in (IVANOV, KOTOVA):
        text = office.last(to, "digest").text
        assert [f"CRM-{number:06d}" in text for number in range(1, 7)] == [False, False, True, True, True, False]
    with office.database.write() as tx:
        assert not in_flood(tx, office.desk, OLGA)
    office.arrive(OLGA)
    assert office.kinds(IVANOV)[-1] == "request", "the hour is over"


def test_a_flood_begins_once(office: Office) -> None:
    with office.database.write() as tx:
        assert not in_flood(tx, office.desk, OLGA)
        flooded(tx, office.desk, OLGA, office.now)
        flooded(tx, office.desk, OLGA.upper(), office.now + timedelta(minutes=30))
        assert in_flood(tx, office.desk, OLGA.upper())
        assert not in_flood(tx, office.desk, "eva@birch.test")
    assert next_due(office) == office.now + timedelta(hours=1)


def test_a_flood_put_off_forgets_nothing(office: Office, tmp_path: Path) -> None:
    """The summary failed once: it still begins where the flood began, and single letters are told again meanwhile."""
    own = tmp_path / "own" / "ru"
    own.mkdir(parents=True)
    (own / "digest.txt.j2").write_text("{{ 1 // 0 }}", encoding="utf-8")
    with office.database.write() as tx:
        flooded(tx, office.desk, OLGA, office.now)
    office.arrive(OLGA)
    assert office.kinds(IVANOV) == []
    whole = office.desk
    office.desk = replace(whole, templates=Templates([tmp_path / "own", data_dir("templates")]))
    office.now += timedelta(hours=1)
    assert look(office) == []
    office.desk = whole
    office.arrive(OLGA)
    assert office.kinds(IVANOV) == ["request"]
    office.now += timedelta(hours=1)
    ((_, letters),) = look(office)
    assert letters == 2
    assert "CRM-000001" in office.last(IVANOV, "digest").text


KYIV = {day: windows("09:00-18:00") for day in range(5)}


@pytest.mark.parametrize(
    ("zone", "week", "after", "opens"),
    [
        ("Europe/Kyiv", KYIV, "2026-03-27T09:00:00+02:00", "2026-03-30T09:00:00+03:00"),
        ("Europe/Kyiv", KYIV, "2026-03-27T08:59:59.999999+02:00", "2026-03-27T09:00:00+02:00"),
        ("Europe/Kyiv", KYIV, "2026-10-23T18:00:00+03:00", "2026-10-26T09:00:00+02:00"),
        # the first window begins in the hour that is skipped: the day opens when that hour is over
        ("Europe/Kyiv", {6: windows("03:30-12:00")}, "2026-03-28T12:00:00+02:00", "2026-03-29T04:00:00+03:00"),
        # it begins in the hour that comes twice: the first time counts, and the day opens once
        ("Europe/Kyiv", {6: windows("03:30-12:00")}, "2026-10-24T12:00:00+03:00", "2026-10-25T03:30:00+03:00"),
        ("Europe/Kyiv", {6: windows("03:30-12:00")}, "2026-10-25T03:30:00+03:00", "2026-11-01T03:30:00+02:00"),
        # midnight itself is skipped in Cairo on 24 April 2026
        ("Africa/Cairo", dict.fromkeys(range(7), windows("00:00-24:00")), "2026-04-23T10:00:00+02:00",
         "2026-04-24T01:00:00+03:00"),
        ("UTC", {0: windows("09:00-12:00, 13:00-18:00")}, "2026-11-23T12:30:00+00:00", "2026-11-30T09:00:00+00:00"),
    ],
)  # fmt: skip
def test_a_day_opens_once(zone: str, week: dict[int, tuple[tuple[int, int], ...]], after: str, opens: str) -> None:
    calendar = Calendar(ZoneInfo(zone), week)
    assert instant(calendar.opening(datetime.fromisoformat(after))) == instant(datetime.fromisoformat(opens))


def test_a_desk_that_never_opens() -> None:
    with pytest.raises(OutOfCalendar):
        Calendar(ZoneInfo("UTC"), {}).opening(MONDAY)
