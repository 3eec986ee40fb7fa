"""What comes by the clock: a morning letter, an escalation, a reminder to the client, the summary of a flood."""

from tests.stories.dated import Diary
from tests.stories.line import Line, body
from tests.stories.test_people import CLIENT, WHOLE


def test_a_working_week_with_a_morning_and_a_missed_target(line: Line) -> None:
    """Monday: two requests, the later one a critical error. Tuesday at 9: the morning letter. Thursday: not done."""
    line.with_colleague()
    diary = Diary(line)
    diary.writes("mon 10:15", CLIENT, WHOLE, "Не печатается счёт")
    diary.writes("mon 17:50", "ivan@birch.test", WHOLE, "Программа не запускается")
    diary.passes("mon 17:51")
    by_number = {letter["X-Maild-Ticket"]: letter for letter in line.letters_to(line.agent, 2, kind="request")}
    diary.replies("mon 17:55", line.agent, by_number["CRM-000001"], "#взять")
    diary.replies("mon 17:56", line.agent, by_number["CRM-000002"], "#срочно")
    diary.passes("mon 17:57")
    line.letters_to(line.agent, 2, kind="confirmation")
    assert "digest" not in [letter["X-Maild-Kind"] for letter in line.mailbox(line.agent)], "the morning has not come"

    diary.passes("tue 09:00:05")
    for reader in (line.agent, line.colleague, line.quality):
        (morning,) = line.letters_to(reader, kind="digest")
        text = body(morning)
        assert 0 < text.index("CRM-000002") < text.index("CRM-000001"), "the urgent one first, though it came later"
        assert "16:50" in text, "its eight hours end today"
    diary.passes("tue 09:10")

    diary.writes("tue 11:00", CLIENT, "Ну что, есть новости?", "Re: [CRM-000001] Не печатается счёт")
    diary.passes("thu 10:15")
    escalated = {letter["X-Maild-Ticket"]: letter for letter in line.letters_to(line.quality, 2, kind="escalation")}
    text = " ".join(body(escalated["CRM-000001"]).replace("\xa0", " ").split())
    missed = ("Решение просрочено на 3 ч", "Анна Котова", "Что не сделано", "Ну что, есть новости?", "#назначить")
    assert not [words for words in missed if words not in text], text
    digests = [letter for letter in line.mailbox(line.agent) if letter["X-Maild-Kind"] == "digest"]
    assert len(digests) == 2, "Tuesday's once, and one for the mornings when the daemon was away"


def test_the_clock_stands_while_a_client_is_asked(line: Line) -> None:
    """Asked on Monday at noon, reminded after 18 working hours on Wednesday, answered on Thursday at 11."""
    diary = Diary(line)
    diary.writes("mon 10:15", CLIENT, WHOLE, "Не печатается счёт")
    diary.passes("mon 10:16")
    (mine,) = line.letters_to(line.agent, kind="request")
    assert line.tickets()[0]["resolution_due"] == "2025-03-05T16:15:00+03:00"
    diary.replies("mon 11:58", line.agent, mine, "#ждать", "Какой у вас релиз платформы?")
    diary.passes("mon 12:00")
    (asked,) = line.letters_to(CLIENT, kind="answer")
    assert line.tickets()[0]["resolution_due"] is None, "while it is held it never falls due"
    diary.passes("wed 12:00")
    (reminder,) = line.letters_to(CLIENT, kind="notice")
    assert "Какой у вас релиз платформы?" in body(reminder)
    diary.replies("thu 11:00", CLIENT, asked, "8.3.25.1394")
    diary.passes("thu 11:01")
    (ticket,) = line.tickets()
    (hold,) = line.ticket("CRM-000001")["holds"]
    assert (hold["from"], hold["to"]) == ("2025-03-03T12:00:00+03:00", "2025-03-06T11:00:00+03:00")
    assert (ticket["status"], ticket["resolution_due"]) == ("open", "2025-03-10T15:15:00+03:00")
    assert line.went(CLIENT) == ["acknowledgement", "answer", "notice"] and line.went(line.quality) == []


def test_a_flood_is_one_letter_to_the_line(line: Line) -> None:
    """Two automatic letters an hour: the third and fourth are registered, not answered, and told of at once later."""
    diary = Diary(line, extra="[limits]\nautomatic_per_hour = 2\n")
    for number in range(1, 5):
        diary.writes(f"mon 10:0{number}", CLIENT, WHOLE, f"Вопрос {number}")
    diary.passes("mon 10:05")
    assert [ticket["status"] for ticket in line.tickets()] == ["open"] * 4, "registered and accepted all the same"
    line.letters_to(CLIENT, 2, kind="acknowledgement")
    single = line.letters_to(line.agent, 2, kind="request")
    assert {letter["X-Maild-Ticket"] for letter in single} == {"CRM-000001", "CRM-000002"}
    (told,) = line.letters_to(line.operator, kind="operator")
    assert line.at(CLIENT) in body(told)
    diary.passes("mon 11:10")
    (digest,) = line.letters_to(line.agent, kind="digest")
    assert "CRM-000003" in body(digest) and "CRM-000004" in body(digest)
    assert len(line.mailbox(line.agent)) == 3 and len(line.mailbox(CLIENT)) == 2
