"""Row-level security on PostgreSQL: the lock that a migration puts on a tenant-owned table."""

import sqlalchemy as sa
from alembic import op

from interview_service.database.backends.postgresql import ACROSS_SETTING, TENANT_SETTING


def lock(*tables: str) -> None:
    """Let PostgreSQL show and take only the rows of the tenant that the session has named.

    Forced for the tables' owner as well. The sweep, which names itself, may read every row.
    """
    if op.get_context().dialect.name != "postgresql":
        return
    own = f"tenant_id = current_setting('{TENANT_SETTING}', true)"
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_tenant ON {table} USING ({own}) WITH CHECK ({own})")
        op.execute(
            f"CREATE POLICY sweep ON {table} FOR SELECT "
            f"USING (current_setting('{ACROSS_SETTING}', true) = 'on')"
        )


def see(tenant_id: str | None) -> None:
    """Have a migration see and change the rows of one tenant; None: see those of all."""
    if op.get_context().dialect.name != "postgresql":
        return
    named = sa.text(
        f"SELECT set_config('{TENANT_SETTING}', :tenant, true),"
        f" set_config('{ACROSS_SETTING}', :across, true)"
    )
    values = {"tenant": tenant_id or "", "across": "on" if tenant_id is None else "off"}
    op.get_bind().execute(named, values)


def see_nothing() -> None:
    """Have a migration see no tenant's rows again."""
    see("")
