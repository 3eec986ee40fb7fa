"""Letters that did not arrive, at once or by a report: what that very letter had done is undone, once, and no more."""

import itertools

import pytest
from maild.desk.deliver import settle
from maild.store import outbox
from maild.transport.smtp import Outcome
from tests.desk.clockwork import confirm
from tests.desk.office import IVANOV, KOTOVA, OLGA, OPERATOR, PETRENKO, QUALITY, Answer, Office

PETR = "petr@birch.test"
ASKED = "#ждать\nКакая у вас сборка платформы?\n"
SOLVED = "#решено\nСнимите флажок «Показывать» в настройках карточки.\n"
_REPORTS = itertools.count(1)


def report(
    office: Office,
    about: Answer | str,
    recipient: str | None = None,
    action: str = "failed",
    sender: str = "MAILER-DAEMON@example.test",
) -> str:
    """A delivery report about a letter of ours (RFC 3464); what became of it."""
    message_id = about if isinstance(about, str) else str(about.message["Message-ID"])
    lines = [
        f"From: {sender}",
        "To: crm@example.test",
        "Subject: Undelivered Mail Returned to Sender",
        f"Message-ID: <report-{next(_REPORTS)}@example.test>",
        "Return-Path: <>",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="part"',
        "",
        "--part",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.test",
        "",
        f"Final-Recipient: rfc822; {recipient or (about.to if isinstance(about, Answer) else OLGA)}",
        f"Action: {action}",
        "Status: 5.1.1",
        "Diagnostic-Code: smtp; 550 5.1.1 no such user",
        "",
        "--part",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {message_id}",
        "",
        "--part--",
        "",
    ]
    received = office.arrive_raw("\r\n".join(lines).encode())
    assert received.disposition == "ignore", received
    return received.says


def delivered(office: Office, kind: str, fails: str) -> None:
    """The mail server takes all that is queued but one kind, of which it says `fails`."""
    with office.database.write() as tx:
        rows = outbox.claim(tx, office.now, 100, 60, "test")
    settled = [(row, Outcome(fails if row.kind == kind else "taken", "550 no such user", None)) for row in rows]
    settle(office.database, {"rarus": office.desk}, settled, office.now)


def answered(office: Office, words: str = "Снимите флажок.\n", **headers: str) -> Answer:
    """Olga's ticket, answered, everything taken by the mail server."""
    office.arrive(OLGA, **headers)
    confirm(office)
    office.pass_time(minutes=10)
    office.reply(office.last(IVANOV, "request"), words)
    confirm(office)
    office.pass_time(minutes=10)
    return office.last(OLGA, "answer")


def test_a_bounced_confirmation_confirms_nothing_unless_the_answer_did(office: Office) -> None:
    answer = answered(office)
    report(office, office.answers(OLGA)[0])
    met = office.ticket().reaction_met
    assert met is not None and (office.now - met).seconds == 600, "by the answer, when that was taken"
    report(office, answer)
    assert office.ticket().reaction_met is None
    assert office.events()[-2:] == ["undelivered", "voided"]
    assert "5.1.1 no such user" in " ".join(office.last(IVANOV, "confirmation").text.split())


def test_what_met_nothing_voids_nothing(office: Office) -> None:
    """The acknowledgement arrived; that the answer did not is a matter for its author."""
    answer = answered(office)
    report(office, answer)
    assert office.ticket().reaction_met is not None
    assert office.kinds(IVANOV)[-1] == "confirmation" and "confirmation" not in office.kinds(KOTOVA)


def test_a_report_counts_once(office: Office) -> None:
    """Whoever has our Message-ID can write reports: a second one about the same letter does nothing at all."""
    office.arrive(OLGA)
    confirm(office)
    acknowledgement = office.last(OLGA)
    report(office, acknowledgement, sender=OLGA)
    assert office.ticket().reaction_met is None
    office.reply(office.last(IVANOV, "request"), "Снимите флажок.\n")
    confirm(office)
    before = (office.ticket(), office.events(), len(office.answers()))
    assert report(office, acknowledgement, sender=OLGA) == "acknowledgement bounced once more"
    assert (office.ticket(), office.events(), len(office.answers())) == before


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_letter_on_its_way_is_not_lost(office: Office, action: str) -> None:
    answer = answered(office, ASKED)
    before = (office.ticket(), len(office.answers()))
    report(office, answer, action=action)
    assert (office.ticket(), len(office.answers())) == before


def test_a_report_about_nothing_of_ours(office: Office) -> None:
    answered(office)
    before = (office.ticket(), office.events(), len(office.answers()))
    report(office, "<never-sent@example.test>")
    assert (office.ticket(), office.events(), len(office.answers())) == before


def test_a_question_that_came_back_holds_nothing_any_more(office: Office) -> None:
    first = answered(office, ASKED)
    office.reply(first, "Сборка 8.3.25.\n")
    office.pass_time(hours=1)
    office.reply(office.last(IVANOV, "request"), "#ждать\nА журнал?\n")
    confirm(office)
    report(office, first)
    assert office.ticket().status == "waiting", "an earlier question, answered long ago"
    report(office, office.last(OLGA, "answer"))
    assert (office.ticket().status, [hold.end is None for hold in office.ticket().holds]) == ("open", [False])
    assert "подтвер" not in office.last(IVANOV, "confirmation").text


def test_a_solution_that_came_back_waits_for_no_assessment(office: Office) -> None:
    answer = answered(office, SOLVED)
    assert office.ticket().status == "assessment"
    report(office, answer)
    ticket = office.ticket()
    assert (ticket.status, ticket.resolution_met) == ("open", None) and all(hold.end for hold in ticket.holds)
    assert office.kinds(IVANOV)[-1] == "confirmation"


def test_an_earlier_answer_reopens_nothing(office: Office) -> None:
    answer = answered(office)
    office.reply(office.last(IVANOV, "request"), SOLVED)
    confirm(office)
    report(office, answer)
    assert office.ticket().status == "assessment"


def test_a_copy_that_came_back_undoes_nothing(office: Office) -> None:
    """The question reached the client; of the copy its author is told."""
    answer = answered(office, ASKED, Cc=PETR)
    before = office.ticket()
    report(office, answer, PETR)
    assert office.ticket() == before and PETR in office.last(IVANOV, "confirmation").text


def test_requests_that_come_back_are_the_operators_matter(office: Office) -> None:
    office.arrive(OLGA)
    confirm(office)
    before = office.ticket()
    report(office, office.last(IVANOV, "request"))
    office.arrive(OLGA)
    report(office, office.last(IVANOV, "request"))
    (told,) = office.answers(OPERATOR)
    assert IVANOV in told.text and "550 5.1.1 no such user" in told.text
    assert office.ticket() == before


def test_a_machines_refusal_that_came_back_disturbs_nobody(office: Office) -> None:
    office.arrive("boss@rowan.test", "Как скрыть поле? 1С:CRM КОРП 3.1.25.4, рег. номер 801000025\n")
    assert office.last("boss@rowan.test").kind == "refusal"
    before = len(office.answers())
    report(office, office.last("boss@rowan.test"))
    assert len(office.answers()) == before and office.events()[-1] == "undelivered"


def test_a_complaints_answer_is_reported_to_the_quality_desk_alone(office: Office) -> None:
    office.arrive(OLGA, "Вы не отвечаете!\n", "Жалоба", box="control")
    office.reply(office.last(QUALITY, "complaint"), "Разберёмся.\n", box="control")
    confirm(office)
    before = {who: len(office.answers(who)) for who in (IVANOV, KOTOVA, PETRENKO)}
    report(office, office.last(OLGA, "answer"))
    assert office.kinds(QUALITY)[-1] == "confirmation"
    assert {who: len(office.answers(who)) for who in before} == before


@pytest.mark.parametrize(("fails", "rounds"), [("dead", 1), ("unknown", 5)])
@pytest.mark.parametrize("words", ["Снимите флажок.\n", ASKED, SOLVED])
def test_an_answer_that_the_server_never_takes(office: Office, fails: str, rounds: int, words: str) -> None:
    office.arrive(OLGA)
    confirm(office)
    office.reply(office.last(IVANOV, "request"), words)
    for _ in range(rounds):
        delivered(office, "answer", fails)
        office.pass_time(minutes=6)
    assert office.ticket().status == "open" and office.ticket().reaction_met is not None
    assert "550 no such user" in office.last(IVANOV, "confirmation").text
    assert len(office.answers(OPERATOR)) == 1


def test_the_clients_time_begins_when_the_question_left(office: Office) -> None:
    """However many letters were written meanwhile (B20)."""
    office.arrive(OLGA)
    confirm(office)
    office.reply(office.last(IVANOV, "request"), ASKED)
    for _ in range(12):
        office.reply(office.last(OLGA), "Спасибо?\n", sender="who@free.test")
    office.pass_time(hours=2)
    confirm_all(office)
    assert office.ticket().holds[-1].start == office.now


def confirm_all(office: Office) -> None:
    """The mail server takes everything, and what follows from that happens."""
    delivered(office, "", "taken")
