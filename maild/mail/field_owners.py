"""Whose organisation a letter names: its writer's, a client's, a partner's, a bank's, somebody else's.

The words before a name tell. Banks of requisites, third parties and the desk itself are passed over. A label may also
announce a name without a legal form: «Организация: Ромашка».
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from maild.domain.fields import FieldRule, FieldRules
from maild.domain.folding import fold
from maild.mail.field_labels import Mark
from maild.mail.field_organisations import Organisation, read_quoted, tidy
from maild.mail.field_text import Source
from maild.mail.field_values import Findings, candidate, clause_before

_AFTER_LABEL = re.compile(
    r"\s*[.…_]{2,}[ \t]*|\s*[:=\-–—][ \t]*\n?[ \t]*|\t\s*|[ \u00a0]{2,}|[ \t]*\n\s*|\s(?=[«“„\"А-ЯЁІЇЄA-Z])"
)
_VALUE_END = re.compile(r"[,;\n\t|/(]|\s{2,}|\s[-–—]\s|(?<=[^\W\d_]{3})\.\s|\.$|[\x02\x03]")
_SEGMENT = re.compile(r"[,;|\t\n•(]|//|\s{3,}|[.!?:]\s")
_BETWEEN = re.compile(r"[\s:=.\-–—|>(\"«]*")
_SET_OFF = re.compile(r"[:=\-–—|\t\n]|[ .]{2,}")
_LETTER = re.compile(r"[^\W\d_]")
_FAR = 40

LABELLED, SELF, PARTNER, PROSE, GUEST = 0, 1, 2, 3, 6
"""Ranks: named by a label; all that its segment says; a partner's; in running text; a client that nothing confirms."""


@dataclass(frozen=True)
class _Reading:
    """One text with its labels; their ends are kept apart for searching."""

    source: Source
    marks: list[Mark]
    ends: list[int]
    starts: list[int]
    rule: FieldRule
    rules: FieldRules


def read_organisations(
    source: Source, found: list[Organisation], marks: list[Mark], rule: FieldRule, rules: FieldRules, findings: Findings
) -> None:
    """Add the organisations of a text to the findings. Where a code was found, a partner writes, and clients count."""
    reading = _Reading(source, marks, [mark.end for mark in marks], [mark.start for mark in marks], rule, rules)
    partner = any(findings.candidates.get(code) for code in findings.codes)
    for index, one in enumerate(found):
        _formal(reading, one, found[index - 1].end if index else 0, partner, findings)
    begins = [one.start for one in found]
    for mark in marks:
        inside = bisect_right(begins, mark.start) - 1
        if mark.rule is rule and not (inside >= 0 and mark.start < found[inside].end):
            _after_label(reading, mark, begins, findings)


def _formal(reading: _Reading, one: Organisation, limit: int, partner: bool, findings: Findings) -> None:
    if _name(one.value) in reading.rule.ours:
        return
    labelled = _labelled(reading, one.start)
    roles = _roles(clause_before(reading.source, one.start, limit), reading.rule, labelled=labelled)
    if not labelled and _in_requisites(reading, one):
        return
    rank = _rank(roles, labelled=labelled, alone=_alone(reading, one.start), partner=partner)
    _add(reading, one.value, (one.start, one.end), roles, rank, labelled, findings)


def _in_requisites(reading: _Reading, one: Organisation) -> bool:
    """A name that says what it is («Банк …») with an account behind it."""
    behind = reading.source.folded[one.end : one.end + 40]
    name = fold(one.value)
    return any(role.clause.search(name) and role.after.search(behind) for role in reading.rule.roles)


def _add(
    reading: _Reading,
    value: str,
    span: tuple[int, int],
    roles: list[str],
    rank: int | None,
    labelled: bool,
    findings: Findings,
) -> None:
    if rank is None:
        return
    kept = [role for role in roles if role in ("client", "partner")]
    item = candidate(reading.source, reading.rule, value, span, roles=kept, labelled=labelled, rank=rank)
    if item:
        findings.add(reading.rule.name, item)


def _rank(roles: list[str], *, labelled: bool, alone: bool, partner: bool) -> int | None:
    """How likely it is the writer's own; None for somebody else's."""
    if "bank" in roles or ("other" in roles and not labelled):
        return None
    if "partner" in roles:
        return PARTNER if partner or labelled else GUEST
    if "client" in roles:
        return LABELLED if labelled or partner else GUEST
    return LABELLED if labelled else SELF if alone else PROSE


def _roles(before: str, rule: FieldRule, *, labelled: bool) -> list[str]:
    """What the words before an organisation say whose it is; of several the nearest."""
    hits = [(end, role.key) for role in rule.roles for _, end, _ in role.clause.find(before) if len(before) - end <= 60]
    last = max((end for end, _ in hits), default=0)
    return [key for end, key in hits if end == last and not (labelled and key == "other")]


def _labelled(reading: _Reading, start: int) -> bool:
    """Whether a label of this field stands right before a position."""
    index = bisect_right(reading.ends, start) - 1
    while index >= 0 and start - reading.ends[index] <= _FAR:
        gap = reading.source.original[reading.ends[index] : start]
        if not _BETWEEN.fullmatch(gap) or gap.count("\n") > 2:
            return False
        if reading.marks[index].rule is reading.rule:
            return not _of_somebody(reading, reading.marks[index]) or _SET_OFF.search(gap) is not None
        index -= 1
    return False


def _after_label(reading: _Reading, mark: Mark, begins: list[int], findings: Findings) -> None:
    """«Организация: Ромашка», «компания «Ромашка»»: a name without a legal form."""
    source, rule = reading.source, reading.rule
    gap = _AFTER_LABEL.match(source.original, mark.end)
    if not gap or _begins(begins, mark.end, gap.end() + 3):
        return
    plain = not gap.group().strip() and len(gap.group()) == 1
    quoted = read_quoted(source.original, gap.end())
    if not quoted and _of_somebody(reading, mark):
        return
    name, end = (f"«{quoted[0]}»", quoted[1]) if quoted else _words(reading, gap.end())
    if plain and not quoted and not (name.istitle() and _alone(reading, mark.start)):
        return
    if fold(name).strip('"') in rule.ours or (not quoted and not _is_name(name, rule)):
        return
    roles = _roles(clause_before(source, mark.end, 0), rule, labelled=not plain)
    rank = _rank(roles, labelled=not plain, alone=False, partner=False)
    _add(reading, name, (gap.end(), end), roles, None if rank is None else rank + 1, not plain, findings)


def _of_somebody(reading: _Reading, mark: Mark) -> bool:
    """Whether a label is a word for a client or partner, which running text uses as well."""
    label = reading.source.folded[mark.start : mark.end]
    return any(role.clause.ends(label) for role in reading.rule.roles)


def _alone(reading: _Reading, position: int) -> bool:
    """Whether nothing else is said before a position in its segment."""
    left = reading.source.bare[max(0, position - 120) : position]
    cuts = [found.end() for found in _SEGMENT.finditer(left)]
    return not reading.rules.words.fillers.unknown(left[cuts[-1] :] if cuts else left)


def _begins(begins: list[int], start: int, end: int) -> bool:
    index = bisect_left(begins, start)
    return index < len(begins) and begins[index] <= end


def _words(reading: _Reading, start: int) -> tuple[str, int]:
    """The words from a position to the next sign, label, product or organisation."""
    masked = reading.source.masked
    index = bisect_left(reading.starts, start)
    stop = reading.starts[index] if index < len(reading.starts) else len(masked)
    cut = _VALUE_END.search(masked, start, min(len(masked), start + 200))
    end = min(stop, cut.start() if cut else start + 200, len(masked))
    return tidy(reading.source.original[start:end]), end


def _is_name(name: str, rule: FieldRule) -> bool:
    words = name.split()
    if not 1 <= len(words) <= 6 or len(name) < 2 or fold(name) in rule.not_values:
        return False
    return name[0].isupper() and _LETTER.search(name) is not None and sum(word[0].islower() for word in words) <= 2


def _name(value: str) -> str:
    quoted = re.search(r"«(.+)»", value)
    return fold(quoted.group(1) if quoted else value)
