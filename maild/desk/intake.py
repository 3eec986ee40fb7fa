"""Deciding about one letter: the same code for `maild explain`, `maild rehearse` and the daemon.

It asks nobody and writes nothing: a letter, a regulation and what the desk remembers go in, a decision comes out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from maild.desk.classify import Class, classify
from maild.desk.client_row import hosts, own_domain, supplying_row
from maild.desk.naming import called_by, own_first
from maild.desk.trail import trail, verdicts
from maild.domain.admission import Decision, Disposition, Found, Known, Reason
from maild.domain.checks import Case, Finding, judge
from maild.domain.entitlement import PARTNER, REGISTRATION, Claim, Right, Stated, examine, lookup
from maild.domain.fields import Kind
from maild.domain.intake import Category
from maild.domain.levels import choose
from maild.domain.rules import LevelFor, desk_names
from maild.domain.service import Verdict
from maild.mail.field_owners import PROSE
from maild.mail.fields import Candidate, Recognition, recognise
from maild.mail.message import Message
from maild.regulation.load import Regulation

_NOTHING = Known()
_TEMPLATES = {
    Disposition.ASK: "request-information",
    Disposition.REFUSE: "refusal",
    Disposition.TRIAGE: "receipt",
}


def decide(
    message: Message,
    regulation: Regulation,
    *,
    at: datetime,
    role: str,
    known: Known = _NOTHING,
    own_addresses: frozenset[str] = frozenset(),
) -> Decision:
    """What becomes of a letter that arrived `at` (aware) in a mailbox with this role, "support" or "quality".

    `known` is what the desk remembers, `own_addresses` the desk's own mailboxes.
    """
    rules = regulation.intake
    if ignored := _ignored(message, own_addresses):
        return _ignore(message, regulation, ignored)
    ours = own_addresses | desk_names(regulation.desk)  # an attribution line may name the desk without an address
    recognition = recognise(
        message,
        rules.fields,
        own_addresses=ours,
        registered=regulation.registry.contracts,
        expected=_expected(message, regulation),
    )
    letter = _Letter(message, regulation, recognition, known)
    found = letter.fields(None)
    version = found.get("version")
    kind_of = classify(message, rules, role=role, version=version.value if version else None, known=known)
    today = at.astimezone(regulation.desk.calendar.zone).date()
    right = examine(
        regulation.registry,
        letter.stated(),
        today,
        needs_contract=kind_of.category.contracts,
        kinds=kind_of.category.kinds,
    )
    found = letter.fields(kind_of.category, right)
    case = _case(regulation, letter, kind_of, right, found)
    line = (kind_of.category.line or regulation.people.first_line) if role == "support" else None
    return _decision(letter, kind_of, found, case, line)


def _expected(message: Message, regulation: Regulation) -> tuple[str, ...]:
    """The registration numbers and the partner code that belong to the sender's domain."""
    domain = own_domain(regulation.intake, message.sender.address) if message.sender else ""
    code = lookup(regulation.registry.partner_domains, domain)
    numbers = lookup(regulation.registry.by_domain, domain) or ()
    return (*numbers, code) if code else numbers


@dataclass(frozen=True)
class _Letter:
    """A letter with what was recognised in it, beside what is remembered."""

    message: Message
    regulation: Regulation
    recognition: Recognition
    known: Known

    def stated(self) -> Stated:
        """What bears on the right. The letter's own numbers first, then the ticket's, then the remembered one."""
        sender = self.message.sender
        domain = sender.address.rpartition("@")[2].lower() if sender else ""
        return Stated(
            claims=self._claims(),
            inns=self._said("inn"),
            organisations=tuple(item.value for item in self._items("organisation") if item.rank < PROSE),
            partner_code=self._value(PARTNER),
            domain=domain,
            public=domain in self.regulation.intake.public_domains,
            hosts=self._hosts(),
        )

    def _claims(self) -> tuple[Claim, ...]:
        said = tuple(
            Claim(item.value, item.place, item.roles, item.labelled)
            for item in self.recognition.candidates.get(REGISTRATION, ())
        )
        if any("old" not in claim.roles for claim in said):
            return said
        before = self.known.fields.get(REGISTRATION) or self.known.registration_number
        return (Claim(before, "remembered"),) if before else ()

    def _hosts(self) -> tuple[str, ...]:
        """The hosts of the pages that the letter, or an earlier one, names."""
        rules = self.regulation.intake
        return hosts(rules, {field.name: self._value(field.name) for field in rules.fields.of(Kind.URL)})

    def _said(self, name: str) -> tuple[str, ...]:
        """All values of a field outside quoted history, which may be ours."""
        return tuple(dict.fromkeys(item.value for item in self._items(name)))

    def _items(self, name: str) -> Iterator[Candidate]:
        return (item for item in self.recognition.candidates.get(name, ()) if item.place != "quoted")

    def _value(self, name: str) -> str | None:
        items = self.recognition.candidates.get(name, ())
        return items[0].value if items else self.known.fields.get(name)

    def fields(self, category: Category | None, right: Right | None = None) -> dict[str, Found]:
        """The value of each field: the letter's, else of an earlier letter of the ticket, else the registry's."""
        found: dict[str, Found] = {}
        for name, field in self.regulation.intake.fields.fields.items():
            if item := self._best(name, category, right):
                found[name] = Found(name, item.value, item.place, item.start, item.end, item.rule or field.rule)
            elif before := self.known.fields.get(name):
                found[name] = Found(name, before, "remembered", -1, -1, field.rule)
            elif name == "organisation" and (called := called_by(self.message, right)):
                found[name] = replace(called, rule=field.rule)
            elif supplied := self._supplied(name, category, right):
                found[name] = supplied
        if right and right.number and REGISTRATION not in found:
            found[REGISTRATION] = Found(REGISTRATION, right.number, "remembered", -1, -1, "")
        return found

    def _supplied(self, name: str, category: Category | None, right: Right | None) -> Found | None:
        """What the registry knows, once the number is known and nobody else's (doubtful case 1, B4).

        Where no number is asked for, the row of the sender's own domain does; that of a page that is named does not,
        since anybody can name one.
        """
        if category is None or right is None or name not in category.supplied or right.verdict is Verdict.AMBIGUOUS:
            return None
        row = right.contract
        if row is None and not category.asks(REGISTRATION) and self.message.sender:
            row = supplying_row(self.regulation, self.message.sender.address, right.client)
        value = {"organisation": row.organisation, "product": row.product, "inn": row.inn}.get(name) if row else None
        return Found(name, value, "registry", -1, -1, row.rule) if row and value else None

    def _best(self, name: str, category: Category | None, right: Right | None) -> Candidate | None:
        items = [item for item in self.recognition.candidates.get(name, ()) if "old" not in item.roles]
        if name == REGISTRATION and right and right.number:
            items = [item for item in items if item.value == right.number] or items
        if name == "organisation":
            items = own_first(items, right)
        preferred = category.prefer.get(name) if category else None
        return next((item for item in items if preferred in item.roles), items[0] if items else None)


def _case(regulation: Regulation, letter: _Letter, kind_of: Class, right: Right, found: Mapping[str, Found]) -> Case:
    repeated = bool(right.number) and right.number in letter.known.unknown_numbers
    said = {item.value for item in letter.recognition.candidates.get(REGISTRATION, ())}
    return Case(
        category=kind_of.category,
        right=right,
        fields={name: item.value for name, item in found.items()},
        kind=kind_of.kind,
        suspected=kind_of.suspected,
        other=kind_of.other,
        insulting=kind_of.insults,
        repeated=repeated and right.number in said,
        clauses=regulation.intake.clauses,
        titles=regulation.desk.contract_titles,
    )


def _decision(letter: _Letter, kind_of: Class, found: Mapping[str, Found], case: Case, line: str | None) -> Decision:
    category, right, regulation = kind_of.category, case.right, letter.regulation
    disposition, findings = judge(case)
    chosen = _level_for(regulation, category, line, right)
    level = chosen.level if chosen else category.level
    unread = {name: text for name, text in letter.recognition.unrecognised.items() if name not in found}
    return Decision(
        disposition=disposition,
        category=category.key,
        level=level,
        priority=category.priority,
        language=_language(letter.message, regulation, letter.known),
        fields={name: found[name].value if name in found else None for name in regulation.intake.fields.fields},
        missing=tuple(dict.fromkeys(name for finding in findings for name in finding.missing)),
        entitlement=right.entitlement,
        template=_template(disposition, regulation),
        reasons=(
            *trail(regulation, kind_of, right, found, unread),
            *verdicts(case, disposition, findings, f"level {level}, priority {category.priority}", chosen),
        ),
        found=tuple(found.values()),
        refusal=_refusal(kind_of, right, disposition, regulation),
        unrecognised=unread,
        doubt=_doubt(findings) if disposition is Disposition.TRIAGE else None,
        abusive=bool(kind_of.insults or kind_of.rough),
        kind=kind_of.kind.key if kind_of.kind else None,
        line=line,
        offered=tuple(name for name in category.offered if name not in found),
        client=right.client,
    )


def _level_for(regulation: Regulation, category: Category, line: str | None, right: Right) -> LevelFor | None:
    """The condition that gives the level (A5); None: the category's own stands."""
    columns = right.client.columns if right.client else {}
    return choose(regulation.desk.level_for, category.key, line, columns)


def _doubt(findings: tuple[Finding, ...]) -> str:
    return "; ".join(finding.says for finding in findings if finding.rank in ("person", "doubt"))


def _refusal(kind_of: Class, right: Right, disposition: Disposition, regulation: Regulation) -> str | None:
    """The key of the refusal: sent for a lapsed contract, prepared for a topic out of scope (doubtful case 9)."""
    if disposition is Disposition.REFUSE and right.verdict in (Verdict.EXPIRED, Verdict.MISSING):
        key = regulation.intake.refusals.get(right.verdict)
        return key if key in regulation.desk.refusals else None
    offered = disposition in (Disposition.TRIAGE, Disposition.REFUSE)
    return kind_of.kind.refusal if kind_of.kind and offered else None


def _template(disposition: Disposition, regulation: Regulation) -> str | None:
    if disposition is Disposition.ACCEPT:
        return "receipt" if regulation.desk.acceptance == "agent" else "acknowledgement"
    return _TEMPLATES.get(disposition)


def _language(message: Message, regulation: Regulation, known: Known) -> str:
    """The client's language, where the desk speaks it; else the desk's first. A bare «801…, 3.1.25.4» changes none."""
    languages = regulation.desk.languages
    if known.language in languages and not message.language_told:
        return known.language
    return message.language if message.language in languages else languages[0]


def _ignored(message: Message, own_addresses: frozenset[str]) -> str | None:
    if message.automatic is not None:
        return f"a machine wrote it ({message.automatic}): kept, not answered"
    if message.sender and message.sender.address.lower() in own_addresses:
        return "it comes from the desk's own address: kept, not answered"
    return None


def _ignore(message: Message, regulation: Regulation, says: str) -> Decision:
    return Decision(
        disposition=Disposition.IGNORE,
        category=None,
        level=None,
        priority="normal",
        language=_language(message, regulation, _NOTHING),
        fields=dict.fromkeys(regulation.intake.fields.fields),
        missing=(),
        entitlement=None,
        template=None,
        reasons=(Reason("maild", says),),
    )
