"""Files in the folder of a regulation that nothing reads: a copy that somebody edits and wonders, a misspelled name.

What editors and version control leave behind (`desk.toml~`, `.git`, `README`) is nobody's rule and is left alone.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from maild.regulation.answers import FOLDER
from maild.regulation.finding import RULES, TABLES, Finding, Pack, warning

_SUFFIXES = (".toml", ".csv", ".xlsx", ".xls", ".j2")
_FOLDERS = (FOLDER, "templates")


def unread(pack: Pack) -> Iterator[Finding]:
    """Rule files, tables and templates at a place or by a name where nobody looks for them."""
    folder = pack.regulation.directory
    known = sorted({*RULES, *TABLES, *pack.files})
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~")) or path.name in known:
            continue
        if path.suffix.lower() in _SUFFIXES and path.is_file():
            says = "this file is not read: it is none of those of a regulation"
            yield warning(path.name, says, _cure(path.name, known, path))
        elif (
            path.is_dir() and (near := get_close_matches(path.name, _FOLDERS, n=1, cutoff=0.7)) and near != [path.name]
        ):
            yield warning(path.name, "this folder is not read", f"call it {near[0]}")


def _cure(name: str, known: list[str], path: Path) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.8)
    missing = [each for each in near if not (path.parent / each).exists()]
    return f"call it {missing[0]}" if missing else "move it elsewhere, so that nobody edits it in vain"
