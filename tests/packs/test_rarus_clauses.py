"""What the line of rules/rarus does about the clauses of its regulation (B1-B25): a desk, letters and a clock."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from maild.domain.ticket import Status
from maild.store.database import Database
from tests.desk.clockwork import confirm
from tests.desk.office import IVANOV, KOTOVA, OLGA, QUALITY, WHOLE, Office
from tests.desk.test_bounces import report

ANNA = "anna@rowan.test"
LEBEDEVA = "lebedeva@example.test"
HOUR = 3600
QUESTION = WHOLE.partition("?")[2]
ROWAN = "Подскажите, как скрыть поле? ООО «Рябина», 1С:CRM КОРП 3.1.25.4, рег. номер 801000025\n"
UPDATE = f"Прошу предоставить доступ к обновлениям. ИНН 7701000019.{QUESTION}"
BROKEN = f"После обновления программа не открывается ни у кого, отгрузка стоит.{QUESTION}"


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    """The line at work on SQLite, Monday 23 November 2026, 10:15 in Moscow."""
    database = Database(f"sqlite:///{tmp_path / 'rarus.db'}")
    database.migrate()
    return Office(database, tmp_path)


def words(office: Office, to: str, kind: str | None = None) -> str:
    """The last letter to somebody on one line, with plain spaces."""
    return " ".join(office.last(to, kind).text.split())


def due(office: Office, number: str | None = None) -> tuple[str, str]:
    """When reaction and resolution of a ticket are due, in Moscow."""
    ticket = office.ticket(number)
    zone = office.desk.regulation.desk.calendar.zone
    assert ticket.reaction_due is not None and ticket.resolution_due is not None
    return tuple(f"{moment.astimezone(zone):%d.%m %H:%M}" for moment in (ticket.reaction_due, ticket.resolution_due))  # type: ignore[return-value]


def at(office: Office, text: str) -> None:
    """Put the clock to a Moscow time."""
    office.now = datetime.fromisoformat(f"{text}+03:00").astimezone(UTC)


def test_b2_site_and_forum_are_named_before_anything_else(desk: Office) -> None:
    desk.arrive(OLGA)
    desk.arrive("petr@birch.test", "Подскажите, как скрыть поле?")
    for letter in (words(desk, OLGA, "acknowledgement"), words(desk, "petr@birch.test", "request-information")):
        assert "https://crm.example.test/help" in letter and "https://forum.example.test/crm" in letter


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (f"Как обновиться на новый релиз?{QUESTION}", "help/update"),
        (f"Слетела лицензия, что делать?{QUESTION}", "help/licences"),
        (f"Почему не уходит рассылка?{QUESTION}", "help/mail"),
        (f"Почему не идёт синхронизация с сайтом?{QUESTION}", "help/exchange"),
    ],
)
def test_b2_the_link_of_the_topic_comes_first(desk: Office, text: str, link: str) -> None:
    desk.arrive(OLGA, text)
    letter = words(desk, OLGA, "acknowledgement")
    assert link in letter
    assert letter.index(link) < letter.index("https://crm.example.test/help ")


@pytest.mark.parametrize(
    ("text", "addressee"),
    [
        (f"Подключитесь по AnyDesk и настройте почту.{QUESTION}", "ваш франчайзи, в рамках договора 1С:КП"),
        (f"Напишите код обработки на встроенном языке.{QUESTION}", "ваш франчайзи, в рамках договора 1С:КП"),
        (f"Форму доработал наш программист, она пустая.{QUESTION}", "тот, кто её дорабатывал"),
        (f"Помогите установить антивирус.{QUESTION}", "разработчик этой программы"),
        (f"Как в 1С:Бухгалтерии закрыть месяц?{QUESTION}", "линия поддержки этой программы или ваш франчайзи"),
    ],
)
def test_b8_the_refusal_names_whom_to_ask(desk: Office, text: str, addressee: str) -> None:
    desk.arrive(OLGA, text)
    assert desk.kinds(OLGA) == ["receipt"]
    desk.reply(desk.last(IVANOV, "request"), "#отказать out-of-scope")
    refusal = words(desk, OLGA, "refusal")
    assert addressee in refusal
    assert "1С:КП Отраслевой" not in refusal.replace("1С:КП Отраслевой:", ""), "1С:КП is another contract (B8)"


def test_b11_critical_ones_first_then_by_arrival(desk: Office) -> None:
    desk.arrive("a@birch.test")
    desk.pass_time(minutes=5)
    desk.arrive("b@maple.test", "Как скрыть поле? ООО «Клён», 1С:CRM ПРОФ 3.1.25.4, рег. номер 801000033")
    desk.pass_time(minutes=5)
    desk.arrive(OLGA, BROKEN)
    desk.reply(desk.last(IVANOV, "request"), "#очередь")
    queue = words(desk, IVANOV, "confirmation")
    places = [queue.index(f"CRM-00000{number}") for number in (3, 1, 2)]
    assert places == sorted(places)
    assert desk.ticket("CRM-000003").priority == "high"


def test_b12_the_time_of_solving_is_told_as_planned(desk: Office) -> None:
    desk.arrive(OLGA)
    acknowledgement = words(desk, OLGA, "acknowledgement")
    assert "планируем решить его до среды, 25 ноября, 16:15 (мск)" in acknowledgement
    assert "гарант" not in acknowledgement
    desk.reply(desk.last(IVANOV, "request"), "#разработка")
    assert "27 ноября, 14:15 (мск)" in words(desk, OLGA, "notice"), "handed over: planned anew"


def test_b13_what_the_product_cannot_do_goes_to_the_methodologist(desk: Office) -> None:
    desk.arrive(OLGA)
    desk.reply(desk.last(IVANOV, "request"), "#разработка")
    ticket = desk.ticket()
    assert (ticket.line, ticket.level) == ("methodologists", "development")
    assert desk.kinds(LEBEDEVA) == ["request"]


def test_b14_confirmed_by_the_line_and_urgent_in_development_too(desk: Office) -> None:
    desk.arrive(OLGA, BROKEN)
    assert (desk.ticket().level, desk.ticket().priority) == ("standard", "high")
    desk.reply(desk.last(IVANOV, "request"), "#срочно")
    assert desk.ticket().level == "urgent"
    assert due(desk) == ("23.11 14:15", "24.11 09:15")
    assert QUALITY in {answer.to for answer in desk.answers() if answer.kind == "notice" or answer.to == QUALITY}
    desk.reply(desk.last(IVANOV, "request"), "#разработка")
    assert (desk.ticket().level, desk.ticket().line) == ("urgent", "methodologists")


def test_b16_access_to_updates_is_urgent(desk: Office) -> None:
    desk.arrive(OLGA, UPDATE)
    assert (desk.ticket().category, desk.ticket().level) == ("update-access", "urgent")
    assert due(desk) == ("23.11 14:15", "24.11 09:15")


def test_b17_eight_and_twenty_four_hours(desk: Office) -> None:
    desk.arrive(OLGA)
    assert desk.ticket().level == "standard"
    assert due(desk) == ("24.11 09:15", "25.11 16:15")


def test_b18_a_wish_is_given_when_it_is_handed_over(desk: Office) -> None:
    desk.arrive(OLGA, f"Было бы удобно видеть дни рождения в списке.{QUESTION}")
    assert (desk.ticket().category, desk.ticket().level) == ("wish", "standard")
    before = due(desk)
    desk.pass_time(hours=2)
    desk.reply(desk.last(IVANOV, "request"), "#разработка")
    assert desk.ticket().level == "development"
    assert due(desk) == (before[0], "27.11 14:15"), "40 hours from the arrival, not from the hand-over"


def test_b19_the_reaction_is_met_when_the_confirmation_has_arrived(desk: Office) -> None:
    desk.arrive(OLGA)
    acknowledgement = desk.last(OLGA, "acknowledgement")
    assert desk.ticket().reaction_met is None, "queued is not delivered"
    desk.pass_time(minutes=3)
    confirm(desk)
    assert desk.ticket().reaction_met == desk.now
    report(desk, acknowledgement)
    assert desk.ticket().reaction_met is None, "it came back"


def test_b20_waiting_for_the_client_does_not_count(desk: Office) -> None:
    desk.arrive(OLGA)
    confirm(desk)
    before = due(desk)
    desk.reply(desk.last(IVANOV, "request"), "#ждать\nКакой релиз платформы?")
    confirm(desk)
    assert desk.ticket().status is Status.WAITING
    desk.pass_time(hours=3)
    desk.reply(desk.last(OLGA, "answer"), "8.3.25")
    assert due(desk) == (before[0], "26.11 10:15")
    desk.reply(desk.last(IVANOV, "request"), "#решено\nСнимите флажок.")
    assert desk.ticket().status is Status.ASSESSMENT
    assert desk.ticket().resolution_met == desk.now


def test_b20_asked_for_details_both_clocks_stand(desk: Office) -> None:
    desk.arrive(OLGA, "Подскажите, как скрыть поле?")
    desk.pass_time(hours=3)
    desk.reply(desk.last(OLGA, "request-information"), f"Вот:{QUESTION}")
    assert due(desk) == ("24.11 12:15", "26.11 10:15")


def test_b21_courses_are_offered_where_the_line_does_not_help(desk: Office) -> None:
    desk.arrive(ANNA, ROWAN)
    refusal = words(desk, ANNA, "refusal")
    assert "обучающие курсы и прямые эфиры" in refusal and "индивидуальное сопровождение" in refusal
    assert "https://crm.example.test/courses" in refusal


def test_b22_a_call_is_a_request_and_quality_has_a_mailbox(desk: Office) -> None:
    desk.arrive(OLGA)
    called = f"#для anna@birch.test\nСпрашивает по телефону, как скрыть поле.{QUESTION}"
    desk.reply(desk.last(IVANOV, "request"), called)
    ticket = desk.ticket("CRM-000002")
    assert (ticket.client, ticket.category) == ("anna@birch.test", "consultation")
    assert desk.kinds("anna@birch.test") == ["acknowledgement"]
    desk.arrive("petr@birch.test", "Звонил трижды, никто не перезвонил.", "Отзыв", box="control")
    assert desk.ticket("CRM-000003").category == "quality"
    assert desk.kinds(QUALITY)[-1] == "complaint"


@pytest.mark.parametrize(
    ("arrival", "reaction", "resolution"),
    [
        ("2026-11-23T08:00", "23.11 17:00", "25.11 15:00"),  # before the opening: counted from nine
        ("2026-11-20T18:00", "23.11 17:00", "25.11 15:00"),  # at closing time on a Friday
        ("2026-11-21T12:00", "23.11 17:00", "25.11 15:00"),  # a Saturday
        ("2026-11-03T15:00", "05.11 15:00", "09.11 13:00"),  # a short day, then a holiday
        ("2027-02-19T17:00", "20.02 16:00", "25.02 15:00"),  # a working Saturday, short; then three days off
        ("2026-12-31T12:00", "11.01 17:00", "13.01 15:00"),  # the New Year holidays of two calendars
    ],
)
def test_b23_the_working_calendar_of_moscow(desk: Office, arrival: str, reaction: str, resolution: str) -> None:
    at(desk, arrival)
    desk.arrive(OLGA)
    assert due(desk) == (reaction, resolution)


def test_b24_outside_the_regulation_a_person_decides(desk: Office) -> None:
    desk.arrive(OLGA, f"Ускорьте, пожалуйста, работу базы.{QUESTION}")
    ticket = desk.ticket()
    assert (ticket.category, ticket.status) == ("out-of-scope", Status.NEW)
    assert ticket.doubt is not None
    assert "#отказать out-of-scope" in desk.last(IVANOV, "request").text
    assert desk.kinds(OLGA) == ["receipt"]


@pytest.mark.parametrize("spelling", ["1С:КП Отраслевой", "1C:КП Отраслевой", "1С:KП Отраслевой", "КП:Отраслевой"])
def test_b25_the_contract_however_it_is_spelled(desk: Office, spelling: str) -> None:
    desk.arrive(OLGA, f"{spelling} № 123456789 действует. {WHOLE}")
    assert desk.ticket().fields["registration_number"] == "801000017", "the contract's own number is none of ours"
    assert desk.ticket().category == "consultation"


@pytest.mark.parametrize("command", ["#срочно", "#cрочно", "#СPOЧНО"])
def test_b25_commands_in_either_alphabet(desk: Office, command: str) -> None:
    desk.arrive(OLGA)
    desk.reply(desk.last(KOTOVA, "request"), command)
    assert desk.ticket().level == "urgent"
