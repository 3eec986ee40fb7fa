"""What a letter is about, told from subject and text alone: categories, kinds out of scope, and their look-alikes."""

from pathlib import Path

import pytest
from maild.data import data_dir
from maild.desk.classify import classify
from maild.domain.admission import Known
from maild.domain.intake import IntakeRules
from maild.regulation.intake import load_intake
from tests.packs.golden import fits, told, topic_letter

FILES = sorted((Path(__file__).parent / "letters").glob("topics*.txt"))
LINES = [line for file in FILES for line in file.read_text(encoding="utf-8").splitlines()]
TOPICS = [line for line in LINES if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def rules() -> IntakeRules:
    """The rules as they are shipped."""
    return load_intake(data_dir("rules") / "rarus")


@pytest.mark.parametrize("line", TOPICS)
def test_a_topic(line: str, rules: IntakeRules) -> None:
    expected, subject, text = (part.strip() for part in line.split("|", 2))
    found = classify(topic_letter(subject, text), rules, role="support", version=None, known=Known())
    assert fits(told(found), expected.removeprefix("uk:")), f"{told(found)}: {found.reason.says}"


def test_the_signs_stand_in_the_order_that_the_rules_promise(rules: IntakeRules) -> None:
    order = [sign.category for sign in rules.signs.signs]
    assert (
        order.index("quality") < order.index("update-access") < order.index("licensing") < order.index("critical-error")
    )
    assert (
        order.index("critical-error") < order.index("out-of-scope") < order.index("wish") < order.index("consultation")
    )
