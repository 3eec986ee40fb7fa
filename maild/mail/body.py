"""The sections of a letter's text: the writer's own words, signature, forwarded letter, quoted history.

Sections cover the whole text in order; nothing is ever removed from `text`. The reply is what is left for reading
when quotation and signature are left out; where nothing is left it is the full text. Certain cuts come first: our own
marker line, `>` signs, what HTML says; then the header lines and attributions that mail programs write.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from maild.mail.clients import (
    Mark,
    block_says,
    is_forward_end,
    is_forwarded_subject,
    is_quoted,
    is_reply_subject,
    mark_at,
    speaks_of_writing,
)
from maild.mail.markers import fold, marker_at, may_have_marker
from maild.mail.message import Place, Section
from maild.mail.signatures import signature_start

MAX_BLOCK_DISTANCE = 4
"""Lines between a forward mark and the header lines that belong to it."""


_OUR_BRACKET = re.compile(r"\[[A-Z]{1,10}-\d{3,}\]")


@dataclass(frozen=True)
class Context:
    """What the rest of the letter says about its text.

    `subject` decoded; `answers`: it has In-Reply-To or References; `recipients`: addresses in To and Cc, lower case.
    """

    subject: str = ""
    answers: bool = False
    recipients: Collection[str] = ()

    @property
    def is_reply(self) -> bool:
        """Whether anything besides the text speaks for a reply."""
        return self.answers or is_reply_subject(self.subject) or bool(_OUR_BRACKET.search(self.subject))

    @property
    def is_forward(self) -> bool:
        """Whether the subject says that a letter was passed on."""
        return is_forwarded_subject(self.subject)


def split_sections(
    text: str, context: Context | None = None, hints: Sequence[Place | None] | None = None
) -> tuple[Section, ...]:
    """Sections of `text`, in order, covering it all. `hints`: one for each line, what the HTML said of it."""
    lines = text.split("\n")
    if hints is None or len(hints) != len(lines):
        hints = [None] * len(lines)
    context = context or Context()
    places = _History(lines, hints, context, may_have_marker(text)).places()
    if not context.is_reply and Place.OWN not in _kinds(lines, places) and Place.FORWARDED not in places:
        places = [Place.OWN] * len(lines)  # a first letter that is all quotation: an odd program, not an answer
    _sign(lines, hints, places)
    _settle_blanks(lines, places)
    return sections_of(lines, places)


def reply_text(text: str, sections: Sequence[Section]) -> str:
    """Own words and a forwarded letter, without signature and history; the full text where that is empty."""
    kept: list[str] = []
    for section in sections:
        if section.place in (Place.OWN, Place.FORWARDED):
            kept.append(text[section.start : section.end].strip("\n"))
    reply = "\n\n".join(piece for piece in kept if piece.strip()).strip()
    return reply or text.strip()


def own_text(text: str, sections: Sequence[Section]) -> str:
    """The writer's own words alone; "" where there are none."""
    return "\n".join(text[s.start : s.end].strip("\n") for s in sections if s.place is Place.OWN).strip()


def without_ours(text: str, sections: Sequence[Section], sent: Sequence[str]) -> tuple[Section, ...]:
    """The sections again, quoted lines that stand in none of the letters `sent` given back to the writer.

    For programs that quote without signs: who answers inside such a quotation would otherwise be cut off.
    """
    known = {fold(line) for letter in sent for line in letter.split("\n")}
    everything = " ".join(fold(letter) for letter in sent)
    lines = text.split("\n")
    places = line_places(lines, sections)
    for index, line in enumerate(lines):
        folded = fold(line)
        if places[index] is not Place.QUOTED or is_quoted(line) or not folded:
            continue
        if folded not in known and folded not in everything and mark_at(lines, index) is None and ":" not in line[:20]:
            places[index] = Place.OWN
    _settle_blanks(lines, places)
    return sections_of(lines, places)


def line_places(lines: Sequence[str], sections: Sequence[Section]) -> list[Place]:
    """The place of every line of a text that `sections` cover."""
    places: list[Place] = []
    at, number = 0, 0
    for line in lines:
        while number + 1 < len(sections) and at >= sections[number].end:
            number += 1
        places.append(sections[number].place if sections else Place.OWN)
        at += len(line) + 1
    return places


class _History:
    """One pass over the lines: `rest` is the place of every further line, None while the writer speaks."""

    def __init__(self, lines: Sequence[str], hints: Sequence[Place | None], context: Context, marked: bool) -> None:
        self.lines, self.hints, self.context, self.marked = lines, hints, context, marked
        self.result: list[Place] = []
        self.rest: Place | None = None
        self.chain = False
        self.counts = _quotes_count(lines, context)

    def places(self) -> list[Place]:
        """The place of every line."""
        while len(self.result) < len(self.lines):
            index = len(self.result)
            if self.rest is None:
                self._own(index)
            elif self.rest is Place.FORWARDED:
                self._forwarded(index)
            else:
                self._take(1, self.rest)
        return self.result

    def _take(self, count: int, place: Place) -> None:
        self.result += [place] * min(count, len(self.lines) - len(self.result))

    def _own(self, index: int) -> None:
        if is_quoted(self.lines[index]) and self.counts:
            self._take(1, Place.QUOTED)
            return
        marker = marker_at(self.lines, index) if self.marked and self.lines[index] else 0
        if marker:
            self._take(marker, Place.QUOTED)
            self.rest = None if self._quotation_follows(index + marker) else Place.QUOTED
            return
        mark = mark_at(self.lines, index)
        if mark is None:
            self._plain(index)
        elif mark[0] is Mark.FORWARD or (mark[0] is Mark.BLOCK and self._is_forward(index, mark[1])):
            self._forward(index, mark[1])
        else:
            self._history(index, *mark)

    def _plain(self, index: int) -> None:
        hint = self.hints[index]
        if hint in (Place.QUOTED, Place.FORWARDED):
            self._take(1, hint)
        elif self._quotation_follows(index + 1, blanks=1) and speaks_of_writing(self.lines[index]):
            self._take(1, Place.QUOTED)
        else:
            self._take(1, Place.OWN)

    def _history(self, index: int, mark: Mark, size: int) -> None:
        """Where signs or HTML show the quotation, unsigned lines after it are the writer's; else all is quoted."""
        signed = self._quotation_follows(index + size)
        if mark is Mark.LOOSE and not signed and not self.context.is_reply and self.hints[index] is None:
            self._take(size, Place.OWN)
            return
        self._take(size, Place.QUOTED)
        if not signed:
            self.rest = Place.QUOTED

    def _forward(self, index: int, size: int) -> None:
        size = self._with_header_lines(index, size)
        _, subject = block_says(self.lines, index, index + size)
        self.chain = is_forwarded_subject(subject)
        self._take(size, Place.FORWARDED)
        self.rest = Place.FORWARDED

    def _with_header_lines(self, index: int, size: int) -> int:
        """A forward mark with the header lines under it; its attribution likewise."""
        for at in range(index + size, min(len(self.lines), index + size + MAX_BLOCK_DISTANCE)):
            if self.lines[at].strip():
                mark = mark_at(self.lines, at)
                return at - index + mark[1] if mark and mark[0] in (Mark.BLOCK, Mark.ATTRIBUTION) else size
        return size

    def _forwarded(self, index: int) -> None:
        """Inside a forwarded letter: its end, its own history, or the letter that it passed on in its turn."""
        if is_forward_end(self.lines[index]):
            self._take(1, Place.FORWARDED)
            self.rest = None
            return
        mark = mark_at(self.lines, index)
        if mark is None or mark[0] is Mark.LOOSE:
            self._take(1, Place.FORWARDED)
        elif mark[0] is Mark.FORWARD or self.chain:
            self._forward(index, mark[1])
        else:
            self._take(mark[1], Place.QUOTED)
            self.rest = Place.QUOTED

    def _is_forward(self, index: int, size: int) -> bool:
        """Outlook writes the same header lines above what it quotes and what it passes on."""
        if self.hints[index] is Place.FORWARDED or self.context.is_forward:
            return True
        if is_reply_subject(self.context.subject):
            return False
        sender, _ = block_says(self.lines, index, index + size)
        if any(address in sender.lower() for address in self.context.recipients):
            return False
        return not self.context.answers

    def _quotation_follows(self, index: int, blanks: int = 3) -> bool:
        for at in range(index, min(len(self.lines), index + blanks + 1)):
            if self.lines[at].strip():
                return is_quoted(self.lines[at]) or self.hints[at] is Place.QUOTED
        return False


def _quotes_count(lines: Sequence[str], context: Context) -> bool:
    """Whether `>` lines are a quotation: one alone in a first letter may be a menu path or a console line."""
    return context.is_reply or context.is_forward or sum(is_quoted(line) for line in lines) > 1


def _sign(lines: Sequence[str], hints: Sequence[Place | None], places: list[Place]) -> None:
    """Mark the signature in the last run of own lines, and in the run above the history."""
    runs = _own_runs(lines, places)
    for start, end in {*runs[:1], *runs[-1:]}:
        first = start + signature_start(lines[start:end], whole=start == 0 or not _has_text(lines, places, start))
        places[first:end] = [Place.SIGNATURE] * (end - first)
    others = any(place is Place.OWN and line.strip() for line, place in zip(lines, places, strict=True))
    for index, hint in enumerate(hints):
        if hint is Place.SIGNATURE and places[index] is Place.OWN and others and "?" not in lines[index]:
            places[index] = Place.SIGNATURE


def _kinds(lines: Sequence[str], places: Sequence[Place]) -> set[Place]:
    return {place for line, place in zip(lines, places, strict=True) if line.strip()}


def _has_text(lines: Sequence[str], places: Sequence[Place], end: int) -> bool:
    return any(places[index] is Place.OWN and lines[index].strip() for index in range(end))


def _own_runs(lines: Sequence[str], places: Sequence[Place]) -> list[tuple[int, int]]:
    """Stretches of own lines that hold any text."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for index, place in enumerate([*places, None]):
        if place is Place.OWN and start is None:
            start = index
        elif place is not Place.OWN and start is not None:
            if any(line.strip() for line in lines[start:index]):
                runs.append((start, index))
            start = None
    return runs


def _settle_blanks(lines: Sequence[str], places: list[Place]) -> None:
    """A blank line between two places belongs to the upper one."""
    for index in range(1, len(lines)):
        if not lines[index].strip():
            places[index] = places[index - 1]


def sections_of(lines: Sequence[str], places: Sequence[Place]) -> tuple[Section, ...]:
    """The sections of lines whose places are known: the reverse of `line_places`."""
    sections: list[Section] = []
    at = 0
    last = len(lines) - 1
    for index, (line, place) in enumerate(zip(lines, places, strict=True)):
        end = at + len(line) + (index < last)
        if sections and sections[-1].place is place:
            sections[-1] = Section(place, sections[-1].start, end)
        elif end > at:
            sections.append(Section(place, at, end))
        at = end
    return tuple(sections)
