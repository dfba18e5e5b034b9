"""Writes the records of all tenants, or of one, as they are at one moment."""

from typing import BinaryIO

from sqlalchemy.engine import URL

from interview_service import __version__
from interview_service.database import schema
from interview_service.database.moving import tables
from interview_service.database.moving.format import (
    Header,
    MoveRefused,
    Stage,
    Summary,
    end_line,
    new_tallies,
    row_line,
    table_line,
)
from interview_service.database.snapshots import snapshot
from interview_service.domain.clock import clock, rfc3339


def export_records(url: URL, file: BinaryIO, tenant: str | None, stage: Stage) -> Summary:
    """Write all records, or one tenant's, and return what was written.

    :raise MoveRefused: nothing is known of the tenant.
    """
    tallies = new_tallies()
    with snapshot(url) as connection:
        known = tables.tenants_of(connection)
        if tenant is not None and tenant not in known:
            raise MoveRefused(f"nothing is known of a tenant {tenant}")
        tenants = known if tenant is None else [tenant]
        filtered = None if tenant is None else tenants
        counts = {table.name: tables.count(connection, table, filtered) for table in tables.TABLES}
        total = sum(counts.values())
        progress = stage("exporting", total)
        header = Header(
            revision=schema.newest(),
            version=__version__,
            database=url.get_backend_name(),
            made=rfc3339(clock.now()),
            tenants=tenants,
            rows=total,
        )
        file.write(header.to_line())
        streaming = connection.execution_options(yield_per=tables.READ_AT_ONCE)
        for table in tables.TABLES:
            file.write(table_line(table))
            tally = tallies[table.name]
            for statement in tables.select_rows(table, filtered):
                for rows in streaming.execute(statement).partitions():
                    for row in rows:
                        tally.add(list(row))
                        file.write(row_line(row))
                    progress(len(rows))
            if tally.rows != counts[table.name]:
                raise MoveRefused(
                    f"the table {table.name} has {counts[table.name]} rows, and {tally.rows} were "
                    "read"
                )
        file.write(end_line(tallies))
    return Summary({name: tally.rows for name, tally in tallies.items()}, tenants, total)
