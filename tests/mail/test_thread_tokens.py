"""Sealed Message-IDs and code lines: what proves that a reply answers a letter of ours to that very person."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maild.mail.message import Address, Message
from maild.mail.thread import ROLES, Signer, find_tokens

SIGNER = Signer(b"0123456789abcdef0123456789abcdef")
CLIENT = "p.smirnov@romashka.test"


def _minted(number: str | None = "CRM-000042", role: str = "client", who: str = CLIENT, nonce: str = "k") -> str:
    return SIGNER.mint("example.test", who, role, number, nonce)


def _message(**changes: object) -> Message:
    values: dict[str, object] = {
        "message_id": "<x@romashka.test>",
        "sender": Address("", CLIENT),
        "from_count": 1,
        "reply_to": (),
        "to": (),
        "cc": (),
        "subject": "",
        "date": None,
        "in_reply_to": (),
        "references": (),
        "text": "",
        "reply": "",
        "sections": (),
        "attachments": (),
        "automatic": None,
        "language": "ru",
    }
    return Message(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("number", ["CRM-000042", "Пр.1-000001", None])
def test_a_minted_id_reads_back(role: str, number: str | None) -> None:
    token = SIGNER.read(_minted(number, role))
    assert token is not None
    assert (token.number, token.role, token.message_id) == (number, role, _minted(number, role))


def test_an_id_is_a_legal_short_ascii_dot_atom_and_the_same_for_the_same_letter() -> None:
    atom = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
    for domain in ("example.test", "почта.рф", "a" * 63 + "." + "b" * 63 + "." + "c" * 63 + ".test", "", "bad domain"):
        minted = SIGNER.mint(domain, CLIENT, "client", "CRM-000042", "k")
        assert re.fullmatch(rf"<{atom}(\.{atom})*@{atom}(\.{atom})*>", minted)
        assert len(minted) < 120
        assert SIGNER.read(minted)
        assert minted == SIGNER.mint(domain, CLIENT, "client", "CRM-000042", "k")


def test_ids_differ_by_nonce_ticket_role_and_recipient() -> None:
    ids = {_minted(), _minted(nonce="l"), _minted("CRM-000043"), _minted(role="agent"), _minted(who="i@example.test")}
    assert len(ids) == 5


def test_what_mail_programs_do_to_ids_does_not_matter() -> None:
    minted = _minted()
    assert SIGNER.read(minted.replace("@example.test", "@EXAMPLE.Test")) == SIGNER.read(minted)
    assert SIGNER.read(minted[:40] + "\r\n " + minted[40:]) == SIGNER.read(minted)
    assert SIGNER.read(f"  {minted}\t") == SIGNER.read(minted)


@given(st.integers(min_value=1), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567.-CRM0123456789"))
def test_no_character_of_an_id_can_be_changed(position: int, character: str) -> None:
    minted = _minted()
    local = minted.index("@")
    at = 1 + position % (local - 1)
    forged = minted[:at] + character + minted[at + 1 :]
    assert forged == minted or SIGNER.read(forged) is None


def test_another_secret_and_foreign_ids_are_nothing() -> None:
    assert Signer(b"another secret of enough bytes").read(_minted()) is None
    for foreign in ("", "<>", "<1@x>", "CRM-000042", "<CRM-000042.c.a.b.c@example.test>", "<" + "a" * 10_000 + "@x>"):
        assert SIGNER.read(foreign) is None


def test_a_token_is_for_its_recipient_only() -> None:
    minted, code = _minted(), SIGNER.code(CLIENT, "client", "CRM-000042")
    for held in (minted, SIGNER.read(minted), code, SIGNER.read_code(code)):
        assert held is not None
        assert SIGNER.token_is_for(held, CLIENT.upper())
        assert not SIGNER.token_is_for(held, "other@romashka.test")
    assert not SIGNER.token_is_for("<1@x>", CLIENT)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Signer(b"short")


@pytest.mark.parametrize("role", ROLES)
def test_the_code_line_survives_what_follows_it(role: str) -> None:
    code = SIGNER.code(CLIENT, role, "CRM-000042")
    assert code.isascii() and " " not in code and len(code) < 60
    token = SIGNER.read_code(f"#take\r\n\r\n  {code}\u00a0\r\n\r\n-- \r\nSent from my phone")
    assert token is not None
    assert (token.number, token.role) == ("CRM-000042", role)


def test_a_quoted_a_changed_or_a_buried_code_is_none() -> None:
    code = SIGNER.code(CLIENT, "agent", "CRM-000042")
    for text in (f"> {code}", f"see {code}", code.replace("000042", "000043"), code.replace(".a.", ".q."), code + "a"):
        assert SIGNER.read_code(text) is None


def test_tokens_of_a_letter_newest_first() -> None:
    old, middle, new = (_minted(nonce=nonce) for nonce in "abc")
    code = SIGNER.code(CLIENT, "client", "CRM-000007")
    message = _message(
        in_reply_to=(new,), references=(old, "<foreign@x>", middle, new), text=f"#take\n\n{code}\n", reply=""
    )
    found = find_tokens(message, SIGNER)
    assert [token.message_id for token in found] == [new, middle, old, code]
    assert found[-1].number == "CRM-000007"


def test_a_code_in_the_quoted_history_is_no_token() -> None:
    code = SIGNER.code(CLIENT, "client", "CRM-000007")
    assert find_tokens(_message(text=f"Спасибо\n{code}", reply="Спасибо"), SIGNER) == []
