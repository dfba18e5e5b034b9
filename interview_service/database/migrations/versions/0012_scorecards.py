"""Scorecards; what an assessment stands on; and the end of what version 0.1 judged by rule.

The rules of 0.1 scored people and advised to hire. What they made keeps its quotes and loses its
numbers; where people approved it, that is their decision.
"""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from interview_service.database.migrations.walls import lock
from interview_service.database.models import TABLE_OPTIONS
from interview_service.database.types import Document, Identifier, LongText, Timestamp
from interview_service.domain.clock import rfc3339

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

Kind = sa.types.TypeEngine[Any]

_OWNED = ("scorecards", "scorecard_versions")
_ASSESSMENT_COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("basis", sa.String(20)),
    ("agreement", sa.String(20)),
    ("draft", Document),
    ("binder_summary", LongText),
    ("candidate_speaker", sa.String(200)),
    ("decision", Document),
)
_LISTS = ("coverage", "notes")
_EMPTIED: tuple[tuple[str, Kind, str], ...] = (
    ("overall_score", sa.Integer(), "0"),
    ("summary", LongText, "''"),
    ("transcript", LongText, "''"),
)
"""What an assessment may lack from now on, and what the way down puts there."""

_RULED = (
    "The rules of version 0.1 made this. Its scores and its recommendation are gone: whether an "
    "answer is right is for people to say."
)
_VERDICTS = ("STRONG_HIRE", "HIRE", "NO_HIRE", "STRONG_NO_HIRE")

_assessments = sa.table(
    "assessments",
    sa.column("tenant_id", sa.String),
    sa.column("id", Identifier),
    sa.column("interview_id", Identifier),
    sa.column("overall_score", sa.Integer),
    sa.column("recommendation", sa.String),
    sa.column("summary", LongText),
    sa.column("scores", Document),
    sa.column("basis", sa.String),
    sa.column("draft", Document),
    sa.column("notes", Document),
    sa.column("binder_summary", LongText),
    sa.column("decision", Document),
    sa.column("generated_by", Document),
)
_interviews = sa.table(
    "interviews",
    sa.column("tenant_id", sa.String),
    sa.column("id", Identifier),
    sa.column("version", sa.Integer),
    sa.column("assessment_id", Identifier),
    sa.column("overall_score", sa.Integer),
    sa.column("recommendation", sa.String),
    sa.column("decision", sa.String),
    sa.column("is_read", sa.Boolean),
)
_history = sa.table(
    "history",
    sa.column("tenant_id", sa.String),
    sa.column("interview_id", Identifier),
    sa.column("transition", sa.String),
    sa.column("triggered_by", sa.String),
    sa.column("reason", LongText),
    sa.column("created_at", Timestamp),
)


def upgrade() -> None:
    false = sa.false()
    op.add_column(
        "interviews", sa.Column("is_read", sa.Boolean, nullable=False, server_default=false)
    )
    op.add_column(
        "interviews", sa.Column("work_version", sa.Integer, nullable=False, server_default="0")
    )
    op.add_column(
        "assessments", sa.Column("revision", sa.Integer, nullable=False, server_default="1")
    )
    for name, kind in _ASSESSMENT_COLUMNS:
        op.add_column("assessments", sa.Column(name, kind))
    for name in _LISTS:
        empty = sa.text("'[]'")
        op.add_column(
            "assessments", sa.Column(name, Document, nullable=False, server_default=empty)
        )
    with op.batch_alter_table("assessments") as batch:
        for name, kind, _ in _EMPTIED:
            batch.alter_column(name, existing_type=kind, nullable=True)
    _create_tables()
    _without_walls(_judge_no_more)


def downgrade() -> None:
    for table in reversed(_OWNED):
        op.drop_table(table)
    _without_walls(_fill_in)
    with op.batch_alter_table("assessments") as batch:
        for name, kind, _ in _EMPTIED:
            batch.alter_column(name, existing_type=kind, nullable=False)
    for name in (*_LISTS, *(name for name, _ in _ASSESSMENT_COLUMNS), "revision"):
        op.drop_column("assessments", name)
    for name in ("work_version", "is_read"):
        op.drop_column("interviews", name)


def _backend() -> str:
    return op.get_context().dialect.name


def _of_card(table: str, *columns: sa.Column[Any], key: tuple[str, ...]) -> None:
    op.create_table(
        table,
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("interview_id", Identifier, nullable=False),
        sa.Column("interviewer", sa.String(255), nullable=False),
        sa.Column("ratings", Document, nullable=False),
        sa.Column("recommendation", sa.String(20), nullable=False),
        sa.Column("summary", LongText),
        *columns,
        sa.PrimaryKeyConstraint("tenant_id", "interview_id", *key, name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interview_id"],
            ["interviews.tenant_id", "interviews.id"],
            name=f"fk_{table}_interviews",
            ondelete="CASCADE",
        ),
        **TABLE_OPTIONS,
    )


def _create_tables() -> None:
    _of_card(
        "scorecards",
        sa.Column("submitted_at", Timestamp),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("email", sa.String(320)),
        key=("interviewer",),
    )
    _of_card(
        "scorecard_versions",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("submitted_at", Timestamp, nullable=False),
        key=("interviewer", "number"),
    )
    lock(*_OWNED)


def _without_walls(change: Callable[[], None]) -> None:
    """Change rows of every tenant: PostgreSQL lets the tables' owner, within this transaction."""
    tables = ("assessments", "interviews", "history") if _backend() == "postgresql" else ()
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    change()
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _fill_in() -> None:
    """Put something where nothing may be missing any more."""
    for name, _, value in _EMPTIED:
        op.execute(
            f"UPDATE assessments SET {name} = {value} WHERE {name} IS NULL"  # noqa: S608
        )


def _judge_no_more() -> None:
    """Take the numbers of rules away, say whose the others are, and note what people approved."""
    bind = op.get_bind()
    for key in bind.execute(sa.select(_assessments.c.tenant_id, _assessments.c.id)).all():
        of_key = (_assessments.c.tenant_id == key.tenant_id, _assessments.c.id == key.id)
        row = bind.execute(sa.select(_assessments).where(*of_key)).one()
        _convert(bind, row._mapping)


def _convert(bind: sa.Connection, row: Mapping[Any, Any]) -> None:
    is_ruled = row["generated_by"].get("engine") == "builtin"
    draft = {
        "overallScore": row["overall_score"],
        "recommendation": row["recommendation"],
        "summary": row["summary"],
        "scores": row["scores"],
    }
    is_current = sa.and_(
        _interviews.c.tenant_id == row["tenant_id"],
        _interviews.c.id == row["interview_id"],
        _interviews.c.assessment_id == row["id"],
    )
    decision = None
    if bind.execute(sa.select(_interviews.c.id).where(is_current)).first() is not None:
        decision = _decision(bind, row)
    values: dict[str, Any] = {"basis": "MODEL", "draft": draft, "binder_summary": None}
    numbers = {"overall_score": row["overall_score"], "recommendation": row["recommendation"]}
    if is_ruled:
        numbers = {"overall_score": None, "recommendation": "NO_DECISION"}
        values = {
            "basis": "TRANSCRIPT",
            "scores": {},
            "summary": _RULED,
            "binder_summary": _RULED,
            "notes": [_RULED],
        }
    bind.execute(
        sa.update(_assessments)
        .where(_assessments.c.tenant_id == row["tenant_id"], _assessments.c.id == row["id"])
        .values(**values, **numbers, decision=decision)
    )
    of_record = {**numbers, "decision": decision and decision["recommendation"], "is_read": True}
    version = _interviews.c.version + 1
    bind.execute(sa.update(_interviews).where(is_current).values(**of_record, version=version))


def _decision(bind: sa.Connection, row: Mapping[Any, Any]) -> dict[str, str | None] | None:
    """Return what people approved of an assessment; None where they did not, or it advised none."""
    if row["recommendation"] not in _VERDICTS:
        return None
    approved = bind.execute(
        sa.select(_history.c.triggered_by, _history.c.reason, _history.c.created_at).where(
            _history.c.tenant_id == row["tenant_id"],
            _history.c.interview_id == row["interview_id"],
            _history.c.transition == "APPROVE_ASSESSMENT",
        )
    ).first()
    if approved is None:
        return None
    return {
        "recommendation": row["recommendation"],
        "by": approved.triggered_by,
        "reason": approved.reason,
        "at": rfc3339(approved.created_at),
    }
