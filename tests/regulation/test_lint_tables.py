"""Calendar and registry: one small regulation, its tables broken in one place, and the very line that comes out."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from maild.regulation import lint_calendar, lint_registry
from maild.regulation.finding import Finding, at_most, read_pack, warning
from maild.regulation.load import load_regulation
from tests.regulation.small_pack import FILES, end, line_of, numbered, put, said, write

ROW = "801234575;main;Product;ООО «Василёк»;;2027-12-31;2027-12-31;;vasilek.test\n"


def line(name: str, words: str) -> str:
    return f"{name}:{numbered(FILES[name], words)}"


# --- calendar ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            put('  "2026-11-04",\n', ""),
            "calendar.toml:2 2026-11-04 is worked by the table, RU has it off: Unity Day"
            " | add it to off, if the desk rests then",
        ),
        (
            put('"2026-11-04"', '"2026-11-04",\n"2026-11-05"'),
            "calendar.toml:6 2026-11-05 is off by the table only, in RU it is an ordinary working day"
            " | take it out of off, unless the desk does rest",
        ),
        (
            put('"2027-02-20"', '"2027-02-20", "2027-02-27"'),
            "calendar.toml:15 2027-02-27 is a working day by the table only, RU does not work it"
            " | take it out of working, unless the desk does work",
        ),
        (
            put('working = [\n  "2027-02-20",\n]\n', ""),
            "calendar.toml:9 2027-02-20 is a weekend day that RU works, by the table it is off"
            " | add it to working, if the desk works then",
        ),
    ],
)
def test_days_that_differ_from_the_second_opinion(change: Callable[[str], str], expected: str, tmp_path: Path) -> None:
    assert said(lint_calendar.second_opinion, tmp_path, calendar=change) == [f"warning {expected}"]


def test_without_a_country_there_is_no_second_opinion(tmp_path: Path) -> None:
    found = said(
        lint_calendar.second_opinion, tmp_path, desk=put('holidays = "RU"\n', ""), calendar=put('  "2026-11-04",\n', "")
    )
    assert found == []


def test_a_wrong_country_does_not_fill_the_screen(tmp_path: Path) -> None:
    found = said(lint_calendar.second_opinion, tmp_path, desk=put('"RU"', '"US"'))
    assert (
        20 <= len(found) <= 22
        and found[-1].startswith("warning calendar.toml ")
        and "more days of 2027 differ" in found[-1]
    )
    (unknown,) = said(lint_calendar.second_opinion, tmp_path, desk=put('"RU"', '"XX"'))
    assert unknown == (
        f"warning {line('desk.toml', 'holidays')} hours.holidays: unknown country 'XX', expected one such as \"RU\""
        " (ISO 3166) | correct the country"
    )


def test_a_country_without_holidays_and_a_year_without_decree(tmp_path: Path) -> None:
    assert said(lint_calendar.second_opinion, tmp_path, desk=put('"RU"', '"UA"')) == [
        "warning calendar.toml:2 [2026] has 14 days off, UA has no public holidays then | take out what is worked",
        "warning calendar.toml:10 [2027] has 15 days off, UA has no public holidays then | take out what is worked",
    ]
    assert said(lint_calendar.second_opinion, tmp_path, calendar=end('\n[2028]\noff = ["2028-01-10"]\n')) == []


def test_years_that_the_calendar_lacks(tmp_path: Path) -> None:
    regulation = load_regulation(write(tmp_path))
    found = [line_of(each) for each in lint_calendar.years_covered(read_pack(regulation, date(2027, 10, 1)))]
    assert found == [
        "warning calendar.toml the year 2028 is missing; its deadlines are provisional"
        " | add [2028]: `maild calendar 2028 --rules …` writes it"
    ]
    assert list(lint_calendar.years_covered(read_pack(regulation, date(2027, 9, 30)))) == []
    (none,) = said(lint_calendar.years_covered, tmp_path, desk=put('calendar = "calendar.toml"\n', ""))
    assert none.startswith("warning desk.toml:4 hours.calendar is missing: ")


# --- registry ----------------------------------------------------------------


def test_how_many_contracts_have_expired(tmp_path: Path) -> None:
    rows = "801234575;main;P;A;;2026-11-22;2027-12-31;;\n801234583;main;P;B;;2026-12-23;2027-12-31;;\n"
    rows += "801234591;main;P;C;;2026-11-23;2026-12-24;;\n801234604;additional;P;D;;;;;\n"
    rows += "801234612;main;P;E;;2025-12-31;;;\n"
    assert said(lint_registry.expired, tmp_path, contracts=end(rows)) == [
        "warning contracts.csv 1 of 4 contracts has expired, 2 more will within 30 days"
        " | renew or remove them, if the file is out of date"
    ]


def test_bad_rows_are_summed_up(tmp_path: Path) -> None:
    rows = "".join(f"{number};main;P;A;;;;;\n" for number in range(4_822))
    found = said(lint_registry.told_on_loading, tmp_path, contracts=end(rows))
    assert len(found) == 12 and "4,812 more" in found[10].replace("4812", "4,812")
    assert found[0].startswith("warning contracts.csv:3 ") and found[0].endswith(
        " | correct the row; the others are used meanwhile"
    )


def test_domains_that_prove_nothing(tmp_path: Path) -> None:
    row = ROW.replace("vasilek.test", "romashka.test, mail.test")
    assert said(lint_registry.shared_domains, tmp_path, contracts=end(row)) == [
        "warning contracts.csv:2 email_domains: romashka.test belongs to ООО «Ромашка» and to ООО «Василёк»"
        " (contracts.csv:3) | leave it to one of them, or expect a person to be asked each time",
        "warning contracts.csv:3 email_domains: mail.test is a public mail provider and proves nothing about ООО"
        " «Василёк» | take it out of the row",
    ]
    same = "801234575;additional;Product;ООО  «РОМАШКА»;7707083893;;;;romashka.test\n"
    assert said(lint_registry.shared_domains, tmp_path, contracts=end(same)) == []


def test_one_inn_and_unknown_partners(tmp_path: Path) -> None:
    row = ROW.replace(";;2027-12-31;2027-12-31;;", ";7707083893;2027-12-31;2027-12-31;6021;")
    assert said(lint_registry.shared_inns, tmp_path, contracts=end(row)) == [
        "warning contracts.csv:2 INN 7707083893 stands for ООО «Ромашка» and for ООО «Василёк» (contracts.csv:3)"
        " | correct one of the rows"
    ]
    assert said(lint_registry.unknown_partners, tmp_path, contracts=end(row)) == [
        "warning contracts.csv:3 partner code 6021 is not in partners.csv | add the partner, or correct the code"
    ]


def test_many_findings_are_counted() -> None:
    def some(count: int) -> list[Finding]:
        return list(at_most((warning(f"a.csv:{n}", "x", "y") for n in range(count)), "{} more", 10))

    assert len(some(10)) == 10 and len(some(11)) == 11 and some(11)[-1].where == "a.csv:10"
    assert some(2_012)[10:] == [warning("a.csv", "2,002 more", "y")]
