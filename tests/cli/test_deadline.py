"""`maild deadline` as a script meets it: one answer, a batch line by line, and one clear line when it cannot."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from maild.cli import main
from maild.data import data_dir

RARUS = str(data_dir("rules") / "rarus")
ASK = ["deadline", "--rules", RARUS]


def run(args: Sequence[str], stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, list(args), input=stdin)


def answer(*args: str) -> dict[str, object]:
    result = run([*ASK, *args, "--json"])
    assert (result.exit_code, result.stderr) == (0, "")
    found: dict[str, object] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize(
    ("level", "start", "reaction", "resolution", "provisional"),
    [
        ("standard", "2026-11-23T10:15:00+03:00", "2026-11-24T09:15:00", "2026-11-25T16:15:00", False),
        ("standard", "2026-11-23T07:15:00Z", "2026-11-24T09:15:00", "2026-11-25T16:15:00", False),
        ("standard", "2026-11-20T18:15:00+03:00", "2026-11-23T17:00:00", "2026-11-25T15:00:00", False),
        ("urgent", "2026-11-20T10:15:00+03:00", "2026-11-20T14:15:00", "2026-11-23T09:15:00", False),
        ("development", "2026-12-28T09:00:00+03:00", "2026-12-28T17:00:00", "2027-01-12T13:00:00", False),
        ("standard", "2027-12-29T09:00:00+03:00", "2027-12-29T17:00:00", "2028-01-03T15:00:00", True),
        ("Стандартный", "2024-11-02T16:00:00+03:00", "2024-11-05T16:00:00", "2024-11-07T14:00:00", False),
    ],
)
def test_the_targets(level: str, start: str, reaction: str, resolution: str, provisional: bool) -> None:
    assert answer("--level", level, "--from", start) == {
        "reaction_due": f"{reaction}+03:00",
        "resolution_due": f"{resolution}+03:00",
        "provisional": provisional,
    }


def test_holds_stop_both_clocks() -> None:
    found = answer(
        *("--level", "standard", "--from", "2026-11-23T10:15:00+03:00"),
        *("--hold", "2026-11-23T12:00:00+03:00/2026-11-23T13:00:00+03:00"),
        *("--hold", "2026-11-24T12:00:00+03:00/"),
    )
    assert found == {"reaction_due": "2026-11-24T10:15:00+03:00", "resolution_due": None, "provisional": False}


def test_for_a_person() -> None:
    result = run(
        [*ASK, "--level", "urgent", "--from", "2026-11-23T10:15:00+03:00", "--hold", "2026-11-23T15:00+03:00/"]
    )
    assert result.stdout.splitlines() == [
        "level       urgent (оперативный)",
        "arrival     Mon 2026-11-23 10:15:00+03:00",
        "reaction    Mon 2026-11-23 14:15:00+03:00, 4 h of working time",
        "resolution  never: the clock is held, 8 h of working time",
    ]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([], "--level and --from are needed"),
        (["--level", "standard"], "--level and --from are needed"),
        (["--level", "x", "--from", "2026-11-23T10:15:00+03:00"], 'no such level: "x"; there are urgent, standard'),
        (["--level", "standard", "--from", "2026-11-23T10:15:00"], "--from: expected a time with its offset"),
        (["--level", "standard", "--from", "2026-11-23"], "--from: expected a time with its offset"),
        (["--level", "standard", "--from", "monday"], "--from: expected a time with its offset"),
        (["--level", "standard", "--from", "9999-12-31T23:00:00Z"], "outside the years 2 to 9998"),
        (["--level", "standard", "--from", "0001-01-01T00:00:00+03:00"], "outside the years 2 to 9998"),
        (
            ["--level", "standard", "--from", "2026-11-23T10:15Z", "--hold", "2026-11-23T10:15Z"],
            "--hold: expected FROM/TO",
        ),
        (["--level", "standard", "--from", "2026-11-23T10:15Z", "--hold", "/"], "--hold: expected a time"),
        (
            ["--level", "standard", "--from", "2026-11-23T10:15Z", "--hold", "2026-11-23T10:15Z/2026-11-23T10:14Z"],
            "--hold: a hold ends before it begins",
        ),
        (["--batch", "--level", "standard"], "--batch reads level, arrival and holds"),
        (["--no-such-option"], "No such option"),
    ],
)
def test_unusable_arguments_are_one_line(args: list[str], says: str) -> None:
    result = run([*ASK, *args])
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_rules_that_are_not_there_or_broken(tmp_path: Path) -> None:
    args = ["--level", "standard", "--from", "2026-11-23T10:15Z"]
    nowhere = run(["deadline", "--rules", str(tmp_path / "no"), *args])
    assert (nowhere.exit_code, nowhere.stderr) == (2, f"{tmp_path / 'no'}: no such folder of rules\n")
    (tmp_path / "desk.toml").write_text('nme = ""\n[hours]\n[levels.x]\nreaction = 8\n')
    broken = run(["deadline", "--rules", str(tmp_path), *args])
    assert broken.exit_code == 2
    assert len(broken.stderr.splitlines()) == 4  # a line a fault
    assert all(line.startswith(f"{tmp_path / 'desk.toml'}:") for line in broken.stderr.splitlines())


def test_only_the_desk_and_its_calendar_are_read(tmp_path: Path) -> None:
    for name in ("desk.toml", "calendar.toml"):
        (tmp_path / name).write_bytes((Path(RARUS) / name).read_bytes())
    (tmp_path / "intake.toml").write_text("broken [")
    (tmp_path / "contracts.csv").write_bytes(b"\xff")
    result = run(["deadline", "--rules", str(tmp_path), "--level", "urgent", "--from", "2026-11-23T10:15:00+03:00"])
    assert result.exit_code == 0


def batch(lines: Sequence[str | bytes]) -> tuple[list[dict[str, object]], int]:
    raw = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines) + b"\n"
    result = run([*ASK, "--batch"], raw)
    assert result.stderr == ""
    return [json.loads(line) for line in result.stdout.splitlines()], result.exit_code


START = '"level": "standard", "from": "2026-11-23T10:15:00+03:00"'


def test_a_batch_answers_in_order() -> None:
    found, status = batch(
        [
            f"{{{START}}}",
            f'{{{START}, "holds": []}}',
            f'{{{START}, "holds": null}}',
            f'{{{START}, "holds": [["2026-11-24T09:00:00+03:00", null]]}}',
            f'{{{START}, "holds": [["2026-11-24T09:00:00+03:00", "2026-11-25T06:00:00Z"]], "id": 5}}',
            f'{{{START}, "holds": [["2026-11-24T09:00:00+03:00", "2026-11-24T09:00:00+03:00"]]}}',
            '{"level": "urgent", "from": "2028-11-23T10:15:00+03:00"}',
        ]
    )
    plain = {"reaction_due": "2026-11-24T09:15:00+03:00", "resolution_due": "2026-11-25T16:15:00+03:00"}
    later = {"reaction_due": "2026-11-25T09:15:00+03:00", "resolution_due": "2026-11-26T16:15:00+03:00"}
    nothing = {"reaction_due": None, "resolution_due": None}
    assert status == 0
    assert [one.pop("provisional") for one in found] == [False] * 6 + [True]
    assert found[:6] == [plain, plain, plain, nothing, later, plain]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "not JSON"),
        ("nonsense", "not JSON"),
        (b'{"level": "\xff"}', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "expected a JSON object"),
        ("{}", "no such level: null"),
        ('{"level": {}, "from": 1}', "no such level: {}"),
        ('{"level": "\\ud800", "from": 1}', "no such level"),
        ('{"level": "urgent"}', "from: expected a time"),
        ('{"level": "urgent", "from": 1}', "from: expected a time"),
        ('{"level": "urgent", "from": "2026-11-23T10:15:00"}', "from: expected a time with its offset"),
        ('{"level": "urgent", "from": "2026-11-23T25:15:00Z"}', "from: expected a time"),
        ('{"level": "urgent", "from": "9999-12-31T23:59:59-12:00"}', "outside the years"),
        (f'{{{START}, "holds": 1}}', "holds: expected a list"),
        (f'{{{START}, "holds": {{}}}}', "holds: expected a list"),
        (f'{{{START}, "holds": [1]}}', "a hold: expected a list"),
        (f'{{{START}, "holds": [null]}}', "a hold: expected a list"),
        (f'{{{START}, "holds": [["2026-11-24T09:00:00Z"]]}}', "a hold: expected [FROM, TO]"),
        (f'{{{START}, "holds": [["2026-11-24T09:00:00", null]]}}', "holds: expected a time with its offset"),
        (f'{{{START}, "holds": [[null, "2026-11-24T09:00:00Z"]]}}', "holds: expected a time"),
        (f'{{{START}, "holds": [["2026-11-24T09:00:00Z", "2026-11-24T08:59:59Z"]]}}', "ends before it begins"),
        (f'{{{START}, "hold": []}}', 'unknown key "hold": did you mean "holds"?'),
    ],
)
def test_a_bad_line_is_answered_and_the_batch_goes_on(line: str | bytes, says: str) -> None:
    found, status = batch([f"{{{START}}}", line, f"{{{START}}}"])
    assert status == 2
    assert list(found[1]) == ["error"]
    assert says in str(found[1]["error"])
    assert found[0] == found[2]


def test_a_batch_streams() -> None:
    """Each answer is there before the next question is asked."""
    command = [sys.executable, "-m", "maild", *ASK, "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            process.stdin.write(f"{{{START}}}\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["resolution_due"] == "2026-11-25T16:15:00+03:00"
        process.stdin.close()
        assert process.stdout.read() == ""
    assert process.returncode == 0


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    command = [sys.executable, "-m", "maild", *ASK, "--batch"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload]
        process.stdout.close()
        process.stdout = None
        _, errors = process.communicate(f"{{{START}}}\n" * 5)
    assert (process.returncode, errors) == (1, "")
