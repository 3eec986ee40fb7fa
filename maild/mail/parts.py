"""What letters are made of: rows of a table, links, quotations. Values that templates only lay out."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from maild.mail.message import Address
from maild.mail.thread import without_controls
from maild.mail.wrap import COLUMNS, NBSP, wrap

LABEL_WIDTH = 22
QUOTED = 8_000


@dataclass(frozen=True)
class Cell:
    """One line of a table's cell. `tone` is "", "muted", "late", "near" or "fine", and never the only sign of it."""

    text: str
    tone: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Row:
    """A row of a card: its label, and the lines of its value."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Target:
    """A row of an escalation's table: which clock, what was planned, what became of it."""

    label: str
    planned: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Link:
    """A quick command: what can be clicked (`verb`), what it does (`says`), the letter it opens, its twin in words."""

    verb: str
    says: str
    href: str
    command: str


@dataclass(frozen=True)
class Item:
    """One ticket in a bundle: `left` and `below` in two lines, `time` and `what` beside them."""

    number: str
    subject: str
    below: str
    time: Cell
    what: str


@dataclass(frozen=True)
class Quote:
    """Somebody's words, cut to what a letter can carry; `more` is the number of lines that are left out."""

    text: str
    more: int = 0


@dataclass(frozen=True)
class Head:
    """The desk as the foot of a letter names it; what is "" is left out."""

    name: str
    address: str
    telephone: str = ""
    hours: str = ""
    quality: str = ""


@dataclass(frozen=True)
class Asked:
    """One thing that a client is asked for: its name, what was wrong with theirs, its form and where to find it."""

    title: str
    wrong: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Site:
    """A page where clients may find the answer themselves; or a hint, then `url` may be ""."""

    title: str
    url: str


def tidy(value: str | None, length: int = 200) -> str:
    """A value from outside on one line, without controls, cut; "" for none."""
    plain = " ".join(without_controls((value or "")[: length * 4]).split())
    return plain if len(plain) <= length else plain[: length - 1].rstrip() + "…"


def quoted(text: str, length: int = QUOTED) -> Quote:
    """A text from outside as a quotation: its own lines, runs of blank lines made one, cut at a line or a word."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n")[: length * 8].split("\n"):
        plain = without_controls(line).rstrip()
        if plain or (lines and lines[-1]):
            lines.append(plain)
    while lines and not lines[-1]:
        lines.pop()
    kept: list[str] = []
    room = length
    for line in lines:
        if room < len(line):
            if room > 100 or not kept:
                kept.append(line[: max(room, 100)].rstrip() + "…")
            break
        kept.append(line)
        room -= len(line) + 1
    return Quote("\n".join(kept), len(lines) - len(kept))


def card_text(rows: Sequence[Row]) -> str:
    """A card in plain text: labels and values in two columns; a value that is too wide stands below, indented by 2."""
    width = min(max((len(row.label) for row in rows), default=0), LABEL_WIDTH) + 2
    return "\n".join(_row_text(row, width) for row in rows)


def _row_text(row: Row, width: int) -> str:
    label = f"{row.label}:"
    if len(label) < width and all(width + len(cell.text) <= COLUMNS for cell in row.cells):
        lines = [f"{label:<{width}}{row.cells[0].text}", *(" " * width + cell.text for cell in row.cells[1:])]
        return "\n".join(lines).replace(NBSP, " ")
    return "\n".join([label, *(wrap(cell.text, "  ", "  ") for cell in row.cells)])


def mailto(to: Address | str, subject: str, body: str, in_reply_to: str | None = None) -> str:
    """A link that opens a ready letter (RFC 6068). Line ends of the body become CRLF; In-Reply-To comes last.

    Raises ValueError over 1,900 characters: some programs would cut it, and with it the proof in its last line.
    """
    address = to.address if isinstance(to, Address) else to
    parts = [f"subject={percent(subject)}", f"body={percent(body.replace(chr(10), chr(13) + chr(10)))}"]
    if in_reply_to:
        parts.append(f"In-Reply-To={percent(in_reply_to)}")
    link = f"mailto:{quote(address, safe='@-._~')}?{'&'.join(parts)}"
    if len(link) > 1900:
        raise ValueError(f"a mailto link of {len(link)} characters")
    return link


def percent(text: str) -> str:
    """Percent-encoded UTF-8, all but the unreserved characters (RFC 6068, 2)."""
    return quote(text, safe="-._~")
