"""A frozen clock must not stop the wires: freezegun is set up in conftest, and this proves it."""

import asyncio

from freezegun import freeze_time
from maild.transport.imap import ImapSession, ImapSettings
from maild.transport.smtp import SmtpPool, SmtpSettings
from tests.servers.bad_imap import BadImap
from tests.servers.bad_smtp import BadSmtp
from tests.servers.letters import letter


@freeze_time("2026-11-22 10:00:00", real_asyncio=True)
def test_waiting_ends_though_the_clock_stands_still() -> None:
    with BadImap([letter()]) as server:
        session = ImapSession(ImapSettings(server.host, server.port, "none", "crm"), lambda: "s", timeout=5)
        session.open()
        assert session.uids_after(0) == [1]
        assert session.wait(0.1) is False
        session.close()


def test_sending_works_though_the_clock_stands_still() -> None:
    with BadSmtp() as server, freeze_time("2026-11-22 10:00:00", real_asyncio=True):
        pool = SmtpPool(SmtpSettings(server.host, server.port, "none"))

        async def main() -> str:
            outcome = await pool.send("", "client@client.test", letter())
            await pool.close()
            return outcome.kind

        assert asyncio.run(main()) == "taken"
