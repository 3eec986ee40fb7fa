"""Letters to the operator: whoever looks after maild itself. What agents and the quality desk get has its own files."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from maild.desk.outgoing import Envelope, Outgoing, dispatch, head, staff_language
from maild.mail import phrase
from maild.mail.parts import tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk


def operator(desk: "Desk", subject: str, lines: Sequence[str], now: datetime, *, key: str) -> Outgoing:
    """Plain words to whoever looks after maild, one paragraph a line. Raises ValueError where there is no operator."""
    if desk.operator is None:
        raise ValueError("no [operator] address is configured")
    language = staff_language(desk)
    zone = desk.regulation.desk.calendar.zone
    context = {
        "subject": tidy(subject),
        "lines": tuple(tidy(line, 2_000) for line in lines),
        "counted": phrase.moment(now, language, zone, now),
        "desk": head(desk, desk.support, language),
    }
    envelope = Envelope(
        kind="operator",
        template="operator",
        role="operator",
        recipient=desk.operator,
        box=desk.support,
        subject=tidy(subject),
        number=None,
        key=key,
    )
    return dispatch(desk, envelope, language, context, now)
