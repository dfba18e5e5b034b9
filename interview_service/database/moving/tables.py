"""Which tables are moved, as plain columns: read from the models, so that a new one is among them.

A table without tenants holds what passes within minutes, failed sign-ins and the code of the first
start. It stays where it is.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, MetaData, Select, Table, func, select

import interview_service.database.accounts  # noqa: F401 (its tables are known from here on)
from interview_service.database.models import Base, TenantOwned
from interview_service.database.types import Timestamp

Row = Sequence[Any]

TENANT = "tenant_id"
DUE = "due_at"
"""When a worker looks at a row by itself. It is withheld until all of an import is there."""

READ_AT_ONCE = 100
"""Rows that are in memory when many are read: one can be as large as a transcript."""

_TENANTS_AT_ONCE = 500


def _plain(table: Table, metadata: MetaData) -> Table:
    """Return the table with moments as the numbers that are stored."""
    columns: list[Column[Any]] = [
        Column(
            column.name,
            BigInteger() if isinstance(column.type, Timestamp) else column.type,
            primary_key=column.primary_key,
            nullable=column.nullable,
            autoincrement=False,
        )
        for column in table.columns
    ]
    return Table(table.name, metadata, *columns)


def _moved() -> tuple[Table, ...]:
    """Return the tables: parents before children, and what lies outside the walls at the end.

    That is where secrets and emails lead to their tenant, so nobody signs in to half a tenant.
    """
    metadata = MetaData()
    tables = [table for table in Base.metadata.sorted_tables if TENANT in table.columns]
    tables.sort(key=lambda table: table.name not in WALLED)
    return tuple(_plain(table, metadata) for table in tables)


WALLED = frozenset(
    mapper.local_table.key  # type: ignore[attr-defined]
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, TenantOwned)
)
"""The tables of which a session sees the rows of one tenant alone."""

TABLES = _moved()


def select_rows(table: Table, tenants: Sequence[str] | None) -> Iterator[Select[Any]]:
    """Yield SELECTs of all rows, or of some tenants', in the order of the primary key."""
    ordered = select(table).order_by(*table.primary_key.columns)
    if tenants is None:
        yield ordered
        return
    for some in _parts(tenants):
        yield ordered.where(table.c[TENANT].in_(some))


def count(connection: Connection, table: Table, tenants: Sequence[str] | None = None) -> int:
    """Count all rows, or those of some tenants."""
    counted = select(func.count()).select_from(table)
    if tenants is None:
        return connection.execute(counted).scalar_one()
    return sum(
        connection.execute(counted.where(table.c[TENANT].in_(some))).scalar_one()
        for some in _parts(tenants)
    )


def _parts(tenants: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(tenants), _TENANTS_AT_ONCE):
        yield tenants[first : first + _TENANTS_AT_ONCE]


def tenants_of(connection: Connection) -> list[str]:
    """Return the names of all tenants that have any row."""
    names: set[str] = set()
    for table in TABLES:
        names.update(connection.scalars(select(table.c[TENANT]).distinct()))
    return sorted(names)
