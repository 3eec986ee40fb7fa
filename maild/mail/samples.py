"""Sample data for every template, with which `maild check` renders each before a real letter needs it.

The contexts have the shape that the desk gives; a test compares the two. Those of letters to clients are in
`samples_client`, those of letters to the people of the desk in `samples_staff`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from maild.mail import samples_client, samples_staff
from maild.mail.labels import label, word
from maild.mail.markers import MARKERS
from maild.mail.parts import Cell, Head, Item, Link, Quote, Target
from maild.mail.samples_client import NUMBER, WHEN


def sample_context(kind: str, language: str) -> Mapping[str, Any]:
    """What a template of this kind is given. Raises KeyError for a kind that does not exist."""
    return {**_common(language), **_CONTEXTS[kind](language)}


def _common(language: str) -> dict[str, Any]:
    return {
        "lang": language,
        "number": NUMBER,
        "title": f"[{NUMBER}] CRM",
        "marker": MARKERS["client", language],
        "desk": Head("CRM", "crm@example.test", "+7 495 000-00-00", "9:00–18:00", "control@example.test"),
    }


def _staff(language: str) -> dict[str, Any]:
    link = Link("1", "2", "mailto:crm@example.test?subject=x&body=%23take", "#take")
    said = Quote("CRM", 2)
    return {
        "marker": MARKERS["colleagues", language],
        "subject": "CRM",
        "about": "A1",
        "client": said,
        "client_at": WHEN,
        "client_more": "2",
        "ours": said,
        "ours_at": WHEN,
        "ours_more": "2",
        "links": (link, link),
        "words": "#take",
        "queue": "7",
        "counted": WHEN,
        "clock": "resolution",
        "over": "",
    }


def _warning(language: str) -> dict[str, Any]:
    return {**_staff(language), "due": "12:00", "left": "2", "worked": "1", "confirmed": WHEN}


def _escalation(language: str) -> dict[str, Any]:
    met = Cell(word("in time", language), "fine", strong=True)
    return {
        **_staff(language),
        "over": "1:40",
        "again": True,
        "targets": (Target(label("reaction", language), WHEN, (met, Cell(WHEN, "muted"))),),
        "undone": ("1", "2"),
        "repeat": WHEN,
        "repeat_in": "9",
    }


def _bundle(language: str) -> dict[str, Any]:
    late = Cell(word("overdue", language), "late", strong=True)
    return {
        "first": NUMBER,
        "tickets": (Item(NUMBER, "CRM", "A1", late, "1"),) * 2,
        "rest": NUMBER,
        "rest_shown": NUMBER,
        "counted": WHEN,
    }


def _operator(language: str) -> dict[str, Any]:
    return {"subject": "maild", "lines": ("1", "2"), "counted": WHEN}


_OWN: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
    "warning": _warning,
    "escalation": _escalation,
    "escalation-bundle": _bundle,
    "operator": _operator,
}

_CONTEXTS: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
    **samples_client.CONTEXTS,
    **_OWN,
    **samples_staff.CONTEXTS,
}

KINDS = tuple(_CONTEXTS)
"""Every template, by name."""
