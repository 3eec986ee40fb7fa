"""How to see for oneself what a client saw: a numbered list of what was done, or what follows a label («Шаги: …»).

A numbered list of questions, of wishes, of names, or of fields («1. Портал: … 2. Версия: …») is no such list. Limits:
deeds that are told in prose without a label are not told from other prose.
"""

import re
from collections.abc import Iterator

from maild.domain.fields import FieldRule, FieldRules
from maild.domain.folding import fold
from maild.mail.field_said import CUT, Reading
from maild.mail.field_text import Source, Span
from maild.mail.field_values import Findings, candidate
from maild.mail.message import Place

_NUMBER = re.compile(
    r"(?<![^\s(:;,.>])(?:(?P<word>[^\W\d_]{3,8})[ \t]{1,2}(?:№[ \t]?)?)?(?P<number>[1-9]\d?)[ \t]?"
    r"(?:\)|\.(?!\d)|[:\-–—](?=\s))[ \t]*(?=[^\W\d_]|[\"«“'(\[<])"
)
_LONGEST = 700
"""Characters from one item of a list to the next."""
_MOST = 400
_FORM = re.compile(r"\W{0,3}[^\W\d_][^:\n,.]{1,40}:\s")
_FIRST = re.compile(r"(?:[^\W\d_]{3,8}[ \t]{1,2}(?:№[ \t]?)?)?1[ \t]?[).:\-–—]\s*\Z")
_QUOTED = re.compile(r"[«“„\"']")
_NAMED = re.compile(r"[^\W\d_]+")
_AFTER = re.compile(
    r"(?:[ \t]{1,2}[^\W\d_]+){0,4}[ \t]{0,3}(?:\([^)\n]{0,40}\)[ \t]{0,2})?(?:[:=]|[-–—](?=\s)|(?=\n))\s{0,6}"
)
_BULLET = re.compile(r"(?:[-–—•*>]|\d{1,2}[.)])\s*")
_ASKED = re.compile(
    fold(
        r"вопрос|питан|question|нужно|надо|прос(?:им|ьба)|прошу|хот(?:им|ел)|хочу|потрібн|треба|хочемо|need|please|want|"
        r"would like|пожелан|побажан|wish|сообщаем|данные|реквизит|повідомляємо|дані|details"
    )
)


def read_steps(reading: Reading, rule: FieldRule, rules: FieldRules, findings: Findings) -> None:
    """Add the lists of a text that say what was done, and what the field's labels announce."""
    spans = [*_labelled(reading, rule, rules), *_listed(reading, rule)]
    for labelled, (start, end) in spans:
        source = reading.source
        end = min(end, start + CUT)
        value = " ".join(source.original[start:end].split())
        found = candidate(source, rule, value, (start, end), labelled=labelled, rank=0 if labelled else 1)
        if found and found.place in (Place.OWN, Place.FORWARDED):
            findings.add(rule.name, found)


def _labelled(reading: Reading, rule: FieldRule, rules: FieldRules) -> Iterator[tuple[bool, Span]]:
    """The first line of what stands behind each label."""
    source = reading.source
    for mark in reading.marks:
        gap = _AFTER.match(source.original, mark.end) if mark.rule is rule else None
        if not gap:
            continue
        start = gap.end()
        if bullet := _BULLET.match(source.original, start):
            start = bullet.end()
        span = (start, _line_end(source.original, start))
        if _words(source, span) >= 2 and not rules.words.denials.search(source.folded[slice(*span)]):
            yield True, span


def _listed(reading: Reading, rule: FieldRule) -> Iterator[tuple[bool, Span]]:
    """The first item of each numbered list that tells what was done."""
    labels = {mark.start for mark in reading.marks if mark.rule is not rule}
    for items in _lists(reading.source.original):
        if len(items) >= 2 and not _otherwise(reading.source, items, labels):
            yield False, items[0]


def _lists(text: str) -> Iterator[list[Span]]:
    """Runs of numbers 1, 2, 3 … with words behind each: the spans of the items, to the end of their lines."""
    run: list[re.Match[str]] = []
    for found in _NUMBER.finditer(text):
        number = int(found["number"])
        if run and number == len(run) + 1 and found.start() - run[-1].end() <= _LONGEST:
            run.append(found)
        elif number == 1:
            yield _items(text, run)
            run = [found]
    yield _items(text, run)


def _items(text: str, run: list[re.Match[str]]) -> list[Span]:
    """The texts behind the numbers; a word before each («Шаг 1») belongs to its number."""
    named = len({(found["word"] or "").lower() for found in run}) == 1
    starts = [found.start() if named else found.start("number") for found in run[1:]]
    spans: list[Span] = []
    for found, following in zip(run, [*starts, len(text)], strict=False):
        end = min(following, _line_end(text, found.end()))
        spans.append((found.end(), found.end() + len(text[found.end() : end].rstrip(" \t\n,;"))))
    return spans


def _otherwise(source: Source, items: list[Span], labels: set[int]) -> bool:
    """Whether at least half of a list is fields, questions or names, or the words before it announce something else."""
    strange = sum(_strange(source, span, labels) for span in items)
    before = _FIRST.sub("", source.folded[max(0, items[0][0] - 120) : items[0][0]])
    lead = re.split(r"[.!?](?=\s)|\n(?=[^\n]*\n[^\n]*\w)", before)[-1]
    return strange * 2 >= len(items) or (":" in lead and _ASKED.search(lead) is not None)


def _strange(source: Source, span: Span, labels: set[int]) -> bool:
    text = source.original[slice(*span)]
    if "?" in text or _words(source, span) < 1 or _FORM.match(text):
        return True
    if span[0] in labels and re.search(r"[\d\x02\x03]", source.masked[slice(*span)]):
        return True
    words = _NAMED.findall(text)
    return len(words) <= 3 and all(word[0].isupper() for word in words) and not _QUOTED.search(text)


def _words(source: Source, span: Span) -> int:
    return len(_NAMED.findall(source.masked[slice(*span)]))


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start, start + _MOST)
    return end if end >= 0 else min(len(text), start + _MOST)
