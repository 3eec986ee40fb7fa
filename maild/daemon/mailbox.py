"""One watched mailbox: fetch, store, deal with, tell the server, wait. One thread, one connection.

Order is safety: a raw letter is committed before the server is told anything, and the server is told only
after the letter is dealt with. Whatever dies in between is done again, and unique keys make it once.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from maild.config import MailboxConfig
from maild.daemon.service import Service
from maild.desk.desk import Mailbox
from maild.desk.receive import receive
from maild.errors import ConfigError, LoginRefused, MaildError, TransientError
from maild.mail.digest import identify
from maild.store import inbox
from maild.transport.imap import Fetched, ImapSession, Selected, logins, reconnects

RETRY_WAIT = 5.0
"""Seconds between looks at letters whose turn to be tried again may have come."""

AT_ONCE = 25
"""Letters dealt with in one commit."""

SLACK = 180.0
"""Seconds beyond its own waiting in which a runner must have moved on, before the watchdog calls it stuck."""


class MailboxRunner:
    """Serves one mailbox until `interrupt`.

    `progress` counts what it did; `alive_until` (monotonic seconds) is when it should have moved on at the latest.
    `caught_up`: what lay in the mailbox when we came has been dealt with.
    """

    def __init__(self, service: Service, desk: str, config: MailboxConfig) -> None:
        self.service, self.desk, self.config = service, desk, config
        self.mailbox = Mailbox(config.name, config.role, config.address)
        self.stop = threading.Event()
        self.progress = 0
        self.caught_up = False
        self.alive_until = time.monotonic() + SLACK
        self._session = ImapSession(config.imap, config.password)
        self._backoff, self._login_backoff = reconnects(), logins()

    def run(self) -> None:
        """Serve, connecting anew with back-off whenever the link breaks, until stopped."""
        while not self.stop.is_set():
            try:
                self._serve(once=False)
            except MaildError as error:
                self._rest(self._failed(error))
            except Exception as error:  # a fault of ours must not silence a mailbox for ever
                self.service.log.exception("mailbox-fault", **self._who())
                self._rest(self._failed(TransientError(f"{type(error).__name__}: {error}")))

    def _rest(self, seconds: float) -> None:
        self.alive_until = time.monotonic() + seconds + SLACK
        self.stop.wait(seconds)

    def run_once(self) -> MaildError | None:
        """Take what is there now. The error if the mailbox could not be served."""
        try:
            self._serve(once=True)
        except MaildError as error:
            self._failed(error)
            return error
        return None

    def interrupt(self) -> None:
        """Stop soon: wakes the thread from its wait. May be called from any thread."""
        self.stop.set()
        self._session.interrupt()

    def abort(self) -> None:
        """Break the connection: whatever command waits for a silent server fails at once. From any thread."""
        self._session.abort()

    def _serve(self, *, once: bool) -> None:
        session = self._session  # one object for all connections: it remembers what the server cannot do
        try:
            state = self._adopt(session, session.open())
            self._set_state("connected")
            self._backoff.reset()
            self._login_backoff.reset()
            while not self.stop.is_set():
                state = self._drain(session, state)
                self.caught_up = True
                self.progress += 1
                if once:
                    return
                seconds = self._wait_seconds()
                self.alive_until = time.monotonic() + seconds + SLACK
                session.wait(seconds)
        finally:
            session.close()

    def _adopt(self, session: ImapSession, selected: Selected) -> inbox.MailboxState:
        """Where to go on: the stored high-water mark, or a beginning if mailbox or UIDVALIDITY is new."""
        with self.service.database.read() as tx:
            known = inbox.mailbox(tx, self.desk, self.config.name)
        if known is not None and known.folder == self.config.imap.folder and known.uidvalidity is not None:
            if known.uidvalidity == selected.uidvalidity:
                return known
            self.service.tell("uidvalidity-changed", **self._who(), old=known.uidvalidity, new=selected.uidvalidity)
            state = replace(
                known,
                uidvalidity=selected.uidvalidity,
                last_uid=self._before(session, known.floor, selected),
                rescan_until=selected.uidnext - 1,
            )
        else:
            state = self._first_time(session, selected)
        with self.service.database.write() as tx:
            inbox.save_mailbox(tx, state)
        return state

    def _first_time(self, session: ImapSession, selected: Selected) -> inbox.MailboxState:
        """What lay there before the first connection is left alone, unless `backlog` says so (decision 10)."""
        now = self.service.clock()
        last_uid = selected.uidnext - 1
        floor: datetime | None = now
        if self.config.backlog is None:
            last_uid, floor = 0, None
        elif self.config.backlog:
            floor = now - timedelta(seconds=self.config.backlog)
            last_uid = self._before(session, floor, selected)
        return inbox.MailboxState(
            desk=self.desk,
            name=self.config.name,
            folder=self.config.imap.folder,
            uidvalidity=selected.uidvalidity,
            last_uid=last_uid,
            floor=floor,
            state="connecting",
            since=now,
            error=None,
            rescan_until=selected.uidnext - 1,
        )

    @staticmethod
    def _before(session: ImapSession, floor: datetime | None, selected: Selected) -> int:
        """The UID after which to look for letters that arrived later than `floor`."""
        if floor is None:
            return 0
        uids = session.uids_since((floor - timedelta(days=1)).date())
        return min(uids, default=selected.uidnext) - 1

    def _drain(self, session: ImapSession, state: inbox.MailboxState) -> inbox.MailboxState:
        """Everything that is new, batch by batch; then letters whose next try is due; then tell the server."""
        self._deal_with_stored()
        self._tell_server(session, state)
        uids = session.uids_after(state.last_uid)
        for batch in session.fetch(uids, limit=self.service.config.limits.message_size):
            if self.stop.is_set():
                return state
            self._store(state, batch)
            self._deal_with_stored()
            self._tell_server(session, state)
        if not uids:
            return state
        state = replace(state, last_uid=max(uids))
        with self.service.database.write() as tx:
            inbox.advance(tx, self.desk, self.config.name, state.uidvalidity or 0, state.last_uid)
        return state

    def _store(self, state: inbox.MailboxState, batch: Sequence[Fetched]) -> None:
        """Commit raw letters. One whose body the server cannot give goes straight to the quarantine."""
        fresh = [fetched for fetched in batch if not self._older_than_we(state, fetched)]
        self._add(state, [fetched for fetched in fresh if fetched.fault is None])
        for fetched in fresh:
            if fetched.fault is not None:
                for letter_id in self._add(state, [fetched]):
                    self._quarantine(letter_id, fetched.fault, give_up_after=1)

    def _add(self, state: inbox.MailboxState, fetched: Sequence[Fetched]) -> list[int]:
        if not fetched:
            return []
        letters = [_new_letter(each) for each in fetched]
        with self.service.database.write() as tx:
            return inbox.add_letters(tx, self.desk, self.config.name, state.uidvalidity or 0, letters)

    @staticmethod
    def _older_than_we(state: inbox.MailboxState, fetched: Fetched) -> bool:
        """Whether a letter lay there before the first connection. What came since is taken, whatever its date says."""
        return fetched.uid <= state.rescan_until and state.floor is not None and fetched.arrival <= state.floor

    def _deal_with_stored(self) -> None:
        """Every stored letter that is due, a few in one commit; one that fails does not stop the next."""
        while not self.stop.is_set():
            with self.service.database.read() as tx:
                letters = inbox.next_letters(tx, self.desk, self.config.name, self.service.clock(), AT_ONCE)
            if not letters:
                return
            try:
                self._deal_with(letters)
            except TransientError:
                raise
            except Exception:  # one of them: find out which
                for letter in letters:
                    self._deal_with_one(letter)
            self.service.poke()

    def _deal_with_one(self, letter: inbox.StoredLetter) -> None:
        try:
            self._deal_with([letter])
        except TransientError:
            raise
        except Exception as error:  # law 8: unknown is transient a bounded number of times, then parked
            self._could_not(letter, error)

    def _deal_with(self, letters: Sequence[inbox.StoredLetter]) -> None:
        service = self.service
        done = receive(service.database, service.desks[self.desk], self.mailbox, letters, service.clock())
        self.progress += 1
        self.alive_until = time.monotonic() + SLACK
        for letter, received in zip(letters, done, strict=True):
            service.tell(
                "received",
                **self._who(),
                letter=letter.id,
                disposition=str(received.disposition),
                ticket=received.ticket,
                says=received.says,
            )

    def _could_not(self, letter: inbox.StoredLetter, error: Exception) -> None:
        says = f"{type(error).__name__}: {error}"[:500]
        parked = self._quarantine(letter.id, says)
        self.service.log.error("letter-failed", **self._who(), letter=letter.id, quarantined=parked, exc_info=error)
        self.service.listener("letter-failed", {**self._who(), "letter": letter.id, "error": says})

    def _quarantine(self, letter_id: int, says: str, *, give_up_after: int = 3) -> bool:
        """Note a failure. True: it was the last one, the letter is in quarantine and the operator is told, once."""
        with self.service.database.write() as tx:
            parked = inbox.fail(tx, letter_id, says, self.service.clock(), give_up_after=give_up_after)
        if parked:
            lines = [
                f"Letter {letter_id} in {self.config.address} could not be dealt with: {says}",
                f"It is kept in the database and moved to the folder {self.config.imap.quarantine}. Nothing was sent.",
            ]
            self.service.operator(f"quarantine:{letter_id}", "A letter in quarantine", lines)
        return parked

    def _tell_server(self, session: ImapSession, state: inbox.MailboxState) -> None:
        """Only now may the mail server know: what is finished here is moved or marked there."""
        with self.service.database.read() as tx:
            untold = inbox.untold(tx, self.desk, self.config.name, state.uidvalidity or 0)
        if not untold:
            return
        session.finish([uid for _id, uid, how in untold if how != "quarantined"])
        session.quarantine([uid for _id, uid, how in untold if how == "quarantined"])
        with self.service.database.write() as tx:
            inbox.told(tx, [letter_id for letter_id, _uid, _how in untold], self.service.clock())

    def _wait_seconds(self) -> float:
        with self.service.database.read() as tx:
            waiting = inbox.counts(tx)["stored"]
        return RETRY_WAIT if waiting else max(self.config.imap.poll, 1.0)

    def _failed(self, error: MaildError) -> float:
        """Say it once in one line, and how long to wait before the next try, in seconds."""
        refused = isinstance(error, LoginRefused)
        state = "login-refused" if refused else "failing"
        if self._set_state(state, str(error)):
            self.service.log.error("mailbox-" + state, **self._who(), error=str(error))
            self.service.listener("mailbox-" + state, {**self._who(), "error": str(error)})
        return self._login_backoff.next() if refused or isinstance(error, ConfigError) else self._backoff.next()

    def _set_state(self, state: str, error: str | None = None) -> bool:
        """Write the mailbox's state for `maild status`; True when it changed."""
        now, folder = self.service.clock(), self.config.imap.folder
        try:
            with self.service.database.write() as tx:
                known = inbox.mailbox(tx, self.desk, self.config.name)
                if known is None:
                    fresh = inbox.MailboxState(self.desk, self.config.name, folder, None, 0, None, state, now, error)
                    inbox.save_mailbox(tx, fresh)
                else:
                    inbox.set_mailbox_state(tx, self.desk, self.config.name, state, now, error)
                return known is None or known.state != state
        except MaildError as fault:
            self.service.log.error("database", **self._who(), error=str(fault))
            return True

    def _who(self) -> dict[str, object]:
        return {"desk": self.desk, "mailbox": self.config.name}


def _new_letter(fetched: Fetched) -> inbox.NewLetter:
    message_id, digest = identify(fetched.raw)
    return inbox.NewLetter(
        uid=fetched.uid,
        arrival=fetched.arrival,
        size=fetched.size,
        raw=fetched.raw,
        message_id=message_id,
        digest=digest,
        truncated=fetched.truncated,
    )
