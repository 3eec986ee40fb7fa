"""HTML to lines of text, one line for one row of a data table, with a hint where each line stands in the letter.

selectolax (lexbor) reads the markup, a walk over the tree writes lines. inscriptis was tried for this: it costs three
times as much, sets the cells of layout tables side by side, and cannot say which lines came from a quotation.
Limits: 2 MB of markup; where elements are nested deeper than 1,000 levels (lexbor's time grows with the square of the
depth), or there are more than 100,000 tags, only the bare text is kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from maild.mail.markup import INVISIBLE, SPACES, bare_text, is_monstrous
from maild.mail.message import Place

MAX_HTML = 2_000_000


_SKIPPED = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "object", "-comment", "xml", "select"}
)
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "table", "hr"})
_BLOCKS = _PARAGRAPHS | {"div", "li", "dt", "dd", "section", "article", "header", "footer", "nav", "aside", "address"}
_BLOCKS |= {"center", "form", "fieldset", "figure", "tr", "td", "th", "caption", "body", "main", "details", "summary"}
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|!|$)|max-height\s*:\s*0(?:px)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_NO_MARGIN = re.compile(r"margin(?:-bottom)?\s*:\s*0", re.IGNORECASE)
_OUTLOOK_LINE = re.compile(r"border-top\s*:\s*solid\s+#(?:E1E1E1|B5C4DF)", re.IGNORECASE)
_INDENT = re.compile(r"border(?:-left)?\s*:\s*none", re.IGNORECASE)

_PLACES: Mapping[str, Place] = {
    "gmail_quote": Place.QUOTED,
    "gmail_extra": Place.OWN,
    "gmail_signature": Place.SIGNATURE,
    "gmail_attr": Place.QUOTED,
    "yahoo_quoted": Place.QUOTED,
    "protonmail_quote": Place.QUOTED,
    "zmail_extra": Place.QUOTED,
    "tutanota_quote": Place.QUOTED,
    "moz-cite-prefix": Place.QUOTED,
    "moz-forward-container": Place.FORWARDED,
    "moz-signature": Place.SIGNATURE,
    "mailru-blockquote": Place.QUOTED,
    "mail-quote-collapse": Place.QUOTED,
    "js-compose-quote": Place.QUOTED,
    "yandex_quote": Place.QUOTED,
    "k9mail-signature": Place.SIGNATURE,
    "protonmail_signature_block": Place.SIGNATURE,
}
"""Where the classes and ids of mail programs put what is inside them."""

_FROM_HERE = frozenset(
    {"divrplyfwdmsg", "appendonsend", "outlookmessageheader", "isreplycontent", "isforwardcontent"}
) | {"mail-editor-reference-message-container"}
"""Classes and ids from which on all is history."""


@dataclass
class _Writer:
    """Lines being written. `open` is the line that is not finished yet."""

    lines: list[tuple[str, Place | None]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    blank: bool = False
    place: Place | None = None
    cells: list[list[tuple[str, Place | None]]] = field(default_factory=list)
    nested: bool = False
    row_nested: bool = False
    link: tuple[int, str] | None = None

    def text(self, text: str, place: Place | None) -> None:
        if not self.open:
            self.place = place
        self.open.append(text)

    def finish(self) -> None:
        """End the open line, if there is anything on it."""
        line = "".join(self.open)
        self.open = []
        if not line.strip():
            if "\xa0" in line:
                self.gap()
            return
        self.add(SPACES.sub(" ", line).strip(), self.place)

    def add(self, line: str, place: Place | None) -> None:
        if self.blank and self.lines:
            self.lines.append(("", place if self.lines[-1][1] is place else None))
        self.blank = False
        self.lines.append((line, place))

    def gap(self) -> None:
        self.blank = True

    def broken(self) -> None:
        """A `<br>`: ends the line, or is an empty one."""
        if "".join(self.open).strip():
            self.finish()
        else:
            self.open = []
            self.gap()


@dataclass
class _Walk:
    writers: list[_Writer] = field(default_factory=lambda: [_Writer()])
    places: list[tuple[int, Place]] = field(default_factory=list)
    lists: list[int] = field(default_factory=list)
    rest: Place | None = None
    pre: int = 0
    pictures: Mapping[str, str] = field(default_factory=dict)

    @property
    def writer(self) -> _Writer:
        return self.writers[-1]

    @property
    def place(self) -> Place | None:
        return self.places[-1][1] if self.places else self.rest


def html_lines(html: str, pictures: Mapping[str, str] | None = None) -> list[tuple[str, Place | None]]:
    """The readable lines with their hints: QUOTED, FORWARDED, SIGNATURE by the marks of mail programs, else None.

    `pictures`: names of inline pictures by Content-ID; `[name]` is written where such a picture stands.
    """
    html = html[:MAX_HTML].replace("\0", "")
    if is_monstrous(html):
        return [(line, None) for line in bare_text(html)]
    root = LexborHTMLParser(html).body
    if root is None:
        return []
    lines = _written(root, pictures or {}, hidden=False)
    return lines if any(text for text, _ in lines) else _written(root, pictures or {}, hidden=True)


def _written(root: LexborNode, pictures: Mapping[str, str], *, hidden: bool) -> list[tuple[str, Place | None]]:
    walk = _Walk(pictures=pictures)
    node: LexborNode | None = root
    depth = 0
    while node is not None:
        inside = node.first_child if _enter(walk, node, depth, hidden=hidden) else None
        if inside is not None:
            node, depth = inside, depth + 1
            continue
        _leave(walk, node, depth)
        while node is not None and node.next is None and depth > 0:
            node, depth = node.parent, depth - 1
            if node is not None:
                _leave(walk, node, depth)
        node = node.next if node is not None and depth > 0 else None
    walk.writers[0].finish()
    return walk.writers[0].lines


def _enter(walk: _Walk, node: LexborNode, depth: int, *, hidden: bool) -> bool:
    """Write what stands before a node's children. False: do not look inside."""
    tag = node.tag or ""
    if tag == "-text":
        _write_text(walk, node.text_content or "")
        return False
    if tag in _SKIPPED or tag.startswith(("v:", "w:", "m:")):
        return False
    if tag == "br":
        walk.writer.broken()
        return False
    attributes = node.attributes
    style = attributes.get("style") or "" if attributes else ""
    if not hidden and attributes and ("hidden" in attributes or (style and _HIDDEN.search(style))):
        return False
    if tag == "img":
        _show(walk, attributes)
        return False
    if tag in _BLOCKS:
        walk.writer.finish()
        if tag in _PARAGRAPHS and not _tight(tag, attributes, style):
            walk.writer.gap()
    _mark(walk, tag, attributes, style, depth)
    _open(walk, tag, attributes)
    return True


def _show(walk: _Walk, attributes: Mapping[str, str | None]) -> None:
    """An inline picture (RFC 2392) as its name in brackets; any other picture is nothing to read."""
    source = ((attributes.get("src") if attributes else None) or "").strip()
    name = walk.pictures.get(unquote(source[4:])) if source[:4].lower() == "cid:" else None
    if name:
        walk.writer.text(f"[{name}]", walk.place)


def _write_text(walk: _Walk, text: str) -> None:
    text = INVISIBLE.sub("", text)
    if not walk.pre:
        if text.isspace() and "\xa0" not in text:
            text = " " if walk.writer.open else ""
        if text:
            walk.writer.text(text, walk.place)
        return
    first, *rest = text.split("\n")
    walk.writer.text(first, walk.place)
    for line in rest:
        walk.writer.broken()
        walk.writer.text(line, walk.place)


def _tight(tag: str, attributes: Mapping[str, str | None], style: str) -> bool:
    """Paragraphs that stand without a gap: Word makes one of every line."""
    if tag == "table":
        return True
    kind = attributes.get("class") or "" if attributes else ""
    return tag == "p" and ("MsoNormal" in kind or "MsoPlainText" in kind or bool(_NO_MARGIN.search(style)))


def _mark(walk: _Walk, tag: str, attributes: Mapping[str, str | None], style: str, depth: int) -> None:
    """Note which place this element opens, by the marks of the mail programs."""
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower().split() if attributes else []
    place = None
    for name in names:
        name = name.removeprefix("x_")
        if name in _FROM_HERE:
            walk.rest = Place.QUOTED
        place = _PLACES.get(name, place)
        if name == "signature":
            place = Place.SIGNATURE
    if style and _OUTLOOK_LINE.search(style):
        walk.rest = Place.QUOTED
    if tag == "blockquote" and place is None and not _INDENT.search(style):
        place = Place.QUOTED
    outer = walk.place
    if outer in (Place.QUOTED, Place.FORWARDED):
        place = outer
    if place is not None and place is not Place.OWN:
        walk.places.append((depth, place))


def _open(walk: _Walk, tag: str, attributes: Mapping[str, str | None]) -> None:
    if tag in ("ul", "ol"):
        start = (attributes.get("start") or "1") if tag == "ol" else "0"
        walk.lists.append(int(start) if start.isdecimal() and len(start) < 6 else 1)
    elif tag == "li":
        number = walk.lists[-1] if walk.lists else 0
        walk.writer.text(f"{number}. " if number else "- ", walk.place)
        if number:
            walk.lists[-1] += 1
    elif tag == "pre":
        walk.pre += 1
    elif tag == "hr":
        walk.writer.add("_" * 30, walk.place)
    elif tag in ("td", "th"):
        walk.writers.append(_Writer())
    elif tag == "table":
        walk.writer.nested = True
    elif tag == "a":
        walk.writer.link = (len(walk.writer.open), (attributes.get("href") or "") if attributes else "")


def _leave(walk: _Walk, node: LexborNode, depth: int) -> None:
    tag = node.tag or ""
    if tag == "-text":
        return
    if tag in _BLOCKS:
        walk.writer.finish()
    if tag in ("td", "th") and len(walk.writers) > 1:
        cell = walk.writers.pop()
        cell.finish()
        walk.writer.row_nested |= cell.nested
        walk.writer.cells.append(cell.lines)
    elif tag in ("tr", "table"):
        _end_row(walk.writer)
    elif tag in ("ul", "ol") and walk.lists:
        walk.lists.pop()
    elif tag == "a":
        _end_link(walk)
    elif tag == "pre" and walk.pre:
        walk.pre -= 1
    if tag in _PARAGRAPHS and tag != "table" and not _tight(tag, node.attributes, (node.attributes.get("style") or "")):
        walk.writer.gap()
    while walk.places and walk.places[-1][0] >= depth:
        walk.places.pop()


def _end_link(walk: _Walk) -> None:
    """The target of a link whose words do not show it, such as a portal's address behind the word "portal"."""
    writer = walk.writer
    at, target = writer.link or (0, "")
    writer.link = None
    words = "".join(writer.open[at:]).strip()
    if words and "." not in words and target.startswith(("http://", "https://")) and len(target) <= 200:
        writer.text(f" <{target}>", walk.place)


def _end_row(writer: _Writer) -> None:
    """One row of a data table is one line, its cells two blanks apart; cells of a layout table follow each other."""
    cells = [[line for line in cell if line[0]] for cell in writer.cells]
    cells = [cell for cell in cells if cell]
    whole, writer.cells = writer.cells, []
    nested, writer.row_nested = writer.row_nested, False
    if not cells:
        return
    size = sum(len(text) for cell in cells for text, _ in cell)
    if len(cells) > 1 and not nested and size <= 400 and all(len(cell) <= 3 for cell in cells):
        writer.add("  ".join(" ".join(text for text, _ in cell) for cell in cells), cells[0][0][1])
        return
    for cell in whole:
        for text, place in cell:
            if text:
                writer.add(text, place)
            else:
                writer.gap()
