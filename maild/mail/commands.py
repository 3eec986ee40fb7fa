"""The commands of agents: the reader of a letter's first lines.

Given is what a person wrote, quotation already cut. Its first lines that start with `#` are commands, the rest is the
letter's text. What looks like a command and is none is a bad line, never text: nothing may reach a client by accident.
Whether a command is allowed, and what its argument names, others decide.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from maild.mail.command_words import BY_NAME, COMMANDS, Word, contradict, known, nearest, shown, spoken_in
from maild.mail.written import plain_line, text_of, without_code, word_key

__all__ = ["COMMANDS", "BadLine", "Command", "Orders", "Word", "language_of", "read_orders", "shown"]


@dataclass(frozen=True)
class Command:
    """One command; `line` as written, "argument" is "" where there is none."""

    name: str
    argument: str
    line: str


@dataclass(frozen=True)
class BadLine:
    """A line that is no command, or not one that can stand here.

    `why` is "unknown", "argument" (it is missing), "no-argument" (there must be none) or "contradicts" (`against`: the
    earlier line, as written). `nearest` is the canonical name of the right word, where one is near.
    """

    line: str
    why: str
    nearest: str | None = None
    against: str = ""


@dataclass(frozen=True)
class Orders:
    """What a letter orders. With anything in `bad` nothing is carried out and `text` goes to nobody."""

    commands: tuple[Command, ...] = ()
    bad: tuple[BadLine, ...] = ()
    text: str = ""

    def get(self, name: str) -> Command | None:
        """The command of that name, None where the letter has none."""
        return next((command for command in self.commands if command.name == name), None)


@dataclass
class _Reading:
    """What has been read so far."""

    commands: list[Command] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)


def read_orders(text: str) -> Orders:
    """The commands, the bad lines and the text of what an agent wrote (own words, quotation already cut).

    Never raises. Each line is in one of the three, except lines that repeat a command word for word, and code lines.
    """
    lines = without_code(text)
    reading, at = _Reading(), 0
    while at < len(lines):
        line = plain_line(lines[at])
        if line and not _read_line(line, reading):
            break
        if not line and reading.text:
            reading.text.append("")  # a paragraph ends that began behind a command
        at += 1
    _not_together(reading)
    return Orders(tuple(reading.commands), tuple(reading.bad), text_of([*reading.text, *lines[at:]]))


def language_of(line: str, default: str) -> str:
    """The language (ru, en, uk) that a command line is written in, rightly or not; `default` where nobody can tell."""
    found = _SIGN.search(plain_line(line))
    return spoken_in(found["word"], default) if found and found["word"] else default


# ---- lines. Every repetition is bounded or follows something that cannot repeat it: the letters are hostile.

_HASH = "#\uff03\ufe5f"
_SIGN = re.compile(rf"(?P<sign>[{_HASH}]+|№)(?P<blank>\s{{0,3}})(?P<word>[^\W_]*(?:['’ʼ-][^\W_]+)*)")
_OPENING = re.compile(rf"[\s*_~`\\]{{0,9}}(?=[{_HASH}])")
_BULLET = re.compile(rf"[\s*_~`\\\"'«“„(•·–—-]{{0,9}}(?=[{_HASH}№])")
_BEHIND = re.compile(
    rf"(?P<close>[*_~`]{{0,3}})(?:[:=]|[.,;!?…»”\")–—-]{{0,9}}[*_~`]{{0,3}}(?=[\s:=]|$|[{_HASH}]))[*_~`]{{0,3}}"
)
_BETWEEN = re.compile(rf"[\s,;/*_~`\\]{{0,20}}(?=[{_HASH}])")
_DASH = re.compile(r"\s{0,9}(?:[:=,;–—-]{1,3}(?=\s|$))?\s{0,9}")
_FURTHER = re.compile(rf"(?<=[\s,;*_~`]){_SIGN.pattern}")
_MOST_GUESSES = 20


def _read_line(line: str, reading: _Reading) -> bool:
    """Reads one line into `reading`; False where it is no command line and the text begins."""
    start = _start(line, guess=len(reading.bad) < _MOST_GUESSES)
    if start is None:
        return False
    for begin, end in _pieces(line, start):
        _read_piece(line[begin:end].rstrip(), reading, bold=bool(line[:start].strip()))
    return True


def _start(line: str, guess: bool) -> int | None:
    """Where the sign of a command line stands, None in a line of text.

    A bullet or a quotation mark needs a command behind it, № (what # is on a Russian keyboard) something very like one;
    # needs nothing.
    """
    if found := _OPENING.match(line):
        return found.end()
    found = _BULLET.match(line)
    sign = _SIGN.match(line, found.end()) if found else None
    if not sign or (sign["sign"] == "№" and sign["blank"]):
        return None
    near = known(sign["word"]) or (guess and sign.start() == 0 and sign["sign"] == "№" and nearest(sign["word"], 0.75))
    return sign.start() if near else None


def _pieces(line: str, start: int) -> Iterator[tuple[int, int]]:
    """The commands of one line as spans: `#взять #ждать` are two."""
    while sign := _SIGN.match(line, start):
        behind = _BEHIND.match(line, sign.end())
        at = behind.end() if behind else sign.end()
        if follows := _BETWEEN.match(line, at):
            end = follows.end()
        elif _takes_the_line(sign["word"]) or (further := _next_command(line, at)) is None:
            end = len(line)
        else:
            end = further
        yield start, end
        start = end


def _takes_the_line(word: str) -> bool:
    """Whether all behind a word is its own: a note and a letter's text may speak of commands."""
    name = known(word)
    return name is not None and (name == "note" or BY_NAME[name].argument == "text")


def _next_command(line: str, at: int) -> int | None:
    return next((found.start() for found in _FURTHER.finditer(line, at) if known(found["word"])), None)


def _read_piece(piece: str, reading: _Reading, bold: bool) -> None:
    """Reads one command; `bold`: something stood before its sign that may close behind its argument."""
    sign = _SIGN.match(piece)
    word = sign["word"] if sign else ""
    behind = _BEHIND.match(piece, sign.end()) if sign else None
    name = known(word)
    if name is None or behind is None:
        near = nearest(word) if word and len(reading.bad) < _MOST_GUESSES else None
        reading.bad.append(BadLine(piece, "unknown", near[0] if near else None))
        return
    dash = _DASH.match(piece, behind.end())
    rest = piece[dash.end() if dash else behind.end() :]
    if bold and not behind["close"]:
        rest = rest.rstrip("*_~`")  # **#линия менеджеры**
    _take(name, rest.strip(), piece, reading)


def _take(name: str, rest: str, written: str, reading: _Reading) -> None:
    """Puts a command of the table where it belongs by the kind of its argument."""
    kind = BY_NAME[name].argument
    argument = rest if name == "note" else clean_argument(rest)
    if kind == "required" and not argument:
        reading.bad.append(BadLine(written, "argument", name))
        return
    if kind == "none" and argument:
        reading.bad.append(BadLine(written, "no-argument", name))
        return
    if kind == "text":
        reading.text += [rest] if rest else []
        argument = ""
    if (name, word_key(argument)) not in reading.seen:
        reading.seen.add((name, word_key(argument)))
        reading.commands.append(Command(name, argument, written))


_LINKED = re.compile(r"\s*[<\[(]\s*mailto:[^<>()\[\]]*[>\])]", re.IGNORECASE)
_ENDS = " \t.,;!\"'«»“”„`*"


def clean_argument(written: str) -> str:
    """An argument without what programs and habits put around it: quotes, a full stop, a link to the address."""
    plain = " ".join(written.split())
    plain = (_LINKED.sub("", plain) or plain).strip(_ENDS)
    if plain.startswith("<") and plain.endswith(">"):
        plain = plain[1:-1].strip(_ENDS)
    return plain[7:] if plain.lower().startswith("mailto:") else plain


def _not_together(reading: _Reading) -> None:
    """Moves each command that contradicts an earlier one to the bad lines, and joins notes to one."""
    first: dict[str, Command] = {}
    kept: list[Command] = []
    for command in reading.commands:
        against = next((other for other in first.values() if contradict(command.name, other.name)), None)
        if against:
            reading.bad.append(BadLine(command.line, "contradicts", command.name, against.line))
            continue
        first.setdefault(command.name, command)
        kept.append(command)
    reading.commands = list(_joined(kept))


def _joined(commands: list[Command]) -> Iterator[Command]:
    """The commands with all notes in the place of the first."""
    notes = [command for command in commands if command.name == "note"]
    for command in commands:
        if command.name != "note":
            yield command
        elif command is notes[0]:
            argument = "\n".join(note.argument for note in notes if note.argument)
            yield Command("note", argument, "\n".join(note.line for note in notes))
