"""Lists of interviews: pages, searches, and the blocks that pages far down are found by."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    func,
    select,
    type_coerce,
    update,
)

from interview_service.database import search
from interview_service.database.models import (
    Interview,
    ListBlock,
)
from interview_service.database.session import (
    Prepared,
)
from interview_service.database.types import Timestamp
from interview_service.domain.clock import least_id
from interview_service.domain.interview import folded
from interview_service.domain.workflow import State
from interview_service.repository.tables import BLOCKS, INTERVIEWS, OWN, TOTALS
from interview_service.repository.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    :param total: rows on all pages together.
    :param last_id: the last row's id where more rows follow, else None.
    """

    rows: Sequence[Any]
    total: int
    last_id: str | None = None


_LIKE = re.compile(r"[%_/]")


ROW_COLUMNS = (
    "id",
    "candidate_name",
    "candidate_email",
    "position",
    "level",
    "workflow_state",
    "scheduled_at",
    "created_at",
    "updated_at",
)
"""What a row of a list has."""


Kind = tuple[bool, bool, bool]
"""What a list is narrowed by: (state, text, the row that it follows)."""


def _filters(kind: Kind) -> list[ColumnElement[bool]]:
    by_state, by_text, after = kind
    where = [OWN]
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


_ROW = [_unconverted(INTERVIEWS.c[name]) for name in ROW_COLUMNS]


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


_SEARCH = {backend: search.Search(backend, _ROW) for backend in search.BACKENDS}
_PAGE_FROM = Prepared(
    select(*_ROW)
    .where(OWN, INTERVIEWS.c.id <= bindparam("start"))
    .order_by(INTERVIEWS.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
_BLOCKS_OF_LIST = Prepared(
    select(BLOCKS.c.last_id, BLOCKS.c.total)
    .where(BLOCKS.c.tenant_id == bindparam("tenant_id"))
    .order_by(BLOCKS.c.last_id.desc())
)

BLOCK_SIZE = 1000
"""Interviews that a block of a list counts together."""


_BOTH = (False, True)
_PAGE = {kind: _page_where(kind) for kind in product(_BOTH, _BOTH, _BOTH)}
_TOTAL_KEPT = {by_state: Prepared(_sum_of_totals(by_state)) for by_state in _BOTH}
_TOTAL_FOUND = {
    by_state: Prepared(
        select(func.count()).select_from(INTERVIEWS).where(*_filters((by_state, True, False)))
    )
    for by_state in _BOTH
}


class Lists:
    """A tenant's list of interviews."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._work = unit_of_work
        self.tenant_id = unit_of_work.tenant_id

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
        if len(rows) <= limit:
            return Page(rows, total)
        return Page(rows[:limit], total, rows[limit - 1].id)

    def _listed(
        self, connection: Connection, values: Mapping[str, Any], kind: Kind
    ) -> tuple[int, Sequence[Any]]:
        """Return the total of a list and a page of it."""
        by_state, _, _ = kind
        is_deep = values["offset"] >= 2 * BLOCK_SIZE
        if not is_deep:
            rows = _PAGE[kind].rows(connection, self.tenant_id, values)
            if rows:
                return int(rows[0].list_total), rows
        total = int(_TOTAL_KEPT[by_state].rows(connection, self.tenant_id, values)[0][0] or 0)
        if values["offset"] >= total:
            return total, ()
        if is_deep and not by_state:
            deep = self._deep_page(connection, values, total)
            if deep is not None:
                return total, deep
        return total, _PAGE[kind].rows(connection, self.tenant_id, values)

    def _searched(
        self, connection: Connection, values: Mapping[str, Any], kind: Kind
    ) -> tuple[int, Sequence[Any]]:
        """Return how much of a list a text is found in, and a page of that."""
        by_state, _, after = kind
        indexed = None
        if len(values["part"]) >= search.LEAST and self._work.database.has_search:
            indexed = _SEARCH[self._work.database.backend]
        total_of = indexed.total if indexed else _TOTAL_FOUND
        total = int(total_of[by_state].rows(connection, self.tenant_id, values)[0][0])
        if values["offset"] >= total:
            return total, ()
        if indexed and total <= search.FEW:
            return total, indexed.rows[by_state, after].rows(connection, self.tenant_id, values)
        return total, _PAGE[kind].rows(connection, self.tenant_id, values)

    def _deep_page(
        self, connection: Connection, values: Mapping[str, Any], total: int
    ) -> Sequence[Any] | None:
        """Return the rows of a page far down the list, found by its blocks; None above them."""
        blocks = _BLOCKS_OF_LIST.rows(connection, self.tenant_id, values)
        skipped = total - sum(block.total for block in blocks)
        for block in blocks:
            if skipped <= values["offset"] < skipped + block.total:
                inside = {**values, "start": block.last_id, "offset": values["offset"] - skipped}
                return _PAGE_FROM.rows(connection, self.tenant_id, inside)
            skipped += block.total
        return None

    def close_blocks(self, before: datetime, *, size: int = BLOCK_SIZE, most: int = 50) -> int:
        """Count the list's next older stretches into blocks; return how many, `most` at most.

        :param before: only interviews from before this moment, all of which are there by now.
        """
        own = Interview.tenant_id == self.tenant_id
        last_id = self._last_of_blocks()
        for closed in range(most):
            statement = select(Interview.id).where(own, Interview.id < least_id(before))
            if last_id is not None:
                statement = statement.where(Interview.id > last_id)
            statement = statement.order_by(Interview.id).limit(1).offset(size - 1)
            last_id = self._work.session.scalars(statement).one_or_none()
            if last_id is None:
                return closed
            self._work.session.add(ListBlock(tenant_id=self.tenant_id, last_id=last_id, total=size))
            self._work.flush()
        return most

    def _last_of_blocks(self) -> str | None:
        newest = (
            select(ListBlock.last_id)
            .where(ListBlock.tenant_id == self.tenant_id)
            .order_by(ListBlock.last_id.desc())
            .limit(1)
        )
        return self._work.session.scalars(newest).one_or_none()

    def recount_blocks(self, part: int, parts: int) -> None:
        """Count every so-manieth block of the list anew, for what a race may have miscounted."""
        blocks = self._work.session.scalars(
            select(ListBlock)
            .where(ListBlock.tenant_id == self.tenant_id)
            .order_by(ListBlock.last_id)
        ).all()
        for number in range(part % parts, len(blocks), parts):
            counted = select(func.count(Interview.id)).where(
                Interview.tenant_id == self.tenant_id, Interview.id <= blocks[number].last_id
            )
            if number:
                counted = counted.where(Interview.id > blocks[number - 1].last_id)
            blocks[number].total = self._work.session.scalars(counted).one()
        self._work.flush()

    def leave_block(self, interview_id: str) -> None:
        """Count an interview that goes out of its block, where it is in one."""
        block = (
            select(ListBlock.last_id)
            .where(ListBlock.tenant_id == self.tenant_id, ListBlock.last_id >= interview_id)
            .order_by(ListBlock.last_id)
            .limit(1)
        )
        last_id = self._work.session.scalars(block).one_or_none()
        if last_id is not None:
            self._work.session.execute(
                update(ListBlock)
                .where(ListBlock.tenant_id == self.tenant_id, ListBlock.last_id == last_id)
                .values(total=ListBlock.total - 1)
                .execution_options(synchronize_session=False)
            )
