"""The demonstration's servers behave like mail servers: real imapclient and smtplib against them."""

import asyncio
import imaplib
import smtplib
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError
from maild.demo.servers import DemoServers, file_name

USERS = {"crm@desk.test": "s3cret", "control@desk.test": "other", "anna@client.test": "password"}
DEADLINE = 20.0


def letter(number: int = 1, text: str = "Добрый день!", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "anna@client.test", "crm@desk.test", f"Письмо {number}"
    message["Message-ID"] = f"<{number}@client.test>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text, cte="8bit")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def send(
    port: int, *letters: bytes, sender: str = "anna@client.test", to: tuple[str, ...] = ("crm@desk.test",)
) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="pc.client.test", timeout=DEADLINE) as smtp:
        for raw in letters:
            smtp.sendmail(sender, to, raw)


def login(port: int, user: str = "crm@desk.test") -> IMAPClient:
    client = IMAPClient("127.0.0.1", port, ssl=False, timeout=DEADLINE)
    client.plain_login(user, USERS[user])
    return client


def wait_for_news(client: IMAPClient, already: int, news: int, ready: Callable[[], None]) -> list[int]:
    """UIDs of the letters that came while this client sat in IDLE."""
    client.select_folder("INBOX")
    seen: list[int] = []
    client.idle()
    ready()
    until = time.monotonic() + DEADLINE
    while len(seen) < news and time.monotonic() < until:
        if client.idle_check(timeout=1):
            client.idle_done()
            seen = sorted(client.search(["ALL"]))[already:]
            client.idle()
    client.idle_done()
    return seen


async def test_a_letter_sent_by_smtp_lies_in_the_inbox_byte_for_byte_below_its_trace() -> None:
    raw = letter(text="Номер 801234567\r\n.точка в начале строки\r\n" + "длинно " * 9)
    arrival = datetime(2026, 11, 20, 7, 15, tzinfo=UTC)
    async with DemoServers(USERS, now=lambda: arrival) as servers:
        await asyncio.to_thread(send, servers.smtp_port, raw)

        def fetch() -> tuple[bytes, datetime]:
            client = login(servers.imap_port)
            client.normalise_times = False
            client.select_folder("INBOX")
            (uid,) = client.search(["ALL"])
            data = client.fetch([uid], ["BODY.PEEK[]", "INTERNALDATE", "RFC822.SIZE"])[uid]
            assert data[b"RFC822.SIZE"] == len(data[b"BODY[]"])
            client.logout()
            return data[b"BODY[]"], data[b"INTERNALDATE"]

        kept, when = await asyncio.to_thread(fetch)
    assert kept.endswith(raw)
    message = message_from_bytes(kept)
    assert message["Return-Path"] == "<anna@client.test>"
    assert message["Delivered-To"] == "crm@desk.test"
    assert "from pc.client.test ([127.0.0.1]) by" in message["Received"]
    assert when == arrival


async def test_idle_hears_of_every_one_of_fifty_letters_for_two_users_at_once() -> None:
    async with DemoServers(USERS) as servers:
        both = ("crm@desk.test", "control@desk.test")
        idling = threading.Barrier(len(both) + 1)

        def watch(user: str) -> list[int]:
            client = login(servers.imap_port, user)
            found = wait_for_news(client, 0, 50, lambda: idling.wait(DEADLINE) and None)
            client.logout()
            return found

        def write() -> None:
            idling.wait(DEADLINE)
            send(servers.smtp_port, *(letter(number) for number in range(50)), to=both)

        *found, _ = await asyncio.gather(*(asyncio.to_thread(watch, user) for user in both), asyncio.to_thread(write))
        assert [len(set(uids)) for uids in found] == [50, 50]
        assert servers.taken == 50


async def test_search_and_idle_know_what_came_since_the_last_command() -> None:
    async with DemoServers(USERS) as servers:

        def watch() -> tuple[list[int], list[object]]:
            client = login(servers.imap_port)
            client.select_folder("INBOX")
            send(servers.smtp_port, letter(1))
            found = client.search(["ALL"])
            send(servers.smtp_port, letter(2))
            client.idle()
            news = client.idle_check(timeout=DEADLINE)
            client.idle_done()
            client.logout()
            return found, news

        found, news = await asyncio.to_thread(watch)
    assert len(found) == 1
    assert (2, b"EXISTS") in news


async def test_moving_half_away_leaves_the_other_half_under_the_same_uids() -> None:
    async with DemoServers(USERS) as servers:
        await asyncio.to_thread(send, servers.smtp_port, *(letter(number) for number in range(10)))

        def move() -> tuple[list[int], list[int], int]:
            client = login(servers.imap_port)
            client.create_folder("Archive")
            client.select_folder("INBOX")
            uids = sorted(client.search(["ALL"]))
            client.move(uids[::2], "Archive")
            left = sorted(client.search(["ALL"]))
            moved = client.select_folder("Archive")[b"EXISTS"]
            client.logout()
            return left, uids[1::2], moved

        left, expected, moved = await asyncio.to_thread(move)
    assert left == expected
    assert moved == 5


async def test_what_goes_to_strangers_is_kept_as_a_file_and_shown(tmp_path: Path) -> None:
    shown: list[tuple[str, tuple[str, ...], bytes]] = []
    folder = tmp_path / "mail"
    async with DemoServers(USERS, mail_dir=folder, on_letter=lambda *event: shown.append(event)) as servers:
        answer = letter(2, X_Maild_Kind="acknowledgement")
        await asyncio.to_thread(send, servers.smtp_port, letter(1))
        await asyncio.to_thread(send, servers.smtp_port, answer, sender="", to=("p.smirnov@far.test",))
    assert sorted(path.name for path in folder.iterdir()) == [
        "0001-in-letter-anna.eml",
        "0002-out-acknowledgement-p.smirnov.eml",
    ]
    assert shown[1] == ("", ("p.smirnov@far.test",), answer)
    assert (folder / "0002-out-acknowledgement-p.smirnov.eml").read_bytes().startswith(b"Return-Path: <>\r\n")


async def test_a_subaddress_reaches_its_mailbox_whatever_the_case() -> None:
    async with DemoServers(USERS) as servers:
        await asyncio.to_thread(send, servers.smtp_port, letter(), to=("CRM+t42.ab@Desk.test",))

        def count() -> int:
            client = login(servers.imap_port)
            exists: int = client.select_folder("INBOX")[b"EXISTS"]
            client.logout()
            return exists

        assert await asyncio.to_thread(count) == 1


async def test_only_the_right_password_opens_either_server() -> None:
    async with DemoServers(USERS) as servers:

        def knock() -> None:
            client = IMAPClient("127.0.0.1", servers.imap_port, ssl=False, timeout=DEADLINE)
            with pytest.raises(LoginError):
                client.login("crm@desk.test", "wrong")
            client.login("crm@desk.test", "s3cret")
            client.logout()
            with smtplib.SMTP("127.0.0.1", servers.smtp_port, local_hostname="pc", timeout=DEADLINE) as smtp:
                with pytest.raises(smtplib.SMTPAuthenticationError):
                    smtp.login("crm@desk.test", "wrong")
                smtp.login("crm@desk.test", "s3cret")

        await asyncio.to_thread(knock)


async def test_a_mail_program_appends_its_sent_letter() -> None:
    async with DemoServers(USERS) as servers:

        def append() -> bytes:
            client = login(servers.imap_port, "anna@client.test")
            client.create_folder("Отправленные")
            client.append("Отправленные", letter(7), flags=[b"\\Seen"])
            client.select_folder("Отправленные")
            (uid,) = client.search(["ALL"])
            body: bytes = client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
            client.logout()
            return body

        assert await asyncio.to_thread(append) == letter(7)


async def test_the_end_cuts_idle_and_smtp_connections_and_frees_both_ports() -> None:
    servers = DemoServers(USERS)
    async with servers:
        client = await asyncio.to_thread(login, servers.imap_port)
        await asyncio.to_thread(client.select_folder, "INBOX")
        await asyncio.to_thread(client.idle)
        smtp = await asyncio.to_thread(smtplib.SMTP, "127.0.0.1", servers.smtp_port, "pc", DEADLINE)
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        await asyncio.to_thread(client.idle_done)
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        await asyncio.to_thread(smtp.noop)
    for port in (servers.imap_port, servers.smtp_port):
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


@pytest.mark.parametrize(
    ("sender", "to", "kind", "name"),
    [
        ("Вера+x@client.test", ("crm@desk.test",), "", "0004-in-letter-Вера-x.eml"),
        ("crm@desk.test", ("../etc/passwd@x.test",), "answer", "0004-out-answer-etc-passwd.eml"),
        ("", ("crm@desk.test",), "", "0004-in-letter-machine.eml"),
        ("crm@desk.test", (), "re/quest", "0004-out-re-quest-crm.eml"),
    ],
)
def test_file_names_are_legible_and_stay_in_their_folder(
    sender: str, to: tuple[str, ...], kind: str, name: str
) -> None:
    raw = letter(**({"X_Maild_Kind": kind} if kind else {}))
    assert file_name(4, sender, to, raw) == name
