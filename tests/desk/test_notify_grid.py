"""Every kind of letter, in every language, about tickets with everything, almost nothing, too much and malice."""

import re
from dataclasses import replace
from functools import cache, cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, unquote

import pytest
from maild.data import data_dir
from maild.desk.facts import Facts, Said, Undone
from maild.desk.outgoing import Outgoing
from maild.domain.ticket import Ticket
from maild.mail.commands import read_orders
from maild.mail.phrase import LANGUAGES
from maild.mail.thread import Signer, clean_subject
from tests.desk.notify_desk import SECRET, desk, moment, rules
from tests.desk.notify_samples import (
    CONTRACT,
    FACTS,
    KINDS,
    fewest,
    html_of,
    letter,
    parsed,
    text_of,
    ticket,
)
from tests.desk.notify_staff_samples import STAFF_KINDS

MALICE = "<script>alert(1)</script>{{1337*7}}{% raw %}\r\nBcc: x@y.test\u202e\u200b\x00 \"onload='x' &lt; Привет"
HOSTILE_FACTS = Facts(
    client=Said(MALICE + "\n" + "<&\"'>" * 800, moment(23, 9), MALICE),
    ours=Said(MALICE * 100, moment(23, 9), MALICE),
    undone=(Undone(moment(23, 9), MALICE, MALICE), Undone(moment(23, 9), "not-taken", MALICE)),
    warned_at=moment(20, 15),
    warned_to=MALICE,
    queue=1,
)


def _longest() -> Ticket:
    words = "Очень длинное название " * 400
    fields = dict.fromkeys(("registration_number", "version", "organisation", "product", "inn"), words + "ы" * 3_000)
    return ticket(subject=clean_subject("ы" * 10_000), fields=fields, unrecognised={"version": "ы" * 5_000})


def _hostile() -> Ticket:
    fields = dict.fromkeys(("registration_number", "version", "organisation", "product", "inn"), MALICE)
    contract = replace(CONTRACT, organisation=MALICE, product=MALICE)
    base = ticket()
    assert base.entitlement is not None
    entitlement = replace(base.entitlement, contract=contract)
    return replace(
        base,
        subject=MALICE,
        fields=fields,
        client_name=MALICE,
        unrecognised={"version": MALICE},
        entitlement=entitlement,
        assignee="x<y>@example.test",
        message_id="<a\r\nBcc: x@y.test@z>",
        references=("<ok@x.test>", "not an id", "<b c@d>"),
    )


TICKETS = {"all": ticket, "fewest": fewest, "longest": _longest, "hostile": _hostile}
TAGS = frozenset("html head meta title style body div table tr td th h1 h2 span a b br".split())
LAYOUT = frozenset("role width align valign bgcolor cellpadding cellspacing border scope".split())
ATTRIBUTES = LAYOUT | {"class", "style", "lang", "href", "charset", "name", "content"}
FORBIDDEN = (
    r"данн(ый|ого|ой)|осуществля|в связи с|просим вас|убедительно|кратчайш|тикет|кейс|\bSLA\b|гарантир|обязуе"
    r"|даний|здійсню|у зв.язку з|просимо вас|найкоротш|якнайшвидше|тікет|гаранту|зобов.язу|відповідьте"
)
LINKS = {
    **dict.fromkeys(("digest", "digest-quality", "digest-flood", "confirmation-crossed"), 1),
    **dict.fromkeys(("note", "note-answered", "complaint-letter"), 2),
    **dict.fromkeys(("warning", "warning-reaction", "escalation", "request-urgent"), 3),
    "escalation-reminder": 4,
    "request-more": 5,
    "request": 6,
    "complaint": 6,
    "request-triage": 7,
}
"""Kinds with quick links, and how many at least."""
CONTROL = frozenset({"quality-receipt", "complaint", "complaint-letter", "digest-quality"})
"""What leaves from the quality mailbox."""
AUDIENCE = {
    **dict.fromkeys(("warning", "warning-reaction", "escalation", "escalation-reminder", "note"), "colleagues"),
    **dict.fromkeys(("digest", "digest-quality", "digest-flood", "confirmation-queue"), None),
    "request-urgent": "colleagues",
}
"""Whom a plain reply reaches, where it is not the client."""
GRID = [(kind, language, which) for kind in KINDS for language in ("ru", "en") for which in TICKETS]
GRID += [(kind, "uk", which) for kind in KINDS for which in ("all", "fewest")]


@cache
def _letter(kind: str, language: str, which: str) -> Outgoing:
    facts = HOSTILE_FACTS if which == "hostile" else Facts() if which == "fewest" else FACTS
    return letter(kind, language, TICKETS[which](), facts=facts)


class _Page(HTMLParser):
    """Checks that tags nest, and gathers tags, links and what a reader sees."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.seen: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("br", "tr", "td", "th", "div"):
            self.seen.append(" ")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.seen.append(data)

    @property
    def links(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.tags if tag == "a"]

    @cached_property
    def text(self) -> str:
        return " ".join("".join(self.seen).replace("\u00a0", " ").split())


@cache
def _page(html: str) -> _Page:
    return _Page(html)


@pytest.mark.parametrize("kind, language, which", GRID)
def test_both_parts_say_the_same_times_and_numbers(kind: str, language: str, which: str) -> None:
    raw = _letter(kind, language, which).raw
    text, html = re.sub("(?m)^mailto:.*$", "", text_of(raw)), html_of(raw)
    assert text.strip()
    if kind == "operator":
        assert html == ""
        return
    figures = r"CRM-\d+|\d{1,2}:\d\d|\d+(?=[ \u00a0](?:ч|мин|h|min|год|хв|ноября|Nov|листопада))"
    seen = _page(re.sub(r'(?s)<div style="display:none.*?</div>', "", html)).text
    assert re.findall(figures, text) == re.findall(figures, seen)


@pytest.mark.parametrize("kind, language, which", GRID)
def test_the_html_holds_in_any_mail_program(kind: str, language: str, which: str) -> None:
    html = html_of(_letter(kind, language, which).raw)
    if not html:
        return
    assert len(html.encode()) <= 60 * 1024
    page = _page(html)
    tags = {tag for tag, _ in page.tags}
    assert tags <= TAGS
    assert {name for _, attrs in page.tags for name in attrs} <= ATTRIBUTES
    assert [tag for tag, _ in page.tags].count("h1") == 1
    languages = [attrs.get("lang") for tag, attrs in page.tags if tag in ("html", "body")]
    assert languages == [language, language]
    assert next(attrs for tag, attrs in page.tags if tag == "table")["lang"] == language
    for data_table in (attrs for tag, attrs in page.tags if tag == "th"):
        assert data_table["scope"] in ("row", "col")
    assert not re.search(r"url\(|@import|display:flex|float:|var\(", html)


@pytest.mark.parametrize("kind, language, which", GRID)
def test_nothing_is_unfilled_and_nothing_is_carried_out(kind: str, language: str, which: str) -> None:
    raw = _letter(kind, language, which).raw
    for part in (text_of(raw), _page(html_of(raw)).text if html_of(raw) else ""):
        assert not re.search(r"\bNone\b|undefined|&amp;|&lt;b|Markup\(|9359", part.replace("&lt; Привет", ""))
        if which != "hostile":
            assert "{{" not in part and "{%" not in part and "{" not in part
        assert not re.search(r"[\u202e\u200b\x00]", part)
    headers = parsed(raw)
    assert headers["Bcc"] is None
    assert len(headers.get_all("Subject")) == 1


@pytest.mark.parametrize("kind, language, which", GRID)
def test_the_text_keeps_72_columns_but_for_links(kind: str, language: str, which: str) -> None:
    for line in text_of(_letter(kind, language, which).raw).split("\n"):
        assert len(line) <= 72 or line.startswith(("https://", "http://", "mailto:"))
        assert "\u00a0" not in line
    assert "\n\n\n" not in text_of(_letter(kind, language, which).raw)


@pytest.mark.parametrize("kind, language, which", [case for case in GRID if case[2] in ("all", "fewest")])
def test_no_shouting_and_none_of_the_forbidden_words(kind: str, language: str, which: str) -> None:
    raw = _letter(kind, language, which).raw
    own = "\n".join(line for line in text_of(raw).split("\n") if not line.startswith(">"))
    assert "!" not in own
    page = _page(html_of(raw)).text if html_of(raw) else ""
    assert "!" not in page
    assert not re.search(FORBIDDEN, own + page, re.IGNORECASE)
    assert not re.search(r"\bsoon\b|shortly|guarantee|important to us|unfortunately", own + page, re.IGNORECASE)


@pytest.mark.parametrize("kind, language, which", GRID)
def test_the_preheader_has_a_good_length(kind: str, language: str, which: str) -> None:
    html = html_of(_letter(kind, language, which).raw)
    if html:
        preheader = re.search(r'mso-hide:all">(.*?)</div>', html, re.DOTALL)
        assert preheader is not None
        words = " ".join(_page(f"<html>{preheader.group(1)}</html>").text.split())
        assert 60 <= len(words) <= 110, words


@pytest.mark.parametrize("kind, language, which", GRID)
def test_every_mailto_is_a_whole_command(kind: str, language: str, which: str) -> None:
    out = _letter(kind, language, which)
    commands = [link for link in _page(html_of(out.raw)).links if "?" in link] if html_of(out.raw) else []
    assert len(commands) >= LINKS.get(kind, 0)
    assert bool(commands) == (kind in LINKS)
    for link in commands:
        assert link.isascii() and len(link) <= 420
        assert "+" not in link
        target, _, query = link.removeprefix("mailto:").partition("?")
        assert unquote(target) == ("control" if kind in CONTROL - {"complaint"} else "crm") + "@example.test"
        parameters = parse_qsl(query, strict_parsing=True)
        values = dict(parameters)
        number = None if kind.startswith("digest") else "CRM-000050" if kind == "complaint-letter" else "CRM-000042"
        assert values["subject"].startswith(f"[{number}] " if number else "queue")
        if kind == "complaint":  # its links are about the ticket that is complained of, so they answer nothing
            assert list(values) == ["subject", "body"]
        else:
            assert [name for name, _ in parameters] == ["subject", "body", "In-Reply-To"]
            assert values["In-Reply-To"] == out.message_id
        lines = values["body"].split("\r\n")
        orders = read_orders(values["body"])
        assert (orders.bad, orders.text, len(orders.commands)) == ((), "", 1)
        assert lines[0].isascii() and orders.commands[0].line == lines[0]
        token = Signer(SECRET).read_code(values["body"])
        assert token is not None and token.message_id == lines[-1]
        assert token.number == number
        assert Signer(SECRET).token_is_for(token, out.recipient)


@pytest.mark.parametrize("kind, language, which", GRID)
def test_the_envelope_and_the_seal(kind: str, language: str, which: str) -> None:
    out = _letter(kind, language, which)
    message = parsed(out.raw)
    header_kind = kind if kind == "request-information" else re.sub(r"^quality-|-(?!receipt).*$", "", kind)
    assert message["X-Maild-Kind"] == out.kind == header_kind
    assert message["X-Maild-Ticket"] == out.ticket
    assert message["Message-ID"] == out.message_id
    assert message["To"].addresses[0].addr_spec == out.recipient
    assert (out.envelope_from, out.automatic) == ("", True)
    assert message["Auto-Submitted"] in ("auto-replied", "auto-generated")
    assert out.meets_reaction == (kind == "acknowledgement")
    token = Signer(SECRET).read(out.message_id)
    assert token is not None and token.number == out.ticket
    assert Signer(SECRET).token_is_for(token, out.recipient)
    assert out.mailbox == ("control" if kind in CONTROL else "crm")
    assert out.audience == AUDIENCE.get(kind, "client" if kind in STAFF_KINDS else None)


def test_letters_composed_again_are_the_same_bytes() -> None:
    for kind in KINDS:
        assert letter(kind, "ru", ticket()) == letter(kind, "ru", ticket())


def _luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_can_be_read_on_its_ground() -> None:
    macros = (data_dir("templates") / "letter.html.j2").read_text(encoding="utf-8")
    light = set(re.findall(r"[;\"]\s*color:(#[0-9a-f]{6})", macros)) | set(re.findall(r'"(#[0-9a-f]{6})"[,}]', macros))
    dark = set(re.findall(r"\.(?:ink|muted|link|late|near|fine)\{color:(#[0-9a-f]{6})", macros))
    assert len(light) == 6 and len(dark) == 6
    for colour in light:
        assert _contrast(colour, "#ffffff") >= 4.5 and _contrast(colour, "#f4f6f7") >= 4.5
    for colour in dark:
        assert _contrast(colour, "#15181b") >= 4.5 and _contrast(colour, "#1f2428") >= 4.5


def test_every_class_with_a_colour_changes_in_the_dark() -> None:
    macros = (data_dir("templates") / "letter.html.j2").read_text(encoding="utf-8")
    used = {name for names in re.findall(r'class="([a-z ]+)"', macros) for name in names.split()}
    declared = set(re.findall(r"\.([a-z]+)\{", macros))
    assert used <= declared


def test_templates_hold_no_style_of_their_own() -> None:
    for path in Path(data_dir("templates")).rglob("*.j2"):
        text = path.read_text(encoding="utf-8")
        assert "|safe" not in text and "autoescape" not in text
        if path.parent.name in LANGUAGES:
            assert "#0a5299" not in text and "<td" not in text and "<table" not in text


def test_a_desk_with_nothing_but_its_duty_still_writes_letters() -> None:
    bare = desk(telephone=None, hours_text={}, self_help=(), notes={}, contract_titles={}, refusals={}, hold={})
    for kind in KINDS:
        assert text_of(letter(kind, "ru", ticket(), bare).raw)
    assert rules().telephone
