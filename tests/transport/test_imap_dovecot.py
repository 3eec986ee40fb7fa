"""The IMAP session against a real Dovecot: letters come as they are, in bounded memory, once."""

import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

from maild.transport.imap import ImapSession
from tests.servers.dovecot import Dovecot
from tests.servers.letters import append, deliver, imap, letter, mailbox_messages
from tests.transport.imap_tools import MB, everything


def test_letters_arrive_byte_for_byte_and_unseen(
    dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]
) -> None:
    raw = letter("Тест", "строка\n.точка\n") + b"8bit: \xcf\xf0\xe8\xe2\xe5\xf2\r\n"
    append(dovecot, user, raw, at=datetime(2026, 11, 20, 10, 15, tzinfo=timezone(timedelta(hours=3))))
    session = opened()
    (got,) = everything(session)
    assert got.raw == raw
    assert got.size == len(raw)
    assert not got.truncated
    assert got.arrival == datetime(2026, 11, 20, 7, 15, tzinfo=UTC)
    assert got.arrival.tzinfo is UTC
    assert "\\Seen" not in mailbox_messages(dovecot, user)[0].flags


def test_a_letter_read_by_a_person_is_fetched_all_the_same(
    dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]
) -> None:
    append(dovecot, user, letter("read in Outlook"), flags="(\\Seen \\Answered)")
    assert len(everything(opened())) == 1


def test_nothing_above_the_high_water_gives_nothing(
    dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]
) -> None:
    deliver(dovecot, letter(), user)
    session = opened()
    assert session.uids_after(0) == [1]
    assert session.uids_after(1) == []  # 2:* alone answers with letter 1
    assert session.uids_after(999_999) == []


def test_fifty_letters_moved_one_by_one_are_fifty(
    dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]
) -> None:
    for number in range(50):
        append(dovecot, user, letter(f"number {number}"))
    session = opened(done="Archive")
    seen = []
    for batch in session.fetch(session.uids_after(0), limit=MB, batch_count=7):
        for one in batch:
            seen.append(one.uid)
            session.finish([one.uid])  # the server renumbers all that are left
    assert seen == list(range(1, 51))
    assert len(mailbox_messages(dovecot, user, "Archive")) == 50
    assert mailbox_messages(dovecot, user) == []


def test_batches_are_bounded_in_bytes_and_in_order(
    dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]
) -> None:
    sizes = [100, 300_000, 300_000, 1_500_000, 100, 100]
    for size in sizes:
        append(dovecot, user, letter() + b"x" * size)
    batches = list(opened().fetch([1, 2, 3, 4, 5, 6], limit=10 * MB, batch_bytes=400_000))
    assert [[one.uid for one in batch] for batch in batches] == [[1, 2], [3], [4], [5, 6]]
    assert [len(one.raw) - one.size for batch in batches for one in batch] == [0] * 6


def test_a_letter_over_the_limit_comes_short(dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]) -> None:
    raw = letter("large") + b"0123456789abcde\n" * 200_000
    append(dovecot, user, raw)
    append(dovecot, user, letter("small"))
    large, small = everything(opened(), limit=MB)
    stored = mailbox_messages(dovecot, user)[0].raw
    assert large.truncated and large.size == len(stored)
    assert stored.startswith(large.raw) and 262_144 < len(large.raw) < 300_000
    assert not small.truncated
    assert "\\Seen" not in mailbox_messages(dovecot, user)[0].flags


def test_25_mb_cost_little_more_than_25_mb(dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]) -> None:
    append(dovecot, user, letter("huge") + (b"y" * 998 + b"\r\n") * 25_000)
    session = opened()
    tracemalloc.start()
    try:
        (huge,) = everything(session)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(huge.raw) == huge.size > 25_000_000
    assert peak - huge.size < 10 * MB


def test_a_letter_that_vanished_is_left_out(dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]) -> None:
    for number in range(3):
        append(dovecot, user, letter(f"number {number}"))
    session = opened()
    with imap(dovecot, user) as other:
        other.select("INBOX")
        other.uid("STORE", "2", "+FLAGS", "\\Deleted")
        other.expunge()
    assert [one.uid for batch in session.fetch([1, 2, 3, 77], limit=MB) for one in batch] == [1, 3]
    assert list(session.fetch([], limit=MB)) == []


def test_since_a_day(dovecot: Dovecot, user: str, opened: Callable[..., ImapSession]) -> None:
    for day in (1, 10, 20):
        append(dovecot, user, letter(), at=datetime(2026, 11, day, 12, tzinfo=UTC))
    session = opened()
    assert session.uids_since(date(2026, 11, 10)) == [2, 3]
    assert session.uids_since(date(2026, 12, 1)) == []
