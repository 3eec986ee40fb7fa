"""`maild status`: mailboxes, tickets, outbox, quarantine at a glance. Exit status 1 when something needs a person."""

from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import click

from maild.cli.options import config_option, dump, iso, json_option, opened
from maild.cli.tickets import desk_zones
from maild.config import Config
from maild.domain.ticket import Ticket
from maild.store import inbox, outbox, tickets
from maild.store.database import DaemonLock, Database, Tx

_GOOD = frozenset({"connected", "connecting", "stopped"})


@click.command()
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, config_path: Path, as_json: bool) -> None:
    """How the whole stands."""
    now = datetime.now(UTC)
    with opened(config_path) as (config, database), database.read() as tx:
        status = _status(tx, config, database, now)
    if as_json:
        dump(status)
    else:
        _show(status)
    ctx.exit(1 if _needs_a_person(status) else 0)


def _status(tx: Tx, config: Config, database: Database, now: datetime) -> dict[str, Any]:
    zones = desk_zones(config)
    states = {(state.desk, state.name): state for state in inbox.mailboxes(tx)}
    letters, pid = outbox.counts(tx), DaemonLock(database).holder()
    stopped = database.is_sqlite and pid is None
    first_zone = next(iter(zones.values()))
    desks = {}
    for name, desk in config.desks.items():
        live = tickets.all_tickets(tx, name, tickets.AT_WORK)
        desks[name] = {
            "mailboxes": {
                box: _mailbox(states.get((name, box)), zones[name], stopped=stopped) for box in desk.mailboxes
            },
            "open": len(live),
            "overdue": sum(_overdue(ticket, now) for ticket in live),
        }
    return {
        "desks": desks,
        "outbox": {
            "queued": letters["queued"],
            "dead": letters["dead"],
            "oldest": iso(letters["oldest"], first_zone),
        },
        "quarantine": len(inbox.quarantined(tx)),
        "pid": pid,
    }


def _mailbox(state: inbox.MailboxState | None, zone: tzinfo, *, stopped: bool) -> dict[str, Any]:
    if state is None:
        return {"state": "never connected", "since": None, "last_uid": None}
    error = {"error": state.error} if state.error else {}
    how = "stopped" if stopped and state.state in _GOOD else state.state
    return {"state": how, "since": iso(state.since, zone), "last_uid": state.last_uid, **error}


def _overdue(ticket: Ticket, now: datetime) -> bool:
    late_reaction = ticket.reaction_met is None and ticket.reaction_due is not None and ticket.reaction_due < now
    late_resolution = (
        ticket.resolution_met is None and ticket.resolution_due is not None and ticket.resolution_due < now
    )
    return late_reaction or late_resolution


def _needs_a_person(status: dict[str, Any]) -> bool:
    boxes = [box for desk in status["desks"].values() for box in desk["mailboxes"].values()]
    broken = any(box["state"] not in _GOOD for box in boxes)
    return broken or bool(status["outbox"]["dead"]) or bool(status["quarantine"])


def _show(status: dict[str, Any]) -> None:
    click.echo(f"daemon      {'pid ' + str(status['pid']) if status['pid'] else 'not running'}")
    for name, desk in status["desks"].items():
        click.echo(f"desk        {name}: {desk['open']} open, {desk['overdue']} overdue")
        for box, state in desk["mailboxes"].items():
            error = f" ({state['error']})" if state.get("error") else ""
            click.echo(
                f"  mailbox   {box}: {state['state']} since {state['since']}, last uid {state['last_uid']}{error}"
            )
    letters = status["outbox"]
    waits = f", the oldest since {letters['oldest']}" if letters["oldest"] else ""
    click.echo(f"outbox      {letters['queued']} queued, {letters['dead']} dead{waits}")
    click.echo(f"quarantine  {status['quarantine']}")
