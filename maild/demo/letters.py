"""The letters of the demonstration as mail programs write them: charsets, encodings, Outlook's HTML with a picture.

`compose` takes the desk's address and the moment of writing (aware) and gives the letter's bytes with CRLF.
"""

import html
import struct
import zlib
from collections.abc import Mapping
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from maild.demo.day import Wording
from maild.demo.writing import letter, replying

_CELL = '<td style="border:solid windowtext 1.0pt;padding:0cm 5.4pt"><p class=MsoNormal>{}<o:p></o:p></p></td>'
_GAP = "<p class=MsoNormal>&nbsp;</p>"


def compose(wording: Wording, to: str, when: datetime, answered: bytes | None = None) -> bytes:
    """A letter of the day. `answered` (raw) is the letter that a machine answers with it (RFC 3834)."""
    message = letter(to, when, wording.sender, wording.subject)
    for name, value in wording.headers.items():
        message[name] = value
    if wording.table:
        _as_outlook_does(message, wording)
    else:
        message.set_content(wording.text, charset=wording.charset, cte=wording.encoding)
    if answered is None:
        return message.as_bytes()
    request = message_from_bytes(answered, policy=SMTP)
    return replying(message, str(request["Message-ID"]).strip())


def _as_outlook_does(message: EmailMessage, wording: Wording) -> None:
    """HTML without a plain part: a line, a table, an inline picture, a signature."""
    domain = message["From"].addresses[0].domain
    page = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta http-equiv=Content-Type '
        f'content="text/html; charset={wording.charset}"><style>p.MsoNormal {{margin:0cm;font-size:11.0pt}}</style>'
        f"</head><body lang=RU><div class=WordSection1><p class=MsoNormal>{html.escape(wording.text)}<o:p></o:p></p>"
        f"{_GAP}{_table(wording.table)}{_GAP}"
        f'<p class=MsoNormal><img width=320 height=180 src="cid:image001.png@{domain}"></p>'
        f"<p class=MsoNormal>{html.escape(wording.below).replace(chr(10), '<br>')}</p></div></body></html>"
    )
    message.set_content(page, subtype="html", charset=wording.charset, cte="quoted-printable")
    message.add_related(_screenshot(), "image", "png", cid=f"<image001.png@{domain}>", filename="image001.png")


def _table(rows: Mapping[str, str]) -> str:
    cells = (f"<tr>{_CELL.format(html.escape(name))}{_CELL.format(html.escape(rows[name]))}</tr>" for name in rows)
    return f"<table class=MsoTableGrid border=1 cellspacing=0>{''.join(cells)}</table>"


def _screenshot(width: int = 320, height: int = 180) -> bytes:
    """A picture of a window with an error in it, as PNG (8-bit RGB)."""

    def colour(x: int, y: int) -> bytes:
        if y < 24:
            return b"\xff\xd8\x4d"  # the title bar
        if (x - 50) ** 2 + (y - 90) ** 2 < 400:
            return b"\xc0\x39\x2b"  # the round sign
        line = 100 < x < 290 - (y % 37) * 2 and 60 < y < 130 and y % 16 < 3
        return b"\x33\x33\x33" if line else b"\xf7\xf7\xf4"

    rows = b"".join(b"\0" + b"".join(colour(x, y) for x in range(width)) for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
