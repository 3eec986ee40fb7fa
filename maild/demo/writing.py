"""How the demonstration's people put letters together. Everything ends in CRLF, as mail does."""

import re
import zlib
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")


def letter(to: str, when: datetime, sender: str, subject: str, words: str = "") -> EmailMessage:
    """A letter without a body. `words` only tell two letters of one second apart in their Message-IDs."""
    message = EmailMessage(policy=SMTP)
    domain = sender.rpartition("@")[2].rstrip(">")
    mark = zlib.crc32((subject + sender + words).encode())
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(when)
    message["Message-ID"] = f"<{mark:08x}.{int(when.timestamp())}@{domain}>"
    return message


def replying(message: EmailMessage, message_id: str) -> bytes:
    """The letter as an answer to that id. Set by hand: the library would encode an id that is longer than a line."""
    return f"In-Reply-To: {message_id}\r\nReferences: {message_id}\r\n".encode() + message.as_bytes()


def reply_subject(subject: str) -> str:
    """The subject with `Re:` once."""
    return "Re: " + re.sub(r"^(?:re:\s*)+", "", subject, flags=re.IGNORECASE)
