"""Letters and templates of a desk: composed before anybody needs them, and what fails is told with its place."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from maild.data import data_dir
from maild.desk.desk import Desk, Mailbox
from maild.desk.lint import LINTS, lint
from maild.desk.lint_letters import letters
from maild.desk.lint_templates import templates
from maild.mail.compose import Templates
from maild.mail.thread import Signer
from maild.regulation.finding import Finding
from maild.regulation.load import load_regulation
from tests.regulation.small_pack import end, line_of, put, write

NOW = datetime(2026, 11, 23, 7, 17, tzinfo=UTC)
SHIPPED = Templates([data_dir("templates")])
MAILBOXES = {
    "crm": Mailbox("crm", "support", "crm@example.test"),
    "control": Mailbox("control", "quality", "control@example.test"),
}


def desk(folder: Path, using: Templates = SHIPPED) -> Desk:
    return Desk("small", load_regulation(folder), MAILBOXES, using, Signer(b"x" * 32), operator="operator@example.test")


def own(folder: Path, **files: str) -> Templates:
    """The shipped templates with these of one's own: `acknowledgement_txt="…"`."""
    (folder / "en").mkdir(parents=True)
    for name, text in files.items():
        kind, _, ending = name.replace("__", "-").rpartition("_")
        (folder / "en" / f"{kind}.{ending}.j2").write_text(text, encoding="utf-8")
    return Templates([folder, data_dir("templates")])


def said(findings: object) -> list[str]:
    return [line_of(each) for each in findings if isinstance(each, Finding)]  # type: ignore[attr-defined]


def test_a_whole_small_desk_is_clean(tmp_path: Path) -> None:
    assert len(LINTS) > 20 and said(lint(desk(write(tmp_path)), NOW)) == []


def test_a_deadline_that_no_calendar_reaches(tmp_path: Path) -> None:
    """A level of more hours than there are until the year 9998."""
    endless = end('\n[levels.urgent]\nreaction = "999999999h"\n')
    category = put('level = "standard"', 'level = "urgent"')
    assert said(letters(desk(write(tmp_path, desk=endless, intake=category)), NOW)) == [
        "error desk.toml:23 level urgent has no deadline: the time lies outside the years 2 to 9998"
        " | shorten its targets, or let the desk be open more often"
    ]


def test_every_letter_of_the_desk_is_tried(tmp_path: Path) -> None:
    """A template that fails with this desk's own values only: no sample has such a subject."""
    kinds = {
        "acknowledgement": "acknowledgement in en for question",
        "request-information": "request-information in en for question",
        "refusal": "refusal (expired) in en for question",
        "rating": "rating in en",
        "notice": "notice (closed) in en",
        "request": "request for question",
        "warning": "warning (reaction) for question",
        "escalation": "escalation (reaction) for question",
        "confirmation": "confirmation",
        "complaint": "complaint",
        "digest": "digest",
        "operator": "operator",
    }
    broken = "{% if desk.name != '1С:CRM' and lines is not defined or lines == ('1',) %}{{ nowhere }}{% endif %}"
    using = own(tmp_path / "own", **{f"{kind.replace('-', '__')}_txt": broken for kind in kinds})
    found = said(letters(desk(write(tmp_path / "rules"), using), NOW))
    for kind, name in kinds.items():
        path = tmp_path / "own" / "en" / f"{kind}.txt.j2"
        assert any(each.startswith(f"error {path}:1 {name}: ") and "nowhere" in each for each in found), kind


def test_templates_of_ones_own(tmp_path: Path) -> None:
    """One with a fault, one that replaces nothing, one that another includes, four that leave out what they are for."""
    using = own(
        tmp_path,
        answer_txt="x\n{{ rows }}\n",
        acknowledgment_txt="x",
        part_txt="x",
        operator_txt="{% include 'en/part.txt.j2' %}{{ lines }}",
        rating_txt="{{ marker }} {{ reopen.href }}",
        request__information_txt="{{ marker }}",
        refusal_txt="{{ marker }}{{ reason }}{{ says }}{{ words }}",
        acknowledgement_html="<p>{{ planned }}</p>",
    )
    found = [each.replace(f"{tmp_path}/en/", "") for each in said(templates(using, ("en",)))]
    assert found == [
        "error answer.txt.j2:2 template: 'rows' is undefined | correct the template; what it is given stands in the"
        " shipped one",
        _lacks("acknowledgement", "html", "marker"),
        "warning acknowledgment.txt.j2 no letter is made of en/acknowledgment.txt.j2, so it is never used"
        " | call it en/acknowledgement.txt.j2",
        _lacks("rating", "txt", "links"),
        _lacks("refusal", "txt", "cure"),
        _lacks("request-information", "txt", "things"),
    ]


def _lacks(kind: str, ending: str, name: str) -> str:
    return (
        f"warning {kind}.{ending}.j2 the {kind} does not show {name}, which it is there for"
        f" | put {{{{ {name} }}}} into it as the shipped template does"
    )


def test_a_language_of_the_desk_without_letters(tmp_path: Path) -> None:
    for kind in (data_dir("templates") / "en").iterdir():
        if kind.name != "rating.txt.j2":
            own_file = tmp_path / "en" / kind.name
            own_file.parent.mkdir(exist_ok=True)
            own_file.write_bytes(kind.read_bytes())
    for kind in data_dir("templates").glob("*.j2"):
        (tmp_path / kind.name).write_bytes(kind.read_bytes())
    found = said(templates(Templates([tmp_path]), ("en",)))
    assert (
        "error desk.toml languages: in en there is no template for rating; clients are answered in ru | add"
        in found[-1]
    )


def test_a_desk_without_dated_contracts_or_operator(tmp_path: Path) -> None:
    plain = put("[requests]", "[registry]\ncontracts = []\n\n[requests]")
    at = replace(desk(write(tmp_path, intake=plain)), operator=None)
    assert said(letters(at, NOW)) == []
