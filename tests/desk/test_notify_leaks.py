"""What a letter shows to whom, what it asks for, and what it says of contracts."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from maild.desk import notify
from maild.desk.outgoing import Outgoing
from maild.domain.service import Entitlement, Verdict
from maild.domain.ticket import Status, Ticket
from tests.desk.notify_desk import desk
from tests.desk.notify_samples import (
    CLIENT_KINDS,
    CONTRACT,
    NOW,
    html_of,
    letter,
    parsed,
    text_of,
    ticket,
)


def _plain(out: Outgoing) -> str:
    """The text part on one line, without its marker."""
    return " ".join(text_of(out.raw).split())


def _everything(out: Outgoing) -> str:
    """All that the letter shows: headers and both parts, with entities resolved."""
    headers = " ".join(str(value) for name, value in parsed(out.raw).items() if name not in ("To", "References"))
    return " ".join((headers, text_of(out.raw), html_of(out.raw).replace("\u00a0", " ")))


@pytest.mark.parametrize("language", ["ru", "en", "uk"])
@pytest.mark.parametrize("kind", CLIENT_KINDS)
def test_a_bare_letter_holds_no_word_of_the_clients(kind: str, language: str) -> None:
    words = "кракозябра барабан wildebeest 555666777 flamingo"
    stranger = ticket(
        acquaintance="bare",
        subject=words,
        client_name=words,
        fields={"registration_number": "555666777", "version": "9.8.7.6", "organisation": words, "product": words},
        unrecognised={"version": words, "registration_number": "5556"},
        client="who@stranger.test",
        reply_to="who@stranger.test",
    )
    shown = _everything(letter(kind, language, stranger))
    for secret in (*words.split(), "9.8.7.6", "5556", "801234567", "Ромашка", "31 декабря", "31 December", "ПРОФ"):
        assert secret not in shown


@pytest.mark.parametrize("kind", CLIENT_KINDS)
def test_one_ticket_in_three_cards(kind: str) -> None:
    own = ticket(acquaintance="own", fields={**ticket().fields, "organisation": "ООО Ромашка и партнёры"})
    shown = _everything(letter(kind, "ru", own))
    for registry in ("ООО «Ромашка»", "1С:ИТС —", "31 декабря", "30 сентября", "7707083893", "закончился"):
        assert registry not in shown
    if kind == "acknowledgement":
        assert "ООО Ромашка и партнёры" in shown and "3.1.25.4" in shown and "Не печатается" in shown
        tied = _everything(letter(kind, "ru", ticket()))
        assert "ООО «Ромашка»" in tied and "1С:КП Отраслевой — до 31 декабря 2026" in tied
        assert "партнёры" not in tied


def test_what_the_registry_supplied_is_not_told_to_an_untied_address() -> None:
    supplied = {**ticket().fields, "organisation": CONTRACT.organisation, "product": CONTRACT.product}
    for acquaintance in ("bare", "own"):
        for kind in ("acknowledgement", "receipt"):
            shown = _everything(letter(kind, "ru", ticket(acquaintance=acquaintance, fields=supplied)))
            assert CONTRACT.organisation not in shown and CONTRACT.product not in shown


def test_an_untied_address_hears_of_contracts_only_that_nothing_is_confirmed() -> None:
    for acquaintance in ("bare", "own"):
        said = _plain(letter("refusal", "ru", ticket(acquaintance=acquaintance)))
        assert "Не можем принять обращение: право на поддержку не подтверждено" in said
        assert "Не смогли подтвердить право на поддержку по этому номеру." in said


@pytest.mark.parametrize(
    "its, kp, says",
    [
        (date(2026, 12, 31), date(2026, 9, 30), "договор 1С:КП Отраслевой закончился"),
        (date(2026, 9, 30), date(2026, 9, 30), "договоры 1С:ИТС и 1С:КП Отраслевой закончились"),
        (date(2026, 12, 31), None, "нет договора 1С:КП Отраслевой"),
        (None, None, "нет договоров 1С:ИТС и 1С:КП Отраслевой"),
        (date(2026, 9, 30), None, "договор 1С:ИТС закончился, нет договора 1С:КП Отраслевой"),
        (date(2026, 11, 22), date(2026, 11, 23), "договор 1С:ИТС закончился"),
    ],
)
def test_a_refusal_names_the_contract_that_stands_in_the_way(its: date | None, kp: date | None, says: str) -> None:
    verdict = Verdict.MISSING if None in (its, kp) else Verdict.EXPIRED
    until = {"its": its, "kp": kp}
    right = Entitlement(verdict, "801234567", until, replace(CONTRACT, until=until))
    out = notify.refusal(desk(), ticket(entitlement=right, status=Status.REFUSED), NOW, key="k")
    assert f"Не можем принять обращение: {says} Здравствуйте." in _plain(out)


def _asked(language: str = "ru", **changes: Any) -> str:
    return _plain(notify.request_information(desk(language), ticket(language=language, **changes), NOW, key="k"))


def test_what_was_not_recognised_is_said_as_such() -> None:
    short = {"missing": ("registration_number",), "fields": {}, "entitlement": None}
    assert "80123 короче девяти цифр." in _asked(unrecognised={"registration_number": "80123"}, **short)
    assert "8012345678 is longer than nine digits." in _asked(
        "en", unrecognised={"registration_number": "8012345678"}, **short
    )
    words = _asked(missing=("version",), unrecognised={"version": "последняя"}, fields={}, entitlement=None)
    assert "Написано «последняя»: это не подходит." in words
    unknown = Entitlement(Verdict.UNKNOWN, "555666777")
    said = {"missing": ("registration_number",), "fields": {"registration_number": "555666777"}, "entitlement": unknown}
    assert "Номера 555666777 нет в нашем реестре." in _asked(**said)
    assert "Номера нет в нашем реестре." in _asked(acquaintance="bare", **said)
    several = Entitlement(Verdict.AMBIGUOUS, None)
    assert "В письме несколько номеров." in _asked(missing=("registration_number",), entitlement=several)


def test_only_the_missing_is_asked_for_and_only_the_known_is_shown() -> None:
    said = _asked(missing=("version",), fields={"product": "1С:CRM ПРОФ", "version": "8.3"}, entitlement=None)
    assert "не хватает одного сведения" in said
    assert "Регистрационный номер" not in said
    assert "Что уже есть Программа: 1С:CRM ПРОФ Вопрос: Не печатается" in said
    bare = _asked(missing=("version",), fields={"product": "1С:CRM ПРОФ"}, entitlement=None, acquaintance="bare")
    assert "Указано: программа" in bare and "Поняли неверно" not in bare
    assert "Пока мы ждём" not in _plain(
        notify.request_information(desk(hold={}), ticket(missing=("version",)), NOW, key="k")
    )


def test_our_own_hints_are_not_taken_for_an_answer() -> None:
    """Nothing that the letter asks with looks like what it asks for: quoted back, it would fill the field."""
    for language in ("ru", "en", "uk"):
        body = text_of(letter("request-information", language, ticket(acquaintance="bare")).raw)
        assert not re.search(r"(?<!\d)\d{9}(?!\d)|\d+\.\d+\.\d+\.\d+", body)


def _tickets_of_every_acquaintance() -> list[Ticket]:
    return [ticket(acquaintance=name) for name in ("bare", "own", "tied")]


def test_the_number_and_the_arrival_are_told_to_everybody() -> None:
    for one in _tickets_of_every_acquaintance():
        said = _plain(letter("acknowledgement", "ru", one))
        assert "CRM-000042" in said and "Получено: пн 23 ноября, 10:15 (мск)" in said
        assert "Планируемое решение: до ср 25 ноября, 16:15 (мск) 24 рабочих часа" in said
