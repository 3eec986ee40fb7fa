"""Tickets and their letters: what the tests of the letters work on."""

import email
import email.message
import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from maild.desk import notify
from maild.desk.desk import Desk
from maild.desk.facts import NOT_CONFIRMED, NOT_TAKEN, UNANSWERED, Facts, Said, Undone
from maild.desk.outgoing import Outgoing
from maild.domain.service import Contract, Entitlement, Verdict
from maild.domain.ticket import Hold, Status, Ticket
from tests.desk.notify_desk import desk, moment
from tests.desk.notify_staff_samples import STAFF_KINDS, staff_letter

NOW = datetime(2026, 11, 23, 7, 17, tzinfo=UTC)  # Monday, 10:17 in Moscow
CONTRACT = Contract(
    "801234567",
    "main",
    "1С:CRM ПРОФ",
    "ООО «Ромашка»",
    "7707083893",
    {"its": date(2026, 12, 31), "kp": date(2026, 12, 31)},
    None,
    ("romashka.test",),
)
KINDS = (
    "acknowledgement",
    "receipt",
    "quality-receipt",
    "request-information",
    "refusal",
    "refusal-scope",
    "refusal-hold",
    "notice",
    "warning",
    "warning-reaction",
    "escalation",
    "escalation-reminder",
    "escalation-bundle",
    "operator",
    *STAFF_KINDS,
)
CLIENT_KINDS = KINDS[:8]
LIMITS = {"acknowledgement": 70, "receipt": 60, "request-information": 110, "refusal": 100, "notice": 50}


def ticket(**changes: Any) -> Ticket:
    """A ticket with all fields, of a client tied to its contract."""
    values: dict[str, Any] = {
        "number": "CRM-000042",
        "desk": "rarus",
        "mailbox": "crm",
        "status": Status.OPEN,
        "category": "consultation",
        "level": "standard",
        "priority": "normal",
        "line": "consultants",
        "assignee": "kotova@example.test",
        "client": "p.smirnov@romashka.test",
        "client_name": "Пётр Смирнов",
        "reply_to": "p.smirnov@romashka.test",
        "subject": "Не печатается счёт из сделки",
        "language": "ru",
        "arrived": moment(23, 10, 15),
        "fields": {
            "registration_number": "801234567",
            "version": "3.1.25.4",
            "organisation": "ООО Ромашка",
            "product": "1С:CRM ПРОФ",
            "inn": None,
        },
        "entitlement": Entitlement(Verdict.ACTIVE, "801234567", CONTRACT.until, CONTRACT),
        "acquaintance": "tied",
        "message_id": "<client-1@romashka.test>",
        "references": ("<client-0@romashka.test>",),
        "reaction_due": moment(23, 18, 15),
        "resolution_due": moment(25, 16, 15),
    }
    return Ticket(**{**values, **changes})


FACTS = Facts(
    client=Said(
        "Коллеги, есть ли новости?\n\nВторой день не приходят письма в карточки, работаем вручную.",
        moment(23, 9, 10),
        "p.smirnov@romashka.test",
    ),
    ours=Said("Проверили на своей базе, у нас письма приходят. Пришлите журнал обмена.", moment(20, 15, 20)),
    undone=(
        Undone(moment(23, 9, 10), UNANSWERED),
        Undone(moment(20, 15, 30), NOT_TAKEN, "Инженеры"),
        Undone(moment(19, 9), NOT_CONFIRMED),
    ),
    warned_at=moment(20, 15),
    warned_to="ivanov@example.test, kotova@example.test",
    queue=7,
)


def fewest() -> Ticket:
    """A ticket of which almost nothing is known."""
    return ticket(
        fields={},
        entitlement=None,
        acquaintance="own",
        subject="",
        references=(),
        message_id=None,
        line=None,
        assignee=None,
        level="open",
        reaction_due=None,
        resolution_due=None,
    )


def letter(kind: str, language: str, of: Ticket, at: Desk | None = None, facts: Facts = FACTS) -> Outgoing:
    """One letter of a kind about a ticket, in a language."""
    at = at or desk(language)
    of = replace(of, language=language)
    late = replace(of, arrived=moment(18, 9), reaction_due=None, resolution_due=None)
    key = f"{kind}:{of.number}"
    match kind:
        case "acknowledgement":
            return notify.acknowledgement(at, of, NOW, key=key)
        case "receipt":
            return notify.receipt(at, replace(of, status=Status.NEW), NOW, key=key)
        case "quality-receipt":
            complaint = replace(of, category="quality", mailbox="control", status=Status.NEW)
            return notify.receipt(at, complaint, NOW, key=key)
        case "request-information":
            missing = tuple(name for name in ("registration_number", "version"))
            given = {name: value for name, value in of.fields.items() if name not in missing}
            asked = replace(of, fields=given, missing=missing, entitlement=None, status=Status.DETAILS)
            return notify.request_information(at, asked, NOW, key=key)
        case "refusal":
            until = {**CONTRACT.until, "kp": date(2026, 9, 30)}
            lapsed = Entitlement(Verdict.EXPIRED, "801234567", {}, replace(CONTRACT, until=until))
            right = of.entitlement and lapsed
            return notify.refusal(at, replace(of, entitlement=right, status=Status.REFUSED), NOW, key=key)
        case "refusal-scope":
            return notify.refusal(at, replace(of, refusal="out-of-scope", status=Status.REFUSED), NOW, key=key)
        case "refusal-hold":
            return notify.refusal(at, replace(of, refusal="not-reproducible"), NOW, key=key)
        case "notice":
            return notify.notice(at, of, NOW, key=key, event="too-large", limit=35 * 1024**2)
        case "warning":
            near = replace(of, arrived=moment(19, 10), reaction_met=moment(19, 11, 2), level=of.level)
            ivanov = at.regulation.people.agents[0]
            return notify.warning(at, near, "resolution", NOW, ivanov, key=key, facts=facts)
        case "warning-reaction":
            near = replace(of, arrived=moment(20, 12), assignee=None, status=Status.NEW)
            return notify.warning(at, near, "reaction", NOW, at.regulation.people.agents[0], key=key, facts=Facts())
        case "escalation":
            late = replace(late, reaction_met=moment(18, 11, 2))
            return notify.escalation(
                at,
                late,
                "resolution",
                "breach",
                NOW,
                "quality@example.test",
                key=key,
                facts=facts,
                repeat_at=moment(24, 10),
            )
        case "escalation-reminder":
            hold = Hold(moment(19, 12), None, frozenset({"resolution"}), "client")
            late = replace(late, holds=(hold,))
            return notify.escalation(
                at, late, "reaction", "repeat-2", NOW, "ivanov@example.test", key=key, facts=facts, repeat_at=None
            )
        case "escalation-bundle":
            many = [replace(late, number=f"CRM-{n:06d}", arrived=moment(17, 9, n)) for n in range(42)]
            items = [notify.Breach(one, "reaction" if n % 3 else "resolution") for n, one in enumerate(many)]
            return notify.escalation_bundle(at, items, NOW, "quality@example.test", key=key)
        case "operator":
            lines = ["Ящик crm@example.test не отвечает с 9:00.", f"Последняя тема: {of.subject}"]
            return notify.operator(at, "Ящик не отвечает", lines, NOW, key=key)
    return staff_letter(kind, of, at, NOW, facts)


def parsed(raw: bytes) -> email.message.EmailMessage:
    """The letter as the standard library reads it."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message


@lru_cache(maxsize=1024)
def text_of(raw: bytes) -> str:
    """The plain part, with \\n."""
    part = parsed(raw).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@lru_cache(maxsize=1024)
def html_of(raw: bytes) -> str:
    """The HTML part; "" where the letter has none."""
    part = parsed(raw).get_body(("html",))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


def files_of(out: Outgoing) -> dict[str, bytes]:
    """The attachments by name."""
    found = {}
    for part in parsed(out.raw).iter_attachments():
        content = part.get_content()
        data = part.get_payload(decode=True) if isinstance(content, str) else content
        assert isinstance(data, bytes)
        found[part.get_filename() or ""] = data
    return found
