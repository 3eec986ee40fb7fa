"""Who works at a desk: agents, the lines they sit on, the quality desk."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Agent:
    """A person who answers. `address` in lower case; `lines` are keys."""

    address: str
    name: str
    lines: tuple[str, ...]
    rule: str = ""


@dataclass(frozen=True)
class Line:
    """A support line; `hands_over_to` is the key of the next one.

    `assign` says who gets a new ticket: "nobody", "in turn", "least busy". `develops`: what goes to the methodologist
    or to development (B13) comes here.
    """

    key: str
    title: str
    first: bool
    hands_over_to: str | None
    assign: str = "nobody"
    develops: bool = False


@dataclass(frozen=True)
class People:
    """`people.toml`."""

    agents: tuple[Agent, ...]
    lines: Mapping[str, Line]
    quality: tuple[str, ...]

    @property
    def first_line(self) -> str | None:
        """The key of the line where new requests come, None where there is no line."""
        return next((line.key for line in self.lines.values() if line.first), next(iter(self.lines), None))

    def on_line(self, key: str | None) -> tuple[Agent, ...]:
        """The agents who sit on a line."""
        return tuple(agent for agent in self.agents if key in agent.lines)

    def agent(self, address: str) -> Agent | None:
        """The agent with this address, whatever its case."""
        return next((agent for agent in self.agents if agent.address == address.lower()), None)

    @property
    def staff(self) -> frozenset[str]:
        """Addresses of all who work here: agents and quality desk."""
        return frozenset(agent.address for agent in self.agents) | frozenset(self.quality)
