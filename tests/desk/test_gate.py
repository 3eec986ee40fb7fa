"""The one gate to the outbox: nothing goes round it, and it keeps robots from talking to each other."""

import ast
from pathlib import Path

import maild
from tests.desk.office import CONTROL, CRM, OPERATOR, WHOLE, Office

PACKAGE = Path(maild.__file__).parent


def test_nothing_goes_round_the_gate() -> None:
    """Law 9, lesson 9: only desk/post.py puts a letter into the outbox."""
    callers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "enqueue"
    }
    assert callers == {"desk/post.py"}


def test_ten_an_hour_and_then_silence(office: Office) -> None:
    """Lesson 10: caps whatever the headers say; letters are registered all the same, the operator hears it once."""
    for number in range(13):
        office.arrive("busy@birch.test", WHOLE, f"Вопрос {number}")
        office.pass_time(minutes=1)
    assert len(office.answers("busy@birch.test")) == 10
    assert office.count() == 13
    assert office.events("CRM-000013")[-1] == "withheld"
    assert len(office.answers(OPERATOR)) == 1
    office.pass_time(hours=1)
    office.arrive("busy@birch.test", WHOLE, "Через час")
    assert len(office.answers("busy@birch.test")) == 11


def test_forty_a_day(office: Office) -> None:
    for number in range(45):
        office.arrive("busy@birch.test", WHOLE, f"Вопрос {number}")
        office.pass_time(minutes=20)
    assert len(office.answers("busy@birch.test")) == 40


def test_the_case_of_an_address_does_not_dodge_the_cap(office: Office) -> None:
    for number in range(12):
        office.arrive("BuSy@birch.test" if number % 2 else "busy@BIRCH.test", WHOLE, f"Вопрос {number}")
    assert sum(answer.kind == "acknowledgement" for answer in office.answers()) == 10


def test_machines_and_our_own_mailboxes_are_not_written_to(office: Office) -> None:
    for address in ("no-reply@birch.test", "MAILER-DAEMON@birch.test", CRM, CONTROL):
        office.arrive("olga@birch.test", WHOLE, f"Ответьте {address}", Reply_To=address)
    written = {answer.to.lower() for answer in office.answers() if answer.kind != "request"}
    assert written == {"olga@birch.test"}, "our own mailbox as Reply-To is not taken; a machine gets nothing"


def test_two_desks_writing_to_each_other_stop(office: Office) -> None:
    """Lesson 8: what another maild sends is a machine's, by Auto-Submitted, and is not answered."""
    office.arrive("support@other.test", WHOLE, "Вопрос")
    (answer,) = office.answers("support@other.test")
    raw = answer.message.as_bytes().replace(CRM.encode(), b"support@other.test")
    office.arrive_raw(raw.replace(b"Message-ID: <", b"Message-ID: <x"))
    assert len(office.answers("support@other.test")) == 1
