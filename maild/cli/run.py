"""`maild run`: the daemon in the foreground."""

import logging
import sys
from pathlib import Path

import click
import structlog

from maild.cli.options import config_option
from maild.config import load_config


@click.command()
@config_option
@click.option("--once", is_flag=True, help="Take what is there, send what is due, and end.")
@click.pass_context
def command(ctx: click.Context, config_path: Path, once: bool) -> None:
    """Serve the mailboxes until SIGTERM; SIGHUP reads the rules again."""
    from maild.daemon import run, run_once  # brings in everything; `--help` needs none of it

    set_up_log()
    config = load_config(config_path)
    if not once:
        run(config)
        return
    faults = run_once(config)
    for fault in faults:
        click.echo(fault, err=True)
    ctx.exit(1 if faults else 0)


def set_up_log() -> None:
    """Lines for people on a terminal, JSON elsewhere, always on standard error; no bodies, no passwords.

    So tracebacks are plain: the ready-made pretty ones show local variables, letters and a whole regulation among them.
    """
    person = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            *([] if person else [structlog.processors.format_exc_info]),
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if person
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # imapclient writes server lines at DEBUG, and they hold people's words.
    logging.getLogger("imapclient").setLevel(logging.INFO)
