"""What other rules would have decided about the letters that a desk received: every difference, by the rule behind it.

Each letter is judged twice (`replay`), by the rules in force and by the other ones, so that like is compared with like:
what was decided when it came may rest on rules and a registry of that time, which is counted apart.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from maild.desk.desk import Desk
from maild.desk.judgement import EVENTS, due, event_of
from maild.desk.replay import Period, Replay, Replayed
from maild.domain.admission import Decision, Reason
from maild.domain.checks import RANKS
from maild.domain.entitlement import REGISTRATION
from maild.domain.intake import IntakeRules
from maild.domain.service import Registry
from maild.errors import ConfigError
from maild.regulation.load import Regulation, load_regulation
from maild.regulation.registry import load_registry
from maild.store.database import Database
from maild.store.judged import Judgement

WORST_FIRST = (
    *("accept refuse", "refuse accept", "triage refuse", "ask refuse", "refuse triage", "refuse ask"),
    *("accept ask", "accept triage", "triage ask", "ask triage", "triage accept", "ask accept"),
)
"""Changes of disposition, those first that a client feels most; any other one stands before, none behind them."""

ASPECTS = ("disposition", "category", "out_of_scope", "refusal", "missing", "entitlement", "level", "line", "priority")
"""The weightiest first; the fields and all the rest follow."""

Changes = Mapping[str, tuple[Any, Any]]
"""What is different: by aspect, before and after, as JSON has it."""


@dataclass(frozen=True)
class Cited:
    """A rule and what it says about a letter."""

    rule: str
    says: str


@dataclass(frozen=True)
class Difference:
    """One letter that would be decided otherwise: `aspect` makes the difference, `old` and `new` say by which rule."""

    judgement: Judgement
    message_id: str | None
    sender: str
    subject: str
    before: str
    after: str
    changes: Changes
    aspect: str
    old: Cited
    new: Cited

    @property
    def turns(self) -> tuple[str, ...]:
        """The dispositions before and after; empty where it stays the same."""
        return () if self.before == self.after else (self.before, self.after)


@dataclass(frozen=True)
class Group:
    """Differences with one change of disposition by the same two rules, in the order in which the letters came."""

    differences: Sequence[Difference]

    @property
    def first(self) -> Difference:
        """An example that stands for all."""
        return self.differences[0]

    @property
    def aspects(self) -> Mapping[str, int]:
        """How many of the letters each aspect changes in, the commonest first."""
        return dict(Counter(aspect for each in self.differences for aspect in each.changes).most_common())


@dataclass
class Rehearsal:
    """What came of it. `judged` letters were decided by both rules; `hindered` were not, and why.

    `otherwise_then`: letters on which the rules in force decide otherwise than was decided when they came; `errors`
    are the first few of the letters on which rules failed.
    """

    judged: int = 0
    otherwise_then: int = 0
    hindered: Counter[str] = field(default_factory=Counter)
    errors: list[tuple[Judgement, str]] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    @property
    def different(self) -> int:
        """How many letters would be decided otherwise."""
        return sum(len(group.differences) for group in self.groups)


MOST_ERRORS = 20


def with_rules(desk: Desk, directory: Path, *, own_registry: bool = False) -> Desk:
    """The desk with the rules of another folder. Raises ConfigError(s) with every fault of it.

    The registry is the desk's own, read as the other rules want it, so that the rules alone make the difference;
    `own_registry`: that of the other folder.
    """
    present = desk.regulation

    def kept(intake: IntakeRules) -> Registry:
        if intake.registry == present.intake.registry:
            return present.registry
        try:
            return load_registry(present.directory, intake.registry)
        except ConfigError as fault:
            says = f"{fault.says}; the other rules ask for it: --registry new takes the registry of their own folder"
            raise ConfigError(fault.file, says, line=fault.line, key=fault.key) from None

    return replace(desk, regulation=load_regulation(directory, registry=None if own_registry else kept))


def rehearse(
    database: Database, desk: Desk, other: Desk, period: Period, progress: Callable[[int, int], object] | None = None
) -> Rehearsal:
    """Judge every letter of a period by the rules of both desks. `progress` is called with how many of how many."""
    found, differences = Rehearsal(), []
    replay = Replay(database, (desk, other), period)
    for number, one in enumerate(replay, start=1):
        if progress:
            progress(number, replay.total)
        if one.hindrance:
            found.hindered[one.hindrance] += 1
            if one.error and len(found.errors) < MOST_ERRORS:
                found.errors.append((one.judgement, one.error))
            continue
        found.judged += 1
        found.otherwise_then += _otherwise_then(one)
        if difference := compare(one, desk.regulation, other.regulation):
            differences.append(difference)
    found.groups = list(_grouped(differences))
    return found


def compare(one: Replayed, present: Regulation, other: Regulation) -> Difference | None:
    """How two decisions on a letter differ; None: not at all."""
    old, new = one.decisions
    at = one.judgement.arrival or one.judgement.at
    was, becomes = facets(old, present, at), facets(new, other, at)
    changes = {
        key: (was.get(key), becomes.get(key))
        for key in dict.fromkeys((*was, *becomes))
        if was.get(key) != becomes.get(key)
    }
    if not changes:
        return None
    aspect = _aspect(changes)
    mine, theirs = _cited(aspect, old, new, present), _cited(aspect, new, old, other)
    message = one.message
    return Difference(
        judgement=one.judgement,
        message_id=message.message_id if message else None,
        sender=message.sender.address if message and message.sender else "",
        subject=message.subject if message else "",
        before=old.disposition.value,
        after=new.disposition.value,
        changes=changes,
        aspect=aspect,
        old=mine,
        new=theirs,
    )


def facets(decision: Decision, regulation: Regulation, at: datetime) -> dict[str, Any]:
    """All of a decision that anybody may notice, as JSON has it; `at` is the letter's arrival."""
    right, zone = decision.entitlement, regulation.desk.calendar.zone
    targets = due(decision, regulation, at)
    return {
        "disposition": decision.disposition.value,
        "category": decision.category,
        "out_of_scope": decision.kind,
        "refusal": decision.refusal,
        "missing": list(decision.missing),
        "entitlement": right.verdict.value if right else None,
        "level": decision.level,
        "line": decision.line,
        "priority": decision.priority,
        **{f"fields.{name}": value for name, value in decision.fields.items()},
        "template": decision.template,
        "language": decision.language,
        "abusive": decision.abusive,
        "offered": list(decision.offered),
        "reaction_due": _iso(targets.reaction_due, zone),
        "resolution_due": _iso(targets.resolution_due, zone),
    }


def _iso(at: datetime | None, zone: tzinfo) -> str | None:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None


def _otherwise_then(one: Replayed) -> bool:
    """Whether the rules in force decide otherwise than was decided when the letter came."""
    now, then = one.decisions[0], one.judgement
    if now.disposition not in EVENTS:
        return True
    stood_as = {disposition.value for disposition in EVENTS}
    changed = then.disposition in stood_as and then.disposition != now.disposition.value
    return changed or event_of(now).value != then.event


def _aspect(changes: Changes) -> str:
    """What made the difference: the cause where one change follows from another (a field not found is missing)."""
    for aspect in ("category", "out_of_scope"):
        if aspect in changes:
            return "category"
    if "missing" in changes:
        for name in sorted(set(changes["missing"][0]) ^ set(changes["missing"][1])):
            if f"fields.{name}" in changes:
                return f"fields.{name}"
    if "entitlement" in changes:
        number = f"fields.{REGISTRATION}"
        return number if number in changes else "entitlement"
    return next((aspect for aspect in ASPECTS if aspect in changes), next(iter(changes)))


def _cited(aspect: str, mine: Decision, other: Decision, regulation: Regulation) -> Cited:
    """By which rule a decision is in this aspect what it is."""
    desk = regulation.desk
    if aspect in ("disposition", "refusal", "missing"):
        return _finding(mine, other)
    if aspect in ("template", "language"):
        says = (
            f"acceptance mode {desk.acceptance}" if aspect == "template" else f"languages {', '.join(desk.languages)}"
        )
        return Cited("desk.toml", says)
    if aspect in ("reaction_due", "resolution_due"):
        level = desk.levels.get(mine.level or "")
        return Cited(level.rule, f"targets of the level {level.key}, by the calendar") if level else _last(mine)
    about = {"priority": "level", "line": "line"}.get(aspect, aspect)
    if reason := _about(mine, about):
        return Cited(reason.rule, reason.says)
    if aspect.startswith("fields."):
        name = aspect.removeprefix("fields.")
        rule = regulation.intake.fields.fields.get(name)
        return (
            Cited(rule.rule, f"{name}: not found in the letter") if rule else Cited("intake.toml", f"no field {name}")
        )
    category = regulation.intake.categories.get(mine.category or "")
    return Cited(category.rule, f"{aspect} of the category {category.key}") if category else _last(mine)


def _finding(mine: Decision, other: Decision) -> Cited:
    """The first finding that the other decision does not have; the last word where there is none."""
    theirs = {(reason.about, reason.says) for reason in other.reasons}
    found = (each for each in mine.reasons if each.about in RANKS and (each.about, each.says) not in theirs)
    reason = next(found, None)
    return Cited(reason.rule, reason.says) if reason else _last(mine)


def _last(decision: Decision) -> Cited:
    reason = decision.reasons[-1]
    return Cited(reason.rule, reason.says)


def _about(decision: Decision, about: str) -> Reason | None:
    return next((reason for reason in decision.reasons if reason.about == about), None)


def _grouped(differences: Sequence[Difference]) -> Iterator[Group]:
    """The worst change of disposition first, then what most letters share."""
    groups: dict[tuple[str, ...], list[Difference]] = {}
    for each in differences:
        groups.setdefault((*each.turns, each.aspect, each.old.rule, each.new.rule), []).append(each)
    yield from sorted(map(Group, groups.values()), key=lambda group: (_severity(group.first), -len(group.differences)))


def _severity(one: Difference) -> int:
    if not one.turns:
        return len(WORST_FIRST) + (ASPECTS.index(one.aspect) if one.aspect in ASPECTS else len(ASPECTS))
    change = " ".join(one.turns)
    return WORST_FIRST.index(change) if change in WORST_FIRST else -1
