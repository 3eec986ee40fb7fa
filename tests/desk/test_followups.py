"""A client who says nothing: reminded, given up, closed; each once, and never after they have written."""

from dataclasses import replace
from datetime import datetime, timedelta

from maild.desk.clocks import schedule_all
from maild.desk.watch import Followed, watch
from maild.domain.ticket import Status
from maild.store import timers
from tests.desk.clockwork import confirm
from tests.desk.office import IVANOV, MONDAY, OLGA, QUALITY, Office

DAY = timedelta(days=1)
ASKED = "#ждать\nКакая у вас сборка платформы?\nИ есть ли журнал регистрации?\n"
SOLVED = "#решено\nСнимите флажок «Показывать» в настройках карточки.\n"


def look(office: Office) -> list[str]:
    """Ask the clock now: the steps of silence that were done."""
    done = watch(office.database, {"rarus": office.desk}, office.now)
    return [each.step for each in done if isinstance(each, Followed)]


def live(office: Office, until: datetime) -> list[tuple[datetime, str]]:
    """Wake exactly when a timer asks for it, as the daemon does, until a moment; when which step was done."""
    found = []
    for _ in range(500):
        with office.database.read() as tx:
            following = timers.next_due(tx)
        if following is None or following > until:
            office.now = until
            return found
        assert following >= office.now or not found, "a timer in the past"
        office.now = max(office.now, following)
        found += [(office.now, step) for step in look(office)]
    raise AssertionError("the clock spins")


def ask(office: Office, words: str = ASKED) -> None:
    """Olga writes, Ivanov replies, and the mail server takes it all."""
    office.arrive(OLGA)
    office.reply(office.last(IVANOV, "request"), words)
    confirm(office)


def change(office: Office, old: str, new: str) -> None:
    """Another regulation, taken up as the daemon does."""
    path = office.rules / "desk.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    office.reload()
    with office.database.write() as tx:
        schedule_all(tx, office.desk)


def test_reminded_twice_then_the_reason(office: Office) -> None:
    """18 working hours each: two days, at the minute of the question; the last interval ends in the reason."""
    ask(office)
    assert office.ticket().status is Status.WAITING
    done = live(office, MONDAY + 60 * DAY)
    assert done == [
        (MONDAY + 2 * DAY, "remind-1"),
        (MONDAY + 4 * DAY, "remind-2"),
        (MONDAY + 8 * DAY, "give-up"),  # a Tuesday: the weekend does not count
    ]
    kinds = office.kinds(OLGA)
    assert kinds[-3:] == ["notice", "notice", "refusal"]
    first, second = (answer for answer in office.answers(OLGA) if answer.kind == "notice")
    for reminder in (first, second):
        assert "Какая у вас сборка платформы?" in reminder.text
        assert "И есть ли журнал регистрации?" in reminder.text
        assert "[CRM-000001]" in str(reminder.message["Subject"])
        assert reminder.message["Auto-Submitted"]
    assert office.events().count("reminded") == 2
    refusal = office.last(OLGA, "refusal")
    assert "мало сведений" in refusal.text
    (entry,) = [entry for entry in office.history() if "not-enough-information" in entry.says]
    assert entry.by == "maild"
    assert look(office) == []


def test_months_of_silence_make_no_more(office: Office) -> None:
    """Waking up without end would be noise: after the last step there is no timer but the ladder's."""
    ask(office)
    live(office, MONDAY + 60 * DAY)
    before = len(office.answers())
    assert live(office, MONDAY + 400 * DAY) == []
    assert len(office.answers()) == before


def test_an_answer_ends_the_reminding(office: Office) -> None:
    ask(office)
    live(office, MONDAY + 2 * DAY)
    office.now += timedelta(hours=1)
    office.reply(office.last(OLGA, "answer"), "8.3.25.1286, журнал есть.\n")
    assert office.ticket().status is Status.OPEN
    assert [step for _, step in live(office, MONDAY + 30 * DAY)] == []
    assert office.events().count("reminded") == 1


def test_an_answer_to_the_reminder_is_an_answer(office: Office) -> None:
    ask(office)
    live(office, MONDAY + 2 * DAY)
    office.reply(office.last(OLGA, "notice"), "8.3.25.1286, журнал есть.\n")
    assert office.ticket().status is Status.OPEN


def test_the_next_question_is_reminded_of_anew(office: Office) -> None:
    """The first wait ended with one reminder; the second has both of its own, and quotes its own question."""
    ask(office)
    live(office, MONDAY + 2 * DAY)
    office.reply(office.last(OLGA, "answer"), "8.3.25.1286, журнал есть.\n")
    office.reply(office.last(IVANOV, "request"), "#ждать\nА права у пользователя полные?\n")
    assert [step for _, step in live(office, office.now + 6 * DAY)] == ["remind-1", "remind-2"]
    assert "А права у пользователя полные?" in office.last(OLGA, "notice").text
    assert "сборка" not in office.last(OLGA, "notice").text


def test_an_outage_reminds_once(office: Office) -> None:
    """Three days away over both reminders: the later one only."""
    ask(office)
    office.now = MONDAY + 7 * DAY
    assert look(office) == ["remind-2"]
    assert look(office) == []
    assert office.kinds(OLGA).count("notice") == 1
    assert live(office, MONDAY + 60 * DAY) == [(MONDAY + 8 * DAY, "give-up")]


def test_an_outage_over_everything_gives_up_without_a_reminder(office: Office) -> None:
    ask(office)
    office.now = MONDAY + 40 * DAY
    assert look(office) == ["give-up"]
    assert office.kinds(OLGA)[-1] == "refusal"
    assert "reminded" not in office.events()


def test_a_regulation_without_reminders(office: Office) -> None:
    """The rules changed while the client was silent: what was planned is not done."""
    ask(office)
    path = office.rules / "desk.toml"
    text = path.read_text(encoding="utf-8")
    begin = text.index("[reminder]")
    path.write_text(text[:begin] + text[text.index("\n[", begin) :], encoding="utf-8")
    office.reload()
    assert live(office, MONDAY + 60 * DAY) == []
    assert office.ticket().status is Status.WAITING


def test_without_a_reason_a_person_decides(office: Office) -> None:
    change(office, 'reason = "not-enough-information"', "")
    ask(office)
    assert [step for _, step in live(office, MONDAY + 60 * DAY)] == ["remind-1", "remind-2"]
    assert office.ticket().status is Status.WAITING


def test_silence_closes_unrated(office: Office) -> None:
    """45 working hours of assessment: five days of nine."""
    ask(office, SOLVED)
    assert office.ticket().status is Status.ASSESSMENT
    assert live(office, MONDAY + 60 * DAY) == [(MONDAY + 7 * DAY, "close")]
    ticket = office.ticket()
    assert (ticket.status, ticket.rating) == (Status.CLOSED, None)
    assert ticket.resolution_met == MONDAY
    closed = [entry for entry in office.history() if entry.event == "closed"]
    assert [(entry.by, entry.says) for entry in closed] == [("maild", "by silence, unrated")]
    notice = office.last(OLGA, "notice")
    assert "CRM-000001" in notice.text
    assert office.kinds(OLGA).count("notice") == 1
    assert office.answers(QUALITY) == [], "a solved ticket is late for nobody"


def test_a_rating_leaves_nothing_to_close(office: Office) -> None:
    ask(office, SOLVED)
    office.now += DAY
    office.reply(office.last(OLGA, "rating"), "5\n")
    assert office.ticket().rating == 5
    assert live(office, MONDAY + 60 * DAY) == []
    assert "notice" not in office.kinds(OLGA)


def test_a_reopened_ticket_is_not_closed_by_its_old_timer(office: Office) -> None:
    ask(office, SOLVED)
    office.now = MONDAY + 6 * DAY
    office.reply(office.last(OLGA, "rating"), "Не помогло, поле так и видно.\n")
    assert office.ticket().status is Status.OPEN
    assert live(office, MONDAY + 8 * DAY) == []
    office.reply(office.last(IVANOV, "request"), SOLVED)
    assert live(office, MONDAY + 60 * DAY) == [(MONDAY + 15 * DAY, "close")]
    assert office.kinds(OLGA).count("notice") == 1


def test_new_rules_reach_a_ticket_in_assessment(office: Office) -> None:
    """Its timer is set anew with a longer wait, and again with one that is over already."""
    ask(office, SOLVED)
    change(office, 'close_after = "45h"', 'close_after = "90h"')
    assert live(office, MONDAY + 8 * DAY) == []
    change(office, 'close_after = "90h"', 'close_after = "9h"')
    assert look(office) == ["close"]
    assert office.ticket().status is Status.CLOSED


def test_the_clock_change_shifts_no_working_hour(office: Office) -> None:
    """Europe/Kyiv leaves summer time on 25 October 2026: the reminder comes by the wall clock's working hours."""
    change(office, 'timezone = "Europe/Moscow"', 'timezone = "Europe/Kyiv"')
    office.now = datetime.fromisoformat("2026-10-23T12:00:00+03:00")  # a Friday, summer time
    ask(office)
    until = datetime.fromisoformat("2026-10-28T00:00:00+02:00")
    assert live(office, until) == [(datetime.fromisoformat("2026-10-27T12:00:00+02:00"), "remind-1")]


def test_a_reminder_over_the_limits_is_withheld_and_said(office: Office) -> None:
    """The limits hold for reminders too; the step counts as done, the journal says that nothing went out."""
    ask(office)
    office.desk = replace(office.desk, automatic_per_day=0)
    office.now = MONDAY + 2 * DAY
    assert look(office) == ["remind-1"]
    assert office.kinds(OLGA)[-1] == "answer"
    assert office.events()[-2:] == ["reminded", "withheld"]


def test_a_postponement_is_no_old_question(office: Office) -> None:
    """Postponed after the question was answered: the reminder does not ask it once more."""
    ask(office)
    office.reply(office.last(OLGA, "answer"), "8.3.25.1286, журнал есть.\n")
    office.reply(office.last(IVANOV, "request"), "#отказать not-reproducible\nУ нас не повторяется.\n")
    confirm(office)
    office.now = MONDAY + 2 * DAY
    assert look(office) == ["remind-1"]
    assert "сборка платформы" not in office.last(OLGA, "notice").text
