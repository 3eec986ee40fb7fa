"""The letters that are measured: generated, the same for the same count and seed, unlike any real person's.

Size and kind follow what a support line gets: mean about 88 KB, median about 6 KB; 13 % bring a screenshot, 23 % are
replies with quoted history, 3 % were written by machines; utf-8, windows-1251 and koi8-r; plain, HTML and both. Most
carry all that the rarus desk asks for, some lack a number or a version, some come from a client whose contract lapsed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from random import Random

from bench.words import CHATTER, GREETINGS, MACHINE, ORGANISATIONS, PEOPLE, PROBLEMS, SIGNATURES, TAILS

SHARES = {"screenshot": 0.13, "reply": 0.23, "machine": 0.03, "no number": 0.05, "no version": 0.04}
LANGUAGES = ("ru",) * 8 + ("en",) + ("uk",)
CHARSETS = ("utf-8",) * 11 + ("windows-1251",) * 6 + ("koi8-r",) * 3
BODIES = ("plain",) * 4 + ("html",) * 2 + ("both",) * 4
PICTURE = (170_000, 760_000)  # bytes of a screenshot, before base64
LAPSED = 12  # one contract in so many
MISSING_IN_KOI8 = str.maketrans({"«": '"', "»": '"', "№": "N", "–": "-", "…": "..."})


@dataclass(frozen=True)
class Contract:
    """A row of the generated registry."""

    number: str
    product: str
    organisation: str
    inn: str
    until: date
    domain: str


@dataclass(frozen=True)
class Sample:
    """A letter: `expects` is "acknowledgement", "request-information", "refusal" or "" where no answer is due."""

    raw: bytes
    sender: str
    kinds: frozenset[str]
    expects: str


def contracts(seed: int, today: date, count: int = 240) -> list[Contract]:
    """The registry of the measured desk."""
    dice = Random(f"contracts {seed}")
    numbers = dice.sample(range(1_000_000, 9_999_999), count)
    rows = []
    for index, number in enumerate(numbers):
        form, name, domain = ORGANISATIONS[index % len(ORGANISATIONS)]
        part = index // len(ORGANISATIONS) + 1
        rows.append(
            Contract(
                number=f"80{number}",
                product=dice.choice(("1С:CRM ПРОФ", "1С:CRM КОРП", "1С:CRM БАЗОВАЯ")),
                organisation=f"{form} «{name}-{part}»" if part > 1 else f"{form} «{name}»",
                inn=_inn(f"77{dice.randrange(10**7):07d}"),
                until=today - timedelta(30)
                if index % LAPSED == LAPSED - 1
                else today + timedelta(dice.randrange(60, 700)),
                domain=f"{domain}{part if part > 1 else ''}.test",
            )
        )
    return rows


def contracts_csv(rows: Sequence[Contract]) -> str:
    """`contracts.csv` of these rows."""
    lines = ["registration_number;kind;product;organisation;inn;its_until;kp_until;partner_code;email_domains"]
    lines += [
        f"{row.number};main;{row.product};{row.organisation};{row.inn};{row.until};{row.until};;{row.domain}"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def corpus(count: int, to: str, now: datetime, seed: int = 1) -> list[Sample]:
    """So many letters to an address, the last of them written at `now` (aware)."""
    dice = Random(f"letters {seed}")
    registry = contracts(seed, now.date())
    kinds = _kinds(count, dice)
    sizes = _spread(sum("screenshot" in each for each in kinds), dice)
    samples = []
    for index, kind in enumerate(kinds):
        written = now - timedelta(seconds=20 * (count - index))
        picture = dice.randbytes(next(sizes)) if "screenshot" in kind else b""
        samples.append(_sample(index, to, written, kind, registry[index % len(registry)], picture, dice))
    return samples


def _kinds(count: int, dice: Random) -> list[frozenset[str]]:
    """What each letter is. The shares are exact, whatever the count; who has which is shuffled."""
    columns = []
    for kind, share in SHARES.items():
        column = [kind] * round(count * share) + [""] * (count - round(count * share))
        dice.shuffle(column)
        columns.append(column)
    return [frozenset(filter(None, row)) for row in zip(*columns, strict=True)]


def _spread(count: int, dice: Random) -> Iterator[int]:
    low, high = PICTURE
    sizes = [low + (high - low) * index // max(count - 1, 1) for index in range(count)]
    dice.shuffle(sizes)
    return iter(sizes)


def _sample(
    index: int, to: str, written: datetime, kind: frozenset[str], contract: Contract, picture: bytes, dice: Random
) -> Sample:
    language = dice.choice(LANGUAGES)
    charset = dice.choice(CHARSETS if language == "ru" else CHARSETS[:11])
    first, last = dice.choice(PEOPLE[language])
    sender = f"u{index}@{contract.domain}"
    message = _head(index, to, written, sender, f"{first} {last}", dice)
    if "machine" in kind:
        message["Subject"] = "Автоматический ответ: нет на месте"
        message["Auto-Submitted"] = "auto-replied"
        message.set_content(dice.choice(MACHINE))
        return Sample(_bytes(message, dice), sender, kind, "")
    text = _text(language, kind, contract, f"{first} {last}", dice)
    message["Subject"] = ("Re: " if "reply" in kind else "") + text.splitlines()[2][:60].strip()
    quoted = _history(language, written, to, dice) if "reply" in kind else ""
    if "reply" in kind:
        message["In-Reply-To"] = f"<{dice.getrandbits(64):x}@{contract.domain}>"
    if charset == "koi8-r":
        text, quoted = text.translate(MISSING_IN_KOI8), quoted.translate(MISSING_IN_KOI8)
    _fill(message, text, quoted, charset, dice.choice(BODIES), dice)
    if picture:
        picture = b"\x89PNG\r\n\x1a\n" + picture
        message.add_attachment(picture, "image", "png", filename="Снимок экрана.png", disposition="attachment")
    return Sample(_bytes(message, dice), sender, kind, _expected(kind, contract, written.date()))


def _expected(kind: frozenset[str], contract: Contract, day: date) -> str:
    if "no number" in kind:
        return "request-information"
    if contract.until < day:
        return "refusal"
    return "request-information" if "no version" in kind else "acknowledgement"


def _head(index: int, to: str, written: datetime, sender: str, name: str, dice: Random) -> EmailMessage:
    """The headers that a letter has when it arrives: two servers' traces, a signature, a verdict."""
    message = EmailMessage(policy=SMTP)
    domain = sender.partition("@")[2]
    when = format_datetime(written.astimezone(UTC))
    message["Return-Path"] = f"<{sender}>"
    message["Delivered-To"] = to
    for server in ("mx.example.test", f"relay{dice.randrange(9)}.{domain}"):
        source = f"out{dice.randrange(9)}.{domain} ([192.0.2.{dice.randrange(1, 250)}])"
        message["Received"] = f"from {source} by {server} with ESMTPS id {dice.getrandbits(60):x} for <{to}>; {when}"
    message["Authentication-Results"] = f"mx.example.test; spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}"
    message["DKIM-Signature"] = f"v=1; a=rsa-sha256; d={domain}; s=mail; h=From:To:Subject:Date; b={_blob(dice)}"
    message["ARC-Seal"] = f"i=1; a=rsa-sha256; cv=none; d={domain}; s=arc; b={_blob(dice)}"
    message["Date"] = format_datetime(written)
    message["From"] = f"{name} <{sender}>"
    message["To"] = to
    message["Message-ID"] = f"<{dice.getrandbits(96):x}.{index}@{domain}>"
    message["X-Mailer"] = dice.choice(
        ("Microsoft Outlook 16.0", "The Bat! (v10.5)", "Mozilla Thunderbird", "Mail.Ru Mailer")
    )
    return message


def _blob(dice: Random) -> str:
    """A signature as headers carry it, in pieces short enough to be folded."""
    whole = dice.randbytes(150).hex()
    return " ".join(whole[at : at + 60] for at in range(0, len(whole), 60))


def _text(language: str, kind: frozenset[str], contract: Contract, name: str, dice: Random) -> str:
    """Greeting, problem, some talk, what the desk asks for, signature."""
    product, version = contract.product, f"3.1.{dice.randrange(20, 31)}.{dice.randrange(1, 30)}"
    facts = _facts(language, "" if "no number" in kind else contract.number, contract.organisation, product)
    if "no version" not in kind:
        facts.append({"ru": f"Версия {version}", "en": f"Version {version}", "uk": f"Версія {version}"}[language])
    talk = dice.sample(CHATTER[language], dice.randrange(1, len(CHATTER[language])))
    separator = dice.choice(("\n", ", "))
    paragraphs = [
        dice.choice(GREETINGS[language]),
        dice.choice(PROBLEMS[language]),
        " ".join(talk),
        separator.join(facts),
        f"-- \n{dice.choice(SIGNATURES[language])}\n{name}\n{contract.organisation}\n{dice.choice(TAILS)}",
    ]
    return "\n\n".join(paragraphs) + "\n"


def _facts(language: str, number: str, organisation: str, product: str) -> list[str]:
    words: Mapping[str, tuple[str, str, str]] = {
        "ru": ("Рег. номер", "Организация", "Программа"),
        "en": ("Registration number", "Organisation", "Product"),
        "uk": ("Реєстраційний номер", "Організація", "Програма"),
    }
    values = zip(words[language], (number, organisation, product), strict=True)
    return [f"{word}: {value}" for word, value in values if value]


def _history(language: str, written: datetime, to: str, dice: Random) -> str:
    """What the letter answers, quoted as mail programs do: three or more earlier messages."""
    lines = []
    for depth in range(1, dice.randrange(3, 7)):
        earlier = written - timedelta(hours=20 * depth)
        mark = ">" * depth + " "
        lines.append(f"{mark[1:]}{earlier:%d.%m.%Y %H:%M}, {to} {'wrote' if language == 'en' else 'пишет'}:")
        body = [*dice.sample(CHATTER[language], min(3, len(CHATTER[language]))), dice.choice(PROBLEMS[language])]
        lines += [mark + sentence for sentence in body]
    return "\n".join(lines) + "\n"


def _fill(message: EmailMessage, text: str, quoted: str, charset: str, body: str, dice: Random) -> None:
    """Put the text in as plain text, as HTML or as both, in one of the ways that bytes travel."""
    encoding = dice.choice(("base64", "quoted-printable"))
    plain = text + ("\n" + quoted if quoted else "")
    if body in ("plain", "both"):
        message.set_content(plain, charset=charset, cte=dice.choice((encoding, "8bit")))
    if body == "html":
        message.set_content(_html(text, quoted), subtype="html", charset=charset, cte=encoding)
    elif body == "both":
        message.add_alternative(_html(text, quoted), subtype="html", charset=charset, cte=encoding)


def _bytes(message: EmailMessage, dice: Random) -> bytes:
    """The letter as it travels; the library's own boundaries would be different ones each time."""
    for part in message.walk():
        if part.is_multipart():
            part.set_boundary(f"----=_{dice.getrandbits(96):x}")
    return message.as_bytes()


def _html(text: str, quoted: str) -> str:
    """HTML as office programs write it: much style, a paragraph a line."""
    style = "".join(
        f"p.{name}, li.{name}, div.{name} {{margin:0cm; margin-bottom:.0001pt; font-size:11.0pt; "
        f'font-family:"Calibri",sans-serif; mso-fareast-language:EN-US; mso-style-priority:{number};}}\n'
        for number, name in enumerate(("MsoNormal", "MsoListParagraph", "MsoPlainText", "MsoFooter"), start=34)
    )
    rows = "\n".join(
        f"<p class=MsoNormal><span lang=RU>{escape(line) or '&nbsp;'}</span></p>" for line in text.splitlines()
    )
    old = "<br>\n".join(escape(line.lstrip("> ")) for line in quoted.splitlines())
    quote = f'<blockquote style="border-left:solid #ccc 1.0pt;padding-left:6.0pt">{old}</blockquote>' if old else ""
    return f"<html><head><style>\n{style}</style></head><body lang=RU>\n{rows}\n{quote}</body></html>\n"


def _inn(nine: str) -> str:
    """Nine digits with their check digit, as a Russian taxpayer's number of an organisation has it."""
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    return nine + str(sum(int(digit) * weight for digit, weight in zip(nine, weights, strict=True)) % 11 % 10)
