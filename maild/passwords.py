"""Where passwords come from: files and commands, read anew at each log-in, so that a changed one is taken up.

No error names what was read.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

from maild.errors import TransientError

Password = Callable[[], str]
"""Gives the password (or access token) that is valid now. Raises TransientError where there is none."""

_COMMAND_TIMEOUT = 30.0


def from_file(secret: Path) -> Password:
    """The first thing in a file; line ends around it do not count."""

    def read() -> str:
        try:
            return secret.read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise TransientError(f"{secret}: the password cannot be read: {type(error).__name__}") from None

    return read


def from_command(argv: list[str]) -> Password:
    """What a command prints within 30 seconds."""

    def run() -> str:
        try:
            done = subprocess.run(argv, capture_output=True, timeout=_COMMAND_TIMEOUT, check=True, text=True)
        except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
            raise TransientError(f"{argv[0]}: gave no password: {type(error).__name__}") from None
        return done.stdout.strip("\r\n")

    return run
