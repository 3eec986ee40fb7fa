"""A letter's text made ready for recognition: folded, with addresses and file names blanked, and cut into places.

Everything keeps its length, so that a span in any of the texts is a span of the letter. Blanked characters become
`HIDDEN` (addresses, file names) or `ENTITY` (a product, an organisation) or `TAKEN` (a label, a value).
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from maild.domain.folding import fold
from maild.mail.message import Message, Place

HIDDEN, ENTITY, TAKEN = "\x02", "\x03", "\x04"
SUBJECT = "subject"
LIMIT = 200_000
"""Characters of a text that are looked at; nobody states a number after a whole book."""

Span = tuple[int, int]

_TELLING = re.compile(r"[@\\]|[./](?=\w)|(?<=/)/")
_WORD_END = re.compile(r"\s|$")
_PREFIX = re.compile(r"^[ \t]*[>|][>| \t]*", re.MULTILINE)
_ADDRESS = re.compile(
    r"(?:https?://|ftp://|www\.|e1c://|mailto:)[^\s<>\"»]{1,2000}"
    r"|[\w.+\-=]{1,80}@[A-Za-z0-9\-]{1,63}(?:\.[\w\-]{1,63}){0,6}"
    r"|(?<![\w.\-])[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){0,5}\.[A-Za-z]{2,10}/[^\s<>\"»]{0,2000}"
    r"|(?<![\w.\-])[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,5}\.[A-Za-z]{2,10}(?![\w.])"
    r"|(?<![\w.\-])[\w.\-]{1,120}\.(?:pdf|docx?|xlsx?|pptx?|od[ts]|txt|csv|log|xml|json|jpe?g|png|gif|bmp|tiff?|heic|mp4|avi|"
    r"zip|rar|7z|epf|erf|cfe|cfu?|dt|mxl|1cd|exe|msi|bak|eml|msg|html?)(?!\w)"
    r"|(?<!\w)[A-Za-z]:[\\/][^\s\"<>]{1,300}|\\\\[^\s\"<>]{1,300}"
)
_ATTRIBUTION = re.compile(
    r"(?:пишет|писал\w{0,2}|написал\w{0,2}|пише|wrote|написано)\s*:?\s*$|^\W*(?:от|от кого|from|від|отправитель)\s*:",
    re.I,
)


@dataclass(frozen=True)
class Source:
    """One text to read: `masked` for finding values, `bare` for what stands between them (fewer words left)."""

    original: str
    folded: str
    masked: str
    bare: str
    starts: tuple[int, ...]
    places: tuple[str, ...]
    skipped: tuple[Span, ...] = ()
    english: bool = False

    def place(self, position: int) -> str | None:
        """Where a position lies; None where it is the desk's own quoted words."""
        before = bisect_right(self.skipped, (position, LIMIT)) - 1
        if before >= 0 and position < self.skipped[before][1]:
            return None
        return self.places[max(0, bisect_right(self.starts, position) - 1)]

    def hide(self, spans: Iterable[Span], mark: str) -> "Source":
        """The same with spans blanked both for finding values and for looking between them."""
        spans = sorted(spans)
        return replace(self, masked=blank(self.masked, spans, mark), bare=blank(self.bare, spans, mark))

    def take(self, spans: Iterable[Span]) -> "Source":
        """The same with labels and values blanked for looking between them."""
        return replace(self, bare=blank(self.bare, sorted(spans), TAKEN))


def blank(text: str, spans: Sequence[Span], mark: str) -> str:
    """The text with sorted spans, which may overlap, overwritten; line ends stay."""
    parts, position = [], 0
    for start, end in spans:
        start = max(start, position)
        if end <= start:
            continue
        parts.append(text[position:start])
        piece = text[start:end]
        parts.append(mark * len(piece) if "\n" not in piece else "".join(c if c == "\n" else mark for c in piece))
        position = end
    return "".join(parts) + text[position:] if parts else text


def read_text(message: Message, own: frozenset[str]) -> Source:
    """The letter's text, its sections as places, quotations from the desk's own letters skipped."""
    text = message.text[:LIMIT]
    sections = [section for section in message.sections if section.start < len(text)]
    places = tuple(section.place.value for section in sections) or (Place.OWN.value,)
    starts = tuple(section.start for section in sections) or (0,)
    skipped = tuple(
        span
        for section in sections
        if section.place in (Place.QUOTED, Place.FORWARDED)
        for span in _own_words(text, section.start, min(section.end, len(text)), own)
    )
    return replace(_source(text, message.language), places=places, starts=starts, skipped=skipped)


def read_subject(message: Message) -> Source:
    """The letter's subject as one place."""
    return replace(_source(message.subject[:2000], message.language), places=(SUBJECT,), starts=(0,))


def _source(text: str, language: str) -> Source:
    folded = fold(text)
    if ">" in text or "|" in text:
        folded = _PREFIX.sub(lambda found: " " * len(found.group()), folded)
    hidden = _addresses(text)
    masked = blank(folded, hidden, HIDDEN)
    return Source(text, folded, masked, masked, (0,), (Place.OWN.value,), english=language == "en")


def _addresses(text: str) -> list[Span]:
    """Links, addresses and file names: only words with a telling sign inside are looked at."""
    spans: list[Span] = []
    done = 0
    for sign in _TELLING.finditer(text):
        if sign.start() < done:
            continue
        start = sign.start()
        while start > done and not text[start - 1].isspace():
            start -= 1
        done = _WORD_END.search(text, sign.end()).start()  # type: ignore[union-attr]
        spans += [found.span() for found in _ADDRESS.finditer(text, start, done)]
    return spans


def _own_words(text: str, start: int, end: int, own: frozenset[str]) -> list[Span]:
    """The parts of a quotation that the desk itself wrote, told by who is named in the line of attribution."""
    names = [fold(name) for name in own if name]
    if not names:
        return []
    spans: list[Span] = []
    ours: int | None = None
    position = max(0, text.rfind("\n", 0, max(0, start - 200)))
    for line in text[position:end].splitlines(keepends=True):
        if _ATTRIBUTION.search(line.strip(" \t>|\r\n")):
            if ours is not None:
                spans.append((max(ours, start), position))
            ours = position if any(name in fold(line) for name in names) else None
        position += len(line)
    return spans if ours is None else [*spans, (max(ours, start), end)]
