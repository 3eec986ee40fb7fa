"""Versions: four numbers with dots between, or three that a field's pattern knows.

They are told from addresses of the network, days, amounts, and the versions of other software.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from maild.domain.fields import NEVER, FieldRule, FieldRules, Kind, OtherRule
from maild.mail.field_labels import Mark, Named
from maild.mail.field_numbers import Shape, Value
from maild.mail.field_text import Source
from maild.mail.field_values import Findings, behind, candidate, clause_before, move_roles, nearest_role

_VERSION = re.compile(
    r"(\d{1,3}) ?\. ?(\d{1,3}) ?\. ?(\d{1,3}) ?[.,] ?(\d{1,5})"
    r"(?!\d|[.,]\d|:\d|/\d{1,2}(?![\d.])|_|@|[-]\d)"
)
_TRIPLE = re.compile(
    r"\d{1,3}\.\d{1,4}\.\d{1,4}"
    r"(?![\d@]|[.,:]\d|_\w|[ \-]\d{2,3}[ \-]\d{2}(?!\d)|[ \-]?\d{4})"
)
_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:(?:19|20)?\d\d)")
_BEFORE = re.compile(r"\d(?:[.,\-])?\Z")
_BEFORE_TRIPLE = re.compile(r"[\d+]\Z|\d[:/]\Z")
_JOINED = re.compile(r"[\s:=№v.(]{0,5}(\d{1,2})[-_,](\d{1,2})[-_,](\d{1,3})[-_,](\d{1,4})(?![\d\w-])")
_SHORT = re.compile(r"[\s:=№v.(]{0,5}(\d{1,3}(?:[.,]\d{1,5}){1,6})(?![\d\w])")


def find_versions(text: str, rules: FieldRules) -> list[Value]:
    """Everything in a folded, masked text that has the form of a version; in order."""
    found = [
        Value(*found.span(), ".".join(found.groups()), Shape.VERSION)
        for found in _found(_VERSION, text)
        if " " not in found.group() or _spaced(text, found)
    ]
    kept = [rule for rule in rules.of(Kind.VERSION) if rule.pattern is not NEVER]
    short = [value for value in _three(text, rules) if any(rule.pattern.fullmatch(value.digits) for rule in kept)]
    return sorted([*found, *short], key=lambda value: value.start) if short else found


def _three(text: str, rules: FieldRules) -> Iterator[Value]:
    """Three numbers with dots between that are no day, no amount and no part of a longer row of figures."""
    for found in _found(_TRIPLE, text):
        if _BEFORE_TRIPLE.search(text, max(0, found.start() - 2), found.start()):
            continue
        if not _DAY.fullmatch(found.group()) and rules.words.units.match(text, _past_blanks(text, found.end())) is None:
            yield Value(*found.span(), found.group(), Shape.VERSION)


def _found(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Every match that no other number goes before; a pattern that begins with a digit is found quickly."""
    position = 0
    while found := pattern.search(text, position):
        here = found.start()
        if _BEFORE.search(text, max(0, here - 2), here):
            position = here + 1
        else:
            yield found
            position = found.end()


def _past_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t":
        position += 1
    return position


def _spaced(text: str, found: re.Match[str]) -> bool:
    """«3. 1. 25. 4» is a version, the end of one sentence and the numbers of the next are not."""
    return re.search(r"(?:[^\W\d_]|\()\s*$", text[max(0, found.start() - 3) : found.start()]) is not None


def read_versions(source: Source, named: list[Named], marks: list[Mark], rules: FieldRules, findings: Findings) -> None:
    """Add every version of a text to the findings; those of platform, other software and hosts are passed over."""
    versions = [item for item in named if item.value.shape is Shape.VERSION]
    for rule in rules.of(Kind.VERSION):
        fitting = [item for item in versions if not _passed_over(source, item, rule, rules, findings)]
        roles = _moves(source, fitting, rule, rules)
        for index, item in enumerate(fitting):
            value = item.value
            limit = fitting[index - 1].value.end if index else 0
            role = roles.get(value.start) or _role(source, item, rule, limit, _following(fitting, index, source))
            span = (value.start, value.end)
            rank = {"current": 0, "target": 2, "old": 3}.get(role or "", 1)
            found = candidate(
                source, rule, value.digits, span, roles=[role] if role else [], labelled=_own(item, rule), rank=rank
            )
            if found:
                findings.add(rule.name, found)
        _short(source, named, marks, rule, findings)


def _own(item: Named, rule: FieldRule) -> bool:
    return item.mark is not None and item.mark.rule is rule


def _following(versions: list[Named], index: int, source: Source) -> int:
    return versions[index + 1].value.start if index + 1 < len(versions) else len(source.folded)


def _passed_over(source: Source, item: Named, rule: FieldRule, rules: FieldRules, findings: Findings) -> bool:
    value = item.value
    if item.mark and isinstance(item.mark.rule, OtherRule):
        return True
    if rule.pattern.fullmatch(value.digits) and not rule.refused.fullmatch(value.digits):
        return False
    if _own(item, rule) and source.place(value.start):
        findings.fail(rule.name, source.original[value.start : value.end])
    return True


def _moves(source: Source, versions: list[Named], rule: FieldRule, rules: FieldRules) -> dict[int, str]:
    roles: dict[int, str] = {}
    for one, other in pairwise(versions):
        first, second = ((item.value.start, item.value.end) for item in (one, other))
        if moved := move_roles(source, first, second, rule, rules.words):
            roles[one.value.start], roles[other.value.start] = moved
    return roles


def _role(source: Source, item: Named, rule: FieldRule, limit: int, following: int) -> str | None:
    before = clause_before(source, item.value.start, limit, commas=False)
    after = behind(source, item.value.end, following)
    for role in rule.roles:
        if role.after.search(after):
            return role.key
    near = nearest_role(rule.roles, before)
    return nearest_role(rule.roles, _since_then(before, rule)) if near == "old" else near


def _since_then(before: str, rule: FieldRule) -> str:
    """The words before a version without earlier clauses that tell of the past: «раньше работало, версия …»."""
    *earlier, last = before.split(",")
    past = [role for role in rule.roles if role.key == "old"]
    kept = [said for said in earlier if not any(role.near.search(said) for role in past)]
    whole = earlier[-1].strip() if earlier else ""  # «раньше, на версии …»
    if any((hit := role.near.match(whole, 0)) and hit[0] == len(whole) for role in past):
        kept.append(whole)
    return ",".join([*kept, last])


def _short(source: Source, named: list[Named], marks: list[Mark], rule: FieldRule, findings: Findings) -> None:
    """A label of a version with too few or too many numbers behind it is shown as not recognised."""
    used = {item.mark.start for item in named if item.mark}
    for mark in marks:
        if mark.rule is rule and mark.start not in used and source.place(mark.start):
            _written_otherwise(source, mark, rule, findings)


def _written_otherwise(source: Source, mark: Mark, rule: FieldRule, findings: Findings) -> None:
    """Behind a label: a version with hyphens for dots counts, anything shorter or longer is shown as unusable."""
    if joined := _JOINED.match(source.masked, mark.end):
        value = ".".join(joined.groups())
        if rule.pattern.fullmatch(value) and not rule.refused.fullmatch(value):
            span = (joined.start(1), joined.end(4))
            if found := candidate(source, rule, value, span, labelled=True):
                findings.add(rule.name, found)
            return
    if short := _SHORT.match(source.masked, mark.end):
        findings.fail(rule.name, short.group(1))
