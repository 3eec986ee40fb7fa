"""Who of a line gets a new request (`assign` of people.toml). Pure: what it needs to know is given to it."""

from collections.abc import Collection, Mapping, Sequence

from maild.domain.people import Agent

POLICIES = ("nobody", "in turn", "least busy")
"""The values of `assign`: the line shares its requests itself; each agent in turn; whoever has the least at work."""


def choose(
    policy: str,
    agents: Sequence[Agent],
    *,
    busy: Mapping[str, int],
    last: str | None,
    absent: Collection[str],
) -> Agent | None:
    """The agent who gets the request, None where nobody does.

    `agents` sit on the line, in the order of people.toml, which also decides between equals. `busy` counts the tickets
    at work by address, `last` is who got the line's previous one, `absent` are the addresses of those who are away;
    all addresses in lower case. Raises ValueError for a policy that there is not.
    """
    if policy not in POLICIES:
        raise ValueError(f"expected one of {', '.join(POLICIES)}, got {policy!r}")
    if policy == "nobody":
        return None
    order = list(agents) if policy == "least busy" else _from_next(agents, last)
    there = [agent for agent in order if agent.address not in absent]
    if policy == "least busy":
        return min(there, key=lambda agent: busy.get(agent.address, 0), default=None)
    return there[0] if there else None


def _from_next(agents: Sequence[Agent], last: str | None) -> list[Agent]:
    """The agents from the one after `last`, once round; in their own order where `last` is none of them."""
    place = next((index + 1 for index, agent in enumerate(agents) if agent.address == last), 0)
    return [*agents[place:], *agents[:place]]
