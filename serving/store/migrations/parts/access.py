"""Keys, sessions of the screens, counters of requests, and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.store.tables import UtcDateTime

_NO_HASH = "0" * 64

# Lines go only from the beginning, and only after what is kept of the last of them was written
# down (``audit_head.removed_number``).
_SQLITE_TRIGGERS = (
    """CREATE TRIGGER audit_log_is_never_changed BEFORE UPDATE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_log_is_never_shortened BEFORE DELETE ON audit_log
    WHEN old.number > (SELECT removed_number FROM audit_head)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
)
_POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION refuse_change_of_audit_log() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN
        IF TG_OP = 'DELETE' THEN
            IF OLD.number <= (SELECT removed_number FROM audit_head) THEN RETURN OLD; END IF;
        END IF;
        RAISE EXCEPTION 'the audit log is append-only';
    END$$""",
    """CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_log()""",
    """CREATE TRIGGER audit_log_is_never_shortened BEFORE DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit_log()""",
)


def create() -> None:
    """Make the tables."""
    _create_keys()
    _create_sessions()
    op.create_table(
        "access_counters",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("hits", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_access_counters"),
    )
    op.create_index("ix_access_counters_expires_at", "access_counters", ["expires_at"])
    _create_audit_log()


def drop() -> None:
    """Drop the tables; everything in them is lost."""
    op.drop_table("audit_log")
    op.drop_table("audit_head")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change_of_audit_log()")
    op.drop_table("access_counters")
    op.drop_table("access_sign_ins")
    op.drop_table("access_sessions")
    op.drop_table("access_keys")


def _create_keys() -> None:
    op.create_table(
        "access_keys",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("hint", sa.String(8), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("scopes", sa.JSON(none_as_null=True)),
        sa.Column("team", sa.String(64)),
        sa.Column("agent_key", sa.String(128)),
        sa.Column("customer_key", sa.String(128)),
        sa.Column("per_minute", sa.Integer),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("created_by", sa.String(80)),
        sa.Column("parent_id", sa.String(40)),
        sa.Column("expires_at", UtcDateTime),
        sa.Column("revoked_at", UtcDateTime),
        sa.Column("last_used_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_access_keys"),
    )
    op.create_index("uq_access_keys_digest", "access_keys", ["digest"], unique=True)
    op.create_index("ix_access_keys_created_at_id", "access_keys", ["created_at", "id"])
    op.create_index("ix_access_keys_parent_id", "access_keys", ["parent_id"])
    op.create_index("ix_access_keys_customer_key", "access_keys", ["customer_key"])


def _create_sessions() -> None:
    op.create_table(
        "access_sessions",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("principal_id", sa.String(80), nullable=False),
        sa.Column("key_id", sa.String(40)),
        sa.Column("role", sa.String(16)),
        sa.Column("team", sa.String(64)),
        sa.Column("agent_key", sa.String(128)),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_access_sessions"),
    )
    op.create_index("ix_access_sessions_principal_id", "access_sessions", ["principal_id"])
    op.create_index("ix_access_sessions_expires_at", "access_sessions", ["expires_at"])
    op.create_table(
        "access_sign_ins",
        sa.Column("state_digest", sa.String(64), nullable=False),
        sa.Column("browser_digest", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("code_verifier", sa.String(128), nullable=False),
        sa.Column("goes_to", sa.String(500), nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("state_digest", name="pk_access_sign_ins"),
    )
    op.create_index("ix_access_sign_ins_expires_at", "access_sign_ins", ["expires_at"])


def _create_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("team", sa.String(64)),
        sa.Column("principal_id", sa.String(80)),
        sa.Column("role", sa.String(16)),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("object_kind", sa.String(32), nullable=False),
        sa.Column("object_id", sa.String(200), nullable=False),
        sa.Column("request_id", sa.String(128)),
        sa.Column("detail", sa.Text),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_object_kind_object_id", "audit_log", ["object_kind", "object_id"])
    op.create_index("ix_audit_log_principal_id", "audit_log", ["principal_id"])
    op.create_index("ix_audit_log_action", "audit_log", ["action"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("removed_number", sa.BigInteger, nullable=False),
        sa.Column("removed_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    nothing = {"number": 0, "hash": _NO_HASH, "removed_number": 0, "removed_hash": _NO_HASH}
    op.bulk_insert(head, [{"id": 1, **nothing}])
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRESQL_TRIGGERS if postgresql else _SQLITE_TRIGGERS:
        op.execute(statement)
