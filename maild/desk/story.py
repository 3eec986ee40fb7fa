"""The story of a ticket for the quality desk: a few dated lines for a letter, the whole as a file, the raw letters.

The file tells everything that the journal and the letters know, notes to colleagues too: it goes to the quality desk
and to nobody else. It stays small enough for any mail program; what had to be left out is said.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from markupsafe import Markup

from maild.desk.arrival import Arrival
from maild.desk.chronicle import Moment, moments, step_of
from maild.desk.clocks import level_of
from maild.desk.desk import Desk
from maild.desk.highlights import highlights
from maild.desk.staff_view import View
from maild.domain.levels import level_title
from maild.domain.rules import in_language
from maild.domain.sla import CLOCK_NAMES, Standing, State
from maild.domain.ticket import Ticket
from maild.mail import phrase, story_page
from maild.mail.labels import label
from maild.mail.labels_story import size_word, told
from maild.mail.mime import File
from maild.mail.parts import Cell, Row, tidy
from maild.mail.story_page import Cover, Grid
from maild.store import correspondence, inbox, tickets
from maild.store.database import Tx

HEAD, TAIL = 500_000, 1_300_000
"""Bytes of the file for the first steps and for the last ones; what lies between does not fit and is left out."""
RAW_BYTES = 20 * 1024**2
"""Bytes of all raw letters together that one letter carries."""


def story_lines(tx: Tx, desk: Desk, ticket: Ticket, language: str, now: datetime | None = None) -> tuple[str, ...]:
    """At most eight dated lines that tell most of what happened; the last says how it stands.

    Without `now` every date has its year, and no target is said to be missed.
    """
    history = tickets.history(tx, Arrival.id_of(ticket))
    view = View(desk, now or datetime(1, 1, 2, tzinfo=UTC))
    view.language = language
    return (*highlights(view, history), _now(view, ticket) if now else _status_line(view, ticket))


def whole_story(tx: Tx, desk: Desk, ticket: Ticket, now: datetime) -> File:
    """The ticket's whole story as one HTML file of at most about 2 MB, in the language of the staff."""
    view = View(desk, now)
    found = moments(tx, ticket, desk.regulation.people.staff)

    def make(moment: Moment) -> Markup:
        return story_page.step(step_of(tx, view, ticket, moment))

    steps = list(_steps(view, found, make))
    text = story_page.page(_cover(view, ticket), steps)
    name = told("file", view.language, number=ticket.number)
    return File(name, "text/html; charset=utf-8", text.encode("utf-8", "replace"))


def raw_files(tx: Tx, ticket: Ticket, language: str = "ru") -> tuple[File, ...]:
    """Every letter that came in for a ticket, byte for byte, oldest first, at most RAW_BYTES in all.

    What does not fit is named in a text file at the end.
    """
    history = tickets.history(tx, Arrival.id_of(ticket))
    named = frozenset(entry.letter for entry in history if entry.letter is not None)
    files, left, room = [], [], RAW_BYTES
    for index, letter in enumerate(correspondence.came(tx, Arrival.id_of(ticket), named), 1):
        name = told("letter file", language, index=index)
        raw = inbox.raw(tx, letter.id) if letter.truncated or letter.size <= room else None
        if raw is None or len(raw) > room:
            size = size_word(letter.size, language)
            left.append(f"{name}: {letter.arrival.isoformat(timespec='minutes')}, {tidy(letter.sender)}, {size}")
            continue
        room -= len(raw)
        files.append(File(name, "message/rfc822", raw))
    return (*files, _left_out(ticket, left, language)) if left else tuple(files)


def _left_out(ticket: Ticket, names: Sequence[str], language: str) -> File:
    head = told("left out", language, limit=size_word(RAW_BYTES, language))
    lines = [head, "", *names, "", told("by hand", language, number=ticket.number), ""]
    return File(
        told("left out file", language),
        "text/plain; charset=utf-8",
        "\r\n".join(lines).encode("utf-8", "replace"),
    )


def _steps(view: View, found: Sequence[Moment], make: Callable[[Moment], Markup]) -> Iterator[Markup]:
    """The steps under the headings of their days; where they do not fit, the middle is left out and never read."""
    front, back, first, last = _fit(found, make)
    yield from _by_day(view, found[:first], front)
    if first < last:
        skipped = found[first:last]
        times = {"first": view.plain(skipped[0].at), "last": view.plain(skipped[-1].at)}
        yield story_page.gap(told("skipped", view.language, count=len(skipped), **times))
    yield from _by_day(view, found[last:], back)


def _fit(found: Sequence[Moment], make: Callable[[Moment], Markup]) -> tuple[list[Markup], list[Markup], int, int]:
    """Steps from both ends as far as the room goes, and the bounds of what lies between."""
    front: list[Markup] = []
    back: list[Markup] = []
    first, last, room = 0, len(found), HEAD
    while first < last and room > 0:
        front.append(make(found[first]))
        room -= len(front[-1].encode("utf-8", "replace"))
        first += 1
    room = TAIL
    while last > first and room > 0:
        back.append(make(found[last - 1]))
        room -= len(back[-1].encode("utf-8", "replace"))
        last -= 1
    return front, back[::-1], first, last


def _by_day(view: View, found: Sequence[Moment], made: Sequence[Markup]) -> Iterator[Markup]:
    day = None
    for moment, markup in zip(found, made, strict=True):
        there = moment.at.astimezone(view.zone).date()
        if there != day:
            yield story_page.day(phrase.day(there, view.language))
        day = there
        yield markup


def _cover(view: View, ticket: Ticket) -> Cover:
    language = view.language
    zone = phrase.zone_name(view.now, language, view.zone)
    grids = [_clocks(view, ticket)]
    if ticket.holds:
        grids.append(_holds(view, ticket))
    return Cover(
        language=language,
        title=told("title", language, number=ticket.number),
        counted=told("counted", language, when=view.plain(view.now), zone=zone),
        subject=view.subject(ticket),
        card=tuple(_card(view, ticket)),
        grids=tuple(grids),
        course=told("course", language),
    )


def _card(view: View, ticket: Ticket) -> Iterator[Row]:
    """What the ticket is, in the words of the staff; what is not known is left out."""
    rules, people = view.desk.regulation, view.desk.regulation.people
    category = rules.intake.categories.get(ticket.category)
    client = tidy(f"{ticket.client_name} <{ticket.client}>" if ticket.client_name else ticket.client)
    line = people.lines.get(ticket.line or "")
    organisation = view.organisation(ticket)
    rows = {
        "client": client,
        "organisation": "" if organisation == tidy(ticket.client) else organisation,
        "received": view.moment(ticket.arrived),
        "status": told(f"status {ticket.status}", view.language),
        "category": in_language(category.title, view.language) if category else ticket.category,
        "level": level_title(level_of(view.desk, ticket), view.language),
        "line": line.title if line else ticket.line or "",
        "assignee": view.person(ticket.assignee),
        "rating": told("of five", view.language, rating=ticket.rating) if ticket.rating else "",
        "linked": ticket.linked or "",
    }
    for key, value in rows.items():
        if value:
            yield Row(told(key, view.language), (Cell(tidy(value)),))


def _clocks(view: View, ticket: Ticket) -> Grid:
    names = ("clock", "planned", "became")
    rows = tuple(_clock(view, view.standing(ticket, clock)) for clock in CLOCK_NAMES)
    return Grid(told("clocks", view.language), tuple(told(name, view.language) for name in names), rows)


def _clock(view: View, state: Standing) -> tuple[tuple[Cell, ...], ...]:
    """One clock: due, and whether it was met, missed (by how much working time), stopped or still running."""
    span = phrase.span(state.seconds, view.language)
    done = (Cell(view.plain(state.met), "muted"),) if state.met else ()
    match state.state:
        case State.NONE:
            became = (Cell(told("no target", view.language), "muted"), *done)
        case State.MET:
            became = (Cell(view.word("in time"), "fine", strong=True), *done)
        case State.MISSED:
            by = f"{view.word('overdue')} {view.word('by', span=span)}"
            became = (Cell(by, "late", strong=True), *done)
        case State.HELD:
            since = view.word("stopped since", when=view.plain(state.since)) if state.since else ""
            became = (Cell(view.word("stopped"), strong=True), Cell(since, "muted"))
        case _:
            became = (Cell(view.word("running"), strong=True), Cell(view.word("left", span=span), "muted"))
    due = Cell(view.plain(state.due) if state.due else "–")
    return (Cell(label(state.clock, view.language)),), (due,), became


def _holds(view: View, ticket: Ticket) -> Grid:
    names = ("from", "to", "stands", "why")
    rows = []
    for hold in ticket.holds:
        until = view.plain(hold.end) if hold.end else told("lasts", view.language)
        stopped = ", ".join(label(clock, view.language).lower() for clock in CLOCK_NAMES if clock in hold.clocks)
        why = told(f"hold {hold.why}", view.language) if hold.why in _HOLDS else tidy(hold.why)
        rows.append(((Cell(view.plain(hold.start)),), (Cell(until),), (Cell(stopped),), (Cell(why),)))
    return Grid(told("holds", view.language), tuple(told(name, view.language) for name in names), tuple(rows))


_HOLDS = frozenset({"details", "client", "refused", "assessment"})


def _status_line(view: View, ticket: Ticket) -> str:
    status = told(f"status {ticket.status}", view.language)
    return told("now", view.language, status=status, who=_assignee(view, ticket))


def _now(view: View, ticket: Ticket) -> str:
    """How the ticket stands, with the clock that is most overdue."""
    late = [state for clock in CLOCK_NAMES if (state := view.standing(ticket, clock)).state is State.MISSED]
    if not late:
        return _status_line(view, ticket)
    worst = max(late, key=lambda state: state.seconds)
    return told(
        "now late",
        view.language,
        status=told(f"status {ticket.status}", view.language),
        who=_assignee(view, ticket),
        clock=label(worst.clock, view.language),
        span=phrase.span(worst.seconds, view.language),
    )


def _assignee(view: View, ticket: Ticket) -> str:
    if ticket.assignee is None:
        return view.word("nobody")
    return told("said nothing", view.language, who=view.person(ticket.assignee))
