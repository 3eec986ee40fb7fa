"""The text twin's lines: wrapped at 72 columns between words, a no-break space keeping its neighbours together."""

COLUMNS = 72
NBSP = "\u00a0"


def wrap(text: str, first: str = "", rest: str = "", columns: int = COLUMNS) -> str:
    """The text in lines of at most `columns`; `first` and `rest` stand before the first and the other lines.

    Line ends in the text are blanks. A word longer than a line is cut, unless it is a link, which stays whole.
    """
    if len(first) + len(text) <= columns and "\n" not in text and "  " not in text and text == text.strip(" "):
        return (first + text).replace(NBSP, " ")
    lines: list[str] = []
    line = first
    empty = True
    for word in text.split(" ") if "\n" not in text else text.replace("\n", " ").split(" "):
        if not word:
            continue
        if not empty and len(line) + 1 + len(word) > columns:
            lines.append(line)
            line, empty = rest, True
        line = line + word if empty else f"{line} {word}"
        empty = False
        while len(line) > columns and not _is_link(word):
            lines.append(line[:columns])
            line = rest + line[columns:]
    lines.append(line)
    return "\n".join(lines).replace(NBSP, " ")


def indent(text: str, before: str = "> ", columns: int = COLUMNS) -> str:
    """A quotation: every line of the text wrapped by itself, with `before` in front."""
    return "\n".join(
        wrap(line, before, before, columns) if line.strip() else before.rstrip() for line in text.split("\n")
    )


def _is_link(word: str) -> bool:
    return word.startswith(("mailto:", "http://", "https://"))
