"""TOML files whose every fault names file, line and key."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from maild.errors import ConfigError, ConfigErrors
from maild.tomlfaults import expected, in_plain_words, unknown_key
from maild.tomllines import Path_, key_lines

__all__ = ["Path_", "Strict", "TomlFile", "check_address", "read_toml", "validate"]

_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\"]+")

ModelT = TypeVar("ModelT", bound="Strict")


class Strict(BaseModel):
    """A table of a configuration file: unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True)
class TomlFile:
    """A parsed file: `data`, and the line of every path such as ("levels", "urgent") or ("signs", 3, "when", 5)."""

    path: Path
    data: Mapping[str, Any]
    lines: Mapping[Path_, int]

    @property
    def name(self) -> str:
        """The file's name as rules are cited: `desk.toml`."""
        return self.path.name

    def line(self, *path: str | int) -> int | None:
        """The line on which a key or an element of an array stands, or that of the nearest table around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None

    def rule(self, *path: str | int) -> str:
        """How `explain` cites this key: `intake.toml:12`."""
        line = self.line(*path)
        return f"{self.name}:{line}" if line else self.name

    def fault(self, says: str, *path: str | int) -> ConfigError:
        """An error about a key of this file."""
        return ConfigError(str(self.path), says, line=self.line(*path), key=".".join(map(str, path)) or None)


def check_address(value: str) -> str:
    """A bare addr-spec in lower case. Raises ValueError for anything else."""
    if not _ADDRESS.fullmatch(value):
        raise ValueError(f"expected an address such as name@example.test, got {value!r}")
    return value.lower()


def read_toml(path: Path) -> TomlFile:
    """Read a file. Raises ConfigError where it is missing, not UTF-8, or not TOML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(str(path), "the file is missing") from None
    except UnicodeDecodeError as error:
        row = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(str(path), "not UTF-8; save the file as UTF-8", line=row) from None
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from None
    try:
        data, lines = tomllib.loads(text), key_lines(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found.group(1)) if found else None
        says = in_plain_words(re.sub(r"\s*\(at .*\)$", "", str(error)), text, line)
        raise ConfigError(str(path), f"not TOML: {says}", line=line) from None
    except RecursionError:
        raise ConfigError(str(path), "arrays or tables stand too deep inside each other") from None
    return TomlFile(path, data, lines)


def validate(model: type[ModelT], file: TomlFile, data: Any | None = None, at: Path_ = ()) -> ModelT:
    """`data` (a table of `file` found at path `at`; default the whole file) as a model.

    Raises ConfigErrors with one line a fault.
    """
    given = file.data if data is None else data
    try:
        return model.model_validate(given)
    except ValidationError as error:
        items = [(_path(given, item["loc"], item["type"]), dict(item)) for item in error.errors()]
        raise ConfigErrors(list(_faults(model, file, at, items))) from None


def _path(data: Any, loc: Path_, kind: str) -> Path_:
    """The keys and numbers in a fault's place: pydantic names besides which of several types was tried there."""
    path: Path_ = ()
    for part in loc:
        there = part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int)
        if there:
            data, path = data[part], (*path, part)
    return (*path, loc[-1]) if kind == "missing" else path


def _faults(
    model: type[Strict], file: TomlFile, at: Path_, items: list[tuple[Path_, dict[str, Any]]]
) -> Iterator[ConfigError]:
    """One fault for each place. Of what has several types, the one that the value comes nearest to is told of."""
    by_path: dict[Path_, list[dict[str, Any]]] = {}
    for path, item in items:
        by_path.setdefault(path, []).append(item)
    for path, tried in by_path.items():
        if not any(other != path and other[: len(path)] == path for other in by_path):
            yield file.fault(_says(model, path, tried), *at, *path)


def _says(model: type[Strict], path: Path_, tried: list[dict[str, Any]]) -> str:
    kinds = [item["type"] for item in tried]
    if "extra_forbidden" in kinds:
        return unknown_key(model, path)
    if "missing" in kinds:
        return "the key is missing"
    if "value_error" in kinds:
        says = tried[kinds.index("value_error")]["msg"].removeprefix("Value error, ")
    else:
        wanted = dict.fromkeys(expected(item["type"], item["msg"], item.get("input")) for item in tried)
        says = f"expected {' or '.join(wanted)}, got {tried[0].get('input')!r}"
    return str(says.replace("\n", " "))[:300]
