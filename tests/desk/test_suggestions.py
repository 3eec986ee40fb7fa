"""What letters to clients add of the regulation: links by topic, hints, offered fields, addressees, "from" so long."""

import re
from dataclasses import replace
from typing import Any

import pytest
from maild.data import data_dir
from maild.desk import notify
from maild.desk.deeds import refuse
from maild.desk.desk import Desk
from maild.desk.outgoing import Outgoing
from maild.desk.suggestions import topics_of_letter, topics_of_ticket
from maild.domain.intake import OutOfScope
from maild.domain.rules import Hint, SelfHelp
from maild.domain.service import Level
from maild.domain.ticket import Status, Ticket
from maild.mail.parse import parse
from maild.regulation.desk import load_desk
from maild.regulation.topics import load_topics
from maild.store.schema import letters
from maild.tomlfile import TomlFile
from tests.desk.letter_page import Page
from tests.desk.notify_desk import desk, moment
from tests.desk.notify_samples import NOW, html_of, text_of, ticket
from tests.desk.office import LACKING, OLGA, WHOLE, Office

ALL = ("acknowledgement", "receipt", "refusal", "request-information")
HOUR = 3600
LINKS = (
    SelfHelp({"ru": "Общая"}, "https://help.example.test/", ALL),
    SelfHelp(
        {"ru": "Почта", "en": "Mail"}, "https://help.example.test/mail", ALL, when=("почта",), topic="self_help.1"
    ),
    SelfHelp({"ru": "Обмен"}, "https://help.example.test/exchange", ALL, when=("обмен",), topic="self_help.2"),
    SelfHelp({"ru": "Лицензии"}, "https://help.example.test/licence", ALL, category=("licensing",)),
    SelfHelp({"ru": "Вторая общая"}, "https://help.example.test/2", ALL),
    SelfHelp({"ru": "Третья общая"}, "https://help.example.test/3", ALL),
    SelfHelp({"ru": "Только отказ"}, "https://help.example.test/no", ("refusal",)),
)
HINTS = (
    Hint({"ru": "Поддержка облака бесплатна."}, "https://cloud.example.test/", ALL, fields={"product": ("облако",)}),
    Hint({"ru": "Поддержка коробки бесплатна."}, "", ALL, fields={"product": ("1С:CRM проф", "коробка")}),
    Hint({"ru": "По почте поможет AnyDesk."}, "", ALL, when=("почта",), topic="hints.2"),
    Hint({"ru": "Третья подсказка."}, "", ALL),
    Hint({"ru": "Четвёртая подсказка."}, "", ALL),
)


def letter(kind: str, at: Desk, of: Ticket, **values: Any) -> Outgoing:
    """A letter of one of the kinds that carry suggestions."""
    match kind:
        case "acknowledgement":
            return notify.acknowledgement(at, of, NOW, key=kind, **values)
        case "receipt":
            return notify.receipt(at, replace(of, status=Status.NEW), NOW, key=kind, **values)
        case "refusal":
            return notify.refusal(at, replace(of, refusal="out-of-scope"), NOW, key=kind, **values)
        case _:
            return notify.request_information(at, replace(of, missing=("version",)), NOW, key=kind, **values)


def said(out: Outgoing) -> str:
    """The text part on one line."""
    return " ".join(text_of(out.raw).split())


@pytest.mark.parametrize("kind", ALL)
def test_a_bare_address_gets_what_stands_in_every_letter(kind: str) -> None:
    stranger = ticket(acquaintance="bare", category="licensing", kind="server")
    server = OutOfScope("server", {"ru": "настройка сервера"}, {"ru": "ваш администратор"}, "out-of-scope", "refuse")
    at = desk(self_help=LINKS, hints=HINTS)
    intake = replace(at.regulation.intake, out_of_scope={"server": server})
    at = replace(at, regulation=replace(at.regulation, intake=intake))
    topics = frozenset({"self_help.1", "self_help.2", "hints.2"})
    out = letter(kind, at, stranger, topics=topics)
    assert _links(out) == ["", "2", "3"]
    text = said(out)
    assert "Третья подсказка." in text and "коробки" not in text and "AnyDesk" not in text
    assert "сервера" not in text and "администратор" not in text


def test_a_hint_does_not_tell_an_untied_address_what_the_registry_knows() -> None:
    at = desk(hints=HINTS)
    assert "Поддержка коробки" in said(letter("receipt", at, ticket()))
    assert "Поддержка коробки" not in said(letter("receipt", at, ticket(acquaintance="own")))
    written = {**ticket().fields, "product": "коробка"}
    assert "Поддержка коробки" in said(letter("receipt", at, ticket(acquaintance="own", fields=written)))


def _links(out: Outgoing) -> list[str]:
    return re.findall(r"(?m)^https://help\.example\.test/(\S*)$", text_of(out.raw))


@pytest.mark.parametrize("kind", ALL)
def test_links_of_the_topic_come_first_and_three_at_most(kind: str) -> None:
    at = desk(self_help=LINKS)
    assert _links(letter(kind, at, ticket())) == ["", "2", "3"]
    assert _links(letter(kind, at, ticket(), topics=frozenset({"self_help.2"}))) == ["exchange", "", "2"]
    licensing = ticket(category="licensing")
    assert _links(letter(kind, at, licensing, topics=frozenset({"self_help.1"}))) == ["mail", "", "licence"]
    only = desk(self_help=LINKS[-1:])
    assert _links(letter(kind, only, ticket())) == (["no"] if kind == "refusal" else [])


@pytest.mark.parametrize("kind", ALL)
def test_hints_by_value_and_topic_and_two_at_most(kind: str) -> None:
    at = desk(hints=HINTS)
    first = said(letter(kind, at, ticket()))
    assert "Поддержка коробки бесплатна." in first and "Третья подсказка." in first
    assert "облака" not in first and "AnyDesk" not in first and "Четвёртая" not in first
    about = letter(kind, at, ticket(), topics=frozenset({"hints.2"}))
    assert "По почте поможет AnyDesk. Поддержка коробки бесплатна." in said(about)
    cloud = letter(kind, at, ticket(fields={"product": "ОБЛАКО"}, entitlement=None))
    assert "Поддержка облака бесплатна. https://cloud.example.test/" in said(cloud)
    assert "Поддержка облака бесплатна." in Page(html_of(cloud.raw)).text
    assert 'href="https://cloud.example.test/"' in html_of(cloud.raw)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"version": "1.0"}, {"Версия первая.", "Первая или неизвестна.", "first"}),
        ({"version": "2.0"}, set()),
        ({"version": None}, {"Версию не знаем.", "Первая или неизвестна.", "unknown"}),
        ({"version": ""}, {"Версию не знаем.", "Первая или неизвестна.", "unknown"}),
        ({}, {"Версию не знаем.", "Первая или неизвестна.", "unknown"}),
    ],
)
def test_a_value_that_is_not_known_is_asked_for_as_empty(fields: dict[str, str | None], shown: set[str]) -> None:
    def link(name: str, *values: str) -> SelfHelp:
        return SelfHelp({"ru": name}, f"https://help.example.test/{name}", fields={"version": values})

    hints = tuple(
        Hint({"ru": text}, fields={"version": values})
        for text, values in {
            "Версия первая.": ("1.0",),
            "Первая или неизвестна.": ("", "1.0"),
            "Версию не знаем.": ("",),
        }.items()
    )
    at = desk(hints=hints, self_help=(link("first", "1.0"), link("unknown", "")))
    out = letter("receipt", at, ticket(fields=fields, entitlement=None))
    words = {text for text in ("Версия первая.", "Первая или неизвестна.", "Версию не знаем.") if text in said(out)}
    assert words | set(_links(out)) == shown


def test_they_are_in_the_clients_language_and_never_in_a_complaint() -> None:
    at = desk(self_help=LINKS, hints=HINTS)
    english = letter("receipt", at, ticket(language="en"), topics=frozenset({"self_help.1"}))
    assert "Mail https://help.example.test/mail" in said(english)
    complaint = ticket(category="quality", mailbox="control")
    control = letter("receipt", at, complaint, offered=("version",))
    assert _links(control) == [] and "подсказка" not in said(control) and "быстрее" not in said(control)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("kind", ["acknowledgement", "receipt"])
def test_what_would_help_is_one_short_paragraph(kind: str, language: str) -> None:
    words = {
        "ru": "Поможет решить быстрее: версия программы, организация.",
        "en": "This helps us solve it faster: version of the program, organisation.",
    }
    of = ticket(language=language)
    out = letter(kind, desk(language), of, offered=("version", "organisation", "nothing-like-this"))
    assert words[language] in said(out) and words[language][:20] in Page(html_of(out.raw)).text
    assert words[language][:12] not in said(letter(kind, desk(language), of))
    assert "снимок экрана" not in said(out)


AT_LEAST = {"standard": Level("standard", "второй", 4 * HOUR, None, at_least=True)}


@pytest.mark.parametrize(
    ("language", "sentence", "row"),
    [
        (
            "ru",
            "Время подтверждения: от 4 рабочих часов, ориентир пн 23 ноября, 14:15 (мск).",
            "от 4 рабочих часов, ориентир пн 23 ноября, 14:15 (мск)",
        ),
        (
            "en",
            "Time to confirmation: from 4 working hours, about Mon 23 Nov, 14:15 (MSK).",
            "from 4 working hours, about Mon 23 Nov, 14:15 (MSK)",
        ),
    ],
)
def test_from_so_many_hours_is_no_promise(language: str, sentence: str, row: str) -> None:
    at = desk(language, levels=AT_LEAST)
    of = ticket(language=language, reaction_due=moment(23, 14, 15), resolution_due=None)
    out = letter("receipt", at, of)
    assert sentence in said(out) and said(out).count(row) == 2
    assert "не позднее" not in said(out) and "no later" not in said(out)
    page = Page(html_of(out.raw))
    assert sentence in " ".join(page.text.split()) and 60 <= len(page.preheader) <= 110
    notice = notify.notice(at, replace(of, status=Status.NEW), NOW, key="k", event="level")
    assert sentence in said(notice) and 60 <= len(Page(html_of(notice.raw)).preheader) <= 110


def test_from_so_many_hours_that_have_passed_is_not_said() -> None:
    of = ticket(reaction_due=moment(20, 12), resolution_due=None)
    text = said(letter("receipt", desk(levels=AT_LEAST), of))
    assert "от 4" not in text and "Мы получили ваше обращение." in text


def test_a_receipt_with_a_plan_and_no_reaction_says_the_plan() -> None:
    planned = {"standard": Level("standard", "плановый", None, 24 * HOUR)}
    text = said(letter("receipt", desk(levels=planned), ticket(reaction_due=None)))
    assert "Планируем решить его до среды, 25 ноября, 16:15 (мск)." in text
    nothing = {"standard": Level("standard", "без срока", None, None)}
    text = said(letter("receipt", desk(levels=nothing), ticket(reaction_due=None, resolution_due=None)))
    assert "Срок подтверждения регламентом не задан. Напишем, когда разберёмся." in text


def _outside(at: Desk, **kinds: OutOfScope) -> Desk:
    intake = replace(at.regulation.intake, out_of_scope=kinds)
    return replace(at, regulation=replace(at.regulation, intake=intake))


def test_a_refusal_names_the_kind_and_whom_to_ask() -> None:
    title = {"ru": "настройка сервера", "en": "server set-up"}
    kind = OutOfScope("server", title, {"ru": "разработчик сервера", "en": "the maker of the server"}, "out-of-scope")
    at = _outside(desk(), server=kind, mute=replace(kind, key="mute", addressee={}))
    of = replace(ticket(), refusal="out-of-scope", status=Status.REFUSED)
    text = said(notify.refusal(at, replace(of, kind="server"), NOW, key="k"))
    assert "вне рамок линии (настройка сервера)" in text and "К кому обратиться: разработчик сервера." in text
    assert "франчайзи" not in text
    mute = said(notify.refusal(at, replace(of, kind="mute"), NOW, key="k"))
    assert "(настройка сервера)" in mute and "Такую работу делает ваш франчайзи" in mute
    for other in (of, replace(of, kind="server", refusal="not-reproducible"), replace(of, kind="gone")):
        assert "сервера" not in said(notify.refusal(at, other, NOW, key="k"))


@pytest.mark.parametrize(
    ("language", "understood", "ready"),
    [
        ("ru", "Если мы поняли вопрос неверно, ответьте на это письмо", "Когда всё будет готово"),
        ("en", "If we misunderstood you, reply to this letter", "When all is ready"),
        ("uk", "Якщо ми зрозуміли питання неправильно, дайте відповідь на цей лист", "Коли все буде готово"),
    ],
)
def test_whoever_is_sent_elsewhere_may_still_say_that_we_are_wrong(language: str, understood: str, ready: str) -> None:
    kind = OutOfScope("server", {language: "X"}, {language: "Y"}, "out-of-scope")
    at = _outside(desk(language), server=kind)
    of = replace(ticket(language=language), refusal="out-of-scope", status=Status.REFUSED)
    for out, there, absent in (
        (notify.refusal(at, replace(of, kind="server"), NOW, key="k"), understood, ready),
        (notify.refusal(at, of, NOW, key="k"), ready, understood),
    ):
        page = " ".join(Page(html_of(out.raw)).text.split())
        assert there in said(out) and absent not in said(out)
        assert there in page and absent not in page
    elsewhere = notify.refusal(at, replace(of, kind="server"), NOW, key="k")
    doing = {"ru": "Что сделать", "en": "What to do", "uk": "Що зробити"}[language]
    assert doing not in html_of(elsewhere.raw) and doing in html_of(notify.refusal(at, of, NOW, key="k").raw)


@pytest.mark.parametrize("pack", ["rarus", "procrm"])
def test_a_cure_does_not_ask_for_the_reply_that_the_letter_asks_for(pack: str) -> None:
    rules = load_desk(data_dir("rules") / pack)
    for reason in rules.refusals.values():
        assert reason.cure and all(text.strip() for text in reason.cure.values())
        for text in reason.cure.values():
            assert not re.search(r"ответьте на это|reply to this letter|відповідь на цей лист", text, re.IGNORECASE)


def _with_hints(office: Office) -> None:
    """The rarus desk with a field that is offered and a hint by words."""
    regulation = office.desk.regulation
    hint = Hint({"ru": "О воронке есть ролик."}, when=("воронка",), topic="hints.0")
    rules = replace(regulation.desk, hints=(hint,), self_help=())
    topics = load_topics(TomlFile(office.rules / "desk.toml", {}, {}), rules, {})
    category = replace(regulation.intake.categories["consultation"], offered=("inn", "version"))
    intake = replace(regulation.intake, categories={**regulation.intake.categories, "consultation": category})
    office.desk = replace(office.desk, regulation=replace(regulation, desk=rules, intake=intake, topics=topics))


def test_the_first_letter_offers_what_is_missing_once(office: Office) -> None:
    _with_hints(office)
    office.arrive(OLGA, WHOLE + "Речь о воронке.\n")
    text = " ".join(office.last(OLGA, "acknowledgement").text.split())
    assert "Поможет решить быстрее: ИНН организации." in text  # the version is there
    assert "О воронке есть ролик." in text
    office.arrive(OLGA, LACKING, "Ещё вопрос")
    assert "ролик" not in office.last(OLGA, "request-information").text


def test_what_was_offered_is_not_offered_when_it_is_judged_again(office: Office) -> None:
    _with_hints(office)
    office.arrive(OLGA)
    office.reply(office.last("ivanov@example.test", "request"), "#отказать вне рамок линии")
    office.reply(office.last(OLGA, "refusal"), "Подскажите всё-таки. Рег. номер 801000017, версия 3.1.25.4\n")
    first, again = [answer.text for answer in office.answers(OLGA) if answer.kind == "acknowledgement"]
    assert "Поможет решить быстрее" in first and "быстрее" not in again


def test_the_agents_own_acceptance_offers_nothing_again(office: Office) -> None:
    _with_hints(office)
    rules = replace(office.desk.regulation.desk, acceptance="agent")
    office.desk = replace(office.desk, regulation=replace(office.desk.regulation, desk=rules))
    office.arrive(OLGA, WHOLE + "Речь о воронке.\n")
    assert "Поможет решить быстрее: ИНН организации." in office.last(OLGA, "receipt").text
    office.reply(office.last("ivanov@example.test", "request"), "#принять")
    accepted = office.last(OLGA, "acknowledgement").text
    assert "быстрее" not in accepted and "ролик" in accepted  # the topic is known from the client's own letter


def test_a_refusal_by_an_agent_or_by_silence_is_on_the_topic_too(office: Office) -> None:
    _with_hints(office)
    office.arrive(OLGA, WHOLE + "Речь о воронке.\n")
    office.reply(office.last("ivanov@example.test", "request"), "#отказать вне рамок линии")
    assert "ролик" in office.last(OLGA, "refusal").text
    office.arrive(OLGA, "Сделки теряются.", "Другое")
    office.reply(office.last(OLGA, "request-information"), "Рег. номер 801000017, версия 3.1.25.4. Дело в воронке.\n")
    office.reply(office.last("ivanov@example.test", "request"), "#отказать вне рамок линии")
    assert office.ticket("CRM-000002").refusal == "out-of-scope"
    assert "ролик" in office.last(OLGA, "refusal").text
    office.arrive(OLGA, WHOLE, "Без темы")
    with office.database.write() as tx:
        refuse(tx, office.desk, office.ticket("CRM-000003"), "out-of-scope", office.now)
    assert "ролик" not in office.last(OLGA, "refusal").text
    with office.database.write() as tx:
        assert topics_of_ticket(tx, office.desk, office.ticket("CRM-000001")) == {"hints.0"}
        tx.execute(letters.delete())  # as the retention period does
        assert topics_of_ticket(tx, office.desk, office.ticket("CRM-000001")) == frozenset()


def test_what_is_out_of_scope_is_remembered_until_the_agent_refuses(office: Office) -> None:
    office.arrive(OLGA, WHOLE.replace("как скрыть поле в карточке сделки", "как установить и настроить SQL-сервер"))
    of = office.ticket()
    assert of.kind in office.desk.regulation.intake.out_of_scope
    office.reply(office.last("ivanov@example.test", "request"), "#отказать вне рамок линии")
    kind = office.desk.regulation.intake.out_of_scope[of.kind or ""]
    assert f"К кому обратиться: {kind.addressee['ru']}." in " ".join(office.last(OLGA, "refusal").text.split())


def test_topics_are_read_in_what_the_client_wrote_not_in_what_they_quote(office: Office) -> None:
    _with_hints(office)
    raw = "From: a@b.test\nSubject: {}\nContent-Type: text/plain; charset=utf-8\n\n{}\n"
    assert topics_of_letter(office.desk, parse(raw.format("x", "Вопрос про воронки").encode())) == {"hints.0"}
    quoted = (
        "Спасибо, понятно, вопросов больше нет. " * 30
        + "\n\n23.11.2026, 10:15, Линия <crm@example.test> пишет:\n> Про воронки"
    )
    assert topics_of_letter(office.desk, parse(raw.format("Re: x", quoted).encode())) == frozenset()
