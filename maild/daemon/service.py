"""What all runners share: configuration, database, the desks in force, the clock, the log."""

import gc
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import structlog

from maild.config import Config, DeskConfig
from maild.desk import agenda, clocks
from maild.desk.desk import Desk, Mailbox
from maild.desk.intake import decide
from maild.desk.lapsing import tell_of_calendar
from maild.desk.post import tell_operator
from maild.domain.service import Registry
from maild.errors import ConfigError, ConfigErrors, MaildError
from maild.mail.compose import Templates
from maild.mail.parse import parse
from maild.mail.thread import Signer
from maild.regulation.load import fingerprint, load_regulation, template_folders
from maild.regulation.registry import load_registry
from maild.store.database import Database

Listener = Callable[[str, Mapping[str, object]], None]


def utc_now() -> datetime:
    """The system's clock, aware."""
    return datetime.now(UTC)


def ignore(event: str, facts: Mapping[str, object]) -> None:
    """The listener of a daemon that nobody watches."""


def build_desk(config: Config, desk: DeskConfig, signer: Signer, before: Registry | None = None) -> Desk:
    """A desk as configured, its regulation and templates loaded whole. Raises ConfigError(s).

    `before` is the registry in force: if its files did not change, they are not read again.
    """
    built = Desk(
        name=desk.name,
        regulation=load_regulation(
            desk.rules, registry=lambda intake: load_registry(desk.rules, intake.registry, before)
        ),
        mailboxes={name: Mailbox(name, box.role, box.address) for name, box in desk.mailboxes.items()},
        templates=Templates(template_folders(desk.templates, desk.rules)),
        signer=signer,
        own_addresses=frozenset(box.address for each in config.desks.values() for box in each.mailboxes.values()),
        authserv_id=config.authserv_id,
        trust_from=config.trust_from,
        operator=config.operator,
        automatic_per_hour=config.limits.automatic_per_hour,
        automatic_per_day=config.limits.automatic_per_day,
        message_size=config.limits.message_size,
    )
    _warm_up(built)
    return built


def same_prefixes(desks: Mapping[str, Desk]) -> list[ConfigError]:
    """A number has to tell which desk it belongs to: faults where two desks number their tickets alike."""
    seen: dict[str, str] = {}
    faults = []
    for name, desk in desks.items():
        prefix = desk.regulation.desk.prefix
        if prefix in seen:
            says = f"prefix: {prefix} is the prefix of the desk {seen[prefix]} too; give each desk its own"
            faults.append(ConfigError(str(desk.regulation.directory / "desk.toml"), says))
        seen[prefix] = name
    return faults


def _warm_up(desk: Desk) -> None:
    """Judge a letter in each language: phrases and dictionaries are made ready now, not while a client waits."""
    for words in ("Подскажите, пожалуйста", "Підкажіть, будь ласка", "Could you please tell me"):
        message = parse(f"From: a@a.invalid\nSubject: -\n\n{words}\n".encode())
        decide(message, desk.regulation, at=utc_now(), role="support")


def calm_the_collector() -> None:
    """Rules, registry and templates live as long as we do: the garbage collector need not walk them again and again,
    which costs 2 ms a letter."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@dataclass
class Service:
    """The running whole. `desks` is replaced entry by entry when rules are reloaded, never changed in place.

    `poke` is called, from any thread, when there may be something to send.
    """

    config: Config
    database: Database
    signer: Signer
    desks: dict[str, Desk]
    clock: Callable[[], datetime] = utc_now
    listener: Listener = ignore
    poke: Callable[[], object] = lambda: None
    log: structlog.stdlib.BoundLogger = field(default_factory=lambda: structlog.get_logger("maild"))
    _seen: dict[str, Mapping[str, tuple[int, int]]] = field(default_factory=dict)

    def tell(self, event: str, **facts: object) -> None:
        """One line in the log, and the same to the listener."""
        self.log.info(event, **facts)
        self.listener(event, facts)

    def operator(self, matter: str, subject: str, lines: list[str]) -> None:
        """A letter to the operator from the first desk, once for each matter."""
        desk = next(iter(self.desks.values()))
        with self.database.write() as tx:
            tell_operator(tx, desk, matter, subject, lines, self.clock())
        self.poke()

    def reload(self, *, force: bool = False) -> list[str]:
        """Take up the regulations that changed; names of the desks reloaded.

        All or nothing for each desk: with a fault the old rules stay in force and the operator is told.
        """
        changed = [desk for desk in self.config.desks.values() if self._changed(desk) or force]
        return [desk.name for desk in changed if self._reload(desk, force)]

    def remember_rules(self) -> None:
        """Note what the rule files look like now, so that a later change is seen."""
        for desk in self.config.desks.values():
            self._seen[desk.name] = _files(desk)

    def _changed(self, desk: DeskConfig) -> bool:
        files = _files(desk)
        changed = files != self._seen.get(desk.name)
        self._seen[desk.name] = files
        return changed

    def _reload(self, desk: DeskConfig, force: bool) -> bool:
        before = self.desks[desk.name].regulation.registry
        try:
            fresh = build_desk(self.config, desk, self.signer, None if force else before)
            if faults := fresh.templates.check():
                raise ConfigErrors(faults)
        except MaildError as error:
            self.log.error("rules-refused", desk=desk.name, error=str(error))
            lines = [*str(error).splitlines(), "The old rules stay in force. Mend the files: they are read again."]
            matter = f"rules:{desk.name}:{hash(str(sorted(_files(desk).items())))}"
            self.operator(matter, f"The rules of {desk.name} were not taken up", lines)
            return False
        self.desks[desk.name] = fresh
        gc.freeze()
        with self.database.write() as tx:
            clocks.schedule_all(tx, fresh)
            agenda.plan(tx, fresh, self.clock())
            tell_of_calendar(tx, fresh, self.clock())
        self.tell("rules-loaded", desk=desk.name)
        self.report_registry(desk.name, before)
        return True

    def report_registry(self, name: str, before: Registry | None = None) -> None:
        """The bad rows of a desk's registry go to the log; those that were not there before, to the operator too."""
        registry = self.desks[name].regulation.registry
        if registry is before:
            return
        for line in registry.warnings:
            self.log.warning("registry", desk=name, says=line)
        known = {_what(line) for line in before.warnings} if before else set()
        if fresh := sorted({_what(line) for line in registry.warnings} - known):
            matter = f"registry:{name}:{sha256(repr(fresh).encode()).hexdigest()[:16]}"
            lines = ["The registry is in force, without the rows that are left out.", *registry.warnings]
            self.operator(matter, f"Faults in the contract registry of {name}", lines)


def _what(line: str) -> str:
    """A line of the report without what changes with every export: the rows' numbers, and how many there are."""
    bare = re.sub(r":\d+", ":", line)
    return bare if bare != line else re.sub(r"\d+", "", line)


def _files(desk: DeskConfig) -> Mapping[str, tuple[int, int]]:
    folders: list[Path] = [desk.rules, *([desk.templates] if desk.templates else [])]
    return {f"{folder}/{name}": stamp for folder in folders for name, stamp in fingerprint(folder).items()}
