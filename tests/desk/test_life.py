"""Whatever clients, agents, machines, mail servers and the clock do, in any order: what must hold does hold."""

import random
from pathlib import Path

import pytest
import sqlalchemy as sa
from maild.desk.deliver import settle
from maild.desk.digests import tell_due
from maild.desk.watch import watch
from maild.domain.ticket import Status
from maild.store import outbox, tickets
from maild.store.database import Database
from maild.store.schema import letters
from maild.transport.smtp import Outcome
from tests.desk.office import IVANOV, KOTOVA, LACKING, OLGA, OPERATOR, PETRENKO, QUALITY, WHOLE, Answer, Office
from tests.desk.test_bounces import report

PETR, STRANGER, ROBOT, LEBEDEVA = "petr@birch.test", "who@free.test", "no-reply@shop.test", "lebedeva@example.test"
STAFF = (IVANOV, KOTOVA, PETRENKO, LEBEDEVA, QUALITY)
SECRET = "СЛУЖЕБНОЕ"
DONE = {Status.ASSESSMENT, Status.CLOSED}
SAID = (
    *("Спасибо!\n", "5\n", "1\nОчень долго.\n", "плохо\n", "Не решено\n", "", "Вот подробности.\n"),
    *("Передайте моё обращение в отдел качества!\n", "801000017, 3.1.25.4\n", "#решено\nэто не команда\n"),
)
ORDERED = (
    *("Снимите флажок.\n", "#ждать\nКакая сборка?\n", "#решено\nСнимите флажок.\n", "#разработка\n", "#срочно\n"),
    *("#отказать out-of-scope\nНе наше.\n", "#отказать not-enough-information\nПодробнее?\n", "#дальше\n", "#взять\n"),
    *("#принять\n", "#переоткрыть\n", "#ерунда\n", "#статус\n", "#назначить Котова\n", "#уровень urgent\n", ""),
    *(f"#заметка {SECRET}\n", f"#заметка\n{SECRET} слова\n", f"#взять\n#заметка {SECRET}\n"),
)
STEPS = 45


class Life:
    """One desk, and what happens to it: drawn, the same for the same seed."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.draw, self.came = office, random.Random(seed), 0

    def _any(self, recipients: tuple[str, ...] | None, without: tuple[str, ...] = ()) -> Answer | None:
        """One of the last letters that somebody got."""
        found = [each for each in self.office.answers() if recipients is None or each.to in recipients]
        found = [each for each in found if each.to not in without]
        return self.draw.choice(found[-8:]) if found else None

    def a_client_writes(self) -> None:
        """A new letter, whole more often than not, to either mailbox."""
        sender = self.draw.choice((OLGA, OLGA, PETR, STRANGER, ROBOT))
        text, box = self.draw.choice((WHOLE, WHOLE, LACKING, *SAID)), self.draw.choice(("crm", "crm", "crm", "control"))
        cc = self.draw.choice(({}, {}, {"Cc": PETR}, {"Cc": f"{OLGA}, {KOTOVA}, {ROBOT}"}))
        self.office.arrive(sender, text, box=box, **cc)
        self.came += 1

    def a_client_replies(self) -> None:
        """Whoever got one of our letters, or somebody else, to either mailbox."""
        if asked := self._any(None, (*STAFF, OPERATOR)):
            other, box = (
                self.draw.choice((None, None, None, PETR, STRANGER)),
                self.draw.choice(("crm",) * 5 + ("control",)),
            )
            self.office.reply(asked, self.draw.choice(SAID), sender=other, box=box)
            self.came += 1

    def somebody_here_replies(self) -> None:
        """Every such letter is answered with one confirmation, or the operator hears of it."""
        who, text = self.draw.choice((IVANOV, IVANOV, KOTOVA, LEBEDEVA, QUALITY)), self.draw.choice(ORDERED)
        if asked := self._any((who,)):
            before = self._confirmed(who)
            self.office.reply(asked, text)
            self.came += 1
            assert self._confirmed(who) == before + 1, f"told {self._confirmed(who) - before} times of {text!r}"

    def a_machine_answers(self) -> None:
        """In an agent's place or in a client's: no ticket changes."""
        if asked := self._any((IVANOV, OLGA)):
            before = self._standing()
            self.office.reply(asked, "Меня нет. 5\n", Auto_Submitted="auto-replied")
            self.came += 1
            assert self._standing() == before, "a machine changed a ticket"

    def time_passes(self) -> None:
        """Hours or days, over nights and weekends."""
        self.office.pass_time(hours=self.draw.choice((1, 3, 9, 20, 60)))
        for _ in range(2):
            watch(self.office.database, {"rarus": self.office.desk}, self.office.now)
        tell_due(self.office.database, {"rarus": self.office.desk}, self.office.now)

    def the_server_answers(self) -> None:
        """All is taken but one letter, which fares as drawn."""
        with self.office.database.write() as tx:
            rows = outbox.claim(tx, self.office.now, 1_000, 60, "test")
        one, outcome = self.draw.choice(rows) if rows else None, self.draw.choice(("taken", "later", "unknown", "dead"))
        settled = [(row, Outcome(outcome if row is one else "taken", "550", None)) for row in rows]
        settle(self.office.database, {"rarus": self.office.desk}, settled, self.office.now)

    def a_letter_comes_back(self) -> None:
        """A report about any of our last letters, true or made up."""
        if sent := self._any(None):
            report(self.office, sent)
            self.came += 1

    def _confirmed(self, who: str) -> int:
        return self.office.kinds(who).count("confirmation") + self.office.kinds(OPERATOR).count("operator")

    def _standing(self) -> list[object]:
        with self.office.database.read() as tx:
            return [(each.status, each.holds, each.rating, each.reaction_due) for each in tickets.all_tickets(tx)]

    def check(self) -> None:
        """What holds at any time."""
        self.nothing_is_lost()
        self.tickets_are_sound()
        self.letters_go_where_they_may()

    def nothing_is_lost(self) -> None:
        """Letters in = tickets + threads + ignored, and what is no letter of a ticket is ignored."""
        with self.office.database.read() as tx:
            rows = tx.execute(sa.select(letters.c.disposition, letters.c.ticket_id)).all()
        assert len(rows) == self.came
        for disposition, ticket in rows:
            assert disposition in ("accept", "ask", "refuse", "triage", "thread", "ignore")
            assert ticket is not None or disposition == "ignore"

    def tickets_are_sound(self) -> None:
        """At most one hold is open; what counts as solved waits for an assessment or is closed."""
        with self.office.database.read() as tx:
            for ticket in tickets.all_tickets(tx):
                assert sum(hold.end is None for hold in ticket.holds) <= 1, ticket
                assert (ticket.resolution_met is not None) == (ticket.status in DONE), ticket
                about = tickets.load(tx, "rarus", ticket.linked, lock=False) if ticket.linked else None
                assert not (about and about.category == ticket.category == "quality"), "a complaint about a complaint"

    def letters_go_where_they_may(self) -> None:
        """Never to ourselves or to a machine, and to a client nothing that was said among colleagues."""
        for answer in self.office.answers():
            assert answer.to not in self.office.desk.own_addresses and answer.to != ROBOT
            if answer.to not in STAFF:
                assert SECRET not in answer.text and SECRET not in str(answer.message["Subject"])
                assert answer.kind not in ("note", "request", "confirmation", "complaint", "escalation", "digest")


HAPPENS = {
    Life.a_client_writes: 3,
    Life.a_client_replies: 6,
    Life.somebody_here_replies: 8,
    Life.a_machine_answers: 1,
    Life.time_passes: 2,
    Life.the_server_answers: 3,
    Life.a_letter_comes_back: 2,
}


@pytest.mark.parametrize("seed", range(4))
def test_a_desk_under_everything(seed: int, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'maild.db'}")
    database.migrate()
    life = Life(Office(database, tmp_path), seed)
    for _ in range(STEPS):
        (happens,) = life.draw.choices(list(HAPPENS), list(HAPPENS.values()))
        happens(life)
        life.check()
    database.close()
