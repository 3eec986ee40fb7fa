"""The README says what is true: its table of commands is the program's, and what it promises is there."""

import re
from pathlib import Path

from maild.cli import COMMANDS as PROGRAM
from maild.mail.command_words import COMMANDS, Word

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## Answer by mail\n")[2].partition("\n## ")[0]
ROW = re.compile(r"^\| `#(\S+?)(?: (\S+))?` `#(\S+?)(?: (\S+))?` \| (.+) \|$", re.MULTILINE)


def described(word: Word) -> tuple[str, str, str]:
    """A command as a row has it: Russian, English, and how its argument stands there."""
    shape = {"required": "NAME", "optional": "[NAME]"}.get(word.argument, "")
    return word.words["ru"][0], word.words["en"][0], "" if word.name == "note" else shape


def shape(argument: str) -> str:
    """An argument whatever it is called: NAME, [NAME] or nothing."""
    return re.sub(r"[A-Z]+", "NAME", argument)


def test_the_table_of_commands_is_the_programs() -> None:
    rows = ROW.findall(SECTION)
    assert len(rows) == len(re.findall(r"^\| `#", SECTION, re.MULTILINE)), "a row that cannot be read"
    assert all(ru == en for _, ru, _, en, _ in rows), "one argument in both languages"
    assert sorted((ru, en, shape(argument)) for ru, argument, en, _, _ in rows) == sorted(map(described, COMMANDS))


def test_every_command_in_the_text_is_one() -> None:
    known = {form for word in COMMANDS for forms in word.words.values() for form in forms}
    mentioned = set(re.findall(r"`#([\w]+)", README)) - {"решенно"}  # the typo of the example
    assert mentioned <= known, mentioned - known


def test_what_is_still_to_come_is_not_there_and_the_rest_is() -> None:
    missing = set(re.findall(r"`(\w+)`", README.partition("## Not yet\n")[2].partition("\n## ")[0]))
    assert missing and not missing & set(PROGRAM)
    shown = set(re.findall(r"`maild (\w+)", README.partition("## Ask it\n")[2].partition("\n## ")[0]))
    assert shown and shown <= set(PROGRAM)
