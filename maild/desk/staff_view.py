"""A desk as those who work at it read it: one language, one zone, one moment at which everything is counted."""

from datetime import datetime
from typing import TYPE_CHECKING

from maild.desk.card import contract_of
from maild.desk.client_row import client_row
from maild.desk.clocks import level_of
from maild.desk.outgoing import staff_language, subject_of
from maild.domain.service import Contract, Verdict
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

    def registered(self, ticket: Ticket) -> Contract | None:
        """The client's row in the registry, for staff alone: that of the number, else the one that their domain or the
        page they named leads to. None where neither does, and where the number is somebody else's."""
        if row := contract_of(ticket):
            return row
        if ticket.entitlement and ticket.entitlement.verdict is Verdict.AMBIGUOUS:
            return None
        return client_row(self.desk.regulation, ticket.client, ticket.fields)

    def called(self, ticket: Ticket) -> str:
        """The client's organisation: by the contract, else as they wrote it, else by the registry; "" for none."""
        contract, row = contract_of(ticket), self.registered(ticket)
        said = contract.organisation if contract else ticket.fields.get("organisation")
        return tidy(said) or (tidy(row.organisation) if row else "")

    def organisation(self, ticket: Ticket) -> str:
        """Who the client is: their organisation, else their address."""
        return self.called(ticket) or tidy(ticket.client)
