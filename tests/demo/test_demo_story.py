"""`maild demo` plays to its end, keeps its mail, and says what it did."""

import json
import subprocess
import sys
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

COLUMNS = 80
IN_THIS_ORDER = (
    "CRM-000001: accept", "acknowledgement →", "request-information →", "refusal →", "receipt →",
    "Ответ выше этой строки уйдёт клиенту", "#ждать", "status: open → waiting", "answer →", "status: waiting → open",
    "#решенно", "Похоже на #решено", "status: open → assessment", "rating →", "Не отправлено: ответ клиенту уже есть",
    "rated 5", "status: assessment → closed", "unproven", "operator →", "rated 2", "complaint →",
    "CRM-000010: an agent's letter: answered", "warning →", "escalation →", "digest →", "Summary",
)  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demonstration's folder, and what was on the screen."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    command = [sys.executable, "-m", "maild", "demo", "--fast", "--mail", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def letters(folder: Path, pattern: str) -> list[EmailMessage]:
    found = []
    for path in sorted((folder / "mail").glob(pattern)):
        message = message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


def text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_the_screen_tells_the_day_in_order(played: tuple[Path, str]) -> None:
    folder, screen = played
    at = 0
    for words in IN_THIS_ORDER:
        found = screen.find(words, at)
        assert found >= 0, f"{words!r} is not in {screen[at:]}"
        at = found
    assert "intake.toml:" in screen, "why it was decided so"
    assert str(folder / "mail") in screen.replace("\n", "")
    assert "�" not in screen


def test_a_terminal_of_80_columns_is_wide_enough(played: tuple[Path, str]) -> None:
    folder, screen = played
    wide = [line for line in screen.splitlines() if len(line) > COLUMNS and str(folder) not in line]
    assert wide == []


def test_the_client_gets_what_agents_meant_for_them_and_nothing_else(played: tuple[Path, str]) -> None:
    folder, _screen = played
    answers = [text(each) for each in letters(folder, "*-out-answer-p.zhuravskaya.eml")]
    assert len(answers) == 2
    assert "Стоит ли в мастере флажок" in answers[0] and "Снимите флажок" in answers[1]
    everything = "".join(map(text, letters(folder, "*-out-*-p.zhuravskaya.eml")))
    for inside in ("#ждать", "#решен", "переустановите", "доб. 204"):
        assert inside not in everything, inside


def test_the_forged_letter_did_nothing(played: tuple[Path, str]) -> None:
    folder, _screen = played
    assert not any("cancelled" in text(each) for each in letters(folder, "*-out-*-oberhof.eml"))
    (told,) = letters(folder, "*-out-operator-*.eml")
    assert "kotova@example.test" in text(told)


def test_the_quality_desk_answers_from_its_own_address(played: tuple[Path, str]) -> None:
    folder, _screen = played
    answer = letters(folder, "*-out-answer-oberhof.eml")[-1]
    assert answer["From"].addresses[0].addr_spec == "control@example.test"
    assert "we are sorry" in text(answer)


def test_the_folder_can_be_asked_afterwards(played: tuple[Path, str]) -> None:
    folder, _screen = played
    asked = [sys.executable, "-m", "maild", "tickets", "-c", str(folder / "maild.toml"), "--json"]
    listed = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True).stdout
    tickets = {each["number"]: each for each in json.loads(listed)}
    assert len(tickets) == 10
    assert (tickets["CRM-000001"]["status"], tickets["CRM-000001"]["rating"]) == ("closed", 5)
    assert (tickets["CRM-000002"]["status"], tickets["CRM-000002"]["rating"]) == ("closed", 2)
    assert tickets["CRM-000010"]["category"] == "quality"
