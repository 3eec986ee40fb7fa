"""An agent's vacation answer: their tickets are pointed out, once, and stay theirs."""

from maild.desk.absence import agent_is_away, assigned_to_absent, back
from maild.domain.ticket import Status
from maild.store import absences
from tests.desk.office import IVANOV, KOTOVA, OLGA, PETRENKO, QUALITY, Office


def take(office: Office, count: int = 1) -> None:
    """So many requests, each taken by Ivanov."""
    for _ in range(count):
        office.arrive(OLGA)
        office.reply(office.last(IVANOV, "request"), "#взять\n")


def away(office: Office, address: str = IVANOV) -> None:
    """The machine step saw a vacation answer."""
    with office.database.write() as tx:
        agent_is_away(tx, office.desk, address, office.now)


def digests(office: Office) -> list[str]:
    """Who was sent a digest, in order."""
    return [answer.to for answer in office.answers() if answer.kind == "digest"]


def test_the_tickets_are_pointed_out_to_the_line(office: Office) -> None:
    take(office, 3)
    before = office.ticket("CRM-000002")
    away(office)
    assert digests(office) == [KOTOVA]
    letter = office.last(KOTOVA, "digest")
    assert "Иван Иванов" in letter.text
    assert "Иван Иванов" in str(letter.message["Subject"])
    assert all(f"CRM-{number:06d}" in letter.text for number in (1, 2, 3))
    assert letter.message["X-Maild-Ticket"] is None
    assert office.ticket("CRM-000002") == before, "nothing but the journal changes"
    (entry,) = [entry for entry in office.history("CRM-000002") if entry.event == "absent"]
    assert (entry.by, IVANOV in entry.says, KOTOVA in entry.says) == ("maild", True, True)


def test_once_an_absence(office: Office) -> None:
    """Their program answers every letter for a month; the line hears of it once."""
    take(office)
    for _ in range(30):
        away(office)
        office.pass_time(days=1)
    assert digests(office) == [KOTOVA]
    assert office.events().count("absent") == 1
    with office.database.write() as tx:
        assert back(tx, office.desk, IVANOV)
        assert not back(tx, office.desk, IVANOV)
    away(office)
    assert digests(office) == [KOTOVA, KOTOVA]


def test_a_vacation_answer_to_our_letter(office: Office) -> None:
    """The whole road: the robot answers the request that we sent to that agent, then the agent writes."""
    take(office)
    request = office.last(IVANOV, "request")
    office.reply(request, "Я в отпуске до 7 декабря.\n", Auto_Submitted="auto-replied")
    assert digests(office) == [KOTOVA]
    assert office.ticket().assignee == IVANOV
    office.reply(request, "#статус\n")
    with office.database.read() as tx:
        assert absences.absent(tx, "rarus") == frozenset()


def test_a_strangers_robot_sends_nobody_away(office: Office) -> None:
    """The same answer without our token: anybody could have sent it."""
    take(office)
    office.arrive(IVANOV, "Я в отпуске.\n", Auto_Submitted="auto-replied")
    office.reply(office.last(OLGA), "Я в отпуске.\n", sender=IVANOV, Auto_Submitted="auto-replied")
    assert digests(office) == []
    with office.database.read() as tx:
        assert absences.absent(tx, "rarus") == frozenset()


def test_whose_colleagues_are_nobody(office: Office) -> None:
    """Alone on the line: the first line hears of it."""
    office.arrive(OLGA)
    office.reply(office.last(IVANOV, "request"), "#линия engineers\n")
    office.reply(office.last(PETRENKO, "request"), "#взять\n")
    away(office, PETRENKO)
    assert sorted(digests(office)) == [IVANOV, KOTOVA]


def test_alone_at_the_desk(office: Office) -> None:
    """Nobody else at all: the quality desk hears of it."""
    people = office.rules / "people.toml"
    people.write_text(
        f'[[agents]]\naddress = "{IVANOV}"\nname = "Иван Иванов"\nlines = ["one"]\n[lines.one]\ntitle = "Одна"\n'
        f'first = true\n[quality]\naddresses = ["{QUALITY}"]\n',
        encoding="utf-8",
    )
    office.reload()
    take(office)
    away(office)
    assert digests(office) == [QUALITY]


def test_what_is_solved_is_not_pointed_out(office: Office) -> None:
    take(office)
    office.reply(office.last(IVANOV, "request"), "#решено\nСнимите флажок.\n")
    assert office.ticket().status is Status.ASSESSMENT
    away(office)
    assert digests(office) == []
    with office.database.read() as tx:
        assert absences.absent(tx, "rarus") == {IVANOV}


def test_a_ticket_given_to_somebody_who_is_away(office: Office) -> None:
    away(office)
    with office.database.read() as tx:
        assert assigned_to_absent(tx, office.desk, IVANOV.upper())
        assert not assigned_to_absent(tx, office.desk, KOTOVA)
