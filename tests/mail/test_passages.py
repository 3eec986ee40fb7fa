"""A person's words in pieces: what is theirs, what they quote, which blanks must last."""

import pytest
from maild.mail.parts import Quote
from maild.mail.passages import Passage, clean_words, excerpt, greets, own_lines, passages


def test_quoted_and_own_lines_alternate() -> None:
    assert passages("да\n> вопрос\n>> и ещё\n>\n> конец\nнет") == (
        Passage(Quote("да")),
        Passage(Quote("вопрос\n> и ещё\n\nконец"), quoted=True),
        Passage(Quote("нет")),
    )


@pytest.mark.parametrize("words", ["", "\n\n", ">", "> \n>\n"])
def test_nothing_makes_no_passage(words: str) -> None:
    assert passages(words) == ()


def test_blanks_that_mean_something_stay_and_lines_can_still_be_broken() -> None:
    (passage,) = passages("  отступ\nа   б в\tг")
    assert passage.said.text == "\u00a0\u00a0отступ\nа\u00a0\u00a0 б в\u00a0\u00a0\u00a0 г"


def test_a_sign_inside_a_line_is_no_quotation() -> None:
    assert passages("если a > b") == (Passage(Quote("если a > b")),)
    assert own_lines("a > b\n> c\n  > d") == "a > b\n  > d"


def test_cleaning_keeps_everything_that_can_be_read() -> None:
    assert clean_words("\r\n\tтаб  и\u00a0пробелы ё — “”\r\n") == "\tтаб  и\u00a0пробелы ё — “”"
    assert clean_words("\ud800a\ufdd0\x9f") == "a\ufdd0"


@pytest.mark.parametrize(
    "words, said",
    [
        ("Здравствуйте, Пётр.\n\nОтвет.", "Ответ."),
        ("Добрый день\nОтвет.", "Ответ."),
        ("Здравствуйте.", "Здравствуйте."),
        ("Здравствуйте. " + "Ответ стоит в той же строке, поэтому она остаётся. " * 2, None),
        ("> вопрос\nОтвет.", "Ответ."),
    ],
)
def test_an_excerpt_goes_without_greeting_and_quotation(words: str, said: str | None) -> None:
    assert excerpt(words, 600).text == (words.strip() if said is None else said)


@pytest.mark.parametrize("words", ["слово " * 1_000, "слово слово\n" * 1_000, "ы" * 5_000, "а\n\n" * 3_000])
def test_an_excerpt_is_cut_and_says_so(words: str) -> None:
    found = excerpt(words, 600)
    assert 400 < len(found.text) <= 602 and found.text.endswith("…") and found.more == 0


@pytest.mark.parametrize(
    "words, found",
    [
        ("Здравствуйте, Анна", True),
        ("  добрый   день!", True),
        ("Доброго дня", True),
        ("Вітаємо.", True),
        ("Hello,", True),
        ("Hi Peter", True),
        ("Высокая нагрузка", False),
        ("Hibernate is off", False),
        ("Добрая половина писем", False),
        ("", False),
    ],
)
def test_greetings(words: str, found: bool) -> None:
    assert greets(words) is found
