"""What a hand writes: words in a form that can be compared, and text without our code lines.

Shared by what reads commands and what reads ratings. It compares and cuts; it decides nothing.
"""

import re
import unicodedata

from maild.domain.folding import fold
from maild.mail.thread import without_controls

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]"
_CODE = re.compile(rf"(?i)maild:{_ATEXT}{{1,60}}\.[caqo]\.[a-z2-7]{{8}}\.[a-z2-7]{{16}}")
_AROUND_CODE = "<>()[]*_`\"'«».,; \t\u00a0"


def word_key(word: str) -> str:
    """A word folded for comparison: case, ё, й, accents, widths, apostrophes and look-alike letters do not matter."""
    letters = (sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return fold("".join(letters)).replace("'", "")


def plain_line(line: str) -> str:
    """A line as the eye sees it: without control and zero-width characters, accents composed, ends cut."""
    return unicodedata.normalize("NFC", without_controls(line)).strip()


def is_blank(line: str) -> bool:
    """Whether a line shows nothing: blanks of any kind, NBSP, BOM, zero-width characters."""
    return not plain_line(line)


def without_code(text: str) -> list[str]:
    """The lines of a text without what looks like a code line of `mailto:` letters, genuine or not.

    A line that is a code and nothing else goes, quoted, bracketed or set in bold as well; inside a line the code is cut
    out. A code proves the sender, so it must never travel on to somebody else.
    """
    kept = []
    for line in text.splitlines():
        rest = _without(line)
        if rest is None:
            continue
        kept.append(rest)
    return kept


def text_of(lines: list[str]) -> str:
    """Lines as one text, without the blank lines around it."""
    first, end = 0, len(lines)
    while first < end and is_blank(lines[first]):
        first += 1
    while end > first and is_blank(lines[end - 1]):
        end -= 1
    return "\n".join(lines[first:end])


def _without(line: str) -> str | None:
    """The line without codes; None where nothing else stood in it."""
    if "maild" not in (plain := without_controls(line)).lower() or not _CODE.search(plain):
        return line
    # A blank in place of the code: what stood around it must not close up into another code.
    rest = _CODE.sub(" ", plain)
    return rest.rstrip() if rest.strip(_AROUND_CODE) else None
