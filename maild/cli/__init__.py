"""The command line: a thin layer. Each command is a file of this folder and is loaded only when it is called."""

import importlib
import os
import sys
from importlib.util import find_spec
from typing import Any

import click

from maild import __version__
from maild.errors import MaildError

COMMANDS = {
    "demo": ("maild.cli.demo:command", "The whole desk on loopback: a day's letters, on screen."),
    "init": ("maild.cli.init:command", "Write a configuration and a copy of a regulation to start from."),
    "check": ("maild.cli.check:command", "Check configuration, rules, templates and database."),
    "run": ("maild.cli.run:command", "Run the daemon."),
    "parse": ("maild.cli.parse:command", "What maild reads in a message."),
    "explain": ("maild.cli.explain:command", "What maild would decide about a message, and why."),
    "rehearse": ("maild.cli.rehearse:command", "What new rules would have decided about the mail received."),
    "coverage": ("maild.cli.coverage:command", "Which rules fired in a period, and which never."),
    "deadline": ("maild.cli.deadline:command", "Targets in working time."),
    "calendar": ("maild.cli.calendar:command", "A new year's table for calendar.toml, from public holidays."),
    "tickets": ("maild.cli.tickets:command", "The desk's tickets."),
    "ticket": ("maild.cli.ticket:command", "One ticket with its whole history."),
    "status": ("maild.cli.status:command", "Mailboxes, queue, outbox and deadlines at a glance."),
}
"""Name: where the command is, and its line in the help (said here, so that help loads nothing)."""

UNUSABLE, INTERRUPTED = 2, 130


class Commands(click.Group):
    """Commands by name, imported when called. Every error that maild raises becomes a line and exit status 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands that this installation has."""
        return [name for name, (place, _) in COMMANDS.items() if find_spec(place.partition(":")[0])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None where there is no such one."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help's list, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run, and end the process with the exit status (unless standalone_mode is off, as click has it)."""
        if not extra.pop("standalone_mode", True):
            return super().main(*args, **{**extra, "standalone_mode": False})
        sys.exit(self._status(*args, **extra))

    def _status(self, *args: Any, **extra: Any) -> int:
        try:
            result: object = super().main(*args, **{**extra, "standalone_mode": False})
            sys.stdout.flush()
            return result if isinstance(result, int) else 0
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            return UNUSABLE
        except click.ClickException as error:
            return _failed(error.format_message())
        except MaildError as error:
            return _failed(str(error))
        except (KeyboardInterrupt, click.Abort):
            return INTERRUPTED
        except BrokenPipeError:
            _forget_output()
            return 1


def _failed(says: str) -> int:
    click.echo(says, err=True)
    return UNUSABLE


def _forget_output() -> None:
    """The reader is gone: what is still buffered must not raise once more when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="maild")
def main() -> None:
    """The helpdesk that lives entirely in mail."""
