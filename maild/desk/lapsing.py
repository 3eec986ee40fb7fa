"""A calendar that does not reach: the operator is told of this year at once, of the next from October on (contract)."""

from datetime import datetime

from maild.desk.desk import Desk
from maild.desk.post import tell_operator
from maild.store.database import Tx

OCTOBER = 10
"""From this month on the calendar should have the next year: by then it is decreed, or soon will be."""


def tell_of_calendar(tx: Tx, desk: Desk, now: datetime) -> None:
    """Tell the operator, once a year, that the desk's calendar lacks this year or, from October, the next.

    A desk that names no calendar is `maild check`'s affair.
    """
    calendar = desk.regulation.desk.calendar
    if not calendar.years:
        return
    today = now.astimezone(calendar.zone)
    wanted = [today.year, *([today.year + 1] if today.month >= OCTOBER else [])]
    for year in wanted:
        if not calendar.covers(year):
            name, rules = desk.regulation.desk.name, desk.regulation.directory
            lines = [
                f"The calendar of {name} ({rules / 'calendar.toml'}) has no year {year}.",
                "Until it has, its weeks count without days off, and what is computed from it is called provisional.",
                f"Write the year: maild calendar {year} --rules {rules}, and add what it says to the file.",
            ]
            tell_operator(
                tx, desk, f"calendar:{desk.name}:{year}", f"The year {year} is missing in a calendar", lines, now
            )
