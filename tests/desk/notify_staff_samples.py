"""Letters to agents and the quality desk: one of each kind, about any ticket."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from maild.desk import notify
from maild.desk.desk import Desk
from maild.desk.facts import Fact, Facts, Failure, News, Report, Said
from maild.desk.outgoing import Outgoing
from maild.domain.ticket import Hold, Status, Ticket
from maild.mail.mime import File
from tests.desk.notify_desk import moment

IVANOV, KOTOVA, QUALITY = "ivanov@example.test", "kotova@example.test", "quality@example.test"
SETUP = "out of scope: setup; the refusal «out-of-scope» is prepared"
OTHERS = "801234567 is in the registry for somebody else than the inn of this letter"
FILES = (File("счёт.png", "image/png", b"\x89PNG" * 21_000), File("журнал.txt", "text/plain", b"1;2\n" * 800))
STORY = (
    "пн 23 ноября, 10:15: Обращение зарегистрировано",
    "пн 23 ноября, 10:16: Подтверждение клиенту",
    "пн 23 ноября, 11:20: Ответ клиенту: Анна Котова",
)
STAFF_KINDS = (
    "request",
    "request-triage",
    "request-more",
    "request-urgent",
    "note",
    "note-answered",
    "confirmation",
    "confirmation-several",
    "confirmation-failed",
    "confirmation-crossed",
    "confirmation-undelivered",
    "confirmation-status",
    "confirmation-queue",
    "complaint",
    "complaint-letter",
    "digest",
    "digest-quality",
    "digest-flood",
)


def staff_letter(kind: str, of: Ticket, at: Desk, now: datetime, facts: Facts) -> Outgoing:
    """One letter of a kind about a ticket; the words in it are those of the client in `facts`."""
    key, said = f"{kind}:{of.number}", facts.client
    name = kind.partition("-")[0]
    if name == "request":
        return _request(kind, of, at, now, said, key)
    if name == "confirmation":
        return notify.confirmation(*_confirmed(kind, of, at, now), key=key, report=_report(kind, of, said, now))
    if name == "digest":
        return _digest(kind, of, at, now, key)
    words = said or Said("", now)
    match kind:
        case "note":
            return notify.note(at, of, now, IVANOV, key=key, said=replace(words, by=KOTOVA), files=FILES)
        case "note-answered":
            waiting = replace(of, status=Status.WAITING)
            by = replace(words, by=words.by or "Анна Котова")
            return notify.note(at, waiting, now, IVANOV, key=key, said=by, answered=True, effect="question")
    own = replace(of, number="CRM-000050", category="quality", mailbox="control", line=None, assignee=None)
    if kind == "complaint":
        about = replace(of, status=Status.CLOSED, rating=2)
        return notify.complaint(at, own, now, QUALITY, key=key, said=words, about=about, story=STORY, rating=2)
    return notify.complaint(at, own, now, QUALITY, key=key, said=words, about=None, story=(), files=FILES)


def _request(kind: str, of: Ticket, at: Desk, now: datetime, said: Said | None, key: str) -> Outgoing:
    earlier = tuple(replace(of, number=f"CRM-{n:06d}", status=Status.CLOSED) for n in range(31, 38))
    match kind:
        case "request":
            new = replace(of, status=Status.NEW, assignee=None)
            trail = ("intake.toml:12", "contracts.csv:2")
            news = News("new", said, FILES, earlier, 7, trail)
            return notify.request(at, new, now, IVANOV, key=key, news=news)
        case "request-triage":
            doubtful = replace(of, status=Status.NEW, doubt=f"{OTHERS}; {SETUP}", refusal="out-of-scope")
            return notify.request(at, doubtful, now, IVANOV, key=key, news=News("new", said))
        case "request-more":
            news = News("more", said, FILES, queue=3)
            return notify.request(at, replace(of, reaction_met=moment(23, 10, 16)), now, KOTOVA, key=key, news=news)
    urgent = replace(of, level="urgent", category="critical-error")
    return notify.request(at, urgent, now, QUALITY, key=key, news=News("urgent", said))


def _confirmed(kind: str, of: Ticket, at: Desk, now: datetime) -> tuple[Desk, Ticket | None, datetime, str]:
    return at, None if kind == "confirmation-queue" else of, now, KOTOVA


def _report(kind: str, of: Ticket, said: Said | None, now: datetime) -> Report:
    text = said.text if said else ""
    sent = Fact("sent", {"kind": "answer", "to": of.client})
    match kind:
        case "confirmation":
            return Report(done=(Fact("did taken", {"name": "Анна Котова"}),))
        case "confirmation-several":
            return Report(
                done=(Fact("did taken"), Fact("did waiting"), Fact("did level", {"title": "x"})), sent=(sent,)
            )
        case "confirmation-failed":
            wrong = Failure("#решенно", Fact("not a command", {"line": "#решенно", "against": ""}), "resolve")
            return Report(failed=(wrong,), text=text, card=True)
        case "confirmation-crossed":
            crossed = Fact("crossed", {"name": "Иван Иванов", "when": moment(23, 10, 12).isoformat()})
            newer = Said("Здравствуйте.\nИсправим в следующем релизе.", moment(23, 10, 12), IVANOV)
            return Report(failed=(Failure("", crossed),), text=text, newer=newer, card=True)
        case "confirmation-undelivered":
            lost = Fact("undelivered, reaction runs", {"address": of.client, "why": "ящик переполнен (552)"})
            return Report(failed=(Failure("", lost),), card=True)
        case "confirmation-status":
            return Report(ledger=STORY, card=True, files=FILES)
    return Report(queue=tuple(_some(of, 3)))


def _some(of: Ticket, count: int) -> Iterator[Ticket]:
    """Tickets of every kind: overdue, due today, in time, waiting, nobody's."""
    hold = Hold(moment(20, 12), None, frozenset({"resolution"}), "client")
    for n in range(count):
        held = n % 7 == 3
        yield replace(
            of,
            number=f"CRM-{n:06d}",
            arrived=moment(17 + n % 5, 9 + n % 9, n % 60),
            reaction_met=moment(17 + n % 5, 17, 59),
            status=Status.WAITING if held else Status.OPEN,
            holds=(hold,) if held else (),
            assignee=of.assignee if n % 4 else None,
        )


def _digest(kind: str, of: Ticket, at: Desk, now: datetime, key: str) -> Outgoing:
    found = list(_some(of, 42))
    if kind == "digest-flood":
        out = notify.digest(at, found[:5], now, IVANOV, key=key, line="consultants", flood=of.client)
    elif kind == "digest-quality":
        out = notify.digest(at, found[:8], now, QUALITY, key=key, line=None)
    else:
        out = notify.digest(at, found, now, IVANOV, key=key, line="consultants")
    assert out is not None
    return out
