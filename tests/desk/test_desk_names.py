"""A desk with a name in each of its languages: clients read theirs, people who work here the first."""

from functools import cache
from pathlib import Path

import pytest
from maild.data import data_dir
from maild.desk.desk import Desk
from maild.desk.intake import decide
from maild.domain.rules import desk_name
from maild.mail.parse import parse
from maild.regulation.desk import load_desk
from maild.regulation.load import Regulation, load_regulation
from tests.desk import client_samples
from tests.desk.client_samples import PERSONS
from tests.desk.notify_desk import desk, moment
from tests.desk.notify_samples import CLIENT_KINDS, NOW, html_of, letter, text_of, ticket

NAMES = {"uk": "Підтримка порталу", "ru": "Поддержка портала", "en": "Portal support"}
PACK = """
{name}
languages = ["uk", "ru"]
[hours]
timezone = "Europe/Kyiv"
week = {{ mon = "09:00-18:00" }}
[levels.standard]
reaction = "8h"
"""


@cache
def _desk() -> Desk:
    return desk("uk", name=NAMES["uk"], names=NAMES)


def _from(raw: bytes) -> str:
    sender = parse(raw).sender
    return sender.name if sender else ""


def _shown(raw: bytes) -> str:
    return " ".join(f"{_from(raw)} {text_of(raw)} {html_of(raw)}".replace("\u00a0", " ").split())


@pytest.mark.parametrize(
    ("line", "first", "russian"),
    [
        ('name = "Підтримка"', "Підтримка", "Підтримка"),
        ('name = { ru = "Поддержка", uk = "Підтримка" }', "Підтримка", "Поддержка"),
        ('name = { ru = "Поддержка" }', "Поддержка", "Поддержка"),
    ],
)
def test_one_name_or_one_for_each_language(line: str, first: str, russian: str, tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(PACK.format(name=line), encoding="utf-8")
    rules = load_desk(tmp_path)
    assert (rules.name, desk_name(rules, "uk"), desk_name(rules, "ru")) == (first, first, russian)


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("kind", [*CLIENT_KINDS, *client_samples.KINDS])
def test_a_client_reads_the_name_in_their_language(kind: str, language: str) -> None:
    if kind in CLIENT_KINDS:
        raw = letter(kind, language, ticket(language=language), _desk()).raw
    else:
        raw = client_samples.letter(kind, language, ticket(), _desk()).raw
    shown = _shown(raw)
    assert shown.count(NAMES[language]) >= (3 if kind != "answer-quality" else 2)  # From and both footers
    assert not any(name in shown for other, name in NAMES.items() if other != language)
    if kind in PERSONS and kind != "answer-quality":
        assert NAMES[language] in _from(raw)


@pytest.mark.parametrize("kind", ["request", "warning", "digest-line", "operator"])
def test_those_who_work_here_read_the_first(kind: str) -> None:
    raw = letter(kind, "uk", ticket(language="ru"), _desk()).raw
    assert _from(raw) == NAMES["uk"]
    assert NAMES["ru"] not in text_of(raw)


@cache
def _procrm() -> Regulation:
    return load_regulation(data_dir("rules") / "procrm")


@pytest.mark.parametrize("language", ["uk", "ru", "en"])
def test_what_we_wrote_is_known_by_any_of_our_names(language: str) -> None:
    name = desk_name(_procrm().desk, language)
    text = (
        f"Не приходят уведомления о новых задачах.\n\n23 ноября 2026 г., 10:15, {name} пишет:\n"
        "Назовите, пожалуйста, портал, например https://example.bitrix24.test/crm/ и версию 25.700.0\n"
    )
    raw = f"From: a@client.test\nSubject: Re: x\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode()
    fields = decide(parse(raw), _procrm(), at=moment(23, 10), role="support").fields
    assert (fields["page"], fields["version"]) == (None, None)
    other = raw.replace(name.encode(), "Анна Котова".encode())
    assert decide(parse(other), _procrm(), at=NOW, role="support").fields["page"] is not None
