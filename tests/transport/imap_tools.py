"""Small things that the tests of the IMAP session share."""

from collections.abc import Callable
from dataclasses import replace

from maild.transport.imap import Fetched, ImapSession, ImapSettings
from tests.servers.bad_imap import BadImap
from tests.servers.dovecot import Dovecot

MB = 1024 * 1024
Make = Callable[..., tuple[BadImap, ImapSession]]


def settings_for(dovecot: Dovecot, user: str, **changes: object) -> ImapSettings:
    plain = ImapSettings(dovecot.host, dovecot.imap, "none", user)
    return replace(plain, **changes)  # type: ignore[arg-type]


def everything(session: ImapSession, last: int = 0, limit: int = 35 * MB) -> list[Fetched]:
    return [one for batch in session.fetch(session.uids_after(last), limit=limit) for one in batch]
