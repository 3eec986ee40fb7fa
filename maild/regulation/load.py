"""A whole regulation from its folder; all or nothing, every fault named at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from maild.data import data_dir
from maild.domain.intake import IntakeRules, Signs
from maild.domain.people import People
from maild.domain.rules import DeskRules
from maild.domain.service import Registry
from maild.errors import ConfigError, ConfigErrors
from maild.regulation.agreement import named_elsewhere
from maild.regulation.answers import AnswerBook, lists_of_words, load_answers
from maild.regulation.desk import load_desk
from maild.regulation.intake import cross_faults, load_intake
from maild.regulation.people import load_people
from maild.regulation.registry import load_registry
from maild.regulation.topics import load_topics
from maild.regulation.wordings import gather
from maild.tomlfile import read_toml


@dataclass(frozen=True)
class Regulation:
    """A desk's rules. `desk` is desk.toml, calendar and ready answers, `intake` recognition and categories.

    `offers` tell which ready answers a letter calls for (`regulation.answers.offered`), `topics` which links and hints
    (`regulation.topics.topics_of`).
    """

    directory: Path
    desk: DeskRules
    intake: IntakeRules
    people: People
    registry: Registry
    offers: Signs = field(default_factory=lambda: Signs(()))
    topics: Signs = field(default_factory=lambda: Signs(()))


def load_regulation(directory: Path, *, registry: Callable[[IntakeRules], Registry] | None = None) -> Regulation:
    """Load and check a regulation. Raises ConfigError or ConfigErrors; never half a regulation.

    `registry` gives another registry than the folder's own (for a rehearsal), which then need not be there.
    """
    if not directory.is_dir():
        raise ConfigError(str(directory), "no such folder of rules")
    faults: list[ConfigError] = []
    desk = gather(faults, lambda: load_desk(directory))
    intake = gather(faults, lambda: load_intake(directory))
    people = gather(faults, lambda: load_people(directory))
    contracts = gather(faults, lambda: _registry(directory, intake, registry))
    book = gather(faults, lambda: _answers(directory, desk))
    topics = gather(faults, lambda: _topics(directory, desk))
    if desk is None or intake is None or people is None or contracts is None or book is None or topics is None:
        raise ConfigErrors(faults)
    named = named_elsewhere(read_toml(directory / "desk.toml"), desk, intake, people)
    if faults := [*cross_faults(directory, intake, desk, people), *named]:
        raise ConfigErrors(faults)
    whole = replace(desk, canned=book.canned, warnings=(*desk.warnings, *book.warnings))
    return Regulation(directory, whole, intake, people, contracts, book.offers, topics)


def _registry(directory: Path, intake: IntakeRules | None, given: Callable[[IntakeRules], Registry] | None) -> Registry:
    """The registry. Where intake.toml has faults, nobody knows what the registry should hold: it is not read then."""
    if intake is None:
        return Registry({}, {}, {}, {}, {})
    return given(intake) if given else load_registry(directory, intake.registry)


def _answers(directory: Path, desk: DeskRules | None) -> AnswerBook:
    """The ready answers, checked even where the desk's own file has faults."""
    return load_answers(directory, desk.languages[0] if desk else "", lists_of_words(directory))


def _topics(directory: Path, desk: DeskRules | None) -> Signs:
    if desk is None:
        return Signs(())
    return load_topics(read_toml(directory / "desk.toml"), desk, lists_of_words(directory))


def template_folders(operators: Path | None, rules: Path) -> tuple[Path, ...]:
    """Where the letters of a desk come from, the first that has a file wins: the operator's `templates`, the
    `templates/` of the regulation, the shipped ones. A pack's folder need not exist."""
    own = rules / "templates"
    return (*([operators] if operators else []), *([own] if own.is_dir() else []), data_dir("templates"))


def fingerprint(directory: Path) -> Mapping[str, tuple[int, int]]:
    """What tells whether a regulation changed: modification time (ns) and size (bytes) of each of its files."""
    return {
        str(path.relative_to(directory)): (stat.st_mtime_ns, stat.st_size)
        for path in sorted(directory.rglob("*"))
        if path.is_file() and (stat := path.stat())
    }
