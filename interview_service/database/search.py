"""Searches by SQLite's trigram index, which migration 0004 makes where the build has FTS5.

PostgreSQL's planner uses its trigram index for LIKE by itself; MariaDB has none.
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
_INDEX = table("search_index", column("rowid"))
_ENTRIES = table("search_entries", column("number"), column("tenant_id"), column("interview_id"))
_TENANTS = table("search_tenants", column("tenant_id"), column("number"))
_TENANTS_BITS = 40


def phrase(text: str) -> str:
    """Return what MATCH takes for a part of a text."""
    return '"' + text.replace('"', '""') + '"'


def _found() -> list[ColumnElement[bool]]:
    first = _TENANTS.c.number.op("<<")(_TENANTS_BITS)
    return [
        _TENANTS.c.tenant_id == bindparam("tenant_id"),
        literal_column("search_index").op("MATCH")(bindparam("phrase")),
        _INDEX.c.rowid > first,
        _INDEX.c.rowid < first + (1 << _TENANTS_BITS),
    ]


def _interviews(by_state: bool) -> list[ColumnElement[bool]]:
    where = [
        _ENTRIES.c.number == _INDEX.c.rowid,
        _INTERVIEWS.c.tenant_id == bindparam("tenant_id"),
        _INTERVIEWS.c.id == _ENTRIES.c.interview_id,
    ]
    if by_state:
        where.append(_INTERVIEWS.c.workflow_state == bindparam("state"))
    return where


def _total(by_state: bool) -> Prepared:
    statement: Select[Any] = select(func.count()).select_from(_TENANTS, _INDEX).where(*_found())
    if by_state:
        statement = statement.select_from(_ENTRIES, _INTERVIEWS).where(*_interviews(by_state))
    return Prepared(statement)


def _rows(columns: Sequence[ColumnElement[Any]], by_state: bool, after: bool) -> Prepared:
    statement = select(*columns).select_from(_TENANTS, _INDEX, _ENTRIES, _INTERVIEWS)
    statement = statement.where(*_found(), *_interviews(by_state))
    if after:
        statement = statement.where(_INTERVIEWS.c.id < bindparam("after"))
    return Prepared(
        statement.order_by(_INTERVIEWS.c.id.desc())
        .limit(bindparam("limit", type_=Integer))
        .offset(bindparam("offset", type_=Integer))
    )


class Search:
    """The statements of a search by the index: totals by whether a state is given, and rows.

    :param columns: what a row of the list has.
    """

    def __init__(self, columns: Sequence[ColumnElement[Any]]) -> None:
        both = (False, True)
        self.total = {by_state: _total(by_state) for by_state in both}
        self.rows = {kind: _rows(columns, *kind) for kind in product(both, both)}
