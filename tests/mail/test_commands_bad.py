"""Lines that look like commands and are none, and commands that cannot stand together."""

import re
from itertools import product

import pytest
from maild.mail.commands import COMMANDS, BadLine, language_of, read_orders
from maild.mail.written import plain_line

NAMES = [word.name for word in COMMANDS]
KINDS = {word.name: word.argument for word in COMMANDS}


def complaints(text: str) -> list[tuple[str, str | None]]:
    """What is wrong with a letter, as (why, nearest word)."""
    return [(bad.why, bad.nearest) for bad in read_orders(text).bad]


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("#решенно", "resolve"),
        ("#рeшенo!!1", "resolve"),
        ("#взят", "take"),
        ("#назначит Анна", "assign"),
        ("#acept", "accept"),
        ("#reslove", "resolve"),
        ("#вирішенно", "resolve"),
        ("#линия2", "line"),
        ("#решено1", "resolve"),
        ("#wait-list", "wait"),
        ("#take@home", "take"),
        ("#dpznm", "take"),
        ("#ефлу", "take"),
        ("#закрыть", "resolve"),
        ("№решенно", "resolve"),
        ("*#решенно*", "resolve"),
        ("# решенно", "resolve"),
        ("#", None),
        ("#1", None),
        ("#!/bin/sh", None),
        ("#xyzzyqqq", None),
        ("# 1", None),
        ("#️⃣", None),
    ],
)
def test_unknown_words_and_what_is_near(line: str, near: str | None) -> None:
    assert complaints(line) == [("unknown", near)]
    orders = read_orders(f"{line}\nТекст")
    assert (orders.commands, orders.text) == ((), "Текст")
    assert orders.bad[0].line in plain_line(line)


@pytest.mark.parametrize("name", [name for name in NAMES if KINDS[name] == "required"])
@pytest.mark.parametrize("behind", ["", ":", " .", " «»"])
def test_an_argument_is_missing(name: str, behind: str) -> None:
    assert complaints(f"#{name}{behind}") == [("argument", name)]


@pytest.mark.parametrize("name", [name for name in NAMES if KINDS[name] == "none"])
def test_an_argument_too_many(name: str) -> None:
    assert read_orders(f"#{name} Добрый день").bad == (BadLine(f"#{name} Добрый день", "no-argument", name),)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#линия #взять", [("argument", "line")]),
        ("#взять #решенно", [("unknown", "resolve")]),
        ("#foobarbaz что-то #взять", [("unknown", None)]),
        ("#решено #1 очистите", [("unknown", None)]),
        ("#взять сейчас #ждать", [("no-argument", "take")]),
        ("#решенно\n#линия\n#1", [("unknown", "resolve"), ("argument", "line"), ("unknown", None)]),
    ],
)
def test_bad_lines_among_others(text: str, found: list[tuple[str, str | None]]) -> None:
    assert complaints(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "#решено\n#ждать",
        "#ждать\n#решено",
        "#принять\n#отказать вне рамок",
        "#отказать вне рамок\n#решено",
        "#отменить\n#взять",
        "#взять\n#undo",
        "#отменить #статус",
        "#уровень sla1\n#уровень sla2",
        "#линия managers\n#line engineers",
        "#линия managers\n#дальше",
        "#назначить anna\n#назначить boris",
        "#взять\n#назначить boris",
        "#для ivan@client.example\n#решено",
        "#статус\n#для ivan@client.example",
        "#для ivan@client.example\n#для petr@client.example",
        "#отправить\n#взять",
        "#note x\n#send",
        "#ответ кэш\n#ответ печать",
        "#решено\n#разработка",
    ],
)
def test_contradictions(text: str) -> None:
    orders = read_orders(text)
    (bad,) = orders.bad
    first, second = re.split(r"\n| (?=#)", text)
    assert (bad.why, bad.line, bad.against) == ("contradicts", second, first)
    assert [command.line for command in orders.commands] == [first]


@pytest.mark.parametrize(
    "text",
    [
        "#принять #взять #решено",
        "#принять\n#линия managers\n#уровень sla2",
        "#срочно\n#разработка",
        "#взять\n#срочно\n#заметка позвонить",
        "#решено\n#заметка спросил по телефону",
        "#для ivan@client.example\n#линия managers\n#уровень sla2\n#взять\n#срочно\n#заметка звонил",
        "#для ivan@client.example\n#назначить boris",
        "#линия managers\n#линия «Managers»",
        "#статус CRM-000001\n#статус CRM-000002\n#очередь",
        "#ответ кэш\n#решено",
        "#переоткрыть\n#назначить boris",
    ],
)
def test_what_goes_together(text: str) -> None:
    assert read_orders(text).bad == ()


@pytest.mark.parametrize(("one", "other"), list(product(NAMES, NAMES)))
def test_the_order_of_two_commands_does_not_matter(one: str, other: str) -> None:
    lines = [f"#{name} X" if KINDS[name] == "required" else f"#{name}" for name in (one, other)]
    there, back = read_orders("\n".join(lines)), read_orders("\n".join(reversed(lines)))
    assert len(there.bad) == len(back.bad) == (0 if one == other else len(there.bad))


# ---- the language that the writer used


@pytest.mark.parametrize(
    ("line", "default", "language"),
    [
        ("#решенно", "en", "ru"),
        ("#reslove", "ru", "en"),
        ("#вирішенно", "ru", "uk"),
        ("#для", "uk", "uk"),
        ("#для", "en", "ru"),
        ("#беру", "uk", "uk"),
        ("#взяти!", "ru", "uk"),
        ("#рішення", "ru", "uk"),
        ("#взяла", "uk", "uk"),
        ("#dpznm", "en", "ru"),
        ("#1", "uk", "uk"),
        ("", "ru", "ru"),
    ],
)
def test_language_of(line: str, default: str, language: str) -> None:
    assert language_of(line, default) == language
