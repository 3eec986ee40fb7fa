"""Names of organisations: a legal form with a name before or behind it, or what follows a label.

A name is brought to the form «ООО «Ромашка»»; whose it is, `field_owners` tells. Limits: an unquoted name ends where
capital letters end, but for an adjective's noun («ООО Бурый медведь») and «и» («ООО Дом и сад»).
"""

import re
from dataclasses import dataclass

from maild.domain.fields import FieldRules, Form, Kind
from maild.domain.folding import fold
from maild.mail.field_labels import Mark
from maild.mail.field_text import Source, Span

_OPENING, _CLOSING, _STRAIGHT = "«“„‹", "»”›", "\"″＂''`"
_LONGEST = 110
_WORD = re.compile(r"[^\W_][\w&+’'.\-]{0,40}|№\s?\d{1,4}|&")
_ADJECTIVE = re.compile(r"[^\W\d_]{2,}(?:ый|ий|[сцнвшж]кой|ной|ая|яя|ое|ее|ые|ие|ого|его)$", re.I)
_VERB = re.compile(r"(?:ит|ет|ёт|ут|ют|ят|ат|ла|ло|ли|ся|ть)$")
_AND = ("и", "&", "і", "та")
_STOPS = ("", ",", ".", ";", "\n", ")")
_NEXT = re.compile(r"\s(\w+)")
_GAP = re.compile(r"[ \t\u00a0]{1,2}-?\n?[ >]{0,2}[«“„\"]?")
_NAME = r"[А-ЯЁІЇЄҐA-Z][\w’']{1,30}(?:-[А-ЯЁІЇЄҐA-Z][\w’']{1,30})?"
_MIDDLE = r"[А-ЯЁІЇЄҐA-Z][\w’']{2,20}(?:вич|вна|чна|ьич|оглы|кызы|івна|йович)"
_INITIALS = r"(?P<one>[А-ЯЁІЇЄҐA-Z])\.\s?(?P<two>[А-ЯЁІЇЄҐA-Z])\.?(?!\w)"
_PERSON = re.compile(
    rf"(?P<name>{_NAME})(?:[ \u00a0]{{1,2}}"
    rf"(?:{_INITIALS}|(?P<first>{_NAME})(?:[ \u00a0]{{1,2}}(?P<middle>{_MIDDLE}))?))?"
)
_PERSON_BACK = re.compile(r"([А-ЯЁІЇЄҐ])\.\s?([А-ЯЁІЇЄҐ])\.\s?([А-ЯЁІЇЄҐ][\w’'\-]{1,30})")
_BACK = re.compile(r"(?:[«“„\"]([^«»“”„\"\n]{2,60})[»”\"]|((?:[A-ZА-ЯЁІЇЄ][\w&.\-’']{0,30}\s){1,4})),?\s?\(?$")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Organisation:
    """A name found at [start, end); `person` where it is a sole trader."""

    start: int
    end: int
    value: str
    formal: bool = True


def find_organisations(source: Source, marks: list[Mark], rules: FieldRules) -> list[Organisation]:
    """Every organisation that a text names with its legal form."""
    stops = frozenset([*(mark.start for mark in marks), *_editions(source, rules)])
    found: list[Organisation] = []
    position = 0
    for start, end, tag in rules.forms.names.find(source.masked):
        if start < position:
            continue
        one = _named(source, (start, end), rules.forms.found[tag], stops)
        if one:
            found.append(one)
            position = one.end
    return found


def _named(source: Source, span: Span, form: Form, stops: frozenset[int]) -> Organisation | None:
    written = source.original[slice(*span)]
    short = len(written) <= len(form.short) + 1
    capital = not short or not written.islower()
    if form.after:
        return _before(source, span, form.short)
    quoted = read_quoted(source.original, span[1])
    if quoted:
        name, end = quoted
        return Organisation(span[0], end, f"{form.short} «{name}»")
    if form.quoted:
        return None
    if form.person:
        return _person(source, span, form.short, capital)
    if short and not written.isupper() and not form.small:
        return None
    plain = _unquoted(source, span[1], stops)
    if plain:
        return Organisation(span[0], plain[1], f"{form.short} «{plain[0]}»")
    return _before(source, span, form.short) if capital else None


def read_quoted(text: str, position: int) -> tuple[str, int] | None:
    """A quoted name that starts at a position, over one line end at most; inner quotes are paired or forgiven."""
    lead = re.compile(r"[ \t\u00a0,:\-–—]{0,3}\n?[ \t\u00a0>]{0,3}").match(text, position)
    start = lead.end() if lead else position
    if text[start : start + 1] not in tuple(_OPENING + _STRAIGHT):
        return None
    depth, last = 0, -1
    for index in range(start, min(len(text), start + _LONGEST)):
        char = text[index]
        if char == "\n" and text[index + 1 : index + 2] in ("\n", ""):
            break
        if char in _OPENING or (char in _STRAIGHT and _opens(text, index, start)):
            depth += 1
        elif char in _CLOSING or char in _STRAIGHT:
            depth, last = depth - 1, index
            if depth <= 0 or text[index + 1 : index + 2] in ("", "\n", ",", ";", ".", ")"):
                break
    name = tidy(text[start + 1 : last]) if last > start else ""
    return (name, last + 1) if len(_LETTER.findall(name)) >= 1 and len(name) <= 100 else None


def _opens(text: str, index: int, start: int) -> bool:
    return index == start or (text[index - 1].isspace() and text[index + 1 : index + 2].isalnum())


def tidy(name: str) -> str:
    """Inner quotes as „…“, single spaces, no signs at the ends."""
    name = " ".join(name.split())
    name = re.sub(r"[«“\"](?=\w)", "„", name)
    name = re.sub(r"(?<=[\w.!)])[»”\"]", "“", name)
    if "„" in name and "“" not in name:
        name += "“"
    name = name.strip(' ,;:-–—«»"')
    return name[:1].upper() + name[1:] if name.islower() else name


def _unquoted(source: Source, position: int, stops: frozenset[int]) -> tuple[str, int] | None:
    """A name without quotes, or with them around its end («ООО НПП "Орион"»), or with the closing one forgotten."""
    gap = _GAP.match(source.original, position)
    if not gap:
        return None
    start, end = gap.end(), _words_end(source, gap.end(), stops)
    name = tidy(source.original[start:end])
    inner = read_quoted(source.original, end) if name and source.original[end : end + 1] == " " else None
    if inner and not name.endswith("."):
        return f"{name} „{inner[0].strip('„“')}“", inner[1]
    return (name, end) if len(_LETTER.findall(name)) >= 2 else None


def _words_end(source: Source, position: int, stops: frozenset[int]) -> int:
    """Where the words of a name end: capitals, «и», the noun of an adjective."""
    text, masked = source.original, source.masked
    words: list[str] = []
    ends = [position]
    while len(words) < 7:
        found = _WORD.match(text, position)
        if not found or masked[position] in "\x02\x03" or (position in stops and (words or found.group().islower())):
            break
        if not _belongs(found.group(), words, text, found.end()):
            break
        words.append(found.group())
        ends.append(position + len(found.group().rstrip(".,-")))
        position = found.end() + 1
        if text[position - 1 : position] not in (" ", "\u00a0") or text[position - 2] in ".,":
            break
    return ends[-2] if words and words[-1].lower() in _AND else ends[-1]


def _editions(source: Source, rules: FieldRules) -> list[int]:
    """«ООО Ромашка ПЛЮС 3.1.25.4»: where the edition of a product stands in capitals, which a name does not go over."""
    hits = (hit for rule in rules.of(Kind.CHOICE) for hit in rule.choices.edition.find(source.masked))
    return [start for start, end, _ in hits if source.original[start:end].isupper()]


def _belongs(word: str, words: list[str], text: str, end: int) -> bool:
    """Whether a word goes on with a name of which `words` are known; `end` is where it ends."""
    if not words:
        return not word.isdigit() and word[0] not in "№&" and (not word[0].islower() or len(word) > 2)
    if word.isdigit():
        return len(word) <= 2 and text[end : end + 1] != "."
    if word[0].isupper() or word[0] in "№&" or words[-1].lower() in _AND:
        return True
    if word.lower() in _AND:
        following = _NEXT.match(text, end)
        return following is not None and (following.group(1)[0].isupper() or text[following.end() :][:1] in _STOPS)
    noun = len(words) == 1 and _ADJECTIVE.search(words[0]) and not _VERB.search(word)
    return bool(noun) and len(word) > 2


def _person(source: Source, span: Span, short: str, capital: bool) -> Organisation | None:
    gap = re.compile(r"[ \t\u00a0]{1,2}\n?|\n").match(source.original, span[1])
    if not gap:
        return None
    back = _PERSON_BACK.match(source.original, gap.end())
    if back:
        one, two, name = back.groups()
        return Organisation(span[0], back.end(), f"{short} {name} {one}. {two}.")
    found = _PERSON.match(source.original, gap.end())
    if found and found.group("one"):
        value = f"{short} {found['name']} {found['one']}. {found['two']}."
        return Organisation(span[0], found.end(), value)
    if found and capital:
        names = [found[key] for key in ("name", "first", "middle") if found[key]]
        end = found.end("middle") if found["middle"] else found.end("first") if found["first"] else found.end("name")
        return Organisation(span[0], end, f"{short} {' '.join(names)}")
    lower = re.compile(r"([а-яёіїєґ\-]{2,30})\s([а-яёіїєґ])\.\s?([а-яёіїєґ])\.").match(source.original, gap.end())
    if lower:
        name, one, two = lower.groups()
        return Organisation(span[0], lower.end(), f"{short} {name.title()} {one.upper()}. {two.upper()}.")
    return None


def _before(source: Source, span: Span, short: str) -> Organisation | None:
    """«Romashka LLC», «Ромашка ООО»: the name stands before its form."""
    line = source.original.rfind("\n", 0, span[0]) + 1
    found = _BACK.search(source.original[max(line, span[0] - 80) : span[0]])
    if not found:
        return None
    start = max(line, span[0] - 80) + found.start()
    quoted, plain = found.groups()
    name = tidy(quoted or plain)
    latin = short.isascii()
    if len(_LETTER.findall(name)) < 2:
        return None
    return Organisation(start, span[1], f"{name} {short}" if latin else f"{short} «{name}»")


def organisation_key(value: str) -> str:
    """What two spellings of one organisation have in common: folded, without quotes, dots and double spaces."""
    return " ".join(re.sub(r"[\"'„“«».,]", " ", fold(value)).split())
