"""An IMAP and an SMTP server inside this process, for the demonstration: loopback only, mail in memory, no TLS.

pymap serves the mailboxes, aiosmtpd takes the letters and puts them there; every letter is kept as a file too.
Not a mail server for anything else: no queue, no relay, no limits, and all is forgotten when it ends.
"""

import asyncio
import logging
import re
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, closing, suppress
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Identity, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.concurrent import Event, Subsystem
from pymap.context import connection_exit
from pymap.imap import IMAPConnection
from pymap.imap.state import ConnectionState
from pymap.parsing.command.select import IdleCommand, SearchCommand
from pymap.parsing.message import AppendMessage
from pymap.parsing.response import CommandResponse, UntaggedResponse
from pymap.selected import SelectedMailbox
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

HOST = "127.0.0.1"
NAME = "mail.demo.test"
MESSAGE_SIZE = 64 * 1024 * 1024
CLOSING = 1.0  # seconds that connections get to end by themselves
AFTER_IDLING = 0.05  # seconds: news in the same segment as "+ idling" is not seen by imapclient

OnLetter = Callable[[str, tuple[str, ...], bytes], None]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _MailConfig(Config):
    """pymap's configuration with a greeting that asks no DNS."""

    @property
    def greeting(self) -> bytes:
        return b"Server ready " + NAME.encode()


class _WholeWrites:
    """A StreamWriter that sends at drain() only, so that no line leaves in two pieces.

    imapclient takes a line that arrives in two segments during IDLE for a broken connection.
    """

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._pending: list[bytes] = []

    def write(self, data: bytes) -> None:
        self._pending.append(bytes(data))

    def writelines(self, data: Iterable[bytes]) -> None:
        self._pending.extend(map(bytes, data))

    async def drain(self) -> None:
        if self._pending:
            self._writer.write(b"".join(self._pending))
            self._pending.clear()
        await self._writer.drain()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


class _Prompt(ConnectionState):
    """pymap alone searches in the mailbox as it was at the last command, and keeps back what came just before IDLE."""

    async def do_search(self, cmd: SearchCommand) -> tuple[CommandResponse, SelectedMailbox | None]:
        await self.session.check_mailbox(self.selected)
        return await super().do_search(cmd)

    async def receive_updates(self, cmd: IdleCommand, done: Event) -> Iterable[UntaggedResponse]:
        if news := await self._news(cmd):
            await asyncio.sleep(AFTER_IDLING)
            return news
        return news if done.is_set() else await super().receive_updates(cmd, done)

    async def _news(self, cmd: IdleCommand) -> Sequence[UntaggedResponse]:
        selected = await self.session.check_mailbox(self.selected)
        self._selected, untagged = selected.fork(cmd)
        return list(untagged)


class _Connection(SMTP):
    """An SMTP connection that is known while it is open, so that it can be cut."""

    def __init__(self, handler: object, *, links: set[asyncio.WriteTransport], **settings: Any) -> None:
        super().__init__(handler, **settings)
        self._links = links

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._links.add(cast(asyncio.WriteTransport, transport))

    def connection_lost(self, error: Exception | None) -> None:
        self._links.discard(cast(asyncio.WriteTransport, self.transport))
        super().connection_lost(error)


class _Mailboxes:
    """The IMAP side: one pymap backend in memory, a task for each connection."""

    def __init__(self, users: Mapping[str, str]) -> None:
        args = Namespace(passlib_cfg=None, proxy_protocol=None, inherited_sockets=None)
        config = _MailConfig(
            args,
            demo_data=False,
            demo_user="",
            demo_password="",
            host=HOST,
            port=0,
            tls_enabled=False,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            max_append_len=MESSAGE_SIZE,
            invalid_user_sleep=0.0,
        )
        self._config, self._users = config, users
        self._login = Login(config)
        self._boxes: dict[str, MailboxSet] = {}
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def start(self) -> asyncio.Server:
        """Create the mailboxes and listen on a free port."""
        for address, password in self._users.items():
            user = UserMetadata(self._config, address, password=password)
            await Identity(address, self._login, None, frozenset()).set(user)
            self._boxes[address] = MailboxSet()
            self._config.set_cache[address] = (self._boxes[address], FilterSet())
        return await asyncio.start_server(self._connected, HOST, 0)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A plain callback that keeps the task: a task that nobody holds is collected while it waits."""
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._connections[task] = writer
        task.add_done_callback(self._ended)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        whole: Any = _WholeWrites(writer)
        connection = IMAPConnection(self._config.commands, self._config, reader, whole, SocketInfoLocal(writer))
        async with AsyncExitStack() as stack:
            connection_exit.set(stack)
            stack.enter_context(closing(connection))
            await connection.run(_Prompt(self._login, self._config))

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._connections.pop(task, None)
        if not task.cancelled() and (error := task.exception()):
            logging.getLogger(__name__).debug("an IMAP connection ended with %r", error)

    async def deliver(self, address: str, raw: bytes, arrived: datetime) -> None:
        """Put a letter into the INBOX of a user; who waits in IDLE hears of it at once."""
        inbox = await self._boxes[address].get_mailbox("INBOX")
        await inbox.append(AppendMessage(raw, arrived), recent=True)

    async def close(self) -> None:
        """Cut the connections; what does not end by itself is cancelled."""
        tasks = set(self._connections)
        for writer in list(self._connections.values()):
            writer.transport.abort()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=CLOSING)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


class DemoServers:
    """IMAP and SMTP on free loopback ports: `async with DemoServers({"crm@desk.test": "secret"}) as servers`.

    `users` are addresses with ASCII passwords, for LOGIN to either server. A letter goes to the INBOX of each recipient
    who is a user (subaddresses `name+detail@` too) and, whoever the recipients are, as a file into `mail_dir`.
    `on_letter(envelope_from, recipients, raw)` is called in the event loop for each letter taken, as it was sent.
    `now` is the servers' clock, aware: INTERNALDATE and Received follow it.
    """

    def __init__(
        self,
        users: Mapping[str, str],
        *,
        mail_dir: Path | None = None,
        on_letter: OnLetter | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.users = {address.lower(): password for address, password in users.items()}
        self.mail_dir, self.imap_port, self.smtp_port, self.taken = mail_dir, 0, 0, 0
        self._on_letter, self._now = on_letter, now
        self._mailboxes = _Mailboxes(self.users)
        self._smtp_links: set[asyncio.WriteTransport] = set()
        self._listening: list[asyncio.Server] = []

    async def __aenter__(self) -> Self:
        if self.mail_dir:
            self.mail_dir.mkdir(parents=True, exist_ok=True)
        imap = await self._mailboxes.start()
        smtp = await asyncio.get_running_loop().create_server(self._smtp_connection, HOST, 0)
        self._listening = [imap, smtp]
        self.imap_port, self.smtp_port = (server.sockets[0].getsockname()[1] for server in self._listening)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._listening:
            server.close()
        for transport in list(self._smtp_links):
            transport.abort()
        await self._mailboxes.close()
        for server in self._listening:
            with suppress(TimeoutError):
                await asyncio.wait_for(server.wait_closed(), CLOSING)

    async def deliver(self, envelope_from: str, recipients: Iterable[str], raw: bytes, helo: str = "localhost") -> None:
        """Take a letter as the SMTP server does: trace headers, mailboxes, file, callback."""
        to, arrived = tuple(recipients), self._now()
        self.taken += 1
        for recipient in to:
            if (box := self._box(recipient)) is not None:
                await self._mailboxes.deliver(box, self._traced(envelope_from, recipient, raw, helo, arrived), arrived)
        if self.mail_dir:
            path = self.mail_dir / file_name(self.taken, envelope_from, to, raw)
            path.write_bytes(self._traced(envelope_from, to[0] if to else "", raw, helo, arrived))
        if self._on_letter:
            self._on_letter(envelope_from, to, raw)

    def _box(self, recipient: str) -> str | None:
        address = re.sub(r"\+[^@]*@", "@", recipient.lower())
        return address if address in self.users else None

    def _traced(self, envelope_from: str, recipient: str, raw: bytes, helo: str, arrived: datetime) -> bytes:
        """The letter with what a last server writes above it (RFC 5321, 4.4)."""
        trace = (
            f"Return-Path: <{envelope_from}>\r\n"
            f"Delivered-To: {recipient}\r\n"
            f"Received: from {helo} ([{HOST}]) by {NAME} with ESMTP id demo{self.taken:04d}\r\n"
            f"\tfor <{recipient}>; {format_datetime(arrived)}\r\n"
        )
        return trace.encode("utf-8", "surrogateescape") + raw

    def _smtp_connection(self) -> SMTP:
        return _Connection(
            self,
            links=self._smtp_links,
            data_size_limit=MESSAGE_SIZE,
            enable_SMTPUTF8=True,
            hostname=NAME,
            ident="demo",
            authenticator=self._authenticate,
            auth_require_tls=False,
            timeout=3600,
        )

    def _authenticate(self, server: SMTP, session: Session, envelope: Envelope, how: str, data: Any) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        known = self.users.get(data.login.decode("utf-8", "replace").lower())
        right = known is not None and known.encode() == data.password
        return AuthResult(success=right, handled=False, auth_data=data.login if right else None)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """aiosmtpd calls this with a whole letter; its answer goes to the client."""
        content = envelope.original_content or b""
        await self.deliver(
            (envelope.mail_from or "").strip("<>"), envelope.rcpt_tos, content, session.host_name or "unknown"
        )
        return f"250 2.0.0 taken as demo{self.taken:04d}"


def file_name(number: int, envelope_from: str, recipients: tuple[str, ...], raw: bytes) -> str:
    """A name that sorts and can be read: `0003-out-acknowledgement-client.eml`.

    `out` is what maild wrote (X-Maild-Kind), named after its first recipient; the rest is `in`, after its sender.
    """
    head = BytesHeaderParser().parsebytes(raw[:65536])
    kind = str(head.get("X-Maild-Kind") or "")
    who = recipients[0] if kind and recipients else envelope_from
    parts = ["out" if kind else "in", kind or "letter", who.split("@")[0] or "machine"]
    return f"{number:04d}-{'-'.join(_slug(part) for part in parts)}.eml"


def _slug(text: str) -> str:
    return re.sub(r"[^\w.]+", "-", text).strip("-.")[:40] or "x"
