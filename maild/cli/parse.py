"""`maild parse FILE… [--json]`: what maild reads in a letter. No configuration, no network."""

import json
import sys
from pathlib import Path

import click

from maild.mail.message import Address, Message, Place
from maild.mail.parse import message_json, parse

_TITLES = {Place.OWN: "text", Place.SIGNATURE: "signature", Place.FORWARDED: "forwarded", Place.QUOTED: "quoted"}


@click.command(name="parse")
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, in the order of the files.")
def command(files: tuple[str, ...], as_json: bool) -> None:
    """Show what maild reads in letters (.eml files; - is standard input).

    A file that cannot be read gets one line on standard error, the others are shown all the same; then the exit
    status is 2.
    """
    unreadable = 0
    for number, file in enumerate(files):
        try:
            raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        except (OSError, ValueError) as error:
            says = getattr(error, "strerror", None) or str(error)
            click.echo(f"{file}: cannot be read: {says}", err=True)
            unreadable += 1
            continue
        message = parse(raw)
        if as_json:
            click.echo(json.dumps(message_json(message, file), ensure_ascii=False))
        else:
            _show(message, file, first=number == 0)
    if unreadable:
        sys.exit(2)


def _show(message: Message, file: str, *, first: bool) -> None:
    """A legible rendering for a person at a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    if not first:
        console.print()
    console.rule(Text(file), align="left")
    table = Table.grid(padding=(0, 2))
    for label, value in _head(message):
        if value:
            table.add_row(Text(label, style="dim"), Text(value))
    console.print(table)
    for section in message.sections:
        text = message.text[section.start : section.end].strip("\n")
        if text.strip():
            console.print(Text(f"\n{_TITLES[section.place]}", style="bold"))
            console.print(Text(text, style="" if section.place in (Place.OWN, Place.FORWARDED) else "dim"))
    for attachment in message.attachments:
        name = attachment.filename or "(no name)"
        console.print(Text(f"attachment: {name}, {attachment.content_type}, {attachment.size} bytes", style="cyan"))
    for defect in message.defects:
        console.print(Text(f"defect: {defect}", style="yellow"))


def _head(message: Message) -> list[tuple[str, str]]:
    return [
        ("From", _person(message.sender) if message.sender else "(no sender)"),
        ("To", ", ".join(map(_person, message.to))),
        ("Cc", ", ".join(map(_person, message.cc))),
        ("Reply-To", ", ".join(map(_person, message.reply_to))),
        ("Subject", message.subject),
        ("Date", message.date.isoformat(sep=" ") if message.date else ""),
        ("Message-ID", message.message_id or ""),
        ("In-Reply-To", " ".join(message.in_reply_to)),
        ("Language", message.language),
        ("Automatic", message.automatic.value if message.automatic else ""),
    ]


def _person(address: Address) -> str:
    return f"{address.name} <{address.address}>" if address.name else address.address
