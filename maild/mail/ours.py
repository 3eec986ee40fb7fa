"""The words of a letter that we wrote ourselves: what stands between the marker above and the footer below.

A person's reply is read by `body`, which takes everything under our marker for history; here that is the matter.
"""

from maild.mail.markers import marker_at

_RULE = 10
"""A line of so many hyphens or more is a line and not words."""


def own_words(text: str) -> str:
    """What our letter says, without marker and footer, given its text part; the full text where nothing is left."""
    lines = text.split("\n")
    first = _below_marker(lines)
    end = next((at for at in range(len(lines) - 1, first - 1, -1) if lines[at].rstrip() == "--"), len(lines))
    words = "\n".join(line for line in lines[first:end] if not _is_rule(line)).strip()
    return words or text.strip()


def opening(text: str, length: int = 400) -> str:
    """The first paragraphs of `own_words`, whole, as many as fit into `length` characters; at least one."""
    paragraphs = [piece.strip() for piece in own_words(text).split("\n\n") if piece.strip()]
    kept: list[str] = []
    for piece in paragraphs:
        if kept and sum(map(len, kept)) + len(piece) > length:
            break
        kept.append(piece)
    return "\n\n".join(kept)


def _below_marker(lines: list[str]) -> int:
    """The index after the marker; 0 for a letter without one."""
    for index in range(min(len(lines), 10)):
        if taken := marker_at(lines, index):
            return index + taken
    return 0


def _is_rule(line: str) -> bool:
    plain = line.strip()
    return len(plain) >= _RULE and not plain.strip("-")
