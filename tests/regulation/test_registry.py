"""The contract registry as people keep it: spreadsheets of all kinds, bad rows, repeated numbers."""

import zipfile
from datetime import date
from pathlib import Path

import pytest
from maild.domain.service import Registry, RegistryRules
from maild.errors import ConfigError
from maild.regulation import registry as loader
from maild.regulation.cells import inn_fits

HEADER = "registration_number;kind;product;organisation;inn;its_until;kp_until;partner_code;email_domains"
ROW = "801234567;main;1С:CRM ПРОФ;ООО «Ромашка»;7707083893;2026-12-31;31.12.2026;;romashka.test"

RULES = RegistryRules(number_digits=frozenset({9}), code_digits=frozenset({4, 5}))


def load_registry(folder: Path, rules: RegistryRules = RULES) -> Registry:
    return loader.load_registry(folder, rules)


def write(folder: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8", name: str = "contracts.csv") -> Path:
    (folder / name).write_bytes("\n".join((header, *rows, "")).encode(encoding))
    return folder


def test_a_row(tmp_path: Path) -> None:
    registry = load_registry(write(tmp_path, ROW))
    row = registry.contracts["801234567"]
    assert (row.kind, row.organisation, row.inn) == ("main", "ООО «Ромашка»", "7707083893")
    assert row.until == {"its": date(2026, 12, 31), "kp": date(2026, 12, 31)}
    assert row.partner_code is None and row.rule == "contracts.csv:2"
    assert registry.by_domain == {"romashka.test": ("801234567",)}
    assert registry.by_inn == {"7707083893": ("801234567",)}
    assert registry.warnings == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [line.replace(";", delimiter) for line in (HEADER, ROW)]
    registry = load_registry(write(tmp_path, *rows[1:], header=rows[0], encoding=encoding))
    assert registry.contracts["801234567"].organisation == "ООО «Ромашка»"


def test_stray_spaces_and_spelling_of_numbers_are_forgiven(tmp_path: Path) -> None:
    row = " 801 234-567 ; Main ; 1С:CRM ПРОФ ;ООО «Ромашка»; 7707083893 ; 31.12.2026 0:00:00 "
    row += "; 2026-12-31T00:00:00 ; 4127 ; @Romashka.Test, ромашка.test "
    found = load_registry(write(tmp_path, row, header=HEADER.upper().replace(";", " ; "))).contracts["801234567"]
    assert found.kind == "main" and found.product == "1С:CRM ПРОФ" and found.partner_code == "4127"
    assert found.until == {"its": date(2026, 12, 31), "kp": date(2026, 12, 31)}
    assert found.email_domains == ("romashka.test", "xn--80aa3agjl3d.test")


@pytest.mark.parametrize("empty", ["", "-", "—", "нет"])
def test_an_empty_date_is_no_such_contract(tmp_path: Path, empty: str) -> None:
    row = load_registry(write(tmp_path, ROW.replace("31.12.2026", empty))).contracts["801234567"]
    assert row.until == {"its": date(2026, 12, 31), "kp": None}


def test_bad_rows_are_told_and_left_out_and_cost_nobody_else_anything(tmp_path: Path) -> None:
    bad = [
        ROW.replace("801234567", "80123"),
        ROW.replace("801234567;main", "802222222;prime"),
        ROW.replace("801234567", "803333333").replace("2026-12-31", "2026-02-31"),
        ROW.replace("801234567", "804444444").replace("2026-12-31", "скоро"),
    ]
    registry = load_registry(write(tmp_path, *bad, ROW))
    assert list(registry.contracts) == ["801234567"]
    assert [warning.split(":")[1] for warning in registry.warnings[:-1]] == ["2", "3", "4", "5"]
    assert registry.warnings[-1] == "contracts.csv: 4 of 5 rows left out"
    assert all(warning.startswith("contracts.csv:") for warning in registry.warnings)
    assert "nine digits" in registry.warnings[0] and "no such day" in registry.warnings[2]


def test_an_inn_with_wrong_check_digits_is_told_and_not_compared(tmp_path: Path) -> None:
    registry = load_registry(write(tmp_path, ROW.replace("7707083893", "7707083894")))
    assert registry.contracts["801234567"].inn == "" and registry.by_inn == {}
    assert "check digits" in registry.warnings[0]


def test_of_rows_with_one_number_the_latest_dates_count(tmp_path: Path) -> None:
    older = ROW.replace("2026-12-31;31.12.2026", "2027-06-30;2025-01-31").replace("romashka.test", "old.test")
    registry = load_registry(write(tmp_path, older, ROW))
    row = registry.contracts["801234567"]
    assert row.until == {"its": date(2027, 6, 30), "kp": date(2026, 12, 31)}
    assert row.email_domains == ("old.test", "romashka.test")
    assert len(registry.warnings) == 1 and "contracts.csv:2" in registry.warnings[0]


def test_short_rows_spilled_domains_and_an_open_quotation_mark(tmp_path: Path) -> None:
    rows = [
        "801234567,main,CRM,Ромашка,7707083893,2026-12-31,2026-12-31,,a.test,b.test",
        '802222222,main,CRM,"Open,7707083893,2026-12-31,2026-12-31,,c.test',
        "803333333,main,CRM,Ромашка,7707083893,2026-12-31,2026-12-31",
    ]
    registry = load_registry(write(tmp_path, *rows, header=HEADER.replace(";", ",")))
    assert registry.contracts["801234567"].email_domains == ("a.test", "b.test")
    assert registry.contracts["803333333"].email_domains == ()
    assert set(registry.contracts) == {"801234567", "802222222", "803333333"}


def test_a_missing_column_is_an_error_that_names_it(tmp_path: Path) -> None:
    write(tmp_path, ROW, header=HEADER.replace("kp_until", "kp"))
    with pytest.raises(ConfigError, match=r"contracts\.csv:1: kp_until: the column is missing"):
        load_registry(tmp_path)


def test_no_contract_file_is_an_error_and_no_partners_is_not(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"contracts\.csv: the file is missing"):
        load_registry(tmp_path)
    assert load_registry(write(tmp_path, ROW)).partners == {}


def test_partners(tmp_path: Path) -> None:
    write(tmp_path, ROW)
    rows = ["4127;ООО «Франч»;franch.test, f.test", "12;ООО «Мало цифр»;x.test", "4127;ООО «Франч»;more.test"]
    write(tmp_path, *rows, header="partner_code;organisation;email_domains", name="partners.csv")
    registry = load_registry(tmp_path)
    assert set(registry.partners) == {"4127"}
    assert registry.partner_domains == {"franch.test": "4127", "f.test": "4127", "more.test": "4127"}
    assert ["partners.csv:3" in registry.warnings[0], "partners.csv:4" in registry.warnings[1]] == [True, True]


def test_the_regulation_says_which_contracts_and_further_columns_there_are(tmp_path: Path) -> None:
    rules = RegistryRules(("care", "hosting", "spare"), ("category", "rating"))
    header = "registration_number;kind;product;organisation;inn;care_until;hosting_until;spare_until;Category"
    row = "12;main;CRM;Ромашка;;2026-12-31;;31.01.2027;VIP"
    found = load_registry(write(tmp_path, row, header=header), rules)
    (client,) = found.contracts.values()
    assert list(client.until) == ["care", "hosting", "spare"] and client.until["hosting"] is None
    assert client.columns == {"category": "VIP"}
    assert [warning.split(": ")[0] for warning in found.warnings] == ["contracts.csv:1"]
    assert "the column rating is missing" in found.warnings[0]
    with pytest.raises(ConfigError, match="its_until: the column is missing"):
        load_registry(tmp_path)


CLIENTS = RegistryRules((), ("category",), number_digits=frozenset({4}))


def test_a_registry_of_clients_needs_their_names_only(tmp_path: Path) -> None:
    rows = ["Ромашка;a.test", "Берёза;b.test, c.test", ";d.test", "Ромашка;e.test"]
    found = load_registry(write(tmp_path, *rows, header="organisation;email_domains"), CLIENTS)
    assert list(found.contracts) == ["#2", "#3", "#5"]
    assert found.by_domain["c.test"] == ("#3",) and found.by_name["ромашка"] == ("#2", "#5")
    assert {row.kind for row in found.contracts.values()} == {"main"} and found.contracts["#2"].until == {}
    assert "contracts.csv:4: the organisation is missing; the row is left out" in found.warnings


def test_a_registry_of_clients_may_have_numbers(tmp_path: Path) -> None:
    rows = ["1234;Ромашка;vip", ";Берёза;", "12;Клён;"]
    found = load_registry(write(tmp_path, *rows, header="registration_number;organisation;category"), CLIENTS)
    assert list(found.contracts) == ["1234", "#3"]
    assert "has four digits, not '12'" in found.warnings[0]


def test_a_desk_without_contracts_needs_no_registry(tmp_path: Path) -> None:
    assert load_registry(tmp_path, CLIENTS).contracts == {}


@pytest.mark.parametrize(("digits", "says"), [({9}, "nine"), ({8, 10}, "eight or ten"), ({14}, "14")])
def test_the_length_of_a_number_is_the_regulations(tmp_path: Path, digits: set[int], says: str) -> None:
    rules = RegistryRules(number_digits=frozenset(digits))
    rows = [ROW.replace("801234567", "8" * count) for count in (3, *digits)]
    found = load_registry(write(tmp_path, *rows), rules)
    assert {len(number) for number in found.contracts} == digits
    assert f"a registration number has {says} digits, not '888'" in found.warnings[0]


def test_two_thousand_bad_rows_are_a_report_of_a_dozen_lines(tmp_path: Path) -> None:
    short = [ROW.replace("801234567", f"8{n:04d}") for n in range(1990)]
    dates = [ROW.replace("801234567", f"8000{n:05d}").replace("2026-12-31", "bald") for n in range(12)]
    found = load_registry(write(tmp_path, *short, ROW, *dates))
    assert list(found.contracts) == ["801234567"]
    assert len(found.warnings) == 10 + 1 + 10 + 1 + 1
    assert found.warnings[0].startswith("contracts.csv:2: a registration number has nine digits, not '80000'")
    assert found.warnings[10] == "contracts.csv: and 1980 more: a registration number has nine digits; left out"
    assert found.warnings[-1] == "contracts.csv: 2002 of 2003 rows left out"


@pytest.mark.parametrize(
    ("inn", "fits"),
    [("7707083893", True), ("7707083894", False), ("500100732259", True), ("500100732258", False), ("123", False)],
)
def test_check_digits(inn: str, fits: bool) -> None:
    assert inn_fits(inn) is fits


def test_the_same_files_by_the_same_rules_are_not_read_again(tmp_path: Path) -> None:
    first = load_registry(write(tmp_path, ROW))
    assert loader.load_registry(tmp_path, RULES, first) is first
    assert loader.load_registry(tmp_path, RegistryRules(), first) is not first
    write(tmp_path, ROW, ROW.replace("801234567", "802222222"))
    assert len(loader.load_registry(tmp_path, RULES, first).contracts) == 2
    write(tmp_path, "4127;Франч", header="partner_code;organisation", name="partners.csv")
    assert loader.load_registry(tmp_path, RULES, first).partners


def test_a_workbook_with_numbers_and_dates_as_it_keeps_them(tmp_path: Path) -> None:
    workbook(tmp_path / "contracts.xlsx")
    row = load_registry(tmp_path).contracts["801234567"]
    assert row.inn == "7707083893" and row.until == {"its": date(2026, 12, 31), "kp": None}
    assert row.rule == "contracts.xlsx:2"


def test_a_broken_workbook_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "contracts.xlsx").write_bytes(b"not a workbook")
    with pytest.raises(ConfigError, match=r"contracts\.xlsx: not a workbook"):
        load_registry(tmp_path)


def workbook(path: Path) -> None:
    """The least that makes a workbook: numbers as numbers, a date as a styled serial number (46387 = 2026-12-31)."""
    header = "".join(text_cell(name) for name in HEADER.split(";"))
    cells = f"<c><v>801234567</v></c>{text_cell('main')}{text_cell('CRM')}{text_cell('Ромашка')}"
    cells += '<c><v>7707083893</v></c><c s="1"><v>46387</v></c>'
    types = '<Default Extension="xml" ContentType="application/xml"/>'
    types += f'<Default Extension="rels" ContentType="{PACKAGE}.relationships+xml"/>'
    formats = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
    sheets = f'<sheets><sheet name="a" sheetId="1" xmlns:r="{OFFICE}" r:id="r1"/></sheets>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{SCHEMA}/content-types">{types}</Types>',
        "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}">{sheets}</workbook>',
        "xl/_rels/workbook.xml.rels": relations(worksheet="worksheets/sheet1.xml", styles="styles.xml"),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{formats}</styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row>{header}</row><row>{cells}</row>'
        "</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SCHEMA = "http://schemas.openxmlformats.org/package/2006"
PACKAGE = "application/vnd.openxmlformats-package"


def text_cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def relations(**targets: str) -> str:
    items = (
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), start=1)
    )
    return f'<Relationships xmlns="{SCHEMA}/relationships">{"".join(items)}</Relationships>'
