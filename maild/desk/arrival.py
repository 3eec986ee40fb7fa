"""A letter on its way through the desk: what every step of the road needs, in one hand."""

from dataclasses import dataclass
from datetime import datetime

from maild.desk.clocks import happens
from maild.desk.desk import Desk, Mailbox
from maild.domain.ticket import Entry, Event, Ticket
from maild.mail.message import Message
from maild.store import inbox, tickets
from maild.store.database import Tx


@dataclass(frozen=True)
class Received:
    """What became of a letter: contract's disposition, the ticket it belongs to, and why in one line."""

    disposition: str
    ticket_id: int | None
    ticket: str | None
    says: str


@dataclass(frozen=True)
class Arrival:
    """One parsed letter inside the transaction that deals with it; `now` is aware."""

    tx: Tx
    desk: Desk
    mailbox: Mailbox
    letter: inbox.StoredLetter
    message: Message
    now: datetime

    @property
    def sender(self) -> str:
        """From in lower case: who wrote it (decision 7: identity is From); "" where there is none."""
        return self.message.sender.address.lower() if self.message.sender else ""

    def entry(self, event: Event, says: str, *, outbox: int | None = None) -> Entry:
        """A journal line about this letter, by its sender, at its arrival."""
        return Entry(self.letter.arrival, event, self.sender or "unknown", says, letter=self.letter.id, outbox=outbox)

    def takes_part(self, ticket: Ticket) -> bool:
        """Whether the sender is the client or a participant of a ticket."""
        return self.sender in (ticket.client, *tickets.participants(self.tx, self.id_of(ticket)))

    def remember(self, ticket: Ticket) -> None:
        """A reply to this letter will find the ticket."""
        if self.message.message_id:
            tickets.remember_id(self.tx, self.desk.name, self.message.message_id, self.id_of(ticket), "in", None)

    def happens(self, ticket: Ticket, event: Event, at: datetime) -> Ticket:
        """The ticket after an event, by this desk's rules about holds."""
        return happens(self.desk, ticket, event, at)

    def role_of(self, mailbox: str) -> str:
        """The role of a mailbox by its name; a mailbox that is gone from the configuration has none."""
        return self.desk.mailboxes[mailbox].role if mailbox in self.desk.mailboxes else ""

    @staticmethod
    def id_of(ticket: Ticket) -> int:
        """The row id of a ticket that came from the store."""
        assert ticket.id is not None
        return ticket.id
