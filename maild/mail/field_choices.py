"""Fields whose value is one of a table of names (products, editions), or a user name."""

import re
from dataclasses import dataclass
from itertools import pairwise

from maild.domain.fields import Choice, FieldRule, FieldRules, Kind
from maild.domain.folding import fold
from maild.mail.field_labels import Mark
from maild.mail.field_text import Source, Span
from maild.mail.field_values import Findings, candidate, clause_before, move_roles, nearest_role


@dataclass(frozen=True)
class Chosen:
    """A name of a table at [start, end); `parts` are the words that make it up, other values may stand between."""

    start: int
    end: int
    choice: Choice
    parts: tuple[Span, ...]


_EDITION_REACH = 40
_BREAK = re.compile(r"[;!?]|\n\s*\n|\.\s")
_NOT = re.compile(
    rf"(?:^|\W)(?:{'|'.join(map(fold, ('не', 'ни', 'not', 'без', 'no')))})(?:\s{{1,2}}\w{{1,3}}){{0,2}}\W{{1,4}}$"
)
_SIGNS = re.compile(r"[\s:=\-–—\"«“'()>]{0,5}")
_NAMELIKE = re.compile(r"[\d_@]|[.\-](?=\w)")
_LOGIN_END = re.compile(r"\s*(?:$|[,;)/|\n\"»'<]|[.!](?:\s|$))")
_START = re.compile(r"(?:^|[,;(\n.:/]|\s{2}|\s-)\s*$")


def find_choices(source: Source, rule: FieldRule, rules: FieldRules) -> list[Chosen]:
    """Where the names of a table stand in a text; not within the name of an organisation («ТОВ «Хмара»»)."""
    table = rule.choices
    hits = table.names.find(source.masked)
    found = [
        Chosen(start, end, table.found[tag], ((start, end),))
        for start, end, tag in hits
        if not _of_organisation(source, start, rules)
    ]
    return found or _editions(source, rule)


def _of_organisation(source: Source, start: int, rules: FieldRules) -> bool:
    """Whether a position lies inside quotes that a legal form opens."""
    before = source.folded[max(0, start - 60) : start]
    opened = before.rfind('"')
    return (
        opened >= 0
        and before.count('"') % 2 == 1
        and "\n" not in before[opened:]
        and rules.forms.names.ends(before[:opened])
    )


def find_general(source: Source, rule: FieldRule) -> list[Span]:
    """Where something too general to be a value is named («CRM»)."""
    return [(start, end) for start, end, _ in rule.choices.bare.find(source.masked)]


def _editions(source: Source, rule: FieldRule) -> list[Chosen]:
    """«CRM … версии Большая»: a general name with an edition not far behind it, or before."""
    table, chosen = rule.choices, []
    for start, end in find_general(source, rule):
        window = source.masked[end : end + _EDITION_REACH]
        cut = _BREAK.search(window)
        hit = next(table.edition.find(window[: cut.start()] if cut else window), None)
        if hit and not re.match(r"\.?\s*\d", window[hit[1] :]):
            parts = ((start, end), (end + hit[0], end + hit[1]))
            chosen.append(Chosen(start, end + hit[1], table.found[hit[2]], parts))
    return chosen


def read_choices(source: Source, rule: FieldRule, chosen: list[Chosen], rules: FieldRules, findings: Findings) -> None:
    """Add the names of a table that a text gives to the findings, with what they are said to be."""
    moved: dict[int, str] = {}
    for one, other in pairwise(chosen):
        if pair := move_roles(source, (one.start, one.end), (other.start, other.end), rule, rules.words):
            moved[one.start], moved[other.start] = pair
    for index, one in enumerate(chosen):
        before = clause_before(source, one.start, chosen[index - 1].end if index else 0)
        role = moved.get(one.start) or nearest_role(rule.roles, before) or _instead(before, rules)
        rank = {"current": 0, "target": 2, "old": 3}.get(role or "", 1)
        roles = [role] if role else []
        span = (one.start, one.end)
        if found := candidate(source, rule, one.choice.value, span, roles=roles, rank=rank, cite=one.choice.rule):
            findings.add(rule.name, found)


def _instead(before: str, rules: FieldRules) -> str | None:
    """«не облако, а коробка», «не в облаке»: what is said not to be."""
    return "old" if rules.words.instead.ends(before) or _NOT.search(before) else None


def read_logins(source: Source, marks: list[Mark], rules: FieldRules, findings: Findings) -> None:
    """Add user names: what follows their label at once, or over words that say whose user it is."""
    for index, mark in enumerate(marks):
        if not isinstance(mark.rule, FieldRule) or mark.rule.kind is not Kind.LOGIN:
            continue
        following = marks[index + 1].start if index + 1 < len(marks) else len(source.folded)
        _login(source, mark, mark.rule, following, rules, findings)


def _login(source: Source, mark: Mark, rule: FieldRule, following: int, rules: FieldRules, findings: Findings) -> None:
    line = source.folded.find("\n", mark.end)
    end = min(mark.end + 80, line if line >= 0 else len(source.folded), len(source.folded))
    position, named = _past_words(source, mark.end, end, rule)
    value = re.compile(r"[A-Za-z0-9_][\w.@+\-]{1,39}", re.ASCII).match(source.original, position, position + 60)
    if not value:
        return
    text = value.group().rstrip(".-")
    span = (value.start(), value.start() + len(text))
    if not any(char.isalpha() for char in text) or source.folded[slice(*span)] in rule.not_values:
        return
    if not named and not _plain_login(source, mark, text, span):
        return
    if "\x03" in source.masked[slice(*span)] or mark.end < following < span[1]:
        return
    if found := candidate(source, rule, text, span, labelled=True, rank=0 if named else 1):
        findings.add(rule.name, found)


def _past_words(source: Source, start: int, end: int, rule: FieldRule) -> tuple[int, bool]:
    """Past signs and filler words; whether they say that the name itself comes next."""
    position, named = start, False
    while position < end:
        signs = _SIGNS.match(source.folded, position, end)
        if signs and signs.group():
            named = named or bool(signs.group().strip(" >()"))
            position = signs.end()
        hidden = re.compile(r"\x02+:?").match(source.masked, position, end)
        filler = rule.fillers.match(source.folded, position, end)
        if hidden and "@" not in source.original[position : hidden.end()]:
            position, named = hidden.end(), True
        elif filler and not _NAMELIKE.match(source.folded, filler[0]):
            position, named = filler[0], True
        else:
            break
    return position, named


def _plain_login(source: Source, mark: Mark, text: str, span: Span) -> bool:
    """«…, user zenit_c»: without a colon it must look like a name, or be all that its clause says."""
    if any(char.isdigit() or char in "_@." for char in text):
        return True
    if not _LOGIN_END.match(source.original, span[1]):
        return False
    return not source.english or _START.search(source.folded[max(0, mark.start - 4) : mark.start]) is not None
