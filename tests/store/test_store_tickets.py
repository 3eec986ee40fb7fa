"""Tickets: numbered without gaps, never changed behind somebody's back, found by what leads to them."""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from maild.domain.ticket import Entry, Event, Status, Ticket
from maild.store import inbox, outbox, schema, tickets
from maild.store.database import Database
from maild.store.inbox import NewLetter

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
Tickets = Callable[..., Ticket]
Together = Callable[[list[Callable[[], object]]], None]


def entry(event: Event, minutes: int = 0, **more: int) -> Entry:
    return Entry(NOW + timedelta(minutes=minutes), event, "maild", f"{event} happened", **more)


def test_an_entitlement_of_an_earlier_version_is_read(database: Database, ticket: Tickets) -> None:
    made = create(database, ticket(), Event.REGISTERED)
    row = {"registration_number": "801234567", "kind": "main", "product": "CRM", "organisation": "Ромашка", "inn": ""}
    row |= {
        "its_until": "2026-12-31",
        "kp_until": None,
        "partner_code": None,
        "email_domains": ["a.test"],
        "rule": "c:2",
    }
    old = {"verdict": "missing", "registration_number": "801234567", "its_until": "2026-12-31", "kp_until": None}
    with database.write() as tx:
        values = {"entitlement": {**old, "contract": row}}
        tx.execute(sa.update(schema.tickets).where(schema.tickets.c.id == id_of(made)).values(values))
    with database.read() as tx:
        found = tickets.load_id(tx, id_of(made), lock=False).entitlement
    assert found is not None and found.contract is not None
    until = {"its": date(2026, 12, 31), "kp": None}
    assert found.until == found.contract.until == until
    assert found.contract.email_domains == ("a.test",) and found.contract.columns == {}


def create(database: Database, made: Ticket, *events: Event, prefix: str = "CRM") -> Ticket:
    with database.write() as tx:
        return tickets.create(tx, made, prefix, [entry(event) for event in events])


def id_of(ticket: Ticket) -> int:
    assert ticket.id is not None
    return ticket.id


def test_a_ticket_comes_back_as_it_was_stored(database: Database, ticket: Tickets) -> None:
    full = create(database, ticket())
    bare = create(
        database,
        replace(
            ticket(),
            line=None,
            assignee=None,
            fields={},
            missing=(),
            unrecognised={},
            entitlement=None,
            refusal=None,
            doubt=None,
            holds=(),
            message_id=None,
            references=(),
            linked=None,
            reaction_due=None,
            resolution_due=None,
            provisional=False,
            reaction_met=None,
            rating=None,
            cc=(),
        ),
    )
    assert (full.number, bare.number) == ("CRM-000001", "CRM-000002")
    with database.write() as tx:
        for each in (full, bare):
            assert tickets.load(tx, "rarus", each.number) == each
            assert tickets.load(tx, "rarus", each.number, lock=False) == each
            assert tickets.load_id(tx, id_of(each)) == each
            assert tickets.find(tx, each.number) == each
        assert tickets.load(tx, "procrm", full.number) is None
        assert tickets.find(tx, "CRM-999999") is None
        with pytest.raises(LookupError):
            tickets.load_id(tx, 999)


def test_hostile_words_of_a_letter_do_not_stop_a_ticket(database: Database, ticket: Tickets) -> None:
    nasty = "nul\x00 half \udcc8 pair 🦆" * 100
    made = create(
        database, ticket(client=nasty, subject=nasty, fields={"version": nasty}, references=(nasty,), cc=(nasty,))
    )
    with database.read() as tx:
        found = tickets.find(tx, made.number)
    assert found is not None
    clean = "nul\ufffd half ? pair 🦆" * 100
    assert (found.client, found.subject, found.fields) == (clean, clean, {"version": clean})
    assert (found.references, found.cc) == ((clean,), (clean,))


def test_each_desk_counts_for_itself(database: Database, ticket: Tickets) -> None:
    numbers = [create(database, ticket(desk=desk), prefix=prefix).number for desk, prefix in (("a", "X"), ("b", "X"))]
    numbers.append(create(database, ticket(desk="a"), prefix="NEW").number)
    assert numbers == ["X-000001", "X-000001", "NEW-000002"]
    with database.read() as tx:
        found = tickets.find(tx, "X-000001")
    assert found is not None and found.desk == "a"


def test_a_ticket_that_was_not_kept_leaves_no_gap(database: Database, ticket: Tickets) -> None:
    create(database, ticket())
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        tickets.create(tx, ticket(), "CRM", [])
        _ = 1 / 0
    assert create(database, ticket()).number == "CRM-000002"


def test_eight_at_once_number_four_hundred_tickets_without_gap(
    database: Database, ticket: Tickets, together: Together
) -> None:
    def fifty() -> None:
        for turn in range(50):
            create(database, ticket(), Event.REGISTERED)
            if turn % 10 == 0:
                with pytest.raises(ZeroDivisionError), database.write() as tx:
                    tickets.create(tx, ticket(), "CRM", [])
                    _ = 1 / 0

    together([fifty] * 8)
    with database.read() as tx:
        numbers = [each.number for each in tickets.all_tickets(tx)]
    assert sorted(numbers) == [f"CRM-{number:06d}" for number in range(1, 401)]


PROCESS = """
import pickle, sys
from maild.store import tickets
from maild.store.database import Database
database, ticket = Database(sys.argv[1]), pickle.load(sys.stdin.buffer)
for _ in range(100):
    with database.write() as tx:
        made = tickets.create(tx, ticket, "CRM", [])
    print(made.number, flush=True)
"""


def test_processes_that_are_killed_leave_neither_gap_nor_half_a_ticket(
    database: Database, full_url: str, ticket: Tickets
) -> None:
    import pickle

    command = [sys.executable, "-c", PROCESS, full_url]
    processes = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(3)]
    for process in processes:
        assert process.stdin is not None
        pickle.dump(ticket(), process.stdin)
        process.stdin.close()
    for process in processes[:2]:
        assert process.stdout is not None and process.stdout.readline().startswith(b"CRM-")
        process.send_signal(signal.SIGKILL)
    for process in processes:
        assert process.stdout is not None
        process.stdout.read()
        process.wait()
        process.stdout.close()
    create(database, ticket())
    with database.read() as tx:
        numbers = sorted(each.number for each in tickets.all_tickets(tx))
    assert numbers == [f"CRM-{number:06d}" for number in range(1, len(numbers) + 1)]
    assert len(numbers) > 101


def test_a_change_is_stored_with_what_happened(database: Database, ticket: Tickets) -> None:
    made = create(database, ticket(), Event.REGISTERED)
    changed = replace(
        made, status=Status.WAITING, subject="another", holds=(), rating=1, entitlement=None, cc=("new@romashka.test",)
    )
    with database.write() as tx:
        tickets.save(tx, changed, [entry(Event.AGENT_WROTE, 1, letter=5), entry(Event.SENT, 1, outbox=6)])
        tickets.note(tx, id_of(made), [entry(Event.WARNED, 2)])
        tickets.note(tx, id_of(made), [])
    with database.read() as tx:
        assert tickets.find(tx, made.number) == changed
        assert tickets.history(tx, id_of(made)) == [
            entry(Event.REGISTERED),
            entry(Event.AGENT_WROTE, 1, letter=5),
            entry(Event.SENT, 1, outbox=6),
            entry(Event.WARNED, 2),
        ]


def test_a_ticket_that_is_not_there_cannot_be_saved(database: Database, ticket: Tickets) -> None:
    with database.write() as tx:
        for unknown in (ticket(), ticket(id=999)):
            with pytest.raises(LookupError):
                tickets.save(tx, unknown, [])


def test_no_change_is_lost_when_many_load_and_save(database: Database, ticket: Tickets, together: Together) -> None:
    made = create(database, ticket(missing=()))

    def add(name: str) -> None:
        for turn in range(20):
            with database.write() as tx:
                now = tickets.load(tx, "rarus", made.number)
                assert now is not None
                tickets.save(tx, replace(now, missing=(*now.missing, f"{name}{turn}")), [entry(Event.WARNED)])

    together([lambda name=name: add(name) for name in "abcde"])  # type: ignore[misc]
    with database.read() as tx:
        assert len(set(tickets.load_id(tx, id_of(made), lock=False).missing)) == 100
        assert len(tickets.history(tx, id_of(made))) == 100


def test_tickets_are_listed_by_desk_and_status(database: Database, ticket: Tickets) -> None:
    for desk, status in (("a", Status.OPEN), ("a", Status.CLOSED), ("b", Status.OPEN)):
        create(database, ticket(desk=desk, status=status))
    with database.read() as tx:
        assert len(tickets.all_tickets(tx)) == 3
        assert [each.status for each in tickets.all_tickets(tx, "a")] == [Status.OPEN, Status.CLOSED]
        assert [each.desk for each in tickets.all_tickets(tx, statuses=["open"])] == ["a", "b"]
        assert tickets.all_tickets(tx, "b", [Status.CLOSED]) == []


def test_the_queue_of_a_line_is_what_is_at_work(database: Database, ticket: Tickets) -> None:
    for status in Status:
        create(database, ticket(status=status))
    create(database, ticket(line="managers"))
    create(database, ticket(line=None))
    with database.read() as tx:
        assert tickets.queue_length(tx, "rarus", "consultants") == len(tickets.AT_WORK)
        assert tickets.queue_length(tx, "rarus", "managers") == 1
        assert tickets.queue_length(tx, "procrm", "managers") == 0


def test_participants_are_addresses_whatever_their_case(database: Database, ticket: Tickets) -> None:
    made = create(database, ticket(), Event.ACCEPTED)
    with database.write() as tx:
        for address in ("Petrova@Romashka.test", "petrova@romashka.test", "boss@romashka.test"):
            tickets.add_participant(tx, id_of(made), address)
        assert tickets.participants(tx, id_of(made)) == {"petrova@romashka.test", "boss@romashka.test"}
        assert tickets.took_part(tx, "rarus", "BOSS@romashka.test", "801234567")
        assert not tickets.took_part(tx, "rarus", "boss@romashka.test", "801111111")
        assert not tickets.took_part(tx, "procrm", "boss@romashka.test", "801234567")
        assert not tickets.took_part(tx, "rarus", "other@romashka.test", "801234567")


def test_taking_part_counts_once_the_ticket_is_accepted(database: Database, ticket: Tickets) -> None:
    made = create(database, ticket(), Event.REGISTERED)
    with database.write() as tx:
        tickets.add_participant(tx, id_of(made), "boss@romashka.test")
        assert not tickets.took_part(tx, "rarus", "boss@romashka.test", "801234567")
        tickets.note(tx, id_of(made), [entry(Event.ACCEPTED)])
        assert tickets.took_part(tx, "rarus", "boss@romashka.test", "801234567")


def test_the_number_of_the_last_accepted_ticket_is_remembered(database: Database, ticket: Tickets) -> None:
    def remembered(address: str = "petrova@ROMASHKA.test") -> str | None:
        with database.read() as tx:
            return tickets.remembered_number(tx, "rarus", address)

    def with_number(number: str | None) -> Ticket:
        return ticket(entitlement=None, fields={"registration_number": number})

    first = create(database, with_number("801111111"), Event.REGISTERED)
    assert remembered() is None
    with database.write() as tx:
        tickets.save(tx, first, [entry(Event.ACCEPTED, 1)])
    assert remembered() == "801111111"
    with database.write() as tx:
        tickets.save(tx, first, [])
    assert remembered() == "801111111", "saving again does not undo the acceptance"
    with database.write() as tx:
        tickets.create(tx, ticket(), "CRM", [entry(Event.ACCEPTED, 2)])
    assert remembered() == "801234567"
    with database.write() as tx:
        tickets.create(tx, with_number(None), "CRM", [entry(Event.ACCEPTED, 3)])
    assert remembered() == "801234567"
    assert remembered("other@romashka.test") is None


def test_a_message_id_leads_to_the_ticket_it_was_first_remembered_for(database: Database, ticket: Tickets) -> None:
    first, second = create(database, ticket()), create(database, ticket())
    endless = "<" + "x" * 5000 + "@x.test>"
    with database.write() as tx:
        tickets.remember_id(tx, "rarus", "<a@x.test>", id_of(first), "in", None)
        tickets.remember_id(tx, "rarus", "<b@x.test>", id_of(second), "out", "petrova@romashka.test")
        tickets.remember_id(tx, "rarus", "<a@x.test>", id_of(second), "in", None)
        tickets.remember_id(tx, "rarus", endless, id_of(second), "in", None)
        many = [f"<{number}@none.test>" for number in range(5000)]
        found = tickets.ticket_of(tx, "rarus", ["<none@x.test>", "<b@x.test>", "<a@x.test>"])
        assert found == (id_of(second), "<b@x.test>", "out", "petrova@romashka.test")
        assert tickets.ticket_of(tx, "rarus", ["<a@x.test>", "<b@x.test>"]) == (id_of(first), "<a@x.test>", "in", None)
        assert tickets.ticket_of(tx, "rarus", [*many, "<a@x.test>"]) == (id_of(first), "<a@x.test>", "in", None)
        assert tickets.ticket_of(tx, "rarus", [endless]) == (id_of(second), endless, "in", None)
        assert tickets.ticket_of(tx, "procrm", ["<a@x.test>"]) is None
        assert tickets.ticket_of(tx, "rarus", []) is None


def test_the_mail_of_a_ticket_is_what_came_and_what_went_by_time(
    database: Database, ticket: Tickets, letter: Callable[..., NewLetter]
) -> None:
    made = create(database, ticket())
    with database.write() as tx:
        ids = inbox.add_letters(tx, "rarus", "crm", 1, [letter(1), letter(2, arrival=NOW + timedelta(hours=2))])
        for letter_id in ids:
            inbox.finish(tx, letter_id, "thread", made.id, NOW, sender="Petrova@romashka.test")
        for number, key in enumerate(("acknowledgement", "notice")):
            draft = outbox.Draft(key, "rarus", key, made.id, "", "p@x.test", f"<{key}@x.test>", key.encode())
            row = outbox.enqueue(tx, draft, NOW + timedelta(hours=3 * number))
            assert row is not None
            if number == 0:
                outbox.sent(tx, row, NOW + timedelta(hours=1), "250 ok")
    with database.read() as tx:
        mail = tickets.mail(tx, id_of(made))
        assert tickets.raw_letters(tx, id_of(made)) == [(ids[0], letter(1).raw), (ids[1], letter(2).raw)]
    assert [(record.direction, record.kind, record.state) for record in mail] == [
        ("in", "letter", "done"),
        ("out", "acknowledgement", "sent"),
        ("in", "letter", "done"),
        ("out", "notice", "queued"),
    ]
    assert mail[0].sha256 == hashlib.sha256(letter(1).raw).hexdigest()
    assert (mail[0].from_, mail[0].to, mail[0].message_id) == ("petrova@romashka.test", "crm", "<1@romashka.test>")
    assert (mail[1].at, mail[1].from_, mail[1].to) == (NOW + timedelta(hours=1), "", "p@x.test")
