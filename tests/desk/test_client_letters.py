"""Letters to clients, every kind in every language about tickets with everything, almost nothing, too much, malice."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from maild.desk.desk import Desk
from maild.desk.outgoing import Outgoing
from maild.domain.people import Agent
from maild.domain.ticket import Ticket
from maild.mail.compose import Rendered, Templates
from maild.mail.markers import MARKERS
from maild.mail.phrase import LANGUAGES
from maild.mail.samples import sample_context
from maild.mail.thread import Signer, clean_subject
from tests.desk.client_samples import KINDS, KOTOVA, PERSONS, WORDS, letter
from tests.desk.letter_page import Page
from tests.desk.notify_desk import SECRET, TEMPLATES, desk
from tests.desk.notify_samples import CONTRACT, fewest, html_of, parsed, text_of, ticket

GOLDEN = Path(__file__).resolve().parents[1] / "mail" / "golden"
MALICE = "<script>alert(1)</script>{{1337*7}}{% raw %}\r\nBcc: x@y.test\u202e\x00 \"onload='x' &lt; Привет"
TAGS = frozenset("html head meta title style body div table tr td th h1 h2 span a b br".split())
FORBIDDEN = (
    r"данн(ый|ого|ой)|осуществля|в связи с|просим вас|убедительно|кратчайш|тикет|кейс|\bSLA\b|гарантир|обязуе"
    r"|даний|здійсню|у зв.язку з|просимо вас|найкоротш|якнайшвидше|тікет|гаранту|зобов.язу|відповідьте"
)


def _longest() -> Ticket:
    long = "Очень длинное название " * 400
    fields = dict.fromkeys(("registration_number", "version", "organisation", "product", "inn"), long)
    return ticket(subject=clean_subject("ы" * 10_000), fields=fields)


def _hostile() -> Ticket:
    base = ticket()
    assert base.entitlement is not None
    fields = dict.fromkeys(("registration_number", "version", "organisation", "product", "inn"), MALICE)
    contract = replace(CONTRACT, organisation=MALICE, product=MALICE)
    return replace(
        base,
        subject=MALICE,
        fields=fields,
        entitlement=replace(base.entitlement, contract=contract),
        message_id="<a\r\nBcc: x@y.test@z>",
        references=("<ok@x.test>", "not an id"),
    )


TICKETS = {"all": ticket, "fewest": fewest, "longest": _longest, "hostile": _hostile}
SAID = {"all": WORDS, "fewest": "Да.", "longest": "Длинное слово. " * 500, "hostile": f"{MALICE}\n> {MALICE}\n{MALICE}"}
GRID = [(kind, language, which) for kind in KINDS for language in ("ru", "en") for which in TICKETS]
GRID += [(kind, "uk", which) for kind in KINDS for which in ("all", "fewest")]
YOUR_REQUEST = {"ru": "Ваше обращение", "en": "Your request", "uk": "Ваше звернення"}


@cache
def _letter(kind: str, language: str, which: str) -> Outgoing:
    author = Agent("x@example.test", MALICE, ()) if which == "hostile" else KOTOVA
    return letter(kind, language, TICKETS[which](), words=SAID[which], author=author)


def _without_links(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.startswith(("mailto:", "https:")))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_text_parts_are_as_a_person_has_approved_them(kind: str, language: str) -> None:
    """Set MAILD_GOLDEN=1 to write them anew after a change of wording, and read the difference."""
    file = GOLDEN / f"{kind}.{language}.txt"
    text = text_of(_letter(kind, language, "all").raw)
    if os.environ.get("MAILD_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind, language, which", GRID)
def test_both_parts_say_the_same(kind: str, language: str, which: str) -> None:
    raw = _letter(kind, language, which).raw
    figures = r"CRM-\d+|\d{1,2}:\d\d|\d+(?=[ \u00a0](?:ч|мин|h|min|год|хв|ноября|Nov|листопада))"
    text, page = _without_links(text_of(raw)), Page(html_of(raw))
    assert re.findall(figures, text) == re.findall(figures, page.text)
    own = "\n".join(re.sub(r"^> ?|^-+ ?$", "", line) for line in text.split("\n"))
    assert re.sub(r"[\W_]+", "", own) == re.sub(r"[\W_]+", "", page.text)


@pytest.mark.parametrize("kind, language, which", GRID)
def test_the_html_holds_in_any_mail_program(kind: str, language: str, which: str) -> None:
    html = html_of(_letter(kind, language, which).raw)
    page = Page(html)
    assert len(html.encode()) <= 60 * 1024
    assert {tag for tag, _ in page.tags} <= TAGS
    assert "src" not in {name for _, attrs in page.tags for name in attrs}
    assert [tag for tag, _ in page.tags].count("h1") == (0 if kind.startswith("answer") else 1)
    assert not re.search(r"url\(|@import|display:flex|float:|var\(", html.replace(MALICE, ""))
    assert 60 <= len(page.preheader) <= 110, page.preheader


@pytest.mark.parametrize("kind, language, which", GRID)
def test_nothing_is_unfilled_and_nothing_is_carried_out(kind: str, language: str, which: str) -> None:
    raw = _letter(kind, language, which).raw
    for part in (text_of(raw), Page(html_of(raw)).text):
        assert not re.search(r"\bNone\b|undefined|&amp;|&lt;b|Markup\(|9359", part)
        assert not re.search(r"[\u202e\x00]", part)
        assert which == "hostile" or "{" not in part
    headers = parsed(raw)
    assert headers["Bcc"] is None and len(headers.get_all("Subject") or ()) == 1
    assert "\n" not in str(headers["From"])


@pytest.mark.parametrize("kind, language, which", GRID)
def test_our_own_words_keep_72_columns_and_do_not_shout(kind: str, language: str, which: str) -> None:
    text = text_of(_letter(kind, language, which).raw)
    said = set(SAID[which].split("\n")) if kind in PERSONS else set()
    for line in text.split("\n"):
        assert len(line) <= 72 or line.startswith(("https://", "http://", "mailto:")) or which == "hostile" or line in {
            each.rstrip() for each in said
        }  # fmt: skip
    assert text.startswith(f"{MARKERS['client', language]}\n{'-' * 40}\n")
    if which in ("all", "fewest"):
        own = text + Page(html_of(_letter(kind, language, which).raw)).text
        assert "!" not in own
        assert not re.search(FORBIDDEN, own, re.IGNORECASE)
        assert not re.search(r"\bsoon\b|shortly|guarantee|important to us|unfortunately", own, re.IGNORECASE)


@pytest.mark.parametrize("kind, language, which", GRID)
def test_the_envelope_and_the_seal(kind: str, language: str, which: str) -> None:
    out = _letter(kind, language, which)
    message = parsed(out.raw)
    person = kind in PERSONS
    quality = kind == "answer-quality"
    assert message["X-Maild-Kind"] == out.kind
    assert kind.startswith(out.kind)
    assert out.mailbox == ("control" if quality else "crm")
    sender = "control@example.test" if quality else "crm@example.test"
    assert message["From"].addresses[0].addr_spec == sender
    assert (out.automatic, out.envelope_from) == (not person, sender if person else "")
    assert bool(message["Auto-Submitted"]) == bool(message["X-Auto-Response-Suppress"]) == (not person)
    assert out.meets_reaction == (person or out.kind == "acknowledgement")
    assert out.asks == (kind == "answer-question")
    assert bool(out.author) == person
    assert message["Reply-To"] is None
    token = Signer(SECRET).read(out.message_id)
    assert token is not None and (token.number, token.role) == ("CRM-000042", "client")
    assert Signer(SECRET).token_is_for(token, out.recipient)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in PERSONS])
def test_letters_of_the_machine_are_short(kind: str, language: str) -> None:
    limits = {"acknowledgement": 70, "receipt": 60, "request-information": 110, "refusal": 100, "notice": 50}
    out = _letter(kind, language, "all")
    body = text_of(out.raw).partition("-" * 40)[2].partition("\n-- \n")[0]
    own = re.sub(r"(?m)^>.*$|^mailto:.*$|^(.+\nhttps://\S+|[^\s:.]{3,22}( [^\s:.]+)?: .*(\n {3,}.*)*)$", "", body)
    # the guide counts 60 words without the labels of the links, which are 14, and without the way in one figure
    assert len(own.split()) <= limits.get(out.kind, 60 + 14 + 12), own


def test_letters_composed_again_are_the_same_bytes() -> None:
    for kind in KINDS:
        assert letter(kind, "ru", ticket()) == letter(kind, "ru", ticket())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_bare_letter_holds_no_word_of_the_clients(kind: str, language: str) -> None:
    secret = "кракозябра барабан wildebeest 555666777 flamingo"
    stranger = ticket(
        acquaintance="bare",
        subject=secret,
        client_name=secret,
        fields={"registration_number": "555666777", "version": "9.8.7.6", "organisation": secret, "product": secret},
    )
    quoting = "Посмотрите ответ ниже, он о вашем вопросе.\n" + "".join(f"> {word}\n" for word in secret.split())
    out = letter(kind, language, stranger, words="Ответ готов." if kind in PERSONS else quoting)
    headers = " ".join(str(value) for name, value in parsed(out.raw).items() if name not in ("To", "References"))
    shown = " ".join((headers, text_of(out.raw), html_of(out.raw)))
    for word in (*secret.split(), "9.8.7.6", "801234567", "Ромашка", "31 декабря", "ПРОФ"):
        assert word not in shown
    assert YOUR_REQUEST[language] in headers


@pytest.mark.parametrize("kind", KINDS)
def test_no_agents_address_reaches_a_client(kind: str) -> None:
    nameless = Agent("kotova@example.test", "kotova@example.test", ())
    for author in (KOTOVA, nameless):
        shown = text_of((out := letter(kind, "ru", ticket(), author=author)).raw) + html_of(out.raw)
        assert "kotova@" not in shown and "kotova@" not in str(parsed(out.raw)["From"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["acknowledgement", "receipt", "request-information"])
def test_who_called_has_written_no_letter(kind: str, language: str) -> None:
    out = letter(f"{kind}-called", language, ticket(assignee=None))
    message = parsed(out.raw)
    assert message["In-Reply-To"] is None and message["References"] is None
    assert message["Subject"] == "Re: [CRM-000042] Не печатается счёт из сделки"
    assert message["Auto-Submitted"] == "auto-generated"
    for late in (True, False):
        when = {"reaction_due": None, "resolution_due": None} if late else {}
        said = html_of(letter(f"{kind}-called", language, ticket(**when)).raw)
        assert not re.search(r"(?i)ваше письмо|письмо получено|в письме|your letter|ваш лист|у листі", said)


def test_several_numbers_on_the_telephone_stand_in_no_letter() -> None:
    from maild.desk import notify
    from maild.domain.service import Entitlement, Verdict

    several = Entitlement(Verdict.AMBIGUOUS, None)
    for written, says in (("<a@b.test>", "В письме несколько номеров."), (None, "Названо несколько номеров.")):
        of = ticket(missing=("registration_number",), entitlement=several, message_id=written)
        out = notify.request_information(desk(), of, of.arrived, key="k")
        assert says in " ".join(text_of(out.raw).split())


def test_the_samples_have_the_shape_of_real_letters() -> None:
    given: dict[str, Any] = {}

    class _Recording(Templates):
        def render(self, kind: str, language: str, context: Any) -> Rendered:
            given[f"{kind} {len(given)}"] = context
            return super().render(kind, language, context)

    recording = _Recording(TEMPLATES.directories)
    for kind in KINDS:
        letter(kind, "ru", ticket(), desk(templates=recording))
    assert len(given) == len(KINDS)
    for kind, context in given.items():
        sample = sample_context(kind.split()[0], "ru")
        assert set(context) == set(sample), kind
        for name, value in context.items():
            assert isinstance(sample[name], type(value) | tuple), (kind, name)


def _texts(at: Desk) -> Iterator[str]:
    for kind in KINDS:
        yield text_of(letter(kind, "ru", ticket(), at).raw)


def test_a_desk_with_nothing_but_its_duty_still_writes_letters() -> None:
    bare = desk(telephone=None, hours_text={}, self_help=(), notes={}, contract_titles={}, refusals={}, hold={})
    for text in _texts(bare):
        assert text and "срок решения стоит" not in text


@pytest.mark.parametrize("event", ["level", "urgent", "development", "reopened"])
def test_a_change_tells_the_planned_time(event: str) -> None:
    said = " ".join(text_of(letter(f"notice-{event}", "ru", ticket()).raw).split())
    assert "до среды, 25 ноября, 16:15 (мск)" in said
    passed = " ".join(text_of(letter(f"notice-{event}", "ru", ticket(resolution_due=ticket().arrived)).raw).split())
    assert "25 ноября" not in passed and "регламентом не задан" not in passed


def test_a_reminder_says_what_we_wait_for_since_when_and_that_the_time_stands() -> None:
    said = " ".join(text_of(letter("notice-reminder", "ru", ticket()).raw).split())
    assert "По обращению CRM-000042 нужен ваш ответ. Вопрос отправлен пт 20 ноября, 15:20 (мск)." in said
    assert "> Счёт не печатается: в сделке не выбрана организация." in said
    assert "Пока мы ждём, срок решения стоит." in said
    assert "Выбирать каждый раз" not in said and "Здравствуйте, Пётр" not in said


def test_a_reminder_quotes_our_letter_without_its_marker_and_footer() -> None:
    sent = text_of(letter("answer-question", "ru", ticket()).raw)
    text = text_of(letter("notice-reminder", "ru", ticket(), words=sent).raw)
    assert "> Счёт не печатается" in text
    assert text.count(MARKERS["client", "ru"]) == 1 and "вопрос к вам" not in text


def test_a_reminder_without_the_question_still_knows_since_when() -> None:
    said = " ".join(text_of(letter("notice-reminder", "ru", ticket(), words="").raw).split())
    assert "пт 20 ноября, 15:20 (мск)" in said and "> " not in said


def test_a_person_who_refuses_says_so_and_first() -> None:
    out = letter("refusal-words", "ru", ticket(cc=("boss@romashka.test",)))
    text = " ".join(text_of(out.raw).split())
    assert (
        text.index("Добрый день, Пётр.") < text.index("Обмен остановил антивирус") < text.index("Такую работу делает")
    )
    assert "Здравствуйте." not in text and "автоматически" not in text
    assert "CRM-000042 · Анна Котова Линия консультаций 1С:CRM crm@example.test" in text
    assert parsed(out.raw)["Cc"].addresses[0].addr_spec == "boss@romashka.test" and out.cc == ("boss@romashka.test",)
    plain = " ".join(text_of(letter("refusal-words", "ru", ticket(), words="Это настройка сервера.").raw).split())
    assert "Здравствуйте. Это настройка сервера." in plain


def test_who_was_accepted_is_not_told_that_we_cannot_accept() -> None:
    said = text_of(letter("refusal-begun", "ru", ticket()).raw)
    assert "Не можем продолжить: вне рамок линии" in said and "Не можем принять" not in said
