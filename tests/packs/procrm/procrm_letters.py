"""The letters of `letters/letters.txt` and `topics.txt` as messages, with what a careful person decides about each."""

from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from maild.mail.message import Message
from maild.mail.parse import parse

HERE = Path(__file__).parent / "letters"
_PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(20_000)


@dataclass(frozen=True)
class Case:
    """One letter: the clauses that it shows, the right answers, and further facts by name."""

    clauses: tuple[str, ...]
    dispositions: frozenset[str]
    categories: frozenset[str]
    language: str
    facts: dict[str, str]
    message: Message
    line: int

    @property
    def role(self) -> str:
        """The mailbox that it came to."""
        return self.facts.get("role", "support")


def read_letters() -> list[Case]:
    """Every letter of the file, in order."""
    blocks: list[tuple[int, list[str]]] = []
    for number, line in enumerate((HERE / "letters.txt").read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("==="):
            blocks.append((number, [line]))
        elif blocks:
            blocks[-1][1].append(line)
    return [_case(number, lines) for number, lines in blocks]


def _case(number: int, lines: list[str]) -> Case:
    head = [part.strip() for part in lines[0].removeprefix("===").split("|")]
    clauses, dispositions, categories, language = head[:4]
    facts = dict(item.split("=", 1) for item in " ".join(head[4:]).split())
    return Case(
        tuple(clauses.split()),
        frozenset(dispositions.split("/")),
        frozenset(categories.split("/")),
        language,
        facts,
        letter(lines[1], "\n".join(lines[2:]).strip(), facts),
        number,
    )


def letter(subject: str, text: str, facts: dict[str, str] | None = None) -> Message:
    """A person's letter; `facts` may name the sender (`from`) and an attached picture or video (`file`)."""
    facts = facts or {}
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = facts.get("from", "o.client@nevidomi.test"), "pro@example.test", subject
    mail["Message-ID"] = "<1@client.test>"
    mail.set_content(text)
    if name := facts.get("file"):
        kind = ("video", "mp4") if name.endswith(".mp4") else ("image", "png")
        mail.add_attachment(_PICTURE, maintype=kind[0], subtype=kind[1], filename=name)
    return parse(mail.as_bytes())


@dataclass(frozen=True)
class Topic:
    """One line of topics.txt: `expected` is a category (its kind behind a colon), or ask, abuse, polite."""

    expected: str
    message: Message
    line: int


def read_topics() -> list[Topic]:
    """Every line of the file, in order."""
    lines = (HERE / "topics.txt").read_text(encoding="utf-8").splitlines()
    found = [(number, line.split("|", 2)) for number, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]
    return [Topic(parts[0].strip(), letter(parts[1].strip(), parts[2].strip()), number) for number, parts in found]
