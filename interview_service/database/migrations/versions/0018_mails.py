"""Mails to users, and the requests for a new password that a worker answers."""

import sqlalchemy as sa
from alembic import op

from interview_service.database.migrations.walls import lock
from interview_service.database.models import TABLE_OPTIONS
from interview_service.database.types import Identifier, Timestamp

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("id", Identifier, nullable=False),
        sa.Column("user_id", Identifier, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("about_id", Identifier, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempt_count", sa.Integer, nullable=False),
        sa.Column("failure_count", sa.Integer, nullable=False),
        sa.Column("due_at", Timestamp),
        sa.Column("leased_until", Timestamp),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("sequence", sa.Integer),
        sa.Column("starts_at", Timestamp),
        sa.Column("ends_at", Timestamp),
        sa.Column("status", sa.Integer),
        sa.Column("error", sa.String(500)),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_mails"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name="fk_mails_users",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "user_id",
            "kind",
            "about_id",
            name="uq_mails_tenant_id_user_id_kind_about_id",
        ),
        **TABLE_OPTIONS,
    )
    for columns in (
        ["tenant_id", "about_id"],
        ["tenant_id", "state", "id"],
        ["state", "created_at"],
        ["due_at"],
    ):
        op.create_index(f"ix_mails_{'_'.join(columns)}", "mails", columns)
    lock("mails")
    op.create_table(
        "password_requests",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("request_id", sa.String(100)),
        sa.Column("address", sa.String(45)),
        sa.Column("due_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_password_requests"),
        **TABLE_OPTIONS,
    )
    op.create_index("ix_password_requests_due_at", "password_requests", ["due_at"])


def downgrade() -> None:
    op.drop_table("password_requests")
    op.drop_table("mails")
