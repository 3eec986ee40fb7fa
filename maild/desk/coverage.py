"""Which rules of a desk fired in a period and how often, which never.

The letters of the period are judged anew by the present rules (`replay`), so that every line is today's. What people
chose (a reason to refuse, a ready answer) is read from the journal and from their letters. `rules_that_fire` names
what may fire at all, so that what never did is named too.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from maild.desk.classify import topic
from maild.desk.desk import Desk
from maild.desk.fired import RANK, Key, Rule, rules_that_fire
from maild.desk.replay import Period, Replay, Replayed
from maild.domain.admission import Decision, Disposition, Reason
from maild.domain.intake import Signs
from maild.domain.lookup import find_canned
from maild.mail.answer import written
from maild.mail.commands import read_orders
from maild.mail.conditions import Hit, look
from maild.mail.message import Message
from maild.mail.parse import parse
from maild.mail.words import Words, split
from maild.regulation.load import Regulation
from maild.store import inbox
from maild.store.database import Database
from maild.store.judged import letters_of_staff, reasons_given

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Fired:
    """A rule with how often it decided, or was used (`count`), and how often it would have but for another (`also`).

    `places`: of a field, where it was found and how often.
    """

    rule: Rule
    count: int = 0
    also: int = 0
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Coverage:
    """`judged` letters were looked at, `hindered` ones could not be (`replay`). The fired rules stand first."""

    judged: int = 0
    hindered: Counter[str] = field(default_factory=Counter)
    rules: list[Fired] = field(default_factory=list)


def cover(database: Database, desk: Desk, period: Period, progress: Progress | None = None) -> Coverage:
    """Judge the letters of a period by the present rules and count. `progress`: how many of how many."""
    found, tally = Coverage(), _Tally(desk.regulation)
    replay = Replay(database, (desk,), period)
    for number, one in enumerate(replay, start=1):
        if progress:
            progress(number, replay.total)
        if one.hindrance:
            found.hindered[one.hindrance] += 1
            continue
        found.judged += 1
        tally.letter(one)
    _by_people(database, desk, period, tally)
    found.rules = tally.all()
    return found


class _Tally:
    """The counts by rule. `places` are those of a field."""

    def __init__(self, regulation: Regulation) -> None:
        self._regulation = regulation
        self.count: Counter[Key] = Counter()
        self.also: Counter[Key] = Counter()
        self.places: dict[str, Counter[str]] = {}

    def letter(self, one: Replayed) -> None:
        """Everything that fired on one letter."""
        (decision,), message, regulation = one.decisions, one.message, self._regulation
        assert message is not None
        words, ukrainian = split(*topic(message)), message.language == "uk"
        self._signs(decision, words, ukrainian=ukrainian)
        for signs, kind in ((regulation.offers, "suggestion"), (regulation.topics, "topic")):
            self.count.update((kind, id(hit.condition)) for hit in _every(signs, words, ukrainian=ukrainian))
        self.count.update(_of_decision(decision, regulation, first=not one.judgement.again))
        for found in decision.found:
            self.places.setdefault(found.name, Counter())[found.place] += 1
            self.count["value", (found.name, found.value)] += 1
        if decision.refusal and decision.disposition is not Disposition.REFUSE:
            self.also["refusal", decision.refusal] += 1

    def _signs(self, decision: Decision, words: Words, *, ukrainian: bool) -> None:
        """The condition that gave the category, and all others that hold."""
        cited = next((reason.rule for reason in decision.reasons if reason.about == "category"), "")
        hits = _every(self._regulation.intake.signs, words, ukrainian=ukrainian)
        decided = next((hit for hit in hits if hit.condition.rule == cited), None)
        if decided:
            self.count["condition", id(decided.condition)] += 1
        self.also.update(("condition", id(hit.condition)) for hit in hits if hit is not decided)
        if not decided:
            by_version = (sign for sign in self._regulation.intake.signs.signs if not sign.when and sign.rule == cited)
            self.count.update(("sign", id(sign)) for sign in by_version)

    def all(self) -> list[Fired]:
        """Every rule of the regulation: those that fired by kind, the commonest first; then those that never did."""
        fired = [
            Fired(rule, self._count(rule), self.also[rule.key], dict(self.places.get(rule.name, {})))
            if rule.kind == "field"
            else Fired(rule, self.count[rule.key], self.also[rule.key])
            for rule in rules_that_fire(self._regulation)
        ]
        return sorted(fired, key=lambda each: (not each.count, RANK[each.rule.kind], -each.count))

    def _count(self, rule: Rule) -> int:
        return sum(self.places.get(rule.name, {}).values())


def _every(signs: Signs, words: Words, *, ukrainian: bool) -> tuple[Hit, ...]:
    return look(signs, words, ukrainian=ukrainian, every=True).hits


def _of_decision(decision: Decision, regulation: Regulation, *, first: bool) -> Iterator[Key]:
    """The rules that a decision names. `first`: a new request, which goes to a line."""
    level = next((reason for reason in decision.reasons if reason.about == "level"), None)
    yield "category", decision.category
    yield "out_of_scope", decision.kind
    yield "level", decision.level
    if decision.line and first:
        yield "line", decision.line
    if level:
        yield from (("level_for", id(each)) for each in regulation.desk.level_for if each.rule == level.rule)
    if decision.refusal and decision.disposition is Disposition.REFUSE:
        yield "refusal", decision.refusal
    if category := regulation.intake.categories.get(decision.category or ""):
        for column in category.needs:
            if any(_speaks_of_need(reason, category.key, column) for reason in decision.reasons):
                yield "needs", (category.key, column)
        yield from (("required", (category.key, name)) for name in decision.missing)


def _speaks_of_need(reason: Reason, category: str, column: str) -> bool:
    return reason.says.startswith(f"{category} needs {column} =")


def _by_people(database: Database, desk: Desk, period: Period, tally: _Tally) -> None:
    """Reasons that agents gave and ready answers that they sent."""
    with database.read() as tx:
        for key, count in reasons_given(tx, desk.name, period.since, period.until).items():
            tally.count["refusal", key] += count
        ids = letters_of_staff(tx, desk.name, period.since, period.until)
    for letter_id in ids:
        with database.read() as tx:
            try:
                raw = inbox.raw(tx, letter_id)
            except LookupError:
                continue
        for key in _canned(desk, raw, parse(raw)):
            tally.count["answer", key] += 1


def _canned(desk: Desk, raw: bytes, message: Message) -> Iterator[str]:
    """The ready answers that an agent's letter sends."""
    for command in read_orders(written(raw, message, (), ()).text).commands:
        if command.name == "reply" and (found := find_canned(desk.regulation.desk, command.argument)):
            yield found.key
