"""`maild explain FILE… --rules DIR`: what maild would decide about a letter, and why. Nothing is sent or stored.

It is the very decision that the daemon makes, for a letter of an address that the desk has never heard from.
"""

import json
import sys
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import click

from maild.desk.intake import decide
from maild.domain.admission import Decision, Disposition
from maild.domain.rules import in_language
from maild.domain.sla import Targets, plan
from maild.errors import UsageError
from maild.mail.message import Message
from maild.mail.parse import parse
from maild.regulation.load import Regulation, load_regulation

_DUE = frozenset({Disposition.ACCEPT, Disposition.TRIAGE})
_NO_TARGETS = Targets(None, None, False)


@click.command(name="explain")
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option("--rules", required=True, type=click.Path(path_type=Path), help="The folder of the regulation.")
@click.option("--at", "at", metavar="TIME", help="The arrival (ISO 8601); default: the letter's date, else now.")
@click.option("--role", type=click.Choice(["support", "quality"]), default="support", help="The mailbox it came to.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, in the order of the files.")
def command(files: tuple[str, ...], rules: Path, at: str | None, role: str, as_json: bool) -> None:
    """Explain what would be decided about letters (.eml files; - is standard input), and by which rule."""
    regulation = load_regulation(rules)
    zone = regulation.desk.calendar.zone
    given = _time(at, zone) if at else None
    letters = [(file, parse(_read(file))) for file in files]
    for warning in regulation.registry.warnings if not as_json else ():
        click.echo(warning, err=True)
    for file, message in letters:
        arrival = given or _aware(message.date, zone) or datetime.now(zone)
        decision = decide(message, regulation, at=arrival, role=role)
        targets = due(decision, regulation, arrival)
        if as_json:
            click.echo(json.dumps(decision_json(decision, regulation, targets, file), ensure_ascii=False))
        else:
            _show(file, message, decision, regulation, targets, arrival)


def due(decision: Decision, regulation: Regulation, arrival: datetime) -> Targets:
    """The targets of a decision; none unless it accepts or triages."""
    level = regulation.desk.levels.get(decision.level or "")
    if decision.disposition not in _DUE or level is None:
        return _NO_TARGETS
    return plan(regulation.desk.calendar, level, arrival)


def decision_json(decision: Decision, regulation: Regulation, targets: Targets, file: str) -> dict[str, Any]:
    """A decision as the contract's JSON has it."""
    right, zone = decision.entitlement, regulation.desk.calendar.zone
    return {
        "file": file,
        "desk": regulation.desk.prefix,
        "disposition": decision.disposition.value,
        "category": decision.category,
        "level": decision.level,
        "priority": decision.priority,
        "fields": dict(decision.fields),
        "missing": list(decision.missing),
        "entitlement": {
            "verdict": right.verdict.value if right else None,
            "registration_number": right.registration_number if right else None,
            "its_until": right.its_until.isoformat() if right and right.its_until else None,
            "kp_until": right.kp_until.isoformat() if right and right.kp_until else None,
        },
        "reaction_due": _iso(targets.reaction_due, zone),
        "resolution_due": _iso(targets.resolution_due, zone),
        **({"provisional": True} if targets.provisional else {}),
        "reply": {"template": decision.template, "language": decision.language},
        **({"out_of_scope": decision.kind, "refusal": decision.refusal} if decision.kind else {}),
        **({"doubt": decision.doubt} if decision.doubt else {}),
        **({"abusive": True} if decision.abusive else {}),
        "reasons": [
            {"rule": reason.rule, "says": reason.says, **({"clause": reason.clause} if reason.clause else {})}
            for reason in decision.reasons
        ],
    }


def _read(file: str) -> bytes:
    """The letter's bytes. Raises UsageError where it cannot be read."""
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _time(text: str, zone: tzinfo) -> datetime:
    """A time as given; one without an offset is in the desk's zone. Raises UsageError for anything else."""
    try:
        at = datetime.fromisoformat(text)
        at.astimezone(zone)
    except (ValueError, OverflowError):
        raise UsageError(f"--at: expected a time such as 2026-11-24T10:15:00+03:00, got {text!r}") from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _aware(date: datetime | None, zone: tzinfo) -> datetime | None:
    """The letter's own date; without an offset it is taken for the desk's zone, an absurd one is not taken."""
    if date is None:
        return None
    try:
        at = date if date.tzinfo else date.replace(tzinfo=zone)
        at.astimezone(zone)
    except (ValueError, OverflowError):
        return None
    return at


def _iso(at: datetime | None, zone: tzinfo) -> str | None:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None


_COLOURS = {
    Disposition.ACCEPT: "bold green",
    Disposition.ASK: "bold yellow",
    Disposition.REFUSE: "bold red",
    Disposition.TRIAGE: "bold magenta",
    Disposition.IGNORE: "bold",
}
_MEANS = {
    Disposition.ACCEPT: "accepted for service",
    Disposition.ASK: "the client is asked for what is missing",
    Disposition.REFUSE: "refused",
    Disposition.TRIAGE: "a person decides",
    Disposition.IGNORE: "kept, not answered",
}


def _show(
    file: str, message: Message, decision: Decision, regulation: Regulation, targets: Targets, arrival: datetime
) -> None:
    """For a person at a terminal: the verdict, what was read and where, the times, and every reason."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console, zone = Console(highlight=False, soft_wrap=True), regulation.desk.calendar.zone
    console.rule(Text(file), align="left")
    verdict = Text(f"{decision.disposition}", style=_COLOURS.get(decision.disposition, "bold"))
    console.print(verdict + Text(f"  {_MEANS.get(decision.disposition, '')}", style="default"))
    table = Table.grid(padding=(0, 2))
    for label, value in _summary(message, decision, regulation):
        table.add_row(Text(label, style="dim"), Text(value))
    table.add_row(Text("arrival", style="dim"), Text(_say(arrival, zone)))
    for label, at in (("reaction due", targets.reaction_due), ("resolution due", targets.resolution_due)):
        if at:
            provisional = "  (provisional: the calendar does not reach)" if targets.provisional else ""
            table.add_row(Text(label, style="dim"), Text(_say(at, zone) + provisional))
    console.print(table)
    console.print(Text("\nfields", style="bold"))
    console.print(_fields_table(decision, Table, Text))
    console.print(Text("\nwhy", style="bold"))
    reasons = Table.grid(padding=(0, 2))
    for reason in decision.reasons:
        reasons.add_row(Text(reason.rule, style="dim"), Text(reason.clause or "", style="cyan"), Text(reason.says))
    console.print(reasons)
    console.print()


def _fields_table(decision: Decision, table: Any, text: Any) -> Any:
    """Every field with its value and where it was found; what is missing says so."""
    places = {found.name: found.place for found in decision.found}
    grid = table.grid(padding=(0, 2))
    for name, value in decision.fields.items():
        if value is not None:
            grid.add_row(text(name, style="dim"), text(value), text(places.get(name, ""), style="dim"))
        elif name in decision.missing:
            unread = decision.unrecognised.get(name)
            says = f"missing: «{unread}» cannot be used" if unread else "missing"
            grid.add_row(text(name, style="dim"), text(says, style="yellow"), text(""))
        else:
            grid.add_row(text(name, style="dim"), text("–", style="dim"), text(""))
    return grid


def _summary(message: Message, decision: Decision, regulation: Regulation) -> list[tuple[str, str]]:
    category = regulation.intake.categories.get(decision.category or "")
    kind = regulation.intake.out_of_scope.get(decision.kind or "")
    level = regulation.desk.levels.get(decision.level or "")
    language = regulation.desk.languages[0]
    right = decision.entitlement
    rows = [
        ("from", message.sender.address if message.sender else "(no sender)"),
        ("subject", message.subject),
        ("category", f"{decision.category}  {in_language(category.title, language)}" if category else ""),
        ("out of scope", in_language(kind.title, language) if kind else ""),
        ("level", f"{level.key}  {level.title}, priority {decision.priority}" if level else ""),
        ("entitlement", f"{right.verdict}  {right.registration_number or ''}".rstrip() if right else ""),
        ("contracts", _dates(decision, regulation) if right and right.contract else ""),
        ("doubt", decision.doubt or ""),
        ("tone", "abusive" if decision.abusive else ""),
        ("reply", f"{decision.template}, in {decision.language}" if decision.template else "none"),
    ]
    return [(label, value) for label, value in rows if value]


def _dates(decision: Decision, regulation: Regulation) -> str:
    right, titles = decision.entitlement, regulation.desk.contract_titles
    assert right is not None
    its, kp = titles.get("its", "ITS"), titles.get("kp", "KP")
    return f"{its} until {right.its_until or 'never'}, {kp} until {right.kp_until or 'never'}"


def _say(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%a %Y-%m-%d %H:%M:%S %Z")
