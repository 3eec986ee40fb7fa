"""Fixtures for the wires: sessions on a mailbox of Dovecot, and on a hand-made server that misbehaves."""

from collections.abc import Callable, Iterator

import pytest
from maild.transport.imap import ImapSession, ImapSettings
from tests.servers.bad_imap import BadImap
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.letters import letter
from tests.transport.imap_tools import Make, settings_for


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    return dovecot.user()


@pytest.fixture
def opened(dovecot: Dovecot, user: str) -> Iterator[Callable[..., ImapSession]]:
    """Makes sessions on the test's own mailbox, open, and closes them afterwards."""
    sessions: list[ImapSession] = []

    def make(server: Dovecot = dovecot, **changes: object) -> ImapSession:
        session = ImapSession(settings_for(server, user, **changes), lambda: PASSWORD)
        sessions.append(session)
        session.open()
        return session

    yield make
    for session in sessions:
        session.close()


@pytest.fixture
def make() -> Iterator[Make]:
    """A server with letters and knobs, and a session with it, open; `wait` is how long a silent server is borne."""
    servers: list[BadImap] = []
    sessions: list[ImapSession] = []

    def pair(
        letters: int = 3, *, wait: float = 5.0, done: str | None = None, **knobs: object
    ) -> tuple[BadImap, ImapSession]:
        server = BadImap([letter(f"number {n}") for n in range(1, letters + 1)], **knobs).start()  # type: ignore[arg-type]
        session = ImapSession(
            ImapSettings(server.host, server.port, "none", "crm", done=done), lambda: "s", timeout=wait
        )
        servers.append(server)
        sessions.append(session)
        session.open()
        return server, session

    yield pair
    for session in sessions:
        session.abort()
        session.close()
    for server in servers:
        server.stop()
