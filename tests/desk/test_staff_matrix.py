"""Every command in every status: it is done or refused, the agent hears which once, and a refusal reaches no client."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from maild.desk.arrival import Received
from maild.desk.clocks import keep
from maild.desk.receive import receive_parsed
from maild.domain.ticket import Event, Status, Ticket
from maild.mail.command_words import COMMANDS
from maild.mail.digest import identify
from maild.mail.parse import parse
from maild.store import inbox, tickets
from maild.store.database import Database
from maild.store.schema import outbox
from tests.desk.office import IVANOV, OLGA, Answer, Office
from tests.servers.letters import letter

ARGUMENTS = {
    "assign": "Котова",
    "refuse": "вне рамок линии",
    "level": "развитие",
    "line": "менеджеры",
    "for": "anna@birch.test",
    "reply": "hide-field",
}
CLOSED = (Status.ASSESSMENT, Status.CLOSED)
REFUSED_IN = {
    "wait": tuple(each for each in Status if each is not Status.WAITING),  # no question in it, and none before
    "resolve": (Status.REFUSED, *CLOSED),
    "refuse": CLOSED,
    "urgent": (Status.REFUSED, *CLOSED),
    "develop": (Status.REFUSED, Status.DETAILS, *CLOSED),
    "reopen": tuple(each for each in Status if each not in (Status.REFUSED, *CLOSED)),
    **dict.fromkeys(("for", "undo", "send", "note"), tuple(Status)),
}
"""Where a letter that holds nothing but the command cannot be carried out."""


@dataclass(frozen=True)
class Trial:
    """What one letter did."""

    received: Received
    ticket: Ticket
    letters: Sequence[tuple[str, str]]
    events: Sequence[Event]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A desk on SQLite: the commands do not know which database it is."""
    database = Database(f"sqlite:///{tmp_path / 'maild.db'}")
    database.migrate()
    return Office(database, tmp_path)


class _Undone(Exception):
    """Ends a trial without a trace."""


def tried(office: Office, request: Answer, status: Status, text: str) -> Trial:
    """What an agent's reply would do to the ticket if it stood in that status; nothing of it stays."""
    headers = {"From": IVANOV, "In_Reply_To": str(request.message["Message-ID"]), "Message_ID": "<trial@client.test>"}
    raw, found = letter("Re: Вопрос", text, **headers), None
    message_id, digest = identify(raw)
    try:
        with office.database.write() as tx:
            ticket = tickets.load(tx, "rarus", "CRM-000001")
            assert ticket and ticket.id
            keep(tx, office.desk, replace(ticket, status=status), [])
            before = len(tickets.history(tx, ticket.id)), tx.scalar(sa.select(sa.func.max(outbox.c.id)))
            new = inbox.NewLetter(10_000, office.now, len(raw), raw, message_id, digest, False)
            (row,) = inbox.add_letters(tx, "rarus", "crm", 1, [new])
            stored, box = inbox.letter(tx, row), office.desk.mailboxes["crm"]
            received = receive_parsed(tx, office.desk, box, stored, parse(raw), office.now)
            sent = tx.execute(sa.select(outbox.c.kind, outbox.c.recipient).where(outbox.c.id > before[1]))
            events = [entry.event for entry in tickets.history(tx, ticket.id)[before[0] :]]
            letters = [(kind, to) for kind, to in sent]
            found = Trial(received, tickets.load_id(tx, ticket.id), letters, events)
            raise _Undone
    except _Undone:
        assert found is not None
        return found


@pytest.mark.parametrize("status", Status)
def test_every_command_in_every_status(office: Office, status: Status) -> None:
    office.arrive(OLGA)
    request = office.last(IVANOV, "request")
    for word in COMMANDS:
        line = f"#{word.words['ru'][0]} {ARGUMENTS.get(word.name, '')}".strip()
        trial = tried(office, request, status, line)
        kinds = [kind for kind, to in trial.letters if to == IVANOV]
        assert kinds == ["confirmation"], (line, trial)
        rejected = Event.REJECTED in trial.events
        assert rejected == (status in REFUSED_IN.get(word.name, ())), (line, trial)
        if rejected:
            assert (trial.ticket.status, trial.events, len(trial.letters)) == (status, [Event.REJECTED], 1), (
                line,
                trial,
            )


@pytest.mark.parametrize("status", Status)
def test_words_without_a_command_go_to_the_client_in_every_status(office: Office, status: Status) -> None:
    office.arrive(OLGA)
    trial = tried(office, office.last(IVANOV, "request"), status, "Снимите флажок.")
    assert ("answer", OLGA) in trial.letters
    assert trial.events == [Event.ANSWERED]
    assert trial.ticket.status == (Status.OPEN if status is Status.NEW else status)


def test_all_or_none(office: Office) -> None:
    """A good line before or behind a bad one is not carried out, whatever it is."""
    office.arrive(OLGA)
    request, before = office.last(IVANOV, "request"), office.ticket()
    for word in COMMANDS:
        line = f"#{word.words['en'][0]} {ARGUMENTS.get(word.name, '')}".strip()
        for lines in (f"{line}\n#линия нет такой", f"#уровень нет такого\n{line}"):
            trial = tried(office, request, Status.OPEN, f"{lines}\nТекст клиенту.")
            assert trial.letters == [("confirmation", IVANOV)], lines
            assert trial.events == [Event.REJECTED], lines
            assert trial.ticket == before, lines
