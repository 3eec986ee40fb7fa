"""Who has a request and how fast it has to go: lines, assignment, absence, urgency, development, the telephone."""

from datetime import datetime, timedelta

import pytest
from tests.servers.basics import eventually
from tests.stories.line import Line, body
from tests.stories.test_main_road import MAPLE
from tests.stories.test_people import CLIENT, WHOLE
from tests.stories.test_who_is_an_agent import PASS, TRUSTED


def with_methodologist(line: Line) -> str:
    """A third line, to which development belongs; the address of the one who sits there."""
    address = line.dovecot.user("methodologist")
    with (line.rules / "people.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[agents]]\naddress = "{address}"\nname = "Мария Орлова"\nlines = ["methodologists"]\n\n'
            '[lines.methodologists]\ntitle = "Методологи"\ndevelops = true\n'
        )
    return address


def test_a_request_goes_from_line_to_line_and_from_hand_to_hand(line: Line) -> None:
    """Anna takes it and hands it on; Pyotr cannot hand on further; there are two Orlovs; he names Anna."""
    colleague = line.with_colleague()
    methodologist = with_methodologist(line)
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт")
        (mine,) = line.letters_to(line.agent, kind="request")
        line.reply(line.agent, mine, "#взять", program="outlook ru")
        line.letters_to(line.agent, kind="confirmation")
        line.reply(line.agent, mine, "#дальше", program="outlook ru")
        handed = line.letters_to(colleague, 2, kind="request")[-1]
        assert "Не печатается счёт из карточки сделки" in body(handed), "whoever takes over has the client's words"
        (ticket,) = line.tickets()
        assert (ticket["line"], ticket["assignee"]) == ("managers", None)
        line.reply(colleague, handed, "#next", program="gmail web")
        refused = line.letters_to(colleague, kind="confirmation")[-1]
        assert "за этой линией другой нет" in body(refused).replace("\n", " ")
        line.reply(colleague, handed, "#назначить Орлов", program="gmail web")
        told = line.letters_to(colleague, 2, kind="confirmation")[-1]
        assert line.tickets()[0]["assignee"] == colleague, "the other one is Орлова"
        line.reply(colleague, told, "#assign Мария", program="gmail web")
        line.letters_to(methodologist, kind="request")
        (ticket,) = line.tickets()
        assert (ticket["line"], ticket["assignee"]) == ("methodologists", methodologist)
        line.reply(colleague, told, "#line Консультанты", "#назначить анна котова", "Верните, пожалуйста.")
        line.letters_to(line.agent, 2, kind="request")
        (ticket,) = line.tickets()
    assert (ticket["line"], ticket["assignee"]) == ("consultants", line.agent)
    assert line.went(CLIENT) == ["acknowledgement", "answer"]


@pytest.mark.parametrize("policy", ["in turn", "least busy"])
def test_a_line_shares_out_its_requests(line: Line, policy: str) -> None:
    """Four requests; after the second Anna solves hers, so "least busy" gives her the third and the fourth to Pyotr."""
    colleague = line.with_colleague()
    line.rewrite("people.toml", r"^first = true$", f'first = true\nassign = "{policy}"')
    with line.running():
        for number in (1, 2):
            line.write(f"c{number}@birch.test", WHOLE, f"Вопрос {number}")
            line.letters_to(f"c{number}@birch.test", kind="acknowledgement")
        (mine,) = line.letters_to(line.agent, kind="request")
        (theirs,) = line.letters_to(colleague, kind="request")
        assert {mine["X-Maild-Ticket"], theirs["X-Maild-Ticket"]} == {"CRM-000001", "CRM-000002"}
        first = {line.agent: mine, colleague: theirs}
        second = next(who for who, letter in first.items() if letter["X-Maild-Ticket"] == "CRM-000002")
        other = next(who for who in first if who != second)
        line.reply(second, first[second], "#решено", "Снимите флажок.", program="mutt")
        line.letters_to("c2@birch.test", kind="rating")
        for number in (3, 4):
            line.write(f"c{number}@birch.test", WHOLE, f"Вопрос {number}")
            line.letters_to(f"c{number}@birch.test", kind="acknowledgement")
        got = [ticket["assignee"] for ticket in sorted(line.tickets(), key=lambda ticket: ticket["number"])]
    assert got == ([other, second, other, second] if policy == "in turn" else [other, second, second, other])


def test_an_absent_agents_request_is_pointed_out_and_nothing_else(line: Line) -> None:
    colleague = line.with_colleague()
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт")
        (mine,) = line.letters_to(line.agent, kind="request")
        (acknowledged,) = line.letters_to(CLIENT, kind="acknowledgement")
        line.reply(line.agent, mine, "#взять")
        line.letters_to(line.agent, kind="confirmation")
        line.reply(CLIENT, acknowledged, "Ещё и акт не печатается.")
        more = line.letters_to(line.agent, 2, kind="request")[-1]
        (before,) = line.tickets()
        away = ("Я в отпуске до 7 декабря.", "#решено")
        line.reply(line.agent, more, *away, program="outlook ru", Auto_Submitted="auto-replied")
        (pointed,) = line.letters_to(colleague, kind="digest")
        assert "CRM-000001" in body(pointed) and "Анна Котова" in body(pointed)
        line.reply(line.agent, mine, *away, program="outlook ru", Auto_Submitted="auto-replied")
        line.write(CLIENT, WHOLE, "Ещё вопрос")
        line.letters_to(colleague, 2, kind="request")
        assert before in line.tickets(), "same status, same assignee, same targets"
        line.reply(colleague, pointed, "#назначить Анна", Subject="[CRM-000002] Ещё вопрос")
        line.letters_to(colleague, kind="confirmation")
    assert [letter["X-Maild-Kind"] for letter in line.mailbox(colleague)].count("digest") == 1, "told once"
    assert "absent" in line.events() and line.went(CLIENT) == ["acknowledgement"]


def moment(value: str) -> datetime:
    """A time of `maild ticket --json`."""
    return datetime.fromisoformat(value)


def test_a_critical_error_is_confirmed_and_stays_urgent_in_development(line: Line) -> None:
    colleague, methodologist = line.with_colleague(), with_methodologist(line)
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт")
        (mine,) = line.letters_to(line.agent, kind="request")
        before = eventually(lambda: line.tickets()[0]["reaction_met"] and line.tickets()[0])
        line.reply(line.agent, mine, "#срочно", program="samsung")
        urgent = line.letters_to(colleague, 2, kind="request")[-1]
        (alarmed,) = line.letters_to(line.quality, kind="request")
        (notice,) = line.letters_to(CLIENT, kind="notice")
        (after,) = line.tickets()
        assert (after["level"], after["priority"]) == ("urgent", "high")
        assert moment(after["resolution_due"]) == moment(after["arrived"]) + timedelta(hours=8), "anew, from arrival"
        assert after["reaction_met"] == before["reaction_met"], "a target met stays met"
        assert f"{moment(after['resolution_due']):%H:%M}" in body(notice)
        assert all("Не печатается счёт" in body(letter) for letter in (urgent, alarmed))
        line.reply(line.agent, mine, "#разработка", program="samsung")
        line.letters_to(methodologist, kind="request")
        planned = line.letters_to(CLIENT, 2, kind="notice")[-1]
        (ticket,) = line.tickets()
    assert (ticket["status"], ticket["level"], ticket["line"]) == ("development", "urgent", "methodologists")
    assert ticket["resolution_due"] == after["resolution_due"]
    assert f"{moment(ticket['resolution_due']):%H:%M}" in body(planned)


def test_development_is_a_level_of_its_own_and_the_client_is_told_the_planned_time(line: Line) -> None:
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт")
        (mine,) = line.letters_to(line.agent, kind="request")
        line.reply(line.agent, mine, "#develop", "Ошибку нашли, передали разработчикам.", program="apple mail")
        (answer,) = line.letters_to(CLIENT, kind="answer")
        (planned,) = line.letters_to(CLIENT, kind="notice")
        (ticket,) = line.tickets()
    assert "Ошибку нашли" in body(answer)
    assert (ticket["status"], ticket["level"]) == ("development", "development")
    due = moment(ticket["arrived"]) + timedelta(hours=40)
    assert moment(ticket["resolution_due"]) == due
    assert f"{due:%H:%M}" in body(planned) and str(due.day) in body(planned)


def test_a_request_by_telephone_is_a_request_like_any_other(line: Line) -> None:
    """Anna writes down three calls: one is accepted, one lacks the number, one contract has lapsed."""
    line.write_config(extra=TRUSTED)
    rowan = WHOLE.replace("Берёза", "Рябина").replace("801000017", "801000025").replace("ПРОФ", "КОРП")
    calls = {
        "eva@maple.test": (MAPLE, "acknowledgement", "open"),
        "ivan@birch.test": ("Не открывается карточка сделки. ООО «Берёза».\n", "request-information", "details"),
        "petr@rowan.test": (rowan, "refusal", "refused"),
    }
    with line.running() as daemon:
        for client, (text, _, _) in calls.items():
            line.vouched(line.agent, f"#для {line.at(client)}\n#взять\n\n{text}", "Звонок", PASS)
        told = line.letters_to(line.agent, 3, kind="confirmation")
        for client, (_, kind, _) in calls.items():
            (letter,) = line.letters_to(client, kind=kind)
            assert "Звонок" in letter["Subject"]
            assert sum(line.at(client) in body(confirmed) for confirmed in told) == 1
        assert {ticket["client"]: ticket["status"] for ticket in line.tickets()} == {
            line.at(client): status for client, (_, _, status) in calls.items()
        }
        assert {ticket["assignee"] for ticket in line.tickets()} == {line.agent}
        line.reply("eva@maple.test", line.mailbox("eva@maple.test")[0], "Уже лучше, но акт не печатается.")
        line.letters_to(line.agent, kind="request")
        assert len(line.tickets()) == 3, "their reply comes to the ticket"
        line.rewrite("desk.toml", r"^# telephone = .*$", "telephone = false")
        line.reload(daemon)
        line.vouched(line.agent, f"#for {line.at('olga@birch.test')}\n{WHOLE}", "Звонок", PASS)
        refused = line.letters_to(line.agent, 4, kind="confirmation")[-1]
    assert "по телефону регламент не принимает" in body(refused).replace("\n", " ")
    assert "Не печатается счёт" in body(refused), "what she took down comes back"
    assert len(line.tickets()) == 3 and not line.mailbox("olga@birch.test")
