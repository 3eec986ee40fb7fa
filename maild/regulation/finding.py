"""What `maild check` finds in a regulation, and what a lint is given: the regulation with the lines of its files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from maild.regulation.answers import FOLDER
from maild.regulation.load import Regulation
from maild.tomlfile import TomlFile, read_toml

Severity = Literal["error", "warning"]
TABLES = ("contracts.csv", "contracts.xlsx", "partners.csv")
"""The registry's files in the folder of a regulation."""
RULES = ("desk.toml", "intake.toml", "people.toml", "refusals.toml")
AT_MOST = 10
"""So many findings of one kind are told one by one; the rest is counted."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, an "error", or hardly meant, a "warning".

    `where` is "intake.toml:912", the file relative to the folder of the rules (or a path outside of it); `says` what is
    the matter and `cure` what to do, both without a full stop. Each stands on one line.
    """

    severity: Severity
    where: str
    says: str
    cure: str = ""


@dataclass(frozen=True)
class Pack:
    """A regulation as the lints see it. `today` is the day in the desk's zone, `files` its TOML files by name."""

    regulation: Regulation
    today: date
    files: Mapping[str, TomlFile] = field(default_factory=dict)

    def rule(self, name: str, *path: str | int) -> str:
        """Where a key stands: "desk.toml:12", the file alone where the line is not known."""
        file = self.files.get(name)
        line = file.line(*path) if file else None
        return f"{name}:{line}" if line else name


def read_pack(regulation: Regulation, today: date) -> Pack:
    """The pack of a regulation that has been loaded. Raises ConfigError where a file went away meanwhile."""
    folder = regulation.directory
    files = {name: read_toml(folder / name) for name in RULES if (folder / name).is_file()}
    calendar = files["desk.toml"].data["hours"].get("calendar")
    names = [calendar] if calendar else []
    names += [f"{FOLDER}/{path.name}" for path in sorted((folder / FOLDER).glob("*.toml"))]
    return Pack(regulation, today, files | {name: read_toml(folder / name) for name in names})


def error(where: str, says: str, cure: str = "") -> Finding:
    """Something that keeps the desk from working rightly."""
    return Finding("error", where, " ".join(says.split()), cure)


def warning(where: str, says: str, cure: str = "") -> Finding:
    """Something that is probably not meant."""
    return Finding("warning", where, " ".join(says.split()), cure)


def at_most(findings: Iterable[Finding], more: str, count: int = AT_MOST) -> Iterator[Finding]:
    """The first of many findings; `more` says in the end what the others are ("{} more rows like these")."""
    last, rest = None, 0
    for number, finding in enumerate(findings):
        if number < count:
            yield finding
        else:
            last, rest = finding, rest + 1
    if last and rest == 1:
        yield last
    elif last:
        yield Finding(last.severity, last.where.partition(":")[0], more.format(f"{rest:,}"), last.cure)
