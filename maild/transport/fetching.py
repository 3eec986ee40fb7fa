"""Letters off the server in bounded memory: sizes first, small letters in batches, large ones in pieces.

BODY.PEEK only, so that `\\Seen` stays as it was. A letter that the server cannot give does not hold up the others.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeGuard

from maild.errors import TransientError
from maild.transport.values import Fetched

PIECE = 262_144
"""Bytes asked for at a time of a large letter, and of the text of one that is over the limit."""
LARGE = 1_048_576
"""Above so many bytes a letter is fetched in pieces, by itself."""
_ALONE_AFTER, _GIVE_UP_AFTER = 2, 6

Answer = dict[int, dict[bytes, Any]]
Ask = Callable[[list[int], list[str]], Answer | str]


@dataclass(frozen=True)
class _Note:
    uid: int
    size: int
    arrival: datetime


class Fetcher:
    """Fetches through `ask(uids, items)`, which answers like imapclient's `fetch`, or with the words of a server
    that refused the command.

    It remembers which letters were being asked for when the connection broke: such are then asked for one by one,
    and after six breaks given as a `fault`, so that one letter cannot keep the mailbox from being served.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._breaks: Counter[int] = Counter()
        self._asked: tuple[int, ...] = ()

    def forget(self) -> None:
        """UIDVALIDITY changed: what was noted is about other letters."""
        self._breaks.clear()
        self._asked = ()

    def broke(self) -> None:
        """The connection was lost: whatever was being asked for is under suspicion."""
        self._breaks.update(self._asked)
        self._asked = ()

    def fetch(self, uids: Sequence[int], limit: int, batch_bytes: int, batch_count: int) -> Iterator[list[Fetched]]:
        """Batches in the order of `uids`, none empty; a UID that is not there any more is left out."""
        for some in _pieces(uids, batch_count):
            yield from self._batches(self._notes(some), limit, batch_bytes)

    def _notes(self, uids: list[int]) -> list[_Note]:
        answer = self._ask(uids, ["RFC822.SIZE", "INTERNALDATE"])
        if isinstance(answer, str):
            raise TransientError(f"the server does not tell the letters' sizes: {answer}")
        return [_note(uid, answer[uid]) for uid in uids if uid in answer]

    def _batches(self, notes: Iterable[_Note], limit: int, batch_bytes: int) -> Iterator[list[Fetched]]:
        batch: list[_Note] = []
        for note in notes:
            alone = note.size > min(LARGE, limit) or self._breaks[note.uid] >= _ALONE_AFTER
            if batch and (alone or sum(each.size for each in batch) + note.size > batch_bytes):
                yield from _unless_empty(self._small(batch))
                batch = []
            if alone:
                yield from _unless_empty(self._alone(note, limit))
            else:
                batch.append(note)
        if batch:
            yield from _unless_empty(self._small(batch))

    def _small(self, notes: list[_Note]) -> list[Fetched]:
        answer = self._try([note.uid for note in notes], ["BODY.PEEK[]"])
        if isinstance(answer, str):  # one of them cannot be had: find out which
            return [letter for note in notes for letter in self._one(note)]
        letters = []
        for note in notes:
            raw = answer.get(note.uid, {}).get(b"BODY[]")
            letters += [Fetched(note.uid, note.arrival, note.size, raw, False)] if _is_raw(raw) else self._one(note)
        return letters

    def _one(self, note: _Note) -> list[Fetched]:
        answer = self._try([note.uid], ["BODY.PEEK[]"])
        if isinstance(answer, str):
            return self._fault(note, answer)
        raw = answer.get(note.uid, {}).get(b"BODY[]")
        if _is_raw(raw):
            return [Fetched(note.uid, note.arrival, note.size, raw, False)]
        return self._fault(note, "the server says no error but gives no body")

    def _alone(self, note: _Note, limit: int) -> list[Fetched]:
        if self._breaks[note.uid] >= _GIVE_UP_AFTER:
            says = f"the connection broke {self._breaks[note.uid]} times while this letter was fetched"
            return [Fetched(note.uid, note.arrival, note.size, b"", True, says)]
        if note.size > limit:
            return self._head(note)
        return self._one(note) if note.size <= LARGE else self._in_pieces(note, limit)

    def _in_pieces(self, note: _Note, limit: int) -> list[Fetched]:
        """A large letter. The size that the server told is not trusted: the last piece is the short one."""
        whole = io.BytesIO()  # its getvalue() hands out the buffer without another copy
        while True:
            at = whole.tell()
            answer = self._try([note.uid], [f"BODY.PEEK[]<{at}.{PIECE}>"])
            if isinstance(answer, str):
                return self._fault(note, answer)
            piece = answer.get(note.uid, {}).get(b"BODY[]<%d>" % at)
            if not _is_raw(piece):
                return self._fault(note, "the server says no error but gives no body") if at == 0 else []
            whole.write(piece)
            if len(piece) < PIECE:
                return [Fetched(note.uid, note.arrival, note.size, whole.getvalue(), False)]
            if whole.tell() > limit:
                return self._head(note)

    def _head(self, note: _Note) -> list[Fetched]:
        header, text = f"BODY.PEEK[HEADER]<0.{PIECE}>", f"BODY.PEEK[TEXT]<0.{PIECE}>"
        answer = self._try([note.uid], [header, text])
        if isinstance(answer, str):
            return self._fault(note, answer)
        parts = answer.get(note.uid, {})
        raw = b"".join(part for key in (b"BODY[HEADER]<0>", b"BODY[TEXT]<0>") if _is_raw(part := parts.get(key)))
        return [Fetched(note.uid, note.arrival, note.size, raw, True)] if note.uid in answer else []

    def _fault(self, note: _Note, says: str) -> list[Fetched]:
        """The body cannot be had. Is the letter there at all, and do its headers come?"""
        if not self._notes([note.uid]):
            return []
        answer = self._try([note.uid], [f"BODY.PEEK[HEADER]<0.{PIECE}>"])
        header = None if isinstance(answer, str) else answer.get(note.uid, {}).get(b"BODY[HEADER]<0>")
        return [Fetched(note.uid, note.arrival, note.size, header if _is_raw(header) else b"", True, says)]

    def _try(self, uids: list[int], items: list[str]) -> Answer | str:
        """The answer. If the connection breaks on the way, `broke` finds out by what was being asked for."""
        self._asked = tuple(uids)
        answer = self._ask(uids, items)
        self._asked = ()
        return answer


def _note(uid: int, data: dict[bytes, Any]) -> _Note:
    size, arrival = data.get(b"RFC822.SIZE"), data.get(b"INTERNALDATE")
    # A server that gives no date (or an impossible one): the best that is known is that the letter is here by now.
    when = arrival.astimezone(UTC) if isinstance(arrival, datetime) else datetime.now(UTC)
    return _Note(uid, size if isinstance(size, int) else 0, when)


def _is_raw(value: object) -> TypeGuard[bytes]:
    return isinstance(value, bytes)


def _unless_empty(batch: list[Fetched]) -> Iterator[list[Fetched]]:
    if batch:
        yield batch


def _pieces(uids: Sequence[int], count: int) -> Iterator[list[int]]:
    for start in range(0, len(uids), count):
        yield list(uids[start : start + count])
