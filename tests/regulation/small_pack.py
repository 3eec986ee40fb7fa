"""A regulation of a few lines in which the lints find nothing, to be broken in one place by each test."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from maild.regulation.finding import Finding, Pack, read_pack
from maild.regulation.load import load_regulation

DAY = date(2026, 11, 23)
FILES = {
    "desk.toml": """\
name = "Desk"
languages = ["en", "ru"]

[hours]
timezone = "Europe/Moscow"
calendar = "calendar.toml"
holidays = "RU"
week = { mon = "09:00-18:00", tue = "09:00-18:00", wed = "09:00-18:00", thu = "09:00-18:00", fri = "09:00-18:00" }

[levels.standard]
title = { en = "standard", ru = "стандартный" }
reaction = "8h"

[refusals.late]
title = { en = "late", ru = "поздно" }
text = { en = "It is too late.", ru = "Слишком поздно." }
cure = { en = "Be earlier.", ru = "Приходите раньше." }

[contract_titles]
its = "ITS"
kp = "KP"
""",
    "calendar.toml": """\
[2026]
off = [
  "2026-01-01", "2026-01-02", "2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09",
  "2026-02-23", "2026-03-09", "2026-05-01", "2026-05-11", "2026-06-12",
  "2026-11-04",
  "2026-12-31",
]

[2027]
off = [
  "2027-01-01", "2027-01-04", "2027-01-05", "2027-01-06", "2027-01-07", "2027-01-08", "2027-02-22", "2027-02-23",
  "2027-03-08", "2027-05-03", "2027-05-10", "2027-06-14", "2027-11-04", "2027-11-05", "2027-12-31",
]
working = [
  "2027-02-20",
]
""",
    "people.toml": """\
[[agents]]
address = "ann@example.test"
name = "Ann"
lines = ["first", "second"]

[lines.first]
title = "First"
hands_over_to = "second"

[lines.second]
title = "Second"

[quality]
addresses = ["quality@example.test"]
""",
    "intake.toml": """\
[requests]
default = "question"
public_domains = ["mail.test"]

[fields.registration_number]
kind = "number"
digits = [9]
title = { en = "Number", ru = "Номер" }
hint = { en = "Nine digits.", ru = "Девять цифр." }
labels = ["number", "номер"]

[categories.question]
title = { en = "question", ru = "вопрос" }
level = "standard"
required = ["registration_number"]

[categories.licence]
title = { en = "licence", ru = "лицензия" }
level = "standard"
contracts = false

[out_of_scope.other]
title = { en = "another program", ru = "другая программа" }
addressee = { en = "its maker", ru = "её разработчик" }
refusal = "late"

[words]
negations = ["не", "not"]
key = ["ключ", "dongle"]

[[signs]]
category = "licence"
when = ["лицензия & <key>", "пароль"]

[[signs]]
category = "question"
when = ["отчет"]

[[signs]]
category = "question"
kind = "other"
when = ["принтер"]
""",
    "contracts.csv": """\
registration_number;kind;product;organisation;inn;its_until;kp_until;partner_code;email_domains
801234567;main;Product;ООО «Ромашка»;7707083893;2027-12-31;2027-12-31;;romashka.test
""",
}


def write(folder: Path, **changes: Callable[[str], str]) -> Path:
    """The pack in a folder; `changes` are by the file's name before the dot."""
    folder.mkdir(exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(changes.get(name.partition(".")[0], str)(text), encoding="utf-8")
    return folder


def said(lint: Callable[[Pack], Iterator[Finding]], folder: Path, **changes: Callable[[str], str]) -> list[str]:
    """What a lint finds in the pack with these changes: «warning intake.toml:31 … | cure»."""
    pack = read_pack(load_regulation(write(folder, **changes)), DAY)
    return [line_of(finding) for finding in lint(pack)]


def line_of(finding: Finding) -> str:
    """A finding as one line."""
    return f"{finding.severity} {finding.where} {finding.says} | {finding.cure}"


def put(old: str, new: str) -> Callable[[str], str]:
    """A change of one place in a file."""

    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def end(more: str) -> Callable[[str], str]:
    """A file with more at its end."""
    return lambda text: text + more


def numbered(text: str, words: str) -> int:
    """The line of a file on which words stand first."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if re.search(re.escape(words), line))
