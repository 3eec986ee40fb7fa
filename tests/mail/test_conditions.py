"""Words by dictionary form, and the small language of conditions tried on them."""

import pytest
from maild.domain.intake import Sign, Signs
from maild.mail.conditions import look
from maild.mail.words import fold_word, lemmas, parts, split
from maild.regulation.conditions import read_condition

NAMES = {"how": ["как", "где"], "site": ["update.rarus.ru", "сайт . обновление"], "ask": ["прошу", "не мочь"]}


def holds(condition: str, text: str, *, ukrainian: bool = False, **more: tuple[str, ...]) -> bool:
    extra = {key: tuple(read_condition(item, NAMES) for item in items) for key, items in more.items()}
    sign = Sign("c", None, (read_condition(condition, NAMES),), **extra)  # type: ignore[arg-type]
    return bool(look(Signs((sign,), frozenset({"не", "not"})), split("", text), ukrainian=ukrainian).hits)


@pytest.mark.parametrize(
    ("condition", "text", "expected"),
    [
        ("лицензия", "нет свободных лицензий", True),
        ("лицензия", "лицензионный договор", False),
        ("договор", "мы договорились о встрече", False),
        ("ошибка", "много ошибок", True),
        ("=настройте", "Настройте нам почту", True),
        ("=настройте", "как настроить почту", False),
        ("лиценз*", "лицензионный", True),
        ("ключ|пинкод", "просит пинкода", True),
        ("доступ =к обновление", "доступ наш к новым обновлениям", True),
        ("доступ . =к", "доступ наш к обновлениям", False),
        ("доступ обновление", "доступ к сайту ваших свежих обновлений", False),
        ("доступ .. обновление", "доступ к сайту ваших свежих обновлений", True),
        ("обновление доступ", "доступ к обновлениям", False),
        ("обновление & доступ", "доступ к обновлениям", True),
        ("обновление & доступ", "Поставили обновление. Доступ закрыт", False),
        ("отчет ! звонок", "отчёт по звонкам", False),
        ("отчет ! звонок", "отчёт по сделкам", True),
        ("ключ|код_активация", "просит код активации", True),
        ("ключ|код_активация", "код ошибки", False),
        ("<site>", "зашли на сайт обновлений", True),
        ("<how> отчет", "где взять отчёт?", True),
        ("<ask> & отчет", "не можем открыть отчёт", True),
        ("отчет & ?", "где отчёт?", True),
        ("отчет & ?", "вот отчёт. Ясно?", False),
        ("критичный", "это не критично", False),
        ("не запускаться", "программа не запускается", True),
        ("не запускаться", "программа не запускаеться", True),
        ("ёлка", "елка", True),
        ("1с", "в 1C ошибка", True),
        ("crm", "СRM не открывается", True),
        ("licence", "two licences", True),
        ("activate", "cannot be activated", True),
        (r"re:\bнаxyz\b", "нет", False),
        (r"re:при(?:записи|открытии)", "обработчик ПриЗаписи", True),
        ("рег номер", "рег. номер 8", True),
    ],
)
def test_a_condition(condition: str, text: str, expected: bool) -> None:
    assert holds(condition, text) is expected


LISTS = {
    "licence": ["лицензия", "license"],
    "key": ["ключ . защита", "пинкод|код_активация"],
    "both": ["<licence>|ключ", "<key>"],
    "aside": ["<licence>|<key> .. =ни . причем"],
    "deep": ["<both> .. <aside>"],
    "us": ["=ваш . инженер|программист", "please . build|create"],
}


@pytest.mark.parametrize(
    ("condition", "text", "expected"),
    [
        ("новый <both>", "новые лицензии", True),
        ("новый <both>", "новый пинкод", True),
        ("новый <both>", "новый код активации", True),
        ("новый <both>", "новый код ошибки", False),
        ("новый <both>", "новый ключ", True),
        ("<both> . потеряться", "ключ от защиты потерялся", False),
        ("<both> . потеряться", "ключ защиты потерялся", True),
        ("думать & <aside>", "лицензия, думаю, тут ни причём", True),
        ("=думаю .. <aside>", "думаю, ключ защиты тут ни причём", True),
        ("=думаю .. <aside>", "думаю, что ключ тут ни причём", False),
        ("=вот . <deep>", "вот пинкод, а лицензия тут ни причём", True),
        ("=вот . <deep>", "вот и пинкод, а лицензия тут ни причём", False),
        ("<us> .. отчет", "ваш программист делал отчёт", True),
        ("<us> .. отчет", "программист делал отчёт", False),
        ("<us>", "программист делал отчёт", False),
        ("a|<us>", "please create it", True),
        ("a|<us>", "create it", False),
        ("ключ|пинкод . потеряться", "пинкод потерялся", True),
        ("ключ|пинкод . потеряться", "ключ есть, пинкод потерялся", True),
        ("ключ|пинкод . потеряться", "ключ на месте", False),
        ("ключ|пинкод_потеряться", "ключ на месте", True),
    ],
)
def test_a_list_stands_for_its_expressions_wherever_it_stands(condition: str, text: str, expected: bool) -> None:
    sign = Sign("c", None, (read_condition(condition, LISTS),))
    assert bool(look(Signs((sign,)), split("", text)).hits) is expected


@pytest.mark.parametrize(
    ("lists", "says"),
    [
        ({"a": ["б & в"]}, "& and ! cannot stand in a list of words: 'б & в' in <a>"),
        ({"a": ["б ! в"]}, "& and ! cannot stand in a list of words"),
        ({"a": ["б", "<a> . в"]}, "the list of words <a> holds itself"),
        ({"a": ["<b>"], "b": ["<c>"], "c": ["г", "<a>"]}, "the list of words <a> holds itself"),
        ({"a": ["<b>"]}, "no such list of words: <b>"),
        ({"a": ["в_<a>"]}, "not a word: '<a>'"),
    ],
)
def test_a_list_that_cannot_be_read(lists: dict[str, list[str]], says: str) -> None:
    for condition in ("<a>", "и <a>"):
        with pytest.raises(ValueError, match=says.replace("!", r"\!")):
            read_condition(condition, lists)


@pytest.mark.parametrize(
    ("condition", "text", "expected"),
    [
        ("зустріч*", "онлайн-зустріч", True),
        ("зустріч*", "відео-онлайн-зустрічі", True),
        ("онлайн-зустр*", "онлайн-зустріч", True),
        ("зустріч*", "онлайнзустріч", False),
        ("line*", "on-line", True),
        ("=зустріч", "онлайн-зустріч", False),
    ],
)
def test_the_beginning_of_a_word_is_looked_for_in_the_parts_of_a_hyphenated_one(
    condition: str, text: str, expected: bool
) -> None:
    assert holds(condition, text) is expected


def test_ukrainian_forms_and_latin_i() -> None:
    assert holds("ліцензія", "немає вільних ліцензій", ukrainian=True)
    assert holds("ліцензія", "немає лiцензiї", ukrainian=True)


def test_unless_takes_a_sentence_and_never_the_letter() -> None:
    assert not holds("лицензия", "Лицензия в порядке", unless=("=в порядок",))
    assert holds("лицензия", "Лицензия в порядке. Слетела другая лицензия", unless=("=в порядок",))
    assert not holds("лицензия", "Всё в порядке. Слетела лицензия", never=("=в порядок",))


@pytest.mark.parametrize("bad", ["", "  ", "<nobody>", "a | b", "re:(", "= ", "a & ", "*"])
def test_a_bad_condition_is_an_error(bad: str) -> None:
    with pytest.raises(ValueError, match=r"not a|no such"):
        read_condition(bad, NAMES)


def test_words_know_their_place() -> None:
    words = split("Тема: отчёт", "Версия 3.1.25.4, пин-код. См. update.rarus.ru")
    assert words.forms == ("тема", "отчет", "версия", "3.1.25.4", "пин-код", "см", "update.rarus.ru")
    assert words.sentences == (0, 0, 1, 1, 1, 2, 2)
    assert words.snippet(2, 4) == "Версия 3.1.25.4, пин-код"


def test_mixed_letters_become_what_they_can_be() -> None:
    assert fold_word("пoчтa") == "почта" and fold_word("СRМ") == "crm" and fold_word("1С") == fold_word("1C") == "1c"
    assert "пинкод" in lemmas("пинкодом") and parts("веб-клиент") >= {"веб", "клиент"} and not parts("клиент")


def test_the_halves_of_a_hyphenated_word_are_folded_apart() -> None:
    assert fold_word("API-ключ") == "api-ключ"
    assert fold_word("АРI-ключ").endswith("-ключ")
    assert "ключ" in parts(fold_word("API-ключа"))


@pytest.mark.parametrize("word", ["лицензий", "стали", "ели", "пин-кодов", "рарусовский", "и", "людей", "лучше", "её"])
@pytest.mark.parametrize("language", ["ru", "uk"])
def test_looking_a_word_up_finds_what_parsing_it_finds(word: str, language: str) -> None:
    import pymorphy3

    parsed = {parse.normal_form.replace("ё", "е") for parse in pymorphy3.MorphAnalyzer(lang="ru").parse(word)}
    if language == "uk":
        parsed |= {parse.normal_form for parse in pymorphy3.MorphAnalyzer(lang="uk").parse(word)}
    assert lemmas(word, language == "uk") == parsed
