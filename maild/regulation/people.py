"""`people.toml`: agents, lines, quality desk."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from maild.domain.people import Agent, Line, People
from maild.tomlfile import Strict, check_address, read_toml, validate

Mailbox = Annotated[str, AfterValidator(check_address)]


class _Agent(Strict):
    address: Mailbox
    name: str
    lines: list[str] = Field(default_factory=list)


class _Line(Strict):
    title: str
    first: bool = False
    hands_over_to: str | None = None


class _Quality(Strict):
    addresses: list[Mailbox] = Field(default_factory=list)


class _People(Strict):
    agents: list[_Agent] = Field(default_factory=list)
    lines: dict[str, _Line] = Field(default_factory=dict)
    quality: _Quality = Field(default_factory=_Quality)


def load_people(directory: Path) -> People:
    """Read `people.toml`. Raises ConfigError(s) for a line that is not defined or an agent named twice."""
    file = read_toml(directory / "people.toml")
    model = validate(_People, file)
    for key, line in model.lines.items():
        if line.hands_over_to and line.hands_over_to not in model.lines:
            raise file.fault(f"no such line: {line.hands_over_to}", "lines", key, "hands_over_to")
    if sum(line.first for line in model.lines.values()) > 1:
        raise file.fault("only one line may be the first", "lines")
    seen: set[str] = set()
    for index, agent in enumerate(model.agents):
        if unknown := [key for key in agent.lines if key not in model.lines]:
            raise file.fault(f"no such line: {unknown[0]}", "agents", index, "lines")
        if agent.address in seen:
            raise file.fault(f"{agent.address} is listed twice", "agents", index, "address")
        seen.add(agent.address)
    return People(
        agents=tuple(
            Agent(agent.address, agent.name, tuple(agent.lines), file.rule("agents", index, "address"))
            for index, agent in enumerate(model.agents)
        ),
        lines={key: Line(key, line.title, line.first, line.hands_over_to) for key, line in model.lines.items()},
        quality=tuple(model.quality.addresses),
    )
