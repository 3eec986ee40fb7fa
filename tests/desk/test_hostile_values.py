"""Malice in everything that a letter to the desk tells beside the ticket: names, titles, files, facts, ledgers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from maild.desk import notify
from maild.desk.desk import Desk
from maild.desk.facts import Fact, Facts, Failure, News, Report, Said, Undone
from maild.desk.outgoing import Outgoing
from maild.domain.people import Agent, Line, People
from maild.domain.rules import CannedAnswer, Refusal
from maild.domain.service import Level
from maild.domain.ticket import Status
from maild.mail.commands import read_orders
from maild.mail.mime import File
from tests.desk.letter_page import Page
from tests.desk.notify_desk import desk, moment
from tests.desk.notify_samples import NOW, html_of, parsed, text_of, ticket

MALICE = (
    "</title></td></table><script>alert(1)</script><img src=x onerror=y>{{1337*7}}{% raw %}\r\nBcc: x@y.test\r\n\r\n"
    "\u202e\u200b\x00\"' onload='x' #решено ' &lt; Привет <!-- "
)
IVANOV, KOTOVA, QUALITY = "ivanov@example.test", "kotova@example.test", "quality@example.test"
FILES = tuple(File(name, kind, b"1") for name, kind in ((MALICE, MALICE), ("", ""), ("/" * 300, "text/html; x=\r\n")))
SAID = Said(MALICE * 3, moment(23, 9), MALICE)
EARLIER = tuple(ticket(number=f"CRM-{n:06d}", subject=MALICE) for n in range(7))
OF = ticket(
    subject=MALICE,
    client_name=MALICE,
    fields=dict.fromkeys(("registration_number", "version", "organisation", "product", "inn", MALICE), MALICE),
    doubt=f"out of scope: {MALICE}; the refusal «out-of-scope» is prepared; {MALICE}",
    refusal="out-of-scope",
    cc=("boss@romashka.test",),
)


def _desk(language: str) -> Desk:
    """A regulation that malice wrote."""
    text = {"ru": MALICE, "en": MALICE}
    made = desk(
        language,
        name=MALICE,
        levels={key: Level(key, MALICE, 8 * 3600, 24 * 3600) for key in ("standard", "urgent")},
        refusals={"out-of-scope": Refusal("out-of-scope", text, text, text, "refuse")},
        canned={"hide-field": CannedAnswer("hide-field", text, text)},
    )
    lines = {key: Line(key, MALICE, key == "consultants", "managers") for key in ("consultants", "managers")}
    agents = tuple(Agent(address, MALICE, ("consultants", "managers")) for address in (IVANOV, KOTOVA))
    return replace(made, regulation=replace(made.regulation, people=People(agents, lines, (QUALITY,))))


def _request(at: Desk, why: str, to: str = IVANOV) -> Outgoing:
    news = News(why, SAID, FILES, EARLIER, 7, (MALICE, MALICE), MALICE, ("hide-field", MALICE))
    new = replace(OF, status=Status.NEW, rating=2)
    return notify.request(at, new, NOW, to, key=f"{why}{to}", news=news)


def _report(at: Desk, report: Report) -> Outgoing:
    return notify.confirmation(at, OF, NOW, KOTOVA, key="c", report=report)


FACTS = (
    Fact("did assigned", {"name": MALICE}),
    Fact("did level", {"title": MALICE}),
    Fact("did noted", {"names": [MALICE, MALICE]}),
    Fact("did will leave", {"when": MALICE}),
    Fact("did unsent", {"lines": MALICE * 50}),
)
FAILED = tuple(
    Failure(MALICE, Fact(key, {"line": MALICE, "against": MALICE, "names": MALICE, "status": MALICE}), MALICE)
    for key in ("not a command", "contradicts", "no such reason", "not in this status", "leak")
)
LETTERS: Mapping[str, Callable[[Desk], Outgoing | None]] = {
    **{
        f"request {why}": lambda at, why=why: _request(at, why)
        for why in ("new", "more", "third", "handed", "assigned", "urgent", "reopened", "rated")
    },
    "request to quality": lambda at: _request(at, "urgent", QUALITY),
    "note": lambda at: notify.note(at, OF, NOW, IVANOV, key="n", said=SAID, files=FILES),
    "answered": lambda at: notify.note(
        at, OF, NOW, IVANOV, key="n", said=SAID, files=FILES, answered=True, effect="solution"
    ),
    "done": lambda at: _report(at, Report(FACTS, (Fact("sent", {"kind": MALICE, "to": MALICE}),), files=FILES)),
    "failed": lambda at: _report(at, Report(failed=FAILED, text=MALICE * 9, card=True)),
    "one failed": lambda at: _report(at, Report(failed=FAILED[:1], text=MALICE)),
    "undelivered": lambda at: _report(
        at, Report(failed=(Failure("", Fact("undelivered", {"address": MALICE, "why": MALICE})),))
    ),
    "crossed": lambda at: _report(
        at,
        Report(failed=(Failure("", Fact("crossed", {"name": MALICE, "when": MALICE})),), text=MALICE, newer=SAID),
    ),
    "ledger": lambda at: _report(at, Report(ledger=(MALICE,) * 40, card=True, heading=MALICE)),
    "queue": lambda at: _report(at, Report(queue=EARLIER * 9)),
    "complaint": lambda at: notify.complaint(
        at,
        replace(OF, category="quality"),
        NOW,
        QUALITY,
        key="q",
        said=SAID,
        about=OF,
        story=(MALICE,) * 20,
        files=FILES,
    ),
    "digest": lambda at: notify.digest(at, EARLIER, NOW, IVANOV, key="d", line="consultants", flood=MALICE),
    "warning": lambda at: notify.warning(
        at, OF, "resolution", NOW, at.regulation.people.agents[0], key="w", facts=Facts(SAID, SAID, warned_to=MALICE)
    ),
    "escalation": lambda at: notify.escalation(
        at,
        OF,
        "resolution",
        "breach",
        moment(27, 10),
        QUALITY,
        key="e",
        facts=Facts(SAID, SAID, (Undone(moment(20, 9), MALICE, MALICE),), moment(20, 9), MALICE),
        repeat_at=moment(28, 10),
    ),
    "answer": lambda at: notify.answer(
        at, OF, NOW, key="a", words=MALICE, author=at.regulation.people.agents[0], files=FILES
    ),
    "rating": lambda at: notify.rating(at, OF, NOW, key="r", solution=SAID),
    "refusal": lambda at: notify.refusal(
        at, replace(OF, status=Status.REFUSED), NOW, key="x", words=MALICE, author=at.regulation.people.agents[0]
    ),
    "reminder": lambda at: notify.notice(at, OF, NOW, key="m", event="reminder", question=SAID),
    "level": lambda at: notify.notice(at, OF, NOW, key="l", event="level"),
}
TAGS = frozenset("html head meta title style body div table tr td th h1 h2 span a b br".split())


@pytest.mark.parametrize("language", ["ru", "en", "uk"])
@pytest.mark.parametrize("kind", LETTERS)
def test_malice_is_shown_as_words_and_does_nothing(kind: str, language: str) -> None:
    out = LETTERS[kind](_desk(language))
    assert out is not None
    message, html, text = parsed(out.raw), html_of(out.raw), text_of(out.raw)
    page = Page(html)
    assert {tag for tag, _ in page.tags} <= TAGS
    assert not any(name.startswith("on") or name == "src" for _, attrs in page.tags for name in attrs)
    assert message["Bcc"] is None and len(message.get_all("Subject") or ()) == len(message.get_all("From") or ()) == 1
    assert len(html.encode()) <= 60 * 1024
    for part in (text, page.text):
        assert "9359" not in part and "{{1337*7}}" in part.replace(" ", "")
        assert not any(sign in part for sign in "\u202e\x00")
    for part in message.iter_attachments():
        assert not set(part.get_filename() or "") & set("/\\\r\n\u202e")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("kind", LETTERS)
def test_a_link_still_says_one_command_and_no_more(kind: str, language: str) -> None:
    out = LETTERS[kind](_desk(language))
    assert out is not None
    for link in (link for link in Page(html_of(out.raw)).links if "body=" in link):
        assert link.isascii() and len(link) <= 1900
        query = dict(parse_qsl(link.partition("?")[2], strict_parsing=True))
        assert set(query) <= {"subject", "body", "In-Reply-To"}
        lines = query["body"].replace("\r\n", "\n").split("\n")
        if out.kind != "rating":
            assert lines[1] == "" and lines[2].startswith("maild:") and lines[3:] in ([], [""])
            orders = read_orders(query["body"].replace("\r\n", "\n"))
            assert len(orders.commands) == 1 and not orders.bad
