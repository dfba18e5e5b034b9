"""Searches by an index of every three letters, where the migrations could make one.

SQLite's is FTS5 (0004), PostgreSQL's pg_trgm (0006); MariaDB has none.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
)

from interview_service.database.models import Interview
from interview_service.database.session import Prepared

LEAST = 3
"""Characters that a text must have to be found by an index of every three."""

FEW = 2_000
"""So many finds are fetched and put in order; more are come by on the way down the list."""

_INTERVIEWS = cast(Table, Interview.__table__)
_ENTRIES = table(
    "search_entries",
    column("number"),
    column("tenant_id"),
    column("interview_id"),
    column("search_text"),
)
_TENANT: ColumnElement[str] = bindparam("tenant_id")

# SQLite's index has its entries by number; a tenant's lie together.
_INDEX = table("search_index", column("rowid"))
_TENANTS = table("search_tenants", column("tenant_id"), column("number"))
_TENANTS_BITS = 40
_FIRST = _TENANTS.c.number.op("<<")(_TENANTS_BITS)


def phrase(text: str) -> str:
    """Return what MATCH takes for a part of a text."""
    return '"' + text.replace('"', '""') + '"'


def _found_in_sqlite() -> list[ColumnElement[bool]]:
    return [
        _TENANTS.c.tenant_id == _TENANT,
        literal_column("search_index").op("MATCH")(bindparam("phrase")),
        _INDEX.c.rowid > _FIRST,
        _INDEX.c.rowid < _FIRST + (1 << _TENANTS_BITS),
    ]


def _counted_in_sqlite() -> Select[Any]:
    return select(func.count()).select_from(_TENANTS, _INDEX).where(*_found_in_sqlite())


def _joined_in_sqlite(columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    tables = select(*columns).select_from(_TENANTS, _INDEX, _ENTRIES, _INTERVIEWS)
    return tables.where(
        *_found_in_sqlite(),
        _ENTRIES.c.number == _INDEX.c.rowid,
        _INTERVIEWS.c.tenant_id == _TENANT,
        _INTERVIEWS.c.id == _ENTRIES.c.interview_id,
    )


def _found_in_postgresql(found: ColumnElement[Any]) -> Select[Any]:
    return select(found).where(
        _ENTRIES.c.tenant_id == _TENANT,
        _ENTRIES.c.search_text.like(bindparam("q"), escape="/"),
    )


def _counted_in_postgresql() -> Select[Any]:
    return _found_in_postgresql(func.count(_ENTRIES.c.interview_id))


def _joined_in_postgresql(columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    # The planner takes a text to be found more often than it is, and would go down the whole list
    # for a few: OFFSET keeps it from that.
    found = _found_in_postgresql(_ENTRIES.c.interview_id).offset(literal_column("0")).subquery()
    return (
        select(*columns)
        .select_from(found, _INTERVIEWS)
        .where(_INTERVIEWS.c.tenant_id == _TENANT, _INTERVIEWS.c.id == found.c.interview_id)
    )


_STATEMENTS = {
    "sqlite": (_counted_in_sqlite, _joined_in_sqlite),
    "postgresql": (_counted_in_postgresql, _joined_in_postgresql),
}
BACKENDS = tuple(_STATEMENTS)
"""Those that have an index for searches."""


class Search:
    """The statements of a search by the index: totals by whether a state is given, and rows.

    :param columns: what a row of the list has.
    """

    def __init__(self, backend: str, columns: Sequence[ColumnElement[Any]]) -> None:
        counted, joined = _STATEMENTS[backend]

        def rows(by_state: bool, after: bool) -> Prepared:
            statement = _narrowed(joined(columns), by_state)
            if after:
                statement = statement.where(_INTERVIEWS.c.id < bindparam("after"))
            page = (
                statement.order_by(_INTERVIEWS.c.id.desc())
                .limit(bindparam("limit", type_=Integer))
                .offset(bindparam("offset", type_=Integer))
            )
            return Prepared(page, by_its_values=True)

        both = (False, True)
        self.total = {
            by_state: Prepared(statement, by_its_values=True)
            for by_state, statement in (
                (False, counted()),
                (True, _narrowed(joined([func.count()]), by_state=True)),
            )
        }
        self.rows = {kind: rows(*kind) for kind in product(both, both)}


def _narrowed(statement: Select[Any], by_state: bool) -> Select[Any]:
    if not by_state:
        return statement
    return statement.where(_INTERVIEWS.c.workflow_state == bindparam("state"))
