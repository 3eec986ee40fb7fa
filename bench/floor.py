"""The least that the work can cost: fetch in batches, a stdlib parse, a raw insert, a hand-made reply.

No decision, no state, no safety. `python -m bench.floor --imap PORT --smtp PORT --user ADDRESS --database FILE`
answers everything that lies in the mailbox, once, over one connection each.
"""

import argparse
import imaplib
import re
import smtplib
import sqlite3
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.mime.text import MIMEText

BATCH = 50
PASSWORD = "secret"
REPLY = (
    "Здравствуйте.\n\nМы получили ваше письмо «{subject}», номер заявки {number}.\nПросто ответьте, чтобы дополнить.\n"
)


def fetched(port: int, user: str) -> Iterator[list[tuple[int, bytes]]]:
    """The mailbox in batches of (UID, raw letter)."""
    link = imaplib.IMAP4("127.0.0.1", port)
    link.login(user, PASSWORD)
    link.select("INBOX", readonly=True)
    uids = link.uid("SEARCH", "ALL")[1][0].split()
    for start in range(0, len(uids), BATCH):
        batch = b",".join(uids[start : start + BATCH]).decode()
        parts = [part for part in link.uid("FETCH", batch, "(UID BODY.PEEK[])")[1] if isinstance(part, tuple)]
        yield [(_uid(part[0]), part[1]) for part in parts]
    link.logout()


def _uid(head: bytes) -> int:
    found = re.search(rb"UID (\d+)", head)
    return int(found.group(1)) if found else 0


def body(message: Message) -> str:
    """The first text part, decoded."""
    for part in message.walk():
        if part.get_content_maintype() == "text":
            data = part.get_payload(decode=True)
            return data.decode(part.get_content_charset("utf-8"), "replace") if isinstance(data, bytes) else ""
    return ""


def reply(message: Message, subject: str, number: int, user: str) -> MIMEText:
    """An acknowledgement, put together by hand."""
    answer = MIMEText(REPLY.format(subject=subject, number=number), "plain", "utf-8")
    answer["From"], answer["To"] = user, str(message["From"])
    answer["Subject"] = f"Re: [FLOOR-{number:06d}] {subject}"
    answer["Message-ID"] = f"<floor.{number}@example.test>"
    answer["In-Reply-To"] = answer["References"] = str(message["Message-ID"])
    answer["Auto-Submitted"] = "auto-replied"
    answer["X-Maild-Kind"] = "acknowledgement"
    return answer


def main() -> None:
    """Answer the whole mailbox."""
    arguments = argparse.ArgumentParser()
    for name in ("--imap", "--smtp", "--user", "--database"):
        arguments.add_argument(name, required=True)
    given = arguments.parse_args()
    database = sqlite3.connect(given.database)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE letters (number INTEGER PRIMARY KEY, uid, sender, subject, body, raw)")
    number = 0
    with smtplib.SMTP("127.0.0.1", int(given.smtp), local_hostname="floor.test") as link:
        for batch in fetched(int(given.imap), given.user):
            answers = []
            for uid, raw in batch:
                message = message_from_bytes(raw)
                if message["Auto-Submitted"]:
                    continue
                number += 1
                subject = str(make_header(decode_header(message["Subject"]))).replace("\n", "")
                row = (number, uid, message["From"], subject, body(message), raw)
                database.execute("INSERT INTO letters VALUES (?, ?, ?, ?, ?, ?)", row)
                answers.append((str(message["Return-Path"]), reply(message, subject, number, given.user)))
            database.commit()
            for to, answer in answers:
                link.sendmail("", [to], answer.as_bytes().replace(b"\n", b"\r\n"))


if __name__ == "__main__":
    main()
