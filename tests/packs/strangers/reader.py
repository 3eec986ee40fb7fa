"""Letters of strangers: how the TOML files beside it become raw letters, and how a decision is judged by a label.

The letters and their labels were written from the regulations alone. A label names only what a careful person with the
regulation in hand would call certain: a list means that any of its values is right, what is not named is not judged.
"""

import struct
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ARRIVAL = datetime.fromisoformat("2026-11-24T10:15:00+03:00")
_ADDRESSES = {"procrm": "procrm.test", "rarus": "example.test"}
_TAIL = {"procrm": "", "rarus": "\n\nРег. № 873331138, 1С:CRM ПРОФ, релиз 3.1.25.4, ООО «Берёзовая роща»\n"}
_CATEGORIES = {
    "out": "out-of-scope",
    "bill": "billing",
    "quality": "quality",
    "lic": "licensing",
    "crit": "critical-error",
    "wish": "wish",
    "upd": "update-access",
}


@dataclass(frozen=True)
class Stranger:
    """A letter with its label: `desk` is a pack under rules/, `role` the mailbox it came to, `raw` its bytes."""

    id: str
    desk: str
    role: str
    raw: bytes
    expect: Mapping[str, Any]


@dataclass(frozen=True)
class Phrase:
    """One question or order as a whole letter; `kind` is what stands before the bar in the files `*_phrases.txt`."""

    id: str
    desk: str
    kind: str
    text: str
    raw: bytes


def phrases(desk: str) -> Iterator[Phrase]:
    """The phrases written to one desk, in the order of their file."""
    lines = (HERE / f"{desk}_phrases.txt").read_text("utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if line and line[0] != "#":
            kind, text = (part.strip() for part in line.split("|", 1))
            row = {"from": "Somebody <some@mailhost.test>", "subject": "Вопрос", "text": text + _TAIL[desk]}
            yield Phrase(f"{desk}-{kind}-{number}", desk, kind, text, _raw(row, desk, f"{desk}-{number}"))


def phrase_fault(phrase: Phrase, told: Mapping[str, Any]) -> str | None:
    """What is wrong with a decision about a phrase, None where it is right.

    Within support is whatever is accepted or left to a person and is neither an order nor a complaint.
    """
    disposition, category = told["disposition"], told["category"]
    if phrase.kind == "nil":
        right = disposition in ("ask", "triage")
    elif phrase.kind == "in" and phrase.desk == "rarus":
        right = category == "consultation" and disposition == "accept"
    elif phrase.kind == "in":
        right = category not in ("out-of-scope", "quality") and disposition in ("accept", "triage")
    else:
        allowed = ("refuse", "triage") if phrase.kind == "out" else ("accept", "triage", "ask")
        right = category == _CATEGORIES[phrase.kind] and disposition in allowed
    return None if right else f"{disposition} as {category}"


def strangers(desk: str) -> list[Stranger]:
    """All letters written to one desk, in the order of the files; ids are unique within a desk."""
    return [letter for path in sorted(HERE.glob(f"{desk}_*.toml")) for letter in _read(path, desk)]


def _read(path: Path, desk: str) -> Iterator[Stranger]:
    for row in tomllib.loads(path.read_text("utf-8"))["letter"]:
        name = f"{path.stem.replace('_', '-')}-{row['id']}"
        yield Stranger(name, desk, row.get("role", "support"), _raw(row, desk, name), row["expect"])


def _raw(row: Mapping[str, Any], desk: str, name: str) -> bytes:
    message = EmailMessage()
    headers = {
        "From": row["from"],
        "To": f"{'control' if row.get('role') == 'quality' else 'support'}@{_ADDRESSES[desk]}",
        "Subject": row["subject"],
        "Date": "Tue, 24 Nov 2026 10:14:00 +0300",
        "Message-ID": f"<{name}@strangers.test>",
        **row.get("headers", {}),
    }
    for key, value in headers.items():
        message[key] = value
    if "text" in row:
        message.set_content(row["text"].lstrip("\n"), charset=row.get("charset", "utf-8"))
    if "html" in row:
        (message.add_alternative if "text" in row else message.set_content)(row["html"], subtype="html")
    for filename in row.get("attach", []):
        kind = "png" if filename.endswith("png") else "jpeg"
        message.add_attachment(_picture(), maintype="image", subtype=kind, filename=filename)
    return message.as_bytes(policy=SMTP)


def _picture() -> bytes:
    """A grey screen of 1280 x 720 pixels, as PNG."""
    rows = b"".join(b"\0" + b"\x80" * 1280 for _ in range(720))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 1280, 720, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def faults(label: Mapping[str, Any], told: Mapping[str, Any]) -> list[str]:
    """What of a decision, as `explain --json` tells it, contradicts the label; empty = right."""
    missing, reply = told["missing"], told["reply"]
    seen = {
        "disposition": told["disposition"],
        "category": told["category"],
        "level": told["level"],
        "priority": told["priority"],
        "verdict": told["entitlement"]["verdict"],
        "language": reply["language"],
        "template": reply["template"],
    }
    found = [
        f"{key}: {seen[key]!r}, not {label[key]!r}" for key in seen if key in label and not _fits(label[key], seen[key])
    ]
    if told["category"] in label.get("category_not", ()):
        found.append(f"category: {told['category']!r} is wrong")
    if "missing" in label and sorted(missing) != sorted(label["missing"]):
        found.append(f"missing: {missing!r}, not {label['missing']!r}")
    found += [f"missing lacks {name}" for name in label.get("missing_has", ()) if name not in missing]
    found += [f"missing has {name}" for name in label.get("missing_not", ()) if name in missing]
    for name, values in label.get("fields", {}).items():
        if not _fits(values, told["fields"].get(name)):
            found.append(f"{name}: {told['fields'].get(name)!r}, not {values!r}")
    return found


def _fits(values: str | list[str], value: str | None) -> bool:
    allowed = [values] if isinstance(values, str) else values
    return _folded(value) in {_folded(one) for one in allowed}


def _folded(value: str | None) -> str:
    return "".join(letter for letter in (value or "").casefold().replace("ё", "е") if letter not in "«»\"' ")
