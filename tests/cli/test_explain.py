"""`maild explain`: its JSON to the letter, times, several files, and one clear line where something is wrong."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from maild.cli import main
from maild.data import data_dir

RULES = str(data_dir("rules") / "rarus")
TEXT = "Как объединить два контакта? ООО «Берёзовая роща», 1С:CRM ПРОФ 3.1.25.4, рег. № 873331138"
AT = ["--at", "2026-11-20T10:15:00+03:00"]


def letter(folder: Path, text: str = TEXT, name: str = "a.eml", date: str = "Fri, 20 Nov 2026 10:15:00 +0300") -> str:
    head = f"From: v@roscha.test\r\nTo: crm@example.test\r\nDate: {date}\r\nMessage-ID: <{name}@x>\r\n"
    file = folder / name
    file.write_bytes(f"{head}Subject: q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode())
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
    reasons = found.pop("reasons")
    assert found == {
        "file": file,
        "desk": "CRM",
        "disposition": "accept",
        "category": "consultation",
        "level": "standard",
        "priority": "normal",
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
    for words in ("accept", "консультация", "873331138", "own", "1С:ИТС until 2027-12-31", "contracts.csv:2", "B6"):
        assert words in out, words


def test_any_bytes_get_an_answer(tmp_path: Path) -> None:
    (tmp_path / "x.eml").write_bytes(b"\xff\xfe\x00 no letter at all")
    assert explained(str(tmp_path / "x.eml"), "--rules", RULES, *AT)["disposition"] in ("ask", "ignore", "triage")
