"""The test servers themselves: what is missing is said, never passed over in silence."""

from types import SimpleNamespace

import pytest
from tests.conftest import pytest_terminal_summary
from tests.servers.basics import Missing, eventually, program
from tests.servers.having import have


def lacking() -> None:
    raise Missing("dovecot is not installed (apt install dovecot-imapd)")


def test_a_missing_server_skips_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAILD_REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt install dovecot-imapd"):
        have(lacking)


def test_a_missing_server_fails_where_servers_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILD_REQUIRE_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="apt install dovecot-imapd"):
        have(lacking)


def test_the_run_ends_with_what_was_left_out() -> None:
    lines: list[str] = []
    skipped = [SimpleNamespace(longrepr=("file", 1, "Skipped: left out: no postfix")) for _ in range(2)]
    pytest_terminal_summary(SimpleNamespace(stats={"skipped": skipped}, write_line=lines.append))
    assert lines == ["LEFT OUT 2 tests: no postfix"]


def test_waiting_ends_at_its_deadline() -> None:
    with pytest.raises(AssertionError, match="did not come true"):
        eventually(lambda: 0, timeout=0.05)
    assert eventually(lambda: 5) == 5


def test_a_program_that_is_not_there_names_its_package() -> None:
    with pytest.raises(Missing, match="apt install nothing"):
        program("no-such-program", "nothing")
