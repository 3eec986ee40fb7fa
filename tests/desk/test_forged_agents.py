"""Letters in an agent's name: none is let through without proof, whatever stands in its headers (lesson 13)."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maild.data import data_dir
from maild.desk.arrival import Arrival
from maild.desk.authority import Standing, claim
from maild.desk.desk import Desk, Mailbox
from maild.mail.compose import Templates
from maild.mail.parse import parse
from maild.mail.thread import Signer
from maild.regulation.load import load_regulation
from maild.store.database import Tx
from maild.store.inbox import StoredLetter

AGENT, OTHER, CLIENT = "ivanov@example.test", "kotova@example.test", "olga@birch.test"
SERVER = "mx.example.test"
NUMBER = "CRM-000042"
SIGNER, STRANGE = Signer(b"the daemon's own secret"), Signer(b"a secret of the forger")
NOW = datetime(2026, 11, 23, 7, 15, tzinfo=UTC)

OWN = SIGNER.mint("example.test", AGENT, "agent", NUMBER, "1")
COLLEAGUES = SIGNER.mint("example.test", OTHER, "agent", NUMBER, "2")
CLIENTS = SIGNER.mint("example.test", CLIENT, "client", NUMBER, "3")
QUALITYS = SIGNER.mint("example.test", AGENT, "quality", NUMBER, "4")
OPERATORS = SIGNER.mint("example.test", AGENT, "operator", None, "5")
PASS, FAIL = f"{SERVER}; dmarc=pass header.from=example.test", f"{SERVER}; dmarc=fail header.from=example.test"


@pytest.fixture(scope="module")
def desk() -> Desk:
    """A desk whose mail server is trusted."""
    return make_desk()


@cache
def make_desk() -> Desk:
    """The desk of all these tests; it is never changed."""
    boxes = {"crm": Mailbox("crm", "support", "crm@example.test")}
    rules = load_regulation(Path(data_dir("rules")) / "rarus")
    return Desk("rarus", rules, boxes, Templates([data_dir("templates")]), SIGNER, authserv_id=SERVER)


def standing(desk: Desk, raw: bytes) -> Standing | None:
    """What the house thinks of a letter."""
    letter = StoredLetter(1, "rarus", "crm", 1, 1, NOW, raw, None, "", False, 0)
    arrival = Arrival(cast(Tx, None), desk, desk.mailboxes["crm"], letter, parse(raw), NOW)
    found = claim(arrival)
    return found.standing if found else None


def raw(*headers: tuple[str, str], body: str = "#решено\nГотово") -> bytes:
    lines = [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", body.replace("\n", "\r\n"), ""]).encode()


def spoiled(message_id: str) -> str:
    """The id with one sign of its seal changed."""
    head, _, domain = message_id.rpartition("@")
    return f"{head[:-1]}{'a' if head[-1] != 'a' else 'b'}@{domain}"


FROM = ("From", f"Иван Иванов <{AGENT}>")
PROOFS = {
    "their own token": [FROM, ("In-Reply-To", OWN)],
    "their own token among References": [FROM, ("References", f"<x@y> {OWN} <z@y>")],
    "the mail server's word": [FROM, ("Authentication-Results", PASS)],
    "a signature of the domain": [FROM, ("Authentication-Results", f"{SERVER}; dkim=pass header.d=example.test")],
    "a forged header below the trusted one": [
        FROM,
        ("Authentication-Results", PASS),
        ("Authentication-Results", FAIL),
    ],
    "another server's header above": [
        ("Authentication-Results", "evil.test; dmarc=fail"),
        ("Authentication-Results", PASS),
        FROM,
    ],
}
FORGERIES = {
    "From alone": [FROM],
    "a name that looks like the address": [("From", f'"{AGENT}" <{CLIENT}>')],
    "the address in a comment": [("From", f"{CLIENT} ({AGENT})")],
    "a colleague's token": [FROM, ("In-Reply-To", COLLEAGUES)],
    "a client's token": [FROM, ("In-Reply-To", CLIENTS)],
    "a token of the other role": [FROM, ("In-Reply-To", OPERATORS)],
    "a spoiled token": [FROM, ("In-Reply-To", spoiled(OWN))],
    "a token with another role letter": [FROM, ("In-Reply-To", OWN.replace(".a.", ".q."))],
    "a token for another ticket": [FROM, ("In-Reply-To", OWN.replace("000042", "000043"))],
    "a token of another secret": [FROM, ("In-Reply-To", STRANGE.mint("example.test", AGENT, "agent", NUMBER, "1"))],
    "two From fields": [FROM, ("From", CLIENT), ("In-Reply-To", OWN)],
    "the same From twice": [FROM, FROM, ("In-Reply-To", OWN)],
    "two addresses in From": [("From", f"{AGENT}, {CLIENT}"), ("In-Reply-To", OWN), ("Authentication-Results", PASS)],
    "a group in From": [("From", f"Линия: {AGENT}, {OTHER};"), ("In-Reply-To", OWN)],
    "dmarc=fail with a genuine token": [FROM, ("In-Reply-To", OWN), ("Authentication-Results", FAIL)],
    "a pass below a fail": [FROM, ("Authentication-Results", FAIL), ("Authentication-Results", PASS)],
    "a pass by another server": [FROM, ("Authentication-Results", PASS.replace(SERVER, "evil.test"))],
    "a pass by a server with our name in a comment": [
        FROM,
        ("Authentication-Results", f"evil.test ({SERVER}); dmarc=pass"),
    ],
    "our name behind another": [FROM, ("Authentication-Results", f"evil.{SERVER}; dmarc=pass")],
    "a pass for another domain": [FROM, ("Authentication-Results", f"{SERVER}; dmarc=pass header.from=evil.test")],
    "a signature of another domain": [FROM, ("Authentication-Results", f"{SERVER}; dkim=pass header.d=evil.test")],
    "a signature of a domain that only ends alike": [
        FROM,
        ("Authentication-Results", f"{SERVER}; dkim=pass header.d=evilexample.test"),
    ],
    "pass in a comment": [FROM, ("Authentication-Results", f"{SERVER}; dmarc=none (dmarc=pass)")],
    "spf alone": [FROM, ("Authentication-Results", f"{SERVER}; spf=pass smtp.mailfrom={AGENT}")],
    "Sender and Reply-To of an agent": [("From", CLIENT), ("Sender", AGENT), ("Reply-To", AGENT), ("In-Reply-To", OWN)],
    "an encoded look-alike of the address": [("From", "=?utf-8?q?ivanov=40example=2Etest?= <olga@birch.test>")],
    "a code line of a colleague": [FROM],
    "a quoted code line": [FROM],
}
BODIES = {
    "a code line of a colleague": f"#решено\n\n{SIGNER.code(OTHER, 'agent', NUMBER)}",
    "a quoted code line": f"#решено\n\n> {SIGNER.code(AGENT, 'agent', NUMBER)}",
}


@pytest.mark.parametrize("name", PROOFS)
def test_proven(desk: Desk, name: str) -> None:
    assert standing(desk, raw(*PROOFS[name])) is Standing.PROVEN


def test_a_code_line_proves(desk: Desk) -> None:
    assert standing(desk, raw(FROM, body=f"#take\n\n{SIGNER.code(AGENT, 'agent', NUMBER)}")) is Standing.PROVEN


@pytest.mark.parametrize("name", FORGERIES)
def test_forged(desk: Desk, name: str) -> None:
    assert standing(desk, raw(*FORGERIES[name], body=BODIES.get(name, "#решено"))) is not Standing.PROVEN


def test_trust_from_excuses_neither_two_senders_nor_a_failed_dmarc() -> None:
    open_desk = replace(make_desk(), trust_from=True)
    assert standing(open_desk, raw(FROM)) is Standing.PROVEN
    assert standing(open_desk, raw(FROM, ("Authentication-Results", FAIL))) is Standing.UNPROVEN
    assert standing(open_desk, raw(("From", f"{AGENT}, {CLIENT}"))) is Standing.UNPROVEN


FORGED_FROM = st.sampled_from(
    [
        AGENT,
        f"Иван <{AGENT}>",
        f"{AGENT.upper()}",
        f'"{OTHER}" <{AGENT}>',
        f"<{AGENT}>",
        f"{AGENT}\r\nFrom: {CLIENT}",
        f"{CLIENT}\r\nFrom: {AGENT}",
        f"{AGENT},{AGENT}",
        f"=?utf-8?b?0JjQstCw0L0=?= <{AGENT}>",
    ]
)
FORGED_IDS = st.sampled_from(
    [
        *(COLLEAGUES, CLIENTS, OPERATORS, spoiled(OWN), spoiled(QUALITYS), OWN[:-20] + ">", OWN.replace(".a.", ".c.")),
        *(OWN.replace("CRM", "crm"), STRANGE.mint("example.test", AGENT, "agent", NUMBER, "9"), "<a@b>", ""),
    ]
)
FORGED_RESULTS = st.lists(
    st.sampled_from(
        [
            PASS.replace(SERVER, "mx.evil.test"),
            PASS.replace(SERVER, f"x{SERVER}"),
            PASS.replace(SERVER, f'"{SERVER} x"'),
            f"{SERVER}; dmarc=none; dkim=pass header.d=evil.test",
            f"{SERVER}; dmarc=temperror; spf=pass",
            f"{SERVER}; none",
            f"{SERVER}",
            f"; {SERVER}; dmarc=pass",
            f"{SERVER}; dmarc=pass header.from=evil.test",
            f"{SERVER}; x-dmarc=pass; dmarc.=pass",
            FAIL,
        ]
    ),
    max_size=3,
)


@settings(max_examples=400, deadline=None)
@given(
    sender=FORGED_FROM,
    answered=FORGED_IDS,
    references=st.lists(FORGED_IDS, max_size=4),
    results=FORGED_RESULTS,
    quoted=st.booleans(),
)
def test_no_mixture_of_forgeries_is_let_through(
    sender: str, answered: str, references: list[str], results: list[str], quoted: bool
) -> None:
    headers = [("From", sender), *(("Authentication-Results", result) for result in results)]
    headers += [("In-Reply-To", answered), ("References", " ".join(references))]
    body = f"#решено\n\n{'> ' if quoted else ''}{spoiled_code()}\n> {SIGNER.code(AGENT, 'agent', NUMBER)}\n"
    assert standing(make_desk(), raw(*headers, body=body)) is not Standing.PROVEN


def spoiled_code() -> str:
    """A code line of the agent with one sign changed."""
    code = SIGNER.code(AGENT, "agent", NUMBER)
    return code[:-1] + ("a" if code[-1] != "a" else "b")
