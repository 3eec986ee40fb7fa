"""The tree of parts: which text is read, what becomes an attachment, what is named as unreadable."""

import base64
import hashlib

import pytest
from maild.mail import readable
from maild.mail.message import Automatic, Place
from maild.mail.parse import attachment_bytes, attachments, message_json, parse

HEAD = b"From: a@b.test\r\nTo: crm@example.test\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def multipart(kind: str, *parts: bytes, boundary: str = "XX", head: bytes = HEAD) -> bytes:
    edge = b"--" + boundary.encode()
    body = b"".join(edge + b"\r\n" + part + b"\r\n" for part in parts) + edge + b"--\r\n"
    return head + f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode() + body


def image(name: str | None = "a.png", *, disposition: str = "attachment", cid: str | None = None) -> bytes:
    head = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
    if name is not None or disposition:
        head += f"Content-Disposition: {disposition}{f'; filename={name}' if name else ''}\r\n".encode()
    if cid:
        head += f"Content-ID: <{cid}>\r\n".encode()
    return head + b"\r\n" + base64.encodebytes(PNG).rstrip()


def test_alternative_prefers_plain_text() -> None:
    message = parse(multipart("alternative", PLAIN + "Привет, как дела".encode(), HTML + b"<p>html</p>"))
    assert message.text == "Привет, как дела"
    assert message.attachments == ()


@pytest.mark.parametrize(
    "stub",
    [
        b"",
        b"  \r\n",
        "Ваша программа не поддерживает HTML".encode(),
        b"Your e-mail client does not support HTML messages.",
        "Письмо в формате HTML".encode(),
        b"View this email in your browser: http://x.test/1",
    ],
)
def test_alternative_takes_html_when_the_plain_part_is_a_stub(stub: bytes) -> None:
    html = HTML + "<p>Не печатается счёт из сделки, подскажите, пожалуйста, что с этим делать.</p>".encode()
    assert parse(multipart("alternative", PLAIN + stub, html)).text.startswith("Не печатается счёт")


def test_a_short_plain_part_is_no_stub() -> None:
    assert (
        parse(multipart("alternative", PLAIN + "Да, спасибо".encode(), HTML + "<p>Да, спасибо</p>".encode())).text
        == "Да, спасибо"
    )


def test_text_parts_of_mixed_are_joined() -> None:
    message = parse(multipart("mixed", PLAIN + b"one", image(), PLAIN + b"two"))
    assert message.text == "one\n\ntwo"
    assert [a.filename for a in message.attachments] == ["a.png"]


def test_related_images_are_inline() -> None:
    inner = multipart(
        "related",
        HTML + b'<p>see</p><img src="cid:1@x">',
        image(None, disposition="", cid="1@x"),
        head=b"",
        boundary="R",
    )
    message = parse(multipart("mixed", inner, image("b.png")))
    assert message.text == "see"
    assert [(a.filename, a.inline, a.content_id) for a in message.attachments] == [
        (None, True, "1@x"),
        ("b.png", False, None),
    ]


def test_alternative_with_related_and_calendar() -> None:
    related = multipart(
        "related", HTML + b"<p>html</p>", image(None, disposition="inline", cid="1@x"), head=b"", boundary="R"
    )
    calendar = b"Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR"
    message = parse(multipart("alternative", PLAIN + "Приглашаю на встречу завтра".encode(), related, calendar))
    assert message.text == "Приглашаю на встречу завтра"
    assert [a.content_type for a in message.attachments] == ["image/png", "text/calendar"]
    assert message.automatic is None


def test_a_calendar_alone_gives_its_words() -> None:
    body = "BEGIN:VCALENDAR\r\nSUMMARY;LANGUAGE=ru:Созвон\r\nDESCRIPTION:Обсудим\\nсчёт\r\n и оплату\r\nEND:VCALENDAR"
    message = parse(HEAD + b"Content-Type: text/calendar; charset=utf-8\r\n\r\n" + body.encode())
    assert message.text == "Созвон\nОбсудим\nсчёти оплату"
    assert message.attachments[0].content_type == "text/calendar"


def test_attachment_hash_size_and_bytes() -> None:
    raw = multipart("mixed", PLAIN + b"see", image())
    attachment = parse(raw).attachments[0]
    assert (attachment.size, attachment.sha256) == (len(PNG), hashlib.sha256(PNG).hexdigest())
    assert attachment_bytes(raw, attachment.sha256) == PNG
    assert attachment_bytes(raw, "0" * 64) is None
    assert [a for a, _ in attachments(raw)] == list(parse(raw).attachments)


def test_an_eight_bit_attachment_keeps_its_bytes() -> None:
    part = b"Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: binary\r\n\r\n" + PNG
    assert attachment_bytes(multipart("mixed", part), hashlib.sha256(PNG).hexdigest()) == PNG


def test_text_files_are_attachments_not_text() -> None:
    log = b"Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename=log.txt\r\n\r\nlog"
    message = parse(multipart("mixed", PLAIN + b"see the log", log))
    assert message.text == "see the log"
    assert [a.filename for a in message.attachments] == ["log.txt"]


def test_a_named_inline_text_is_text() -> None:
    part = (
        b"Content-Type: text/plain; charset=utf-8; name=msg.txt\r\nContent-Disposition: inline; "
        b"filename=msg.txt\r\n\r\nhello"
    )
    assert parse(multipart("mixed", part)).text == "hello"


def test_the_only_text_is_read_even_as_a_file() -> None:
    raw = HEAD + b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nhello"
    assert parse(raw).text == "hello"


def test_plain_text_that_is_html() -> None:
    assert parse(HEAD + PLAIN + b"<html><body><p>one</p><p>two</p></body></html>").text == "one\n\ntwo"


def test_html_that_is_plain_text() -> None:
    assert parse(HEAD + HTML + b"one\r\ntwo").text == "one\ntwo"


def test_html_only_table_gives_one_line_a_row() -> None:
    html = (
        "<table><tr><td><p class=MsoNormal>Рег. номер</p></td><td><p "
        "class=MsoNormal>801234567</p></td></tr><tr><th>Версия<td>3.1.25.4</table>"
    )
    assert parse(HEAD + HTML + html.encode()).text == "Рег. номер  801234567\nВерсия  3.1.25.4"


def test_html_hidden_parts_scripts_and_styles_stay_out() -> None:
    html = (
        b"<style>p{}</style><div "
        b"style='display:none;max-height:0'>preheader</div><p>shown&nbsp;text</p><script>x()</script><p hidden>h</p>"
    )
    assert parse(HEAD + HTML + html).text == "shown text"


def test_html_all_hidden_is_shown_after_all() -> None:
    assert parse(HEAD + HTML + b"<div style='display:none'>words</div>").text == "words"


def test_html_lists_and_lines() -> None:
    html = b"<div>a<br>b</div><div>c</div><ol><li>one<li>two</ol><ul><li>x</ul><p>p</p>"
    assert parse(HEAD + HTML + html).text == "a\nb\nc\n\n1. one\n2. two\n\n- x\n\np"


def test_html_link_targets_that_the_words_hide() -> None:
    html = (
        b'<a href="https://p.bitrix24.test">portal</a> <a href="http://www.x.test/">www.x.test</a> <a '
        b'href="mailto:a@b.test">a@b.test</a>'
    )
    assert parse(HEAD + HTML + html).text == "portal <https://p.bitrix24.test> www.x.test a@b.test"


def test_layout_tables_are_not_glued() -> None:
    html = b"<table><tr><td><p>First</p><p>second</p><p>third</p><p>fourth</p></td><td>side</td></tr></table>"
    assert parse(HEAD + HTML + html).text == "First\n\nsecond\n\nthird\n\nfourth\nside"


@pytest.mark.parametrize("delsp, expected", [("no", "one two three"), ("yes", "onetwothree")])
def test_format_flowed(delsp: str, expected: str) -> None:
    head = f"Content-Type: text/plain; charset=utf-8; format=flowed; delsp={delsp}\r\n\r\n".encode()
    message = parse(HEAD + head + b"one \r\ntwo \r\nthree\r\n> q \r\n> r\r\n from\r\n-- \r\nIvan")
    lines = message.text.split("\n")
    assert lines[0] == expected
    assert lines[1:] == ["> q r" if delsp == "no" else "> qr", "from", "--", "Ivan"]


INNER = (
    b"From: =?utf-8?B?0J/RkdGC0YA=?= <p@c.test>\r\nSubject: inner\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n"
)
NESTED = b"Content-Type: message/rfc822\r\n\r\n" + INNER + "Не печатается счёт 801234567".encode("koi8-r")


def test_a_letter_attached_without_a_word_is_read() -> None:
    message = parse(multipart("mixed", NESTED))
    assert [s.place for s in message.sections] == [Place.FORWARDED]
    assert "From: Пётр <p@c.test>" in message.text
    assert message.text.endswith("Не печатается счёт 801234567")
    assert [a.content_type for a in message.attachments] == ["message/rfc822"]
    assert message.subject == "x"


def test_a_letter_attached_to_a_forward_is_a_forwarded_section() -> None:
    raw = multipart("mixed", PLAIN + "Прошу помочь нашему клиенту, его письмо во вложении.".encode(), NESTED)
    message = parse(raw.replace(b"Subject: x", b"Subject: Fwd: x"))
    assert [s.place for s in message.sections] == [Place.OWN, Place.FORWARDED]
    assert "".join(message.text[s.start : s.end] for s in message.sections) == message.text


def test_a_letter_attached_to_a_question_stays_outside_the_text() -> None:
    question = (
        "Почему письмо от клиента не загрузилось в карточку сделки автоматически? Само письмо во "
        "вложении, почта настроена."
    )
    message = parse(multipart("mixed", PLAIN + question.encode(), NESTED))
    assert message.text == question
    assert len(message.attachments) == 1


def test_an_attached_letter_in_base64() -> None:
    encoded = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(
        INNER + b"ascii words"
    )
    assert parse(multipart("mixed", encoded)).text.endswith("ascii words")


def test_the_whole_letter_is_a_letter() -> None:
    assert parse(HEAD + NESTED).text.endswith("801234567")


@pytest.mark.parametrize(
    "kind, says",
    [
        (b"application/ms-tnef; name=winmail.dat", "winmail.dat"),
        (b"application/octet-stream; name=winmail.dat", "winmail.dat"),
        (b"application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "encrypted: S/MIME"),
        (b"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "signed: S/MIME"),
        (b"message/partial; number=1; total=2; id=x", "message/partial"),
    ],
)
def test_what_nobody_can_read_is_named(kind: bytes, says: str) -> None:
    message = parse(multipart("mixed", PLAIN + b"text", b"Content-Type: " + kind + b"\r\n\r\nxxxx"))
    assert any(defect.startswith(says) for defect in message.defects)
    assert message.text == "text"
    assert len(message.attachments) == 1


def test_encrypted_and_signed() -> None:
    encrypted = multipart("encrypted", b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", image("x.asc"))
    assert any(defect.startswith("encrypted") for defect in parse(encrypted).defects)
    signed = multipart("signed", PLAIN + b"text", b"Content-Type: application/pgp-signature\r\n\r\nxxx")
    assert parse(signed).text == "text"
    assert parse(signed).attachments[0].content_type == "application/pgp-signature"


REPORT = (
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; "
    b"<info@gone.test>\r\nAction: failed\r\n"
)
REPORT += b"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n"
RETURNED = b"Content-Type: text/rfc822-headers\r\n\r\nFrom: crm@example.test\r\nMessage-ID: <orig@example.test>\r\n"


@pytest.mark.parametrize(
    "returned", [RETURNED, RETURNED.replace(b"text/rfc822-headers", b"message/rfc822") + b"\r\nbody"]
)
def test_a_delivery_report(returned: bytes) -> None:
    message = parse(multipart("report; report-type=delivery-status", PLAIN + b"Sorry.", REPORT, returned))
    assert message.automatic is Automatic.BOUNCE
    report = message.report
    assert report is not None
    assert (report.action, report.status, report.recipient) == ("failed", "5.1.1", "info@gone.test")
    assert report.original_message_id == "<orig@example.test>"
    assert report.diagnostic == "smtp; 550 5.1.1 user unknown"
    assert message.text == "Sorry."


def test_json_is_the_contract() -> None:
    data = message_json(parse(multipart("mixed", PLAIN + b"see", image())), "a.eml")
    assert list(data)[:15] == [
        "file",
        "message_id",
        "from",
        "reply_to",
        "to",
        "cc",
        "subject",
        "date",
        "in_reply_to",
        "references",
        "text",
        "reply",
        "attachments",
        "automatic",
        "defects",
    ]
    assert data["from"] == {"name": "", "address": "a@b.test"}
    assert data["message_id"] is None
    assert data["automatic"] is None
    assert list(data["attachments"][0]) == ["filename", "content_type", "size", "sha256", "inline", "content_id"]


def test_a_multipart_in_base64() -> None:
    inner = b"--XX\r\n" + PLAIN + b"inside\r\n--XX\r\n" + image() + b"\r\n--XX--\r\n"
    head = HEAD + b"Content-Type: multipart/mixed; boundary=XX\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    message = parse(head + base64.encodebytes(inner))
    assert message.text == "inside"
    assert message.attachments[0].sha256 == hashlib.sha256(PNG).hexdigest()


def test_a_boundary_that_is_not_the_declared_one() -> None:
    raw = (
        multipart("mixed", PLAIN + b"inside", image())
        .replace(b'boundary="XX"', b'boundary="YY"')
        .replace(b"--XX", b"--XXXX")
    )
    message = parse(raw)
    assert message.text == "inside"
    assert len(message.attachments) == 1


def test_html_beside_enough_plain_text_is_not_turned_into_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def lines(html: str, *_: object) -> list[tuple[str, None]]:
        seen.append(html)
        return [("from html", None)]

    monkeypatch.setattr(readable, "html_lines", lines)
    said = "Не проводится документ реализации, пишет ошибку записи, подскажите, пожалуйста, что делать".encode()
    html = HTML + b"<p>" + said + b"</p>"
    related = multipart("related", html, image(None, disposition="inline", cid="1@x"), head=b"", boundary="R")
    message = parse(multipart("alternative", PLAIN + said, related))
    assert message.text == said.decode()
    assert [attachment.content_id for attachment in message.attachments] == ["1@x"]
    assert seen == []
    this_says_too_little = multipart("alternative", PLAIN + "да".encode(), related)
    parse(this_says_too_little)
    assert len(seen) == 1
