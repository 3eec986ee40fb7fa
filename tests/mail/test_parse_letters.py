"""Whole letters as files, programs and charsets as they come; letters/expected.json says what must be read in each."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from maild.cli.parse import command
from maild.mail.parse import message_json, parse

FOLDER = Path(__file__).parent / "letters"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
NEEDS_NO_FFFD = "\ufffd"


def test_every_letter_has_its_expectation() -> None:
    assert {path.name for path in FOLDER.glob("*.eml")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_letter(name: str) -> None:
    message, expected = parse((FOLDER / name).read_bytes()), EXPECTED[name]
    data = message_json(message, name)
    for key in ("text", "reply", "subject", "automatic", "references", "in_reply_to", "defects", "language"):
        if key in expected:
            assert data[key] == expected[key], key
    for words in expected.get("text_has", []):
        assert words in message.text
    for words in expected.get("text_not", []):
        assert words not in message.text
    for words in expected.get("reply_has", []):
        assert words in message.reply
    for words in expected.get("reply_not", []):
        assert words not in message.reply
    if "sender" in expected:
        assert data["from"]["name"] == expected["sender"]
    if "address" in expected:
        assert data["from"]["address"] == expected["address"]
    if "attachments" in expected:
        assert [attachment.filename for attachment in message.attachments] == expected["attachments"]
    if "places" in expected:
        assert [section.place.value for section in message.sections] == expected["places"]
    for words in expected.get("defects_has", []):
        assert any(words in defect for defect in message.defects)
    if "original" in expected:
        assert message.report is not None
        assert message.report.original_message_id == expected["original"]
    assert NEEDS_NO_FFFD not in json.dumps(data, ensure_ascii=False)


def test_json_prints_one_object_a_line_in_order() -> None:
    names = [str(FOLDER / name) for name in sorted(EXPECTED, reverse=True)[:5]]
    result = CliRunner().invoke(command, [*names, "--json"])
    assert result.exit_code == 0
    assert [json.loads(line)["file"] for line in result.output.splitlines()] == names


def test_one_file_is_one_line_too() -> None:
    result = CliRunner().invoke(command, ["--json", str(FOLDER / "gmail-both.eml")])
    assert len(result.output.splitlines()) == 1
    assert json.loads(result.output)["reply"] == "Спасибо, помогло!"


def test_standard_input() -> None:
    result = CliRunner().invoke(command, ["-", "--json"], input=(FOLDER / "iphone.eml").read_bytes())
    assert json.loads(result.output)["reply"] == "Номер 804417309"


def test_a_missing_file_is_one_line_and_the_others_are_shown(tmp_path: Path) -> None:
    good = str(FOLDER / "iphone.eml")
    for bad in (str(tmp_path / "none.eml"), str(tmp_path), "a\0b"):
        result = CliRunner().invoke(command, [bad, good, "--json"])
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1
        assert [json.loads(line)["file"] for line in result.stdout.splitlines()] == [good]


def test_no_file_is_a_usage_error() -> None:
    assert CliRunner().invoke(command, ["--json"]).exit_code == 2


def test_for_people() -> None:
    result = CliRunner().invoke(command, [str(FOLDER / "forward-attached.eml"), str(FOLDER / "winmail.eml")])
    assert result.exit_code == 0
    for words in ("Пётр Зайцев <p.zaytsev@beryozka.test>", "forwarded", "804417309", "winmail.dat: Outlook", os.sep):
        assert words in result.output
