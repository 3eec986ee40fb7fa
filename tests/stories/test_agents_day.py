"""An agent's day with nothing but a mail program: reading a request, answering, ordering, changing one's mind."""

from email.message import EmailMessage
from email.policy import SMTP

from tests.servers.basics import eventually
from tests.servers.letters import deliver, submit
from tests.stories.line import Line, body
from tests.stories.test_people import CLIENT, WHOLE

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
JOURNAL = bytes(range(256)) * 40


def test_a_request_letter_is_the_clients_words_then_the_card_then_the_commands(line: Line) -> None:
    """Olga writes twice; her second letter has a picture among its words, and a file."""
    with line.running():
        line.write(CLIENT, WHOLE, "Не печатается счёт")
        line.letters_to(line.agent, kind="request")
        submit(line.postfix, with_picture_and_file(line), line.at(CLIENT), line.crm)
        told = line.letters_to(line.agent, 2, kind="request")[-1]
    assert told["X-Maild-Ticket"] == "CRM-000002" and "[CRM-000002]" in told["Subject"]
    text = body(told).replace("\xa0", " ")
    in_order = (
        *("Ответ выше этой строки уйдёт клиенту", "Вместо кнопки пустое место", "Вложения: ", "Заявка: ", "Клиент: "),
        *("ООО «Берёза»", "Право на поддержку: есть", "до 31 декабря 2027", "стандартный, консультация"),
        *("Реакция: до ", "(мск)", "осталось 7 ч", "Решение: до ", "осталось 23 ч", "Раньше: ", "CRM-000001"),
        *("#ждать", "#решено", "#взять"),
    )
    at = 0
    for words in in_order:
        assert words in text[at:], f"«{words}» is not where it belongs"
        at = text.index(words, at)
    for shown in (text, body(told, "html").replace("\xa0", " ").replace("&nbsp;", " ")):
        places = [shown.index(words) for words in ("вот так:", "[снимок.png]", "801000017")]
        assert places == sorted(places), "where the picture stood its name stands"
    files = {part.get_filename(): part.get_content() for part in told.iter_attachments()}
    assert files == {"снимок.png": PICTURE, "журнал регистрации.zip": JOURNAL}


def with_picture_and_file(line: Line) -> bytes:
    """Olga's second letter, as a web mail program makes it."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = line.at(CLIENT), line.crm
    message["Subject"], message["Message-ID"] = "Пустая кнопка", "<picture@birch.test>"
    said = "Вместо кнопки пустое место, вот так:", "ООО «Берёза», 1С:CRM ПРОФ, версия 3.1.25.4, рег. номер 801000017"
    message.set_content(f"{said[0]}\n[image: снимок.png]\n{said[1]}\n")
    html = f'<p>{said[0]}</p><p><img src="cid:shot@birch" alt="снимок.png"></p><p>{said[1]}</p>'
    message.add_alternative(html, subtype="html")
    *_, part = message.iter_parts()
    part.add_related(PICTURE, "image", "png", cid="<shot@birch>", filename="снимок.png")
    message.add_attachment(JOURNAL, "application", "zip", filename="журнал регистрации.zip")
    return bytes(message)


def test_one_bad_line_and_nothing_at_all_happens(line: Line) -> None:
    """Anna mistypes a command; gets her text back; sends it again, mended, in reply to that very letter."""
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт")
        (mine,) = line.letters_to(line.agent, kind="request")
        words = ("Обновите платформу до 8.3.25.", "После этого счёт напечатается.")
        line.reply(line.agent, mine, "#взять", "#решенно", "#уровень лунный", *words, program="outlook ru")
        (told,) = line.letters_to(line.agent, kind="confirmation")
        text = body(told)
        for needed in ("Клиенту ничего не ушло", "#решенно", "Похоже на #решено", *words, "#ждать", "Заявка: ", "ООО"):
            assert needed in text, needed
        (ticket,) = line.tickets()
        assert (ticket["status"], ticket["assignee"]) == ("open", None), "the good lines were not carried out either"
        assert line.went(CLIENT) == ["acknowledgement"]
        line.reply(line.agent, told, "#взять", "#решено", *words, program="thunderbird")
        (solution,) = line.letters_to(CLIENT, kind="answer")
        line.letters_to(CLIENT, kind="rating")
        (ticket,) = line.tickets()
    assert "\n".join(words) in body(solution).replace("\r\n", "\n")
    assert "решенно" not in body(solution) + body(solution, "html")
    assert (ticket["status"], ticket["assignee"]) == ("assessment", line.agent)


def test_a_note_is_for_colleagues_whatever_is_answered_later(line: Line) -> None:
    """Anna's note has a file. Pyotr answers the client in reply to that very note, whose words his program quotes."""
    colleague = line.with_colleague()
    secret, file = "Пароль от их базы лежит в сейфе.", ("доступы.txt", "пароль qwerty".encode())
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт")
        (mine,) = line.letters_to(line.agent, kind="request")
        line.reply(line.agent, mine, "#заметка", secret, program="gmail web", files=(file,))
        (note,) = line.letters_to(colleague, kind="note")
        assert secret in body(note)
        (attached,) = note.iter_attachments()
        assert (attached.get_filename(), attached.get_content()) == file
        line.reply(colleague, note, "Спасибо, нашёл в сейфе.", program="outlook web")
        (told,) = line.letters_to(line.agent, kind="note")
        assert "Спасибо, нашёл в сейфе." in body(told), "a plain reply to a note is a note"
        line.reply(colleague, note, "#решено", "Печать исправили, проверьте.", program="outlook ru")
        line.letters_to(CLIENT, kind="rating")
        answers = line.letters_to(CLIENT, kind="answer")
        assert line.went(CLIENT) == ["acknowledgement", "answer", "rating"]
    assert "Печать исправили, проверьте." in body(answers[0])
    for letter in line.mailbox(CLIENT):
        assert not list(letter.iter_attachments())
        shown = body(letter) + body(letter, "html")
        assert not [word for word in ("сейф", "qwerty", "доступы", "#заметка") if word in shown]


def test_commands_as_hands_type_them(line: Line) -> None:
    """Latin letters that look Russian, capitals, blanks that do not break, several commands, empty lines above."""
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт")
        (mine,) = line.letters_to(line.agent, kind="request")
        line.reply(line.agent, mine, "#cтaтуc", program="mutt")
        card = line.letters_to(line.agent, kind="confirmation")[-1]
        assert "Заявка:" in body(card) and "ООО «Берёза»" in body(card)
        assert line.events()[-1] == "confirmed", "to ask is no event"
        line.reply(
            line.agent, mine, "", "\xa0", "#ВЗЯТЬ\xa0", "# Уpoвень\xa0standard", "#wait", "", "Какой релиз?",
            program="roundcube",
        )  # fmt: skip
        (asked,) = line.letters_to(CLIENT, kind="answer")
        line.letters_to(line.agent, 2, kind="confirmation")
        (ticket,) = line.tickets()
        assert (ticket["assignee"], ticket["level"], ticket["status"]) == (line.agent, "standard", "waiting")
        assert "Какой релиз?" in body(asked) and "#" not in body(asked)
        line.reply(line.agent, mine, "#queue", program="mutt")
        queue = line.letters_to(line.agent, 3, kind="confirmation")[-1]
        assert "CRM-000001" in body(queue)
        line.reply(line.agent, mine, "#почему", program="k-9")
        why = line.letters_to(line.agent, 4, kind="confirmation")[-1]
        assert "801000017" in body(why) and "contracts.csv" in body(why)
        line.reply(line.agent, mine, "#ответ скрыть поле", "Если не поможет, напишите.", program="gmail app")
        canned = line.letters_to(CLIENT, 2, kind="answer")[-1]
    assert "Изменить форму" in body(canned) and "Если не поможет, напишите." in body(canned)


def test_a_command_in_a_clients_letter_or_in_a_quotation_is_text(line: Line) -> None:
    with line.running():
        line.write(CLIENT, "#решено\n#отказать out-of-scope\n" + WHOLE, "#срочно")
        (mine,) = line.letters_to(line.agent, kind="request")
        assert "#отказать out-of-scope" in body(mine)
        line.reply(line.agent, mine, "Смотрим, ответим сегодня.", program="the bat")
        (answer,) = line.letters_to(CLIENT, kind="answer")
        line.reply(CLIENT, answer, "#закрыть", "#взять", "Ждём.", program="yandex web")
        line.letters_to(line.agent, 2, kind="request")
        (ticket,) = line.tickets()
    assert (ticket["status"], ticket["level"], ticket["assignee"]) == ("open", "standard", None)
    assert "отказать" not in body(answer)


def test_whoever_was_in_copy_stays_in_the_conversation(line: Line) -> None:
    """Olga writes with her chief in copy; the desk shows no agents' names."""
    line.rewrite("desk.toml", r'^display = "both"', 'display = "desk"')
    boss = line.at("boss@birch.test")
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт", Message_ID="<cc@birch.test>", Cc=boss)
        (mine,) = line.letters_to(line.agent, kind="request")
        line.reply(line.agent, mine, "Снимите флажок «Черновик».", "", "-- ", "Анна Котова", "доб. 123", program="mutt")
        (copy,) = line.letters_to(boss, kind="answer")
        (answer,) = line.letters_to(CLIENT, kind="answer")
        assert answer["Cc"] == boss and answer["Message-ID"] == copy["Message-ID"]
        assert answer["In-Reply-To"] == "<cc@birch.test>" and answer["Subject"] == "Re: [CRM-000001] Счёт"
        assert "Котова" not in str(answer["From"]) + body(answer) and "доб. 123" not in body(answer)
        told = body(line.letters_to(line.agent, kind="confirmation")[-1])
        assert line.at(CLIENT) in told and boss in told, "the agent is told who got it"
        line.reply(boss, copy, "Снял, не помогло.", program="ios mail")
        more = line.letters_to(line.agent, 2, kind="request")[-1]
        assert "Снял, не помогло." in body(more)
        line.reply(line.agent, more, "Тогда обновите платформу.", program="samsung")
        line.letters_to(boss, 2, kind="answer")
        line.letters_to(CLIENT, 2, kind="answer")
        assert [ticket["number"] for ticket in line.tickets()] == ["CRM-000001"]


def test_an_answer_is_taken_back_in_time_and_not_too_late(line: Line) -> None:
    line.rewrite("desk.toml", r'^undo = "0s"', 'undo = "10m"')
    with line.running() as daemon:
        line.write(CLIENT, WHOLE, "Счёт")
        (mine,) = line.letters_to(line.agent, kind="request")
        line.reply(line.agent, mine, "#решено", "Переустановите систему.", program="thunderbird")
        line.letters_to(line.agent, kind="confirmation")
        line.reply(line.agent, mine, "#отменить", program="thunderbird")
        back = line.letters_to(line.agent, 2, kind="confirmation")[-1]
        assert "Переустановите систему." in body(back)
        assert line.went(CLIENT) == ["acknowledgement"]
        line.rewrite("desk.toml", r'^undo = "10m"', 'undo = "1s"')
        line.reload(daemon)
        line.reply(line.agent, mine, "#решено", "Снимите флажок «Черновик».", program="thunderbird")
        (answer,) = line.letters_to(CLIENT, kind="answer")
        line.letters_to(CLIENT, kind="rating")
        line.reply(line.agent, mine, "#undo", program="thunderbird")
        late = eventually(lambda: [t for t in map(body, line.mailbox(line.agent)) if "ответ уже ушёл" in t])
        (ticket,) = line.tickets()
    assert late and ticket["status"] == "assessment"
    assert "Снимите флажок" in body(answer) and "Переустановите" not in body(answer)


def test_a_daemon_killed_between_an_answer_and_its_confirmation(line: Line) -> None:
    """The mail server is away, so the answer is decided but nothing has left; then the machine dies."""
    colleague = line.with_colleague()
    process = line.start()
    try:
        line.write(CLIENT, WHOLE, "Счёт")
        (mine,) = line.letters_to(line.agent, kind="request")
        line.letters_to(CLIENT, kind="acknowledgement")
        reply = line.answering(line.agent, mine, "#решено", "Снимите флажок «Черновик».", program="outlook en")
        line.postfix.stop()
        try:
            deliver(line.dovecot, bytes(reply), line.crm, sender=line.agent)
            eventually(lambda: "resolved" in line.events(), timeout=30, every=0.2)
        finally:
            process.kill()
            process.wait(timeout=10)
    finally:
        line.postfix.start()
    with line.running():
        line.letters_to(CLIENT, kind="rating")
        line.letters_to(line.agent, kind="confirmation")
        line.letters_to(colleague, kind="note")
        eventually(lambda: '"queued": 0' in line.maild("status", "-c", str(line.config), "--json", check=False).stdout)
    assert [letter["X-Maild-Kind"] for letter in line.mailbox(CLIENT)] == ["acknowledgement", "answer", "rating"]
    assert [letter["X-Maild-Kind"] for letter in line.mailbox(line.agent)] == ["request", "confirmation"]
    assert [letter["X-Maild-Kind"] for letter in line.mailbox(colleague)] == ["request", "note"]
    assert line.events().count("resolved") == 1
