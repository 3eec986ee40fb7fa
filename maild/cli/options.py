"""What several commands share: the configuration option, the database behind it, times in JSON."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar

import click

from maild.config import DEFAULT, Config, load_config
from maild.errors import ConfigError
from maild.store.database import Database

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def config_option(function: Decorated) -> Decorated:
    """`-c FILE`: where maild.toml is."""
    option = click.option(
        "-c", "--config", "config_path", type=click.Path(path_type=Path), default=DEFAULT, help="maild.toml"
    )
    return option(function)


def json_option(function: Decorated) -> Decorated:
    """`--json`: for programs."""
    return click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")(function)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Config, Database]]:
    """Configuration and database for a command that only looks. Raises ConfigError where there is none yet."""
    config = load_config(path)
    database = Database(config.database)
    try:
        if database.path is not None and not database.path.exists():
            raise ConfigError(str(database.path), "there is no database yet; `maild run` makes it")
        database.migrate()
        yield config, database
    finally:
        database.close()


def iso(at: datetime | None, zone: tzinfo) -> str | None:
    """A time as JSON has it: ISO 8601 with the desk's offset, whole seconds."""
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None


def dump(value: object) -> None:
    """One line of JSON on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False))
