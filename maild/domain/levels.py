"""Which service level a request has: the ordered conditions of `[[level_for]]` (A5), and how a level is called.

The first condition that fits decides; where none does, the category's own level stands. Everything here is pure.
"""

from collections.abc import Iterable, Mapping

from maild.domain.folding import fold
from maild.domain.rules import LevelFor, in_language
from maild.domain.service import Level


def choose(
    level_for: Iterable[LevelFor], category: str, line: str | None, columns: Mapping[str, str]
) -> LevelFor | None:
    """The first condition that a request of this category, on this line, of a client with these columns meets.

    `columns` are those of the client's row in the registry; {} where no client is known. None: no condition fits.
    """
    return next((each for each in level_for if fits(each, category, line, columns)), None)


def fits(condition: LevelFor, category: str, line: str | None, columns: Mapping[str, str]) -> bool:
    """Whether all that a condition asks for is so; a column that the row does not have is none of its values."""
    return (
        (not condition.category or category in condition.category)
        and (not condition.line or line in condition.line)
        and all(same(columns.get(column), wanted) for column, wanted in condition.client.items())
    )


def same(value: str | None, wanted: Iterable[str]) -> bool:
    """Whether a value reads like one of those wanted: case, look-alikes, spaces around and between aside."""
    return value is not None and _plain(value) in {_plain(each) for each in wanted}


def level_title(level: Level, language: str) -> str:
    """The name of a level in a language, else in the desk's first; "" for one that is never named (a complaint's)."""
    return in_language(level.titles, language) or level.title


def _plain(value: str) -> str:
    return " ".join(fold(value).split())
