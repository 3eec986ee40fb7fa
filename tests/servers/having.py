"""What a test does where this machine lacks a server: it skips with the reason, or fails where servers are required."""

import os
from collections.abc import Callable
from typing import TypeVar

import pytest
from tests.servers.basics import Missing

LEFT_OUT = "left out: "
T = TypeVar("T")


def have(make: Callable[[], T]) -> T:
    """What `make` gives; where a server is missing the test skips, or fails where servers are required."""
    try:
        return make()
    except Missing as missing:
        if os.environ.get("MAILD_REQUIRE_SERVERS") == "1":
            pytest.fail(f"MAILD_REQUIRE_SERVERS=1, but {missing}", pytrace=False)
        pytest.skip(f"{LEFT_OUT}{missing}")
