"""`answers/NAME.toml`: ready answers that `#reply NAME` sends, and the words at which they are offered (A13).

One answer a file; the file's name is its key. `suggest` holds conditions as in the signs of `intake.toml`, names of its
`[words]` included. A file that is no answer is left alone, with a warning; an answer with a fault costs the regulation.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Field

from maild.domain.intake import Sign, Signs
from maild.domain.rules import CannedAnswer
from maild.errors import ConfigError, ConfigErrors
from maild.mail.conditions import look
from maild.mail.words import fold_word, split
from maild.regulation.conditions import read_conditions
from maild.regulation.wordings import Named, Said, clashes, gather, in_order
from maild.tomlfile import Strict, TomlFile, read_toml, validate

FOLDER = "answers"
_KEY = re.compile(r"(?!-+$)[a-zа-яёіїєґ0-9-]{1,40}")
_EXPECTED = "expected a name of up to 40 small letters (Latin or Cyrillic), digits and hyphens, then .toml"


class _Answer(Strict):
    title: Said
    text: Said
    suggest: list[str] = Field(default_factory=list)


@dataclass(frozen=True)
class AnswerBook:
    """All ready answers by key; `offers` are their `suggest` conditions, each answer a sign whose category is its key.

    `warnings` name the files of the folder that are no answers.
    """

    canned: Mapping[str, CannedAnswer] = field(default_factory=dict)
    offers: Signs = field(default_factory=lambda: Signs(()))
    warnings: tuple[str, ...] = ()


def load_answers(directory: Path, language: str, words: Mapping[str, Sequence[str]] | None) -> AnswerBook:
    """The answers of a regulation's folder; empty where it has no `answers/`.

    `language` is the desk's first, `words` are the lists that conditions may name; None where they are not known, then
    no condition is read. Raises ConfigErrors.
    """
    folder = directory / FOLDER
    if not folder.exists():
        return AnswerBook()
    faults: list[ConfigError] = []
    paths, warnings = _files(folder, faults)
    read = [(path, found) for path in paths if (found := gather(faults, partial(_read, path)))]
    faults += clashes(
        Named(_key(path), tuple(model.title.values()), file, (), f"{FOLDER}/{path.name}")
        for path, (file, model) in read
    )
    signs = [] if words is None else [_sign(path, file, model, words, faults) for path, (file, model) in read]
    if faults:
        raise ConfigErrors(faults)
    canned = {_key(path): _answer(path, file, model, language) for path, (file, model) in read}
    negations = frozenset(map(fold_word, (words or {}).get("negations", ())))
    return AnswerBook(canned, Signs(tuple(sign for sign in signs if sign.when), negations), warnings)


def offered(offers: Signs, *texts: str, language: str) -> tuple[str, ...]:
    """The keys of the answers that these words of a client call for, in the order of the files' names."""
    seen = look(offers, split(*texts), ukrainian=language == "uk")
    return tuple(dict.fromkeys(hit.sign.category for hit in seen.hits))


def lists_of_words(directory: Path) -> Mapping[str, Sequence[str]] | None:
    """`[words]` of intake.toml, as far as they are lists of strings; None where the file cannot be read."""
    try:
        table: Any = read_toml(directory / "intake.toml").data.get("words", {})
    except ConfigError:
        return None
    if not isinstance(table, dict):
        return None
    lists = {key: value for key, value in table.items() if isinstance(value, list)}
    return {key: [item for item in value if isinstance(item, str)] for key, value in lists.items()}


def _files(folder: Path, faults: list[ConfigError]) -> tuple[list[Path], tuple[str, ...]]:
    """The answers' files in order of their names, and a line for everything else there."""
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        faults.append(ConfigError(str(folder), f"cannot be read as a folder: {error.strerror}"))
        return [], ()
    kept, warnings = [], []
    for path in entries:
        if path.name.startswith(".") or path.suffix != ".toml" or not path.is_file():
            warnings.append(f"{FOLDER}/{path.name}: no answer (a file NAME.toml), left alone")
        elif not _KEY.fullmatch(_key(path)):
            faults.append(ConfigError(str(path), _EXPECTED))
        else:
            kept.append(path)
    return kept, tuple(warnings)


def _key(path: Path) -> str:
    """The file's name without .toml; some systems write «й» as two characters."""
    return unicodedata.normalize("NFC", path.stem)


def _read(path: Path) -> tuple[TomlFile, _Answer]:
    file = read_toml(path)
    return file, validate(_Answer, file)


def _answer(path: Path, file: TomlFile, model: _Answer, language: str) -> CannedAnswer:
    title, text = in_order(model.title, language), in_order(model.text, language)
    return CannedAnswer(_key(path), title, text, tuple(model.suggest), f"{FOLDER}/{file.rule('text')}")


def _sign(
    path: Path, file: TomlFile, model: _Answer, words: Mapping[str, Sequence[str]], faults: list[ConfigError]
) -> Sign:
    conditions = read_conditions(file, model.suggest, words, faults, "suggest", folder=f"{FOLDER}/")
    return Sign(_key(path), None, conditions, rule=f"{FOLDER}/{file.rule('suggest')}")
