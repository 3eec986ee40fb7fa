"""Every clause of the two regulations is shown by something that fails when the clause is broken.

`clauses.toml` names, for each id, tests (`tests/….py::name`) and labelled letters (`….toml#id`, and of ProCRM's text
files `….txt#subject`: such a letter's head has to name the clause). A clause without one fails the build, and so does a
name that leads nowhere.
"""

import ast
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CLAUSES = [*(f"A{number}" for number in range(1, 25)), *(f"B{number}" for number in range(1, 26))]
"""All ids: A is ProCRM's support of Bitrix24, B is the 1C-Rarus line of 1C:CRM."""

TABLE: dict[str, list[str]] = tomllib.loads((HERE / "clauses.toml").read_text(encoding="utf-8"))


@cache
def names_of(path: str) -> frozenset[str]:
    """The names of the tests in a file of ours."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


@cache
def letters_of(path: str, clause: str) -> frozenset[str]:
    """The ids of the labelled letters in a file; of a text file the subjects of those whose head names the clause."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if path.endswith(".toml"):
        return frozenset(each["id"] for each in tomllib.loads(text)["letters"])
    lines = text.splitlines()
    heads = [(line, after) for line, after in pairwise(lines) if line.startswith("===")]
    return frozenset(subject for head, subject in heads if clause in head.partition("|")[0].split())


def exists(place: str, clause: str) -> bool:
    """Whether a test or a letter is there."""
    path, _, name = place.partition("#")
    if name:
        return (ROOT / path).is_file() and name in letters_of(path, clause)
    path, _, name = place.partition("::")
    return (ROOT / path).is_file() and name in names_of(path)


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause_is_shown(clause: str) -> None:
    places = TABLE.get(clause, [])
    assert places, f"nothing shows clause {clause}"
    assert not [place for place in places if not exists(place, clause)]


def test_no_clause_is_invented() -> None:
    assert set(TABLE) <= set(CLAUSES)
