"""Getting in: TLS verified, passwords of all kinds, refusals in one line that never holds the password."""

import logging
from collections.abc import Callable

import pytest
from maild.errors import LoginRefused, TransientError
from maild.transport.imap import ImapSession, ImapSettings
from tests.servers.bad_imap import BadImap
from tests.servers.certs import Certs, Pair
from tests.servers.dovecot import CYRILLIC_PASSWORD, CYRILLIC_USER, PASSWORD, Dovecot
from tests.servers.wire import Talk


def opening(session: ImapSession) -> TransientError:
    """The error that `open` ends with: one line."""
    with pytest.raises(TransientError) as caught:
        session.open()
    assert "\n" not in str(caught.value)
    assert session._client is None
    return caught.value


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_trusted_server_lets_us_in(dovecot: Dovecot, trusted: Certs, security: str) -> None:
    port = dovecot.imaps if security == "tls" else dovecot.imap
    session = ImapSession(ImapSettings("localhost", port, security, dovecot.user()), lambda: PASSWORD)  # type: ignore[arg-type]
    assert session.open().exists == 0
    session.uids_after(0)
    assert session.wait(0.2) is False
    session.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_authority_nobody_trusts_is_refused(
    dovecot: Dovecot, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    port = dovecot.imaps if security == "tls" else dovecot.imap
    said: list[str] = []
    session = ImapSession(ImapSettings("localhost", port, security, "crm"), lambda: said.append("x") or PASSWORD)  # type: ignore[arg-type, func-returns-value]
    error = opening(session)
    assert f"localhost:{port}" in str(error) and "not trusted" in str(error) and "SSL_CERT_FILE" in str(error)
    assert said == []  # the password was not even fetched


@pytest.mark.parametrize(
    ("choose", "says"),
    [(lambda certs: certs.other_name, "another name than localhost"), (lambda certs: certs.expired, "expired")],
)
@pytest.mark.parametrize("how", ["tls", "starttls"])
def test_a_wrong_or_expired_certificate_is_refused(
    trusted: Certs, choose: Callable[[Certs], Pair], says: str, how: str
) -> None:
    pair = choose(trusted)
    knobs = {"tls": pair} if how == "tls" else {"starttls": pair, "capability": "IMAP4rev1 STARTTLS"}
    with BadImap(**knobs) as server:
        session = ImapSession(ImapSettings("localhost", server.port, how, "crm"), lambda: PASSWORD)  # type: ignore[arg-type]
        assert says in str(opening(session))
        assert not [word for word in server.commands if "LOGIN" in word]


def test_tls_to_a_port_without_tls_is_explained(dovecot: Dovecot) -> None:
    error = opening(ImapSession(ImapSettings(dovecot.host, dovecot.imap, "tls", "crm"), lambda: PASSWORD))
    assert "does not speak TLS" in str(error) and "starttls" in str(error)


def test_starttls_that_is_not_offered_is_not_done_without(trusted: Certs) -> None:
    for greeting in ("* OK ready", "* PREAUTH welcome"):
        with BadImap(capability="IMAP4rev1", greeting=greeting) as server:
            error = opening(ImapSession(ImapSettings(server.host, server.port, "starttls", "crm"), lambda: PASSWORD))
            assert "STARTTLS" in str(error)
            assert not [word for word in server.commands if "LOGIN" in word]


@pytest.mark.parametrize("host", ["192.0.2.1", "imap.example.test", "10.0.0.1"])
def test_a_password_never_travels_in_clear_to_another_machine(host: str) -> None:
    error = opening(ImapSession(ImapSettings(host, 143, "none", "crm"), lambda: PASSWORD))
    assert "in clear" in str(error)


def test_a_wrong_password_is_one_clear_line_without_it(dovecot: Dovecot, caplog: pytest.LogCaptureFixture) -> None:
    user = dovecot.user()
    with caplog.at_level(logging.DEBUG):
        error = opening(ImapSession(ImapSettings(dovecot.host, dovecot.imap, "none", user), lambda: "wr0ng-one"))
    assert isinstance(error, LoginRefused)
    assert user in str(error) and f"{dovecot.host}:{dovecot.imap}" in str(error)
    assert "wr0ng-one" not in str(error) + caplog.text


def test_a_password_that_the_server_repeats_is_blotted_out() -> None:
    def refuse(talk: Talk, tag: str, arguments: str) -> None:
        talk.send(f"{tag} NO {arguments} is wrong\r\n")

    with BadImap() as server:
        server.handlers["LOGIN"] = refuse
        error = opening(ImapSession(ImapSettings(server.host, server.port, "none", "crm"), lambda: "hush-hush"))
    assert isinstance(error, LoginRefused) and "hush" not in str(error)


@pytest.mark.parametrize("answer", ["NO [UNAVAILABLE] database is down", "NO [INUSE] locked"])
def test_a_server_that_cannot_judge_the_password_did_not_refuse_it(answer: str) -> None:
    with BadImap() as server:
        server.handlers["LOGIN"] = lambda talk, tag, arguments: talk.send(f"{tag} {answer}\r\n")
        error = opening(ImapSession(ImapSettings(server.host, server.port, "none", "crm"), lambda: PASSWORD))
    assert not isinstance(error, LoginRefused)


def test_a_link_lost_at_login_is_not_a_refusal() -> None:
    with BadImap() as server:
        server.handlers["LOGIN"] = lambda talk, tag, arguments: talk.sock.close()
        error = opening(ImapSession(ImapSettings(server.host, server.port, "none", "crm"), lambda: PASSWORD))
    assert not isinstance(error, LoginRefused)
    assert "connection was lost" in str(error)


def test_a_password_beyond_ascii_works(dovecot: Dovecot) -> None:
    settings = ImapSettings(dovecot.host, dovecot.imap, "none", CYRILLIC_USER)
    session = ImapSession(settings, lambda: CYRILLIC_PASSWORD)
    session.open()
    session.close()
    assert isinstance(opening(ImapSession(settings, lambda: CYRILLIC_PASSWORD + "ы")), LoginRefused)


@pytest.mark.parametrize("user", ['a "quoted" user', "back\\slash", "with space"])
def test_a_strange_user_name_stays_one_word(user: str) -> None:
    with BadImap() as server:
        session = ImapSession(ImapSettings(server.host, server.port, "none", user), lambda: 'p"w\\d')
        session.open()
        session.close()
    (login,) = [word for word in server.commands if word.startswith("LOGIN")]
    quoted = user.replace("\\", "\\\\").replace('"', '\\"')
    assert login == f'LOGIN "{quoted}" "p\\"w\\\\d"'


def test_a_line_break_in_a_password_gives_no_command_to_the_server() -> None:
    with BadImap() as server:
        settings = ImapSettings(server.host, server.port, "none", "crm")
        error = opening(ImapSession(settings, lambda: "x\r\nA1 DELETE INBOX"))
        assert "line break" in str(error) and not [word for word in server.commands if "DELETE" in word]


def test_login_disabled_means_plain(dovecot: Dovecot) -> None:
    with BadImap(capability="IMAP4rev1 LOGINDISABLED AUTH=PLAIN") as server:
        session = ImapSession(ImapSettings(server.host, server.port, "none", "crm"), lambda: PASSWORD)
        session.open()
        session.close()
        assert [word for word in server.commands if word.startswith("AUTHENTICATE")] == ["AUTHENTICATE PLAIN"]
    with BadImap(capability="IMAP4rev1 LOGINDISABLED") as server:
        error = opening(ImapSession(ImapSettings(server.host, server.port, "none", "crm"), lambda: PASSWORD))
        assert "takes no password" in str(error)


@pytest.mark.parametrize(("offers", "used"), [("AUTH=XOAUTH2", "XOAUTH2"), ("AUTH=OAUTHBEARER", "OAUTHBEARER")])
def test_an_access_token_that_ran_out_is_asked_for_again(offers: str, used: str) -> None:
    refusals = [1]

    def authenticate(talk: Talk, tag: str, arguments: str) -> None:
        if refusals:
            refusals.pop()
            talk.send("+ \r\n")
            talk.line()
            talk.send(f"{tag} NO [AUTHENTICATIONFAILED] token is too old\r\n")
        else:
            server.do_authenticate(talk, tag, arguments)

    tokens = iter(["old-token", "new-token"])
    with BadImap(capability=f"IMAP4rev1 {offers}") as server:
        server.handlers["AUTHENTICATE"] = authenticate
        session = ImapSession(ImapSettings(server.host, server.port, "none", "crm", oauth=True), lambda: next(tokens))
        session.open()
        session.close()
    tried = [word for word in server.commands if word.startswith("AUTHENTICATE")]
    assert tried == [f"AUTHENTICATE {used}"] * 2


def test_the_same_token_is_not_tried_twice() -> None:
    def refuse(talk: Talk, tag: str, arguments: str) -> None:
        talk.send("+ \r\n")
        talk.line()
        talk.send(f"{tag} NO [AUTHENTICATIONFAILED] no\r\n")

    with BadImap(capability="IMAP4rev1 AUTH=XOAUTH2") as server:
        server.handlers["AUTHENTICATE"] = refuse
        settings = ImapSettings(server.host, server.port, "none", "crm", oauth=True)
        error = opening(ImapSession(settings, lambda: "stale"))
    assert isinstance(error, LoginRefused) and "access token" in str(error) and "stale" not in str(error)
    assert len([word for word in server.commands if word.startswith("AUTHENTICATE")]) == 1


def test_a_port_where_nobody_listens(free_port: Callable[[], int]) -> None:
    assert "nobody listens" in str(
        opening(ImapSession(ImapSettings("127.0.0.1", free_port(), "tls", "crm"), lambda: ""))
    )


def test_a_server_that_never_greets_is_left(free_port: Callable[[], int]) -> None:
    class Mute(BadImap):
        def serve(self, talk: Talk) -> None:
            talk.silence()

    with Mute() as server:
        settings = ImapSettings(server.host, server.port, "none", "crm")
        assert "silent" in str(opening(ImapSession(settings, lambda: PASSWORD, timeout=0.3)))


def test_a_password_command_that_fails_speaks_for_itself(dovecot: Dovecot) -> None:
    def fails() -> str:
        raise TransientError("the password command ended with status 1")

    settings = ImapSettings(dovecot.host, dovecot.imap, "none", "crm")
    assert str(opening(ImapSession(settings, fails))) == "the password command ended with status 1"
