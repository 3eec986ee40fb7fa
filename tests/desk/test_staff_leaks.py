"""Internal words in an agent's answer: nothing goes out, however often it is tried."""

from tests.desk.office import IVANOV, KOTOVA, OLGA, Office

NOTE = "Между нами: клиент третий раз путает поле «Этап» с полем «Стадия», будьте терпеливы."


def test_a_card_pasted_without_signs_is_held_back_every_time(office: Office) -> None:
    office.arrive(OLGA)
    letter = office.last(IVANOV, "request")
    card = [row for row in letter.text.splitlines() if ":" in row][-8:]
    text = "Снимите флажок.\n\n" + "\n".join(card)
    office.reply(letter, text)
    office.reply(letter, text)
    told = office.last(IVANOV, "confirmation")
    office.reply(told, text)
    assert office.kinds(OLGA) == ["acknowledgement"]
    assert office.kinds(IVANOV).count("confirmation") == 3
    office.reply(told, "Снимите флажок.")
    assert office.kinds(OLGA) == ["acknowledgement", "answer"]


def test_a_note_never_reaches_the_client_not_even_from_its_own_author(office: Office) -> None:
    office.arrive(OLGA)
    letter, theirs = office.last(IVANOV, "request"), office.last(KOTOVA, "request")
    office.reply(letter, f"#заметка\n{NOTE}")
    office.reply(letter, f"Снимите флажок.\n\n{NOTE}")
    office.reply(theirs, f"Снимите флажок.\n\n{NOTE}")
    assert office.kinds(OLGA) == ["acknowledgement"]
    assert "Между нами" in office.last(KOTOVA, "note").text
