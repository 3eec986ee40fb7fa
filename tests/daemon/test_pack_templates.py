"""A regulation may bring letters of its own: they come between the operator's and ours; a bad one changes nothing."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from maild.config import load_config
from maild.daemon.run import start
from maild.daemon.service import Service
from maild.data import data_dir
from maild.store.database import Database
from tests.daemon.test_registry_reload import CONFIG, told
from tests.desk.client_pack import write_pack


@pytest.fixture
def service(tmp_path: Path) -> Any:
    """A daemon whose operator has a folder of letters, empty so far."""
    (tmp_path / "password").write_text("secret")
    (tmp_path / "letters").mkdir()
    config = CONFIG.replace('rules = "rules"', 'rules = "rules"\ntemplates = "letters"')
    (tmp_path / "maild.toml").write_text(config, encoding="utf-8")
    write_pack(tmp_path / "rules")
    loaded = load_config(tmp_path / "maild.toml")
    database = Database(loaded.database)
    yield start(loaded, database, clock=lambda: datetime(2026, 11, 24, 10, tzinfo=UTC))
    database.close()


def _notice(service: Service) -> str:
    templates = service.desks["shop"].templates
    return next(folder.parent.name for folder in templates.directories if (folder / "en" / "notice.txt.j2").is_file())


def _write(folder: Path, text: str) -> None:
    (folder / "en").mkdir(parents=True, exist_ok=True)
    (folder / "en" / "notice.txt.j2").write_text(text, encoding="utf-8")


def test_the_packs_letters_are_taken_up_while_running(service: Service, tmp_path: Path) -> None:
    assert service.desks["shop"].templates.directories == (tmp_path / "letters", data_dir("templates"))
    _write(tmp_path / "rules" / "templates", "{{ marker }}\n\nA pack's own notice.\n")
    assert service.reload() == ["shop"]
    assert service.desks["shop"].templates.directories[1] == tmp_path / "rules" / "templates"
    assert _notice(service) == "rules"
    _write(tmp_path / "letters", "{{ marker }}\n\nThe operator's notice.\n")
    assert service.reload() == ["shop"] and _notice(service) == tmp_path.name


def test_a_letter_with_a_fault_leaves_the_old_rules_in_force(service: Service, tmp_path: Path) -> None:
    before = service.desks["shop"]
    _write(tmp_path / "rules" / "templates", "{{ marker }}\n{{ no_such_thing }}\n")
    assert service.reload() == []
    assert service.desks["shop"] is before
    (letter,) = told(service)
    assert "notice.txt.j2" in letter and "no_such_thing" in letter and "The old rules stay in force." in letter
