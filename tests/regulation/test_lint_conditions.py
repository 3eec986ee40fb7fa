"""Conditions that can decide nothing are told; those that decide in any sentence at all are not."""

from pathlib import Path

import pytest
from maild.data import data_dir
from maild.regulation.finding import Pack, read_pack
from maild.regulation.lint_conditions import nothing_to_find, powerless, twice, unreachable
from maild.regulation.lint_words import look_alikes, unused_lists
from maild.regulation.load import load_regulation
from tests.regulation.small_pack import DAY, FILES, end, numbered, put, said

SECOND = 'when = ["отчет"]'
AT = f"intake.toml:{numbered(FILES['intake.toml'], SECOND)}"
FIRST = f"intake.toml:{numbered(FILES['intake.toml'], 'when = [' + chr(34) + 'лицензия')}"


def second(*conditions: str, more: str = "") -> dict[str, object]:
    """The pack with these conditions in its second sign."""
    listed = ", ".join(f'"{each}"' for each in conditions)
    return {"intake": put(SECOND, f"when = [{listed}]\n{more}")}


def test_the_small_pack_is_clean(tmp_path: Path) -> None:
    for lint in (unreachable, nothing_to_find, twice, powerless, unused_lists, look_alikes):
        assert said(lint, tmp_path) == []


def test_what_an_earlier_sign_always_takes(tmp_path: Path) -> None:
    assert said(unreachable, tmp_path, **second("отчет", "пароль . админ")) == [
        f"warning {AT} the condition «пароль . админ» of question never decides: «пароль» ({FIRST}), licence, comes"
        " first and takes every sentence it is for"
        " | narrow that one, move this sign before it, or take the condition out"
    ]


@pytest.mark.parametrize("condition", ["отчет|пароль", "ключ & пароль|отчет", "лицензия .. ключ|отчет"])
def test_one_alternative_of_its_own_is_enough(condition: str, tmp_path: Path) -> None:
    assert said(unreachable, tmp_path, **second(condition)) == []


@pytest.mark.parametrize(
    ("earlier", "condition"),
    [
        ("сделка . закрыть", "сделка закрыть"),  # words between
        ("сделка .. закрыть", "сделка & закрыть"),  # the other order
        ("сделка ! срочно", "сделка & закрыть"),  # with «срочно» besides
        ("=сделка", "сделка"),  # other forms of the word: «сделки»
        ("сделк*", "сделка & закрыть"),  # may be, may be not: silence
        ("сделка & ?", "сделка"),  # no question
        ("сделка", "сделка*"),  # a longer word
    ],
)
def test_what_is_only_narrowed_is_reachable(earlier: str, condition: str, tmp_path: Path) -> None:
    changed = put('"пароль"]', f'"{earlier}"]')
    assert said(unreachable, tmp_path, intake=lambda text: put(SECOND, f'when = ["{condition}"]')(changed(text))) == []


def test_an_unless_of_the_earlier_sign_lets_it_through(tmp_path: Path) -> None:
    def through(text: str) -> str:
        lifted = put('"пароль"]', '"пароль"]\nunless = ["забыть"]')(text)
        return put(SECOND, 'when = ["пароль . админ"]')(lifted)

    assert said(unreachable, tmp_path, intake=through) == []


def test_a_suspicion_takes_nothing(tmp_path: Path) -> None:
    def unsure(text: str) -> str:
        return put(SECOND, 'when = ["пароль . админ"]')(put('"пароль"]', '"пароль"]\nsure = false')(text))

    assert said(unreachable, tmp_path, intake=unsure) == []


def test_its_own_unless(tmp_path: Path) -> None:
    found = said(unreachable, tmp_path, **second("отчет", more='unless = ["отчет|справка"]'))
    assert found == [
        f"warning {AT} the condition «отчет» of question never decides: its own unless «отчет|справка»"
        f" (intake.toml:{int(AT[12:]) + 1}) takes every sentence it is for | narrow the unless, or take the condition"
        " out"
    ]


def test_what_excludes_itself(tmp_path: Path) -> None:
    found = said(unreachable, tmp_path, **second("отчет ! отчет|справка"))
    assert found == [
        f"warning {AT} the condition «отчет ! отчет|справка» can never hold: what it asks for is what it excludes"
        " | look at what stands after ! and at the order of the words"
    ]


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("отчет а/б", "«а/б» in «отчет а/б» matches nothing: a letter has «а» «б» there"),
        ("отчет ! =из*", "«=из*» in «отчет ! =из*» matches nothing: = and * exclude each other"),
        ("отчет +", "«+» in «отчет +» matches nothing: a letter has no such word"),
    ],
)
def test_words_that_no_letter_has(condition: str, says: str, tmp_path: Path) -> None:
    found = said(nothing_to_find, tmp_path, **second(condition))
    assert len(found) == 1 and found[0].startswith(f"warning {AT} {says} | ")


def test_the_same_twice_and_a_list_that_nobody_names(tmp_path: Path) -> None:
    assert said(twice, tmp_path, **second("отчет", "справка", "отчёт")) == [
        f"warning {AT} «отчёт» stands here twice (also {AT}) | take one of them out"
    ]
    listed = put('key = ["ключ"', 'lost = ["<deeper>"]\ndeeper = ["глубже"]\nkey = ["ключ"')
    line = numbered(FILES["intake.toml"], "key =")
    assert said(unused_lists, tmp_path, intake=listed) == [
        f"warning intake.toml:{line} no condition uses <lost> | take the list out, or name it in a condition",
        f"warning intake.toml:{line + 1} no condition uses <deeper> | take the list out, or name it in a condition",
    ]


def test_a_suspicion_of_what_needs_contracts(tmp_path: Path) -> None:
    found = said(powerless, tmp_path, **second("отчет", more="sure = false"))
    assert len(found) == 1 and "sure = false has no effect for question" in found[0]


def test_letters_of_two_alphabets(tmp_path: Path) -> None:
    row = "801234575;main;СRM;ООО «Вектоp»;;2027-12-31;2027-12-31;;\n"
    people = put('name = "Ann"', 'name = "Иван Kотов"')
    assert said(look_alikes, tmp_path, people=people, contracts=end(row)) == [
        "warning people.toml:2 agent's name «Иван Kотов»: in «Kотов» «K» is Latin, the other letters Cyrillic"
        " | type the word anew in Cyrillic letters",
        "warning contracts.csv:3 organisation «ООО «Вектоp»»: in «Вектоp» «p» is Latin, the other letters Cyrillic"
        " | type the word anew in Cyrillic letters",
        "warning contracts.csv:3 product «СRM»: in «СRM» «С» is Cyrillic, the other letters Latin"
        " | type the word anew in Latin letters",
    ]


def test_mixed_on_purpose_is_let_be(tmp_path: Path) -> None:
    row = "801234575;main;CRM-система 1С;IT-отдел, Яndex;;2027-12-31;2027-12-31;;\n"
    assert said(look_alikes, tmp_path, contracts=end(row)) == []


@pytest.fixture(scope="module")
def shipped() -> Pack:
    return read_pack(load_regulation(data_dir("rules") / "rarus"), DAY)


def test_hundreds_of_conditions_tuned_by_hand_decide_each(shipped: Pack) -> None:
    """No false alarm on a large regulation; whatever comes up here is to be looked at by hand."""
    assert sum(len(sign.when) for sign in shipped.regulation.intake.signs.signs) > 300
    assert [list(lint(shipped)) for lint in (unreachable, nothing_to_find, twice, powerless)] == [[], [], [], []]
