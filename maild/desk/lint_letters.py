"""Every letter of a desk composed once with its own regulation, before a client or an agent needs it.

Letters to clients are made for each category and each of the desk's languages, about a made-up ticket; those that
depend on no category once a language; letters to the people of the desk in its own language. Nothing is sent.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from maild.desk import notify
from maild.desk.client_letters import NOTICES
from maild.desk.desk import Desk
from maild.desk.facts import Fact, Facts, Failure, News, Report, Said
from maild.domain.calendar import OutOfCalendar
from maild.domain.fields import FieldRule, Kind
from maild.domain.intake import Category
from maild.domain.levels import choose
from maild.domain.people import Agent
from maild.domain.service import Contract, Entitlement, Verdict
from maild.domain.sla import Targets, plan
from maild.domain.ticket import Status, Ticket
from maild.errors import ConfigError
from maild.regulation.finding import Finding, error

_CLIENT, _AGENT, _QUALITY = "client@client.invalid", "agent@desk.invalid", "quality@desk.invalid"
_VALUES: Mapping[Kind, str] = {Kind.VERSION: "1.2.3.4", Kind.URL: "https://client.invalid/", Kind.PICTURE: "1.png"}
_WORDS = "1\n\n> 2\n\n3"

Compose = Callable[[], object]
Named = tuple[str, Compose]
"""What the letter is, for a finding, and the function that composes it."""


def letters(desk: Desk, now: datetime) -> Iterator[Finding]:
    """A finding for every letter that cannot be composed, each reason once."""
    yield from _endless(desk, now)
    samples = _Samples(desk, now)
    told: set[str] = set()
    for where, name, compose in samples.all():
        try:
            compose()
        except ConfigError as fault:
            place = f"{fault.file}:{fault.line}" if fault.line else fault.file
            finding = error(place, f"{name}: {fault.says}", "correct the template; without it, the shipped one is used")
            key = str(fault)
        except OutOfCalendar:  # told of with its level
            continue
        except Exception as fault:  # a linter tells of whatever would stop a letter, and goes on with the next
            says = f"{name} cannot be composed: {type(fault).__name__}: {fault}"
            finding = error(where, says, "look at the times and texts of the rules that it needs")
            key = f"{type(fault).__name__}: {fault}"
        else:
            continue
        if key not in told:
            told.add(key)
            yield finding


def _endless(desk: Desk, now: datetime) -> Iterator[Finding]:
    """Levels whose deadlines no calendar reaches: no request on them could be registered."""
    for level in desk.regulation.desk.levels.values():
        try:
            plan(desk.regulation.desk.calendar, level, now)
        except OutOfCalendar as fault:
            cure = "shorten its targets, or let the desk be open more often"
            yield error(level.rule, f"level {level.key} has no deadline: {fault}", cure)


@dataclass(frozen=True)
class _Samples:
    """Letters about tickets that nobody wrote."""

    desk: Desk
    now: datetime

    def all(self) -> Iterator[tuple[str, str, Compose]]:
        """Where the letter comes from, what it is, how it is composed."""
        rules = self.desk.regulation
        for category in rules.intake.categories.values():
            for language in rules.desk.languages:
                for name, compose in self._of_category(category, language):
                    yield category.rule, f"{name} in {language} for {category.key}", compose
            for name, compose in self._to_staff(category):
                yield category.rule, f"{name} for {category.key}", compose
        for language in rules.desk.languages:
            for name, compose in self._of_desk(language):
                yield "desk.toml", f"{name} in {language}", compose
        for name, compose in self._summaries():
            yield "desk.toml", name, compose

    def _of_category(self, category: Category, language: str) -> Iterator[Named]:
        """What the client gets who asks for this."""
        topics = frozenset(sign.category for sign in self.desk.regulation.topics.signs)

        def about(**changes: object) -> Ticket:
            return replace(self._ticket(category, language), **changes)  # type: ignore[arg-type]

        missing = tuple(dict.fromkeys(name for group in category.required for name in group))
        yield (
            "acknowledgement",
            lambda: notify.acknowledgement(
                self.desk, about(status=Status.OPEN), self.now, key="1", offered=category.offered, topics=topics
            ),
        )
        yield "receipt", lambda: notify.receipt(self.desk, about(), self.now, key="2", offered=category.offered)
        if missing:
            yield (
                "request-information",
                lambda: notify.request_information(
                    self.desk, about(status=Status.DETAILS, missing=missing, fields={}), self.now, key="3"
                ),
            )
        for verdict in (Verdict.EXPIRED, Verdict.MISSING) if category.contracts else ():
            lapsed = replace(self._right(), verdict=verdict)
            yield (
                f"refusal ({verdict})",
                lambda right=lapsed: notify.refusal(  # type: ignore[misc]
                    self.desk, about(status=Status.REFUSED, entitlement=right), self.now, key="4"
                ),
            )

    def _of_desk(self, language: str) -> Iterator[Named]:
        """What any client may get: reasons, notices, answers, the question whether it is solved."""
        rules, ticket = self.desk.regulation.desk, self._ticket(self._default(), language)
        for refusal in rules.refusals.values():
            refused = replace(ticket, status=Status.REFUSED, refusal=refusal.key, entitlement=None)
            yield f"refusal ({refusal.key})", lambda of=refused: notify.refusal(self.desk, of, self.now, key="5")  # type: ignore[misc]
        for event in sorted(NOTICES):
            yield (
                f"notice ({event})",
                lambda name=event: notify.notice(  # type: ignore[misc]
                    self.desk, ticket, self.now, key="6", event=name, limit=35 * 1024**2
                ),
            )
        said = Said(_WORDS, self.now)
        for answer in (None, *rules.canned.values()):
            words = (answer.text.get(language) or next(iter(answer.text.values()))) if answer else _WORDS
            yield (
                f"answer {answer.key if answer else ''}".strip(),
                lambda text=words: notify.answer(  # type: ignore[misc]
                    self.desk, ticket, self.now, key="7", words=text, author=self._agent()
                ),
            )
        yield "rating", lambda: notify.rating(self.desk, ticket, self.now, key="8", solution=said, closes=self.now)

    def _to_staff(self, category: Category) -> Iterator[Named]:
        """What agents and the quality desk get about a request of this category."""
        ticket = self._ticket(category, self.desk.regulation.desk.languages[0])
        said, facts = Said(_WORDS, self.now, _CLIENT), Facts(queue=1)
        news = News("new", said, trail=(category.rule,), queue=1, offered=tuple(islice(self._canned(), 3)))
        yield "request", lambda: notify.request(self.desk, ticket, self.now, _AGENT, key="9", news=news)
        for clock in ("reaction", "resolution"):
            if getattr(ticket, f"{clock}_due"):
                yield (
                    f"warning ({clock})",
                    lambda name=clock: notify.warning(  # type: ignore[misc]
                        self.desk, ticket, name, self.now, self._agent(), key="10", facts=facts
                    ),
                )
                yield (
                    f"escalation ({clock})",
                    lambda name=clock: notify.escalation(  # type: ignore[misc]
                        self.desk, ticket, name, 0, self.now, _QUALITY, key="11", facts=facts, repeat_at=None
                    ),
                )

    def _summaries(self) -> Iterator[Named]:
        """What agents, quality desk and operator get besides."""
        ticket = self._ticket(self._default(), self.desk.regulation.desk.languages[0])
        said, failed = (
            Said(_WORDS, self.now, _CLIENT),
            Failure("#1", Fact("not a command", {"line": "#1", "against": ""})),
        )
        tell: dict[str, object] = {"key": "12", "said": said}
        yield "note", lambda: notify.note(self.desk, ticket, self.now, _AGENT, **tell)  # type: ignore[arg-type]
        yield (
            "confirmation",
            lambda: notify.confirmation(
                self.desk, ticket, self.now, _AGENT, key="13", report=Report(failed=(failed,), text="1", card=True)
            ),
        )
        yield (
            "complaint",
            lambda: notify.complaint(
                self.desk, ticket, self.now, _QUALITY, key="14", said=said, about=ticket, story=("1",), rating=1
            ),
        )
        items = [notify.Breach(ticket, "reaction")] if ticket.reaction_due else []
        if items:
            yield "escalation-bundle", lambda: notify.escalation_bundle(self.desk, items, self.now, _QUALITY, key="15")
        yield "digest", lambda: notify.digest(self.desk, [ticket], self.now, _AGENT, key="16", line=ticket.line)
        if self.desk.operator:
            yield "operator", lambda: notify.operator(self.desk, "1", ["1"], self.now, key="17")

    def _default(self) -> Category:
        intake = self.desk.regulation.intake
        return intake.categories[intake.default]

    def _ticket(self, category: Category, language: str) -> Ticket:
        """A request of a category as it would be registered an hour ago, everything known about it."""
        regulation, arrived = self.desk.regulation, self.now - timedelta(hours=1)
        line = category.line or regulation.people.first_line
        right = self._right()
        columns = right.contract.columns if right.contract else {}
        chosen = choose(regulation.desk.level_for, category.key, line, columns)
        level = chosen.level if chosen else category.level or next(iter(regulation.desk.levels))
        try:
            due = plan(regulation.desk.calendar, regulation.desk.levels[level], arrived)
        except OutOfCalendar:  # told of by itself
            due = Targets(None, None, True)
        return Ticket(
            number=f"{regulation.desk.prefix}-000001",
            desk=self.desk.name,
            mailbox=self.desk.support.name,
            status=Status.NEW,
            category=category.key,
            level=level,
            priority=category.priority,
            line=line,
            assignee=None,
            client=_CLIENT,
            client_name="1",
            reply_to=_CLIENT,
            subject="1",
            language=language,
            arrived=arrived,
            fields={rule.name: _value(rule) for rule in regulation.intake.fields.fields.values()},
            entitlement=right,
            acquaintance="tied",
            message_id="<1@client.invalid>",
            reaction_due=due.reaction_due,
            resolution_due=due.resolution_due,
        )

    def _right(self) -> Entitlement:
        registry = self.desk.regulation.intake.registry
        until = {name: self.now.date() - timedelta(days=1) for name in registry.contracts}
        row = Contract("1", "main", "1", "1", "", until, None, (), columns=dict.fromkeys(registry.columns, ""))
        return Entitlement(Verdict.ACTIVE, "1", until, row)

    def _agent(self) -> Agent:
        return next(iter(self.desk.regulation.people.agents), Agent(_AGENT, "1", ()))

    def _canned(self) -> Iterator[str]:
        return iter(self.desk.regulation.desk.canned)


def _value(rule: FieldRule) -> str:
    """Something that a field may hold."""
    if rule.digits:
        return "1" * min(rule.digits)
    return next((choice.value for choice in rule.choices.found), _VALUES.get(rule.kind, "1"))
