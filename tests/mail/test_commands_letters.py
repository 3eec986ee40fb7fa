"""Whatever an agent's letter looks like: no line is lost, no code line travels on, and reading it ends."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from maild.mail.commands import COMMANDS, read_orders
from maild.mail.thread import Signer
from maild.mail.written import plain_line, text_of, without_code

SIGNER = Signer(b"a secret of the tests alone")
CODE = SIGNER.code("anna@desk.example", "agent", "CRM-000042")


@pytest.mark.parametrize(
    "line",
    [
        CODE,
        f"  {CODE}\u00a0",
        f"> {CODE}",
        f"<{CODE}>",
        f"**{CODE}**",
        CODE.upper(),
        CODE[:3] + "\u200b" + CODE[3:],
        f"{CODE} {CODE}",
        SIGNER.code("anna@desk.example", "agent", None),
        SIGNER.code("q@desk.example", "quality", "ОТДЕЛ-000042"),
    ],
)
def test_a_code_line_goes_wherever_it_stands(line: str) -> None:
    for text in (f"{line}\nТекст", f"Текст\n{line}", f"#take\n{line}\nТекст", f"#take\nТекст\n\n{line}\n"):
        assert read_orders(text).text == "Текст"
    assert read_orders(f"Раз\n{line}\nДва").text == "Раз\nДва"


def test_a_code_inside_a_line_is_cut_out() -> None:
    assert read_orders(f"Спасибо {CODE}").text == "Спасибо"
    (note,) = read_orders(f"#заметка см. {CODE}").commands
    assert note.argument == "см."


@pytest.mark.parametrize("line", ["maild: что это?", "maild:CRM-000042", "файл maild:x.a.b.c", "mailto:a@b.example"])
def test_what_is_no_code_stays(line: str) -> None:
    assert read_orders(line).text == line


# ---- for any letter

_WORDS = st.sampled_from(
    [form for word in COMMANDS for words in word.words.values() for form in words] + ["решенно", "1", "x", ""]
)
_BITS = st.one_of(
    st.builds("#{}".format, _WORDS),
    st.sampled_from(
        [*"# \n\n\n*_:.>-№＃`«»,\\\r\t\u00a0\u200b\ufeff\u2028\x85\x0c", CODE, f"\n{CODE}\n", "maild:", "й"]
    ),
    st.sampled_from(["Очистите кэш", "anna@desk.example", "Добрый день!", "👨‍👩‍👧", "и\u0306", "\ud800"]),
    st.text(max_size=8),
)
LETTERS = st.lists(_BITS, max_size=25).map("".join)
_ANY_CODE = re.compile(r"(?i)maild:\S{1,60}\.[caqo]\.[a-z2-7]{8}\.[a-z2-7]{16}")


@given(LETTERS)
@example(f"mai{CODE}{CODE[3:]}")
@example("#заметка а\n#взять\n#заметка б\n#ждать в\n\n#решено г\nд")
def test_no_line_is_lost_and_no_code_is_kept(text: str) -> None:
    orders = read_orders(text)
    everything = [orders.text, *(command.line for command in orders.commands), *(bad.line for bad in orders.bad)]
    told = squeezed("\n".join(everything))
    for line in without_code(text):
        left = squeezed(line)
        repeated = [command.name for command in read_orders(line).commands]
        known = {command.name for command in orders.commands}
        assert (
            left in told or all(part in told for part in re.split("#+", left)) or (repeated and known >= set(repeated))
        )
    assert not any(_ANY_CODE.search(part) for part in everything)
    assert SIGNER.read_code(orders.text) is None


def squeezed(text: str) -> str:
    """A text without blanks and without what may stand around a command."""
    return re.sub(r"[\s*_~`\\\"'«“„(•·–—,;/-]+", "", plain_line(text.replace("\n", " ")))


@given(LETTERS)
def test_reading_twice_changes_nothing(text: str) -> None:
    orders = read_orders(text)
    again = read_orders("Здравствуйте!\n" + orders.text)
    assert again.commands == again.bad == ()
    assert again.text == text_of(["Здравствуйте!", *orders.text.splitlines()])


@pytest.mark.parametrize(
    "text",
    [
        "#" * 200_000,
        "*" * 200_000 + "#",
        "#take" + "*" * 200_000 + "x",
        "#take " * 40_000,
        "#line " + "#x " * 60_000,
        "#решено" + "," * 200_000 + "x",
        "#решенно\n" * 20_000,
        "№решенно\n" * 20_000,
        "".join(f"#статус {number}\n" for number in range(20_000)),
        f"maild:{'a.' * 100_000}",
        CODE * 4_000,
        f"#для {'<mailto:' * 20_000}",
    ],
)
def test_hostile_letters_end(text: str) -> None:
    orders = read_orders(text)
    assert orders.bad or orders.commands or orders.text or CODE in text
