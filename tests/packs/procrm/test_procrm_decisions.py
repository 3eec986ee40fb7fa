"""The Bitrix24 desk decides about letters of its clients as a careful person does (clauses A1-A24)."""

from datetime import datetime
from pathlib import Path

import pytest
from maild.data import data_dir
from maild.desk.intake import decide
from maild.domain.admission import Decision
from maild.regulation.load import Regulation, load_regulation
from tests.packs.procrm.procrm_letters import Case, Topic, read_letters, read_topics

AT = datetime.fromisoformat("2026-11-24T10:15:00+02:00")
LETTERS = read_letters()
TOPICS = read_topics()


@pytest.fixture(scope="module")
def pack() -> Regulation:
    """The pack as it is shipped."""
    return load_regulation(data_dir("rules") / "procrm")


def told(decision: Decision) -> str:
    """The category with its kind."""
    return f"{decision.category}:{decision.kind}" if decision.kind else str(decision.category)


def fits(got: str, wanted: frozenset[str]) -> bool:
    """Whether a category is one of those wanted; a kind may be given by its end alone (`x:a/b`)."""
    category, _, kind = got.partition(":")
    return "*" in wanted or got in wanted or category in wanted or bool(kind and kind in wanted)


@pytest.mark.parametrize("case", LETTERS, ids=lambda case: f"{case.line}-{'-'.join(case.clauses)}")
def test_a_letter(case: Case, pack: Regulation) -> None:
    decision = decide(case.message, pack, at=AT, role=case.role)
    says = "\n".join(f"{reason.rule} {reason.says}" for reason in decision.reasons)
    assert fits(told(decision), case.categories), says
    assert decision.disposition.value in case.dispositions, says
    assert decision.language == case.language
    check_facts(case, decision, pack)


def check_facts(case: Case, decision: Decision, pack: Regulation) -> None:
    """What the letter's head says beside its category."""
    facts = case.facts
    editions = {"cloud": "Bitrix24 Cloud", "box": "Bitrix24 Box", "none": None}
    for name in ("page", "version"):
        if name in facts:
            assert decision.fields[name] == facts[name]
    if "edition" in facts:
        assert decision.fields["edition"] == editions[facts["edition"]]
    for name in ("screenshot", "description", "steps"):
        if name in facts:
            assert bool(decision.fields[name]) is (facts[name] == "yes"), name
    assert decision.abusive is (facts.get("abusive") == "yes")
    assert decision.level == facts.get("level", decision.level)
    assert decision.line == facts.get("line", decision.line)
    assert set(decision.missing) == set(facts.get("missing", "").split(",")) - {""}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: f"{topic.line}-{topic.expected}")
def test_a_topic(topic: Topic, pack: Regulation) -> None:
    decision = decide(topic.message, pack, at=AT, role="support")
    says = "\n".join(f"{reason.rule} {reason.says}" for reason in decision.reasons)
    if topic.expected in ("ask", "abuse", "polite"):
        assert decision.disposition.value == {"ask": "ask", "abuse": "triage", "polite": "accept"}[topic.expected], says
        return
    assert fits(told(decision), frozenset(topic.expected.split("/"))), says
    persons = topic.expected.startswith(("out-of-scope", "quality", "small-fix"))
    assert decision.disposition.value == ("triage" if persons else "accept"), says


def test_every_clause_has_two_letters() -> None:
    shown = [clause for case in LETTERS for clause in case.clauses]
    few = {f"A{number}" for number in range(1, 25) if shown.count(f"A{number}") < 2}
    assert few <= {"A5", "A9", "A22"}, f"one letter or none: {sorted(few)}"  # these are shown by the desk's story


def test_the_letters_have_their_own_lines(tmp_path: Path) -> None:
    assert len({case.line for case in LETTERS}) == len(LETTERS) >= 80
