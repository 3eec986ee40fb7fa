"""What the other runners of the daemon do, for tests that move the clock of an office."""

from maild.desk.deliver import met_reaction
from maild.store import outbox
from tests.desk.office import Office


def confirm(office: Office) -> None:
    """The mail server takes everything that is queued."""
    with office.database.write() as tx:
        for row in outbox.claim(tx, office.now, 100, 60, "test"):
            outbox.sent(tx, row.id, office.now, "ok")
            if row.meets_reaction:
                met_reaction(tx, office.desk, row, office.now)
