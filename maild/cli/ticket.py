"""`maild ticket NUMBER`: one ticket with its whole history and its mail."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

import click

from maild.cli.options import config_option, dump, iso, json_option, opened
from maild.cli.tickets import desk_zones, summary
from maild.config import Config
from maild.domain.ticket import Entry, Hold, Ticket
from maild.errors import UsageError
from maild.store import tickets
from maild.store.database import Tx


@click.command()
@click.argument("number")
@config_option
@json_option
@click.option("--raw", type=click.Path(path_type=Path, file_okay=False), help="Write each letter that came in here.")
def command(number: str, config_path: Path, as_json: bool, raw: Path | None) -> None:
    """One ticket: what it is, what happened, which letters went to and fro."""
    with opened(config_path) as (config, database), database.read() as tx:
        ticket = tickets.find(tx, number.strip().upper())
        if ticket is None or ticket.id is None:
            raise UsageError(f"no ticket {number}")
        story = _story(tx, ticket, desk_zones(config).get(ticket.desk, UTC), _addresses(config, ticket))
        if raw:
            _write_letters(tx, ticket.id, raw)
    if as_json:
        dump(story)
    else:
        _show(story)


def _addresses(config: Config, ticket: Ticket) -> Mapping[str, str]:
    """The address of each mailbox of the ticket's desk, by name."""
    desk = config.desks.get(ticket.desk)
    return {name: box.address for name, box in desk.mailboxes.items()} if desk else {}


def _story(tx: Tx, ticket: Ticket, zone: tzinfo, addresses: Mapping[str, str]) -> dict[str, Any]:
    assert ticket.id is not None
    return {
        **summary(ticket, zone),
        "history": [_entry(entry, zone) for entry in tickets.history(tx, ticket.id)],
        "holds": [_hold(hold, zone) for hold in ticket.holds],
        "mail": [
            {
                "at": iso(record.at, zone),
                "direction": record.direction,
                "kind": record.kind,
                "from": record.from_,
                "to": addresses.get(record.to or "", record.to) if record.direction == "in" else record.to,
                "message_id": record.message_id,
                "sha256": record.sha256,
            }
            for record in tickets.mail(tx, ticket.id)
        ],
    }


def _entry(entry: Entry, zone: tzinfo) -> dict[str, Any]:
    return {"at": iso(entry.at, zone), "event": str(entry.event), "by": entry.by, "says": entry.says}


def _hold(hold: Hold, zone: tzinfo) -> dict[str, Any]:
    return {"from": iso(hold.start, zone), "to": iso(hold.end, zone), "clocks": sorted(hold.clocks)}


def _write_letters(tx: Tx, ticket_id: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for letter_id, raw in tickets.raw_letters(tx, ticket_id):
        (folder / f"{letter_id:06d}.eml").write_bytes(raw)


def _show(story: dict[str, Any]) -> None:
    for key, value in story.items():
        if not isinstance(value, list):
            click.echo(f"{key + ':':<16}{'–' if value is None else value}")
    click.echo("\nHistory")
    for entry in story["history"]:
        click.echo(f"  {entry['at']}  {entry['event']:<14}{entry['by']}: {entry['says']}")
    click.echo("\nMail")
    for record in story["mail"]:
        arrow = "in " if record["direction"] == "in" else "out"
        click.echo(f"  {record['at']}  {arrow}  {record['kind']:<20}{record['from'] or '<>'} → {record['to']}")
