"""The letters of a desk judged once more, by the steps of the daemon (`judgement`), each as it was: at the moment of
its arrival, in its mailbox, knowing what was known before it. Nothing is written.

Several desks may judge side by side: the same one with other rules. Each remembers what its own rules made of the
earlier letters: fields of a ticket, numbers that a client named. What people did (an agent accepted) is the same for
all. Limits: which letter is a request, and which a further one that is judged with it, is taken from what happened; a
reply that other rules would have asked for does not exist. Requests that an agent registered are not judged again: the
words are in the agent's letter, among other things.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from maild.desk import complaint
from maild.desk.arrival import Arrival
from maild.desk.client import between_our_lines
from maild.desk.desk import Desk
from maild.desk.judgement import Before, deciding, event_of, judge_new, judge_reply
from maild.domain.admission import Decision, Disposition, Known
from maild.domain.entitlement import REGISTRATION
from maild.domain.service import Entitlement, Verdict
from maild.domain.ticket import Event
from maild.mail.message import Message
from maild.mail.parse import parse
from maild.store import inbox, tickets
from maild.store.database import Database, Tx
from maild.store.judged import Judgement, Span, earlier_judgements, judgements, span_of
from maild.store.types import folded

EARLIEST, LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""A period without a beginning or an end."""

PURGED, BY_STAFF, FAILED = "purged", "by-staff", "failed"
"""Why a letter is not judged once more: it is gone, an agent registered it, the rules fail on it."""


@dataclass(frozen=True)
class Period:
    """Letters that arrived from `since` up to, not including, `until`; both aware."""

    since: datetime = EARLIEST
    until: datetime = LATEST

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


@dataclass(frozen=True)
class Replayed:
    """A judgement of the period with the decisions of each desk, in their order; none where there is a `hindrance`."""

    judgement: Judgement
    message: Message | None = None
    decisions: tuple[Decision, ...] = ()
    hindrance: str = ""
    error: str = ""


@dataclass
class _Standing:
    """A ticket as the letters judged so far have left it."""

    client: str
    category: str = ""
    fields: Mapping[str, str | None] = field(default_factory=dict)
    entitlement: Entitlement | None = None
    language: str = ""
    accepted: datetime | None = None
    asked: int = 0

    @property
    def number(self) -> str | None:
        """The registration number that decided, else the one that the letter names, as a ticket's row has it."""
        return (self.entitlement.registration_number if self.entitlement else None) or self.fields.get(REGISTRATION)


class Replay:
    """Every judgement of a desk in a period, once more. `total` is how many there are."""

    def __init__(self, database: Database, desks: Sequence[Desk], period: Period) -> None:
        self._database, self._period = database, period
        self._name = desks[0].name
        self._memories = tuple(_Memory(desk) for desk in desks)
        self._caught_up: set[str] = set()
        with database.read() as tx:
            self._span: Span | None = span_of(tx, self._name, period.since, period.until)
        self.total = self._span.count if self._span else 0

    def __iter__(self) -> Iterator[Replayed]:
        if self._span is None:
            return
        after, last = self._span.first, self._span.last
        while True:
            with self._database.read() as tx:
                page = judgements(tx, self._name, after, last)
                found = [self._step(tx, each) for each in page]
            for each in found:
                if each and (each.judgement.arrival or each.judgement.at) in self._period:
                    yield each
            if not page:
                return
            after = page[-1].id + 1

    def _step(self, tx: Tx, one: Judgement) -> Replayed | None:
        """Judge a letter, and let every desk remember what came of it; None for what is no letter."""
        if one.letter is None:
            for memory in self._memories:
                memory.accepted(one)
            return None
        found = self._judged(tx, one, one.letter)
        for memory, decision in zip(self._memories, found.decisions, strict=False):
            memory.note(one, decision)
        if found.hindrance:
            for memory in self._memories:
                memory.take_over(tx, one)
        return found

    def _judged(self, tx: Tx, one: Judgement, letter_id: int) -> Replayed:
        try:
            letter = inbox.letter(tx, letter_id)
        except LookupError:
            return Replayed(one, hindrance=PURGED)
        message = parse(letter.raw, truncated=letter.truncated)
        sender = message.sender.address if message.sender else ""
        if not one.again and folded(sender) != folded(one.client):
            return Replayed(one, message, hindrance=BY_STAFF)
        desk = self._memories[0].desk
        fallback = desk.quality if one.category == complaint.CATEGORY else desk.support
        box = desk.mailboxes.get(letter.mailbox, fallback)
        arrival = Arrival(tx, desk, box, letter, message, one.at)
        if _is_reply(one):
            arrival = between_our_lines(arrival)
        decisions = []
        for memory in self._memories:
            try:
                decisions.append(self._decision(memory, replace(arrival, desk=memory.desk), one))
            except Exception as error:  # whatever it is: in the daemon the letter would have gone to quarantine
                says = f"{memory.desk.regulation.directory}: {error!r}"
                return Replayed(one, arrival.message, hindrance=FAILED, error=says)
        return Replayed(one, arrival.message, tuple(decisions))

    def _decision(self, memory: "_Memory", arrival: Arrival, one: Judgement) -> Decision:
        if _is_reply(one):
            if one.ticket not in memory.tickets or not memory.tickets[one.ticket].category:
                self._catch_up(arrival.tx, one.client)
            if standing := memory.tickets.get(one.ticket):
                before = Before(standing.fields, standing.category, standing.entitlement, standing.language)
                return judge_reply(deciding(arrival), before, lambda: standing.asked)

        def remembered() -> Known:
            self._catch_up(arrival.tx, one.client)
            return memory.remembered(one.client)

        return judge_new(deciding(arrival), remembered)

    def _catch_up(self, tx: Tx, client: str) -> None:
        """Judge what this client wrote before the period: only where something has to be remembered of it."""
        key = folded(client)
        if self._span is None or key in self._caught_up:
            return
        self._caught_up.add(key)
        for one in earlier_judgements(tx, self._name, client, self._span.first):
            self._step(tx, one)


def _is_reply(one: Judgement) -> bool:
    """Whether a letter was judged with what its ticket had before; each letter of a complaint is judged alone."""
    return one.again and one.category != complaint.CATEGORY


class _Memory:
    """What one desk remembers of its tickets."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.tickets: dict[int, _Standing] = {}
        self._of_client: dict[str, list[int]] = defaultdict(list)

    def note(self, one: Judgement, decision: Decision) -> None:
        """A letter was judged. A complaint has no fields, and a letter that is ignored no ticket."""
        if decision.disposition is Disposition.IGNORE or one.category == complaint.CATEGORY:
            return
        standing = self._standing(one)
        standing.category = decision.category or standing.category
        standing.fields = {name: value for name, value in decision.fields.items() if value is not None}
        standing.entitlement, standing.language = decision.entitlement, decision.language
        self._happened(standing, event_of(decision), one.at)

    def take_over(self, tx: Tx, one: Judgement) -> None:
        """A letter could not be judged: the ticket is taken as it stands now."""
        ticket, standing = tickets.load_id(tx, one.ticket, lock=False), self._standing(one)
        standing.category, standing.fields, standing.entitlement = ticket.category, ticket.fields, ticket.entitlement
        standing.language = ticket.language
        self._happened(standing, Event(one.event), one.at)

    def accepted(self, one: Judgement) -> None:
        """An agent accepted a ticket."""
        self._happened(self._standing(one), Event.ACCEPTED, one.at)

    def remembered(self, client: str) -> Known:
        """What this address told us in its earlier requests, as `store.threads` finds it for the daemon."""
        mine = [(number, self.tickets[number]) for number in self._of_client[folded(client)]]
        dated = [(each.accepted, ticket, each.number) for ticket, each in mine if each.accepted and each.number]
        unknown = (each.number for _, each in mine if each.entitlement and each.entitlement.verdict is Verdict.UNKNOWN)
        return Known(
            registration_number=max(dated)[2] if dated else None,
            unknown_numbers=frozenset(number for number in unknown if number),
        )

    def _standing(self, one: Judgement) -> _Standing:
        if one.ticket not in self.tickets:
            self.tickets[one.ticket] = _Standing(one.client)
            self._of_client[folded(one.client)].append(one.ticket)
        return self.tickets[one.ticket]

    @staticmethod
    def _happened(standing: _Standing, event: Event, at: datetime) -> None:
        if event is Event.ACCEPTED:
            standing.accepted = max(at, standing.accepted or at)
        standing.asked += event is Event.ASKED
