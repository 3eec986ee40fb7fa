"""`maild init [DIR]`: a configuration and a copy of a regulation to start from. Nothing is overwritten."""

import shutil
from pathlib import Path
from shlex import quote

import click

from maild.data import data_dir
from maild.demo.day import shown_regulation
from maild.errors import UsageError

TEMPLATE = """\
# maild: servers, mailboxes and where the rules are. Check it with: maild check -c {path} --online

[database]
url = "sqlite:///maild.db"                # or postgresql+psycopg://maild@db/maild

[smtp]                                    # the server that takes our letters
host = "smtp.example.test"
port = 587
security = "starttls"                     # "starttls", "tls", or "none" (loopback only)
username = "crm@example.test"
password_file = "secrets/smtp"            # a file with the password, or password_command = ["pass", "smtp"]
connections = 4

[desks.{name}]
rules = "rules/{name}"

[desks.{name}.mailboxes.crm]              # clients write here
role = "support"
address = "crm@example.test"
host = "imap.example.test"
port = 993
security = "tls"
username = "crm@example.test"
password_file = "secrets/imap-crm"
done = "Archive"                          # letters that are dealt with go here; without it they are marked as read
backlog = "none"                          # what lies there already: "none", a span such as "1d", or "all"

[desks.{name}.mailboxes.control]          # the quality desk
role = "quality"
address = "control@example.test"
host = "imap.example.test"
username = "control@example.test"
password_file = "secrets/imap-control"
done = "Archive"

[operator]
address = "postmaster@example.test"       # told about quarantined letters, dead deliveries, rules with faults

# [security]                              # an agent's reply proves itself; what they write anew needs this as a proof
# authserv_id = "mx.example.test"         # our mail server, whose Authentication-Results are believed

[limits]
message_size = "35MB"
automatic_per_hour = 10                   # automatic letters to one address
automatic_per_day = 40
"""


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option(
    "--rules", "name", default=shown_regulation, help="Which of the shipped regulations to copy: that of `maild demo`."
)
def command(directory: Path, name: str) -> None:
    """Write maild.toml, rules/ and a folder for secrets into DIRECTORY."""
    shipped = data_dir("rules") / name
    known = sorted(each.name for each in data_dir("rules").iterdir() if each.is_dir())
    if name not in known:
        raise UsageError(f"no such regulation: {name}; there are: {', '.join(known)}")
    config, rules, secrets = directory / "maild.toml", directory / "rules" / name, directory / "secrets"
    for path in (config, rules):
        if path.exists():
            raise UsageError(f"{path} is there already; nothing was written")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        shutil.copytree(shipped, rules)
        secrets.mkdir(mode=0o700, exist_ok=True)
        config.write_text(TEMPLATE.format(path=config, name=name), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{directory}: cannot be written: {error.strerror}") from None
    click.echo(f"{config}: fill in servers and addresses, put the passwords into {secrets}/, then:")
    click.echo(f"maild check -c {quote(str(config))} --online")
