"""What becomes of a letter: threads, repeats, third persons, robots, acquaintance. On both databases."""

from dataclasses import replace

import pytest
from tests.desk.office import CONTROL, CRM, LACKING, OPERATOR, WHOLE, Office
from tests.servers.letters import letter

OLGA = "olga@birch.test"
STRANGER = "who@free.test"
SECRET_WORD = "Несобиратор"


def test_a_stranger_gets_not_a_word_of_their_letter(office: Office) -> None:
    """Bare (decision 8): an acknowledgement to a forged From must not carry the forger's words."""
    office.arrive(STRANGER, f"{SECRET_WORD} {WHOLE}", SECRET_WORD)
    (answer,) = office.answers(STRANGER)
    assert office.ticket().acquaintance == "bare"
    assert SECRET_WORD not in str(answer.message["Subject"]) and SECRET_WORD not in answer.text
    assert "Берёза" not in answer.text and "2027" not in answer.text


def test_whom_the_registry_names_by_domain_sees_their_contract(office: Office) -> None:
    office.arrive(OLGA, WHOLE, SECRET_WORD)
    (answer,) = office.answers(OLGA)
    assert office.ticket().acquaintance == "tied"
    assert SECRET_WORD in str(answer.message["Subject"])
    assert "Берёза" in answer.text and "2027" in answer.text


def test_a_domain_below_the_contracts_own_is_its_owners_and_a_public_one_nobodys(office: Office) -> None:
    office.arrive("irina@sales.birch.test", WHOLE)
    assert office.ticket().acquaintance == "tied"
    regulation = office.desk.regulation
    intake = replace(regulation.intake, public_domains=frozenset({"birch.test"}))
    office.desk = replace(office.desk, regulation=replace(regulation, intake=intake))
    office.arrive("pavel@birch.test", WHOLE)
    assert office.ticket("CRM-000002").acquaintance == "bare"


def test_who_has_written_before_is_an_acquaintance_but_sees_no_contract(office: Office) -> None:
    office.arrive(STRANGER, LACKING, "Первое")
    office.arrive(STRANGER, LACKING, "Второе")
    assert office.ticket("CRM-000002").acquaintance == "own"
    assert "Второе" in str(office.answers(STRANGER)[1].message["Subject"])


def test_a_reply_to_elsewhere_gets_nothing_of_the_letter(office: Office) -> None:
    """Reply-To is only where to answer (lesson 14); identity is From."""
    office.arrive(OLGA, WHOLE, SECRET_WORD, Reply_To="victim@free.test")
    (answer,) = office.answers("victim@free.test")
    assert office.ticket().client == OLGA
    assert SECRET_WORD not in answer.text and "Берёза" not in answer.text


def test_the_number_is_remembered_for_this_very_address(office: Office) -> None:
    office.arrive(OLGA)
    office.arrive(OLGA, "Как скрыть поле в карточке сделки? Версия 3.1.25.4\n")
    assert office.answers(OLGA)[1].kind == "acknowledgement"
    office.arrive("petr@birch.test", "Как скрыть поле в карточке сделки? Версия 3.1.25.4\n")
    assert office.answers("petr@birch.test")[0].kind == "request-information"


def test_an_unknown_number_twice_goes_to_a_person(office: Office) -> None:
    """Contract, doubtful case 3."""
    text = WHOLE.replace("801000017", "801999999")
    office.arrive(STRANGER, text)
    office.arrive(STRANGER, text, "Ещё раз")
    assert [answer.kind for answer in office.answers(STRANGER)] == ["request-information", "receipt"]


def test_nobody_is_asked_for_ever(office: Office) -> None:
    office.arrive(OLGA, LACKING)
    for _ in range(3):
        asked = office.answers(OLGA)[-1]
        office.pass_time(hours=1)
        office.arrive(OLGA, "Не знаю, где смотреть.\n", "Re: Вопрос", In_Reply_To=asked.message["Message-ID"].strip())
    kinds = [answer.kind for answer in office.answers(OLGA)]
    assert kinds == ["request-information"] * 3 + ["receipt"]
    assert office.ticket().status == "new"


def test_details_come_in_two_letters(office: Office) -> None:
    office.arrive(OLGA, LACKING)
    (asked,) = office.answers(OLGA)
    reply = {"In_Reply_To": asked.message["Message-ID"].strip()}
    office.arrive(OLGA, "Номер 801000017\n", "Re: Вопрос", **reply)
    assert office.ticket().missing == ("version",)
    office.arrive(OLGA, "версия 3.1.25.4\n", "Re: Вопрос", **reply)
    assert office.answers(OLGA)[-1].kind == "acknowledgement"
    assert office.ticket().fields["registration_number"] == "801000017"
    assert office.count() == 1


def test_the_time_of_asking_does_not_count(office: Office) -> None:
    """Decision 2: both clocks stand while the client is asked for required fields."""
    office.arrive(OLGA, LACKING)
    (asked,) = office.answers(OLGA)
    assert office.ticket().reaction_due is None and office.ticket().resolution_due is None
    office.pass_time(hours=3)
    office.arrive(OLGA, "801000017, 3.1.25.4\n", "Re: Вопрос", In_Reply_To=asked.message["Message-ID"].strip())
    due = office.ticket().resolution_due
    assert due is not None
    # 24 working hours from Monday 10:15 are Wednesday 16:15; three hours of waiting make it 10:15 on Thursday.
    assert due.isoformat().startswith("2026-11-26T07:15"), due


def test_a_third_person_is_heard_and_learns_nothing(office: Office) -> None:
    office.arrive(OLGA, LACKING)
    (asked,) = office.answers(OLGA)
    received = office.arrive(
        STRANGER, "801000017, 3.1.25.4\n", "Re: Вопрос", In_Reply_To=asked.message["Message-ID"].strip()
    )
    assert received.disposition == "thread"
    assert "third-wrote" in office.events()
    assert office.ticket().status == "details" and office.answers(STRANGER) == []


def test_a_forged_id_attaches_nothing(office: Office) -> None:
    office.arrive(OLGA, LACKING)
    (asked,) = office.answers(OLGA)
    real = asked.message["Message-ID"].strip()
    flipped = real.replace(".c.", ".a.", 1)
    office.arrive(STRANGER, WHOLE, "Re: Вопрос", In_Reply_To=flipped)
    assert office.count() == 2


@pytest.mark.parametrize("sender", [CRM, CONTROL])
def test_our_own_mailboxes_are_never_clients(office: Office, sender: str) -> None:
    assert office.arrive(sender).disposition == "ignore"
    assert office.count() == 0 and office.answers() == []


def test_our_own_letter_coming_back_opens_nothing(office: Office) -> None:
    office.arrive(OLGA)
    (answer,) = office.answers(OLGA)
    received = office.arrive_raw(answer.message.as_bytes())
    assert received.disposition == "ignore" and office.count() == 1


def test_a_robots_answer_changes_nothing(office: Office) -> None:
    """Decision 9, lesson 25."""
    office.arrive(OLGA, LACKING)
    (asked,) = office.answers(OLGA)
    before = office.ticket()
    office.arrive(
        OLGA,
        "Я в отпуске. 801000017, 3.1.25.4\n",
        "Автоответ: Re: Вопрос",
        Auto_Submitted="auto-replied",
        In_Reply_To=asked.message["Message-ID"].strip(),
    )
    assert office.ticket() == before
    assert office.events()[-1] == "machine-wrote"
    assert len(office.answers()) == 1


def test_a_robot_makes_nobody_an_acquaintance(office: Office) -> None:
    office.arrive(STRANGER, "Меня нет.\n", "Out of office", Auto_Submitted="auto-replied")
    office.arrive(STRANGER, WHOLE, SECRET_WORD)
    assert office.ticket().acquaintance == "bare"


def test_an_agents_letter_outside_any_ticket_is_nobodys_request(office: Office) -> None:
    office.arrive("ivanov@example.test")
    assert office.count() == 0
    assert [answer.to for answer in office.answers()] == [OPERATOR]


def test_a_letter_to_the_quality_desk_about_a_ticket_is_a_complaint_linked_to_it(office: Office) -> None:
    office.arrive(OLGA)
    (answer,) = office.answers(OLGA)
    office.arrive(
        OLGA, "Никто не отвечает!\n", "Re: Вопрос", box="control", In_Reply_To=answer.message["Message-ID"].strip()
    )
    complaint = office.ticket("CRM-000002")
    assert (complaint.category, complaint.linked, complaint.status) == ("quality", "CRM-000001", "new")
    assert office.answers(OLGA)[-1].kind == "receipt"


def test_both_mailboxes_in_either_order_make_one_acknowledgement(office: Office) -> None:
    for number, boxes in enumerate((["crm", "control"], ["control", "crm"])):
        raw = letter("Вопрос", WHOLE, f"{CRM}, {CONTROL}", From=OLGA, Message_ID=f"<both-{number}@birch.test>")
        for box in boxes:
            office.arrive_raw(raw, box=box)
    kinds = [answer.kind for answer in office.answers(OLGA)]
    assert kinds == ["acknowledgement", "acknowledgement"], "one for each of the two letters"
    assert office.count() == 4


def test_a_repeat_is_recorded_and_not_answered(office: Office) -> None:
    raw = letter("Вопрос", WHOLE, CRM, From=OLGA, Message_ID="<twice@birch.test>")
    office.arrive_raw(b"Received: from a by b; now\r\nX-Spam-Score: 1\r\n" + raw)
    again = office.arrive_raw(b"Received: from c by d; later\r\n" + raw)
    assert again.disposition == "ignore" and again.ticket_id is not None
    assert office.count() == 1 and len(office.answers(OLGA)) == 1


def test_a_letter_too_large_is_registered_and_the_client_told(office: Office) -> None:
    raw = letter("Большое", WHOLE, CRM, From=OLGA, Message_ID="<large@birch.test>")
    office.arrive_raw(raw, truncated=True)
    assert [answer.kind for answer in office.answers(OLGA)] == ["acknowledgement", "notice"]
    assert "35 МБ" in office.answers(OLGA)[1].text.replace("\xa0", " ")
    assert [answer.kind for answer in office.answers(OPERATOR)] == ["operator"]


def test_the_journal_explains_the_decision(office: Office) -> None:
    office.arrive(OLGA)
    (accepted,) = [entry for entry in office.history() if entry.event == "accepted"]
    assert "intake.toml:" in accepted.says and "contracts.csv:2" in accepted.says and "801000017" in accepted.says


def test_a_letter_without_a_sender_is_registered_unanswered(office: Office) -> None:
    raw = b"Subject: ?\r\nMessage-ID: <nobody@x>\r\n\r\n" + WHOLE.encode()
    received = office.arrive_raw(raw)
    assert received.ticket == "CRM-000001"
    assert {answer.kind for answer in office.answers()} == {"request"}, "nobody to write to but the line"
