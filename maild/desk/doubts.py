"""Why a person has to decide, in the reader's language.

The check that found it (`domain/checks`) speaks English, to the journal and `maild explain`; here its findings are
said to those who answer. What is not known here is shown as it is.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from maild.domain.rules import in_language
from maild.domain.ticket import Ticket
from maild.mail.labels import WORDS, word
from maild.mail.parts import tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk

FINDINGS = tuple(
    (re.compile(pattern), key)
    for pattern, key in (
        (r"insulting words \(", "abuse"),
        (r"(?P<number>\S+) is not in the registry, and the client says it once more", "twice"),
        (r"(?P<number>\S+): [^;]{1,400}; but it may be about", "lapsed"),
        (r"needs no contract, but the letter also asks for", "mixed"),
        (r"(?P<number>\S+) is (?P<product>.{1,120}?), the letter is about (?P<about>[^;]{1,120})", "product"),
        (r"(?P<number>\S+) is in the registry for somebody else than the (?P<what>\w+) of this letter", "other"),
        (r"needs (?P<column>\w+) = [^;]{1,200}; the (?:client is not known|registry has)", "needs"),
        (r"out of scope: \S+?; the refusal «(?P<refusal>[^»]+)» is prepared", "scope"),
        (r"asked \d+ times already: a person decides", "asked"),
        (r"goes to a person; nothing is required of it", "person"),
    )
)
"""What a finding looks like, and the wording («doubt …») that says it."""


def doubts(desk: "Desk", ticket: Ticket, language: str) -> str:
    """The doubt about a ticket in sentences, the gravest first; "" where there is none."""
    if not ticket.doubt:
        return ""
    said = " ".join(_sentences(desk, ticket.doubt[:4_000], language))
    return said or word("doubt of", language, doubt=tidy(ticket.doubt, 300))


def _sentences(desk: "Desk", doubt: str, language: str) -> Iterator[str]:
    for pattern, key in FINDINGS:
        found = pattern.search(doubt)
        if found is None:
            continue
        values = {name: tidy(value, 120) for name, value in found.groupdict().items()}
        values["what"] = WORDS[language].get(f"contrary {values.get('what')}", values.get("what", ""))
        reason = desk.regulation.desk.refusals.get(values.get("refusal", ""))
        values["title"] = tidy(in_language(reason.title, language), 120) if reason else values.get("refusal", "")
        yield word(f"doubt {key}", language, **values)
