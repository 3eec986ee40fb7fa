"""New requests go to the line of their category; judged again they follow the new one, unless somebody took them."""

from dataclasses import replace

import pytest
from maild.store import tickets
from tests.desk.office import IVANOV, LACKING, OLGA, WHOLE, Office

UPDATE = "Прошу предоставить доступ к обновлениям. ИНН 7701000019. " + WHOLE.partition("?")[2]
SECOND = "managers"


@pytest.fixture
def by_category(office: Office) -> Office:
    """The desk where access to updates is the second line's affair."""
    regulation = office.desk.regulation
    categories = dict(regulation.intake.categories)
    categories["update-access"] = replace(categories["update-access"], line=SECOND)
    intake = replace(regulation.intake, categories=categories)
    office.desk = replace(office.desk, regulation=replace(regulation, intake=intake))
    return office


def test_a_new_request_goes_to_the_line_of_its_category(by_category: Office) -> None:
    by_category.arrive(OLGA, UPDATE)
    by_category.arrive(OLGA)
    assert (by_category.ticket().category, by_category.ticket().line) == ("update-access", SECOND)
    assert by_category.ticket("CRM-000002").line == "consultants"


def test_judged_again_it_follows_the_new_category(by_category: Office) -> None:
    by_category.arrive(OLGA, LACKING)
    assert (by_category.ticket().category, by_category.ticket().line) == ("consultation", "consultants")
    by_category.reply(by_category.last(OLGA, "request-information"), UPDATE)
    assert (by_category.ticket().category, by_category.ticket().line) == ("update-access", SECOND)


@pytest.mark.parametrize("done", [{"assignee": IVANOV}, {"line": "engineers"}])
def test_what_somebody_took_or_moved_stays_where_it_is(by_category: Office, done: dict[str, str]) -> None:
    by_category.arrive(OLGA, LACKING)
    moved = replace(by_category.ticket(), **done)  # type: ignore[arg-type]
    with by_category.database.write() as tx:
        tickets.save(tx, moved, [])
    by_category.reply(by_category.last(OLGA, "request-information"), UPDATE)
    after = by_category.ticket()
    assert (after.category, after.line) == ("update-access", moved.line)


def test_a_line_that_the_rules_no_longer_have_is_nobodys_choice(by_category: Office) -> None:
    by_category.arrive(OLGA, LACKING)
    with by_category.database.write() as tx:
        tickets.save(tx, replace(by_category.ticket(), line="abolished"), [])
    by_category.reply(by_category.last(OLGA, "request-information"), UPDATE)
    assert by_category.ticket().line == SECOND
