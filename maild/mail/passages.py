"""A person's words as a letter to a client carries them: as they stand in the text, piece by piece in the HTML.

Nothing is cut, reworded or made a link. Only what no mail may carry goes: control characters, and those that turn the
direction of the text around.
"""

import re
from dataclasses import dataclass

from maild.mail.parts import Quote, quoted
from maild.mail.wrap import NBSP

_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_NEVER = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SIGN = re.compile(r"[ \xa0]?> ?")
_BLANKS = re.compile(r" {2,}")
_TAB = NBSP * 3 + " "
_GREETING = re.compile(
    r"(?i)\W*(?:здравствуй|приветству|уважаем|добр(?:ый|ого|ое|ой|ий)\s+(?:дн|день|вечер|утр|ранк|вечір|времени|часу)"
    r"|віта[єю]|шановн|hello|hi\b|hey\b|dear\b|good\s+(?:day|morning|afternoon|evening))"
)

_GREETING_LINE = 60
"""A longer line that begins with a greeting says something else as well."""


@dataclass(frozen=True)
class Passage:
    """A piece of somebody's words; `quoted`: they stand in the letter as words of another (`> …`)."""

    said: Quote
    quoted: bool = False


def clean_words(text: str) -> str:
    """The words with `\\n` line ends, without control and direction characters, and without blank lines around."""
    return _NEVER.sub("", _ENDS.sub("\n", text)).strip("\n").rstrip()


def passages(words: str) -> tuple[Passage, ...]:
    """The words for HTML: own lines and quoted ones apart, the latter without their sign; blanks kept as they are."""
    pieces: list[tuple[bool, list[str]]] = []
    for line in words.split("\n"):
        sign = _SIGN.match(line)
        shown = _kept(line[sign.end() :] if sign else line)
        if not pieces or pieces[-1][0] is not bool(sign):
            pieces.append((bool(sign), []))
        pieces[-1][1].append(shown)
    found = (Passage(Quote("\n".join(lines).strip("\n")), is_quoted) for is_quoted, lines in pieces)
    return tuple(passage for passage in found if passage.said.text.strip())


def own_lines(words: str) -> str:
    """The words without the lines that they quote."""
    return "\n".join(line for line in clean_words(words).split("\n") if not _SIGN.match(line)).strip("\n")


def excerpt(words: str, length: int) -> Quote:
    """The beginning of what somebody says themselves, without greeting and quotations; an ellipsis marks the cut."""
    first, _, rest = own_lines(words).partition("\n")
    said = rest if rest.strip() and greets(first) and len(first) <= _GREETING_LINE else f"{first}\n{rest}"
    found = quoted(said.strip("\n"), length)
    return Quote(found.text if not found.more or found.text.endswith("…") else f"{found.text} …")


def greets(words: str) -> bool:
    """Whether the words begin with a greeting, so that the letter needs none of its own."""
    return _GREETING.match(words) is not None


def _kept(line: str) -> str:
    """A line whose blanks and tabs survive in HTML; the last of a run stays ordinary, so that lines can be broken."""
    plain = line.replace("\t", _TAB)
    indent = len(plain) - len(plain.lstrip(" "))
    return NBSP * indent + _BLANKS.sub(lambda run: NBSP * (len(run.group()) - 1) + " ", plain[indent:])
