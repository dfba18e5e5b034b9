"""Users, sessions, links, API keys, the audit log, and what finds a tenant by a hash."""

import sqlalchemy as sa
from alembic import op

from interview_service.database.migrations.walls import lock
from interview_service.database.models import TABLE_OPTIONS
from interview_service.database.types import Document, Identifier, Timestamp

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_DIGEST = sa.String(64)
_OWNED = ("users", "sessions", "links", "known_addresses", "api_keys", "audit_entries")


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant_id", sa.String(100), nullable=False)


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "user_id"],
        ["users.tenant_id", "users.id"],
        name=f"fk_{table}_users",
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.create_table(
        "lookups",
        sa.Column("digest", _DIGEST, nullable=False),
        _tenant(),
        sa.Column("target_id", Identifier, nullable=False),
        sa.PrimaryKeyConstraint("digest", "tenant_id", "target_id", name="pk_lookups"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("bucket", _DIGEST, nullable=False),
        sa.Column("id", Identifier, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "id", name="pk_sign_in_failures"),
        **TABLE_OPTIONS,
    )
    op.create_index("ix_sign_in_failures_id", "sign_in_failures", ["id"])
    op.create_index("ix_sign_in_failures_created_at", "sign_in_failures", ["created_at"])
    op.create_table(
        "set_up_codes",
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_set_up_codes"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "users",
        _tenant(),
        sa.Column("id", Identifier, nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("folded_email", sa.String(320), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("mail_appointments", sa.Boolean, nullable=False),
        sa.Column("mail_reminders", sa.Boolean, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("last_sign_in_at", Timestamp),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_users"),
        sa.UniqueConstraint("tenant_id", "folded_email", name="uq_users_tenant_id_folded_email"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "sessions",
        _tenant(),
        sa.Column("id", Identifier, nullable=False),
        sa.Column("user_id", Identifier, nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("previous_digest", _DIGEST),
        sa.Column("is_browser", sa.Boolean, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("last_used_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_sessions"),
        _of_user("sessions"),
        **TABLE_OPTIONS,
    )
    op.create_index("ix_sessions_tenant_id_user_id", "sessions", ["tenant_id", "user_id"])
    op.create_index("ix_sessions_last_used_at", "sessions", ["last_used_at"])
    op.create_table(
        "links",
        _tenant(),
        sa.Column("id", Identifier, nullable=False),
        sa.Column("user_id", Identifier, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("expires_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_links"),
        _of_user("links"),
        **TABLE_OPTIONS,
    )
    op.create_index("ix_links_tenant_id_user_id", "links", ["tenant_id", "user_id"])
    op.create_index("ix_links_expires_at", "links", ["expires_at"])
    op.create_table(
        "known_addresses",
        _tenant(),
        sa.Column("user_id", Identifier, nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("last_used_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", "digest", name="pk_known_addresses"),
        _of_user("known_addresses"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "api_keys",
        _tenant(),
        sa.Column("id", Identifier, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("prefix", sa.String(20), nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("role", sa.String(20)),
        sa.Column("permissions", Document, nullable=False),
        sa.Column("created_by", sa.String(255), nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("expires_at", Timestamp),
        sa.Column("last_used_at", Timestamp),
        sa.Column("revoked_at", Timestamp),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_api_keys"),
        sa.UniqueConstraint("tenant_id", "name", name="uq_api_keys_tenant_id_name"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "audit_entries",
        _tenant(),
        sa.Column("id", Identifier, nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("action", sa.String(50), nullable=False),
        sa.Column("target_type", sa.String(30), nullable=False),
        sa.Column("target_id", sa.String(255)),
        sa.Column("interview_id", Identifier),
        sa.Column("fields", Document, nullable=False),
        sa.Column("request_id", sa.String(100)),
        sa.Column("address", sa.String(45)),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_audit_entries"),
        **TABLE_OPTIONS,
    )
    for columns in (
        ["tenant_id", "actor", "id"],
        ["tenant_id", "interview_id", "id"],
        ["created_at"],
    ):
        op.create_index(f"ix_audit_entries_{'_'.join(columns)}", "audit_entries", columns)
    lock(*_OWNED)


def downgrade() -> None:
    for table in (*reversed(_OWNED), "set_up_codes", "sign_in_failures", "lookups"):
        op.drop_table(table)
