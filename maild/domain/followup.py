"""What happens by itself while we wait for a client: reminders, giving up, closing what nobody rated.

A function of the ticket's open hold and of the rules, like the clocks: derived anew each time, so that an answer that
ends the hold takes all of it away. Each step carries the beginning of its hold in its name: the next question to the
same client starts a new row of reminders. A complaint has none of this: a person of the quality desk leads it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from maild.domain.rules import DeskRules
from maild.domain.sla import Milestone
from maild.domain.ticket import HOLDING, Hold, Status, Ticket

CLOCK = "client"
"""The clock that these milestones are kept under."""

REMIND, GIVE_UP, CLOSE = "remind", "give-up", "close"
"""What a step begins with; see `action`."""


def followups(ticket: Ticket, rules: DeskRules) -> tuple[Milestone, ...]:
    """The milestones of the present waiting, past or to come, in order of time; () where nothing is waited for.

    While a question waits: `remind-1@SINCE`, `remind-2@SINCE`, … every `[reminder] after` of working time, and one
    interval after the last `give-up@SINCE` if the rules name a reason. While an assessment is awaited: `close@SINCE`.
    SINCE is the beginning of the hold (ISO 8601, UTC). Raises OutOfCalendar where one lies beyond the calendar.
    """
    hold = _open(ticket)
    if ticket.category == "quality" or hold is None:
        return ()
    calendar = rules.calendar
    return tuple(
        Milestone(CLOCK, f"{step}@{_stamp(hold.start)}", calendar.add(hold.start, work))
        for step, work in _steps(ticket.status, rules)
    )


def action(step: str) -> str:
    """What a step asks for: "remind", "give-up" or "close"; "" for a step of another ladder."""
    name, at, _ = step.partition("@")
    word = REMIND if name.startswith(f"{REMIND}-") else name
    return word if at and word in (REMIND, GIVE_UP, CLOSE) else ""


def _steps(status: Status, rules: DeskRules) -> Iterator[tuple[str, int]]:
    """Steps with the seconds of working time after the beginning of the hold."""
    if status is Status.WAITING and (reminder := rules.reminder):
        for number in range(1, reminder.times + 1):
            yield f"{REMIND}-{number}", number * reminder.after
        if reminder.reason:
            yield GIVE_UP, (reminder.times + 1) * reminder.after
    if status is Status.ASSESSMENT and rules.rating.close_after:
        yield CLOSE, rules.rating.close_after


def _open(ticket: Ticket) -> Hold | None:
    """The open hold that the ticket's status brought."""
    why = HOLDING.get(ticket.status)
    return next((hold for hold in reversed(ticket.holds) if hold.end is None and hold.why == why), None)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
