"""Identity, ids, dates and the other fields that the desk relies on."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from maild.mail.dates import read_date
from maild.mail.digest import content_digest
from maild.mail.message import Address
from maild.mail.parse import parse

SENDERS = [
    (b"i@b.test", "", "i@b.test"),
    (b"<i@B.Test>", "", "i@b.test"),
    (b"Ivan Petrov <Ivan.Petrov@B.TEST>", "Ivan Petrov", "Ivan.Petrov@b.test"),
    (b'"Petrov, Ivan" <i@b.test>', "Petrov, Ivan", "i@b.test"),
    (b"i@b.test (Ivan)", "Ivan", "i@b.test"),
    (b"boss@rarus.test <evil@x.test>", "boss@rarus.test", "evil@x.test"),
    (b'"boss@rarus.test" <evil@x.test>', "boss@rarus.test", "evil@x.test"),
    (b'"<boss@rarus.test>" <evil@x.test>', "<boss@rarus.test>", "evil@x.test"),
    (b"=?utf-8?B?PGJvc3NAcmFydXMudGVzdD4=?= <evil@x.test>", "<boss@rarus.test>", "evil@x.test"),
    (b"=?utf-8?Q?boss=40rarus.test=2C?= <evil@x.test>", "boss@rarus.test,", "evil@x.test"),
    (b"(boss@rarus.test) evil@x.test", None, "evil@x.test"),
    (b"evil@x.test (boss@rarus.test)", None, "evil@x.test"),
    ("ООО «Ромашка», отдел <i@b.test>".encode(), None, "i@b.test"),
    ("Отдел: продажи <i@b.test>".encode(), None, "i@b.test"),
    ('"Иванов И.И." i@b.test'.encode(), None, "i@b.test"),
    (b"Ivan <<i@b.test>>", None, "i@b.test"),
    (b"Ivan <i@b.test", None, "i@b.test"),
    (b'"Ivan <i@b.test>', None, "i@b.test"),
    (b"=?utf-8?B?0JjQstCw0L0gPGlAYi50ZXN0Pg==?=", "Иван", "i@b.test"),
    (b"=?utf-8?B?A?= <i@b.test>", None, "i@b.test"),
    ("Иван <иван@почта.рф>".encode(), "Иван", "иван@почта.рф"),
    (b"Ivan <i@xn--80a1acny.xn--p1ai>", "Ivan", "i@xn--80a1acny.xn--p1ai"),
    (b"Ivan\r\n\t<i@b.test>", "Ivan", "i@b.test"),
    (b"Friends: i@b.test;", "", "i@b.test"),
    (b'"very.(),:;<>[]\\".VERY" <i@b.test>', None, "i@b.test"),
]


@pytest.mark.parametrize("raw, name, address", SENDERS)
def test_the_sender(raw: bytes, name: str | None, address: str) -> None:
    message = parse(b"From: " + raw + b"\r\n\r\nx")
    assert message.sender is not None
    assert message.sender.address == address
    assert name is None or message.sender.name == name
    assert message.from_count == 1


@pytest.mark.parametrize(
    "raw", [b"", b"nobody", b"undisclosed-recipients:;", b"<>", b"a@b.test>c@d.test<e@f.test x", b"@", b"\0\xff"]
)
def test_no_sender(raw: bytes) -> None:
    assert parse(b"From: " + raw + b"\r\nSubject: x\r\n\r\nx").sender is None
    assert parse(b"Subject: x\r\n\r\nx").sender is None


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@b.test, c@d.test\r\n",
        b"From: a@b.test\r\nFrom: c@d.test\r\n",
        b"From: a@b.test\r\nFROM: a@b.test\r\n",
        b'From: "a@b.test" <a@b.test>, <c@d.test>\r\n',
    ],
)
def test_several_senders_are_counted(raw: bytes) -> None:
    message = parse(raw + b"\r\nx")
    assert message.from_count == 2
    assert message.sender is not None
    assert message.sender.address == "a@b.test"
    assert "from: more than one sender" in message.defects


def test_reply_to_and_sender_are_no_identity() -> None:
    message = parse(b"Sender: s@x.test\r\nReply-To: r@x.test\r\nFrom: f@x.test\r\n\r\nx")
    assert message.sender == Address("", "f@x.test")
    assert message.reply_to == (Address("", "r@x.test"),)
    assert parse(b"Reply-To: r@x.test\r\nSender: s@x.test\r\n\r\nx").sender is None


def test_recipients() -> None:
    raw = (
        'To: Линия <crm@example.test>, "Петров, И." <p@b.test>\r\nCc: x@y.test,\r\n z@y.test\r\nDelivered-To: '
        "CRM@example.test\r\n\r\nx"
    )
    message = parse(raw.encode())
    assert [a.address for a in message.to] == ["crm@example.test", "p@b.test"]
    assert [a.name for a in message.to] == ["Линия", "Петров, И."]
    assert [a.address for a in message.cc] == ["x@y.test", "z@y.test"]
    assert message.headers["delivered-to"] == "CRM@example.test"
    assert parse(b"To: undisclosed-recipients:;\r\n\r\nx").to == ()


@pytest.mark.parametrize(
    "raw, expected",
    [
        (b"<1@x.test>", ("<1@x.test>",)),
        (b"<1@x.test> <2@x.test>\r\n\t<3@x.test>", ("<1@x.test>", "<2@x.test>", "<3@x.test>")),
        (b"<1@x.test>,<2@x.test>", ("<1@x.test>", "<2@x.test>")),
        (b"Your message of Monday <1@x.test>", ("<1@x.test>",)),
        (b"<1@x.test> <1@x.test>", ("<1@x.test>",)),
        (b"=?utf-8?q?=3Clong=40x=2Etest=3E?=", ("<long@x.test>",)),
        (
            b"=?us-ascii?q?=3C" + b"a" * 40 + b"?=\r\n =?us-ascii?q?" + b"b" * 40 + b"=40x=3E?=",
            ("<" + "a" * 40 + "b" * 40 + "@x>",),
        ),
        (b"<very-long-part-of-an-id\r\n @x.test>", ("<very-long-part-of-an-id@x.test>",)),
        (b"garbage", ()),
        (b"", ()),
    ],
)
def test_ids(raw: bytes, expected: tuple[str, ...]) -> None:
    message = parse(b"From: a@b.test\r\nReferences: " + raw + b"\r\nIn-Reply-To: " + raw + b"\r\n\r\nx")
    assert message.references == message.in_reply_to == expected


@pytest.mark.parametrize(
    "raw, expected",
    [
        (b"<1@x.test>", "<1@x.test>"),
        (b"1@x.test", "<1@x.test>"),
        (b"", None),
        (b"a b c", None),
        (b"<a\r\n b@x>", "<ab@x>"),
    ],
)
def test_message_id(raw: bytes, expected: str | None) -> None:
    assert parse(b"From: a@b.test\r\nMessage-ID: " + raw + b"\r\n\r\nx").message_id == expected


MSK = timezone(timedelta(hours=3))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Fri, 20 Nov 2026 10:15:00 +0300", datetime(2026, 11, 20, 10, 15, tzinfo=MSK)),
        ("20 Nov 2026 10:15 +0300", datetime(2026, 11, 20, 10, 15, tzinfo=MSK)),
        ("Fri, 20 Nov 2026 10:15:00 +0300 (MSK)", datetime(2026, 11, 20, 10, 15, tzinfo=MSK)),
        ("Fri, 20 Nov 2026 10:15:00 MSK", datetime(2026, 11, 20, 10, 15, tzinfo=MSK)),
        ("Fri, 20 Nov 2026 10:15:00 GMT", datetime(2026, 11, 20, 10, 15, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 10:15:00 -0000", datetime(2026, 11, 20, 10, 15, tzinfo=UTC)),
        ("Fri, 20 Nov 26 10:15:00 +0300", datetime(2026, 11, 20, 10, 15, tzinfo=MSK)),
        ("2026-11-20T10:15:00+03:00", datetime(2026, 11, 20, 10, 15, tzinfo=MSK)),
        ("Пт, 20 ноя 2026 10:15:00 +0300", datetime(2026, 11, 20, 10, 15, tzinfo=MSK)),
        ("пт, 20 листопада 2026 10:15 +03:00", datetime(2026, 11, 20, 10, 15, tzinfo=MSK)),
        ("Fri, 20 Nov 2026 23:59:60 +0300", datetime(2026, 11, 20, 23, 59, 59, tzinfo=MSK)),
    ],
)
def test_dates(text: str, expected: datetime) -> None:
    found, defect = read_date(text)
    assert found == expected
    assert found is not None
    assert found.utcoffset() == expected.utcoffset()
    assert defect is None


@pytest.mark.parametrize("text", ["Fri, 20 Nov 2026 10:15:00", "2026-11-20 10:15:00", "Fri, 20 Nov 2026 10:15:00 XYZ"])
def test_a_missing_zone_is_utc_and_said(text: str) -> None:
    found, defect = read_date(text)
    assert found == datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
    assert defect is not None


@pytest.mark.parametrize(
    "text",
    ["yesterday", "99 Foo 2026", "Fri, 31 Feb 2026 10:15:00 +0300", "Thu, 01 Jan 1970 00:00:00 +0000", "9" * 5000],
)
def test_garbage_is_no_date_but_a_defect(text: str) -> None:
    found, defect = read_date(text)
    assert found is None
    assert defect is not None
    message = parse(f"From: a@b.test\r\nDate: {text}\r\n\r\nx".encode())
    assert message.date is None
    assert any(defect.startswith("date:") for defect in message.defects)


def test_an_absent_date_is_no_defect() -> None:
    assert parse(b"From: a@b.test\r\n\r\nx").date is None
    assert parse(b"From: a@b.test\r\n\r\nx").defects == ()


@pytest.mark.parametrize(
    "raw, expected", [(b"<>", ""), (b"<a@b.test>", "a@b.test"), (b"a@b.test", "a@b.test"), (None, None)]
)
def test_return_path(raw: bytes | None, expected: str | None) -> None:
    head = b"" if raw is None else b"Return-Path: " + raw + b"\r\n"
    assert parse(head + b"From: a@b.test\r\n\r\nx").return_path == expected


def test_authentication_results_from_top_to_bottom() -> None:
    raw = (
        b"Authentication-Results: mx.test;\r\n dmarc=pass header.from=b.test\r\nFrom: "
        b"a@b.test\r\nAuthentication-Results: evil; dmarc=pass\r\n\r\nx"
    )
    assert parse(raw).authentication_results == ("mx.test; dmarc=pass header.from=b.test", "evil; dmarc=pass")


def test_repeated_fields_take_the_first() -> None:
    message = parse(
        b"Subject: one\r\nSubject: two\r\nMessage-ID: <1@x>\r\nMessage-ID: <2@x>\r\nFrom: a@b.test\r\n\r\nx"
    )
    assert (message.subject, message.message_id) == ("one", "<1@x>")


@pytest.mark.parametrize(
    "raw, text",
    [
        (b"\r\n\r\nFrom: a@b.test\r\nSubject: s\r\n\r\nbody", "body"),
        (b"From i@x Mon Nov 23 10:15:00 2026\r\nFrom: a@b.test\r\nSubject: s\r\n\r\nbody", "body"),
        (b"From: a@b.test\nSubject: s\n\nbody", "body"),
        (b"From: a@b.test\rSubject: s\r\rbody", "body"),
        (b"From: a@b.test\r\nthis line is no field\r\nSubject: s\r\n\r\nbody", "body"),
        (b"From: a@b.test\r\nSubject: s\r\nbody without a blank line", "body without a blank line"),
        (b"From : a@b.test\r\nSubject : s\r\n\r\nbody", "body"),
    ],
)
def test_odd_header_blocks(raw: bytes, text: str) -> None:
    message = parse(raw)
    assert message.sender == Address("", "a@b.test")
    assert (message.subject, message.text) == ("s", text)


def test_a_letter_without_any_header_is_all_text() -> None:
    assert (
        parse("Привет, это просто текст.\nВторая: строка".encode()).text == "Привет, это просто текст.\nВторая: строка"
    )


LETTER = (
    b"Return-Path: <a@b.test>\r\nReceived: by mx1\r\nX-Spam: no\r\nFrom: a@b.test\r\nSubject: long\r\n "
    b"subject\r\nMessage-ID: <1@x>\r\n\r\nbody\r\nline\r\n"
)
SAME = [
    LETTER.replace(b"\r\n", b"\n"),
    LETTER.replace(b"by mx1", b"by mx2"),
    b"Delivered-To: crm@example.test\r\nAuthentication-Results: mx; dmarc=pass\r\nARC-Seal: i=1\r\n" + LETTER,
    LETTER.replace(b"long\r\n subject", b"long subject"),
    LETTER.replace(b"X-Spam: no", b"X-Spam: yes"),
    LETTER + b"\r\n",
]
OTHER = [
    LETTER.replace(b"body", b"other"),
    LETTER.replace(b"<1@x>", b"<2@x>"),
    LETTER.replace(b"long", b"short"),
    LETTER.replace(b"From: a@b.test", b"From: c@b.test"),
    LETTER.replace(b"line", b"li\r\nne"),
]


@pytest.mark.parametrize("raw", SAME)
def test_the_same_letter_has_the_same_digest(raw: bytes) -> None:
    assert content_digest(raw) == content_digest(LETTER)


@pytest.mark.parametrize("raw", OTHER)
def test_another_letter_has_another_digest(raw: bytes) -> None:
    assert content_digest(raw) != content_digest(LETTER)
