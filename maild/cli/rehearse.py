"""`maild rehearse --rules DIR`: what new rules would have decided otherwise about the mail already received.

Every letter that the desk judged in the period (new requests, and replies that were judged with their tickets) is
judged twice, by the desk's present rules and by those of DIR, at the moment of its arrival, with the same registry and
with what was known then. Nothing is written; the daemon may run meanwhile.

The JSON is one object:

    {desk, rules, with, registry: "current" | "new", from, to,          # dates as given, null: open
     letters: {judged, different, otherwise_then,                       # by the present rules, other than back then
               purged, by_staff, failed, quarantined, waiting,          # not judged: why
               others},                                                 # automatic, staff's, or more to a ticket
     failed: [{letter, ticket, error}],                                 # the first 20
     groups: [{before, after,                                           # dispositions; null: it stays the same
               aspect,                                                  # what makes the difference
               old: {rule, says}, new: {rule, says},                    # by which rule; `says` of the first letter
               count, aspects: {ASPECT: count},                         # all that changes in these letters
               letters: [{letter, ticket, arrival, mailbox, message_id, from, subject,
                          changes: {ASPECT: [before, after]}}]}]}       # FIELD is the aspect fields.FIELD

Worst first: what turns acceptance into refusal or back, then the other changes of disposition, then all else.
"""

from datetime import tzinfo
from pathlib import Path
from typing import Any

import click

from maild.cli.options import config_option, dump, iso, json_option
from maild.cli.past import looking_back, past_options, period_of, shown_progress
from maild.desk.desk import Desk
from maild.desk.rehearse import Difference, Group, Rehearsal, rehearse, with_rules
from maild.desk.replay import BY_STAFF, FAILED, PURGED
from maild.mail.parts import tidy
from maild.store.judged import received
from maild.store.stored import QUARANTINED, STORED

SHOWN = 5
LONGEST = 200


@click.command(name="rehearse")
@config_option
@click.option("--rules", required=True, type=click.Path(path_type=Path), help="The folder of the new rules.")
@past_options
@click.option(
    "--registry",
    type=click.Choice(["current", "new"]),
    default="current",
    help="Whose contracts and partners count: the desk's present ones (default), or those of the new folder.",
)
@click.option("--letters", "shown", type=click.IntRange(0), default=SHOWN, help="So many letters of each group.")
@json_option
def command(
    config_path: Path,
    rules: Path,
    name: str | None,
    since: str | None,
    until: str | None,
    registry: str,
    shown: int,
    as_json: bool,
) -> None:
    """What new rules would have decided otherwise about the mail already received. Nothing is sent or stored."""
    with looking_back(config_path, name) as (_, database, desk):
        period = period_of(desk, since, until)
        other = with_rules(desk, rules, own_registry=registry == "new")
        with shown_progress(f"{desk.name} by {rules}") as progress:
            found = rehearse(database, desk, other, period, progress)
        with database.read() as tx:
            states = received(tx, desk.name, period.since, period.until)
    zone = desk.regulation.desk.calendar.zone
    head = {
        "desk": desk.name,
        "rules": str(desk.regulation.directory),
        "with": str(rules),
        "registry": registry,
        "from": since,
        "to": until,
    }
    if as_json:
        dump({**head, **rehearsal_json(found, states, zone)})
    else:
        _show(found, states, desk, rules, shown)


def rehearsal_json(found: Rehearsal, states: dict[str, int], zone: tzinfo) -> dict[str, Any]:
    """The rest of the object in the module's docstring; `states` counts the letters received by state."""
    return {
        "letters": _counts(found, states),
        "failed": [{"letter": one.letter, "ticket": one.number, "error": error} for one, error in found.errors],
        "groups": [_group_json(group, zone) for group in found.groups],
    }


def _counts(found: Rehearsal, states: dict[str, int]) -> dict[str, int]:
    told = {
        "judged": found.judged,
        "different": found.different,
        "otherwise_then": found.otherwise_then,
        "purged": found.hindered[PURGED],
        "by_staff": found.hindered[BY_STAFF],
        "failed": found.hindered[FAILED],
        "quarantined": states.get(QUARANTINED, 0),
        "waiting": states.get(STORED, 0),
    }
    counted = found.judged + sum(found.hindered.values()) + told["quarantined"] + told["waiting"]
    return {**told, "others": max(0, sum(states.values()) - counted)}


def _group_json(group: Group, zone: tzinfo) -> dict[str, Any]:
    first = group.first
    return {
        "before": first.before if first.turns else None,
        "after": first.after if first.turns else None,
        "aspect": first.aspect,
        "old": {"rule": first.old.rule, "says": first.old.says},
        "new": {"rule": first.new.rule, "says": first.new.says},
        "count": len(group.differences),
        "aspects": dict(group.aspects),
        "letters": [_letter_json(each, zone) for each in group.differences],
    }


def _letter_json(one: Difference, zone: tzinfo) -> dict[str, Any]:
    judgement = one.judgement
    return {
        "letter": judgement.letter,
        "ticket": judgement.number,
        "arrival": iso(judgement.arrival, zone),
        "mailbox": judgement.mailbox,
        "message_id": one.message_id,
        "from": one.sender,
        "subject": one.subject,
        "changes": {aspect: list(both) for aspect, both in one.changes.items()},
    }


def _show(found: Rehearsal, states: dict[str, int], desk: Desk, rules: Path, shown: int) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    zone = desk.regulation.desk.calendar.zone
    for group in found.groups:
        first = group.first
        change = " → ".join(first.turns) or first.aspect
        console.print(Text(f"{change}: {len(group.differences)}", style=_style(first)) + Text(f"  {_also(group)}"))
        grid = Table.grid(padding=(0, 2))
        grid.add_row(Text("  was", style="dim"), Text(first.old.rule, style="dim"), Text(tidy(first.old.says, LONGEST)))
        grid.add_row(Text("  new", style="dim"), Text(first.new.rule, style="dim"), Text(tidy(first.new.says, LONGEST)))
        console.print(grid)
        letters = Table.grid(padding=(0, 2))
        for each in group.differences[:shown]:
            at = each.judgement.arrival
            when = f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else ""
            who, what = tidy(each.sender, 40), tidy(each.subject, 60)
            letters.add_row(*(Text(f"{text}") for text in (f"    {each.judgement.number}", when, who, what)))
        if shown:
            console.print(letters)
        if len(group.differences) > shown:
            console.print(f"    and {len(group.differences) - shown} more")
    for one, error in found.errors:
        console.print(Text(f"failed: letter {one.letter}, {one.number}: {tidy(error, LONGEST)}", style="bold red"))
    console.print(Text(_summary(found, states, rules)))


def _style(one: Difference) -> str:
    if not one.turns:
        return "bold"
    return "bold red" if one.after == "refuse" or one.before == "accept" else "bold yellow"


def _also(group: Group) -> str:
    return ", ".join(f"{aspect} {count}" for aspect, count in group.aspects.items())


def _summary(found: Rehearsal, states: dict[str, int], rules: Path) -> str:
    """How much was looked at, and what was not."""
    counts = _counts(found, states)
    lines = [f"{counts['judged']} letters judged, {counts['different']} of them otherwise by {rules}"]
    if counts["otherwise_then"]:
        lines.append(f"{counts['otherwise_then']} were decided otherwise when they came than the present rules do")
    told = {
        "purged": "are not kept any more",
        "by_staff": "were registered by an agent and are not judged here",
        "failed": "could not be judged",
        "quarantined": "lie in quarantine",
        "waiting": "are not judged yet",
        "others": "more are automatic, from people who work here, or further mail of a ticket",
    }
    return "\n".join([*lines, *(f"{counts[key]} {says}" for key, says in told.items() if counts[key])])
