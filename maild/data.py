"""Where the shipped templates and rules lie, in a wheel, an sdist or an editable install alike."""

from importlib.resources import files
from pathlib import Path


def data_dir(name: str) -> Path:
    """The folder `templates` or `rules` as shipped. An editable install has them beside the package."""
    packed = Path(str(files("maild"))) / "_data" / name
    return packed if packed.is_dir() else Path(__file__).resolve().parents[1] / name
