"""Loading of the fields part of `intake.toml`: every fault names file, line and key."""

from pathlib import Path

import pytest
from maild.domain.fields import FieldRules, Kind
from maild.domain.folding import fold
from maild.errors import ConfigErrors
from maild.mail.field_links import on_host
from maild.regulation.fields import field_tables, load_fields
from maild.tomlfile import read_toml

GOOD = """
[fields.number]
kind = "number"
title = { en = "Number" }
hint = { en = "Five digits." }
digits = [5]
labels = ["number|no"]
"""


def load(folder: Path, text: str) -> FieldRules:
    path = folder / "intake.toml"
    path.write_text(text, encoding="utf-8")
    return load_fields(read_toml(path))


def test_a_small_regulation_needs_no_more_than_a_field(tmp_path: Path) -> None:
    rules = load(tmp_path, GOOD)
    assert rules["number"].kind is Kind.NUMBER
    assert rules["number"].rule == "intake.toml:2"
    assert "number" in rules
    assert "other" not in rules


def test_no_fields_at_all_is_a_regulation_too(tmp_path: Path) -> None:
    assert not load(tmp_path, "").fields


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("digits = [5]\n", ""), 2, "digits"),
        (('kind = "number"', 'kind = "numeral"'), 3, "fields.number.kind"),
        (('labels = ["number|no"]', 'labels = ["number|"]'), 7, "phrase"),
        (('labels = ["number|no"]', 'label = ["number"]'), 7, "unknown key"),
        (('hint = { en = "Five digits." }', "hint = {}"), 5, "language"),
        (("digits = [5]", 'digits = [5]\npattern = "("'), 7, "regular expression"),
        (("digits = [5]", 'digits = [5]\nchoices = "things"'), 7, "[things]"),
        (("digits = [5]", 'digits = [5]\nhosts = ["http://a.test/"]'), 7, "name of a host"),
        (("digits = [5]", "digits = [5]\nleast = 0"), 7, "least"),
    ],
)
def test_a_fault_names_file_line_and_key(tmp_path: Path, change: tuple[str, str], line: int, says: str) -> None:
    with pytest.raises(ConfigErrors) as caught:
        load(tmp_path, GOOD.replace(*change))
    assert f"intake.toml:{line}:" in str(caught.value)
    assert says in str(caught.value)


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    text = GOOD + '\n[others.phone]\nlabels = []\n\n[recognition]\nfillers = ["two words"]\n'
    with pytest.raises(ConfigErrors) as caught:
        load(tmp_path, text)
    assert len(caught.value.faults) == 2


def test_tables_of_choices_belong_to_this_part(tmp_path: Path) -> None:
    data = {"fields": {"product": {"choices": "products"}}, "categories": {}}
    assert "products" in field_tables(data)
    assert "categories" not in field_tables(data)


def test_choices_carry_their_own_line(tmp_path: Path) -> None:
    text = (
        '[fields.edition]\nkind = "choice"\ntitle = { en = "Edition" }\nhint = { en = "Cloud or box." }\n'
        'choices = "editions"\n[editions."Cloud"]\naliases = ["cloud"]\n[editions."Box"]\naliases = ["box|boxed"]\n'
    )
    choices = load(tmp_path, text)["edition"].choices
    assert [(choice.value, choice.rule) for choice in choices.found] == [
        ("Cloud", "intake.toml:6"),
        ("Box", "intake.toml:8"),
    ]


def test_fields_of_what_a_letter_brings_need_no_labels(tmp_path: Path) -> None:
    kinds = ("picture", "description", "steps", "url")
    table = '[fields.{0}]\nkind = "{0}"\ntitle = {{ en = "T" }}\nhint = {{ en = "H" }}\nhosts = ["*.Pictures.test"]\n'
    rules = load(tmp_path, "".join(map(table.format, kinds)) + "least = 3\n")
    assert tuple(rule.kind.value for rule in rules.fields.values()) == kinds
    assert rules["picture"].least == 4
    assert rules["url"].least == 3
    assert on_host(fold("shots.pictures.test"), rules["picture"].hosts)
    assert not on_host(fold("pictures.test.evil.test"), rules["picture"].hosts)
