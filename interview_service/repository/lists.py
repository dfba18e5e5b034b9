"""Lists of interviews: pages by number or cursor, and searches."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    bindparam,
    func,
    select,
    type_coerce,
)

from interview_service.database import search
from interview_service.database.backends import BACKENDS
from interview_service.database.prepared import Prepared
from interview_service.database.types import Timestamp
from interview_service.domain.interview import InterviewRow, folded
from interview_service.domain.workflow import State
from interview_service.repository.tables import INTERVIEWS, TOTALS
from interview_service.repository.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    :param total: rows on all pages together.
    :param last_id: the last row's id where more rows follow, else None.
    """

    rows: Sequence[InterviewRow]
    total: int
    last_id: str | None = None


_OWN = INTERVIEWS.c.tenant_id == bindparam("tenant_id")
_LIKE = re.compile(r"[%_/]")


Kind = tuple[bool, bool, bool]
"""What a list is narrowed by: (state, text, the row that it follows)."""


def _filters(kind: Kind) -> list[ColumnElement[bool]]:
    by_state, by_text, after = kind
    where = [_OWN]
    if by_state:
        where.append(INTERVIEWS.c.workflow_state == bindparam("state"))
    if by_text:
        where.append(INTERVIEWS.c.search_text.like(bindparam("q"), escape="/"))
    if after:
        where.append(INTERVIEWS.c.id < bindparam("after"))
    return where


def _unconverted(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column whose timestamps come as they are kept, in milliseconds: a page has many."""
    if isinstance(column.type, Timestamp):
        return type_coerce(column, BigInteger).label(column.key)
    return column


def _sum_of_totals(by_state: bool) -> Select[Any]:
    statement = select(func.sum(TOTALS.c.total)).where(TOTALS.c.tenant_id == bindparam("tenant_id"))
    if by_state:
        statement = statement.where(TOTALS.c.workflow_state == bindparam("state"))
    return statement


_ROW = [_unconverted(INTERVIEWS.c[name]) for name in InterviewRow._fields]


def _page_where(kind: Kind) -> Prepared:
    by_state, by_text, _ = kind
    columns = list(_ROW)
    if not by_text:  # the total is kept: it comes along
        columns.append(_sum_of_totals(by_state).scalar_subquery().label("list_total"))
    return Prepared(
        select(*columns)
        .where(*_filters(kind))
        .order_by(INTERVIEWS.c.id.desc())  # ids are in the order of createdAt
        .limit(bindparam("limit", type_=Integer))
        .offset(bindparam("offset", type_=Integer))
    )


_SEARCH = {
    backend.name: search.Search(backend.search_index, _ROW)
    for backend in BACKENDS
    if backend.search_index is not None
}
_ROW_LENGTH = len(_ROW)
_INTERVIEWERS = InterviewRow._fields.index("interviewers")
_FAR = 2_000
_BOTH = (False, True)
_PAGE = {kind: _page_where(kind) for kind in product(_BOTH, _BOTH, _BOTH)}
_TOTAL_KEPT = {by_state: Prepared(_sum_of_totals(by_state)) for by_state in _BOTH}
_TOTALS = Prepared(
    select(TOTALS.c.workflow_state, TOTALS.c.total).where(
        TOTALS.c.tenant_id == bindparam("tenant_id")
    )
)
_TOTAL_FOUND = {
    by_state: Prepared(
        select(func.count()).select_from(INTERVIEWS).where(*_filters((by_state, True, False)))
    )
    for by_state in _BOTH
}


def _interview_row(row: Row[*tuple[Any, ...]]) -> InterviewRow:
    people = row[_INTERVIEWERS]
    return InterviewRow._make(
        (*row[:_INTERVIEWERS], tuple(people or ()), *row[_INTERVIEWERS + 1 : _ROW_LENGTH])
    )


class Lists:
    """A tenant's list of interviews."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self.tenant_id = work.tenant_id

    def page(
        self,
        *,
        state: State | None = None,
        q: str | None = None,
        page: int = 1,
        limit: int,
        after: str | None = None,
    ) -> Page:
        """Return one page of interviews, newest first, ties by id.

        :param q: part of a name, email or position, in any case.
        :param after: the id of the row that the page follows, instead of its number.
        """
        values: dict[str, Any] = {"tenant_id": self.tenant_id, "limit": limit + 1}
        if state is not None:
            values["state"] = state.value
        if q:
            part = values["part"] = folded(q)
            values["q"] = "%" + _LIKE.sub(r"/\g<0>", part) + "%"
            values["phrase"] = search.phrase(part)
        if after is not None:
            values["after"], page = after, 1
        values["offset"] = (page - 1) * limit
        kind = (state is not None, bool(q), after is not None)
        ask = self._searched if q else self._listed
        total, rows = self._work.ask(lambda connection: ask(connection, values, kind))
        page_rows = [_interview_row(row) for row in rows[:limit]]
        return Page(page_rows, total, page_rows[-1].id if len(rows) > limit else None)

    def totals(self) -> dict[State, int]:
        """Return how many interviews there are in each state that has any."""
        rows = self._work.rows(_TOTALS)
        return {State(row.workflow_state): int(row.total) for row in rows if row.total}

    def _listed(
        self, connection: Connection, values: Mapping[str, Any], kind: Kind
    ) -> tuple[int, Sequence[Any]]:
        """Return the total of a list and a page of it; past the end nothing is read."""
        by_state, _, _ = kind
        if values["offset"] >= _FAR:
            total = self._total(connection, values, by_state)
            if values["offset"] >= total:
                return total, ()
        rows = _PAGE[kind].rows(connection, self.tenant_id, values)
        if rows:
            return int(rows[0].list_total), rows
        return self._total(connection, values, by_state), ()

    def _total(self, connection: Connection, values: Mapping[str, Any], by_state: bool) -> int:
        return int(_TOTAL_KEPT[by_state].rows(connection, self.tenant_id, values)[0][0] or 0)

    def _searched(
        self, connection: Connection, values: Mapping[str, Any], kind: Kind
    ) -> tuple[int, Sequence[Any]]:
        """Return how much of a list a text is found in, and a page of that."""
        by_state, _, after = kind
        indexed = None
        if len(values["part"]) >= search.LEAST and self._work.database.has_search:
            indexed = _SEARCH[self._work.database.backend.name]
        total_of = indexed.total if indexed else _TOTAL_FOUND
        total = int(total_of[by_state].rows(connection, self.tenant_id, values)[0][0])
        if values["offset"] >= total:
            return total, ()
        if indexed and total <= search.FEW:
            return total, indexed.rows[by_state, after].rows(connection, self.tenant_id, values)
        return total, _PAGE[kind].rows(connection, self.tenant_id, values)
