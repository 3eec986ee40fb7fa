"""The SMTP pool against a server that misbehaves on order: what becomes of a letter, in one word."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from maild.errors import TransientError
from maild.transport.smtp import Outcome, SmtpPool, SmtpSettings
from tests.servers.bad_smtp import CUT, SILENT, BadSmtp
from tests.servers.basics import eventually
from tests.servers.certs import Certs, Pair
from tests.servers.letters import letter

Make = Callable[..., SmtpPool]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Makes pools and closes them; a silent server is borne for 0.3 s (3 s after a whole letter)."""
    pools: list[SmtpPool] = []

    def pool(server: BadSmtp, secret: str = "secret", **changes: object) -> SmtpPool:
        wanted: dict[str, object] = {"security": "none", "timeout": 0.3, **changes}
        settings = SmtpSettings(server.host, server.port, **wanted)  # type: ignore[arg-type]
        pools.append(SmtpPool(settings, (lambda: secret) if settings.username else None))
        return pools[-1]

    yield pool
    for each in pools:
        await each.close()


async def send(pool: SmtpPool, raw: bytes | None = None, to: str = "client@client.test", sender: str = "") -> Outcome:
    return await pool.send(sender, to, letter() if raw is None else raw)


async def test_a_letter_arrives_byte_for_byte_with_dots_and_eight_bits(make: Make) -> None:
    raw = letter(text="a\n.b\n..c\n.\nd\n") + b"\r\n.\r\n.8bit: \xd0\x9f\xff\x00\xfe\r\n" + b"long" * 3000 + b"\r\n"
    with BadSmtp() as server:
        outcome = await send(make(server), raw, sender="crm@example.test")
    assert (outcome.kind, outcome.code) == ("taken", 250)
    (taken,) = server.letters
    assert taken.raw == raw
    assert (taken.sender, taken.recipients) == ("crm@example.test", ("client@client.test",))
    assert "BODY=8BITMIME" in taken.options


async def test_the_null_sender_is_null(make: Make) -> None:
    with BadSmtp() as server:
        assert (await send(make(server))).kind == "taken"
    assert next(word for word in server.commands if word.startswith("MAIL")).startswith("MAIL FROM:<> ")


@pytest.mark.parametrize(
    ("replies", "kind", "code"),
    [
        ({"MAIL": "451 4.3.0 later"}, "later", 451),
        ({"MAIL": "553 5.1.8 not you"}, "dead", 553),
        ({"MAIL": "530 5.7.0 log in first"}, "refused-login", 530),
        ({"RCPT": "450 4.2.1 greylisted"}, "later", 450),
        ({"RCPT": "550 5.1.1 no such user"}, "dead", 550),
        ({"RCPT": "421 4.3.2 closing"}, "later", 421),
        ({"RCPT": CUT}, "later", None),
        ({"RCPT": SILENT}, "later", None),
        ({"DATA": "451 4.3.0 later"}, "later", 451),
        ({"DATA": "554 5.7.1 spam"}, "dead", 554),
        ({".": "452 4.3.1 disk full"}, "later", 452),
        ({".": "552 5.3.4 too large"}, "dead", 552),
        ({".": CUT}, "unknown", None),
        ({".": SILENT}, "unknown", None),
        ({".": "nonsense"}, "unknown", None),
        ({"GREETING": "554 no service"}, "later", 554),
        ({"GREETING": "421 too many"}, "later", 421),
        ({"GREETING": CUT}, "later", None),
        ({"GREETING": SILENT}, "later", None),
        ({"GREETING": "what?"}, "later", None),
        ({"MAIL": "what?"}, "later", None),
    ],
)
async def test_what_becomes_of_a_letter(make: Make, replies: dict[str, str], kind: str, code: int | None) -> None:
    with BadSmtp(replies) as server:
        outcome = await send(make(server, timeout=0.2))
    assert outcome.kind == kind
    assert code is None or outcome.code == code
    assert outcome.says and "\n" not in outcome.says


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
async def test_after_a_refusal_the_connection_serves_the_next_letter(make: Make, verb: str) -> None:
    with BadSmtp({verb: ["550 5.0.0 no"]}) as server:
        pool = make(server)
        assert [(await send(pool)).kind for _ in range(3)] == ["dead", "taken", "taken"]
    assert server.connections == 1


async def test_a_refusal_stays_one_even_if_the_reset_is_not_answered(make: Make) -> None:
    with BadSmtp({"RCPT": ["550 5.1.1 no such user"], "RSET": CUT}) as server:
        pool = make(server)
        assert [(await send(pool)).kind for _ in range(2)] == ["dead", "taken"]


async def test_a_hundred_letters_go_over_a_few_connections(make: Make) -> None:
    with BadSmtp() as server:
        pool = make(server, connections=3)
        outcomes = await asyncio.gather(*(send(pool, letter(f"number {number}")) for number in range(100)))
    assert {outcome.kind for outcome in outcomes} == {"taken"}
    assert len({taken.raw for taken in server.letters}) == 100
    assert server.connections <= 3


async def test_a_connection_that_the_server_dropped_is_replaced_unnoticed(make: Make) -> None:
    with BadSmtp() as server:
        pool = make(server)
        assert (await send(pool)).kind == "taken"
        server.cut_all()
        assert (await send(pool)).kind == "taken"
        server.replies["MAIL"] = [CUT]  # not closed yet when the next letter comes
        assert (await send(pool)).kind == "taken"
        server.replies["MAIL"] = ["421 4.4.2 idle for too long"]
        assert (await send(pool)).kind == "taken"
    assert len(server.letters) == 4


async def test_all_resting_connections_dropped_at_once(make: Make) -> None:
    with BadSmtp() as server:
        pool = make(server)
        await asyncio.gather(*(send(pool) for _ in range(4)))
        server.stop()
        server.start()
        assert (await send(pool)).kind == "taken"
        server.stop()
        down = await send(pool)
        assert down.kind == "later"
        assert str(server.port) in down.says
        server.start()
        assert (await send(pool)).kind == "taken"  # at once when the server answers again


async def test_a_cancelled_send_leaves_no_connection_out_of_step(make: Make) -> None:
    with BadSmtp({"RCPT": [SILENT]}) as server:
        pool = make(server, timeout=30)
        task = asyncio.create_task(send(pool))
        await asyncio.to_thread(eventually, lambda: any(word.startswith("RCPT") for word in server.commands))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await send(pool, letter("second"))).kind == "taken"
        assert server.connections == 2
        assert [b"second" in taken.raw for taken in server.letters] == [True]


async def test_a_cancelled_log_in_leaves_no_connection_behind(make: Make) -> None:
    with BadSmtp({"AUTH": [SILENT]}) as server:
        pool = make(server, timeout=30, username="crm")
        task = asyncio.create_task(send(pool))
        await asyncio.to_thread(eventually, lambda: server.logins)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(eventually, lambda: server.talking == 0)
        assert (await send(pool)).kind == "taken"


async def test_a_wrong_password_is_one_line_and_not_hammered(make: Make) -> None:
    with BadSmtp() as server:
        pool = make(server, secret="wr0ng", username="crm@example.test")
        outcomes = await asyncio.gather(*(send(pool) for _ in range(20)))
    assert {outcome.kind for outcome in outcomes} == {"refused-login"}
    assert "crm@example.test" in outcomes[0].says and str(server.port) in outcomes[0].says
    assert "wr0ng" not in outcomes[0].says and "\n" not in outcomes[0].says
    assert server.logins == [("crm@example.test", "wr0ng")]


@pytest.mark.parametrize(
    ("reply", "kind"), [("454 4.7.0 come back", "later"), ("534 5.7.9 other mechanism", "refused-login")]
)
async def test_refusals_at_log_in(make: Make, reply: str, kind: str) -> None:
    with BadSmtp({"AUTH": reply}) as server:
        assert (await send(make(server, username="crm"))).kind == kind


@pytest.mark.parametrize("offered", ["AUTH PLAIN LOGIN", "AUTH LOGIN"])
async def test_a_password_beyond_ascii(make: Make, offered: str) -> None:
    with BadSmtp(password="пароль", extensions=("8BITMIME", offered)) as server:
        assert (await send(make(server, secret="пароль", username="crm"))).kind == "taken"


async def test_a_server_without_log_in_is_explained(make: Make) -> None:
    with BadSmtp(extensions=("8BITMIME",)) as server:
        outcome = await send(make(server, username="crm"))
    assert outcome.kind == "refused-login" and "log in" in outcome.says


async def test_a_password_that_cannot_be_had_keeps_the_queue() -> None:
    def fails() -> str:
        raise TransientError("secrets/smtp: the file is missing")

    with BadSmtp() as server:
        pool = SmtpPool(SmtpSettings(server.host, server.port, "none", "crm"), fails)
        assert await send(pool) == Outcome("refused-login", "secrets/smtp: the file is missing")
    await pool.close()


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nRCPT TO:<x@y>", "a b@c.test", "<a@b.test>", "@b.test"])
async def test_what_is_no_address_is_dead_and_harms_nobody(make: Make, address: str) -> None:
    with BadSmtp() as server:
        pool = make(server)
        outcome = await send(pool, to=address)
        assert outcome.kind == "dead", outcome
        assert (await send(pool)).kind == "taken"
    assert len(server.letters) == 1


async def test_addresses_beyond_ascii(make: Make) -> None:
    with BadSmtp() as server:
        assert (await send(make(server), to="иван@пример.test")).kind == "taken"
        assert server.letters[0].recipients == ("иван@xn--e1afmkfd.test",)
        assert "SMTPUTF8" in server.letters[0].options
    with BadSmtp(extensions=("8BITMIME",)) as server:
        pool = make(server)
        refused = await send(pool, to="иван@пример.test")
        assert refused.kind == "dead" and "SMTPUTF8" in refused.says
        assert (await send(pool, to="ivan@пример.test")).kind == "taken"
        assert server.letters[0].recipients == ("ivan@xn--e1afmkfd.test",)


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_tls_is_verified(make: Make, trusted: Certs, security: str) -> None:
    def secured(pair: Pair) -> BadSmtp:
        return BadSmtp(tls=pair) if security == "tls" else BadSmtp(starttls=pair)

    for pair, says in ((trusted.other_name, "another name than 127.0.0.1"), (trusted.expired, "expired")):
        with secured(pair) as server:
            outcome = await send(make(server, security=security, username="crm", timeout=5))
            assert outcome.kind == "later" and says in outcome.says
            assert server.logins == []
    with secured(trusted.good) as server:
        assert (await send(make(server, security=security, username="crm", timeout=5))).kind == "taken"


async def test_an_untrusted_authority_and_a_missing_starttls(
    make: Make, certs: Certs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with BadSmtp(tls=certs.good) as server:
        outcome = await send(make(server, security="tls", timeout=5))
        assert outcome.kind == "later" and "not trusted" in outcome.says
    with BadSmtp() as server:
        outcome = await send(make(server, security="starttls", username="crm"))
        assert outcome.kind == "later" and server.logins == [] and "STARTTLS" in outcome.says.upper()
    with BadSmtp() as server:
        outcome = await send(make(server, security="tls", timeout=5))
        assert outcome.kind == "later" and "does not speak TLS" in outcome.says


async def test_nothing_travels_in_clear_to_another_machine() -> None:
    pool = SmtpPool(SmtpSettings("192.0.2.1", 25, "none", "crm"), lambda: "secret")
    outcome = await send(pool)
    assert outcome.kind == "later" and "in clear" in outcome.says
    await pool.close()


async def test_probe_says_what_is_wrong_or_nothing(make: Make, free_port: Callable[[], int]) -> None:
    with BadSmtp() as server:
        assert await make(server, username="crm").probe() is None
        assert "refused user name or password" in str(await make(server, secret="no", username="crm").probe())
        assert server.letters == []
    pool = SmtpPool(SmtpSettings("127.0.0.1", free_port(), "none"), None)
    assert "nobody listens" in str(await pool.probe())


async def test_close_frees_those_who_wait(make: Make) -> None:
    with BadSmtp({"DATA": SILENT}) as server:
        pool = make(server, timeout=30)
        task = asyncio.create_task(send(pool))
        await asyncio.to_thread(eventually, lambda: "DATA" in server.commands)
        await pool.close()
        outcome = await asyncio.wait_for(task, 5)
        assert outcome.kind in ("unknown", "later")
        assert (await send(pool)).kind == "later"
