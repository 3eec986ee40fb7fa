"""The daemon: runners wired together under one roof. See `daemon.run`."""

from maild.daemon.run import run, run_once

__all__ = ["run", "run_once"]
