"""From a host name to a logged-in IMAP connection: TLS verified, keep-alive on, no password in any text.

Limits: LOGIN, AUTHENTICATE PLAIN, XOAUTH2 and OAUTHBEARER; no client certificates, no Kerberos.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Callable
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError

from maild.errors import LoginRefused, TransientError
from maild.transport.faults import is_loopback, one_line
from maild.transport.values import ImapSettings

# RFC 5530: the server refuses for the moment, and the password may well be right.
_FOR_NOW = re.compile(r"\[(UNAVAILABLE|INUSE|SERVERBUG|LIMIT)\b", re.IGNORECASE)


def connect(settings: ImapSettings, timeout: SocketTimeout) -> IMAPClient:
    """An encrypted connection, not yet logged in. Raises what socket, ssl and imaplib raise, and TransientError
    where `security` is "none" for a host that is not this machine."""
    where = f"{settings.host}:{settings.port}"
    if settings.security == "none" and not (settings.allow_plain or is_loopback(settings.host)):
        raise TransientError(f'{where}: security = "none" would send the password in clear; use "tls" or "starttls"')
    direct = settings.security == "tls"
    context = ssl.create_default_context() if settings.security != "none" else None
    client = IMAPClient(settings.host, settings.port, ssl=direct, ssl_context=context, timeout=timeout)
    try:
        _prepare(client, settings, context)
    except BaseException:
        hang_up(client)
        raise
    return client


def _prepare(client: IMAPClient, settings: ImapSettings, context: ssl.SSLContext | None) -> None:
    client.normalise_times = False  # else INTERNALDATE loses its zone
    client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if settings.security != "starttls":
        return
    where = f"{settings.host}:{settings.port}"
    # RFC 9051 section 11: a PREAUTH greeting before STARTTLS is how a man in the middle keeps the link in clear.
    if state(client) != "NONAUTH" or not client.has_capability("STARTTLS"):
        raise TransientError(f'{where}: the server does not offer STARTTLS; perhaps security = "tls" is meant')
    client.starttls(context)


def state(client: IMAPClient) -> str:
    """imaplib's state: NONAUTH, AUTH, SELECTED or LOGOUT."""
    return str(client._imap.state)


def hang_up(client: IMAPClient) -> None:
    """Close the socket without a word to the server; never raises."""
    for step in (lambda: client.socket().close(), client.shutdown):
        try:
            step()
        except Exception:  # imaplib raises whatever it likes on a broken link, and nothing is left to be done
            continue


def log_in(client: IMAPClient, settings: ImapSettings, secret: Callable[[], str]) -> None:
    """Log in. An access token that is refused is asked for once more, as it may have run out meanwhile.

    Raises LoginRefused, or what the wire raises.
    """
    if state(client) != "NONAUTH":  # PREAUTH: the server knows us already (RFC 3501 section 7.1.4)
        return
    said = secret()
    try:
        _say(client, settings, said)
    except LoginRefused:
        again = secret() if settings.oauth else said
        if again == said:
            raise
        _say(client, settings, again)


def _say(client: IMAPClient, settings: ImapSettings, secret: str) -> None:
    if re.search(r"[\r\n\0]", secret + settings.username):
        raise LoginRefused(f"{_who(settings)}: user name or password has a line break or a NUL in it")
    try:
        _mechanism(client, settings)(secret)
    except LoginError as error:
        if isinstance(error.__context__, imaplib.IMAP4.abort):  # imapclient calls a lost link a refusal
            raise error.__context__ from None
        raise _refusal(settings, one_line(error, secret)) from None


def _refusal(settings: ImapSettings, says: str) -> TransientError:
    if _FOR_NOW.search(says):
        return TransientError(f"{_who(settings)}: the server lets nobody in for the moment ({says})")
    what = "access token" if settings.oauth else "user name or password"
    return LoginRefused(f"{_who(settings)}: the server refused {what} ({says})")


def _who(settings: ImapSettings) -> str:
    return f"{settings.username} at {settings.host}:{settings.port}"


def _mechanism(client: IMAPClient, settings: ImapSettings) -> Callable[[str], Any]:
    user = settings.username
    if settings.oauth:
        if client.has_capability("AUTH=OAUTHBEARER") and not client.has_capability("AUTH=XOAUTH2"):
            return lambda token: client.oauthbearer_login(user, token)
        return lambda token: client.oauth2_login(user, token)
    if client.has_capability("LOGINDISABLED") and not client.has_capability("AUTH=PLAIN"):
        raise TransientError(f"{_who(settings)}: the server takes no password on this connection; use TLS")

    def password(secret: str) -> Any:
        # LOGIN is ASCII only in imaplib, and quotes the password but not the user name.
        if client.has_capability("LOGINDISABLED") or not (secret + user).isascii():
            return client.plain_login(user, secret)
        quoted = user.replace("\\", "\\\\").replace('"', '\\"')
        return client.login(f'"{quoted}"', secret)

    return password
