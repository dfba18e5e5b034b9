"""All tenants' rows as they are at one moment: what backups and exports read."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, inspect, select, table
from sqlalchemy.engine import URL

from interview_service.database.backends import backend_named
from interview_service.database.engine import make_engine

Counts = dict[str, int]
"""How many rows there are, by table."""


@contextmanager
def snapshot(url: URL) -> Iterator[Connection]:
    """Yield a connection that sees every tenant's rows of one moment, for as long as it takes."""
    engine = make_engine(url, pool_size=1, migrates=True)
    backend = backend_named(engine.dialect.name)
    try:
        with engine.connect() as connection, backend.snapshot(connection):
            backend.name_tenant(connection, None, across=True)
            backend.limit(connection, None)
            yield connection
    finally:
        engine.dispose()


def count_rows(connection: Connection) -> Counts:
    """Count the rows of every table there is."""
    names = inspect(connection).get_table_names()
    return {
        name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
        for name in names
    }
