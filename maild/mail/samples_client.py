"""Sample data for the templates of letters to clients (see `samples`)."""

from collections.abc import Callable, Mapping
from typing import Any

from maild.mail.labels import label, word
from maild.mail.parts import Asked, Cell, Link, Quote, Row, Site
from maild.mail.passages import Passage, passages

WHEN = "25.11, 16:15"
NUMBER = "CRM-000042"


_HINTS = (Site("A1", "https://crm.example.test/hint"), Site("A1", ""))


def card(language: str) -> tuple[Row, ...]:
    """A card of two rows, one of them with a second line."""
    planned = Cell(word("until", language, when=WHEN), strong=True)
    return (
        Row(label("subject", language), (Cell("CRM"),)),
        Row(label("planned", language), (planned, Cell("24", "muted"))),
    )


def _acknowledgement(language: str) -> dict[str, Any]:
    return {
        "planned": WHEN,
        "no_target": False,
        "rows": card(language),
        "counting": "",
        "sites": (Site("CRM", "https://crm.example.test/help"),),
        "offered": "1, 2",
        "hints": _HINTS,
        "extra": "A1",
    }


def _receipt(language: str) -> dict[str, Any]:
    return {
        "quality": False,
        "promised": WHEN,
        "at_least": "",
        "no_target": False,
        "planned": WHEN,
        "rows": card(language),
        "counting": "",
        "sites": (Site("CRM", "https://crm.example.test/help"),),
        "offered": "1, 2",
        "hints": _HINTS,
    }


def _request_information(language: str) -> dict[str, Any]:
    return {
        "things": (Asked("1", "2", "3"), Asked("4")),
        "how_many": "2",
        "names": "1, 4",
        "rows": card(language),
        "shown": True,
        "held": True,
        "sites": (Site("CRM", "https://crm.example.test/help"),),
        "hints": _HINTS,
    }


def _refusal(language: str) -> dict[str, Any]:
    return {
        "reason": word("unproven", language),
        "contracts": [{"title": "A", "until": "2026"}, {"title": "B", "until": ""}],
        "says": "1",
        "cure": "2",
        "scope": False,
        "hold": False,
        "held": True,
        "begun": False,
        "always": "3",
        "sites": (),
        "hints": _HINTS,
        "rows": card(language),
        **_words(language),
        "greets": False,
    }


def _notice(language: str) -> dict[str, Any]:
    return {
        "event": "reminder",
        "size": "35",
        "planned": WHEN,
        "no_target": False,
        "promised": WHEN,
        "at_least": "4",
        "level": "1",
        "question": Quote("A1"),
        "since": WHEN,
        "stands": True,
        "rows": card(language),
    }


def _words(language: str) -> dict[str, Any]:
    own = "A1\n\n> A1"
    shown: tuple[Passage, ...] = passages(own)
    return {"words": own, "passages": shown, "meta": f"{NUMBER} · {word('effect solution', language)}"}


def _answer(language: str) -> dict[str, Any]:
    return {**_words(language), "opening": "A1"}


def _rating(language: str) -> dict[str, Any]:
    href = "mailto:crm@example.test?subject=5&body=5"
    return {
        "subject": "CRM",
        "solution": Quote("A1"),
        "by": "A1",
        "solved_at": WHEN,
        "links": tuple(Link(str(mark), word(f"rate {mark}", language), href, str(mark)) for mark in (5, 4, 3, 2, 1)),
        "reopen": Link(word("rate reopen", language), word("says reopen, client", language), href, "reopen"),
        "closes": WHEN,
    }


CONTEXTS: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
    "acknowledgement": _acknowledgement,
    "receipt": _receipt,
    "request-information": _request_information,
    "refusal": _refusal,
    "notice": _notice,
    "answer": _answer,
    "rating": _rating,
}
"""By template: what it is given beside what every letter has."""
