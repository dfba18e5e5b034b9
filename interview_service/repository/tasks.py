"""Interviews in the order in which they last took a transition, which is how agents list tasks."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, select, tuple_

from interview_service.database.prepared import Prepared
from interview_service.domain.workflow import State
from interview_service.repository.tables import INTERVIEWS, TOTALS
from interview_service.repository.unit_of_work import UnitOfWork

_STATE = INTERVIEWS.c.workflow_state == bindparam("state")
_SINCE = INTERVIEWS.c.moved_at >= bindparam("since", type_=INTERVIEWS.c.moved_at.type)
_TRANSCRIPT = INTERVIEWS.c.has_transcript == bindparam("has_transcript")


@dataclass(frozen=True, slots=True, order=True)
class TaskPlace:
    """Where an interview stands in the list of tasks, which is from the greatest to the least."""

    moved_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class StateFilter:
    """Interviews of one state; of those, where it is told, only with or without a transcript."""

    state: State
    has_transcript: bool | None = None


def _where(since: bool, by_transcript: bool) -> list[ColumnElement[bool]]:
    where = [INTERVIEWS.c.tenant_id == bindparam("tenant_id"), _STATE]
    if since:
        where.append(_SINCE)
    if by_transcript:
        where.append(_TRANSCRIPT)
    return where


def _places(since: bool, by_transcript: bool, after: bool) -> Prepared:
    statement: Select[tuple[datetime | None, str]] = (
        select(INTERVIEWS.c.moved_at, INTERVIEWS.c.id)
        .where(*_where(since, by_transcript), INTERVIEWS.c.moved_at.is_not(None))
        .order_by(INTERVIEWS.c.moved_at.desc(), INTERVIEWS.c.id.desc())
        .limit(bindparam("limit", type_=Integer))
    )
    if after:
        place = tuple_(
            bindparam("after_at", type_=INTERVIEWS.c.moved_at.type),
            bindparam("after_id", type_=INTERVIEWS.c.id.type),
        )
        statement = statement.where(tuple_(INTERVIEWS.c.moved_at, INTERVIEWS.c.id) < place)
    return Prepared(statement)


_BOTH = (False, True)
_PLACES = {(s, t, a): _places(s, t, a) for s in _BOTH for t in _BOTH for a in _BOTH}
_COUNT = {
    (s, t): Prepared(select(func.count()).select_from(INTERVIEWS).where(*_where(s, t)))
    for s in _BOTH
    for t in _BOTH
}
_KEPT_TOTAL = Prepared(
    select(func.sum(TOTALS.c.total)).where(
        TOTALS.c.tenant_id == bindparam("tenant_id"),
        TOTALS.c.workflow_state == bindparam("state"),
    )
)


class Tasks:
    """A tenant's interviews as tasks.

    Each state is read by itself, in the order of one index, and what is found is merged: a page
    costs the same at any depth and with any filter.
    """

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def page(
        self,
        filters: Collection[StateFilter],
        *,
        since: datetime | None,
        after: TaskPlace | None,
        limit: int,
    ) -> Sequence[TaskPlace]:
        """Return the places of interviews that last took a transition, the latest first.

        :param since: only of those that took it then or later.
        :param after: the place that the page follows.
        """
        found = [self._of_state(each, since, after, limit) for each in filters]
        return list(islice(merge(*found, reverse=True), limit))

    def _of_state(
        self, wanted: StateFilter, since: datetime | None, after: TaskPlace | None, limit: int
    ) -> Iterator[TaskPlace]:
        values = _values(wanted, since)
        values["limit"] = limit
        if after is not None:
            values |= {"after_at": after.moved_at, "after_id": after.id}
        kind = (since is not None, wanted.has_transcript is not None, after is not None)
        rows = self._work.rows(_PLACES[kind], **values)
        return (TaskPlace(row.moved_at, row.id) for row in rows)

    def total(self, filters: Collection[StateFilter], *, since: datetime | None) -> int:
        """Return how many interviews the filters let through."""
        return sum(self._total(each, since) for each in filters)

    def _total(self, wanted: StateFilter, since: datetime | None) -> int:
        by_transcript = wanted.has_transcript is not None
        counted = since is not None or by_transcript
        prepared = _COUNT[since is not None, by_transcript] if counted else _KEPT_TOTAL
        return int(self._work.rows(prepared, **_values(wanted, since))[0][0] or 0)


def _values(wanted: StateFilter, since: datetime | None) -> dict[str, object]:
    values: dict[str, object] = {"state": wanted.state.value}
    if since is not None:
        values["since"] = since
    if wanted.has_transcript is not None:
        values["has_transcript"] = wanted.has_transcript
    return values
