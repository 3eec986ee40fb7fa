"""A ticket's life put straight into the database: journal lines as the desk writes them, letters as they came."""

from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage

from maild.desk.clocks import happens, keep
from maild.desk.deliver import met_reaction
from maild.domain.ticket import Entry, Event, Ticket
from maild.mail.compose import Letter, encode
from maild.mail.markers import MARKERS
from maild.mail.message import Address
from maild.store import inbox, outbox, tickets
from maild.store.database import Tx
from tests.desk.office import CRM, Office

OLGA, KOTOVA, IVANOV, QUALITY = (
    "olga@birch.test",
    "kotova@example.test",
    "ivanov@example.test",
    "quality@example.test",
)


def happened(office: Office, event: Event, by: str, says: str, number: str = "CRM-000001", **changed: object) -> Ticket:
    """One journal line at the office's present moment, and what it changes."""
    with office.database.write() as tx:
        ticket = _locked(tx, number)
        letter, row = changed.pop("letter", None), changed.pop("outbox", None)
        entry = Entry(office.now, event, by, says, letter, row)  # type: ignore[arg-type]
        moved = happens(office.desk, ticket, event, office.now)
        return keep(tx, office.desk, replace(moved, **changed), [entry])  # type: ignore[arg-type]


def wrote(office: Office, sender: str, text: str, number: str = "CRM-000001", **more: object) -> int:
    """A letter of the ticket that came in now and is decided; its row id."""
    raw = letter_of(sender, text, **more)
    with office.database.write() as tx:
        uid = 1_000 + len(inbox.known_uids(tx, "rarus", "crm", 7, range(1, 100_000)))
        new = inbox.NewLetter(uid, office.now, len(raw), raw, None, f"{uid}", False)
        (letter_id,) = inbox.add_letters(tx, "rarus", "crm", 7, [new])
        inbox.finish(tx, letter_id, "thread", _locked(tx, number).id, office.now, sender=sender)
    return letter_id


def letter_of(sender: str, text: str, *, subject: str = "Вопрос", file: tuple[str, bytes] | None = None) -> bytes:
    """The bytes of a person's letter, with a file if there is one."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, CRM, subject
    message.set_content(text)
    if file:
        message.add_attachment(file[1], maintype="image", subtype="png", filename=file[0])
    return message.as_bytes()


def sent_answer(
    office: Office, words: str, author: str | None = KOTOVA, *, kind: str = "answer", number: str = "CRM-000001"
) -> int:
    """An answer of ours to the client, queued now, under the marker and with a footer; its row id."""
    text = f"{MARKERS['client', 'ru']}\n{'-' * 40}\n\n{words}\n\n-- \nЛиния консультаций\nCRM-000001 · Анна Котова\n"
    with office.database.write() as tx:
        ticket = _locked(tx, number)
        name = f"{kind}-{office.now.timestamp()}-{len(outbox.letters_about(tx, ticket.id or 0, 1_000))}"
        message_id = f"<{name}@example.test>"
        raw = encode(_letter(office.now, kind, ticket, text, message_id))
        draft = outbox.Draft(
            name, "rarus", kind, ticket.id, CRM, ticket.reply_to, message_id, raw, author=author, automatic=False
        )
        row = outbox.enqueue(tx, draft, office.now)
    assert row is not None
    return row


def taken_by_server(office: Office) -> None:
    """The mail server takes everything that is queued."""
    with office.database.write() as tx:
        for row in outbox.claim(tx, office.now, 10_000, 60, "test"):
            outbox.sent(tx, row.id, office.now, "ok")
            if row.meets_reaction:
                met_reaction(tx, office.desk, row, office.now)


def _letter(now: datetime, kind: str, ticket: Ticket, text: str, message_id: str) -> Letter:
    return Letter(
        kind=kind,
        to=Address("", ticket.reply_to),
        sender=Address("Линия", CRM),
        envelope_from=CRM,
        subject="Re: вопрос",
        text=text,
        html=None,
        message_id=message_id,
        in_reply_to=None,
        references=(),
        ticket=ticket.number,
        automatic=False,
        date=now,
    )


def _locked(tx: Tx, number: str) -> Ticket:
    ticket = tickets.load(tx, "rarus", number)
    assert ticket is not None, f"no ticket {number}"
    return ticket
