"""`maild rehearse` and `maild coverage` at the terminal: what they print, when they fail; they write nothing."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from maild.cli import main
from maild.store.database import Database
from tests.cli.test_check import CONFIG
from tests.desk.office import LACKING, OLGA, WHOLE, Office

QUALITY = """
[desks.rarus.mailboxes.control]
role = "quality"
address = "control@example.test"
host = "127.0.0.1"
security = "none"
username = "control@example.test"
password_file = "secret"
"""
HOSTILE = "\x1b[31mred\x07"


@dataclass(frozen=True)
class Place:
    """A folder with a configuration and a desk that has received letters."""

    folder: Path
    office: Office

    def run(self, command: str, *more: str) -> Result:
        """A command on this configuration."""
        return CliRunner().invoke(main, [command, "-c", str(self.folder / "maild.toml"), *more])

    def json(self, command: str, *more: str) -> Any:
        """What a command prints with --json."""
        result = self.run(command, "--json", *more)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("past")
    database = Database(f"sqlite:///{folder / 'maild.db'}")
    database.migrate()
    (folder / "secret").write_text("secret")
    (folder / "maild.toml").write_text(CONFIG + QUALITY, encoding="utf-8")
    office = Office(database, folder)
    office.arrive(OLGA, WHOLE)
    office.pass_time(days=1)
    office.arrive(OLGA, LACKING, f"без номера {HOSTILE}")
    office.reply(office.last(OLGA, "request-information"), "3.1.25.4, ООО «Берёза»\n")
    office.arrive("robot@birch.test", "Я в отпуске.\n", Auto_Submitted="auto-replied")
    shutil.copytree(office.rules, folder / "stricter")
    (folder / "stricter" / "contracts.csv").unlink()
    text = (folder / "stricter" / "intake.toml").read_text(encoding="utf-8")
    within = text.index("[categories.consultation]")
    text = text[:within] + text[within:].replace("required = [", 'required = ["inn", ', 1)
    (folder / "stricter" / "intake.toml").write_text(text, encoding="utf-8")
    yield Place(folder, office)
    database.close()


def test_a_rehearsal_in_json(place: Place) -> None:
    found = place.json("rehearse", "--rules", str(place.folder / "stricter"))
    assert found["letters"] == {
        "judged": 3,
        "different": 3,
        "otherwise_then": 0,
        "purged": 0,
        "by_staff": 0,
        "failed": 0,
        "quarantined": 0,
        "waiting": 0,
        "others": 1,
    }
    worst = found["groups"][0]
    assert (worst["before"], worst["after"], worst["aspect"]) == ("accept", "ask", "disposition")
    assert worst["new"]["says"] == "inn is missing" and worst["new"]["rule"].startswith("intake.toml:")
    assert worst["letters"][0]["ticket"] == "CRM-000001"
    assert worst["letters"][0]["arrival"] == "2026-11-23T10:15:00+03:00"
    assert worst["letters"][0]["changes"]["missing"] == [[], ["inn"]]
    assert [group["before"] for group in found["groups"]][-1] is None


def test_a_rehearsal_for_people(place: Place) -> None:
    result = place.run("rehearse", "--rules", str(place.folder / "stricter"))
    assert result.exit_code == 0, result.output
    assert "accept → ask" in result.stdout and "inn is missing" in result.stdout and "CRM-000001" in result.stdout
    assert "\x1b" not in result.stdout and "\x07" not in result.stdout
    same = place.run("rehearse", "--rules", str(place.folder / "rules"))
    assert (same.exit_code, same.stdout.splitlines()) == (
        0,
        [
            f"3 letters judged, 0 of them otherwise by {place.folder / 'rules'}",
            "1 more are automatic, from people who work here, or further mail of a ticket",
        ],
    )
    none = place.run("rehearse", "--rules", str(place.folder / "stricter"), "--letters", "0").stdout
    assert "CRM-000001" not in none and "\n\n" not in none and "    and 1 more\n" in none


def test_a_registry_that_the_other_rules_cannot_use(place: Place) -> None:
    """Both ways out are told: their contracts are not in the present registry."""
    shutil.copytree(place.office.rules, place.folder / "other")
    text = (place.folder / "other" / "intake.toml").read_text(encoding="utf-8")
    registry = '[registry]\ncontracts = ["service"]\n\n[requests]'
    text = text.replace("[requests]", registry, 1)
    (place.folder / "other" / "intake.toml").write_text(text, encoding="utf-8")
    result = place.run("rehearse", "--rules", str(place.folder / "other"))
    assert result.exit_code == 2 and len(result.stderr.splitlines()) == 1
    assert "service_until: the column is missing" in result.stderr
    assert "--registry new takes the registry of their own folder" in result.stderr


def test_days_of_the_desk_are_meant(place: Place) -> None:
    def judged(*days: str) -> int:
        return int(place.json("coverage", *days)["letters"]["judged"])

    assert judged("--from", "2026-11-23", "--to", "2026-11-23") == 1
    assert judged("--from", "2026-11-24") == 2
    assert judged("--to", "2026-11-22") == 0


def test_coverage_counts_by_line(place: Place) -> None:
    found = place.json("coverage")
    fired = {(each["kind"], each["name"]): each for each in found["fired"]}
    assert fired["category", "consultation"]["count"] == 3
    assert fired["field", "version"]["count"] == 2
    assert fired["field", "version"]["places"] == {"own": 2}
    assert fired["level", "standard"]["count"] == 3
    assert fired["line", "consultants"]["count"] == 2, "a reply goes to no line"
    assert [each["text"] for each in found["fired"] if each["kind"] == "value" and each["count"]] == ["1С:CRM ПРОФ"]
    decided = [each for each in found["fired"] if each["kind"] == "condition" and each["count"]]
    assert sum(each["count"] for each in decided) <= 3
    text = (place.folder / "rules" / "intake.toml").read_text(encoding="utf-8").splitlines()
    for each in decided:
        assert json.dumps(each["text"], ensure_ascii=False)[1:-1] in text[int(each["rule"].partition(":")[2]) - 1]
    assert [bool(each["count"]) for each in found["fired"]] == sorted(
        (bool(each["count"]) for each in found["fired"]), reverse=True
    )


def test_what_never_fired(place: Place) -> None:
    never = place.json("coverage", "--never")["fired"]
    assert never and not any(each["count"] for each in never)
    assert ("out_of_scope", "on-site") in {(each["kind"], each["name"]) for each in never}
    shown = place.run("coverage", "--never")
    assert shown.exit_code == 0 and "never did" in shown.stdout and "on-site" in shown.stdout


@pytest.mark.parametrize(
    ("command", "more", "says"),
    [
        ("rehearse", ["--rules", "{folder}/nowhere"], "no such folder of rules"),
        ("rehearse", ["--rules", "{folder}/broken"], "unknown"),
        ("coverage", ["--from", "soon"], "--from: expected a date such as 2026-11-24, got 'soon'"),
        ("coverage", ["--from", "2026-11-24", "--to", "2026-11-23"], "before --from"),
        ("coverage", ["--desk", "other"], "--desk: no such desk: other; expected one of rarus"),
    ],
)
def test_what_cannot_be_done(place: Place, command: str, more: list[str], says: str) -> None:
    if not (broken := place.folder / "broken").exists():
        shutil.copytree(place.folder / "rules", broken)
        for name in ("desk.toml", "intake.toml"):
            (broken / name).write_text("unknown = 1\n" + (broken / name).read_text(encoding="utf-8"), encoding="utf-8")
    result = place.run(command, *(each.format(folder=place.folder) for each in more))
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    if "broken" in str(more):
        assert "desk.toml:1" in result.stderr and "intake.toml:1" in result.stderr, "all faults at once"


def test_nothing_is_written_and_a_writer_is_not_waited_for(place: Place) -> None:
    def stored() -> list[tuple[Any, ...]]:
        with place.office.database.read() as tx:
            tables = [row[0] for row in tx.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return [tuple(tx.exec_driver_sql(f"SELECT * FROM {table}").all()) for table in tables]

    before = stored()
    with place.office.database.write():
        place.json("rehearse", "--rules", str(place.folder / "stricter"))
        place.json("coverage")
    assert stored() == before


def test_a_database_that_is_not_there_is_not_made(place: Place, tmp_path: Path) -> None:
    for name in ("maild.toml", "secret"):
        shutil.copy(place.folder / name, tmp_path / name)
    shutil.copytree(place.folder / "rules", tmp_path / "rules")
    result = CliRunner().invoke(main, ["coverage", "-c", str(tmp_path / "maild.toml")])
    assert result.exit_code == 2 and "no database yet" in result.stderr
    assert not (tmp_path / "maild.db").exists()


@pytest.mark.parametrize(
    ("revision", "cure"), [("0001", "`maild run` brings it up"), ("9999", "install the newer maild")]
)
def test_a_database_of_another_version(revision: str, cure: str, place: Place, tmp_path: Path) -> None:
    shutil.copytree(place.folder / "rules", tmp_path / "rules")
    for name in ("maild.toml", "secret"):
        shutil.copy(place.folder / name, tmp_path)
    with closing(sqlite3.connect(tmp_path / "maild.db")) as store, store:
        store.execute("CREATE TABLE alembic_version (version_num)")
        store.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
    for command, more in (("coverage", ()), ("rehearse", ("--rules", str(place.folder / "stricter")))):
        result = Place(tmp_path, place.office).run(command, *more)
        assert result.exit_code == 2
        (line,) = result.stderr.splitlines()
        assert line.endswith(f"the database is of another version of maild; {cure}")
