"""Folding of texts for comparison: case, ё, look-alike letters of two scripts, quotes, dashes, spaces (B25).

`fold` keeps the length of its input, so that a span found in folded text is a span of the text itself. Where Latin and
Cyrillic letters look alike they become Cyrillic, in English words too: «СRM» and «CRM» are then equal,
and an English word is still equal to itself. Capitals count: B looks like В and H like Н, so their small letters are
folded with them. Digits are left alone; where a number is expected `fold_digits` reads O as 0, З as 3 and the like.
Folded text is for comparing, never for showing.
"""

_PAIRS = {
    "а": "aà",
    "в": "b",
    "с": "cҫ",
    "е": "eёé",
    "н": "h",
    "і": "iı",
    "к": "kқ",
    "м": "m",
    "о": "oө",
    "р": "p",
    "т": "t",
    "х": "x",
    "у": "yў",
    "г": "ґ",
    " ": "\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200C))) + "\u202f\u205f\u3000\r\v\f\ufeff\u00ad",
    "\n": "\u2028\u2029\x85",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d",
    '"': "«»„“”‟‹›″＂",
    "'": "’‘‚‛ʼʹ`´′＇",
    ":": "：",
    "/": "⁄∕",
}
_TABLE = {ord(letter): target for target, letters in _PAIRS.items() for letter in letters}
_TABLE |= {0xFF10 + digit: str(digit) for digit in range(10)}
_DIGITS = str.maketrans("оoзбіl|ів", "003611118")


def fold(text: str) -> str:
    """The text folded for comparison, of the same length: every index and span stays valid."""
    lowered = text.lower()
    if len(lowered) != len(text):  # only İ (U+0130) grows under lower()
        lowered = text.replace("\u0130", "i").lower()
    return lowered.translate(_TABLE)


def same(one: str, other: str) -> bool:
    """Whether two texts are equal but for case, script of look-alike letters, quotes, dashes and spacing."""
    return fold(one).split() == fold(other).split()


def fold_digits(text: str) -> str:
    """Folded text with letters that people type in place of digits read as those digits: «8О1» is «801».

    Only for places where a number is expected.
    """
    return text.translate(_DIGITS)
