"""Copies of a MariaDB database, by mariadb-dump and mariadb, compressed by gzip."""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from interview_service.database.copies.base import (
    CopyRefused,
    check_version,
    compare,
    program,
    running,
)
from interview_service.database.engine import make_engine
from interview_service.database.snapshots import Counts, count_rows, snapshot

_PACKAGE = "package mariadb-client"
_VERSION = r"(\d+)\.(\d+)\.\d+-MariaDB"
_CREATE = re.compile(rb"CREATE TABLE `([^`]+)`")
_INSERT = re.compile(rb"INSERT INTO `([^`]+)` VALUES$")
_ROW = b"("
_LAST_LINE = b"-- Dump completed"
_LOCK_SECONDS = 5
_DENIED = {1044, 1142}
_COMPRESSION = 6

_OPTIONS = {
    "ssl_ca": "--ssl-ca",
    "ssl_cert": "--ssl-cert",
    "ssl_key": "--ssl-key",
    "unix_socket": "--socket",
}
"""Of a URL: parameters that the programs know by other names."""


class MariaDBCopier:
    """Copies a MariaDB database as SQL."""

    suffix: ClassVar[str] = ".sql.gz"
    magic: ClassVar[bytes] = b"\x1f\x8b"

    def write(self, url: URL, draft: Path) -> Counts:
        """Have mariadb-dump write a snapshot that begins with one of ours; count the rows in both.

        Writers wait for the moment in which the two begin.
        """
        mariadb_dump = program("mariadb-dump", _PACKAGE)
        connected, environment = _access(url)
        command = (
            *(mariadb_dump, "--no-defaults", "--single-transaction", "--skip-triggers"),
            *("--no-tablespaces", "--default-character-set=utf8mb4", *connected),
        )
        tally = _Tally()
        with _locked(url) as lock, snapshot(url) as connection:
            check_version(mariadb_dump, _VERSION, connection.dialect.server_version_info)
            with (
                running(command, environment, reads=True) as process,
                gzip.open(draft, "wb", _COMPRESSION) as file,
            ):
                for line in process.stdout or ():
                    file.write(line)
                    tally.add(line)
                    if tally.counts and not lock.closed:
                        lock.close()  # the dump has begun
            counts = count_rows(connection)
        tally.check_whole()
        return compare(counts, tally.counts)

    def restore(self, url: URL, path: Path) -> Counts:
        """Have mariadb execute the file, and count the rows in both.

        MariaDB undoes no CREATE TABLE: what a restore that fails has made is there.
        """
        mariadb = program("mariadb", _PACKAGE)
        connected, environment = _access(url)
        whole = _Tally()
        for line in _lines(path):
            whole.add(line)
        whole.check_whole()
        command = (mariadb, "--no-defaults", "--batch", "--default-character-set=utf8mb4")
        with running((*command, *connected), environment, feeds=True) as process:
            if process.stdin is not None:
                process.stdin.writelines(_lines(path))
        with snapshot(url) as connection:
            return compare(whole.counts, count_rows(connection))


class _Tally:
    """Counts the rows of a dump line by line: a row is a line, whatever is in it."""

    def __init__(self) -> None:
        self.counts: Counts = {}
        self._table: str | None = None
        self._last = b""

    def add(self, line: bytes) -> None:
        """Take the next line into account."""
        self._last = line
        if self._table is not None and line.startswith(_ROW):
            self.counts[self._table] += 1
            return
        self._table = None
        if found := _CREATE.match(line):
            self.counts[found[1].decode()] = 0
        elif found := _INSERT.match(line):
            self._table = found[1].decode()

    def check_whole(self) -> None:
        """Make sure that the dump had its end.

        :raise CopyRefused: it had not.
        """
        if not self._last.startswith(_LAST_LINE):
            raise CopyRefused("the dump is not whole: its end is missing")


def _lines(path: Path) -> Iterable[bytes]:
    """Yield the lines of a compressed file.

    :raise CopyRefused: it is damaged.
    """
    try:
        with gzip.open(path, "rb") as file:
            yield from file
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise CopyRefused(f"{path} is damaged: {error}") from None


@contextmanager
def _locked(url: URL) -> Iterator[Connection]:
    """Keep every table from being written until the connection that is yielded is closed.

    :raise CopyRefused: that cannot be had.
    """
    engine = make_engine(url, pool_size=1)
    try:
        with engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            listed = ", ".join(f"`{name}` READ" for name in tables)
            connection.exec_driver_sql(f"SET SESSION lock_wait_timeout = {_LOCK_SECONDS}")
            try:
                if tables:
                    connection.execute(text(f"LOCK TABLES {listed}"))
            except DBAPIError as error:
                code = error.orig.args[0] if error.orig is not None and error.orig.args else None
                if code in _DENIED:
                    raise CopyRefused(
                        f"the user {url.username} lacks a right: GRANT SELECT, LOCK TABLES ON "
                        f"`{url.database}`.* TO them"
                    ) from None
                raise CopyRefused(
                    f"the tables cannot be had for a moment within {_LOCK_SECONDS} s: try again"
                ) from None
            connection.detach()  # closing it ends it, and with it the locks
            yield connection
    finally:
        engine.dispose()


def _access(url: URL) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Return how a program connects: what may stand on its command line, and its environment."""
    options = [f"--host={url.host or 'localhost'}"]
    if url.port:
        options.append(f"--port={url.port}")
    if url.username:
        options.append(f"--user={url.username}")
    for name, value in url.query.items():
        if name in _OPTIONS:
            options.append(f"{_OPTIONS[name]}={value}")
    environment = {"MYSQL_PWD": str(url.password)} if url.password else {}
    return (*options, str(url.database)), environment
