"""`maild demo`: the whole desk on loopback, on screen."""

import asyncio
import logging
import tempfile
from importlib.util import find_spec
from pathlib import Path

import click

from maild.errors import UsageError


@click.command()
@click.option("--stay", is_flag=True, help="Keep the servers open for a mail program.")
@click.option("--fast", is_flag=True, help="Without pauses for the reader.")
@click.option("--mail", "folder", type=click.Path(path_type=Path, file_okay=False), help="Where to keep it all.")
def command(stay: bool, fast: bool, folder: Path | None) -> None:
    """A morning on a support line, from letter to rating: letters in, decisions, letters out, a deadline missed."""
    for module in ("pymap", "aiosmtpd"):
        if find_spec(module) is None:
            raise UsageError(f"the demonstration needs {module}: pip install 'maild[demo]'")
    import structlog
    from rich.console import Console

    from maild.demo.screen import Screen
    from maild.demo.story import demonstrate

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty")
    where = folder or Path(tempfile.mkdtemp(prefix="maild-demo-"))
    where.mkdir(parents=True, exist_ok=True)
    asyncio.run(demonstrate(Screen(Console()), where, pause=0.0 if fast else 0.8, stay=stay))
