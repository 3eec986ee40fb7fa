"""What the demonstration shows on the terminal: letter in, why decided so, letter out, deadline missed.

Made for 80 columns: the letters' own text has up to 72, everything else is wrapped.
"""

from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

_BELOW, _BODY = 15, 4
_SIGNATURE = "-- "
_OUT_STYLE = {
    "warning": "yellow",
    "escalation": "red",
    "complaint": "red",
    "refusal": "magenta",
    "request-information": "cyan",
    "answer": "bold green",
    "operator": "yellow",
}


def read(raw: bytes) -> EmailMessage:
    """A letter as the standard library reads it: the screen shows what others would see, not what maild thinks."""
    message = message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def kind_of(raw: bytes) -> str:
    """The X-Maild-Kind of a letter, "" where maild did not write it."""
    return str(read(raw)["X-Maild-Kind"] or "")


class Screen:
    """Prints; keeps nothing."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def title(self, lines: list[str]) -> None:
        """The panel at the top."""
        self.console.print(Panel("\n".join(lines), title="maild demo", border_style="blue", expand=False))

    def stage(self, says: str) -> None:
        """What comes next, in one line."""
        self.console.print()
        self.console.rule(Text(says, style="bold"), align="left", style="blue")

    def came(self, at: datetime, raw: bytes, to: str, how: str = "", words: str = "") -> None:
        """A letter reaches a watched mailbox; `words` are what its writer typed above a quotation."""
        message = read(raw)
        sender = message["From"].addresses[0]
        name = f"{sender.display_name} ({sender.domain})" if sender.display_name else sender.addr_spec
        who = Text.assemble((f"{at:%a %H:%M} ", "dim"), ("in   ", "bold blue"), f"{name}{how}")
        self.console.print(who if how else who.append(f" → {to}"))
        if words:
            self._barred(words.split("\n"), "blue")
        else:
            self.below(str(message["Subject"]), "bold")

    def decided(self, ticket: str | None, says: str, reasons: Sequence[str]) -> None:
        """What maild made of it."""
        head = f"{ticket}: {says}" if ticket else says
        self._hanging(Text.assemble(" " * 10, ("why  ", "bold green"), (head, "green")))
        for reason in reasons:
            self.below(reason, "dim")

    def left(self, raw: bytes, to: Sequence[str]) -> None:
        """A letter that maild sent was taken by the mail server for these recipients."""
        message, kind = read(raw), kind_of(raw)
        style = _OUT_STYLE.get(kind, "green")
        self._hanging(
            Text.assemble(" " * 10, ("out  ", f"bold {style}"), (kind, style), f" → {', '.join(dict.fromkeys(to))}")
        )
        self.below(str(message["Subject"]), "bold")

    def body(self, raw: bytes, lines: int = 14) -> None:
        """The beginning of a letter's text part, as a mail program shows it, at most to the signature."""
        part = read(raw).get_body(("plain",))
        text = part.get_content().strip().splitlines() if part else []
        text = text[: text.index(_SIGNATURE)] if _SIGNATURE in text else text
        shown = [line for at, line in enumerate(text) if line or "".join(text[at + 1 : at + 2])]
        self._barred(shown[:lines] + (["…"] if len(shown) > lines else []), "dim")

    def says(self, text: str, style: str = "") -> None:
        """A line of the story."""
        self._hanging(Text(" " * 10 + text, style=style))

    def below(self, text: str, style: str) -> None:
        """More about what was just said."""
        self._hanging(Text(" " * _BELOW + text, style=style))

    def _hanging(self, text: Text) -> None:
        """The text, what does not fit into its line below its beginning."""
        first, *rest = text.wrap(self.console, self.console.width)
        self._line(first)
        for each in rest:
            each.rstrip()
        for line in Text(" ").join(rest).wrap(self.console, self.console.width - _BELOW) if rest else ():
            self._line(Text(" " * _BELOW).append_text(line))

    def _barred(self, lines: Sequence[str], style: str) -> None:
        for line in lines:
            for part in Text(line).wrap(self.console, self.console.width - _BODY - 2) or [Text("")]:
                self._line(Text.assemble(" " * _BODY, ("│ ", style)).append_text(part))

    def _line(self, text: Text) -> None:
        text.rstrip()
        self.console.print(text)
