"""Tenants' settings, and the outbox of webhooks with its attempts."""

import sqlalchemy as sa
from alembic import op

from interview_service.database.migrations.walls import lock
from interview_service.database.models import TABLE_OPTIONS
from interview_service.database.types import Identifier, LongText, Timestamp

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tenant_settings",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("webhook_url", sa.String(2048)),
        sa.Column("auto_approve_plans", sa.Boolean, nullable=False),
        sa.Column("secret", sa.String(100)),
        sa.Column("previous_secret", sa.String(100)),
        sa.Column("previous_secret_until", Timestamp),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenant_settings"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "deliveries",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("id", Identifier, nullable=False),
        sa.Column("interview_id", Identifier, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("event", sa.String(50), nullable=False),
        sa.Column("url", sa.String(2048), nullable=False),
        sa.Column("body", LongText, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempt_count", sa.Integer, nullable=False),
        sa.Column("failure_count", sa.Integer, nullable=False),
        sa.Column("due_at", Timestamp),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_deliveries"),
        sa.UniqueConstraint(
            "tenant_id",
            "interview_id",
            "number",
            name="uq_deliveries_tenant_id_interview_id_number",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interview_id"],
            ["interviews.tenant_id", "interviews.id"],
            name="fk_deliveries_interviews",
            ondelete="CASCADE",
        ),
        **TABLE_OPTIONS,
    )
    op.create_index("ix_deliveries_due_at", "deliveries", ["due_at"])
    op.create_index("ix_deliveries_state_tenant_id_id", "deliveries", ["state", "tenant_id", "id"])
    op.create_table(
        "delivery_attempts",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("delivery_id", Identifier, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("latency_ms", sa.Integer, nullable=False),
        sa.Column("answer", LongText, nullable=False),
        sa.Column("error", LongText),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "delivery_id", "number", name="pk_delivery_attempts"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "delivery_id"],
            ["deliveries.tenant_id", "deliveries.id"],
            name="fk_delivery_attempts_deliveries",
            ondelete="CASCADE",
        ),
        **TABLE_OPTIONS,
    )
    lock("tenant_settings", "deliveries", "delivery_attempts")


def downgrade() -> None:
    for table in ("delivery_attempts", "deliveries", "tenant_settings"):
        op.drop_table(table)
