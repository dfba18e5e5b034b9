"""Writes exported records into a database whose schema is the same, in steps that can be repeated.

Rows are written in the order of the file, a transaction for each few hundred. So an import that
was interrupted is known by its rows, which are the file's first ones, and goes on behind them. No
worker touches any of them until all are there and have been compared: until then none is due.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, Table, insert, update
from sqlalchemy.engine import URL

from interview_service.database import schema
from interview_service.database.backends import backend_named
from interview_service.database.backends.base import WRITES
from interview_service.database.engine import make_engine
from interview_service.database.moving import tables
from interview_service.database.moving.format import (
    ExportFile,
    MoveRefused,
    Stage,
    Summary,
    Tally,
    idle,
    new_tallies,
)
from interview_service.database.moving.tables import DUE, READ_AT_ONCE, TABLES, WALLED, Row
from interview_service.database.snapshots import snapshot

_ROWS_AT_ONCE = 500
_BYTES_AT_ONCE = 4 << 20
_DUE_TABLES = [table for table in TABLES if DUE in table.columns]

Batch = tuple[Table, str, list[Row]]


def import_records(url: URL, path: Path, tenant: str | None, stage: Stage) -> Summary:
    """Write what a file holds, or what it holds of one tenant; go on where that was interrupted.

    :raise MoveRefused: the file is not whole or of another schema, or a tenant is there already;
        nothing was changed. Or somebody else writes these tenants' rows meanwhile.
    """
    file = ExportFile(path, tenant)
    _check_revision(file)
    wanted = file.check(stage("checking", file.header.rows))
    total = sum(tally.rows for tally in wanted.values())
    there = _tallies_of(url, file.tenants, stage)
    done = {name: tally.rows for name, tally in there.items()}
    _check_beginning(file, there, wanted)
    if done != {name: tally.rows for name, tally in wanted.items()}:
        _write(url, file, done, stage)
        there = _tallies_of(url, file.tenants, stage)
    for name, tally in wanted.items():
        if there[name] != tally:
            raise MoveRefused(f"the table {name} is not what was imported: is the service running?")
    _make_due(url, file)
    rows = {name: tally.rows for name, tally in wanted.items()}
    return Summary(rows, file.tenants, total - sum(done.values()))


def _check_revision(file: ExportFile) -> None:
    found, wanted = file.header.revision, schema.newest()
    if found != wanted:
        raise MoveRefused(
            f"its schema is at revision {found}, of version {file.header.version}, and {wanted} is "
            "wanted: import it with that version, and upgrade"
        )


def _tallies_of(url: URL, tenants: Sequence[str], stage: Stage) -> dict[str, Tally]:
    """Return what a database has of some tenants, as idle rows."""
    tallies = new_tallies()
    with snapshot(url) as connection:
        total = sum(tables.count(connection, table, tenants) for table in TABLES)
        progress = stage("comparing", total)
        streaming = connection.execution_options(yield_per=READ_AT_ONCE)
        for table in TABLES if total else ():
            tally = tallies[table.name]
            for statement in tables.select_rows(table, tenants):
                for rows in streaming.execute(statement).partitions():
                    for row in rows:
                        tally.add(idle(table, list(row)))
                    progress(len(rows))
    return tallies


def _check_beginning(
    file: ExportFile, there: Mapping[str, Tally], wanted: Mapping[str, Tally]
) -> None:
    """Make sure that what is there is nothing, or what this file begins with.

    :raise MoveRefused: it is something else.
    """
    if not any(tally.rows for tally in there.values()):
        return
    beginning = new_tallies()
    for entry in file.rows():
        tally = beginning[entry.table.name]
        if tally.rows < there[entry.table.name].rows:
            tally.add(idle(entry.table, entry.row))
    if beginning != there:
        names = ", ".join(file.tenants[:5])
        raise MoveRefused(f"the database has records of {names} already: nothing was changed")


def _write(url: URL, file: ExportFile, done: Mapping[str, int], stage: Stage) -> None:
    progress = stage("writing", file.header.rows)
    progress(sum(done.values()))
    with _writing(url) as engine:
        backend = backend_named(engine.dialect.name)
        for table, tenant, rows in _batches(file, done):
            names = table.columns.keys()
            values = [dict(zip(names, idle(table, row), strict=True)) for row in rows]
            with engine.begin() as connection:
                backend.name_tenant(connection, tenant, across=False)
                backend.limit(connection, None)
                connection.execute(insert(table), values)
            progress(len(rows))


def _batches(file: ExportFile, done: Mapping[str, int]) -> Iterator[Batch]:
    """Yield the rows behind those that are there, a few at a time, each batch of one tenant."""
    seen: Counter[str] = Counter()
    batch: Batch | None = None
    size = 0
    for entry in file.rows():
        table, row = entry.table, entry.row
        seen[table.name] += 1
        if seen[table.name] <= done[table.name]:
            continue
        tenant = file.tenant_of(entry) if table.name in WALLED else ""
        if batch is not None and (
            batch[:2] != (table, tenant) or len(batch[2]) >= _ROWS_AT_ONCE or size > _BYTES_AT_ONCE
        ):
            yield batch
            batch = None
        if batch is None:
            batch, size = (table, tenant, []), 0
        batch[2].append(row)
        size += entry.size
    if batch is not None:
        yield batch


def _make_due(url: URL, file: ExportFile) -> None:
    """Have workers look at what was waiting for them, all of it at once."""
    with _writing(url) as engine, engine.begin() as connection:
        backend = backend_named(engine.dialect.name)
        for entry in file.rows(_DUE_TABLES):
            values = dict(zip(entry.table.columns.keys(), entry.row, strict=True))
            if values[DUE] is None:
                continue
            backend.name_tenant(connection, file.tenant_of(entry), across=False)
            backend.limit(connection, None)
            keys = [column == values[column.name] for column in entry.table.primary_key.columns]
            connection.execute(update(entry.table).where(*keys).values({DUE: values[DUE]}))


@contextmanager
def _writing(url: URL) -> Iterator[Engine]:
    engine = make_engine(url, pool_size=1, migrates=True)
    try:
        yield engine.execution_options(**{WRITES: True})
    finally:
        engine.dispose()
