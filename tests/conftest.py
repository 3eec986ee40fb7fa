"""What all tests share: the mail servers, certificates, freezegun's manners, and a word on what was left out.

A server that this machine does not have makes its tests skip with the reason; with MAILD_REQUIRE_SERVERS=1 they fail.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import freezegun
import pytest
from tests.servers.basics import free_port as _free_port
from tests.servers.certs import Certs, make_certs
from tests.servers.dovecot import Dovecot
from tests.servers.having import LEFT_OUT, have
from tests.servers.postfix import Postfix

ServerT = TypeVar("ServerT", Dovecot, Postfix)


def pytest_configure(config: pytest.Config) -> None:
    """A frozen clock must not stop what waits for the network or for a lock."""
    still_ticking = ["sqlalchemy", "asyncio", "imaplib", "imapclient", "aiosmtplib", "concurrent.futures"]
    freezegun.configure(extend_ignore_list=[*still_ticking, "maild.transport", "tests.servers"])


def _running(server: ServerT) -> Iterator[ServerT]:
    try:
        have(server.start)
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def certs() -> Iterator[Certs]:
    """Our own authority and its certificates."""
    folder = Path(tempfile.mkdtemp(prefix="ca", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield have(lambda: make_certs(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def trusted(certs: Certs, monkeypatch: pytest.MonkeyPatch) -> Certs:
    """Our authority is trusted, as an operator would have it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certs.ca))
    return certs


@pytest.fixture(scope="session")
def dovecot_server(certs: Certs) -> Iterator[Dovecot]:
    """The one Dovecot of the session."""
    yield from _running(have(lambda: Dovecot(certs)))


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> Dovecot:
    """Dovecot, running; `dovecot.user()` gives a mailbox of one's own."""
    return dovecot_server


@pytest.fixture(scope="session")
def postfix_server(dovecot_server: Dovecot) -> Iterator[Postfix]:
    """The one Postfix of the session, delivering to Dovecot."""
    yield from _running(have(lambda: Postfix(dovecot_server)))


@pytest.fixture
def postfix(postfix_server: Postfix) -> Postfix:
    """Postfix, running."""
    return postfix_server


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Gives a free port at each call."""
    return _free_port


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was left out, so that nobody takes a thin run for a whole one."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ").removeprefix(LEFT_OUT)] += 1
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"LEFT OUT {count} test{'s' if count != 1 else ''}: {reason}")
    if not reasons:
        terminalreporter.write_line("nothing was left out")
