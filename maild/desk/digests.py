"""The summaries that are due: a line's morning letter, the quality desk's, what a flood brought in an hour.

Each is written in the commit that takes it off the agenda, so it comes once; one that fails is put off by an hour, so
that it holds up nobody.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from maild.desk import notify
from maild.desk.agenda import DIGEST, FLOOD, FLOOD_LASTS, plan
from maild.desk.desk import Desk
from maild.desk.lapsing import tell_of_calendar
from maild.desk.post import post, tell_operator
from maild.domain.people import People
from maild.domain.ticket import Event, Ticket
from maild.errors import TransientError
from maild.store import agenda, tickets
from maild.store.database import Database, Tx

AT_ONCE = 20
"""So many matters are dealt with in one commit."""
PUT_OFF = timedelta(hours=1)
"""Until a summary that could not be written is tried again."""
FLOOD_LOOKS = 500
"""So many of a client's latest tickets are looked through for what a flood brought; a summary shows fewer by far."""
NEWEST = 2**62
"""A row id that no ticket has yet."""

_BROUGHT = frozenset(
    {Event.REGISTERED, Event.CLIENT_WROTE, Event.ACCEPTED, Event.ASKED, Event.TRIAGED, Event.REFUSED, Event.WITHHELD}
)
"""What stands in the journal of a ticket that the client wrote to."""


@dataclass(frozen=True)
class Told:
    """A summary that was queued: the desk's name, its matter, and how many letters."""

    desk: str
    matter: str
    letters: int


def tell_due(database: Database, desks: Mapping[str, Desk], now: datetime) -> list[Told]:
    """Write every summary that is due; what was told."""
    if not _anything_due(database, now):
        return []
    try:
        with database.write() as tx:
            return due(tx, desks, now, AT_ONCE)
    except TransientError:
        raise
    except Exception:  # one of them cannot be written: tell the others, and of this one the operator
        return _one_by_one(database, desks, now)


def _anything_due(database: Database, now: datetime) -> bool:
    with database.read() as tx:
        first = agenda.next_due(tx)
    return first is not None and first <= now


def due(tx: Tx, desks: Mapping[str, Desk], now: datetime, limit: int) -> list[Told]:
    """Take what is due off the agenda and write it. What belongs to a desk that is not configured is dropped."""
    items = [(item, desks[item.desk]) for item in agenda.take_due(tx, now, limit) if item.desk in desks]
    return [Told(desk.name, item.matter, _write(tx, desk, item, now)) for item, desk in items]


def _one_by_one(database: Database, desks: Mapping[str, Desk], now: datetime) -> list[Told]:
    told: list[Told] = []
    for _ in range(AT_ONCE):
        if not _anything_due(database, now):
            break
        try:
            with database.write() as tx:
                told += due(tx, desks, now, 1)
        except TransientError:
            raise
        except Exception as error:
            _put_off(database, desks, error, now)
    return told


def _put_off(database: Database, desks: Mapping[str, Desk], error: Exception, now: datetime) -> None:
    """The first due summary again in an hour; the operator hears of it, once a day."""
    with database.write() as tx:
        for item in agenda.take_due(tx, now, 1):
            agenda.put(tx, item.desk, _remembering(item), now + PUT_OFF)
            lines = [
                f"The summary {item.matter} of {item.desk} could not be written: {type(error).__name__}: {error}",
                "It is tried again every hour. Other letters are not held up.",
            ]
            matter = f"agenda:{item.desk}:{item.matter}:{now:%Y-%m-%d}"
            desk = desks.get(item.desk) or next(iter(desks.values()))
            tell_operator(tx, desk, matter, "A summary could not be written", lines, now)


def _remembering(item: agenda.Item) -> str:
    """A matter that can be put off: a flood's then names its beginning. The flood itself is over, so that what comes
    now is told at once."""
    if not item.matter.startswith(FLOOD) or " " in item.matter:
        return item.matter
    return f"{item.matter} {_began(item).isoformat()}"


def _began(item: agenda.Item) -> datetime:
    _, _, since = item.matter.partition(" ")
    return datetime.fromisoformat(since) if since else item.due - FLOOD_LASTS


def _write(tx: Tx, desk: Desk, item: agenda.Item, now: datetime) -> int:
    if item.matter == DIGEST:
        return _morning(tx, desk, now)
    if item.matter.startswith(FLOOD):
        return _flood(tx, desk, item.matter.removeprefix(FLOOD).partition(" ")[0], _began(item), now)
    return 0


def _morning(tx: Tx, desk: Desk, now: datetime) -> int:
    """The morning letters, and the next ones planned. After an outage they come late on the same day; where the desk
    is closed by now, with its next opening."""
    rules = desk.regulation.desk
    plan(tx, desk, now)
    tell_of_calendar(tx, desk, now)
    if not rules.calendar.is_open(now):
        return 0
    at_work = tickets.all_tickets(tx, desk.name, tickets.AT_WORK)
    day = f"{desk.name}:digest:{now.astimezone(rules.calendar.zone):%Y-%m-%d}"
    letters = 0
    for line, agents, theirs in _by_line(desk, at_work) if rules.digests.line else ():
        letters += _tell(tx, desk, line, agents, theirs, f"{day}:{line}", now)
    if rules.digests.quality:
        letters += _tell(tx, desk, None, desk.regulation.people.quality, at_work, f"{day}:quality", now)
    return letters


def _flood(tx: Tx, desk: Desk, address: str, began: datetime, now: datetime) -> int:
    """What this client's letters brought since the flood began, to the lines that heard nothing of it meanwhile."""
    latest = tickets.earlier_of(tx, desk.name, address, NEWEST, FLOOD_LOOKS)
    brought = [ticket for ticket in latest if ticket.status in tickets.AT_WORK and _wrote_since(tx, ticket, began)]
    key = f"{desk.name}:{FLOOD}{address}:{began.isoformat()}"
    return sum(
        _tell(tx, desk, line, agents, theirs, f"{key}:{line}", now, flood=address)
        for line, agents, theirs in _by_line(desk, brought)
    )


def _wrote_since(tx: Tx, ticket: Ticket, began: datetime) -> bool:
    assert ticket.id is not None
    return any(entry.at >= began and entry.event in _BROUGHT for entry in tickets.history(tx, ticket.id))


def _tell(
    tx: Tx,
    desk: Desk,
    line: str | None,
    recipients: Sequence[str],
    theirs: Sequence[Ticket],
    key: str,
    now: datetime,
    *,
    flood: str = "",
) -> int:
    """One letter to each, where there is something to tell; how many."""
    letters = 0
    for address in recipients:
        letter = notify.digest(desk, theirs, now, address, key=f"{key}:{address}", line=line, flood=flood)
        if letter is not None:
            letters += post(tx, desk, letter, now)
    return letters


def _by_line(desk: Desk, found: Sequence[Ticket]) -> Iterator[tuple[str, tuple[str, ...], list[Ticket]]]:
    """Every line with its agents and its tickets. Complaints are the quality desk's; a ticket of no line, or of one
    that people.toml no longer has, is the first line's. A line where nobody sits is told to the first line's agents."""
    people = desk.regulation.people
    lines: dict[str | None, list[Ticket]] = defaultdict(list)
    for ticket in found:
        if ticket.category != "quality":
            lines[ticket.line if ticket.line in people.lines else people.first_line].append(ticket)
    for key in people.lines:
        yield key, _seated(people, key), lines[key]


def _seated(people: People, line: str) -> tuple[str, ...]:
    agents = people.on_line(line) or people.on_line(people.first_line) or people.agents
    return tuple(agent.address for agent in agents)
