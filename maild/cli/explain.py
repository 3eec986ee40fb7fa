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
from maild.desk.judgement import due
from maild.domain.admission import Decision, Found
from maild.domain.service import Entitlement, RegistryRules
from maild.domain.sla import Targets
from maild.errors import UsageError
from maild.mail.parse import parse
from maild.regulation.load import Regulation, load_regulation


@click.command(name="explain")
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option("--rules", required=True, type=click.Path(path_type=Path), help="The folder of the regulation.")
@click.option("--at", "at", metavar="TIME", help="The arrival (ISO 8601); default: the letter's date, else now.")
@click.option("--role", type=click.Choice(["support", "quality"]), default="support", help="The mailbox it came to.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, in the order of the files.")
def command(files: tuple[str, ...], rules: Path, at: str | None, role: str, as_json: bool) -> None:
    """Explain what would be decided about letters (.eml files; - is standard input), and by which rule."""
    from maild.cli.explain_view import show  # it draws tables, which JSON does not need

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
            show(file, message, decision, regulation, targets, arrival)


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
        "line": decision.line,
        "fields": dict(decision.fields),
        "missing": list(decision.missing),
        "entitlement": {
            "verdict": right.verdict.value if right else None,
            "registration_number": right.registration_number if right else None,
            **_until_json(right),
        },
        "reaction_due": _iso(targets.reaction_due, zone),
        "resolution_due": _iso(targets.resolution_due, zone),
        **({"provisional": True} if targets.provisional else {}),
        "reply": {"template": decision.template, "language": decision.language},
        **({"out_of_scope": decision.kind, "refusal": decision.refusal} if decision.kind else {}),
        **({"doubt": decision.doubt} if decision.doubt else {}),
        **({"abusive": True} if decision.abusive else {}),
        "found": [_found_json(found) for found in decision.found],
        "reasons": [
            {"rule": reason.rule, "says": reason.says, **({"clause": reason.clause} if reason.clause else {})}
            for reason in decision.reasons
        ],
    }


def _found_json(found: Found) -> dict[str, Any]:
    """Where a field was found: a span of the text that `maild parse --json` gives, or of the subject where `place` says
    so; -1 where the place is no text."""
    where = {"place": found.place, "start": found.start, "end": found.end}
    return {"field": found.name, "value": found.value, **where, "rule": found.rule or None}


def _until_json(right: Entitlement | None) -> dict[str, str | None]:
    """The last day of each contract. The names that the contract fixes are there whatever the regulation has."""
    days = {**dict.fromkeys(RegistryRules().contracts), **(right.until if right else {})}
    return {f"{name}_until": day.isoformat() if day else None for name, day in days.items()}


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
