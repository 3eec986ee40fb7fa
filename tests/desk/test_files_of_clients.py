"""What clients attach, as agents get it: pictures in their place in the text, every file byte for byte, any name."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from tests.desk.office import CONTROL, CRM, IVANOV, OLGA, QUALITY, WHOLE, Answer, Office

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def written(text: str = WHOLE, html: str = "", *, to: str = CRM) -> EmailMessage:
    """A client's letter to which parts can be added."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = f"Ольга Берёзова <{OLGA}>", to, "Вопрос"
    message["Message-ID"], message["Date"] = "<files-1@birch.test>", "Mon, 23 Nov 2026 10:15:00 +0300"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def files(letter: Answer) -> dict[str, bytes]:
    """The attachments of a letter of ours by name, and their bytes."""
    found = {}
    for part in letter.message.iter_attachments():
        data = part.get_payload(decode=True)
        if part.get_content_type() == "message/rfc822":
            data = part.get_payload(0).as_bytes()  # type: ignore[union-attr]
        found[part.get_filename() or ""] = bytes(data or b"")  # type: ignore[arg-type]
    return found


def test_a_picture_stands_in_the_text_where_the_client_put_it(office: Office) -> None:
    html = (
        f"<p>Открываем сделку:</p><p><img src='cid:one@x' alt=''></p><p>{WHOLE}</p>"
        "<p>И вот список:<br><img src='cid:two@x'></p>"
    )
    message = written(f"Открываем сделку:\n\n{WHOLE}\nИ вот список:\n", html)
    rich = message.get_payload()[1]  # type: ignore[index]
    for cid, data in (("one@x", PNG), ("two@x", PNG + b"2")):
        rich.add_related(data, "image", "png", cid=f"<{cid}>", filename="image.png")  # type: ignore[union-attr]
    office.arrive_raw(bytes(message))
    asked = office.last(IVANOV, "request")
    assert files(asked) == {"image.png": PNG, "image-2.png": PNG + b"2"}
    text = asked.text.replace("> ", "").replace("\r\n", "\n")
    order = [text.index(each) for each in ("Открываем", "[image.png]", "Подскажите", "И вот список", "[image-2.png]")]
    assert order == sorted(order)
    page = asked.message.get_body(("html",))
    assert page is not None and "[image-2.png]" in page.get_content()
    assert "image" not in office.last(OLGA).text, "the client is not told of their own pictures"


def test_no_word_is_lost_for_a_picture_where_html_says_less(office: Office) -> None:
    message = written(WHOLE + "\nСрочно: касса стоит.\n", "<p>Смотрите <img src='cid:one@x'></p>")
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<one@x>", filename="a.png")  # type: ignore[index,union-attr]
    office.arrive_raw(bytes(message))
    asked = office.last(IVANOV, "request")
    assert "касса стоит" in asked.text and files(asked) == {"a.png": PNG}


ODD = {
    "Журнал обмена, 23 ноября (копия) «итог».txt": ("text/plain", "строка\r\nбез конца".encode("cp1251")),
    "../../etc/passwd": ("application/octet-stream", b"x" * 10),
    "C:\\Users\\olga\\Рабочий стол\\база.cf": ("application/octet-stream", b"cf"),
    "имя\r\nBcc: everybody@example.test.txt": ("text/plain", b"1"),
    "<script>alert(1)</script>.html": ("text/html", b"<script>alert(1)</script>"),
    "ф" * 300 + ".png": ("image/png", PNG),
    "winmail.dat": ("application/ms-tnef", b"\x78\x9f\x3e\x22" + bytes(40)),
    "встреча.ics": ("text/calendar", b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"),
    "пусто.log": ("application/x-log", b""),
    "стр.\u202egnp.exe": ("application/x-msdownload", b"MZ"),
    "без типа": ("foo", b"?"),
}


@pytest.mark.parametrize("name", ODD)
def test_a_file_of_any_name_and_type_comes_byte_for_byte(office: Office, name: str) -> None:
    kind, data = ODD[name]
    message = written()
    message.add_attachment(data, "application", "octet-stream", filename=name.replace("\r\n", "\t"))
    part = message.get_payload()[-1]  # type: ignore[index]
    part.replace_header("Content-Type", kind)  # type: ignore[union-attr]
    office.arrive_raw(bytes(message))
    asked = office.last(IVANOV, "request")
    (found,) = files(asked).values()
    assert found == data
    (shown,) = files(asked)
    assert not any(sign in shown for sign in "/\\\r\n\u202e") and len(shown) <= 255
    assert "Вложения:" in asked.text and asked.message["Bcc"] is None
    page = asked.message.get_body(("html",))
    assert page is not None and "<script" not in page.get_content()


def test_a_forwarded_letter_stays_a_letter(office: Office) -> None:
    inner = EmailMessage(policy=SMTP)
    inner["From"], inner["To"], inner["Subject"] = "boss@birch.test", OLGA, "Ошибка при печати"
    inner.set_content("Разберитесь, пожалуйста: печать не работает.\n")
    message = written()
    message.add_attachment(inner, filename="письмо директора.eml")
    office.arrive_raw(bytes(message))
    (name,) = found = files(office.last(IVANOV, "request"))
    assert name == "письмо директора.eml" and b"boss@birch.test" in found[name]


def test_thirty_files_all_come_and_none_hides_another(office: Office) -> None:
    message = written()
    for number in range(30):
        message.add_attachment(bytes([number]) * 100, "image", "png", filename="снимок.png")
    office.arrive_raw(bytes(message))
    asked = office.last(IVANOV, "request")
    assert sorted(files(asked).values()) == [bytes([number]) * 100 for number in range(30)]
    assert "снимок-30.png" in files(asked) and "снимок-30.png" in asked.text.replace("\n", " ")


def test_files_of_a_complaint_reach_the_quality_desk(office: Office) -> None:
    message = written("Никто не отвечает вторую неделю!\n", to=CONTROL)
    message.add_attachment(PNG, "image", "png", filename="снимок.png")
    office.arrive_raw(bytes(message), box="control")
    assert files(office.last(QUALITY, "complaint"))["снимок.png"] == PNG
