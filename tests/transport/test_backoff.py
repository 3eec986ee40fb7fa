"""Pauses between tries: grow, never leave their bounds, spread."""

from hypothesis import given
from hypothesis import strategies as st
from maild.transport.backoff import Backoff, logins, reconnects


def test_pauses_double_and_stop_at_the_ceiling() -> None:
    pauses = Backoff(1, 2, 300, 0.2, lambda: 0.0)
    assert [pauses.next() for _ in range(10)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    pauses.reset()
    assert pauses.next() == 1


@given(st.integers(1, 10_000), st.floats(0, 0.999))
def test_log_ins_are_never_closer_than_five_seconds_nor_further_than_five_minutes(failures: int, chance: float) -> None:
    assert 5 <= logins(lambda: chance).delay(failures) <= 300
    assert 1 <= reconnects(lambda: chance).delay(failures) <= 300


@given(st.integers(1, 40))
def test_jitter_spreads_at_every_length(failures: int) -> None:
    assert logins(lambda: 0.0).delay(failures) != logins(lambda: 0.9).delay(failures)
