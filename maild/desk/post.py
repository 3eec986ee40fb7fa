"""The one gate to the outbox: every letter that maild sends goes through `post`, and nothing goes round it.

It decides whether an address may be written to at all, so that no two robots ever talk to each other.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from maild.desk import notify
from maild.desk.desk import Desk
from maild.desk.notify import Outgoing
from maild.domain.ticket import Entry, Event
from maild.store import outbox, tickets
from maild.store.database import Tx

_MACHINES = frozenset("mailer-daemon postmaster no-reply noreply do-not-reply donotreply bounce bounces".split())
"""Local parts behind which nobody reads."""


def post(tx: Tx, desk: Desk, letter: Outgoing, now: datetime, *, ticket_id: int | None = None) -> bool:
    """Put a letter in the outbox if it may be sent. False: withheld, with the reason in the ticket's journal.

    A letter whose key is there already is not put in twice, and counts as posted.
    """
    if why := _forbidden(tx, desk, letter, now):
        if ticket_id is not None:
            says = f"{letter.kind} to {letter.recipient} withheld: {why}"
            tickets.note(tx, ticket_id, [Entry(now, Event.WITHHELD, "maild", says)])
        return False
    draft = outbox.Draft(
        key=letter.key,
        desk=desk.name,
        kind=letter.kind,
        ticket_id=ticket_id,
        envelope_from=letter.envelope_from,
        recipient=letter.recipient,
        message_id=letter.message_id,
        raw=letter.raw,
        meets_reaction=letter.meets_reaction,
        automatic=letter.automatic,
        mailbox=letter.mailbox,
        audience=letter.audience,
        author=letter.author,
        asks=letter.asks,
    )
    if outbox.enqueue(tx, draft, now) is not None and ticket_id is not None:
        tickets.remember_id(tx, desk.name, letter.message_id, ticket_id, "out", letter.recipient)
    for address in letter.cc:
        copy = replace(draft, key=f"{draft.key}:cc:{address}", recipient=address, meets_reaction=False, asks=False)
        if _forbidden(tx, desk, replace(letter, recipient=address), now) is None:
            outbox.enqueue(tx, copy, now)
    return True


def tell_operator(tx: Tx, desk: Desk, matter: str, subject: str, lines: Sequence[str], now: datetime) -> None:
    """A letter to the operator, once for each `matter` (a unique key); nothing where no operator is configured."""
    if desk.operator is not None:
        post(tx, desk, notify.operator(desk, subject, lines, now, key=f"operator:{matter}"), now)


def _forbidden(tx: Tx, desk: Desk, letter: Outgoing, now: datetime) -> str | None:
    """Why this address may not be written to, None where it may."""
    address = letter.recipient.lower()
    if "@" not in address:
        return "it is no address"
    if address in desk.own_addresses:
        return "it is a mailbox of ours"
    if letter.kind == "operator" or address in desk.regulation.people.staff:
        return None
    if address.partition("@")[0] in _MACHINES:
        return "a machine lives there"
    if not letter.automatic:
        return None
    most = limit_reached(tx, desk, address, now)
    if most is None:
        return None
    _report_flood(tx, desk, address, most, now)
    return f"{most} automatic letters went there already"


def limit_reached(tx: Tx, desk: Desk, address: str, now: datetime) -> int | None:
    """The limit of [limits] that this address has reached, None where there is room (lesson 10)."""
    a_day = outbox.automatic_to(tx, address, now - timedelta(days=1))
    if a_day >= desk.automatic_per_day:
        return desk.automatic_per_day
    if a_day < desk.automatic_per_hour:
        return None
    an_hour = outbox.automatic_to(tx, address, now - timedelta(hours=1))
    return desk.automatic_per_hour if an_hour >= desk.automatic_per_hour else None


def _report_flood(tx: Tx, desk: Desk, address: str, most: int, now: datetime) -> None:
    lines = [
        f"{address} has had {most} automatic letters, the limit of [limits] in maild.toml.",
        "Its letters are still registered, but not answered until the count falls.",
        "If this is a real client, raise automatic_per_hour or automatic_per_day.",
    ]
    tell_operator(tx, desk, f"flood:{address}:{now:%Y-%m-%d}", f"Too many letters to {address}", lines, now)
