"""`maild check`: one line a finding, exit status 1 for faults, 2 for a configuration that cannot be read."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from maild.cli import main
from maild.data import data_dir

CONFIG = """\
[smtp]
host = "127.0.0.1"
security = "none"

[desks.rarus]
rules = "rules"

[desks.rarus.mailboxes.crm]
role = "support"
address = "crm@example.test"
host = "127.0.0.1"
security = "none"
username = "crm@example.test"
password_file = "secret"

[operator]
address = "postmaster@example.test"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(data_dir("rules") / "rarus", tmp_path / "rules")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "maild.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def check(folder: Path) -> Result:
    return CliRunner().invoke(main, ["check", "-c", str(folder / "maild.toml")])


def edit(path: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert count
    path.write_text(text, encoding="utf-8")


def test_the_shipped_rules_have_no_faults(folder: Path) -> None:
    result = check(folder)
    assert result.exit_code == 0, result.output
    assert "no faults" in result.output


def test_a_mailbox_among_the_agents(folder: Path) -> None:
    """Lesson 11: file, line and address are named."""
    edit(folder / "rules" / "people.toml", "ivanov@example.test", "CRM@example.test")
    result = check(folder)
    assert result.exit_code == 1
    assert re.search(r"people\.toml:\d+: crm@example\.test is the mailbox rarus\.crm", result.output)


def test_a_mailbox_at_the_quality_desk(folder: Path) -> None:
    edit(folder / "rules" / "people.toml", "quality@example.test", "crm@example.test")
    result = check(folder)
    assert result.exit_code == 1 and "quality.addresses: crm@example.test is the mailbox" in result.output


def test_agents_with_one_local_part(folder: Path) -> None:
    """Allowed, but `#assign ivanov` is then no command: both lines are named."""
    edit(folder / "rules" / "people.toml", "kotova@example.test", "ivanov@other.test")
    result = check(folder)
    assert result.exit_code == 0
    says = 'people.toml:9: "#assign ivanov" may mean ivanov@other.test or ivanov@example.test (people.toml:4)'
    assert "warning: " in result.output and says in result.output


def test_a_broken_answer_and_a_file_that_is_none(folder: Path) -> None:
    (folder / "rules" / "answers" / "note.txt").write_text("x")
    result = check(folder)
    assert result.exit_code == 0 and "warning: answers/note.txt: no answer" in result.output
    edit(folder / "rules" / "answers" / "hide-field.toml", r"^text\.ru", "texts.ru")
    result = check(folder)
    assert result.exit_code == 1 and re.search(r"answers/hide-field\.toml:\d+: texts: unknown key", result.output)


def test_a_year_that_the_calendar_lacks(folder: Path) -> None:
    edit(folder / "rules" / "calendar.toml", r"(?s)\[2024\].*\Z", "")
    result = check(folder)
    assert result.exit_code == 0
    assert re.search(r"warning: .*calendar\.toml: the year \d{4} is missing", result.output)


def test_trust_from_is_warned_of(folder: Path) -> None:
    (folder / "maild.toml").write_text(CONFIG + "\n[security]\ntrust_from = true\n", encoding="utf-8")
    assert "trust_from" in check(folder).output


def test_a_level_that_is_not_there(folder: Path) -> None:
    edit(folder / "rules" / "desk.toml", r"\[levels\.urgent\]", "[levels.pressing]")
    result = check(folder)
    assert result.exit_code == 1 and "no such level in desk.toml: urgent" in result.output


def test_two_desks_that_number_alike(folder: Path) -> None:
    second = CONFIG[CONFIG.index("[desks.rarus]") : CONFIG.index("[operator]")].replace("rarus", "other")
    text = CONFIG + "\n" + second.replace("crm@example.test", "other@example.test")
    (folder / "maild.toml").write_text(text, encoding="utf-8")
    result = check(folder)
    assert result.exit_code == 1 and "CRM is the prefix of the desk rarus too" in result.output


def test_a_template_with_a_fault(folder: Path) -> None:
    own = folder / "templates" / "ru"
    own.mkdir(parents=True)
    (own / "acknowledgement.txt.j2").write_text("{{ nowhere }}\n", encoding="utf-8")
    edit(folder / "maild.toml", 'rules = "rules"', 'rules = "rules"\ntemplates = "templates"')
    result = check(folder)
    assert result.exit_code == 1 and "acknowledgement.txt.j2:1" in result.output and "nowhere" in result.output


def test_several_faults_are_all_named(folder: Path) -> None:
    edit(folder / "rules" / "desk.toml", '^prefix = "CRM"', "prefix = 7")
    edit(folder / "rules" / "people.toml", "^address = ", "adress = ")
    result = check(folder)
    assert result.exit_code == 1
    assert "desk.toml:" in result.output and "people.toml:" in result.output and "adress: unknown key" in result.output


def test_no_configuration_is_two(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["check", "-c", str(tmp_path / "maild.toml")])
    assert result.exit_code == 2 and "the file is missing" in result.output


def test_init_writes_what_check_accepts_once_passwords_are_there(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["init", str(tmp_path / "etc")]).exit_code == 0
    shipped = {path.name for path in (data_dir("rules") / "rarus" / "answers").iterdir()}
    assert shipped and {path.name for path in (tmp_path / "etc" / "rules" / "rarus" / "answers").iterdir()} == shipped
    for name in ("smtp", "imap-crm", "imap-control"):
        (tmp_path / "etc" / "secrets" / name).write_text("secret")
    result = CliRunner().invoke(main, ["check", "-c", str(tmp_path / "etc" / "maild.toml")])
    assert result.exit_code == 0, result.output
    again = CliRunner().invoke(main, ["init", str(tmp_path / "etc")])
    assert again.exit_code == 2 and "nothing was written" in again.output


@pytest.mark.parametrize("name", ["nowhere", ".", "", "../rules", "rarus/answers"])
def test_init_copies_a_regulation_and_nothing_else(name: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["init", str(tmp_path / "new"), "--rules", name])
    assert result.exit_code == 2 and result.stderr.startswith(f"no such regulation: {name}; there are: ")
    assert not (tmp_path / "new").exists()


def test_the_command_that_init_names_can_be_pasted(tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["init", str(tmp_path / "our desk"), "--rules", "example"]).stdout
    assert said.splitlines()[-1] == f"maild check -c '{tmp_path}/our desk/maild.toml' --online"
