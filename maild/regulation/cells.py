"""Cells of a registry as values: numbers however spaced, dates ISO or Russian, domains, check digits.

All of it is forgiving about form and strict about sense: ValueError says what a cell should have been.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from operator import mul

from maild.domain.entitlement import domain_key

KINDS = ("main", "nfr", "additional")
_NO_DATE = frozenset({"", "-", "–", "—", "нет", "немає", "no", "none", "null"})
_SEPARATORS = re.compile(r"[\s\u00a0\u202f.-]")
_BETWEEN_DOMAINS = re.compile(r"[\s,;|]+")
_ONE_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ].*)?")
_RUSSIAN = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[T ].*)?")
_INN_WEIGHTS: Mapping[int, tuple[tuple[tuple[int, ...], int], ...]] = {
    length: tuple((weights, 48 * sum(weights)) for weights in each)
    for length, each in {
        10: ((2, 4, 10, 3, 5, 9, 4, 6, 8),),
        12: ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)),
    }.items()
}
"""The weights of the digits before each check digit, with what as many noughts would sum up to ("0" is 48)."""
_NAMED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


class BadCell(ValueError):
    """A cell that cannot be used. `kind` says what it has in common with others of its sort."""

    def __init__(self, says: str, kind: str) -> None:
        super().__init__(says)
        self.kind = kind


def digits(cell: str) -> str:
    """The digits of a cell such as «801 234 567» or «801-234-567»; "" where it has anything else."""
    if not cell:
        return ""
    bare = cell if cell.isdigit() else _SEPARATORS.sub("", cell)
    return bare if bare.isascii() and bare.isdigit() else ""


def number(cell: str, lengths: frozenset[int], what: str) -> str:
    """The digits of a number that has one of these lengths (empty: any). Raises BadCell."""
    found = digits(cell)
    if found and (not lengths or len(found) in lengths):
        return found
    sizes = " or ".join(_named(length) for length in sorted(lengths))
    says = f"{what} has {sizes or 'only'} digits"
    raise BadCell(f"{says}, not {cell!r}", says)


def _named(count: int) -> str:
    return _NAMED[count] if count < len(_NAMED) else str(count)


def kind_of(cell: str, default: str | None) -> str:
    """The kind of a row; `default` for an empty cell, where there is one. Raises BadCell."""
    if not cell and default:
        return default
    if (kind := cell.lower()) not in KINDS:
        raise BadCell(f"kind is main, nfr or additional, not {cell!r}", "kind is main, nfr or additional")
    return kind


def inn_fits(inn: str) -> bool:
    """Whether an INN, ten digits or twelve, ends in the right check digits. Fast: it is asked for every row."""
    figures, checked = inn.encode(), _INN_WEIGHTS.get(len(inn), ())
    for weights, zeros in checked:
        if (sum(map(mul, weights, figures)) - zeros) % 11 % 10 != figures[len(weights)] - 48:
            return False
    return bool(checked)


@lru_cache(maxsize=10_000)
def day(cell: str) -> date | None:
    """A date, ISO or dd.mm.yyyy, a time after it forgiven; None for an empty cell. Raises BadCell."""
    if cell.lower() in _NO_DATE:
        return None
    try:
        if iso := _ISO.fullmatch(cell):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if russian := _RUSSIAN.fullmatch(cell):
            return date(int(russian[3]), int(russian[2]), int(russian[1]))
    except ValueError:
        raise BadCell(f"no such day: {cell!r}", "no such day") from None
    raise BadCell(f"a date is 2026-12-31 or 31.12.2026, not {cell!r}", "a date is 2026-12-31 or 31.12.2026")


def domains(cell: str) -> tuple[str, ...]:
    """The mail domains of a cell, in the form in which they are compared."""
    if not cell:
        return ()
    if _ONE_DOMAIN.fullmatch(cell):
        return (cell,)
    return tuple(dict.fromkeys(domain_key(item) for item in _BETWEEN_DOMAINS.split(cell) if item.strip("@.")))
