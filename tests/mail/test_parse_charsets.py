"""Charsets right, wrong and absent: every letter readable, no U+FFFD where the bytes can be read."""

import base64
import quopri
from email.header import Header

import pytest
from maild.mail.charset import CYRILLIC, decode, known_charset
from maild.mail.parse import parse

TEXT = "Здравствуйте! Не печатается счёт из сделки, подскажите, пожалуйста.\nООО Ромашка, версия 3.1.25.4"
SUBJECT = "Не печатается счёт из сделки"
CHARSETS = ("utf-8", "cp1251", "koi8-r", "cp866", "iso-8859-5")
LABELS = (*CHARSETS, "windows-1251", "us-ascii", "iso-8859-1", "x-unknown", "utf8mb4", "koi8", "", None)


def letter(body: bytes, label: str | None, *, encoding: str = "8bit", subject: bytes = b"Subject: x") -> bytes:
    charset = b"" if label is None else b"; charset=" + label.encode()
    head = b"From: a@b.test\r\n" + subject + b"\r\nContent-Type: text/plain" + charset
    return head + b"\r\nContent-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize("real", CHARSETS)
@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_body_is_read_whatever_the_label(real: str, label: str | None, encoding: str) -> None:
    data = TEXT.encode(real)
    body = {"8bit": data, "base64": base64.encodebytes(data), "quoted-printable": quopri.encodestring(data)}[encoding]
    assert parse(letter(body, label, encoding=encoding)).text == TEXT


@pytest.mark.parametrize("real", CHARSETS)
@pytest.mark.parametrize("label", [label for label in LABELS if label])
def test_subject_is_read_whatever_the_label(real: str, label: str) -> None:
    word = b"=?" + label.encode() + b"?B?" + base64.b64encode(SUBJECT.encode(real)) + b"?="
    assert parse(letter(b"x", "utf-8", subject=b"Subject: " + word)).subject == SUBJECT


@pytest.mark.parametrize("real", CHARSETS)
def test_raw_header_bytes_are_read(real: str) -> None:
    raw = b"From: " + "Иван Петров".encode(real) + b" <i@b.test>\r\nSubject: " + SUBJECT.encode(real) + b"\r\n\r\ntext"
    message = parse(raw)
    assert message.subject == SUBJECT
    assert message.sender is not None
    assert (message.sender.name, message.sender.address) == ("Иван Петров", "i@b.test")


@pytest.mark.parametrize("real", ("cp1251", "koi8-r"))
def test_a_short_raw_subject_follows_the_charset_of_the_body(real: str) -> None:
    raw = b"From: a@b.test\r\nSubject: " + "Ян".encode(real) + b"\r\nContent-Type: text/plain; charset=" + real.encode()
    assert parse(raw + b"\r\n\r\n" + TEXT.encode(real)).subject == "Ян"


@pytest.mark.parametrize(
    "word", ["Вопрос", "привет", "Скриншот", "Счёт на оплату", "Иван Петров", "Не работает печать"]
)
@pytest.mark.parametrize("real", CHARSETS)
def test_one_word_is_enough(word: str, real: str) -> None:
    assert decode(word.encode(real))[0] == word


@pytest.mark.parametrize("real", ["utf-8", "cp1251", "koi8-u", "iso-8859-5"])
@pytest.mark.parametrize("label", ["koi8-r", "windows-1251", "utf-8", None])
def test_ukrainian(real: str, label: str | None) -> None:
    text = "Після оновлення не приходять сповіщення. Їх немає в жодному з двох браузерів, є лише звіт."
    assert parse(letter(text.encode(real), label)).text == text


@pytest.mark.parametrize(
    "text, real, label",
    [
        ("Grüße aus München, schönes Café", "cp1252", "iso-8859-1"),
        ("Grüße aus München, schönes Café", "cp1252", None),
        ("Grüße aus München, schönes Café", "utf-8", "iso-8859-1"),
        ("He said “no” — twice…", "cp1252", "us-ascii"),
        ("日本語のテキストです", "iso-2022-jp", "iso-2022-jp"),
        ("日本語のテキストです", "shift_jis", "shift_jis"),
        ("中文字符测试", "gb18030", "gb2312"),
        ("Привет", "utf-16", "utf-16"),
        ("Привет, мир", "utf-7", "unicode-1-1-utf-7"),
    ],
)
def test_other_scripts_are_left_alone(text: str, real: str, label: str | None) -> None:
    assert parse(letter(base64.encodebytes(text.encode(real)), label, encoding="base64")).text == text


def test_a_right_label_leaves_no_defect_and_a_false_one_is_named() -> None:
    assert parse(letter(TEXT.encode("koi8-r"), "koi8-r")).defects == ()
    assert parse(letter(TEXT.encode("cp1251"), "koi8-r")).defects == ("charset: declared 'koi8-r', read as cp1251",)
    assert parse(letter(TEXT.encode("cp866"), None)).defects == ("charset: not declared, read as cp866",)


def test_a_letter_cut_in_the_middle_of_a_character_stays_utf8() -> None:
    assert parse(letter(TEXT.encode()[:-30] + "ж".encode()[:1], "utf-8")).text.startswith("Здравствуйте! Не печатается")
    assert "\ufffd" not in parse(letter(TEXT.encode()[:61], None)).text


@pytest.mark.parametrize(
    "label", ["\0", "idna", "punycode", "hex", "zip", "undefined", "../utf-8", "a" * 500, "utf-8\0"]
)
def test_strange_labels_are_no_charsets(label: str) -> None:
    assert known_charset(label) is None
    assert decode("Привет, мир".encode(), label)[0] == "Привет, мир"


def test_html_says_its_charset_inside() -> None:
    html = (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; '
        f'charset=koi8-r"></head><body>{TEXT}</body></html>'
    )
    raw = b"From: a@b.test\r\nContent-Type: text/html\r\n\r\n" + html.encode("koi8-r")
    message = parse(raw)
    assert message.text.startswith("Здравствуйте! Не печатается счёт")
    assert message.defects == ()


WORDS = {
    "in quotes": b'"=?utf-8?B?0JjQstCw0L0=?=" <i@b.test>',
    "two words with a blank": b"=?utf-8?B?0JjQsg==?= =?utf-8?B?0LDQvQ==?= <i@b.test>",
    "split in the middle of a character": b"=?utf-8?B?0JjQstA=?=\r\n =?utf-8?B?sNC9?= <i@b.test>",
    "glued to the address": b"=?utf-8?B?0JjQstCw0L0=?=<i@b.test>",
    "q encoding": b"=?utf-8?q?=D0=98=D0=B2=D0=B0=D0=BD?= <i@b.test>",
    "koi8": b"=?koi8-r?B?6dfBzg==?= <i@b.test>",
    "cp1251 called latin": b"=?iso-8859-1?Q?=C8=E2=E0=ED?= <i@b.test>",
    "language tag": b"=?utf-8*ru?B?0JjQstCw0L0=?= <i@b.test>",
    "missing padding": b"=?utf-8?B?0JjQstCw0L0?= <i@b.test>",
    "after the address": b"<i@b.test> (=?utf-8?B?0JjQstCw0L0=?=)",
}


@pytest.mark.parametrize("case", WORDS)
def test_encoded_words_in_names(case: str) -> None:
    sender = parse(b"From: " + WORDS[case] + b"\r\n\r\nx").sender
    assert sender is not None
    assert sender.address == "i@b.test"
    assert sender.name in ("Иван", "") if case == "after the address" else sender.name == "Иван"


@pytest.mark.parametrize(
    "raw, subject",
    [
        (b"=?utf-8?Q?=D0=9A=D0=B0=D0=BA_=D0=B4=D0=B5=D0=BB=D0=B0??=", "Как дела?"),
        (b"=?utf-8?B?0JjQstCw0L0=?= =?utf-8?B?0JjQstCw0L0", "ИванИван"),
        (b"Re: =?utf-8?B?0JjQstCw0L0=?= (2)", "Re: Иван (2)"),
        (b"=?utf-8?B?0JjQstCw0L0=?=\r\n\t=?koi8-r?B?6dfBzg==?=", "ИванИван"),
        (b"a =?utf-8?B?0JjQstCw0L0=?= b", "a Иван b"),
        (b"=?x?B?====?=", ""),
        (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        (b"two\r\n words", "two words"),
        (b"=?utf-8?B?0JjQstCw0L0NCkJjYzogeEB5LnRlc3Q=?=", "Иван Bcc: x@y.test"),
    ],
)
def test_subjects(raw: bytes, subject: str) -> None:
    assert parse(b"Subject: " + raw + b"\r\nFrom: a@b.test\r\n\r\nx").subject == subject


NAMES = {
    "rfc 2231": b"attachment; filename*=utf-8''%D0%A1%D1%87%D1%91%D1%82.pdf",
    "rfc 2231 in pieces": b"attachment; filename*0*=utf-8''%D0%A1%D1; filename*1*=%87%D1%91%D1%82; filename*2=.pdf",
    "rfc 2231 koi8": b"attachment; filename*=koi8-r''%F3%DE%A3%D4.pdf",
    "rfc 2047": b'attachment; filename="=?utf-8?B?0KHRh9GR0YIucGRm?="',
    "rfc 2047 folded": b'attachment; filename="=?utf-8?B?0KHRh9E=?=\r\n =?utf-8?B?kdGCLnBkZg==?="',
    "raw utf-8": 'attachment; filename="Счёт.pdf"'.encode(),
    "raw cp1251": 'attachment; filename="Счёт.pdf"'.encode("cp1251"),
    "raw koi8": 'attachment; filename="Счёт.pdf"'.encode("koi8-r"),
    "unquoted": "attachment; filename=Счёт.pdf; size=3".encode(),
    "with a path": 'attachment; filename="C:\\\\Мои документы\\\\Счёт.pdf"'.encode(),
    "climbing": 'attachment; filename="../../etc/Счёт.pdf"'.encode(),
    "name in content-type only": b"attachment",
}


@pytest.mark.parametrize("case", NAMES)
def test_file_names(case: str) -> None:
    kind = b"application/pdf"
    if case == "name in content-type only":
        kind += b'; name="=?utf-8?B?0KHRh9GR0YIucGRm?="'
    raw = (
        b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\n--X\r\n\r\ntext\r\n--X\r\nContent-Type: "
        + kind
    )
    raw += b"\r\nContent-Disposition: " + NAMES[case] + b"\r\n\r\nPDF\r\n--X--\r\n"
    message = parse(raw)
    assert [attachment.filename for attachment in message.attachments] == ["Счёт.pdf"]
    assert message.attachments[0].size == 3


def test_what_the_standard_library_writes_is_read() -> None:
    subject = "Очень длинная тема письма о том, что не печатается счёт из сделки в программе " * 3
    for charset in ("utf-8", "cp1251", "koi8-r"):
        raw = f"Subject: {Header(subject, charset).encode()}\r\nFrom: a@b.test\r\n\r\nx".encode()
        assert parse(raw).subject == subject.strip()


def test_every_candidate_is_a_codec() -> None:
    assert all(known_charset(charset) for charset in CYRILLIC)


def test_a_hint_breaks_a_tie() -> None:
    assert decode("да".encode("iso-8859-5"), None, "iso-8859-5")[0] == "да"
    assert decode("эхо".encode("koi8-r"), None, "koi8-r")[0] == "эхо"
