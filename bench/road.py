"""The whole road, measured: from the mailbox to the acknowledgement that the mail server took, maild beside the floor.

A real Dovecot holds the letters, a sink takes the answers. maild (`maild run --once`) and the floor run by turns on
the same letters; each figure is a median of the runs. A daemon starts, imports, compiles its rules and reads its
dictionaries once: so the cost of a run over the first letters alone is taken off that of the whole run.
"""

import argparse
import json
import os
import pstats
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import maild
from maild.data import data_dir
from tests.servers.certs import make_certs
from tests.servers.dovecot import PASSWORD, Dovecot

from bench.corpus import Sample, contracts, contracts_csv, corpus

ADDRESS = "crm@example.test"
CPU_GOAL, SPEED_GOAL = 8.0, 0.4
WARM = 20  # the first letters, which pay for the start
ANSWERS = ("acknowledgement", "request-information", "refusal", "receipt")
CONFIG = """
[database]
url = "sqlite:///maild.db"
[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
connections = 4
[desks.rarus]
rules = "rules"
[desks.rarus.mailboxes.crm]
role = "support"
address = "{address}"
host = "127.0.0.1"
port = {imap}
security = "none"
username = "{user}"
password_file = "password"
backlog = "all"
"""


@dataclass(frozen=True)
class Run:
    """One run of a program: CPU seconds of its process, seconds until the last answer was taken, what was taken."""

    cpu: float
    wall: float
    kinds: dict[str, int]

    @property
    def answered(self) -> int:
        """Letters that clients got."""
        return sum(self.kinds.get(kind, 0) for kind in ANSWERS)


@dataclass(frozen=True)
class Result:
    """What a further letter costs: CPU milliseconds, and letters a second; what the first WARM cost: CPU seconds."""

    cpu: float
    speed: float
    first: float


class Road:
    """A Dovecot with the letters, and a folder for everything else."""

    def __init__(self, samples: Sequence[Sample], registry: str, folder: Path) -> None:
        self._folder, self._registry = folder, registry
        self.dovecot = Dovecot(make_certs(folder / "certs"))
        self._stash = self.dovecot.dir / "stash"
        self._stash.mkdir()
        for index, sample in enumerate(samples):
            (self._stash / f"{index:06d}.eml").write_bytes(sample.raw)
        self._count = len(samples)

    def mailbox(self, letters: int) -> str:
        """A new mailbox that holds so many of the letters: linked, not copied."""
        user = self.dovecot.user("road")
        home = self.dovecot.dir / "mail" / user
        for name in ("new", "cur", "tmp"):
            (home / name).mkdir(parents=True)
        for index in range(letters):
            os.link(self._stash / f"{index:06d}.eml", home / "new" / f"{1_700_000_000 + index}.M{index}.bench")
        if os.getuid() == 0:
            owner = self.dovecot.dir.stat()
            for path in (home, *home.rglob("*")):
                os.chown(path, owner.st_uid, owner.st_gid)
        return user

    def floor(self, letters: int) -> Run:
        """The floor on so many letters."""
        folder, user = Path(tempfile.mkdtemp(dir=self._folder)), self.mailbox(letters)
        given = ["--imap", self.dovecot.imap, "--user", user, "--database", folder / "floor.db"]
        return _measure(lambda smtp: ["bench.floor", *given, "--smtp", smtp])

    def maild(self, letters: int, profile: Path | None = None) -> Run:
        """maild on so many letters: its own database, the shipped rules with the generated registry."""
        folder, user = Path(tempfile.mkdtemp(dir=self._folder)), self.mailbox(letters)
        shutil.copytree(data_dir("rules") / "rarus", folder / "rules")
        (folder / "rules" / "contracts.csv").write_text(self._registry)
        (folder / "password").write_text(PASSWORD)
        config = folder / "maild.toml"
        program = ["bench.profiled", profile] if profile else ["maild"]

        def command(smtp: int) -> list[object]:
            config.write_text(CONFIG.format(smtp=smtp, imap=self.dovecot.imap, user=user, address=ADDRESS))
            return [*program, "run", "--once", "-c", config]

        return _measure(command)


def _measure(command: Callable[[int], list[object]]) -> Run:
    """Run a module with a fresh sink (`command` is told its port) and weigh its process, threads and all."""
    sink = _start(["bench.sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert sink.stdout
    with tempfile.TemporaryFile("w+") as said:
        started = time.monotonic()
        program = _start(command(int(sink.stdout.readline())), stderr=said)
        _, status, usage = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
        taken = json.loads(sink.communicate()[0])
        if program.returncode:
            said.seek(0)
            sys.exit(f"the measured program ended with {program.returncode}:\n{said.read()[-3000:]}")
    last = max((taken["last"][kind] for kind in ANSWERS if kind in taken["last"]), default=time.monotonic())
    return Run(usage.ru_utime + usage.ru_stime, last - started, taken["kinds"])


def _start(command: list[object], **pipes: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-m", *map(str, command)], text=True, **pipes)


def _result(whole: list[Run], first: list[Run], letters: int) -> Result:
    """Medians of the runs over all letters, less those over the first ones."""
    start = statistics.median(run.cpu for run in first)
    cpu = statistics.median(run.cpu for run in whole) - start
    wall = statistics.median(run.wall for run in whole) - statistics.median(run.wall for run in first)
    return Result(cpu / (letters - WARM) * 1000, (whole[0].answered - first[0].answered) / wall, start)


def _table(floor: Result, road: Result) -> str:
    """Both, their ratio, and the goals."""
    ratio = road.speed / floor.speed
    goals = f"<= {CPU_GOAL:g}", f">= {SPEED_GOAL:g} of floor"
    rows = [
        ("", "CPU, ms a letter", "letters a second", f"first {WARM}, CPU s"),
        ("floor", f"{floor.cpu:.2f}", f"{floor.speed:.1f}", f"{floor.first:.2f}"),
        ("maild", f"{road.cpu:.2f}", f"{road.speed:.1f}", f"{road.first:.2f}"),
        ("maild / floor", f"{road.cpu / floor.cpu:.2f}", f"{ratio:.2f}", ""),
        ("goal", *goals, ""),
        ("", _verdict(road.cpu <= CPU_GOAL), _verdict(ratio >= SPEED_GOAL), ""),
    ]
    lines = [f"{name:14}{cpu:>18}{speed:>18}{first:>18}".rstrip() for name, cpu, speed, first in rows]
    return "\n".join(lines)


def _verdict(reached: bool) -> str:
    return "reached" if reached else "NOT reached"


def _sizes(samples: Sequence[Sample]) -> str:
    sizes = [len(sample.raw) for sample in samples]
    expected = Counter(sample.expects or "none" for sample in samples)
    due = ", ".join(f"{count} {kind}" for kind, count in sorted(expected.items()))
    return (
        f"{len(samples)} letters, mean {statistics.mean(sizes) / 1000:.0f} KB, median "
        f"{statistics.median(sizes) / 1000:.1f} KB; answers due: {due}"
    )


def _profile(road: Road, letters: int, folder: Path, lines: int) -> None:
    """Where maild's CPU time goes, the start included: in which functions, and below which of its own."""
    road.maild(letters, folder / "profile")
    stats = pstats.Stats(str(folder / "profile"))
    stats.sort_stats("tottime").print_stats(lines)
    stats.sort_stats("cumulative").print_stats(f"{Path(maild.__file__).parent}/", lines)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(prog="make bench", description=__doc__)
    arguments.add_argument("--letters", type=int, default=400)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--floor-only", action="store_true", help="measure the floor alone")
    arguments.add_argument("--profile", type=int, nargs="?", const=25, metavar="LINES", help="maild under a profiler")
    given = arguments.parse_args()
    if given.letters <= WARM:
        arguments.error(f"--letters must be more than {WARM}")
    now = datetime.now(ZoneInfo("Europe/Moscow"))
    samples = corpus(given.letters, ADDRESS, now)
    print(_sizes(samples), flush=True)
    with tempfile.TemporaryDirectory(prefix="maild-bench-") as name:
        road = Road(samples, contracts_csv(contracts(1, now.date())), Path(name))
        road.dovecot.start()
        try:
            if given.profile:
                _profile(road, given.letters, Path(name), given.profile)
            else:
                _compare(road, given.letters, given.runs, given.floor_only)
        finally:
            road.dovecot.remove()


def _compare(road: Road, letters: int, runs: int, floor_only: bool) -> None:
    """Run by turns, so that a busy neighbour burdens both alike."""
    programs = {"floor": road.floor} if floor_only else {"floor": road.floor, "maild": road.maild}
    first: dict[str, list[Run]] = {name: [] for name in programs}
    whole: dict[str, list[Run]] = {name: [] for name in programs}
    for turn in range(runs):
        for name, program in programs.items():
            first[name].append(program(WARM))
            whole[name].append(program(letters))
            run = whole[name][-1]
            print(f"run {turn + 1} {name}: CPU {run.cpu:.2f} s, {run.wall:.2f} s, {_kinds(run)}", flush=True)
    results = {name: _result(whole[name], first[name], letters) for name in programs}
    print()
    if floor_only:
        print(results["floor"])
    else:
        print(_table(results["floor"], results["maild"]))


def _kinds(run: Run) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(run.kinds.items())) or "nothing sent"


if __name__ == "__main__":
    main()
