"""What every test server needs: free ports, a deadline for waiting, programs found or named as missing."""

import os
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

HOST = "127.0.0.1"
T = TypeVar("T")


class Missing(Exception):
    """A server cannot be had on this machine; the text says which, and what to install."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def eventually(condition: Callable[[], T], timeout: float = 10.0, every: float = 0.02) -> T:
    """The first truthy value of `condition`, asked again and again; AssertionError after `timeout` seconds.

    The one place where tests may sleep.
    """
    deadline = time.monotonic() + timeout
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"did not come true in {timeout} s; the last value was {value!r}")
        time.sleep(every)


def listening(port: int) -> bool:
    """Whether something accepts connections on the port."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def program(name: str, package: str) -> str:
    """The path of a program, also in the sbin folders that users do not have in PATH. Raises Missing."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    found = shutil.which(name, path=path)
    if not found:
        raise Missing(f"{name} is not installed (apt install {package})")
    return found


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for the message of a server that did not start."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
