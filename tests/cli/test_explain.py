"""`maild explain`: its JSON to the letter, times, several files, and one clear line where something is wrong."""

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from maild.cli import main
from maild.cli.explain_view import snippet
from maild.data import data_dir

RULES = str(data_dir("rules") / "rarus")
TEXT = "Как объединить два контакта? ООО «Берёзовая роща», 1С:CRM ПРОФ 3.1.25.4, рег. № 873331138"
AT = ["--at", "2026-11-20T10:15:00+03:00"]


def letter(
    folder: Path,
    text: str = TEXT,
    name: str = "a.eml",
    date: str = "Fri, 20 Nov 2026 10:15:00 +0300",
    subject: str = "q",
) -> str:
    head = f"From: v@roscha.test\r\nTo: crm@example.test\r\nDate: {date}\r\nMessage-ID: <{name}@x>\r\n"
    file = folder / name
    file.write_bytes(f"{head}Subject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode())
    return str(file)


def run(*args: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["explain", *args])
    return result.exit_code, result.stdout, result.stderr


def explained(*args: str) -> dict[str, object]:
    status, out, _ = run(*args, "--json")
    assert status == 0
    found: dict[str, object] = json.loads(out)
    return found


def test_the_json_of_the_contract(tmp_path: Path) -> None:
    file = letter(tmp_path)
    found = explained(file, "--rules", RULES, *AT)
    reasons, spans = found.pop("reasons"), found.pop("found")
    assert found == {
        "file": file,
        "desk": "CRM",
        "disposition": "accept",
        "category": "consultation",
        "level": "standard",
        "priority": "normal",
        "line": "consultants",
        "fields": {
            "registration_number": "873331138",
            "partner_code": None,
            "organisation": "ООО «Берёзовая роща»",
            "inn": None,
            "product": "1С:CRM ПРОФ",
            "version": "3.1.25.4",
            "update_user": None,
        },
        "missing": [],
        "entitlement": {
            "verdict": "active",
            "registration_number": "873331138",
            "its_until": "2027-12-31",
            "kp_until": "2027-12-31",
        },
        "reaction_due": "2026-11-23T09:15:00+03:00",
        "resolution_due": "2026-11-24T16:15:00+03:00",
        "reply": {"template": "acknowledgement", "language": "ru"},
    }
    assert isinstance(reasons, list) and {"rule", "says"} <= set(reasons[0])
    assert isinstance(spans, list) and len(spans) == 4


def test_where_each_field_was_found(tmp_path: Path) -> None:
    file = letter(tmp_path, "Как объединить два контакта? Версия 3.1.25.4, рег. № 873331138\n", subject="1С:CRM ПРОФ")
    text = json.loads(CliRunner().invoke(main, ["parse", file, "--json"]).stdout)["text"]
    found = {each["field"]: each for each in explained(file, "--rules", RULES, *AT)["found"]}  # type: ignore[attr-defined]
    for name, value in {"registration_number": "873331138", "version": "3.1.25.4"}.items():
        each = found[name]
        assert (each["value"], each["place"]) == (value, "own") and text[each["start"] : each["end"]] == value
        assert each["rule"].startswith("intake.toml:")
    assert found["product"]["place"] == "subject"
    assert "1С:CRM ПРОФ"[found["product"]["start"] : found["product"]["end"]] == "1С:CRM ПРОФ"
    supplied = found["organisation"]
    assert (supplied["place"], supplied["start"], supplied["end"]) == ("registry", -1, -1)
    assert supplied["rule"].startswith("contracts.csv:")


def test_the_json_keeps_the_names_of_the_contracts_and_adds_those_of_the_regulation(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    text = (rules / "intake.toml").read_text(encoding="utf-8")
    more = '[registry]\ncontracts = ["its", "care"]\n\n[requests]'
    (rules / "intake.toml").write_text(text.replace("[requests]", more, 1), encoding="utf-8")
    table = (rules / "contracts.csv").read_text(encoding="utf-8")
    (rules / "contracts.csv").write_text(table.replace("kp_until", "care_until"), encoding="utf-8")
    right = explained(letter(tmp_path), "--rules", str(rules), *AT)["entitlement"]
    assert right == {
        "verdict": "active",
        "registration_number": "873331138",
        "its_until": "2027-12-31",
        "kp_until": None,
        "care_until": "2027-12-31",
    }


def test_no_number_no_times(tmp_path: Path) -> None:
    found = explained(letter(tmp_path, "помогите"), "--rules", RULES, *AT)
    assert found["entitlement"] == dict.fromkeys(("verdict", "registration_number", "its_until", "kp_until"))
    assert found["reaction_due"] is found["resolution_due"] is None and found["disposition"] == "ask"


def test_the_arrival_is_the_date_header_unless_given_and_without_offset_the_desks(tmp_path: Path) -> None:
    file = letter(tmp_path, date="Mon, 23 Nov 2026 09:00:00 +0300")
    assert explained(file, "--rules", RULES)["reaction_due"] == "2026-11-23T17:00:00+03:00"
    assert explained(file, "--rules", RULES, "--at", "2026-11-24T09:30")["reaction_due"] == "2026-11-24T17:30:00+03:00"
    assert explained(letter(tmp_path, date="nonsense"), "--rules", RULES)["disposition"] == "accept"


def test_a_year_without_calendar_is_provisional(tmp_path: Path) -> None:
    file = letter(tmp_path, "Прошу передать в отдел качества: поддержка не отвечает")
    assert explained(file, "--rules", RULES, "--at", "2031-01-15T10:00:00+03:00")["provisional"] is True
    assert "provisional" not in explained(file, "--rules", RULES, *AT)


def test_several_files_one_object_a_line_in_order(tmp_path: Path) -> None:
    files = [letter(tmp_path, name=name) for name in ("c.eml", "a.eml", "b.eml")]
    status, out, _ = run(*files, "--rules", RULES, "--json", *AT)
    assert status == 0 and [json.loads(line)["file"] for line in out.splitlines()] == files


def test_the_role_is_the_mailboxs(tmp_path: Path) -> None:
    found = explained(letter(tmp_path), "--rules", RULES, "--role", "quality", *AT)
    assert (found["category"], found["disposition"]) == ("quality", "triage")


@pytest.mark.parametrize(
    "args",
    [
        ("{missing}", "--rules", "{rules}"),
        ("{file}", "--rules", "{missing}"),
        ("{file}", "--rules", "{rules}", "--at", "yesterday"),
        ("{file}", "--rules", "{rules}", "--role", "boss"),
        ("{file}",),
    ],
)
def test_what_cannot_be_used_is_one_line_and_status_2(tmp_path: Path, args: tuple[str, ...]) -> None:
    names = {"file": letter(tmp_path), "rules": RULES, "missing": str(tmp_path / "nothing")}
    status, out, err = run(*(arg.format(**names) for arg in args))
    assert status == 2 and out == "" and len(err.strip().splitlines()) == 1


def test_for_people_it_says_what_was_found_where_and_why(tmp_path: Path) -> None:
    status, out, _ = run(letter(tmp_path), "--rules", RULES, *AT)
    assert status == 0
    for words in (
        "accept",
        "консультация",
        "[873331138]",
        "own",
        "consultants",
        "1С:ИТС until 2027-12-31",
        "contracts.csv:2",
        "B6",
    ):
        assert words in out, words


def test_whose_request_it_is_where_no_number_says_so(tmp_path: Path) -> None:
    file = Path(letter(tmp_path, "Не приходят уведомления о новых задачах."))
    file.write_bytes(file.read_bytes().replace(b"v@roscha.test", b"v@lymonad.test"))
    rules = str(data_dir("rules") / "procrm")
    says = run(str(file), "--rules", rules, *AT)[1]
    assert re.search(r"(?m)^client +ТОВ «Лимонад і Ко», client_category standard, implemented_by_us no *$", says)
    says = run(letter(tmp_path, "Не приходят уведомления о задачах."), "--rules", rules, *AT)[1]
    assert not re.search(r"(?m)^client ", says)


@pytest.mark.parametrize(
    ("text", "span", "width", "shown"),
    [
        ("число 12 здесь", (6, 8), 40, "число [12] здесь"),
        ("слово " * 30 + "12 конец", (180, 182), 20, "…о слово [12] конец"),
        ("12" + " слово" * 30, (0, 2), 20, "[12] слово с…"),
        ("а\n\n\tб 12\x1b[31m\nв", (6, 8), 40, "а б [12] [31m в"),
        ("1234567890" * 5, (0, 50), 12, "[12345678901…]"),
        ("один 12 два", (5, 7), 3, "[12]"),
    ],
)
def test_a_snippet_is_one_line_of_the_width(text: str, span: tuple[int, int], width: int, shown: str) -> None:
    before, marked, after = snippet(text, *span, width)
    assert f"{before}[{marked}]{after}" == shown
    assert len(before + marked + after) <= width


def test_any_bytes_get_an_answer(tmp_path: Path) -> None:
    (tmp_path / "x.eml").write_bytes(b"\xff\xfe\x00 no letter at all")
    assert explained(str(tmp_path / "x.eml"), "--rules", RULES, *AT)["disposition"] in ("ask", "ignore", "triage")


def test_long_values_leave_room_for_where_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At eighty columns too: a description takes no more than its share."""
    text = "Після оновлення порталу у двох співробітників не приходять сповіщення про нові завдання, облако."
    monkeypatch.setenv("COLUMNS", "80")
    status, out, _ = run(letter(tmp_path, text), "--rules", str(data_dir("rules") / "procrm"), *AT)
    shown = next(line for line in out.splitlines() if line.startswith("description  "))
    assert status == 0 and re.search(r"^description  Після оновлення[^\[]{4,20}…  own +\[Після .{10,}\]", shown)
    assert max(map(len, out.splitlines())) <= 80
