"""What a regulation accepts and nobody would notice: dead categories, files nobody reads, contradicting days."""

from collections.abc import Callable
from pathlib import Path

import pytest
from maild.errors import ConfigErrors
from maild.regulation import (
    lint_calendar,
    lint_categories,
    lint_conditions,
    lint_files,
    lint_levels,
    lint_registry,
    lint_words,
)
from maild.regulation.load import load_regulation
from tests.regulation.small_pack import FILES, end, numbered, put, said, write

REGISTRY = '[registry]\ncontracts = ["its", "kp"]\ncolumns = ["rank"]\n'


def line(name: str, words: str) -> str:
    return f"{name}:{numbered(FILES[name], words)}"


# --- categories, kinds, columns ----------------------------------------------


def test_a_category_and_a_kind_that_no_sign_leads_to(tmp_path: Path) -> None:
    dead = '\n[categories.telephony]\ntitle = "t"\nlevel = "standard"\n'
    kind = '\n[out_of_scope.hardware]\ntitle = "h"\naddressee = "shop"\nrefusal = "late"\n'
    length = len(FILES["intake.toml"].splitlines())
    assert said(lint_categories.unchosen, tmp_path, intake=end(dead + kind)) == [
        f"warning intake.toml:{length + 2} categories.telephony: no sign leads here, so no letter is ever of this"
        ' category | add [[signs]] with category = "telephony", or take it out',
        f"warning intake.toml:{length + 6} out_of_scope.hardware: no sign leads here, so no letter is ever of this kind"
        ' | add [[signs]] with kind = "hardware", or take it out',
    ]


@pytest.mark.parametrize("more", ['[[signs]]\ncategory = "telephony"\nwhen = ["телефония"]', ""])
def test_a_category_that_something_leads_to(more: str, tmp_path: Path) -> None:
    """A sign does, and so does being the category of the quality mailbox."""
    dead = '\n[categories.telephony]\ntitle = "t"\nlevel = "standard"\n\n'
    quality = put("[requests]", "[requests]" if more else '[requests]\nquality = "telephony"')
    assert said(lint_categories.unchosen, tmp_path, intake=lambda text: quality(text) + dead + more) == []


def test_a_suspicion_alone_leads_nowhere(tmp_path: Path) -> None:
    found = said(
        lint_categories.unchosen,
        tmp_path,
        intake=put('category = "licence"\nwhen', 'category = "licence"\nsure = false\nwhen'),
    )
    assert [each.partition(":")[2].partition(" |")[0] for each in found] == [
        f"{numbered(FILES['intake.toml'], '[categories.licence]')} categories.licence: no sign leads here, so no letter"
        " is ever of this category"
    ]


def test_a_value_of_a_column_that_no_client_has(tmp_path: Path) -> None:
    entry = '\n[[level_for]]\nlevel = "standard"\nclient = { rank = ["VIP ", "gold"] }\n'
    needs = put('level = "standard"\nrequired', 'level = "standard"\nneeds = { rank = "silver" }\nrequired')
    found = said(
        lint_categories.nobodys,
        tmp_path,
        desk=end(entry),
        intake=lambda text: needs(put("[requests]", f"{REGISTRY}\n[requests]")(text)),
        contracts=lambda text: text.replace("domains\n", "domains;rank\n").replace(
            "romashka.test\n", "romashka.test;vip\n"
        ),
    )
    where = len(FILES["desk.toml"].splitlines()) + 4
    assert found == [
        f"warning desk.toml:{where} no client has rank = gold | correct it here or in the registry, which has vip",
        f"warning intake.toml:{numbered(FILES['intake.toml'], 'required') + 4} no client has rank = silver"
        " | correct it here or in the registry, which has vip",
    ]


def test_titles_of_contracts(tmp_path: Path) -> None:
    at = numbered(FILES["desk.toml"], 'kp = "KP"')
    assert said(lint_categories.contract_titles, tmp_path, desk=put('kp = "KP"', 'kpo = "KP"')) == [
        f"warning desk.toml:{at} contract_titles.kpo: there is no such contract; there are its, kp"
        " | correct the key, or take the title out",
        f"warning desk.toml:{at - 2} the contract kp has no title: letters call it kp"
        ' | add kp = "…" under [contract_titles]',
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("email_domains", "email_domain", "the column email_domain is not read; did you mean email_domains?"),
        ("partner_code", "partner", "the column partner is not read; did you mean partner_code?"),
        ("kp_until", "kp_until;sla_until", "the column sla_until is not read: [registry] contracts does not name sla"),
    ],
)
def test_a_column_that_nobody_reads(old: str, new: str, expected: str, tmp_path: Path) -> None:
    assert said(lint_registry.told_on_loading, tmp_path, contracts=put(old, new)) == [
        f"warning contracts.csv:1 {expected} | correct the header, or what the rules say of it"
    ]


def test_a_registry_of_another_contract_needs_no_columns_of_the_default_one(tmp_path: Path) -> None:
    rules = put("[requests]", '[registry]\ncontracts = ["service"]\n\n[requests]')
    table = "registration_number;organisation;service_until\n801234567;Bakery;2027-01-31\n"
    folder = write(tmp_path, intake=rules, contracts=lambda _: table)
    (row,) = load_regulation(folder).registry.contracts.values()
    assert (row.kind, row.product, row.inn, str(row.until["service"])) == ("main", "", "", "2027-01-31")
    with pytest.raises(ConfigErrors, match="inn: the column is missing"):
        load_regulation(write(tmp_path, contracts=lambda text: text.replace("inn;", "")))


def test_columns_of_the_clients_own_are_their_affair(tmp_path: Path) -> None:
    assert (
        said(lint_registry.told_on_loading, tmp_path, contracts=put("email_domains", "email_domains;manager;notes"))
        == []
    )


# --- days and levels ---------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            put('"2027-02-20",\n]', '"2027-02-20",\n  "2027-02-23",\n]'),
            "calendar.toml:16 2027-02-23 is in off too, and off counts | leave it in one of them",
        ),
        (
            put('"2027-02-20",\n]', '"2027-02-20",\n  "2027-02-24",\n]'),
            "calendar.toml:16 2027-02-24 is a working day anyway; in working it gets Friday's hours"
            " | take it out of working, unless that is meant",
        ),
        (
            put('  "2026-11-04",\n', '  "2026-11-04",\n  "2026-11-04",\n'),
            "calendar.toml:6 2026.off: 2026-11-04 stands twice | take one of them out",
        ),
        (
            end("\n[2028]\n"),
            "calendar.toml:18 [2028] is empty: not one day off, and no deadline is provisional"
            " | `maild calendar 2028 --rules …` writes it; off = [] if really every day of the week is worked",
        ),
    ],
)
def test_days_that_contradict_each_other(change: Callable[[str], str], expected: str, tmp_path: Path) -> None:
    assert said(lint_calendar.contradicting, tmp_path, calendar=change) == [f"warning {expected}"]


def test_a_year_that_says_that_nothing_is_off(tmp_path: Path) -> None:
    assert said(lint_calendar.contradicting, tmp_path, calendar=end("\n[2028]\noff = []\n")) == []


def test_a_short_day_off_has_its_line(tmp_path: Path) -> None:
    found = said(
        lint_registry.told_on_loading, tmp_path, calendar=end('short = [\n  "2027-03-05",\n  "2027-03-08",\n]\n')
    )
    assert [each.partition(" | ")[0] for each in found] == [
        "warning calendar.toml:19 2027.short: 2027-03-08 is not worked, so there is nothing to shorten"
    ]


def test_a_resolution_before_the_reaction(tmp_path: Path) -> None:
    assert said(lint_levels.solved_before_confirmed, tmp_path, desk=put('"8h"', '"8h"\nresolution = "4h"')) == [
        f"warning desk.toml:{numbered(FILES['desk.toml'], 'reaction') + 1} level standard: the resolution is due before"
        " the reaction | correct one of the two"
    ]


# --- conditions, fields, files -----------------------------------------------


@pytest.mark.parametrize("pattern", ["re:", "re:.*", r"re:(?:печать)?"])
def test_an_expression_that_fits_every_letter(pattern: str, tmp_path: Path) -> None:
    assert said(lint_conditions.anything, tmp_path, intake=put('"отчет"', f"'{pattern}'")) == [
        f"warning {line('intake.toml', 'отчет')} «{pattern}» fits every letter, even an empty one"
        r" | say what has to be there: re:\bword\b"
    ]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            "принтер, сканер",
            "«принтер,» in «принтер, сканер» matches nothing: a letter has «принтер» there | write принтер",
        ),
        ("!принтер", "«!принтер» in «!принтер» matches nothing: a letter has «принтер» there | write принтер"),
        ("(скан*", "«(скан*» in «(скан*» matches nothing: a letter has «сканъщ» there | take the mark out"),
    ],
)
def test_marks_that_stick_to_a_word(condition: str, expected: str, tmp_path: Path) -> None:
    found = said(lint_conditions.nothing_to_find, tmp_path, intake=put('"отчет"', f'"{condition}"'))
    assert found == [f"warning {line('intake.toml', 'отчет')} {expected}"]


def test_an_expression_that_asks_for_something(tmp_path: Path) -> None:
    assert said(lint_conditions.anything, tmp_path, intake=put('"отчет"', r"'re:\bотчет'")) == []


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("choice", 'needs "choices", the name of a table of what there is to choose from'),
        ("version", 'needs "pattern"'),
        ("login", 'needs "pattern"'),
    ],
)
def test_a_field_that_could_never_be_found(kind: str, expected: str, tmp_path: Path) -> None:
    field = f'\n[fields.exchange]\nkind = "{kind}"\ntitle = "t"\nhint = "h"\nlabels = ["pbx"]\n'
    with pytest.raises(ConfigErrors) as caught:
        load_regulation(write(tmp_path, intake=end(field)))
    number = len(FILES["intake.toml"].splitlines()) + 2
    assert str(caught.value) == f"{tmp_path}/intake.toml:{number}: fields.exchange: a field of this kind {expected}"


def test_public_domains_as_people_write_them(tmp_path: Path) -> None:
    written = put('["mail.test"]', '["@Mail.test", "почта.рф"]')
    assert load_regulation(write(tmp_path, intake=written)).intake.public_domains == {
        "mail.test",
        "xn--80a1acny.xn--p1ai",
    }
    with pytest.raises(ConfigErrors, match=r"public_domains\.0: expected a domain such as \"mail.test\", got '\*.mail"):
        load_regulation(write(tmp_path, intake=put('["mail.test"]', '["*.mail.test"]')))


def test_files_that_nothing_reads(tmp_path: Path) -> None:
    write(tmp_path)
    for name in (
        "desk (copy).toml",
        "intak.toml",
        "refusal.toml",
        "people.toml~",
        ".desk.toml.swp",
        "README",
        "partner.csv",
    ):
        (tmp_path / name).write_text("x = ", encoding="utf-8")
    (tmp_path / "answer").mkdir()
    (tmp_path / "archive").mkdir()
    not_read = "this file is not read: it is none of those of a regulation"
    aside = "move it elsewhere, so that nobody edits it in vain"
    assert said(lint_files.unread, tmp_path) == [
        "warning answer this folder is not read | call it answers",
        f"warning desk (copy).toml {not_read} | {aside}",
        f"warning intak.toml {not_read} | {aside}",
        f"warning partner.csv {not_read} | call it partners.csv",
        f"warning refusal.toml {not_read} | call it refusals.toml",
    ]


def test_a_list_that_only_a_stray_file_names_is_unused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "old.toml").write_text('when = ["<idle>"]', encoding="utf-8")
    (found,) = said(lint_words.unused_lists, tmp_path, intake=put("[words]", '[words]\nidle = ["сон"]'))
    assert "no condition uses <idle>" in found
