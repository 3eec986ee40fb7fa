"""Letters in and out of the test servers by the plain protocols (stdlib only: maild must not judge itself)."""

import imaplib
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from tests.servers.basics import eventually
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postfix import Postfix


@dataclass(frozen=True)
class Stored:
    """A letter as it lies in a mailbox."""

    uid: int
    flags: tuple[str, ...]
    raw: bytes


def letter(
    subject: str = "Вопрос", text: str = "Здравствуйте!\n", to: str = "crm@example.test", **headers: str
) -> bytes:
    """A small plain letter, with CRLF. Headers by keyword, `_` for `-`; From is client@client.test by default."""
    message = EmailMessage()
    message["From"] = headers.pop("From", "client@client.test")
    message["To"] = to
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def deliver(dovecot: Dovecot, raw: bytes, *to: str, sender: str = "client@client.test") -> None:
    """Put a letter into mailboxes by LMTP, as a mail server does."""
    with smtplib.LMTP(dovecot.host, dovecot.lmtp, timeout=20) as link:
        refused = link.sendmail(sender, list(to), raw)
    assert not refused, refused


def submit(
    postfix: Postfix, raw: bytes, sender: str, *to: str, login: tuple[str, str] | None = None, ca: str | None = None
) -> None:
    """Hand a letter to Postfix by SMTP, as a client does; with `login` over STARTTLS on the submission port."""
    port = postfix.submission if login else postfix.smtp
    with smtplib.SMTP(postfix.host, port, timeout=20) as link:
        if login:
            link.starttls(context=ssl.create_default_context(cafile=ca))
            link.login(*login)
        link.sendmail(sender, list(to), raw)


def append(
    dovecot: Dovecot, user: str, raw: bytes, *, at: datetime | None = None, folder: str = "INBOX", flags: str = ""
) -> None:
    """Put a letter into a folder by IMAP, with the INTERNALDATE that is wanted."""
    when = imaplib.Time2Internaldate(at if at is not None else time.time())
    with imap(dovecot, user) as link:
        typ, data = link.append(folder, flags, when, raw)
    assert typ == "OK", data


def mailbox_messages(dovecot: Dovecot, user: str, folder: str = "INBOX") -> list[Stored]:
    r"""All letters of a folder in order of UID, without touching `\Seen`; [] where the folder does not exist."""
    with imap(dovecot, user) as link:
        if link.select(f'"{folder}"', readonly=True)[0] != "OK":
            return []
        uids = link.uid("SEARCH", "ALL")[1][0].split()
        return [_stored(link, uid.decode()) for uid in uids]


def wait_for_messages(
    dovecot: Dovecot, user: str, count: int, folder: str = "INBOX", timeout: float = 20
) -> list[Stored]:
    """Wait until at least so many letters are there."""

    def enough() -> list[Stored]:
        found = mailbox_messages(dovecot, user, folder)
        return found if len(found) >= count else []

    return eventually(enough, timeout=timeout, every=0.1)


@contextmanager
def imap(dovecot: Dovecot, user: str, password: str = PASSWORD) -> Iterator[imaplib.IMAP4]:
    """A plain IMAP link of the standard library, logged in."""
    link = imaplib.IMAP4(dovecot.host, dovecot.imap, timeout=20)
    try:
        link.login(user, password)
        yield link
    finally:
        link.logout()


def _stored(link: imaplib.IMAP4, uid: str) -> Stored:
    data = link.uid("FETCH", uid, "(FLAGS BODY.PEEK[])")[1]
    head, raw = data[0]
    rest = data[1] if len(data) > 1 and isinstance(data[1], bytes) else b""
    flags = imaplib.ParseFlags(head) or imaplib.ParseFlags(rest)
    return Stored(int(uid), tuple(flag.decode() for flag in flags), raw)
