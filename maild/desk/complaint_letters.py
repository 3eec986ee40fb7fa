"""Letters to the quality desk about a complaint: the client's words first, then what happened to their request."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from maild.desk.facts import Said
from maild.desk.outgoing import Outgoing, box_of, dispatch, head, marker
from maild.desk.quick import quick_links
from maild.desk.staff_card import staff_rows
from maild.desk.staff_parts import (
    attached,
    audience_of,
    clock_sentence,
    envelope,
    links_of,
    marker_of,
    opening,
    preview,
    quality_names,
    words_and_rest,
)
from maild.desk.staff_view import View
from maild.domain.ticket import Ticket
from maild.mail.mime import File
from maild.mail.parts import Link, tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk

STORY = 12
"""So many lines of the story are shown; the whole of it is attached by the caller."""
_ROWS = ("ticket", "subject", "from", "organisation and number", "level", "targets", "assigned")


def complaint(
    desk: "Desk",
    ticket: Ticket,
    now: datetime,
    recipient: str,
    *,
    key: str,
    said: Said,
    about: Ticket | None,
    story: tuple[str, ...],
    rating: int | None = None,
    files: tuple[File, ...] = (),
) -> Outgoing:
    """A complaint `ticket` about another one, to the quality desk (kind `complaint`); a plain reply is the client's.

    `story` are dated lines about `about`; `rating` the low one that made the complaint, None for a letter. The links
    act on `about`, since it is that which has to be mended.
    """
    view = View(desk, now)
    audience = audience_of(desk, ticket, recipient)
    words, more, rest = words_and_rest(said.text, view.word("whole text"), view.language)
    due, left = clock_sentence(view, ticket)
    heading = view.word("heading low", rating=rating) if rating else view.word("heading complaint")
    files = (*files, *rest)
    context = {
        "marker": marker(marker_of(audience), view.language),
        "number": ticket.number,
        "subject": view.subject(ticket),
        "title": f"[{ticket.number}] {view.subject(ticket)}",
        "preheader": preview(view, ticket, tidy(words.text, 50) or heading, due),
        "heading": heading,
        "due": due,
        "left": left,
        "said": words if words.text else None,
        "said_by": _by(ticket),
        "said_at": view.moment(said.at),
        "said_more": more,
        "attached": attached(files, view.language),
        "about": about.number if about else "",
        "about_rows": staff_rows(view, about, _ROWS) if about else (),
        "story": tuple(tidy(line, 400) for line in story[:STORY]),
        "links": _links(desk, ticket, about, recipient, key),
        "counted": view.moment(now),
        "desk": head(desk, box_of(desk, ticket), view.language),
    }
    addressed = envelope(desk, "complaint", ticket, recipient, key, view.subject(ticket), audience, files)
    return dispatch(desk, addressed, view.language, context, now)


def _by(ticket: Ticket) -> str:
    return ", ".join(filter(None, (tidy(ticket.client_name, 100), tidy(ticket.client, 120))))


def _links(desk: "Desk", ticket: Ticket, about: Ticket | None, recipient: str, key: str) -> Sequence[Link]:
    """Links about the ticket that is complained of; they prove themselves by their code, not as replies to this."""
    if about is None:
        return links_of(desk, ticket, recipient, key, ("note", "status"))
    shared = opening(desk, box_of(desk, about), recipient, about.number, None)
    return quick_links(desk, about, (*quality_names(about), "letters"), shared, recipient)
