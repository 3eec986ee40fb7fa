"""The day that the demonstration plays, out of `day.toml`: whose regulation, who writes, and what happens when.

Nothing of a regulation is said in Python: another day is another file.
"""

import tomllib
from datetime import date, datetime, time, timedelta
from pathlib import Path

from pydantic import Field

from maild.tomlfile import Strict, read_toml, validate

_FILE = Path(__file__).with_name("day.toml")


class Mailboxes(Strict):
    """The desk's two addresses, and whom the daemon tells of faults."""

    support: str
    quality: str
    operator: str


class Contract(Strict):
    """A client's row of the registry; `days`: how many days of each contract are left."""

    number: str
    product: str
    organisation: str
    inn: str
    domain: str
    days: dict[str, int]


class Writer(Strict):
    """Somebody with a mail program (a key of `replies.PROGRAMS`), and the signature that it appends."""

    name: str
    address: str
    program: str
    signature: str = ""


class Wording(Strict):
    """A letter that somebody writes. With a `table` it is HTML with a picture, `below` standing under that."""

    sender: str = Field(alias="from")
    subject: str
    text: str
    headers: dict[str, str] = Field(default_factory=dict)
    charset: str = "utf-8"
    encoding: str | None = None
    table: dict[str, str] = Field(default_factory=dict)
    below: str = ""


class Write(Strict):
    """A letter is handed in. `answers` and `kind`: the letter of an earlier step that a machine answers with it."""

    write: str
    mailbox: str = "support"
    answers: str = ""
    kind: str = ""
    show: list[str] = Field(default_factory=list)
    whole: bool = False


class Reply(Strict):
    """Somebody answers the letter of a kind that they got in the step `to`."""

    reply: str
    to: str
    kind: str
    words: str
    name: str = ""
    show: list[str] = Field(default_factory=list)
    lines: int = 14


class Page(Strict):
    """The letter of a kind that somebody got in the step `to` is shown."""

    page: str
    to: str
    kind: str
    lines: int


class Clock(Strict):
    """The clock is set to a time of the day."""

    clock: time


class Move(Strict):
    """The clock is moved on, and what falls due by then is done."""

    move: datetime
    show: list[str] = Field(default_factory=list)


class Act(Strict):
    """What the audience is to look at, and the steps of it."""

    title: str
    steps: list[Write | Reply | Page | Clock | Move]


class Day(Strict):
    """The whole. `rules` names a shipped regulation, `begins` is aware."""

    rules: str
    begins: datetime
    mailboxes: Mailboxes
    contracts: list[Contract]
    people: dict[str, Writer]
    letters: dict[str, Wording]
    acts: list[Act]

    def contracts_csv(self, today: date) -> str:
        """`contracts.csv` for the clients of these letters, as it stands on a day."""
        names = list(self.contracts[0].days)
        dates = ";".join(f"{name}_until" for name in names)
        rows = [f"registration_number;kind;product;organisation;inn;{dates};partner_code;email_domains"]
        for each in self.contracts:
            until = ";".join(str(today + timedelta(each.days[name])) for name in names)
            rows.append(f"{each.number};main;{each.product};{each.organisation};{each.inn};{until};;{each.domain}")
        return "\n".join([*rows, ""])


def load_day() -> Day:
    """The day as shipped. Raises ConfigError(s)."""
    return validate(Day, read_toml(_FILE))


def shown_regulation() -> str:
    """The name of the shipped regulation that the demonstration shows."""
    return str(tomllib.loads(_FILE.read_text(encoding="utf-8"))["rules"])
