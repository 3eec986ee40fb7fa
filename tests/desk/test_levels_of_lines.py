"""A ticket that changes line takes up that line's level, unless a person chose one; who hears of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from maild.domain.rules import LevelFor
from maild.domain.service import Level
from maild.domain.ticket import Event, Status
from maild.store import tickets
from tests.desk.office import IVANOV, LACKING, OLGA, PETRENKO, QUALITY, Answer, Office

HOUR = 3600


def by_lines(office: Office, levels: Mapping[str, Level], *conditions: LevelFor, mode: str = "agent") -> None:
    """Give the desk these levels besides its own, and these conditions."""
    regulation = office.desk.regulation
    rules = replace(
        regulation.desk,
        levels={**regulation.desk.levels, **levels},
        level_for=conditions,
        acceptance=mode,
    )
    office.desk = replace(office.desk, regulation=replace(regulation, desk=rules))


LEVELS = {
    "slow": Level("slow", "второй", 4 * HOUR, None, titles={"ru": "второй", "en": "second"}, at_least=True),
    "slower": Level("slower", "третий", 4 * HOUR, None, at_least=True),
    "planned": Level("planned", "плановый", 8 * HOUR, 16 * HOUR),
}
SLOW = LevelFor("slow", line=("managers",), rule="desk.toml:70")
SLOWER = LevelFor("slower", line=("engineers",), rule="desk.toml:73")


@pytest.fixture
def request_letter(office: Office) -> Answer:
    """Olga's question at a desk where a person confirms, as Ivanov got it."""
    by_lines(office, LEVELS, SLOW, SLOWER)
    office.arrive(OLGA)
    return office.last(IVANOV, "request")


def moscow(at: datetime | None) -> str:
    """A time as its test names it."""
    assert at is not None
    return f"{at + timedelta(hours=3):%d %H:%M}"


def test_the_next_line_has_its_own_level_counted_from_arrival(office: Office, request_letter: Answer) -> None:
    assert (office.ticket().level, moscow(office.ticket().reaction_due)) == ("standard", "24 09:15")
    office.pass_time(hours=1)
    office.reply(request_letter, "#дальше")
    ticket = office.ticket()
    assert (ticket.line, ticket.level, moscow(ticket.reaction_due)) == ("managers", "slow", "23 14:15")
    assert ticket.resolution_due is None
    (entry,) = [entry for entry in office.history() if entry.event is Event.LEVEL]
    assert (entry.by, entry.says) == ("maild", "level slow: consultation on line managers [desk.toml:70]")
    confirmation = office.last(IVANOV, "confirmation").text
    assert "второй" in confirmation


def test_the_client_hears_of_times_only(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#дальше")
    notice = " ".join(office.last(OLGA, "notice").text.split())
    assert "Уровень обращения CRM-000001 теперь такой: второй." in notice
    assert "Время подтверждения: от 4 рабочих часов, ориентир пн 23 ноября, 14:15 (мск)." in notice
    assert "не позднее" not in notice and "Менеджеры" not in notice
    office.reply(request_letter, "#линия инженеры")  # another level, the same times: an internal move
    assert office.ticket().level == "slower"
    assert office.kinds(OLGA) == ["receipt", "notice"]


def test_a_promise_that_becomes_a_beginning_is_told(office: Office) -> None:
    quick = Level("quick", "первый", 4 * HOUR, None)
    first = LevelFor("quick", line=("consultants",), rule="desk.toml:60")
    by_lines(office, {**LEVELS, "quick": quick}, first, SLOW)
    office.arrive(OLGA)
    assert "не позднее пн 23 ноября, 14:15 (мск)" in " ".join(office.last(OLGA, "receipt").text.split())
    office.reply(office.last(IVANOV, "request"), "#дальше")  # the same four hours, no longer promised
    assert "от 4 рабочих часов" in " ".join(office.last(OLGA, "notice").text.split())


def test_a_line_without_a_condition_has_the_categorys_own_level(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#дальше")
    office.reply(request_letter, "#линия консультанты")
    assert (office.ticket().line, office.ticket().level) == ("consultants", "standard")
    says = [entry.says for entry in office.history() if entry.event is Event.LEVEL][-1]
    assert says.startswith("level standard: consultation on line consultants [intake.toml:")
    assert "не позднее вт 24 ноября, 09:15 (мск)" in " ".join(office.last(OLGA, "notice").text.split())


@pytest.mark.parametrize("orders", ["#уровень развитие", "#срочно", "#разработка"])
def test_what_a_person_chose_no_line_changes(office: Office, request_letter: Answer, orders: str) -> None:
    office.reply(request_letter, orders)
    chosen = office.ticket().level
    assert chosen in ("development", "urgent")
    office.reply(request_letter, "#линия менеджеры")
    assert (office.ticket().line, office.ticket().level) == ("managers", chosen)


@pytest.mark.parametrize("orders", ["#линия менеджеры\n#уровень планов", "#уровень планов\n#линия менеджеры"])
def test_a_level_named_in_the_same_letter_stands(office: Office, request_letter: Answer, orders: str) -> None:
    office.reply(request_letter, orders)
    assert (office.ticket().line, office.ticket().level) == ("managers", "planned")


def test_whoever_takes_it_to_their_line_takes_up_its_level(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#назначить Петренко")
    assert (office.ticket().line, office.ticket().assignee, office.ticket().level) == ("engineers", PETRENKO, "slower")


def test_an_answer_says_more_than_a_changed_time(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#дальше\nПередаю менеджеру, он ответит подробнее.")
    assert office.ticket().level == "slow"
    notices = [answer.text for answer in office.answers(OLGA) if answer.kind == "notice"]
    assert not any("Время подтверждения" in text for text in notices)


def test_a_met_target_stays_met_and_the_rest_is_counted_anew(office: Office) -> None:
    planned = LevelFor("planned", line=("managers",), rule="desk.toml:70")
    by_lines(office, LEVELS, planned, mode="automatic")
    office.arrive(OLGA)
    letter = office.last(IVANOV, "request")
    office.pass_time(hours=2)
    office.reply(letter, "Посмотрю.\n")
    with office.database.write() as tx:
        tickets.save(tx, replace(office.ticket(), reaction_met=office.now), [])
    office.reply(letter, "#дальше")
    ticket = office.ticket()
    assert (ticket.level, ticket.reaction_met, moscow(ticket.resolution_due)) == ("planned", office.now, "24 17:15")
    assert "Планируем решить до вторника, 24 ноября, 17:15" in " ".join(office.last(OLGA, "notice").text.split())


def test_the_quality_desk_moves_it_too(office: Office, request_letter: Answer) -> None:
    office.arrive(OLGA, "Прошу разобраться: по CRM-000001 молчите.\n", "Жалоба", box="control")
    complaint = office.last(QUALITY, "complaint")
    office.reply(complaint, "#линия менеджеры", box="control")
    assert (office.ticket("CRM-000001").line, office.ticket("CRM-000001").level) == ("managers", "slow")


def test_who_was_promised_nothing_hears_nothing(office: Office) -> None:
    by_lines(office, LEVELS, SLOW)
    office.arrive(OLGA, LACKING)
    asked = office.last(OLGA, "request-information")
    with office.database.write() as tx:
        tickets.save(tx, replace(office.ticket(), line="engineers"), [])
    office.arrive(
        OLGA, "Кто-нибудь?\n", "Жалоба на CRM-000001", box="control", In_Reply_To=str(asked.message["Message-ID"])
    )
    office.reply(office.last(QUALITY, "complaint"), "#линия менеджеры", box="control")
    assert (office.ticket("CRM-000001").status, office.ticket("CRM-000001").level) == (Status.DETAILS, "slow")
    assert "notice" not in office.kinds(OLGA)


@pytest.mark.parametrize(("orders", "level"), [("#уровень развитие", "development"), ("#линия менеджеры", "slow")])
def test_what_is_judged_again_keeps_what_a_person_did(office: Office, orders: str, level: str) -> None:
    by_lines(office, LEVELS, SLOW, mode="automatic")
    office.arrive(OLGA)
    request = office.last(IVANOV, "request")
    office.reply(request, orders)
    office.reply(request, "#отказать вне рамок линии")
    assert office.ticket().status is Status.REFUSED
    office.reply(office.last(OLGA, "refusal"), "Рег. номер 801000017, версия 3.1.25.4. Подскажите всё-таки.")
    assert office.ticket().status is Status.OPEN
    assert office.ticket().level == level


def test_no_conditions_no_change(office: Office) -> None:
    by_lines(office, LEVELS)
    office.arrive(OLGA)
    office.reply(office.last(IVANOV, "request"), "#дальше")
    assert office.ticket().level == "standard"
    assert "level" not in office.events()
