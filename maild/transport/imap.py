"""One mailbox over IMAP (RFC 3501): one session, one connection, one thread at a time.

UIDs under one UIDVALIDITY are the only names of letters; flags decide nothing. Whatever goes wrong ends the
connection and comes out as one of maild's errors; `open` may then be called again, on the same object, which
remembers what the server could not do. Limits: no CONDSTORE, no QRESYNC; searching by UID is enough.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from imapclient import IMAPClient, SocketTimeout

from maild.errors import MaildError, TransientError
from maild.transport import folders, idling
from maild.transport.backoff import Backoff, logins, reconnects
from maild.transport.faults import explain, one_line
from maild.transport.fetching import Answer, Fetcher
from maild.transport.login import connect, hang_up, log_in
from maild.transport.values import Fetched, ImapSettings, Selected

__all__ = ["Backoff", "Fetched", "ImapSession", "ImapSettings", "Selected", "logins", "reconnects"]

_CONNECT_SECONDS = 15.0
_READ_SECONDS = 30.0
_IDLE_AT_LEAST = 60.0
_GOODBYE_SECONDS = 2.0
_IDLE_TRIES = 3
_UIDS_A_COMMAND = 100
_SEARCH_WINDOW = 50_000  # imaplib takes lines up to 1 MB, and a UID is up to 10 digits


class ImapSession:
    """A mailbox and the connection to it. Not thread-safe but for `interrupt` and `abort`.

    `password` is asked at every log-in, and is a fresh access token where the settings say `oauth`. It may raise a
    MaildError of its own.
    """

    def __init__(
        self,
        settings: ImapSettings,
        password: Callable[[], str],
        *,
        clock: Callable[[], float] = time.monotonic,
        timeout: float = _READ_SECONDS,
    ) -> None:
        self.settings = settings
        self.capabilities: frozenset[str] = frozenset()
        self._password, self._clock = password, clock
        self._timeout = SocketTimeout(min(_CONNECT_SECONDS, timeout), timeout)
        self._wake = idling.Wake()
        self._client: IMAPClient | None = None
        self._selected: Selected | None = None
        self._targets: dict[str, str] = {}
        self._idle_failures = 0
        self._searched = clock()
        self._fetcher = Fetcher(self._ask)

    @property
    def where(self) -> str:
        """The server as errors name it."""
        return f"{self.settings.host}:{self.settings.port}"

    @property
    def polling(self) -> bool:
        """Whether news are asked for, as the server has no IDLE or failed three times at it."""
        return "IDLE" not in self.capabilities or self._idle_failures >= _IDLE_TRIES

    def open(self) -> Selected:
        """Connect, log in, create the folders that are missing, select the folder for writing.

        Raises LoginRefused, PermanentError (the folder does not exist), TransientError.
        """
        self.close()
        with self._talk(connecting=True):
            self._client = client = connect(self.settings, self._timeout)
            log_in(client, self.settings, self._password)
            self.capabilities = frozenset(word.decode("ascii", "replace") for word in client.capabilities())
            wanted = {name for name in (self.settings.done, self.settings.quarantine) if name}
            self._targets = {name: folders.ensure(client, name) for name in sorted(wanted)}
            before, self._selected = self._selected, folders.select(client, self.settings.folder, self.where)
            if before and before.uidvalidity != self._selected.uidvalidity:
                self._fetcher.forget()
            client._imap.untagged_responses.clear()  # how many there are now is no news
            return self._selected

    def uids_after(self, last_uid: int) -> list[int]:
        """UIDs above `last_uid`, ascending. (`N:*` alone gives the last letter even when it is below N.)"""
        return [uid for uid in self._search(last_uid + 1, []) if uid > last_uid]

    def uids_since(self, day: date) -> list[int]:
        """UIDs of the letters that arrived on `day` or later, ascending; a day as the *server's* zone has it."""
        return self._search(1, ["SINCE", day])

    def fetch(
        self, uids: Sequence[int], *, limit: int, batch_bytes: int = 4 * 1024 * 1024, batch_count: int = 50
    ) -> Iterator[list[Fetched]]:
        r"""The letters in batches, in the order of `uids`, each batch bounded by bytes and count; `\Seen` untouched.

        A letter above `limit` bytes comes truncated; one above 1 MB in a batch of its own, read in pieces; one that
        is gone is left out. Raises TransientError; what was given until then stays good.
        """
        try:
            yield from self._fetcher.fetch(list(uids), limit, batch_bytes, batch_count)
        except MaildError:
            self._drop()
            raise

    def finish(self, uids: Sequence[int]) -> None:
        r"""These letters are dealt with: move them to `done`, or mark them `\Seen` where there is no such folder."""
        self._put(uids, self.settings.done)

    def quarantine(self, uids: Sequence[int]) -> None:
        r"""These letters could not be processed: move them to `quarantine`, or mark them `\Seen`."""
        self._put(uids, self.settings.quarantine)

    def wait(self, seconds: float) -> bool:
        """Wait for news up to `seconds`, and never longer than max(poll, 60 s), after which IDLE wants renewing.

        True: there may be news, so search. False: nothing was heard, or `interrupt` was called.
        Raises TransientError where the connection is lost.
        """
        if self._wake.clear():
            return False
        renewal = self.settings.poll if self.polling else max(self.settings.poll, _IDLE_AT_LEAST)
        seconds = min(seconds, renewal)
        with self._talk() as client:
            if idling.told_meanwhile(client):
                return True
            news = self._poll(client, seconds) if self.polling else self._idle(client, seconds)
        return news or (news is not None and self._clock() - self._searched >= renewal)

    def interrupt(self) -> None:
        """From any thread: end `wait` at once, or the next one if none is going on."""
        self._wake.set()

    def abort(self) -> None:
        """From any thread: break the connection, so that whatever command is going on fails at once."""
        self._wake.set()
        client = self._client
        if client is not None:
            try:
                client.socket().shutdown(2)
            except (OSError, AttributeError):  # it is not connected any more
                return

    def noop(self) -> bool:
        """Ask whether the server is there; True when it told of letters that came or went."""
        with self._talk() as client:
            return idling.has_news(client.noop()[1])

    def close(self) -> None:
        """Say good-bye and hang up; never raises."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            client.socket().settimeout(_GOODBYE_SECONDS)
            client.logout()
        except Exception:  # the link may be broken in any way; it is left behind
            pass
        hang_up(client)

    @contextmanager
    def _talk(self, connecting: bool = False) -> Iterator[IMAPClient]:
        """Everything that the libraries raise becomes one of maild's errors, and the connection is dropped."""
        client = self._client
        if client is None and not connecting:
            raise TransientError(f"{self.where}: not connected")
        try:
            yield client
        except BaseException as error:
            self._drop()
            if isinstance(error, MaildError) or not isinstance(error, Exception):
                raise
            # imaplib, imapclient, socket and ssl raise nearly anything on hostile input (RecursionError, IndexError,
            # AttributeError ...): all of it means that this connection is of no more use.
            raise TransientError(explain(error, self.settings.host, self.settings.port)) from error

    def _drop(self) -> None:
        client, self._client = self._client, None
        self._fetcher.broke()
        if client is not None:
            hang_up(client)

    def _ask(self, uids: list[int], items: list[str]) -> Answer | str:
        """imapclient's fetch; or the server's words where it refused, which leaves the connection in order."""
        with self._talk() as client:
            try:
                return dict(client.fetch(uids, items))
            except Exception as error:
                if not folders.is_refusal(error):
                    raise
                return one_line(error)

    def _search(self, first: int, criteria: list[Any]) -> list[int]:
        with self._talk() as client:
            client.noop()  # some servers show SEARCH a stale view until they had a chance to tell
            # imaplib keeps every untagged EXISTS and EXPUNGE for ever; a session that lives for weeks must not.
            client._imap.untagged_responses.clear()
            found: set[int] = set()
            for window in self._windows(first):
                found.update(client.search([*criteria, "UID", window]))
            self._searched = self._clock()
            return sorted(found)

    def _windows(self, first: int) -> Iterator[str]:
        """UID ranges from `first` on, none of which can give a longer answer than imaplib reads."""
        selected = self._selected
        assert selected is not None, "search before open"
        if selected.exists > _SEARCH_WINDOW:
            step = max(_SEARCH_WINDOW, (selected.uidnext - first) // 100)
            while first + step < selected.uidnext:
                yield f"{first}:{first + step - 1}"
                first += step
        yield f"{first}:*"

    def _put(self, uids: Sequence[int], folder: str | None) -> None:
        with self._talk() as client:
            target = self._targets.get(folder) if folder else None
            for start in range(0, len(uids), _UIDS_A_COMMAND):
                some = list(uids[start : start + _UIDS_A_COMMAND])
                if target is None or target == self.settings.folder:
                    client.add_flags(some, [b"\\Seen"], silent=True)
                else:
                    self._move(client, some, target)

    def _move(self, client: IMAPClient, uids: list[int], target: str) -> None:
        r"""RFC 6851, else RFC 4315. Without either only `\Deleted`: a plain EXPUNGE would take others' mail along."""
        if "MOVE" in self.capabilities:
            client.move(uids, target)
            return
        client.copy(uids, target)
        client.add_flags(uids, [b"\\Deleted"], silent=True)
        if "UIDPLUS" in self.capabilities:
            client.uid_expunge(uids)

    def _idle(self, client: IMAPClient, seconds: float) -> bool | None:
        """Idle until news (True), the end of the time (False) or an interrupt (None)."""
        deadline = self._clock() + seconds
        self._idle_failures += 1  # until it has worked
        while True:
            began = idling.begin(client)
            if began is None:  # the server does not want to, though it said it could
                return self._poll(client, deadline - self._clock())
            why = "server" if began else idling.pause(client, self._wake, deadline - self._clock())
            if why == "wake":
                self._wake.clear()
                client.socket().settimeout(_GOODBYE_SECONDS)  # somebody wants to go on, whatever the server does
            news = idling.end(client) or began
            client.socket().settimeout(self._timeout.read)
            self._idle_failures = 0
            if news or why != "server" or deadline <= self._clock():
                return news or (None if why == "wake" else False)
            # Woken for nothing ("Still here", a TLS record without data): idle on.

    def _poll(self, client: IMAPClient, seconds: float) -> bool | None:
        if idling.pause(client, self._wake, seconds) == "wake":
            self._wake.clear()
            return None
        return idling.has_news(client.noop()[1])
