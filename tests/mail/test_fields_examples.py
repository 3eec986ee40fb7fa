"""The labelled example letters, where they lie beside the project: their fields, read from the letters as they came."""

import json
from pathlib import Path
from typing import Any

import pytest
from maild.mail.field_organisations import organisation_key
from maild.mail.fields import preferred, recognise
from maild.mail.parse import parse
from maild.regulation.fields import load_fields
from maild.tomlfile import read_toml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT.parent / "shared" / "examples"


def labelled() -> list[dict[str, Any]]:
    file = EXAMPLES / "labels.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.is_file() else []
    return [row for row in rows if row["desk"] == "rarus" and row["expect"]["fields"]]


@pytest.mark.parametrize("row", labelled(), ids=lambda row: row["id"])
def test_the_fields_of_an_example(row: dict[str, Any]) -> None:
    rules = load_fields(read_toml(ROOT / "rules" / "rarus" / "intake.toml"))
    message = parse((EXAMPLES / row["file"]).read_bytes())
    found = recognise(message, rules, own_addresses=frozenset({"crm@example.test"}))
    wanted = "target" if "update-access" in row["expect"].get("category", []) else "current"
    for name, accepted in row["expect"]["fields"].items():
        best = preferred(found.of(name), wanted)
        keys = [value and organisation_key(value) for value in accepted]
        assert (best and organisation_key(best.value)) in keys, name
