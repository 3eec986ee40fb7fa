"""One desk in service: its regulation, mailboxes, templates and seal, as every use-case takes them."""

from collections.abc import Mapping
from dataclasses import dataclass

from maild.mail.compose import Templates
from maild.mail.thread import Signer
from maild.regulation.load import Regulation


@dataclass(frozen=True)
class Mailbox:
    """A watched mailbox: `role` is "support" or "quality"; `address` is From of what is sent."""

    name: str
    role: str
    address: str


@dataclass(frozen=True)
class Desk:
    """Everything a use-case needs to know of its desk; replaced as a whole when the rules are reloaded.

    `message_size` is the limit in bytes above which a letter is not fetched whole.
    `trust_from`: an agent's From alone is proof (a closed mail server only).
    `own_addresses` are the mailboxes of every desk of this daemon: mail between them would go in circles.
    """

    name: str
    regulation: Regulation
    mailboxes: Mapping[str, Mailbox]
    templates: Templates
    signer: Signer
    own_addresses: frozenset[str] = frozenset()
    authserv_id: str | None = None
    operator: str | None = None
    automatic_per_hour: int = 10
    automatic_per_day: int = 40
    message_size: int | None = None
    trust_from: bool = False

    @property
    def support(self) -> Mailbox:
        """The mailbox for requests; a desk without one answers from its first mailbox."""
        return self._first("support")

    @property
    def quality(self) -> Mailbox:
        """The quality desk's mailbox; the support mailbox where there is none."""
        return self._first("quality")

    def _first(self, role: str) -> Mailbox:
        boxes = list(self.mailboxes.values())
        return next((box for box in boxes if box.role == role), boxes[0])
