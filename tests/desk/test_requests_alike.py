"""One request to several agents: rendered once, and yet each letter is its reader's own."""

from maild.desk import notify
from maild.desk.facts import News, Said
from tests.desk.office import IVANOV, KOTOVA, OLGA, PETRENKO, QUALITY, Office


def test_each_reader_gets_what_a_letter_of_their_own_would_say(office: Office) -> None:
    office.arrive(OLGA)
    office.reply(office.last(IVANOV, "request"), "#взять")
    ticket = office.ticket()
    news = News("more", Said("Когда ждать ответа?", office.now, OLGA), by=OLGA)
    readers = [IVANOV, KOTOVA, PETRENKO, QUALITY]
    together = notify.requests(office.desk, ticket, office.now, readers, key="k", news=news)
    apart = [notify.request(office.desk, ticket, office.now, each, key=f"k:{each}", news=news) for each in readers]
    assert {letter.recipient: letter for letter in together} == {letter.recipient: letter for letter in apart}
    assert len({letter.raw for letter in together}) == len(readers)
