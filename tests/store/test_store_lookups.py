"""Tickets found by whom they belong to: a client's, an agent's, a line's, the complaints about one."""

from collections.abc import Callable

from maild.domain.ticket import Status, Ticket
from maild.store import tickets
from maild.store.database import Database

ANNA, IVANOV, SMIRNOVA = "petrova@romashka.test", "ivanov@example.test", "smirnova@example.test"
Tickets = Callable[..., Ticket]


def create(database: Database, *made: Ticket) -> list[Ticket]:
    with database.write() as tx:
        return [tickets.create(tx, each, "CRM", []) for each in made]


def test_the_last_ticket_of_a_client_is_the_newest_that_is_no_complaint(database: Database, ticket: Tickets) -> None:
    _first, second, *_rest = create(
        database,
        ticket(),
        ticket(status=Status.CLOSED),
        ticket(category="quality"),
        ticket(client="other@romashka.test"),
        ticket(desk="procrm"),
    )
    create(database, ticket(client="only@complains.test", category="quality"))
    with database.read() as tx:
        assert tickets.last_of_client(tx, "rarus", "PETROVA@romashka.test") == second
        assert tickets.last_of_client(tx, "rarus", "only@complains.test") is None
        assert tickets.last_of_client(tx, "rarus", "nobody@romashka.test") is None


def test_a_clients_earlier_tickets_come_newest_first(database: Database, ticket: Tickets) -> None:
    first, second, _other, third, now, _later = create(
        database,
        ticket(),
        ticket(category="quality"),
        ticket(client="other@romashka.test"),
        ticket(client="PETROVA@romashka.test", status=Status.REFUSED),
        ticket(),
        ticket(),
    )
    with database.read() as tx:
        assert tickets.earlier_of(tx, "rarus", ANNA, now.id or 0, 10) == [third, second, first]
        assert tickets.earlier_of(tx, "rarus", ANNA.upper(), now.id or 0, 2) == [third, second]
        assert tickets.earlier_of(tx, "rarus", ANNA, first.id or 0, 10) == []
        assert tickets.earlier_of(tx, "procrm", ANNA, now.id or 0, 10) == []


def test_an_agent_has_the_tickets_at_work_that_are_assigned_to_them(database: Database, ticket: Tickets) -> None:
    made = create(
        database,
        *(ticket(status=status) for status in Status),
        ticket(assignee=SMIRNOVA),
        ticket(assignee=None),
        ticket(desk="procrm"),
    )
    with database.read() as tx:
        his = tickets.load_by(tx, "rarus", "Ivanov@Example.test")
        assert his == [each for each in made[: len(Status)] if each.status in tickets.AT_WORK]
        assert tickets.busy(tx, "rarus") == {IVANOV: len(tickets.AT_WORK), SMIRNOVA: 1}
        assert tickets.busy(tx, "procrm") == {IVANOV: 1}
        assert tickets.busy(tx, "none") == {}
        assert tickets.load_by(tx, "rarus", "nobody@example.test") == []


def test_who_was_last_assigned_on_a_line_is_told_by_its_newest_ticket_that_has_somebody(
    database: Database, ticket: Tickets
) -> None:
    create(
        database,
        ticket(assignee=IVANOV),
        ticket(assignee=SMIRNOVA, status=Status.CLOSED),
        ticket(assignee=None),
        ticket(assignee=IVANOV, line="managers"),
        ticket(assignee=IVANOV, desk="procrm"),
        ticket(assignee=None, line="engineers"),
    )
    with database.read() as tx:
        assert tickets.last_assignee(tx, "rarus", "consultants") == SMIRNOVA
        assert tickets.last_assignee(tx, "rarus", "managers") == IVANOV
        assert tickets.last_assignee(tx, "rarus", "engineers") is None


def test_the_complaints_about_a_ticket_are_those_linked_to_it(database: Database, ticket: Tickets) -> None:
    about, _linked, one, two, *_rest = create(
        database,
        ticket(linked=None),
        ticket(linked="CRM-000001"),
        ticket(linked="CRM-000001", category="quality", status=Status.CLOSED),
        ticket(linked="CRM-000001", category="quality"),
        ticket(linked="CRM-000002", category="quality"),
        ticket(linked="CRM-000001", category="quality", desk="procrm"),
        ticket(linked=None, category="quality"),
    )
    with database.read() as tx:
        assert tickets.complaints_about(tx, "rarus", about.number) == [one, two]
        assert tickets.complaints_about(tx, "rarus", "CRM-000999") == []
