"""people.toml as values: who gets new requests, where development goes, what rarus ships."""

from pathlib import Path

from maild.data import data_dir
from maild.domain.people import Line
from maild.regulation.people import load_people

TEXT = """
[[agents]]
address = "Anna@Example.test"
name = "Анна"
lines = ["one", "two"]

[lines.one]
title = "Первая"
hands_over_to = "two"
assign = "in turn"

[lines.two]
title = "Вторая"
first = true
assign = "least busy"
develops = true
hands_over_to = "one"
"""


def test_lines_with_their_policies(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text(TEXT, encoding="utf-8")
    people = load_people(tmp_path)
    assert people.lines == {
        "one": Line("one", "Первая", False, "two", "in turn", False),
        "two": Line("two", "Вторая", True, "one", "least busy", True),
    }
    assert people.first_line == "two"
    assert [(agent.address, agent.rule) for agent in people.agents] == [("anna@example.test", "people.toml:3")]


def test_a_line_shares_its_requests_itself_unless_it_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text('[lines.one]\ntitle = "Одна"\n', encoding="utf-8")
    assert load_people(tmp_path).lines["one"] == Line("one", "Одна", False, None, "nobody", False)


def test_the_lines_of_rarus() -> None:
    people = load_people(data_dir("rules") / "rarus")
    assert people.first_line == "consultants"
    assert [line.hands_over_to for line in people.lines.values()] == ["managers", "engineers", None, None]
    assert [key for key, line in people.lines.items() if line.develops] == ["methodologists"]  # B13
    assert all(people.on_line(key) for key in people.lines)
