"""Answers that cross, answers that wait, answers that do both: each reaches the client once, and only when it may."""

from dataclasses import replace
from datetime import timedelta

import pytest
from maild.domain.ticket import Status
from tests.desk.office import IVANOV, KOTOVA, OLGA, PETRENKO, QUALITY, Answer, Office


@pytest.fixture
def request_letter(office: Office) -> Answer:
    """Olga's question as Ivanov got it, a minute ago."""
    office.arrive(OLGA)
    office.pass_time(minutes=1)
    return office.last(IVANOV, "request")


def undo_within(office: Office, seconds: int) -> None:
    """From now on answers wait so long."""
    rules = office.desk.regulation.desk
    changed = replace(rules, answers=replace(rules.answers, undo=seconds))
    office.desk = replace(office.desk, regulation=replace(office.desk.regulation, desk=changed))


def answers(office: Office) -> list[str]:
    """What the client was told by people, in order: the first line of the words."""
    texts = [answer.text for answer in office.answers(OLGA) if answer.kind == "answer"]
    return [next(line for line in text.splitlines()[2:] if line.strip()) for text in texts]


def say(office: Office, to: Answer, text: str) -> None:
    """A reply, and a minute passes."""
    office.reply(to, text)
    office.pass_time(minutes=1)


def test_of_three_agents_each_sees_the_one_before(office: Office, request_letter: Answer) -> None:
    theirs = office.last(KOTOVA, "request")
    say(office, request_letter, "#линия инженеры")
    third = office.last(PETRENKO, "request")
    say(office, theirs, "Ответ Котовой.")
    say(office, third, "Ответ Петренко.")
    say(office, request_letter, "Ответ Иванова.")
    assert answers(office) == ["Ответ Котовой."]
    assert "Ответ Котовой." in office.last(PETRENKO, "confirmation").text
    say(office, office.last(PETRENKO, "confirmation"), "#отправить")
    say(office, office.last(IVANOV, "confirmation"), "#отправить")
    assert answers(office) == ["Ответ Котовой.", "Ответ Петренко.", "Ответ Иванова."]


def test_the_clients_letter_in_between_does_not_hide_a_colleagues_answer(
    office: Office, request_letter: Answer
) -> None:
    theirs = office.last(KOTOVA, "request")
    say(office, theirs, "Ответ Котовой.")
    say(office, office.last(OLGA, "answer"), "А где это?")
    newer = office.last(IVANOV, "request")
    say(office, request_letter, "Ответ Иванова на первое письмо.")
    assert answers(office) == ["Ответ Котовой."]
    say(office, newer, "Ответ Иванова на второе письмо.")
    assert answers(office)[1:] == ["Ответ Иванова на второе письмо."]


def test_a_rewritten_answer_to_the_notice_of_crossing_goes_out(office: Office, request_letter: Answer) -> None:
    say(office, office.last(KOTOVA, "request"), "Ответ Котовой.")
    say(office, request_letter, "Ответ Иванова.")
    say(office, office.last(IVANOV, "confirmation"), "Дополню коллегу.")
    assert answers(office) == ["Ответ Котовой.", "Дополню коллегу."]


def test_a_link_that_lost_its_thread_crosses_what_came_since_the_client_wrote(
    office: Office, request_letter: Answer
) -> None:
    code = office.desk.signer.code(IVANOV, "agent", "CRM-000001")
    say(office, office.last(KOTOVA, "request"), "Ответ Котовой.")
    office.arrive(IVANOV, f"#resolve\r\n\r\n{code}\r\n", "[CRM-000001] resolve")
    assert office.ticket().status is Status.OPEN
    assert office.events()[-1] == "held-back"
    office.arrive(IVANOV, f"#send\r\n\r\n{code}\r\n", "[CRM-000001] send")
    assert office.ticket().status is Status.ASSESSMENT


def test_quality_and_agent_do_not_cross_in_the_ticket(office: Office, request_letter: Answer) -> None:
    """The quality desk's words about a ticket stay in the house, so nothing crosses."""
    say(office, request_letter, "#срочно")
    say(office, office.last(QUALITY, "request"), "Кто отвечает?")
    say(office, request_letter, "Ответ Иванова.")
    assert answers(office) == ["Ответ Иванова."]


def test_two_of_the_quality_desk_cross_in_a_complaint(office: Office) -> None:
    people = office.rules / "people.toml"
    both = people.read_text("utf-8").replace(
        '["quality@example.test"]', '["quality@example.test", "head@example.test"]'
    )
    people.write_text(both, "utf-8")
    office.reload()
    office.arrive(OLGA, "Жалуюсь.", "Жалоба", box="control")
    office.pass_time(minutes=1)
    first, second = office.last(QUALITY, "complaint"), office.last("head@example.test", "complaint")
    say(office, first, "Разберёмся.")
    say(office, second, "Ответит руководитель.")
    assert answers(office) == ["Разберёмся."]
    say(office, office.last("head@example.test", "confirmation"), "#отправить")
    assert answers(office) == ["Разберёмся.", "Ответит руководитель."]


def test_orders_to_a_complaint_are_held_with_its_words(office: Office, request_letter: Answer) -> None:
    people = office.rules / "people.toml"
    both = people.read_text("utf-8").replace(
        '["quality@example.test"]', '["quality@example.test", "head@example.test"]'
    )
    people.write_text(both, "utf-8")
    office.reload()
    office.arrive(OLGA, "Жалуюсь.", "Жалоба", box="control")
    office.pass_time(minutes=1)
    second = office.last("head@example.test", "complaint")
    say(office, office.last(QUALITY, "complaint"), "Разберёмся.")
    say(office, second, "#назначить Котова\nОтветит Котова.")
    assert office.ticket().assignee is None
    say(office, office.last("head@example.test", "confirmation"), "#отправить")
    assert office.ticket().assignee == KOTOVA
    assert answers(office) == ["Разберёмся.", "Ответит Котова."]
    assert office.kinds("head@example.test")[-2:] == ["confirmation", "confirmation"]


def test_a_solution_beside_a_note_crosses_too(office: Office, request_letter: Answer) -> None:
    say(office, office.last(KOTOVA, "request"), "Ответ Котовой.")
    say(office, request_letter, "#решено\n#заметка\nПозвонил сам.")
    assert office.ticket().status is Status.OPEN
    assert "rating" not in office.kinds(OLGA)


# ---- with time to take it back


def test_an_answer_that_waited_may_cross_and_still_be_sent(office: Office, request_letter: Answer) -> None:
    undo_within(office, 120)
    office.reply(office.last(KOTOVA, "request"), "Ответ Котовой.")
    office.pass_time(seconds=30)
    office.reply(request_letter, "Ответ Иванова.")
    assert answers(office) == []
    office.pass_time(minutes=5)
    office.deal_with_stored()
    office.deal_with_stored()
    assert answers(office) == ["Ответ Котовой."]
    office.reply(office.last(IVANOV, "confirmation"), "#отправить")
    assert answers(office) == ["Ответ Котовой.", "Ответ Иванова."]
    office.reply(office.last(IVANOV, "confirmation"), "#отправить")
    assert len(answers(office)) == 2


def test_what_waits_is_not_done_before_its_time(office: Office, request_letter: Answer) -> None:
    undo_within(office, 120)
    office.reply(request_letter, "#взять\n#ждать\nКакой релиз?")
    assert (office.ticket().assignee, office.ticket().status) == (None, Status.OPEN)
    office.pass_time(seconds=60)
    office.deal_with_stored()
    assert answers(office) == []
    office.pass_time(seconds=61)
    office.deal_with_stored()
    ticket = office.ticket()
    assert (ticket.assignee, ticket.status) == (IVANOV, Status.WAITING)
    assert ticket.holds[-1].start == office.now, "the question left only now"
    office.reply(request_letter, "#отменить")
    assert answers(office) == ["Какой релиз?"]
    assert office.events()[-1] == "rejected"


def test_a_letter_that_waited_fails_where_the_ticket_has_moved_on(office: Office, request_letter: Answer) -> None:
    undo_within(office, 120)
    office.reply(request_letter, "#отказать out-of-scope\nНе наше.")
    office.pass_time(seconds=30)
    theirs = office.last(KOTOVA, "request")
    undo_within(office, 0)
    office.reply(theirs, "#решено\nСнимите флажок.")
    before = office.kinds(OLGA)
    office.pass_time(minutes=5)
    office.deal_with_stored()
    assert office.kinds(OLGA) == before
    assert office.ticket().status is Status.ASSESSMENT
    assert "Не наше." in office.last(IVANOV, "confirmation").text


def test_orders_to_a_complaint_wait_with_its_words(office: Office, request_letter: Answer) -> None:
    undo_within(office, 120)
    office.arrive(OLGA, "Жалуюсь.", "Жалоба", box="control")
    office.pass_time(minutes=1)
    office.reply(office.last(QUALITY, "complaint"), "#назначить Котова\nРазберёмся.", box="control")
    assert office.ticket().assignee is None
    office.pass_time(minutes=5)
    office.deal_with_stored()
    assert office.ticket().assignee == KOTOVA
    assert answers(office) == ["Разберёмся."]
    assert office.events().count("assigned") == 1


def test_two_that_wait_are_both_taken_back(office: Office, request_letter: Answer) -> None:
    undo_within(office, 120)
    office.reply(request_letter, "Первый.")
    office.reply(request_letter, "Второй.")
    office.reply(request_letter, "#отменить")
    office.now += timedelta(minutes=5)
    office.deal_with_stored()
    assert answers(office) == []
    told = office.last(IVANOV, "confirmation").text
    assert "Первый." in told and "Второй." in told


def test_what_waits_can_be_taken_back_though_the_window_is_closed_since(office: Office, request_letter: Answer) -> None:
    undo_within(office, 120)
    office.reply(request_letter, "Не тот ответ.")
    undo_within(office, 0)
    office.reply(request_letter, "#отменить")
    office.pass_time(minutes=5)
    office.deal_with_stored()
    assert answers(office) == []


def test_what_a_colleague_waits_with_is_not_ours_to_take_back(office: Office, request_letter: Answer) -> None:
    undo_within(office, 120)
    office.reply(request_letter, "Ответ Иванова.")
    office.reply(office.last(KOTOVA, "request"), "#отменить")
    office.pass_time(minutes=5)
    office.deal_with_stored()
    assert answers(office) == ["Ответ Иванова."]
