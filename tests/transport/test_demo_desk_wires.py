"""Both wires against the servers in process that `maild demo` uses (pymap and aiosmtpd): no mail server needed."""

import asyncio

from maild.demo.servers import DemoServers
from maild.transport.imap import Fetched, ImapSession, ImapSettings
from maild.transport.smtp import SmtpPool, SmtpSettings
from tests.servers.letters import letter

CRM, ANNA = "crm@desk.test", "anna@client.test"
USERS = {CRM: "s3cret", ANNA: "password"}


def fetched(session: ImapSession, last: int) -> list[Fetched]:
    return [one for batch in session.fetch(session.uids_after(last), limit=10**6) for one in batch]


async def test_letters_go_round_through_pymap_and_aiosmtpd() -> None:
    async with DemoServers(USERS) as servers:
        pool = SmtpPool(SmtpSettings("127.0.0.1", servers.smtp_port, "none", CRM), lambda: USERS[CRM])
        settings = ImapSettings("127.0.0.1", servers.imap_port, "none", CRM, done="Archive", quarantine="Quarantine")
        session = ImapSession(settings, lambda: USERS[CRM])
        await asyncio.to_thread(session.open)
        assert not session.polling
        uids = [0]
        for number in range(10):
            waiting = asyncio.create_task(asyncio.to_thread(session.wait, 20))
            assert (await pool.send(ANNA, CRM, letter(f"number {number}"))).kind == "taken"
            assert await waiting is True
            (one,) = await asyncio.to_thread(fetched, session, uids[-1])
            assert f"number {number}".encode() in one.raw
            uids.append(one.uid)
        await asyncio.to_thread(session.finish, uids[1:10])
        await asyncio.to_thread(session.quarantine, uids[10:])
        assert await asyncio.to_thread(session.uids_after, 0) == []
        await asyncio.to_thread(session.close)
        archive = ImapSession(ImapSettings("127.0.0.1", servers.imap_port, "none", CRM, "Archive"), lambda: USERS[CRM])
        assert (await asyncio.to_thread(archive.open)).exists == 9
        await asyncio.to_thread(archive.close)
        await pool.close()


async def test_interrupt_in_process() -> None:
    async with DemoServers(USERS) as servers:
        session = ImapSession(ImapSettings("127.0.0.1", servers.imap_port, "none", ANNA), lambda: USERS[ANNA])
        await asyncio.to_thread(session.open)
        waiting = asyncio.create_task(asyncio.to_thread(session.wait, 30))
        session.interrupt()
        assert await asyncio.wait_for(waiting, 2) is False
        await asyncio.to_thread(session.close)
