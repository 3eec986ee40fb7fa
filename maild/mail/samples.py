"""Sample data for every template, with which `maild check` renders each before a real letter needs it.

The contexts have the shape that the desk gives; a test compares the two.
"""

from collections.abc import Mapping
from typing import Any

from maild.mail.labels import label, word
from maild.mail.markers import MARKERS
from maild.mail.parts import Asked, Cell, Head, Item, Link, Quote, Row, Site, Target

KINDS = (
    "acknowledgement",
    "receipt",
    "request-information",
    "refusal",
    "notice",
    "warning",
    "escalation",
    "escalation-bundle",
    "operator",
)
"""Every template, by name."""

_WHEN = "25.11, 16:15"
_NUMBER = "CRM-000042"


def sample_context(kind: str, language: str) -> Mapping[str, Any]:
    """What a template of this kind is given. Raises KeyError for a kind that does not exist."""
    return {**_common(language), **_CONTEXTS[kind](language)}


def _common(language: str) -> dict[str, Any]:
    return {
        "lang": language,
        "number": _NUMBER,
        "title": f"[{_NUMBER}] 1С:CRM",
        "marker": MARKERS["client", language],
        "desk": Head("1С:CRM", "crm@example.test", "+7 495 000-00-00", "9:00–18:00", "control@example.test"),
    }


def _rows(language: str) -> tuple[Row, ...]:
    planned = Cell(word("until", language, when=_WHEN), strong=True)
    return (
        Row(label("subject", language), (Cell("1С:CRM"),)),
        Row(label("planned", language), (planned, Cell("24", "muted"))),
    )


def _acknowledgement(language: str) -> dict[str, Any]:
    return {
        "planned": _WHEN,
        "no_target": False,
        "rows": _rows(language),
        "counting": "",
        "sites": (Site("1С:CRM", "https://crm.example.test/help"),),
        "extra": "1С",
    }


def _receipt(language: str) -> dict[str, Any]:
    return {
        "quality": False,
        "promised": _WHEN,
        "no_target": False,
        "planned": _WHEN,
        "rows": _rows(language),
        "counting": "",
    }


def _request_information(language: str) -> dict[str, Any]:
    return {
        "things": (Asked("1", "2", "3"), Asked("4")),
        "how_many": "2",
        "names": "1, 4",
        "rows": _rows(language),
        "shown": True,
        "held": True,
        "sites": (),
    }


def _refusal(language: str) -> dict[str, Any]:
    return {
        "reason": word("unproven", language),
        "contracts": [{"title": "1С:ИТС", "until": "2026"}, {"title": "1С:КП Отраслевой", "until": ""}],
        "says": "1",
        "cure": "2",
        "hold": False,
        "held": True,
        "always": "3",
        "rows": _rows(language),
    }


def _notice(language: str) -> dict[str, Any]:
    return {"event": "too-large", "size": "35", "planned": _WHEN, "level": "1", "rows": _rows(language)}


def _staff(language: str) -> dict[str, Any]:
    link = Link("1", "2", "mailto:crm@example.test?subject=x&body=%23take", "#take")
    said = Quote("1С:CRM", 2)
    return {
        "marker": MARKERS["colleagues", language],
        "subject": "1С:CRM",
        "about": "1С",
        "client": said,
        "client_at": _WHEN,
        "client_more": "2",
        "ours": said,
        "ours_at": _WHEN,
        "ours_more": "2",
        "links": (link, link),
        "words": "#take",
        "queue": "7",
        "counted": _WHEN,
        "clock": "resolution",
        "over": "",
    }


def _warning(language: str) -> dict[str, Any]:
    return {**_staff(language), "due": "12:00", "left": "2", "worked": "1", "confirmed": _WHEN}


def _escalation(language: str) -> dict[str, Any]:
    met = Cell(word("in time", language), "fine", strong=True)
    return {
        **_staff(language),
        "over": "1:40",
        "again": True,
        "targets": (Target(label("reaction", language), _WHEN, (met, Cell(_WHEN, "muted"))),),
        "undone": ("1", "2"),
        "repeat": _WHEN,
        "repeat_in": "9",
    }


def _bundle(language: str) -> dict[str, Any]:
    late = Cell(word("overdue", language), "late", strong=True)
    return {
        "first": _NUMBER,
        "tickets": (Item(_NUMBER, "1С:CRM", "1С", late, "1"),) * 2,
        "rest": _NUMBER,
        "rest_shown": _NUMBER,
        "counted": _WHEN,
    }


def _operator(language: str) -> dict[str, Any]:
    return {"subject": "maild", "lines": ("1", "2"), "counted": _WHEN}


_CONTEXTS = {
    "acknowledgement": _acknowledgement,
    "receipt": _receipt,
    "request-information": _request_information,
    "refusal": _refusal,
    "notice": _notice,
    "warning": _warning,
    "escalation": _escalation,
    "escalation-bundle": _bundle,
    "operator": _operator,
}
