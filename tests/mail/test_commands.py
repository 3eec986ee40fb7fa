"""The first lines of an agent's letter: commands, bad lines, and the text that goes to the client."""

from itertools import combinations

import pytest
from maild.mail.commands import COMMANDS, Command, Orders, read_orders, shown
from maild.mail.thread import Signer
from maild.mail.written import word_key

CODE = Signer(b"a secret of the tests alone").code("anna@desk.example", "agent", "CRM-000042")
NAMES = [word.name for word in COMMANDS]
KINDS = {word.name: word.argument for word in COMMANDS}


def given_orders(text: str) -> list[tuple[str, str]]:
    """What a letter orders, as (name, argument), after it has been made sure that nothing is wrong with it."""
    orders = read_orders(text)
    assert orders.bad == ()
    return [(command.name, command.argument) for command in orders.commands]


# ---- the table


def test_every_name_of_the_contract_is_there_once() -> None:
    wanted = """accept take assign wait resolve refuse level line urgent develop note for status queue next undo reply
    why reopen send letters"""
    assert sorted(NAMES) == sorted(wanted.split())


def test_no_two_commands_share_a_word() -> None:
    for one, other in combinations(COMMANDS, 2):
        forms = [{word_key(form) for words in word.words.values() for form in words} for word in (one, other)]
        assert not forms[0] & forms[1], (one.name, other.name)


@pytest.mark.parametrize(
    ("name", "language", "word"),
    [
        ("take", "ru", "#взять"),
        ("take", "en", "#take"),
        ("take", "uk", "#взяти"),
        ("resolve", "ru", "#решено"),
        ("next", "ru", "#дальше"),
        ("reopen", "ru", "#переоткрыть"),
        ("letters", "uk", "#листи"),
        ("note", "de", "#note"),
    ],
)
def test_shown(name: str, language: str, word: str) -> None:
    assert shown(name, language) == word


def test_english_words_are_the_canonical_names() -> None:
    assert [shown(name, "en") for name in NAMES] == [f"#{name}" for name in NAMES]


@pytest.mark.parametrize(
    ("name", "form"), [(word.name, form) for word in COMMANDS for words in word.words.values() for form in words]
)
def test_every_word_is_obeyed_in_any_case(name: str, form: str) -> None:
    argument = " X" if KINDS[name] == "required" else ""
    for written in (form, form.upper(), form.title()):
        assert given_orders(f"#{written}{argument}") == [(name, argument.strip())]


# ---- how one command may be written


@pytest.mark.parametrize(
    "line",
    [
        "#взять",
        "  #взять  ",
        "\n\n#взять",
        "\ufeff#взять",
        "\u00a0\u200b#взять\u00a0",
        "\u00a0\n\u200b\n#взять",
        "#вз\u00adять",
        "#вз\u200bять",
        "#BЗЯTЬ",
        "＃взять",
        "﹟взять",
        "# взять",
        "#\u00a0взять",
        "##взять",
        "#взять.",
        "#взять!",
        "#взять…",
        "#взять:",
        "#взять ;",
        "**#взять**",
        "*#взять*",
        "__#взять__",
        "* #взять",
        "- #взять",
        "• #взять",
        "\\#взять",
        "`#взять`",
        "«#взять»",
        "№взять",
        "#взять\r\n",
        "#ｔａｋｅ",
        "#tаkе",
        f"#take\r\n\r\n{CODE}\r\n",
        f"{CODE}\n#take",
        "#взять #взять",
        "#взять\n#ВЗЯТЬ\n#take",
    ],
)
def test_take_written_in_many_ways(line: str) -> None:
    assert given_orders(line) == [("take", "")]
    assert read_orders(line).text == ""


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("#cтaтуc", "status"),
        ("#CTATУC", "status"),
        ("#лiнiя X", "line"),
        ("#очерeдь", "queue"),
        ("#nоtе", "note"),
        ("#wаit", "wait"),
        ("#ждём", "wait"),
        ("#решён", "resolve"),
        ("#розробка", "develop"),
        ("#дaлi", "next"),
        ("#далее", "next"),
        ("#прии\u0306няти", "accept"),
    ],
)
def test_look_alikes_and_accents(line: str, name: str) -> None:
    orders = read_orders(line)
    assert [command.name for command in orders.commands] == [name]


@pytest.mark.parametrize(
    ("line", "argument"),
    [
        ("#линия менеджеры", "менеджеры"),
        ("#линия: менеджеры", "менеджеры"),
        ("#линия:менеджеры", "менеджеры"),
        ("#линия = менеджеры.", "менеджеры"),
        ("#линия — менеджеры", "менеджеры"),
        ("#линия - «менеджеры»", "менеджеры"),
        ("#линия\u00a0\u00a0вторая\u00a0линия", "вторая линия"),
        ("**#линия менеджеры**", "менеджеры"),
        ("*#линия* менеджеры", "менеджеры"),
        ("# линия менеджеры", "менеджеры"),
        ("#line second_line", "second_line"),
        ("#line #1", None),
    ],
)
def test_arguments(line: str, argument: str | None) -> None:
    if argument is None:
        assert read_orders(line).bad
    else:
        assert given_orders(line) == [("line", argument)]


@pytest.mark.parametrize(
    "written",
    [
        "ivan@client.example",
        "<ivan@client.example>",
        "ivan@client.example.",
        "ivan@client.example<mailto:ivan@client.example>",
        "ivan@client.example <mailto:ivan@client.example>",
        "[mailto:ivan@client.example]ivan@client.example",
        "mailto:ivan@client.example",
        "<mailto:ivan@client.example>",
        '"ivan@client.example"',
    ],
)
def test_addresses_as_programs_write_them(written: str) -> None:
    assert given_orders(f"#для {written}") == [("for", "ivan@client.example")]


def test_a_name_with_its_address_stays_whole() -> None:
    line = "#назначить Анна Котова <anna@desk.example>"
    assert given_orders(line) == [("assign", "Анна Котова <anna@desk.example>")]
    assert read_orders(line).commands == (Command("assign", "Анна Котова <anna@desk.example>", line),)


# ---- several commands, and the text


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("#взять\n#ждать\nКакая версия?", [("take", ""), ("wait", "")]),
        ("#взять #ждать\nКакая версия?", [("take", ""), ("wait", "")]),
        ("#взять, #ждать\nКакая версия?", [("take", ""), ("wait", "")]),
        ("#взять#ждать\nКакая версия?", [("take", ""), ("wait", "")]),
        ("**#взять** **#ждать**\nКакая версия?", [("take", ""), ("wait", "")]),
        ("#взять\n\n\u00a0\n#ждать\n\nКакая версия?", [("take", ""), ("wait", "")]),
        ("#ждать Какая версия?", [("wait", "")]),
        ("#ждать: Какая версия?\n#взять", [("wait", ""), ("take", "")]),
        ("#взять #ждать — Какая версия?", [("take", ""), ("wait", "")]),
        ("#уровень sla2, #линия managers\nКакая версия?", [("level", "sla2"), ("line", "managers")]),
        ("#линия managers #взять\nКакая версия?", [("line", "managers"), ("take", "")]),
        (f"#взять\nКакая версия?\n\n{CODE}", [("take", "")]),
        (f"#взять\n{CODE}\nКакая версия?", [("take", "")]),
        ("Какая версия?", []),
    ],
)
def test_commands_and_text(text: str, orders: list[tuple[str, str]]) -> None:
    assert given_orders(text) == orders
    assert read_orders(text).text == "Какая версия?"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("#решено Очистите кэш", "Очистите кэш"),
        ("#решено: Очистите кэш", "Очистите кэш"),
        ("#решено. Очистите кэш.", "Очистите кэш."),
        ("#решено Очистите кэш\n\nС уважением", "Очистите кэш\n\nС уважением"),
        ("#решено Очистите кэш\nи войдите снова", "Очистите кэш\nи войдите снова"),
        ("#решено (очистите кэш)", "(очистите кэш)"),
        ("#решено :)", ":)"),
        ("*#решено* Очистите *кэш*", "Очистите *кэш*"),
        ("#решено\nНажмите #очередь в чате", "Нажмите #очередь в чате"),
        ("#решено Нажмите #очередь в чате", "Нажмите #очередь в чате"),
        ("#решено\nСделайте так:\n#1 очистите кэш\n#взять", "Сделайте так:\n#1 очистите кэш\n#взять"),
        ("#решено\n> #взять\nНет", "> #взять\nНет"),
        ("#решено\n  с отступом\n    ещё", "  с отступом\n    ещё"),
        ("#решено", ""),
    ],
)
def test_the_text_of_a_solution(text: str, sent: str) -> None:
    assert given_orders(text) == [("resolve", "")]
    assert read_orders(text).text == sent


@pytest.mark.parametrize(
    ("text", "argument", "rest"),
    [
        ("#заметка", "", ""),
        ("#заметка клиент просил #срочно", "клиент просил #срочно", ""),
        ("#заметка: «Звонил», сам.", "«Звонил», сам.", ""),
        ("#заметка первая\nвторая строка", "первая", "вторая строка"),
        ("#заметка первая\n#note вторая", "первая\nвторая", ""),
        ("#заметка\nвторая строка", "", "вторая строка"),
    ],
)
def test_notes(text: str, argument: str, rest: str) -> None:
    assert given_orders(text) == [("note", argument)]
    assert read_orders(text).text == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Здравствуйте!\n#взять",
        "> #взять",
        ">#взять\n#ждать",
        "| #взять",
        "Текст #взять",
        "№ 801000017",
        "№5 не печатается",
        "№А-17 от 3 мая",
        "№ взять",
        "-- \n#взять",
        "• первый пункт",
        "- № 5",
        "взять",
    ],
)
def test_plain_text_orders_nothing(text: str) -> None:
    assert read_orders(text) == Orders(text=text.strip("\n"))
