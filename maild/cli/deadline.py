"""`maild deadline`: the targets of a service level, for one arrival or for a batch, one JSON object a line.

Only desk.toml and its calendar are read. A hold that is given here stops both clocks.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from maild.domain.rules import DeskRules
from maild.domain.service import Level
from maild.domain.sla import Targets, plan
from maild.domain.ticket import CLOCKS, Hold
from maild.errors import MaildError, UsageError
from maild.regulation.desk import load_desk

_KEYS = ("level", "from", "holds")


@click.command()
@click.option("--rules", required=True, type=click.Path(path_type=Path), help="The folder of the regulation.")
@click.option("--level", help="The service level, by key or title.")
@click.option("--from", "arrived", metavar="TIME", help="The arrival, ISO 8601 with an offset.")
@click.option("--hold", "holds", multiple=True, metavar="FROM/[TO]", help="Time that does not count; no TO: it lasts.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--batch", is_flag=True, help="One JSON object a line on standard input, one a line out.")
@click.pass_context
def command(
    ctx: click.Context,
    rules: Path,
    level: str | None,
    arrived: str | None,
    holds: tuple[str, ...],
    as_json: bool,
    batch: bool,
) -> None:
    """Until when a request that arrives at TIME has to be confirmed and should be solved."""
    if batch and (level or arrived or holds):
        raise UsageError("--batch reads level, arrival and holds from its lines: leave out --level, --from and --hold")
    if not batch and (level is None or arrived is None):
        raise UsageError("--level and --from are needed (or --batch)")
    desk = load_desk(rules)
    if batch:
        ctx.exit(_batch(desk))
    chosen, start = _level(desk, level), _time(arrived, "--from")
    found = plan(desk.calendar, chosen, start, [_hold(*_split(text), "--hold") for text in holds])
    click.echo(json.dumps(_object(found)) if as_json else "\n".join(_lines(desk, chosen, start, found)))


def _batch(desk: DeskRules) -> int:
    """Answer line by line, each written out before the next is read. The exit status: 2 if a line was bad."""
    status = 0
    for line in iter(sys.stdin.buffer.readline, b""):
        try:
            answer: dict[str, Any] = _object(_asked(desk, line))
        except MaildError as error:
            answer, status = {"error": str(error)}, 2
        click.echo(json.dumps(answer))
    return status


def _asked(desk: DeskRules, line: bytes) -> Targets:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        raise UsageError(f"not JSON: {line.decode(errors='replace').strip()[:80]!r}") from None
    if not isinstance(asked, dict):
        raise UsageError("expected a JSON object with level, from and holds")
    for key in asked.keys() - set(_KEYS):
        if near := get_close_matches(key, _KEYS, n=1, cutoff=0.75):
            raise UsageError(f'unknown key "{key}": did you mean "{near[0]}"?')
    level, start = _level(desk, asked.get("level")), _time(asked.get("from"), "from")
    return plan(desk.calendar, level, start, list(_holds(asked.get("holds"))))


def _holds(given: object) -> Iterator[Hold]:
    for hold in _list(given, "holds"):
        pair = _list(hold, "a hold")
        if len(pair) != 2:
            raise UsageError(f"a hold: expected [FROM, TO] or [FROM, null], got {json.dumps(hold)[:80]}")
        yield _hold(pair[0], pair[1], "holds")


def _list(given: object, what: str) -> list[Any]:
    if given is None and what == "holds":
        return []
    if not isinstance(given, list):
        raise UsageError(f"{what}: expected a list, got {json.dumps(given)[:80]}")
    return given


def _level(desk: DeskRules, name: object) -> Level:
    """A level by key, else by title whatever its case."""
    if isinstance(name, str):
        if name in desk.levels:
            return desk.levels[name]
        for level in desk.levels.values():
            if name.casefold() in {each.casefold() for each in (level.key, level.title, *level.titles.values())}:
                return level
    raise UsageError(f"no such level: {json.dumps(name, ensure_ascii=False)[:80]}; there are {', '.join(desk.levels)}")


def _time(given: object, what: str) -> datetime:
    try:
        at = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        said = json.dumps(given, ensure_ascii=False)[:80]
        raise UsageError(f"{what}: expected a time with its offset such as 2026-11-23T10:15:00+03:00, got {said}")
    return at


def _split(text: str) -> tuple[str, str | None]:
    start, slash, end = text.partition("/")
    if not slash:
        raise UsageError(f"--hold: expected FROM/TO, or FROM/ for a hold that lasts, got {text!r}")
    return start, end or None


def _hold(start: object, end: object, what: str) -> Hold:
    begin, until = _time(start, what), None if end is None else _time(end, what)
    if until is not None and until < begin:
        raise UsageError(f"{what}: a hold ends before it begins: {start} to {end}")
    return Hold(begin, until, CLOCKS, "given")


def _object(found: Targets) -> dict[str, Any]:
    return {
        "reaction_due": found.reaction_due and found.reaction_due.isoformat(),
        "resolution_due": found.resolution_due and found.resolution_due.isoformat(),
        "provisional": found.provisional,
    }


def _lines(desk: DeskRules, level: Level, start: datetime, found: Targets) -> Iterable[str]:
    """The answer for a person: one line a target."""
    yield f"level       {level.key}" + (f" ({level.title})" if level.title != level.key else "")
    yield f"arrival     {_legible(start.astimezone(desk.calendar.zone))}"
    targets: Mapping[str, tuple[int | None, datetime | None]] = {
        "reaction": (level.reaction, found.reaction_due),
        "resolution": (level.resolution, found.resolution_due),
    }
    for clock, (target, at) in targets.items():
        if target is None:
            yield f"{clock:<12}no such target"
        else:
            until = _legible(at) if at else "never: the clock is held"
            yield f"{clock:<12}{until}, {_span(target)} of working time"
    if found.provisional:
        yield "provisional: the calendar does not cover every year that was counted"


def _legible(at: datetime) -> str:
    return f"{at:%a} {at.isoformat(sep=' ')}"


def _span(seconds: int) -> str:
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
