"""Whatever the bytes: an answer, sections that tile the text, JSON that can be written; and bounded work."""

import base64
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maild.mail import parse as module
from maild.mail.digest import content_digest
from maild.mail.message import Message
from maild.mail.parse import attachments, message_json, parse

LETTERS = sorted((Path(__file__).parent / "letters").glob("*.eml"))
OUTSIDE = Path(__file__).resolve().parents[2].parent / "shared" / "examples" / "mail"


def sound(raw: bytes) -> Message:
    """Parse, and hold what must hold for every letter."""
    message = parse(raw)
    assert "".join(message.text[s.start : s.end] for s in message.sections) == message.text
    json.dumps(message_json(message, "x"), ensure_ascii=False).encode("utf-8")
    assert bool(message.reply) == bool(message.text.strip())
    assert message.language in ("ru", "uk", "en")
    assert not any(defect.startswith("parser:") for defect in message.defects), message.defects
    assert [a for a, _ in attachments(raw)] == list(message.attachments)
    assert len(content_digest(raw)) == 64
    return message


@given(st.binary(max_size=600))
@settings(max_examples=300, deadline=None)
def test_any_bytes(raw: bytes) -> None:
    sound(raw)


FIELDS = st.sampled_from(
    [
        b"From: a@b.test\r\n",
        b"From: =?utf-8?B?A?= <i@x.ru>\r\n",
        b"Subject: =?\0?B?0JjQstCw0L0=?=\r\n",
        b"Content-Type: multipart/mixed; boundary=X\r\n",
        b"Content-Type: multipart/mixed\r\n",
        b"Content-Type: text/html; charset=\0\r\n",
        b"Content-Type: text/plain; charset=cp1251; format=flowed\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Type: message/delivery-status\r\n",
        b"Content-Type: text/calendar; method=REPLY\r\n",
        b"Content-Disposition: attachment; filename*0*=x''%; filename*99999=\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"Content-Transfer-Encoding: x-uuencode\r\n",
        b"Date: 99 99 99\r\n",
        b" folded\r\n",
        b"\r\n",
        b"--X\r\n",
        b"--X--\r\n",
        b"<table><tr><td><p>a</td><td>b</tr></table><blockquote>",
        b"=D0=98=\r\n",
        b"0JjQstCw0L0",
        b"> quoted\r\n",
        "Привет, мир\r\n".encode("koi8-r"),
        "Привет, мир\r\n".encode(),
    ]
)


@given(st.lists(st.one_of(FIELDS, st.binary(max_size=20)), max_size=25))
@settings(max_examples=400, deadline=None)
def test_any_pieces_of_letters(pieces: list[bytes]) -> None:
    sound(b"".join(pieces))


def mutated(raw: bytes, seed: int) -> bytes:
    """A letter with bytes changed, cut out, doubled or put in, always the same for a seed."""
    chance = random.Random(seed)
    data = bytearray(raw[:20_000])
    for _ in range(chance.randint(1, 40)):
        at = chance.randrange(len(data) + 1)
        what = chance.randrange(4)
        if what == 0 and at < len(data):
            data[at] = chance.randrange(256)
        elif what == 1:
            del data[at : at + chance.randint(1, 60)]
        elif what == 2:
            data[at:at] = data[at : at + chance.randint(1, 60)]
        else:
            data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
    return bytes(data)


@pytest.mark.parametrize("seed", range(8))
def test_mutated_letters(seed: int) -> None:
    assert LETTERS
    for number, path in enumerate(LETTERS):
        sound(mutated(path.read_bytes(), seed * 1000 + number))


@pytest.mark.parametrize("path", sorted(OUTSIDE.glob("*.eml")) if OUTSIDE.is_dir() else [], ids=lambda path: path.name)
def test_letters_from_outside(path: Path) -> None:
    raw = path.read_bytes()
    assert "\ufffd" not in sound(raw).text
    sound(raw[: len(raw) // 2])


@pytest.mark.parametrize("cut", range(0, 2000, 97))
def test_truncated_letters(cut: int) -> None:
    for path in LETTERS[::4]:
        sound(path.read_bytes()[:cut])


def test_truncated_says_so() -> None:
    assert parse(b"From: a@b.test\r\n\r\nx", truncated=True).defects[0].startswith("truncated")


WORD = b"=?utf-8?B?" + base64.b64encode("слово".encode()) + b"?= "


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: " + WORD * 40_000 + b"\r\nFrom: a@b.test\r\n\r\nx",
        b"Subject: " + b"\r\n ".join([WORD] * 40_000) + b"\r\nFrom: a@b.test\r\n\r\nx",
        b"From: a@b.test\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(50_000)) + b"\r\nx",
        b"From: a@b.test\r\nTo: " + b"a@b.test, " * 200_000 + b"\r\n\r\nx",
        b"From: a@b.test\r\nReferences: " + b"<1@x> " * 200_000 + b"\r\n\r\nx",
        b"From: a@b.test\r\nSubject: " + b"=?" * 500_000 + b"\r\n\r\nx",
        b"From: a@b.test\r\nSubject: " + b"=?u?q?" * 200_000 + b"\r\n\r\nx",
        b"From: a@b.test\r\nContent-Type: text/plain" + b"; a=b" * 200_000 + b"\r\n\r\nx",
        b'From: a@b.test\r\nContent-Type: text/plain; x="' + b"\\" * 500_000 + b"\r\n\r\nx",
        b"From: a@b.test\r\n" + b"Subject: x" * 500_000,
        b"From: " + b"(" * 100_000 + b"a@b.test\r\n\r\nx",
        b"From: " + b"<" * 100_000 + b"a@b.test\r\n\r\nx",
        b'From: "' + b'\\"' * 100_000 + b"a@b.test\r\n\r\nx",
    ],
    ids=range(13),
)
def test_oversized_headers(raw: bytes) -> None:
    message = sound(raw)
    assert len(message.subject) <= 2000
    assert len(message.headers) < 50


def nested(depth: int) -> bytes:
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(depth)
    )
    return b"From: a@b.test\r\n" + head + b"Content-Type: text/plain\r\n\r\ninnermost\r\n"


@pytest.mark.parametrize(
    "raw, says",
    [
        (nested(3000), "parts: nested deeper"),
        (b"From: a@b.test\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000 + b"x", "parts: nested deeper"),
        (
            b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\n" + b"--X\r\n\r\npart\r\n" * 100_000,
            "parts: more than",
        ),
        (
            b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\n--X\r\n\r\nunclosed",
            "parts: the closing boundary",
        ),
        (
            b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\nno parts at all",
            "parts: the boundary does not occur",
        ),
        (
            b"From: a@b.test\r\nContent-Type: multipart/mixed\r\n\r\nno boundary",
            "parts: a multipart without a boundary",
        ),
        (b"From: a@b.test\r\nContent-Type: ;;;\r\n\r\nx", "content-type: cannot be read"),
    ],
    ids=range(7),
)
def test_broken_trees(raw: bytes, says: str) -> None:
    message = sound(raw)
    assert any(defect.startswith(says) for defect in message.defects)
    assert len(message.attachments) <= 1001


def test_a_broken_multipart_still_has_its_text() -> None:
    for raw in (
        b"Content-Type: multipart/mixed; boundary=X\r\n\r\nno parts at all",
        b"Content-Type: multipart/mixed\r\n\r\nno parts at all",
        b"Content-Type: multipart/mixed; boundary=X\r\n\r\n--X\r\nContent-Type: text/plain\r\n\r\nno parts at all",
        b"Content-Type: multipart/mixed\r\n\r\n--seen\r\n\r\nno parts at all\r\n--seen--\r\n",
    ):
        assert sound(b"From: a@b.test\r\n" + raw).text == "no parts at all"


def test_a_boundary_that_begins_like_another() -> None:
    inner = b"Content-Type: multipart/alternative; boundary=XX-1\r\n\r\n--XX-1\r\n\r\ninner\r\n--XX-1--\r\n"
    raw = (
        b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=XX\r\n\r\n--XX\r\n"
        + inner
        + b"--XX\r\n\r\nouter\r\n--XX--\r\n"
    )
    assert sound(raw).text == "inner\n\nouter"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "words",
        "<blockquote>" * 50_000 + "words",
        "<table><tr><td>" * 20_000 + "words",
        "<b><p>" * 20_000 + "words",
        "<ul><li>" * 5_000 + "words",
        "words<" + "a " * 500_000,
        "words" + "<br>" * 300_000,
        "words<!--" + "-" * 500_000,
        "&nbsp;" * 100_000 + "words",
        "<p style='" + "x" * 500_000 + "'>words",
        "<a href=http://x>" * 50_000 + "words",
    ],
    ids=range(11),
)
def test_hostile_html(html: str) -> None:
    raw = b"From: a@b.test\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()
    assert "words" in sound(raw).text


@pytest.mark.parametrize(
    "text",
    [
        "> " * 100_000,
        "От: a <a@b.test>\nКому: b\n" * 5_000,
        "24.11.2026 10:15, a <a@b.test>\n" * 5_000,
        "С уважением,\n" * 10_000,
        "--\n" * 20_000,
        "(" * 200_000,
        "a@" * 100_000,
        "слово " * 300_000,
        "On 24.11.2026, " * 20_000 + "wrote:",
        "это сообщение " * 20_000,
    ],
    ids=range(10),
)
def test_hostile_text(text: str) -> None:
    sound(b"From: a@b.test\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode())


@pytest.mark.parametrize(
    "body, text",
    [
        (b"0J/RgNC40LLQtdGC", "Привет"),
        (b"0J/RgNC40LLQtdGCLA", "Привет,"),
        (b"0J/RgNC4!!0LLQtdGC", "Привет"),
        (b"0J/RgNC40LLQtdGC\r\nIQ==\r\nIQ==", "Привет!!"),
        (b"0J/RgNC40LLQtdGC0", "Привет"),
    ],
)
def test_damaged_base64(body: bytes, text: str) -> None:
    raw = (
        b"From: a@b.test\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body
    )
    assert sound(raw).text == text


def test_uuencode() -> None:
    raw = b"From: a@b.test\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\n#0V%T\n`\nend\n"
    assert sound(raw).text == "Cat"


def test_errors_of_mail_parser_do_not_get_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: bytes) -> None:
        raise AttributeError("as it happens")

    monkeypatch.setattr(module, "get_addresses", broken)
    message = sound(b"From: Ivan <i@b.test>\r\nTo: crm@example.test\r\n\r\nx")
    assert message.sender is not None
    assert message.sender.address == "i@b.test"
    assert message.to[0].address == "crm@example.test"


def test_the_last_line_of_defence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(module, "read_tree", broken)
    message = parse("From: a@b.test\r\n\r\nПривет".encode())
    assert message.defects == ("parser: RecursionError: too deep",)
    assert "Привет" in message.text
    assert list(attachments(b"From: a@b.test\r\n\r\nx")) == []
