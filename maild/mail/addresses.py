"""Help for reading address fields (RFC 5322, 3.4): what goes into mail-parser, and what it leaves unread.

Encoded words are swapped for plain atoms before the structure is looked at, so that nothing that stands inside them,
a comma or `<boss@…>`, can become structure. Limits: a field is read up to 16 KB.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from maild.mail.charset import decode
from maild.mail.headers import decode_words
from maild.mail.message import Address

_WORDS = re.compile(rb"=\?[^?\s]{1,80}\?[bBqQ]\?[^?]{0,4000}\?=(?:\s*=\?[^?\s]{1,80}\?[bBqQ]\?[^?]{0,4000}\?=)*")
_ATOM = re.compile(r"zq(\d{1,4})qz")
_IN_ANGLES = re.compile(r"<+\s*([^<>@,;:\s\"]+@[^<>@,;:\s\"]+?)\s*\.?>+")
_BARE = re.compile(r"[^<>@,;:\s\"'()\[\]]+@[^<>@,;:\s\"'()\[\]]+")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_QUOTES = "\"'«»“”„ \t"


@dataclass
class Shield:
    """Takes the encoded words out of address fields and puts their text back into names."""

    hint: str | None = None
    words: list[str] = field(default_factory=list)

    def hide(self, values: Sequence[bytes]) -> str:
        """Address field values as one value with atoms in place of encoded words; raw 8-bit bytes decoded."""
        return ", ".join(self._hide(value) for value in values)

    def _hide(self, value: bytes) -> str:
        plain = _WORDS.sub(self._atom, value).replace(b"\r", b" ").replace(b"\n", b" ").replace(b"\0", b"")
        return decode(plain, None, self.hint)[0]

    def _atom(self, match: re.Match[bytes]) -> bytes:
        self.words.append(decode_words(match.group(), self.hint))
        return b" zq%dqz " % (len(self.words) - 1) if len(self.words) < 10_000 else b" "

    def show(self, name: str) -> str:
        """A display name with its words back, without quotes around it."""
        text = _ATOM.sub(self._word, name)
        return re.sub(r"\s+", " ", text).strip(_QUOTES if text.count('"') != 1 else " \t")

    def _word(self, match: re.Match[str]) -> str:
        index = int(match.group(1))
        return self.words[index] if index < len(self.words) else match.group()

    def address(self, name: str, address: str) -> Address:
        """A pair as mail-parser gives it, as a value."""
        shown = self.show(name)
        clean = normal(address)
        return Address("" if shown.lower() == clean.lower() else shown, clean)


def normal(address: str) -> str:
    """A bare addr-spec with its domain in lower case."""
    local, at, domain = address.strip().rpartition("@")
    return f"{local}@{domain.lower()}" if at else address


def recover(value: str, shield: Shield) -> Address | None:
    """The one address of a field whose structure is broken, None where there is none or it is not certain which."""
    unquoted = _QUOTED.sub(" ", value)
    for pattern in (_IN_ANGLES, _BARE):
        found = list(dict.fromkeys(normal(match) for match in pattern.findall(unquoted)))
        if len(found) == 1 and not _ATOM.search(found[0]):
            name = value.partition("<")[0] if pattern is _IN_ANGLES else ""
            return shield.address(name.replace('"', " "), found[0])
        if found:
            return None
    hidden = " ".join(shield.words)  # some programs encode the whole mailbox, address and all
    inside = list(dict.fromkeys(normal(match) for match in _IN_ANGLES.findall(hidden)))
    if len(inside) == 1 and "@" not in unquoted:
        return Address(hidden.partition("<")[0].strip(_QUOTES), inside[0])
    return None
