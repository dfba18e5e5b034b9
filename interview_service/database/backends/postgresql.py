"""PostgreSQL: row-level security, advisory locks, pg_trgm for searches."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Insert,
    Select,
    Table,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import insert

from interview_service.database.backends.base import (
    CONNECT_TIMEOUT_SECONDS,
    MIGRATION_LOCK_NUMBER,
    READS,
    Backend,
    SearchIndex,
)
from interview_service.database.models import InterviewModel

TENANT_SETTING = "interview_service.tenant_id"
ACROSS_SETTING = "interview_service.across_tenants"

_TRANSIENT = {"40001", "40P01"}  # serialization failure, deadlock
_CANCELLED = "57014"
_NAMED = "interview_service_tenant"
_SET_TENANT = text(
    f"SELECT set_config('{TENANT_SETTING}', :tenant, :local),"
    f" set_config('{ACROSS_SETTING}', :across, :local)"
)

_INTERVIEWS = cast(Table, InterviewModel.__table__)
_ENTRIES = table(
    "search_entries", column("tenant_id"), column("interview_id"), column("search_text")
)
_TENANT: ColumnElement[str] = bindparam("tenant_id")


def _found(what: ColumnElement[Any]) -> Select[Any]:
    return select(what).where(
        _ENTRIES.c.tenant_id == _TENANT,
        _ENTRIES.c.search_text.like(bindparam("q"), escape="/"),
    )


def _joined(columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    # The planner takes a text to be found more often than it is, and would go down the whole list
    # for a few: OFFSET keeps it from that.
    found = _found(_ENTRIES.c.interview_id).offset(literal_column("0")).subquery()
    return (
        select(*columns)
        .select_from(found, _INTERVIEWS)
        .where(_INTERVIEWS.c.tenant_id == _TENANT, _INTERVIEWS.c.id == found.c.interview_id)
    )


class PostgreSQL(Backend):
    """PostgreSQL, by psycopg 3."""

    name = "postgresql"
    search_index = SearchIndex(counted=_found(func.count(_ENTRIES.c.interview_id)), joined=_joined)

    def engine_options(self) -> dict[str, Any]:
        """Return the options of `create_engine`."""
        return {
            "connect_args": {
                "connect_timeout": CONNECT_TIMEOUT_SECONDS,
                "application_name": "interview-service",
            }
        }

    def name_tenant(self, connection: Connection, tenant_id: str | None, *, across: bool) -> None:
        """Name the tenant, whose rows alone row-level security then shows.

        In a transaction it is named for the transaction's length. A connection for reading, which
        has none, is named its tenant each time that it is another's turn.
        """
        lasting = connection.get_execution_options().get(READS, False)
        named = (tenant_id, across)
        if lasting and connection.info.get(_NAMED) == named:
            return
        connection.info.pop(_NAMED, None)
        values = {
            "tenant": tenant_id or "",
            "across": "on" if across else "off",
            "local": not lasting,
        }
        connection.execute(_SET_TENANT, values)
        if lasting:
            connection.info[_NAMED] = named

    @contextmanager
    def migrating(self, connection: Connection) -> Iterator[None]:
        """Hold an advisory lock until the transaction ends."""
        number = {"number": MIGRATION_LOCK_NUMBER}
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), number)
        yield

    def has_search(self, connection: Connection) -> bool:
        """Tell whether pg_trgm could be had."""
        question = "SELECT 1 FROM pg_class WHERE oid = to_regclass('search_entries')"
        return connection.exec_driver_sql(question).first() is not None

    @contextmanager
    def unprepared(self, connection: Connection) -> Iterator[None]:
        """Keep psycopg from preparing what is executed meanwhile: it is planned each time."""
        driver: Any = connection.connection.driver_connection
        threshold, driver.prepare_threshold = driver.prepare_threshold, None
        try:
            yield
        finally:
            driver.prepare_threshold = threshold

    def limit(self, connection: Connection, seconds: float | None) -> None:
        """Set how long a statement on this connection may take; None for any time."""
        milliseconds = 0 if seconds is None else max(1, int(seconds * 1000))
        connection.exec_driver_sql(f"SET statement_timeout = {milliseconds}")

    def is_too_long(self, error: BaseException | None) -> bool:
        """Tell whether a driver's error says that a statement was stopped by its limit."""
        return getattr(error, "sqlstate", None) == _CANCELLED

    def adding(self, table: Table, keys: Sequence[str], column: Column[int]) -> Insert:
        """Return the upsert."""
        statement = insert(table)
        total = column + statement.excluded[column.key]
        return statement.on_conflict_do_update(index_elements=keys, set_={column.key: total})

    def is_transient(self, error: BaseException | None) -> bool:
        """Tell whether it is a deadlock or a serialization failure."""
        return getattr(error, "sqlstate", None) in _TRANSIENT

    def weakness(self, connection: Connection) -> str | None:
        """Say that the role is above row-level security, where it is."""
        bypasses = connection.execute(
            text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).scalar_one()
        if not bypasses:
            return None
        return (
            "the database role is a superuser or has BYPASSRLS, so row-level security does not "
            "hold for it: use a role of its own"
        )
