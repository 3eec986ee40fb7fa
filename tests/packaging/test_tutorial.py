"""The README's "Write your own desk", done step by step as it says, gives the shipped example and what it shows."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from maild.cli import main
from maild.data import data_dir

ROOT = Path(__file__).resolve().parents[2]
SECTION = (
    (ROOT / "README.md").read_text(encoding="utf-8").partition("## Write your own desk\n")[2].partition("\n## ")[0]
)
STEP = re.compile(r"^`rules/help/([\w.]+)`\n```toml\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
SHOWN = re.findall(r"^```\n(.*?)\n```$", STEP.sub("", SECTION), re.MULTILINE | re.DOTALL)
"""The letter, and what `maild explain` says of it."""
CONFIG = """
[smtp]
host = "localhost"
security = "none"
[desks.help]
rules = "rules/help"
[desks.help.mailboxes.help]
role = "support"
address = "help@harbour.example"
host = "localhost"
security = "none"
username = "help"
password_file = "password"
[operator]
address = "root@harbour.example"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What somebody who follows the tutorial has in their folder."""
    rules = tmp_path / "rules" / "help"
    rules.mkdir(parents=True)
    for name, text in STEP.findall(SECTION):
        with (rules / name).open("a", encoding="utf-8") as file:
            file.write(f"{text}\n\n")
    (tmp_path / "outage.eml").write_text(SHOWN[0] + "\n", encoding="utf-8")
    (tmp_path / "maild.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "password").write_text("secret")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def test_the_steps_make_the_shipped_example(folder: Path) -> None:
    made = {path.name: path.read_text(encoding="utf-8").strip() for path in (folder / "rules" / "help").iterdir()}
    shipped = {
        path.name: path.read_text(encoding="utf-8").strip() for path in (data_dir("rules") / "example").iterdir()
    }
    assert made == shipped
    assert sum(1 for text in made.values() for line in text.splitlines() if line) <= 60, "a desk in sixty lines"


def test_what_explain_says_is_what_the_tutorial_shows(folder: Path) -> None:
    said = CliRunner().invoke(main, ["explain", "outage.eml", "--rules", "rules/help"])
    assert said.exit_code == 0, said.output
    assert [line.rstrip() for line in said.output.strip().splitlines()] == SHOWN[1].splitlines()


def test_check_finds_nothing_to_say(folder: Path) -> None:
    said = CliRunner().invoke(main, ["check"])
    assert said.exit_code == 0 and "no faults, no warnings" in said.output, said.output


def test_check_says_what_was_forgotten(folder: Path) -> None:
    intake = folder / "rules" / "help" / "intake.toml"
    text = intake.read_text(encoding="utf-8")
    intake.write_text(text.replace('refusal = "out-of-scope"', 'refusal = "out of scope"'), encoding="utf-8")
    said = CliRunner().invoke(main, ["check"])
    assert said.exit_code == 1 and "intake.toml:24: " in said.output and "no such refusal" in said.output


def test_the_example_is_a_regulation_to_start_from(tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["init", str(tmp_path / "new"), "--rules", "example"])
    assert said.exit_code == 0, said.output
    shutil.rmtree(tmp_path / "new")
