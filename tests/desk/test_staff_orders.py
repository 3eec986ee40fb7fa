"""Commands together: their order does not matter, one never undoes another, a note stays a note."""

import pytest
from maild.domain.ticket import Status
from tests.desk.office import IVANOV, KOTOVA, LACKING, OLGA, PETRENKO, QUALITY, WHOLE, Answer, Office

ANNA = "anna@birch.test"
LEBEDEVA = "lebedeva@example.test"
CALLED = "Не печатается счёт. ООО «Берёза», 1С:CRM ПРОФ 3.1.25.4, рег. номер 801000017"


@pytest.fixture
def request_letter(office: Office) -> Answer:
    """Olga's question as Ivanov got it."""
    office.arrive(OLGA)
    return office.last(IVANOV, "request")


@pytest.mark.parametrize("orders", ["#линия менеджеры\n#назначить Петренко", "#назначить Петренко\n#линия менеджеры"])
def test_a_line_and_a_person_are_both_as_said(office: Office, request_letter: Answer, orders: str) -> None:
    office.reply(request_letter, orders)
    assert (office.ticket().line, office.ticket().assignee) == ("managers", PETRENKO)
    assert office.kinds(PETRENKO) == ["request"]


def test_somebody_of_another_line_takes_the_ticket_along(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#назначить Петренко")
    assert (office.ticket().line, office.ticket().assignee) == ("engineers", PETRENKO)


@pytest.mark.parametrize("orders", ["#взять\n#дальше", "#дальше\n#взять"])
def test_taking_and_handing_over(office: Office, request_letter: Answer, orders: str) -> None:
    office.reply(request_letter, orders)
    assert (office.ticket().line, office.ticket().assignee) == ("managers", IVANOV)


@pytest.mark.parametrize("orders", ["#срочно\n#разработка", "#разработка\n#срочно"])
def test_urgent_development(office: Office, request_letter: Answer, orders: str) -> None:
    office.reply(request_letter, orders)
    ticket = office.ticket()
    assert (ticket.status, ticket.level, ticket.line) == (Status.DEVELOPMENT, "urgent", "methodologists")
    assert "request" in office.kinds(LEBEDEVA)


def test_development_where_a_line_is_named(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#разработка\n#линия инженеры")
    assert (office.ticket().status, office.ticket().line) == (Status.DEVELOPMENT, "engineers")


def test_development_is_told_once(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#разработка")
    office.reply(request_letter, "#разработка")
    assert office.kinds(OLGA) == ["acknowledgement", "notice"]


def test_levels_that_contradict(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#срочно\n#уровень развитие")
    assert office.ticket().level == "standard"
    assert "#срочно" in office.last(IVANOV, "confirmation").text
    assert office.events()[-1] == "rejected"


def test_urgent_is_told_to_the_whole_line(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#взять\n#срочно")
    assert office.kinds(KOTOVA) == ["request", "request"]
    assert office.kinds(QUALITY) == ["request"]
    assert office.kinds(IVANOV) == ["request", "confirmation"]


def test_a_level_is_no_news_where_nothing_runs(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#решено\nСнимите флажок.")
    before = office.kinds(OLGA)
    office.reply(request_letter, "#уровень развитие")
    assert office.ticket().level == "development"
    assert office.kinds(OLGA) == before


def test_a_question_without_words_needs_one_that_is_open(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "Снимите флажок.")
    office.reply(request_letter, "#ждать")
    assert office.ticket().status is Status.WAITING, "the answer before it may be the question"
    office.pass_time(minutes=1)
    office.reply(office.last(OLGA, "answer"), "Не помогло.")
    office.reply(office.last(IVANOV, "request"), "#ждать")
    assert office.ticket().status is Status.OPEN, "the client's last word is unanswered: there is nothing to wait for"


def test_a_file_alone_may_be_the_question(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#ждать\n#ответ send-screenshot")
    assert office.ticket().status is Status.WAITING
    assert office.kinds(OLGA)[-1] == "answer"


def test_a_note_beside_a_solution_is_quoted_to_nobody(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#решено\n#заметка\nСекрет: клиент сам всё сломал")
    assert office.kinds(OLGA) == ["acknowledgement", "rating"]
    assert "Секрет" not in office.last(OLGA).text
    assert "Секрет" in office.last(KOTOVA, "note").text


def test_a_note_and_a_ready_answer_contradict(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#заметка Клиент просит инструкцию\n#ответ send-screenshot")
    assert office.events()[-1] == "rejected"
    assert office.kinds(OLGA) == ["acknowledgement"]


def test_a_note_is_no_question(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#ждать\n#заметка Секрет")
    assert office.ticket().status is Status.OPEN
    assert office.kinds(KOTOVA) == ["request"]


def test_an_empty_note_is_told(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#заметка")
    assert office.events()[-1] == "rejected"


def test_solved_twice_asks_once(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#решено\nСнимите флажок.")
    office.reply(request_letter, "#решено")
    assert office.kinds(OLGA) == ["acknowledgement", "answer", "rating"]


def test_status_of_another_ticket(office: Office, request_letter: Answer) -> None:
    office.arrive(ANNA, CALLED)
    before = len(office.answers())
    office.reply(request_letter, "#статус CRM-000002")
    told = office.last(IVANOV)
    assert "CRM-000002" in told.text
    assert len(office.answers()) == before + 1


@pytest.mark.parametrize("rest", ["Снимите флажок.", "#взять", "#статус CRM-000001"])
def test_who_names_another_ticket_may_only_ask(office: Office, request_letter: Answer, rest: str) -> None:
    """The words would reach another client than the one that the agent answers."""
    office.arrive(ANNA, CALLED)
    before = len(office.answers())
    office.reply(request_letter, f"#статус CRM-000002\n{rest}")
    assert [answer.kind for answer in office.answers()[before:]] == ["confirmation"]
    assert office.ticket().assignee is office.ticket("CRM-000002").assignee is None
    assert office.events()[-1] == "rejected"


def test_a_queue_that_is_none(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#очередь бухгалтерия")
    assert "engineers" in office.last(IVANOV, "confirmation").text
    assert office.events()[-1] == "rejected"


# ---- by telephone


def test_a_call_that_cannot_be_urgent_registers_nothing(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, f"#для {ANNA}\n#срочно\n#линия нет такой\n{CALLED}")
    assert office.count() == 1
    assert office.kinds(ANNA) == []
    office.reply(request_letter, f"#для {ANNA}\n#срочно\n#взять\n{CALLED}")
    ticket = office.ticket("CRM-000002")
    assert (ticket.level, ticket.assignee) == ("urgent", IVANOV)
    assert office.kinds(ANNA) == ["acknowledgement", "notice"]


def test_a_note_about_a_call_is_not_the_request(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, f"#для {ANNA}\n#заметка Очень сердит, секрет\n{CALLED}")
    assert "секрет" not in office.last(KOTOVA, "request").text
    assert "секрет" in office.last(KOTOVA, "note").text
    assert all("секрет" not in answer.text for answer in office.answers(ANNA))


def test_a_call_written_to_the_quality_mailbox_is_a_request(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, f"#для {ANNA}\n{CALLED}", box="control")
    assert office.ticket("CRM-000002").category == "consultation"


# ---- acceptance


def accepted_by_agents(office: Office) -> None:
    """From now on somebody on the line confirms."""
    desk = office.rules / "desk.toml"
    desk.write_text(desk.read_text("utf-8").replace('mode = "automatic"', 'mode = "agent"'), "utf-8")
    office.reload()


def test_an_acceptance_is_told_once(office: Office) -> None:
    accepted_by_agents(office)
    office.arrive(OLGA)
    request = office.last(IVANOV, "request")
    assert (office.ticket().status, office.kinds(OLGA)) == (Status.NEW, ["receipt"])
    office.reply(request, "#принять")
    office.reply(request, "#принять")
    assert office.kinds(OLGA) == ["receipt", "acknowledgement"]
    assert office.ticket().status is Status.OPEN


def test_what_went_to_development_unaccepted_can_still_be_accepted(office: Office) -> None:
    accepted_by_agents(office)
    office.arrive(OLGA)
    office.reply(office.last(IVANOV, "request"), "#разработка")
    office.reply(office.last(IVANOV, "request"), "#принять")
    assert office.kinds(OLGA) == ["receipt", "notice", "acknowledgement"]
    assert office.ticket().status is Status.DEVELOPMENT


@pytest.mark.parametrize("orders", ["#принять\n#ждать", "#ждать\n#принять"])
def test_accepting_and_asking(office: Office, orders: str) -> None:
    accepted_by_agents(office)
    office.arrive(OLGA)
    office.reply(office.last(IVANOV, "request"), f"{orders}\nКакой релиз?")
    assert office.kinds(OLGA) == ["receipt", "acknowledgement", "answer"]
    assert office.ticket().status is Status.WAITING


# ---- the quality desk


def test_a_reply_to_a_complaint_leads_the_ticket_and_answers_the_client(office: Office, request_letter: Answer) -> None:
    office.arrive(OLGA, "Никто не отвечает, жалуюсь.", "Жалоба", box="control")
    office.reply(office.last(QUALITY, "complaint"), "#назначить Котова\n#статус\nРазберёмся сегодня.", box="control")
    assert office.ticket().assignee == KOTOVA
    assert office.ticket("CRM-000002").assignee is None
    assert "Разберёмся" in office.last(OLGA, "answer").text


def test_the_raw_letters_of_the_ticket_complained_of(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "Снимите флажок.")
    office.arrive(OLGA, "Никто не отвечает, жалуюсь.", "Жалоба", box="control")
    office.reply(office.last(QUALITY, "complaint"), "#письма", box="control")
    files = list(office.last(QUALITY, "confirmation").message.iter_attachments())
    assert [part.get_content_type() for part in files] == ["message/rfc822"] * 3, "request, answer, complaint"
    assert "как скрыть поле" in files[0].get_content().get_content()


def test_a_bad_line_to_a_complaint_stops_both(office: Office, request_letter: Answer) -> None:
    office.arrive(OLGA, "Никто не отвечает, жалуюсь.", "Жалоба", box="control")
    before = office.kinds(OLGA)
    office.reply(office.last(QUALITY, "complaint"), "#назначить Котова\n#ответ нет такого\nРазберёмся.", box="control")
    office.reply(office.last(QUALITY, "complaint"), "#назначить Некто\nРазберёмся.", box="control")
    assert office.ticket().assignee is None
    assert office.kinds(OLGA) == before
    assert office.kinds(QUALITY)[-2:] == ["confirmation", "confirmation"]


def test_a_complaint_has_no_level(office: Office) -> None:
    office.arrive(OLGA, "Жалуюсь на вас.", "Жалоба", box="control")
    before = office.kinds(OLGA)
    office.reply(office.last(QUALITY, "complaint"), "#срочно", box="control")
    assert office.kinds(OLGA) == before
    assert office.events()[-1] == "rejected"


def test_the_quality_desk_reopens(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#решено\nСнимите флажок.")
    office.arrive(OLGA, "Не помогло, жалуюсь.", "Жалоба", box="control")
    office.reply(office.last(QUALITY, "complaint"), "#переоткрыть\n#линия инженеры", box="control")
    assert (office.ticket().status, office.ticket().line) == (Status.OPEN, "engineers")
    assert office.kinds(PETRENKO)[-1] == "request"


def test_lacking_details_and_an_agents_question(office: Office) -> None:
    """While the client owes details, an agent's question is one more; the ticket stays where it is judged anew."""
    office.arrive(OLGA, LACKING)
    sealed = office.desk.signer.mint("example.test", IVANOV, "agent", "CRM-000001", "1")
    office.arrive(IVANOV, "#ждать\nКакая у вас версия?", In_Reply_To=sealed)
    assert office.ticket().status is Status.DETAILS
    office.reply(office.last(OLGA, "answer"), WHOLE)
    assert office.ticket().status is Status.OPEN
