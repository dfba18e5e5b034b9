"""SQLite: one file, one writer at a time, FTS5 for searches."""

import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Insert,
    Select,
    Table,
    UnaryExpression,
    bindparam,
    column,
    event,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.operators import custom_op

from interview_service.database.backends.base import (
    BUSY_TIMEOUT_SECONDS,
    READS,
    WRITES,
    Backend,
    Patience,
    SearchIndex,
)
from interview_service.database.models import InterviewModel

_PLUS: custom_op[Any] = custom_op("+")
_STEPS = 10_000  # of SQLite's own machine, between two looks at the clock
_BUSY_PAUSE = 0.0002
_MIN_ROOM = 1 << 20  # bytes
_USE_WAL = "PRAGMA journal_mode = WAL"
_BEGIN_WRITING = "BEGIN IMMEDIATE"

# The index has its entries by number; a tenant's lie together: its own number in the upper bits.
_INTERVIEWS = cast(Table, InterviewModel.__table__)
_INDEX = table("search_index", column("rowid"))
_ENTRIES = table("search_entries", column("number"), column("tenant_id"), column("interview_id"))
_TENANTS = table("search_tenants", column("tenant_id"), column("number"))
_TENANT: ColumnElement[str] = bindparam("tenant_id")
_TENANTS_BITS = 40
_FIRST = _TENANTS.c.number.op("<<")(_TENANTS_BITS)
_FOUND = (
    _TENANTS.c.tenant_id == _TENANT,
    literal_column("search_index").op("MATCH")(bindparam("phrase")),
    _INDEX.c.rowid > _FIRST,
    _INDEX.c.rowid < _FIRST + (1 << _TENANTS_BITS),
)


def _joined(columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    tables = select(*columns).select_from(_TENANTS, _INDEX, _ENTRIES, _INTERVIEWS)
    return tables.where(
        *_FOUND,
        _ENTRIES.c.number == _INDEX.c.rowid,
        _INTERVIEWS.c.tenant_id == _TENANT,
        _INTERVIEWS.c.id == _ENTRIES.c.interview_id,
    )


class SQLite(Backend):
    """SQLite 3.34 or newer, in WAL mode."""

    name = "sqlite"
    takes_turns = True
    search_index = SearchIndex(
        counted=select(func.count()).select_from(_TENANTS, _INDEX).where(*_FOUND),
        ids=select(_ENTRIES.c.interview_id)
        .select_from(_TENANTS, _INDEX, _ENTRIES)
        .where(*_FOUND, _ENTRIES.c.number == _INDEX.c.rowid),
        joined=_joined,
    )

    def engine_options(self) -> dict[str, Any]:
        """Return the options of `create_engine`."""
        connect = {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
        return {"connect_args": connect}

    def set_up(self, engine: Engine, patience: Patience | None) -> None:
        """Set pragmas; a transaction that writes begins with the write lock in hand."""
        event.listen(engine, "connect", _set_pragmas)
        if not engine.get_execution_options().get(READS):
            event.listen(engine, "begin", _begin)

    def has_search(self, connection: Connection) -> bool:
        """Tell whether this build of SQLite could make the index."""
        question = "SELECT 1 FROM sqlite_master WHERE name = 'search_index'"
        return connection.exec_driver_sql(question).first() is not None

    def unindexed(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return a column as no index is chosen by: after a unary plus, which changes no value."""
        return UnaryExpression(column, operator=_PLUS, type_=column.type)

    def limit(self, connection: Connection, seconds: float | None) -> None:
        """Set how long a statement on this connection may take; None for any time."""
        driver: Any = connection.connection.dbapi_connection
        if seconds is None:
            driver.set_progress_handler(None, 0)
            return
        until = time.monotonic() + seconds
        driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS)

    def is_too_long(self, error: BaseException | None) -> bool:
        """Tell whether a driver's error says that a statement was stopped by its limit."""
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT

    def is_disk_full(self, error: BaseException | None) -> bool:
        """Tell whether a driver's error says that there is no room left for the file."""
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL

    def has_room(self, engine: Engine) -> bool:
        """Tell whether the file's disk has some room left.

        A small write may still find a place in the write-ahead log of a disk that is full.
        """
        try:
            disk = os.statvfs(Path(engine.url.database or "").parent)
        except OSError:
            return True
        return disk.f_bavail * disk.f_frsize >= _MIN_ROOM

    def adding(self, table: Table, keys: Sequence[str], column: Column[int]) -> Insert:
        """Return the upsert."""
        statement = insert(table)
        total = column + statement.excluded[column.key]
        return statement.on_conflict_do_update(index_elements=keys, set_={column.key: total})


def _set_pragmas(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # _begin begins: the driver must not
    cursor = connection.cursor()
    if not _done_when_free(cursor, _USE_WAL):
        cursor.execute(_USE_WAL)  # for SQLAlchemy's error
    for pragma in (
        "synchronous = FULL",
        "secure_delete = ON",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}",
        "temp_store = MEMORY",
        "cache_size = -1000",  # KiB a connection; the system keeps the file in memory anyway
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin a writing transaction with the write lock in hand, so that it can never deadlock.

    SQLite makes one that waits for another process sleep, longer each time. A write is over in less
    than a millisecond, so it is asked again often here.
    """
    if not connection.get_execution_options().get(WRITES, False):
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        if not _done_when_free(driver, _BEGIN_WRITING):
            connection.exec_driver_sql(_BEGIN_WRITING)  # for SQLAlchemy's error
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")


def vacuum(engine: Engine) -> bool:
    """Leave nothing in the files of what was deleted; False where others keep it from that.

    FTS5 notes a deletion beside the entry, and drops both when it puts its parts together.
    """
    with engine.connect() as connection:
        has_search = SQLite().has_search(connection)
        connection.rollback()
        if has_search:
            connection.exec_driver_sql(
                "INSERT INTO search_index (search_index) VALUES ('optimize')"
            )
            connection.commit()
        driver: Any = connection.connection.dbapi_connection  # no transaction begins by it
        try:
            driver.execute("VACUUM")
        except sqlite3.OperationalError:
            return False
        is_busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not is_busy


def _done_when_free(driver: Any, statement: str) -> bool:
    """Execute what needs SQLite's lock; False where it cannot be had for some seconds, or at all.

    For what SQLite itself does not wait for, as the change of a new file to WAL, or waits for too
    long.
    """
    until = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            driver.execute(statement)
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > until:
                return False
            time.sleep(_BUSY_PAUSE)
        else:
            return True
