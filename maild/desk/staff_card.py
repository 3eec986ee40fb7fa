"""The card of a ticket as those who work at the desk see it: everything, with exact remaining times."""

from collections.abc import Iterator, Sequence
from datetime import date

from maild.desk.card import contract_days, contract_of, contract_title
from maild.desk.clocks import level_of
from maild.desk.staff_parts import category_of
from maild.desk.staff_view import View
from maild.domain.entitlement import name_key
from maild.domain.levels import level_title
from maild.domain.rules import in_language
from maild.domain.service import Verdict
from maild.domain.sla import CLOCK_NAMES, Standing, State, level_target
from maild.domain.ticket import Ticket
from maild.mail import phrase
from maild.mail.labels import label, word
from maild.mail.parts import Cell, Row, tidy

FULL = (
    "ticket",
    "subject",
    "received",
    "from",
    "organisation and number",
    "entitlement",
    "product",
    "level",
    "targets",
    "assigned",
    "stated besides",
    "earlier",
)
"""Every row, in the card's order. Those without a value are left out."""
SHORT = ("targets", "assigned")
"""What can have changed since the last card."""
EARLIER = 5
"""So many earlier tickets are named."""
_ELSEWHERE = frozenset({"registration_number", "organisation", "product", "version"})


def staff_rows(
    view: View, ticket: Ticket, names: Sequence[str] = FULL, earlier: Sequence[Ticket] = ()
) -> tuple[Row, ...]:
    """The rows of these names, in the card's order; `earlier` are other tickets of this client, the newest first."""
    card = _StaffCard(view, ticket, earlier)
    return tuple(
        Row(label(name, view.language), cells) for name in FULL if name in names and (cells := tuple(card.cells(name)))
    )


def clock_cells(view: View, ticket: Ticket) -> Iterator[Cell]:
    """Both clocks: how each stands, below it what is left and when that was counted."""
    for clock in CLOCK_NAMES:
        state = view.standing(ticket, clock)
        if state.state is not State.NONE:
            yield from _clock(view, ticket, state)


def status_of(view: View, ticket: Ticket) -> str:
    """The ticket's status in words."""
    return view.word(f"status {ticket.status.value}")


def _clock(view: View, ticket: Ticket, state: Standing) -> Iterator[Cell]:
    span = phrase.span(state.seconds, view.language)
    title, met = label(state.clock, view.language), view.plain(state.met) if state.met else ""
    match state.state:
        case State.MET:
            yield _says(view, title, view.word("in time at", when=met), "fine")
        case State.MISSED:
            said = view.word("late at", span=span, when=met) if met else view.word("late now", span=span)
            yield _says(view, title, said, "late")
        case State.HELD if state.since:
            yield _says(view, title, view.word("stopped from", when=view.plain(state.since)), "")
        case _ if state.due:
            yield _says(view, title, view.word("until, clock", when=view.moment(state.due)), _near(view, ticket, state))
            yield Cell(view.word("left at", at=view.clock(view.now), span=span), "muted")


def _says(view: View, title: str, said: str, tone: str) -> Cell:
    return Cell(view.word("clock", clock=title, state=said), tone)


def _near(view: View, ticket: Ticket, state: Standing) -> str:
    """ "near" once the share of the target is used up at which the assignee is warned."""
    target = level_target(level_of(view.desk, ticket), state.clock) or 0
    return "near" if state.seconds <= target * (1 - view.desk.regulation.desk.escalation.warn_at) else ""


class _StaffCard:
    def __init__(self, view: View, ticket: Ticket, earlier: Sequence[Ticket]) -> None:
        self._view, self._ticket, self._earlier = view, ticket, earlier
        self._fields = {name: tidy(value) for name, value in ticket.fields.items() if value}

    def cells(self, name: str) -> Iterator[Cell]:
        """The lines of one row."""
        view, ticket = self._view, self._ticket
        match name:
            case "ticket":
                yield Cell(f"{ticket.number}, {status_of(view, ticket)}")
            case "subject":
                yield Cell(view.subject(ticket))
            case "received":
                yield Cell(view.moment(ticket.arrived))
            case "from":
                yield from self._client()
            case "organisation and number":
                yield from self._organisation()
            case "entitlement":
                yield from self._entitlement()
            case "product":
                yield from self._product()
            case "level":
                yield from self._level()
            case "targets":
                yield from clock_cells(view, ticket)
            case "assigned":
                yield from self._assigned()
            case "stated besides":
                yield from self._besides()
            case "earlier":
                yield from (self._earlier_one(each) for each in self._earlier[:EARLIER])

    def _client(self) -> Iterator[Cell]:
        ticket = self._ticket
        name = tidy(ticket.client_name, 100)
        if name:
            yield Cell(name)
        yield Cell(tidy(ticket.client), "muted" if name else "")
        if ticket.cc:
            yield Cell(self._view.word("copies", addresses=tidy(", ".join(ticket.cc), 300)), "muted")

    def _organisation(self) -> Iterator[Cell]:
        name, number = self._view.called(self._ticket), self._fields.get("registration_number")
        if name:
            yield Cell(name)
        if number:
            yield Cell(self._view.word("registration number", number=number), "muted" if name else "")
        yield from self._registered(name)

    def _registered(self, shown: str) -> Iterator[Cell]:
        """What the registry has besides: the name in it where it is another one, and the columns that rules ask for."""
        row = self._view.registered(self._ticket)
        if row is None:
            return
        name = "" if row is contract_of(self._ticket) else tidy(row.organisation)
        if name and name_key(name) != name_key(shown):
            yield Cell(self._view.word("in the registry", name=name), "muted")
        titles = self._view.desk.regulation.intake.column_titles
        for column, value in row.columns.items():
            if said := tidy(value, 100):
                title = tidy(in_language(titles.get(column, {}), self._view.language), 60) or column
                yield Cell(self._view.word("clock", clock=title, state=said), "muted")

    def _product(self) -> Iterator[Cell]:
        contract = contract_of(self._ticket)
        product = (tidy(contract.product) if contract else "") or self._fields.get("product", "")
        version = self._fields.get("version")
        parts = [product, self._view.word("version", version=version) if version else ""]
        if any(parts):
            yield Cell(", ".join(filter(None, parts)))

    def _entitlement(self) -> Iterator[Cell]:
        view, right = self._view, self._ticket.entitlement
        if right is None:
            if self._ticket.category != "quality":
                yield Cell(view.word("not confirmed"))
                yield Cell(view.word("no number"), "muted")
            return
        number = tidy(right.registration_number) or "–"
        match right.verdict:
            case Verdict.ACTIVE:
                yield Cell(view.word("entitled"), "fine", strong=True)
            case Verdict.EXPIRED | Verdict.MISSING:
                yield Cell(view.word("not entitled"), strong=True)
            case Verdict.EXEMPT:
                yield Cell(view.word("not needed"))
            case verdict:
                yield Cell(view.word("not confirmed"), strong=True)
                yield Cell(view.word(f"registry {verdict.value}", number=number), "muted")
        yield from self._until()

    def _until(self) -> Iterator[Cell]:
        """Until when the contracts last; two of them in one line where it is the same day."""
        days = contract_days(contract_of(self._ticket))
        ends = {until for _, until in days}
        if len(days) == 2 and len(ends) == 1 and None not in ends:
            yield Cell(self._view.word("both until", day=self._day(next(iter(ends)))))
            return
        for key, until in days:
            title = contract_title(self._view.desk.regulation.desk.contract_titles, key)
            words = {"title": title, "day": self._day(until)} if until else {"title": title}
            yield Cell(self._view.word("one until" if until else "one never", **words))

    def _day(self, until: date | None) -> str:
        return phrase.day(until, self._view.language) if until else ""

    def _level(self) -> Iterator[Cell]:
        view, ticket = self._view, self._ticket
        urgent = view.word("high priority") if ticket.priority == "high" else ""
        parts = [tidy(level_title(level_of(view.desk, ticket), view.language), 60), category_of(view, ticket), urgent]
        if any(parts):
            yield Cell(", ".join(filter(None, parts)))

    def _assigned(self) -> Iterator[Cell]:
        view, ticket = self._view, self._ticket
        yield Cell(view.person(ticket.assignee))
        line = view.desk.regulation.people.lines.get(ticket.line or "")
        if line:
            yield Cell(view.word("line of", title=tidy(line.title, 60)), "muted")

    def _besides(self) -> Iterator[Cell]:
        fields = self._view.desk.regulation.intake.fields.fields
        for name, value in self._fields.items():
            if name not in _ELSEWHERE:
                title = tidy(in_language(fields[name].title, self._view.language) if name in fields else name, 60)
                yield Cell(word("clock", self._view.language, clock=title, state=value))

    def _earlier_one(self, other: Ticket) -> Cell:
        view = self._view
        subject = tidy(view.subject(other), 60)
        return Cell(view.word("ticket with", number=other.number, status=status_of(view, other), subject=subject))
