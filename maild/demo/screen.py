"""What the demonstration shows on the terminal: letter in, why decided so, letter out, deadline missed."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

_INDENT = 9
_OUT_STYLE = {"warning": "yellow", "escalation": "red", "refusal": "magenta", "request-information": "cyan"}


def read(raw: bytes) -> EmailMessage:
    """A letter as the standard library reads it: the screen shows what others would see, not what maild thinks."""
    message = message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


class Screen:
    """Prints; keeps nothing but the count of letters."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def title(self, lines: list[str]) -> None:
        """The panel at the top."""
        self.console.print(Panel("\n".join(lines), title="maild demo", border_style="blue", expand=False))

    def stage(self, says: str) -> None:
        """What comes next, in one line."""
        self.console.print()
        self.console.rule(Text(says, style="bold"), align="left", style="blue")

    def came(self, at: datetime, raw: bytes, to: str) -> None:
        """A letter reaches a watched mailbox."""
        message = read(raw)
        self.console.print(
            Text.assemble((f"{at:%a %H:%M} ", "dim"), ("in   ", "bold blue"), f"{message['From']} → {to}")
        )
        self._below(str(message["Subject"]), "bold")

    def decided(self, ticket: str | None, says: str, reasons: list[str]) -> None:
        """What maild made of it."""
        head = f"{ticket}: {says}" if ticket else says
        self.console.print(Text.assemble(" " * _INDENT, ("why  ", "bold green"), (head, "green")))
        for reason in reasons:
            self._below(reason, "dim")

    def left(self, at: datetime, raw: bytes, to: str) -> None:
        """A letter that maild sent was taken by the mail server."""
        message = read(raw)
        kind = str(message["X-Maild-Kind"])
        style = _OUT_STYLE.get(kind, "green")
        self.console.print(
            Text.assemble((f"{at:%a %H:%M} ", "dim"), ("out  ", f"bold {style}"), (kind, style), f" → {to}")
        )
        self._below(str(message["Subject"]), "bold")

    def body(self, raw: bytes, lines: int = 14) -> None:
        """The beginning of a letter's text part, as a mail program shows it."""
        part = read(raw).get_body(("plain",))
        text = part.get_content().strip().splitlines() if part else []
        shown = "\n".join(text[:lines]) + ("\n…" if len(text) > lines else "")
        self.console.print(Padding(Panel(Text(shown), border_style="dim", expand=False), (0, 0, 0, _INDENT)))

    def says(self, text: str, style: str = "") -> None:
        """A line of the story."""
        self.console.print(Text(" " * _INDENT + text, style=style))

    def _below(self, text: str, style: str) -> None:
        self.console.print(Padding(Text(text, style=style), (0, 0, 0, _INDENT + 5)))
