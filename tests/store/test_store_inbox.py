"""Letters: stored once, finished once, none lost; what earlier letters tell about a new one."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from maild.domain.ticket import Ticket
from maild.store import inbox, stored, tickets
from maild.store.database import Database
from maild.store.inbox import MailboxState, NewLetter

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
BOX = MailboxState("rarus", "crm", "INBOX", 7, 0, NOW, "idle", NOW, None)
Letters = Callable[..., NewLetter]


def add(database: Database, *letters: NewLetter, mailbox: str = "crm", uidvalidity: int = 7) -> list[int]:
    with database.write() as tx:
        return inbox.add_letters(tx, "rarus", mailbox, uidvalidity, letters)


def waiting(database: Database, now: datetime = NOW, limit: int = 100, mailbox: str = "crm") -> list[int]:
    with database.read() as tx:
        return [letter.uid for letter in inbox.next_letters(tx, "rarus", mailbox, now, limit)]


def test_a_mailbox_is_unknown_until_saved_and_then_as_saved(database: Database) -> None:
    with database.write() as tx:
        assert inbox.mailbox(tx, "rarus", "crm") is None
        inbox.save_mailbox(tx, BOX)
        inbox.save_mailbox(tx, MailboxState("procrm", "crm", "Вход", None, 0, None, "idle", None, "x"))
        assert inbox.mailbox(tx, "rarus", "crm") == BOX
        other = MailboxState("rarus", "crm", "INBOX", 8, 3, None, "idle", NOW, None)
        inbox.save_mailbox(tx, other)
        assert inbox.mailbox(tx, "rarus", "crm") == other
        assert [box.desk for box in inbox.mailboxes(tx)] == ["procrm", "rarus"]


def test_since_moves_only_when_the_state_changes(database: Database) -> None:
    later, last = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    with database.write() as tx:
        inbox.save_mailbox(tx, BOX)
        assert inbox.set_mailbox_state(tx, "rarus", "crm", "failing", later, "refused")
        assert not inbox.set_mailbox_state(tx, "rarus", "crm", "failing", last, "refused again")
        box = inbox.mailbox(tx, "rarus", "crm")
    assert box is not None
    assert (box.state, box.since, box.error, box.last_uid) == ("failing", later, "refused again", 0)


def test_the_state_of_a_mailbox_never_connected_is_kept_if_its_folder_is_known(database: Database) -> None:
    with database.write() as tx:
        assert not inbox.set_mailbox_state(tx, "rarus", "crm", "failing", NOW, "x")
        assert inbox.mailbox(tx, "rarus", "crm") is None
        assert inbox.set_mailbox_state(tx, "rarus", "crm", "failing", NOW, "x", folder="INBOX")
        assert inbox.mailbox(tx, "rarus", "crm") == MailboxState(
            "rarus", "crm", "INBOX", None, 0, None, "failing", NOW, "x"
        )


def test_the_high_water_mark_rises_under_its_own_uidvalidity_only(database: Database, letter: Letters) -> None:
    with database.write() as tx:
        inbox.save_mailbox(tx, BOX)

    def mark() -> int:
        with database.read() as tx:
            box = inbox.mailbox(tx, "rarus", "crm")
            assert box is not None
            return box.last_uid

    add(database, letter(5), letter(9), letter(7))
    assert mark() == 9
    add(database, letter(2))
    assert mark() == 9
    add(database, letter(50), uidvalidity=8)
    assert mark() == 9
    with database.write() as tx:
        inbox.advance(tx, "rarus", "crm", 7, 12)
        inbox.advance(tx, "rarus", "crm", 7, 11)
        inbox.advance(tx, "rarus", "crm", 8, 99)
    assert mark() == 12


def test_a_letter_is_known_by_mailbox_uidvalidity_and_uid(database: Database, letter: Letters) -> None:
    first = add(database, letter(1), letter(2))
    assert len(first) == 2
    again = add(database, letter(2, raw=b"another"), letter(3), letter(3, raw=b"twice in one batch"))
    assert len(again) == 1
    assert len(add(database, letter(1), uidvalidity=8)) == 1
    assert len(add(database, letter(1), mailbox="control")) == 1
    assert add(database) == []
    with database.read() as tx:
        assert inbox.known_uids(tx, "rarus", "crm", 7, [0, 2, 3, 4]) == {2, 3}
        assert inbox.known_uids(tx, "rarus", "crm", 7, []) == set()
        assert inbox.raw(tx, first[1]) == letter(2).raw
        assert inbox.raw(tx, again[0]) == letter(3).raw
        with pytest.raises(LookupError):
            inbox.raw(tx, 999)


def test_the_ids_come_in_the_order_of_the_letters(database: Database, letter: Letters) -> None:
    uids = [300, 4, 77, *range(1000, 3000)]
    ids = add(database, *(letter(uid) for uid in uids))
    with database.read() as tx:
        assert [inbox.raw(tx, letter_id) for letter_id in ids[:5]] == [letter(uid).raw for uid in uids[:5]]
    assert len(set(ids)) == len(uids)


def test_the_same_letters_from_many_threads_are_stored_once(
    database: Database, letter: Letters, together: Callable[[list[Callable[[], object]]], None]
) -> None:
    stored: list[int] = []
    together([lambda: stored.extend(add(database, *(letter(uid) for uid in range(1, 41))))] * 4)
    assert len(stored) == len(set(stored)) == 40
    assert waiting(database) == list(range(1, 41))


def test_a_stored_letter_comes_back_whole(database: Database, letter: Letters) -> None:
    hostile = letter(4, raw=bytes(range(256)) * 1000, message_id="<" + "x" * 5000 + "\x00>", truncated=True, size=99)
    (letter_id,) = add(database, hostile)
    with database.read() as tx:
        (back,) = inbox.next_letters(tx, "rarus", "crm", NOW, 10)
    assert (back.id, back.desk, back.mailbox, back.uidvalidity, back.uid) == (letter_id, "rarus", "crm", 7, 4)
    assert (back.raw, back.arrival, back.truncated, back.attempts) == (hostile.raw, NOW, True, 0)
    add(database, letter(5, message_id=None))
    with database.read() as tx:
        assert inbox.next_letters(tx, "rarus", "crm", NOW, 10)[1].message_id is None


def test_letters_are_served_in_order_a_batch_at_a_time(
    database: Database, letter: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, letter(9), letter(3), letter(6))
    assert waiting(database) == [3, 6, 9]
    assert waiting(database, limit=2) == [3, 6]
    assert waiting(database, mailbox="control") == []
    monkeypatch.setattr(stored, "BATCH_BYTES", letter(3).size + 1)
    assert waiting(database) == [3, 6]
    monkeypatch.setattr(stored, "BATCH_BYTES", 1)
    assert waiting(database) == [3]


def test_a_letter_from_the_future_is_served_now(database: Database, letter: Letters) -> None:
    add(database, letter(1, arrival=NOW + timedelta(days=400)))
    assert waiting(database) == [1]


def test_a_letter_that_fails_waits_longer_each_time_and_holds_up_nobody(database: Database, letter: Letters) -> None:
    ids = add(database, letter(1), letter(2))
    now = NOW

    def fails(**limit: int) -> bool:
        with database.write() as tx:
            return inbox.fail(tx, ids[0], f"broken at {now}", now, **limit)

    assert not fails()
    assert waiting(database, now) == [2]
    assert waiting(database, now + timedelta(seconds=4)) == [2]
    now += timedelta(seconds=5)
    assert waiting(database, now) == [1, 2]
    assert not fails()
    assert waiting(database, now + timedelta(seconds=29)) == [2]
    now += timedelta(seconds=30)
    assert waiting(database, now) == [1, 2]
    assert fails()
    assert waiting(database, now + timedelta(days=9)) == [2]
    with database.read() as tx:
        (parked,) = inbox.quarantined(tx)
        assert (parked.letter_id, parked.uid, parked.error) == (ids[0], 1, f"broken at {now}")
        assert inbox.raw(tx, ids[0]) == letter(1).raw
        assert inbox.counts(tx) == {"stored": 1, "done": 0, "quarantined": 1}


def test_how_often_a_letter_is_tried_is_the_callers_choice(database: Database, letter: Letters) -> None:
    (letter_id,) = add(database, letter(1))
    with database.write() as tx:
        assert [inbox.fail(tx, letter_id, "x", NOW, give_up_after=5) for _ in range(5)] == [False] * 4 + [True]


def test_the_server_is_told_of_what_is_finished_once(database: Database, letter: Letters) -> None:
    ids = add(database, letter(1), letter(2), letter(3))
    add(database, letter(4), uidvalidity=8)
    with database.write() as tx:
        inbox.finish(tx, ids[0], "ignore", None, NOW)
        inbox.fail(tx, ids[1], "x", NOW, give_up_after=1)
        assert inbox.untold(tx, "rarus", "crm", 7) == [(ids[0], 1, "done"), (ids[1], 2, "quarantined")]
        inbox.told(tx, [ids[0]], NOW)
        inbox.told(tx, [], NOW)
        assert inbox.untold(tx, "rarus", "crm", 7) == [(ids[1], 2, "quarantined")]
        assert inbox.untold(tx, "rarus", "crm", 8) == []


def test_a_repeat_is_the_same_id_and_the_same_content(database: Database, letter: Letters) -> None:
    first, second, third = add(
        database,
        letter(1),
        letter(2, message_id=letter(1).message_id, digest=letter(1).digest),
        letter(3, message_id=letter(1).message_id, digest="another content"),
    )
    with database.write() as tx:
        assert inbox.twin(tx, "rarus", letter(1).message_id, letter(1).digest, second) is None, "not finished yet"
        inbox.finish(tx, first, "accept", None, NOW, sender="Petrova@romashka.test")
        same = inbox.twin(tx, "rarus", letter(1).message_id, letter(1).digest, second)
        assert same == inbox.Twin(first, "crm", None, "accept")
        assert inbox.twin(tx, "rarus", letter(1).message_id, "another content", third) is None
        assert inbox.twin(tx, "procrm", letter(1).message_id, letter(1).digest, second) is None
        assert inbox.has_message_id(tx, "rarus", letter(1).message_id or "", third)
        assert not inbox.has_message_id(tx, "rarus", "<none@x.test>", third)


def test_of_two_copies_the_one_decided_first_is_the_original(database: Database, letter: Letters) -> None:
    """The first may have failed and wait for its retry while the second is answered."""
    first, second = add(database, letter(1), letter(2, message_id=letter(1).message_id, digest=letter(1).digest))
    with database.write() as tx:
        inbox.finish(tx, second, "accept", None, NOW)
        found = inbox.twin(tx, "rarus", letter(1).message_id, letter(1).digest, first)
    assert found is not None and found.letter_id == second


def test_a_repeat_without_an_id_is_known_by_its_content(database: Database, letter: Letters) -> None:
    first, second = add(database, letter(1, message_id=None), letter(2, message_id=None, digest=letter(1).digest))
    with database.write() as tx:
        inbox.finish(tx, first, "accept", None, NOW)
        found = inbox.twin(tx, "rarus", None, letter(1).digest, second)
    assert found is not None and found.letter_id == first


def test_copies_that_are_decided_at_the_same_time_make_one_original(
    database: Database, letter: Letters, together: Callable[[list[Callable[[], object]]], None]
) -> None:
    same = letter(1)
    ids = add(database, *(letter(uid, message_id=same.message_id, digest=same.digest) for uid in range(1, 9)))
    originals: list[int] = []

    def decide(letter_id: int) -> None:
        with database.write() as tx:
            if inbox.twin(tx, "rarus", same.message_id, same.digest, letter_id) is None:
                originals.append(letter_id)
            inbox.finish(tx, letter_id, "accept", None, NOW)

    together([lambda letter_id=letter_id: decide(letter_id) for letter_id in ids])  # type: ignore[misc]
    assert len(originals) == 1


def test_a_person_is_heard_from_once_an_earlier_letter_is_finished(database: Database, letter: Letters) -> None:
    first, second, third = add(database, letter(1), letter(2), letter(3))
    with database.write() as tx:
        inbox.finish(tx, first, "ignore", None, NOW)
        inbox.finish(tx, second, "accept", None, NOW, sender="Petrova@Romashka.test")
        assert inbox.heard_from(tx, "rarus", "petrova@romashka.TEST", third)
        assert not inbox.heard_from(tx, "rarus", "petrova@romashka.test", second)
        assert not inbox.heard_from(tx, "procrm", "petrova@romashka.test", third)
        assert not inbox.heard_from(tx, "rarus", "other@romashka.test", third)


def test_a_letter_cannot_be_finished_for_a_ticket_that_is_not_there(
    database: Database, letter: Letters, ticket: Callable[..., Ticket]
) -> None:
    (letter_id,) = add(database, letter(1))
    with pytest.raises(sa.exc.IntegrityError), database.write() as tx:
        inbox.finish(tx, letter_id, "accept", 999, NOW)
    assert waiting(database) == [1]
    with database.write() as tx:
        inbox.finish(tx, letter_id, "accept", tickets.create(tx, ticket(), "CRM", []).id, NOW)
    assert waiting(database) == []


LETTER_BY_LETTER = """
import sys
from datetime import UTC, datetime
from maild.store import inbox
from maild.store.database import Database
database, now = Database(sys.argv[1]), datetime.now(UTC)
for uid in range(1, 1_000_000):
    raw = b"letter %d" % uid
    with database.write() as tx:
        inbox.add_letters(tx, "rarus", "crm", 7, [inbox.NewLetter(uid, now, len(raw), raw, None, str(uid), False)])
    print(uid, flush=True)
"""


def test_kill_9_loses_no_letter_that_was_committed(database: Database, full_url: str) -> None:
    with database.write() as tx:
        inbox.save_mailbox(tx, BOX)
    said = 0
    for _ in range(3):
        command = [sys.executable, "-c", LETTER_BY_LETTER, full_url]
        root = Path(__file__).resolve().parents[2]
        with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for _line in range(20):
                said = max(said, int(process.stdout.readline()))
            process.kill()
            said = max([said, *map(int, process.stdout.read().split())])
        stored = waiting(database, NOW + timedelta(days=9), limit=100_000)
        assert stored == list(range(1, len(stored) + 1))
        assert len(stored) >= said
    with database.read() as tx:
        box = inbox.mailbox(tx, "rarus", "crm")
    assert box is not None and box.last_uid == len(stored)
