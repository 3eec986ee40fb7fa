"""Broken people.toml and answers/*.toml, one a file, and the lines that each must give.

As in test_bad_desk_rules: a file begins with the lines that are expected, after `#!`.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from maild.errors import ConfigError, ConfigErrors
from maild.regulation.answers import load_answers
from maild.regulation.people import load_people

HERE = Path(__file__).parent
WORDS = {"how": ["how", "как"]}


def faults(directory: Path, load: Callable[[Path], object]) -> list[str]:
    with pytest.raises((ConfigError, ConfigErrors)) as caught:
        load(directory)
    return str(caught.value).replace(f"{directory}/", "").splitlines()


def expected(path: Path) -> list[str]:
    lines = [line[3:] for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#! ")]
    assert lines
    return lines


@pytest.mark.parametrize("path", sorted((HERE / "people").glob("*.toml")), ids=lambda path: path.stem)
def test_a_broken_people_file_gives_its_lines(path: Path, tmp_path: Path) -> None:
    shutil.copy(path, tmp_path / "people.toml")
    assert faults(tmp_path, load_people) == expected(path)


@pytest.mark.parametrize("path", sorted((HERE / "answers").glob("*.toml")), ids=lambda path: path.stem)
def test_a_broken_answer_gives_its_lines(path: Path, tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    shutil.copy(path, tmp_path / "answers" / "case.toml")
    (tmp_path / "answers" / "good.toml").write_text('title = "good"\ntext = "good"\n', encoding="utf-8")
    assert faults(tmp_path, lambda directory: load_answers(directory, "ru", WORDS)) == expected(path)


@pytest.mark.parametrize("name", ["Hide", "hide_field", "hide field", "--", "a" * 41, "ключ№1", "ґanok!"])
def test_a_name_that_no_command_could_say(name: str, tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / f"{name}.toml").write_text('title = "a"\ntext = "b"\n', encoding="utf-8")
    found = faults(tmp_path, lambda directory: load_answers(directory, "ru", WORDS))
    assert len(found) == 1 and found[0].startswith(f"answers/{name}.toml: expected a name of up to 40 small letters")


def test_answers_that_cannot_be_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    folder.mkdir()
    for name, title in (("a", "Скрыть поле"), ("b", "скрыть  «поле»"), ("c", "A"), ("d", "другое")):
        (folder / f"{name}.toml").write_text(f'text = "b"\ntitle = "{title}"\n', encoding="utf-8")
    (folder / "в.toml").write_text('text = "b"\ntitle = "e"\n', encoding="utf-8")  # reads like b
    assert faults(tmp_path, lambda directory: load_answers(directory, "ru", WORDS)) == [
        "answers/b.toml:2: title: 'скрыть  «поле»' reads like a name of a (answers/a.toml)",
        "answers/c.toml:2: title: 'A' reads like a name of a (answers/a.toml)",
        "answers/в.toml: 'в' reads like a name of b (answers/b.toml)",
    ]


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("x")
    found = faults(tmp_path, lambda directory: load_answers(directory, "ru", WORDS))
    assert found == [f"{tmp_path}/answers: cannot be read as a folder: Not a directory".replace(f"{tmp_path}/", "")]
