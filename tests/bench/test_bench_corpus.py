"""The measured letters are what the benchmark says they are, and the same every time."""

import csv
import io
import statistics
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
from bench.corpus import SHARES, Sample, contracts, contracts_csv, corpus
from stdnum.ru import inn

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Moscow"))
COUNT = 200


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return corpus(COUNT, "crm@example.test", NOW)


def test_the_same_seed_gives_the_same_bytes() -> None:
    once, again, other = (corpus(30, "crm@example.test", NOW, seed) for seed in (1, 1, 2))
    assert [sample.raw for sample in again] == [sample.raw for sample in once]
    assert other[0].raw != once[0].raw


def test_sizes_are_those_of_a_support_line(samples: list[Sample]) -> None:
    sizes = [len(sample.raw) for sample in samples]
    assert 80_000 <= statistics.mean(sizes) <= 96_000
    assert 5_000 <= statistics.median(sizes) <= 7_000


@pytest.mark.parametrize(("kind", "share"), SHARES.items())
def test_every_kind_has_its_share(kind: str, share: float, samples: list[Sample]) -> None:
    assert sum(kind in sample.kinds for sample in samples) == round(COUNT * share)


def test_charsets_and_bodies_are_mixed(samples: list[Sample]) -> None:
    messages = [message_from_bytes(sample.raw, policy=default) for sample in samples]
    parts = [part for message in messages for part in message.walk() if part.get_content_maintype() == "text"]
    assert {part.get_content_charset() for part in parts} == {"utf-8", "windows-1251", "koi8-r"}
    bodies = {
        tuple(part.get_content_type() for part in message.walk() if "text/" in part["Content-Type"])
        for message in messages
    }
    assert {("text/plain",), ("text/html",), ("text/plain", "text/html")} <= bodies
    assert all(part.get_content().isprintable() or "\n" in part.get_content() for part in parts)


def test_a_letter_carries_what_its_answer_needs(samples: list[Sample]) -> None:
    registry = {row.domain: row for row in contracts(1, NOW.date())}
    assert {sample.expects for sample in samples} == {"acknowledgement", "request-information", "refusal", ""}
    for sample in samples:
        message = message_from_bytes(sample.raw, policy=default)
        body = message.get_body(("plain", "html"))
        assert body is not None
        contract = registry[sample.sender.partition("@")[2]]
        named = contract.number in body.get_content()
        assert named == ("machine" not in sample.kinds and "no number" not in sample.kinds)
        if sample.expects in ("acknowledgement", "refusal"):
            assert (contract.until >= NOW.date()) == (sample.expects == "acknowledgement")
    assert len({sample.sender for sample in samples}) == COUNT


def test_the_registry_is_one_that_a_desk_can_load() -> None:
    rows = list(csv.DictReader(io.StringIO(contracts_csv(contracts(1, NOW.date()))), delimiter=";"))
    assert len({row["registration_number"] for row in rows}) == len(rows) == 240
    assert all(len(row["registration_number"]) == 9 and inn.is_valid(row["inn"]) for row in rows)
