"""The clock asked at chosen moments: warned, breached, repeated, each once, and bundled after an outage."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from maild.data import data_dir
from maild.desk.watch import watch
from maild.mail.compose import Templates
from tests.desk.clockwork import confirm
from tests.desk.office import IVANOV, LACKING, MONDAY, OLGA, OPERATOR, QUALITY, WHOLE, Office


def look(office: Office) -> list[tuple[str, str, str]]:
    """Ask the clock now: (ticket, clock, step) told."""
    told = watch(office.database, {"rarus": office.desk}, office.now)
    return [(due.ticket.number, due.clock, due.step) for due in told]


def test_the_ladder_of_a_day(office: Office) -> None:
    office.arrive(OLGA)
    confirm(office)
    office.now = MONDAY + timedelta(days=2)  # Wednesday 10:15: 18 of 24 working hours
    assert look(office) == [("CRM-000001", "resolution", "warning")]
    assert look(office) == [], "once"
    office.now = MONDAY + timedelta(days=2, hours=6, seconds=-1)
    assert look(office) == []
    office.now += timedelta(seconds=1)
    assert look(office) == [("CRM-000001", "resolution", "breach")]
    office.now += timedelta(days=1)  # nine working hours later
    assert look(office) == [("CRM-000001", "resolution", "repeat-1")]
    kinds = [answer.kind for answer in office.answers(QUALITY)]
    assert kinds == ["escalation", "escalation"]
    assert office.kinds(IVANOV) == ["request", "warning", "escalation"]


def test_an_unconfirmed_request_is_a_missed_reaction(office: Office) -> None:
    """B19: accepted here is not enough; the mail server has to take the confirmation."""
    office.arrive(OLGA)
    office.now = MONDAY + timedelta(hours=23)  # 9:15 on Tuesday: 8 working hours
    assert look(office) == [("CRM-000001", "reaction", "breach")]


def test_while_the_client_is_asked_nothing_is_told(office: Office) -> None:
    office.arrive(OLGA, LACKING)
    office.now += timedelta(days=30)
    assert look(office) == []


def test_a_complaint_is_told_to_the_quality_desk_alone(office: Office) -> None:
    office.arrive(OLGA, "Никто не отвечает вторую неделю!\n", "Жалоба", box="control")
    office.now = MONDAY + timedelta(days=1)
    assert look(office) == [("CRM-000001", "reaction", "breach")]
    assert {answer.to for answer in office.answers()} == {OLGA, QUALITY}


def test_three_days_away_make_one_letter(office: Office) -> None:
    """Lesson 24."""
    for number in range(12):
        office.arrive(f"c{number}@birch.test")
    confirm(office)
    office.now += timedelta(days=10)
    assert len(look(office)) == 12
    (bundle,) = office.answers(QUALITY)
    assert bundle.message["X-Maild-Ticket"] is None
    assert all(f"CRM-{number:06d}" in bundle.text for number in range(1, 13))
    assert look(office) == []
    assert office.answers(OPERATOR) == []


def test_a_timer_is_a_question(office: Office) -> None:
    """A level that became longer meanwhile: the old timer fires, and nothing is told."""
    office.arrive(OLGA, WHOLE)
    confirm(office)
    path = office.rules / "desk.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('resolution = "24h"', 'resolution = "72h"'), encoding="utf-8"
    )
    office.reload()
    office.now = MONDAY + timedelta(days=2)
    assert look(office) == []
    office.now = MONDAY + timedelta(days=8)  # 54 of 72
    assert look(office) == [("CRM-000001", "resolution", "warning")]


def test_a_deadline_that_cannot_be_told_holds_up_nobody(office: Office, tmp_path: Path) -> None:
    """A template with a fault for one subject only: the others are told, the operator hears of this one, once."""
    own = tmp_path / "own" / "ru"
    own.mkdir(parents=True)
    shipped = (data_dir("templates") / "ru" / "warning.txt.j2").read_text(encoding="utf-8")
    (own / "warning.txt.j2").write_text("{% if 'яд' in subject %}{{ 1 // 0 }}{% endif %}" + shipped, encoding="utf-8")
    office.arrive(OLGA, WHOLE, "яд")
    office.arrive("eva@birch.test", WHOLE, "мёд")
    confirm(office)
    office.desk = replace(office.desk, templates=Templates([tmp_path / "own", data_dir("templates")]))
    office.now = MONDAY + timedelta(days=2)
    assert look(office) == [("CRM-000002", "resolution", "warning")]
    assert look(office) == []
    office.now += timedelta(minutes=61)
    assert look(office) == []
    assert len(office.answers(OPERATOR)) == 1


def test_a_level_that_changed_is_watched_anew(office: Office) -> None:
    """Late by the standard level, then given to development: the new target is missed and told in its turn."""
    office.arrive(OLGA)
    confirm(office)
    office.now = MONDAY + timedelta(days=3, hours=4)
    assert [step for _, _, step in look(office)] == ["breach"]
    office.reply(office.last(IVANOV, "request"), "#разработка\n")
    assert look(office) == [], "nothing of the new target has come yet"
    office.now = MONDAY + timedelta(days=3, hours=8)
    assert look(office) == []
    office.now = MONDAY + timedelta(days=4, hours=4)
    assert [step for _, _, step in look(office)] == ["breach"]
    assert look(office) == []
