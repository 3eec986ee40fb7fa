"""Registration numbers, taxpayer numbers and codes: which numbers they are, and what they are said to be."""

import re
from bisect import bisect_right
from collections.abc import Iterable

from stdnum.ru import inn

from maild.domain.fields import FieldRule, FieldRules, Kind, OtherRule, Role
from maild.mail.field_labels import Mark, Named
from maild.mail.field_numbers import Shape, Value, read_typed
from maild.mail.field_text import ENTITY, Source, Span
from maild.mail.field_values import Findings, behind, candidate, clause_before

NUMERIC = (Kind.NUMBER, Kind.INN, Kind.CODE)

_SEGMENT = re.compile(r"[,;|\t\n•]|//|\s{3,}|[!?]\s|(?:(?<=[^\W\d_]{4})|(?<=[\d)\"\x02-\x04]))\.\s")
_SEGMENT_END = re.compile(_SEGMENT.pattern + r"|\)|:\s")
_TIGHT = re.compile(r"[\s:=#№.\-(]{0,6}(?:[nNо]\s?)?")
_FIGURES = re.compile(r"[^\s,;|]{0,4}\d(?:[\d\-. ]{0,18}\d)?\w{0,8}")
_THING = re.compile(r"\x03+|\x04+")
_WORD = re.compile(r"[^\W\d_]+")
_OWNER = re.compile(r"\x03+[ \t]?[,(][ \t]?\Z")
_SEEN = 60
_STRAY = 5
_SHARED = ("additional", "old")


def read_numbers(source: Source, named: list[Named], marks: list[Mark], rules: FieldRules, findings: Findings) -> None:
    """Add every number, INN and code of a text to the findings. `named` are all numbers in order, with labels."""
    unspent = _unspent(named, marks)
    taken = {item.mark.start for item in named if item.mark}
    for index, item in enumerate(named):
        if item.value.shape in (Shape.VERSION, Shape.PHONE):
            continue
        limits = (named[index - 1].value.end if index else 0, _next_start(named, index, len(source.folded)))
        rule = item.mark.rule if item.mark else None
        if isinstance(rule, FieldRule):
            _labelled(source, item, rule, rules, limits, findings)
        elif rule is None:
            _unlabelled(source, item.value, rules, limits, unspent, findings)
        elif item.value.digits in findings.expected:
            _expected(source, item.value, rules, limits, findings)
    for mark in marks:
        if isinstance(mark.rule, FieldRule) and mark.rule.kind in NUMERIC and mark.start not in taken:
            _unused(source, mark, mark.rule, rules, findings)


def _next_start(named: list[Named], index: int, end: int) -> int:
    return named[index + 1].value.start if index + 1 < len(named) else end


def _labelled(
    source: Source, item: Named, rule: FieldRule, rules: FieldRules, limits: Span, findings: Findings
) -> None:
    value, mark = item.value, item.mark
    if mark is None:
        return
    if mark.label.bare and _counted(source, value, rules):
        return
    if rule.kind is Kind.INN and not inn.is_valid(value.digits):
        if source.place(value.start):
            findings.fail(rule.name, source.original[value.start : value.end])
        return
    roles = _roles(source, item, rule, rules, limits)
    if "other" in roles:  # of another program, of another organisation
        return
    found = candidate(
        source, rule, value.digits, (value.start, value.end), roles=roles, labelled=True, rank=_rank(roles)
    )
    if found:
        findings.add(rule.name, found)


def _counted(source: Source, value: Value, rules: FieldRules) -> bool:
    """Whether a unit follows: it is an amount."""
    position = value.end
    while position < len(source.folded) and source.folded[position] in " \t":
        position += 1
    return rules.words.units.match(source.folded, position) is not None


def _rank(roles: Iterable[str]) -> int:
    """A main delivery before an additional one (contract, doubtful case 4); what is old comes last."""
    order = {"main": 0, "client": 1, "nfr": 2, "additional": 4, "old": 9}
    known = [order.get(role, 3) for role in roles]
    return max(known) if "old" in roles or "additional" in roles else min(known, default=1)


def _roles(source: Source, item: Named, rule: FieldRule, rules: FieldRules, limits: Span) -> list[str]:
    """What the words around a number say that it is."""
    value, mark = item.value, item.mark
    ahead = mark is not None and mark.start < value.start and not item.listed
    start = mark.start if mark and ahead else value.start
    near = source.masked[max(start, limits[0]) : value.start]
    clause = clause_before(source, start, limits[0]) + _owner(source, start, limits[0])
    reach = min(limits[1], _next_thing(source, value.end))
    after = "" if _of_next(source, value.end, limits[1], rule) else _inside(behind(source, value.end, reach))
    beyond = behind(source, value.end + len(after) + 1, reach)
    if beyond and rules.words.pronouns.match(beyond, len(beyond) - len(beyond.lstrip())):
        after = f"{after} {beyond}"
    roles = [role.key for role in rule.roles if _is(role, near, clause, after, rules)]
    if not roles and mark and item.listed and not _said_apart(source, limits[0], value.start):
        label = source.folded[mark.start : mark.end]
        roles = [role.key for role in rule.roles if role.key in _SHARED and role.near.search(label)]
    return roles


def _said_apart(source: Source, start: int, end: int) -> bool:
    """Whether words stand between two numbers of a list, «и» excepted: then the second is something else."""
    return any(len(word) > 1 and word not in ("and", "та") for word in _WORD.findall(source.bare[start:end]))


def _owner(source: Source, position: int, limit: int) -> str:
    """What is said of the organisation whose number this is: «контрагент ООО «…», ИНН …»."""
    begin = max(limit, position - _SEEN * 2)
    named = _OWNER.search(source.masked, begin, position)
    return f" {clause_before(source, named.start(), limit)}" if named else ""


def _inside(after: str) -> str:
    """Not beyond the bracket that closes around the number: «основная (рег. № …) и дополнительная»."""
    close, opening = after.find(")"), after.find("(")
    return after if close < 0 or 0 <= opening < close else after[:close]


def _of_next(source: Source, position: int, following: int, rule: FieldRule) -> bool:
    """Whether a bracket behind a number holds the next one, and so speaks of that: «80… (раньше работали на 80…)»."""
    gap = source.masked[position : min(following, position + _SEEN * 2)]
    if following - position > len(gap) or following >= len(source.masked) or not gap.lstrip().startswith("("):
        return False
    return ")" not in gap and not any(role.key == "new" and role.near.search(gap) for role in rule.roles)


def _next_thing(source: Source, position: int) -> int:
    """Where the next label, product or organisation stands behind a value."""
    found = _THING.search(source.bare, position, position + _SEEN)
    if found and re.fullmatch(r"\s*[(\-]\s*", source.bare[position : found.start()]):  # «(доп. лицензия)» is about it
        found = _THING.search(source.bare, found.end(), position + _SEEN)
    return found.start() if found else position + _SEEN


def _is(role: Role, near: str, clause: str, after: str, rules: FieldRules) -> bool:
    past = role.key == "old"
    if role.near.search(near) or role.near.ends(clause, 0 if past else 14) or role.clause.search(clause):
        return True
    if past and (rules.words.instead.ends(near) or rules.words.instead.ends(clause)):
        return True
    return any(len(_WORD.findall(after[:start])) <= 2 for start, _, _ in role.after.find(after))


def _unlabelled(
    source: Source, value: Value, rules: FieldRules, limits: Span, unspent: list[int], findings: Findings
) -> None:
    """A number that nothing names counts where nothing else is said beside it, one that the registry has anywhere."""
    for rule in rules.of(Kind.NUMBER):
        if len(value.digits) not in rule.digits or not rule.plausible.fullmatch(value.digits):
            continue
        alone = value.shape is not Shape.GROUPED and _stands_alone(source, value, rules, unspent)
        if not alone and (value.digits not in findings.registered or _counted(source, value, rules)):
            continue
        roles = _roles(source, Named(value, None), rule, rules, limits)
        rank = _rank(roles) if alone else max(_rank(roles), _STRAY)
        if found := candidate(source, rule, value.digits, (value.start, value.end), roles=roles, rank=rank):
            findings.add(rule.name, found)
    if value.digits in findings.expected and value.digits not in findings.registered:
        _expected(source, value, rules, limits, findings)
    for rule in rules.of(Kind.INN):
        plain = value.shape is Shape.PLAIN and len(value.digits) in rule.digits and inn.is_valid(value.digits)
        known = plain and _stands_alone(source, value, rules, unspent) and ENTITY in _line(source, value)
        if known and (found := candidate(source, rule, value.digits, (value.start, value.end))):
            findings.add(rule.name, found)


def _expected(source: Source, value: Value, rules: FieldRules, limits: Span, findings: Findings) -> None:
    """A number or code of the sender's own, whatever stands before it: «партнёр …, код 4127», "serial number …"."""
    for rule in (*rules.of(Kind.NUMBER), *rules.of(Kind.CODE)):
        if len(value.digits) not in rule.digits or _counted(source, value, rules):
            continue
        roles = _roles(source, Named(value, None), rule, rules, limits)
        found = candidate(
            source, rule, value.digits, (value.start, value.end), roles=roles, rank=max(_rank(roles), _STRAY)
        )
        if found:
            findings.add(rule.name, found)


def _line(source: Source, value: Value) -> str:
    end = source.bare.find("\n", value.end)
    return source.bare[source.bare.rfind("\n", 0, value.start) + 1 : end if end >= 0 else len(source.bare)]


def _unspent(named: list[Named], marks: list[Mark]) -> list[int]:
    """Where labels end that announce figures, but have found none that fit."""
    taken = {item.mark.start for item in named if item.mark}
    return [mark.end for mark in marks if mark.start not in taken and _of_figures(mark.rule)]


def _of_figures(rule: FieldRule | OtherRule) -> bool:
    if isinstance(rule, OtherRule):
        return not rule.versions
    return rule.kind in (Kind.INN, Kind.CODE, Kind.LOGIN)


def _stands_alone(source: Source, value: Value, rules: FieldRules, unspent: list[int]) -> bool:
    """Nothing but products, organisations, versions and filler words share its segment, or it follows such a name."""
    if _counted(source, value, rules):
        return False
    left = source.bare[max(0, value.start - _SEEN * 2) : value.start]
    reach = value.end + _SEEN * 2
    cuts = [found.end() for found in _SEGMENT.finditer(left)]
    before = left[cuts[-1] :] if cuts else left
    cut = _SEGMENT_END.search(source.bare, value.end, reach)  # the value's last figure may end a sentence
    after = source.bare[value.end : cut.start() if cut else reach]
    label = bisect_right(unspent, value.start)
    if _said(before, rules) or (label and unspent[label - 1] > value.start - len(before)):
        return False
    follows = re.search(r"\x03[^\w\n]{0,4}$", before) is not None
    return follows or not _said(after, rules)


def _said(text: str, rules: FieldRules) -> bool:
    return rules.words.fillers.unknown(text) > 0


def _unused(source: Source, mark: Mark, rule: FieldRule, rules: FieldRules, findings: Findings) -> None:
    """A label without a value that fits: one typed with letters for digits, or one to be shown as unusable."""
    if source.place(mark.start) is None or mark.label.bare:
        return
    typed = read_typed(source.masked, mark.end, rule.digits) if rule.kind is Kind.NUMBER else None
    if typed:
        roles = _roles(source, Named(typed, mark), rule, rules, (mark.start, typed.end + _SEEN))
        found = candidate(
            source, rule, typed.digits, (typed.start, typed.end), roles=roles, labelled=True, rank=_rank(roles)
        )
        if found:
            findings.add(rule.name, found)
        return
    gap = _TIGHT.match(source.masked, mark.end)
    written = _FIGURES.match(source.masked, gap.end()) if gap else None
    if gap and written and 3 <= sum(char.isdigit() for char in written.group()) <= 20 and "\n\n" not in gap.group():
        findings.fail(rule.name, source.original[written.start() : written.end()])
