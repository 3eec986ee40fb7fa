"""Letters of the text files `fields_*.txt`, read; and letters put together from places, for tests of recognition."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from maild.domain.fields import FieldRules
from maild.mail.fields import preferred, recognise
from maild.mail.message import Address, Attachment, Message, Place, Section
from maild.regulation.fields import load_fields
from maild.tomlfile import read_toml

HERE = Path(__file__).parent
OWN = frozenset({"crm@example.test", "Линия консультаций"})


def rules_of(path: Path) -> FieldRules:
    """The fields of a regulation's `intake.toml`."""
    return load_fields(read_toml(path))


def letter(
    *parts: tuple[str, str], subject: str = "", language: str = "ru", attachments: tuple[Attachment, ...] = ()
) -> Message:
    """A letter of (place, text) parts."""
    sections, text = [], ""
    for place, part in parts:
        sections.append(Section(Place(place), len(text), len(text) + len(part)))
        text += part
    return Message(
        message_id="<1@client.test>", sender=Address("", "a@client.test"), from_count=1, reply_to=(), to=(), cc=(),
        subject=subject, date=None, in_reply_to=(), references=(), text=text, reply=text, sections=tuple(sections),
        attachments=attachments, automatic=None, language=language,
    )  # fmt: skip


def stored(name: str) -> list[tuple[dict[str, Any], Message]]:
    """The letters of a file with the fields that are expected of each."""
    return list(_stored((HERE / name).read_text(encoding="utf-8")))


def _stored(text: str) -> Iterator[tuple[dict[str, Any], Message]]:
    for block in text.split("\n=== ")[1:]:
        head, body = block.split("\n", 1)
        first, *rest = re.split(r"(?m)^@(\w+)\n", body)
        parts = [("own", first), *zip(rest[::2], rest[1::2], strict=True)]
        subject = "".join(part for place, part in parts if place == "subject").strip()
        language = "ru" if re.search("[а-я]", body) else "en"
        sections = [part for part in parts if part[0] != "subject" and part[1].strip()]
        yield json.loads(head), letter(*sections, subject=subject, language=language)


def values(message: Message, rules: FieldRules) -> dict[str, str]:
    """The value that would be taken for each field."""
    found = recognise(message, rules, own_addresses=OWN)
    wanted = "target" if "доступ" in message.text.lower() else "current"
    chosen = {name: preferred(items, wanted) for name, items in found.candidates.items()}
    return {name: item.value for name, item in chosen.items() if item}


def disagreements(message: Message, rules: FieldRules, expected: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """(what was found, what is right) of every field that is not as expected."""
    found = values(message, rules)
    return {
        name: (found.get(name), expected.get(name))
        for name in expected.keys() | found.keys()
        if found.get(name) not in (expected[name] if isinstance(expected.get(name), list) else [expected.get(name)])
    }
