"""Lists of interviews: what is asked for most is prepared here; the rest is put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sqlalchemy import Connection, Integer, Select, bindparam, func, select

from interview_service.database import search
from interview_service.database.backends import BACKENDS
from interview_service.database.prepared import Prepared
from interview_service.domain.interview import InterviewRow, folded
from interview_service.domain.lists import EVERYTHING, Filters, Order, Place
from interview_service.domain.workflow import State
from interview_service.repository.list_rows import COLUMNS, OWN, interview_row, rows_of
from interview_service.repository.narrowed_lists import NarrowedList, counted_in_time, like
from interview_service.repository.tables import INTERVIEWS, TOTALS
from interview_service.repository.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    :param total: rows on all pages together; None where they were not counted in time.
    :param next_place: the last row's place where more rows follow, else None.
    """

    rows: Sequence[InterviewRow]
    total: int | None
    next_place: Place | None = None


Kind = tuple[bool, bool, bool]
"""What a list is narrowed by: (state, text, the row that it follows)."""


def _filters(kind: Kind) -> list[Any]:
    by_state, by_text, after = kind
    where = [OWN]
    if by_state:
        where.append(INTERVIEWS.c.workflow_state == bindparam("state"))
    if by_text:
        where.append(INTERVIEWS.c.search_text.like(bindparam("q"), escape="/"))
    if after:
        where.append(INTERVIEWS.c.id < bindparam("after"))
    return where


def _sum_of_totals(by_state: bool) -> Select[Any]:
    statement = select(func.sum(TOTALS.c.total)).where(TOTALS.c.tenant_id == bindparam("tenant_id"))
    if by_state:
        statement = statement.where(TOTALS.c.workflow_state == bindparam("state"))
    return statement


def _page_where(kind: Kind) -> Prepared:
    by_state, by_text, _ = kind
    columns = list(COLUMNS)
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
    backend.name: search.Search(backend.search_index)
    for backend in BACKENDS
    if backend.search_index is not None
}
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


class Lists:
    """A tenant's lists of interviews."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self.tenant_id = work.tenant_id

    def page(
        self,
        filters: Filters = EVERYTHING,
        order: Order = Order.NEWEST,
        *,
        page: int = 1,
        limit: int,
        place: Place | None = None,
        is_counted: bool = True,
    ) -> Page:
        """Return one page of interviews; ties are in the order of their ids.

        :param place: what the page follows, instead of its number: of the same order.
        :param is_counted: whether the total is wanted, where it is not kept.
        """
        if order is Order.NEWEST and _is_prepared(filters):
            return self._prepared(filters, page=page, limit=limit, place=place)
        narrowed = NarrowedList(self._work, filters, order)
        offset = 0 if place is not None else (page - 1) * limit
        if filters.are_states_alone:
            total: int | None = self._kept_total(filters.states)
        elif place is not None:
            total = place.total
        else:
            total = narrowed.total() if is_counted else None
        if total is not None and place is None and offset >= total:
            return Page((), total)
        found = narrowed.rows(limit=limit + 1, offset=offset, place=place)
        rows = found[:limit]
        if len(found) <= limit:
            return Page(rows, total)
        last = rows[-1]
        value = None if order.field == "created_at" else getattr(last, order.field)
        counted = None if filters.are_states_alone else total
        return Page(rows, total, Place(order, last.id, value, counted))

    def counts(self) -> Mapping[State, int]:
        """Return how many interviews are in each state that one is in."""
        rows = self._work.rows(_TOTALS)
        return {State(row.workflow_state): int(row.total) for row in rows if row.total}

    def _kept_total(self, states: Sequence[State]) -> int:
        counts = self.counts()
        return sum(counts.get(each, 0) for each in dict.fromkeys(states or counts))

    # --- all, one state, a search: newest first

    def _prepared(self, filters: Filters, *, page: int, limit: int, place: Place | None) -> Page:
        values: dict[str, Any] = {"tenant_id": self.tenant_id, "limit": limit + 1}
        if filters.states:
            values["state"] = filters.states[0].value
        if filters.q:
            part = values["part"] = folded(filters.q)
            values["q"] = like(part)
            values["phrase"] = search.phrase(part)
        if place is not None:
            values["after"], page = place.id, 1
        values["offset"] = (page - 1) * limit
        kind = (bool(filters.states), bool(filters.q), place is not None)

        def ask(connection: Connection) -> tuple[int | None, Sequence[Any]]:
            if not filters.q:
                return self._listed(connection, values, kind)
            total = place.total if place else self._found(connection, values, kind)
            return total, self._searched(connection, values, kind, total)

        total, rows = self._work.ask(ask)
        page_rows = [interview_row(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return Page(page_rows, total)
        counted = total if filters.q else None
        return Page(page_rows, total, Place(Order.NEWEST, page_rows[-1].id, total=counted))

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

    def _index_for(self, part: str) -> search.Search | None:
        database = self._work.database
        is_indexed = len(part) >= search.LEAST and database.has_search
        return _SEARCH[database.backend.name] if is_indexed else None

    def _found(self, connection: Connection, values: Mapping[str, Any], kind: Kind) -> int | None:
        """Return how much of a list a text is found in; None where that takes too long to count."""
        by_state, _, _ = kind
        index = self._index_for(values["part"])
        total_of = index.total if index else _TOTAL_FOUND
        return counted_in_time(self._work, connection, total_of[by_state], values)

    def _searched(
        self, connection: Connection, values: Mapping[str, Any], kind: Kind, total: int | None
    ) -> Sequence[Any]:
        """Return a page of what a text is found in.

        :param total: how much that is; None where it is not known.
        """
        by_state, _, after = kind
        if total is not None and values["offset"] >= total:
            return ()
        index = self._index_for(values["part"])
        if index and total is not None and total <= search.FEW:
            ids = index.ids[by_state, after].rows(connection, self.tenant_id, values)
            return rows_of(connection, self.tenant_id, [row[0] for row in ids])
        return _PAGE[kind].rows(connection, self.tenant_id, values)


def _is_prepared(filters: Filters) -> bool:
    """Tell whether a list is narrowed by nothing but a state and a text."""
    if filters is EVERYTHING:
        return True
    return len(filters.states) <= 1 and filters == Filters(states=filters.states, q=filters.q)
