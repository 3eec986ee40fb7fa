"""The contract registry as people keep it: spreadsheets of all kinds, bad rows, repeated numbers."""

import zipfile
from datetime import date
from pathlib import Path

import pytest
from maild.errors import ConfigError
from maild.regulation.registry import load_registry

HEADER = "registration_number;kind;product;organisation;inn;its_until;kp_until;partner_code;email_domains"
ROW = "801234567;main;1С:CRM ПРОФ;ООО «Ромашка»;7707083893;2026-12-31;31.12.2026;;romashka.test"


def write(folder: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8", name: str = "contracts.csv") -> Path:
    (folder / name).write_bytes("\n".join((header, *rows, "")).encode(encoding))
    return folder


def test_a_row(tmp_path: Path) -> None:
    registry = load_registry(write(tmp_path, ROW))
    row = registry.contracts["801234567"]
    assert (row.kind, row.organisation, row.inn) == ("main", "ООО «Ромашка»", "7707083893")
    assert row.its_until == row.kp_until == date(2026, 12, 31)
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
    assert found.its_until == found.kp_until == date(2026, 12, 31)
    assert found.email_domains == ("romashka.test", "xn--80aa3agjl3d.test")


@pytest.mark.parametrize("empty", ["", "-", "—", "нет"])
def test_an_empty_date_is_no_such_contract(tmp_path: Path, empty: str) -> None:
    row = load_registry(write(tmp_path, ROW.replace("31.12.2026", empty))).contracts["801234567"]
    assert row.kp_until is None and row.its_until == date(2026, 12, 31)


def test_bad_rows_are_told_and_left_out_and_cost_nobody_else_anything(tmp_path: Path) -> None:
    bad = [
        ROW.replace("801234567", "80123"),
        ROW.replace("801234567;main", "802222222;prime"),
        ROW.replace("801234567", "803333333").replace("2026-12-31", "2026-02-31"),
        ROW.replace("801234567", "804444444").replace("2026-12-31", "скоро"),
    ]
    registry = load_registry(write(tmp_path, *bad, ROW))
    assert list(registry.contracts) == ["801234567"]
    assert [warning.split(":")[1] for warning in registry.warnings] == ["2", "3", "4", "5"]
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
    assert (row.its_until, row.kp_until) == (date(2027, 6, 30), date(2026, 12, 31))
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


def test_a_workbook_with_numbers_and_dates_as_it_keeps_them(tmp_path: Path) -> None:
    workbook(tmp_path / "contracts.xlsx")
    row = load_registry(tmp_path).contracts["801234567"]
    assert row.inn == "7707083893" and row.its_until == date(2026, 12, 31) and row.kp_until is None
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
