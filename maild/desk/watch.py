"""The clock: what nears its target is warned of, what misses it is escalated, what the client leaves lying goes on.

A timer only says when to ask. Ladder and silence are asked with the ticket as it is now, each step once for ticket,
clock and step, marked in the same commit as the letters are queued.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from maild.desk import notify
from maild.desk.clocks import LOOK, keep, ladder, next_look, premature
from maild.desk.desk import Desk
from maild.desk.facts_of import facts
from maild.desk.notify import Breach
from maild.desk.post import post, tell_operator
from maild.desk.silence import follow
from maild.domain.escalation import Telling
from maild.domain.people import Agent
from maild.domain.sla import Milestone
from maild.domain.ticket import Entry, Event, Ticket
from maild.errors import TransientError
from maild.store import tickets, timers
from maild.store.database import Database, Tx

AT_ONCE = 10_000
"""So many due timers are looked at in one commit; after a long outage that is what makes one bundle."""


PUT_OFF = timedelta(hours=1)
"""Until a deadline that could not be told is tried again."""


@dataclass(frozen=True)
class Due:
    """A milestone that is to be told now."""

    desk: Desk
    ticket: Ticket
    telling: Telling

    @property
    def clock(self) -> str:
        """The clock that it is about."""
        return self.telling.milestone.clock

    @property
    def step(self) -> str:
        """warning, breach, repeat-1, …"""
        return self.telling.milestone.step

    @property
    def readers(self) -> tuple[str, ...]:
        """Whom it is told, each once. A complaint concerns the quality desk alone, its warnings too."""
        quality = self.desk.regulation.people.quality
        if self.ticket.category == "quality" and quality:
            return quality
        return tuple(dict.fromkeys((*self.telling.quality, *self.telling.staff)))


@dataclass(frozen=True)
class Followed:
    """What the client's silence has led to now: a reminder, giving up, closing."""

    desk: Desk
    ticket: Ticket
    milestone: Milestone

    @property
    def clock(self) -> str:
        """Always "client"."""
        return self.milestone.clock

    @property
    def step(self) -> str:
        """remind-1, …, give-up, close: without the beginning of the wait."""
        return self.milestone.step.partition("@")[0]


def watch(database: Database, desks: Mapping[str, Desk], now: datetime) -> list[Due | Followed]:
    """Look at every ticket whose timer is due, tell and do what its time has come for; what that was."""
    with database.read() as tx:
        nothing_due = (first := timers.next_due(tx)) is None or first > now
    if nothing_due:
        return []
    try:
        return _watch(database, desks, now, AT_ONCE)
    except TransientError:
        raise
    except Exception:  # one ticket cannot be told of: tell of the others, and of this one to the operator
        return _one_by_one(database, desks, now)


def _watch(database: Database, desks: Mapping[str, Desk], now: datetime, limit: int) -> list[Due | Followed]:
    with database.write() as tx:
        done = [each for timer in timers.due_timers(tx, now, limit) for each in _look(tx, desks, timer.ticket_id, now)]
        for desk in desks.values():
            _tell(tx, desk, [each for each in done if isinstance(each, Due) and each.desk is desk], now)
        return done


def _one_by_one(database: Database, desks: Mapping[str, Desk], now: datetime) -> list[Due | Followed]:
    """Every due timer in a commit of its own; one that fails is put off, so that it holds up nobody."""
    told: list[Due | Followed] = []
    with database.write() as tx:
        count = len(timers.due_timers(tx, now, AT_ONCE))
    for _ in range(count):
        try:
            told += _watch(database, desks, now, 1)
        except TransientError:
            raise
        except Exception as error:
            _put_off(database, desks, error, now)
    return told


def _put_off(database: Database, desks: Mapping[str, Desk], error: Exception, now: datetime) -> None:
    """Look again at the first due ticket in an hour, and tell the operator, once a day."""
    with database.write() as tx:
        timer = timers.due_timers(tx, now, 1)[0]
        ticket = tickets.load_id(tx, timer.ticket_id)
        timers.set_timers(tx, timer.ticket_id, [(*LOOK, now + PUT_OFF)])
        lines = [
            f"A deadline of {ticket.number} could not be told: {type(error).__name__}: {error}",
            "It is tried again every hour. Other tickets are not held up.",
        ]
        desk = desks.get(ticket.desk) or next(iter(desks.values()))
        matter = f"watch:{ticket.desk}:{ticket.number}:{now:%Y-%m-%d}"
        tell_operator(tx, desk, matter, f"A deadline of {ticket.number} could not be told", lines, now)


def _look(tx: Tx, desks: Mapping[str, Desk], ticket_id: int, now: datetime) -> Iterable[Due | Followed]:
    """Derive a ticket's standing anew; mark what is told, do what silence asks for, set its timer to the next look."""
    ticket = tickets.load_id(tx, ticket_id)
    desk = desks.get(ticket.desk)
    if desk is None:  # its desk is not configured any more; should it come back, its timers are set again
        timers.set_timers(tx, ticket_id, [])
        return
    happened = _happened(tx, desk, ticket, now)
    found = ladder(desk, ticket, happened, now)
    ours = {key for key in found.happened if timers.mark(tx, ticket_id, *key, now)}
    entries = [_entry(Due(desk, ticket, telling), now) for telling in found.tell]
    if entries:
        ticket = keep(tx, desk, ticket, entries)
    for telling in found.tell:
        if (telling.milestone.clock, telling.milestone.step) in ours:
            yield Due(desk, ticket, telling)
    ticket, step = follow(tx, desk, ticket, now)
    if step is not None:
        yield Followed(desk, ticket, step)
    following = next_look(desk, ticket, happened | found.happened, now)
    timers.set_timers(tx, ticket_id, [(*LOOK, following)] if following else [])


def _happened(tx: Tx, desk: Desk, ticket: Ticket, now: datetime) -> set[tuple[str, str]]:
    """The steps that this ticket has passed; those that lie ahead of it again are forgotten."""
    assert ticket.id is not None
    happened = timers.happened(tx, ticket.id)
    forgotten = premature(desk, ticket, happened, now)
    for clock in {clock for clock, _ in forgotten}:
        timers.unmark(tx, ticket.id, clock)
        for step in (key[1] for key in happened - forgotten if key[0] == clock):
            timers.mark(tx, ticket.id, clock, step, now)
    return happened - forgotten


def _entry(due: Due, now: datetime) -> Entry:
    event = Event.WARNED if due.telling.kind == "warning" else Event.BREACHED
    says = f"{due.clock}: {due.step} at {due.telling.milestone.at.isoformat()}"
    return Entry(now, event, "maild", f"{says}, told to {', '.join(due.readers) or 'nobody: people.toml names none'}")


def _tell(tx: Tx, desk: Desk, due: Sequence[Due], now: datetime) -> None:
    """Warnings one by one; breaches one by one too, unless there are more at once than a person wants to open."""
    breaches = [each for each in due if each.telling.kind == "escalation"]
    bundled = len(breaches) > desk.regulation.desk.escalation.bundle
    if bundled:
        _bundle(tx, desk, breaches, now)
    for each in due:
        if each.telling.kind == "warning":
            _warn(tx, each, now)
        elif not bundled:
            _escalate(tx, each, now)


def _warn(tx: Tx, due: Due, now: datetime) -> None:
    story = facts(tx, due.desk, due.ticket, now)
    for address in due.readers:
        agent = due.desk.regulation.people.agent(address) or Agent(address, "", ())
        letter = notify.warning(due.desk, due.ticket, due.clock, now, agent, key=_key(due, address), facts=story)
        post(tx, due.desk, letter, now, ticket_id=due.ticket.id)


def _escalate(tx: Tx, due: Due, now: datetime) -> None:
    story = facts(tx, due.desk, due.ticket, now)
    repeat_at = _repeat_at(tx, due, now)
    for address in due.readers:
        letter = notify.escalation(
            due.desk,
            due.ticket,
            due.clock,
            due.step,
            now,
            address,
            key=_key(due, address),
            facts=story,
            repeat_at=repeat_at,
        )
        post(tx, due.desk, letter, now, ticket_id=due.ticket.id)


def _bundle(tx: Tx, desk: Desk, breaches: Sequence[Due], now: datetime) -> None:
    """One letter for each reader, with the breaches that concern them."""
    concerning: dict[str, list[Breach]] = defaultdict(list)
    for each in breaches:
        for address in each.readers:
            concerning[address].append(Breach(each.ticket, each.clock))
    for address, items in concerning.items():
        key = f"{desk.name}:bundle:{now.isoformat()}:{address}"
        post(tx, desk, notify.escalation_bundle(desk, items, now, address, key=key), now)


def _key(due: Due, address: str) -> str:
    return f"{due.desk.name}:{due.ticket.number}:{due.clock}:{due.step}:{address}"


def _repeat_at(tx: Tx, due: Due, now: datetime) -> datetime | None:
    """When the next step of this very clock comes, if nothing changes."""
    assert due.ticket.id is not None
    return ladder(due.desk, due.ticket, timers.happened(tx, due.ticket.id), now).next
