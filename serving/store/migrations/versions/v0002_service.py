"""The tables of the service: work, access, reviews, dialogues, privacy, notifications."""

from __future__ import annotations

import importlib

# In the order in which they are made: a later one may refer to an earlier one.
PARTS: tuple[str, ...] = (
    "conversations",
    "turns",
    "backups",
    "jobs",
    "privacy",
    "webhooks",
    "reviews",
    "dialogues",
    "intake",
    "access",
    "notes",
    "written",
    "board",
)

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of every area."""
    for part in PARTS:
        importlib.import_module(f"serving.store.migrations.parts.{part}").create()


def downgrade() -> None:
    """Drop them; everything in them is lost."""
    for part in reversed(PARTS):
        importlib.import_module(f"serving.store.migrations.parts.{part}").drop()
