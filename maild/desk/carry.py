"""Carrying out what an agent's letter asks: the ticket, letters to the client, word to colleagues, all in one commit.

The agent's own letter never leaves the house: what goes to the client is written anew from its words.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from maild.desk import absence, notify
from maild.desk.arrival import Arrival, Received
from maild.desk.assign import by_policy
from maild.desk.authority import Person
from maild.desk.clocks import keep
from maild.desk.confirm import confirm
from maild.desk.directive import CLIENT, Directive
from maild.desk.facts import Fact, Report, Said
from maild.desk.notify import Outgoing
from maild.desk.plan import Plan
from maild.desk.post import post
from maild.desk.suggestions import topics_of_ticket
from maild.desk.tell import concerned, news_again, tell_colleagues, tell_line
from maild.domain.escalation import staff
from maild.domain.people import Agent
from maild.domain.rules import in_language
from maild.domain.ticket import Event, Ticket
from maild.mail.mime import File


@dataclass
class _Carrying:
    """One plan on its way: `key` begins the key of every letter that comes of it."""

    directive: Directive
    plan: Plan
    key: str
    sent: list[Fact] = field(default_factory=list)

    @property
    def arrival(self) -> Arrival:
        return self.directive.arrival

    @property
    def ticket(self) -> Ticket:
        return self.plan.ticket

    def send(self, letter: Outgoing) -> None:
        """Post a letter to the client, and note it for the confirmation."""
        posted = post(self.arrival.tx, self.arrival.desk, letter, self.arrival.now, ticket_id=self.ticket.id)
        everybody = ", ".join((letter.recipient, *letter.cc))
        self.sent.append(Fact("sent" if posted else "withheld", {"kind": letter.kind, "to": everybody}))


def carry(directive: Directive, plan: Plan, *, report: Report | None = None) -> Received:
    """Carry out a plan without failures. `report`: what the confirmation says besides."""
    arrival = directive.arrival
    carrying = _Carrying(directive, plan, f"{plan.ticket.number}:{arrival.letter.id}")
    _note_words(directive, plan)
    if plan.handed and plan.ticket.assignee is None:
        plan.ticket = by_policy(arrival.tx, arrival.desk, plan.ticket, plan.entries, arrival.now)
    if plan.assigned and absence.assigned_to_absent(arrival.tx, arrival.desk, plan.assigned):
        plan.done.append(Fact("did given to absent", {"name": name_of(arrival, plan.assigned)}))
    plan.ticket = keep(arrival.tx, arrival.desk, plan.ticket, plan.entries)
    arrival.remember(plan.ticket)
    _to_client(carrying)
    _to_staff(carrying)
    done = replace(report or Report(), done=tuple(plan.done), sent=tuple(carrying.sent))
    confirm(arrival, plan.ticket, done, directive.occasion)
    says = ", ".join(fact.key for fact in plan.done) or "nothing to do"
    return Received("thread", plan.ticket.id, plan.ticket.number, f"an agent's letter: {says}")


def author_of(person: Person) -> Agent:
    """The person as the author of an answer."""
    return person.agent or Agent(person.address, person.name, ())


def _note_words(directive: Directive, plan: Plan) -> None:
    """The journal line of the words themselves, where no command has written one."""
    if directive.audience == CLIENT and _speaks(directive, plan):
        if plan.effect == "answer" and plan.refusal is None:
            plan.happens(Event.ANSWERED, "answered the client")
        plan.done.append(Fact("did answered"))
        if directive.written.unsent:
            plan.done.append(Fact("did unsent", {"lines": " / ".join(directive.written.unsent)}))
    elif directive.audience != CLIENT and not directive.empty:
        plan.happens(Event.NOTED, directive.words)


def _speaks(directive: Directive, plan: Plan) -> bool:
    return not directive.empty or bool(plan.canned)


def _to_client(carrying: _Carrying) -> None:
    """Confirmation, refusal, the agent's words, the assessment, what else changed: in this order."""
    plan, ticket, desk = carrying.plan, carrying.ticket, carrying.arrival.desk
    now, key = carrying.arrival.now, f"{desk.name}:{carrying.key}"
    speaks = carrying.directive.audience == CLIENT and _speaks(carrying.directive, plan)
    author = author_of(plan.person)
    if plan.accepted and ticket.category != "quality":
        topics = topics_of_ticket(carrying.arrival.tx, desk, ticket)
        carrying.send(notify.acknowledgement(desk, ticket, now, key=f"{key}:acknowledgement", topics=topics))
    if plan.refusal:
        words = _words(carrying) if speaks else ""
        files = carrying.directive.written.attachments if speaks else ()
        topics = topics_of_ticket(carrying.arrival.tx, desk, ticket)
        letter = notify.refusal(
            desk, ticket, now, key=f"{key}:refusal", words=words, author=author, files=files, topics=topics
        )
        carrying.send(letter)
    elif speaks:
        carrying.send(_answer(carrying, author, f"{key}:answer"))
    if plan.solved and desk.regulation.desk.rating.ask and ticket.category != "quality":
        carrying.send(_rating(carrying, f"{key}:rating"))
    for event in dict.fromkeys(plan.notices):
        carrying.send(notify.notice(desk, ticket, now, key=f"{key}:{event}", event=event))


def _words(carrying: _Carrying) -> str:
    """The agent's words, behind the ready answers that they asked for."""
    language = carrying.ticket.language
    canned = (in_language(each.text, language) for each in carrying.plan.canned)
    words = carrying.directive.words
    # Decision 8: to a bare address not a word of its own letter goes, not even quoted.
    if carrying.directive.audience == CLIENT and carrying.ticket.acquaintance == "bare":
        words = "\n".join(line for line in words.split("\n") if not line.startswith(">"))
    return "\n\n".join(part for part in (*canned, words) if part)


def _answer(carrying: _Carrying, author: Agent, key: str) -> Outgoing:
    return notify.answer(
        carrying.arrival.desk,
        carrying.ticket,
        carrying.arrival.now,
        key=key,
        words=_words(carrying),
        author=author,
        effect=carrying.plan.effect,
        files=carrying.directive.written.attachments,
        from_quality=carrying.ticket.category == "quality",
    )


def _rating(carrying: _Carrying, key: str) -> Outgoing:
    arrival, person = carrying.arrival, carrying.plan.person
    words = _words(carrying) if carrying.directive.audience == CLIENT else ""  # a note is quoted to nobody
    solution = Said(words, arrival.letter.arrival, person.name or person.address) if words else None
    closes = closing_time(carrying)
    return notify.rating(arrival.desk, carrying.ticket, arrival.now, key=key, solution=solution, closes=closes)


def closing_time(carrying: _Carrying) -> datetime | None:
    """When silence will close the ticket."""
    rules = carrying.arrival.desk.regulation.desk
    after = rules.rating.close_after
    return rules.calendar.add(carrying.plan.at, after) if after else None


def _to_staff(carrying: _Carrying) -> None:
    """Whom the ticket concerns now, and what was said."""
    plan, ticket, arrival = carrying.plan, carrying.ticket, carrying.arrival
    me = plan.person.address
    files, words = carrying.directive.written.attachments, _words(carrying)
    if carrying.sent and carrying.directive.audience == CLIENT and _speaks(carrying.directive, plan):
        _tell_colleagues(carrying, Said(words, plan.at, plan.person.name or me), files, answered=True)
    elif carrying.directive.audience != CLIENT and not carrying.directive.empty:
        _tell_colleagues(carrying, Said(words, plan.at, plan.person.name or me), files, answered=False)
    why = _news(carrying)
    if why is None:
        return
    news = news_again(arrival.tx, arrival.desk, ticket, why, me)
    people = arrival.desk.regulation.people
    to = list(staff(ticket, people))
    if why == "urgent":  # the whole line, whoever the assignee is, and the quality desk
        to += [*(agent.address for agent in people.on_line(ticket.line)), *people.quality]
    tell_line(arrival.tx, arrival.desk, ticket, news, arrival.now, carrying.key, but=me, to=list(dict.fromkeys(to)))


def _news(carrying: _Carrying) -> str | None:
    """What the line, or the assignee, has to be told with the whole request; the weightiest first."""
    plan = carrying.plan
    if "urgent" in plan.notices:
        return "urgent"
    if plan.handed:
        return "handed"
    if plan.assigned and plan.assigned != plan.person.address:
        return "assigned"
    return "reopened" if any(fact.key == "did reopened" for fact in plan.done) else None


def _tell_colleagues(carrying: _Carrying, said: Said, files: tuple[File, ...], *, answered: bool) -> None:
    arrival, ticket, me = carrying.arrival, carrying.ticket, carrying.plan.person.address
    to = concerned(arrival.tx, arrival.desk, ticket, me)
    if not answered:
        names = ", ".join(name_of(arrival, address) for address in to)
        carrying.plan.done.append(Fact("did noted", {"names": names or "–"}))
    tell_colleagues(
        arrival.tx,
        arrival.desk,
        ticket,
        said,
        arrival.now,
        f"{carrying.key}:note",
        to=to,
        files=files,
        answered=answered,
        effect=carrying.plan.effect if answered else "",
    )


def name_of(arrival: Arrival, address: str) -> str:
    """A colleague's name, their address where people.toml has none."""
    agent = arrival.desk.regulation.people.agent(address)
    return agent.name if agent and agent.name else address
