"""What finds a candidate's interviews and those past their time, events that outlive theirs, and
a tenant's retention, time zone and choice of events.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from interview_service.database.migrations.walls import see, see_nothing
from interview_service.database.types import Document, Identifier
from interview_service.domain.lists import key_of

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_BATCH = 2_000
_FOREIGN_KEY = "fk_deliveries_interviews"
_INTERVIEWS = sa.table(
    "interviews",
    sa.column("tenant_id", sa.String(100)),
    sa.column("id", Identifier),
    sa.column("candidate_email", sa.String(320)),
    sa.column("candidate_key", sa.String(32)),
)
_KEEP = (
    sa.update(_INTERVIEWS)
    .where(
        _INTERVIEWS.c.tenant_id == sa.bindparam("tenant"), _INTERVIEWS.c.id == sa.bindparam("row")
    )
    .values(candidate_key=sa.bindparam("key"))
)
_INDEXES = (
    ("interviews", ["tenant_id", "candidate_key", "id"]),
    ("interviews", ["tenant_id", "candidate_erased_at", "moved_at", "id"]),
    ("tenant_settings", ["retention_days"]),
)
_SETTINGS = ("webhook_events", "retention_days", "time_zone")


def upgrade() -> None:
    op.add_column("interviews", sa.Column("candidate_key", sa.String(32)))
    zone = sa.Column("time_zone", sa.String(64), nullable=False, server_default="UTC")
    for column in (
        sa.Column("webhook_events", Document),
        sa.Column("retention_days", sa.Integer),
        zone,
    ):
        op.add_column("tenant_settings", column)
    _find_candidates()
    for table, columns in _INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
    if _is_sqlite():
        _rebuild_deliveries(tied=False)
    else:
        op.drop_constraint(_FOREIGN_KEY, "deliveries", type_="foreignkey")


def downgrade() -> None:
    see(None)
    tenants = op.get_bind().scalars(sa.text("SELECT DISTINCT tenant_id FROM deliveries")).all()
    for tenant in tenants:
        see(tenant)
        op.get_bind().execute(
            sa.text(
                "DELETE FROM deliveries WHERE tenant_id = :tenant AND NOT EXISTS ("
                "SELECT 1 FROM interviews WHERE interviews.tenant_id = deliveries.tenant_id "
                "AND interviews.id = deliveries.interview_id)"
            ),
            {"tenant": tenant},
        )
    see_nothing()
    if _is_sqlite():
        _rebuild_deliveries(tied=True)
    else:
        op.create_foreign_key(
            _FOREIGN_KEY,
            "deliveries",
            "interviews",
            ["tenant_id", "interview_id"],
            ["tenant_id", "id"],
            ondelete="CASCADE",
        )
    for table, columns in reversed(_INDEXES):
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
    for name in _SETTINGS:
        op.drop_column("tenant_settings", name)
    op.drop_column("interviews", "candidate_key")


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _find_candidates() -> None:
    """Have interviews that are there already found by their candidates' emails."""
    connection = op.get_bind()
    see(None)
    tenants = connection.scalars(sa.select(_INTERVIEWS.c.tenant_id).distinct()).all()
    for tenant in tenants:
        see(tenant)
        for rows in _batches(connection, tenant):
            keys = [
                {"key": key_of(row.candidate_email), "tenant": tenant, "row": row.id}
                for row in rows
                if row.candidate_email
            ]
            if keys:
                connection.execute(_KEEP, keys)
    see_nothing()


def _batches(
    connection: sa.Connection, tenant: str
) -> Iterator[Sequence[sa.Row[*tuple[Any, ...]]]]:
    of_tenant = (
        sa.select(_INTERVIEWS.c.id, _INTERVIEWS.c.candidate_email)
        .where(_INTERVIEWS.c.tenant_id == tenant)
        .order_by(_INTERVIEWS.c.id)
        .limit(_BATCH)
    )
    rows = connection.execute(of_tenant).all()
    while rows:
        yield rows
        rows = connection.execute(of_tenant.where(_INTERVIEWS.c.id > rows[-1].id)).all()


def _rebuild_deliveries(*, tied: bool) -> None:
    """Tie events to their interviews, or do so no more, on SQLite: by a new table.

    The attempts are held elsewhere meanwhile: they would go with the old table's rows.
    """
    op.execute("CREATE TEMPORARY TABLE held_attempts AS SELECT * FROM delivery_attempts")
    with op.batch_alter_table("deliveries") as batch:
        if tied:
            batch.create_foreign_key(
                _FOREIGN_KEY,
                "interviews",
                ["tenant_id", "interview_id"],
                ["tenant_id", "id"],
                ondelete="CASCADE",
            )
        else:
            batch.drop_constraint(_FOREIGN_KEY, type_="foreignkey")
    op.execute("DELETE FROM delivery_attempts")
    op.execute("INSERT INTO delivery_attempts SELECT * FROM held_attempts")
    op.execute("DROP TABLE held_attempts")
