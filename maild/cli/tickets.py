"""`maild tickets`: every ticket, one a line."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from maild.cli.options import config_option, dump, iso, json_option, opened
from maild.config import Config
from maild.domain.ticket import Ticket
from maild.errors import MaildError
from maild.regulation.desk import load_desk
from maild.store import tickets


@click.command()
@config_option
@json_option
def command(config_path: Path, as_json: bool) -> None:
    """The desk's tickets, in order of registration."""
    with opened(config_path) as (config, database):
        zones = desk_zones(config)
        with database.read() as tx:
            found = tickets.all_tickets(tx)
    if as_json:
        dump([summary(ticket, zones.get(ticket.desk, UTC)) for ticket in found])
        return
    _show(found, zones)


def desk_zones(config: Config) -> Mapping[str, tzinfo]:
    """Each desk's time zone; UTC for one whose rules cannot be read now."""
    zones: dict[str, tzinfo] = {}
    for name, desk in config.desks.items():
        try:
            zones[name] = ZoneInfo(str(load_desk(desk.rules).calendar.zone))
        except MaildError:
            zones[name] = UTC
    return zones


def summary(ticket: Ticket, zone: tzinfo) -> dict[str, Any]:
    """A ticket as `maild tickets --json` gives it."""
    return {
        "number": ticket.number,
        "desk": ticket.desk,
        "status": str(ticket.status),
        "level": ticket.level or None,
        "category": ticket.category or None,
        "priority": ticket.priority,
        "line": ticket.line,
        "assignee": ticket.assignee,
        "client": ticket.client,
        "subject": ticket.subject,
        "arrived": iso(ticket.arrived, zone),
        "reaction_due": iso(ticket.reaction_due, zone),
        "resolution_due": iso(ticket.resolution_due, zone),
        "reaction_met": iso(ticket.reaction_met, zone),
        "resolution_met": iso(ticket.resolution_met, zone),
        "rating": ticket.rating,
        **({"provisional": True} if ticket.provisional else {}),
    }


def _show(found: list[Ticket], zones: Mapping[str, tzinfo]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("number", "status", "arrived", "solve by"):
        table.add_column(heading, no_wrap=True, min_width=10)
    for heading in ("client", "subject"):
        table.add_column(heading, no_wrap=True, overflow="ellipsis", ratio=1)
    for ticket in found:
        zone = zones.get(ticket.desk, UTC)
        due = f"{ticket.resolution_due.astimezone(zone):%d.%m %H:%M}" if ticket.resolution_due else "–"
        arrived = f"{ticket.arrived.astimezone(zone):%d.%m %H:%M}"
        table.add_row(ticket.number, ticket.status, arrived, due, ticket.client, ticket.subject)
    Console().print(table if found else "no tickets yet")
