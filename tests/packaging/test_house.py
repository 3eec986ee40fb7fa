"""The files around the program say what is true: lock, unit, interpreter versions."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def locked() -> dict[str, str]:
    """Name and version of every package in the lock."""
    pins = [
        Requirement(line) for line in (ROOT / "constraints.txt").read_text().splitlines() if line[:1] not in ("#", "")
    ]
    return {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in pins}


def test_every_requirement_is_locked_at_a_version_that_it_allows() -> None:
    extras = [line for extra in PROJECT["optional-dependencies"].values() for line in extra]
    lock = locked()
    for requirement in map(Requirement, PROJECT["dependencies"] + extras):
        version = lock.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in constraints.txt"
        assert requirement.specifier.contains(version), f"{requirement}, locked at {version}"


def test_development_has_all_that_the_demonstration_needs() -> None:
    extras = PROJECT["optional-dependencies"]
    assert set(extras["demo"]) <= set(extras["dev"])  # the Makefile relies on it


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_accepts_every_line_of_the_unit(tmp_path: Path) -> None:
    unit = (ROOT / "systemd" / "maild.service").read_text()
    there = tmp_path / "maild.service"
    there.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", unit, flags=re.MULTILINE))
    verified = subprocess.run(["systemd-analyze", "verify", there], capture_output=True, text=True)
    assert (verified.returncode, verified.stderr) == (0, "")


def test_the_unit_restarts_nothing_that_a_restart_cannot_mend() -> None:
    unit = (ROOT / "systemd" / "maild.service").read_text()
    assert "RestartPreventExitStatus=2" in unit  # contract: exit status 2 is unusable configuration
    assert re.search(r"^Type=notify$", unit, re.MULTILINE)
    assert re.search(r"^WatchdogSec=\d+$", unit, re.MULTILINE)
