"""How mail programs mark what is not the writer's own text: one table for each kind of mark, tried in order.

Russian, Ukrainian and English forms of Outlook, Gmail, Yandex, Mail.ru, Thunderbird, Apple Mail, The Bat!, phones and
web mail. Every function looks at lines and answers how many of them a mark takes, 0 where there is none.
"""

import re
from collections.abc import Sequence
from enum import Enum, auto

LONGEST_LINE = 600
"""A mark never stands in a longer line; longer ones are not looked at."""

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")

QUOTE_PREFIX = re.compile(r"[ \t\xa0]{0,3}(?:[A-ZА-ЯЁІЇЄҐ]{1,3})?>|\|[ \t]")
"""`>`, `ИИ>` of The Bat!, `|` of some phones."""

_DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b|\d{4}[./-]\d{1,2}[./-]\d{1,2}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)?[ .-]*(?:of )?[a-zа-яіїє]{3,9}\.?,?[ -]\d{4}\b"
    r"|\b[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}\b",
    re.IGNORECASE,
)
_TIME = re.compile(r"\b\d{1,2}[:.]\d{2}(?::\d{2})?\b")
_ADDRESS = re.compile(r"<\s*(?:mailto:)?[^<>\s@]+@[^<>\s@]+>|[\[(]\s*(?:mailto:)?[^\s@()\[\]]+@[^\s@()\[\]]+[\])]")
_ANY_ADDRESS = re.compile(r"[^\s<>@\"']+@[^\s<>@\"']+")
_PRESENT = re.compile(
    r"(?:\bпишет|\bнаписал\(а\)|\bписал\(а\)|\bнаписал\(-а\)|\bпише|\bнаписав\(ла\)|\bнаписав\(-ла\)"
    r"|\bписав\(ла\)|\bпишуть|"
    r"\bwrote|\bwrites|\bписали|\bпоручил\(а\))\s*:?\s*$",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"(?:\bнаписал[аи]?|\bписал[аи]?|\bнаписа(?:в|ла|ли)|\bписа(?:в|ла|ли)|\bsaid|\bwrote|\bсообщил[аи]?)\s*:?\s*$",
    re.IGNORECASE,
)
_FROM_WHOM = re.compile(r"\bот\s+\S|\bвід\s+\S|\bfrom\s+\S", re.IGNORECASE)
_STARTS = re.compile(
    r"(?:\d|on |в |у |во |(?:пн|вт|ср|чт|пт|сб|вс|нд)\b|понедельник|вторник|среда|среду|четверг|пятниц|суббот"
    r"|воскресен|"
    r"понеділок|вівторок|середа|четвер|п.ятниц|субот|неділ|mon|tue|wed|thu|fri|sat|sun|"
    r"вы писали|you wrote|ви писали|здравствуйте|hello|вітаю|from:? |\W?[A-ZА-ЯЁІЇЄҐ\"«<])",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d{1,2}[./ ]|\d{4}-\d")
_FIGURE = re.compile(r"\d[\s./:,-]")
_ENDS = (":", ":»", "：", "пишет", "пише", "wrote", "(а)", "(ла)")
_BAT = re.compile(
    r"^(?:вы писали|ви писали|you wrote)\b.{0,80}:\s*$|^.{0,80},? (?:you wrote|вы писали|ви писали):\s*$", re.IGNORECASE
)

_LABELS = {
    "from": "от|от кого|отправитель|from|від|від кого|відправник|de|von",
    "sent": "отправлено|дата|дата отправки|sent|date|надіслано|дата і час|date sent|gesendet|послано",
    "to": "кому|to|до|получатель|an",
    "cc": "копия|копии|cc|копія|kopie|скрытая копия|bcc",
    "subject": "тема|subject|тема письма|betreff|тема листа",
    "other": "reply-to|ответить|важность|importance|вложения|attachments|приоритет|організація|organization",
}
_FIELD = re.compile(
    r"^[*_>\s|]*(?:"
    + "|".join(f"(?P<{kind}>{names})" for kind, names in _LABELS.items())
    + r")\s*[*_]*\s*:\s*[*_]*\s*(?P<value>.*)$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*[_\-=*]{10,}\s*$")
_ORIGINAL = re.compile(
    r"^[-_=\s>*]{2,}\s*(?:original (?:message|mail|appointment)|исходное сообщение|исходное письмо"
    r"|оригинальное сообщение|"
    r"первоначальное сообщение|вихідне повідомлення|початкове повідомлення|оригінальне повідомлення|reply message|"
    r"сообщение|ursprüngliche nachricht|конец цитаты)\s*[-_=\s*]{2,}$",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"^[-_=\s*>]{2,}\s*(?:пересылаемое сообщение|пересланное сообщение|перенаправленное сообщение"
    r"|переадресованное сообщение|"
    r"переадресоване повідомлення|переслане повідомлення|пересланное письмо|пересилається повідомлення"
    r"|forwarded message|"
    r"forwarded mail|forwarded by .{1,80}|начало переадресованного сообщения)\s*[-_=:\s*]*$"
    r"|^\s*(?:начало (?:переадресованного|пересылаемого|пересланного) (?:сообщения|письма)|begin forwarded message|"
    r"початок переадресованого (?:повідомлення|листа)|это пересланное сообщение|this is a forwarded message)\s*:?\s*$"
    r"|^\s*[=8<\-]{4,}\s*(?:текст исходного сообщения|original message text|пересланное сообщение)\s*[=\-]{3,}\s*$",
    re.IGNORECASE,
)
_FORWARD_END = re.compile(
    r"^[-_=8<\s]{3,}\s*(?:завершение|конец|end of|кінець) (?:пересылаемого|пересланного|исходного|forwarded|original|"
    r"переадресованого)\s.{0,40}$",
    re.IGNORECASE,
)
_FORWARDED_SUBJECT = re.compile(r"^\s*(?:fwd?|пересл|пер|перенапр|переслано)\s*(?:\[\d+\]|\(\d+\))?\s*:", re.IGNORECASE)
_REPLY_SUBJECT = re.compile(
    r"^\s*(?:re|aw|sv|ha|на|отв|ответ|відп|відповідь|vs)\s*(?:\[\d+\]|\(\d+\))?\s*:", re.IGNORECASE
)


class Mark(Enum):
    """What a mark opens."""

    ATTRIBUTION = auto()
    LOOSE = auto()
    BLOCK = auto()
    FORWARD = auto()


def clean(line: str) -> str:
    """A line for comparison: one blank between words, nothing invisible, no emphasis signs around."""
    if not line.isprintable():
        line = _INVISIBLE.sub("", line)
    return " ".join(line.split()).strip("*_ ")


def is_quoted(line: str) -> bool:
    """Whether a line begins with a quotation sign."""
    return QUOTE_PREFIX.match(line) is not None


def is_forwarded_subject(subject: str) -> bool:
    """`Fwd:`, `FW:`, `Пересл:` in front."""
    return _FORWARDED_SUBJECT.match(subject) is not None


def is_reply_subject(subject: str) -> bool:
    """`Re:`, `Отв:`, `Ответ:`, `На:` in front."""
    return _REPLY_SUBJECT.match(subject) is not None


def mark_at(lines: Sequence[str], index: int) -> tuple[Mark, int] | None:
    """The mark that starts at a line, and how many lines it takes."""
    line = lines[index]
    if len(line) > LONGEST_LINE or not line.strip() or is_quoted(line):
        return None
    if _FORWARD.match(line):
        return Mark.FORWARD, 1
    if _ORIGINAL.match(line):
        return Mark.BLOCK, 1
    size = header_block(lines, index)
    if size:
        return Mark.BLOCK, size
    return attribution(lines, index)


def is_forward_end(line: str) -> bool:
    """Yandex and The Bat! say where a forwarded letter ends."""
    return len(line) < 120 and _FORWARD_END.match(line) is not None


def attribution(lines: Sequence[str], index: int) -> tuple[Mark, int] | None:
    """«24.11.2026, 10:12, "Имя" <a@b>:» and its kin, over up to three lines.

    LOOSE where it could as well be a sentence of the writer's: then something else must speak for a reply.
    """
    text = clean(lines[index]).strip("- ")
    if not _may_begin(text):
        return None
    for count in (1, 2, 3):
        if text.endswith(_ENDS):
            found = _judge(text)
            if found:
                return found, count
            if text.endswith(":"):
                return None
        if index + count >= len(lines) or len(text) > 300:
            return None
        following = clean(lines[index + count][:LONGEST_LINE]).rstrip("- ")
        if not following or is_quoted(lines[index + count]):
            return None
        if _DATED.match(following) and following.endswith(_ENDS) and _judge(following) is Mark.ATTRIBUTION:
            return None  # the next line is one by itself, this one is the writer's
        text = f"{text} {following}"
    return None


def _may_begin(text: str) -> bool:
    """A quick no: an attribution is not long, and holds a figure or an address, or ends in a colon."""
    if not text or len(text) > 300:
        return False
    return text.endswith(_ENDS) or ((_FIGURE.search(text) is not None or "@" in text) and bool(_STARTS.match(text)))


def _judge(text: str) -> Mark | None:
    if len(text) > 400:
        return None
    if _BAT.match(text):
        return Mark.ATTRIBUTION
    dated, timed = bool(_DATE.search(text)), bool(_TIME.search(text))
    address = bool(_ADDRESS.search(text))
    wrote, present = bool(_WROTE.search(text)), bool(_PRESENT.search(text))
    if address and (wrote or present or (dated and timed)):
        return Mark.ATTRIBUTION
    if dated and timed and (present or (_FROM_WHOM.search(text) and _ANY_ADDRESS.search(text))):
        return Mark.ATTRIBUTION if text[:1].isdigit() or text[:1].isupper() or text[:3].islower() else Mark.LOOSE
    if (dated and (wrote or present or timed)) or ((wrote or present) and _ANY_ADDRESS.search(text)):
        return Mark.LOOSE
    return None


def speaks_of_writing(text: str) -> bool:
    """Whether a line right above a quotation introduces it, whatever program wrote it."""
    text = clean(text)
    if not text.endswith(":") or len(text) > 300:
        return False
    return bool(_DATE.search(text) or _ANY_ADDRESS.search(text) or _WROTE.search(text) or _PRESENT.search(text))


def header_block(lines: Sequence[str], index: int) -> int:
    """Lines of «От: … Отправлено: … Кому: … Тема: …»: sender and two more of the four, one after another."""
    at = index
    if _RULE.match(lines[index]):
        at = _next_text(lines, index + 1, 2)
        if at < 0:
            return 0
    first = _FIELD.match(lines[at][:LONGEST_LINE])
    if first is None or first.lastgroup is None:
        return 0
    kinds: set[str] = set()
    last, strange, dated = at, 0, False
    while 0 <= at < len(lines) and at - index < 24:
        field = _FIELD.match(lines[at][:LONGEST_LINE])
        if field is None:
            strange += 1
            if strange > 1 or kinds >= {"from", "sent", "to", "subject"} or "subject" in kinds:
                break
        else:
            kind = next(name for name in _LABELS if field.group(name))
            if kind in kinds and kind not in ("cc", "other"):
                break
            kinds.add(kind)
            dated |= kind == "sent" and any(char.isdigit() for char in field.group("value") or "")
            last, strange = at, 0
        at = _next_text(lines, at + 1, 2)
    good = "from" in kinds and len(kinds - {"other"}) >= 3 and (dated or _has_address(lines, index, last))
    return last - index + 1 if good else 0


def _has_address(lines: Sequence[str], first: int, last: int) -> bool:
    return any(_ANY_ADDRESS.search(line[:LONGEST_LINE]) for line in lines[first : last + 1])


def _next_text(lines: Sequence[str], at: int, blanks: int) -> int:
    """The next line that is not blank, at most `blanks` further; -1 where there is none."""
    for index in range(at, min(len(lines), at + blanks)):
        if lines[index].strip():
            return index
    return -1


def block_says(lines: Sequence[str], first: int, last: int) -> tuple[str, str]:
    """The values of sender and subject of a header block, "" where it has none."""
    sender = subject = ""
    for line in lines[first:last]:
        field = _FIELD.match(line[:LONGEST_LINE])
        if field and field.group("from") and not sender:
            sender = field.group("value")
        elif field and field.group("subject") and not subject:
            subject = field.group("value")
    return sender, subject
