"""Looking at HTML without building its tree: is it fit to be built, and its bare words where it is not."""

import re
from collections.abc import Iterator
from html import unescape

MAX_DEPTH = 1000
MAX_TAGS = 100_000

SPACES = re.compile(r"[ \t\r\n\f\v\xa0\u2000-\u200a\u202f\u205f\u3000]+")
"""Everything that a browser or a reader takes for a blank."""

INVISIBLE = re.compile(r"[\u200b-\u200d\u2060\ufeff\xad\u034f\u061c\u2061-\u2064]")
"""Characters that newsletters fill up with."""

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)[^>]*?(/?)>")
_DROPPED = re.compile(r"<(script|style|head|title)\b.*?(?:</\1\s*>|$)", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_VOID = frozenset({"area", "base", "basefont", "br", "col", "frame", "hr", "img", "input", "link", "meta", "wbr"})


def is_monstrous(html: str) -> bool:
    """Whether a tree of it would cost too much: lexbor's time grows with the square of the depth."""
    return html.count("<") > MAX_TAGS or _depth(html) > MAX_DEPTH


def _depth(html: str) -> int:
    """An upper bound of the nesting, cheap where there are few tags."""
    if html.count("<") < MAX_DEPTH:
        return 0
    deepest = depth = 0
    for close, name, empty in _TAG.findall(html):
        if close:
            depth = max(0, depth - 1)
        elif not empty and name.lower() not in _VOID and name.lower() not in ("p", "li", "option"):
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def bare_text(html: str) -> Iterator[str]:
    """The words of markup by patterns alone, line by line: no tree, so no depth can hurt."""
    text = _COMMENT.sub(" ", _DROPPED.sub(" ", html))
    text = re.sub(r"<(?:br|/?p|/?div|/?tr|/?li|/?h[1-6]|/?blockquote)\b[^>]*>", "\n", text, flags=re.IGNORECASE)
    for line in unescape(re.sub(r"<[^<>]*>", "", text)).splitlines():
        clean = SPACES.sub(" ", INVISIBLE.sub("", line)).strip()
        if clean:
            yield clean
