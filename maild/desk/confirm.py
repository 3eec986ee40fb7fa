"""What an agent is told of their letter: done, or not done and why. Nothing an agent wrote is lost (letters.md, 2)."""

from collections.abc import Sequence

from maild.desk import notify
from maild.desk.arrival import Arrival, Received
from maild.desk.crossing import Crossing
from maild.desk.directive import Directive
from maild.desk.facts import Failure, Report
from maild.desk.post import post
from maild.domain.ticket import Event, Ticket
from maild.store import tickets


def confirm(arrival: Arrival, ticket: Ticket | None, report: Report, occasion: str) -> None:
    """Tell the agent what became of their letter (lesson 15), once for each `occasion` (a part of the key)."""
    key = f"{arrival.desk.name}:confirmation:{arrival.letter.id}:{occasion}"
    letter = notify.confirmation(arrival.desk, ticket, arrival.now, arrival.sender, key=key, report=report)
    post(arrival.tx, arrival.desk, letter, arrival.now, ticket_id=ticket.id if ticket else None)


def reject(
    directive: Directive, failures: Sequence[Failure], *, ticket: Ticket | None = None, crossing: Crossing | None = None
) -> Received:
    """Nothing is carried out; the agent gets the reasons, their whole text, the commands and the ticket's card."""
    arrival, ticket = directive.arrival, ticket or directive.ticket
    report = Report(
        failed=tuple(failures),
        text=directive.written.text,
        newer=crossing.said if crossing else None,
        card=ticket is not None,
    )
    confirm(arrival, ticket, report, directive.occasion)
    says = "; ".join(f"{failure.line} ({failure.why.key})" if failure.line else failure.why.key for failure in failures)
    if ticket is None:
        return Received("ignore", None, None, f"an agent's letter, not carried out: {says}")
    event = Event.HELD_BACK if crossing else Event.REJECTED
    tickets.note(arrival.tx, Arrival.id_of(ticket), [arrival.entry(event, says)])
    return Received("thread", ticket.id, ticket.number, f"an agent's letter, not carried out: {says}")
