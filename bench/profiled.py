"""maild under cProfile, all threads, in CPU time: `python -m bench.profiled OUTPUT run -c FILE --once`.

The work is done in worker threads, which `python -m cProfile` does not see. Python 3.11 only: later profilers
watch one thread at a time or all of them, but not each by its own clock.
"""

import cProfile
import pstats
import sys
import threading
import time
from types import FrameType
from typing import Any


def main() -> None:
    """Run maild's command line; write the profile however it ends."""
    output, *arguments = sys.argv[1:]
    profiles: list[cProfile.Profile] = []

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        """The first event of a thread: from here on its own profiler takes over."""
        profile = cProfile.Profile(time.thread_time)
        profiles.append(profile)
        profile.enable()

    from maild.cli import main as maild

    sys.argv = ["maild", *arguments]
    threading.setprofile(watch)
    own = cProfile.Profile(time.thread_time)
    try:
        own.runcall(maild)
    finally:
        threading.setprofile(None)
        stats = pstats.Stats(own)
        for profile in profiles:
            profile.create_stats()
            if profile.stats:
                stats.add(profile)
        stats.dump_stats(output)


if __name__ == "__main__":
    main()
