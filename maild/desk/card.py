"""The card of a ticket as clients see it: nothing goes to an address that is not tied to it (decision 8).

bare: number and times. own: also what they wrote themselves. tied: also what the contract registry knows.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from maild.desk.outgoing import subject_of
from maild.domain.rules import in_language
from maild.domain.service import Contract
from maild.domain.ticket import Ticket
from maild.mail import phrase
from maild.mail.labels import label, word
from maild.mail.parts import Cell, Row, tidy

if TYPE_CHECKING:
    from maild.desk.desk import Desk


def rows(desk: "Desk", ticket: Ticket, language: str, now: datetime, *parts: str) -> tuple[Row, ...]:
    """The rows that are asked for, in the card's own order; those without a value, or not for these eyes, are left out.

    `parts` are number, subject, received, confirmation, answer, planned, product, organisation, contracts.
    """
    card = _Card(desk, ticket, language, now)
    return tuple(
        Row(label(name, language), cells) for name in _ORDER if name in parts and (cells := tuple(card.cells(name)))
    )


def stated(desk: "Desk", ticket: Ticket, language: str) -> tuple[Row, ...]:
    """«Что уже есть»: what was understood of the letter; to a bare address the names of the fields only."""
    fields = desk.regulation.intake.fields.fields
    known = {
        name: value for name, value in shown_fields(ticket).items() if name in fields and name not in ticket.missing
    }
    if ticket.acquaintance == "bare":
        names = [lower_first(in_language(fields[name].title, language)) for name in known]
        return (Row(label("stated", language), (Cell(phrase.listed(names, language)),)),) if names else ()
    found = [Row(tidy(in_language(fields[name].title, language)), (Cell(value),)) for name, value in known.items()]
    return (*found, Row(label("question", language), (Cell(subject_of(ticket, language)),)))


def shown_fields(ticket: Ticket) -> Mapping[str, str]:
    """The fields that may be shown to the client, tidied.

    What the registry supplied is not told to somebody untied; where it equals what they wrote it goes too, since the
    ticket does not say which of the two it was.
    """
    contract = contract_of(ticket)
    untied = contract if ticket.acquaintance != "tied" else None
    secret = {untied.organisation, untied.product, untied.inn} if untied else set()
    fields = {name: tidy(value) for name, value in ticket.fields.items() if value and value not in secret}
    return {name: value for name, value in fields.items() if value}


def contract_of(ticket: Ticket) -> Contract | None:
    """The registry's row, if the ticket's number led to one."""
    return ticket.entitlement.contract if ticket.entitlement else None


def lower_first(title: str) -> str:
    """A title inside a sentence: first letter small, unless it is an abbreviation or a name."""
    plain = tidy(title)
    return plain if len(plain) > 1 and not plain[1].islower() else plain[:1].lower() + plain[1:]


_ORDER = (
    "number",
    "subject",
    "received",
    "confirmation",
    "answer",
    "planned",
    "product",
    "organisation",
    "contracts",
)


class _Card:
    def __init__(self, desk: "Desk", ticket: Ticket, language: str, now: datetime) -> None:
        self._rules, self._ticket, self._language, self._now = desk.regulation.desk, ticket, language, now
        self._tied = ticket.acquaintance == "tied"
        self._fields = shown_fields(ticket) if ticket.acquaintance != "bare" else {}

    def cells(self, name: str) -> Iterator[Cell]:
        """The lines of one row."""
        ticket = self._ticket
        match name:
            case "number":
                yield Cell(ticket.number)
            case "subject" if ticket.acquaintance != "bare":
                yield Cell(subject_of(ticket, self._language))
            case "received":
                yield Cell(self._moment(ticket.arrived))
            case "confirmation" if self._ahead(ticket.reaction_due):
                yield self._confirmation(ticket.reaction_due)
                yield from self._provisional(ticket.reaction_due)
            case "answer" if self._ahead(ticket.reaction_due):
                yield Cell(self._word("until", when=self._moment(ticket.reaction_due)), strong=True)
                yield from self._provisional(ticket.reaction_due)
            case "planned" if self._ahead(ticket.resolution_due):
                yield from self._planned(ticket.resolution_due)
            case "product":
                yield from self._product()
            case "organisation":
                yield from self._organisation()
            case "contracts":
                yield from self._contracts()

    def _confirmation(self, due: datetime | None) -> Cell:
        """A promise; of a level that tells its reaction as a beginning, only what to go by (A7)."""
        level = self._rules.levels.get(self._ticket.level)
        if level and level.at_least and level.reaction:
            span = phrase.working(level.reaction, self._language, "until")
            return Cell(self._word("at least", span=span, when=self._moment(due)), strong=True)
        return Cell(self._word("not later", when=self._moment(due)), strong=True)

    def _planned(self, due: datetime | None) -> Iterator[Cell]:
        yield Cell(self._word("until", when=self._moment(due)), strong=True)
        level = self._rules.levels.get(self._ticket.level)
        if level and level.resolution:
            yield Cell(phrase.working(level.resolution, self._language), "muted")
        yield from self._provisional(due)

    def _provisional(self, due: datetime | None) -> Iterator[Cell]:
        """That a time rests on a year without calendar, and which (decision 6)."""
        if self._ticket.provisional and due:
            calendar = self._rules.calendar
            first, last = (at.astimezone(calendar.zone).year for at in (self._ticket.arrived, due))
            if year := next((year for year in range(first, last + 1) if not calendar.covers(year)), None):
                yield Cell(self._word("provisional", year=year), "muted")

    def _product(self) -> Iterator[Cell]:
        contract = contract_of(self._ticket) if self._tied else None
        product = (tidy(contract.product) if contract else "") or self._fields.get("product", "")
        version = self._fields.get("version")
        number = self._fields.get("registration_number")
        parts = [product] if product else []
        if version:
            parts.append(self._word("version", version=version))
        if parts:
            yield Cell(", ".join(parts))
        if number:
            yield Cell(self._word("registration number", number=number), "muted" if parts else "")

    def _organisation(self) -> Iterator[Cell]:
        contract = contract_of(self._ticket) if self._tied else None
        name = (tidy(contract.organisation) if contract else "") or self._fields.get("organisation", "")
        if name:
            yield Cell(name)

    def _contracts(self) -> Iterator[Cell]:
        contract = contract_of(self._ticket) if self._tied else None
        for key, until in contract_days(contract):
            if until:
                day = phrase.day(until, self._language)
                yield Cell(
                    self._word("contract until", title=contract_title(self._rules.contract_titles, key), day=day)
                )

    def _ahead(self, due: datetime | None) -> bool:
        """A time that has passed is not promised: only a person tells a client that one was missed."""
        return due is not None and due > self._now

    def _moment(self, at: datetime | None) -> str:
        return phrase.moment(at, self._language, self._rules.calendar.zone, self._now) if at else ""

    def _word(self, key: str, /, **values: object) -> str:
        return word(key, self._language, **values)


def contract_days(contract: Contract | None) -> tuple[tuple[str, date | None], ...]:
    """The contracts of a row by the keys of `[contract_titles]`, with their last days."""
    return tuple(contract.until.items()) if contract else ()


def contract_title(titles: Mapping[str, str], key: str) -> str:
    """What the pack calls a contract."""
    return tidy(titles.get(key, key))
