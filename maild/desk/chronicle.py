"""Everything that happened to a ticket in the order of time: journal lines and letters, put together as steps.

Words are read from the raw letters, one at a time and only when a step is shown: a ticket may have hundreds of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from maild.desk.arrival import Arrival
from maild.desk.staff_view import View
from maild.domain.levels import level_title
from maild.domain.ticket import Entry, Event, Ticket
from maild.mail import phrase
from maild.mail.labels import label
from maild.mail.labels_events import event_word, kind_word
from maild.mail.labels_story import size_word, told
from maild.mail.message import Attachment, Message
from maild.mail.ours import own_words
from maild.mail.parse import parse
from maild.mail.parts import quoted, tidy
from maild.mail.story_page import Step
from maild.mail.thread import clean_subject
from maild.mail.written import without_code
from maild.store import correspondence, inbox, tickets
from maild.store.correspondence import Came, Went
from maild.store.database import Tx

WORDS = 8_000
"""Characters of one letter's words that the story shows."""
SAYS = 1_500
"""Characters of what a journal line says."""
_REPEATS = re.compile(
    r"the mail server took the [\w-]+|asked the client|answered the client|solved, to the client's assessment"
    r"|attached by (?:our|their|its|the) [\w -]+|reopened|handed to the methodologist or to development"
)
"""Remarks that say no more than the event's name in the reader's language."""
FILES = 50
"""So many attachments of a letter are named."""

WENT_OUT = frozenset({Event.ANSWERED, Event.QUESTION, Event.RESOLVED, Event.POSTPONED, Event.REFUSED})
"""What an agent's letter became when its words went to the client: our own letter shows them."""
FROM_CLIENT = frozenset({Event.REGISTERED, Event.CLIENT_WROTE, Event.RATED, Event.COMPLAINED})
_BY_WORDS = frozenset({"answer", "refusal"})
"""Kinds of our letters that hold a person's words, and are shown with them."""
_CLOCK = re.compile(r"(reaction|resolution): (warning|breach|repeat-\d+) at (\S{1,60}), told to (.*)", re.DOTALL)
_CITED = re.compile(r"\[[^\[\]]{1,60}\]$")
"""The rule at the end of a line, such as [desk.toml:12]."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?[+-]\d\d:\d\d")


@dataclass(frozen=True)
class Moment:
    """One journal line or letter: `letter` is shown with the line that names it first, `posted` went out together.

    `gone`: the line names a letter that is no longer there.
    """

    at: datetime
    entry: Entry | None = None
    letter: Came | None = None
    posted: tuple[Went, ...] = ()
    gone: bool = False


def moments(tx: Tx, ticket: Ticket, staff: frozenset[str]) -> list[Moment]:
    """What happened, oldest first; of one instant the journal's line comes before the letter that followed from it."""
    history = tickets.history(tx, Arrival.id_of(ticket))
    came = correspondence.came(
        tx, Arrival.id_of(ticket), frozenset(entry.letter for entry in history if entry.letter is not None)
    )
    told_of = [*_journal(history, {letter.id: letter for letter in came}, staff)]
    named = {entry.letter for entry in history}
    silent = [Moment(letter.arrival, letter=letter) for letter in came if letter.id not in named]
    found = [*told_of, *silent, *_posted(correspondence.went(tx, Arrival.id_of(ticket)))]
    return sorted(found, key=lambda moment: moment.at)


def _journal(history: Sequence[Entry], came: dict[int, Came], staff: frozenset[str]) -> Iterator[Moment]:
    shown = {entry.letter for entry in history if entry.event in WENT_OUT and entry.by in staff}
    for entry in history:
        first = entry.letter is not None and entry.letter not in shown
        shown.add(entry.letter)
        letter = came.get(entry.letter or 0) if first else None
        yield Moment(entry.at, entry, letter, gone=first and letter is None)


def _posted(went: Sequence[Went]) -> Iterator[Moment]:
    """Our letters; what went to several people at once, such as a request to a line, is one moment."""
    together: dict[tuple[datetime, str, str | None], list[Went]] = {}
    for row in went:
        together.setdefault((row.created_at, row.kind, row.author), []).append(row)
    for (at, _, _), rows in together.items():
        yield Moment(at, posted=tuple(rows))


def step_of(tx: Tx, view: View, ticket: Ticket, moment: Moment) -> Step:
    """A moment with its words, as the story shows it."""
    there = moment.at.astimezone(view.zone)
    day, time = phrase.day(there.date(), view.language), f"{there:%H:%M}"
    if moment.posted:
        return _ours(tx, view, moment.posted, day, time)
    entry = moment.entry
    message = _read(tx, moment.letter) if moment.letter else None
    who = _who(view, ticket, entry.by if entry else (moment.letter.sender or "" if moment.letter else ""))
    said = quoted("\n".join(without_code(message.reply)), WORDS) if message else None
    return Step(
        day=day,
        time=time,
        what=event_word(entry.event if entry else Event.CLIENT_WROTE, view.language),
        who=who,
        tone=_tone(view, entry),
        notes=tuple(_notes(view, ticket, moment, message)),
        said=said if said and said.text else None,
        more=_more(view, said.more if said else 0),
        files=_files(view, message.attachments if message else ()),
    )


def says(view: View, entry: Entry) -> str:
    """What a journal line says; keys and times of its usual forms become names and words of the desk."""
    text = tidy(entry.says, SAYS)
    key, _, value = text.partition(":")[0].partition(" ")
    people, rules = view.desk.regulation.people, view.desk.regulation.desk
    match entry.event, key:
        case Event.LINE, "line" if value in people.lines:
            return told("to line", view.language, title=tidy(people.lines[value].title))
        case Event.ASSIGNED, "assignee" if "@" in value:
            return view.person(value)
        case Event.RATED, "rated" if value[:1].isdigit():
            return told("of five", view.language, rating=value[:1])
        case Event.COMPLAINED, "complaint":
            return value.partition(";")[0]
        case Event.LEVEL, "level" if value in rules.levels:
            cited = _CITED.search(text)
            return " ".join(filter(None, (tidy(level_title(rules.levels[value], view.language)), cited and cited[0])))
        case ((Event.WARNED | Event.BREACHED), _) if found := _CLOCK.fullmatch(text):
            return _of_clock(view, *found.groups())
    return _TIME.sub(lambda found: _moment(view, found.group()), text)


def _of_clock(view: View, clock: str, step: str, at: str, readers: str) -> str:
    """«решение, просрочен, срок …; кому: …»"""
    name = told(f"step {'repeat' if step.startswith('repeat') else step}", view.language)
    who = ", ".join(view.person(reader) for reader in readers.split(", "))
    when = _TIME.sub(lambda found: _moment(view, found.group()), at)
    what = told("of clock", view.language, clock=label(clock, view.language), step=name, when=when)
    return f"{what}; {told('told', view.language, who=who)}"


def _moment(view: View, written: str) -> str:
    """A time as the journal has it, as the staff reads it."""
    try:
        return view.plain(datetime.fromisoformat(written))
    except ValueError:
        return written


def _notes(view: View, ticket: Ticket, moment: Moment, message: Message | None) -> Iterator[str]:
    entry = moment.entry
    if entry and not _is_shown(moment) and not _REPEATS.fullmatch(entry.says) and (text := says(view, entry)):
        yield text
    if moment.gone:
        yield told("gone", view.language)
    if message is None:
        return
    if (subject := clean_subject(message.subject)) and subject != ticket.subject:
        yield f"{told('subject', view.language)}: {subject}"
    sender = message.sender
    if sender and moment.entry and sender.address.lower() != moment.entry.by.lower():
        yield told("unproven author", view.language, who=_named(sender.name, sender.address))
    if moment.letter and moment.letter.truncated:
        yield told("beginning", view.language)


def _is_shown(moment: Moment) -> bool:
    """Whether the line says only what the letter says: a note's words stand in both."""
    entry = moment.entry
    return entry is not None and entry.event is Event.NOTED and entry.letter is not None and not moment.gone


def _ours(tx: Tx, view: View, posted: Sequence[Went], day: str, time: str) -> Step:
    """Our letter with its words if a person wrote them."""
    first = posted[0]
    message = None
    if first.kind in _BY_WORDS or first.author:
        message = parse(correspondence.sent_raw(tx, first.id))
    said = quoted(own_words(message.text), WORDS) if message else None
    return Step(
        day=day,
        time=time,
        what=told("our letter", view.language, kind=kind_word(first.kind, view.language)),
        who=view.person(first.author) if first.author else "",
        tone="ours",
        notes=tuple(_fates(view, posted)),
        said=said if said and said.text else None,
        more=_more(view, said.more if said else 0),
        files=_files(view, message.attachments if message else ()),
    )


def _fates(view: View, posted: Sequence[Went]) -> Iterator[str]:
    """To whom and what became of it, those with the same fate in one line."""
    fates: dict[str, list[str]] = {}
    for row in posted:
        fates.setdefault(fate(view, row), []).append(view.person(row.recipient))
    for words, names in fates.items():
        yield f"{told('sent to', view.language, who=', '.join(dict.fromkeys(names)))}; {words}"


def fate(view: View, row: Went) -> str:
    """What became of a letter of ours, in words."""
    if row.bounced_at:
        return told("bounced", view.language, when=view.plain(row.bounced_at))
    if row.state == "dead":
        return told("dead", view.language, why=tidy(row.error, 300) or "?")
    if row.sent_at:
        return told("left", view.language, when=view.plain(row.sent_at))
    return told("waiting", view.language)


def _read(tx: Tx, letter: Came) -> Message:
    return parse(inbox.raw(tx, letter.id), truncated=letter.truncated)


def _who(view: View, ticket: Ticket, address: str) -> str:
    if not address or address == "maild":
        return ""
    if address.lower() == ticket.client.lower():
        return _named(ticket.client_name, ticket.client)
    agent = view.desk.regulation.people.agent(address)
    return _named(agent.name if agent else "", address)


def _named(name: str, address: str) -> str:
    plain = tidy(name, 100)
    return f"{plain} <{tidy(address)}>" if plain and plain != address else tidy(address)


def _tone(view: View, entry: Entry | None) -> str:
    if entry is None or entry.event in FROM_CLIENT:
        return "client"
    return "staff" if entry.by in view.desk.regulation.people.staff else ""


def _more(view: View, lines: int) -> str:
    if not lines:
        return ""
    return told("more", view.language, count=phrase.count(lines, "line of text", view.language))


def _files(view: View, files: Sequence[Attachment]) -> str:
    if not files:
        return ""
    names = [
        f"{tidy(file.filename, 80) or file.content_type} ({size_word(file.size, view.language)})" for file in files
    ]
    if len(names) > FILES:
        names[FILES:] = [told("more files", view.language, count=len(names) - FILES)]
    return told("files", view.language, names=", ".join(names))
