"""A desk on a real database, that of rarus by default: `arrive` puts a letter in, `answers` reads what was queued."""

import itertools
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from maild.data import data_dir
from maild.desk.arrival import Received
from maild.desk.desk import Desk, Mailbox
from maild.desk.receive import receive
from maild.domain.ticket import Entry, Ticket
from maild.mail.compose import Templates
from maild.mail.digest import identify
from maild.mail.thread import Signer
from maild.regulation.load import Regulation, load_regulation
from maild.store import inbox, tickets
from maild.store.database import Database
from maild.store.schema import outbox
from tests.servers.letters import letter
from tests.stories.registry import contracts

MONDAY = datetime(2026, 11, 23, 7, 15, tzinfo=UTC)  # 10:15 in Moscow
IVANOV, KOTOVA, PETRENKO = "ivanov@example.test", "kotova@example.test", "petrenko@example.test"
QUALITY, OLGA = "quality@example.test", "olga@birch.test"
WHOLE = "Подскажите, как скрыть поле в карточке сделки? ООО «Берёза», 1С:CRM ПРОФ 3.1.25.4, рег. номер 801000017\n"
LACKING = "Подскажите, как скрыть поле в карточке сделки?\n"
CRM, CONTROL, OPERATOR = "crm@example.test", "control@example.test", "postmaster@example.test"


@dataclass(frozen=True)
class Answer:
    """A queued letter."""

    kind: str
    to: str
    message: EmailMessage

    @property
    def text(self) -> str:
        """Its text part."""
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part else ""


class Office:
    """One desk with both mailboxes, with the rules of a pack. The clock stands until it is moved."""

    def __init__(self, database: Database, folder: Path, pack: str = "rarus") -> None:
        self.database, self.now = database, MONDAY
        self.rules = folder / "rules"
        _write_rules(self.rules, pack)
        with database.write() as tx:
            signer = Signer(database.secret(tx))
        self._uids = itertools.count(1)
        boxes = {"crm": Mailbox("crm", "support", CRM), "control": Mailbox("control", "quality", CONTROL)}
        self.desk = Desk(
            name=pack,
            regulation=replace(_unchanged(pack), directory=self.rules),
            mailboxes=boxes,
            templates=shipped_templates(),
            signer=signer,
            own_addresses=frozenset({CRM, CONTROL}),
            operator=OPERATOR,
            message_size=35 * 1024**2,
        )

    def without_agents(self) -> None:
        """Nobody sits on a line: letters go to clients only."""
        (self.rules / "people.toml").write_text("[quality]\naddresses = []\n", encoding="utf-8")
        self.reload()

    def pass_time(self, **span: float) -> None:
        """Move the clock on."""
        self.now += timedelta(**span)

    def reload(self) -> None:
        """Take up the rule files as they are now."""
        self.desk = replace(self.desk, regulation=load_regulation(self.rules))

    def arrive(
        self, sender: str, text: str = WHOLE, subject: str = "Вопрос", *, box: str = "crm", **headers: str
    ) -> Received:
        """A person's letter arrives now."""
        headers.setdefault("Message_ID", f"<{next(self._uids)}@client.test>")
        return self.arrive_raw(letter(subject, text, self.desk.mailboxes[box].address, From=sender, **headers), box=box)

    def arrive_raw(self, raw: bytes, *, box: str = "crm", truncated: bool = False) -> Received:
        """These bytes arrive now."""
        message_id, digest = identify(raw)
        new = inbox.NewLetter(next(self._uids), self.now, len(raw), raw, message_id, digest, truncated)
        with self.database.write() as tx:
            inbox.add_letters(tx, self.desk.name, box, 1, [new])
        with self.database.read() as tx:
            (stored,) = inbox.next_letters(tx, self.desk.name, box, self.now, 10)
        (received,) = receive(self.database, self.desk, self.desk.mailboxes[box], [stored], self.now)
        return received

    def deal_with_stored(self) -> None:
        """Deal with letters that were put off and are due now."""
        for box in self.desk.mailboxes.values():
            with self.database.read() as tx:
                stored = inbox.next_letters(tx, self.desk.name, box.name, self.now, 10)
            receive(self.database, self.desk, box, stored, self.now)

    def reply(
        self, to: "Answer", text: str, *, sender: str | None = None, box: str = "crm", **headers: str
    ) -> Received:
        """Whoever got a letter of ours (or `sender`) replies to it now."""
        headers.setdefault("In_Reply_To", str(to.message["Message-ID"]))
        return self.arrive(sender or to.to, text, f"Re: {to.message['Subject']}", box=box, **headers)

    def last(self, to: str, kind: str | None = None) -> "Answer":
        """The newest letter queued to somebody, of a kind."""
        found = [answer for answer in self.answers(to) if kind in (None, answer.kind)]
        assert found, f"no {kind or 'letter'} to {to}: {[(each.kind, each.to) for each in self.answers()]}"
        return found[-1]

    def kinds(self, to: str) -> list[str]:
        """The kinds of what was queued to somebody, in order."""
        return [answer.kind for answer in self.answers(to)]

    def answers(self, to: str | None = None) -> list[Answer]:
        """What was queued (to somebody), in order."""
        with self.database.read() as tx:
            rows = tx.execute(sa.select(outbox.c.kind, outbox.c.recipient, outbox.c.raw).order_by(outbox.c.id))
            return [Answer(kind, each, _read(bytes(raw))) for kind, each, raw in rows if to in (None, each)]

    def ticket(self, number: str | None = None) -> Ticket:
        """A ticket as it stands; the desk's first where none is named."""
        number = number or f"{self.desk.regulation.desk.prefix}-000001"
        with self.database.read() as tx:
            found = tickets.load(tx, self.desk.name, number, lock=False)
        assert found is not None, f"no ticket {number}"
        return found

    def history(self, number: str | None = None) -> list[Entry]:
        """A ticket's journal."""
        with self.database.read() as tx:
            return tickets.history(tx, self.ticket(number).id or 0)

    def events(self, number: str | None = None) -> list[str]:
        """What happened to a ticket."""
        return [str(entry.event) for entry in self.history(number)]

    def count(self) -> int:
        """How many tickets there are."""
        with self.database.read() as tx:
            return len(tickets.all_tickets(tx))


def _write_rules(folder: Path, pack: str) -> None:
    """A regulation as it is shipped; that of rarus with the contracts of the stories."""
    shutil.copytree(data_dir("rules") / pack, folder)
    if pack == "rarus":
        (folder / "contracts.csv").write_text(contracts(), encoding="utf-8")


@cache
def _unchanged(pack: str) -> Regulation:
    """That regulation, read once in a run: nothing in it can be changed, and reading it costs more than most tests."""
    with TemporaryDirectory() as folder:
        _write_rules(Path(folder) / "rules", pack)
        return load_regulation(Path(folder) / "rules")


@cache
def shipped_templates() -> Templates:
    """The templates as they are shipped, compiled once in a run."""
    return Templates([data_dir("templates")])


@lru_cache(maxsize=512)
def _read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message
