"""Regulations whole: what kind of thing out of scope a request asks for, so that its refusal names whom to ask (B8)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From 0002 to 0003."""
    op.add_column("tickets", sa.Column("kind", sa.Text()))
