"""Faults of a TOML file in words for whoever edits it: what `tomllib` and pydantic say speaks to programmers.

What is not known here is told as it came: a newer Python may put a fault otherwise.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from inspect import isclass
from typing import Any, get_args

from pydantic import BaseModel

_QUOTES = re.compile(r"[“”„‟«»‹›‘’‚]")
_UNSEEN = re.compile("[\u00a0\u2000-\u200f\u2028-\u202f\u2060\ufeff]")
_VALUE = 'a text stands in quotation marks ("4h"), a list in brackets (["a", "b"]); yes and no are true and false'
_SAYINGS: tuple[tuple[str, str], ...] = (
    (r"Illegal character '\\n'|Unterminated string", "the quotation mark that closes the text is missing"),
    (r"Invalid value", f"no value that can be read; {_VALUE}"),
    (r"Expected newline or end of document.*", f"something is left over at the end of the line; {_VALUE}"),
    (r"Expected '=' after a key.*", "= is missing between key and value"),
    (r"Unclosed array", "a comma between two items is missing, or the ] after the last one"),
    (r"Unclosed inline table|Expected '}'.*", "a comma is missing between { and }, or the } itself"),
    (r"Cannot overwrite a value", "the key stands twice in its table; take one of them out"),
    (r"Duplicate inline table key '(.*)'", r"\1 stands twice between { and }; take one of them out"),
    (r"Invalid initial character for a key part", 'a key of other than Latin letters, digits, _ and - stands in "…"'),
    (r"Invalid statement", "a line is a [table], a key = value, or a comment after #"),
    (r"Unescaped '\\' in a string", "a text with a backslash stands in single quotation marks: '…'"),
)
_WANTED: Mapping[str, str] = {
    "bool_type": "true or false",
    "string_type": "a text in quotation marks",
    "int_type": "a whole number",
    "float_type": "a number",
    "dict_type": "a table",
    "model_type": "a table",
}
_TWICE = re.compile(r"Cannot declare \((.*)\) twice")


def in_plain_words(says: str, text: str, line: int | None) -> str:
    """What `tomllib` says of a line (from 1; None: not known) of a text, in plain words where they are known."""
    if twice := _TWICE.fullmatch(says):
        return _declared_twice(re.findall(r"['\"]([^'\"]+)['\"]", twice.group(1)), text)
    said = text.split("\n")[line - 1] if line and line <= text.count("\n") + 1 else ""
    code = re.sub(r'"[^"]*"', '""', said.partition("#")[0])
    if mark := _QUOTES.search(code):
        return f'quotation marks are straight, "…", not {mark.group()}'
    if mark := _UNSEEN.search(code):
        return f"an invisible character (U+{ord(mark.group()):04X}) stands here; type the line anew"
    for pattern, words in _SAYINGS:
        if match := re.fullmatch(pattern, says):
            return match.expand(words) if match.groups() else words
    return says


def _declared_twice(path: list[str], text: str) -> str:
    """A table's header that stands twice, with the line of the first."""
    name = ".".join(path)
    header = re.compile(rf"\s*\[\s*{re.escape(name)}\s*\]")
    first = next((number for number, line in enumerate(text.split("\n"), 1) if header.match(line)), None)
    where = f", on line {first} first" if first else ""
    return f"[{name}] stands twice{where}; put the keys of both together"


def expected(kind: str, message: str, given: Any) -> str:
    """What pydantic expected, by the kind of its error, its message and the value that was given."""
    if kind == "list_type":
        if isinstance(given, int) or (isinstance(given, str) and given.isdecimal()):
            return f"a list, such as [{given}]"
        return f'a list, such as ["{given}"]' if isinstance(given, str) else "a list in brackets"
    return _WANTED.get(kind, message.removeprefix("Input should be "))


def unknown_key(model: type[BaseModel], path: tuple[str | int, ...]) -> str:
    """What to say of a key that a model does not know; `path` leads to it from the model."""
    names: Mapping[str, Any] = {}
    table: type[BaseModel] | None = model
    for part in path[:-1]:
        if table is not None and part in table.model_fields:
            table = _inner(table.model_fields[str(part)].annotation)
    names = table.model_fields if table else {}
    near = get_close_matches(str(path[-1]), names, n=1, cutoff=0.7)
    return f"unknown key; did you mean {near[0]}?" if near else "unknown key; remove it or correct its spelling"


def _inner(annotation: Any) -> type[BaseModel] | None:
    """The model of a table's own tables, however they are held: alone, in a list, by name."""
    if isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inner(part))), None)
