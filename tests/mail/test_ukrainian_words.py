"""Ukrainian: no Russian word is left in it, and its templates have the same bones as the Russian ones."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from maild.data import data_dir
from maild.mail import command_words, labels_events, labels_story, markers
from maild.mail.command_words import COMMANDS, shown
from maild.mail.commands import read_orders
from maild.mail.labels import LABELS, WORDS

TEMPLATES = data_dir("templates")
NOT_UKRAINIAN = re.compile(r"[ыэёъ]|[а-яіїєґ]['`ʼ][а-яіїєґ]|!", re.IGNORECASE)
"""Letters that only Russian has, another apostrophe than ours, and shouting."""


def _wordings() -> Iterator[str]:
    for table in (LABELS, WORDS, labels_events.EVENTS, labels_events.KINDS, labels_story._WORDS):
        yield from table["uk"].values()
    yield from (text for (_, language), text in markers.MARKERS.items() if language == "uk")


def _names() -> list[str]:
    return sorted(path.name for path in (TEMPLATES / "ru").glob("*.j2"))


def _bones(path: Path) -> list[str]:
    """The tags of a template in their order, without the words in them."""
    tags = re.findall(r"\{[%{].*?[%}]\}", path.read_text(encoding="utf-8"), re.DOTALL)
    return [re.sub(r'"[^"]*"', '""', tag) for tag in tags]


def test_no_word_of_the_small_wordings_is_russian() -> None:
    assert [text for text in _wordings() if NOT_UKRAINIAN.search(text)] == []


@pytest.mark.parametrize("name", _names())
def test_a_template_is_ukrainian_and_has_the_bones_of_the_russian_one(name: str) -> None:
    own = TEMPLATES / "uk" / name
    assert NOT_UKRAINIAN.findall(re.sub(r"\{%.*?%\}", "", own.read_text(encoding="utf-8"))) == []
    assert _bones(own) == _bones(TEMPLATES / "ru" / name)


def test_every_command_is_shown_in_ukrainian_and_obeyed_as_shown() -> None:
    for word in COMMANDS:
        line = shown(word.name, "uk") + (" X" if word.argument == "required" else "")
        orders = read_orders(line)
        assert [each.name for each in orders.commands] == [word.name] and orders.bad == (), line
        assert command_words.spoken_in(shown(word.name, "uk")[1:], "uk") == "uk"
