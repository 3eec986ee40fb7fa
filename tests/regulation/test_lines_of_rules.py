"""Every key and every element of an array knows its line, whatever stands around it; reasons cite a condition's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from maild.data import data_dir
from maild.desk.classify import classify
from maild.domain.admission import Known
from maild.errors import ConfigError, ConfigErrors
from maild.mail.parse import parse
from maild.regulation.answers import load_answers
from maild.regulation.intake import load_intake
from maild.tomlfile import TomlFile, read_toml
from maild.tomllines import Path_, key_lines

SHIPPED = sorted(data_dir("rules").glob("**/*.toml"))
HOSTILE = (
    r'''# not = "a key"
"quoted key" = 1
'it"em"'= 2
title.ru = "один" # [no.header]
title."e\u006e" = "two"
many = [ # one ]
  "a, ] # no comment", 'c:\', # "third
  """
  b = 1
  [nobody]
  """, "\"d\" = \\",

  ["e", ["f",
  "g"]], {h = "i", j.k = ["l",
    "m"]}, 1.5, 2026-01-01 10:00:00Z, -inf,
]
[[signs]]
when = ["a"]
[[signs.deep]]
x = 1
[[signs.deep]]
x = 2
[[ signs ]] # "
when = [
  "b",
  """c"""""]
[signs.deep.z]
y = [[], {}, '''
    + "'''\n''e'''''"
    + r"""]
[levels.urgent]
reaction = "1h"
[levels]
other = {}
"""
)
EXPECTED = {
    ("quoted key",): 2,
    ("title",): 4,
    ("title", "ru"): 4,
    ("title", "en"): 5,
    ("many", 0): 7,
    ("many", 1): 7,
    ("many", 2): 8,
    ("many", 3): 11,
    ("many", 4, 1, 0): 13,
    ("many", 4, 1, 1): 14,
    ("many", 5, "h"): 14,
    ("many", 5, "j", "k", 1): 15,
    ("many", 6): 15,
    ("many", 8): 15,
    ("signs",): 17,
    ("signs", 0, "when", 0): 18,
    ("signs", 0, "deep", 1, "x"): 22,
    ("signs", 1): 23,
    ("signs", 1, "when", 1): 26,
    ("signs", 1, "deep", "z", "y", 2): 28,
    ("levels",): 32,
    ("levels", "urgent", "reaction"): 31,
}


def paths(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every path of parsed data."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key), item
        yield from paths(item, (*path, key))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_hostile_files(newline: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(HOSTILE, encoding="utf-8", newline=newline)
    file = read_toml(tmp_path / "x.toml")
    assert {path: file.lines.get(path) for path in EXPECTED} == EXPECTED
    assert {path for path, _ in paths(file.data)} == set(file.lines)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_shipped_string_stands_on_its_line(path: Path) -> None:
    file, text = read_toml(path), path.read_text(encoding="utf-8").splitlines()
    found = dict(paths(file.data))
    assert set(found) == set(file.lines)
    for at, value in found.items():
        line = text[file.lines[at] - 1]
        assert isinstance(at[-1], int) or at[-1] in line
        if isinstance(value, str) and isinstance(at[-1], int) and "\\" not in line:
            assert value.splitlines()[0] in line, at


def test_what_is_no_toml_gives_no_endless_loop() -> None:
    for text in ("a = [", "a = [,,=", "a = {b", "[[", "[", "= = =", 'a = """', "a = [}]", "{", "a = {]"):
        key_lines(text)


def test_too_deep_a_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(f"a = {'[' * 5_000}{']' * 5_000}", encoding="utf-8")
    with pytest.raises(ConfigError, match="too deep"):
        read_toml(tmp_path / "x.toml")


def _line_of(file: TomlFile, says: str) -> int:
    text = file.path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(text, start=1) if says in line)


def test_a_reason_cites_the_line_of_its_condition(tmp_path: Path) -> None:
    (tmp_path / "intake.toml").write_text(
        '[requests]\ndefault = "other"\n[categories.other]\ntitle.en = "Other"\nlevel = "a"\n'
        '[categories.ours]\ntitle.en = "Ours"\nlevel = "a"\n'
        '[[signs]]\ncategory = "ours"\nwhen = [\n  "printer", # one, two\n  "re:fa[xX]", "phone",\n]\n'
        '[[signs]]\ncategory = "other"\nwhen = ["lamp",\n"window & dirty"]\n',
        encoding="utf-8",
    )
    rules = load_intake(tmp_path)
    cited = [condition.rule for sign in rules.signs.signs for condition in sign.when]
    lines = [_line_of(read_toml(tmp_path / "intake.toml"), says) for says in ("printer", "re:fa", "lamp", "window")]
    assert cited == [f"intake.toml:{line}" for line in (lines[0], lines[1], lines[1], lines[2], lines[3])]
    for words, line in (("a printer", 12), ("our fax", 13), ("a phone", 13), ("a dirty window", 18)):
        message = parse(f"From: a@b.test\nSubject: -\n\n{words}\n".encode())
        found = classify(message, rules, role="support", version=None, known=Known())
        assert found.reason.rule == f"intake.toml:{line}", words


def test_a_fault_in_a_condition_names_its_own_line(tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    text = 'title.en = "a"\ntext.en = "b"\ntext.ru = "c"\nsuggest = [\n  "fine",\n  "<nothing>",\n]\n'
    (tmp_path / "answers" / "a.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigErrors, match=r"a\.toml:6: suggest\.1: no such list of words"):
        load_answers(tmp_path, "en", {})
    (tmp_path / "answers" / "a.toml").write_text(text.replace("<nothing>", "x"), encoding="utf-8")
    book = load_answers(tmp_path, "en", {})
    assert book.canned["a"].rule == "answers/a.toml:2"
    assert [each.rule for each in book.offers.signs[0].when] == ["answers/a.toml:5", "answers/a.toml:6"]
