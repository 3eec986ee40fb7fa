"""Agents and lines that do not fit together: who hears of nothing, which line nobody sits on or nothing reaches.

A line without agents is no loss of letters: the first line hears of them, else everybody (`escalation.staff`).
"""

from collections.abc import Iterator

from maild.domain.lookup import spoken
from maild.domain.people import Agent, People
from maild.regulation.finding import Finding, Pack, error, warning

_PEOPLE = "people.toml"


def seats(pack: Pack) -> Iterator[Finding]:
    """Agents on no line, lines without agents, a desk without anybody."""
    people = pack.regulation.people
    if not people.agents:
        yield error(_PEOPLE, "there are no agents: nobody receives requests", "add [[agents]] with address and name")
        return
    for agent in people.agents:
        if people.lines and not agent.lines:
            says = f"{agent.address} sits on no line and hears of no new request"
            yield warning(agent.rule, says, f'add lines = ["{people.first_line}"], or take the agent out')
    for key in people.lines:
        if not people.on_line(key):
            other = "the first line" if key != people.first_line and people.on_line(people.first_line) else "everybody"
            says = f"nobody sits on the line {key}: {other} is told of its requests"
            yield warning(pack.rule(_PEOPLE, "lines", key), says, f'add "{key}" to the lines of an agent')


def reachable(pack: Pack) -> Iterator[Finding]:
    """Lines where requests come by an explicit `#line` only, and lines that hand over in a circle."""
    people, intake = pack.regulation.people, pack.regulation.intake
    named = {category.line for category in intake.categories.values()}
    named |= {people.first_line} | {line.hands_over_to for line in people.lines.values()}
    for key, line in people.lines.items():
        if key not in named and not line.develops:
            says = f"nothing brings requests to the line {key} but an agent's #line"
            cure = "let a line hand over to it (hands_over_to) or a category begin there (line, in intake.toml)"
            yield warning(pack.rule(_PEOPLE, "lines", key), says, cure)
    told: set[str] = set()
    for key in people.lines:
        if (circle := _circle(people, key)) and not told.intersection(circle):
            told.update(circle)
            says = f"the lines hand over in a circle: {' > '.join((*circle, circle[0]))}"
            cure = "let the last of them hand over to nobody, unless it is meant so"
            yield warning(pack.rule(_PEOPLE, "lines", circle[-1], "hands_over_to"), says, cure)


def namesakes(pack: Pack) -> Iterator[Finding]:
    """Agents whom `#assign` cannot tell apart by the part before the @: allowed, they have names and addresses."""
    known: dict[str, Agent] = {}
    for agent in pack.regulation.people.agents:
        local = agent.address.partition("@")[0]
        if (other := known.setdefault(spoken(local), agent)) is not agent:
            says = f'"#assign {local}" may mean {agent.address} or {other.address} ({other.rule})'
            yield warning(agent.rule, says, "use the whole address or the name with #assign")


def quality_desk(pack: Pack) -> Iterator[Finding]:
    """Escalations and complaints that nobody would read."""
    if not pack.regulation.people.quality:
        where = pack.rule(_PEOPLE, "quality", "addresses")
        yield warning(where, "quality.addresses: nobody receives escalations", 'add [quality] addresses = ["…"]')


def _circle(people: People, start: str) -> tuple[str, ...]:
    """The lines from `start` on, if handing over leads back to it."""
    seen = [start]
    while (following := people.lines[seen[-1]].hands_over_to) and following not in seen:
        seen.append(following)
    return tuple(seen) if following == start else ()
