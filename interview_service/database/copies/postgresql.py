"""Copies of a PostgreSQL database, by pg_dump and pg_restore in their custom format.

Row-level security binds the tables' owner too: pg_dump fails, and with `--enable-row-security`
alone it writes no row. As the sweep it sees every tenant's rows. So does who counts them, in the
same snapshot.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from sqlalchemy import inspect, text
from sqlalchemy.engine import URL

from interview_service.database.backends.postgresql import ACROSS_SETTING
from interview_service.database.copies.base import (
    CopyRefused,
    check_version,
    compare,
    program,
    running,
)
from interview_service.database.engine import make_engine
from interview_service.database.snapshots import Counts, count_rows, snapshot

_PACKAGE = "package postgresql-client"
_VERSION = r"\(PostgreSQL\) (\d+)"
_COPY = re.compile(rb'COPY "?([\w$]+)"?\."?([\w$]+)"? \(')
_END = b"\\.\n"
_AS_STORED = ("--no-owner", "--no-privileges", "--no-comments")


class PostgreSQLCopier:
    """Copies a PostgreSQL database past row-level security, as the role that owns its tables."""

    suffix: ClassVar[str] = ".dump"
    magic: ClassVar[bytes] = b"PGDMP"

    def write(self, url: URL, draft: Path) -> Counts:
        """Have pg_dump write what a transaction of ours sees, and count the rows in both."""
        pg_dump = program("pg_dump", _PACKAGE)
        connected, environment = _access(url)
        with snapshot(url) as connection:
            check_version(pg_dump, _VERSION, connection.dialect.server_version_info)
            counts = count_rows(connection)
            schema = inspect(connection).default_schema_name or "public"
            exported = connection.scalar(text("SELECT pg_export_snapshot()"))
            command = (
                *(pg_dump, "--format=custom", "--enable-row-security", *_AS_STORED),
                *(f"--snapshot={exported}", f"--file={draft}", f"--dbname={connected}"),
            )
            sweep = f"{environment.get('PGOPTIONS', '')} -c {ACROSS_SETTING}=on"
            with running(command, {**environment, "PGOPTIONS": sweep}):
                pass
        return compare(counts, _count(draft, schema))

    def restore(self, url: URL, path: Path) -> Counts:
        """Have pg_restore fill the database in one transaction, and count the rows in both."""
        pg_restore = program("pg_restore", _PACKAGE)
        connected, environment = _access(url)
        engine = make_engine(url, pool_size=1)
        try:
            schema = inspect(engine).default_schema_name or "public"
        finally:
            engine.dispose()
        counts = _count(path, schema)
        command = (
            *(pg_restore, "--single-transaction", "--exit-on-error", *_AS_STORED),
            *(f"--dbname={connected}", str(path)),
        )
        with running(command, environment):
            pass
        with snapshot(url) as connection:
            return compare(counts, count_rows(connection))


def _access(url: URL) -> tuple[str, Mapping[str, str]]:
    """Return how a program connects: what may stand on its command line, and its environment."""
    from psycopg.conninfo import make_conninfo  # only where the database is PostgreSQL

    _, options = url.get_dialect()().create_connect_args(url)
    password = options.pop("password", None)
    server_options = options.pop("options", None)
    environment = {"PGPASSWORD": password} if password else {}
    if server_options:
        environment["PGOPTIONS"] = server_options
    return make_conninfo(**options), environment


def _count(path: Path, schema: str) -> Counts:
    """Count the rows of each table in a dump, reading it to its end."""
    pg_restore = program("pg_restore", _PACKAGE)
    counts: Counts = {}
    with running((pg_restore, "--data-only", "--file=-", str(path)), {}, reads=True) as process:
        if process.stdout is None:
            raise CopyRefused("pg_restore has no output")
        table: str | None = None
        for line in process.stdout:
            if table is not None and line == _END:
                table = None
            elif table is not None:
                counts[table] += 1
            elif (found := _COPY.match(line)) and found[1].decode() == schema:
                table = found[2].decode()
                counts[table] = 0
    return counts
