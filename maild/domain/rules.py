"""What a regulation says, as values. The packs under `rules/` fill them; no word of any regulation stands here."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from maild.domain.calendar import Calendar
from maild.domain.service import Level

Text = Mapping[str, str]
"""One wording in several languages: {"ru": …, "en": …}."""


def in_language(text: Text, language: str) -> str:
    """The wording in a language, else in the first language it has; "" where there is none."""
    return text.get(language) or next(iter(text.values()), "")


@dataclass(frozen=True)
class Refusal:
    """One reason to refuse or postpone: `title` names it, `text` says it to the client, `cure` what to do now.

    `effect` is "refuse" or "hold" (the clock stands until the client answers).
    """

    key: str
    title: Text
    text: Text
    cure: Text
    effect: str
    clause: str | None = None
    rule: str = ""


@dataclass(frozen=True)
class Escalation:
    """The ladder: warn at this share of a target, repeat to the quality desk, bundle when there are many."""

    warn_at: float = 0.75
    repeat: int | None = None
    bundle: int = 10


@dataclass(frozen=True)
class Rating:
    """`[rating]`: `close_after` in seconds of working time."""

    ask: bool = True
    complain_at: int = 2
    close_after: int | None = None


@dataclass(frozen=True)
class Answers:
    """`[answers]`: `display` is whose name stands in From of an agent's answer: "desk", "agent" or "both".

    `undo`: seconds (wall time) for which an answer waits, so that `#undo` can take it back; 0 is not at all.
    """

    display: str = "both"
    undo: int = 0


@dataclass(frozen=True)
class Reminder:
    """`[reminder]`: a client who was asked something is reminded every `after` seconds of working time, `times` times.

    One interval after the last, the reason `reason` of the refusals is applied; None: nothing happens then.
    """

    after: int
    times: int = 2
    reason: str | None = None


@dataclass(frozen=True)
class Digests:
    """`[digest]`: who gets the morning letter."""

    line: bool = True
    quality: bool = True


@dataclass(frozen=True)
class CannedAnswer:
    """A ready answer from `answers/`: its key is the file's name, `text` goes to the client.

    `suggest` are words (conditions as in intake.toml) at which it is offered to the agent (A13).
    """

    key: str
    title: Text
    text: Text
    suggest: tuple[str, ...] = ()
    rule: str = ""


@dataclass(frozen=True)
class LevelFor:
    """One `[[level_for]]`: the level of what is of one of these categories, on one of these lines, for such a client.

    What is empty asks nothing. `client` are columns of the client's row in the registry, each with the values that do.
    """

    level: str
    category: tuple[str, ...] = ()
    line: tuple[str, ...] = ()
    client: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rule: str = ""


@dataclass(frozen=True)
class SelfHelp:
    """One `[[self_help]]`: a link by which clients may help themselves, in letters of these kinds (B2).

    `category` empty: any. `fields` are values that the request must have (any of those named, folded; "" is one that
    is not known). `when` are conditions on the client's words; `topic` is how a letter's topics name it where it has
    any, "" where it is for all.
    """

    title: Text
    url: str
    letters: tuple[str, ...] = ("acknowledgement", "receipt", "request-information")
    category: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    topic: str = ""
    rule: str = ""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Hint:
    """One `[[hints]]`: a sentence for clients in letters of these kinds, perhaps with a link; else as SelfHelp."""

    text: Text
    url: str = ""
    letters: tuple[str, ...] = ("acknowledgement", "receipt", "refusal")
    category: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    when: tuple[str, ...] = ()
    topic: str = ""
    rule: str = ""


@dataclass(frozen=True)
class DeskRules:
    """`desk.toml` with its calendar. `hold` tells which clocks stand for "details" and for "client".

    `by_telephone`: whether requests that came otherwise may be registered with `#for` (`telephone = false`: not).
    `level_for` is in its file's order: the first that fits decides. `holidays` is a country whose public holidays are
    the second opinion on the calendar. `name` is the desk's in its first language, for those who work here; `names` are
    those by language where it has several, for clients.
    """

    name: str
    prefix: str
    languages: tuple[str, ...]
    calendar: Calendar
    levels: Mapping[str, Level]
    acceptance: str = "automatic"
    escalation: Escalation = field(default_factory=Escalation)
    hold: Mapping[str, frozenset[str]] = field(default_factory=dict)
    rating: Rating = field(default_factory=Rating)
    quality_reaction: int | None = None
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    telephone: str | None = None
    hours_text: Text = field(default_factory=dict)
    contract_titles: Mapping[str, str] = field(default_factory=dict)
    self_help: tuple[SelfHelp, ...] = ()
    notes: Mapping[str, Text] = field(default_factory=dict)
    by_telephone: bool = True
    answers: Answers = field(default_factory=Answers)
    reminder: Reminder | None = None
    digests: Digests = field(default_factory=Digests)
    canned: Mapping[str, CannedAnswer] = field(default_factory=dict)
    level_for: tuple[LevelFor, ...] = ()
    hints: tuple[Hint, ...] = ()
    holidays: str | None = None
    names: Text = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    """What is allowed but hardly meant, one line each ("calendar.toml:7: …"), for `maild check`."""


def desk_name(rules: DeskRules, language: str) -> str:
    """What the desk is called in a language; the name in its first one where it has none in that."""
    return rules.names.get(language) or rules.name


def desk_names(rules: DeskRules) -> frozenset[str]:
    """Every name of the desk: by any of them a mail program may say whose words it quotes."""
    return frozenset((rules.name, *rules.names.values()))
