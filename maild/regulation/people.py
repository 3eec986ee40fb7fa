"""`people.toml`: agents, lines, quality desk. Every fault names file, line and key; all are told at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from maild.domain.people import Agent, Line, People
from maild.errors import ConfigError, ConfigErrors
from maild.regulation.wordings import Name, Named, clashes, no_such
from maild.tomlfile import Strict, TomlFile, check_address, read_toml, validate

Mailbox = Annotated[str, AfterValidator(check_address)]


class _Agent(Strict):
    address: Mailbox
    name: Name
    lines: list[str] = Field(default_factory=list)


class _Line(Strict):
    title: Name
    first: bool = False
    hands_over_to: str | None = None
    assign: Literal["nobody", "in turn", "least busy"] = "nobody"
    develops: bool = False


class _Quality(Strict):
    addresses: list[Mailbox] = Field(default_factory=list)


class _People(Strict):
    agents: list[_Agent] = Field(default_factory=list)
    lines: dict[str, _Line] = Field(default_factory=dict)
    quality: _Quality = Field(default_factory=_Quality)


def load_people(directory: Path) -> People:
    """Read `people.toml`. Raises ConfigError(s) for a line that is not defined, an agent named twice, two lines that a
    command could not tell apart."""
    file = read_toml(directory / "people.toml")
    model = validate(_People, file)
    if faults := [*_lines(file, model), *_agents(file, model)]:
        raise ConfigErrors(faults)
    return People(
        agents=tuple(
            Agent(agent.address, agent.name, tuple(agent.lines), file.rule("agents", index, "address"))
            for index, agent in enumerate(model.agents)
        ),
        lines={
            key: Line(key, line.title, line.first, line.hands_over_to, line.assign, line.develops)
            for key, line in model.lines.items()
        },
        quality=tuple(model.quality.addresses),
    )


def _lines(file: TomlFile, model: _People) -> Iterator[ConfigError]:
    """What is wrong with the lines: where they hand over, which is the first, which develops, how they are called."""
    for key, line in model.lines.items():
        if line.hands_over_to and line.hands_over_to not in model.lines:
            yield file.fault(no_such("line", line.hands_over_to, model.lines), "lines", key, "hands_over_to")
        if line.hands_over_to == key:
            yield file.fault("a line cannot hand over to itself", "lines", key, "hands_over_to")
    for mark, says in (("first", "be the first"), ("develops", "be the one that develops")):
        marked = [key for key, line in model.lines.items() if getattr(line, mark)]
        for key in marked[1:]:
            yield file.fault(f"only one line may {says}; {marked[0]} is", "lines", key, mark)
    yield from clashes(Named(key, (line.title,), file, ("lines", key)) for key, line in model.lines.items())


def _agents(file: TomlFile, model: _People) -> Iterator[ConfigError]:
    """What is wrong with the agents: a line that there is not, an address twice."""
    seen: set[str] = set()
    for index, agent in enumerate(model.agents):
        if unknown := [key for key in agent.lines if key not in model.lines]:
            yield file.fault(no_such("line", unknown[0], model.lines), "agents", index, "lines")
        if agent.address in seen:
            yield file.fault(f"{agent.address} is listed twice", "agents", index, "address")
        seen.add(agent.address)
