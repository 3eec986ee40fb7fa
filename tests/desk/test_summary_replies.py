"""A reply to a letter about many tickets is a note to the line (contract, Who may do what)."""

from maild.desk.watch import watch
from tests.desk.office import IVANOV, KOTOVA, OLGA, PETRENKO, QUALITY, Office


def bundled(office: Office) -> None:
    """Twelve tickets overdue at once."""
    for number in range(12):
        office.arrive(f"client{number}@birch.test")
    office.pass_time(days=1)
    watch(office.database, {"rarus": office.desk}, office.now)


def test_the_quality_desks_reply_to_a_bundle_reaches_the_agents(office: Office) -> None:
    bundled(office)
    bundle = office.last(QUALITY, "escalation")
    assert bundle.message["X-Maild-Ticket"] is None
    office.reply(bundle, "Разберите это сегодня, пожалуйста.")
    for agent in (IVANOV, KOTOVA, PETRENKO):
        told = office.last(agent)
        assert told.kind == "note" and "Разберите это сегодня" in told.text
    assert office.last(QUALITY).kind == "confirmation"
    assert office.kinds(OLGA) == []


def test_an_agents_reply_to_a_bundle_reaches_their_own_line(office: Office) -> None:
    bundled(office)
    office.reply(office.last(IVANOV, "escalation"), "Беру первые шесть.")
    assert "Беру первые шесть." in office.last(KOTOVA, "note").text
    assert "note" not in office.kinds(PETRENKO)
    assert office.last(IVANOV).kind == "confirmation"
