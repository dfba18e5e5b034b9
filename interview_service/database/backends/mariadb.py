"""MariaDB: named locks, strict mode, no index for searches."""

import errno
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Column, Connection, Dialect, Engine, Insert, Table, event, text
from sqlalchemy.dialects.mysql import insert
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import TimeoutError as LockTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from interview_service.database.backends.base import (
    BUSY_TIMEOUT_SECONDS,
    CONNECT_TIMEOUT_SECONDS,
    MIGRATION_LOCK_NAME,
    Backend,
    Patience,
)

MIGRATION_LOCK_SECONDS = 25

_SET_SESSION = (
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', "
    "innodb_lock_wait_timeout = %s, max_statement_time = %s"
)
_TRANSIENT = {1020, 1205, 1213}  # record changed, lock timeout, deadlock

_TOO_LONG = 1969
_DISK_FULL = {1021, 1114}  # no room left on the disk, in the table space
_FAILED_WRITE = {3, 1026, 1030}  # these quote the operating system's error
_NO_SPACE_LEFT = re.compile(rf"\b{errno.ENOSPC}\b")


class MariaDB(Backend):
    """MariaDB, by PyMySQL."""

    name = "mariadb"
    sorts_nulls = True

    def engine_options(self) -> dict[str, Any]:
        """Return the options of `create_engine`."""
        return {
            "connect_args": {
                "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            },
            "isolation_level": "READ COMMITTED",
            "pool_recycle": 3600,
        }

    def set_up(self, engine: Engine, patience: Patience | None) -> None:
        """Have wrong values refused, and a server that has gone silent noticed.

        Locks are waited for no longer than elsewhere.
        """

        def limit(dialect: Dialect, record: object, given: object, options: dict[str, Any]) -> None:
            options["read_timeout"] = options["write_timeout"] = CONNECT_TIMEOUT_SECONDS

        def set_session(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
            silence = patience.silence if patience is not None else None
            driver = cast(Any, connection)  # PyMySQL takes one limit for a connect and what follows
            driver._read_timeout = driver._write_timeout = silence
            cursor = connection.cursor()
            cursor.execute(
                _SET_SESSION, (BUSY_TIMEOUT_SECONDS, patience.statement if patience else 0)
            )
            cursor.close()

        event.listen(engine, "do_connect", limit)
        event.listen(engine, "connect", set_session)

    @contextmanager
    def migrating(self, connection: Connection) -> Iterator[None]:
        """Hold a named lock."""
        lock = {"name": MIGRATION_LOCK_NAME, "seconds": MIGRATION_LOCK_SECONDS}
        if connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), lock) != 1:
            raise LockTimeout(
                f"another process migrates it for more than {MIGRATION_LOCK_SECONDS} s"
            )
        try:
            yield
        finally:
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": MIGRATION_LOCK_NAME})

    @contextmanager
    def snapshot(self, connection: Connection) -> Iterator[None]:
        """Read in a transaction whose statements all see the moment of its beginning."""
        connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
            yield

    def limit(self, connection: Connection, seconds: float | None) -> None:
        """Set how long a statement on this connection may take; None for any time."""
        longest = 0 if seconds is None else max(0.001, seconds)
        connection.exec_driver_sql(f"SET SESSION max_statement_time = {longest:.3f}")

    def is_too_long(self, error: BaseException | None) -> bool:
        """Tell whether a driver's error says that a statement was stopped by its limit."""
        return error is not None and bool(error.args) and error.args[0] == _TOO_LONG

    def is_disk_full(self, error: BaseException | None) -> bool:
        """Tell whether a driver's error says that the server has no room left on its disk."""
        if error is None or not error.args:
            return False
        number = error.args[0]
        quoted = number in _FAILED_WRITE and _NO_SPACE_LEFT.search(str(error.args[-1]))
        return number in _DISK_FULL or bool(quoted)

    def adding(self, table: Table, keys: Sequence[str], column: Column[int]) -> Insert:
        """Return the upsert; MariaDB itself knows the keys."""
        statement = insert(table)
        total = column + statement.inserted[column.key]
        return statement.on_duplicate_key_update({column.key: total})

    def is_transient(self, error: BaseException | None) -> bool:
        """Tell whether it is a deadlock, a lock that was not had in time, or a lost race."""
        return error is not None and bool(error.args) and error.args[0] in _TRANSIENT
