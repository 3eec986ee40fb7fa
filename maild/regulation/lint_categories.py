"""Categories and kinds out of scope that no letter comes to, values that no client has, contracts that are not there.

That every name stands for something is checked when the rules are loaded; here it is what nobody would notice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from maild.domain.folding import fold
from maild.regulation.finding import Finding, Pack, warning

_INTAKE, _DESK = "intake.toml", "desk.toml"


def unchosen(pack: Pack) -> Iterator[Finding]:
    """Categories and kinds out of scope that no sign leads to."""
    rules = pack.regulation.intake
    chosen = {sign.category for sign in rules.signs.signs if sign.sure} | {rules.default, rules.quality}
    for category in rules.categories.values():
        if category.key not in chosen:
            says = f"categories.{category.key}: no sign leads here, so no letter is ever of this category"
            yield warning(category.rule, says, f'add [[signs]] with category = "{category.key}", or take it out')
    kinds = {sign.kind for sign in rules.signs.signs}
    for kind in rules.out_of_scope.values():
        if kind.key not in kinds:
            says = f"out_of_scope.{kind.key}: no sign leads here, so no letter is ever of this kind"
            yield warning(kind.rule, says, f'add [[signs]] with kind = "{kind.key}", or take it out')


def nobodys(pack: Pack) -> Iterator[Finding]:
    """Conditions on a column of the registry with a value that no row has."""
    desk, intake = pack.regulation.desk, pack.regulation.intake
    rows = pack.regulation.registry.contracts.values()
    if not rows:
        return
    asked = [(entry.client, _DESK, ("level_for", index, "client")) for index, entry in enumerate(desk.level_for)]
    conditions: Sequence[tuple[Mapping[str, Sequence[str]], str, tuple[str | int, ...]]] = [
        *asked,
        *((each.needs, _INTAKE, ("categories", each.key, "needs")) for each in intake.categories.values()),
    ]
    for columns, name, at in conditions:
        for column, values in columns.items():
            there = {_plain(row.columns[column]): row.columns[column] for row in rows if column in row.columns}
            for value in values:
                if there and _plain(value) not in there:
                    says = f"no client has {column} = {value}"
                    cure = f"correct it here or in the registry, which has {_some(there.values())}"
                    yield warning(pack.rule(name, *at, column), says, cure)


def contract_titles(pack: Pack) -> Iterator[Finding]:
    """Titles of contracts that the registry does not hold, and contracts that are called by their key in letters."""
    titles, contracts = pack.regulation.desk.contract_titles, pack.regulation.intake.registry.contracts
    for key in titles:
        if contracts and key not in contracts:
            says = f"contract_titles.{key}: there is no such contract; there are {', '.join(contracts)}"
            yield warning(pack.rule(_DESK, "contract_titles", key), says, "correct the key, or take the title out")
    for key in contracts:
        if key not in titles:
            says = f"the contract {key} has no title: letters call it {key}"
            cure = f'add {key} = "…" under [contract_titles]'
            yield warning(pack.rule(_DESK, "contract_titles") if titles else _DESK, says, cure)


def _plain(value: str) -> str:
    return " ".join(fold(value).split())


def _some(values: Iterable[str]) -> str:
    """A few of the values that there are."""
    named = sorted(value for value in values if value)
    return ", ".join(named[:5]) + (" and others" if len(named) > 5 else "") if named else "empty cells only"
