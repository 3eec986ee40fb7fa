"""Every letter to those who work at the desk, answered as mail programs answer: where the words end, and only they."""

import shutil
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from maild.desk import notify
from maild.desk.facts import Said
from maild.desk.notify import Outgoing
from maild.desk.post import post
from maild.desk.watch import watch
from maild.mail.ours import own_words
from maild.store.database import Database
from tests.desk.clockwork import confirm
from tests.desk.internal_words import internal
from tests.desk.office import CONTROL, IVANOV, KOTOVA, OLGA, PETRENKO, QUALITY, Answer, Office
from tests.mail.agent_programs import Reply, letter, original

SIGNATURE = "С уважением,\nАнна Котова\nведущий консультант\nтел. +7 495 000-00-00, доб. 12"
STAFF = (IVANOV, KOTOVA, PETRENKO, QUALITY, "lebedeva@example.test")
SOME = (
    "outlook ru",
    "outlook web",
    "new outlook",
    "gmail web",
    "apple mail",
    "thunderbird",
    "k-9",
    "yandex web",
    "mail.ru web",
    "the bat",
)
"""Ten of the sixteen; that the words are read alike from all of them is tested without a desk."""
NOTE = "Клиент нервничает, предложим удалённый доступ."


@pytest.fixture
def database(tmp_path: Path, migrated_file: Path) -> Iterator[Database]:
    """SQLite alone: nothing here depends on the database."""
    shutil.copy(migrated_file, tmp_path / "maild.db")
    made = Database(f"sqlite:///{tmp_path / 'maild.db'}")
    yield made
    made.close()


class Dressed:
    """An office whose people write with one mail program."""

    def __init__(self, office: Office, program: str) -> None:
        self.office, self.program, self.count = office, program, 0

    def reply(self, to: Answer, *own: str, box: str = "crm") -> None:
        """Whoever got a letter answers it."""
        self.count += 1
        message = letter(self.program, original(bytes(to.message)), Reply(own, SIGNATURE))
        for name, value in (("From", to.to), ("Message-ID", f"<{self.count}@staff.test>")):
            del message[name]
            message[name] = value
        self.office.pass_time(minutes=1)
        self.office.arrive_raw(bytes(message), box=box)

    def to_client(self) -> list[str]:
        """What people have said to the client, without marker and footer."""
        answers = (each for each in self.office.answers(OLGA) if each.kind == "answer")
        return [own_words(each.text.replace("\r\n", "\n")) for each in answers]

    def told(self, address: str) -> Answer:
        """The newest note to a colleague."""
        return self.office.last(address, "note")


def posted(office: Office, out: Outgoing | None) -> Answer:
    """Put a letter to staff into the outbox as the desk does."""
    assert out is not None
    with office.database.write() as tx:
        post(tx, office.desk, out, office.now, ticket_id=office.ticket().id)
    return office.last(out.recipient, out.kind)


@pytest.mark.parametrize("program", SOME)
def test_every_letter_answered_in_this_program_ends_where_its_marker_says(office: Office, program: str) -> None:
    desk = Dressed(office, program)
    office.arrive(OLGA)
    confirm(office)
    desk.reply(office.last(KOTOVA, "request"), "Здравствуйте.", "", "Откройте «Изменить форму».")
    desk.reply(office.last(KOTOVA, "confirmation"), "И сохраните настройку.")
    desk.reply(desk.told(IVANOV), "Если не выйдет, напишите.")
    said = ["Здравствуйте.\n\nОткройте «Изменить форму».", "И сохраните настройку.", "Если не выйдет, напишите."]
    assert desk.to_client() == said, "request, confirmation, a copy of a colleague's answer: to the client"

    desk.reply(office.last(KOTOVA, "request"), "#заметка", NOTE)
    desk.reply(desk.told(IVANOV), "Согласен, звоню им сам.")
    assert "Согласен, звоню им сам." in desk.told(KOTOVA).text
    office.arrive(OLGA, "А где эта кнопка?", In_Reply_To=str(office.last(OLGA, "answer").message["Message-ID"]))
    desk.reply(office.last(IVANOV, "request"), "#ждать", "Какая у вас версия?")
    said += ["Какая у вас версия?"]
    assert desk.to_client() == said, "a note to colleagues: to them; more from the client: to the client"

    desk.reply(office.last(IVANOV, "confirmation"), "#решенно", "Готово.")
    failed = office.last(IVANOV, "confirmation")
    assert "Готово." in failed.text and desk.to_client() == said
    desk.reply(failed, "Уточните и сборку.")
    said += ["Уточните и сборку."]
    assert desk.to_client() == said, "a confirmation that something failed: to the client"
    clean(office)


@pytest.mark.parametrize("program", SOME)
def test_what_the_clock_and_the_quality_desk_bring(office: Office, program: str) -> None:
    desk = Dressed(office, program)
    office.arrive(OLGA)
    confirm(office)
    for hours in (48, 6):  # three quarters of the working time, then all of it
        office.pass_time(hours=hours)
        watch(office.database, {"rarus": office.desk}, office.now)
    desk.reply(office.last(IVANOV, "warning"), "Беру сегодня.")
    assert "Беру сегодня." in desk.told(KOTOVA).text
    desk.reply(office.last(QUALITY, "escalation"), "Почему клиент ждёт?")
    assert "Почему клиент ждёт?" in desk.told(IVANOV).text
    digest = posted(
        office, notify.digest(office.desk, [office.ticket()], office.now, IVANOV, key="d", line="consultants")
    )
    desk.reply(digest, "Разберём до обеда.")
    rejected = office.last(IVANOV, "confirmation")
    assert "Разберём до обеда." in rejected.text and "Не сделано" in rejected.text
    assert desk.to_client() == [], "warning, escalation, digest: never to the client"

    office.arrive(OLGA, "Мне так и не ответили, это жалоба!", "Жалоба", box="control")
    desk.reply(office.last(QUALITY, "complaint"), "Здравствуйте.", "", "Разбираемся, ответим сегодня.", box="control")
    assert desk.to_client() == ["Здравствуйте.\n\nРазбираемся, ответим сегодня."]
    assert CONTROL in str(office.last(OLGA, "answer").message["From"])
    assert office.last(QUALITY).kind == "confirmation"
    clean(office)


@pytest.mark.parametrize("kind", ["request", "note", "warning", "escalation"])
def test_our_letter_without_signs_and_marker_goes_nowhere(office: Office, kind: str) -> None:
    office.arrive(OLGA)
    asked = office.last(IVANOV, "request")
    ticket, agent = office.ticket(), office.desk.regulation.people.agents[0]
    said = Said(NOTE, office.now, KOTOVA)
    ours = {
        "request": lambda: asked,
        "note": lambda: posted(office, notify.note(office.desk, ticket, office.now, IVANOV, key="n", said=said)),
        "warning": lambda: posted(
            office,
            notify.warning(office.desk, ticket, "resolution", office.now, agent, key="w", facts=notify.Facts(said)),
        ),
        "escalation": lambda: posted(
            office,
            notify.escalation(
                office.desk,
                ticket,
                "resolution",
                "breach",
                office.now,
                IVANOV,
                key="e",
                facts=notify.Facts(said),
                repeat_at=None,
            ),
        ),
    }[kind]()
    body = ours.text.replace("\r\n", "\n").partition("-" * 40)[2].replace("\n> ", "\n")
    before = office.kinds(OLGA)
    office.reply(asked, f"Здравствуйте.\n\nОбновите программу.\n\n{body}")
    assert office.kinds(OLGA) == before
    rejected = office.last(IVANOV, "confirmation")
    assert "Обновите программу." in rejected.text and "осталось служебное" in rejected.text
    clean(office)


def test_a_ready_answer_is_offered_and_its_link_sends_it(office: Office) -> None:
    office.arrive(OLGA)
    asked = office.last(IVANOV, "request")
    assert "Готовый ответ: скрыть поле на форме" in asked.text
    office.reply(asked, "#ответ hide-field")
    assert "Изменить форму" in office.last(OLGA, "answer").text
    office.arrive(OLGA, "Не печатается счёт, ООО «Берёза», 1С:CRM ПРОФ 3.1.25.4, рег. номер 801000017\n", "Печать")
    assert "Готовый ответ" not in office.last(IVANOV, "request").text


def test_the_check_for_internal_words_sees_them(office: Office) -> None:
    office.arrive(OLGA)
    found = internal(office.last(IVANOV, "request").message, STAFF)
    assert {"Право на поддержку", "#ждать", IVANOV, "Нажать и отправить", "только коллегам, клиент не увидит"} <= set(
        found
    )
    assert any(each.startswith("maild") for each in found) and any(".toml:" in each for each in found)


def clean(office: Office) -> None:
    """No letter to the client says a word of what is the desk's own."""
    letters: list[EmailMessage] = [each.message for each in office.answers(OLGA)]
    assert letters
    for message in letters:
        assert internal(message, STAFF, (NOTE,)) == [], str(message["X-Maild-Kind"])
