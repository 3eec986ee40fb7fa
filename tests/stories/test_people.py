"""People answer: client, agents and quality desk with nothing but their mail programs, over real mail servers."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import unquote

import pytest
from tests.servers.basics import eventually
from tests.servers.letters import submit
from tests.stories.line import Line, body

WHOLE = """\
Добрый день!
Не печатается счёт из карточки сделки. Подскажите, куда смотреть?

ООО «Берёза», 1С:CRM ПРОФ, версия 3.1.25.4, рег. номер 801000017
"""
CLIENT = "olga@birch.test"


def test_a_conversation_from_question_to_rating(line: Line) -> None:
    colleague = line.with_colleague()
    with line.running():
        line.write(CLIENT, WHOLE, "Не печатается счёт", Message_ID="<first@birch.test>")
        (mine,) = line.letters_to(line.agent, kind="request")
        line.letters_to(colleague, kind="request")
        assert "Не печатается счёт из карточки сделки" in body(mine)
        line.reply(line.agent, mine, "#ждать", "", "Какой у вас релиз платформы?", program="outlook ru")
        (asked,) = line.letters_to(CLIENT, kind="answer")
        assert asked["In-Reply-To"] == "<first@birch.test>" and asked["Auto-Submitted"] is None
        assert asked["From"].addresses[0].addr_spec == line.crm
        assert asked["Return-Path"] == f"<{line.crm}>"
        line.letters_to(line.agent, kind="confirmation")
        assert line.tickets()[0]["status"] == "waiting"
        line.reply(CLIENT, asked, "8.3.25.1394", program="mail.ru web")
        told = line.letters_to(line.agent, 2, kind="request")[-1]
        assert "8.3.25.1394" in body(told)
        assert line.tickets()[0]["status"] == "open"
        line.reply(
            line.agent,
            told,
            "#решено",
            "Обновите платформу, на новой печатается.",
            program="apple mail",
            files=(("порядок.txt", "шаг 1".encode()),),
        )
        solution = line.letters_to(CLIENT, 2, kind="answer")[-1]
        (attached,) = solution.iter_attachments()
        assert (attached.get_filename(), attached.get_content()) == ("порядок.txt", "шаг 1".encode())
        (rating,) = line.letters_to(CLIENT, kind="rating")
        assert line.tickets()[0]["status"] == "assessment"
        line.reply(CLIENT, rating, "Отлично, спасибо!", program="ios mail")
        (ticket,) = eventually(lambda: [t for t in line.tickets() if t["status"] == "closed"])
    assert (ticket["rating"], ticket["resolution_met"] is not None) == (5, True)
    copies = [letter for letter in line.mailbox(colleague) if letter["X-Maild-Kind"] == "note"]
    assert len(copies) == 2, "the colleague saw both answers"
    everything = "".join(body(letter) + body(letter, "html") for letter in line.mailbox(CLIENT))
    assert "maild:CRM-000001.a." not in everything, "no agent's code ever reaches a client"
    events = [entry["event"] for entry in line.ticket("CRM-000001")["history"]]
    assert [event for event in events if event != "confirmed"] == [
        *("registered", "accepted", "question", "client-wrote", "resolved", "rated"),
    ]


def test_a_question_that_left_late_holds_from_when_it_left(line: Line) -> None:
    """The mail server is away while the agent asks: the client's time begins when the question leaves (B20)."""
    line.once()
    line.write(CLIENT, WHOLE)
    eventually(lambda: line.mailbox(line.crm))
    line.once()
    (mine,) = line.letters_to(line.agent, kind="request")
    line.reply(line.agent, mine, "#ждать", "Какой релиз?")
    eventually(lambda: line.mailbox(line.crm))
    line.write_config(smtp_port=1)
    line.maild("run", "--once", "-c", str(line.config), check=False)
    (planned,) = line.ticket("CRM-000001")["holds"]
    line.write_config()
    line.once(datetime.now(UTC) + timedelta(minutes=1))  # the next try is due by then
    line.letters_to(CLIENT, 2)
    (held,) = line.ticket("CRM-000001")["holds"]
    assert held["from"] > planned["from"]


def test_two_agents_answer_at_once(line: Line) -> None:
    colleague = line.with_colleague()
    with line.running():
        line.write(CLIENT, WHOLE)
        (mine,) = line.letters_to(line.agent, kind="request")
        (theirs,) = line.letters_to(colleague, kind="request")
        line.reply(line.agent, mine, "Снимите флажок «Печать».", program="thunderbird")
        line.letters_to(CLIENT, kind="answer")
        line.reply(colleague, theirs, "Поставьте флажок «Печать».", program="yandex web")
        (held,) = line.letters_to(colleague, kind="confirmation")
        assert "Снимите флажок «Печать»." in body(held)
        assert len([letter for letter in line.mailbox(CLIENT) if letter["X-Maild-Kind"] == "answer"]) == 1
        line.reply(colleague, held, "#отправить", program="outlook web")
        (_, second) = line.letters_to(CLIENT, 2, kind="answer")
    assert "Поставьте флажок «Печать»." in body(second)


def test_a_link_of_the_request_letter_does_what_it_says(line: Line) -> None:
    """A mailto: letter comes without In-Reply-To; the code in its last line proves it."""
    with line.running():
        line.write(CLIENT, WHOLE)
        (mine,) = line.letters_to(line.agent, kind="request")
        take = next(link for link in re.findall(r'href="(mailto:[^"]+)"', body(mine, "html")) if "%23take" in link)
        fields = dict(part.split("=", 1) for part in take.replace("&amp;", "&").partition("?")[2].split("&"))
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = line.agent, line.crm, unquote(fields["subject"])
        letter["Message-ID"] = "<link@example.test>"
        letter.set_content(unquote(fields["body"]))
        submit(line.postfix, bytes(letter), line.agent, line.crm)
        line.letters_to(line.agent, kind="confirmation")
    assert [ticket["assignee"] for ticket in line.tickets()] == [line.agent]


def test_an_answer_that_cannot_be_delivered_is_reported_to_who_wrote_it(line: Line) -> None:
    with line.running():
        line.write("olga@bounce.test", WHOLE)
        (mine,) = line.letters_to(line.agent, kind="request")
        line.reply(line.agent, mine, "Снимите флажок.")
        told = line.letters_to(line.agent, 2, kind="confirmation")[-1]
    assert "bounce.test" in body(told)
    assert "undelivered" in [entry["event"] for entry in line.ticket("CRM-000001")["history"]]


def test_a_complaint_and_the_quality_desks_answer(line: Line) -> None:
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт")
        (acknowledged,) = line.letters_to(CLIENT, kind="acknowledgement")
        line.reply(CLIENT, acknowledged, "Никто не отвечает второй день, жалуюсь.", to=line.control)
        (complaint,) = line.letters_to(line.quality, kind="complaint")
        assert complaint["From"].addresses[0].addr_spec == line.control
        names = [part.get_filename() for part in complaint.iter_attachments()]
        assert any("CRM-000001" in (name or "") for name in names), "the whole story is attached"
        line.letters_to(CLIENT, kind="receipt")
        line.reply(line.quality, complaint, "Приносим извинения, разберёмся сегодня.", program="outlook en")
        (answer,) = line.letters_to(CLIENT, kind="answer")
        assert answer["From"].addresses[0].addr_spec == line.control
        line.reply(line.quality, complaint, "#letters", program="mutt")
        sent = line.letters_to(line.quality, 2, kind="confirmation")[-1]
    assert list(sent.iter_attachments()), "the raw letters, on request"
    (_, about) = line.tickets()
    assert about["category"] == "quality"


@pytest.mark.parametrize("program", ["outlook ru", "gmail app", "k-9", "thunderbird", "the bat", "samsung"])
def test_the_agents_words_reach_the_client_and_nothing_else(line: Line, program: str) -> None:
    line.once()
    line.write(CLIENT, WHOLE)
    eventually(lambda: line.mailbox(line.crm))
    line.once()
    (mine,) = line.letters_to(line.agent, kind="request")
    own = ("Здравствуйте, Ольга.", "", "Откройте «Настройки печати» и снимите флажок «Черновик».")
    line.reply(line.agent, mine, *own, program=program)
    eventually(lambda: line.mailbox(line.crm))
    line.once()
    (answer,) = line.letters_to(CLIENT, kind="answer")
    text = body(answer)
    assert "\n".join(own) in text.replace("\r\n", "\n")
    for internal in ("Ответственный", "#взять", "#take", "maild:", "Почему так", "Уровень", line.agent):
        assert internal not in text + body(answer, "html"), internal


def test_a_forged_agent_does_nothing_and_the_operator_hears_of_it(line: Line) -> None:
    with line.running():
        line.write(CLIENT, WHOLE)
        (acknowledged,) = line.letters_to(CLIENT, kind="acknowledgement")
        line.reply(line.agent, acknowledged, "#решено", "Ваш договор расторгнут.")
        (told,) = line.letters_to(line.operator, kind="operator")
    assert line.agent in body(told)
    assert line.tickets()[0]["status"] == "open"
    assert [letter["X-Maild-Kind"] for letter in line.mailbox(CLIENT)] == ["acknowledgement"]


def test_silence_closes_and_a_reminder_comes_first(line: Line) -> None:
    line.rewrite("desk.toml", r"^after = .*$", 'after = "2s"')
    line.rewrite("desk.toml", r"^close_after = .*$", 'close_after = "3s"')
    with line.running():
        line.write(CLIENT, WHOLE)
        (mine,) = line.letters_to(line.agent, kind="request")
        line.reply(line.agent, mine, "#ждать", "Какой релиз?")
        line.letters_to(CLIENT, 2, kind="notice")
        line.letters_to(CLIENT, kind="refusal")
        line.reply(line.agent, mine, "#решено", "Без релиза подсказать не можем.")
        (ticket,) = eventually(lambda: [t for t in line.tickets() if t["status"] == "closed"])
        line.letters_to(CLIENT, 3, kind="notice")
    assert ticket["rating"] is None
