"""Folding keeps spans valid and makes look-alikes equal (B25)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maild.domain.folding import fold, fold_digits, same


@given(st.text())
def test_every_index_stays_valid(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folded_text_does_not_fold_further(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1С", "1C"),
        ("1С:CRM", "1c:СRМ"),
        ("ООО", "OOO"),
        ("«Ёлка»", '"елка"'),
        ("рег.\u00a0номер", "РЕГ.  НОМЕР"),
        ("3\u20135", "3-5"),
        ("НОМЕР", "HOMEP"),
        ("п’ять", "п'ять"),
    ],
)
def test_look_alikes_are_the_same(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(("one", "other"), [("ПРОФ", "КОРП"), ("CRM", "ERP"), ("80", "8О1"), ("рег", "per")])
def test_others_are_not(one: str, other: str) -> None:
    assert not same(one, other)


def test_a_letter_that_grows_in_lower_case_keeps_the_length() -> None:
    assert len(fold("İstanbul")) == len("İstanbul")


def test_letters_typed_for_digits() -> None:
    assert fold_digits(fold("8О1 2З4 5бI")) == "801 234 561"
