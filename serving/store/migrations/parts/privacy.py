"""The ledger of consents and objections, the proofs of removal, and what is left of scorecards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.tables import UtcDateTime

_LEDGERS = ("consents", "removals")
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def create() -> None:
    """Make the tables; rows of the ledgers can only be added."""
    op.create_table(
        "consents",
        sa.Column("number", _NUMBER, nullable=False, autoincrement=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64)),
        sa.Column("conversation_id", sa.String(64)),
        sa.Column("reference", sa.String(128)),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_consents"),
        sa.UniqueConstraint("hash", name="uq_consents_hash"),
        sa.CheckConstraint(
            "kind IN ('notice', 'objection', 'objection_lifted', 'consent', 'withdrawal', "
            "'contract')",
            name="kind",
        ),
    )
    op.create_index("ix_consents_team_subject", "consents", ["team", "subject"])
    op.create_index("ix_consents_conversation_id", "consents", ["conversation_id"])
    op.create_index("ix_consents_team_reference", "consents", ["team", "reference"])
    op.create_table(
        "removals",
        sa.Column("number", _NUMBER, nullable=False, autoincrement=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64)),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(64)),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("requested_by", sa.String(64), nullable=False),
        sa.Column("receipt", sa.JSON, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_removals"),
        sa.UniqueConstraint("id", name="uq_removals_id"),
        sa.UniqueConstraint("hash", name="uq_removals_hash"),
        sa.CheckConstraint("kind IN ('purge', 'erasure')", name="kind"),
    )
    op.create_index("ix_removals_kind_number", "removals", ["kind", "number"])
    op.create_table(
        "kept_scorecards",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_kept_scorecards"),
    )
    _close_ledgers()


def drop() -> None:
    """Drop the tables; the proofs go with them."""
    for table in ("kept_scorecards", "removals", "consents"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION entendu_refuse_change()")


def _close_ledgers() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION entendu_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'rows of a ledger can only be added'; END $$"
        )
        for table in _LEDGERS:
            op.execute(
                f"CREATE TRIGGER {table}_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION entendu_refuse_change()"
            )
        return
    for table in _LEDGERS:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'rows of a ledger can only be added'); END"
            )
