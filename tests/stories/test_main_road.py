"""The road of a letter: client -> Postfix -> Dovecot -> maild -> Postfix -> the client's mailbox."""

import re
import signal

from tests.servers.basics import eventually
from tests.servers.letters import mailbox_messages, submit
from tests.stories.line import Line, body
from tests.stories.registry import contracts

WHOLE = """\
Добрый день!
Не печатается счёт из карточки сделки, пишет «Поле объекта не обнаружено». Подскажите, куда смотреть?

ООО «Берёза»
1С:CRM ПРОФ, версия 3.1.25.4
рег. номер 801000017
"""
MAPLE = WHOLE.replace("801000017", "801000033").replace("Берёза", "Клён")


def test_a_client_with_a_right_is_acknowledged_in_their_own_thread(line: Line) -> None:
    with line.running(shell=True):
        line.write("olga@birch.test", WHOLE, "Не печатается счёт", Message_ID="<first@birch.test>")
        (answer,) = line.letters_to("olga@birch.test")[-1:]
        (ticket,) = eventually(lambda: [t for t in line.tickets() if t["reaction_met"]])
    assert answer["X-Maild-Kind"] == "acknowledgement"
    assert answer["X-Maild-Ticket"] == "CRM-000001"
    assert answer["Subject"] == "Re: [CRM-000001] Не печатается счёт"
    assert answer["In-Reply-To"] == "<first@birch.test>"
    assert answer["From"].addresses[0].addr_spec == line.crm
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["Return-Path"] in ("<>", None)
    assert "Обращение CRM-000001 принято к обслуживанию" in body(answer)
    assert "Обращение CRM-000001 принято" in re.sub(r"<[^>]+>", "", body(answer, "html"))
    assert ticket["status"] == "open" and ticket["level"] == "standard" and ticket["line"] == "consultants"
    story = line.ticket("CRM-000001")
    assert [entry["event"] for entry in story["history"]] == ["registered", "accepted", "confirmed"]
    sent = {(record["direction"], record["kind"]) for record in story["mail"]}
    assert sent == {("in", "letter"), ("out", "acknowledgement"), ("out", "request")}
    line.maild("ticket", "CRM-000001", "-c", str(line.config), "--raw", str(line.folder / "raw"))
    (kept,) = (line.folder / "raw").iterdir()
    (archived,) = mailbox_messages(line.dovecot, line.crm, "Archive")
    assert kept.read_bytes() == archived.raw, "the letter is kept byte for byte"


def test_the_mailbox_afterwards(line: Line) -> None:
    line.once()
    line.write("olga@birch.test", WHOLE)
    eventually(lambda: line.mailbox(line.crm))
    line.once()
    assert not line.mailbox(line.crm), "dealt with: moved to the done folder"
    (archived,) = mailbox_messages(line.dovecot, line.crm, "Archive")
    assert "\\Seen" not in archived.flags


def test_what_is_missing_is_asked_for_and_the_reply_completes_the_ticket(line: Line) -> None:
    with line.running():
        line.write("ivan@birch.test", "Здравствуйте. Как скрыть поле в карточке сделки? ООО «Берёза»", "Поле")
        (asked,) = line.letters_to("ivan@birch.test", kind="request-information")
        assert "CRM-000001" in asked["Subject"]
        assert [ticket["status"] for ticket in line.tickets()] == ["details"]
        quoted = "\n".join("> " + row for row in body(asked).splitlines())
        reply = f"801000017, 3.1.25.4\n\n24.11.2026 10:20, Линия консультаций пишет:\n{quoted}\n"
        line.write("ivan@birch.test", reply, asked["Subject"], In_Reply_To=asked["Message-ID"])
        (accepted,) = line.letters_to("ivan@birch.test", kind="acknowledgement")
    assert accepted["X-Maild-Ticket"] == "CRM-000001"
    (ticket,) = line.tickets()
    assert ticket["status"] == "open"
    (hold,) = line.ticket("CRM-000001")["holds"]
    assert hold["clocks"] == ["reaction", "resolution"] and hold["to"]


def test_an_answer_written_inside_our_quoted_letter_is_read(line: Line) -> None:
    """Outlook quotes without signs, and some people answer between the lines."""
    with line.running():
        line.write("ivan@birch.test", "Здравствуйте. Как скрыть поле в карточке сделки? ООО «Берёза»", "Поле")
        (asked,) = line.letters_to("ivan@birch.test", kind="request-information")
        ours = body(asked).splitlines()
        at = next(index for index, row in enumerate(ours) if row.strip().startswith("1."))
        head = f"From: {line.crm}\nSent: Monday, November 23, 2026 10:20 AM\nTo: Ivan\nSubject: {asked['Subject']}\n"
        quoted = "\n".join([*ours[: at + 1], "801000017, версия 3.1.25.4", *ours[at + 1 :]])
        line.write("ivan@birch.test", f"см. ниже\n\n{head}\n{quoted}\n", "RE: Поле", In_Reply_To=asked["Message-ID"])
        (accepted,) = line.letters_to("ivan@birch.test", kind="acknowledgement")
    assert accepted["X-Maild-Ticket"] == "CRM-000001"


def test_a_renewed_contract_lets_a_refused_client_in_by_reply(line: Line) -> None:
    text = WHOLE.replace("Берёза", "Рябина").replace("801000017", "801000025").replace("ПРОФ", "КОРП")
    with line.running() as process:
        line.write("petr@rowan.test", text)
        (refused,) = line.letters_to("petr@rowan.test", kind="refusal")
        assert "31 января 2026" in body(refused).replace("\xa0", " ")
        (line.rules / "contracts.csv").write_text(contracts(rowan="2027-12-31"), encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        eventually(lambda: "rules-loaded" in line.log())
        line.write("petr@rowan.test", "Продлили договор, проверьте.", In_Reply_To=refused["Message-ID"])
        (accepted,) = line.letters_to("petr@rowan.test", kind="acknowledgement")
    assert accepted["X-Maild-Ticket"] == refused["X-Maild-Ticket"] == "CRM-000001"


def test_a_machine_is_not_answered(line: Line) -> None:
    with line.running():
        line.write("olga@birch.test", WHOLE + "Я в отпуске до 7 декабря.", "Автоответ", Auto_Submitted="auto-replied")
        line.write("anna@birch.test", WHOLE, "Вопрос")
        line.letters_to("anna@birch.test", kind="acknowledgement")
    assert not line.mailbox("olga@birch.test")
    assert [ticket["client"] for ticket in line.tickets()] == [line.at("anna@birch.test")]


def test_thanks_change_nothing(line: Line) -> None:
    with line.running():
        line.write("olga@birch.test", WHOLE)
        (answer,) = line.letters_to("olga@birch.test")[-1:]
        line.write("olga@birch.test", "Спасибо, ждём!", "Re: " + answer["Subject"], In_Reply_To=answer["Message-ID"])
        eventually(lambda: len(line.ticket("CRM-000001")["history"]) == 4)
    assert len(line.mailbox("olga@birch.test")) == len(line.letters_to("olga@birch.test"))
    assert len(line.tickets()) == 1


def test_a_number_in_a_strangers_subject_attaches_nothing(line: Line) -> None:
    with line.running():
        line.write("olga@birch.test", WHOLE)
        line.letters_to("olga@birch.test", kind="acknowledgement")
        line.write("eva@maple.test", MAPLE, "Re: [CRM-000001] Не печатается счёт")
        line.letters_to("eva@maple.test", kind="acknowledgement")
        # The same number from the client themselves, without any threading header, does attach.
        line.write("olga@birch.test", "И ещё: то же самое с актом.", "Re: [CRM-000001] счёт")
        eventually(lambda: len(line.ticket("CRM-000001")["history"]) == 4)
    assert [ticket["number"] for ticket in line.tickets()] == ["CRM-000001", "CRM-000002"]


def test_one_letter_to_both_mailboxes(line: Line) -> None:
    with line.running():
        line.write("olga@birch.test", WHOLE, "Жалоба и вопрос", to=f"{line.crm}, {line.control}")
        eventually(lambda: len(line.tickets()) == 2)
        line.letters_to("olga@birch.test", kind="acknowledgement")
    kinds = [letter["X-Maild-Kind"] for letter in line.letters_to("olga@birch.test")]
    assert kinds == ["acknowledgement"]
    assert sorted(ticket["category"] for ticket in line.tickets()) == ["consultation", "quality"]


def test_a_letter_over_the_limit_is_not_fetched_whole(line: Line) -> None:
    line.write_config(extra='[limits]\nmessage_size = "1MB"\n')
    with line.running():
        line.write("olga@birch.test", WHOLE + "Строка журнала.\n" * 20_000, "Большое")
        (notice,) = line.letters_to("olga@birch.test", kind="notice")
        line.letters_to("olga@birch.test", kind="acknowledgement")
        line.letters_to(line.operator, kind="operator")
    assert "1 МБ" in body(notice).replace("\xa0", " ")
    stored = line.ticket("CRM-000001")["mail"][0]
    line.maild("ticket", "CRM-000001", "-c", str(line.config), "--raw", str(line.folder / "raw"))
    (kept,) = (line.folder / "raw").iterdir()
    assert kept.stat().st_size < 400_000 and stored["direction"] == "in"


def test_the_same_letter_twice_is_one_ticket(line: Line) -> None:
    with line.running():
        written = "Mon, 23 Nov 2026 10:14:00 +0300"  # Postfix would add its own, another with every copy
        raw = line.write("olga@birch.test", WHOLE, Message_ID="<again@birch.test>", Date=written)
        line.letters_to("olga@birch.test", kind="acknowledgement")
        submit(line.postfix, raw, line.at("olga@birch.test"), line.crm)
        eventually(lambda: len(line.mailbox(line.crm, "Archive")) == 2)
        # A device that uses its Message-ID for another letter is heard, and flagged (lesson 2).
        line.write("olga@birch.test", WHOLE + "\nВторой вопрос.\n", "Другое", Message_ID="<again@birch.test>")
        line.letters_to("olga@birch.test", 2, kind="acknowledgement")
    assert len(line.tickets()) == 2
    says = [entry["says"] for entry in line.ticket("CRM-000002")["history"]]
    assert any("seen before" in word for word in says)
