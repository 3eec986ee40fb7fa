"""A regulation without dated contracts: whose request it is, its line and level, what is offered (A3, A5, A10)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from maild.desk.client_row import client_row
from maild.desk.intake import decide
from maild.domain.admission import Decision, Disposition
from maild.mail.parse import parse
from maild.regulation.load import Regulation, load_regulation
from tests.desk.client_pack import write_pack

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
ACCEPT, ASK, TRIAGE = Disposition.ACCEPT, Disposition.ASK, Disposition.TRIAGE
ALDER, BIRCH, STRANGER = "a@alder.test", "b@birch.test", "s@post.test"


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Regulation:
    """The small pack, loaded."""
    return load_regulation(write_pack(tmp_path_factory.mktemp("shops")))


@pytest.fixture
def judge(shops: Regulation) -> Any:
    """Decide about a text sent from an address."""

    def decided(text: str, sender: str = BIRCH, role: str = "support") -> Decision:
        raw = f"From: {sender}\r\nSubject: hello\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}"
        return decide(parse(raw.encode()), shops, at=AT, role=role)

    return decided


def rules_of(found: Decision, says: str) -> list[str]:
    return [reason.rule for reason in found.reasons if says in reason.says]


def test_one_of_several_fields_is_enough_and_the_first_is_asked_for(judge: Any) -> None:
    for text in ("Where is the report? Shop: corner", "Where is the report? Till: left"):
        assert (judge(text).disposition, judge(text).missing) == (ACCEPT, ())
    found = judge("Where is the report?")
    assert (found.disposition, found.missing) == (ASK, ("shop",))
    assert rules_of(found, "shop or till is missing")


def test_what_is_offered_is_told_and_stops_nothing(judge: Any) -> None:
    assert judge("Where is the report? Shop: corner").offered == ("page",)
    found = judge("Where is the report? Shop: corner, https://birch.test/report")
    assert found.offered == () and found.disposition is ACCEPT


@pytest.mark.parametrize(
    ("sender", "text", "line", "level"),
    [
        (BIRCH, "Where is the report?", "first", "slow"),
        (ALDER, "Where is the report?", "first", "quick"),
        ("x@sub.alder.test", "Where is the report?", "first", "quick"),
        (BIRCH, "The till is broken.", "engineers", "engineer"),
        (ALDER, "The till is broken.", "engineers", "quick"),
        (STRANGER, "The till is broken.", "engineers", "engineer"),
        (STRANGER, "See https://alder.portal.test/report where is the report?", "first", "quick"),
        ("c@cedar.test", "Where is the report?", "first", "slow"),  # two clients: nobody knows which
    ],
)
def test_line_and_level(judge: Any, sender: str, text: str, line: str, level: str) -> None:
    found = judge(f"{text} Shop: corner", sender)
    assert (found.line, found.level) == (line, level)
    (rule,) = rules_of(found, f"level {level}")
    assert rule.startswith("desk.toml:")


def test_the_trail_names_the_clients_row_and_no_number_that_nobody_asks_for(judge: Any) -> None:
    found = judge("Where is the report? Shop: corner", ALDER)
    assert rules_of(found, "the client is Alder Ltd") == ["contracts.csv:2"]
    assert not rules_of(found, "registration number") and found.entitlement is None


def test_nothing_from_the_quality_mailbox_has_a_line(judge: Any) -> None:
    assert judge("Where is the report? Shop: corner", role="quality").line is None


def test_what_the_registry_must_say_else_a_person_decides(judge: Any) -> None:
    text = "Please correct the form. Shop: corner"
    assert judge(text, ALDER).disposition is ACCEPT
    for sender, says in ((BIRCH, "the registry has no for Birch Ltd"), (STRANGER, "the client is not known")):
        found = judge(text, sender)
        assert found.disposition is TRIAGE and says in found.doubt
    assert "nothing" not in judge(text, ALDER).reasons[-1].says or judge(text, ALDER).doubt is None


def test_the_organisation_is_supplied_to_its_own_domain_alone(judge: Any) -> None:
    assert judge("Where is the report? Shop: corner", ALDER).fields["organisation"] == "Alder Ltd"
    named = judge("See https://alder.portal.test/report, where is it? Shop: corner", STRANGER)
    assert named.fields["organisation"] is None


def test_without_a_registry_nobody_is_known(tmp_path: Path) -> None:
    shops = load_regulation(write_pack(tmp_path / "pack", clients=None))
    assert shops.registry.contracts == {}
    raw = f"From: {ALDER}\r\nSubject: q\r\n\r\nWhere is the report? Shop: corner"
    found = decide(parse(raw.encode()), shops, at=AT, role="support")
    assert (found.disposition, found.level) == (ACCEPT, "slow")


def test_the_row_of_a_ticket(shops: Regulation) -> None:
    def organisation(address: str, **fields: str | None) -> str | None:
        row = client_row(shops, address, fields)
        return row.organisation if row else None

    assert organisation(ALDER) == "Alder Ltd"
    assert organisation(STRANGER, page="alder.portal.test/x") == "Alder Ltd"
    assert organisation(BIRCH, page="https://alder.portal.test/x") is None  # two clients
    assert organisation(STRANGER, page="http://[broken") is None
    assert organisation(STRANGER, page="https://post.test/") is None
    assert organisation("c@cedar.test") is None
