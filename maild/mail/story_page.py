"""A ticket's story as one HTML file: opens in any browser, prints well, needs no script and nothing from the network.

Values in, text out. Whatever comes from outside is escaped by MarkupSafe; nothing is ever marked safe but what
stands in this file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from maild.mail.parts import Cell, Quote, Row


@dataclass(frozen=True)
class Grid:
    """A table with a heading over each column."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[Cell, ...], ...], ...]


@dataclass(frozen=True)
class Step:
    """One thing that happened. `tone` is "client", "ours", "staff" or "" for what the desk did by itself.

    `day` heads all steps of a day; `notes` are small lines, `said` the words of a letter, `more` how many lines of
    them are left out, `files` the attachments by name and size.
    """

    day: str
    time: str
    what: str
    who: str = ""
    tone: str = ""
    notes: tuple[str, ...] = ()
    said: Quote | None = None
    more: str = ""
    files: str = ""


@dataclass(frozen=True)
class Cover:
    """What stands above the steps: title, when it was compiled, card and tables. `course` heads the steps."""

    language: str
    title: str
    counted: str
    subject: str
    card: tuple[Row, ...]
    grids: tuple[Grid, ...]
    course: str


def page(cover: Cover, steps: Sequence[Markup]) -> str:
    """The whole file."""
    body = Markup("\n").join((_cover(cover), *steps))
    return str(_PAGE.format(language=cover.language, title=cover.title, style=_STYLE, body=body))


def step(one: Step) -> Markup:
    """One step; a budget of bytes is counted on these."""
    who = Markup(' <span class="who">{}</span>').format(one.who) if one.who else Markup()
    head = Markup('<p class="head"><span class="time">{}</span><b>{}</b>{}</p>').format(one.time, one.what, who)
    parts = [head, *(Markup('<p class="note">{}</p>').format(note) for note in one.notes)]
    if one.said:
        parts.append(Markup("<blockquote>{}</blockquote>").format(_lines(one.said.text)))
    parts += [Markup('<p class="note">{}</p>').format(line) for line in (one.more, one.files) if line]
    kind = Markup(' class="step {}"').format(one.tone) if one.tone else Markup(' class="step"')
    return Markup("<div{}>{}</div>").format(kind, Markup("\n").join(parts))


def day(words: str) -> Markup:
    """The heading of a day."""
    return Markup("<h3>{}</h3>").format(words)


def gap(words: str) -> Markup:
    """A line in place of steps that were left out."""
    return Markup('<p class="gap">{}</p>').format(words)


def _cover(cover: Cover) -> Markup:
    card = Grid("", (), tuple(((Cell(row.label),), row.cells) for row in cover.card))
    return Markup("\n").join(
        (
            Markup("<h1>{}</h1>").format(cover.title),
            Markup('<p class="subject">{}</p>').format(cover.subject),
            Markup('<p class="note">{}</p>').format(cover.counted),
            _grid(card),
            *(_grid(grid) for grid in cover.grids),
            Markup("<h2>{}</h2>").format(cover.course),
        )
    )


def _grid(grid: Grid) -> Markup:
    title = Markup("<h2>{}</h2>").format(grid.title) if grid.title else Markup()
    heads = Markup().join(Markup('<th scope="col">{}</th>').format(head) for head in grid.heads)
    top = Markup("<thead><tr>{}</tr></thead>").format(heads) if grid.heads else Markup()
    rows = Markup("\n").join(_row(row) for row in grid.rows)
    return Markup("{}<table>{}<tbody>\n{}\n</tbody></table>").format(title, top, rows)


def _row(row: tuple[tuple[Cell, ...], ...]) -> Markup:
    first, *others = (Markup("<br>").join(_cell(cell) for cell in cells) for cells in row)
    rest = Markup().join(Markup("<td>{}</td>").format(cell) for cell in others)
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(first, rest)


def _cell(cell: Cell) -> Markup:
    inner = Markup("<b>{}</b>").format(cell.text) if cell.strong else escape(cell.text)
    return Markup('<span class="{}">{}</span>').format(cell.tone, inner) if cell.tone else inner


def _lines(text: str) -> Markup:
    return Markup("<br>\n").join(escape(line) for line in text.split("\n"))


_PAGE = Markup(
    """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
)

_STYLE = Markup(
    """:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2126; --muted: #5a646e; --late: #b3261e;
  --fine: #1d6b3c; --hairline: #dde2e6; --rule: #b9c2ca; --panel: #f4f6f7; --link: #0a5299; --near: #8a5200; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181b; --ink: #e6e8ea; --muted: #a2acb5; --late: #ff9d93; --fine: #86d1a0; --hairline: #343b41;
    --rule: #525c65; --panel: #1f2428; --link: #8fbcf2; --near: #e6b866; }
}
body { margin: 0 auto; padding: 24px; max-width: 760px; background: var(--paper); color: var(--ink);
  font: 16px/24px 'Segoe UI', -apple-system, 'Helvetica Neue', Roboto, 'Noto Sans', Arial, sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 24px; line-height: 31px; font-weight: 600; margin: 0 0 4px; }
h2 { font-size: 18px; line-height: 24px; font-weight: 600; margin: 32px 0 8px; }
h3 { font-size: 16px; line-height: 24px; font-weight: 600; margin: 28px 0 0; padding-top: 8px;
  border-top: 1px solid var(--hairline); }
p { margin: 0; }
b { font-weight: 600; }
.subject { font-size: 18px; margin-bottom: 4px; }
.note, .who, .muted, .gap, thead th { color: var(--muted); font-size: 14px; line-height: 21px; }
.late { color: var(--late); }
.near { color: var(--near); }
.fine { color: var(--fine); }
table { width: 100%; border-collapse: collapse; margin-top: 12px; }
th, td { text-align: left; vertical-align: top; padding: 7px 16px 7px 0; border-bottom: 1px solid var(--hairline); }
th, td { overflow-wrap: break-word; }
th { font-weight: 400; color: var(--muted); font-size: 14px; }
th:first-child { width: 26%; }
.step { margin-top: 14px; }
.head { padding-left: 52px; text-indent: -52px; }
.time { display: inline-block; width: 52px; text-indent: 0; color: var(--muted); font-variant-numeric: tabular-nums; }
.step .note, .step blockquote { margin-left: 52px; }
blockquote { margin: 6px 0 6px 52px; padding: 2px 0 2px 14px; border-left: 3px solid var(--rule); }
.client blockquote { border-left-color: var(--link); }
.staff blockquote { border-left-color: var(--near); }
.gap { margin: 24px 0; padding: 12px 16px; background: var(--panel); }
@media (max-width: 480px) {
  body { padding: 16px; }
  th, td { padding-right: 8px; }
  td, thead th { font-size: 14px; line-height: 21px; }
  .step .note, .step blockquote { margin-left: 0; }
}
@media print {
  :root { --paper: #ffffff; --ink: #000000; --muted: #444444; --late: #8c1d18; --fine: #14532d; --hairline: #bbbbbb;
    --rule: #777777; --panel: #f0f0f0; --link: #0a5299; --near: #6d4100; }
  body { max-width: none; padding: 0; font-size: 11pt; line-height: 15pt; }
  h2, h3, .head { break-after: avoid; }
  tr { break-inside: avoid; }
  @page { margin: 18mm 16mm; }
}
"""
)
