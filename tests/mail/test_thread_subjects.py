"""Subjects: the number that stands there, and what is left when prefixes, brackets and controls are gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maild.mail.thread import clean_subject, subject_number


@pytest.mark.parametrize(
    "subject, number",
    [
        ("Re: [CRM-000042] Счёт", "CRM-000042"),
        ("Счёт [ crm-000042 ] ещё раз", "CRM-000042"),
        ("[СRМ-000042] с русскими С и М", "CRM-000042"),
        ("по заявке CRM-000042, напоминаю", "CRM-000042"),
        ("по заявке crm‑000042", "CRM-000042"),
        ("CRM-000001 и [CRM-000002]", "CRM-000002"),
        ("[CRM-42]", "CRM-000042"),
        ("[CRM-1000042]", "CRM-1000042"),
        ("CRM-42", None),
        ("XCRM-000042", None),
        ("CRM-000042-b", None),
        ("[ABC-000042]", None),
        ("1С:CRM 3.1.25", None),
        ("", None),
    ],
)
def test_the_number_in_a_subject(subject: str, number: str | None) -> None:
    assert subject_number(subject, "CRM") == number


def test_a_prefix_in_cyrillic_is_matched_in_either_script() -> None:
    assert subject_number("[СРМ-000042]", "СРМ") == "СРМ-000042"
    assert subject_number("[CPM-000042]", "СРМ") == "СРМ-000042"


@pytest.mark.parametrize(
    "subject, clean",
    [
        ("Re: Fwd: Отв: Пересл: Счёт", "Счёт"),
        ("НА: HA: Відп: AW: WG: SV: счёт", "счёт"),
        ("RE[2]: Re(3): Re^4: счёт", "счёт"),
        ("Re : Ответ: счёт", "счёт"),
        ("Re: [CRM-000042] Re: [CRM-000042] счёт", "счёт"),
        ("[EXT] Fwd: [Ticket#123] счёт", "счёт"),
        ("счёт [CRM-000042]", "счёт"),
        ("[Ошибка] при печати", "[Ошибка] при печати"),
        ("На складе: нет остатков", "На складе: нет остатков"),
        ("Отвечает: нет", "Отвечает: нет"),
        ("Ре\u200bклама\u202e\u0000\r\nBcc: x@y.test", "Реклама Bcc: x@y.test"),
        ("  много \t   пробелов\u00a0 ", "много пробелов"),
        ("Re:", ""),
        ("", ""),
    ],
)
def test_a_clean_subject(subject: str, clean: str) -> None:
    assert clean_subject(subject) == clean


def test_a_long_subject_is_cut_at_a_word() -> None:
    clean = clean_subject("слово " * 2_000)
    assert len(clean) <= 120
    assert clean.endswith("слово…")
    assert len(clean_subject("ы" * 10_000)) == 120


@given(st.text(max_size=300))
def test_no_subject_breaks_a_line_or_grows(subject: str) -> None:
    clean = clean_subject(subject)
    assert len(clean) <= 120
    assert clean == clean.strip()
    assert not any(character in clean for character in "\r\n\t\u202e\u200b\x00")
    assert "\r" not in clean and "\n" not in clean
