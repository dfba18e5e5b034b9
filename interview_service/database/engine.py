"""Connections to the database: one engine a process, set up for what each backend needs."""

import sqlite3
import time
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_SECONDS = 10
CONNECT_TIMEOUT_SECONDS = 5
POOL_TIMEOUT_SECONDS = 10

_BUSY_PAUSE = 0.0002
_USE_WAL = "PRAGMA journal_mode = WAL"
_BEGIN_WRITING = "BEGIN IMMEDIATE"

WRITES = "interview_service_writes"
"""Execution option of connections whose transactions write."""

READS = "interview_service_reads"
"""Execution option of connections on which each statement stands alone, and none writes."""


def _dump_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def make_engine(url: URL, *, pool_size: int = 5, reads: bool = False) -> Engine:
    """Return an engine for `url`; nothing is connected yet.

    :param reads: its connections are in autocommit, which saves a read the begin and the end of a
        transaction.
    """
    backend = url.get_backend_name()
    options: dict[str, Any] = {
        "json_serializer": _dump_json,
        "json_deserializer": orjson.loads,
        "pool_timeout": POOL_TIMEOUT_SECONDS,
        "pool_size": pool_size,
        "max_overflow": 2,
        "hide_parameters": True,
    }
    if backend == "sqlite":
        options["connect_args"] = {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
    elif backend == "postgresql":
        options["connect_args"] = {
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "application_name": "interview-service",
        }
    else:
        options["connect_args"] = {
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "read_timeout": 30,
            "write_timeout": 30,
        }
        options["isolation_level"] = "READ COMMITTED"
        options["pool_recycle"] = 3600
    if reads:
        options["isolation_level"] = "AUTOCOMMIT"
        options["execution_options"] = {READS: True}
    engine = create_engine(url, **options)
    if backend == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        if not reads:
            event.listen(engine, "begin", _begin_sqlite)
    elif backend == "mariadb":
        event.listen(engine, "connect", _set_up_mariadb)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # _begin_sqlite begins: the driver must not
    cursor = connection.cursor()
    if not _done_when_free(cursor, _USE_WAL):
        cursor.execute(_USE_WAL)  # for SQLAlchemy's error
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}",
        "temp_store = MEMORY",
        "cache_size = -1000",  # KiB a connection; the system keeps the file in memory anyway
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
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


def _done_when_free(driver: Any, statement: str) -> bool:
    """Execute what needs SQLite's lock; False where it cannot be had for some seconds, or at all.

    For what SQLite itself does not wait with, as with the change of a new file to WAL, or not well.
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


def _set_up_mariadb(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(
        "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', "
        "innodb_lock_wait_timeout = %s",
        (BUSY_TIMEOUT_SECONDS,),
    )
    cursor.close()
