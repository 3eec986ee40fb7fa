"""The line that every story is told on."""

from pathlib import Path

import pytest
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.stories.line import Line


@pytest.fixture
def line(tmp_path: Path, dovecot: Dovecot, postfix: Postfix) -> Line:
    """A fresh support line with mailboxes of its own."""
    return Line(tmp_path, dovecot, postfix)
