"""`maild coverage`: which rules of a desk fired in a period and how often, which never.

The letters of the period are judged anew by the present rules, as `maild rehearse` does it, so that the lines are
today's. `count` is how often a rule decided or was used, `also` how often it would have, had nothing earlier decided.
Nothing is written; the daemon may run meanwhile. The JSON is one object:

    {desk, rules, from, to, letters: {judged, purged, by_staff, failed},
     fired: [{kind, rule, name, text, count, also, places?}]}   # places: of a field, {PLACE: count}; never fired: last

The kinds: condition (of a sign), sign (by version alone), out_of_scope, category, required (asked for, per category),
needs (not met), level, level_for, line (of new requests), field, value (of a table of names), refusal (`also`: only
prepared for an agent), answer (sent by `#reply`), suggestion (of a ready answer), topic (of a link or hint).
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from maild.cli.options import config_option, dump, json_option
from maild.cli.past import looking_back, past_options, period_of, shown_progress
from maild.desk.coverage import Coverage, Fired, cover
from maild.desk.replay import BY_STAFF, FAILED, PURGED
from maild.mail.parts import tidy

LONGEST = 80
_TOLD = {
    PURGED: "are not kept any more",
    BY_STAFF: "were registered by an agent and are not judged here",
    FAILED: "could not be judged",
}


@click.command(name="coverage")
@config_option
@past_options
@click.option("--never", is_flag=True, help="Only the rules that never fired.")
@json_option
def command(
    config_path: Path, name: str | None, since: str | None, until: str | None, never: bool, as_json: bool
) -> None:
    """Which rules fired in a period and how often, which never. Nothing is sent or stored."""
    with looking_back(config_path, name) as (_, database, desk):
        period = period_of(desk, since, until)
        with shown_progress(desk.name) as progress:
            found = cover(database, desk, period, progress)
    shown = [each for each in found.rules if not (never and each.count)]
    if not as_json:
        _show(found, shown)
        return
    head = {"desk": desk.name, "rules": str(desk.regulation.directory), "from": since, "to": until}
    dump({**head, "letters": _letters(found), "fired": [_json(each) for each in shown]})


def _letters(found: Coverage) -> dict[str, int]:
    return {
        "judged": found.judged,
        "purged": found.hindered[PURGED],
        "by_staff": found.hindered[BY_STAFF],
        "failed": found.hindered[FAILED],
    }


def _json(fired: Fired) -> dict[str, Any]:
    rule = fired.rule
    said = {"kind": rule.kind, "rule": rule.rule, "name": rule.name, "text": rule.text}
    places = {"places": dict(fired.places)} if rule.kind == "field" else {}
    return {**said, "count": fired.count, "also": fired.also, **places}


def _show(found: Coverage, shown: list[Fired]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for heading, rows in groupby(shown, key=_heading):
        console.print(Text(heading, style="bold"))
        grid = Table.grid(padding=(0, 2))
        for each in rows:
            grid.add_row(*_cells(each, Text))
        console.print(grid)
    console.print(Text("\n".join(_summary(found))))


def _heading(fired: Fired) -> str:
    return fired.rule.kind if fired.count else "never"


def _cells(fired: Fired, text: Any) -> Iterator[Any]:
    rule = fired.rule
    yield text(f"{fired.count:6}" if fired.count else f"{rule.kind:>12}")
    yield text(f"+{fired.also}" if fired.also else "", style="dim")
    yield text(rule.rule, style="dim")
    yield text(tidy(rule.name, LONGEST))
    places = ", ".join(f"{place} {count}" for place, count in fired.places.items())
    yield text(f"{tidy(rule.text, LONGEST)}{f' ({places})' if places else ''}")


def _summary(found: Coverage) -> Iterator[str]:
    never = sum(not each.count for each in found.rules)
    yield f"{found.judged} letters judged; {len(found.rules) - never} rules fired, {never} never did"
    yield from (f"{count} letters {_TOLD[why]}" for why, count in found.hindered.items())
