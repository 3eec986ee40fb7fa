"""On which line each key and each element of an array stands in a TOML file: `tomllib` tells that of its errors only.

The text must be TOML that `tomllib` has read: faults are not looked for here, and where there are some after all, lines
are lacking or wrong, and nothing else happens.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

Path_ = tuple[str | int, ...]

_TOKEN = re.compile(
    r'''
      (?P<newline> \n )
    | (?P<string> """ [^"\\]*+ (?: (?: \\. | "{1,2}(?!") ) [^"\\]*+ )*+ "{3,5}
                | \'\'\' [^']*+ (?: '{1,2}(?!') [^']*+ )*+ '{3,5}
                | " (?: [^"\\\n] | \\. )*+ "
                | ' [^'\n]*+ ' )
    | (?P<mark> [\[\]{}=,.] )
    | (?P<bare> [^\s\[\]{}=,."'\#]+ )
    | \#[^\n]*
    ''',
    re.VERBOSE | re.DOTALL,
)
_END = ("end", "", 0)

Token = tuple[str, str, int]
"""Its kind ("newline", "string", "bare", "end", or the mark itself), its text, and the line where it begins."""


def key_lines(text: str) -> dict[Path_, int]:
    """The line, from 1, of every key, table and element of an array, each by its path such as ("signs", 3, "when", 5).

    A table that no header names (`text.ru = …`, or only `[levels.urgent]`) has the line of the first key or header
    in it. Raises RecursionError for arrays nested deeper than `tomllib` itself reads.
    """
    walk = _Walk(list(_tokens(text)))
    walk.document()
    return {**walk.implied, **walk.found}


def _tokens(text: str) -> Iterator[Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind is None:
            continue
        said = match.group()
        yield said if kind == "mark" else kind, said, line
        if kind in ("newline", "string"):
            line += said.count("\n")
    yield "newline", "\n", line


@dataclass
class _Walk:
    """A way through the tokens. `arrays` is the number of the last element of each array of tables."""

    tokens: list[Token]
    at: int = 0
    found: dict[Path_, int] = field(default_factory=dict)
    implied: dict[Path_, int] = field(default_factory=dict)
    arrays: dict[Path_, int] = field(default_factory=dict)

    def document(self) -> None:
        """Every header and every pair of the file."""
        table: Path_ = ()
        while self.kind != "end":
            if self.kind == "newline":
                self.at += 1
            elif self.kind == "[":
                table = self._header()
            else:
                self._pair(table)
                self._skip_to("newline")

    @property
    def token(self) -> Token:
        """The token to read next."""
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    @property
    def kind(self) -> str:
        """What is to be read next."""
        return self.token[0]

    def _skip_to(self, kind: str) -> None:
        while self.kind not in (kind, "end"):
            self.at += 1

    def _header(self) -> Path_:
        line, double = self.token[2], self.tokens[self.at + 1][0] == "["
        self.at += 2 if double else 1
        path = self._resolved(self._key())
        self._skip_to("newline")
        self._imply(path, 1, line)
        if double:
            self.implied.setdefault(path, line)
            self.arrays[path] = self.arrays.get(path, -1) + 1
            path = (*path, self.arrays[path])
        self.found.setdefault(path, line)
        return path

    def _resolved(self, parts: Path_) -> Path_:
        """A header below an array of tables belongs to the array's last element."""
        path: Path_ = ()
        for position, part in enumerate(parts):
            path = (*path, part)
            if path in self.arrays and position < len(parts) - 1:
                path = (*path, self.arrays[path])
        return path

    def _imply(self, path: Path_, shortest: int, line: int) -> None:
        """The tables around a key or header have a line by it, unless one of their own is found."""
        for length in range(shortest, len(path)):
            self.implied.setdefault(path[:length], line)

    def _key(self) -> Path_:
        parts: list[str] = []
        while self.kind in ("bare", "string", "."):
            if self.kind != ".":
                parts.append(_plain(self.token[1]))
            self.at += 1
        return tuple(parts)

    def _pair(self, table: Path_) -> None:
        line = self.token[2]
        path = table + self._key()
        self._imply(path, len(table) + 1, line)
        self.found.setdefault(path, line)
        self.at += 1  # the equals sign
        self._value(path)

    def _value(self, path: Path_) -> None:
        if self.kind == "[":
            self._inside(path, "]")
        elif self.kind == "{":
            self._inside(path, "}")
        else:
            while self.kind in ("bare", "string", "."):
                self.at += 1

    def _inside(self, path: Path_, closing: str) -> None:
        """An array with its elements, or an inline table with its pairs, up to the closing bracket."""
        self.at += 1
        index = 0
        while self.kind not in (closing, "end"):
            if self.kind in ("newline", ","):
                self.at += 1
            elif closing == "}":
                self._pair(path)
            else:
                before, here = self.at, (*path, index)
                self.found.setdefault(here, self.token[2])
                self._value(here)
                self.at += self.at == before  # no value at all: not TOML
                index += 1
        self.at += 1


def _plain(key: str) -> str:
    """A part of a key without its quotes, escapes resolved."""
    if key[0] == '"' and "\\" in key:
        return str(tomllib.loads(f"key = {key}")["key"])
    return key[1:-1] if key[0] in "\"'" else key
