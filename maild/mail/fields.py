"""Recognising the fields of a request in a letter (contract, `explain --json`, doubtful cases 1, 4, 5, 6).

How a text is read: addresses and file names are blanked; products and organisations are found by their names; labels by
the rule file's phrases; then every number and version is given to the label that announces it (`field_labels`), and
what no label announces counts only where nothing else is said beside it, or where the registry has it. The order of
candidates: own text first, then subject, signature, forwarded and quoted text; what was named before what was not; a
main delivery before an additional one; what is said to be old last. Everything is linear in the length of the letter.
"""

from bisect import bisect_right
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from maild.domain.fields import FieldRule, FieldRules, Kind
from maild.mail.field_choices import find_choices, read_choices, read_logins
from maild.mail.field_labels import Mark, find_marks, name_values, part_examples
from maild.mail.field_links import read_links
from maild.mail.field_numbers import Edges, Shape, Value, find_numbers
from maild.mail.field_organisations import Organisation, find_organisations
from maild.mail.field_owners import read_organisations
from maild.mail.field_pictures import read_pictures
from maild.mail.field_registration import read_numbers
from maild.mail.field_said import Reading, read_description
from maild.mail.field_steps import read_steps
from maild.mail.field_text import ENTITY, Source, Span, read_subject, read_text
from maild.mail.field_values import PLACES, Candidate, Findings, merge
from maild.mail.field_versions import find_versions, read_versions
from maild.mail.message import Message

__all__ = ["Candidate", "Recognition", "preferred", "recognise"]


@dataclass(frozen=True)
class Recognition:
    """What was recognised: candidates of each field, the best first; `unrecognised` was named but cannot be used."""

    candidates: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)
    unrecognised: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> tuple[Candidate, ...]:
        """The candidates of a field, the best first."""
        return self.candidates.get(name, ())


def recognise(
    message: Message,
    rules: FieldRules,
    *,
    own_addresses: frozenset[str] = frozenset(),
    registered: Container[str] = frozenset(),
    expected: Container[str] = frozenset(),
) -> Recognition:
    """Every field of `rules` that the letter gives. Never raises for any letter.

    `own_addresses` are addresses, or names, by which the desk is known in lines of attribution: what it wrote itself
    never fills a field. A number of `registered` counts in running text as well, where no label says what it is, and a
    number or code of `expected` (the sender's own) anywhere.
    """
    findings = Findings(
        registered=registered, expected=expected, codes=tuple(rule.name for rule in rules.of(Kind.CODE))
    )
    text = _read(read_text(message, own_addresses), rules, findings)
    subject = _read(read_subject(message), rules, findings) if message.subject.strip() else None
    _read_whole(message, text, subject, rules, findings)
    candidates = {name: _ordered(items, rules[name]) for name, items in findings.candidates.items()}
    return Recognition(
        {name: items for name, items in candidates.items() if items},
        {name: text for name, text in findings.unrecognised.items() if not candidates.get(name)},
    )


def preferred(candidates: Iterable[Candidate], *wanted: str) -> Candidate | None:
    """The first candidate that is said to be one of `wanted` (in that order), else the first that is not old."""
    items = [item for item in candidates if "old" not in item.roles]
    for role in wanted:
        if found := next((item for item in items if role in item.roles), None):
            return found
    return items[0] if items else None


def _read_whole(
    message: Message, text: Reading, subject: Reading | None, rules: FieldRules, findings: Findings
) -> None:
    """What the letter as a whole says and brings."""
    for rule in rules.of(Kind.PICTURE):
        read_pictures(message, text.source, rule, findings)
    for rule in rules.of(Kind.DESCRIPTION):
        read_description(text, subject, rule, findings)
    for rule in rules.of(Kind.STEPS):
        read_steps(text, rule, rules, findings)


def _read(source: Source, rules: FieldRules, findings: Findings) -> Reading:
    chosen = {rule.name: find_choices(source, rule, rules) for rule in rules.of(Kind.CHOICE)}
    source = source.hide((part for names in chosen.values() for one in names for part in one.parts), ENTITY)
    marks = find_marks(source.masked, rules)
    organisations = find_organisations(source, marks, rules) if rules.of(Kind.ORGANISATION) else []
    source = source.hide(((one.start, one.end) for one in organisations), ENTITY)
    marks = _outside(marks, organisations)
    versions = find_versions(source.masked, rules)
    edges = Edges(frozenset(mark.start for mark in marks), frozenset(mark.end for mark in marks))
    masked = source.hide(((value.start, value.end) for value in versions), ENTITY).masked
    values, examples = part_examples(source, [*versions, *find_numbers(masked, edges)], rules.words)
    source = source.take([*examples, *_spans(values), *_spans(marks)])
    named = name_values(source, values, marks, rules.words)
    for name, spans in chosen.items():
        read_choices(source, rules[name], spans, rules, findings)
    read_numbers(source, [item for item in named if item.value.shape is not Shape.VERSION], marks, rules, findings)
    read_versions(source, named, marks, rules, findings)
    read_logins(source, marks, rules, findings)
    _read_rest(source, organisations, marks, rules, findings)
    return Reading(source, marks, values)


def _spans(items: Sequence[Value] | Sequence[Mark]) -> list[Span]:
    return [(item.start, item.end) for item in items]


def _read_rest(
    source: Source, organisations: list[Organisation], marks: list[Mark], rules: FieldRules, findings: Findings
) -> None:
    for rule in rules.of(Kind.ORGANISATION):
        read_organisations(source, organisations, marks, rule, rules, findings)
    for rule in rules.of(Kind.URL):
        read_links(source, rule, marks, findings)


def _outside(marks: list[Mark], organisations: list[Organisation]) -> list[Mark]:
    """Labels that are no part of an organisation's name."""
    begins = [one.start for one in organisations]
    inside = {mark.start: bisect_right(begins, mark.start) - 1 for mark in marks}
    return [mark for mark in marks if inside[mark.start] < 0 or mark.start >= organisations[inside[mark.start]].end]


def _ordered(items: list[Candidate], rule: FieldRule) -> tuple[Candidate, ...]:
    named = [PLACES[item.place] for item in items if item.labelled and "old" not in item.roles]
    if rule.kind is Kind.NUMBER and named:
        items = [item for item in items if item.labelled or PLACES[item.place] < min(named)]
    items = sorted(items, key=lambda item: _preference(item, rule))
    return tuple(sorted(merge(items), key=lambda item: _preference(item, rule)))


def _preference(item: Candidate, rule: FieldRule) -> tuple[bool, int, bool, int, int]:
    last = "old" in item.roles or (rule.kind is Kind.ORGANISATION and item.rank >= 6)
    if rule.kind is Kind.ORGANISATION:
        return last, PLACES[item.place], item.rank > 3, item.rank, item.start
    return last, PLACES[item.place], not item.labelled and rule.kind is Kind.NUMBER, item.rank, item.start
