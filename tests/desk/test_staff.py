"""Agents' letters: what is obeyed, what reaches the client, what is given back."""

from dataclasses import replace
from email.message import EmailMessage

import pytest
from maild.domain.ticket import Status
from tests.desk.office import CONTROL, IVANOV, KOTOVA, OLGA, PETRENKO, QUALITY, WHOLE, Answer, Office
from tests.servers.letters import letter

SOLUTION = "Добрый день!\nОткройте «Настройки» и снимите флажок.\n\n-- \nИван Иванов\nтел. 123"


@pytest.fixture
def request_letter(office: Office) -> Answer:
    """Olga's question as Ivanov got it."""
    office.arrive(OLGA)
    return office.last(IVANOV, "request")


def test_a_new_request_goes_to_everybody_on_the_line(office: Office) -> None:
    office.arrive(OLGA)
    assert office.kinds(IVANOV) == office.kinds(KOTOVA) == ["request"]
    assert office.kinds(PETRENKO) == []
    assert "как скрыть поле в карточке сделки" in office.last(IVANOV).text


def test_what_waits_for_details_is_not_yet_the_lines(office: Office) -> None:
    office.arrive(OLGA, "Подскажите, как скрыть поле в карточке сделки?\n")
    assert office.kinds(IVANOV) == []
    office.reply(office.last(OLGA), "801000017, версия 3.1.25.4, ООО «Берёза», 1С:CRM ПРОФ")
    assert office.kinds(IVANOV) == ["request"]


def test_an_agents_reply_goes_to_the_client(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, SOLUTION)
    answer = office.last(OLGA)
    assert answer.kind == "answer"
    assert "Откройте «Настройки» и снимите флажок." in answer.text
    assert "тел. 123" not in answer.text
    assert answer.message["In-Reply-To"] == "<1@client.test>"
    assert answer.message["Subject"].startswith("Re: [CRM-000001]")
    assert answer.message["Auto-Submitted"] is None
    confirmation = office.last(IVANOV)
    assert confirmation.kind == "confirmation"
    assert OLGA in confirmation.text
    copy = office.last(KOTOVA)
    assert copy.kind == "note" and "снимите флажок" in copy.text
    assert office.events()[-1] == "answered"


def test_a_solution_asks_for_an_assessment(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#решено\n" + SOLUTION)
    assert office.kinds(OLGA)[-2:] == ["answer", "rating"]
    ticket = office.ticket()
    assert ticket.status is Status.ASSESSMENT
    assert ticket.resolution_met == office.now


def test_a_bad_line_executes_nothing(office: Office, request_letter: Answer) -> None:
    before = office.kinds(OLGA)
    office.reply(request_letter, "#взять\n#решенно\nГотово, проверьте.")
    assert office.kinds(OLGA) == before
    assert office.ticket().assignee is None
    told = office.last(IVANOV)
    assert told.kind == "confirmation"
    assert "#решенно" in told.text and "#решено" in told.text and "Готово, проверьте." in told.text


def test_a_question_holds_the_resolution(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#ждать\nКакой у вас релиз платформы?")
    ticket = office.ticket()
    assert ticket.status is Status.WAITING
    assert [(hold.why, hold.clocks, hold.end) for hold in ticket.holds] == [("client", frozenset({"resolution"}), None)]
    office.pass_time(hours=2)
    office.reply(office.last(OLGA, "answer"), "8.3.25")
    assert office.ticket().status is Status.OPEN
    assert office.last(IVANOV).kind == "request"


def test_a_note_stays_in_the_house(office: Office, request_letter: Answer) -> None:
    before = office.kinds(OLGA)
    office.reply(request_letter, "#заметка\nКлиент путает поля, секрет")
    assert office.kinds(OLGA) == before
    assert "секрет" in office.last(KOTOVA, "note").text
    assert "Анна Котова" in office.last(IVANOV, "confirmation").text


def test_a_crossed_answer_is_held_until_confirmed(office: Office, request_letter: Answer) -> None:
    theirs = office.last(KOTOVA, "request")
    office.pass_time(minutes=1)
    office.reply(request_letter, "Первый ответ: снимите флажок.")
    office.pass_time(minutes=1)
    office.reply(theirs, "Второй ответ: поставьте флажок.")
    assert "Второй" not in office.last(OLGA).text
    held = office.last(KOTOVA, "confirmation")
    assert "Первый ответ: снимите флажок." in held.text
    office.pass_time(minutes=1)
    office.reply(held, "#отправить")
    assert "Второй ответ" in office.last(OLGA, "answer").text
    assert "Сделано" in office.last(KOTOVA, "confirmation").text
    office.reply(office.last(KOTOVA, "confirmation"), "#отправить")
    assert [answer.kind for answer in office.answers(OLGA)].count("answer") == 2, "sent once"


def test_who_has_seen_the_answer_does_not_cross_it(office: Office, request_letter: Answer) -> None:
    office.pass_time(minutes=1)
    office.reply(request_letter, "Первый ответ.")
    office.pass_time(minutes=1)
    office.reply(office.last(KOTOVA, "note"), "И ещё одно: перезапустите сеанс.")
    assert "перезапустите" in office.last(OLGA, "answer").text


def test_taking_and_assigning(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#взять")
    assert office.ticket().assignee == IVANOV
    office.reply(request_letter, "#назначить Котова")
    assert office.ticket().assignee == KOTOVA
    assert office.kinds(KOTOVA)[-1] == "request"
    office.reply(office.last(OLGA), "А как потом вернуть поле?")
    assert office.last(KOTOVA).text.count("вернуть поле") == 1
    assert office.kinds(IVANOV)[-1] == "confirmation"


def test_handing_over(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#взять")
    office.reply(request_letter, "#дальше")
    assert (office.ticket().line, office.ticket().assignee) == ("managers", None)
    assert office.kinds(KOTOVA)[-1] == "request"
    office.reply(request_letter, "#линия инженеры")
    assert office.ticket().line == "engineers"
    assert office.last(PETRENKO).kind == "request"


def test_urgent_tells_line_and_quality(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#срочно")
    ticket = office.ticket()
    assert (ticket.level, ticket.priority) == ("urgent", "high")
    assert office.kinds(OLGA)[-1] == "notice"
    assert office.kinds(QUALITY) == ["request"]
    assert office.kinds(KOTOVA)[-1] == "request"


def test_development_keeps_urgent(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#разработка")
    assert (office.ticket().status, office.ticket().level) == (Status.DEVELOPMENT, "development")
    office.reply(request_letter, "#срочно")
    office.reply(request_letter, "#разработка")
    assert office.ticket().level == "urgent" or office.ticket().status is Status.DEVELOPMENT


def test_refusing_and_postponing(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#отказать мало сведений\nПришлите снимок экрана, пожалуйста.")
    refusal = office.last(OLGA)
    assert refusal.kind == "refusal" and "Пришлите снимок экрана" in refusal.text
    assert office.ticket().status is Status.WAITING
    office.reply(request_letter, "#отказать out-of-scope")
    assert office.ticket().status is Status.REFUSED


def test_a_rating_closes_and_a_low_one_complains(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#решено\nСнимите флажок.")
    office.reply(office.last(OLGA, "rating"), "5")
    assert (office.ticket().status, office.ticket().rating) == (Status.CLOSED, 5)
    assert office.kinds(QUALITY) == []
    office.reply(office.last(OLGA, "rating"), "2\nДолго ждали")
    assert office.ticket().rating == 2
    complaint = office.last(QUALITY)
    assert complaint.kind == "complaint" and "Долго ждали" in complaint.text
    assert office.ticket("CRM-000002").linked == "CRM-000001"


def test_anything_else_reopens_and_thanks_do_not(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#решено\nСнимите флажок.")
    office.reply(office.last(OLGA, "rating"), "Спасибо!")
    assert office.ticket().status is Status.ASSESSMENT
    office.pass_time(hours=1)
    office.reply(office.last(OLGA, "rating"), "Не помогло, поле осталось.")
    ticket = office.ticket()
    assert (ticket.status, ticket.resolution_met) == (Status.OPEN, None)
    assert office.kinds(IVANOV)[-1] == "request"


def test_canned_answers(office: Office, request_letter: Answer) -> None:
    name = next(iter(office.desk.regulation.desk.canned))
    office.reply(request_letter, f"#ответ {name}\nЕсли не выйдет, напишите.")
    answer = office.last(OLGA)
    assert answer.kind == "answer" and "Если не выйдет, напишите." in answer.text
    assert len(answer.text) > 200


def test_why_and_status_and_queue(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#почему")
    assert "intake.toml" in office.last(IVANOV).text
    office.reply(request_letter, "#статус")
    assert "CRM-000001" in office.last(IVANOV).text
    office.reply(request_letter, "#очередь")
    assert "CRM-000001" in office.last(IVANOV).text
    assert office.kinds(OLGA) == ["acknowledgement"]


def test_undo_within_the_window(office: Office, request_letter: Answer) -> None:
    rules = office.desk.regulation.desk
    office.desk = replace(
        office.desk,
        regulation=replace(office.desk.regulation, desk=replace(rules, answers=replace(rules.answers, undo=120))),
    )
    office.reply(request_letter, "#решено\nНе тот ответ.")
    assert office.kinds(OLGA) == ["acknowledgement"]
    assert office.ticket().status is Status.OPEN
    office.reply(request_letter, "#отменить")
    assert "Не тот ответ." in office.last(IVANOV).text
    office.pass_time(minutes=5)
    office.deal_with_stored()
    assert office.kinds(OLGA) == ["acknowledgement"]
    office.reply(request_letter, "Тот ответ.")
    office.pass_time(minutes=5)
    office.deal_with_stored()
    assert "Тот ответ." in office.last(OLGA, "answer").text


def test_for_registers_a_request_by_telephone(office: Office, request_letter: Answer) -> None:
    text = "#для anna@birch.test\n#взять\nНе печатается счёт. ООО «Берёза», 1С:CRM ПРОФ 3.1.25.4, рег. номер 801000017"
    office.reply(request_letter, text, In_Reply_To=str(request_letter.message["Message-ID"]))
    ticket = office.ticket("CRM-000002")
    assert (ticket.client, ticket.assignee) == ("anna@birch.test", IVANOV)
    assert office.kinds("anna@birch.test") == ["acknowledgement"]
    assert "CRM-000002" in office.last(IVANOV, "confirmation").text


def test_cc_stays_in_the_conversation(office: Office) -> None:
    office.arrive(OLGA, Cc="boss@birch.test, crm@example.test, ivanov@example.test")
    office.reply(office.last(IVANOV, "request"), "Снимите флажок.")
    assert office.kinds("boss@birch.test") == ["answer"]
    assert office.last("boss@birch.test").message["Cc"] == "boss@birch.test"


def test_the_quality_desk_answers_a_complaint_from_its_own_mailbox(office: Office, request_letter: Answer) -> None:
    office.arrive(OLGA, "Никто не отвечает, жалуюсь.", "Жалоба", box="control")
    complaint = office.last(QUALITY)
    assert complaint.kind == "complaint"
    assert office.kinds(OLGA)[-1] == "receipt"
    office.reply(complaint, "Разберёмся сегодня.", box="control")
    answer = office.last(OLGA)
    assert answer.kind == "answer" and CONTROL in str(answer.message["From"])
    assert "Разберёмся сегодня." in answer.text


def test_the_quality_desks_reply_to_anything_else_is_a_note(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#срочно")
    office.reply(office.last(QUALITY), "Кто ответственный?")
    assert "Кто ответственный?" in office.last(KOTOVA, "note").text
    assert "Кто ответственный?" not in office.last(OLGA).text


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"In_Reply_To": "<made.up@example.test>"}, "no token"),
        ({"From": "Иван <ivanov@example.test>, olga@birch.test"}, "two senders"),
        ({"Authentication_Results": "mx.example.test; dmarc=fail header.from=example.test"}, "dmarc=fail"),
    ],
)
def test_what_is_not_proven_does_nothing(
    office: Office, request_letter: Answer, headers: dict[str, str], why: str
) -> None:
    office.desk = replace(office.desk, authserv_id="mx.example.test")
    before, events = len(office.answers()), office.events()
    rest = {name: value for name, value in headers.items() if name != "From"}
    office.reply(request_letter, "#решено\nПодделка", sender=headers.get("From", IVANOV), **rest)
    assert office.events() == events, why
    assert [each.kind for each in office.answers()[before:]] == ["operator"]


def test_acceptance_by_an_agent(office: Office) -> None:
    """`[acceptance] mode = "agent"`: registered, told so, and accepted by a person."""
    rules = office.rules / "desk.toml"
    rules.write_text(rules.read_text(encoding="utf-8").replace('mode = "automatic"', 'mode = "agent"'), "utf-8")
    office.reload()
    office.arrive(OLGA)
    assert (office.ticket().status, office.kinds(OLGA)) == (Status.NEW, ["receipt"])
    office.reply(office.last(IVANOV, "request"), "#принять")
    assert (office.ticket().status, office.kinds(OLGA)) == (Status.OPEN, ["receipt", "acknowledgement"])
    assert "принято к обслуживанию" in office.last(OLGA).text


def test_a_refusal_carries_the_agents_files(office: Office, request_letter: Answer) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = IVANOV, "crm@example.test", "<files@example.test>"
    message["In-Reply-To"] = str(request_letter.message["Message-ID"])
    message.set_content("#отказать мало сведений\n")
    message.add_attachment(b"steps", "application", "octet-stream", filename="шаги.bin")
    office.arrive_raw(message.as_bytes())
    (attached,) = office.last(OLGA, "refusal").message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("шаги.bin", b"steps")


def test_a_line_that_gets_a_ticket_gets_the_clients_files_too(office: Office) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = OLGA, "crm@example.test", "<shot@birch.test>"
    message.set_content(WHOLE)
    message.add_attachment(b"picture", "image", "png", filename="снимок.png")
    office.arrive_raw(message.as_bytes())
    office.reply(office.last(IVANOV, "request"), "#линия инженеры")
    (attached,) = office.last(PETRENKO, "request").message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("снимок.png", b"picture")


def test_a_client_who_floods_an_open_ticket_is_told_of_in_one_letter(office: Office, request_letter: Answer) -> None:
    for number in range(30):
        office.pass_time(seconds=10)
        office.reply(office.last(OLGA), f"И ещё вопрос номер {number}")
    assert office.kinds(IVANOV).count("request") <= office.desk.automatic_per_hour + 1
    assert [str(event) for event in office.events()].count("client-wrote") == 30


def test_a_second_copy_in_the_same_mailbox_after_both_is_nothing_new(office: Office) -> None:
    raw = letter("Вопрос", WHOLE, "crm@example.test, control@example.test", From=OLGA, Message_ID="<both@birch.test>")
    for box in ("control", "crm", "control", "crm"):
        office.arrive_raw(raw, box=box)
    assert office.count() == 2


def test_who_hands_a_ticket_over_has_not_written_the_clients_letter(office: Office, request_letter: Answer) -> None:
    office.reply(request_letter, "#линия инженеры")
    text = office.last(PETRENKO, "request").text
    assert OLGA in text and IVANOV not in text


def test_a_quotation_in_a_note_stays_and_in_an_answer_to_a_bare_address_goes(office: Office) -> None:
    office.arrive("stranger@unknown.test", f"Где кнопка печати?\n{WHOLE}")
    assert office.ticket().acquaintance == "bare"
    told = office.last(IVANOV, "request")
    answer = "Смотрите ниже.\n\n> Где кнопка печати?\n\nВверху справа."
    office.reply(told, f"#заметка\n{answer}")
    assert "Где кнопка печати?" in office.last(KOTOVA, "note").text
    office.reply(told, answer)
    sent = office.last("stranger@unknown.test", "answer").text
    assert "Вверху справа." in sent and "кнопка печати" not in sent
