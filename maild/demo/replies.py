"""The demonstration's people and how they reply: each one's mail program quotes and signs in its own way.

What is answered is a letter as maild sent it (raw bytes); what comes out is the whole reply, quotation included, as
that program would send it. Only what the demonstration needs: four programs, one recipient, no attachments.
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from maild.demo.day import Writer
from maild.demo.writing import WEEKDAYS, letter, reply_subject, replying


@dataclass(frozen=True)
class Quoted:
    """The letter that is answered, as a mail program shows it."""

    sender: str
    to: str
    subject: str
    text: str
    markup: str

    @property
    def marked(self) -> str:
        """The text with signs in front."""
        return "\n".join(f"> {line}".rstrip() for line in self.text.splitlines())


Parts = tuple[str, str]
"""The plain and the HTML part of a reply, "" where the program sends none."""


def reply(writer: Writer, answered: bytes, when: datetime, words: str) -> bytes:
    """`words` as an answer to a letter, above its quotation; `when` is aware."""
    message = message_from_bytes(answered, policy=SMTP)
    assert isinstance(message, EmailMessage)
    subject, sender = str(message["Subject"]), message["From"].addresses[0]
    quoted = Quoted(str(sender), str(message["To"]), subject, _part(message, "plain"), _part(message, "html"))
    made = letter(
        sender.addr_spec,
        when,
        f"{writer.name} <{writer.address}>",
        reply_subject(subject),
        words + message["Message-ID"],
    )
    plain, markup = PROGRAMS[writer.program](quoted, words, writer.signature, when)
    made.set_content(plain, cte="quoted-printable")
    if markup:
        made.add_alternative(markup, subtype="html", cte="quoted-printable")
    return replying(made, str(message["Message-ID"]).strip())


def _part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    text = str(found.get_content()).strip() if found else ""
    inside = re.search(r"<body[^>]*>(.*)</body>", text, re.DOTALL) if kind == "html" else None
    return inside[1] if inside else text


def _gmail(quoted: Quoted, words: str, signature: str, when: datetime) -> Parts:
    said = f"{WEEKDAYS[when.weekday()]}, {when:%d.%m.%Y} в {when:%H:%M}, {quoted.sender}:"
    above = f'<div dir="ltr" class="gmail_attr">{html.escape(said)}<br></div>'
    blockquote = f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{quoted.markup}</blockquote>'
    markup = f'<div dir="ltr">{_lines(words)}</div><br><div class="gmail_quote">{above}{blockquote}</div>'
    return f"{words}\n\n{said}\n\n{quoted.marked}\n", markup if quoted.markup else ""


def _iphone(quoted: Quoted, words: str, signature: str, when: datetime) -> Parts:
    said = f"On {when:%d %b %Y}, at {when:%H:%M}, {quoted.sender} wrote:"
    return f"{words}\n\n{signature}\n\n> {said}\n> \n{quoted.marked}\n", ""


def _thunderbird(quoted: Quoted, words: str, signature: str, when: datetime) -> Parts:
    name = quoted.sender.partition(" <")[0]
    return f"{words}\n\n{when:%d.%m.%Y %H:%M}, {name} пишет:\n{quoted.marked}\n\n-- \n{signature}\n", ""


def _outlook(quoted: Quoted, words: str, signature: str, when: datetime) -> Parts:
    own = f"{words}\n\n{signature}".rstrip()
    head = {
        "От": quoted.sender,
        "Отправлено": f"{when:%d.%m.%Y %H:%M}",
        "Кому": quoted.to,
        "Тема": quoted.subject,
    }
    above = "<br>".join(f"<b>{label}:</b> {html.escape(value)}" for label, value in head.items())
    plain = f"{own}\n\n" + "\n".join(f"{label}: {value}" for label, value in head.items()) + f"\n\n{quoted.text}\n"
    line = "<p class=MsoNormal>{}<o:p></o:p></p>"
    markup = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body lang=RU><div class=WordSection1>'
        f"{_lines(own, line, line.format('&nbsp;'))}{line.format('&nbsp;')}<div style='border:none;border-top:solid "
        f"#E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>{line.format(above)}</div>{quoted.markup}</div></body></html>"
    )
    return plain, markup


def _lines(text: str, shape: str = "<div>{}</div>", gap: str = "<div><br></div>") -> str:
    return "".join(shape.format(html.escape(line)) if line else gap for line in text.split("\n"))


PROGRAMS: Mapping[str, Callable[[Quoted, str, str, datetime], Parts]] = {
    "Gmail": _gmail,
    "iPhone Mail": _iphone,
    "Outlook": _outlook,
    "Thunderbird": _thunderbird,
}
