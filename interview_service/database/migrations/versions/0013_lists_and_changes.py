"""Indexes for each order and filter of lists, who interviews, and the feed of changes."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from interview_service.database.backends import backend_named
from interview_service.database.migrations.walls import lock
from interview_service.database.models import TABLE_OPTIONS
from interview_service.database.types import Document, Identifier, Timestamp
from interview_service.domain.lists import key_of, keys_of

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_KEY = sa.String(32)
_LISTED_BY = (
    *("updated_at", "scheduled_at", "overall_score"),
    *("level", "position_key", "recommendation", "decision"),
)
_BATCH = 2_000

_INTERVIEWS = sa.table(
    "interviews",
    sa.column("tenant_id", sa.String),
    sa.column("id", Identifier),
    sa.column("position", sa.String),
    sa.column("position_key", sa.String),
    sa.column("interviewers", Document),
)
_INTERVIEWERS = sa.table(
    "interview_interviewers",
    sa.column("tenant_id", sa.String),
    sa.column("person", sa.String),
    sa.column("interview_id", Identifier),
)


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant_id", sa.String(100), nullable=False)


def upgrade() -> None:
    op.add_column("interviews", sa.Column("position_key", _KEY))
    op.create_table(
        "interview_interviewers",
        _tenant(),
        sa.Column("person", _KEY, nullable=False),
        sa.Column("interview_id", Identifier, nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "person", "interview_id", name="pk_interview_interviewers"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interview_id"],
            ["interviews.tenant_id", "interviews.id"],
            name="fk_interview_interviewers_interviews",
            ondelete="CASCADE",
        ),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "changes",
        _tenant(),
        sa.Column("interview_id", Identifier, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("changed_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "interview_id", name="pk_changes"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "change_counters",
        _tenant(),
        sa.Column("last_number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_change_counters"),
        **TABLE_OPTIONS,
    )
    _fill()
    for name in _LISTED_BY:
        columns = ["tenant_id", name, "id"]
        op.create_index(f"ix_interviews_tenant_id_{name}_id", "interviews", columns)
    for table, columns in (
        ("interview_interviewers", ["tenant_id", "interview_id"]),
        ("changes", ["tenant_id", "number"]),
        ("changes", ["kind", "changed_at"]),
    ):
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
    lock("interview_interviewers", "changes", "change_counters")


def _fill() -> None:
    """Have what is there already found by its position and people, and told of by the feed."""
    connection = op.get_bind()
    backend = backend_named(connection.dialect.name)
    backend.name_tenant(connection, None, across=True)
    tenants = sa.select(_INTERVIEWS.c.tenant_id).distinct()
    for tenant_id in connection.scalars(tenants).all():
        backend.name_tenant(connection, tenant_id, across=False)
        for rows in _batches(connection, tenant_id):
            _fill_batch(connection, tenant_id, rows)
    backend.name_tenant(connection, None, across=True)
    backend.limit(connection, None)
    op.execute(
        "INSERT INTO changes (tenant_id, interview_id, number, kind, changed_at) "
        "SELECT tenant_id, id, "
        "row_number() OVER (PARTITION BY tenant_id ORDER BY updated_at, id), 'UPSERTED', updated_at"
        " FROM interviews"
    )
    op.execute(
        "INSERT INTO change_counters (tenant_id, last_number) "
        "SELECT tenant_id, count(*) FROM interviews GROUP BY tenant_id"
    )
    backend.name_tenant(connection, None, across=False)
    backend.limit(connection, None)


def _batches(connection: sa.Connection, tenant_id: str) -> Iterator[Any]:
    columns = (_INTERVIEWS.c.id, _INTERVIEWS.c.position, _INTERVIEWS.c.interviewers)
    of_tenant = sa.select(*columns).where(_INTERVIEWS.c.tenant_id == tenant_id)
    after = "00000000-0000-0000-0000-000000000000"
    while True:
        page = of_tenant.where(_INTERVIEWS.c.id > after).order_by(_INTERVIEWS.c.id).limit(_BATCH)
        rows = connection.execute(page).all()
        if not rows:
            return
        yield rows
        after = rows[-1].id


def _fill_batch(connection: sa.Connection, tenant_id: str, rows: Any) -> None:
    keys = [
        {"key": key_of(row.position), "tenant": tenant_id, "row": row.id}
        for row in rows
        if row.position
    ]
    people = [
        {"tenant_id": tenant_id, "person": person, "interview_id": row.id}
        for row in rows
        for person in keys_of(row.interviewers or ())
    ]
    if keys:
        statement = (
            sa.update(_INTERVIEWS)
            .where(
                _INTERVIEWS.c.tenant_id == sa.bindparam("tenant"),
                _INTERVIEWS.c.id == sa.bindparam("row"),
            )
            .values(position_key=sa.bindparam("key"))
        )
        connection.execute(statement, keys)
    if people:
        connection.execute(sa.insert(_INTERVIEWERS), people)


def downgrade() -> None:
    for table in ("change_counters", "changes", "interview_interviewers"):
        op.drop_table(table)
    for name in reversed(_LISTED_BY):
        op.drop_index(f"ix_interviews_tenant_id_{name}_id", "interviews")
    op.drop_column("interviews", "position_key")
