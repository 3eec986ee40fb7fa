"""Letters out: enqueued once, claimed by one, sent at least once, an unknown outcome counted and bounded."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from maild.store import outbox
from maild.store.database import Database
from maild.store.outbox import UNKNOWN_LIMIT, Claimed, Draft

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = 60.0


def draft(key: str, recipient: str = "Petrova@romashka.test", *, automatic: bool = True) -> Draft:
    return Draft(
        key=key,
        desk="rarus",
        kind="acknowledgement",
        ticket_id=None,
        envelope_from="",
        recipient=recipient,
        message_id=f"<{key}@example.test>",
        raw=f"letter {key}".encode(),
        meets_reaction=True,
        automatic=automatic,
        mailbox="crm",
    )


def enqueue(database: Database, *keys: str, now: datetime = NOW) -> list[int | None]:
    with database.write() as tx:
        return [outbox.enqueue(tx, draft(key), now) for key in keys]


def claim(database: Database, now: datetime = NOW, limit: int = 100, owner: str = "me") -> list[Claimed]:
    with database.write() as tx:
        return outbox.claim(tx, now, limit, LEASE, owner)


def only(claimed: list[Claimed]) -> Claimed:
    (one,) = claimed
    return one


def test_nothing_is_enqueued_twice(database: Database) -> None:
    first, again, other = enqueue(database, "a", "a", "b")
    assert first is not None and other is not None and again is None
    assert [row.key for row in claim(database)] == ["a", "b"]


def test_a_claimed_letter_comes_whole(database: Database) -> None:
    enqueue(database, "a")
    row = only(claim(database))
    given = draft("a")
    assert (row.key, row.desk, row.kind, row.ticket_id) == ("a", "rarus", "acknowledgement", None)
    assert (row.envelope_from, row.recipient, row.message_id) == ("", given.recipient, given.message_id)
    assert (row.raw, row.attempts, row.unknowns, row.meets_reaction) == (given.raw, 0, 0, True)


def test_letters_are_claimed_in_order_when_due(database: Database) -> None:
    enqueue(database, "later", now=NOW + MINUTE)
    enqueue(database, "a", "b", "c")
    assert [row.key for row in claim(database, limit=2)] == ["a", "b"]
    assert [row.key for row in claim(database)] == ["c"]
    assert claim(database) == []
    assert [row.key for row in claim(database, NOW + MINUTE - timedelta(seconds=1))] == []


def test_six_claimers_get_each_letter_once(
    database: Database, together: Callable[[list[Callable[[], object]]], None]
) -> None:
    keys = [f"k{number}" for number in range(200)]
    enqueue(database, *keys)
    claimed: list[str] = []

    def take(owner: str) -> None:
        while rows := claim(database, limit=7, owner=owner):
            claimed.extend(row.key for row in rows)

    together([lambda owner=owner: take(owner) for owner in "abcdef"])  # type: ignore[misc]
    # On PostgreSQL a claimer passes over what another one just looks at, so one more round may be due.
    take("last")
    assert sorted(claimed) == sorted(keys)


def test_sent_is_sent_whatever_comes_later(database: Database) -> None:
    enqueue(database, "a")
    row = only(claim(database))
    with database.write() as tx:
        outbox.sent(tx, row.id, NOW, "250 2.0.0 ok")
        outbox.later(tx, row.id, NOW, "451")
        assert not outbox.unknown(tx, row.id, NOW, "timeout", give_up_after=1)
        outbox.dead(tx, row.id, NOW, "550")
        assert outbox.counts(tx) == {"queued": 0, "dead": 0, "sent": 1, "oldest": None}
        assert outbox.next_attempt(tx) is None
    assert claim(database, NOW + timedelta(days=9)) == []


def test_a_letter_refused_for_now_comes_again_when_said(database: Database) -> None:
    enqueue(database, "a")
    row = only(claim(database))
    with database.write() as tx:
        outbox.later(tx, row.id, NOW + 5 * MINUTE, "451 greylisted")
        assert outbox.next_attempt(tx) == NOW + 5 * MINUTE
    assert claim(database, NOW + 4 * MINUTE) == []
    again = only(claim(database, NOW + 5 * MINUTE))
    assert (again.id, again.attempts, again.unknowns) == (row.id, 1, 0)


def test_a_claim_that_lapses_is_an_unknown_outcome(database: Database) -> None:
    enqueue(database, "a")
    row = only(claim(database, owner="dies"))
    with database.read() as tx:
        assert outbox.next_attempt(tx) == NOW + MINUTE
    assert claim(database, NOW + MINUTE - timedelta(seconds=1)) == []
    again = only(claim(database, NOW + MINUTE, owner="lives"))
    assert (again.id, again.attempts, again.unknowns, again.message_id) == (row.id, 0, 1, row.message_id)


def test_unknown_outcomes_are_bounded(database: Database) -> None:
    enqueue(database, "a")
    now = NOW
    for turn in range(1, UNKNOWN_LIMIT + 1):
        row = only(claim(database, now))
        assert row.unknowns == turn - 1
        now += MINUTE
        with database.write() as tx:
            assert outbox.unknown(tx, row.id, now, "no answer after DATA") is (turn == UNKNOWN_LIMIT)
    assert claim(database, now + timedelta(days=9)) == []
    with database.read() as tx:
        assert outbox.counts(tx)["dead"] == 1


def test_a_letter_that_kills_its_sender_is_known_by_its_unknowns(database: Database) -> None:
    enqueue(database, "a")
    now = NOW
    for turn in range(UNKNOWN_LIMIT + 1):
        assert only(claim(database, now)).unknowns == turn
        now += MINUTE


def test_a_dead_letter_stays_to_be_seen(database: Database) -> None:
    enqueue(database, "a")
    row = only(claim(database))
    with database.write() as tx:
        outbox.dead(tx, row.id, NOW, "550 no such user")
        outbox.wake(tx, NOW)
        assert outbox.counts(tx) == {"queued": 0, "dead": 1, "sent": 0, "oldest": None}
    assert claim(database, NOW + timedelta(days=9)) == []


def test_when_the_server_answers_again_everything_that_waits_is_due(database: Database) -> None:
    enqueue(database, "a", "b", "claimed")
    for row in claim(database, limit=2):
        with database.write() as tx:
            outbox.later(tx, row.id, NOW + timedelta(hours=1), "no connection")
    only(claim(database))
    with database.write() as tx:
        outbox.wake(tx, NOW + MINUTE / 2)
    assert [row.key for row in claim(database, NOW + MINUTE / 2)] == ["a", "b"]


def test_the_claims_of_a_dead_daemon_lapse_at_once(database: Database) -> None:
    """Their outcome is unknown: they go again, counted."""
    enqueue(database, "a", "b")
    only(claim(database, limit=1, owner="the dead one"))
    with database.write() as tx:
        outbox.lapse(tx, NOW)
    assert [(row.key, row.unknowns) for row in claim(database)] == [("a", 1), ("b", 0)]


def test_the_counts_tell_what_waits_and_since_when(database: Database) -> None:
    enqueue(database, "a")
    enqueue(database, "b", "c", "d", now=NOW + MINUTE)
    first, *_ = claim(database, NOW + MINUTE, limit=2)
    with database.read() as tx:
        assert outbox.counts(tx) == {"queued": 4, "dead": 0, "sent": 0, "oldest": NOW}
    with database.write() as tx:
        outbox.sent(tx, first.id, NOW, "250")
        assert outbox.counts(tx) == {"queued": 3, "dead": 0, "sent": 1, "oldest": NOW + MINUTE}


def test_automatic_letters_to_an_address_are_counted_whatever_its_case(database: Database) -> None:
    with database.write() as tx:
        outbox.enqueue(tx, draft("old"), NOW - 2 * MINUTE)
        outbox.enqueue(tx, draft("edge"), NOW - MINUTE)
        outbox.enqueue(tx, draft("case", "PETROVA@ROMASHKA.TEST"), NOW)
        outbox.enqueue(tx, draft("person", automatic=False), NOW)
        outbox.enqueue(tx, draft("other", "other@romashka.test"), NOW)
        assert outbox.automatic_to(tx, "petrova@Romashka.test", NOW - MINUTE) == 2


@pytest.mark.parametrize("key", ["a", "x" * 5000])
def test_a_bounce_finds_its_letter(database: Database, key: str) -> None:
    (row,) = enqueue(database, key)
    assert row is not None
    with database.write() as tx:
        assert outbox.by_message_id(tx, "<none@example.test>") is None
        found = outbox.by_message_id(tx, draft(key).message_id)
        assert found == outbox.Summary(
            row, None, "acknowledgement", draft(key).recipient, True, "rarus", "queued", False, NOW
        )
        outbox.sent(tx, row, NOW, "250")
        outbox.mark_bounced(tx, row, NOW, "550 5.1.1 no such user")
        found = outbox.by_message_id(tx, draft(key).message_id)
    assert found is not None and found.bounced and found.state == "sent"
