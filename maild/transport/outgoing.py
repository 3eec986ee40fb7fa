"""One SMTP connection and one transaction on it, with every failure turned into an `Outcome`."""

import asyncio
import re
import ssl
from dataclasses import dataclass
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientRefused,
    SMTPResponse,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from maild.transport.faults import explain, is_loopback, one_line
from maild.transport.values import Security

Kind = Literal["taken", "later", "dead", "unknown", "refused-login"]

_LOGIN_WANTED = (530, 534, 535, 538)  # RFC 4954 section 6: the operator's fault, not the letter's
_LAST_WORD = 10  # RFC 5321 section 4.5.3.2: the answer to the final dot may take ten times as long as others
_QUIT_SECONDS = 2.0
_ALIVE_SECONDS = 10.0
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True)
class SmtpSettings:
    """Where letters are handed over. `timeout` in seconds for one command; the answer to a whole letter has tenfold.

    `security` "none" works on loopback only, unless `insecure`. `local_hostname` is how we greet (EHLO).
    """

    host: str
    port: int
    security: Security
    username: str | None = None
    connections: int = 4
    insecure: bool = False
    local_hostname: str = "maild.invalid"
    timeout: float = 60.0


@dataclass(frozen=True)
class Outcome:
    """What became of a letter; `says` is the server's text or the reason, in one line, `code` the reply code.

    "taken": the server is responsible now. "later": try again. "dead": it will never be taken. "unknown": it may
    have been taken, so send again with the same Message-ID, a bounded number of times. "refused-login": the
    operator's fault; the letter is as good as ever.
    """

    kind: Kind
    says: str
    code: int | None = None


class Stale(Exception):
    """A connection was found dead before a letter was begun on it."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome.says)


async def connect(settings: SmtpSettings, secret: str | None) -> SMTP | Outcome:
    """A connection, encrypted and logged in as the settings say; or what is in the way ("later", "refused-login")."""
    where = f"{settings.host}:{settings.port}"
    if settings.security == "none" and not (settings.insecure or is_loopback(settings.host)):
        return Outcome("later", f'{where}: security = "none" would send everything in clear; use "tls" or "starttls"')
    link: SMTP | None = None
    try:
        link = await _link(settings)
        await link.connect()
        if settings.username is not None:
            await _log_in(link, settings.username, secret or "")
        else:
            await _greet(link)
        return link
    except SMTPAuthenticationError as error:
        says = f"{settings.username} at {where}: the server refused user name or password"
        words = one_line(error.message, secret or "")
        kind: Kind = "later" if 400 <= error.code < 500 else "refused-login"
        outcome = Outcome(kind, f"{says} ({error.code} {words})", error.code)
    except SMTPResponseException as error:
        outcome = Outcome("later", f"{where}: {error.code} {one_line(error.message, secret or '')}", error.code)
    except (SMTPException, OSError, ValueError, RuntimeError) as error:
        outcome = Outcome("later", explain(error, settings.host, settings.port))
    except asyncio.CancelledError:
        if link is not None:
            link.close()
        raise
    if link is not None:
        link.close()
    return outcome


async def _link(settings: SmtpSettings) -> SMTP:
    context = None
    if settings.security != "none":
        context = await asyncio.to_thread(ssl.create_default_context)
    return SMTP(
        hostname=settings.host,
        port=settings.port,
        local_hostname=settings.local_hostname,
        timeout=settings.timeout,
        use_tls=settings.security == "tls",
        start_tls=settings.security == "starttls",
        tls_context=context,
    )


async def _greet(link: SMTP) -> None:
    if link.is_ehlo_or_helo_needed:
        try:
            await link.ehlo()
        except SMTPHeloError:
            await link.helo()


async def _log_in(link: SMTP, username: str, secret: str) -> None:
    """One attempt by one mechanism: aiosmtplib's own `login` tries all in turn, and servers count the failures."""
    await _greet(link)
    offered = link.server_auth_methods
    if "plain" in offered:
        await link.auth_plain(username, secret)
    elif "login" in offered:
        await link.auth_login(username, secret)
    elif "cram-md5" in offered:
        await link.auth_crammd5(username, secret)
    else:
        raise SMTPAuthenticationError(504, "the server offers no way to log in that we know; is the port right?")


async def lives(link: SMTP) -> bool:
    """Whether a connection that rested still answers."""
    try:
        return (await link.noop(timeout=_ALIVE_SECONDS)).code == 250
    except (SMTPException, OSError):
        return False


async def quit_politely(link: SMTP) -> None:
    """QUIT and close; never raises but CancelledError."""
    try:
        if link.is_connected:
            await link.quit(timeout=_QUIT_SECONDS)
    except (SMTPException, OSError):
        pass
    finally:
        link.close()


async def transact(link: SMTP, settings: SmtpSettings, envelope_from: str, recipient: str, raw: bytes) -> Outcome:
    """MAIL, RCPT, DATA. Raises Stale where the link was dead before the server agreed to MAIL, and CancelledError."""
    where = f"{settings.host}:{settings.port}"
    try:
        sender, to = _ascii_domain(envelope_from), _ascii_domain(recipient)
        if not to:
            raise ValueError("the letter has no recipient")
        options, encoding = _options(link, sender + to, raw)
    except (ValueError, LookupError) as error:
        return Outcome("dead", f"{where}: {one_line(error)}")
    try:
        await link.mail(sender, options=options, encoding=encoding)
    except (SMTPServerDisconnected, ConnectionError) as error:
        raise Stale(Outcome("later", explain(error, settings.host, settings.port))) from None
    except SMTPSenderRefused as error:
        if error.code == 421:  # the server is closing an idle connection (RFC 5321 section 3.8)
            raise Stale(_refusal(error)) from None
        return await _reset(link, _refusal(error))
    except (SMTPException, OSError, ValueError) as error:
        return _before_data(link, settings, error)
    try:
        await link.rcpt(to, encoding=encoding)
    except SMTPRecipientRefused as error:
        return await _reset(link, _refusal(error))
    except (SMTPException, OSError, ValueError) as error:
        return _before_data(link, settings, error)
    return await _data(link, settings, raw)


async def _hand_over(link: SMTP, raw: bytes, seconds: float) -> SMTPResponse:
    """DATA (RFC 5321, 4.1.1.4), with `seconds` for each of its two answers. Raises SMTPDataError for a refusal.

    `SMTP.data` does the same, but goes through a letter line by line, twice: a third of all that sending costs.
    """
    if link.protocol is None:
        raise SMTPServerDisconnected("the connection was lost")
    link.protocol.write(b"DATA\r\n")
    ready = await link.protocol.read_response(timeout=seconds)
    if ready.code != 354:
        raise SMTPDataError(ready.code, ready.message)
    link.protocol.write(on_the_wire(raw))
    taken = await link.protocol.read_response(timeout=seconds)
    if taken.code != 250:
        raise SMTPDataError(taken.code, taken.message)
    return taken


def on_the_wire(raw: bytes) -> bytes:
    """A letter as it follows DATA: every line ends in CRLF, a dot that begins one is doubled, a dot alone is the end.

    A bare CR or LF would be a line end to one server and none to the next, and what follows it another letter
    (RFC 5321, 2.3.8 and 4.5.2).
    """
    if not raw.count(b"\r\n") == raw.count(b"\r") == raw.count(b"\n"):
        raw = _LINE_END.sub(b"\r\n", raw)
    if not raw.endswith(b"\r\n"):
        raw += b"\r\n"
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    return (b"." if raw.startswith(b".") else b"") + stuffed + b".\r\n"


async def _data(link: SMTP, settings: SmtpSettings, raw: bytes) -> Outcome:
    try:
        taken = await _hand_over(link, raw, settings.timeout * _LAST_WORD)
        return Outcome("taken", f"{taken.code} {one_line(taken.message)}", taken.code)
    except SMTPDataError as error:
        if 400 <= error.code < 600:
            return await _reset(link, _refusal(error))
        link.close()
        return Outcome("unknown", f"a strange answer to the letter: {error.code} {one_line(error.message)}", error.code)
    except (SMTPException, OSError, ValueError, RuntimeError) as error:
        link.close()
        return Outcome("unknown", f"{explain(error, settings.host, settings.port)}; it may have taken the letter")


def _before_data(link: SMTP, settings: SmtpSettings, error: Exception) -> Outcome:
    """Whatever went wrong, the server does not have the letter."""
    link.close()
    if isinstance(error, SMTPResponseException) and error.code > 0:
        return _refusal(error)
    if isinstance(error, ValueError) and not isinstance(error, OSError):  # an SSL error is both
        return Outcome("dead", f"{settings.host}:{settings.port}: {one_line(error)}")
    return Outcome("later", explain(error, settings.host, settings.port))


def _refusal(error: SMTPResponseException) -> Outcome:
    says = f"{error.code} {one_line(error.message)}"
    if error.code in _LOGIN_WANTED:
        return Outcome("refused-login", says, error.code)
    return Outcome("dead" if 500 <= error.code < 600 else "later", says, error.code)


async def _reset(link: SMTP, outcome: Outcome) -> Outcome:
    """Make the link fit for the next letter; where that fails it is closed, and the outcome stays what it is."""
    try:
        if link.is_connected:
            await link.rset(timeout=_ALIVE_SECONDS)
    except (SMTPException, OSError):
        link.close()
    return outcome


def _options(link: SMTP, addresses: str, raw: bytes) -> tuple[list[str], str]:
    """Options of MAIL. Raises ValueError where the letter cannot be handed to this server."""
    options = []
    if link.supports_extension("size"):  # RFC 1870: a letter that is too large is refused before it travels
        options.append(f"SIZE={len(raw)}")
    if not raw.isascii() and link.supports_extension("8bitmime"):
        options.append("BODY=8BITMIME")
    if addresses.isascii():
        return options, "ascii"
    if not link.supports_extension("smtputf8"):
        raise ValueError("the address has letters beyond ASCII, and the server cannot deliver to such (no SMTPUTF8)")
    return [*options, "SMTPUTF8"], "utf-8"


def _ascii_domain(address: str) -> str:
    """The address with its domain in ASCII (RFC 5891). Raises ValueError where it is no address."""
    if not address:
        return ""
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or re.search(r"[\s\x00-\x1f\x7f<>]", address):
        raise ValueError(f"{address!r} is not an address")
    if domain.isascii():
        return address
    return f"{local}@{domain.encode('idna').decode('ascii')}"
