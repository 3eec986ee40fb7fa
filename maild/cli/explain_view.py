"""What `maild explain` shows at a terminal: the verdict, what was read and where it stands, the times, every reason."""

import re
from datetime import datetime, tzinfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from maild.domain.admission import Decision, Disposition, Found
from maild.domain.checks import days_said
from maild.domain.levels import level_title
from maild.domain.rules import in_language
from maild.domain.sla import Targets
from maild.mail.message import Message
from maild.regulation.load import Regulation

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

_SPACES = re.compile(r"\s+")
_SHORTEST, _LONGEST, _PLACE, _LEAST, _AROUND = 20, 48, 10, 12, 28
"""Characters: to which a value is cut at most and at least, of the name of a place, of a snippet that is worth showing,
and of one for which long values make room."""


def show(
    file: str, message: Message, decision: Decision, regulation: Regulation, targets: Targets, arrival: datetime
) -> None:
    """Print all of it for a person."""
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
    console.print(_fields_table(decision, message, console))
    console.print(Text("\nwhy", style="bold"))
    reasons = Table.grid(padding=(0, 2))
    for reason in decision.reasons:
        reasons.add_row(Text(reason.rule, style="dim"), Text(reason.clause or "", style="cyan"), Text(reason.says))
    console.print(reasons)
    console.print()


def _fields_table(decision: Decision, message: Message, console: Console) -> Table:
    """Every field with its value, where it was found and what stands around it; what is missing says so."""
    found = {item.name: item for item in decision.found}
    names = max(map(len, decision.fields), default=0)
    values = max((len(value) for value in decision.fields.values() if value), default=0)
    wide = console.width - names - _PLACE - 6
    longest = min(_LONGEST, max(_SHORTEST, wide - _AROUND))
    room = wide - min(values, longest)
    grid = Table.grid(padding=(0, 2))
    for name, value in decision.fields.items():
        if value is not None and (item := found.get(name)):
            around = _around(item, message, room, console.is_terminal)
            grid.add_row(Text(name, style="dim"), Text(_cut(value, longest)), Text(item.place, style="dim"), around)
        elif name in decision.missing:
            unread = decision.unrecognised.get(name)
            says = f"missing: «{unread}» cannot be used" if unread else "missing"
            grid.add_row(Text(name, style="dim"), Text(says, style="yellow"), Text(""), Text(""))
        else:
            offered = "–  would help" if name in decision.offered else "–"
            grid.add_row(Text(name, style="dim"), Text(offered, style="dim"), Text(""), Text(""))
    return grid


def _cut(value: str, longest: int) -> str:
    return value if len(value) <= longest else value[: longest - 1] + "…"


def _around(item: Found, message: Message, room: int, coloured: bool) -> Text:
    """The words around a value with the value marked: in reverse, or in brackets where there are no colours."""
    source = message.subject if item.place == "subject" else message.text
    if item.start < 0 or room < _LEAST:
        return Text("")
    before, marked, after = snippet(source, item.start, item.end, room - 2)
    if not coloured:
        return Text(f"{before}[{marked}]{after}")
    return Text.assemble((before, "dim"), (marked, "bold reverse"), (after, "dim"))


def snippet(text: str, start: int, end: int, width: int) -> tuple[str, str, str]:
    """What stands before, at and after `text[start:end]`, on one line of at most `width` characters.

    What was cut off is marked with an ellipsis; line ends and runs of spaces become one space.
    """
    marked = _flat(text[start:end])
    if len(marked) > width:
        return "", marked[: max(width - 1, 0)] + "…", ""
    side = (width - len(marked)) // 2
    before, after = _flat(text[max(start - 4 * width, 0) : start]), _flat(text[end : end + 4 * width])
    before = before.lstrip() if len(before.lstrip()) <= side else "…" * (side > 0) + before[len(before) - side + 1 :]
    after = after.rstrip() if len(after.rstrip()) <= side else after[: max(side - 1, 0)] + "…" * (side > 0)
    return before, marked, after


def _flat(text: str) -> str:
    """A text on one line, without control characters: it comes from a stranger and goes to a terminal."""
    return _SPACES.sub(" ", "".join(char if char.isprintable() else " " for char in text))


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
        ("level", f"{level.key}  {level_title(level, language)}, priority {decision.priority}" if level else ""),
        ("line", _line(decision, regulation)),
        ("client", _client(decision)),
        ("entitlement", f"{right.verdict}  {right.registration_number or ''}".rstrip() if right else ""),
        ("contracts", _dates(decision, regulation) if right and right.contract else ""),
        ("doubt", decision.doubt or ""),
        ("tone", "abusive" if decision.abusive else ""),
        ("reply", f"{decision.template}, in {decision.language}" if decision.template else "none"),
    ]
    return [(label, value) for label, value in rows if value]


def _line(decision: Decision, regulation: Regulation) -> str:
    line = regulation.people.lines.get(decision.line or "")
    return f"{line.key}  {line.title}" if line else ""


def _client(decision: Decision) -> str:
    """The client's row in the registry with its further columns, which rules may ask about."""
    row = decision.client
    columns = (f"{column} {value or 'empty'}" for column, value in row.columns.items()) if row else ()
    return ", ".join((row.organisation, *columns)) if row else ""


def _dates(decision: Decision, regulation: Regulation) -> str:
    right = decision.entitlement
    return days_said(right.until, regulation.desk.contract_titles) if right else ""


def _say(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%a %Y-%m-%d %H:%M:%S %Z")
