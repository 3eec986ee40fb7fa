"""`#for`: an agent registers a request that came by telephone or another channel (B22)."""

from dataclasses import replace

from maild.desk.arrival import Received
from maild.desk.carry import carry
from maild.desk.confirm import reject
from maild.desk.directive import COLLEAGUES, Directive
from maild.desk.facts import Fact, Failure
from maild.desk.plan import Plan
from maild.desk.register import register
from maild.desk.steps import follow
from maild.mail.answer import Written
from maild.mail.language import language_of
from maild.mail.message import Address, Message, Place, Section
from maild.store import tickets
from maild.tomlfile import check_address


def register_for(directive: Directive) -> Received:
    """Register the letter's text as a request of the client named; the client gets the acknowledgement."""
    arrival = directive.arrival
    commands = [command for command in directive.orders.commands if command.name != "for"]
    line = next(command for command in directive.orders.commands if command.name == "for")
    client = line.argument.strip().strip("<>").removeprefix("mailto:").lower()
    if why := _forbidden(directive, client):
        return reject(directive, [Failure(line.line, why)])
    message = _message(arrival.message, client, directive.orders.text)
    support = replace(arrival, message=message, mailbox=arrival.desk.support)
    until_here = arrival.tx.begin_nested()
    received = register(support, by=directive.person)
    assert received.ticket_id is not None
    ticket = tickets.load_id(arrival.tx, received.ticket_id)
    plan = Plan(arrival.desk, directive.person, ticket, arrival.letter.arrival, arrival.now, arrival.letter.id)
    if failures := follow(plan, commands):
        until_here.rollback()
        return reject(directive, failures)
    until_here.commit()
    plan.done.insert(0, Fact("did registered", {"number": ticket.number, "client": client}))
    orders, nothing = replace(directive.orders, text=""), Written("", (), ())
    silent = replace(directive, ticket=ticket, audience=COLLEAGUES, written=nothing, orders=orders)
    return replace(carry(silent, plan), disposition=received.disposition)


def _forbidden(directive: Directive, client: str) -> Fact | None:
    arrival = directive.arrival
    if not arrival.desk.regulation.desk.by_telephone:
        return Fact("telephone is off")
    if directive.person.agent is None:
        return Fact("not for quality", {"command": "for"})
    try:
        check_address(client)
    except ValueError:
        return Fact("not an address", {"value": client})
    if client in arrival.desk.own_addresses or client in arrival.desk.regulation.people.staff:
        return Fact("own address", {"value": client})
    if not directive.orders.text and not directive.written.attachments:
        return Fact("empty letter")
    return None


def _message(message: Message, client: str, words: str) -> Message:
    """The letter as if the client had written it: their address, the words that the agent took down."""
    return replace(
        message,
        message_id=None,
        sender=Address("", client),
        from_count=1,
        reply_to=(),
        cc=(),
        in_reply_to=(),
        references=(),
        text=words,
        reply=words,
        sections=(Section(Place.OWN, 0, len(words)),),
        language=language_of(words, message.subject),
        authentication_results=(),
    )
