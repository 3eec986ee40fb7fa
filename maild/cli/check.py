"""`maild check`: everything that can be wrong before the daemon starts, one line a finding."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from maild.cli.options import config_option
from maild.config import Config, DeskConfig, load_config
from maild.data import data_dir
from maild.domain.lookup import spoken
from maild.domain.people import Agent
from maild.errors import ConfigErrors, MaildError
from maild.mail.compose import Templates
from maild.regulation.load import Regulation, load_regulation
from maild.store.database import Database
from maild.transport.imap import ImapSession
from maild.transport.smtp import SmtpPool

_WARN_FROM_MONTH = 10
"""From October on, a calendar without the next year is worth a word."""


@click.command()
@config_option
@click.option("--online", is_flag=True, help="Log in to the mail servers too.")
@click.pass_context
def command(ctx: click.Context, config_path: Path, online: bool) -> None:
    """Configuration, rules, templates and database; with --online the servers too."""
    config = load_config(config_path)
    faults, warnings = 0, 0
    for severity, says in findings(config, datetime.now(UTC), online=online):
        click.echo(f"{severity}: {says}", err=severity == "error")
        faults += severity == "error"
        warnings += severity == "warning"
    click.echo(f"{config_path}: {faults or 'no'} faults, {warnings or 'no'} warnings")
    ctx.exit(1 if faults else 0)


def findings(config: Config, now: datetime, *, online: bool) -> Iterator[tuple[str, str]]:
    """Every finding as ("error" | "warning", one line)."""
    if config.trust_from:
        yield "warning", f"{config.path}: security.trust_from: anyone who can write From can act as an agent"
    if config.operator is None:
        yield "warning", f"{config.path}: operator: nobody is told about quarantined and undelivered mail"
    prefixes: dict[str, str] = {}
    for desk in config.desks.values():
        yield from _desk(config, desk, now, prefixes)
    yield from _database(config)
    if online:
        yield from _servers(config)


def _desk(config: Config, desk: DeskConfig, now: datetime, prefixes: dict[str, str]) -> Iterator[tuple[str, str]]:
    try:
        regulation = load_regulation(desk.rules)
    except ConfigErrors as errors:
        yield from (("error", str(fault)) for fault in errors.faults)
        return
    except MaildError as error:
        yield "error", str(error)
        return
    prefix = regulation.desk.prefix
    if prefix in prefixes:
        yield "error", f"{desk.rules}/desk.toml: prefix: {prefix} is the prefix of the desk {prefixes[prefix]} too"
    prefixes[prefix] = desk.name
    yield from _overlaps(config, desk, regulation)
    yield from _namesakes(desk, regulation)
    yield from (("warning", says) for says in (*regulation.desk.warnings, *regulation.registry.warnings))
    yield from _calendar(desk, regulation, now)
    folders = [*([desk.templates] if desk.templates else []), data_dir("templates")]
    try:
        yield from (("error", str(says)) for says in Templates(folders).check())
    except MaildError as error:
        yield "error", str(error)


def _overlaps(config: Config, desk: DeskConfig, regulation: Regulation) -> Iterator[tuple[str, str]]:
    """A mailbox of ours among the people would write to itself for ever (lesson 11)."""
    ours = {box.address: f"{each.name}.{box.name}" for each in config.desks.values() for box in each.mailboxes.values()}
    for agent in regulation.people.agents:
        if agent.address in ours:
            where = f"{desk.rules}/{agent.rule}"
            yield (
                "error",
                f"{where}: {agent.address} is the mailbox {ours[agent.address]}; an agent needs another address",
            )
    for address in regulation.people.quality:
        if address in ours:
            where = f"{desk.rules}/people.toml: quality.addresses"
            yield "error", f"{where}: {address} is the mailbox {ours[address]}; name the people who read escalations"
    if not regulation.people.quality:
        yield "warning", f"{desk.rules}/people.toml: quality.addresses: nobody receives escalations"


def _namesakes(desk: DeskConfig, regulation: Regulation) -> Iterator[tuple[str, str]]:
    """Agents whom `#assign` cannot tell apart by the part before the @: allowed, they have names and addresses."""
    known: dict[str, Agent] = {}
    for agent in regulation.people.agents:
        local = agent.address.partition("@")[0]
        if (other := known.setdefault(spoken(local), agent)) is not agent:
            where = f"{desk.rules}/{agent.rule}"
            yield "warning", f'{where}: "#assign {local}" may mean {agent.address} or {other.address} ({other.rule})'


def _calendar(desk: DeskConfig, regulation: Regulation, now: datetime) -> Iterator[tuple[str, str]]:
    calendar = regulation.desk.calendar
    local = now.astimezone(calendar.zone)
    years = [local.year, *([local.year + 1] if local.month >= _WARN_FROM_MONTH else [])]
    for year in years:
        if not calendar.covers(year):
            yield "warning", f"{desk.rules}/calendar.toml: the year {year} is missing; its deadlines are provisional"


def _database(config: Config) -> Iterator[tuple[str, str]]:
    database = Database(config.database)
    try:
        database.migrate()
        with database.read():
            return
    except MaildError as error:
        yield "error", str(error)
    finally:
        database.close()


def _servers(config: Config) -> Iterator[tuple[str, str]]:
    for desk in config.desks.values():
        for box in desk.mailboxes.values():
            session = ImapSession(box.imap, box.password)
            try:
                session.open()
            except MaildError as error:
                yield "error", f"desks.{desk.name}.mailboxes.{box.name}: {error}"
            finally:
                session.close()
    if says := asyncio.run(_probe(config)):
        yield "error", f"smtp: {says}"


async def _probe(config: Config) -> str | None:
    pool = SmtpPool(config.smtp, config.smtp_password)
    try:
        return await pool.probe()
    finally:
        await pool.close()
