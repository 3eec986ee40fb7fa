"""Complaints: opened about the right ticket, told to the quality desk with the whole story, one for one matter."""

from datetime import timedelta

import pytest
from maild.desk.complaint import about_of, open_complaint
from maild.desk.facts import Said
from maild.domain.ticket import Event, Ticket
from maild.mail.mime import File
from maild.store import tickets
from maild.store.schema import timers
from tests.desk.office import CONTROL, OPERATOR, Answer, Office
from tests.desk.ticket_life import KOTOVA, OLGA, QUALITY, happened, taken_by_server

BAD = "Вторую неделю никто не отвечает!\nЭто никуда не годится.\n"
STRANGER = "eva@free.test"


def complains(
    office: Office,
    about: str | None = "CRM-000001",
    words: str = BAD,
    *,
    client: str = OLGA,
    reply_to: str | None = None,
    rating: int | None = None,
    files: tuple[File, ...] = (),
    key: str = "one",
) -> Ticket:
    """A complaint, as a letter or a low rating opens it."""
    with office.database.write() as tx:
        ticket = tickets.load(tx, "rarus", about) if about else None
        return open_complaint(
            tx,
            office.desk,
            ticket,
            client,
            reply_to or client,
            "Re: [CRM-000001] Жалоба",
            "ru",
            office.now,
            Said(words, office.now, client),
            office.now,
            message_id=f"<{key}@birch.test>",
            rating=rating,
            files=files,
            key=f"rarus:complaint:{key}",
        )


def about(
    office: Office, sender: str, subject: str = "Жалоба", text: str = "", ids: tuple[str, ...] = ()
) -> str | None:
    """The number of the ticket that a letter is about."""
    with office.database.write() as tx:
        found = about_of(tx, office.desk, sender, subject, text, ids)
        return found.number if found else None


def told(office: Office) -> list[Answer]:
    """The complaints that the quality desk got."""
    return [answer for answer in office.answers(QUALITY) if answer.kind == "complaint"]


def attached(answer: Answer) -> dict[str, str]:
    """The attachments of a letter that are text, by name."""
    return {
        str(part.get_filename()): part.get_content() if part.get_content_maintype() == "text" else ""
        for part in answer.message.iter_attachments()
    }


def test_a_complaint_is_a_ticket_of_the_quality_desk(office: Office) -> None:
    office.arrive(OLGA)
    office.pass_time(hours=3)
    found = complains(office)
    kept = office.ticket("CRM-000002")
    assert kept.number == found.number == "CRM-000002"
    assert (kept.category, kept.status, kept.line, kept.mailbox) == ("quality", "new", None, "control")
    assert (kept.client, kept.linked, kept.subject, kept.acquaintance) == (OLGA, "CRM-000001", "Жалоба", "tied")
    assert kept.resolution_due is None and kept.reaction_due == office.now + timedelta(hours=23)
    assert office.events("CRM-000002") == ["registered", "triaged", "linked"]
    (line,) = [entry for entry in office.history() if entry.event is Event.COMPLAINED]
    assert line.says == "complaint CRM-000002" and line.by == OLGA
    with office.database.read() as tx:
        assert tickets.participants(tx, kept.id or 0) == {OLGA}
        assert tickets.ticket_of(tx, "rarus", ["<one@birch.test>"]) == (kept.id, "<one@birch.test>", "in", None)
        due = [row.ticket_id for row in tx.execute(timers.select())]
    assert kept.id in due, "its own deadline is watched"


def test_the_quality_desk_reads_the_words_and_the_story(office: Office) -> None:
    office.arrive(OLGA)
    taken_by_server(office)
    happened(office, Event.ASSIGNED, KOTOVA, f"assignee {KOTOVA}", assignee=KOTOVA)
    office.pass_time(days=7)
    complains(office, files=(File("скан.png", "image/png", b"png"),))
    (letter,) = told(office)
    assert letter.message["X-Maild-Ticket"] == "CRM-000002"
    assert CONTROL in str(letter.message["From"])
    assert "Вторую неделю никто не отвечает!" in letter.text and "Это никуда не годится." in letter.text
    assert "Обращение зарегистрировано" in letter.text and "Анна Котова" in letter.text
    files = attached(letter)
    assert list(files) == ["история CRM-000001.html", "скан.png"]
    assert "как скрыть поле в карточке сделки?" in files["история CRM-000001.html"]
    assert "Вторую неделю" not in office.answers(OLGA)[-1].text, "the client's answer is the caller's"


def test_more_about_the_same_joins_the_first(office: Office) -> None:
    office.arrive(OLGA)
    complains(office)
    office.pass_time(hours=1)
    again = complains(office, words="И ещё одно!", rating=1, key="two")
    assert again.number == "CRM-000002" and office.count() == 2
    assert office.events("CRM-000002")[-1] == "client-wrote"
    assert office.history("CRM-000002")[-1].says.endswith("rating 1")
    _, second = told(office)
    assert second.message["X-Maild-Ticket"] == "CRM-000002" and "И ещё одно!" in second.text
    assert office.ticket("CRM-000002").message_id == "<two@birch.test>", "the answer goes where they wrote last"
    assert office.events().count("complained") == 2


def test_a_waiting_complaint_goes_on(office: Office) -> None:
    office.arrive(OLGA)
    complains(office)
    happened(office, Event.QUESTION, QUALITY, "question", "CRM-000002")
    assert office.ticket("CRM-000002").status == "waiting"
    complains(office, key="two")
    assert office.ticket("CRM-000002").status == "open"


@pytest.mark.parametrize("who", ["solved", "another ticket", "another client", "about nothing"])
def test_what_is_another_complaint(office: Office, who: str) -> None:
    office.arrive(OLGA)
    office.arrive(OLGA)
    complains(office)
    if who == "solved":
        happened(office, Event.RESOLVED, QUALITY, "solved", "CRM-000003")
    number = {"another ticket": "CRM-000002", "about nothing": None}.get(who, "CRM-000001")
    other = complains(office, number, client=STRANGER if who == "another client" else OLGA, key="two")
    assert other.number == "CRM-000004"


def test_the_same_occasion_is_told_once(office: Office) -> None:
    office.arrive(OLGA)
    complains(office)
    complains(office)
    assert len(told(office)) == 1


def test_a_complaint_about_nothing_has_no_story(office: Office) -> None:
    found = complains(office, None, client=STRANGER)
    assert found.linked is None and found.acquaintance == "bare"
    (letter,) = told(office)
    assert attached(letter) == {}


def test_how_well_the_address_is_known(office: Office) -> None:
    office.arrive(STRANGER)
    assert complains(office, client=STRANGER, key="a").acquaintance == office.ticket().acquaintance == "bare"
    assert complains(office, None, client="petr@birch.test", key="b").acquaintance == "own", "the registry knows birch"
    other = complains(office, None, client="petr@birch.test", reply_to="evil@free.test", key="c")
    assert other.acquaintance == "bare", "where to answer is not who they are"
    assert complains(office, None, client=STRANGER, key="d").acquaintance == "own", "heard from before"


def test_where_nobody_reads_complaints_the_operator_is_told(office: Office) -> None:
    path = office.rules / "people.toml"
    path.write_text(path.read_text(encoding="utf-8").partition("[quality]")[0], encoding="utf-8")
    office.reload()
    office.arrive(OLGA)
    complains(office)
    (letter,) = office.answers(OPERATOR)
    assert "CRM-000002 about CRM-000001" in letter.text and "people.toml" in letter.text
    assert office.ticket("CRM-000002").category == "quality", "it is kept all the same"


def test_hostile_words_stay_words(office: Office) -> None:
    office.arrive(f'"<b>Ольга</b>" <{OLGA}>', subject="<i>тема</i>\u202e")
    complains(office, words="<script>alert(1)</script>\n{{ 7 * 7 }}\n")
    (letter,) = told(office)
    html = letter.message.get_body(("html",))
    assert html and "<script>" not in html.get_content() and "{{ 7 * 7 }}" in html.get_content()
    (story,) = attached(letter).values()
    assert "<b>Ольга" not in story and "<i>тема" not in story


def test_which_ticket_it_is_about(office: Office) -> None:
    for sender in (OLGA, OLGA, STRANGER, OLGA):
        office.arrive(sender)
    assert about(office, OLGA) == "CRM-000004", "the last one"
    assert about(office, OLGA, "Re: [CRM-000001] Вопрос") == "CRM-000001"
    assert about(office, OLGA.upper(), text="Это про СRМ-000002!") == "CRM-000002", "look-alike letters"
    assert about(office, OLGA, "CRM-000001", "а не CRM-000002") == "CRM-000001", "the subject first"
    assert about(office, OLGA, "CRM-000003") == "CRM-000004", "somebody else's is not told of"
    assert about(office, OLGA, "CRM-000099", "CRM-000002") == "CRM-000002"
    assert about(office, "new@birch.test", "CRM-000001") is None


def test_a_reply_to_our_letter_names_its_ticket(office: Office) -> None:
    office.arrive(OLGA)
    office.arrive(OLGA)
    first = office.answers(OLGA)[0].message["Message-ID"].strip()
    assert about(office, OLGA, ids=("<unknown@x.test>", first)) == "CRM-000001"
    assert about(office, STRANGER, ids=(first,)) is None


def test_a_complaint_stands_for_what_it_is_about(office: Office) -> None:
    office.arrive(OLGA)
    complains(office)
    office.arrive(OLGA)
    assert about(office, OLGA, "[CRM-000002] снова") == "CRM-000001"
    assert about(office, OLGA) == "CRM-000003"


def test_a_participant_may_complain(office: Office) -> None:
    office.arrive(OLGA)
    with office.database.write() as tx:
        tickets.add_participant(tx, office.ticket().id or 0, STRANGER)
    assert about(office, STRANGER, "CRM-000001") == "CRM-000001"
    assert complains(office, client=STRANGER).acquaintance == "bare"


def test_a_letter_to_the_quality_mailbox(office: Office) -> None:
    """The whole road: acknowledged to the client, told to the quality desk, the second letter joins the first."""
    office.arrive(OLGA)
    office.arrive(OLGA, BAD, "Жалоба", box="control")
    office.arrive(OLGA, "Так и нет ответа.\n", "Опять", box="control")
    assert office.count() == 2
    first, second = told(office)
    assert first.message["X-Maild-Ticket"] == second.message["X-Maild-Ticket"] == "CRM-000002"
    assert "Вторую неделю" in first.text and "Так и нет ответа." in second.text
    assert "история CRM-000001.html" in attached(second)
