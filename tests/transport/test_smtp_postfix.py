"""The SMTP pool against a real Postfix, and the whole road of a letter: client, Postfix, Dovecot, maild, and back."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from maild.transport.imap import ImapSession, ImapSettings
from maild.transport.smtp import SmtpPool, SmtpSettings
from tests.servers.certs import Certs
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.letters import letter, mailbox_messages, submit, wait_for_messages
from tests.servers.postfix import Postfix


@pytest.fixture
async def pool(postfix: Postfix, trusted: Certs) -> AsyncIterator[SmtpPool]:
    """As an operator sets it up: submission with STARTTLS and log-in."""
    settings = SmtpSettings("localhost", postfix.submission, "starttls", "crm@example.test")
    made = SmtpPool(settings, lambda: PASSWORD)
    yield made
    await made.close()


async def test_a_letter_with_dots_and_eight_bits_arrives_unchanged(dovecot: Dovecot, pool: SmtpPool) -> None:
    user = dovecot.user("client")
    raw = b"From: crm@example.test\r\nTo: x@y.test\r\nSubject: dots\r\nMessage-ID: <a.1@example.test>\r\n"
    raw += b"Date: Sun, 22 Nov 2026 10:00:00 +0300\r\nMIME-Version: 1.0\r\n"
    raw += b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    raw += ".точка\r\n..две\r\n.\r\nконец\r\n".encode()
    outcome = await pool.send("crm@example.test", user, raw)
    assert outcome.kind == "taken" and "queued" in outcome.says
    (stored,) = await asyncio.to_thread(wait_for_messages, dovecot, user, 1)
    assert stored.raw.endswith(raw)
    assert b"Return-Path: <crm@example.test>" in stored.raw


@pytest.mark.parametrize(("who", "kind", "code"), [("dead", "dead", 550), ("later", "later", 450)])
async def test_refusals_of_a_real_server(pool: SmtpPool, dovecot: Dovecot, who: str, kind: str, code: int) -> None:
    outcome = await pool.send("", f"{who}@client.test", letter())
    assert (outcome.kind, outcome.code) == (kind, code)
    assert (await pool.send("", dovecot.user("next"), letter())).kind == "taken"


async def test_tls_from_the_first_byte(postfix: Postfix, trusted: Certs, dovecot: Dovecot) -> None:
    pool = SmtpPool(SmtpSettings("localhost", postfix.smtps, "tls", "crm@example.test"), lambda: PASSWORD)
    assert await pool.probe() is None
    outcomes = await asyncio.gather(*(pool.send("", dovecot.user("many"), letter()) for _ in range(20)))
    assert {outcome.kind for outcome in outcomes} == {"taken"}
    await pool.close()


async def test_a_wrong_password_at_a_real_server(postfix: Postfix, trusted: Certs) -> None:
    pool = SmtpPool(SmtpSettings("localhost", postfix.smtps, "tls", "crm@example.test"), lambda: "wr0ng")
    outcome = await pool.send("", "x@client.test", letter())
    assert (outcome.kind, outcome.code) == ("refused-login", 535)
    assert "wr0ng" not in outcome.says
    await pool.close()


async def test_the_server_restarts_between_two_letters(postfix: Postfix, pool: SmtpPool, dovecot: Dovecot) -> None:
    user = dovecot.user("client")
    assert (await pool.send("", user, letter("one"))).kind == "taken"
    await asyncio.to_thread(postfix.stop)
    assert (await pool.send("", user, letter("two"))).kind == "later"
    await asyncio.to_thread(postfix.start)
    assert (await pool.send("", user, letter("two"))).kind == "taken"
    stored = await asyncio.to_thread(wait_for_messages, dovecot, user, 2)
    # Postfix, stopped between delivering "one" and noting that, may deliver it again; "two" is there once.
    assert len([one for one in stored if b"Subject: two" in one.raw]) == 1


async def test_the_road_of_a_letter_and_back(postfix: Postfix, pool: SmtpPool, dovecot: Dovecot) -> None:
    desk, client = dovecot.user("crm"), dovecot.user("client")
    await asyncio.to_thread(submit, postfix, letter("Помогите", to=desk), client, desk)
    await asyncio.to_thread(wait_for_messages, dovecot, desk, 1)
    session = ImapSession(ImapSettings(dovecot.host, dovecot.imap, "none", desk, done="Done"), lambda: PASSWORD)
    await asyncio.to_thread(session.open)
    (uid,) = await asyncio.to_thread(session.uids_after, 0)
    ((got,),) = await asyncio.to_thread(lambda: list(session.fetch([uid], limit=10**6)))
    assert f"Return-Path: <{client}>".encode() in got.raw
    assert (await pool.send("", client, letter("Re: Помогите", to=client))).kind == "taken"
    await asyncio.to_thread(session.finish, [uid])
    await asyncio.to_thread(session.close)
    (answer,) = await asyncio.to_thread(wait_for_messages, dovecot, client, 1)
    assert b"Return-Path: <>" in answer.raw
    assert mailbox_messages(dovecot, desk) == [] and len(mailbox_messages(dovecot, desk, "Done")) == 1


async def test_a_bounce_comes_back_to_the_sender(postfix: Postfix, pool: SmtpPool, dovecot: Dovecot) -> None:
    desk = dovecot.user("crm")
    assert (await pool.send(desk, "nobody@bounce.test", letter())).kind == "taken"
    (bounce,) = await asyncio.to_thread(wait_for_messages, dovecot, desk, 1)
    assert b"multipart/report" in bounce.raw
