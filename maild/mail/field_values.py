"""What recognisers hand to one another and to the desk: candidates, and how the words around a value are asked."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace

from maild.domain.fields import FieldRule, Role, Words
from maild.mail.field_text import Source, Span

PLACES = {"own": 0, "attachment": 0, "subject": 1, "signature": 2, "forwarded": 3, "quoted": 4}
"""Places in order of preference (contract, doubtful case 5); an attached file is the writer's own."""

_END = r"[;\n!?•]|(?:(?<=[^\W\d_]{4})|(?<=[\d)\"\x02\x03]))\.\s"
_BOUNDARY = re.compile(_END + r"|,(?!\d)")
_SENTENCE_BOUNDARY = re.compile(_END)
_ARROW = re.compile(r"\s*(?:-+>|=+>|→|>)\s*")
_WORD = re.compile(r"[^\W\d_]+")
_BEHIND = re.compile(r"[^,.;\n!?]{0,60}")


@dataclass(frozen=True)
class Candidate:
    """A value that a letter gives for a field.

    `value` is normalised, `text` as written. `place` is own, subject, signature, forwarded or quoted, or attachment;
    `start` and `end` index the letter's text, its subject where `place` is subject, and are -1 for an attachment.
    `rule` cites the rule file. `roles` say what it is said to be: main, additional, nfr, client, old (numbers);
    current, target, old (versions, products); client, partner (organisations). `labelled`: the letter names it as such.
    `rank`: the smaller, the more likely among its like.
    """

    value: str
    place: str
    start: int
    end: int
    rule: str
    roles: frozenset[str] = frozenset()
    labelled: bool = False
    text: str = ""
    rank: int = 0


@dataclass
class Findings:
    """What the recognisers gather while a letter is read.

    `codes`: fields that only a partner fills; `registered`: numbers that the registry has; `expected`: numbers
    and codes that are the sender's own.
    """

    candidates: dict[str, list[Candidate]] = field(default_factory=dict)
    unrecognised: dict[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    registered: Container[str] = frozenset()
    expected: Container[str] = frozenset()

    def add(self, name: str, candidate: Candidate) -> None:
        """Keep a candidate of a field."""
        self.candidates.setdefault(name, []).append(candidate)

    def fail(self, name: str, text: str) -> None:
        """Keep the first value of a field that was named and cannot be used, at most 60 characters of it."""
        self.unrecognised.setdefault(name, " ".join(text.split())[:60])


def candidate(
    source: Source,
    rule: FieldRule,
    value: str,
    span: tuple[int, int],
    *,
    roles: Iterable[str] = (),
    labelled: bool = False,
    rank: int = 0,
    cite: str = "",
) -> Candidate | None:
    """A candidate at a span of a source; None where the desk's own quoted words stand."""
    place = source.place(span[0])
    if place is None:
        return None
    text = source.original[span[0] : span[1]]
    return Candidate(value, place, *span, cite or rule.rule, frozenset(roles), labelled, text, rank)


def clause_before(source: Source, position: int, limit: int, *, commas: bool = True) -> str:
    """The folded words of the clause that leads to a position, not beyond `limit`; other values are blanked."""
    start = max(limit, position - 120)
    text = source.masked[start:position]
    last = 0
    for found in (_BOUNDARY if commas else _SENTENCE_BOUNDARY).finditer(text):
        last = found.end()
    return text[last:]


def behind(source: Source, position: int, limit: int) -> str:
    """The folded words right behind a position, up to the end of the clause and not beyond `limit`."""
    found = _BEHIND.match(source.masked, position, max(position, limit))
    return found.group() if found else ""


def nearest_role(roles: Iterable[Role], text: str) -> str | None:
    """The role whose words stand nearest to the end of a text; the longer words win."""
    best: tuple[int, int, str] | None = None
    for role in roles:
        for start, end, _ in role.near.find(text):
            key = (end, end - start, role.key)
            best = max(best, key) if best else key
    return best[2] if best else None


def move_roles(source: Source, one: Span, other: Span, rule: FieldRule, words: Words) -> tuple[str, str] | None:
    """What the two values of «с X на Y» are: done, then Y is in use; wished or failing, then X. None: no move."""
    between = source.folded[one[1] : other[0]]
    before = clause_before(source, one[0], 0)
    if not _ARROW.fullmatch(between):
        if len(between) > 40:
            return None
        if words.move_from.ends(between) and words.move_to.ends(before, 20):  # «до Y с X»
            return ("current", "old") if nearest_role(rule.roles, before) == "current" else ("target", "current")
        if not words.move_to.search(between):
            return None
        lead = [start for start, end, _ in words.move_from.find(before) if len(_WORD.findall(before[end:])) <= 3]
        if not lead and not (len(between) <= 12 and any(role.near.ends(before) for role in rule.roles)):
            return None
        before = before[: lead[-1]] if lead else before
    current = next((role for role in rule.roles if role.key == "current"), None)
    done = nearest_role(rule.roles, before) == "current" or (
        current is not None and current.after.search(behind(source, other[1], other[1] + 60))
    )
    return ("old", "current") if done else ("current", "target")


def merge(candidates: Iterable[Candidate]) -> list[Candidate]:
    """One candidate a value: the first of them, with what any of them is said to be."""
    merged: dict[str, Candidate] = {}
    for item in candidates:
        known = merged.get(item.value)
        merged[item.value] = replace(known, roles=known.roles | item.roles) if known else item
    return list(merged.values())
