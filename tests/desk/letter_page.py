"""An HTML letter as the tests look at it: well nested, its tags and links, and what a reader sees."""

import re
from html.parser import HTMLParser


class Page(HTMLParser):
    """Fails on tags that do not nest; `text` is without style, title and the hidden preheader."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.seen: list[str] = []
        hidden = re.search(r'(?s)<div style="display:none[^>]*>(.*?)</div>', html)
        self.preheader = " ".join(Page(hidden.group(1)).text.split()) if hidden else ""
        self.feed(html.replace(hidden.group(0), "") if hidden else html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        self.tags.append((tag, dict(attrs)))
        if tag == "br":
            self.seen.append("\n")
        elif tag in ("tr", "td", "th", "div"):
            self.seen.append(" ")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """A tag closes: the one that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Words."""
        if not {"style", "title"} & set(self.open):
            self.seen.append(data)

    @property
    def links(self) -> list[str]:
        """Targets, in order."""
        return [attrs["href"] or "" for tag, attrs in self.tags if tag == "a"]

    @property
    def text(self) -> str:
        """What is seen, on one line."""
        return " ".join("".join(self.seen).replace("\u00a0", " ").split())
