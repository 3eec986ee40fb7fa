"""No word of a shipped regulation stands in Python: what the packs call their categories, levels, lines, fields,
reasons, products and contracts is theirs alone, and the engine works as well for a desk that has none of them.

The words are read out of the packs, so a new pack or a new category is watched from its first day. Names and compound
keys («critical-error», `implemented_by_us`, «1С:ИТС») are looked for anywhere, comments and documentation included; a
key that is a plain word of English (`billing`, `server`) only where it stands alone in quotes, as code would name it.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from maild.data import data_dir

ROOT = Path(__file__).resolve().parents[2]
PACKS = sorted(path for path in data_dir("rules").iterdir() if path.is_dir())

NAMED_BY_THE_CONTRACT = {
    # columns of contracts.csv and partners.csv, and what `explain --json` calls `fields` and `entitlement`
    *("registration_number", "partner_code", "organisation", "inn", "product", "version"),
    *("its", "kp"),
    # the levels and the category that commands and the quality mailbox stand for
    *("urgent", "development", "quality"),
}
"""What outside programs rely on under these very names, whatever a regulation is about."""

THE_ENGINES_OWN = {
    # tables, priorities, effects and roles that the rule files' own language has, which a pack uses for a key too
    *("insults", "unproven", "normal", "question", "bank", "phone", "description", "steps"),
    # where these stand in quotes they are columns, JSON keys, or names of our own that mean something else
    *("contract", "desk", "secret", "server", "state"),
}
"""Words that the engine has of its own, and that a pack happens to use for a key."""

NEVER = (
    *("1С", "1C", "ИТС", "КП", "Рарус", "Rarus", "Битрикс", "Битрикс24", "Бітрікс24", "Bitrix", "Bitrix24", "ProCRM"),
    *("франчайзи", "франчайзинг", "franchisee", "франчайзі", "ПРОФ", "КОРП", "HASP"),
)
"""Proper names of the two trades that no key tells."""


@cache
def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _keys(pack: Path) -> Iterator[str]:
    """What a pack calls its own things."""
    tables = {path.stem: _toml(path) for path in pack.glob("*.toml")}
    intake, desk, people = tables["intake"], tables["desk"], tables["people"]
    for table in (intake, desk, people, *(tables[name] for name in tables if name == "refusals")):
        for name in ("categories", "out_of_scope", "fields", "others", "levels", "lines", "refusals"):
            yield from table.get(name, {})
    registry = intake.get("registry", {})
    yield from registry.get("columns", [])
    for contract in (*registry.get("contracts", []), *desk.get("contract_titles", {})):
        yield from (contract, f"{contract}_until")
    yield from (path.stem for path in (pack / "answers").glob("*.toml"))


def _names(pack: Path) -> Iterator[str]:
    """What a pack deals in: its own name, its products, its contracts."""
    if pack.name != "example":
        yield pack.name
    intake, desk = _toml(pack / "intake.toml"), _toml(pack / "desk.toml")
    for field in intake.get("fields", {}).values():
        yield from intake.get(field.get("choices", ""), {})
    titles = {**desk.get("contract_titles", {}), **intake.get("registry", {}).get("titles", {})}
    for title in titles.values():
        yield from title.values() if isinstance(title, dict) else [title]


def _patterns() -> dict[str, str]:
    """Every word of the packs, with the pattern that finds it."""
    found = {}
    for pack in PACKS:
        for key in _keys(pack):
            if re.fullmatch("[a-z]+", key):
                found[key] = rf"""(?P<quote>["']){key}(?P=quote)"""
            else:
                found[key] = rf"(?<![\w-]){re.escape(key)}(?![\w-])"
        for name in _names(pack):
            found[name] = rf"(?i)(?<!\w){re.escape(name)}(?!\w)"
    for name in NEVER:
        found[name] = rf"(?i)(?<![\w/]){re.escape(name)}(?!\w)"
    return found


def _where(pattern: str) -> list[str]:
    """Where in Python something stands: `maild/desk/intake.py:12: the line`."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path, text in _sources()
        if re.search(pattern, text)
        for number, line in enumerate(text.split("\n"), 1)
        if re.search(pattern, line)
    ]


@cache
def _sources() -> tuple[tuple[Path, str], ...]:
    return tuple((path, path.read_text(encoding="utf-8")) for path in sorted((ROOT / "maild").rglob("*.py")))


@pytest.mark.parametrize("word", sorted(_patterns().keys() - NAMED_BY_THE_CONTRACT - THE_ENGINES_OWN))
def test_the_engine_does_not_know_the_word(word: str) -> None:
    assert _where(_patterns()[word]) == []


@pytest.mark.parametrize("word", sorted(NAMED_BY_THE_CONTRACT | THE_ENGINES_OWN))
def test_what_is_allowed_is_used_by_a_pack_and_by_the_engine(word: str) -> None:
    """An exception that nobody needs any more goes."""
    assert word in _patterns(), "no pack's word"
    assert _where(_patterns()[word]), "not in Python"


def test_a_word_is_found_where_it_stands() -> None:
    patterns = _patterns()
    assert re.search(patterns["billing"], 'if it == "billing":') and not re.search(patterns["billing"], "# billing")
    assert re.search(patterns["critical-error"], "# a critical-error") and re.search(patterns["ИТС"], "«1С:ИТС»")
