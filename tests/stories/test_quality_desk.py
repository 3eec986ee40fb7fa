"""The end of a request and what went wrong with it: ratings, complaints, and the quality desk that can act by reply."""

from email.message import EmailMessage

from tests.servers.basics import eventually
from tests.stories.line import Line, body
from tests.stories.test_people import CLIENT, WHOLE
from tests.stories.test_who_is_an_agent import PASS, TRUSTED

ENGLISH = """\
Hello,
The invoice cannot be printed from the deal card. Where should we look, please?

ООО «Берёза», 1С:CRM ПРОФ, version 3.1.25.4, registration number 801000017
"""
UKRAINIAN = "taras@birch.test"


def solved(line: Line, client: str = CLIENT, text: str = WHOLE) -> EmailMessage:
    """A client asks, the agent solves; the letter that asks for a rating."""
    line.write(client, text, "Счёт")
    (acknowledged,) = line.letters_to(client, kind="acknowledgement")
    number = acknowledged["X-Maild-Ticket"]
    mine = eventually(lambda: [each for each in line.mailbox(line.agent) if each["X-Maild-Ticket"] == number])[0]
    line.reply(line.agent, mine, "#решено", "Снимите флажок «Черновик».", program="mutt")
    (rating,) = line.letters_to(client, kind="rating")
    return rating


def ticket(line: Line, number: str) -> dict[str, object]:
    """One of `maild tickets`; an empty one while there is none."""
    return next((each for each in line.tickets() if each["number"] == number), {})


def test_a_rating_by_a_link_and_second_thoughts_that_are_a_complaint(line: Line) -> None:
    """Four by the link; then two, with a reason. Nobody at the quality desk reacts in time."""
    line.rewrite("desk.toml", r'^\[quality\]\nreaction = "8h"', '[quality]\nreaction = "3s"')
    with line.running():
        rating = solved(line)
        line.press(CLIENT, rating, "4")
        eventually(lambda: ticket(line, "CRM-000001")["rating"] == 4)
        assert not line.mailbox(line.quality)
        line.press(CLIENT, rating, "2", "Долго ждали ответа.")
        (complaint,) = line.letters_to(line.quality, kind="complaint")
        assert "Долго ждали ответа." in body(complaint) and "CRM-000001" in body(complaint)
        (missed,) = line.letters_to(line.quality, kind="escalation")
        first, second = sorted(line.tickets(), key=lambda each: each["number"])
        assert (first["status"], first["rating"]) == ("closed", 2), "the later rating amends the first"
        assert (second["category"], second["reaction_due"] is not None) == ("quality", True)
        assert missed["X-Maild-Ticket"] == second["number"]
        assert line.went(line.agent, second["number"]) == [], "complaints are the quality desk's alone"
        line.reply(line.quality, missed, "Кто был на линии?", program="outlook ru")
        line.letters_to(line.quality, kind="confirmation")
        assert line.went(CLIENT, second["number"]) == [], "what answers an escalation is no answer to the client"
        line.reply(line.quality, complaint, "Простите, разберёмся.", program="outlook ru")
        (answer,) = line.letters_to(line.at(CLIENT), 2, kind="answer")[1:]
        assert answer["From"].addresses[0].addr_spec == line.control
        assert ticket(line, second["number"])["reaction_met"]


def test_ratings_in_words_of_two_more_languages(line: Line) -> None:
    with line.running():
        english = solved(line, CLIENT, ENGLISH)
        assert "CRM-000001" in body(english) and "solved" in body(english)
        line.reply(CLIENT, english, "Excellent, thank you!", "", "-- ", "Olga Birch", program="outlook en")
        ukrainian = solved(line, UKRAINIAN)
        line.reply(UKRAINIAN, ukrainian, "Дякую!", program="ios mail")
        line.reply(UKRAINIAN, ukrainian, "Погано", "Чекали два дні.", program="ios mail")
        (complaint,) = line.letters_to(line.quality, kind="complaint")
        assert "Чекали два дні." in body(complaint)
        assert [(each["status"], each["rating"]) for each in line.tickets()[:2]] == [("closed", 5), ("closed", 2)]
        assert "rated" in line.events() and line.events("CRM-000002").count("client-wrote") == 1


def test_it_is_not_solved_and_later_it_is_back(line: Line) -> None:
    """The link "not solved" reopens; a five closes; weeks later the same thing again reopens, and thanks do not."""
    with line.running():
        rating = solved(line)
        line.press(CLIENT, rating, "reopen", "Флажок снят, не печатается.")
        back = line.letters_to(line.agent, 2, kind="request")[-1]
        assert "Флажок снят, не печатается." in body(back)
        assert (ticket(line, "CRM-000001")["status"], ticket(line, "CRM-000001")["resolution_met"]) == ("open", None)
        line.reply(line.agent, back, "#решено", "Обновите платформу.", program="thunderbird")
        again = line.letters_to(CLIENT, 2, kind="rating")[-1]
        line.reply(CLIENT, again, "5", program="gmail app")
        eventually(lambda: ticket(line, "CRM-000001")["status"] == "closed")
        line.reply(CLIENT, again, "Спасибо большое!", program="gmail app")
        line.reply(CLIENT, again, "После обновления снова не печатается.", program="gmail app")
        once_more = line.letters_to(line.agent, 3, kind="request")[-1]
        assert "снова не печатается" in body(once_more)
        assert ticket(line, "CRM-000001")["status"] == "open" and len(line.tickets()) == 1


def test_a_letter_to_the_quality_mailbox_finds_its_ticket(line: Line) -> None:
    """Olga has two requests. She complains of one by its number, then without; Eva names a number not hers."""
    with line.running():
        solved(line)
        line.write(CLIENT, WHOLE, "Акт")
        line.letters_to(CLIENT, 2, kind="acknowledgement")
        line.write(CLIENT, "По заявке crm-000001 отвечали два дня.", "Жалоба", to=line.control)
        (named,) = line.letters_to(line.quality, kind="complaint")
        line.write(CLIENT, "И вообще отвечают медленно.", "Ещё жалоба", to=line.control)
        last = line.letters_to(line.quality, 2, kind="complaint")[-1]
        line.write("eva@maple.test", "Что с заявкой CRM-000001?", "[CRM-000001] вопрос", to=line.control)
        stranger = line.letters_to(line.quality, 3, kind="complaint")[-1]
        line.letters_to(CLIENT, 2, kind="receipt")
        (receipt,) = line.letters_to("eva@maple.test", kind="receipt")
    (story,) = named.iter_attachments()
    told = str(story.get_content())
    for words in ("Не печатается счёт из карточки сделки", "Снимите флажок", "801000017"):
        assert words in told, "the whole story, readable"
    assert "CRM-000001" in str(story.get_filename())
    assert ["CRM-000002" in str(part.get_filename()) for part in last.iter_attachments()] == [True]
    assert not list(stranger.iter_attachments()), "somebody else's number opens nothing"
    assert "отвечали" not in body(receipt) and "Снимите" not in body(receipt)
    assert {each["category"] for each in line.tickets()} == {"consultation", "quality"} and len(line.tickets()) == 5


def test_pass_me_to_the_quality_department(line: Line) -> None:
    """Written to the support mailbox, first in reply to a request's letter, then as a new letter."""
    wish = "Передайте меня в отдел качества, пожалуйста: третий день без ответа."
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт")
        (acknowledged,) = line.letters_to(CLIENT, kind="acknowledgement")
        line.reply(CLIENT, acknowledged, wish, program="mail.ru web")
        (complaint,) = line.letters_to(line.quality, kind="complaint")
        assert wish in body(complaint) and [
            "CRM-000001" in str(part.get_filename()) for part in complaint.iter_attachments()
        ] == [True]
        told = line.letters_to(line.agent, 2, kind="request")[-1]
        assert wish in body(told), "it is also one more letter of the request"
        line.write("eva@maple.test", wish, "Отдел качества")
        line.letters_to(line.quality, 2, kind="complaint")
        (receipt,) = line.letters_to("eva@maple.test", kind="receipt")
        assert receipt["X-Maild-Ticket"] == "CRM-000003"
        assert [each["category"] for each in line.tickets()].count("quality") == 2
        assert line.went(line.agent, "CRM-000003") == []


def test_the_quality_desk_leads_by_reply_but_does_not_answer_in_the_lines_place(line: Line) -> None:
    colleague = line.with_colleague()
    line.write_config(extra=TRUSTED)
    with line.running():
        rating = solved(line)
        line.press(CLIENT, rating, "1", "Не помогло.")
        (complaint,) = line.letters_to(line.quality, kind="complaint")
        orders = ("#переоткрыть", "#линия Менеджеры", "#назначить Орлов", "", "Вернули в работу, займётся Пётр Орлов.")
        line.reply(line.quality, complaint, *orders, program="outlook ru")
        handed = line.letters_to(colleague, 2, kind="request")[-1]
        assert handed["X-Maild-Ticket"] == "CRM-000001"
        answer = line.letters_to(CLIENT, 2, kind="answer")[-1]
        assert answer["From"].addresses[0].addr_spec == line.control and "займётся Пётр Орлов" in body(answer)
        first = ticket(line, "CRM-000001")
        assert (first["status"], first["line"], first["assignee"]) == ("open", "managers", colleague)
        # On any ticket, named in the subject; our mail server vouches for who asks.
        line.write("eva@maple.test", WHOLE.replace("801000017", "801000033").replace("Берёза", "Клён"), "Акт")
        line.letters_to("eva@maple.test", kind="acknowledgement")
        line.vouched(line.quality, "#назначить Котова\n#заметка\nВозьмите сегодня.\n", "[CRM-000003] Акт", PASS)
        eventually(lambda: [each for each in line.mailbox(line.agent) if "Возьмите сегодня." in body(each)])
        assert ticket(line, "CRM-000003")["assignee"] == line.agent
        line.vouched(line.quality, "#решено\nВсё сделали.\n", "[CRM-000003] Акт", PASS)
        refused = eventually(
            lambda: [text for text in map(body, line.mailbox(line.quality)) if "не для отдела качества" in text]
        )
        assert "Всё сделали." in refused[0]
        line.vouched(line.quality, "Скоро ответим вам.\n", "[CRM-000003] Акт", PASS)
        line.letters_to(line.quality, 5, kind="confirmation")
        assert line.went("eva@maple.test", "CRM-000003") == ["acknowledgement"], "the line answers, not they"
        assert ticket(line, "CRM-000003")["status"] == "open"


def test_a_reply_to_an_escalation_is_a_note_and_its_commands_mend(line: Line) -> None:
    colleague = line.with_colleague()
    line.targets("8h", "2s")
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт")
        (missed,) = line.letters_to(line.quality, kind="escalation")
        assert "росрочено" in missed["Subject"] and "Не печатается счёт" in body(missed)
        line.reply(line.quality, missed, "Почему никто не взял?", program="outlook en")
        (note,) = line.letters_to(line.agent, kind="note")
        line.letters_to(colleague, kind="note")
        assert "Почему никто не взял?" in body(note)
        line.press(line.quality, missed, "assign")
        eventually(lambda: ticket(line, "CRM-000001")["assignee"])
        assert line.went(CLIENT) == ["acknowledgement"]
