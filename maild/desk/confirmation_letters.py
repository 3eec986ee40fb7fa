"""What an agent is told of their letter: what was done and what left to whom; or that nothing was, why, and the rest.

Nothing that an agent wrote is lost: where it was not sent, their whole words come back, ready to copy.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from maild.desk.digest_letters import items_of
from maild.desk.facts import Fact, Failure, Report
from maild.desk.outgoing import Envelope, Outgoing, box_of, dispatch, head, marker, message_id
from maild.desk.plan import FOR_QUALITY
from maild.desk.quick import orders, quick_links
from maild.desk.staff_card import staff_rows
from maild.desk.staff_parts import (
    attached,
    audience_of,
    marker_of,
    opening,
    previewed,
    role_of,
    words_and_rest,
)
from maild.desk.staff_view import View
from maild.domain.ticket import Status, Ticket
from maild.mail import phrase
from maild.mail.command_words import BY_NAME, COMMANDS, shown
from maild.mail.labels import WORDS
from maild.mail.labels_events import kind_word
from maild.mail.mime import File
from maild.mail.parts import Link, Quote, tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk, Mailbox

RETURNED = 30_000
"""Bytes that the agent's own text may take in the letter; a longer one is attached as well, whole."""
CROSSED = (20_000, 15_000)
"""The same where an answer that crossed with it stands beside it, and bytes for that."""
LEDGER = (12_000, 20_000)
"""Characters and bytes of a ledger in the letter; a longer one is attached."""
FAULTS = 20
"""So many lines that failed are gone into."""
LISTED = 30
"""Tickets of a queue in the letter; a longer one is attached."""
_NOT_SENT = frozenset({"crossed", "leak"})
_OWN_SENTENCE = frozenset({"undelivered", "undelivered, reaction runs"})
"""Failures that are no matter of an order: what they say is the heading, as it is."""


def confirmation(
    desk: "Desk", ticket: Ticket | None, now: datetime, recipient: str, *, key: str, report: Report
) -> Outgoing:
    """What became of an agent's letter (kind `confirmation`); `ticket` None where it belongs to none."""
    view = View(desk, now)
    box = box_of(desk, ticket) if ticket else desk.support
    audience = audience_of(desk, ticket, recipient) if ticket else None
    room = CROSSED[0] if report.newer else RETURNED
    text, more, rest = words_and_rest(report.text, view.word("returned text"), view.language, room, room)
    other = report.newer.text if report.newer else ""
    newer, newer_more, newer_rest = words_and_rest(other, view.word("newer text"), view.language, room=CROSSED[1])
    heading = _heading(view, ticket, report)
    lines = "\n".join(report.ledger)
    ledger, ledger_more, ledger_rest = words_and_rest(lines, view.word("whole ledger"), view.language, *LEDGER)
    files = (*report.files, *rest, *newer_rest, *ledger_rest, *_whole_queue(view, report.queue or ()))
    context: dict[str, Any] = {
        "marker": marker(marker_of(audience), view.language) if audience else "",
        "number": ticket.number if ticket else "",
        "subject": view.subject(ticket) if ticket else "",
        "heading": heading,
        "done": tuple(_sentence(_told(view, fact)) for fact in report.done) if len(report.done) > 1 else (),
        "sent": tuple(_upper(_told(view, fact)) for fact in report.sent),
        "advice": _advice(view, report),
        "nothing": view.word("nothing left, crossed" if _crossed(report) else "nothing left"),
        "undone": any(failure.why.key not in _OWN_SENTENCE for failure in report.failed),
        "failures": tuple(_failures(view, report.failed)),
        "text": text if text.text else None,
        "text_more": more,
        "newer": newer if newer.text else None,
        "newer_by": _newer(view, report),
        "newer_more": newer_more,
        "attached": attached(files, view.language),
        "commands": orders(_commands(audience), view.language) if _at_a_loss(report) else (),
        "links": _links(desk, box, ticket, report, recipient, key),
        "rows": staff_rows(view, ticket) if ticket and (report.card or report.failed) else (),
        "ledger": tuple(filter(None, ledger.text.split("\n"))),
        "ledger_more": ledger_more,
        "queued": items_of(view, (report.queue or ())[:LISTED]),
        "queued_more": _more(view, len(report.queue or ())),
        "counted": view.moment(now),
        "desk": head(desk, box, view.language),
    }
    subject = view.subject(ticket) if ticket else tidy(heading, 120)
    context["title"] = f"[{ticket.number}] {subject}" if ticket else subject
    context["preheader"] = _preview(view, context)
    addressed = Envelope(
        kind="confirmation",
        template="confirmation",
        role=role_of(desk, recipient),
        recipient=recipient,
        box=box,
        subject=context["title"],
        number=ticket.number if ticket else None,
        key=key,
        audience=audience,
        files=files,
    )
    return dispatch(desk, addressed, view.language, context, now)


def _told(view: View, fact: Fact, line: str = "") -> str:
    """A fact in words. Its values are said in words where we have any."""
    values = {name: _value(view, name, value) for name, value in fact.values.items()}
    if line or "line" not in values:
        values["line"] = tidy(line, 80)
    return view.word(fact.key, **values)


def _value(view: View, name: str, value: object) -> str:
    if name == "when":
        value = _time(value)
    if isinstance(value, datetime):
        return view.clock(value)
    if isinstance(value, (list, tuple)):
        return tidy(", ".join(map(str, value)), 600)
    plain = tidy(str(value), 600)
    match name:
        case "kind":
            return kind_word(plain, view.language)
        case "status" if plain in set(Status):
            return view.word(f"status {plain}")
        case "command" if plain in BY_NAME:
            return shown(plain, view.language)
        case _:
            return plain


def _time(value: object) -> object:
    """An aware time from ISO 8601, whatever it is otherwise."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value
    return found if not isinstance(found, datetime) or found.tzinfo else value


def _sentence(clause: str) -> str:
    return f"{_upper(clause)}." if clause[-1:] not in ".:" else _upper(clause)


def _upper(clause: str) -> str:
    return clause[:1].upper() + clause[1:]


def _heading(view: View, ticket: Ticket | None, report: Report) -> str:
    """The state in the first line."""
    if report.heading:
        return tidy(report.heading)
    number = ticket.number if ticket else ""
    if report.failed:
        return _failed(view, report.failed)
    if len(report.done) == 1:
        return view.word("done", what=", ".join(filter(None, (number, _told(view, report.done[0])))))
    if report.done or report.sent:
        return view.word("done", what=number or _told(view, Fact("did nothing")))
    if report.queue is not None:
        count = phrase.count(len(report.queue), "ticket", view.language)
        return view.word("queue of", count=count) if report.queue else view.word("queue empty")
    if report.card and ticket:
        return view.word("card of", number=number)
    if report.ledger:
        return view.word("why of", number=number)
    if report.files:
        return view.word("verb letters") + (f": {number}" if number else "")
    return view.word("done", what=", ".join(filter(None, (number, view.word("did nothing")))))


def _failed(view: View, failed: Sequence[Failure]) -> str:
    first = failed[0]
    if first.why.key in _OWN_SENTENCE:
        return _told(view, first.why)
    if len(failed) > 1:
        count = phrase.count(len(failed), "line of text", view.language)
        return view.word("not done", what=view.word("several lines", count=count))
    return view.word("not sent" if first.why.key in _NOT_SENT else "not done", what=_told(view, first.why, first.line))


def _failures(view: View, failed: Sequence[Failure]) -> Iterator[Mapping[str, str]]:
    """Each line that failed: itself, why (where the heading has not said it), and the word that was meant."""
    for failure in failed[:FAULTS]:
        meant = view.word("meant", command=shown(failure.nearest, view.language)) if failure.nearest in BY_NAME else ""
        why = _sentence(_told(view, failure.why, failure.line)) if len(failed) > 1 else ""
        line = "" if len(failed) == 1 and "{line}" in WORDS[view.language][failure.why.key] else tidy(failure.line, 200)
        if why or meant or line:
            yield {"line": line, "why": why, "meant": meant}


def _crossed(report: Report) -> bool:
    return any(failure.why.key == "crossed" for failure in report.failed)


def _advice(view: View, report: Report) -> str:
    """What to do now; "" where nothing has to be done."""
    if any(failure.why.key in _OWN_SENTENCE for failure in report.failed):
        return view.word("advice undelivered")
    if _crossed(report):
        return view.word("advice crossed")
    return view.word("advice again") if report.failed and report.text.strip() else ""


def _commands(audience: str | None) -> list[str]:
    return [each.name for each in COMMANDS if audience != "colleagues" or each.name in FOR_QUALITY]


def _at_a_loss(report: Report) -> bool:
    """Whether the list of commands helps: an order failed, not a letter on its way."""
    return any(failure.why.key not in _NOT_SENT | _OWN_SENTENCE for failure in report.failed)


def _more(view: View, count: int) -> str:
    if count <= LISTED:
        return ""
    return view.word("and more, attached", count=count - LISTED, name=view.word("whole queue"))


def _whole_queue(view: View, queue: Sequence[Ticket]) -> Iterator[File]:
    """The queue as a text file, where the letter does not have all of it."""
    if len(queue) > LISTED:
        lines = (f"{each.number} {each.subject}; {each.below}; {each.time.text}" for each in items_of(view, queue))
        yield File(view.word("whole queue"), "text/plain; charset=utf-8", "\n".join(lines).encode("utf-8", "replace"))


def _newer(view: View, report: Report) -> str:
    said = report.newer
    if said is None:
        return ""
    name = view.person(said.by) if "@" in said.by else tidy(said.by, 100)
    return ", ".join(filter(None, (name, view.moment(said.at))))


def _links(
    desk: "Desk", box: "Mailbox", ticket: Ticket | None, report: Report, recipient: str, key: str
) -> tuple[Link, ...]:
    """What can be done at a click: send what crossed all the same, take back what has not left yet."""
    keys = {failure.why.key for failure in report.failed} | {fact.key for fact in report.done}
    name = "send" if "crossed" in keys else "undo" if "did will leave" in keys else ""
    if ticket is None or not name:
        return ()
    sealed = message_id(desk, box, recipient, role_of(desk, recipient), ticket.number, key)
    return quick_links(desk, ticket, (name,), opening(desk, box, recipient, ticket.number, sealed), recipient)


def _preview(view: View, context: Mapping[str, Any]) -> str:
    """What the heading does not say: what left, why it failed, which ticket."""
    first: Quote | None = context["text"]
    pieces = [
        context["nothing"] if context["undone"] else "",
        *(each["meant"] or each["why"] for each in context["failures"]),
        *context["done"],
        *context["sent"],
        context["subject"],
        tidy(first.text, 60) if first else "",
        *context["ledger"][:1],
        tidy(view.desk.regulation.desk.name, 60),
        context["counted"],
        context["desk"].address,
    ]
    return previewed([tidy(piece, 100) for piece in pieces if piece])
