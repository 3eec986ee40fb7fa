"""Sample data for the templates of letters to agents and the quality desk (see `samples`, which merges these in)."""

from collections.abc import Callable, Mapping
from typing import Any

from maild.mail.labels import label, word
from maild.mail.markers import MARKERS
from maild.mail.parts import Cell, Item, Link, Quote, Row

_WHEN = "25.11, 16:15"
_NUMBER = "CRM-000042"
_LINK = Link("1", "2", "mailto:crm@example.test?subject=x&body=%23take", "#take")
_SAID = Quote("CRM", 2)


def _about(language: str) -> dict[str, Any]:
    met = Cell(word("in time", language), "fine", strong=True)
    return {
        "marker": MARKERS["agent", language],
        "subject": "CRM",
        "preheader": "CRM",
        "heading": "CRM",
        "due": _WHEN,
        "left": "2",
        "said": _SAID,
        "said_by": "A1",
        "said_at": _WHEN,
        "said_more": "2",
        "attached": "1.txt",
        "rows": (Row(label("targets", language), (met, Cell(_WHEN, "muted"))),),
        "links": (_LINK, _LINK),
        "counted": _WHEN,
    }


def _request(language: str) -> dict[str, Any]:
    return {
        **_about(language),
        "fresh": True,
        "doubt": "1",
        "commands": ({"command": "#take", "does": "1"},),
        "trail": "intake.toml:1",
        "queue": "7",
    }


def _note(language: str) -> dict[str, Any]:
    return {**_about(language), "effect": "1", "answered": True}


def _confirmation(language: str) -> dict[str, Any]:
    late = Cell(word("overdue", language), "late", strong=True)
    return {
        **_about(language),
        "done": ("1", "2"),
        "sent": ("1",),
        "advice": "1",
        "nothing": "2",
        "undone": True,
        "failures": ({"line": "#1", "why": "2", "meant": "3"},),
        "text": _SAID,
        "text_more": "2",
        "newer": _SAID,
        "newer_by": "1",
        "newer_more": "2",
        "commands": ({"command": "#take", "does": "1"},),
        "ledger": ("1", "2"),
        "ledger_more": "3",
        "queued": (Item(_NUMBER, "CRM", "A1", late, "1"),),
        "queued_more": "3",
    }


def _complaint(language: str) -> dict[str, Any]:
    about = _about(language)
    return {**about, "about": _NUMBER, "about_rows": about["rows"], "story": ("1", "2")}


def _digest(language: str) -> dict[str, Any]:
    late = Cell(word("overdue", language), "late", strong=True)
    item = Item(_NUMBER, "CRM", "A1", late, "1")
    return {
        "preheader": "CRM",
        "heading": "CRM",
        "says": "1",
        "counts": (late, late),
        "nobodys": "2",
        "groups": ({"title": "1", "tickets": (item, item)},),
        "more": "12",
        "links": (_LINK,),
        "counted": _WHEN,
    }


CONTEXTS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "request": _request,
    "note": _note,
    "confirmation": _confirmation,
    "complaint": _complaint,
    "digest": _digest,
}
"""What each template is given besides what all are given, by kind; the argument is the language."""
