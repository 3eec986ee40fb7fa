"""Letters of all kinds, as bytes, decided against the shipped regulation: what a careful person would decide."""

import base64
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from maild.data import data_dir
from maild.desk.intake import decide
from maild.domain.admission import Decision
from maild.mail.parse import parse
from maild.regulation.load import Regulation, load_regulation

LETTERS = Path(__file__).parent / "letters"
AT = "2026-11-24T10:15:00+03:00"


def letters() -> Iterator[Any]:
    """Every labelled letter of the folder."""
    for file in sorted(LETTERS.glob("rarus*.toml")):
        for letter in tomllib.loads(file.read_text(encoding="utf-8"))["letters"]:
            yield pytest.param(letter, id=letter["id"])


def encoded(text: str, charset: str) -> str:
    """A header's text as an encoded word (RFC 2047); ASCII stays as it is."""
    return text if text.isascii() else f"=?{charset}?b?{base64.b64encode(text.encode(charset)).decode()}?="


def build(letter: dict[str, Any]) -> bytes:
    """The letter as a mail program would send it."""
    charset = letter.get("charset", "utf-8")
    name, _, address = letter["from"].rpartition("<")
    sender = f"{encoded(name.strip(), charset)} <{address}" if name else letter["from"]
    headers = {
        "From": sender,
        "To": "crm@example.test",
        "Subject": encoded(letter["subject"], charset),
        "Date": "Tue, 24 Nov 2026 10:14:00 +0300",
        "Message-ID": f"<{letter['id']}@letters.test>",
        "MIME-Version": "1.0",
        "Content-Type": f"text/{'html' if letter.get('html') else 'plain'}; charset={charset}",
        "Content-Transfer-Encoding": "base64",
        **letter.get("headers", {}),
    }
    body = base64.encodebytes(letter["text"].strip("\n").replace("\n", "\r\n").encode(charset))
    return "".join(f"{key}: {value}\r\n" for key, value in headers.items()).encode() + b"\r\n" + body


@pytest.fixture(scope="module")
def regulation() -> Regulation:
    """The regulation as it is shipped, with its sample registry."""
    return load_regulation(data_dir("rules") / "rarus")


def got(decision: Decision, language: str) -> dict[str, Any]:
    """A decision in the words of the letter files: absent is "none"."""
    return {
        "disposition": decision.disposition.value,
        "category": decision.category or "none",
        "level": decision.level or "none",
        "priority": decision.priority,
        "verdict": decision.entitlement.verdict.value if decision.entitlement else "none",
        "missing": list(decision.missing),
        "template": decision.template or "none",
        "refusal": decision.refusal or "none",
        "kind": decision.kind or "none",
        "abusive": decision.abusive,
        "language": decision.language,
        "unrecognised": sorted(decision.unrecognised),
        "fields": {name: value or "" for name, value in decision.fields.items()},
    }


@pytest.mark.parametrize("letter", list(letters()))
def test_a_letter(letter: dict[str, Any], regulation: Regulation) -> None:
    message = parse(build(letter))
    at = datetime.fromisoformat(letter.get("at", AT))
    decision = decide(message, regulation, at=at, role=letter.get("role", "support"))
    found, expected = got(decision, message.language), dict(letter["expect"])
    fields = expected.pop("fields", {})
    trail = "\n".join(f"{reason.rule} [{reason.clause}] {reason.says}" for reason in decision.reasons)
    assert {key: found[key] for key in expected} == expected, trail
    assert {key: found["fields"][key] for key in fields} == fields, trail


def test_ids_are_unique() -> None:
    ids = [param.id for param in letters()]
    assert len(ids) == len(set(ids)) >= 80


@pytest.mark.parametrize("letter", list(letters()))
def test_every_reason_can_be_traced(letter: dict[str, Any], regulation: Regulation) -> None:
    at = datetime.fromisoformat(letter.get("at", AT))
    decision = decide(parse(build(letter)), regulation, at=at, role=letter.get("role", "support"))
    assert decision.reasons
    for reason in decision.reasons:
        assert reason.says and reason.rule
        file, _, line = reason.rule.partition(":")
        assert file == "maild" or (regulation.directory / file).exists()
        assert not line or line.isdigit()
