"""Broken desk.toml and calendar.toml, one a file, and the lines that each must give.

A file begins with the lines that are expected, after `#!`; they are complete but for the folder's name.
"""

import shutil
from pathlib import Path

import pytest
from maild.errors import ConfigError, ConfigErrors
from maild.regulation.desk import load_desk

HERE = Path(__file__).parent
DESK = """
[hours]
timezone = "Europe/Moscow"
calendar = "calendar.toml"
week = { mon = "09:00-18:00" }

[levels.standard]
reaction = "8h"
"""
CASES = [("desk.toml", path) for path in sorted((HERE / "desk").glob("*.toml"))]
CASES += [("calendar.toml", path) for path in sorted((HERE / "calendar").glob("*.toml"))]


def faults(directory: Path) -> list[str]:
    with pytest.raises((ConfigError, ConfigErrors)) as caught:
        load_desk(directory)
    return str(caught.value).replace(f"{directory}/", "").splitlines()


@pytest.mark.parametrize(("name", "path"), CASES, ids=lambda value: value.stem if isinstance(value, Path) else value)
def test_a_broken_file_gives_its_lines(name: str, path: Path, tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(DESK, encoding="utf-8")
    shutil.copy(path, tmp_path / name)
    expected = [line[3:] for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#! ")]
    assert expected
    assert faults(tmp_path) == expected


def test_what_is_not_there(tmp_path: Path) -> None:
    assert faults(tmp_path) == ["desk.toml: the file is missing"]
    (tmp_path / "desk.toml").write_text(DESK, encoding="utf-8")
    assert faults(tmp_path) == ["desk.toml:4: hours.calendar: no such file: calendar.toml"]
    with pytest.raises(ConfigError, match="no such folder of rules"):
        load_desk(tmp_path / "nowhere")


def test_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_bytes(b'name = "\xcf\xf0"\n')
    assert faults(tmp_path) == ["desk.toml:1: not UTF-8; save the file as UTF-8"]


def test_one_reason_in_two_files(tmp_path: Path) -> None:
    reason = '[refusals.late]\ntitle = "t"\ntext = "x"\n'
    (tmp_path / "desk.toml").write_text(DESK.replace('calendar = "calendar.toml"\n', "") + reason, encoding="utf-8")
    (tmp_path / "refusals.toml").write_text("\n" + reason, encoding="utf-8")
    assert faults(tmp_path) == ["refusals.toml:2: refusals.late: stands in desk.toml:8 already"]


def test_a_title_of_one_file_that_reads_like_one_of_the_other(tmp_path: Path) -> None:
    """With the reason of the reminders: all of it is told."""
    own = '[refusals.late]\ntitle = "Поздно"\ntext = "x"\n[reminder]\nafter = "9h"\nreason = "never"\n'
    (tmp_path / "desk.toml").write_text(DESK.replace('calendar = "calendar.toml"\n', "") + own, encoding="utf-8")
    (tmp_path / "refusals.toml").write_text('[refusals.over]\ntext = "x"\ntitle = "поздно."\n', encoding="utf-8")
    assert faults(tmp_path) == [
        "refusals.toml:3: refusals.over.title: 'поздно.' reads like a name of late (desk.toml:8)",
        "desk.toml:13: reminder.reason: no such refusal: never",
    ]
