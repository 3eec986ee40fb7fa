"""One daemon for one SQLite database.

The lock is the kernel's (flock), so it goes with the process, however it ends; the pid in the file is for people.
"""

import fcntl
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from maild.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from maild.store.database import Database

_TRIES, _PAUSE = 10, 0.05


class DaemonLock:
    """The right to serve a database. On PostgreSQL every call does nothing."""

    def __init__(self, database: "Database") -> None:
        self._served = database.name
        path = database.path
        self.path: Path | None = path.with_name(path.name + ".lock") if path else None
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the right. Raises UsageError, naming the pid, when another daemon has it."""
        if self.path is None or self._file is not None:
            return
        file = self._open(self.path)
        if not _lock(file):
            pid = os.pread(file, 20, 0).decode("ascii", "replace").strip()
            os.close(file)
            raise UsageError(f"another maild, pid {pid or 'unknown'}, already serves {self._served}")
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file

    def release(self) -> None:
        """Give the right back. The file stays: to remove it would let two daemons lock two files of one name."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def holder(self) -> int | None:
        """The pid of the daemon that serves the database now; None where there is none, and on PostgreSQL."""
        if self._file is not None:
            return os.getpid()
        if self.path is None or not self.path.exists():
            return None
        file = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
        except BlockingIOError:
            pid = os.pread(file, 20, 0).strip()
            return int(pid) if pid.isdigit() else None
        finally:
            os.close(file)

    def _open(self, path: Path) -> int:
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ConfigError(str(path), f"the lock file cannot be written: {error.strerror}") from None


def _lock(file: int) -> bool:
    """Whether the lock is ours. `holder` may have it for a moment, so a refusal is asked again."""
    for _ in range(_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(_PAUSE)
    return False
