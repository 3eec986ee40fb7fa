"""Every statement of the store finds its rows by an index: a desk with years of letters stays fast.

Each public function is called once on SQLite, and the plan of every statement that it ran is asked for.
"""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from maild.domain.ticket import Entry, Event, Ticket
from maild.store import absences, agenda, inbox, outbox, tickets, timers
from maild.store.database import Database
from maild.store.inbox import NewLetter

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
ID = "<1@romashka.test>"
WHOLE = {inbox.counts, outbox.counts}
"""These look at every row, but of an index: for `maild status`."""

RIGHT = {
    inbox.next_letters: "ix_letters_state",
    inbox.untold: "ix_letters_untold",
    inbox.twin: "ix_letters_digest",
    inbox.heard_from: "ix_letters_sender",
    tickets.took_part: "ix_participants_address",
    tickets.remembered_number: "ix_tickets_desk_client",
    timers.due_timers: "ix_timers_due",
    outbox.claim: "ix_outbox_state",
    outbox.automatic_to: "ix_outbox_recipient",
    outbox.by_message_id: "ix_outbox_message_id",
    outbox.letters_about: "ix_outbox_ticket",
    inbox.put_off_letters: "ix_letters_ticket",
    tickets.last_of_client: "ix_tickets_desk_client",
    tickets.earlier_of: "COVERING INDEX ix_tickets_desk_client",
    tickets.load_by: "ix_tickets_desk_status_assignee",
    tickets.busy: "ix_tickets_desk_status_assignee (desk=? AND status=?",
    tickets.last_assignee: "ix_tickets_desk_line",
    tickets.complaints_about: "ix_tickets_desk_linked",
    agenda.take_due: "ix_agenda_due",
}
"""Where several indexes would do and only one is small: the wrong one costs 50 ms with 200,000 letters."""

CALLS: list[tuple[Callable[..., object], tuple[object, ...]]] = [
    (inbox.mailbox, ("rarus", "crm")),
    (inbox.set_mailbox_state, ("rarus", "crm", "idle", NOW)),
    (inbox.advance, ("rarus", "crm", 1, 5)),
    (inbox.known_uids, ("rarus", "crm", 1, [1, 2])),
    (inbox.next_letters, ("rarus", "crm", NOW, 10)),
    (inbox.finish, (1, "accept", 1, NOW)),
    (inbox.fail, (2, "x", NOW)),
    (inbox.twin, ("rarus", ID, "digest 1", 2)),
    (inbox.twin, ("rarus", None, "digest 1", 2)),
    (inbox.untold, ("rarus", "crm", 1)),
    (inbox.told, ([1], NOW)),
    (inbox.has_message_id, ("rarus", ID, 2)),
    (inbox.heard_from, ("rarus", "p@x.test", 2)),
    (inbox.raw, (1,)),
    (inbox.letter, (1,)),
    (inbox.put_off, (3, NOW, 1)),
    (inbox.put_off_letters, (1,)),
    (inbox.counts, ()),
    (inbox.quarantined, ()),
    (tickets.load, ("rarus", "CRM-000001")),
    (tickets.load_id, (1,)),
    (tickets.find, ("CRM-000001",)),
    (tickets.note, (1, [Entry(NOW, Event.ACCEPTED, "maild", "x")])),
    (tickets.history, (1,)),
    (tickets.queue_length, ("rarus", "consultants")),
    (tickets.last_of_client, ("rarus", "petrova@romashka.test")),
    (tickets.earlier_of, ("rarus", "petrova@romashka.test", 20, 5)),
    (tickets.load_by, ("rarus", "ivanov@example.test")),
    (tickets.busy, ("rarus",)),
    (tickets.last_assignee, ("rarus", "consultants")),
    (tickets.complaints_about, ("rarus", "CRM-000007")),
    (tickets.add_participant, (1, "p@x.test")),
    (tickets.participants, (1,)),
    (tickets.remember_id, ("rarus", ID, 1, "in", None)),
    (tickets.ticket_of, ("rarus", [ID, "<2@x.test>"])),
    (tickets.remembered_number, ("rarus", "petrova@romashka.test")),
    (tickets.took_part, ("rarus", "p@x.test", "801234567")),
    (tickets.mail, (1,)),
    (tickets.raw_letters, (1,)),
    (timers.set_timers, (1, [("any", "look", NOW)])),
    (timers.due_timers, (NOW, 10)),
    (timers.next_due, ()),
    (timers.happened, (1,)),
    (timers.mark, (1, "reaction", "breach", NOW)),
    (timers.unmark, (1, "reaction")),
    (outbox.claim, (NOW, 10, 60.0, "me")),
    (outbox.sent, (1, NOW, "250")),
    (outbox.later, (1, NOW, "451")),
    (outbox.unknown, (1, NOW, "timeout")),
    (outbox.dead, (1, NOW, "550")),
    (outbox.next_attempt, ()),
    (outbox.wake, (NOW,)),
    (outbox.lapse, (NOW,)),
    (outbox.counts, ()),
    (outbox.automatic_to, ("p@x.test", NOW)),
    (outbox.by_message_id, (ID,)),
    (outbox.by_message_id, (ID, "p@x.test")),
    (outbox.sent_letter, (ID,)),
    (outbox.letters_about, (1,)),
    (outbox.mark_bounced, (1, NOW, "550")),
    (absences.seen_absent, ("rarus", "ivanov@example.test", NOW)),
    (absences.back, ("rarus", "ivanov@example.test")),
    (absences.absent, ("rarus",)),
    (agenda.put, ("rarus", "digest", NOW)),
    (agenda.put_once, ("rarus", "digest", NOW)),
    (agenda.take_due, (NOW, 10)),
    (agenda.next_due, ()),
    (agenda.remove, ("rarus", "digest")),
]


@pytest.fixture
def filled(tmp_path: Path, ticket: Callable[..., Ticket], letter: Callable[..., NewLetter]) -> Database:
    """A database with enough rows for the planner to care, and its statistics as unknown as in a young one."""
    database = Database(f"sqlite:///{tmp_path / 'maild.db'}")
    database.migrate()
    with database.write() as tx:
        inbox.save_mailbox(tx, inbox.MailboxState("rarus", "crm", "INBOX", 1, 0, None, "idle", NOW, None))
        inbox.add_letters(tx, "rarus", "crm", 1, [letter(uid) for uid in range(1, 50)])
        for number in range(50):
            made = tickets.create(tx, ticket(), "CRM", [Entry(NOW, Event.REGISTERED, "maild", "x")])
            draft = outbox.Draft(str(number), "rarus", "notice", made.id, "", "p@x.test", f"<{number}@y.test>", b"")
            outbox.enqueue(tx, draft, NOW - timedelta(hours=1))
    return database


@pytest.mark.parametrize("call", range(len(CALLS)), ids=lambda at: CALLS[at][0].__qualname__)
def test_every_statement_uses_an_index(filled: Database, call: int) -> None:
    function, arguments = CALLS[call]
    ran: list[str] = []
    with filled.write() as tx:
        connection = tx.connection.dbapi_connection
        assert isinstance(connection, sqlite3.Connection)
        connection.set_trace_callback(ran.append)  # the driver's own: with values, however a statement came to it
        function(tx, *arguments)
        connection.set_trace_callback(None)
        assert ran
        plans = [line for statement in ran for line in plan(connection, statement)]
    walks = [line for line in plans if line.startswith("SCAN") and "VALUES" not in line and "CONSTANT ROW" not in line]
    if function in WHOLE:
        walks = [line for line in walks if "INDEX" not in line]
    assert not [line for line in walks if "(subquery" not in line], plans
    assert RIGHT.get(function, "") in " ".join(plans)


def plan(connection: sqlite3.Connection, statement: str) -> list[str]:
    """What SQLite would do, a step a line; INSERT has no plan."""
    if statement.startswith("INSERT"):
        return []
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
