"""Lists by any filter, in any order: the ids of a page are found by an index, then its rows read.

- In an order, with no filter but a range of the order's own value: down that order's index.
- By one filter that is an equality, in the order of `createdAt`: down that filter's index, whose
  entries are in the order of ids.
- By a range of another value, in the order of `createdAt`: down the list where a page is found
  within `PASSED` rows; else the range's own index, which has the ids, is read and put in order,
  which costs what the range leaves.
- Else by whichever filter finds at most `FEW`: those are fetched and put in order.
- Else down the order's index, past what the filters leave out. That is quick where they leave out
  little, and costs what it passes where they leave out nearly everything and yet no filter is few
  by itself: that grows with the list.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    type_coerce,
)

from interview_service.database import search
from interview_service.database.backends.base import StatementTooLong
from interview_service.database.prepared import Prepared
from interview_service.database.types import Timestamp
from interview_service.domain.clock import least_id, to_milliseconds
from interview_service.domain.interview import InterviewRow, folded
from interview_service.domain.lists import Filters, Order, Place, key_of
from interview_service.repository.list_rows import OWN, interview_row, rows_of
from interview_service.repository.tables import INTERVIEWERS, INTERVIEWS
from interview_service.repository.unit_of_work import UnitOfWork

FEW = 2_000
"""So many finds are fetched and put in order."""

PASSED = 2_000
"""So many rows of a list are passed in search of those in a range."""

COUNT_SECONDS = 2.0
"""How long a total is counted."""

_LIKE = re.compile(r"[%_/]")
_ID = INTERVIEWS.c.id
_LAST = 2**63 - 1

Column = ColumnElement[Any]
Condition = Callable[[Column], ColumnElement[bool]]
"""Makes a condition on a column."""
Match = tuple[str, int | None]
"""The id of an interview, and what it has of the order's field, as a number."""


@dataclass(frozen=True, slots=True)
class _Narrowing:
    """One thing that a list is narrowed by.

    :param column: the name of the interview's column that it is about.
    :param holds: makes the condition on such a column.
    :param entries: select ids of what is left, each by an index; none where no index finds them.
    :param is_in_order: each of `entries` is in the order of ids.
    :param lower: the part of a range's condition that is about where it begins; None without.
    :param upper: the part that is about where it ends.
    """

    column: str
    holds: Condition
    entries: Sequence[Select[Any]]
    is_in_order: bool = False
    lower: Condition | None = None
    upper: Condition | None = None

    @property
    def is_range(self) -> bool:
        """Whether it is a range of the column's values."""
        return self.lower is not None or self.upper is not None

    @property
    def condition(self) -> ColumnElement[bool]:
        """What holds for the interviews that are left."""
        return self.holds(_column(self.column))


class NarrowedList:
    """A list of a tenant's interviews, by filters and in an order."""

    def __init__(self, work: UnitOfWork, filters: Filters, order: Order) -> None:
        self._work = work
        self._backend = work.database.backend
        self._order = order
        self._by_id = order.field == "created_at"
        self._column = _ID if self._by_id else _column(order.field)
        self._empty = self._column.is_(None)
        self._text = folded(filters.q) if filters.q else ""
        self._values = {"q": like(self._text), "phrase": search.phrase(self._text)}
        bounds = _id_range(filters) if self._by_id else _moments(order.field, filters)
        self._bounds = list(bounds)
        self._others = list(self._narrowings(filters))
        one = self._others[0] if len(self._others) == 1 else None
        self._is_served = not self._others or (self._by_id and one is not None and one.is_in_order)
        self._range = one if self._by_id and one is not None and one.is_range else None

    def total(self) -> int | None:
        """Return how many there are; None where that takes longer than `COUNT_SECONDS`."""
        if not self._is_served and self._range is None and self._few is not None:
            return len(self._few)
        conditions = [each.condition for each in (*self._bounds, *self._others)]
        statement = select(func.count()).select_from(INTERVIEWS).where(OWN, *conditions)
        counted = Prepared(statement, by_its_values=True)
        values = {**self._values, "tenant_id": self._work.tenant_id}
        return self._work.ask(
            lambda connection: counted_in_time(self._work, connection, counted, values)
        )

    def rows(self, *, limit: int, offset: int, place: Place | None) -> Sequence[InterviewRow]:
        """Return rows of the list, from an offset or after a place on."""
        ids = self._ids(limit, offset, place)
        tenant_id = self._work.tenant_id
        found = self._work.ask(lambda connection: rows_of(connection, tenant_id, ids))
        return [interview_row(row) for row in found]

    def _found(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._work.rows(Prepared(statement, by_its_values=True), **self._values)

    # --- what it is narrowed by

    def _narrowings(self, filters: Filters) -> Iterator[_Narrowing]:
        """Yield what narrows it, beside bounds of its order; what may leave least comes first."""
        yield from _equal("external_id", filters.external_id)
        if filters.people:
            yield _of_people(filters.people)
        if filters.q:
            yield self._of_text()
        yield from _equal("position_key", filters.position and key_of(filters.position))
        for field in ("updated_at", "scheduled_at"):
            if field != self._order.field:
                yield from _moments(field, filters)
        if not self._by_id:
            yield from _id_range(filters)
        yield from _equal("decision", filters.decision)
        yield from _equal("recommendation", filters.recommendation)
        yield from _equal("level", filters.level)
        yield from _equal("workflow_state", *filters.states)

    def _of_text(self) -> _Narrowing:
        index = self._backend.search_index
        is_indexed = len(self._text) >= search.LEAST and self._work.database.has_search
        return _Narrowing(
            "search_text",
            lambda column: column.like(bindparam("q"), escape="/"),
            [index.ids] if index is not None and is_indexed else [],
        )

    @cached_property
    def _few(self) -> Sequence[Match] | None:
        """All matches in their order, where one of the filters finds at most `FEW`; else None."""
        narrowings = (*self._others, *self._bounds)
        for narrowing in narrowings:
            ids: set[str] = set()
            for each in narrowing.entries:
                ids.update(row[0] for row in self._found(each.limit(FEW + 1)))
            if narrowing.entries and len(ids) <= FEW:
                conditions = [each.condition for each in narrowings if each is not narrowing]
                wanted = select(_ID, self._column).where(OWN, _ID.in_(ids), *conditions)
                rows = self._found(wanted) if ids else []
                matches = [(row[0], None if self._by_id else row[1]) for row in rows]
                return sorted(matches, key=self._rank, reverse=self._order.is_descending)
        return None

    # --- which ids make a page

    def _ids(self, limit: int, offset: int, place: Place | None) -> Sequence[str]:
        if self._others and self._is_served:
            entries = self._others[0].entries
            if len(entries) == 1 or offset + limit <= FEW:
                return self._merged(entries, limit, offset, place)
        if self._range is not None:
            ids, is_end = self._passed(self._range, limit, offset, place)
            if is_end or len(ids) == limit:
                return ids
            return self._sorted(self._range, limit, offset, place)
        if not self._is_served and self._few is not None:
            after = None if place is None else self._rank((place.id, place.value))
            descending = self._order.is_descending
            ids = [
                match[0]
                for match in self._few
                if after is None
                or (self._rank(match) < after if descending else self._rank(match) > after)
            ]
            return ids[offset : offset + limit]
        return self._walked(limit, offset, place)

    def _rank(self, match: Match) -> tuple[int, str]:
        """Return what matches are compared by; what has no value comes last in either direction."""
        interview_id, value = match
        last = -_LAST if self._order.is_descending else _LAST
        if self._by_id:
            return 0, interview_id
        return last if value is None else value, interview_id

    def _merged(
        self, entries: Sequence[Select[Any]], limit: int, offset: int, place: Place | None
    ) -> Sequence[str]:
        """Return ids that indexes have in their order, each once."""
        lists = []
        is_one = len(entries) == 1
        for each in entries:
            column = each.selected_columns[0]
            page = each.where(*self._after(column, place)).order_by(self._directed(column))
            page = page.limit(limit).offset(offset) if is_one else page.limit(offset + limit)
            lists.append([row[0] for row in self._found(page)])
        ids = list(dict.fromkeys(merge(*lists, reverse=self._order.is_descending)))
        return ids if is_one else ids[offset : offset + limit]

    def _passed(
        self, narrowing: _Narrowing, limit: int, offset: int, place: Place | None
    ) -> tuple[Sequence[str], bool]:
        """Return the ids of a page as far as they are among the `PASSED` rows that follow.

        :return: and whether no more rows follow than those.
        """
        listed = _by_index(select(_ID), "id").where(OWN, *self._after(_ID, place))
        listed = listed.order_by(self._directed(_ID))
        last = self._found(listed.limit(1).offset(PASSED))
        holds = narrowing.holds(self._backend.unindexed(_column(narrowing.column)))
        page = listed.where(holds, *(self._before(_ID, row[0]) for row in last))
        return [row[0] for row in self._found(page.limit(limit).offset(offset))], not last

    def _sorted(
        self, narrowing: _Narrowing, limit: int, offset: int, place: Place | None
    ) -> Sequence[str]:
        """Return the ids of a page out of all that are in a range, whose index has them."""
        entries = narrowing.entries[0].where(*self._after(_ID, place))
        # OFFSET keeps the planner from going down the list instead.
        found = entries.offset(literal_column("0")).subquery()
        page = select(found.c.id).order_by(self._directed(found.c.id))
        return [row[0] for row in self._found(page.limit(limit).offset(offset))]

    def _walked(self, limit: int, offset: int, place: Place | None) -> Sequence[str]:
        """Return ids down the order's index, one stretch of it after the other."""
        conditions = [
            each.holds(self._backend.unindexed(_column(each.column))) for each in self._others
        ]
        ids: list[str] = []
        for stretch in self._stretches(place):
            page = _by_index(select(_ID), "id" if self._by_id else self._order.field)
            page = page.where(OWN, *stretch, *conditions)
            if not (
                self._by_id
                or (self._backend.sorts_nulls and any(each is self._empty for each in stretch))
            ):
                page = page.order_by(self._directed(self._column))
            page = page.order_by(self._directed(_ID)).limit(limit - len(ids)).offset(offset)
            found = self._found(page)
            ids += [row[0] for row in found]
            if len(ids) == limit:
                break
            if found:
                offset = 0
            elif offset:
                counted = select(func.count()).select_from(INTERVIEWS)
                offset -= int(self._found(counted.where(OWN, *stretch, *conditions))[0][0])
        return ids

    def _stretches(self, place: Place | None) -> Iterator[Sequence[ColumnElement[bool]]]:
        """Yield the conditions of stretches of the order's index that follow each other.

        Each is one range of it on every backend: those with the value of the place, those with
        values beyond, those without a value.
        """
        if self._by_id:
            yield self._after(_ID, place)
            return
        bounds = self._within(self._column, place)
        is_among_empty = place is not None and place.value is None
        if place is None:
            yield bounds or [self._column.is_not(None)]
        elif not is_among_empty:
            yield [self._column == place.value, self._beyond(_ID, place.id), *bounds]
            yield [self._beyond(self._column, place.value), *bounds]
        if not bounds and self._order.field != "updated_at":
            yield [
                self._empty,
                *([self._beyond(_ID, place.id)] if place and is_among_empty else []),
            ]

    def _after(self, ids: Column, place: Place | None) -> list[ColumnElement[bool]]:
        """Return the conditions of the bounds on a column of ids, and that it is after a place."""
        bounds = self._within(ids, place)
        return bounds if place is None else [*bounds, self._beyond(ids, place.id)]

    def _within(self, column: Column, place: Place | None) -> list[ColumnElement[bool]]:
        """Return the conditions of the bounds on a column of ids, or of the order's field.

        After a place the bound that lies before it only confirms it: SQLite would begin there, and
        pass all that is between.
        """
        passed = column if place is None else self._backend.unindexed(column)
        is_descending = self._order.is_descending
        conditions = []
        for each in self._bounds:
            if each.lower is not None:
                conditions.append(each.lower(column if is_descending else passed))
            if each.upper is not None:
                conditions.append(each.upper(passed if is_descending else column))
        return conditions

    def _beyond(self, column: Column, value: object) -> ColumnElement[bool]:
        return column < value if self._order.is_descending else column > value

    def _before(self, column: Column, value: object) -> ColumnElement[bool]:
        return column >= value if self._order.is_descending else column <= value

    def _directed(self, column: Column) -> Column:
        return column.desc() if self._order.is_descending else column.asc()


def like(text: str) -> str:
    """Return the pattern of what has a folded text as a part; `/` escapes."""
    return "%" + _LIKE.sub(r"/\g<0>", text) + "%"


def counted_in_time(
    work: UnitOfWork, connection: Connection, counted: Prepared, values: Mapping[str, Any]
) -> int | None:
    """Return what a statement counts; None where it takes longer than `COUNT_SECONDS`."""
    try:
        with work.database.backend.limited(connection, COUNT_SECONDS):
            return int(counted.rows(connection, work.tenant_id, values)[0][0])
    except StatementTooLong:
        return None


def _column(name: str) -> Column:
    """Return a column of interviews; a timestamp's values are milliseconds since 1970."""
    column = INTERVIEWS.c[name]
    return type_coerce(column, BigInteger) if isinstance(column.type, Timestamp) else column


def _by_index(statement: Select[Any], column: str) -> Select[Any]:
    """Have MariaDB, which is prone to another choice, go by the index of a column of interviews."""
    name = "PRIMARY" if column == "id" else f"ix_interviews_tenant_id_{column}_id"
    return statement.with_hint(INTERVIEWS, f"FORCE INDEX ({name})", "mariadb")


def _own_ids(name: str, condition: ColumnElement[bool]) -> Select[Any]:
    found = select(_ID).where(OWN, condition)
    return found if name == "external_id" else _by_index(found, name)


def _equal(name: str, *values: str | None) -> Iterator[_Narrowing]:
    given = list(dict.fromkeys(str(each) for each in values if each))
    if given:
        column = INTERVIEWS.c[name]
        entries = [_own_ids(name, column == each) for each in given]
        yield _Narrowing(name, lambda column: column.in_(given), entries, is_in_order=True)


def _of_people(keys: Sequence[str]) -> _Narrowing:
    table = INTERVIEWERS
    entries = select(table.c.interview_id).where(table.c.tenant_id == bindparam("tenant_id"))
    return _Narrowing(
        "id",
        lambda column: column.in_(entries.where(table.c.person.in_(keys))),
        [entries.where(table.c.person == key) for key in keys],
        is_in_order=True,
    )


def _moments(field: str, filters: Filters) -> Iterator[_Narrowing]:
    """Yield what narrows a list to a range of a timestamp."""
    after, since, until = filters.updated_after, filters.scheduled_from, filters.scheduled_to
    if field == "updated_at" and after is not None:
        yield _range(field, lambda column: column > to_milliseconds(after), None)
    if field == "scheduled_at" and (since is not None or until is not None):
        first, end = (None if each is None else to_milliseconds(each) for each in (since, until))
        yield _between(field, first, end)


def _id_range(filters: Filters) -> Iterator[_Narrowing]:
    """Yield what narrows a list to a range of `created_at`, by the time that is in each id."""
    since, until = filters.created_from, filters.created_to
    if since is not None or until is not None:
        first, end = (None if each is None else least_id(each) for each in (since, until))
        yield _between("id", first, end)


def _between(name: str, first: object | None, end: object | None) -> _Narrowing:
    """Return a range from the first value on to before the last one."""
    return _range(
        name,
        None if first is None else lambda column: column >= first,
        None if end is None else lambda column: column < end,
    )


def _range(name: str, lower: Condition | None, upper: Condition | None) -> _Narrowing:
    sides = [each for each in (lower, upper) if each is not None]

    def holds(column: Column) -> ColumnElement[bool]:
        return and_(*(side(column) for side in sides))

    entries = [_own_ids(name, holds(_column(name)))]
    return _Narrowing(name, holds, entries, lower=lower, upper=upper)
