"""What an escalation can tell: the last words of both sides, what was not done, who had the ticket."""

from datetime import timedelta

from maild.desk.facts import NOT_CONFIRMED, NOT_TAKEN, UNANSWERED, Facts
from maild.desk.facts_of import assignees, facts
from maild.domain.ticket import Entry, Event
from maild.store import outbox
from tests.desk.office import MONDAY, Office
from tests.desk.ticket_life import IVANOV, KOTOVA, OLGA, happened, sent_answer, taken_by_server, wrote


def known(office: Office) -> Facts:
    """The facts as they stand."""
    with office.database.read() as tx:
        return facts(tx, office.desk, office.ticket(), office.now)


def undone(office: Office) -> list[str]:
    """What was not done."""
    return [thing.what for thing in known(office).undone]


def client_writes(office: Office, text: str, says: str = "attached by our Message-ID") -> None:
    happened(office, Event.CLIENT_WROTE, OLGA, says, letter=wrote(office, OLGA, text))


def test_a_new_request(office: Office) -> None:
    office.arrive(OLGA)
    assert undone(office) == [NOT_CONFIRMED, UNANSWERED]
    taken_by_server(office)
    found = known(office)
    assert [thing.what for thing in found.undone] == [UNANSWERED]
    assert found.client and "скрыть поле" in found.client.text and found.client.at == MONDAY
    assert found.queue == 1 and found.warned_at is None


def test_an_answer_answers_what_came_before_it(office: Office) -> None:
    office.arrive(OLGA)
    taken_by_server(office)
    office.pass_time(hours=1)
    happened(office, Event.ANSWERED, KOTOVA, "answer to the client")
    assert undone(office) == []
    office.pass_time(hours=1)
    client_writes(office, "Не помогло")
    (thing,) = known(office).undone
    assert (thing.what, thing.at) == (UNANSWERED, office.now)


def test_thanks_want_no_answer(office: Office) -> None:
    office.arrive(OLGA)
    taken_by_server(office)
    happened(office, Event.ANSWERED, KOTOVA, "answer to the client")
    office.pass_time(hours=1)
    client_writes(office, "Спасибо!", "only thanks: nothing changes")
    found = known(office)
    assert found.undone == () and found.client and "скрыть поле" in found.client.text


def test_an_answer_that_was_taken_back_is_none(office: Office) -> None:
    office.arrive(OLGA)
    taken_by_server(office)
    happened(office, Event.PUT_OFF, KOTOVA, "until later")
    assert undone(office) == [UNANSWERED]
    happened(office, Event.TAKEN_BACK, KOTOVA, "taken back")
    assert undone(office) == [UNANSWERED]
    happened(office, Event.ANSWERED, KOTOVA, "answered the client")
    happened(office, Event.PUT_OFF, KOTOVA, "until later")
    happened(office, Event.TAKEN_BACK, KOTOVA, "taken back")
    assert undone(office) == [], "the other answer went"


def test_what_the_desk_does_by_itself_is_no_answer(office: Office) -> None:
    office.arrive(OLGA)
    taken_by_server(office)
    happened(office, Event.POSTPONED, "maild", "not enough information")
    assert undone(office) == [UNANSWERED]


def test_handed_over_and_not_taken(office: Office) -> None:
    office.arrive(OLGA)
    taken_by_server(office)
    happened(office, Event.ASSIGNED, IVANOV, f"assignee {IVANOV}", assignee=IVANOV)
    office.pass_time(hours=2)
    happened(office, Event.LINE, IVANOV, "line managers", line="managers", assignee=None)
    handed = next(thing for thing in known(office).undone if thing.what == NOT_TAKEN)
    assert (handed.who, handed.at) == ("Менеджеры", office.now)
    happened(office, Event.ASSIGNED, KOTOVA, f"assignee {KOTOVA}", assignee=KOTOVA)
    assert NOT_TAKEN not in undone(office)


def test_taken_in_the_same_commit_is_taken(office: Office) -> None:
    """A line's policy assigns at the instant of handing over: the order of the journal counts, not the time."""
    office.arrive(OLGA)
    happened(office, Event.LINE, IVANOV, "line managers", line="managers")
    happened(office, Event.ASSIGNED, "maild", f"assignee {KOTOVA}", assignee=KOTOVA)
    assert NOT_TAKEN not in undone(office)


def test_who_had_it(office: Office) -> None:
    office.arrive(OLGA)
    taken_by_server(office)
    happened(office, Event.ASSIGNED, IVANOV, f"assignee {IVANOV}", assignee=IVANOV)
    assert undone(office)[-1] == "ответственный Иван Иванов, решения пока нет"
    office.pass_time(hours=1)
    happened(office, Event.ASSIGNED, KOTOVA, f"assignee {KOTOVA}", assignee=KOTOVA)
    assert undone(office)[-1] == "ответственный Анна Котова (раньше Иван Иванов), решения пока нет"
    assert known(office).undone[-1].at == office.now


def test_one_who_got_it_twice_stands_once() -> None:
    lines = [IVANOV, IVANOV, KOTOVA, IVANOV]
    history = [Entry(MONDAY, Event.ASSIGNED, "maild", f"assignee {one}") for one in lines]
    assert [address for address, _ in assignees(history)] == [IVANOV, KOTOVA, IVANOV]


def test_our_last_letter(office: Office) -> None:
    office.arrive(OLGA)
    taken_by_server(office)
    first = known(office).ours
    assert first and first.by == "подтверждение" and first.at == office.now
    assert first.text.startswith("Обращение CRM-000001 принято к обслуживанию") and "--" not in first.text
    assert "Консультации" not in first.text and len(first.text) < 500, "its opening, not the card"
    office.pass_time(hours=1)
    sent_answer(office, "Снимите флажок.\n\nЕсли не поможет, напишите.")
    ours = known(office).ours
    assert ours and ours.text == "Снимите флажок.\n\nЕсли не поможет, напишите." and ours.by == "Анна Котова"
    office.pass_time(minutes=1)
    sent_answer(office, "Вопрос решён?", None, kind="rating")
    assert known(office).ours == ours, "to ask for a rating is to say nothing"


def test_an_answer_that_never_arrived(office: Office) -> None:
    office.arrive(OLGA)
    taken_by_server(office)
    row = sent_answer(office, "Снимите флажок.")
    happened(office, Event.ANSWERED, KOTOVA, "answer to the client")
    with office.database.write() as tx:
        outbox.dead(tx, row, office.now, "550 no such user")
    office.pass_time(minutes=10)
    happened(office, Event.UNDELIVERED, "maild", f"answer to {OLGA} was not delivered: 550", outbox=row)
    found = known(office)
    assert [(thing.what, thing.at) for thing in found.undone] == [
        (f"ответ не доставлен адресату {OLGA}", MONDAY + timedelta(minutes=10))
    ]
    assert found.ours and found.ours.by == "подтверждение", "what did not arrive was not said"
    sent_answer(office, "Ещё раз: снимите флажок.")
    assert undone(office) == []


def test_who_was_warned(office: Office) -> None:
    office.arrive(OLGA)
    happened(office, Event.WARNED, "maild", f"resolution: warning at {MONDAY.isoformat()}, told to {IVANOV}, {KOTOVA}")
    found = known(office)
    assert found.warned_at == MONDAY and found.warned_to == f"{IVANOV}, {KOTOVA}"


def test_letters_that_are_gone_are_not_missed(office: Office) -> None:
    office.arrive(OLGA)
    happened(office, Event.CLIENT_WROTE, OLGA, "attached", letter=9_999)
    found = known(office)
    assert found.client is None and UNANSWERED in [thing.what for thing in found.undone]
