"""A desk as those who work at it read it: one language, one zone, one moment at which everything is counted."""

from datetime import datetime
from typing import TYPE_CHECKING

from maild.desk.card import contract_of
from maild.desk.clocks import level_of
from maild.desk.outgoing import staff_language, subject_of
from maild.domain.sla import Standing, standing
from maild.domain.ticket import Ticket
from maild.mail import phrase
from maild.mail.labels import word
from maild.mail.parts import tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk


class View:
    """A desk as its staff read it: language, zone, the moment at which everything is counted."""

    def __init__(self, desk: "Desk", now: datetime) -> None:
        self.desk, self.now = desk, now
        self.language = staff_language(desk)
        self.zone = desk.regulation.desk.calendar.zone

    def standing(self, ticket: Ticket, clock: str) -> Standing:
        """How a clock of a ticket stands now."""
        return standing(ticket, clock, level_of(self.desk, ticket), self.desk.regulation.desk.calendar, self.now)

    def moment(self, at: datetime) -> str:
        """A time with its zone."""
        return phrase.moment(at, self.language, self.zone, self.now)

    def plain(self, at: datetime) -> str:
        """A time without its zone, where the foot of the letter names it."""
        return phrase.plain_moment(at, self.language, self.zone, self.now)

    def clock(self, at: datetime) -> str:
        """A time of today without its day."""
        return phrase.clock(at, self.language, self.zone, self.now)

    def word(self, key: str, /, **values: object) -> str:
        """A small wording."""
        return word(key, self.language, **values)

    def subject(self, ticket: Ticket) -> str:
        """The ticket's subject."""
        return subject_of(ticket, self.language)

    def person(self, address: str | None) -> str:
        """A colleague's name, their address where people.toml has none; that nobody is assigned."""
        if not address:
            return self.word("nobody")
        agent = self.desk.regulation.people.agent(address)
        return tidy(agent.name) if agent and agent.name else tidy(address)

    def organisation(self, ticket: Ticket) -> str:
        """Who the client is: by the registry, else as they wrote it, else their address."""
        contract = contract_of(ticket)
        name = contract.organisation if contract else ticket.fields.get("organisation")
        return tidy(name) or tidy(ticket.client)
