"""The daemon's log on a terminal: the fault, and nothing of what was at hand when it happened."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from maild.cli.run import set_up_log


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = logging.getLogger("imapclient").level
    yield
    structlog.reset_defaults()
    logging.getLogger("imapclient").setLevel(before)


@pytest.mark.parametrize("terminal", [True, False])
def test_a_fault_is_told_without_local_variables(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    set_up_log()
    password = "-".join(["open", "sesame"])
    try:
        password.index("x")
    except ValueError as error:
        structlog.get_logger("maild").error("letter-failed", letter=7, exc_info=error)
    said = capsys.readouterr().err
    assert "letter-failed" in said and "substring not found" in said
    assert password not in said
