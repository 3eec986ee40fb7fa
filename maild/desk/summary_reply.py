"""A plain reply to a letter about many tickets, a digest or a bundle of escalations: a note to the line (contract)."""

from maild.desk import notify
from maild.desk.arrival import Received
from maild.desk.confirm import confirm
from maild.desk.directive import Directive
from maild.desk.facts import Fact, Report, Said
from maild.desk.post import post
from maild.mail.thread import clean_subject

SUMMARIES = frozenset({"digest", "escalation"})
"""Kinds of letters that may be about many tickets."""


def answers_summary(directive: Directive) -> bool:
    """Whether it is words alone, in reply to such a letter."""
    answered = directive.answered
    return answered is not None and answered.kind in SUMMARIES and not directive.names and not directive.empty


def note_to_line(directive: Directive) -> Received:
    """Pass the words on: an agent's to those who share a line with them, the quality desk's to every agent."""
    arrival, agent = directive.arrival, directive.person.agent
    lines = set(agent.lines) if agent else None
    people = arrival.desk.regulation.people
    to = [each for each in people.agents if each.address != arrival.sender and (lines is None or lines & {*each.lines})]
    said = Said(directive.words, arrival.letter.arrival, arrival.sender)
    for each in to:
        letter = notify.summary_note(
            arrival.desk,
            arrival.now,
            each.address,
            key=f"{arrival.desk.name}:note:{arrival.letter.id}:{each.address}",
            said=said,
            about=clean_subject(arrival.message.subject),
            files=directive.written.attachments,
        )
        post(arrival.tx, arrival.desk, letter, arrival.now)
    names = ", ".join(each.name or each.address for each in to) or "–"
    confirm(arrival, None, Report(done=(Fact("did noted", {"names": names}),)), directive.occasion)
    return Received("ignore", None, None, "an agent's note about a summary")
