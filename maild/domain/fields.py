"""How the fields of a request are recognised: frozen values that a regulation fills and `mail.fields` obeys.

No word of a regulation stands here. Patterns are compiled once, when the rules are loaded, and are for folded text
(`domain.folding`); `domain.phrases` makes them linear.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from maild.domain.phrases import NO_WORDS, NOTHING, Phrases, WordSet
from maild.domain.rules import Text

NEVER = re.compile(r"(?!)")
"""A pattern that finds nothing."""


class Kind(StrEnum):
    """What shape a field's value has."""

    NUMBER = "number"  # so many digits, however spaced
    INN = "inn"  # a Russian taxpayer number with check digits
    CODE = "code"  # a few digits that must be named as such
    VERSION = "version"  # four numbers with dots between, or three where the field's pattern says so
    ORGANISATION = "organisation"  # a legal form and a name
    CHOICE = "choice"  # one of a table of names
    LOGIN = "login"  # a user name
    URL = "url"  # the address of a page
    PICTURE = "picture"  # a picture or a video that came with the letter, or a link to one
    DESCRIPTION = "description"  # words of one's own that say what it is about
    STEPS = "steps"  # how to see for oneself: a list, or what follows a label


@dataclass(frozen=True)
class Role:
    """What a value may be said to be, by words in its label or right before it (`near`), anywhere before it in
    its clause (`clause`), or right behind it (`after`).
    """

    key: str
    near: Phrases = NOTHING
    clause: Phrases = NOTHING
    after: Phrases = NOTHING


@dataclass(frozen=True)
class Choice:
    """One value of a table: its canonical name and where it is defined."""

    value: str
    rule: str = ""


@dataclass(frozen=True)
class Choices:
    """A table of names: `found[tag]` is what a phrase of `names` or of `edition` is.

    `bare` names what is too general to be a choice («CRM»); together with an `edition` near it, it is one.
    """

    names: Phrases = NOTHING
    found: tuple[Choice, ...] = ()
    bare: Phrases = NOTHING
    edition: Phrases = NOTHING


@dataclass(frozen=True)
class FieldRule:
    """One field. `title` and `hint` are shown to clients: what it is called; its form and where to find it.

    `digits` are the lengths that a number may have; `plausible` fits a number that may stand without a label;
    `refused` fits values that are something else's; `not_values` are folded words that are never the value; `fillers`
    may stand between label and value of this field alone; `ours` are folded names of the desk itself.
    `hosts` are hosts of the network, `*` for any part of a name: those of its links (url), those where pictures are
    shown (picture); `pattern` and `refused` of a url are asked of the address in small letters. A description needs
    `least` words; its `fillers` are phrases that say nothing («не работает»).
    """

    name: str
    kind: Kind
    title: Text
    hint: Text
    digits: frozenset[int] = frozenset()
    pattern: re.Pattern[str] = NEVER
    plausible: re.Pattern[str] = NEVER
    refused: re.Pattern[str] = NEVER
    fillers: Phrases = NOTHING
    not_values: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()
    roles: tuple[Role, ...] = ()
    hosts: tuple[str, ...] = ()
    least: int = 4
    choices: Choices = field(default_factory=Choices)
    rule: str = ""


@dataclass(frozen=True)
class OtherRule:
    """A thing whose numbers look like ours and are not: a telephone, an account, a remote-access id.

    `digits` empty means any; `far`: the label reaches over a few words; `versions`: it claims versions, not numbers.
    """

    name: str
    digits: frozenset[int] = frozenset()
    far: bool = False
    versions: bool = False
    rule: str = ""


@dataclass(frozen=True)
class Label:
    """What a label announces. `bare`: the word is so common that the value must follow at once."""

    rule: FieldRule | OtherRule
    bare: bool = False


@dataclass(frozen=True)
class Words:
    """Words of the languages in which clients write.

    `fillers` say nothing about a number beside them; `denials` say that there is none, until a `contrast` («но») takes
    it back; an example follows `example`; `units` follow an amount; behind a comma `pronouns` go on about the same
    number; `move_from` and `move_to` are the prepositions of «с X на Y»; `instead` stands before what is no longer so.
    """

    fillers: WordSet = NO_WORDS
    denials: Phrases = NOTHING
    example: Phrases = NOTHING
    units: Phrases = NOTHING
    contrast: Phrases = NOTHING
    pronouns: Phrases = NOTHING
    move_from: Phrases = NOTHING
    move_to: Phrases = NOTHING
    instead: Phrases = NOTHING


@dataclass(frozen=True)
class Form:
    """A legal form: `person` is followed by a surname, `quoted` only counts before a quoted name, `after` follows the
    name, `small` may be written in small letters.
    """

    short: str
    person: bool = False
    quoted: bool = False
    after: bool = False
    small: bool = False


@dataclass(frozen=True)
class Forms:
    """Legal forms: `found[tag]` is what a phrase of `names` is."""

    names: Phrases = NOTHING
    found: tuple[Form, ...] = ()


@dataclass(frozen=True)
class FieldRules:
    """Everything by which fields are recognised. `fields` stand in the order in which clients are asked for them.

    `labels[tag]` is what a phrase of `announcing` announces.
    """

    fields: Mapping[str, FieldRule] = field(default_factory=dict)
    announcing: Phrases = NOTHING
    labels: tuple[Label, ...] = ()
    words: Words = field(default_factory=Words)
    forms: Forms = field(default_factory=Forms)

    def __getitem__(self, name: str) -> FieldRule:
        """The rule of a field. Raises KeyError for a field that the regulation does not have."""
        return self.fields[name]

    def __contains__(self, name: object) -> bool:
        return name in self.fields

    def of(self, kind: Kind) -> tuple[FieldRule, ...]:
        """The fields of one kind."""
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> Mapping[Kind, tuple[FieldRule, ...]]:
        kinds: dict[Kind, tuple[FieldRule, ...]] = {}
        for rule in self.fields.values():
            kinds[rule.kind] = (*kinds.get(rule.kind, ()), rule)
        return kinds
