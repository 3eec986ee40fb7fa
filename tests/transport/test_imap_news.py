"""Waiting for news from a real Dovecot, and what becomes of a session when the server goes or is renewed."""

import threading
from collections.abc import Callable

import pytest
from maild.errors import TransientError
from maild.transport.imap import ImapSession
from tests.servers.certs import Certs
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.having import have
from tests.servers.letters import deliver, letter
from tests.transport.imap_tools import settings_for


def test_a_new_uidvalidity_is_seen(dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]) -> None:
    deliver(dovecot, letter(), user)
    session = opened()
    before = session.open()
    session.close()
    dovecot.renew_uidvalidity(user, before.uidvalidity + 1000)
    after = session.open()
    assert after.uidvalidity == before.uidvalidity + 1000
    assert (before.exists, before.uidnext, after.exists) == (1, 2, 1)


def test_news_come_by_idle_within_two_seconds(dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]) -> None:
    session = opened()
    assert not session.polling
    assert session.uids_after(0) == []
    news: list[bool] = []
    waiter = threading.Thread(target=lambda: news.append(session.wait(20)))
    waiter.start()
    deliver(dovecot, letter(), user)
    waiter.join(5)
    assert news == [True]
    assert session.uids_after(0) == [1]


def test_a_letter_between_search_and_idle_is_not_missed(
    dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]
) -> None:
    session = opened()
    assert session.uids_after(0) == []
    deliver(dovecot, letter(), user)
    assert session.wait(20) is True
    assert session.uids_after(0) == [1]


def test_nothing_happens_and_wait_says_so(opened: Callable[..., ImapSession]) -> None:
    session = opened()
    session.uids_after(0)
    assert session.wait(0.3) is False
    assert session.noop() is False


def test_after_a_whole_round_of_idle_a_search_is_due(dovecot: Dovecot, user: str) -> None:
    now = [0.0]
    session = ImapSession(settings_for(dovecot, user), lambda: PASSWORD, clock=lambda: now[0])
    session.open()
    session.uids_after(0)
    now[0] = 61.0
    assert session.wait(0.2) is True
    session.close()


@pytest.mark.parametrize("capability", ["", "IMAP4rev1 UIDPLUS MOVE NAMESPACE"])
def test_interrupt_wakes_at_once(
    certs: Certs, user: str, opened: Callable[..., ImapSession], capability: str, dovecot: Dovecot
) -> None:
    session = opened()
    if capability:
        session.capabilities = frozenset(capability.split())
    answers: list[bool] = []
    waiter = threading.Thread(target=lambda: answers.append(session.wait(30)))
    waiter.start()
    session.interrupt()
    waiter.join(1.0)
    assert answers == [False]
    session.interrupt()  # before the wait has begun
    assert session.wait(30) is False
    assert session.uids_after(0) == []  # the connection is as good as before


def test_without_idle_news_come_by_noop(dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]) -> None:
    session = opened()
    session.capabilities = frozenset({"MOVE"})
    assert session.polling
    session.uids_after(0)
    deliver(dovecot, letter(), user)
    assert session.wait(0.1) is True


def test_the_server_goes_and_comes_back(certs: Certs, user: str, opened: Callable[..., ImapSession]) -> None:
    server = have(lambda: Dovecot(certs))
    try:
        have(server.start)
        deliver(server, letter(), user)
        session = opened(server)
        server.stop()
        with pytest.raises(TransientError):
            session.wait(5)
        with pytest.raises(TransientError, match="not connected"):
            session.uids_after(0)
        with pytest.raises(TransientError, match="nobody listens"):
            session.open()
        server.start()
        session.open()
        assert session.uids_after(0) == [1]
    finally:
        server.remove()


def test_close_never_raises(opened: Callable[..., ImapSession]) -> None:
    session = opened()
    session.abort()
    session.close()
    session.close()


def test_a_letter_that_comes_while_another_is_put_away_does_not_wait(
    dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]
) -> None:
    """The server tells of it in answer to the MOVE, and IDLE does not say it again."""
    deliver(dovecot, letter("one"), user)
    session = opened(done="Archive", poll=600.0)
    uids = session.uids_after(0)
    deliver(dovecot, letter("two"), user)
    session.finish(uids)
    assert session.wait(3)
    assert session.uids_after(max(uids)) == [2]
