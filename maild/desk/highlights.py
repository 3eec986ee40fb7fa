"""The few lines of a ticket's journal that tell most: for a letter to somebody who has to judge in a minute."""

import re
from collections.abc import Sequence

from maild.desk.chronicle import says
from maild.desk.staff_view import View
from maild.domain.ticket import Entry, Event
from maild.mail.labels import label
from maild.mail.labels_events import event_word
from maild.mail.labels_story import told
from maild.mail.parts import tidy

MOST = 7
"""So many lines at most; the standing of the ticket makes one more."""

_WEIGHTS = {
    Event.REGISTERED: 100,
    Event.RATED: 95,
    Event.BREACHED: 90,
    Event.REOPENED: 85,
    Event.REFUSED: 82,
    Event.RESOLVED: 80,
    Event.UNDELIVERED: 75,
    Event.VOIDED: 74,
    Event.QUESTION: 70,
    Event.ANSWERED: 70,
    Event.DEVELOPED: 65,
    Event.POSTPONED: 64,
    Event.LINE: 60,
    Event.ASSIGNED: 58,
    Event.COMPLAINED: 55,
    Event.ACCEPTED: 50,
    Event.ASKED: 50,
    Event.TRIAGED: 50,
    Event.TAKEN_BACK: 48,
    Event.CLOSED: 45,
    Event.LEVEL: 42,
    Event.REMINDED: 40,
    Event.CLIENT_WROTE: 35,
    Event.ABSENT: 30,
    Event.WARNED: 25,
    Event.CONFIRMED: 20,
}
_CLOCK_STEP = re.compile(r"(reaction|resolution): (\S+)")


def highlights(view: View, history: Sequence[Entry]) -> tuple[str, ...]:
    """The most telling lines, at most MOST, in the order in which they happened.

    Of several of one sort the last counts most, so that a long story is not told by its beginning alone.
    """
    ranked: list[tuple[int, int, int]] = []
    seen: dict[Event, int] = {}
    for index in range(len(history) - 1, -1, -1):
        entry = history[index]
        if entry.event not in _WEIGHTS or _again(entry):
            continue
        nth = seen[entry.event] = seen.get(entry.event, 0) + 1
        ranked.append((-_WEIGHTS[entry.event] + 20 * (nth - 1), -index, index))
    chosen = sorted(index for _, _, index in sorted(ranked)[:MOST])
    return tuple(dict.fromkeys(_line(view, history[index]) for index in chosen))


def _again(entry: Entry) -> bool:
    """Whether it only repeats: a deadline that was told before, thanks that change nothing."""
    if entry.event is Event.BREACHED:
        found = _CLOCK_STEP.match(entry.says)
        return bool(found and found.group(2) != "breach")
    return entry.event is Event.CLIENT_WROTE and entry.says.startswith("only thanks")


def _line(view: View, entry: Entry) -> str:
    return f"{view.plain(entry.at)}: {_words(view, entry)}"


def _words(view: View, entry: Entry) -> str:
    language, what = view.language, event_word(entry.event, view.language)
    match entry.event:
        case Event.BREACHED if found := _CLOCK_STEP.match(entry.says):
            return told("missed", language, clock=label(found.group(1), language).lower())
        case Event.LINE | Event.ASSIGNED | Event.LEVEL | Event.RATED | Event.COMPLAINED if entry.says:
            return told("event by", language, event=what, who=says(view, entry))
        case Event.UNDELIVERED:
            return told("event by", language, event=what, who=tidy(entry.says, 160))
    if entry.by in view.desk.regulation.people.staff:
        return told("event by", language, event=what, who=view.person(entry.by))
    return what
