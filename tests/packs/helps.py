"""What the rules of a pack suggest about the letters of `letters/helps.toml`: ready answers, links, hints, fields."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from maild.desk.classify import topic
from maild.desk.intake import decide
from maild.desk.suggestions import hints, sites, topics_of_letter
from maild.domain.ticket import Status, Ticket
from maild.mail.message import Message
from maild.regulation.answers import offered
from maild.regulation.load import Regulation
from tests.packs.golden import HERE, topic_letter

NOW = datetime(2026, 11, 23, 7, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Help:
    """One letter with what is suggested about it; `wanted` names only what is compared."""

    message: Message
    kind: str
    wanted: Mapping[str, list[str]]

    def holds(self, regulation: Regulation) -> bool:
        """Whether just that is suggested by these rules."""
        found = self.suggested(regulation)
        return all(_alike(found[name], wanted) for name, wanted in self.wanted.items())

    def suggested(self, regulation: Regulation) -> dict[str, list[str]]:
        """All that these rules suggest."""
        decision = decide(self.message, regulation, at=NOW, role="support")
        ticket = replace(_TICKET, category=decision.category or "", fields=decision.fields)
        desk: Any = SimpleNamespace(regulation=regulation)
        topics = topics_of_letter(desk, self.message)
        links = sites(desk, ticket, self.kind, self.message.language, topics)
        said = hints(desk, ticket, self.kind, self.message.language, topics)
        return {
            "answers": list(offered(regulation.offers, *topic(self.message), language=self.message.language)),
            "links": [each.url for each in links],
            "hints": [each.title for each in said],
            "offered": list(decision.offered),
        }


_TICKET = replace(
    Ticket("X-1", "x", "x", Status.NEW, "", "", "normal", None, None, "", "", "", "", "ru", NOW), acquaintance="own"
)


def _alike(found: list[str], wanted: list[str]) -> bool:
    """Whether two lists say the same: an address by its end, a sentence by its beginning."""
    return len(found) == len(wanted) and all(
        one.endswith(other) or one.startswith(other) for one, other in zip(found, wanted, strict=True)
    )


@cache
def helps(pack: str) -> tuple[Help, ...]:
    """The letters of a pack."""
    entries = tomllib.loads((HERE / "letters" / "helps.toml").read_text(encoding="utf-8"))[pack]
    return tuple(
        Help(
            topic_letter("вопрос", each["text"]),
            each.get("kind", "receipt" if pack == "procrm" else "acknowledgement"),
            {name: each[name] for name in ("answers", "links", "hints", "offered") if name in each},
        )
        for each in entries
    )
