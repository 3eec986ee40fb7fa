"""A desk at work on a real database, without a network: letters go into the inbox, answers lie in the outbox."""

from pathlib import Path

import pytest
from maild.store.database import Database
from tests.desk.office import Office
from tests.store.conftest import database, migrated_file, postgres_database, postgres_server

__all__ = ["database", "migrated_file", "postgres_database", "postgres_server"]


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    """The rarus desk with the contracts of the stories."""
    return Office(database, tmp_path)
