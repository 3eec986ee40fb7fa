"""From a letter to bytes: what any mail program must be able to read back unchanged."""

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maild.errors import PermanentError
from maild.mail.compose import Letter, encode
from maild.mail.message import Address
from maild.mail.mime import File
from maild.mail.parse import attachments, parse

LETTER = Letter(
    kind="acknowledgement",
    to=Address("", "p.smirnov@romashka.test"),
    sender=Address("Линия консультаций 1С:CRM", "crm@example.test"),
    envelope_from="",
    subject="Re: [CRM-000042] Не печатается счёт из сделки",
    text="Обращение принято.\n\n-- \nЛиния\n",
    html='<!doctype html><html lang="ru"><body><p>Обращение принято.</p></body></html>',
    message_id="<CRM-000042.c.aaaa.bbbb@example.test>",
    in_reply_to="<1@romashka.test>",
    references=("<0@romashka.test>",),
    ticket="CRM-000042",
    automatic=True,
    date=datetime(2026, 11, 23, 7, 17, tzinfo=UTC),
)
WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=90)
LINES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)


def _read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def _unfolded(raw: bytes) -> list[str]:
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    return re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")


def test_a_letter_reads_back_as_it_was_written() -> None:
    message = _read(encode(LETTER))
    assert message["Subject"] == LETTER.subject
    assert message["From"].addresses[0].display_name == "Линия консультаций 1С:CRM"
    assert message["From"].addresses[0].addr_spec == "crm@example.test"
    assert message["To"].addresses[0].addr_spec == "p.smirnov@romashka.test"
    assert message["Date"].datetime == LETTER.date
    assert message["Message-ID"] == LETTER.message_id
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert _body(message, "plain") == LETTER.text
    assert _body(message, "html") == f"{LETTER.html}\n"
    assert [part.get_content_charset() for part in message.iter_parts()] == ["utf-8", "utf-8"]


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_headers_that_filters_and_robots_go_by() -> None:
    message = _read(encode(LETTER))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"
    assert (message["X-Maild-Kind"], message["X-Maild-Ticket"]) == ("acknowledgement", "CRM-000042")
    unasked = _read(encode(replace(LETTER, in_reply_to=None, ticket=None, references=())))
    assert unasked["Auto-Submitted"] == "auto-generated"
    assert unasked["X-Maild-Ticket"] is None and unasked["In-Reply-To"] is None and unasked["References"] is None
    person = _read(encode(replace(LETTER, automatic=False)))
    assert person["Auto-Submitted"] is None and person["X-Auto-Response-Suppress"] is None


def test_long_ids_stay_whole_and_unencoded() -> None:
    ids = tuple(f"<{'AM6PR0' * 14}{number}@EURPR05.prod.outlook.test>" for number in range(5))
    raw = encode(replace(LETTER, in_reply_to=ids[4], references=ids[:4]))
    fields = dict(line.split(": ", 1) for line in _unfolded(raw))
    assert fields["In-Reply-To"].strip() == ids[4]
    assert fields["References"].split() == list(ids)
    for message_id in ids:
        assert message_id.encode() in raw


def test_references_keep_the_first_and_the_last_twenty() -> None:
    ids = tuple(f"<{number}@x.test>" for number in range(60))
    message = _read(encode(replace(LETTER, references=ids)))
    assert message["References"].split() == [ids[0], *ids[-19:], LETTER.in_reply_to]


def test_the_answered_letter_stands_in_references_once() -> None:
    message = _read(encode(replace(LETTER, references=("<0@romashka.test>", "<1@romashka.test>"))))
    assert message["References"].split() == ["<0@romashka.test>", "<1@romashka.test>"]


@pytest.mark.parametrize("bad", ["<a b@x>", "no brackets", "<a@x>\r\nBcc: y@z", "<ы@x>", "<" + "a" * 2_000 + "@x>", ""])
def test_ids_from_outside_that_are_none_are_left_out(bad: str) -> None:
    message = _read(encode(replace(LETTER, in_reply_to=bad, references=(bad, "<0@x.test>"))))
    assert message["In-Reply-To"] is None
    assert message["References"] == "<0@x.test>"
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "a\r\nBcc: x@y.test"},
        {"subject": "a\nb"},
        {"subject": "nul\0"},
        {"sender": Address("desk\r\nBcc: x@y.test", "crm@example.test")},
        {"to": Address("", "x@y.test\r\nBcc: z@y.test")},
        {"to": Address("", "x@y.test, z@y.test")},
        {"to": Address("", "x y@z.test")},
        {"to": Address("", "<x@y.test>")},
        {"to": Address("", "nobody")},
        {"to": Address("", "x@" + "a" * 400)},
        {"message_id": "<a@b>\r\nX: y"},
        {"ticket": "CRM\r\nX: y"},
        {"kind": "ы"},
    ],
)
def test_nothing_can_be_smuggled_into_a_header(change: dict[str, object]) -> None:
    with pytest.raises(PermanentError) as caught:
        encode(replace(LETTER, **change))  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_a_naive_date_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="zone"):
        encode(replace(LETTER, date=datetime(2026, 11, 23)))  # noqa: DTZ001


@settings(max_examples=150, deadline=None)
@given(subject=LINES, name=LINES)
def test_any_subject_and_name_read_back(subject: str, name: str) -> None:
    raw = encode(replace(LETTER, subject=subject, sender=Address(name, "crm@example.test")))
    message = _read(raw)
    assert message["Subject"] == subject
    written = email.message_from_bytes(raw)["From"]
    if "=?" in written:  # policy.default of 3.11 puts a blank between two words of a name, against RFC 2047, 6.2
        assert str(make_header(decode_header(written))) == f"{name} <crm@example.test>"
    else:
        assert message["From"].addresses[0].display_name == name
    head = raw.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 98 for line in head.split(b"\r\n"))
    head.decode("ascii")


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_characters="\r", exclude_categories=("Cs",)), max_size=2_000))
def test_any_text_reads_back_in_short_crlf_lines(text: str) -> None:
    raw = encode(replace(LETTER, text=text, html=None))
    assert b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    part = email.message_from_bytes(raw).get_payload(decode=True)
    assert isinstance(part, bytes)
    assert part.decode().replace("\r\n", "\n").removesuffix("\n") == text.removesuffix("\n")


def test_the_shorter_transfer_encoding_is_taken() -> None:
    russian = encode(replace(LETTER, text="Обращение принято. " * 50, html=None))
    english = encode(replace(LETTER, text="Accepted = fine. " * 50, html=None))
    assert b"Content-Transfer-Encoding: base64" in russian
    assert b"Content-Transfer-Encoding: quoted-printable" in english
    assert len(russian) < 3_300 and len(english) < 1_700


def test_the_boundary_cannot_be_forged_by_a_text() -> None:
    edge = re.search(rb'boundary="([^"]+)"', encode(LETTER))
    assert edge is not None
    forged = replace(LETTER, text=f"--{edge.group(1).decode()}--\n", html=f"--{edge.group(1).decode()}\n")
    message = _read(encode(forged))
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert _body(message, "plain") == forged.text


def test_addresses_beyond_ascii() -> None:
    raw = encode(replace(LETTER, to=Address("", "пётр@почта.рф")))
    assert "<пётр@xn--80a1acny.xn--p1ai>".encode() in raw
    assert b'"a b"@x.test' in encode(replace(LETTER, to=Address("", '"a b"@x.test')))


HOSTILE_NAMES = [
    "Договор №5.pdf",
    "снимок экрана 2026-11-23 в 10.15.16.png",
    "report final.pdf",
    'say "hi" there.txt',
    "=?utf-8?q?no?=.txt",
    "100%'s; name*=x.txt",
    "длинное имя " * 12 + ".docx",
    "a" * 190 + ".txt",
    "日本語😀.txt",
    "nodot",
    ".hidden",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_file_arrives_byte_for_byte_with_its_name(name: str) -> None:
    data = bytes(range(256)) * 40
    raw = encode(replace(LETTER, attachments=(File(name, "application/pdf", data),)))
    (part,) = _read(raw).iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == (name, "application/pdf")
    assert part.get_payload(decode=True) == data
    assert part["Content-Disposition"].content_disposition == "attachment" and not part["Content-Disposition"].defects
    ((ours, read),) = attachments(raw)
    assert (ours.filename, ours.content_type, ours.inline, read) == (name, "application/pdf", False, data)
    assert all(len(line) <= 78 for line in raw.split(b"\r\n")) and raw.isascii()


def test_the_text_stays_where_readers_look_for_it() -> None:
    with_file = replace(LETTER, attachments=(File("a.txt", "text/plain", b"x"), File("b.html", "text/html", b"<b>")))
    message = _read(encode(with_file))
    assert message.get_content_type() == "multipart/mixed"
    assert (_body(message, "plain"), _body(message, "html")) == (LETTER.text, f"{LETTER.html}\n")
    assert [part.get_filename() for part in message.iter_attachments()] == ["a.txt", "b.html"]
    assert parse(encode(with_file)).text == parse(encode(LETTER)).text
    plain = _read(encode(replace(with_file, html=None)))
    assert [part.get_content_type() for part in plain.walk()][1:] == ["text/plain", "text/plain", "text/html"]


@pytest.mark.parametrize(
    "hostile, safe",
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\счёт.pdf", "счёт.pdf"),
        ("a\r\nX-Evil: 1\r\n\r\nbody.txt", "a X-Evil: 1 body.txt"),
        ("nul\0tab\t.txt", "nul tab .txt"),
        ("\u202egpj.exe", "gpj.exe"),
        ("", "attachment"),
        ("..", "attachment"),
        ("\ud800.txt", ".txt"),
        ("x" * 400 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_hostile_file_name_is_only_a_name(hostile: str, safe: str) -> None:
    message = _read(encode(replace(LETTER, attachments=(File(hostile, "text/plain", b"x"),))))
    (part,) = message.iter_attachments()
    assert part.get_filename() == safe
    assert set(part.keys()) == {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}
    assert message["X-Evil"] is None


@pytest.mark.parametrize(
    "given_type, written",
    [
        ("IMAGE/PNG", "image/png"),
        ("text/plain", "text/plain"),
        ("", "application/octet-stream"),
        ("pdf", "application/octet-stream"),
        ("text/plain\r\nX-Evil: 1", "application/octet-stream"),
        ('text/plain; name="x"', "application/octet-stream"),
        ("multipart/mixed; boundary=x", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("message/partial", "application/octet-stream"),
        ("message/delivery-status", "application/octet-stream"),
        ("a/" + "b" * 300, "application/octet-stream"),
        ("тип/вид", "application/octet-stream"),
    ],
)
def test_the_type_of_a_file_is_written_only_if_it_is_one(given_type: str, written: str) -> None:
    data = "строка\nещё\r\n--=_mixed_x--\r".encode("cp1251")
    (part,) = _read(encode(replace(LETTER, attachments=(File("a.bin", given_type, data),)))).iter_attachments()
    assert part.get_content_type() == written and part.get_payload(decode=True) == data
    assert part.get_param("charset") is None


def test_a_charset_is_passed_on_but_never_made_up() -> None:
    data = "строка".encode("cp1251")
    (part,) = _read(
        encode(replace(LETTER, attachments=(File("a.txt", "text/plain; charset=windows-1251", data),)))
    ).iter_attachments()
    assert (part.get_param("charset"), part.get_payload(decode=True)) == ("windows-1251", data)


INNER = b"From: p@romashka.test\r\nSubject: inner\r\n\r\nHello.\r\n"


def test_a_letter_is_attached_as_a_letter_where_it_survives_that() -> None:
    raw = encode(replace(LETTER, attachments=(File("request.eml", "message/rfc822", INNER),)))
    ((ours, data),) = attachments(raw)
    assert (ours.content_type, ours.filename, data) == ("message/rfc822", "request.eml", INNER)
    (part,) = _read(raw).iter_attachments()
    assert part["Content-Transfer-Encoding"] == "7bit"
    assert part.get_payload(0)["Subject"] == "inner"  # type: ignore[index]


@pytest.mark.parametrize(
    "data",
    [
        INNER.replace(b"\r\n", b"\n"),
        INNER + b"\r",
        INNER + "привет\r\n".encode(),
        INNER + b"x" * 999 + b"\r\n",
        INNER + b"\0",
        INNER + b"--=_mixed_RM-000042.c.aaaa.bbbb--\r\n",
    ],
)
def test_any_other_letter_is_attached_as_a_file(data: bytes) -> None:
    letter = replace(LETTER, message_id="<xRM-000042.c.aaaa.bbbb@example.test>")
    data = data.replace(
        b"=_mixed_RM-000042.c.aaaa.bbbb", b"=_mixed_" + letter.message_id[1:-1].split("@")[0][-24:].encode()
    )
    for name in ("request", "request.eml"):
        raw = encode(replace(letter, attachments=(File(name, "message/rfc822", data), File("b", "a/b", b"z"))))
        first, second = attachments(raw)
        assert (first[0].filename, first[0].content_type, first[1]) == ("request.eml", "application/octet-stream", data)
        assert second[1] == b"z"


def test_others_in_the_copy_line() -> None:
    people = tuple(Address(name, f"{n}@romashka.test") for n, name in enumerate(["", "Пётр Иванов", "Smith, J."] * 4))
    raw = encode(replace(LETTER, cc=people))
    assert [(one.display_name, one.addr_spec) for one in _read(raw)["Cc"].addresses] == [
        (one.name, one.address) for one in people
    ]
    assert parse(raw).cc == people
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    assert _read(encode(LETTER))["Cc"] is None
    with pytest.raises(PermanentError):
        encode(replace(LETTER, cc=(Address("", "x@y.test"), Address("", "x@y.test\r\nBcc: z@y.test"))))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=3_000), st.text(max_size=120), st.text(max_size=40))
def test_any_file_arrives(data: bytes, name: str, content_type: str) -> None:
    raw = encode(replace(LETTER, attachments=(File(name, content_type, data), File("x", "message/rfc822", data))))
    assert [read for _, read in attachments(raw)] == [data, data]
    parts = [part.get_payload(decode=True) for part in _read(raw).iter_attachments()]
    assert parts[0] == data
