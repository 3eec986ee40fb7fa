"""The letters to clients that people or their silence cause, for the tests: answers, ratings, refusals, notices."""

from dataclasses import replace
from typing import Any

from maild.desk import notify
from maild.desk.desk import Desk
from maild.desk.facts import Said
from maild.desk.outgoing import Outgoing
from maild.domain.people import Agent
from maild.domain.ticket import Hold, Status, Ticket
from maild.mail.mime import File
from tests.desk.notify_desk import desk, moment
from tests.desk.notify_samples import NOW

KOTOVA = Agent("kotova@example.test", "Анна Котова", ("consultants", "managers"))
WORDS = """Здравствуйте, Пётр.

Счёт не печатается: в сделке не выбрана организация.

    Сделка → Реквизиты → Организация

> А если организаций две?
> Выбирать каждый раз?

Нет, укажите основную: https://crm.example.test/help?a=1&b=2"""
REFUSED = "Добрый день, Пётр.\n\nОбмен остановил антивирус на вашем сервере, программа работает верно."
SOLUTION = Said(WORDS, moment(23, 9, 20), KOTOVA.name)
HELD = Hold(moment(20, 15, 20), None, frozenset({"resolution"}), "client")
FILE = File("снимок.png", "image/png", b"\x89PNG\r\n\x00\xff")
KINDS = (
    "answer",
    "answer-question",
    "answer-solution",
    "answer-quality",
    "rating",
    "refusal-words",
    "refusal-begun",
    "notice-reminder",
    "notice-urgent",
    "notice-level",
    "notice-development",
    "notice-reopened",
    "notice-closed",
    "acknowledgement-called",
    "receipt-called",
    "request-information-called",
)
PERSONS = frozenset(kind for kind in KINDS if kind.startswith("answer") or kind == "refusal-words")


def letter(
    kind: str, language: str, of: Ticket, at: Desk | None = None, *, words: str = WORDS, author: Agent = KOTOVA
) -> Outgoing:
    """One of KINDS about a ticket; `words` are the agent's."""
    at, of, key = at or desk(language), replace(of, language=language), f"{kind}:{of.number}"
    name, _, more = kind.partition("-")
    match kind:
        case "rating":
            said = replace(SOLUTION, text=words, by=author.name)
            return notify.rating(at, of, NOW, key=key, solution=said, closes=moment(30, 15, 20))
        case "refusal-words":
            refused = replace(of, refusal="out-of-scope", status=Status.REFUSED)
            said_so = REFUSED if words is WORDS else words
            return notify.refusal(at, refused, NOW, key=key, words=said_so, author=author)
        case "refusal-begun":
            begun = replace(of, refusal="out-of-scope", status=Status.REFUSED, reaction_met=NOW)
            return notify.refusal(at, begun, NOW, key=key, author=author)
        case "acknowledgement-called" | "receipt-called" | "request-information-called":
            return _called(kind.removesuffix("-called"), of, at, key)
    if name == "answer":
        return _answer(more or "answer", of, at, key, words, author)
    question = replace(SOLUTION, text=words, at=moment(20, 15, 20)) if more == "reminder" else None
    waiting = replace(of, holds=(HELD,)) if more == "reminder" else of
    return notify.notice(at, waiting, NOW, key=key, event=more, question=question)


def _answer(effect: str, of: Ticket, at: Desk, key: str, words: str, author: Agent) -> Outgoing:
    quality = effect == "quality"
    values: dict[str, Any] = {"words": words, "author": author, "files": (FILE,), "from_quality": quality}
    return notify.answer(at, of, NOW, key=key, effect="answer" if quality else effect, **values)


def _called(kind: str, of: Ticket, at: Desk, key: str) -> Outgoing:
    """About a request that came by telephone: there is no letter of the client's."""
    called = replace(of, message_id=None, references=(), missing=("version",), reaction_due=None)
    match kind:
        case "acknowledgement":
            return notify.acknowledgement(at, called, NOW, key=key)
        case "receipt":
            return notify.receipt(at, called, NOW, key=key)
        case _:
            return notify.request_information(at, called, NOW, key=key)
