"""A whole regulation from its folder; all or nothing, every fault named at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from maild.domain.intake import IntakeRules, Signs
from maild.domain.people import People
from maild.domain.rules import DeskRules
from maild.domain.service import Registry
from maild.errors import ConfigError, ConfigErrors
from maild.regulation.answers import AnswerBook, lists_of_words, load_answers
from maild.regulation.desk import load_desk
from maild.regulation.intake import cross_faults, load_intake
from maild.regulation.people import load_people
from maild.regulation.registry import load_registry
from maild.regulation.wordings import gather


@dataclass(frozen=True)
class Regulation:
    """A desk's rules. `desk` is desk.toml, calendar and ready answers, `intake` recognition and categories.

    `offers` tell which ready answers a letter calls for (`regulation.answers.offered`).
    """

    directory: Path
    desk: DeskRules
    intake: IntakeRules
    people: People
    registry: Registry
    offers: Signs = field(default_factory=lambda: Signs(()))


def load_regulation(directory: Path) -> Regulation:
    """Load and check a regulation. Raises ConfigError or ConfigErrors; never half a regulation."""
    if not directory.is_dir():
        raise ConfigError(str(directory), "no such folder of rules")
    faults: list[ConfigError] = []
    desk = gather(faults, lambda: load_desk(directory))
    intake = gather(faults, lambda: load_intake(directory))
    people = gather(faults, lambda: load_people(directory))
    registry = gather(faults, lambda: load_registry(directory))
    book = gather(faults, lambda: _answers(directory, desk))
    if desk is None or intake is None or people is None or registry is None or book is None:
        raise ConfigErrors(faults)
    if faults := list(cross_faults(directory, intake, desk)):
        raise ConfigErrors(faults)
    whole = replace(desk, canned=book.canned, warnings=(*desk.warnings, *book.warnings))
    return Regulation(directory, whole, intake, people, registry, book.offers)


def _answers(directory: Path, desk: DeskRules | None) -> AnswerBook:
    """The ready answers, checked even where the desk's own file has faults."""
    return load_answers(directory, desk.languages[0] if desk else "", lists_of_words(directory))


def fingerprint(directory: Path) -> Mapping[str, tuple[int, int]]:
    """What tells whether a regulation changed: modification time (ns) and size (bytes) of each of its files."""
    return {
        str(path.relative_to(directory)): (stat.st_mtime_ns, stat.st_size)
        for path in sorted(directory.rglob("*"))
        if path.is_file() and (stat := path.stat())
    }
