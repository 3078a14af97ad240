"""What a centre publishes from the screens, and which of it is in use."""

from __future__ import annotations

from serving.store.migrations.parts import definitions

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    definitions.create()


def downgrade() -> None:
    """Drop them; everything in them is lost."""
    definitions.drop()
