"""From the outbox to the mail server: claim, send, settle. At least once, always with the same Message-ID.

What the server said decides what a row becomes; a send whose outcome nobody knows has a state of its own.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from maild.desk.clocks import keep
from maild.desk.desk import Desk
from maild.desk.post import tell_operator
from maild.desk.undelivered import undelivered
from maild.domain.ticket import Entry, Event, Status
from maild.errors import TransientError
from maild.store import outbox, tickets
from maild.store.database import Database, Tx
from maild.transport.smtp import Outcome, SmtpPool

LEASE = 300.0
"""Seconds after which a claimed letter whose claimer died is taken up again, its outcome unknown."""
FIRST_RETRY, LAST_RETRY = 5.0, 300.0
"""Seconds: the first retry within 10 s, doubling to at most 5 min (contract, Being a good neighbour)."""

SETTLE_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between tries to write down what became of letters."""

Settled = tuple[outbox.Claimed, Outcome]


@dataclass(frozen=True)
class Delivery:
    """What one round did: letters taken by the server, and whether the server was out of reach."""

    tried: int
    taken: int
    unreachable: bool


def retry_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts."""
    return timedelta(seconds=min(LAST_RETRY, FIRST_RETRY * 2 ** min(attempts, 10)))


async def deliver_due(
    database: Database,
    desks: Mapping[str, Desk],
    pool: SmtpPool,
    clock: Callable[[], datetime],
    owner: str,
    *,
    limit: int = 50,
) -> Delivery:
    """Send what is due, a claim of at most `limit` letters, over the connections of the pool.

    Cancelled in the middle, letters already handed over keep their claim: their outcome is unknown.
    """
    claimed = await asyncio.to_thread(_claim, database, desks, clock(), limit, owner)
    if not claimed:
        return Delivery(0, 0, False)
    outcomes = await asyncio.gather(*(pool.send(row.envelope_from, row.recipient, row.raw) for row in claimed))
    settled = list(zip(claimed, outcomes, strict=True))
    await _settle_surely(database, desks, settled, clock())
    taken = sum(outcome.kind == "taken" for outcome in outcomes)
    unreachable = all(outcome.kind in ("later", "refused-login") and outcome.code is None for outcome in outcomes)
    return Delivery(len(claimed), taken, unreachable)


def _claim(
    database: Database, desks: Mapping[str, Desk], now: datetime, limit: int, owner: str
) -> list[outbox.Claimed]:
    """Letters to send now. One whose outcome stayed unknown too often is parked instead (lesson 7)."""
    with database.read() as tx:
        if (first := outbox.next_attempt(tx)) is None or first > now:
            return []
    with database.write() as tx:
        claimed = outbox.claim(tx, now, limit, LEASE, owner)
        for row in claimed:
            if row.unknowns >= outbox.UNKNOWN_LIMIT:
                why = f"its outcome stayed unknown {row.unknowns} times"
                _settle_one(tx, desks, row, Outcome("dead", why, None), now)
        return [row for row in claimed if row.unknowns < outbox.UNKNOWN_LIMIT]


async def _settle_surely(
    database: Database, desks: Mapping[str, Desk], settled: Sequence[Settled], now: datetime
) -> None:
    """Settle, again and again while the database is out of reach: a forgotten "taken" would be sent twice."""
    for pause in SETTLE_PAUSES:
        try:
            await asyncio.to_thread(settle, database, desks, settled, now)
            return
        except TransientError:
            await asyncio.sleep(pause)
    await asyncio.to_thread(settle, database, desks, settled, now)


def settle(database: Database, desks: Mapping[str, Desk], settled: Sequence[Settled], now: datetime) -> None:
    """Write down what became of a round of letters, in one commit."""
    with database.write() as tx:
        for row, outcome in settled:
            _settle_one(tx, desks, row, outcome, now)
        if any(row.attempts and outcome.kind == "taken" for row, outcome in settled):
            outbox.wake(tx, now)


def _settle_one(tx: Tx, desks: Mapping[str, Desk], row: outbox.Claimed, outcome: Outcome, now: datetime) -> None:
    desk = desks.get(row.desk)
    again = now + retry_after(row.attempts)
    match outcome.kind:
        case "taken":
            outbox.sent(tx, row.id, now, outcome.says)
            if desk and row.meets_reaction and row.ticket_id is not None:
                met_reaction(tx, desk, row, now)
            if desk and row.asks and row.ticket_id is not None:
                _asked(tx, desk, row, now)
        case "dead":
            outbox.dead(tx, row.id, now, outcome.says)
            _undelivered(tx, desk, row, outcome.says, now)
        case "unknown":
            if outbox.unknown(tx, row.id, again, outcome.says):
                _undelivered(tx, desk, row, f"outcome unknown too often: {outcome.says}", now)
        case _:
            outbox.later(tx, row.id, again, outcome.says)


def met_reaction(tx: Tx, desk: Desk, row: outbox.Claimed, at: datetime) -> None:
    """The mail server took the confirmation: the reaction is met (B19), and one that is met stays met."""
    assert row.ticket_id is not None
    ticket = tickets.load_id(tx, row.ticket_id)
    if ticket.reaction_met is None:
        entry = Entry(at, Event.CONFIRMED, "maild", f"the mail server took the {row.kind}", outbox=row.id)
        keep(tx, desk, replace(ticket, reaction_met=at), [entry])


def _asked(tx: Tx, desk: Desk, row: outbox.Claimed, at: datetime) -> None:
    """An agent's question left just now: the client's time begins only here (B20)."""
    assert row.ticket_id is not None
    ticket = tickets.load_id(tx, row.ticket_id)
    if ticket.status is not Status.WAITING or not ticket.holds or ticket.holds[-1].end is not None:
        return
    waiting = ticket.holds[-1]
    written = outbox.by_message_id(tx, row.message_id, row.recipient)
    if written and waiting.why == "client" and waiting.start == written.created_at:  # a second question begins nothing
        keep(tx, desk, replace(ticket, holds=(*ticket.holds[:-1], replace(waiting, start=at))), [])


def _undelivered(tx: Tx, desk: Desk | None, row: outbox.Claimed, why: str, now: datetime) -> None:
    """A letter that will not be delivered: said in the ticket and to who wrote it, and to the operator unless it was
    theirs."""
    if desk is None:
        return
    undelivered(tx, desk, row, f"was not delivered: {why}", now)
    if row.kind == "operator":
        return
    lines = [
        f"The letter {row.kind} to {row.recipient} will not be tried again.",
        f"The mail server said: {why}",
    ]
    tell_operator(tx, desk, f"dead:{row.key}", f"A letter to {row.recipient} was not delivered", lines, now)
