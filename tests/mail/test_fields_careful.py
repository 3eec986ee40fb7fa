"""Letters read as a careful person reads them, and where in them every field was found.

`fields_careful.txt` went to the 1C:CRM desk, `fields_portal.txt` to a portal's desk whose fields are in
`portal_fields.toml`; each says itself what is expected.
"""

import re
from functools import cache
from typing import Any

import pytest
from maild.domain.fields import FieldRules
from maild.domain.folding import fold
from maild.mail.field_links import unwrapped
from maild.mail.field_organisations import organisation_key
from maild.mail.fields import recognise
from maild.mail.message import Message
from maild.mail.parse import parse
from tests.mail.field_letters import HERE, OWN, disagreements, rules_of, stored

FILES = {
    "fields_letters.txt": "rules/rarus/intake.toml",
    "fields_careful.txt": "rules/rarus/intake.toml",
    "fields_portal.txt": "tests/mail/portal_fields.toml",
}
ALL = [
    pytest.param(name, expected, message, id=f"{name.removesuffix('.txt')}-{number}")
    for name in FILES
    for number, (expected, message) in enumerate(stored(name))
]
NAMED = {"product", "edition"}
"""Fields whose value is the name that a table gives, not what is written."""


@cache
def rules(name: str) -> FieldRules:
    return rules_of(HERE.parents[1] / FILES[name])


def bare(text: str) -> str:
    """Folded, without separators."""
    return re.sub(r"[\W_]+", "", fold(text))


@pytest.mark.parametrize(("name", "expected", "message"), ALL[len(stored("fields_letters.txt")) :])
def test_a_letter_gives_what_a_careful_person_reads(name: str, expected: dict[str, Any], message: Message) -> None:
    assert not disagreements(message, rules(name), expected)


@pytest.mark.parametrize(("name", "expected", "message"), ALL)
def test_every_field_says_where_it_was_found(name: str, expected: dict[str, Any], message: Message) -> None:
    for field, items in recognise(message, rules(name), own_addresses=OWN).candidates.items():
        for item in items:
            source = message.subject if item.place == "subject" else message.text
            assert item.text == source[item.start : item.end]
            if item.place != "subject":
                place = next(part.place.value for part in message.sections if part.start <= item.start < part.end)
                assert item.place == place
            if field in NAMED:
                continue
            written = unwrapped(item.text) if "://" in item.text else item.text
            if field == "organisation":
                letters = set(bare(organisation_key(item.value)))
                assert letters & set(bare(written)), (item.value, written)
            else:
                assert bare(item.value) == bare(written), field


HTML = """\
From: a@client.test
To: crm@example.test
Subject: =?utf-8?b?0JLQvtC/0YDQvtGB?=
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

<html><body>%s</body></html>
"""
PAGES = [
    (
        "fields_careful.txt",
        "<p>Добрый день!</p><table><tr><td><b>Рег.&nbsp;номер</b></td><td>802&nbsp;145&nbsp;678</td></tr>"
        "<tr><td>ИНН / КПП</td><td>7707083893 / 770701001</td></tr><tr><td>Организация</td><td>ООО &laquo;Лён&raquo;"
        "</td></tr><tr><td>Конфигурация</td><td>1С:CRM ПРОФ</td></tr><tr><td>Релиз</td><td>3.1.25.4</td></tr>"
        "<tr><td>AnyDesk</td><td>802 145 999</td></tr></table><p>Не открывается список сделок.</p>",
        {
            "registration_number": "802145678", "inn": "7707083893", "organisation": "ООО «Лён»",
            "product": "1С:CRM ПРОФ", "version": "3.1.25.4",
        },
    ),
    (
        "fields_careful.txt",
        "<table><tr><th>Программа</th><th>Рег. номер</th><th>Релиз</th></tr>"
        "<tr><td>1С:CRM КОРП</td><td>803145678</td><td>3.1.24.18</td></tr></table><p>Как включить чат?</p>",
        {"registration_number": "803145678", "product": "1С:CRM КОРП", "version": "3.1.24.18"},
    ),
    (
        "fields_portal.txt",
        '<p>Добрий день! Не зберігається угода на нашому <a href="https://zirka.bitrix24.test/crm/deal/7/">порталі'
        "</a>, хмара.</p>",
        {
            "page": "https://zirka.bitrix24.test/crm/deal/7/", "edition": "Облако",
            "description": "Не зберігається угода на нашому порталі <https://zirka.bitrix24.test/crm/deal/7/>, хмара.",
        },
    ),
    (
        "fields_portal.txt",
        "<ol><li>Открываю сделку</li><li>Меняю стадию на «Договор»</li><li>Пустой экран</li></ol>"
        "<p>Портал: <b>crm.vesna.test</b></p>",
        {"page": "crm.vesna.test", "steps": "Открываю сделку", "description": ["Меняю стадию на «Договор»"]},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "page", "expected"), PAGES)
def test_a_page_of_html_is_read_like_plain_text(name: str, page: str, expected: dict[str, Any]) -> None:
    assert not disagreements(parse((HTML % page).encode()), rules(name), expected)


def test_there_are_letters_enough_in_three_languages() -> None:
    letters = [*stored("fields_careful.txt"), *stored("fields_portal.txt")]
    assert len(letters) >= 60
    assert {"ru", "en"} <= {message.language for _, message in letters}
    assert sum("ї" in message.text or "є" in message.text for _, message in letters) >= 6
