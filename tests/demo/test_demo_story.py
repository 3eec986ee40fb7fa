"""`maild demo` plays to its end, keeps its mail, and says what it did."""

import subprocess
import sys
from pathlib import Path


def test_the_whole_demonstration(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    command = [sys.executable, "-m", "maild", "demo", "--fast", "--mail", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    screen = done.stdout
    for words in ("CRM-000001", "acknowledgement →", "request-information →", "refusal →", "escalation →", "Summary"):
        assert words in screen, screen
    assert "intake.toml:" in screen, "why it was decided so"
    assert str(folder / "mail") in screen.replace("\n", "")
    names = sorted(path.name for path in (folder / "mail").iterdir())
    kinds = {name.split("-", 2)[1] for name in names}
    assert kinds == {"in", "out"} and len(names) > 20
    listed = subprocess.run(
        [sys.executable, "-m", "maild", "tickets", "-c", str(folder / "maild.toml")],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    assert "CRM-000009" in listed
