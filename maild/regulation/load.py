"""A whole regulation from its folder; all or nothing, every fault named at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maild.domain.intake import IntakeRules
from maild.domain.people import People
from maild.domain.rules import DeskRules
from maild.domain.service import Registry
from maild.errors import ConfigError, ConfigErrors
from maild.regulation.desk import load_desk
from maild.regulation.intake import cross_faults, load_intake
from maild.regulation.people import load_people
from maild.regulation.registry import load_registry

FILES = ("desk.toml", "intake.toml", "people.toml", "calendar.toml", "contracts.csv", "contracts.xlsx", "partners.csv")


@dataclass(frozen=True)
class Regulation:
    """A desk's rules. `desk` is desk.toml and calendar, `intake` recognition and categories."""

    directory: Path
    desk: DeskRules
    intake: IntakeRules
    people: People
    registry: Registry


def load_regulation(directory: Path) -> Regulation:
    """Load and check a regulation. Raises ConfigError or ConfigErrors; never half a regulation."""
    if not directory.is_dir():
        raise ConfigError(str(directory), "no such folder of rules")
    faults: list[ConfigError] = []
    loaded: dict[str, object] = {}
    for name, loader in (
        ("desk", load_desk),
        ("intake", load_intake),
        ("people", load_people),
        ("registry", load_registry),
    ):
        try:
            loaded[name] = loader(directory)
        except ConfigErrors as errors:
            faults += errors.faults
        except ConfigError as error:
            faults.append(error)
    if faults:
        raise ConfigErrors(faults)
    regulation = Regulation(directory=directory, **loaded)  # type: ignore[arg-type]
    if faults := list(cross_faults(directory, regulation.intake, regulation.desk)):
        raise ConfigErrors(faults)
    return regulation


def fingerprint(directory: Path) -> Mapping[str, tuple[int, int]]:
    """What tells whether a regulation changed: modification time (ns) and size (bytes) of each of its files."""
    return {
        str(path.relative_to(directory)): (stat.st_mtime_ns, stat.st_size)
        for path in sorted(directory.rglob("*"))
        if path.is_file() and (stat := path.stat())
    }
