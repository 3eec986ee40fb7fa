"""A client's letter to a ticket in any of its statuses: what it changes, who hears of it, and what it must not do."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from maild.domain.ticket import Event
from maild.store import tickets
from tests.desk.clockwork import confirm
from tests.desk.office import CONTROL, CRM, IVANOV, LACKING, OLGA, OPERATOR, QUALITY, WHOLE, Answer, Office
from tests.desk.ticket_life import happened
from tests.servers.letters import letter

PETR, STRANGER = "petr@birch.test", "who@free.test"
SOLVED = "#решено\nСнимите флажок «Показывать» в настройках карточки.\n"
WISH = "Передайте моё обращение в отдел качества!\n"
OUTSIDE = f"Установите сервер 1С:Предприятие на наш компьютер.\n{WHOLE}"
ORDERS = {
    "waiting": "#ждать\nКакая у вас сборка платформы?\n",
    "development": "#разработка\n",
    "assessment": SOLVED,
    "closed": SOLVED,
    "refused": "#отказать out-of-scope\nЭто не наше.\n",
}
TO_LINE = {"request"}
AGAIN = {"acknowledgement", "request"}


def ticket_in(office: Office, status: str) -> Answer:
    """A ticket of Olga's in a status, everything delivered; our last letter to her."""
    office.arrive(OLGA, {"details": LACKING, "new": OUTSIDE}.get(status, WHOLE))
    if status in ORDERS:
        office.reply(office.last(IVANOV, "request"), ORDERS[status])
    if status == "closed":
        office.reply(office.last(OLGA, "rating"), "4\n")
    confirm(office)
    assert office.ticket().status == status
    office.pass_time(minutes=30)
    return office.last(OLGA)


def newly(office: Office, before: int) -> set[str]:
    """The kinds of what was queued since."""
    return {answer.kind for answer in office.answers()[before:]}


def with_file(answer: Answer, text: str, *, size: int = 10, inline: bool = False) -> bytes:
    """Olga's reply with a picture."""
    message = EmailMessage(policy=SMTP)
    for name, value in (
        ("From", OLGA),
        ("To", CRM),
        ("Subject", "Re: Вопрос"),
        ("Message-ID", f"<file-{size}@birch.test>"),
        ("In-Reply-To", str(answer.message["Message-ID"])),
    ):
        message[name] = value
    message.set_content(text)
    if inline:
        message.add_alternative('<p>Спасибо!</p><img src="cid:logo@birch">', subtype="html")
        html = message.get_body(("html",))
        assert isinstance(html, EmailMessage)
        html.add_related(b"\x89PNG" + b"x" * size, "image", "png", cid="<logo@birch>", disposition="inline")
    else:
        message.add_attachment(b"x" * size, maintype="image", subtype="png", filename="снимок.png")
    return message.as_bytes()


@pytest.mark.parametrize(
    ("status", "text", "after", "told"),
    [
        ("details", "801000017, 3.1.25.4\n", "open", AGAIN),
        ("details", "Не знаю.\n", "details", {"request-information"}),
        ("details", "5\n", "details", {"request-information"}),
        ("details", "Спасибо!\n", "details", set()),
        ("new", "Ещё подробность.\n", "new", TO_LINE),
        ("open", "5\n", "open", TO_LINE),
        ("open", "Спасибо за ответ!\n", "open", set()),
        ("waiting", "8.3.25\n", "open", TO_LINE),
        ("waiting", "", "open", TO_LINE),
        ("waiting", "Спасибо!\n", "waiting", set()),
        ("development", "Когда ждать?\n", "development", TO_LINE),
        ("assessment", "5\n", "closed", set()),
        ("assessment", "Отлично\n", "closed", set()),
        ("assessment", "1\n", "closed", {"complaint"}),
        ("assessment", "Большое спасибо!\n", "assessment", set()),
        ("assessment", "Не решено\n", "open", TO_LINE),
        ("assessment", "", "open", TO_LINE),
        ("closed", "5\n", "closed", set()),
        ("closed", "2\nПолдня ждали.\n", "closed", {"complaint"}),
        ("closed", "Спасибо!\n", "closed", set()),
        ("closed", "Опять то же самое.\n", "open", TO_LINE),
        ("refused", "Спасибо, понятно.\n", "refused", set()),
        ("refused", "Почему же? Вопрос о настройке карточки.\n", "open", AGAIN),
    ],
)
def test_a_reply_in_every_status(office: Office, status: str, text: str, after: str, told: set[str]) -> None:
    asked = ticket_in(office, status)
    before = len(office.answers())
    office.reply(asked, text)
    ticket = office.ticket()
    assert (ticket.status, newly(office, before)) == (after, told)
    assert sum(hold.end is None for hold in ticket.holds) == (
        after in ("details", "waiting", "assessment", "closed", "refused")
    )
    assert (ticket.resolution_met is not None) == (after in ("assessment", "closed"))
    assert office.count() == (2 if "complaint" in told else 1)


@pytest.mark.parametrize("status", ["details", "open", "waiting", "assessment", "refused"])
def test_the_wish_for_the_quality_desk_is_heard_and_acknowledged_once(office: Office, status: str) -> None:
    asked = ticket_in(office, status)
    office.reply(asked, WISH)
    complaint = office.ticket("CRM-000002")
    assert (complaint.category, complaint.linked, complaint.client) == ("quality", "CRM-000001", OLGA)
    receipt = office.last(OLGA, "receipt")
    assert CONTROL in str(receipt.message["From"]) and "CRM-000002" in str(receipt.message["Subject"])
    assert WISH.strip() in office.last(IVANOV, "request").text, "it is a letter of the ticket too"
    office.reply(asked, f"{WISH}И поскорее.\n")
    assert office.kinds(OLGA).count("receipt") == 1 and office.count() == 2
    assert "И поскорее." in office.last(QUALITY, "complaint").text


def test_a_thank_you_with_a_file_is_more_than_thanks(office: Office) -> None:
    asked = ticket_in(office, "assessment")
    office.arrive_raw(with_file(asked, "Спасибо!\n"))
    assert office.ticket().status == "open"
    assert "снимок.png" in [part.get_filename() for part in office.last(IVANOV, "request").message.iter_attachments()]


@pytest.mark.parametrize(("size", "after"), [(5_000, "assessment"), (300_000, "open")])
def test_a_logo_is_no_file_but_a_screenshot_is(office: Office, size: int, after: str) -> None:
    asked = ticket_in(office, "assessment")
    office.arrive_raw(with_file(asked, "Спасибо!\n", size=size, inline=True))
    assert office.ticket().status == after


def test_a_reply_over_the_limit_is_answered_politely(office: Office) -> None:
    asked = ticket_in(office, "open")
    reply = {"In_Reply_To": str(asked.message["Message-ID"]), "Message_ID": "<large@birch.test>"}
    office.arrive_raw(letter("Re: Вопрос", "Спасибо!\n", CRM, From=OLGA, **reply), truncated=True)
    assert office.kinds(OLGA)[-1] == "notice" and office.answers(OPERATOR)
    assert office.events()[-1] == "client-wrote" and office.kinds(IVANOV)[-1] == "request"


def test_who_answers_for_the_client_does_not_take_their_place(office: Office) -> None:
    """Somebody in Cc brings the details: what we write still goes to the client."""
    office.arrive(OLGA, LACKING, Cc=PETR)
    office.reply(office.last(OLGA), "801000017, 3.1.25.4\n", sender=PETR, Cc=OLGA)
    ticket = office.ticket()
    assert (ticket.status, ticket.client, ticket.reply_to, ticket.cc) == ("open", OLGA, OLGA, (PETR,))
    assert office.last(OLGA).kind == "acknowledgement" and office.answers(PETR) == []


def test_who_is_brought_in_later_takes_part(office: Office) -> None:
    asked = ticket_in(office, "open")
    office.reply(asked, "Добавляю коллегу.\n", Cc=f"{PETR}, {IVANOV}, {CONTROL}")
    assert office.ticket().cc == (PETR,)
    office.reply(office.last(IVANOV, "request"), "Снимите флажок.\n")
    office.reply(office.last(PETR, "answer"), "Снял, не помогло.\n", Cc=OLGA)
    assert office.events()[-1] == "client-wrote"
    office.reply(office.last(IVANOV, "request"), "А теперь?\n")
    assert [answer.to for answer in office.answers() if answer.kind == "answer"] == [OLGA, PETR] * 2


def test_a_rating_counts_once_for_each_solution(office: Office) -> None:
    asked = ticket_in(office, "assessment")
    for text in ("2\nДолго.\n", "2\nДолго.\n"):
        office.reply(asked, text)
    assert office.kinds(QUALITY).count("complaint") == 1, "sent twice"
    office.reply(asked, "2\nИ грубо.\n")
    assert office.kinds(QUALITY).count("complaint") == 2 and office.count() == 2, "new words join the complaint"
    office.reply(asked, "5\n")
    assert office.ticket().rating == 5
    office.reply(asked, "Снова не работает.\n")
    assert office.ticket().status == "open"
    office.reply(asked, "2\n")
    assert (office.ticket().status, office.ticket().rating) == ("open", 5), "nothing is there to be rated"
    office.reply(office.last(IVANOV, "request"), SOLVED)
    office.reply(office.last(OLGA, "rating"), "2\n")
    office.reply(office.last(OLGA, "rating"), "2\n")
    assert office.kinds(QUALITY).count("complaint") == 3, "the second solution was bad too"


def test_only_the_client_rates(office: Office) -> None:
    asked = ticket_in(office, "assessment")
    assert "third-wrote" not in office.events()
    office.reply(asked, "1\n", sender=STRANGER)
    assert (office.ticket().rating, office.ticket().status) == (None, "assessment")
    assert office.events()[-1] == "third-wrote" and office.answers(STRANGER) == []


def test_who_rates_low_is_answered_themselves(office: Office) -> None:
    """Somebody in Cc rates: their complaint is theirs, and so is the quality desk's answer."""
    office.arrive(OLGA, Cc=PETR)
    office.reply(office.last(IVANOV, "request"), SOLVED)
    office.reply(office.last(PETR, "answer"), "1\nГрубо.\n")
    complaint = office.ticket("CRM-000002")
    assert (complaint.client, complaint.reply_to, complaint.subject) == (PETR, PETR, "Вопрос")
    office.reply(office.last(QUALITY, "complaint"), "Разберёмся.\n", box="control")
    assert office.last(PETR, "answer").to == PETR and "Разберёмся." in office.last(PETR, "answer").text


def test_a_complaint_is_not_rated(office: Office) -> None:
    office.arrive(OLGA, "Вы не отвечаете!\n", "Жалоба", box="control")
    office.reply(office.last(QUALITY, "complaint"), "#решено\nИсправились.\n", box="control")
    assert office.ticket().status == "closed"
    office.reply(office.last(OLGA, "answer"), "Плохо\n", box="control")
    assert office.count() == 1 and office.ticket().rating is None
    assert office.ticket().status == "open" and "Плохо" in office.last(QUALITY, "complaint").text


@pytest.mark.parametrize(("event", "status"), [(Event.POSTPONED, "details"), (Event.REFUSED, "refused")])
@pytest.mark.parametrize("thread", [True, False])
def test_a_complaint_put_aside_comes_back(office: Office, event: Event, status: str, thread: bool) -> None:
    """The client's further words set it and its clock going again, in its own thread or from the ticket's."""
    office.arrive(OLGA)
    office.arrive(OLGA, "Вы не отвечаете!\n", "Жалоба", box="control")
    happened(office, event, QUALITY, "reason not-enough-information", "CRM-000002")
    assert office.ticket("CRM-000002").status == status and office.ticket("CRM-000002").reaction_due is None
    office.reply(office.last(OLGA, "receipt" if thread else "acknowledgement"), "Третий день молчите.\n", box="control")
    found = office.ticket("CRM-000002" if thread or status == "details" else "CRM-000003")
    assert found.status == "new" and found.reaction_due is not None
    assert "Третий день молчите." in office.last(QUALITY, "complaint").text


@pytest.mark.parametrize("boxes", [["crm", "control"], ["control", "crm"]])
@pytest.mark.parametrize("words", ["Третий день молчите.\n", WISH])
@pytest.mark.parametrize("reply", [True, False])
def test_one_letter_to_both_mailboxes(office: Office, boxes: list[str], words: str, reply: bool) -> None:
    """One request (or the ticket that it answers), one complaint about it, one letter to the client."""
    asked = ticket_in(office, "open")
    before = len(office.answers(OLGA))
    thread = {"In_Reply_To": str(asked.message["Message-ID"])} if reply else {}
    raw = letter("Жалоба", words, f"{CRM}, {CONTROL}", From=OLGA, Message_ID="<both@birch.test>", **thread)
    for box in boxes:
        office.arrive_raw(raw, box=box)
    complaints = [number for number in _numbers(office) if office.ticket(number).category == "quality"]
    requests = [number for number in _numbers(office) if office.ticket(number).category != "quality"]
    assert len(complaints) == 1 and len(requests) == (1 if reply or words == WISH else 2)
    assert office.ticket(complaints[0]).linked == requests[-1]
    assert office.kinds(QUALITY).count("complaint") == 1
    assert len(office.answers(OLGA)) == before + 1, office.kinds(OLGA)
    if reply:
        assert office.last(OLGA).kind == "receipt"
        assert "client-wrote" in office.events()
    with office.database.read() as tx:
        assert tickets.participants(tx, office.ticket(complaints[0]).id or 0) == {OLGA}


def test_a_reply_in_a_complaint_to_both_mailboxes_is_told_once(office: Office) -> None:
    office.arrive(OLGA, "Вы не отвечаете!\n", "Жалоба", box="control")
    thread = {"In_Reply_To": str(office.last(OLGA).message["Message-ID"]), "Message_ID": "<more@birch.test>"}
    raw = letter("Re: Жалоба", "И ещё одно.\n", f"{CRM}, {CONTROL}", From=OLGA, **thread)
    for box in ("control", "crm"):
        office.arrive_raw(raw, box=box)
    assert office.kinds(QUALITY).count("complaint") == 2 and office.count() == 1


def _numbers(office: Office) -> list[str]:
    return [f"CRM-{number:06}" for number in range(1, office.count() + 1)]
