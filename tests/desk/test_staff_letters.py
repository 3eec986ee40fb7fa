"""Agents' letters of every make: empty, sealed, huge, sent twice, by a robot, or by somebody who is a client too."""

from dataclasses import replace
from email.message import EmailMessage

import pytest
from maild.desk.deliver import settle
from maild.domain.ticket import Status
from maild.store import outbox
from maild.transport.smtp import Outcome
from tests.desk.office import CONTROL, CRM, IVANOV, KOTOVA, OLGA, OPERATOR, Answer, Office

ANNA, ROWAN = "anna@birch.test", "petr@rowan.test"
SERVER = "mx.example.test"
PASS = f"{SERVER}; dmarc=pass header.from=example.test"


@pytest.fixture
def request_letter(office: Office) -> Answer:
    """Olga's question as Ivanov got it, a minute ago."""
    office.arrive(OLGA, Message_ID="<olga@birch.test>")
    office.pass_time(minutes=1)
    return office.last(IVANOV, "request")


def agents(to: Answer, **headers: str) -> EmailMessage:
    """A reply of Ivanov's without a body."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = IVANOV, CRM, f"Re: {to.message['Subject']}"
    message["Message-ID"], message["In-Reply-To"] = "<1@agent.test>", str(to.message["Message-ID"])
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return message


def told(office: Office, before: int) -> list[tuple[str, str]]:
    """What was queued since, to whom."""
    return [(answer.kind, answer.to) for answer in office.answers()[before:]]


def test_a_file_alone_is_an_answer(office: Office, request_letter: Answer) -> None:
    message = agents(request_letter)
    message.set_content("\n")
    message.add_attachment(b"picture", maintype="image", subtype="png", filename="снимок.png")
    office.arrive_raw(message.as_bytes())
    answer = office.last(OLGA, "answer").message
    assert [part.get_filename() for part in answer.iter_attachments()] == ["снимок.png"]


@pytest.mark.parametrize("text", ["", " \u00a0\n\n", "-- \nИван Иванов\nтел. 123", "\n\n> Здравствуйте\n> Вопрос\n"])
def test_nothing_is_said(office: Office, request_letter: Answer, text: str) -> None:
    before = len(office.answers())
    office.reply(request_letter, text)
    assert told(office, before) == [("confirmation", IVANOV)]
    assert office.events()[-1] == "rejected"


def test_html_alone_is_read(office: Office, request_letter: Answer) -> None:
    message = agents(request_letter)
    message.set_content("<p>#решено</p><p>Снимите <b>флажок</b>.</p>", subtype="html")
    office.arrive_raw(message.as_bytes())
    assert office.ticket().status is Status.ASSESSMENT
    assert "Снимите флажок." in office.last(OLGA, "answer").text


@pytest.mark.parametrize(
    "kind",
    [
        "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
        "application/x-pkcs7-mime; name=smime.p7m",
        'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b',
    ],
)
def test_what_cannot_be_read_is_not_passed_on(office: Office, request_letter: Answer, kind: str) -> None:
    head = agents(request_letter).as_bytes().strip()
    body = b"--b\r\nContent-Type: application/octet-stream\r\n\r\nsealed\r\n--b--\r\n"
    before = len(office.answers())
    office.arrive_raw(head + f"\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n".encode() + body)
    assert told(office, before) == [("confirmation", IVANOV)]
    assert "зашифровано" in office.last(IVANOV).text


def test_a_seal_around_open_words_does_not_matter(office: Office, request_letter: Answer) -> None:
    message = agents(request_letter)
    message.set_content("#решено\nСнимите флажок.")
    message.add_attachment(b"seal", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    message.replace_header("Content-Type", 'multipart/signed; protocol="application/pkcs7-signature"; boundary="b"')
    office.arrive_raw(message.as_bytes())
    assert office.ticket().status is Status.ASSESSMENT
    assert not list(office.last(OLGA, "answer").message.iter_attachments())


def test_a_letter_cut_short_does_nothing(office: Office, request_letter: Answer) -> None:
    message = agents(request_letter)
    message.set_content("#решено\nНачало очень длинного ответа")
    before = len(office.answers())
    office.arrive_raw(message.as_bytes(), truncated=True)
    assert told(office, before) == [("confirmation", IVANOV)]
    assert "Начало очень длинного ответа" in office.last(IVANOV).text


def test_a_very_long_answer_goes_out_whole(office: Office, request_letter: Answer) -> None:
    lines = [f"Строка {number}: проверьте настройку и напишите нам, что получилось." for number in range(2500)]
    office.reply(request_letter, "\n".join(lines))
    assert lines[0] in (text := office.last(OLGA, "answer").text) and lines[-1] in text


def test_a_receipt_of_a_mail_program_is_no_answer(office: Office, request_letter: Answer) -> None:
    message = agents(request_letter, Subject_="Прочитано")
    message.set_content("Сообщение прочитано")
    message.make_mixed()
    message.add_attachment(
        b"Disposition: manual-action; displayed", maintype="message", subtype="disposition-notification"
    )
    message.replace_header("Content-Type", 'multipart/report; report-type=disposition-notification; boundary="b"')
    before = len(office.answers())
    office.arrive_raw(message.as_bytes())
    assert told(office, before) == []


@pytest.mark.parametrize("box", ["crm", "control"])
def test_the_same_letter_once_more_is_carried_out_once(office: Office, request_letter: Answer, box: str) -> None:
    message = agents(request_letter, Cc=CONTROL)
    message.set_content("#решено\nСнимите флажок.")
    office.arrive_raw(message.as_bytes())
    before = len(office.answers())
    office.arrive_raw(message.as_bytes(), box=box)
    assert told(office, before) == []
    assert office.count() == 1


def test_a_reply_sent_to_the_other_mailbox_is_the_same_reply(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "Снимите флажок.", box="control")
    answer = office.last(OLGA, "answer")
    assert CRM in str(answer.message["From"])


def test_a_ticket_closed_long_ago(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#решено\nСнимите флажок.")
    office.reply(office.last(OLGA, "rating"), "5")
    office.pass_time(days=1000)
    office.reply(request_letter, "Вышло обновление, в котором это исправлено.")
    assert "обновление" in office.last(OLGA, "answer").text
    assert (office.ticket().status, office.ticket().rating) == (Status.CLOSED, 5)


# ---- who they are


def test_a_colleagues_letter_answered_by_another_needs_the_servers_word(office: Office, request_letter: Answer) -> None:
    theirs = office.last(KOTOVA, "request")
    office.desk = replace(office.desk, authserv_id=SERVER)
    before = len(office.answers())
    office.reply(theirs, "Без подтверждения.", sender=IVANOV)
    assert told(office, before) == [("operator", OPERATOR)]
    office.reply(theirs, "Снимите флажок.", sender=IVANOV, Authentication_Results=PASS)
    assert "Снимите флажок." in office.last(OLGA, "answer").text
    assert office.kinds(IVANOV)[-1] == "confirmation"


def test_the_clients_own_letter_answered_goes_to_the_client(office: Office, request_letter: Answer) -> None:
    office.desk = replace(office.desk, authserv_id=SERVER)
    office.arrive(IVANOV, "Снимите флажок.", In_Reply_To="<olga@birch.test>", Authentication_Results=PASS)
    assert "Снимите флажок." in office.last(OLGA, "answer").text


def test_a_number_alone_takes_commands_but_no_bare_words(office: Office, request_letter: Answer) -> None:
    """Words whose reader nobody has named go to nobody."""
    office.desk = replace(office.desk, authserv_id=SERVER)
    before = office.kinds(OLGA)
    office.arrive(IVANOV, "Он опять звонил, сил нет.", "[CRM-000001] Вопрос", Authentication_Results=PASS)
    assert office.kinds(OLGA) == before
    assert "Он опять звонил" in office.last(IVANOV, "confirmation").text
    office.arrive(IVANOV, "#взять", "[CRM-000001] Вопрос", Authentication_Results=PASS)
    assert office.ticket().assignee == IVANOV


def test_a_proof_for_one_ticket_does_not_open_another(office: Office, request_letter: Answer) -> None:
    """A letter that answers a colleague's letter about another ticket is about the one that its proof names."""
    office.arrive(ANNA, "Не печатается счёт. ООО «Берёза», 1С:CRM ПРОФ 3.1.25.4, рег. номер 801000017")
    other = office.last(KOTOVA, "request")
    mine, theirs = str(request_letter.message["Message-ID"]), str(other.message["Message-ID"])
    before = office.kinds(ANNA)
    office.reply(other, "#взять", sender=IVANOV, References=f"{mine} {theirs}")
    assert (office.ticket().assignee, office.ticket("CRM-000002").assignee) == (IVANOV, None)
    assert office.kinds(ANNA) == before


def test_an_agent_who_was_a_client_still_is_one_in_their_own_ticket(office: Office, request_letter: Answer) -> None:
    people = office.rules / "people.toml"
    olga = f'[[agents]]\naddress = "{OLGA}"\nname = "Ольга"\nlines = ["engineers"]\n'
    people.write_text(people.read_text("utf-8") + "\n" + olga, "utf-8")
    office.reload()
    office.reply(office.last(OLGA, "acknowledgement"), "#решено\nСпасибо, нашла сама.")
    assert office.ticket().status is Status.OPEN
    assert "#решено" in office.last(IVANOV, "request").text


def test_a_call_from_a_client_without_a_contract(office: Office, request_letter: Answer) -> None:
    """What cannot be urgent is not registered at all: one line that fails, and none is carried out."""
    text = "Не печатается счёт. ООО «Рябина», 1С:CRM КОРП 3.1.25.4, рег. номер 801000025"
    office.reply(request_letter, f"#для {ROWAN}\n#срочно\n{text}")
    assert (office.count(), office.kinds(ROWAN)) == (1, [])
    office.reply(request_letter, f"#для {ROWAN}\n{text}")
    assert office.ticket("CRM-000002").status is Status.REFUSED
    assert office.kinds(ROWAN) == ["refusal"]


# ---- clocks


def leave(office: Office) -> None:
    """The mail server takes everything that is queued, now."""
    with office.database.write() as tx:
        rows = outbox.claim(tx, office.now, 1000, 60, "test")
    settle(office.database, {"rarus": office.desk}, [(row, Outcome("taken", "ok", 250)) for row in rows], office.now)


@pytest.mark.parametrize("words", ["#принять", "Снимите флажок.", "#ждать\nКакой релиз?", "#решено\nСнимите флажок."])
def test_where_agents_accept_their_first_word_meets_the_reaction(office: Office, words: str) -> None:
    rules = office.rules / "desk.toml"
    rules.write_text(rules.read_text("utf-8").replace('mode = "automatic"', 'mode = "agent"'), "utf-8")
    office.reload()
    office.arrive(OLGA)
    leave(office)
    assert office.ticket().reaction_met is None, "a receipt confirms nothing"
    office.pass_time(hours=1)
    office.reply(office.last(IVANOV, "request"), words)
    office.pass_time(minutes=2)
    assert office.ticket().reaction_met is None, "it has not left yet"
    leave(office)
    assert office.ticket().reaction_met == office.now


def test_a_question_holds_from_the_moment_it_left(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#ждать\nКакой релиз?")
    office.pass_time(minutes=20)
    leave(office)
    first = office.now
    assert [hold.start for hold in office.ticket().holds] == [first]
    office.pass_time(hours=1)
    office.reply(request_letter, "#ждать\nИ какая платформа?")
    leave(office)
    assert [hold.start for hold in office.ticket().holds] == [first], "a second question does not begin it anew"


def test_a_level_counts_anew_from_arrival_and_what_is_met_stays_met(office: Office, request_letter: Answer) -> None:
    leave(office)
    met = office.ticket().reaction_met
    office.pass_time(hours=3)
    office.reply(request_letter, "#срочно")
    ticket = office.ticket()
    assert ticket.reaction_met == met is not None
    assert ticket.resolution_due is not None
    assert (ticket.resolution_due - ticket.arrived).total_seconds() / 3600 == 8 + 15, "8 h of work, and one night"
