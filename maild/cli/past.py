"""What `maild rehearse` and `maild coverage` share: a desk to look back on, a period, a database that is only read."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from maild.config import Config, DeskConfig, load_config
from maild.daemon.service import build_desk
from maild.desk.desk import Desk
from maild.desk.replay import Period
from maild.errors import ConfigError, UsageError
from maild.mail.thread import Signer
from maild.store import schema
from maild.store.database import Database
from maild.store.judged import seal

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def past_options(function: Decorated) -> Decorated:
    """`--desk`, `--from` and `--to`."""
    for option in (
        click.option("--to", "until", metavar="DATE", help="Letters that arrived on this day at the latest."),
        click.option("--from", "since", metavar="DATE", help="Letters that arrived on this day or later."),
        click.option("--desk", "name", metavar="NAME", help="Which desk, where there are several."),
    ):
        function = option(function)
    return function


@contextmanager
def looking_back(path: Path, name: str | None) -> Iterator[tuple[Config, Database, Desk]]:
    """Configuration, database and one desk with its present rules. Nothing is written, not even a newer schema.

    Raises ConfigError(s) where they are no good, UsageError where it is not clear which desk is meant.
    """
    config = load_config(path)
    chosen = _chosen(config, name)
    database = Database(config.database)
    try:
        if database.path is not None and not database.path.exists():
            raise ConfigError(str(database.path), "there is no database yet; `maild run` makes it")
        if (revision := database.schema_revision()) != schema.HEAD:
            newer = revision is not None and revision > schema.HEAD
            cure = "install the newer maild" if newer else "`maild run` brings it up"
            raise ConfigError(database.name, f"the database is of another version of maild; {cure}")
        with database.read() as tx:
            secret = seal(tx)
        yield config, database, build_desk(config, chosen, Signer(secret or bytes(32)))
    finally:
        database.close()


def _chosen(config: Config, name: str | None) -> DeskConfig:
    if name is None and len(config.desks) == 1:
        return next(iter(config.desks.values()))
    if name is None or name not in config.desks:
        what = f"no such desk: {name}" if name else "there are several desks"
        raise UsageError(f"--desk: {what}; expected one of {', '.join(config.desks)}")
    return config.desks[name]


def period_of(desk: Desk, since: str | None, until: str | None) -> Period:
    """The days from `since` to `until`, both included, in the desk's zone. Raises UsageError for what is no date."""
    everything, zone = Period(), desk.regulation.desk.calendar.zone
    first, last = _day("--from", since), _day("--to", until)
    if first and last and last < first:
        raise UsageError(f"--to: {last} is before --from {first}")
    return Period(
        datetime.combine(first, time.min, zone) if first else everything.since,
        datetime.combine(last + timedelta(days=1), time.min, zone) if last else everything.until,
    )


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if not 1 < day.year < date.max.year:
        raise UsageError(f"{option}: expected a date such as 2026-11-24, got {text!r}")
    return day


@contextmanager
def shown_progress(what: str) -> Iterator[Callable[[int, int], object] | None]:
    """A bar on standard error, where that is a terminal; None where it is not."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
