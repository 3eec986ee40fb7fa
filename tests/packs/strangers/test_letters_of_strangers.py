"""Letters and phrases of people who have never seen the rules: each pack decides them as a careful reader of its
regulation would. The files beside this one say what is judged; `reader.py` says how.
"""

from functools import cache

import pytest
from maild.cli.explain import decision_json, due
from maild.data import data_dir
from maild.desk.intake import decide
from maild.mail.parse import parse
from maild.regulation.load import Regulation, load_regulation
from tests.packs.strangers.reader import ARRIVAL, Phrase, Stranger, faults, phrase_fault, phrases, strangers

DESKS = ("procrm", "rarus")


@cache
def regulation(desk: str) -> Regulation:
    """A pack as it is shipped."""
    return load_regulation(data_dir("rules") / desk)


def told(raw: bytes, desk: str, role: str) -> dict[str, object]:
    """What `explain --json` says about a letter that has just come."""
    rules = regulation(desk)
    decision = decide(parse(raw), rules, at=ARRIVAL, role=role)
    return decision_json(decision, rules, due(decision, rules, ARRIVAL), "letter.eml")


@pytest.mark.parametrize("letter", [each for desk in DESKS for each in strangers(desk)], ids=lambda each: each.id)
def test_a_letter_is_decided_as_labelled(letter: Stranger) -> None:
    assert not faults(letter.expect, told(letter.raw, letter.desk, letter.role))


@pytest.mark.parametrize("phrase", [each for desk in DESKS for each in phrases(desk)], ids=lambda each: each.id)
def test_a_phrase_is_understood(phrase: Phrase) -> None:
    assert not phrase_fault(phrase, told(phrase.raw, phrase.desk, "support")), phrase.text
