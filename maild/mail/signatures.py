"""Where a writer's own text ends and the signature begins.

A signature is short, stands at the end of the writer's text, and asks nothing: whatever looks like a question or a
paragraph of prose below «С уважением» is the writer's again.
"""

import re
from collections.abc import Sequence

from maild.mail.clients import clean

MAX_LINES = 14
MAX_LINE = 160

_SEPARATOR = re.compile(r"^(?:--|—|–|-- ?-)$")
_RULE = re.compile(r"^(?:_{2,10}|-{2,10}|={3,10}|\*{3,10})$")
"""Draws a line under anything: a signature follows only if what stands below looks like one."""
_VALEDICTION = re.compile(
    r"^(?:с (?:наилучшими |добрыми )?(?:уважением|пожеланиями|почтением)|с ув(?:аж)?\.?|искренне ваш|всего (?:доброго"
    r"|наилучшего|хорошего)"
    r"|з (?:найкращими |добрими )?(?:повагою|побажаннями)|з пов\.?|щиро ваш|на все добре"
    r"|(?:with )?(?:best|kind|warm|kindest|warmest) (?:regards|wishes)|yours (?:sincerely|faithfully|truly)"
    r"|(?:with )?respectfully(?: yours)?)(?:[\s,.!;:—–-]|$)"
    r"|^(?:regards|sincerely|best|cheers|br|kr)\s*(?:[,.!;—–-]|$)",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"^(?:(?:many )?thanks(?: (?:a lot|in advance|and (?:best|kind) regards))?|thank you(?: (?:very much"
    r"|in advance))?"
    r"|спасибо|заранее спасибо|заранее благодар\w+|дякую|дякуємо|наперед дякую)\s*[,.!]*$",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"^(?:отправлено (?:с|со|из|при помощи) .{2,60}"
    r"|отправлено через .{0,20}(?:outlook|почт|mail|приложени|мобильн).{0,40}"
    r"|послано (?:с|из) .{2,60}|sent (?:from|via|with) .{2,60}"
    r"|надіслано (?:з|зі|із|через) .{2,60}|відправлено (?:з|зі|із) .{2,60}"
    r"|(?:скачать|скачайте|получите|загрузите|загрузить) outlook для .{2,30}|get outlook for .{2,40}"
    r"|отримати outlook для .{2,30}|написано с .{2,40})$",
    re.IGNORECASE,
)
_DISCLAIMER_START = re.compile(
    r"^\W*(?:это (?:электронное )?(?:сообщение|письмо)|данное (?:электронное )?(?:сообщение|письмо)"
    r"|настоящее (?:электронное )?"
    r"(?:сообщение|письмо)|информация, содержащаяся|содержание (?:данного|настоящего|этого)"
    r"|уведомление о конфиденциальности"
    r"|(?:внимание|важно)[!:](?=.{0,2000}конфиденциальн)"
    r"|цей (?:електронний )?лист|це (?:електронне )?повідомлення|інформація, що міститься"
    r"|this (?:e-?mail|message|communication)|the information (?:contained|in this)|confidentiality notice"
    r"|disclaimer)",
    re.IGNORECASE,
)
_DISCLAIMER_BODY = re.compile(
    r"конфиденциальн|предназначен[аоы]? (?:только|исключительно)|по ошибке|конфіденційн"
    r"|призначен[аоий]* (?:тільки|лише|виключно)"
    r"|помилково|confidential|intended (?:only|solely)|privileged|received .{0,30}in error",
    re.IGNORECASE,
)
_ADVERT = re.compile(
    r"^(?:без вирусов\.?|virus-free\.?|проверено (?:антивирус|на вирус)|это письмо проверено"
    r"|this email has been (?:checked|scanned)"
    r"|думайте об экологии|please consider the environment|прежде чем (?:рас)?печатать)",
    re.IGNORECASE,
)
_PROSE = re.compile(r"[?？]|\b(?:p\.?\s?s\.?|з\.?ы\.?|п\.?с\.?)(?:[\s:.,]|$)", re.IGNORECASE)
_CONTACT = re.compile(
    r"[+(]?\d[\d\s()/-]{5,}\d|@|www\.|https?://|\b(?:тел|моб|факс|доб|tel|phone|mobile|fax|skype|telegram"
    r"|whatsapp|viber|инн|кпп"
    r"|огрн|р/с|к/с|бик|едрпоу|єдрпоу|отдел|відділ|ооо|тов|ао|ип|оао|зао|пао|гк)\b",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"\b[A-ZА-ЯЁІЇЄҐ]\.$")


def signature_start(lines: Sequence[str], *, whole: bool = True) -> int:
    """The index of the first line of the signature in the writer's own lines; `len(lines)` where there is none.

    `whole`: the lines begin where the letter begins; then a signature needs some text above it.
    """
    end = _text_end(lines, len(lines))
    tail = _tail(lines, end)
    start = _closing(lines, tail, whole=whole, more=tail < end)
    return start if start < end else (tail if tail < end else len(lines))


def _text_end(lines: Sequence[str], end: int) -> int:
    while end > 0 and not lines[end - 1].strip():
        end -= 1
    return end


def _tail(lines: Sequence[str], end: int) -> int:
    """What programs and lawyers append: device lines, disclaimers, adverts. The index where they begin."""
    while end > 0:
        first = end
        while first > 0 and lines[first - 1].strip() and end - first < 25:
            first -= 1
        last = clean(lines[end - 1])
        if _DEVICE.match(last) or _ADVERT.match(last):
            end = _text_end(lines, end - 1)
        elif first > 0 and _is_disclaimer(lines[first:end]):
            end = _text_end(lines, first)
        elif end > 1 and _is_disclaimer(lines[end - 1 : end]):
            end = _text_end(lines, end - 1)
        else:
            return end
    return end


def _is_disclaimer(lines: Sequence[str]) -> bool:
    text = " ".join(map(clean, lines))[:4000]
    return bool(_DISCLAIMER_START.match(text) and _DISCLAIMER_BODY.search(text))


def _closing(lines: Sequence[str], end: int, *, whole: bool, more: bool) -> int:
    """The topmost separator or valediction below which everything looks like a signature.

    `more`: lines that belong to a signature were cut below `end` already.
    """
    best = end
    count = 0
    for index in range(end - 1, -1, -1):
        if not lines[index].strip():
            continue
        line = clean(lines[index])
        bare = lines[index].strip()
        rule, valediction = _RULE.match(bare) is not None, _VALEDICTION.match(line) is not None
        separator = _SEPARATOR.match(bare) is not None or (rule and _looks_signed(lines[index + 1 : end]))
        if not (separator or rule or valediction) and _is_prose(line):
            break
        if whole and not any(text.strip() for text in lines[:index]):
            break
        weak = best == end and 0 < count <= 6 and _WEAK.match(line) is not None
        thanks = weak and _looks_signed(lines[index + 1 : end])
        if valediction or thanks or (separator and (count or more)):
            best = index
        count += 1
        if count > MAX_LINES:
            break
    return best


def _looks_signed(lines: Sequence[str]) -> bool:
    """Whether lines below a rule or a «спасибо» are a name, or hold an address, a number, an office.

    One word with a capital letter is a name only where nothing follows: else it begins a list as well.
    """
    texts = [clean(line) for line in lines if line.strip()]
    if not texts:
        return False
    words = texts[0].rstrip(",").split()
    named = (1 if len(texts) == 1 else 2) <= len(words) <= 4 and all(word[:1].isupper() for word in words)
    if named and (texts[0][-1] not in ".!:;?" or _INITIAL.search(texts[0])):
        return True
    return _VALEDICTION.match(texts[0]) is not None or _has_contact(texts)


def _has_contact(texts: Sequence[str]) -> bool:
    return any(_CONTACT.search(text) and not text.endswith((".", "!", "?", ":", ";")) for text in texts)


def _is_prose(line: str) -> bool:
    """A question, a postscript, or a sentence rather than a name, an office or a number."""
    if _PROSE.search(line) or len(line) > MAX_LINE:
        return True
    words = len(line.split())
    return words > 9 and not _CONTACT.search(line)
