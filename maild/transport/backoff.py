"""How long to wait before the next try. Pure: it knows failures, no clock; the caller does the waiting."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Backoff:
    """Growing pauses between tries, in seconds, spread by jitter so that many clients do not come back together.

    `jitter` is a share of the pause: 0.2 spreads by a fifth. No pause is below `first` or above `ceiling`,
    jitter included. `rng` gives numbers in [0, 1).
    """

    first: float = 1.0
    factor: float = 2.0
    ceiling: float = 300.0
    jitter: float = 0.2
    rng: Callable[[], float] = random.random
    failures: int = field(default=0, init=False)

    def delay(self, failures: int) -> float:
        """The pause after so many failures running (1 or more)."""
        base = self.first
        for _ in range(failures - 1):
            if base >= self.ceiling:
                break
            base *= self.factor
        base = min(base, self.ceiling)
        spread = base * self.jitter * self.rng()
        # Above the ceiling the spread goes down, or all clients would meet at the ceiling.
        return max(self.first, base + spread if base + spread <= self.ceiling else self.ceiling - spread)

    def next(self) -> float:
        """Note one more failure; the pause that is due now."""
        self.failures += 1
        return self.delay(self.failures)

    def reset(self) -> None:
        """It worked: the next failure starts from `first` again."""
        self.failures = 0


def reconnects(rng: Callable[[], float] = random.random) -> Backoff:
    """The pauses between connections: 1 s to 5 min."""
    return Backoff(1.0, 2.0, 300.0, 0.2, rng)


def logins(rng: Callable[[], float] = random.random) -> Backoff:
    """The pauses between refused log-ins: never under 5 s, up to 5 min."""
    return Backoff(5.0, 2.0, 300.0, 0.2, rng)
