"""What is wrong with the rows of a registry, summed up: nobody reads two thousand lines that say the same."""

from collections import defaultdict
from dataclasses import dataclass, field

AT_MOST = 10
"""So many rows of one kind of fault are told one by one; the rest is counted."""


@dataclass
class _Kind:
    count: int = 0
    told: list[str] = field(default_factory=list)


class Report:
    """Gathers faults row by row. Of each kind the first ones are kept, so that it stays small whatever the table is."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, str], _Kind] = defaultdict(_Kind)
        self._left_out: dict[str, int] = defaultdict(int)
        self._totals: dict[str, str] = {}

    def add(self, rule: str, says: str, *, kind: str = "") -> None:
        """One fault: `rule` is "contracts.csv:7", `kind` what it has in common with others ("" is `says` itself)."""
        entry = self._kinds[rule.partition(":")[0], kind or says]
        entry.count += 1
        if len(entry.told) < AT_MOST:
            entry.told.append(f"{rule}: {says}")

    def left_out(self, rule: str, says: str, *, kind: str) -> None:
        """A row that cannot be used."""
        self._left_out[rule.partition(":")[0]] += 1
        self.add(rule, f"{says}; the row is left out", kind=f"{kind}; left out")

    def counted(self, name: str, rows: int) -> None:
        """The table is at its end, and had so many rows."""
        if bad := self._left_out.get(name):
            self._totals[name] = f"{name}: {bad} of {rows} rows left out"

    def lines(self) -> tuple[str, ...]:
        """The report, a line each: the kinds in the order in which they came up, the tables' sums at the end."""
        lines = []
        for (name, kind), entry in self._kinds.items():
            lines += entry.told
            if more := entry.count - len(entry.told):
                lines.append(f"{name}: and {more} more: {kind}")
        return (*lines, *self._totals.values())
