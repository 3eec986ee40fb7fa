"""The language of phrases: what a rule file may say and what it finds."""

import pytest
from maild.domain.folding import fold
from maild.domain.phrases import compile_phrases, compile_tagged, compile_words


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("рег номер*", "Рег. номера", "рег. номера"),
        ("рег номер*", "регномер", "регномер"),
        ("рег номер*", "мой рег-номер: 5", "рег-номер"),
        ("рег|регистр* №", "регистрационный № 5", "регистрационный №"),
        ("код [наш*] партнер*", "код нашего партнёра", "код нашего партнера"),
        ("код [наш*] партнер*", "код партнёра", "код партнера"),
        ("[наш] логин", "логин", "логин"),
        ("инн", "ИНН7700", "инн"),
        ("тел", "801тел.5", "тел"),
        ("any desk", "AnyDesk", "аnуdеsк"),
        ("₽", "5 ₽", "₽"),
    ],
)
def test_finds(phrase: str, text: str, found: str) -> None:
    folded = fold(text)
    assert [folded[start:end] for start, end, _ in compile_phrases([phrase]).find(folded)] == [found]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [("инн", "длинна"), ("рег", "регион"), ("тел", "отель"), ("код партнер*", "код клиента партнера"), ("н", "на")],
)
def test_does_not_find(phrase: str, text: str) -> None:
    assert not compile_phrases([phrase]).search(fold(text))


@pytest.mark.parametrize("phrase", ["", "   ", "[наш]", "рег|", "*", "[рег", "рег [наш"])
def test_a_broken_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="phrase"):
        compile_phrases([phrase])


def test_the_weightier_phrase_wins() -> None:
    phrases = compile_tagged([("рег номер", 1), ("рег номер касс*", 2), ("рег", 3)])
    assert [tag for _, _, tag in phrases.find("рег номер кассы, рег номер, рег")] == [2, 1, 3]


def test_the_end_of_a_text() -> None:
    phrases = compile_phrases(["например"])
    assert phrases.ends("номер, например: ")
    assert not phrases.ends("например, номер ")
    assert phrases.ends("например номер", slack=5)


def test_words_are_counted_that_are_not_known() -> None:
    words = compile_words(["это", "наш*", "он|она"])
    assert words.unknown("это наша новая она, вот") == 2
    assert "нашего" in words
    with pytest.raises(ValueError, match="single"):
        compile_words(["два слова"])


def test_nothing_is_found_by_nothing() -> None:
    assert not compile_phrases([]).search("что угодно")
