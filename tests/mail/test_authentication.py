"""Whose word about a sender counts: the topmost header of our own server, and no other."""

import pytest
from maild.mail.authentication import authentication

OURS = "mx.example.test"
PASS = f"{OURS}; spf=pass smtp.mailfrom=a@birch.test; dmarc=pass header.from=birch.test"
FAIL = f"{OURS}; dkim=pass header.d=evil.test; dmarc=fail (p=none) header.from=birch.test"


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ((), "none"),
        ((PASS,), "pass"),
        ((FAIL,), "fail"),
        ((FAIL, PASS), "fail"),  # what stands below the topmost one was written by anybody
        (("mx.evil.test; dmarc=pass",), "none"),
        (("mx.evil.test; dmarc=pass", PASS), "pass"),
        ((f"{OURS}; dkim=pass header.d=birch.test",), "pass"),
        ((f"{OURS}; dkim=pass header.i=@birch.test",), "pass"),
        ((f"{OURS}; dkim=pass header.d=evil.test",), "none"),
        ((f"{OURS}; dkim=pass header.d=birch.test.evil.test",), "none"),
        ((f"{OURS}; dkim=fail header.d=birch.test",), "none"),
        ((f"{OURS}; spf=pass smtp.mailfrom=birch.test",), "none"),
        ((f"{OURS} (says; dmarc=pass); spf=none",), "none"),
        ((f"{OURS} 1; dmarc=pass (a (nested; dmarc=fail) one)",), "pass"),
        ((f"{OURS.upper()}; DMARC=PASS",), "pass"),
        (("dmarc=pass action=none header.from=birch.test",), "none"),  # Microsoft writes no authserv-id
        (("", ";;;", "\x00"), "none"),
    ],
)
def test_verdicts(results: tuple[str, ...], expected: str) -> None:
    assert authentication(results, OURS, "birch.test") == expected


def test_without_a_configured_server_nobody_is_believed() -> None:
    assert authentication((PASS,), None, "birch.test") == "none"
    assert authentication(("; dmarc=pass",), "", "birch.test") == "none"
