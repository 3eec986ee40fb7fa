"""Whole letters: places, roles, quotations of the desk's own words, hostile texts, and what is shown to clients.

`fields_letters.txt` holds the letters; it says itself how they are written.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maild.domain.fields import FieldRules
from maild.mail.field_organisations import organisation_key
from maild.mail.fields import Recognition, preferred, recognise
from maild.mail.message import Address, Message, Place, Section
from maild.regulation.fields import load_fields
from maild.tomlfile import read_toml

ROOT = Path(__file__).resolve().parents[2]
OWN = frozenset({"crm@example.test", "Линия консультаций"})
RULES = load_fields(read_toml(ROOT / "rules" / "rarus" / "intake.toml"))
NUMBER = "registration_number"


def letter(*parts: tuple[str, str], subject: str = "", language: str = "ru") -> Message:
    """A letter of (place, text) parts."""
    sections, text = [], ""
    for place, part in parts:
        sections.append(Section(Place(place), len(text), len(text) + len(part)))
        text += part
    return Message(
        message_id="<1@client.test>", sender=Address("", "a@client.test"), from_count=1, reply_to=(), to=(), cc=(),
        subject=subject, date=None, in_reply_to=(), references=(), text=text, reply=text, sections=tuple(sections),
        attachments=(), automatic=None, language=language,
    )  # fmt: skip


def read(*parts: tuple[str, str], subject: str = "", rules: FieldRules = RULES) -> Recognition:
    return recognise(letter(*parts, subject=subject), rules, own_addresses=OWN)


def roles(text: str, name: str = NUMBER) -> dict[str, set[str]]:
    return {item.value: set(item.roles) for item in read(("own", text)).of(name)}


def stored() -> Iterator[tuple[dict[str, object], Message]]:
    text = (Path(__file__).parent / "fields_letters.txt").read_text(encoding="utf-8")
    for block in text.split("\n=== ")[1:]:
        head, body = block.split("\n", 1)
        first, *rest = re.split(r"(?m)^@(\w+)\n", body)
        parts = [("own", first), *zip(rest[::2], rest[1::2], strict=True)]
        subject = "".join(part for place, part in parts if place == "subject").strip()
        language = "ru" if re.search("[а-я]", body) else "en"
        sections = [part for part in parts if part[0] != "subject" and part[1].strip()]
        yield json.loads(head), letter(*sections, subject=subject, language=language)


LETTERS = list(stored())


@pytest.mark.parametrize(("expected", "message"), LETTERS, ids=[str(number) for number in range(len(LETTERS))])
def test_a_letter_gives_what_a_careful_person_reads(expected: dict[str, object], message: Message) -> None:
    found = recognise(message, RULES, own_addresses=OWN)
    wanted = "target" if "доступ" in message.text.lower() else "current"
    chosen = {name: preferred(items, wanted) for name, items in found.candidates.items()}
    values = {name: item.value for name, item in chosen.items() if item}
    for name in expected.keys() | values.keys():
        accepted = expected.get(name)
        assert values.get(name) in (accepted if isinstance(accepted, list) else [accepted]), name


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
        ("рег. номер клиента 801234567, NFR 802345678", {"801234567": {"client"}, "802345678": {"nfr"}}),
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
