"""Handing letters to the mail server (RFC 5321, RFC 6409) over a few connections that are kept open.

`send` says what became of a letter as a value, never as an exception. It hands over ready bytes and composes
nothing. The one outcome that nobody can know, a link lost after DATA, has a name of its own: "unknown".
Limits: one recipient a transaction, no PIPELINING, PLAIN, LOGIN and CRAM-MD5.
"""

import asyncio
from asyncio import CancelledError
from collections.abc import Callable
from dataclasses import dataclass

from aiosmtplib import SMTP

from maild.errors import MaildError
from maild.transport import outgoing
from maild.transport.backoff import Backoff, logins
from maild.transport.outgoing import Outcome, SmtpSettings

__all__ = ["Outcome", "SmtpPool", "SmtpSettings"]

_IDLE_SECONDS = 300.0
_DOUBT_AFTER_SECONDS = 20.0  # a connection that rested so long is asked whether it lives


@dataclass(frozen=True)
class _Resting:
    link: SMTP
    since: float


class SmtpPool:
    """Up to `settings.connections` connections to one server, made when needed, closed after 5 minutes of rest.

    Belongs to one event loop. `password` may block (a file, a command): it is called in a thread, at every log-in.
    After a refused log-in the next try waits 5 s, growing to 5 min; meanwhile every `send` repeats the refusal.
    """

    def __init__(self, settings: SmtpSettings, password: Callable[[], str] | None = None) -> None:
        self.settings = settings
        self._password = password
        self._places = asyncio.Semaphore(max(1, settings.connections))
        self._connecting = asyncio.Lock()
        self._resting: list[_Resting] = []
        self._busy: set[SMTP] = set()
        self._pauses: Backoff = logins()
        self._barred_until = 0.0
        self._failed_at, self._failure = -1.0, Outcome("later", "never connected")
        self._closed = False

    async def send(self, envelope_from: str, recipient: str, raw: bytes) -> Outcome:
        """Hand over one letter. `envelope_from` "" is the null return path (RFC 5321 section 4.5.5).

        Raises nothing but CancelledError, and then the connection is closed, as its answers are out of step.
        """
        async with self._places:
            try:
                return await self._once(False, envelope_from, recipient, raw)
            except outgoing.Stale:  # the server had dropped a resting connection: no letter was begun on it
                try:
                    return await self._once(True, envelope_from, recipient, raw)
                except outgoing.Stale as stale:
                    return stale.outcome

    async def probe(self) -> str | None:
        """Connect and log in on a new connection: None when that works, else what is wrong, in one line."""
        link = await self._connect()
        if isinstance(link, Outcome):
            return link.says
        await outgoing.quit_politely(link)
        return None

    async def close(self) -> None:
        """Close all connections; those in use break. Never raises; the pool is of no use afterwards."""
        self._closed = True
        for link in list(self._busy):
            link.close()
        resting, self._resting = self._resting, []
        await asyncio.gather(*(outgoing.quit_politely(each.link) for each in resting), return_exceptions=True)

    async def _once(self, fresh: bool, envelope_from: str, recipient: str, raw: bytes) -> Outcome:
        """One try. Raises outgoing.Stale where the connection was dead before the letter was begun."""
        link = await self._take(fresh)
        if isinstance(link, Outcome):
            return link
        self._busy.add(link)
        try:
            return await outgoing.transact(link, self.settings, envelope_from, recipient, raw)
        except BaseException:
            link.close()
            raise
        finally:
            self._busy.discard(link)
            self._rest(link)

    async def _take(self, fresh: bool) -> SMTP | Outcome:
        loop = asyncio.get_running_loop()
        while self._resting and not fresh:
            resting = self._resting.pop()
            rested = loop.time() - resting.since
            young = resting.link.is_connected and rested < _IDLE_SECONDS
            if young and (rested < _DOUBT_AFTER_SECONDS or await self._lives(resting.link)):
                return resting.link
            resting.link.close()
        return await self._connect_in_turn()

    async def _lives(self, link: SMTP) -> bool:
        try:
            return await outgoing.lives(link)
        except CancelledError:
            link.close()
            raise

    async def _connect_in_turn(self) -> SMTP | Outcome:
        """One connection is made at a time; who waited while another failed shares that failure."""
        loop = asyncio.get_running_loop()
        asked = loop.time()
        async with self._connecting:
            now = loop.time()
            if now < self._barred_until or self._failed_at >= asked:
                return self._failure
            link = await self._connect()
            if isinstance(link, Outcome):
                self._failed_at, self._failure = loop.time(), link
                if link.kind == "refused-login":
                    self._barred_until = loop.time() + self._pauses.next()
            else:
                self._pauses.reset()
            return link

    async def _connect(self) -> SMTP | Outcome:
        if self._closed:
            return Outcome("later", "the daemon is stopping")
        try:
            secret = await asyncio.to_thread(self._password) if self._password and self.settings.username else None
        except MaildError as error:
            return Outcome("refused-login", str(error))
        except Exception as error:  # a password command may fail in any way; the queue must survive it
            return Outcome("refused-login", f"the password for {self.settings.host} cannot be had: {error!r}"[:300])
        return await outgoing.connect(self.settings, secret)

    def _rest(self, link: SMTP) -> None:
        if self._closed or not link.is_connected:
            link.close()
            return
        loop = asyncio.get_running_loop()
        self._resting.append(_Resting(link, loop.time()))
        loop.call_later(_IDLE_SECONDS, self._expire)

    def _expire(self) -> None:
        """Close what rested too long."""
        now = asyncio.get_running_loop().time()
        old = [each for each in self._resting if now - each.since >= _IDLE_SECONDS - 1]
        self._resting = [each for each in self._resting if each not in old]
        for each in old:
            each.link.close()
