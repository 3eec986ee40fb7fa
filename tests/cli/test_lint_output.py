"""`maild check` as people and programs read it: by desk, errors first, a place and a cure on each line; as JSON."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result
from freezegun import freeze_time
from maild.cli import main
from tests.cli.test_check import CONFIG
from tests.regulation.small_pack import numbered, put, write

HEAD, DESK = CONFIG[: CONFIG.index("[desks.")], CONFIG[CONFIG.index("[desks.") : CONFIG.index("[operator]")]
OPERATOR = CONFIG[CONFIG.index("[operator]") :]


def configured(folder: Path, *desks: str, operator: str = OPERATOR) -> None:
    """A configuration with these desks, each with rules in the folder of its name."""
    (folder / "secret").write_text("secret")
    tables = (DESK.replace("rarus", name).replace('"rules"', f'"{name}"').replace("crm@", f"{name}@") for name in desks)
    (folder / "maild.toml").write_text(HEAD + "".join(tables) + operator, encoding="utf-8")


def check(folder: Path, *options: str) -> Result:
    with freeze_time("2026-11-23 07:17:00", real_asyncio=True):
        return CliRunner().invoke(main, ["check", "-c", str(folder / "maild.toml"), *options])


def broken(folder: Path, name: str, **changes: Callable[[str], str]) -> None:
    write(folder / name, desk=put('name = "Desk"', f'name = "Desk"\nprefix = "{name.upper()}"'), **changes)


@pytest.fixture
def two_desks(tmp_path: Path) -> Path:
    """A clean desk, and one with an error among its warnings."""
    configured(tmp_path, "good", "bad")
    broken(tmp_path, "good")
    people = put('addresses = ["quality@example.test"]', 'addresses = ["good@example.test"]')
    broken(tmp_path, "bad", people=lambda text: people(put(', "second"]', "]")(text)))
    return tmp_path


def test_by_desk_and_errors_first(two_desks: Path) -> None:
    result = check(two_desks)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"bad ({two_desks}/bad)",
        "  error:   people.toml:14: quality.addresses: good@example.test is the mailbox good.crm; name the people"
        " who read escalations",
        "  warning: people.toml:10: nobody sits on the line second: the first line is told of its requests;"
        ' add "second" to the lines of an agent',
        f"{two_desks}/maild.toml: 1 fault, 1 warning",
    ]
    assert "error:" in result.stderr and "warning:" not in result.stderr


def test_for_programs(two_desks: Path) -> None:
    result = check(two_desks, "--json")
    assert result.exit_code == 1 and result.stderr == ""
    assert json.loads(result.stdout) == [
        {
            "severity": "error",
            "desk": "bad",
            "file": f"{two_desks}/bad/people.toml",
            "line": 14,
            "says": "quality.addresses: good@example.test is the mailbox good.crm",
            "cure": "name the people who read escalations",
        },
        {
            "severity": "warning",
            "desk": "bad",
            "file": f"{two_desks}/bad/people.toml",
            "line": 10,
            "says": "nobody sits on the line second: the first line is told of its requests",
            "cure": 'add "second" to the lines of an agent',
        },
    ]


def test_nothing_to_say(tmp_path: Path) -> None:
    configured(tmp_path, "good")
    broken(tmp_path, "good")
    assert check(tmp_path).output == f"{tmp_path}/maild.toml: no faults, no warnings\n"
    result = check(tmp_path, "--json")
    assert result.exit_code == 0 and json.loads(result.stdout) == []


def test_warnings_alone_are_no_failure(tmp_path: Path) -> None:
    configured(tmp_path, "good", operator="")
    broken(tmp_path, "good", people=lambda text: text[: text.index("[quality]")])
    result = check(tmp_path)
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        f"warning: {tmp_path}/maild.toml: operator: nobody is told about quarantined and undelivered mail; add"
        ' [operator] address = "…"',
        f"good ({tmp_path}/good)",
        '  warning: people.toml: quality.addresses: nobody receives escalations; add [quality] addresses = ["…"]',
        f"{tmp_path}/maild.toml: no faults, 2 warnings",
    ]


def test_rules_that_cannot_be_loaded_keep_their_places(tmp_path: Path) -> None:
    """All of them are told; the other desk is looked at none the less."""
    configured(tmp_path, "bad", "good")
    broken(tmp_path, "good", people=put('"first", "second"', '"first"'))
    broken(tmp_path, "bad", intake=put('level = "standard"', 'level = "quick"'))
    result = check(tmp_path)
    line = numbered((tmp_path / "bad" / "intake.toml").read_text(encoding="utf-8"), 'level = "quick"')
    assert result.exit_code == 1
    assert (
        f"  error:   intake.toml:{line}: categories.question.level: no such level in desk.toml: quick" in result.output
    )
    assert "  warning: people.toml:10: nobody sits on the line second" in result.output


def test_templates_of_the_pack_are_tried(tmp_path: Path) -> None:
    configured(tmp_path, "good")
    broken(tmp_path, "good")
    (tmp_path / "good" / "templates" / "en").mkdir(parents=True)
    (tmp_path / "good" / "templates" / "en" / "rating.txt.j2").write_text("{{ nowhere }}", encoding="utf-8")
    result = check(tmp_path)
    assert result.exit_code == 1
    assert "  error:   templates/en/rating.txt.j2:1: template: 'nowhere' is undefined; " in result.output
    (found,) = json.loads(check(tmp_path, "--json").stdout)
    assert found["file"] == f"{tmp_path}/good/templates/en/rating.txt.j2" and found["line"] == 1


@pytest.fixture
def patient_server() -> Iterator[int]:
    """A port whose server hangs up as soon as three have called, and keeps silent to those who come one by one."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                for call in [listening.accept()[0] for _ in range(3)]:
                    call.close()

        Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


def test_all_servers_are_asked_at_the_same_time(patient_server: int, tmp_path: Path) -> None:
    configured(tmp_path, "good", "other")
    broken(tmp_path, "good")
    broken(tmp_path, "other")
    path = tmp_path / "maild.toml"
    port = f'host = "127.0.0.1"\nport = {patient_server}\n'
    path.write_text(path.read_text(encoding="utf-8").replace('host = "127.0.0.1"\n', port), encoding="utf-8")
    result = check(tmp_path, "--online")
    assert result.exit_code == 1 and "silent" not in result.output
    assert [line.split(": ")[1].strip() for line in result.stderr.splitlines()] == [
        "desks.good.mailboxes.crm",
        "desks.other.mailboxes.crm",
        "smtp",
    ]
