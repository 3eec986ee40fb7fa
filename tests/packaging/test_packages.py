"""What is shipped works where it is unpacked: templates and rules are found from a wheel, an sdist and a checkout."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
INSTALL = ["install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check"]


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints. The checkout must not be found through PYTHONPATH or the working directory."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def shipped(*folders: str) -> set[str]:
    """The files of the checkout that every installation must have, relative to the checkout."""
    return {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A wheel from the checkout, an sdist, and a wheel from that sdist."""
    folder = tmp_path_factory.mktemp("built")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir"]
    run(*build, folder / "direct", "--wheel", ROOT, cwd=folder)
    run(*build, folder / "through", ROOT, cwd=folder)  # an sdist first, then the wheel out of it
    (wheel,), (again,) = (list((folder / name).glob("*.whl")) for name in ("direct", "through"))
    (sdist,) = (folder / "through").glob("*.tar.gz")
    return {"wheel": wheel, "wheel from the sdist": again, "sdist": sdist, "checkout": ROOT}


def environment(folder: Path) -> Path:
    """An empty virtual environment that sees this one's libraries, but not its maild."""
    venv.create(folder, with_pip=False, symlinks=True)
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    Path(paths["purelib"], "libraries.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return folder / "bin" / "python"


@pytest.mark.parametrize("source", ["wheel", "wheel from the sdist", "sdist", "checkout"])
def test_templates_and_rules_are_found_from_every_installation(
    source: str, built: dict[str, Path], tmp_path: Path
) -> None:
    python = environment(tmp_path / "env")
    editable = ["--editable"] if source == "checkout" else []
    run(sys.executable, "-m", "pip", "--python", python, *INSTALL, *editable, built[source], cwd=tmp_path)

    show = (
        "import maild, maild.data as d; print(maild.__file__, d.data_dir('templates'), d.data_dir('rules'), sep='\\n')"
    )
    package, templates, rules = run(python, "-c", show, cwd=tmp_path).splitlines()

    home = ROOT if source == "checkout" else tmp_path / "env"
    assert Path(package).is_relative_to(home)
    for found, name in ((templates, "templates"), (rules, "rules")):
        there = {f"{name}/{path.relative_to(found)}" for path in Path(found).rglob("*") if path.is_file()}
        assert there == shipped(name)
        assert there
    assert VERSION in run(tmp_path / "env" / "bin" / "maild", "--version", cwd=tmp_path)


@pytest.mark.parametrize("which", ["wheel", "wheel from the sdist"])
def test_a_wheel_holds_the_whole_program_and_nothing_else(which: str, built: dict[str, Path]) -> None:
    names = {name for name in zipfile.ZipFile(built[which]).namelist() if ".dist-info/" not in name}
    data = {f"maild/_data/{name}" for name in shipped("templates", "rules")}
    assert names == shipped("maild") | data


def test_an_sdist_can_be_tested_and_read_by_itself(built: dict[str, Path]) -> None:
    with tarfile.open(built["sdist"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    alone = {"README.md", "LICENSE", "CHANGELOG.md", "Makefile", "constraints.txt", "pyproject.toml"}
    assert alone <= names
    assert shipped(".ci", "maild", "templates", "rules", "tests", "systemd", "bench") <= names
