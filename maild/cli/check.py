"""`maild check`: everything that can be wrong before the daemon starts, one line a finding, grouped by desk.

What a regulation may have wrong is found by the lints (`desk.lint`); here stand those matters that lie between desks,
in maild.toml, the database and the servers.
"""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from maild.cli.options import config_option, dump, json_option
from maild.config import Config, DeskConfig, MailboxConfig, load_config
from maild.desk.desk import Desk, Mailbox
from maild.desk.lint import lint
from maild.errors import ConfigError, ConfigErrors, MaildError
from maild.mail.compose import Templates
from maild.mail.thread import Signer
from maild.regulation.finding import Finding, error, warning
from maild.regulation.load import Regulation, load_regulation, template_folders
from maild.store.database import Database
from maild.tomlfile import read_toml
from maild.transport.imap import ImapSession
from maild.transport.smtp import SmtpPool

_AT_ONCE = 16
_SAMPLE_SEAL = b"letters that are never sent"


@dataclass(frozen=True)
class Group:
    """The findings about one desk, or (`desk` None) about the rest. `folder` is what their places are relative to."""

    desk: str | None
    folder: Path | None
    findings: Sequence[Finding]


@click.command()
@config_option
@click.option("--online", is_flag=True, help="Log in to the mail servers too.")
@json_option
@click.pass_context
def command(ctx: click.Context, config_path: Path, online: bool, as_json: bool) -> None:
    """Configuration, rules, templates and database; with --online the servers too."""
    config = load_config(config_path)
    groups = list(checked(config, datetime.now(UTC), online=online))
    found = [finding for group in groups for finding in group.findings]
    faults = sum(finding.severity == "error" for finding in found)
    if as_json:
        dump([_object(group, finding) for group in groups for finding in group.findings])
    else:
        for group in groups:
            _show(group)
        click.echo(f"{config_path}: {_counted(faults, 'fault')}, {_counted(len(found) - faults, 'warning')}")
    ctx.exit(1 if faults else 0)


def _counted(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def checked(config: Config, now: datetime, *, online: bool) -> Iterator[Group]:
    """Every finding: first what lies in maild.toml, then each desk, then database and servers."""
    yield Group(None, None, list(_configuration(config)))
    prefixes: dict[str, str] = {}
    compiled: dict[tuple[Path, ...], Templates] = {}
    for desk in config.desks.values():
        found = sorted(_desk(config, desk, now, prefixes, compiled), key=lambda finding: finding.severity != "error")
        yield Group(desk.name, desk.rules, found)
    yield Group(None, None, [*_database(config), *(_servers(config) if online else ())])


def _show(group: Group) -> None:
    """A desk's heading, and its findings under each other: errors on standard error, the rest on standard output."""
    if group.desk and group.findings:
        click.echo(f"{group.desk} ({group.folder})")
    for finding in group.findings:
        says = f"{finding.says}; {finding.cure}" if finding.cure else finding.says
        where = f"{finding.where}: " if finding.where else ""
        indent = "  " if group.desk else ""
        click.echo(f"{indent}{finding.severity + ':':<9}{where}{says}", err=finding.severity == "error")


def _object(group: Group, finding: Finding) -> dict[str, object]:
    """A finding for programs: `file` with its folder, `line` null where the matter has none."""
    file, colon, line = finding.where.rpartition(":")
    if not (colon and line.isdigit()):
        file, line = finding.where, ""
    return {
        "severity": finding.severity,
        "desk": group.desk,
        "file": str(group.folder / file) if group.folder else file,
        "line": int(line) if line else None,
        "says": finding.says,
        "cure": finding.cure or None,
    }


def _configuration(config: Config) -> Iterator[Finding]:
    if config.trust_from:
        where = f"{config.path}:{read_toml(config.path).line('security', 'trust_from')}"
        says = "security.trust_from: anyone who can write From can act as an agent"
        yield warning(where, says, "take it out, and name authserv_id instead")
    if config.operator is None:
        says = "operator: nobody is told about quarantined and undelivered mail"
        yield warning(str(config.path), says, 'add [operator] address = "…"')


def _desk(
    config: Config,
    desk: DeskConfig,
    now: datetime,
    prefixes: dict[str, str],
    compiled: dict[tuple[Path, ...], Templates],
) -> Iterator[Finding]:
    """One desk. `prefixes` are those of the desks before it, `compiled` templates by their folders: they take long."""
    try:
        regulation = load_regulation(desk.rules)
        prefix = regulation.desk.prefix
        if prefix in prefixes:
            says = f"prefix: {prefix} is the prefix of the desk {prefixes[prefix]} too"
            yield error(read_toml(desk.rules / "desk.toml").rule("prefix"), says, "give each desk its own")
        prefixes[prefix] = desk.name
        yield from _overlaps(config, regulation)
        folders = tuple(folder.resolve() for folder in template_folders(desk.templates, desk.rules))
        templates = compiled.setdefault(folders, Templates(folders))
        for finding in lint(_as_in_service(config, desk, regulation, templates), now):
            yield replace(finding, where=finding.where.removeprefix(f"{desk.rules.resolve()}/"))
    except ConfigErrors as faults:
        yield from (_fault(desk, fault) for fault in faults.faults)
    except ConfigError as fault:
        yield _fault(desk, fault)
    except MaildError as fault:
        yield error("", str(fault))


def _fault(desk: DeskConfig, fault: ConfigError) -> Finding:
    """A fault that keeps the rules from being loaded; it says itself what was expected."""
    file = fault.file.removeprefix(f"{desk.rules}/")
    where = f"{file}:{fault.line}" if fault.line else file
    return error(where, f"{fault.key}: {fault.says}" if fault.key else fault.says)


def _as_in_service(config: Config, desk: DeskConfig, regulation: Regulation, templates: Templates) -> Desk:
    """The desk as the daemon would have it, but for its seal: none of its letters leaves."""
    return Desk(
        name=desk.name,
        regulation=regulation,
        mailboxes={name: Mailbox(name, box.role, box.address) for name, box in desk.mailboxes.items()},
        templates=templates,
        signer=Signer(_SAMPLE_SEAL),
        operator=config.operator,
    )


def _overlaps(config: Config, regulation: Regulation) -> Iterator[Finding]:
    """A mailbox of ours among the people would write to itself for ever (lesson 11)."""
    ours = {box.address: f"{each.name}.{box.name}" for each in config.desks.values() for box in each.mailboxes.values()}
    for agent in regulation.people.agents:
        if agent.address in ours:
            says = f"{agent.address} is the mailbox {ours[agent.address]}"
            yield error(agent.rule, says, "an agent needs another address")
    file = read_toml(regulation.directory / "people.toml")
    for index, address in enumerate(regulation.people.quality):
        if address in ours:
            says = f"quality.addresses: {address} is the mailbox {ours[address]}"
            yield error(file.rule("quality", "addresses", index), says, "name the people who read escalations")


def _database(config: Config) -> Iterator[Finding]:
    database = Database(config.database)
    try:
        database.migrate()
        with database.read():
            return
    except MaildError as fault:
        yield error("", str(fault))
    finally:
        database.close()


def _servers(config: Config) -> Iterator[Finding]:
    """Every server is asked at the same time: one that is silent costs half a minute."""
    desks = config.desks.values()
    boxes = {f"desks.{desk.name}.mailboxes.{name}": box for desk in desks for name, box in desk.mailboxes.items()}
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        sending = pool.submit(asyncio.run, _probe(config))
        for name, fault in zip(boxes, pool.map(_logged_in, boxes.values()), strict=True):
            if fault:
                yield error("", f"{name}: {fault}")
        if says := sending.result():
            yield error("", f"smtp: {says}")


def _logged_in(box: MailboxConfig) -> str | None:
    """What is wrong with a mailbox's server or password."""
    session = ImapSession(box.imap, box.password)
    try:
        session.open()
    except MaildError as fault:
        return str(fault)
    finally:
        session.close()
    return None


async def _probe(config: Config) -> str | None:
    pool = SmtpPool(config.smtp, config.smtp_password)
    try:
        return await pool.probe()
    finally:
        await pool.close()
