"""Why a decision was made, step by step: what was recognised and where, what the registry says, which rule decided."""

from collections.abc import Iterator, Mapping

from maild.desk.classify import Class
from maild.domain.admission import Disposition, Found, Reason
from maild.domain.checks import Case, Finding, days_said
from maild.domain.entitlement import REGISTRATION, Right
from maild.domain.rules import LevelFor
from maild.regulation.load import Regulation

_PLACES = {
    "own": "in the letter's own text",
    "subject": "in the subject",
    "signature": "in the signature",
    "forwarded": "in what was forwarded",
    "quoted": "in quoted history",
    "attachment": "as an attachment",
    "registry": "the letter does not say it; the registry supplies it",
    "remembered": "from an earlier letter",
}


def trail(
    regulation: Regulation, kind_of: Class, right: Right, found: Mapping[str, Found], unrecognised: Mapping[str, str]
) -> Iterator[Reason]:
    """What was recognised: the category, each field with its place, what the registry says about the right."""
    fields = regulation.intake.fields.fields
    yield kind_of.reason
    for name, item in found.items():
        says = f"{name} = {item.value} ({_PLACES.get(item.place, item.place)})"
        yield Reason(item.rule or "maild", says, about=f"fields.{name}")
    for name, text in unrecognised.items():
        rule = fields[name].rule if name in fields else "intake.toml"
        yield Reason(rule, f"{name}: «{text}» is not a value that can be used", about=f"fields.{name}")
    if right.verdict is not None or kind_of.category.asks(REGISTRATION):
        yield _right_says(regulation, kind_of, right)
    if right.client and (right.client is not right.contract or right.client.columns):
        yield _client_says(right)


def _right_says(regulation: Regulation, kind_of: Class, right: Right) -> Reason:
    clauses, row = regulation.intake.clauses, right.contract
    rule = row.rule if row else "contracts.csv"
    if not kind_of.category.contracts:
        says = f"entitlement exempt: {kind_of.category.key} needs no contract"
        return Reason(kind_of.category.rule, says, clauses.get("exempt"), "entitlement")
    if right.verdict is None:
        says = "entitlement: no registration number to look up"
        return Reason(rule, says, clauses.get("number"), "entitlement")
    says = f"entitlement {right.verdict}: {right.number}"
    if row and row.until and not right.contrary:
        says += f": {days_said(row.until, regulation.desk.contract_titles)}"
    return Reason(rule, says, clauses.get("contracts"), "entitlement")


def _client_says(right: Right) -> Reason:
    row = right.client
    assert row is not None
    how = "by the number" if row is right.contract else "by the sender's domain or the page that is named"
    columns = "".join(f", {column} {text or 'empty'}" for column, text in row.columns.items())
    return Reason(row.rule, f"the client is {row.organisation} ({how}){columns}", about="client")


def verdicts(
    case: Case, disposition: Disposition, findings: tuple[Finding, ...], level: str, chosen: LevelFor | None
) -> Iterator[Reason]:
    """The level and by which rule (`chosen` or the category), what the checks found, and what decided."""
    category = case.category
    rule, clause = (chosen.rule, None) if chosen else (category.rule, category.clause)
    yield Reason(rule, level, clause, "level")
    if category.line:
        yield Reason(category.rule, f"line {category.line}", category.clause, "line")
    for finding in findings:
        yield Reason(finding.rule, finding.says, finding.clause, finding.rank)
    says = "nothing is missing and nothing speaks against it" if not findings else "the strongest of these decides"
    yield Reason(category.rule, f"{disposition}: {says}", category.clause, "disposition")
