"""Interviews with their plans, assessments, transcripts and history; totals; idempotency keys."""

import sqlalchemy as sa
from alembic import op

from interview_service.database.migrations.walls import lock
from interview_service.database.models import TABLE_OPTIONS
from interview_service.database.types import Document, Identifier, LongText, Timestamp

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interviews",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("id", Identifier, nullable=False),
        sa.Column("run_id", Identifier, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("workflow_state", sa.String(30), nullable=False),
        sa.Column("plan_id", Identifier),
        sa.Column("assessment_id", Identifier),
        sa.Column("candidate_name", sa.String(200)),
        sa.Column("candidate_email", sa.String(320)),
        sa.Column("position", sa.String(200)),
        sa.Column("level", sa.String(20)),
        sa.Column("skills", Document, nullable=False),
        sa.Column("job_description", LongText),
        sa.Column("company_name", sa.String(200)),
        sa.Column("company_description", LongText),
        sa.Column("scheduled_at", Timestamp),
        sa.Column("callback_url", sa.String(2048)),
        sa.Column("external_id", sa.String(200)),
        sa.Column("search_text", LongText, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.Column("transition_count", sa.Integer, nullable=False),
        sa.Column("has_transcript", sa.Boolean, nullable=False),
        sa.Column("feedback", LongText),
        sa.Column("due_at", Timestamp),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_error", LongText),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_interviews"),
        sa.UniqueConstraint("tenant_id", "run_id", name="uq_interviews_tenant_id_run_id"),
        sa.UniqueConstraint("tenant_id", "external_id", name="uq_interviews_tenant_id_external_id"),
        **TABLE_OPTIONS,
    )
    op.create_index(
        "ix_interviews_tenant_id_workflow_state_id",
        "interviews",
        ["tenant_id", "workflow_state", "id"],
    )
    op.create_index("ix_interviews_due_at", "interviews", ["due_at"])

    op.create_table(
        "plans",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("id", Identifier, nullable=False),
        sa.Column("interview_id", Identifier, nullable=False),
        sa.Column("structure", Document, nullable=False),
        sa.Column("generated_by", Document, nullable=False),
        sa.Column("feedback", LongText),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_plans"),
        _of_interview("plans"),
        **TABLE_OPTIONS,
    )
    op.create_index(
        "ix_plans_tenant_id_interview_id_id", "plans", ["tenant_id", "interview_id", "id"]
    )

    op.create_table(
        "assessments",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("id", Identifier, nullable=False),
        sa.Column("interview_id", Identifier, nullable=False),
        sa.Column("overall_score", sa.Integer, nullable=False),
        sa.Column("recommendation", sa.String(20), nullable=False),
        sa.Column("summary", LongText, nullable=False),
        sa.Column("scores", Document, nullable=False),
        sa.Column("evidence", Document, nullable=False),
        sa.Column("transcript", LongText, nullable=False),
        sa.Column("generated_by", Document, nullable=False),
        sa.Column("feedback", LongText),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_assessments"),
        _of_interview("assessments"),
        **TABLE_OPTIONS,
    )
    op.create_index(
        "ix_assessments_tenant_id_interview_id_id",
        "assessments",
        ["tenant_id", "interview_id", "id"],
    )

    op.create_table(
        "transcripts",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("interview_id", Identifier, nullable=False),
        sa.Column("turns", Document, nullable=False),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "interview_id", name="pk_transcripts"),
        _of_interview("transcripts"),
        **TABLE_OPTIONS,
    )

    op.create_table(
        "history",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("interview_id", Identifier, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("transition", sa.String(30), nullable=False),
        sa.Column("previous_state", sa.String(30), nullable=False),
        sa.Column("new_state", sa.String(30), nullable=False),
        sa.Column("triggered_by", sa.String(255), nullable=False),
        sa.Column("reason", LongText),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "interview_id", "number", name="pk_history"),
        _of_interview("history"),
        **TABLE_OPTIONS,
    )

    op.create_table(
        "state_totals",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("workflow_state", sa.String(30), nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "workflow_state", name="pk_state_totals"),
        **TABLE_OPTIONS,
    )

    op.create_table(
        "idempotency_keys",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("interview_id", Identifier),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", Document, nullable=False),
        sa.Column("body", LongText, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "key", name="pk_idempotency_keys"),
        _of_interview("idempotency_keys"),
        **TABLE_OPTIONS,
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    op.create_index(
        "ix_idempotency_keys_tenant_id_interview_id",
        "idempotency_keys",
        ["tenant_id", "interview_id"],
    )

    lock(
        "interviews",
        "plans",
        "assessments",
        "transcripts",
        "history",
        "state_totals",
        "idempotency_keys",
    )


def downgrade() -> None:
    for table in (
        "idempotency_keys",
        "state_totals",
        "history",
        "transcripts",
        "assessments",
        "plans",
        "interviews",
    ):
        op.drop_table(table)


def _of_interview(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "interview_id"],
        ["interviews.tenant_id", "interviews.id"],
        name=f"fk_{table}_interviews",
        ondelete="CASCADE",
    )
