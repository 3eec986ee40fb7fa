"""Letters that we wrote are found by their Message-ID, each copy by whom it went to, and by their ticket."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from maild.domain.ticket import Ticket
from maild.store import outbox, tickets
from maild.store.database import Database
from maild.store.outbox import Draft, Written

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
IVANOV = "ivanov@example.test"


def draft(key: str, **more: Any) -> Draft:
    given = {"ticket_id": None, "recipient": "petrova@romashka.test", "message_id": f"<{key}@example.test>"} | more
    return Draft(key=key, desk="rarus", kind="answer", envelope_from="", raw=f"letter {key}".encode(), **given)


def test_what_a_letter_is_to_a_reply_goes_with_it(database: Database) -> None:
    given = draft("q", audience="client", author=IVANOV, asks=True)
    with database.write() as tx:
        outbox.enqueue(tx, given, NOW)
        outbox.enqueue(tx, draft("plain"), NOW)
        found, plain = (outbox.by_message_id(tx, f"<{key}@example.test>") for key in ("q", "plain"))
        claimed = outbox.claim(tx, NOW, 10, 60.0, "me")
    assert found is not None and plain is not None
    assert (found.audience, found.author, found.asks, found.created_at) == ("client", IVANOV, True, NOW)
    assert (plain.audience, plain.author, plain.asks) == (None, None, False)
    assert [(row.audience, row.author, row.asks) for row in claimed] == [("client", IVANOV, True), (None, None, False)]


def test_of_several_with_one_id_the_recipients_own_is_found(database: Database) -> None:
    people = ("petrova@romashka.test", "Boss@romashka.test", "buh@romashka.test")
    with database.write() as tx:
        for person in people:
            outbox.enqueue(tx, draft(f"to {person}", recipient=person, message_id="<one@example.test>"), NOW)
        outbox.enqueue(tx, draft("other", recipient="boss@romashka.test"), NOW)

        def found(recipient: str | None = None) -> str:
            summary = outbox.by_message_id(tx, "<one@example.test>", recipient)
            assert summary is not None
            return summary.recipient

        assert found() == people[0]
        assert found("boss@ROMASHKA.test") == people[1]
        assert found("buh@romashka.test") == people[2]
        assert found("nobody@romashka.test") == people[0]
        assert outbox.by_message_id(tx, "<none@example.test>", people[0]) is None


def test_the_letters_of_a_ticket_come_newest_first_with_their_words(
    database: Database, ticket: Callable[..., Ticket]
) -> None:
    with database.write() as tx:
        one, two = (tickets.create(tx, ticket(), "CRM", []).id or 0 for _ in range(2))
        rows = [
            outbox.enqueue(tx, draft(f"{number}", ticket_id=one), NOW + number * MINUTE) or 0 for number in range(25)
        ]
        outbox.enqueue(tx, draft("other", ticket_id=two), NOW)
        last = draft("last", ticket_id=one, audience="colleagues", author=IVANOV)
        newest = outbox.enqueue(tx, last, NOW) or 0
        outbox.sent(tx, rows[24], NOW, "250")
        found = outbox.letters_about(tx, one)
        assert [each.id for each in found] == [newest, *reversed(rows[6:])]
        assert found[0] == Written(
            newest, "answer", last.recipient, last.message_id, NOW, "colleagues", IVANOV, "queued", last.raw
        )
        assert (found[1].state, found[1].created_at, found[1].raw) == ("sent", NOW + 24 * MINUTE, b"letter 24")
        assert [each.id for each in outbox.letters_about(tx, one, 1)] == [newest]
        assert outbox.letters_about(tx, 999) == []


def test_a_letter_comes_back_as_it_was_written(database: Database) -> None:
    with database.write() as tx:
        outbox.enqueue(tx, draft("a"), NOW)
        assert outbox.sent_letter(tx, "<a@example.test>") == b"letter a"
        assert outbox.sent_letter(tx, "<none@example.test>") is None
