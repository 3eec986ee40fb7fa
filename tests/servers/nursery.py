"""maild's own processes for the tests, forked from one that has all of maild loaded.

A `maild run` from the shell spends two seconds of processor time on Python, imports and the words of the regulation
before it looks at the first letter; a hundred of them were a fifth of the whole test run. What is forked here is as
much a process of its own (folder, environment, signals, standard error, exit status) and goes the same way from
`maild.cli` on. `Line.start(shell=True)` and `Line.maild` start from the shell.
"""

import multiprocessing
import os
import signal
import subprocess
from collections.abc import Callable
from datetime import datetime
from multiprocessing.context import ForkServerContext
from pathlib import Path

_CONTEXT: ForkServerContext = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.servers.nursery_warm"])


class Child:
    """A process that runs a function of ours, with the ways of `subprocess.Popen` that tests use."""

    def __init__(self, folder: Path, log: Path, run: Callable[..., None], *args: object) -> None:
        log.touch()
        self._process = _CONTEXT.Process(target=_live, args=(folder, log, dict(os.environ), run, args), daemon=True)
        self._process.start()
        self.pid = self._process.pid or 0

    def poll(self) -> int | None:
        """The exit status; None while it runs."""
        return self._process.exitcode

    @property
    def returncode(self) -> int | None:
        """The exit status, minus the signal's number where a signal ended it."""
        return self.poll()

    def wait(self, timeout: float) -> int:
        """The exit status, once it has ended; subprocess.TimeoutExpired after `timeout` seconds."""
        self._process.join(timeout)
        if (status := self.poll()) is None:
            raise subprocess.TimeoutExpired("maild", timeout)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


def command(*words: str) -> None:
    """`maild WORDS…`."""
    from maild.cli import main

    main(words)


def run_once_at(config: str, at: str) -> None:
    """`maild run --once` with a clock that shows `at` (ISO 8601)."""
    from maild.cli.run import set_up_log
    from maild.config import load_config
    from maild.daemon import run_once

    set_up_log()
    now = datetime.fromisoformat(at)
    if faults := run_once(load_config(Path(config)), clock=lambda: now):
        raise SystemExit("; ".join(faults))


def _live(
    folder: Path, log: Path, environment: dict[str, str], run: Callable[..., None], args: tuple[object, ...]
) -> None:
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.close(said)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    run(*args)
