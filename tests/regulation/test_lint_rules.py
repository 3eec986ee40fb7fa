"""Levels, people and texts: one small regulation, broken in one place, and the very line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from maild.regulation import lint_calendar, lint_levels, lint_people, lint_registry, lint_texts, lint_words
from maild.regulation.finding import Finding, Pack, read_pack
from maild.regulation.load import load_regulation
from tests.regulation.small_pack import DAY, FILES, end, line_of, numbered, put, said, write

Lint = Callable[[Pack], Iterator[Finding]]


def line(name: str, words: str) -> str:
    return f"{name}:{numbered(FILES[name], words)}"


ALL: tuple[Lint, ...] = (
    lint_levels.overlapping,
    lint_levels.unused,
    lint_levels.without_targets,
    lint_people.seats,
    lint_people.reachable,
    lint_people.namesakes,
    lint_people.quality_desk,
    lint_texts.languages,
    lint_texts.cures,
    lint_texts.hints,
    lint_calendar.years_covered,
    lint_calendar.second_opinion,
    lint_registry.told_on_loading,
    lint_registry.expired,
    lint_registry.shared_domains,
    lint_registry.shared_inns,
    lint_registry.unknown_partners,
)


def test_the_small_pack_is_clean(tmp_path: Path) -> None:
    pack = read_pack(load_regulation(write(tmp_path)), DAY)
    assert [line_of(finding) for lint in ALL for finding in lint(pack)] == []


# --- levels ------------------------------------------------------------------

COLUMNS = '[registry]\ncolumns = ["rank"]\n\n'


def entries(*tables: str) -> dict[str, Callable[[str], str]]:
    """The pack with these [[level_for]] at the end of desk.toml."""
    levels = '\n[levels.fast]\nreaction = "1h"\ntitle = { en = "fast", ru = "быстро" }\n'
    text = levels + "".join(f"\n[[level_for]]\n{table}\n" for table in tables)
    return {"desk": end(text), "intake": lambda before: COLUMNS + before}


def at(entry: int) -> str:
    text = FILES["desk.toml"] + "\n[levels.fast]\n\n\n"
    return f"desk.toml:{len(text.splitlines()) + 2 + entry * 4}"


def test_an_entry_behind_a_wider_one(tmp_path: Path) -> None:
    found = said(
        lint_levels.overlapping,
        tmp_path,
        **entries(
            'level = "fast"\nline = ["second"]',
            'level = "standard"\nline = ["second"], category = "question"'.replace("], ", "]\n"),
        ),
    )
    assert found == [
        f"warning {at(1)} [[level_for]] level = standard never decides: {at(0)} takes all that it is for"
        " | move it up, narrow what stands before it, or take it out"
    ]


def test_one_value_of_an_entry_that_is_taken_before(tmp_path: Path) -> None:
    found = said(
        lint_levels.overlapping,
        tmp_path,
        **entries(
            'level = "fast"\nclient = { rank = ["vip", "gold"] }',
            'level = "standard"\nclient = { rank = ["GOLD", "tin"] }',
        ),
    )
    assert found == [
        f"warning {at(1)} [[level_for]] level = standard: not for rank GOLD, {at(0)} takes that first"
        " | take that out here, or move the entry up"
    ]


@pytest.mark.parametrize(
    "later", ['level = "standard"\ncategory = "licence"', 'level = "standard"\nline = "second"', 'level = "standard"']
)
def test_entries_that_only_meet_are_meant(later: str, tmp_path: Path) -> None:
    """The first that fits decides: that is what their order is for."""
    first = 'level = "fast"\ncategory = "question"\nclient = { rank = "vip" }'
    assert said(lint_levels.overlapping, tmp_path, **entries(first, later)) == []


def test_levels_that_nothing_gives_and_that_promise_nothing(tmp_path: Path) -> None:
    tables = "".join(f"\n[levels.{key}]\n{target}\n" for key, target in (("urgent", 'reaction = "1h"'), ("idle", "")))
    where = f"desk.toml:{len(FILES['desk.toml'].splitlines()) + 5}"
    assert said(lint_levels.unused, tmp_path, desk=end(tables)) == [
        f"warning {where} level idle: no category and no [[level_for]] gives it, only an agent's #level"
        " | give it to a category in intake.toml or by [[level_for]], or take it out"
    ]
    assert said(lint_levels.without_targets, tmp_path, desk=end(tables)) == [
        f"warning {where} level idle has no target: its requests are never due, nobody is warned"
        ' | add reaction = "8h" or resolution = "24h"'
    ]


# --- people ------------------------------------------------------------------


def test_nobody_at_all(tmp_path: Path) -> None:
    found = said(lint_people.seats, tmp_path, people=lambda text: text[text.index("[lines.first]") :])
    assert found == [
        "error people.toml there are no agents: nobody receives requests | add [[agents]] with address and name"
    ]


def test_an_agent_on_no_line_and_a_line_without_agents(tmp_path: Path) -> None:
    assert said(lint_people.seats, tmp_path, people=put('lines = ["first", "second"]\n', "")) == [
        'warning people.toml:2 ann@example.test sits on no line and hears of no new request | add lines = ["first"], or'
        " take the agent out",
        "warning people.toml:5 nobody sits on the line first: everybody is told of its requests"
        ' | add "first" to the lines of an agent',
        "warning people.toml:9 nobody sits on the line second: everybody is told of its requests"
        ' | add "second" to the lines of an agent',
    ]
    (second,) = said(lint_people.seats, tmp_path, people=put('"first", "second"', '"first"'))
    assert "nobody sits on the line second: the first line is told" in second


def test_a_line_that_nothing_leads_to(tmp_path: Path) -> None:
    where = line("people.toml", "[lines.second]")
    lonely = put('hands_over_to = "second"\n', "")
    assert said(lint_people.reachable, tmp_path, people=lonely) == [
        f"warning people.toml:{int(where[12:]) - 1} nothing brings requests to the line second but an agent's #line"
        " | let a line hand over to it (hands_over_to) or a category begin there (line, in intake.toml)"
    ]
    begins = put('level = "standard"', 'level = "standard"\nline = "second"')
    assert said(lint_people.reachable, tmp_path, people=lonely, intake=begins) == []
    develops = put('title = "Second"', 'title = "Second"\ndevelops = true')
    assert said(lint_people.reachable, tmp_path, people=lambda text: develops(lonely(text))) == []


def test_lines_in_a_circle(tmp_path: Path) -> None:
    circle = put('title = "Second"', 'title = "Second"\nhands_over_to = "first"')
    (found,) = said(lint_people.reachable, tmp_path, people=circle)
    where = f"people.toml:{numbered(FILES['people.toml'], '[lines.second]') + 2}"
    assert found.startswith(f"warning {where} the lines hand over in a circle: first > second > first | ")


# --- texts -------------------------------------------------------------------


def test_a_text_that_lacks_a_language(tmp_path: Path) -> None:
    where = line("desk.toml", "cure =")
    assert said(lint_texts.languages, tmp_path, desk=put(', ru = "Приходите раньше."', "")) == [
        f"warning {where} refusals.late.cure is not there in ru; en stands in | add ru = …"
    ]
    where = line("intake.toml", "hint =")
    assert said(lint_texts.languages, tmp_path, intake=put('en = "Nine digits.", ', "")) == [
        f"warning {where} fields.registration_number.hint is not there in en; ru stands in | add en = …"
    ]


def test_a_desk_with_one_name_for_all_languages_or_one_for_each(tmp_path: Path) -> None:
    assert said(lint_texts.languages, tmp_path) == []
    (found,) = said(lint_texts.languages, tmp_path, desk=put('name = "Desk"', 'name = { en = "Desk" }'))
    assert found == "warning desk.toml:1 name is not there in ru; en stands in | add ru = …"
    mixed = put('name = "Desk"', 'name = { en = "Desk", ru = "Cтол" }')
    (found,) = said(lint_words.look_alikes, tmp_path, desk=mixed)
    assert found.startswith("warning desk.toml:1 desk's name «Cтол»: ")


def test_a_language_that_there_are_no_letters_in(tmp_path: Path) -> None:
    found = said(lint_texts.languages, tmp_path, desk=put('["en", "ru"]', '["en", "ru", "de"]'))
    assert found[0].startswith("warning desk.toml:2 languages: there are no letters in de; ") and len(found) == 1
    (alone,) = said(lint_texts.languages, tmp_path, desk=put('["en", "ru"]', '["de"]'))
    assert alone == (
        "error desk.toml:2 languages: there are no letters in de; everybody is answered in ru"
        " | take it out; there are ru, en, uk"
    )


def test_reasons_without_a_way_out(tmp_path: Path) -> None:
    cure = put('cure = { en = "Be earlier.", ru = "Приходите раньше." }\n', "")
    addressee = put('addressee = { en = "its maker", ru = "её разработчик" }\n', "")
    assert said(lint_texts.cures, tmp_path, desk=cure, intake=addressee) == [
        f"warning {line('desk.toml', '[refusals.late]')} refusals.late has no cure: the client is not told what to do"
        " now | add cure.…: what to do and whom to turn to",
        f"warning {line('intake.toml', '[out_of_scope.other]')} out_of_scope.other has no addressee: nobody is told"
        " whom to ask instead | add addressee = { … }",
    ]


def test_a_hint_that_would_come_back_as_an_answer(tmp_path: Path) -> None:
    """As it does in a number that may stand without a label; a form described in words does not."""
    plausible = put("digits = [9]", r"digits = [9]; plausible = '8\d{8}'".replace("; ", "\n"))
    assert said(lint_texts.hints, tmp_path, intake=plausible) == []
    example = put("Nine digits.", "801234567")
    found = said(lint_texts.hints, tmp_path, intake=lambda text: example(plausible(text)))
    assert found == [
        "warning intake.toml:10 fields.registration_number.hint.en: «801234567» fits the field itself; quoted by a"
        " client it is read as their answer | describe the form in words, without an example that fits"
    ]
