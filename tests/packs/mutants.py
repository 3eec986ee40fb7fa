"""Regulations with one rule dropped from what is loaded, and the golden letters that this may concern."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from maild.desk.classify import Class, classify, topic
from maild.desk.intake import decide
from maild.domain.admission import Known
from maild.domain.intake import Condition, Sign, Signs
from maild.mail.conditions import look
from maild.mail.words import split
from maild.regulation.load import Regulation
from tests.packs.golden import Golden


@dataclass(frozen=True, eq=False)
class Less(Signs):
    """Signs with something left out. They are found in place of the whole wherever that was compiled before: the
    conditions that are left are the same objects, so that nothing has to be compiled again."""

    whole: Signs = field(default_factory=lambda: Signs(()))

    def __hash__(self) -> int:
        return hash(self.whole)

    def __eq__(self, other: object) -> bool:
        return other is self.whole


@dataclass(frozen=True)
class Mutant:
    """A regulation without one rule, which is called `name`, and the letters on which that rule fired."""

    name: str
    regulation: Regulation
    letters: tuple[Golden, ...]


class Bench:
    """A pack with its golden letters, read once."""

    def __init__(self, regulation: Regulation, letters: tuple[Golden, ...]) -> None:
        self.regulation, self.letters = regulation, letters
        self.signs = regulation.intake.signs
        self.versions = {letter.name: self._version(letter) for letter in letters}

    def _version(self, letter: Golden) -> str | None:
        if isinstance(letter.wanted, str):
            return None
        decision = decide(letter.message, self.regulation, at=letter.at, role=letter.role)
        return decision.fields.get("version")

    def class_of(self, letter: Golden, regulation: Regulation) -> Class:
        """What a letter is about by these rules."""
        version = self.versions[letter.name]
        return classify(letter.message, regulation.intake, role=letter.role, version=version, known=Known())

    @cached_property
    def plain(self) -> dict[str, Class]:
        """What each letter is about by the whole regulation."""
        return {letter.name: self.class_of(letter, self.regulation) for letter in self.letters}

    def survives(self, mutant: Mutant) -> bool:
        """Whether no golden decision changes."""
        for letter in mutant.letters:
            class_ = self.class_of(letter, mutant.regulation)
            if _same(class_, self.plain[letter.name]):
                continue
            if not letter.holds(mutant.regulation, class_):
                return False
        return True

    @cached_property
    def fired(self) -> dict[int, list[Golden]]:
        """The letters in which each condition of a sign holds, by the condition's identity."""
        probes = tuple(
            Sign("probe", None, conditions)
            for sign in self.signs.signs
            for conditions in (sign.when, (*sign.unless, *sign.never))
        )
        signs = replace(self.signs, signs=probes)
        found: dict[int, list[Golden]] = defaultdict(list)
        for letter in self.letters:
            seen = look(signs, split(*topic(letter.message)), ukrainian=letter.message.language == "uk", every=True)
            for hit in seen.hits:
                found[id(hit.condition)].append(letter)
        return found

    def with_signs(self, **changes: object) -> Regulation:
        """The regulation with other signs."""
        signs = Less(self.signs.signs, self.signs.negations, self.signs.insults, self.signs.rough, self.signs)
        changed = replace(signs, **changes)  # type: ignore[arg-type]
        return replace(self.regulation, intake=replace(self.regulation.intake, signs=changed))

    def condition_mutants(self) -> Iterator[Mutant]:
        """One for each condition of every sign."""
        for place, sign in enumerate(self.signs.signs):
            for part in ("when", "unless", "never"):
                for condition in getattr(sign, part):
                    less = replace(sign, **{part: without(getattr(sign, part), condition)})
                    signs = (*self.signs.signs[:place], less, *self.signs.signs[place + 1 :])
                    if not less.when and less.version is None:
                        signs = (*self.signs.signs[:place], *self.signs.signs[place + 1 :])
                    name = f"{condition.rule} {part} {condition.text}"
                    yield Mutant(name, self.with_signs(signs=signs), tuple(self.fired[id(condition)]))
            if sign.version:
                signs = (*self.signs.signs[:place], *self.signs.signs[place + 1 :])
                yield Mutant(f"{sign.rule} version", self.with_signs(signs=signs), self.letters)

    def abuse_mutants(self) -> Iterator[Mutant]:
        """One for each entry of the lists of rough words."""
        for part in ("insults", "rough"):
            letters = tuple(each for each in self.letters if getattr(self.plain[each.name], part))
            for condition in getattr(self.signs, part):
                less = {part: without(getattr(self.signs, part), condition)}
                yield Mutant(f"{condition.rule} {part} {condition.text}", self.with_signs(**less), letters)


def without(conditions: tuple[Condition, ...], one: Condition) -> tuple[Condition, ...]:
    """All but one."""
    return tuple(each for each in conditions if each is not one)


def _same(one: Class, other: Class) -> bool:
    """Whether two classes lead to the same decision."""
    return (one.category, one.kind, one.suspected, one.other, one.insults, one.rough) == (
        other.category,
        other.kind,
        other.suspected,
        other.other,
        other.insults,
        other.rough,
    )
