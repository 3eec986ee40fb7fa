"""How mail programs answer one of our letters: the same words, dressed as each of them does it.

Every program is a function from what was answered and what was written to the plain and the HTML part it sends, ""
where it sends none. What it quotes is the real letter, as that program shows it.
"""

import html as escaping
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP

from maild.mail.html import html_lines
from maild.mail.parse import parse
from tests.desk.notify_samples import html_of, text_of

AGENT = "kotova@example.test"
DESK = "Линия консультаций 1С:CRM"


@dataclass(frozen=True)
class Original:
    """The letter to staff that is answered: its parts, and what a program says of it."""

    text: str
    html: str
    message_id: str
    subject: str

    @property
    def inner(self) -> str:
        """What stands inside `<body>`, as web programs take it over."""
        found = re.search(r"<body[^>]*>(.*)</body>", self.html, re.DOTALL)
        return found.group(1) if found else self.html

    @property
    def shown(self) -> str:
        """HTML as a program turns it into a plain twin: a line for each row, links with their targets."""
        links = re.sub(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', r"\2 &lt;\1&gt;", self.html, flags=re.DOTALL)
        return "\n".join(line for line, _ in html_lines(links))


@dataclass(frozen=True)
class Reply:
    """What the agent wrote: lines, the signature as the program appends it, pictures by their Content-ID."""

    own: Sequence[str]
    signature: str = ""
    bottom: bool = False
    picture: str = ""
    logo: str = ""

    @property
    def text(self) -> str:
        """The words, and the signature below."""
        return "\n".join(self.own) + (f"\n\n{self.signature}" if self.signature else "")

    def lines(self, wrap: str = "<div>{}</div>", gap: str = "<div><br></div>") -> str:
        """The words as HTML, a block for each line."""
        shown = [wrap.format(escaping.escape(line)) if line else gap for line in self.own]
        if self.picture:
            shown.append(wrap.format(f'<img src="cid:{self.picture}" alt="">'))
        return "".join(shown)

    def signed(self, wrap: str = "<div>{}</div>") -> str:
        """The signature as HTML, with its logo."""
        body = "".join(wrap.format(escaping.escape(line)) for line in self.signature.split("\n") if line)
        return body + (wrap.format(f'<img src="cid:{self.logo}">') if self.logo else "")


def original(raw: bytes) -> Original:
    """One of our letters as it is answered."""
    message = parse(raw)
    return Original(text_of(raw).rstrip("\n"), html_of(raw), message.message_id or "", message.subject)


def signs(text: str, prefix: str = "> ") -> str:
    """A quotation with signs."""
    return "\n".join(f"{prefix}{line}" if line else prefix.rstrip() for line in text.split("\n"))


def _rewrapped(text: str, width: int = 76) -> str:
    """Quoted lines as Gmail breaks them: the sign and a few words more do not fit any longer."""
    lines: list[str] = []
    for line in signs(text).split("\n"):
        while len(line) > width and (cut := line.rfind(" ", 2, width)) > 2:
            lines.append(line[:cut])
            line = "> " + line[cut + 1 :]
        lines.append(line)
    return "\n".join(lines)


def _block(labels: Sequence[str], when: str, at: Original, bold: str = "{}") -> list[str]:
    """«От: … Отправлено: … Кому: … Тема: …»."""
    values = (f"{DESK} <crm@example.test>", when, f"Анна Котова <{AGENT}>", at.subject)
    return [f"{bold.format(f'{label}:')} {value}" for label, value in zip(labels, values, strict=True)]


_RU = ("От", "Отправлено", "Кому", "Тема")
_EN = ("From", "Sent", "To", "Subject")
_UK = ("Від", "Надіслано", "Кому", "Тема")
_LONG_RU, _LONG_EN = "понедельник, 23 ноября 2026 г. 10:17", "Monday, November 23, 2026 10:17 AM"

Parts = tuple[str, str]


def _outlook(labels: Sequence[str], when: str) -> Callable[[Original, Reply], Parts]:
    def made(at: Original, reply: Reply) -> Parts:
        word = "<p class=MsoNormal>{}<o:p></o:p></p>"
        head = "<br>".join(
            re.sub("&lt;(/?)b&gt;", r"<\1b>", escaping.escape(line)) for line in _block(labels, when, at, "<b>{}</b>")
        )
        return (
            f"{reply.text}\n\n" + "\n".join(_block(labels, when, at)) + f"\n\n{at.shown}\n",
            '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body lang=RU link="#0563C1"><div '
            f"class=WordSection1>{reply.lines(word, word.format('&nbsp;'))}{word.format('&nbsp;')}{reply.signed(word)}"
            f"{word.format('&nbsp;')}<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm "
            f"0cm'><p class=MsoNormal>{head}<o:p></o:p></p></div></div>{word.format('&nbsp;')}{at.inner}</div></body>"
            "</html>",
        )

    return made


def _outlook_web(at: Original, reply: Reply) -> Parts:
    block = _block(_RU, "23 ноября 2026 г. 10:17", at)
    head = "<br>".join(escaping.escape(line) for line in block)
    line = '<div class="elementToProof" style="font-family:Aptos,sans-serif">{}</div>'
    return (
        f"{reply.text}\n\n________________________________\n" + "\n".join(block) + f"\n\n{at.shown}\n",
        f"<html><body dir='ltr'>{reply.lines(line, line.format('<br>'))}<div id='Signature'>{reply.signed()}</div>"
        "<div id='appendonsend'></div><hr style='display:inline-block;width:98%' tabindex='-1'>"
        f"<div id='divRplyFwdMsg' dir='ltr'><font face='Calibri'>{head}</font><div>&nbsp;</div></div>{at.inner}</body>"
        "</html>",
    )


def _new_outlook(at: Original, reply: Reply) -> Parts:
    block = _block(("From", "Date", "To", "Subject"), "Monday, 23 November 2026 at 10:17", at)
    head = "<br>".join(escaping.escape(line) for line in block)
    return (
        f"{reply.text}\n\n" + "\n".join(block) + f"\n\n{at.shown}\n",
        f"<html><body>{reply.lines()}<div><br></div><div id='ms-outlook-mobile-signature'>{reply.signed()}</div>"
        "<div id='mail-editor-reference-message-container'><div class='ms-outlook-mobile-reference-message "
        "skipProofing' style='text-align:left;padding:3pt 0 0;border-width:1pt medium medium;border-style:solid none "
        f"none'>{head}</div><div>{at.inner}</div></div></body></html>",
    )


def _gmail(attribution: str) -> Callable[[Original, Reply], Parts]:
    def made(at: Original, reply: Reply) -> Parts:
        said = attribution.format(f"{DESK} <crm@example.test>")
        sign = f"\n\n-- \n{reply.signature}" if reply.signature else ""
        signed = f'<div class="gmail_signature" data-smartmail="gmail_signature">{reply.signed()}</div>' if sign else ""
        separator = '<span class="gmail_signature_prefix">-- </span><br>' if sign else ""
        return (
            "\n".join(reply.own)
            + ("\n[image: image.png]" if reply.picture else "")
            + sign
            + "\n\n"
            + said.replace(" <", " <\n")
            + f"\n\n{_rewrapped(at.text)}\n",
            f'<div dir="ltr"><div>{reply.lines()}</div>{separator}{signed}</div><br><div class="gmail_quote '
            f'gmail_quote_container"><div dir="ltr" class="gmail_attr">{escaping.escape(said)}<br></div><blockquote '
            'class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);'
            f'padding-left:1ex">{at.inner}</blockquote></div>',
        )

    return made


def _gmail_app(at: Original, reply: Reply) -> Parts:
    said = f"пн, 23 нояб. 2026 г., 10:17 {DESK} <crm@example.test>:"
    return (
        f"{reply.text}\n\n{said}\n\n{_rewrapped(at.text)}\n",
        f'<div dir="auto">{reply.lines("<div dir=auto>{}</div>")}</div>{reply.signed()}<br><div class="gmail_quote">'
        f'<div dir="ltr" class="gmail_attr">{escaping.escape(said)}<br></div><blockquote class="gmail_quote" '
        f'style="margin:0 0 0 .8ex">{at.inner}</blockquote></div>',
    )


def _apple(at: Original, reply: Reply) -> Parts:
    said = f"23 нояб. 2026 г., в 10:17, {DESK} <crm@example.test> написал(а):"
    return (
        f"{reply.text}\n\n{signs(said + chr(10) * 2 + at.text)}\n",
        f'<html><head></head><body style="overflow-wrap: break-word;">{reply.lines()}<br>{reply.signed()}<div><br>'
        f'<blockquote type="cite"><div>{escaping.escape(said)}</div><br class="Apple-interchange-newline"><div>'
        f"{at.inner}</div></blockquote></div><br></body></html>",
    )


def _ios(at: Original, reply: Reply) -> Parts:
    return _apple(at, replace(reply, signature=f"{reply.signature}\n\nОтправлено с iPhone".strip()))


def _thunderbird(at: Original, reply: Reply) -> Parts:
    said = f"23.11.2026 10:17, {DESK} пишет:"
    quoted = f'<blockquote type="cite" cite="mid:x@example.test">{at.inner}</blockquote>'
    signature = f"\n\n-- \n{reply.signature}" if reply.signature else ""
    shown = f'<div class="moz-signature">-- <br>{reply.signed()}</div>' if signature else ""
    prefix = f'<div class="moz-cite-prefix">{escaping.escape(said)}<br></div>'
    if reply.bottom:
        return (
            f"{said}\n{signs(at.text)}\n\n" + "\n".join(reply.own) + signature,
            f"<html><body>{prefix}{quoted}{reply.lines('<p>{}</p>', '')}{shown}</body></html>",
        )
    return (
        "\n".join(reply.own) + signature + f"\n\n{said}\n{signs(at.text)}\n",
        f"<html><body>{reply.lines()}{shown}{prefix}{quoted}</body></html>",
    )


def _k9(at: Original, reply: Reply) -> Parts:
    said = f"23 ноября 2026 г. 10:17:00 GMT+03:00, {DESK} <crm@example.test> пишет:"
    return (
        f"{reply.text}\n\n{said}\n{signs(at.text, '>')}\n",
        f'<!DOCTYPE html><html><body>{reply.lines()}<br><br><div class="k9mail-signature">'
        f'{reply.signed()}</div><div class="gmail_quote"><div dir="auto">'
        f'{escaping.escape(said)}</div><blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex;">{at.inner}'
        "</blockquote></div></body></html>",
    )


def _yandex(at: Original, reply: Reply) -> Parts:
    said = f'23.11.2026, 10:17, "{DESK}" <crm@example.test>:'
    signed = f"<div>-- </div>{reply.signed()}" if reply.signature else ""
    return (
        "",
        f"<div>{reply.lines()}</div><div>&nbsp;</div><div>{signed}</div><div>&nbsp;</div><div>"
        f"{escaping.escape(said)}</div><blockquote>{at.inner.replace('class=', 'data-x=')}</blockquote>",
    )


def _mailru(at: Original, reply: Reply) -> Parts:
    said = f"Понедельник, 23 ноября 2026, 10:17 +03:00 от {DESK} <crm@example.test>:"
    signature = f"\n \n--\n{reply.signature}" if reply.signature else ""
    shown = f"<div data-signature-widget='container'><div>--<br>{reply.signed()}</div></div>" if signature else ""
    return (
        "\n".join(reply.own) + signature + f"\n \n>{said}\n>\xa0\n{signs(at.text, '>')}\n",
        f"<HTML><BODY>{reply.lines()}<div>&nbsp;</div>{shown}<div>&nbsp;</div><blockquote style='border-left:1px solid "
        f"#0857A6;margin:10px;padding:0 0 0 10px;'>{escaping.escape(said)}<br>&nbsp;<div id=''><div class='js-helper "
        f"js-readmsg-msg'>{at.inner}</div></div></blockquote></BODY></HTML>",
    )


def _plain(attribution: str, prefix: str = "> ") -> Callable[[Original, Reply], Parts]:
    def made(at: Original, reply: Reply) -> Parts:
        signature = f"\n\n-- \n{reply.signature}" if reply.signature else ""
        quoted = f"{attribution.format(DESK)}\n{signs(at.text, prefix)}"
        own = "\n".join(reply.own)
        return (f"{quoted}\n\n{own}{signature}\n" if reply.bottom else f"{own}{signature}\n\n{quoted}\n"), ""

    return made


def _samsung(at: Original, reply: Reply) -> Parts:
    block = _block(("От", "Дата", "Кому", "Тема"), "23.11.2026  10:17  (GMT+03:00)", at)
    head = "</div><div>".join(escaping.escape(line) for line in block)
    return (
        f"{reply.text}\n\n\nОтправлено с устройства Galaxy\n\n\n-------- Исходное сообщение --------\n"
        + " \n".join(block)
        + f"\n\n{at.shown}\n",
        f'<html><body dir="auto">{reply.lines("<div dir=auto>{}</div>")}{reply.signed()}<div><br></div><div id='
        '"composer_signature" dir="auto"><div style="font-size:85%">Отправлено с устройства Galaxy</div></div><div>'
        '<br></div><div style="font-size:100%;color:#000000"><div>-------- Исходное сообщение --------</div><div>'
        f"{head}</div><div><br></div></div>{at.inner}</body></html>",
    )


PROGRAMS: Mapping[str, Callable[[Original, Reply], Parts]] = {
    "outlook ru": _outlook(_RU, _LONG_RU),
    "outlook en": _outlook(_EN, _LONG_EN),
    "outlook web": _outlook_web,
    "new outlook": _new_outlook,
    "gmail web": _gmail("пн, 23 нояб. 2026 г. в 10:17, {}:"),
    "gmail app": _gmail_app,
    "apple mail": _apple,
    "ios mail": _ios,
    "thunderbird": _thunderbird,
    "k-9": _k9,
    "yandex web": _yandex,
    "mail.ru web": _mailru,
    "roundcube": _plain("{} писал(а) 2026-11-23 10:17:"),
    "mutt": _plain("On Mon, Nov 23, 2026 at 10:17:00AM +0300, {} wrote:"),
    "the bat": _plain("Вы писали 23 ноября 2026 г., 10:17:00:\n", "ЛК> "),
    "samsung": _samsung,
}
UKRAINIAN: Mapping[str, Callable[[Original, Reply], Parts]] = {
    "outlook uk": _outlook(_UK, "понеділок, 23 листопада 2026 р. 10:17"),
    "gmail uk": _gmail("пн, 23 лист. 2026 р. о 10:17 {} пише:"),
}
"""The same programs set to Ukrainian; the grids over PROGRAMS do without them."""


def letter(program: str, at: Original, reply: Reply, *, only: str = "") -> EmailMessage:
    """The agent's answer as the program sends it. `only`: "plain" or "html", where it is set to write one of them."""
    plain, html = {**PROGRAMS, **UKRAINIAN}[program](at, reply)
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Анна Котова <{AGENT}>"
    message["To"] = f"{DESK} <crm@example.test>"
    message["Subject"] = f"Re: {at.subject}"
    message["In-Reply-To"] = message["References"] = at.message_id
    message["Message-ID"] = "<agent-1@example.test>"
    if plain and (only != "html" or not html):
        message.set_content(plain, cte="8bit")
        if html and only != "plain":
            message.add_alternative(html, subtype="html", cte="base64")
    else:
        message.set_content(html, subtype="html", cte="base64")
    return message


def with_picture(message: EmailMessage, cid: str, name: str | None, data: bytes) -> None:
    """Put an inline picture beside the HTML part."""
    html = message if message.get_content_subtype() in ("html", "related") else message.get_payload()[-1]  # type: ignore[index]
    html.add_related(data, "image", "png", cid=f"<{cid}>", filename=name)  # type: ignore[union-attr]
