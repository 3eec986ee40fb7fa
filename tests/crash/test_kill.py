"""SIGKILL in the middle of a hundred letters, twenty times over: one ticket and one acknowledgement a letter."""

import random
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.servers.basics import eventually, free_port
from tests.servers.dovecot import Dovecot
from tests.servers.letters import deliver, letter, mailbox_messages
from tests.servers.postfix import Postfix
from tests.stories.line import Line

LETTERS, KILLS = 100, 20
TEXT = "ООО «Берёза», 1С:CRM ПРОФ 3.1.25.4, рег. номер 801000017. Вопрос {n}: как скрыть поле в карточке сделки?\n"


@pytest.fixture
def line(tmp_path: Path, dovecot: Dovecot, postfix: Postfix) -> Line:
    """A line whose mail server for sending is out of reach, so that everything due stays queued."""
    line = Line(tmp_path, dovecot, postfix)
    line.write_config(smtp_port=free_port(), extra="[limits]\nautomatic_per_hour = 1000\nautomatic_per_day = 1000\n")
    return line


def test_a_hundred_letters_and_twenty_kills(line: Line) -> None:
    line.once()  # the first connection finds an empty mailbox; what comes later is new
    expected = set()
    for number in range(LETTERS):
        message_id = f"<letter-{number}@birch.test>"
        expected.add(message_id)
        raw = letter(f"Вопрос {number}", TEXT.format(n=number), line.crm, From="a@birch.test", Message_ID=message_id)
        deliver(line.dovecot, raw, line.crm, sender="a@birch.test")
    dice = random.Random(5)
    for step in range(KILLS):
        process = line.start()
        threshold = min(LETTERS, (step + 1) * LETTERS // KILLS - dice.randrange(5))
        eventually(lambda: _count(line, "tickets") >= threshold, timeout=60, every=0.002)  # noqa: B023
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
    line.once()
    assert _count(line, "tickets") == LETTERS
    with closing(sqlite3.connect(line.folder / "maild.db")) as database:
        stored = dict(database.execute("select state, count(*) from letters group by state").fetchall())
        queued = database.execute(
            "select ticket_id, count(*) from outbox where kind = 'acknowledgement' group by ticket_id"
        ).fetchall()
        heard = {row[0] for row in database.execute("select message_id from tickets")}
    assert stored == {"done": LETTERS}
    assert len(queued) == LETTERS and all(count == 1 for _ticket, count in queued)
    assert heard == expected
    assert [ticket["number"] for ticket in line.tickets()] == [f"CRM-{n:06d}" for n in range(1, LETTERS + 1)]
    assert len(mailbox_messages(line.dovecot, line.crm, "Archive")) == LETTERS
    assert not mailbox_messages(line.dovecot, line.crm)


def _count(line: Line, table: str) -> int:
    with closing(sqlite3.connect(line.folder / "maild.db", timeout=10)) as database:
        return int(database.execute(f"select count(*) from {table}").fetchone()[0])
