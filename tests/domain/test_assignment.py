"""Who gets a new request: each policy, with people away, and fairness over many requests."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maild.domain.assignment import POLICIES, choose
from maild.domain.people import Agent

ANNA, BORIS, VERA = (Agent(f"{name}@example.test", name, ("consultants",)) for name in ("anna", "boris", "vera"))
LINE = (ANNA, BORIS, VERA)
WHO = [agent.address for agent in LINE]


def chosen(policy: str, *, last: str | None = None, absent: str = "", **busy: int) -> str | None:
    """The chosen one's name; `absent` and `busy` by name."""
    away = {f"{name}@example.test" for name in absent.split()}
    load = {f"{name}@example.test": count for name, count in busy.items()}
    found = choose(policy, LINE, busy=load, last=f"{last}@example.test" if last else None, absent=away)
    return found.name if found else None


@pytest.mark.parametrize(
    ("last", "absent", "expected"),
    [
        (None, "", "anna"),
        ("anna", "", "boris"),
        ("vera", "", "anna"),
        ("somebody-who-left", "", "anna"),
        ("anna", "boris", "vera"),
        ("anna", "anna", "boris"),
        ("vera", "anna boris", "vera"),
        (None, "anna", "boris"),
        ("boris", "anna boris vera", None),
    ],
)
def test_in_turn(last: str | None, absent: str, expected: str | None) -> None:
    assert chosen("in turn", last=last, absent=absent) == expected


@pytest.mark.parametrize(
    ("busy", "absent", "expected"),
    [
        ({}, "", "anna"),
        ({"anna": 1}, "", "boris"),
        ({"anna": 2, "boris": 1, "vera": 1}, "", "boris"),
        ({"anna": 5, "boris": 1, "vera": 3}, "boris", "vera"),
        ({"anna": 3, "somebody": 0}, "boris vera", "anna"),
        ({}, "anna boris vera", None),
    ],
)
def test_the_least_busy(busy: dict[str, int], absent: str, expected: str | None) -> None:
    assert chosen("least busy", last="anna", absent=absent, **busy) == expected


def test_nobody() -> None:
    assert chosen("nobody", anna=3) is None


def test_a_line_without_agents() -> None:
    for policy in POLICIES:
        assert choose(policy, (), busy={}, last=None, absent=()) is None


def test_no_such_policy() -> None:
    with pytest.raises(ValueError, match="nobody, in turn, least busy"):
        chosen("whoever")


@given(
    st.sets(st.sampled_from(WHO)),
    st.sampled_from([None, *WHO]),
    st.dictionaries(st.sampled_from(WHO), st.integers(0, 9)),
)
def test_only_who_is_there(absent: set[str], last: str | None, busy: dict[str, int]) -> None:
    for policy in POLICIES[1:]:
        found = choose(policy, LINE, busy=busy, last=last, absent=absent)
        assert (found is None) == (len(absent) == len(LINE))
        assert found is None or found.address not in absent


@given(st.sets(st.sampled_from(WHO), max_size=2), st.integers(1, 30))
def test_turns_are_fair(absent: set[str], requests: int) -> None:
    """Whoever is there gets as many as anyone else, give or take one."""
    last, given_to = None, Counter({address: 0 for address in WHO if address not in absent})
    for _ in range(requests):
        found = choose("in turn", LINE, busy={}, last=last, absent=absent)
        assert found is not None
        last = found.address
        given_to[last] += 1
    assert max(given_to.values()) - min(given_to.values()) <= 1
