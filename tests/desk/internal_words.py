"""What a client must never read: words that only letters to those who work at the desk have, and marks of ours."""

import re
from collections.abc import Iterator
from email.message import EmailMessage

from maild.mail import labels_links, labels_staff
from maild.mail.command_words import known
from maild.mail.labels_client import LABELS as FOR_CLIENTS
from maild.mail.markers import MARKERS

_SHARED = frozenset({"level", "organisation and number"})
"""Rows that stand in letters to clients as well, by another key."""
_SECTIONS = (
    "Команды первой строкой",
    "Нажать и отправить",
    "Что не сделано",
    "Кому что ушло",
    "Посчитано",
    "рабочее, посчитано",
    "Команди першим рядком",
    "Натиснути й надіслати",
    "Що не зроблено",
    "Кому що надіслано",
    "робочий, підраховано",
    "Commands for the first line",
    "Click and send",
    "What was not done",
    "counted at",
)
_CODE = re.compile(r"maild(?::|%3A)[^.\s]{1,40}\.(?:a|q|o)\.", re.IGNORECASE)
_RULE = re.compile(r"\b[a-z-]+\.(?:toml|csv):\d")
_COMMAND = re.compile(r"(?<![\w&])#(\w{2,40})")


def internal(message: EmailMessage, people: tuple[str, ...], secrets: tuple[str, ...] = ()) -> list[str]:
    """What of a letter to a client is none of the client's business; `people` are addresses of those at the desk."""
    found = []
    for part in (str(message), *_bodies(message)):
        found += [word for word in (*people, *secrets, *_SECTIONS) if word.casefold() in part.casefold()]
        found += [found.group() for found in (*_CODE.finditer(part), *_RULE.finditer(part))]
        found += [found.group() for found in _COMMAND.finditer(part) if known(found.group(1))]
        found += [line for (who, _), line in MARKERS.items() if who != "client" and line in part]
        found += [row for row in _rows() if re.search(rf"(?m)(?:^|>){re.escape(row)}(?::|<)", part)]
        found += [says for says in _says() if says in part]
    return found


def _bodies(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_maintype() == "text":
            yield str(part.get_content()).replace("\r\n", "\n")


def _rows() -> Iterator[str]:
    """The labels of the staff's card."""
    for language, labels in labels_staff.LABELS.items():
        theirs = set(FOR_CLIENTS[language].values())
        yield from (text for key, text in labels.items() if key not in _SHARED and text not in theirs)


def _says() -> Iterator[str]:
    """What the quick links say that they do; the short ones could be anybody's words."""
    for words in labels_links.WORDS.values():
        for key, text in words.items():
            if key.startswith(("does ", "says ")) and "{" not in text and len(text) > 20:
                yield text
