"""Tables as people keep them: CSV as a spreadsheet saves it, or an .xlsx workbook (its first sheet).

Forgiven: a byte-order mark, cp1251 and UTF-16, `;` `,` or tab between the cells, stray spaces, a header in capitals,
an unclosed quotation mark, missing or spilled cells at a row's end, numbers that a workbook keeps as 801234567.0.
Not supported: a cell of several lines.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from maild.errors import ConfigError

_LONGEST_CELL = 10_000


@dataclass(frozen=True)
class Table:
    """Rows of stripped text with the line each stands on; `columns` in lower case. `name` is how it is cited."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]


def read_table(path: Path, required: Sequence[str]) -> Table:
    """Open a table. Raises ConfigError where it cannot be read, is empty, or lacks a required column."""
    rows = _workbook(path) if path.suffix.lower() in (".xlsx", ".xls") else _csv(path)
    numbered = ((line, row) for line, row in rows if any(row))
    line, header = next(numbered, (1, []))
    columns = tuple(cell.lower().replace(" ", "_") for cell in header)
    if missing := [name for name in required if name not in columns]:
        says = f"the column is missing; the header has {', '.join(filter(None, columns)) or 'nothing'}"
        raise ConfigError(str(path), says, line=line, key=missing[0])
    return Table(path.name, columns, _fitted(numbered, len(columns)))


def _fitted(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    """Rows as wide as the header: short ones filled up, what spilled over joined to the last cell."""
    for line, row in rows:
        if len(row) < width:
            row += [""] * (width - len(row))
        elif len(row) > width:
            row[width - 1 :] = [",".join(filter(None, row[width - 1 :]))]
        yield line, row


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    lines = _text(path).splitlines()
    header = next((line for line in lines if line.strip()), "")
    delimiter = max(";,\t", key=header.count)
    balanced = (line.replace('"', "") if line.count('"') % 2 else line for line in lines)
    for number, row in enumerate(csv.reader(balanced, delimiter=delimiter, skipinitialspace=True), start=1):
        yield number, [cell.strip(" \t\u00a0\ufeff")[:_LONGEST_CELL] for cell in row]


def _text(path: Path) -> str:
    """The file as text. Raises ConfigError where it cannot be read."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(str(path), "the file is missing") from None
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1251", errors="replace")


def _workbook(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        rows = sheet.iter_rows()  # all at once would hold up every thread for as long as it takes
    except (CalamineError, OSError, IndexError) as error:
        raise ConfigError(str(path), f"not a workbook that can be read: {error}") from None
    for number, row in enumerate(rows, start=1):
        yield number, [_cell(cell) for cell in row]


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value).strip(" \t\u00a0")
