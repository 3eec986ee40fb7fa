"""Conditions in the signs of intake.toml that can decide nothing: tried with sentences made out of themselves.

A condition is reported only where every sentence made of it goes to an earlier sign or is taken away by its own
`unless` or `never`, and no word that lifts those helps either. Where that rests on more than dictionary forms (an
earlier `=word` or `word*` may miss other forms of the word) nothing is said: a false alarm costs more than a silence.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from maild.domain.intake import Condition, Sign, Signs
from maild.mail.conditions import look
from maild.regulation.finding import Finding, Pack, warning
from maild.regulation.lint_sentences import Sentence, as_words, joined, readable, sentences, spoken, surfaces
from maild.regulation.load import Regulation

_SHOWN = 50
_TRIED_HARD = 12
"""So many sentences of a condition are tried with words that may lift what takes them."""
_LIFTS = 25


def unreachable(pack: Pack) -> Iterator[Finding]:
    """Conditions that never decide, each with what is in their way."""
    signs, ukrainian = pack.regulation.intake.signs, "uk" in pack.regulation.desk.languages
    for sign in signs.signs:
        for condition in sign.when:
            if condition.parts and (found := _Trial(signs, sign, condition, ukrainian).finding()):
                yield found


def nothing_to_find(pack: Pack) -> Iterator[Finding]:
    """Words in conditions that no letter can hold, because letters are split at the signs in them."""
    told: set[str] = set()
    for condition, where in _all(pack.regulation):
        for item in _items(condition):
            if item in told or item == "?":
                continue
            if item.startswith("=") and item.endswith("*"):
                told.add(item)
                cure = f"write «{item[1:]}» (any ending) or «{item[:-1]}» (this form only)"
                yield warning(
                    where, f"«{item}» in «{_short(condition)}» matches nothing: = and * exclude each other", cure
                )
            elif (read := readable(item)) != surfaces(item)[-1:]:
                told.add(item)
                seen = f"a letter has «{'» «'.join(read)}» there" if read else "a letter has no such word"
                cure = f"write {'_'.join(read)}" if read and not item.endswith("*") else "take the mark out"
                yield warning(where, f"«{item}» in «{_short(condition)}» matches nothing: {seen}", cure)


def anything(pack: Pack) -> Iterator[Finding]:
    """Regular expressions that fit every letter, as an empty one does."""
    for condition, where in _all(pack.regulation):
        if condition.pattern is not None and re.search(condition.pattern, ""):
            says = f"«{_short(condition)}» fits every letter, even an empty one"
            yield warning(where, says, "say what has to be there: re:\\bword\\b")


def twice(pack: Pack) -> Iterator[Finding]:
    """The same condition a second time in one list."""
    signs = pack.regulation.intake.signs
    lists = [each for sign in signs.signs for each in (sign.when, sign.unless, sign.never)]
    for conditions in (*lists, signs.insults, signs.rough):
        seen: dict[tuple[object, ...], Condition] = {}
        for condition in conditions:
            same = (condition.parts, condition.without, condition.pattern)
            if (first := seen.setdefault(same, condition)) is not condition:
                says = f"«{_short(condition)}» stands here twice" + (f" (also {first.rule})" if first.rule else "")
                yield warning(condition.rule, says, "take one of them out")


def powerless(pack: Pack) -> Iterator[Finding]:
    """Signs that can have no effect by what they are for: suspicions of what needs contracts, roles never asked."""
    rules = pack.regulation.intake
    for sign in rules.signs.signs:
        if not sign.sure and rules.categories[sign.category].contracts:
            says = f"sure = false has no effect for {sign.category}: only a suspicion of what needs no contracts counts"
            yield warning(sign.rule, says, "leave sure out, or let the category have contracts = false")
        if sign.role == "quality" and rules.quality:
            says = f'role = "quality": no letter comes so far, all in that mailbox are {rules.quality}'
            yield warning(sign.rule, says, "take the sign out, or quality out of [requests]")


@dataclass(frozen=True)
class _Trial:
    """One condition of a sign, tried against all signs of the regulation."""

    signs: Signs
    sign: Sign
    condition: Condition
    ukrainian: bool

    @cached_property
    def _alone(self) -> Signs:
        """The condition, and what its sign takes away, each as a sign of its own: to see which of them hold."""
        conditions = (self.condition, *self.sign.unless, *self.sign.never)
        return Signs(tuple(Sign("", None, (each,)) for each in conditions), self.signs.negations)

    def finding(self) -> Finding | None:
        """What is wrong with the condition, None where some sentence is decided by it."""
        losses: list[tuple[Sentence, _Outcome]] = []
        for sentence in sentences(self.condition):
            outcome = self._outcome(sentence)
            if outcome.wins:
                return None
            if outcome.holds:
                losses.append((sentence, outcome))
        if not losses:
            return _never_holds(self.sign, self.condition)
        if any(_by_form(outcome, self.condition) for _, outcome in losses):
            return None
        step = max(1, len(losses) // _TRIED_HARD)
        if any(self._lifted(sentence, outcome, depth=2) for sentence, outcome in losses[::step][:_TRIED_HARD]):
            return None
        return _finding(self.sign, self.condition, [outcome for _, outcome in losses])

    def _outcome(self, *said: Sentence) -> "_Outcome":
        words = as_words(*said)
        taken: _Outcome | None = None
        for hit in look(self.signs, words, ukrainian=self.ukrainian, every=True).hits:  # in the order of the signs
            if hit.condition is self.condition:
                return taken or _Outcome(True)
            if taken is None and hit.sign is not self.sign and _decides(hit.sign, self.sign):
                taken = _Outcome(True, hit.sign, hit.condition)
        holding = [hit.condition for hit in look(self._alone, words, ukrainian=self.ukrainian).hits]
        if not any(each is self.condition for each in holding):
            return _Outcome(False)
        return _Outcome(True, None, next((each for each in holding if each is not self.condition), None))

    def _lifted(self, sentence: Sentence, outcome: "_Outcome", *, depth: int) -> bool:
        """Whether more words take away what is in the way, so that the condition decides after all."""
        for more, apart in islice(outcome.lifts(), _LIFTS):
            said = (sentence, more) if apart else (joined(sentence, *more),)
            then = self._outcome(*said)
            if then.wins:
                return True
            deeper = then.holds and depth > 1 and not apart and then.by is not outcome.by
            if deeper and self._lifted(said[0], then, depth=depth - 1):
                return True
        return False


@dataclass(frozen=True)
class _Outcome:
    """What became of a sentence: whether the condition holds at all, and which condition of whose takes it.

    `sign` None with a condition `by`: the sign's own `unless` or `never`.
    """

    holds: bool
    sign: Sign | None = None
    by: Condition | None = None

    @property
    def wins(self) -> bool:
        """Whether the sentence is decided by the condition that was tried."""
        return self.holds and self.by is None

    def lifts(self) -> Iterator[tuple[Sentence, bool]]:
        """Words that may lift what takes the sentence; True: in a sentence of their own."""
        if self.by:
            yield from ((said, False) for phrase in self.by.without for _, said in spoken(phrase))
        if self.sign:
            for condition in self.sign.unless:
                yield from ((said, False) for said in islice(sentences(condition), 4))
            for condition in self.sign.never:
                yield from ((said, True) for said in islice(sentences(condition), 4))


def _decides(other: Sign, sign: Sign) -> bool:
    """Whether an earlier sign that holds keeps a later one from deciding."""
    if not other.sure or (other.version and other.version != sign.version):
        return False
    return other.role is None or other.role == (sign.role or "support")


def _by_form(outcome: _Outcome, condition: Condition) -> bool:
    """Whether what takes the sentence names word forms where the condition means all forms of a word."""
    if outcome.by is None or outcome.by.pattern:
        return outcome.by is not None
    formal = {item for item in _items(outcome.by) if item[0] == "=" or item[-1] == "*"}
    mine = {item for item in _wanted(condition) if item[0] != "=" and item[-1] != "*"}
    return any(_covers(item, word) for item in formal for word in mine)


def _covers(item: str, word: str) -> bool:
    if not item.endswith("*"):
        return word == item.strip("=")
    return any(piece.startswith(item.strip("=*")) for piece in (word, *word.split("-")))


def _never_holds(sign: Sign, condition: Condition) -> Finding:
    says = f"the condition «{_short(condition)}» can never hold: what it asks for is what it excludes"
    return warning(condition.rule or sign.rule, says, "look at what stands after ! and at the order of the words")


def _finding(sign: Sign, condition: Condition, outcomes: Sequence[_Outcome]) -> Finding:
    counted = Counter((id(each.sign), id(each.by)) for each in outcomes)
    common = counted.most_common(1)[0][0]
    first = next(each for each in outcomes if (id(each.sign), id(each.by)) == common)
    assert first.by is not None  # those that nothing takes are no losses
    by = f"«{_short(first.by)}»"
    where = f" ({first.by.rule})" if first.by.rule else ""
    if first.sign is None:
        what = "unless" if any(each is first.by for each in sign.unless) else "never"
        says = f"its own {what} {by}{where} takes"
        cure = f"narrow the {what}, or take the condition out"
    else:
        name = f"{first.sign.category} ({first.sign.kind})" if first.sign.kind else first.sign.category
        says = f"{by}{where}, {name}, comes first and takes"
        cure = "narrow that one, move this sign before it, or take the condition out"
    share = (
        "every sentence" if len(counted) == 1 else "most sentences" if counted[common] * 2 > len(outcomes) else "many"
    )
    others = "" if len(counted) == 1 else f", {len(counted) - 1} more conditions the rest"
    says = (
        f"the condition «{_short(condition)}» of {sign.kind or sign.category} never decides: {says} {share} it is for"
    )
    return warning(condition.rule or sign.rule, says + others, cure)


def _all(regulation: Regulation) -> Iterator[tuple[Condition, str]]:
    """Every condition of a regulation with its place: signs, abuse, ready answers, topics."""
    for signs in (regulation.intake.signs, regulation.offers, regulation.topics):
        for sign in signs.signs:
            yield from ((each, each.rule or sign.rule) for each in (*sign.when, *sign.unless, *sign.never))
        yield from ((each, each.rule) for each in (*signs.insults, *signs.rough))


def _wanted(condition: Condition) -> Iterator[str]:
    yield from (item for part in condition.parts for phrase in part for slot in phrase.slots for item in slot)


def _items(condition: Condition) -> Iterator[str]:
    yield from _wanted(condition)
    yield from (item for phrase in condition.without for slot in phrase.slots for item in slot)


def _short(condition: Condition) -> str:
    text = condition.text
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
