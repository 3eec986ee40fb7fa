"""`intake.toml`: the shipped one is sound, and a fault in one names file, line and key."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from maild.data import data_dir
from maild.errors import MaildError
from maild.regulation.intake import cross_faults, load_intake
from maild.regulation.load import load_regulation

RARUS = data_dir("rules") / "rarus"


def changed(folder: Path, old: str, new: str) -> Path:
    shutil.copytree(RARUS, folder / "rules")
    file = folder / "rules" / "intake.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder / "rules"


def test_the_shipped_rules() -> None:
    rules = load_intake(RARUS)
    assert rules.default == "consultation" and rules.quality == "quality"
    assert {"consultation", "licensing", "update-access", "critical-error", "wish", "quality"} <= set(rules.categories)
    update = rules.categories["update-access"]
    assert (update.level, update.kinds, update.supplied) == ("urgent", ("main",), ())
    assert {sign.kind for sign in rules.signs.signs if sign.kind} == set(rules.out_of_scope)
    assert all(sign.rule.startswith("intake.toml:") for sign in rules.signs.signs)
    assert all(kind.title and kind.addressee for kind in rules.out_of_scope.values())


def test_what_the_registry_holds_and_what_a_category_asks_of_it(tmp_path: Path) -> None:
    folder = changed(tmp_path, "[requests]", '[registry]\ncolumns = ["mark"]\n\n[requests]')
    text = (folder / "intake.toml").read_text(encoding="utf-8")
    more = 'hand_over = true\nneeds = { mark = "yes" }\nline = "attic"\noffered = ["version"]\n'
    more += 'required = [["inn", "product"]]'
    (folder / "intake.toml").write_text(text.replace("hand_over = true", more, 1), encoding="utf-8")
    rules = load_intake(folder)
    category = rules.categories["quality"]
    assert (category.needs, category.offered, category.line) == ({"mark": ("yes",)}, ("version",), "attic")
    assert category.required == (("inn", "product"),) and category.alternatives("inn") == ("inn", "product")
    assert rules.registry.contracts == ("its", "kp") and rules.registry.columns == ("mark",)
    assert rules.registry.number_digits == {9} and rules.registry.code_digits == {4, 5}
    with pytest.raises(
        MaildError, match=r"intake\.toml:\d+: categories\.quality\.line: no such line in people\.toml: attic"
    ):
        load_regulation(folder)


def test_a_category_has_a_level_or_a_condition_that_gives_it_to_everybody(tmp_path: Path) -> None:
    folder = changed(tmp_path, 'level = "urgent" ', "#")
    desk = (folder / "desk.toml").read_text(encoding="utf-8")
    given = '\n[[level_for]]\ncategory = ["update-access"]\nlevel = "urgent"\n'
    for rule, good in ((given, True), (given + 'line = ["managers"]\n', False), ("", False)):
        (folder / "desk.toml").write_text(desk + rule, encoding="utf-8")
        if good:
            assert load_regulation(folder).intake.categories["update-access"].level is None
        else:
            with pytest.raises(MaildError, match=r"update-access\.level: the level is missing, and no \[\[level_for"):
                load_regulation(folder)


def test_levels_and_refusals_exist() -> None:
    regulation = load_regulation(RARUS)
    assert list(cross_faults(RARUS, regulation.intake, regulation.desk, regulation.people)) == []
    lacking = replace(regulation.desk, levels={}, refusals={})
    faults = [str(fault) for fault in cross_faults(RARUS, regulation.intake, lacking, regulation.people)]
    assert any(
        "no such level in desk.toml: urgent" in fault and "categories.update-access.level" in fault for fault in faults
    )
    text = (RARUS / "intake.toml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, said in enumerate(text, 1) if said.startswith('refusal = "out-of-scope"'))
    assert any(
        f"intake.toml:{line}: out_of_scope." in fault and fault.endswith("no such refusal: out-of-scope")
        for fault in faults
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('default = "consultation"', 'default = "advice"', "requests.default: no such category: advice"),
        ('required = ["registration_number"]', 'required = ["regnum"]', "no such field: regnum"),
        ('kind = "on-site"', 'kind = "off-site"', "no such kind out of scope: off-site"),
        ('level = "urgent" ', "level = 4 ", "categories.update-access.level: expected a text in quotation marks"),
        ("hand_over = true", "hand_over = true\nhandover = 1", "categories.quality.handover: unknown key"),
        ('"<licence> & не", ', '"<license_> & не", ', "no such list of words: <license_>"),
        (r"version = '^(?:1\.\d|2\.0\b)'", "version = '('", "not a regular expression"),
        ("sure = false\nwhen = [", "sure = false\nwhere = [", "unknown key"),
        ('kinds = ["main"]', 'kinds = ["principal"]', "categories.update-access.kinds"),
        ('["registration_number"]', '[["registration_number", "regnum"]]', "no such field: regnum"),
        ('["registration_number"]', "[[]]", "categories.out-of-scope.required"),
        (
            '["registration_number"]',
            "[3]",
            "categories.out-of-scope.required.0: expected a text in quotation marks or a list, such as [3], got 3",
        ),
        ('["registration_number"]', '["organization"]', "no such field: organization; did you mean organisation?"),
        ("hand_over = true", 'hand_over = true\noffered = ["colour"]', "no such field: colour"),
        ("hand_over = true", 'hand_over = true\nneeds = { ours = "yes" }', "no such column in [registry]: ours"),
        ("[requests]", '[registry]\ncontracts = ["ITS"]\n\n[requests]', "registry.contracts"),
        ("[requests]", '[registry]\ncolumn = ["a"]\n\n[requests]', "registry.column: unknown key"),
        ("[requests]", '[registry]\ntitles.a = { en = "A" }\n\n[requests]', "no such column in [registry]: a"),
    ],
)
def test_a_fault_names_file_line_and_key(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(MaildError) as caught:
        load_intake(changed(tmp_path, old, new))
    line = next(line for line in str(caught.value).splitlines() if says in line)
    assert "intake.toml:" in line and line.split("intake.toml:")[1].split(":")[0].isdigit()
