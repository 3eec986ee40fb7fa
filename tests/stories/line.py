"""A support line for a story: a configuration, a copy of the rarus rules, the daemon as its own process.

Mail is real: clients hand letters to Postfix, Dovecot keeps the mailboxes, the daemon is started from the command line.
"""

import email
import email.policy
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from click.testing import CliRunner
from maild.cli import main
from maild.data import data_dir
from tests.mail import agent_programs as programs
from tests.servers.basics import eventually
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.letters import deliver, letter, mailbox_messages, submit
from tests.servers.nursery import Child, command, run_once_at
from tests.servers.postfix import Postfix
from tests.stories.registry import contracts

_PYTHON = sys.executable
Process: TypeAlias = "subprocess.Popen[bytes] | Child"
"""A daemon started from the shell, or forked."""
ROUND_THE_CLOCK = ", ".join(f'{day} = "00:00-24:00"' for day in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
"""A week without closing time, so that a story may be told at any hour."""


class Line:
    """One desk on real servers. `crm`, `control`, `agent`, `colleague`, `quality`, `operator` are its own addresses.

    The agent sits on the first line, the colleague (once `with_colleague` was called) there and on the second.
    """

    def __init__(self, folder: Path, dovecot: Dovecot, postfix: Postfix) -> None:
        self.folder, self.dovecot, self.postfix = folder, dovecot, postfix
        self.crm, self.control = dovecot.user("crm"), dovecot.user("control")
        self.agent, self.quality, self.operator = (dovecot.user(word) for word in ("agent", "quality", "operator"))
        self._own = secrets.token_hex(3)
        self.config = folder / "maild.toml"
        self.rules = folder / "rules"
        shutil.copytree(data_dir("rules") / "rarus", self.rules)
        self.rewrite("desk.toml", r"^week = .*$", f"week = {{ {ROUND_THE_CLOCK} }}")
        self.rewrite("desk.toml", r"^calendar = .*$", "")
        (self.rules / "people.toml").write_text(
            f'[[agents]]\naddress = "{self.agent}"\nname = "Анна Котова"\nlines = ["consultants"]\n\n'
            f'[lines.consultants]\ntitle = "Консультанты"\nfirst = true\n\n'
            f'[quality]\naddresses = ["{self.quality}"]\n',
            encoding="utf-8",
        )
        (self.rules / "contracts.csv").write_text(contracts(), encoding="utf-8")
        (folder / "password").write_text(PASSWORD)
        self.write_config()

    def with_colleague(self) -> str:
        """A second agent, and a second line to hand over to; their address."""
        self.colleague = self.dovecot.user("colleague")
        with (self.rules / "people.toml").open("a", encoding="utf-8") as file:
            file.write(
                f'\n[[agents]]\naddress = "{self.colleague}"\nname = "Пётр Орлов"\n'
                'lines = ["consultants", "managers"]\n\n[lines.managers]\ntitle = "Менеджеры"\n'
            )
        self.rewrite("people.toml", r'^title = "Консультанты"$', 'title = "Консультанты"\nhands_over_to = "managers"')
        return self.colleague

    def rewrite(self, name: str, pattern: str, replacement: str) -> None:
        """Change lines of a rule file."""
        path = self.rules / name
        text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert count, f"{name} has nothing like {pattern}"
        path.write_text(text, encoding="utf-8")

    def targets(self, reaction: str, resolution: str) -> None:
        """Short targets for every level, so that a deadline can be missed while we watch."""
        self.rewrite("desk.toml", r'^reaction = "(4h|8h)"', f'reaction = "{reaction}"')
        self.rewrite("desk.toml", r'^resolution = ".*?"', f'resolution = "{resolution}"')

    def write_config(self, *, extra: str = "", mailbox: str = "", smtp_port: int | None = None) -> None:
        """maild.toml; `extra` is appended, `mailbox` goes into the crm mailbox's table."""
        boxes = "".join(
            f"[desks.rarus.mailboxes.{name}]\n"
            f'role = "{role}"\naddress = "{address}"\nhost = "127.0.0.1"\nport = {self.dovecot.imap}\n'
            f'security = "none"\nusername = "{address}"\npassword_file = "password"\ndone = "Archive"\npoll = "2s"\n'
            f"{mailbox if name == 'crm' else ''}\n"
            for name, role, address in (("crm", "support", self.crm), ("control", "quality", self.control))
        )
        self.config.write_text(
            '[database]\nurl = "sqlite:///maild.db"\n\n'
            f'[smtp]\nhost = "127.0.0.1"\nport = {smtp_port or self.postfix.smtp}\nsecurity = "none"\n\n'
            f'[desks.rarus]\nrules = "rules"\n\n{boxes}\n[operator]\naddress = "{self.operator}"\n\n{extra}',
            encoding="utf-8",
        )

    def maild(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [_PYTHON, "-m", "maild", *words], capture_output=True, text=True, timeout=120, check=check, cwd=self.folder
        )

    def once(self, at: datetime | None = None) -> None:
        """`maild run --once`, and it must end well; with `at` (aware) the daemon's clock shows that time."""
        said = self.folder / "once"
        if at is None:
            child = Child(self.folder, said, command, "run", "--once", "-c", str(self.config))
        else:
            child = Child(self.folder, said, run_once_at, str(self.config), at.isoformat())
        assert child.wait(timeout=120) == 0, said.read_text(encoding="utf-8")

    def reload(self, process: "Process") -> None:
        """Have the daemon read the rules now, and wait until it has."""
        before = self.log().count("rules-loaded")
        process.send_signal(signal.SIGHUP)
        eventually(lambda: self.log().count("rules-loaded") > before)

    @contextmanager
    def running(self, *, shell: bool = False) -> Iterator["Process"]:
        """The daemon, up and connected; ended by SIGTERM, and it must end well."""
        process = self.start(shell=shell)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                assert process.wait(timeout=10) == 0, self.log()

    def start(self, *, shell: bool = False) -> "Process":
        """Start the daemon (`shell`: as a person does) and wait until both mailboxes are served."""
        words, log = ("run", "-c", str(self.config)), self.folder / "log"
        process: Process
        if shell:
            with log.open("ab") as said:
                process = subprocess.Popen([_PYTHON, "-m", "maild", *words], stderr=said, stdout=said, cwd=self.folder)
        else:
            process = Child(self.folder, log, command, *words)
        eventually(lambda: process.poll() is not None or self._connected(process.pid), timeout=30, every=0.05)
        assert process.poll() is None, self.log()
        return process

    def _connected(self, pid: int) -> bool:
        if f'"pid": {pid}' not in self.log():  # it has not said yet that it started
            return False
        status = self._asked("status")
        boxes = status["desks"]["rarus"]["mailboxes"].values()
        return status["pid"] == pid and all(box["state"] == "connected" for box in boxes)

    def log(self) -> str:
        """What the daemon said so far."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def write(self, sender: str, text: str, subject: str = "Вопрос", to: str | None = None, **headers: str) -> bytes:
        """A client's letter, handed to Postfix; its bytes."""
        to, sender = to or self.crm, self.at(sender)
        headers.setdefault("Message_ID", f"<{os.urandom(6).hex()}@client.test>")
        raw = letter(subject, text, to, From=sender, **headers)
        submit(self.postfix, raw, sender, *[address.strip() for address in to.split(",")])
        return raw

    def reply(
        self,
        who: str,
        answered: EmailMessage,
        *own: str,
        program: str = "gmail web",
        to: str | None = None,
        files: tuple[tuple[str, bytes], ...] = (),
        **headers: str,
    ) -> EmailMessage:
        """Somebody replies to a letter of ours in a mail program's format; what they sent."""
        made = self.answering(who, answered, *own, program=program, to=to, files=files, **headers)
        submit(self.postfix, bytes(made), self.at(who), str(made["To"]))
        return made

    def answering(
        self,
        who: str,
        answered: EmailMessage,
        *own: str,
        program: str = "gmail web",
        to: str | None = None,
        files: tuple[tuple[str, bytes], ...] = (),
        **headers: str,
    ) -> EmailMessage:
        """The letter of `reply`, not sent yet."""
        made = programs.letter(program, programs.original(bytes(answered)), programs.Reply(own))
        headers.setdefault("Message_ID", f"<{os.urandom(6).hex()}@reply.test>")
        headers |= {"From": self.at(who), "To": to or answered["From"].addresses[0].addr_spec}
        for name, value in headers.items():
            del made[name.replace("_", "-")]
            made[name.replace("_", "-")] = value
        for name, data in files:
            made.add_attachment(data, "application", "octet-stream", filename=name)
        return made

    def press(self, who: str, offered: EmailMessage, word: str, says: str = "") -> None:
        """Somebody presses a `mailto:` link of our letter and sends what opens, with `says` in its empty line.

        As most programs do it: a new letter, without In-Reply-To.
        """
        found = {found["subject"].rpartition(" ")[2]: (to, found) for to, found in mailto_links(offered)}
        to, fields = found[word]
        text = fields["body"].replace("\r\n\r\n", f"\r\n{says}\r\n", 1) if says else fields["body"]
        self.write(who, text, fields["subject"], to=to)

    def vouched(self, who: str, text: str, subject: str = "Письмо", *results: str, **headers: str) -> None:
        """A letter comes in by LMTP, with the Authentication-Results that our mail server (or others) put on top."""
        headers.setdefault("Message_ID", f"<{os.urandom(6).hex()}@example.test>")
        headers.setdefault("From", self.at(who))
        raw = letter(subject, text, self.crm, **headers)
        top = "".join(f"Authentication-Results: {result}\r\n" for result in results)
        deliver(self.dovecot, top.encode() + raw, self.crm, sender=self.at(who))

    def at(self, address: str) -> str:
        """A client's address as this story has it: the mail server is shared with other stories."""
        local, _, domain = address.partition("@")
        return address if domain == "example.test" or local.endswith(self._own) else f"{local}-{self._own}@{domain}"

    def mailbox(self, address: str, folder: str = "INBOX") -> list[EmailMessage]:
        """All letters that lie in somebody's folder now."""
        return [_parsed(stored.raw) for stored in mailbox_messages(self.dovecot, self.at(address), folder)]

    def letters_to(
        self, address: str, count: int = 1, *, kind: str | None = None, timeout: float = 30
    ) -> list[EmailMessage]:
        """Wait until so many letters (of this X-Maild-Kind) lie in somebody's mailbox."""

        def enough() -> list[EmailMessage]:
            parsed = self.mailbox(address)
            found = [each for each in parsed if kind is None or each["X-Maild-Kind"] == kind]
            return found if len(found) >= count else []

        return eventually(enough, timeout=timeout, every=0.2)

    def tickets(self) -> list[dict[str, Any]]:
        """`maild tickets --json`."""
        found: list[dict[str, Any]] = self._asked("tickets")
        return found

    def ticket(self, number: str) -> dict[str, Any]:
        """`maild ticket N --json`."""
        found: dict[str, Any] = self._asked("ticket", number)
        return found

    def _asked(self, *words: str) -> Any:
        """What a command says as JSON. It runs in this process: a story asks often, and a process costs a second."""
        answer = CliRunner().invoke(main, [*words, "-c", str(self.config), "--json"])
        assert answer.stdout, answer.output
        return json.loads(answer.stdout)

    def events(self, number: str = "CRM-000001") -> list[str]:
        """What happened to a ticket, in order."""
        return [entry["event"] for entry in self.ticket(number)["history"]]

    def went(self, to: str, number: str = "CRM-000001") -> list[str]:
        """The kinds of what left (or is to leave) to an address about a ticket, by the daemon's own books.

        What is not there was not sent, however slow the mail servers are.
        """
        mail = self.ticket(number)["mail"]
        return [record["kind"] for record in mail if record["direction"] == "out" and record["to"] == self.at(to)]


def mailto_links(message: EmailMessage) -> list[tuple[str, dict[str, str]]]:
    """The ready letters that a letter of ours offers: address and decoded fields (RFC 6068).

    Those of its text part, as the contract has it for ratings; of the HTML where the text has none.
    """
    found = []
    for link in _LINK.findall(body(message)) or _LINK.findall(body(message, "html")):
        parts = urlsplit(link.replace("&amp;", "&"))
        fields = dict(field.split("=", 1) for field in parts.query.split("&") if "=" in field)
        found.append((unquote(parts.path), {name: unquote(value) for name, value in fields.items()}))
    return [(to, fields) for to, fields in found if {"subject", "body"} <= fields.keys()]


_LINK = re.compile(r'mailto:[^"\s<>]+')


def _parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str = "plain") -> str:
    """The text of a letter."""
    part = message.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content
