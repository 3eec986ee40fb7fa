"""The clock: warned, breached, escalated by mail, once each, whatever restarts in between."""

from tests.servers.basics import eventually
from tests.stories.line import Line, body
from tests.stories.test_main_road import MAPLE, WHOLE


def test_nobody_solves_it(line: Line) -> None:
    line.targets("4s", "8s")
    with line.running():
        line.write("olga@birch.test", WHOLE, "Не печатается счёт")
        line.letters_to("olga@birch.test", kind="acknowledgement")
        (warned,) = line.letters_to(line.agent, kind="warning")
    with line.running():  # a restart between warning and breach
        (escalated,) = line.letters_to(line.quality, kind="escalation")
        line.letters_to(line.agent, kind="escalation")
    line.once()
    assert "CRM-000001" in warned["Subject"] and warned["X-Maild-Ticket"] == "CRM-000001"
    assert "CRM-000001" in escalated["Subject"] and "росрочено" in escalated["Subject"]
    assert "Не печатается счёт" in body(escalated)
    kinds = [letter["X-Maild-Kind"] for letter in line.letters_to(line.quality)]
    assert kinds == ["escalation"]
    assert [letter["X-Maild-Kind"] for letter in line.letters_to(line.agent)] == ["request", "warning", "escalation"]
    events = [entry["event"] for entry in line.ticket("CRM-000001")["history"]]
    assert events == ["registered", "accepted", "confirmed", "warned", "breached"]


def test_a_held_ticket_is_not_escalated(line: Line) -> None:
    line.targets("2s", "2s")
    with line.running():
        line.write("ivan@birch.test", "Здравствуйте. Как скрыть поле?", "Поле")
        line.letters_to("ivan@birch.test", kind="request-information")
        line.write("eva@maple.test", MAPLE)
        line.letters_to(line.quality, kind="escalation")
    assert {letter["X-Maild-Ticket"] for letter in line.letters_to(line.quality)} == {"CRM-000002"}


def test_many_breaches_at_once_make_one_letter(line: Line) -> None:
    line.rewrite("desk.toml", r"^bundle = .*$", "bundle = 3")
    line.targets("1s", "1s")
    line.once()
    for number in range(6):
        line.write(f"c{number}@birch.test", WHOLE, f"Вопрос {number}")
    eventually(lambda: len(line.mailbox(line.crm)) == 6)
    line.once()  # registers them; the daemon is then away while every target passes
    eventually(lambda: line.maild("status", "-c", str(line.config), "--json", check=False).stdout.count('"overdue": 6'))
    line.once()
    (bundle,) = line.letters_to(line.quality)
    assert bundle["X-Maild-Kind"] == "escalation" and bundle["X-Maild-Ticket"] is None
    for number in range(1, 7):
        assert f"CRM-{number:06d}" in body(bundle)
    line.once()
    assert len(line.mailbox(line.quality)) == 1
