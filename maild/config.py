"""`maild.toml`: the operator's configuration, checked whole before anything starts.

Paths in it are relative to the file. Passwords never stand in it: only where to find them.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from maild.errors import ConfigError, ConfigErrors
from maild.passwords import Password, from_command, from_file
from maild.tomlfile import Path_, Strict, TomlFile, check_address, read_toml, validate
from maild.transport.imap import ImapSettings
from maild.transport.smtp import SmtpSettings

DEFAULT = Path("maild.toml")
_SIZE = re.compile(r"(\d+)\s*(B|KB|MB|GB)?", re.IGNORECASE)
_UNITS = {None: 1, "B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}
_SPAN = re.compile(r"(\d+)(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class MailboxConfig:
    """One watched mailbox. `backlog`: seconds of old mail to take, 0 none, None all."""

    name: str
    role: str
    address: str
    imap: ImapSettings
    password: Password
    backlog: int | None


@dataclass(frozen=True)
class DeskConfig:
    """One desk: folder of its rules, folder of its own templates if it has some, its mailboxes."""

    name: str
    rules: Path
    templates: Path | None
    mailboxes: Mapping[str, MailboxConfig]


@dataclass(frozen=True)
class Limits:
    """`[limits]`: bytes, and automatic letters to one address."""

    message_size: int = 35 * 1024**2
    automatic_per_hour: int = 10
    automatic_per_day: int = 40


@dataclass(frozen=True)
class Config:
    """All of `maild.toml`. `database` is an SQLAlchemy URL with an absolute path."""

    path: Path
    database: str
    smtp: SmtpSettings
    smtp_password: Password | None
    desks: Mapping[str, DeskConfig]
    operator: str | None
    authserv_id: str | None
    trust_from: bool
    limits: Limits


def _size(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    found = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found or int(found.group(1)) == 0:
        raise ValueError(f'expected a size such as "35MB", got {value!r}')
    return int(found.group(1)) * _UNITS[found.group(2).upper() if found.group(2) else None]


def span(value: object) -> int:
    """Seconds of a span such as "60s" or "1d". Raises ValueError for anything else."""
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise ValueError(f'expected a span such as "60s", "5m" or "1d", got {value!r}')
    return int(found.group(1)) * _SECONDS[found.group(2)]


def _backlog(value: object) -> int | None:
    if value in ("none", "all"):
        return 0 if value == "none" else None
    try:
        return span(value)
    except ValueError:
        raise ValueError(f'expected "none", "all" or a span such as "1d", got {value!r}') from None


def _positive(value: int) -> int:
    if value <= 0:
        raise ValueError(f"expected a positive number, got {value!r}")
    return value


def _url(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError(f'expected a URL such as "sqlite:///maild.db", got {value!r}') from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise ValueError(f"expected sqlite or postgresql, got {url.get_backend_name()!r}")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError("expected a file: mail kept in memory would be lost")
    return value


Size = Annotated[int, BeforeValidator(_size)]
Span = Annotated[int, BeforeValidator(span), AfterValidator(_positive)]
Backlog = Annotated[int | None, BeforeValidator(_backlog)]
Positive = Annotated[int, AfterValidator(_positive)]
Port = Annotated[int, Field(ge=1, le=65535)]
Security = Literal["starttls", "tls", "none"]
MailAddress = Annotated[str, AfterValidator(check_address)]


class _Secret(Strict):
    password_file: str | None = None
    password_command: list[str] | None = None


class _Database(Strict):
    url: Annotated[str, AfterValidator(_url)] = "sqlite:///maild.db"


class _Smtp(_Secret):
    host: str
    port: Port = 587
    security: Security = "starttls"
    username: str | None = None
    connections: Annotated[int, Field(ge=1, le=64)] = 4
    insecure: bool = False


class _Mailbox(_Secret):
    role: Literal["support", "quality"]
    address: MailAddress
    host: str
    port: Port = 993
    security: Security = "tls"
    username: str
    oauth2_command: list[str] | None = None
    folder: str = "INBOX"
    done: str | None = None
    backlog: Backlog = 0
    quarantine: str = "Quarantine"
    poll: Span = 60
    insecure: bool = False


class _Desk(Strict):
    rules: str
    templates: str | None = None
    mailboxes: Annotated[dict[str, _Mailbox], Field(min_length=1)]


class _Operator(Strict):
    address: MailAddress


class _Security(Strict):
    authserv_id: str | None = None
    trust_from: bool = False


class _Limits(Strict):
    message_size: Size = Limits.message_size
    automatic_per_hour: Positive = Limits.automatic_per_hour
    automatic_per_day: Positive = Limits.automatic_per_day


class _Config(Strict):
    database: _Database = Field(default_factory=_Database)
    smtp: _Smtp
    desks: Annotated[dict[str, _Desk], Field(min_length=1)]
    operator: _Operator | None = None
    security: _Security = Field(default_factory=_Security)
    limits: _Limits = Field(default_factory=_Limits)


def load_config(path: Path) -> Config:
    """Read and check `maild.toml`. Raises ConfigErrors, one line a fault, or ConfigError."""
    file = read_toml(path)
    model = validate(_Config, file)
    faults: list[ConfigError] = []
    smtp_password = _password(file, model.smtp, ("smtp",), faults, needed=model.smtp.username is not None)
    _guard(file, model.smtp.security, model.smtp.host, model.smtp.insecure, ("smtp",), faults)
    desks = {name: _desk(file, name, desk, faults) for name, desk in model.desks.items()}
    _unlike_addresses(file, model, faults)
    if faults:
        raise ConfigErrors(faults)
    return Config(
        path=path,
        database=_absolute(model.database.url, path.parent),
        smtp=SmtpSettings(
            host=model.smtp.host,
            port=model.smtp.port,
            security=model.smtp.security,
            username=model.smtp.username,
            connections=model.smtp.connections,
            insecure=model.smtp.insecure,
        ),
        smtp_password=smtp_password,
        desks=desks,
        operator=model.operator.address if model.operator else None,
        authserv_id=model.security.authserv_id,
        trust_from=model.security.trust_from,
        limits=Limits(**model.limits.model_dump()),
    )


def _desk(file: TomlFile, name: str, desk: _Desk, faults: list[ConfigError]) -> DeskConfig:
    base = file.path.parent
    for key, folder in (("rules", desk.rules), ("templates", desk.templates)):
        if folder is not None and not (base / folder).is_dir():
            faults.append(file.fault(f"no such folder: {base / folder}", "desks", name, key))
    return DeskConfig(
        name=name,
        rules=base / desk.rules,
        templates=base / desk.templates if desk.templates else None,
        mailboxes={key: _mailbox(file, name, key, box, faults) for key, box in desk.mailboxes.items()},
    )


def _mailbox(file: TomlFile, desk: str, name: str, box: _Mailbox, faults: list[ConfigError]) -> MailboxConfig:
    at: Path_ = ("desks", desk, "mailboxes", name)
    _guard(file, box.security, box.host, box.insecure, at, faults)
    if box.oauth2_command:
        password: Password | None = from_command(box.oauth2_command)
    else:
        password = _password(file, box, at, faults, needed=True)
    imap = ImapSettings(
        host=box.host,
        port=box.port,
        security=box.security,
        username=box.username,
        folder=box.folder,
        done=box.done,
        quarantine=box.quarantine,
        poll=float(box.poll),
        oauth=box.oauth2_command is not None,
        allow_plain=box.insecure,
    )
    return MailboxConfig(name, box.role, box.address, imap, password or _nothing, box.backlog)


def _nothing() -> str:
    return ""


def _password(file: TomlFile, table: _Secret, at: Path_, faults: list[ConfigError], *, needed: bool) -> Password | None:
    """Where a password comes from; read anew at each log-in, so that a changed one is taken up."""
    if table.password_file and table.password_command:
        faults.append(file.fault("give password_file or password_command, not both", *at, "password_command"))
    if table.password_command:
        return from_command(table.password_command)
    if table.password_file:
        secret = file.path.parent / table.password_file
        if not secret.is_file():
            faults.append(file.fault(f"no such file: {secret}", *at, "password_file"))
        return from_file(secret)
    if needed:
        faults.append(file.fault("password_file or password_command is missing", *at))
    return None


def _guard(file: TomlFile, security: str, host: str, insecure: bool, at: Path_, faults: list[ConfigError]) -> None:
    """Without TLS a password goes over the wire in clear: only on loopback, or when the operator insists."""
    if security == "none" and not insecure and not _loopback(host):
        says = f'"none" is for loopback only, and {host} is not; use "tls" or "starttls", or set insecure = true'
        faults.append(file.fault(says, *at, "security"))


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _unlike_addresses(file: TomlFile, model: _Config, faults: list[ConfigError]) -> None:
    """One address watched twice would answer itself."""
    seen: dict[str, str] = {}
    for desk, table in model.desks.items():
        for name, box in table.mailboxes.items():
            if other := seen.get(box.address):
                says = f"{box.address} is watched already by {other}"
                faults.append(file.fault(says, "desks", desk, "mailboxes", name, "address"))
            seen[box.address] = f"desks.{desk}.mailboxes.{name}"


def _absolute(url: str, base: Path) -> str:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database is None:
        return url
    return parsed.set(database=str((base / parsed.database).resolve())).render_as_string(hide_password=False)
