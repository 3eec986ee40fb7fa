"""What follows DATA: line ends and dots (RFC 5321, 2.3.8 and 4.5.2)."""

import pytest
from aiosmtplib.protocol import PERIOD_REGEX, normalize_message_line_endings
from hypothesis import given
from hypothesis import strategies as st
from maild.transport.outgoing import on_the_wire


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        (b"A: b\r\n\r\nx\r\n", b"A: b\r\n\r\nx\r\n.\r\n"),
        (b"A: b\r\n\r\nx", b"A: b\r\n\r\nx\r\n.\r\n"),
        (b".\r\n.\r\n..\r\n", b"..\r\n..\r\n...\r\n.\r\n"),
        (b"x\n.\nMAIL FROM:<evil@y.test>\n", b"x\r\n..\r\nMAIL FROM:<evil@y.test>\r\n.\r\n"),
        (b"x\r.\r\ny\r\n", b"x\r\n..\r\ny\r\n.\r\n"),
        (b"x\n\r.\r\n", b"x\r\n\r\n..\r\n.\r\n"),
        (b"x\r\r\n.", b"x\r\n\r\n..\r\n.\r\n"),
        (b"", b"\r\n.\r\n"),
    ],
)
def test_line_ends_and_dots(raw: bytes, sent: bytes) -> None:
    assert on_the_wire(raw) == sent


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"x"])).map(b"".join))
def test_it_is_what_the_library_would_send(raw: bytes) -> None:
    assert on_the_wire(raw) == PERIOD_REGEX.sub(b"..", normalize_message_line_endings(raw)) + b".\r\n"
