"""Judging a client's letter with what the desk remembers: the same steps for the daemon, `maild rehearse` and
`maild coverage`, so that what is rehearsed is what would happen.

What is remembered comes from the caller: the daemon reads it from its tickets, a rehearsal from those it rehearsed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from maild.desk.arrival import Arrival
from maild.desk.intake import decide
from maild.domain.admission import Decision, Disposition, Known, Reason
from maild.domain.entitlement import REGISTRATION
from maild.domain.service import Entitlement, Verdict
from maild.domain.sla import Targets, plan
from maild.domain.ticket import Event
from maild.regulation.load import Regulation

EVENTS = {
    Disposition.ACCEPT: Event.ACCEPTED,
    Disposition.ASK: Event.ASKED,
    Disposition.REFUSE: Event.REFUSED,
    Disposition.TRIAGE: Event.TRIAGED,
}
ASKED_ENOUGH = 3
"""So many requests for information, and a person decides: a client is not asked for ever."""

Deciding = Callable[[Known], Decision]
"""One letter, and what is decided about it given what is known."""


@dataclass(frozen=True)
class Before:
    """What the letters before this one made of its ticket."""

    fields: Mapping[str, str | None]
    category: str
    entitlement: Entitlement | None
    language: str

    @property
    def known(self) -> Known:
        """What is known of the ticket when one more letter is judged with it."""
        unknown = self.entitlement is not None and self.entitlement.verdict is Verdict.UNKNOWN
        number = self.fields.get(REGISTRATION)
        numbers = frozenset({number} if unknown and number else ())
        return Known(fields=self.fields, unknown_numbers=numbers, category=self.category, language=self.language)


def deciding(arrival: Arrival) -> Deciding:
    """The decision on this letter by its desk's rules, at its arrival."""

    def decided(known: Known) -> Decision:
        return decide(
            arrival.message,
            arrival.desk.regulation,
            at=arrival.letter.arrival,
            role=arrival.mailbox.role,
            known=known,
            own_addresses=arrival.desk.own_addresses,
        )

    return decided


def judge_new(decided: Deciding, remembered: Callable[[], Known]) -> Decision:
    """The decision on a new letter. What this very address told us before is asked for only where the letter
    itself does not do: no number, or one that the registry does not know (contract, doubtful cases 2 and 3)."""
    decision = decided(Known())
    unknown = decision.entitlement is not None and decision.entitlement.verdict is Verdict.UNKNOWN
    if decision.disposition is not Disposition.ASK or not (unknown or REGISTRATION in decision.missing):
        return decision
    known = remembered()
    return decision if known == Known() else decided(known)


def judge_reply(decided: Deciding, before: Before, asked: Callable[[], int]) -> Decision:
    """The decision on a further letter to a ticket that was asked about or refused, over all that was written.

    `asked` counts the requests for information so far.
    """
    decision = decided(before.known)
    return _not_for_ever(decision, asked()) if decision.disposition is Disposition.ASK else decision


def event_of(decision: Decision) -> Event:
    """What a decision does to its ticket. Where a person has to confirm (`[acceptance] mode = "agent"`), an accepted
    request stands registered until an agent accepts it or answers."""
    if decision.disposition is Disposition.ACCEPT and decision.template == "receipt":
        return Event.TRIAGED
    return EVENTS[decision.disposition]


def due(decision: Decision, regulation: Regulation, arrival: datetime) -> Targets:
    """The targets of a decision about a letter that arrived then (aware); none unless it accepts or triages."""
    level = regulation.desk.levels.get(decision.level or "")
    if level is None or decision.disposition not in (Disposition.ACCEPT, Disposition.TRIAGE):
        return Targets(None, None, False)
    return plan(regulation.desk.calendar, level, arrival)


def trail_line(decision: Decision) -> str:
    """All reasons of a decision with their rules in one line, as the journal has them (`store.judged` tells it by its
    end)."""
    return "; ".join(map(cited, decision.reasons))


def cited(reason: Reason) -> str:
    """A reason with the rule that it rests on."""
    return f"{reason.says} [{reason.rule}]"


def _not_for_ever(decision: Decision, asked: int) -> Decision:
    if asked < ASKED_ENOUGH:
        return decision
    reason = Reason("maild", f"asked {asked} times already: a person decides", about="disposition")
    return replace(
        decision,
        disposition=Disposition.TRIAGE,
        template="receipt",
        doubt=reason.says,
        reasons=(*decision.reasons, reason),
    )
