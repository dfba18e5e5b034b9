"""The tables. Every table that belongs to a tenant has the tenant in its primary key."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from interview_service.database.types import Document, Identifier, LongText, Timestamp

TENANT_LENGTH = 100
KEY_LENGTH = 32
TIME_ZONE_LENGTH = 64

TABLE_OPTIONS: dict[str, Any] = {
    # Byte-wise comparison, trailing spaces included, as on the other two backends.
    f"{dialect}_{option}": value
    for dialect in ("mysql", "mariadb")
    for option, value in (
        ("engine", "InnoDB"),
        ("charset", "utf8mb4"),
        ("collate", "utf8mb4_nopad_bin"),
    )
}


class Base(DeclarativeBase):
    """The registry of tables, with the names that constraints get in migrations."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Timestamp, dict[str, Any]: Document}
    __table_args__: Any = (TABLE_OPTIONS,)


class TenantOwned:
    """What belongs to one tenant: the session filters every statement on it by its tenant."""

    tenant_id: Mapped[str] = mapped_column(String(TENANT_LENGTH), primary_key=True, sort_order=-1)


LISTED_BY = (
    *("updated_at", "scheduled_at", "overall_score"),
    *("level", "position_key", "recommendation", "decision"),
)
"""The columns of an interview that lists are ordered by or narrowed to, beside id and state."""


class InterviewModel(TenantOwned, Base):
    """An interview. `id` carries the time of creation, so its order is that of `created_at`.

    `search_text` is the case-folded name, email and position, a line each; `position_key` stands
    for the position in any case, `candidate_key` for the email. `due_at` is when the worker should
    next look at it; null when it has nothing to do. `leased_until` is there while a worker has an
    engine at work on it.
    """

    __tablename__ = "interviews"

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    run_id: Mapped[str] = mapped_column(Identifier)
    version: Mapped[int] = mapped_column(Integer)
    workflow_state: Mapped[str] = mapped_column(String(30))
    plan_id: Mapped[str | None] = mapped_column(Identifier)
    assessment_id: Mapped[str | None] = mapped_column(Identifier)
    candidate_name: Mapped[str | None] = mapped_column(String(200))
    candidate_email: Mapped[str | None] = mapped_column(String(320))
    candidate_key: Mapped[str | None] = mapped_column(String(KEY_LENGTH))
    position: Mapped[str | None] = mapped_column(String(200))
    position_key: Mapped[str | None] = mapped_column(String(KEY_LENGTH))
    level: Mapped[str | None] = mapped_column(String(20))
    skills: Mapped[list[str]] = mapped_column(Document)
    job_description: Mapped[str | None] = mapped_column(LongText)
    company_name: Mapped[str | None] = mapped_column(String(200))
    company_description: Mapped[str | None] = mapped_column(LongText)
    scheduled_at: Mapped[datetime | None]
    duration_minutes: Mapped[int | None] = mapped_column(Integer)
    location: Mapped[str | None] = mapped_column(String(500))
    interviewers: Mapped[list[str] | None] = mapped_column(Document)
    callback_url: Mapped[str | None] = mapped_column(String(2048))
    external_id: Mapped[str | None] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(LongText)
    overall_score: Mapped[int | None] = mapped_column(Integer)
    recommendation: Mapped[str | None] = mapped_column(String(20))
    decision: Mapped[str | None] = mapped_column(String(20))
    candidate_erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    transition_count: Mapped[int] = mapped_column(Integer)
    moved_at: Mapped[datetime | None]
    has_transcript: Mapped[bool]
    is_read: Mapped[bool]
    work_version: Mapped[int] = mapped_column(Integer)
    feedback: Mapped[list[str] | None] = mapped_column(Document)
    due_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer)
    last_error: Mapped[str | None] = mapped_column(LongText)
    leased_until: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("tenant_id", "run_id"),
        UniqueConstraint("tenant_id", "external_id"),
        Index("ix_interviews_tenant_id_workflow_state_id", "tenant_id", "workflow_state", "id"),
        *(
            Index(f"ix_interviews_tenant_id_{name}_id", "tenant_id", name, "id")
            for name in LISTED_BY
        ),
        Index("ix_interviews_tenant_id_candidate_key_id", "tenant_id", "candidate_key", "id"),
        Index(
            "ix_interviews_tenant_id_candidate_erased_at_moved_at_id",
            "tenant_id",
            "candidate_erased_at",
            "moved_at",
            "id",
        ),
        Index("ix_interviews_due_at", "due_at"),
        Index(
            "ix_interviews_tenant_id_workflow_state_moved_at_id",
            "tenant_id",
            "workflow_state",
            "moved_at",
            "id",
        ),
        TABLE_OPTIONS,
    )


def _of_interview(*args: Any) -> tuple[Any, ...]:
    """Return table arguments that tie a child to an interview of its own tenant."""
    return (
        *args,
        ForeignKeyConstraint(
            ["tenant_id", "interview_id"],
            ["interviews.tenant_id", "interviews.id"],
            ondelete="CASCADE",
        ),
        TABLE_OPTIONS,
    )


class InterviewerModel(TenantOwned, Base):
    """Who is to interview, an entry of an interview's `interviewers` each.

    `person` stands for the entry in any case: see `domain.lists.key_of`.
    """

    __tablename__ = "interview_interviewers"

    person: Mapped[str] = mapped_column(String(KEY_LENGTH), primary_key=True)
    interview_id: Mapped[str] = mapped_column(Identifier, primary_key=True)

    __table_args__ = _of_interview(
        Index("ix_interview_interviewers_tenant_id_interview_id", "tenant_id", "interview_id")
    )


class ChangeModel(TenantOwned, Base):
    """The last change of an interview; one that was deleted has one as well, for a year.

    `number` grows with each change of the tenant's, in the order in which they are committed.
    """

    __tablename__ = "changes"

    interview_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_changes_tenant_id_number", "tenant_id", "number"),
        Index("ix_changes_kind_changed_at", "kind", "changed_at"),
        TABLE_OPTIONS,
    )


class ChangeCounterModel(TenantOwned, Base):
    """The number of a tenant's last change: who changes it holds it until the commit."""

    __tablename__ = "change_counters"

    last_number: Mapped[int] = mapped_column(BigInteger)


class PlanModel(TenantOwned, Base):
    """A plan that was made for an interview; the interview's `plan_id` names the present one."""

    __tablename__ = "plans"

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    interview_id: Mapped[str] = mapped_column(Identifier)
    structure: Mapped[dict[str, Any]]
    generated_by: Mapped[dict[str, Any]]
    feedback: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime]

    __table_args__ = _of_interview(
        Index("ix_plans_tenant_id_interview_id_id", "tenant_id", "interview_id", "id")
    )


class AssessmentModel(TenantOwned, Base):
    """An assessment of an interview; the interview's `assessment_id` names the present one."""

    __tablename__ = "assessments"

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    interview_id: Mapped[str] = mapped_column(Identifier)
    revision: Mapped[int] = mapped_column(Integer)
    overall_score: Mapped[int | None] = mapped_column(Integer)
    recommendation: Mapped[str] = mapped_column(String(20))
    summary: Mapped[str | None] = mapped_column(LongText)
    scores: Mapped[dict[str, Any]]
    basis: Mapped[str | None] = mapped_column(String(20))
    agreement: Mapped[str | None] = mapped_column(String(20))
    draft: Mapped[dict[str, Any] | None] = mapped_column(Document)
    coverage: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    notes: Mapped[list[str]] = mapped_column(Document)
    binder_summary: Mapped[str | None] = mapped_column(LongText)
    candidate_speaker: Mapped[str | None] = mapped_column(String(200))
    decision: Mapped[dict[str, Any] | None] = mapped_column(Document)
    transcript: Mapped[str | None] = mapped_column(LongText)
    generated_by: Mapped[dict[str, Any]]
    feedback: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime]

    __table_args__ = _of_interview(
        Index("ix_assessments_tenant_id_interview_id_id", "tenant_id", "interview_id", "id")
    )


class ScorecardModel(TenantOwned, Base):
    """What one person says of one interview: a draft, or handed in.

    `email` is what the identity provider has verified of its author, folded.
    """

    __tablename__ = "scorecards"

    interview_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    interviewer: Mapped[str] = mapped_column(String(255), primary_key=True)
    ratings: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    recommendation: Mapped[str] = mapped_column(String(20))
    summary: Mapped[str | None] = mapped_column(LongText)
    submitted_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)
    email: Mapped[str | None] = mapped_column(String(320))

    __table_args__ = _of_interview()


class ScorecardVersionModel(TenantOwned, Base):
    """A scorecard as it was handed in; `number` counts from 1."""

    __tablename__ = "scorecard_versions"

    interview_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    interviewer: Mapped[str] = mapped_column(String(255), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    ratings: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    recommendation: Mapped[str] = mapped_column(String(20))
    summary: Mapped[str | None] = mapped_column(LongText)
    submitted_at: Mapped[datetime]

    __table_args__ = _of_interview()


class TranscriptModel(TenantOwned, Base):
    """What was said in an interview."""

    __tablename__ = "transcripts"

    interview_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    turns: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    candidate_speaker: Mapped[str | None] = mapped_column(String(200))  # as told, or None
    warnings: Mapped[list[str] | None] = mapped_column(Document)
    updated_at: Mapped[datetime]

    __table_args__ = _of_interview()


class HistoryEntryModel(TenantOwned, Base):
    """A transition that an interview made; `number` counts from 1."""

    __tablename__ = "history"

    interview_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    transition: Mapped[str] = mapped_column(String(30))
    previous_state: Mapped[str] = mapped_column(String(30))
    new_state: Mapped[str] = mapped_column(String(30))
    triggered_by: Mapped[str] = mapped_column(String(255))
    reason: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime]

    __table_args__ = _of_interview()


class StateTotal(TenantOwned, Base):
    """How many interviews a tenant has in a state, kept in the transaction of each change."""

    __tablename__ = "state_totals"

    workflow_state: Mapped[str] = mapped_column(String(30), primary_key=True)
    total: Mapped[int] = mapped_column(BigInteger)


class IdempotencyKey(TenantOwned, Base):
    """The first answer to a request that carried an Idempotency-Key.

    `fingerprint` is a SHA-256 of what the request was, in hex; `body` is the answer's JSON. It goes
    with the interview that it tells of.
    """

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    interview_id: Mapped[str | None] = mapped_column(Identifier)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer)
    headers: Mapped[dict[str, Any]]
    body: Mapped[str] = mapped_column(LongText)
    created_at: Mapped[datetime]

    __table_args__ = _of_interview(
        Index("ix_idempotency_keys_created_at", "created_at"),
        Index("ix_idempotency_keys_tenant_id_interview_id", "tenant_id", "interview_id"),
    )


class TenantSettingsModel(TenantOwned, Base):
    """What a tenant has set, and the secrets that its webhooks are signed with.

    The previous secret signs beside the present one until `previous_secret_until`.
    """

    __tablename__ = "tenant_settings"

    webhook_url: Mapped[str | None] = mapped_column(String(2048))
    webhook_events: Mapped[list[str] | None] = mapped_column(Document)
    auto_approve_plans: Mapped[bool]
    retention_days: Mapped[int | None] = mapped_column(Integer)
    time_zone: Mapped[str] = mapped_column(String(TIME_ZONE_LENGTH))
    secret: Mapped[str | None] = mapped_column(String(100))
    previous_secret: Mapped[str | None] = mapped_column(String(100))
    previous_secret_until: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_tenant_settings_retention_days", "retention_days"),
        TABLE_OPTIONS,
    )


class DeliveryModel(TenantOwned, Base):
    """An event to be posted: the outbox. `id` is the `webhook-id`, `body` what is signed and sent.

    `number` orders an interview's events; `line` is empty for the webhook, else the id of a push
    notification configuration. `due_at` is when to try next; null while an earlier event of the
    line is pending, and when it is over. `failure_count` counts since the last (re)start and picks
    the pause; `attempt_count` counts all. The event of a deletion outlives its interview, so
    nothing ties an event to one.
    """

    __tablename__ = "deliveries"

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    interview_id: Mapped[str] = mapped_column(Identifier)
    line: Mapped[str] = mapped_column(String(100), server_default="")
    number: Mapped[int] = mapped_column(Integer)
    event: Mapped[str] = mapped_column(String(50))
    url: Mapped[str] = mapped_column(String(2048))
    body: Mapped[str] = mapped_column(LongText)
    state: Mapped[str] = mapped_column(String(20))
    attempt_count: Mapped[int] = mapped_column(Integer)
    failure_count: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("tenant_id", "interview_id", "number"),
        Index("ix_deliveries_due_at", "due_at"),
        Index("ix_deliveries_state_tenant_id_id", "state", "tenant_id", "id"),
        TABLE_OPTIONS,
    )


class DeliveryAttemptModel(TenantOwned, Base):
    """One try to post an event, and what came of it. `number` counts from 1."""

    __tablename__ = "delivery_attempts"

    delivery_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    status: Mapped[int | None] = mapped_column(Integer)
    latency_ms: Mapped[int] = mapped_column(Integer)
    answer: Mapped[str] = mapped_column(LongText)
    error: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "delivery_id"],
            ["deliveries.tenant_id", "deliveries.id"],
            ondelete="CASCADE",
        ),
        TABLE_OPTIONS,
    )


class PushConfigModel(TenantOwned, Base):
    """A push notification configuration: where an agent is told of each change of its task."""

    __tablename__ = "push_configs"

    interview_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    url: Mapped[str] = mapped_column(String(2048))
    token: Mapped[str | None] = mapped_column(LongText)
    auth_scheme: Mapped[str | None] = mapped_column(String(50))
    auth_credentials: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime]

    __table_args__ = _of_interview()


class WebhookTestModel(TenantOwned, Base):
    """The last test of a tenant's webhook: `id` is its `webhook-id`.

    `due_at` is when a worker may post it; null once it has an outcome.
    """

    __tablename__ = "webhook_tests"

    id: Mapped[str] = mapped_column(Identifier)
    url: Mapped[str] = mapped_column(String(2048))
    state: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[datetime | None]
    status: Mapped[int | None] = mapped_column(Integer)
    latency_ms: Mapped[int | None] = mapped_column(Integer)
    answer: Mapped[str | None] = mapped_column(LongText)
    error: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_webhook_tests_due_at", "due_at"), TABLE_OPTIONS)


class WorkerModel(Base):
    """A worker, and when it last looked for work. Outside the walls: it works for every tenant."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]


class WriteCheckModel(Base):
    """One row, which is written to find out whether the database has room again."""

    __tablename__ = "write_checks"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    checked_at: Mapped[datetime]
