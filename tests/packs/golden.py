"""The golden decisions of the packs: labelled letters and topics, each with what a careful person decides about it.

A topic is labelled with what it is about alone, a letter with its whole decision. The files of ProCRM are read by
`tests/packs/procrm/procrm_letters.py`; those of the other packs are described at their head.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from maild.data import data_dir
from maild.desk.classify import Class
from maild.desk.intake import decide
from maild.domain.admission import Decision
from maild.domain.service import Registry
from maild.mail.message import Message
from maild.mail.parse import parse
from maild.regulation.load import Regulation, load_regulation
from tests.desk.test_intake_letters import AT, build, got
from tests.packs.procrm import procrm_letters
from tests.packs.procrm.test_procrm_decisions import AT as KYIV
from tests.packs.procrm.test_procrm_decisions import check_facts
from tests.packs.procrm.test_procrm_decisions import fits as fits_procrm
from tests.packs.procrm.test_procrm_decisions import told as told_procrm

HERE = Path(__file__).resolve().parent
RARUS = HERE.parent / "desk" / "letters"
MARKS = "?+!~"


@dataclass(frozen=True)
class Golden:
    """One letter with its label: `wanted` is a topic, or what a whole decision has to be; `name` is where it stands."""

    name: str
    message: Message
    wanted: str | Mapping[str, Any] | procrm_letters.Case
    at: datetime
    role: str = "support"
    blank: bool = False
    """Whether the registry is one whose rows have neither a name nor a product."""

    def holds(self, regulation: Regulation, class_: Class) -> bool:
        """Whether the letter is decided as labelled; `class_` is what it is about by these rules."""
        if isinstance(self.wanted, str):
            return fits(told(class_), self.wanted)
        if self.blank:
            regulation = replace(regulation, registry=_blank(regulation.registry))
        decision = decide(self.message, regulation, at=self.at, role=self.role)
        if isinstance(self.wanted, procrm_letters.Case):
            return procrm_holds(self.wanted, decision, regulation)
        return letter_holds(self.wanted, decision, self.message.language)


def told(kind_of: Class) -> str:
    """What a letter is about, as topics.txt writes it: `?` may be about licences too, `+` asks for something else too,
    `!` insults us, `~` is rough."""
    kind = f":{kind_of.kind.key}" if kind_of.kind else ""
    marks = zip(MARKS, (kind_of.suspected, kind_of.other, kind_of.insults, kind_of.rough), strict=True)
    return kind_of.category.key + kind + "".join(mark for mark, there in marks if there)


def fits(found: str, wanted: str) -> bool:
    """Whether a topic is one of those that its line says (a/b, `*` any); one without a kind leaves the kind open."""
    name, label = found.rstrip(MARKS), wanted.rstrip(MARKS)
    category, _, kind = name.partition(":")
    if label == "*":
        return ("!" in found[len(name) :]) == ("!" in wanted)
    return found[len(name) :] == wanted[len(label) :] and any(
        each in (name, category) or (kind and each == kind) for each in label.split("/")
    )


def letter_holds(expect: Mapping[str, Any], decision: Decision, language: str) -> bool:
    """Whether a decision is what a letter file says."""
    found = got(decision, language)
    fields = expect.get("fields", {})
    return all(found[key] == expect[key] for key in expect if key != "fields") and all(
        found["fields"].get(key) == fields[key] for key in fields
    )


def procrm_holds(case: procrm_letters.Case, decision: Decision, regulation: Regulation) -> bool:
    """Whether a decision is what ProCRM's file says."""
    try:
        check_facts(case, decision, regulation)
    except (AssertionError, KeyError):  # KeyError: the label names a field that is not there any more
        return False
    return decision.disposition.value in case.dispositions and fits_procrm(told_procrm(decision), case.categories)


@cache
def regulation(pack: str) -> Regulation:
    """A regulation as it is shipped."""
    return load_regulation(data_dir("rules") / pack)


@cache
def goldens(pack: str) -> tuple[Golden, ...]:
    """All golden letters of a pack."""
    found = {"rarus": _rarus, "procrm": _procrm, "example": _example}
    return tuple(found[pack]())


def _rarus() -> Iterator[Golden]:
    at = datetime.fromisoformat(AT)
    for file in sorted(RARUS.glob("topics*.txt")):
        yield from _topics(file, at)
    for file in sorted(RARUS.glob("rarus*.toml")):
        yield from _letters(file)
    for letter in _letters(HERE / "letters" / "rarus_blank.toml"):
        yield replace(letter, blank=True)


def _topics(file: Path, at: datetime) -> Iterator[Golden]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line and line[0] != "#":
            wanted, subject, text = (part.strip() for part in line.split("|", 2))
            yield Golden(f"{file.name}:{number}", topic_letter(subject, text), wanted.removeprefix("uk:"), at)


def _blank(registry: Registry) -> Registry:
    rows = {number: replace(row, organisation="", product="") for number, row in registry.contracts.items()}
    return replace(registry, contracts=rows)


def _example() -> Iterator[Golden]:
    yield from _letters(HERE / "letters" / "example.toml")


def _letters(file: Path) -> Iterator[Golden]:
    for letter in tomllib.loads(file.read_text(encoding="utf-8"))["letters"]:
        moment = datetime.fromisoformat(letter.get("at", AT))
        role = letter.get("role", "support")
        yield Golden(f"{file.name}#{letter['id']}", parse(build(letter)), letter["expect"], moment, role)


def topic_letter(subject: str, text: str) -> Message:
    """A person's letter of one paragraph."""
    raw = f"From: a@b.test\r\nSubject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}"
    return parse(raw.encode())


def _procrm() -> Iterator[Golden]:
    for topic in procrm_letters.read_topics():
        wanted = {"abuse": "*!", "polite": "*", "ask": "*"}.get(topic.expected, topic.expected)
        yield Golden(f"topics.txt:{topic.line}", topic.message, wanted, KYIV)
    for case in procrm_letters.read_letters():
        yield Golden(f"letters.txt:{case.line}", case.message, case, KYIV, case.role)
    if (each := procrm_letters.HERE / "each.txt").exists():
        yield from _topics(each, KYIV)
    yield from _letters(HERE / "letters" / "procrm.toml")
