"""What `intake.toml` says about kinds of letters: categories, how each is recognised, what is out of scope.

Values only. A condition is written in a small language that `regulation.conditions` reads and `mail.conditions`
tries on a letter:

    word              any form of the word (by dictionary form); `=word` exactly so, `word*` so beginning. A word with
                      hyphens is found by its parts too, but not by `=part`
    a|b               one of these; `a|b_c` one of the alternatives being two words right after each other
    a b               b after a, at most two words between
    a . b             b right after a; `a .. b` anywhere later in the sentence. What stands between blanks is one place:
                      in `a|b . c` the c follows a or b, in `a|b_c` it belongs to b alone
    a & b             both in one sentence, in any order
    a ! b             a in a sentence without b
    <name>            one of the expressions listed under `[words]`, as if it stood there; they may name other lists,
                      and hold everything but & and !
    re:…              a regular expression on the text itself, case aside

Two things about a letter that no word says, and that a rule may ask for instead: `version` (a pattern on the
recognised version) and `role` (the mailbox it came to).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from maild.domain.fields import FieldRules
from maild.domain.rules import Text
from maild.domain.service import RegistryRules

GAP = 2
"""How many other words may stand between two neighbours of an expression."""

FAR = 1_000
"""The gap of `..`: anywhere later in the sentence."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in order: `slots` are alternatives for each place, `gaps[i]` the words allowed before slot i."""

    slots: tuple[tuple[str, ...], ...]
    gaps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """All of `parts` in one sentence (each: one of its phrases) and none of `without`; or a `pattern`.

    `text` is the condition as the rule file has it, `rule` the file and line of its own, for the trail.
    """

    text: str
    parts: tuple[tuple[Phrase, ...], ...] = ()
    without: tuple[Phrase, ...] = ()
    pattern: str | None = None
    rule: str = ""


@dataclass(frozen=True)
class Sign:
    """One `[[recognise]]`: what a letter is if it holds. The first sign that holds decides.

    `unless` takes away a sentence, `never` the whole letter. `sure` = False: only a suspicion, which never makes a
    category but keeps a machine from refusing.
    """

    category: str
    kind: str | None
    when: tuple[Condition, ...]
    unless: tuple[Condition, ...] = ()
    never: tuple[Condition, ...] = ()
    sure: bool = True
    version: str | None = None
    role: str | None = None
    rule: str = ""


@dataclass(frozen=True, eq=False)
class Signs:
    """All signs in their order, with the words that turn an expression into its contrary («не»)."""

    signs: tuple[Sign, ...]
    negations: frozenset[str] = frozenset()
    insults: tuple[Condition, ...] = ()
    rough: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Category:
    """What a kind of request needs. `level` and `priority` as contract; `contracts` False: exempt (B7).

    `level` is None where the desk's conditions (`[[level_for]]`) choose it; `line` is where new requests go, None: the
    first line. `required` are groups of fields, one of each must be there (a group of one: that very field); `offered`
    are asked for and not required. `supplied` are those that the registry may give once the client's row is known,
    `kinds` the contract kinds that count, `wanting` what a number of some kind needs besides, `same_product` the kinds
    whose product must be the one asked about, `needs` what the client's row must say in a column (one of these) for a
    machine to accept, `prefer` which of several values of a field counts by its role, `hand_over` True: a person's.
    """

    key: str
    title: Text
    level: str | None
    priority: str = "normal"
    contracts: bool = True
    required: tuple[tuple[str, ...], ...] = ()
    supplied: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("main", "nfr", "additional")
    wanting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    same_product: tuple[str, ...] = ()
    prefer: Mapping[str, str] = field(default_factory=dict)
    hand_over: bool = False
    clause: str | None = None
    rule: str = ""
    line: str | None = None
    offered: tuple[str, ...] = ()
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def asks(self, name: str) -> bool:
        """Whether a field is required, alone or as one of several."""
        return any(name in group for group in self.required)

    def alternatives(self, name: str) -> tuple[str, ...]:
        """The fields of which one is required, where `name` stands first among them; else the name alone."""
        return next((group for group in self.required if group[0] == name), (name,))


@dataclass(frozen=True)
class OutOfScope:
    """One kind of what is not solved here: whom to ask instead, and the refusal (key in `[refusals]`) to prepare.

    `effect` is "triage" (a person decides) or "refuse".
    """

    key: str
    title: Text
    addressee: Text
    refusal: str
    effect: str = "triage"
    clause: str | None = None
    rule: str = ""


@dataclass(frozen=True)
class IntakeRules:
    """`intake.toml`: fields, categories, signs, kinds out of scope. `default` is what nothing else was recognised as.

    `quality` is the category of whatever comes to the quality mailbox; `public_domains` prove nothing about a sender.
    `clauses` are the regulation's ids for "contracts", "exempt", "partner" and "number"; `refusals` the keys for the
    verdicts "expired" and "missing", and for "unproven", which an untied address hears instead; `registry` is what the
    contract registry holds, `column_titles` how its further columns are called in letters to those who work here.
    """

    fields: FieldRules
    categories: Mapping[str, Category]
    signs: Signs
    out_of_scope: Mapping[str, OutOfScope]
    default: str
    quality: str | None = None
    public_domains: frozenset[str] = frozenset()
    clauses: Mapping[str, str] = field(default_factory=dict)
    refusals: Mapping[str, str] = field(default_factory=dict)
    registry: RegistryRules = field(default_factory=RegistryRules)
    column_titles: Mapping[str, Text] = field(default_factory=dict)
