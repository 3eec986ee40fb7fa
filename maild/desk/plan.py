"""What would come of an agent's letter: the ticket as it would be, and what is to be told. Nothing happens here.

The commands fill a plan (`steps`); only when all of them went well is it carried out (`carry`).
"""

from dataclasses import dataclass, field
from datetime import datetime

from maild.desk.authority import Person
from maild.desk.clocks import happens
from maild.desk.desk import Desk
from maild.desk.facts import Fact
from maild.domain.rules import CannedAnswer, Refusal
from maild.domain.ticket import Entry, Event, Ticket

FOR_QUALITY = frozenset({"assign", "line", "level", "urgent", "reopen", "note", "status", "queue", "why", "letters"})
"""What the quality desk may do on any ticket; on a complaint it may do everything."""


@dataclass
class Plan:
    """A ticket as it will be, and what is to be told. `at` is when the letter arrived, `now` the present, aware.

    `speaks`: the letter brings words or files for the client. `answered`: the client's last letter is answered already.
    `acknowledged`: the client has been told once that the request is accepted. `level_chosen`: a person chose its level
    before, so that no rule changes it. `names` are the commands of the letter,
    `effect` is what its words to the client are: "answer", "question" or "solution". `wants` are the answers that the
    agent asked for: status, queue, why, letters.
    """

    desk: Desk
    person: Person
    ticket: Ticket
    at: datetime
    now: datetime
    letter: int | None = None
    speaks: bool = False
    answered: bool = False
    acknowledged: bool = False
    level_chosen: bool = False
    names: frozenset[str] = frozenset()
    entries: list[Entry] = field(default_factory=list)
    done: list[Fact] = field(default_factory=list)
    effect: str = "answer"
    accepted: bool = False
    solved: bool = False
    refusal: Refusal | None = None
    canned: list[CannedAnswer] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    handed: str = ""
    assigned: str | None = None
    wants: dict[str, str] = field(default_factory=dict)

    def happens(self, event: Event, says: str, done: Fact | None = None, at: datetime | None = None) -> None:
        """An event of the ticket, with its line in the journal and in the confirmation."""
        self.ticket = happens(self.desk, self.ticket, event, at or self.at)
        self.entries.append(Entry(self.at, event, self.person.address, says, letter=self.letter))
        if done:
            self.done.append(done)
