"""Whole letters: places, roles, quotations of the desk's own words, hostile texts, and what is shown to clients.

`fields_letters.txt` holds the letters; it says itself how they are written.
"""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maild.domain.fields import FieldRules
from maild.mail.field_organisations import organisation_key
from maild.mail.fields import Recognition, preferred, recognise
from maild.mail.message import Message
from tests.mail.field_letters import OWN, disagreements, letter, rules_of, stored

ROOT = Path(__file__).resolve().parents[2]
RULES = rules_of(ROOT / "rules" / "rarus" / "intake.toml")
NUMBER = "registration_number"


def read(*parts: tuple[str, str], subject: str = "", rules: FieldRules = RULES) -> Recognition:
    return recognise(letter(*parts, subject=subject), rules, own_addresses=OWN)


def roles(text: str, name: str = NUMBER) -> dict[str, set[str]]:
    return {item.value: set(item.roles) for item in read(("own", text)).of(name)}


LETTERS = stored("fields_letters.txt")


@pytest.mark.parametrize(("expected", "message"), LETTERS, ids=[str(number) for number in range(len(LETTERS))])
def test_a_letter_gives_what_a_careful_person_reads(expected: dict[str, object], message: Message) -> None:
    assert not disagreements(message, RULES, expected)


def test_own_text_beats_signature_beats_forwarded_beats_quoted() -> None:
    parts = [
        ("quoted", "> рег. № 801000004\n"),
        ("forwarded", "рег. № 801000003\n"),
        ("signature", "рег. № 801000002\n"),
        ("own", "рег. № 801000001\n"),
    ]
    found = read(*parts, subject="рег. № 801000005").of(NUMBER)
    assert [item.place for item in found] == ["own", "subject", "signature", "forwarded", "quoted"]


def test_spans_show_the_value_where_it_stands() -> None:
    message = letter(("own", "Рег. № 801 234 567, ООО «Ива»"), subject="1С:CRM ПРОФ")
    found = recognise(message, RULES)
    number, name, product = (found.of(field)[0] for field in (NUMBER, "organisation", "product"))
    assert message.text[number.start : number.end] == number.text == "801 234 567"
    assert message.text[name.start : name.end] == "ООО «Ива»"
    assert (product.place, message.subject[product.start : product.end]) == ("subject", "1С:CRM ПРОФ")
    assert re.fullmatch(r"intake\.toml:\d+", number.rule)


@pytest.mark.parametrize(
    "quoted",
    [
        "23.11.2026, Линия консультаций <crm@example.test> пишет:\n> Рег. номер 801234567, версия 3.1.25.4\n",
        "On Mon, Nov 23, 2026 crm@example.test wrote:\n> Registration number 801234567\n",
        "От: crm@example.test\nТема: запрос\n\nУже есть: рег. номер 801234567, ООО «Ива»\n",
        "> например, 801234567\n",
    ],
)
def test_the_desks_own_words_never_fill_a_field(quoted: str) -> None:
    assert not read(("own", "Спасибо, отвечу завтра.\n"), ("quoted", quoted)).candidates


def test_a_client_quoted_below_the_desk_does() -> None:
    quoted = (
        "Линия консультаций <crm@example.test> пишет:\n> Рег. номер 801234567?\n"
        "> 20.11.2026, Анна <a@client.test> пишет:\n>> наш рег. номер 802345678\n"
    )
    assert [item.value for item in read(("own", "см. ниже\n"), ("quoted", quoted)).of(NUMBER)] == ["802345678"]


def test_an_attribution_at_the_end_of_own_text_counts() -> None:
    own = "Добрый день.\n23.11.2026 9:12, Линия консультаций пишет:\n"
    assert not read(("own", own), ("quoted", "> рег. номер 801234567\n")).candidates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("рег. № основной поставки 801234567, доп. 802345678", {"801234567": {"main"}, "802345678": {"additional"}}),
        ("рег. номер 801234567; старый рег. номер 802345678", {"801234567": set(), "802345678": {"old"}}),
        ("рег. № 801234567 (возвращена), рег. № 802345678", {"802345678": set(), "801234567": {"old"}}),
        ("рег. № 801234567, старый сервер вернули", {"801234567": set()}),
        ("рег. № 801234567 верный", {"801234567": set()}),
        ("рег. номер клиента 801234567, NFR 802345678", {"801234567": set(), "802345678": {"nfr"}}),
        ("рег. номера 801234567, 802345678 и 803456789", {"801234567": set(), "802345678": set(), "803456789": set()}),
        ("рег. № бухгалтерии 801234567, рег. № CRM 802345678", {"802345678": set()}),
    ],
)
def test_what_numbers_are_said_to_be(text: str, expected: dict[str, set[str]]) -> None:
    found = roles(text)
    assert found == expected
    assert list(found) == list(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("обновились с 3.1.23.11 на 3.1.25.4", {"3.1.25.4": {"current"}, "3.1.23.11": {"old"}}),
        ("хотим обновиться с 3.1.23.11 на 3.1.25.4", {"3.1.23.11": {"current"}, "3.1.25.4": {"target"}}),
        ("нужен доступ к версии 3.1.25.7", {"3.1.25.7": {"target"}}),
        ("версия 3.1.25.4", {"3.1.25.4": set()}),
        ("откатились с 3.1.25.4 на 3.1.23.11", {"3.1.23.11": {"current"}, "3.1.25.4": {"old"}}),
    ],
)
def test_what_versions_are_said_to_be(text: str, expected: dict[str, set[str]]) -> None:
    assert roles(text, "version") == expected


def test_a_candidate_is_preferred_by_role_and_never_an_old_one() -> None:
    versions = read(("own", "Сейчас 3.1.23.11, хотим обновиться до 3.1.25.7, раньше была 3.1.22.5")).of("version")
    assert (preferred(versions, "target") or versions[-1]).value == "3.1.25.7"
    assert (preferred(versions, "current") or versions[-1]).value == "3.1.23.11"
    assert preferred(read(("own", "старый рег. номер 801234567")).of(NUMBER)) is None


def test_what_clients_are_shown_is_never_read_as_an_answer() -> None:
    for rule in RULES.fields.values():
        for language in ("ru", "en", "uk"):
            shown = f"{rule.title[language]}\n{rule.hint[language]}\n"
            assert not read(("own", shown)).candidates, rule.name


@pytest.mark.parametrize(
    ("one", "other"), [('ООО "Ива"', "ООО Ива"), ("OOO «Ёлка»", "ООО «елка»"), ("ИП Котов А.Б.", "ИП Котов А. Б.")]
)
def test_spellings_of_one_organisation_are_the_same(one: str, other: str) -> None:
    assert organisation_key(one) == organisation_key(other)


WORDS = (
    'рег. № ;801234567;80123;AnyDesk ;ИНН ;7707083893;ООО ;«Ива»;";«;»;, ;. ;\n;\t;> ;1С:CRM ПРОФ;CRM ;3.1.25.4;|;'
    "8.3.27.1644;код партнёра ;4127;user ;zenit;логин: ;Организация: ;например, ;не знаю;с ;на ;+7 (495) ;-;(;);"
    "http://a.test/;@;Ива;LLC;ИП ;А. Б.;руб."
)
HOSTILE = (
    'x;1;1 ;801234567 ;рег. номер ;тел\tрег\t1\n;ООО ;ООО «;";.;3.1.;a@;a/;а;с 3.1.25.4 на ;организация: ;user ;CRM ;(;'
    "> ;\n;например, 8 ;от: a\n;+7 ;1-;ИП Иванов ;модуль crm для "
)
PIECES = st.sampled_from(WORDS.split(";"))


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join)), st.text(max_size=60))
def test_any_letter_is_read_and_spans_lie_inside(text: str, subject: str) -> None:
    half = len(text) // 2
    message = letter(("own", text[:half]), ("quoted", text[half:]), subject=subject)
    for items in recognise(message, RULES, own_addresses=OWN).candidates.values():
        for item in items:
            source = subject if item.place == "subject" else text
            assert 0 <= item.start < item.end <= len(source)
            assert item.text == source[item.start : item.end]


@pytest.mark.parametrize("piece", HOSTILE.split(";"))
def test_a_hostile_text_of_a_hundred_kilobytes_ends(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    message = letter(("own", text[:50_000]), ("quoted", text[50_000:]))
    assert recognise(message, RULES, own_addresses=OWN) is not None


def test_what_the_desk_quoted_is_not_shown_as_unusable() -> None:
    quoted = "Линия консультаций <crm@example.test> пишет:\n> ИНН 7743013903, рег. номер 80123, версия 8.3.27.1644\n"
    assert not read(("own", "Спасибо.\n"), ("quoted", quoted)).unrecognised
