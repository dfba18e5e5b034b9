"""PostgreSQL: row-level security, advisory locks, pg_trgm for searches."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Insert,
    Select,
    Table,
    bindparam,
    column,
    event,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine.interfaces import DBAPIConnection, ExecutionContext
from sqlalchemy.pool import ConnectionPoolEntry

from interview_service.database.backends.base import (
    CONNECT_TIMEOUT_SECONDS,
    MIGRATION_LOCK_NUMBER,
    READING,
    READS,
    WRITING,
    Backend,
    Patience,
    SearchIndex,
)
from interview_service.database.models import InterviewModel
from interview_service.database.types import Identifier

if TYPE_CHECKING:
    from interview_service.database.backends.psycopg_connections import LimitedConnection

TENANT_SETTING = "interview_service.tenant_id"
ACROSS_SETTING = "interview_service.across_tenants"

_TRANSIENT = {"40001", "40P01"}  # serialization failure, deadlock
_CANCELLED = "57014"
_DISK_FULL = "53100"
_NAME = (
    f"SELECT set_config('{TENANT_SETTING}', %s, true), set_config('{ACROSS_SETTING}', %s, true),"
    " set_config('statement_timeout', %s, true)"
)

_LIMIT = "SELECT set_config('statement_timeout', %s, true)"

_INTERVIEWS = cast(Table, InterviewModel.__table__)
_ENTRIES = table(
    "search_entries",
    column("tenant_id"),
    column("interview_id", Identifier),
    column("search_text"),
)
_TENANT: ColumnElement[str] = bindparam("tenant_id")


def _found(what: ColumnElement[Any]) -> Select[Any]:
    return select(what).where(
        _ENTRIES.c.tenant_id == _TENANT,
        _ENTRIES.c.search_text.like(bindparam("q"), escape="/"),
    )


# The planner takes a text to be found more often than it is, and would go down the whole list for a
# few: OFFSET keeps it from that.
_FOUND = _found(_ENTRIES.c.interview_id).offset(literal_column("0")).subquery()


def _joined(columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    return (
        select(*columns)
        .select_from(_FOUND, _INTERVIEWS)
        .where(_INTERVIEWS.c.tenant_id == _TENANT, _INTERVIEWS.c.id == _FOUND.c.interview_id)
    )


class PostgreSQL(Backend):
    """PostgreSQL, by psycopg 3."""

    name = "postgresql"
    search_index = SearchIndex(
        counted=_found(func.count(_ENTRIES.c.interview_id)),
        ids=select(_FOUND.c.interview_id),
        joined=_joined,
    )

    def engine_options(self) -> dict[str, Any]:
        """Return the options of `create_engine`."""
        return {
            "connect_args": {
                "connect_timeout": CONNECT_TIMEOUT_SECONDS,
                "application_name": "interview-service",
            }
        }

    def set_up(self, engine: Engine, patience: Patience | None) -> None:
        """Have a server that has gone silent noticed, and a pooler on the way to it allowed for."""

        def connect(
            dialect: Dialect, record: object, given: tuple[Any, ...], options: dict[str, Any]
        ) -> object:
            from interview_service.database.backends import psycopg_connections as connections

            return connections.connect(patience, *given, **options)

        event.listen(engine, "do_connect", connect)
        event.listen(engine, "do_execute", _execute_as_tenant)
        event.listen(engine, "checkin", _forget_tenant)

    def name_tenant(self, connection: Connection, tenant_id: str | None, *, across: bool) -> None:
        """Name the tenant, whose rows alone row-level security then shows.

        It is named for a transaction's length, and so is how long a statement may take: behind a
        pooler nothing else is left of a connection from one transaction to the next. A connection
        for reading has no transactions: there each statement brings the name along.
        """
        reads = connection.get_execution_options().get(READS, False)
        seconds = (READING if reads else WRITING).statement
        values = (tenant_id or "", "on" if across else "off", f"{seconds}s")
        if reads:
            _driver(connection).named = values
        else:
            connection.exec_driver_sql(_NAME, values)

    @contextmanager
    def migrating(self, connection: Connection) -> Iterator[None]:
        """Hold an advisory lock until the transaction ends."""
        number = {"number": MIGRATION_LOCK_NUMBER}
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), number)
        yield

    @contextmanager
    def snapshot(self, connection: Connection) -> Iterator[None]:
        """Read in a transaction whose statements all see what the first one sees."""
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield

    def has_search(self, connection: Connection) -> bool:
        """Tell whether pg_trgm could be had."""
        question = "SELECT 1 FROM pg_class WHERE oid = to_regclass('search_entries')"
        return connection.exec_driver_sql(question).first() is not None

    @contextmanager
    def unprepared(self, connection: Connection) -> Iterator[None]:
        """Keep psycopg from preparing what is executed meanwhile: it is planned each time."""
        driver = _driver(connection)
        threshold, driver.prepare_threshold = driver.prepare_threshold, None
        try:
            yield
        finally:
            driver.prepare_threshold = threshold

    def limit(self, connection: Connection, seconds: float | None) -> None:
        """Set how long a statement on this connection may take; None for any time."""
        longest = None if seconds is None else f"{max(1, int(seconds * 1000))}ms"
        driver = _driver(connection)
        if driver.named is not None:
            driver.named = (*driver.named[:2], longest or f"{READING.statement}s")
        else:
            connection.exec_driver_sql(_LIMIT, (longest or "0",))

    def is_too_long(self, error: BaseException | None) -> bool:
        """Tell whether a driver's error says that a statement was stopped by its limit."""
        return getattr(error, "sqlstate", None) == _CANCELLED

    def is_disk_full(self, error: BaseException | None) -> bool:
        """Tell whether a driver's error says that the server has no room left on its disk."""
        return getattr(error, "sqlstate", None) == _DISK_FULL

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


def _execute_as_tenant(
    cursor: Any, statement: str, parameters: Any, context: ExecutionContext | None
) -> bool:
    """Execute a statement of a connection for reading in one round trip with its tenant's naming.

    Both go out together, as a pipeline, which the server takes for one transaction.
    """
    driver: LimitedConnection = cursor.connection
    if driver.named is None:
        return False
    with driver.pipeline():
        driver.execute(_NAME, driver.named)
        cursor.execute(statement, parameters)
    return True


def _forget_tenant(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    if connection is not None:
        cast("LimitedConnection", connection).named = None


def _driver(connection: Connection) -> "LimitedConnection":
    return cast("LimitedConnection", connection.connection.driver_connection)
