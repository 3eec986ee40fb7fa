"""Waiting on servers and networks that misbehave: each trap of IDLE once, on a hand-made server."""

import threading
from collections.abc import Callable

import pytest
from maild.errors import TransientError
from maild.transport.imap import ImapSession, ImapSettings
from tests.servers.bad_imap import BadImap, Handler
from tests.servers.certs import Certs
from tests.servers.letters import letter
from tests.servers.wire import Cut, Talk
from tests.transport.imap_tools import Make


def idle_saying(*pieces: bytes, after: Callable[[Talk], None] | None = None) -> Handler:
    """IDLE whose opening comes in these pieces, each a segment of its own."""

    def handler(talk: Talk, tag: str, arguments: str) -> None:
        for piece in pieces:
            talk.send(piece)
        if after is not None:
            after(talk)
        assert talk.line() == b"DONE"
        talk.send(f"{tag} OK done\r\n")

    return handler


def test_news_in_the_same_segment_as_idling_are_heard(make: Make) -> None:
    server, session = make()
    server.handlers["IDLE"] = idle_saying(b"+ idling\r\n* 4 EXISTS\r\n")
    answers: list[bool] = []
    waiter = threading.Thread(target=lambda: answers.append(session.wait(60)))
    waiter.start()
    waiter.join(10)
    assert answers == [True]


def test_news_in_the_same_tls_record_as_idling_are_heard(trusted: Certs) -> None:
    with BadImap([letter()], tls=trusted.good) as server:
        session = ImapSession(ImapSettings(server.host, server.port, "tls", "crm"), lambda: "s", timeout=5)
        session.open()
        server.handlers["IDLE"] = idle_saying(b"+ idling\r\n* 4 EXISTS\r\n")
        answers: list[bool] = []
        waiter = threading.Thread(target=lambda: answers.append(session.wait(60)))
        waiter.start()
        waiter.join(10)
        assert answers == [True]
        server.handlers["IDLE"] = idle_saying(b"+ idling\r\n", b"* 5 EX", b"ISTS\r\n")
        assert session.wait(60) is True
        session.close()


def test_news_before_idling_are_heard_and_the_link_lives_on(make: Make) -> None:
    server, session = make()
    server.handlers["IDLE"] = idle_saying(b"* 4 EXISTS\r\n", b"+ idling\r\n")
    assert session.wait(60) is True
    assert session.uids_after(0) == [1, 2, 3]
    assert server.connections == 1


def test_a_line_in_two_segments_is_one_line(make: Make) -> None:
    server, session = make()
    half_said = threading.Event()

    def slowly(talk: Talk) -> None:
        talk.send(b"* 4 EXI")
        half_said.set()
        assert talk.line() == b"DONE"  # the client was woken by half a line
        talk.send(b"STS\r\n")
        talk._ahead = b"DONE\n" + talk._ahead

    server.handlers["IDLE"] = idle_saying(b"+ idling\r\n", after=slowly)
    assert session.wait(60) is True
    assert half_said.is_set()
    assert session.noop() is False
    assert server.connections == 1


def test_still_here_is_no_news(make: Make) -> None:
    server, session = make()
    said: list[int] = []

    def chatter(talk: Talk, tag: str, arguments: str) -> None:
        said.append(1)
        idle_saying(b"+ idling\r\n", b"* OK Still here\r\n" if len(said) < 5 else b"* 4 EXISTS\r\n")(
            talk, tag, arguments
        )

    server.handlers["IDLE"] = chatter
    session.uids_after(0)
    assert session.wait(60) is True
    assert len(said) == 5


@pytest.mark.parametrize("last_words", [b"", b"* BYE shutting down\r\n"])
def test_the_end_of_the_link_in_idle_is_an_error_and_no_spinning(make: Make, last_words: bytes) -> None:
    server, session = make()

    def go(talk: Talk) -> None:
        talk.send(last_words)
        raise Cut

    server.handlers["IDLE"] = idle_saying(b"+ idling\r\n", after=go)
    with pytest.raises(TransientError, match="connection was lost"):
        session.wait(60)
    with pytest.raises(TransientError, match="not connected"):
        session.wait(60)


def test_a_half_open_peer_is_left(make: Make) -> None:
    server, session = make(wait=0.5)
    server.handlers["IDLE"] = idle_saying(b"+ idling\r\n", after=lambda talk: talk.silence())
    with pytest.raises(TransientError, match="silent"):
        session.wait(0.2)
    assert session._client is None


def test_a_silent_server_is_left_after_any_command(make: Make) -> None:
    server, session = make(wait=0.3)
    server.handlers["UID SEARCH"] = lambda talk, tag, arguments: talk.silence()
    with pytest.raises(TransientError, match="silent"):
        session.uids_after(0)


def test_a_wait_on_a_half_open_peer_can_be_interrupted(make: Make) -> None:
    server, session = make(wait=30)
    silent = threading.Event()

    def hush(talk: Talk) -> None:
        silent.set()
        talk.silence()

    server.handlers["IDLE"] = idle_saying(b"+ idling\r\n", after=hush)
    ended = threading.Event()

    def wait() -> None:
        with pytest.raises(TransientError):
            session.wait(60)
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    assert silent.wait(5)
    session.interrupt()
    assert ended.wait(4)  # long before the 30 s that a command has


def test_abort_frees_a_thread_that_waits_for_an_answer(make: Make) -> None:
    server, session = make(wait=30)
    asked = threading.Event()

    def hush(talk: Talk, tag: str, arguments: str) -> None:
        asked.set()
        talk.silence()

    server.handlers["UID SEARCH"] = hush
    ended = threading.Event()

    def search() -> None:
        with pytest.raises(TransientError):
            session.uids_after(0)
        ended.set()

    threading.Thread(target=search, daemon=True).start()
    assert asked.wait(5)
    session.abort()
    assert ended.wait(5)


def test_after_three_failures_of_idle_it_is_polled(make: Make) -> None:
    server, session = make()
    server.handlers["IDLE"] = lambda talk, tag, arguments: talk.send(f"{tag} NO not today\r\n")
    for _ in range(3):
        assert not session.polling
        assert session.wait(0.01) is False
    assert session.polling
    session.wait(0.01)
    assert [word for word in server.commands if word == "IDLE"] == ["IDLE"] * 3
    assert server.connections == 1


def test_idle_that_breaks_the_link_three_times_is_given_up(make: Make) -> None:
    server, session = make()

    def cut(talk: Talk, tag: str, arguments: str) -> None:
        raise Cut

    server.handlers["IDLE"] = cut
    for _ in range(3):
        with pytest.raises(TransientError):
            session.wait(1)
        session.open()
    assert session.polling
    assert session.wait(0.01) is False


def test_a_server_without_idle_is_polled(make: Make) -> None:
    server, session = make(capability="IMAP4rev1 MOVE UIDPLUS")
    assert session.polling
    server.handlers["NOOP"] = lambda talk, tag, arguments: talk.send(f"* 4 EXISTS\r\n{tag} OK done\r\n")
    assert session.wait(0.01) is True
    assert "IDLE" not in server.commands
