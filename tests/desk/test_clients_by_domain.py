"""A client whom the registry knows by domain alone: those who work here see who it is, the client is told nothing."""

from pathlib import Path

import pytest
from maild.store.database import Database
from tests.desk.office import Office

CONSULTANT = "shevchuk@example.test"
KNOWN, STRANGER = "olha@zmist.test", "denys@nevidomi.test"
QUESTION = "Доброго дня! У двох співробітників не приходять сповіщення про нові завдання.\n"
NAME = "ТОВ «Зоряний міст»"
CARD = ("категорія клієнта: key", "впроваджували ми: yes")


@pytest.fixture
def procrm(tmp_path: Path) -> Office:
    """The Bitrix24 desk on SQLite; its registry has organisations and domains, no numbers."""
    database = Database(f"sqlite:///{tmp_path / 'procrm.db'}")
    database.migrate()
    return Office(database, tmp_path, "procrm")


def _plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def test_the_line_sees_whose_request_it_is(procrm: Office) -> None:
    procrm.arrive(KNOWN, QUESTION, "Сповіщення")
    said = _plain(procrm.last(CONSULTANT, "request").text)
    assert all(words in said for words in (NAME, *CARD)) and "реєстрі" not in said
    procrm.reply(procrm.last(CONSULTANT, "request"), "#статус")
    assert all(words in _plain(procrm.last(CONSULTANT, "confirmation").text) for words in (NAME, *CARD))
    procrm.reply(procrm.last(CONSULTANT, "request"), "#черга")
    assert NAME in _plain(procrm.last(CONSULTANT, "confirmation").text)


def test_nothing_of_it_reaches_the_client(procrm: Office) -> None:
    procrm.arrive(KNOWN, QUESTION, "Сповіщення")
    procrm.reply(procrm.last(CONSULTANT, "request"), "#відмовити out-of-scope")
    procrm.arrive(KNOWN, "Не працює, допоможіть!", "не працює")
    assert procrm.kinds(KNOWN) == ["receipt", "refusal", "request-information"]
    for letter in procrm.answers(KNOWN):
        assert not any(words in str(letter.message) + letter.text for words in (NAME, "Зоряний", "категорія", "yes"))


def test_a_page_of_a_portal_leads_to_its_owner_for_staff_alone(procrm: Office) -> None:
    procrm.arrive(STRANGER, f"{QUESTION}Сторінка https://zmist.bitrix24.test/tasks/\n", "Сповіщення")
    assert NAME in _plain(procrm.last(CONSULTANT, "request").text)
    assert "Зоряний" not in procrm.last(STRANGER).text
    procrm.arrive(STRANGER, QUESTION, "Сповіщення")
    assert NAME not in _plain(procrm.last(CONSULTANT, "request").text)


def test_another_name_than_the_registrys_is_told_beside_it(procrm: Office) -> None:
    rules = procrm.rules / "intake.toml"
    text = rules.read_text(encoding="utf-8")
    field = '[fields.organisation]\nkind = "organisation"\nlabels = ["компанія"]\n'
    field += 'title = { uk = "Організація" }\nhint = { uk = "Повна назва." }\n\n'
    forms = '[legal_forms]\nforms = [{ short = "ТОВ", long = [] }]\n\n'
    rules.write_text(text.replace("[fields.page]", f"{field}{forms}[fields.page]", 1), encoding="utf-8")
    procrm.reload()
    procrm.arrive(KNOWN, f"{QUESTION}\nКомпанія: ТОВ «Інша назва»\n", "Сповіщення")
    said = _plain(procrm.last(CONSULTANT, "request").text)
    assert "ТОВ «Інша назва»" in said and f"у реєстрі: {NAME}" in said


def test_a_kind_that_the_rules_refuse_by_themselves_is_refused_where_no_contract_is_needed(procrm: Office) -> None:
    rules = procrm.rules / "intake.toml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("[out_of_scope.training]", '[out_of_scope.training]\neffect = "refuse"'), "utf-8")
    procrm.reload()
    procrm.arrive(KNOWN, "Доброго дня! Проведіть, будь ласка, навчання для наших менеджерів.\n", "Навчання")
    assert (procrm.ticket().status, procrm.ticket().refusal) == ("refused", "out-of-scope")
    assert "навчання персоналу" in _plain(procrm.last(KNOWN, "refusal").text)
    procrm.arrive(STRANGER, "Доброго дня! Проведіть, будь ласка, навчання для наших менеджерів.\n", "Навчання")
    assert "кого і чого навчити" in _plain(procrm.last(KNOWN, "refusal").text)
    assert "кого і чого навчити" not in _plain(procrm.last(STRANGER, "refusal").text), "what its letter said"
