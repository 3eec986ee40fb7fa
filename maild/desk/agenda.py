"""What a desk has planned: its morning letters, and the summary of a flood. What becomes of it is in `digests`."""

from datetime import datetime, timedelta

from maild.desk.desk import Desk
from maild.domain.calendar import OutOfCalendar
from maild.store import agenda
from maild.store.database import Tx

DIGEST = "digest"
"""The matter of the morning letters."""
FLOOD = "flood:"
"""What the matter of a flood begins with; the client's address follows."""
FLOOD_LASTS = timedelta(hours=1)
"""Wall time from the first letter withheld until the line hears of everything that came since."""


def plan(tx: Tx, desk: Desk, now: datetime) -> None:
    """Plan the morning letters for the next opening of a working day, also where the desk wants no digest: the operator
    may have to be told something.

    For the start of the daemon, a change of rules, and after each morning. What is overdue stays as it is: an outage
    over several mornings leads to one letter, as soon as it can be written.
    """
    opening = _opening(desk, now)
    if opening is None:
        agenda.remove(tx, desk.name, DIGEST)
        return
    planned = agenda.planned(tx, desk.name, DIGEST)
    if planned is None or planned > now:
        agenda.put(tx, desk.name, DIGEST, opening)


def _opening(desk: Desk, now: datetime) -> datetime | None:
    try:
        return desk.regulation.desk.calendar.opening(now)
    except OutOfCalendar:  # a desk that is never open has no mornings
        return None


def flooded(tx: Tx, desk: Desk, address: str, now: datetime) -> None:
    """An automatic letter to this client was withheld over the limits: for an hour the line hears nothing of single
    letters from there, then of all at once. More of the same within the hour changes nothing."""
    agenda.put_once(tx, desk.name, FLOOD + address.lower(), now + FLOOD_LASTS)


def in_flood(tx: Tx, desk: Desk, address: str) -> bool:
    """Whether a summary of this client's letters is pending, in place of single ones."""
    return agenda.planned(tx, desk.name, FLOOD + address.lower()) is not None
