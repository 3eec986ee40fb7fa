"""A desk that speaks Ukrainian to its own people: a client's question from the first letter to the rating."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from maild.domain.ticket import Status
from maild.mail.markers import MARKERS
from maild.mail.ours import own_words
from maild.store.database import Database
from tests.desk.clockwork import confirm
from tests.desk.internal_words import internal
from tests.desk.office import IVANOV, KOTOVA, OLGA, Answer, Office
from tests.mail.agent_programs import UKRAINIAN, Reply, letter, original

QUESTION = """Добрий день!

Підкажіть, будь ласка, як приховати поле в картці угоди?
ТОВ «Берёза», 1С:CRM ПРОФ 3.1.25.4, реєстраційний номер 801000017

Дякую, Ольга
"""
SIGNATURE = "З повагою,\nАнна Котова\nпровідний консультант\nтел. +380 44 000-00-00, дод. 12"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """SQLite alone: nothing here depends on the database."""
    made = Database(f"sqlite:///{tmp_path / 'maild.db'}")
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def ukrainian(office: Office) -> Office:
    """The same rules, with Ukrainian as the first language."""
    rules = office.rules / "desk.toml"
    text = rules.read_text(encoding="utf-8")
    assert text.count('languages = ["ru", "en"]') == 1
    rules.write_text(text.replace('languages = ["ru", "en"]', 'languages = ["uk", "ru", "en"]'), encoding="utf-8")
    office.reload()
    return office


def _reply(office: Office, program: str, to: Answer, *own: str) -> None:
    """Kotova answers a letter with this program, her signature below and our letter quoted under it."""
    message = letter(program, original(bytes(to.message)), Reply(own, SIGNATURE))
    del message["Message-ID"]
    message["Message-ID"] = f"<{len(office.answers())}@staff.test>"
    office.pass_time(minutes=5)
    office.arrive_raw(bytes(message))


def _said(office: Office) -> list[str]:
    """What people have said to the client, without marker and footer."""
    answers = (each for each in office.answers(OLGA) if each.kind == "answer")
    return [own_words(each.text.replace("\r\n", "\n")) for each in answers]


@pytest.mark.parametrize("program", UKRAINIAN)
def test_from_the_question_to_the_rating(ukrainian: Office, program: str) -> None:
    office = ukrainian
    office.arrive(OLGA, QUESTION, "Картка угоди")
    assert office.ticket().language == "uk"
    assert "Звернення CRM-000001 прийнято до обслуговування" in office.last(OLGA, "acknowledgement").text
    confirm(office)
    asked = office.last(KOTOVA, "request")
    assert asked.text.startswith(MARKERS["agent", "uk"])
    for words in ("як приховати поле в картці угоди?", "#чекати ", "#вирішено ", "Команди першим рядком відповіді"):
        assert words in asked.text

    _reply(office, program, asked, "#чекати", "Вітаю, Ольго.", "", "Яке саме поле ви хочете приховати?")
    assert _said(office) == ["Вітаю, Ольго.\n\nЯке саме поле ви хочете приховати?"]
    assert office.ticket().status is Status.WAITING
    assert office.last(OLGA, "answer").text.startswith(MARKERS["client", "uk"])
    assert "Зроблено: CRM-000001" in office.last(KOTOVA, "confirmation").text
    assert "Це питання клієнту: час вирішення зупинено." in office.last(IVANOV, "note").text

    office.reply(office.last(OLGA, "answer"), "Поле «Бюджет», будь ласка.\n")
    more = office.last(KOTOVA, "request")
    assert "Відповідь клієнта" in more.text and "Поле «Бюджет», будь ласка." in more.text
    _reply(office, program, more, "#вирішенно", "Натисніть «Змінити форму».")
    failed = office.last(KOTOVA, "confirmation")
    assert "Не зроблено: команду «#вирішенно» не розпізнано" in failed.text and "Схоже на #вирішено." in failed.text
    assert len(_said(office)) == 1
    _reply(office, program, failed, "#вирішено", "Натисніть «Змінити форму» і зніміть позначку.")
    assert _said(office)[1:] == ["Натисніть «Змінити форму» і зніміть позначку."]
    assert "CRM-000001 · Анна Котова · рішення" in office.last(OLGA, "answer").text.replace("\n", " ")

    rating = office.last(OLGA, "rating")
    assert "5  відмінно" in rating.text and "Питання вирішено?" in rating.text
    office.reply(rating, "Відмінно, щиро дякую!\n")
    assert (office.ticket().status, office.ticket().rating) == (Status.CLOSED, 5)
    for each in office.answers(OLGA):
        assert internal(each.message, (IVANOV, KOTOVA)) == []


def test_a_client_who_writes_russian_is_answered_so_and_the_line_is_told_in_ukrainian(ukrainian: Office) -> None:
    ukrainian.arrive(OLGA)
    confirm(ukrainian)
    assert "принято к обслуживанию" in ukrainian.last(OLGA, "acknowledgement").text
    assert "Команди першим рядком відповіді" in ukrainian.last(IVANOV, "request").text
    ukrainian.reply(ukrainian.last(IVANOV, "request"), "#зачекати\nЯкая у вас версия?")
    failed = ukrainian.last(IVANOV, "confirmation")
    assert "Схоже на #чекати." in failed.text and "Клієнту нічого не надіслано." in failed.text


def test_details_are_asked_for_and_given_in_ukrainian(ukrainian: Office) -> None:
    ukrainian.arrive(OLGA, "Добрий день! Підкажіть, будь ласка, як приховати поле в картці угоди?\n", "")
    asked = ukrainian.last(OLGA, "request-information")
    assert "Щоб прийняти звернення, бракує" in asked.text and "(без теми)" in str(asked.message["Subject"])
    quoted = "".join(f"> {line}\n" for line in asked.text.splitlines())
    words = "Номер 801000017, версія 3.1.25.4, ТОВ «Берёза», 1С:CRM ПРОФ\n\nпн, 23 лист. 2026 р. о 10:17 CRM пише:\n"
    ukrainian.reply(asked, words + quoted)
    assert "прийнято до обслуговування" in ukrainian.last(OLGA, "acknowledgement").text
    assert ukrainian.ticket().fields["registration_number"] == "801000017"


def test_figures_alone_do_not_change_the_language(office: Office) -> None:
    office.arrive(OLGA, "Hello, how do I hide a field in the deal card, please?\n", "")
    assert office.last(OLGA, "request-information").text.count("version")
    office.reply(office.last(OLGA, "request-information"), "801000017, 3.1.25.4\n")
    assert "is accepted for service" in office.last(OLGA, "acknowledgement").text
    assert office.ticket().language == "en"
