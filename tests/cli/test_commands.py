"""The group of commands: found by name, loaded when called, errors as one line."""

import subprocess
import sys

import click
import maild.cli
import pytest
from click.testing import CliRunner
from maild import __version__
from maild.cli import COMMANDS, main
from maild.errors import ConfigError, ConfigErrors, MaildError, UsageError


def test_help_names_what_is_there_and_loads_nothing() -> None:
    script = "import sys; from maild.cli import main\ntry: main(['--help'])\nfinally: print(sorted(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "deadline" in shown
    assert "'maild.cli.deadline'" not in shown
    assert "pydantic" not in shown


def test_the_version() -> None:
    assert CliRunner().invoke(main, ["--version"]).stdout == f"maild, version {__version__}\n"


def test_a_command_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "later", ("maild.cli.no_such_module:command", "Not yet."))
    assert "Not yet." not in CliRunner().invoke(main, ["--help"]).stdout
    for name in ("later", "nonsense"):
        result = CliRunner().invoke(main, [name])
        assert (result.exit_code, result.stderr) == (2, f"No such command '{name}'.\n")
    assert CliRunner().invoke(main, []).exit_code == 2


def failing(error: BaseException) -> click.Command:
    @click.command()
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (UsageError("one line"), 2, "one line\n"),
        (MaildError("another"), 2, "another\n"),
        (
            ConfigErrors([ConfigError("a.toml", "wrong", line=3, key="k"), ConfigError("b.toml", "worse")]),
            2,
            "a.toml:3: k: wrong\nb.toml: worse\n",
        ),
        (click.UsageError("no such thing"), 2, "no such thing\n"),
        (KeyboardInterrupt(), 130, "\n"),
        (click.exceptions.Exit(1), 1, ""),
    ],
)
def test_an_error_is_a_line_and_a_status(
    error: BaseException, status: int, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maild.cli.Commands, "get_command", lambda *_: failing(error))
    result = CliRunner().invoke(main, ["any"])
    assert (result.exit_code, result.stderr, result.stdout) == (status, says, "")
