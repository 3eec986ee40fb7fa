"""What an argument of a command stands for: a person, a line, a level, a reason, a ready answer.

People type names as they remember them, so a comparison forgives case, look-alike letters of two scripts (B25), quotes,
hyphens and spaces; and the beginning of a name is enough where nothing else begins so. Never guessed: what
fits several things is none of them, but for agents, where all that fit are returned so that they can be named.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import TypeVar

from maild.domain.folding import fold
from maild.domain.people import Agent, Line, People
from maild.domain.rules import CannedAnswer, DeskRules, Refusal
from maild.domain.service import Level

SHORTEST = 3
"""So many characters of a name at least, where its beginning alone is given."""

STEM, ENDING = 4, 3
"""Letters that a declined name has in common with the name itself (of a short one all but the last), and how long the
endings may be."""

_ADDRESS = re.compile(r"[^\s@<>,;:\"«»()\[\]]+@[^\s@<>,;:\"«»()\[\]]+")
_AROUND = " .,;:!?'()[]<>"
_APART = re.compile(r"[\s_-]+")
T = TypeVar("T")


def spoken(words: str) -> str:
    """A name as it is compared: folded, without quotes and without stops around it, hyphens and spaces as one space.

    Two names with the same result cannot be told apart by a command.
    """
    whole = unicodedata.normalize("NFKC", words)
    seen = "".join(letter for letter in whole if unicodedata.category(letter) != "Cf")
    return _APART.sub(" ", fold(seen).replace('"', "").strip(_AROUND)).strip(_AROUND)


def find_agent(people: People, words: str) -> tuple[Agent, ...]:
    """The agents that are meant: by address, else by its local part, else by full name, else by some words of it.

    In the order of people.toml; () where nobody fits, several where it is ambiguous. The words of a name may stand in
    any order; an address that a mail program wrote twice (`a@x.test <mailto:a@x.test>`) counts once.
    """
    if written := _ADDRESS.findall(words):
        return _addressed(people.agents, written)
    wanted = spoken(words.strip().strip("@"))
    if not wanted:
        return ()
    several = set(wanted.split())
    by_local_part = [agent for agent in people.agents if spoken(agent.address.partition("@")[0]) == wanted]
    by_name = [agent for agent in people.agents if set(spoken(agent.name).split()) == several]
    by_words = [agent for agent in people.agents if set(spoken(agent.name).split()) >= several]
    declined = [
        agent for agent in people.agents if all(_declines(each, spoken(agent.name).split()) for each in several)
    ]
    return tuple(by_local_part or by_name or by_words or declined)


def _declines(word: str, names: Sequence[str]) -> bool:
    """Whether a word is one of these names in another case: «Котовой», «Иванова»: a beginning alike, then endings."""
    for name in names:
        stem = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, name, strict=False)))
        if stem >= min(STEM, len(name) - 1) >= 3 and len(word) - stem <= ENDING and len(name) - stem <= ENDING:
            return True
    return False


def find_line(people: People, words: str) -> Line | None:
    """The line with this key or title."""
    return _find(((line, (line.key, line.title)) for line in people.lines.values()), words)


def find_level(rules: DeskRules, words: str) -> Level | None:
    """The service level with this key, or this title in any language."""
    named = ((level, (level.key, level.title, *level.titles.values())) for level in rules.levels.values())
    return _find(named, words)


def find_refusal(rules: DeskRules, words: str) -> Refusal | None:
    """The reason with this key, or this title in any language."""
    return _find(((item, (item.key, *item.title.values())) for item in rules.refusals.values()), words)


def find_canned(rules: DeskRules, words: str) -> CannedAnswer | None:
    """The ready answer with this key, or this title in any language."""
    return _find(((item, (item.key, *item.title.values())) for item in rules.canned.values()), words)


def _addressed(agents: Sequence[Agent], written: Sequence[str]) -> tuple[Agent, ...]:
    """The agents with one of these addresses, as written if there is one such, else with letters folded."""
    exact = {address.lower().rstrip(".") for address in written}
    folded = {fold(address) for address in exact}
    found = [agent for agent in agents if agent.address in exact]
    return tuple(found or [agent for agent in agents if fold(agent.address) in folded])


def _find(named: Iterable[tuple[T, Sequence[str]]], words: str) -> T | None:
    """The only thing that is called so, else the only one of which a name begins so; None otherwise."""
    wanted = spoken(words)
    names = [(item, {spoken(name) for name in each} - {""}) for item, each in named]
    if called := [item for item, each in names if wanted in each]:
        return called[0] if len(called) == 1 else None
    if len(wanted) < SHORTEST:
        return None
    begun = [item for item, each in names if any(name.startswith(wanted) for name in each)]
    return begun[0] if len(begun) == 1 else None
