"""A story by the calendar: letters arrive at a given day and hour, and the daemon looks at a given day and hour.

Mail servers are as real as ever: a letter is put into the mailbox with the INTERNALDATE that is wanted, and a daemon of
its own process passes over it (`maild run --once`) with its clock set. Nobody waits for a morning. The week lies in
the past, as Dovecot takes no letter of tomorrow.
"""

from datetime import datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from tests.servers.letters import append, letter
from tests.stories.line import Line

MOSCOW = ZoneInfo("Europe/Moscow")
WORKING_WEEK = ", ".join(f'{day} = "09:00-18:00"' for day in ["mon", "tue", "wed", "thu", "fri"])
_DAYS = dict(zip("mon tue wed thu fri sat sun".split(), range(3, 10), strict=True))


def at(when: str) -> datetime:
    """ "tue 09:00:05" of the week from Monday, 3 March 2025, in Moscow."""
    day, _, time = when.partition(" ")
    return datetime.fromisoformat(f"2025-03-{_DAYS[day]:02d} {time}").replace(tzinfo=MOSCOW)


class Diary:
    """A line with office hours, Monday to Friday from 9 to 18, that lives by `at`."""

    def __init__(self, line: Line, extra: str = "") -> None:
        self.line = line
        line.rewrite("desk.toml", r"^week = .*$", f"week = {{ {WORKING_WEEK} }}")
        line.write_config(extra=extra, mailbox='backlog = "all"\n')

    def writes(self, when: str, sender: str, text: str, subject: str = "Вопрос", **headers: str) -> None:
        """A client's letter reaches the support mailbox."""
        headers.setdefault("Message_ID", f"<{sender.partition('@')[0]}.{at(when):%d%H%M%S}@client.test>")
        raw = letter(subject, text, self.line.crm, From=self.line.at(sender), **headers)
        append(self.line.dovecot, self.line.crm, raw, at=at(when))

    def replies(self, when: str, who: str, answered: EmailMessage, *own: str) -> None:
        """Somebody's reply to a letter of ours reaches the mailbox that it came from."""
        made = self.line.answering(who, answered, *own)
        append(self.line.dovecot, str(made["To"]), bytes(made), at=at(when))

    def passes(self, when: str) -> None:
        """The daemon takes what is there, and does what is due by now."""
        self.line.once(at(when))
