"""The records of interviews, one at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, bindparam, delete, insert, or_, select, update

from interview_service.database.backends import BACKENDS
from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.domain.errors import ConcurrentUpdate, InterviewNotFound
from interview_service.domain.feed import ChangeKind
from interview_service.domain.interview import SEARCHED_FIELDS, WORK_FIELDS, Interview, Level
from interview_service.domain.lists import key_of, keys_of
from interview_service.domain.workflow import FINAL, State
from interview_service.repository.tables import (
    INTERVIEWERS,
    INTERVIEWS,
    canonical,
    columns_of,
    difference,
    selected,
    values_of,
)
from interview_service.repository.unit_of_work import UnitOfWork

_ALL = selected(INTERVIEWS, Interview)
_BY_ID = Prepared(_ALL.where(INTERVIEWS.c.id == bindparam("key")))
_BY_RUN = Prepared(_ALL.where(INTERVIEWS.c.run_id == bindparam("key")))
_BY_EXTERNAL_ID = Prepared(_ALL.where(INTERVIEWS.c.external_id == bindparam("key")))
_LOCKED = Prepared(_ALL.where(INTERVIEWS.c.id == bindparam("key")).with_for_update())
_LOCKED_BY_EXTERNAL_ID = Prepared(
    _ALL.where(INTERVIEWS.c.external_id == bindparam("key")).with_for_update()
)
_OWN_IDS = (
    select(INTERVIEWS.c.id)
    .where(INTERVIEWS.c.tenant_id == bindparam("tenant_id"))
    .limit(bindparam("limit", type_=Integer))
)
_OF_CANDIDATE = Prepared(
    _OWN_IDS.where(
        INTERVIEWS.c.candidate_key == bindparam("candidate"), INTERVIEWS.c.id > bindparam("after")
    ).order_by(INTERVIEWS.c.id)
)
_BEFORE = bindparam("before", type_=INTERVIEWS.c.moved_at.type)
_PAST = _OWN_IDS.where(
    INTERVIEWS.c.candidate_erased_at.is_(None),
    INTERVIEWS.c.moved_at < _BEFORE,
    or_(
        INTERVIEWS.c.workflow_state.in_(sorted(state.value for state in FINAL)),
        INTERVIEWS.c.updated_at < _BEFORE,
    ),
)
_OLDEST_FIRST = (INTERVIEWS.c.moved_at, INTERVIEWS.c.id)
_OLDEST_PAST = {  # in the order of the index, which each backend has to be told in its own way
    backend.name: Prepared(
        _PAST.order_by(*_OLDEST_FIRST)
        if backend.sorts_nulls
        else _PAST.order_by(INTERVIEWS.c.candidate_erased_at, *_OLDEST_FIRST)
    )
    for backend in BACKENDS
}
_ADD = PreparedInsert(insert(INTERVIEWS))
_SAVE = PreparedChange(
    update(INTERVIEWS).where(
        INTERVIEWS.c.id == bindparam("key"), INTERVIEWS.c.version == bindparam("old_version")
    )
)
_DELETE = PreparedChange(delete(INTERVIEWS).where(INTERVIEWS.c.id == bindparam("key")))
_ADD_INTERVIEWER = PreparedInsert(insert(INTERVIEWERS))
_REMOVE_INTERVIEWERS = PreparedChange(
    delete(INTERVIEWERS).where(INTERVIEWERS.c.interview_id == bindparam("key"))
)

FIRST_ID = "00000000-0000-0000-0000-000000000000"
"""An id that comes before every other."""

_COLUMNS = [column.key for column in columns_of(INTERVIEWS, Interview)]
_STATE, _LEVEL, _SKILLS, _INTERVIEWERS, _FEEDBACK = map(
    _COLUMNS.index, ("workflow_state", "level", "skills", "interviewers", "feedback")
)
_SEARCHED = frozenset(SEARCHED_FIELDS)
_WORK = frozenset(WORK_FIELDS)


def _interview(row: Row[*tuple[Any, ...]]) -> Interview:
    values = list(row)
    values[_STATE] = State(values[_STATE])
    values[_LEVEL] = values[_LEVEL] and Level(values[_LEVEL])
    for index in (_SKILLS, _INTERVIEWERS, _FEEDBACK):
        values[index] = tuple(values[index] or ())
    return Interview(*values)


class Interviews:
    """Interviews of one tenant."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, interview_id: str) -> Interview:
        """Return an interview.

        :raise InterviewNotFound: this tenant has none of that id.
        """
        return self._one(_BY_ID, interview_id)

    def by_run(self, run_id: str) -> Interview:
        """Return the interview of a run.

        :raise InterviewNotFound: this tenant has none of that run id.
        """
        return self._one(_BY_RUN, run_id)

    def by_either(self, given: str) -> Interview:
        """Return the interview of a run's id or its own.

        :raise InterviewNotFound: this tenant has none of either.
        """
        try:
            return self.by_run(given)
        except InterviewNotFound:
            return self.get(given)

    def by_external_id(self, external_id: str) -> Interview | None:
        """Return the interview of another system's id, or None."""
        rows = self._work.rows(_BY_EXTERNAL_ID, key=external_id)
        return _interview(rows[0]) if rows else None

    def locked_by_external_id(self, external_id: str) -> Interview | None:
        """Return the same; other writers of it wait until the transaction ends."""
        self._work.begin()
        rows = self._work.rows(_LOCKED_BY_EXTERNAL_ID, key=external_id)
        return _interview(rows[0]) if rows else None

    def of_candidate(self, email: str, *, limit: int, after: str = FIRST_ID) -> Sequence[str]:
        """Return ids of the interviews of a candidate, by their email in any case, oldest first.

        :param after: only of interviews younger than the one of this id.
        """
        rows = self._work.rows(_OF_CANDIDATE, candidate=key_of(email), after=after, limit=limit)
        return [row.id for row in rows]

    def untouched_since(self, before: datetime, *, limit: int) -> Sequence[str]:
        """Return ids of interviews that ended before a moment, or did not change since, not erased.

        Those that have stood still for longest come first.
        """
        past = _OLDEST_PAST[self._work.database.backend.name]
        return [row.id for row in self._work.rows(past, before=before, limit=limit)]

    def locked(self, interview_id: str) -> Interview:
        """Return an interview; other writers of it wait until the transaction ends.

        :raise InterviewNotFound: this tenant has none of that id.
        """
        self._work.begin()
        return self._one(_LOCKED, interview_id)

    def _one(self, prepared: Prepared, given: str) -> Interview:
        key = canonical(given)
        rows = self._work.rows(prepared, key=key) if key is not None else ()
        if not rows:
            raise InterviewNotFound
        return _interview(rows[0])

    def add(self, interview: Interview) -> None:
        """Write a new interview."""
        derived = {
            "search_text": interview.search_text,
            "position_key": _key(interview.position),
            "candidate_key": _key(interview.candidate_email),
        }
        self._work.write(_ADD, {**values_of(interview), **derived})
        self._add_interviewers(interview)
        self._work.deltas[interview.workflow_state] += 1
        self._work.note_change(interview.id, ChangeKind.UPSERTED, is_first=True)

    def save(self, before: Interview, after: Interview, *, by_card: bool = False) -> Interview:
        """Write what has changed of an interview, and return it as it is kept now.

        Where it is more than the worker's notes, the interview is of a new version.

        :param by_card: a scorecard brought the change: work that is under way is still of use.
        :raise ConcurrentUpdate: it is not kept as it was before.
        """
        changed = difference(before, after)
        if not changed:
            return after
        if not changed.keys() <= _WORK:
            after = after.of_version(before.version + 1, before.work_version + (not by_card))
            changed |= {"version": after.version, "work_version": after.work_version}
        if not _SEARCHED.isdisjoint(changed):
            changed["search_text"] = after.search_text
        if "position" in changed:
            changed["position_key"] = _key(after.position)
        if "candidate_email" in changed:
            changed["candidate_key"] = _key(after.candidate_email)
        keys = {"key": before.id, "old_version": before.version}
        if self._work.change(_SAVE, {**changed, **keys}) != 1:
            raise ConcurrentUpdate
        if "interviewers" in changed:
            self._work.change(_REMOVE_INTERVIEWERS, {"key": before.id})
            self._add_interviewers(after)
        if after.workflow_state is not before.workflow_state:
            self._work.deltas[before.workflow_state] -= 1
            self._work.deltas[after.workflow_state] += 1
        if not changed.keys() <= _WORK:
            self._work.note_change(before.id, ChangeKind.UPSERTED)
        return after

    def _add_interviewers(self, interview: Interview) -> None:
        for person in keys_of(interview.interviewers):
            self._work.write(_ADD_INTERVIEWER, {"person": person, "interview_id": interview.id})

    def delete(self, interview: Interview) -> None:
        """Delete an interview and all that hangs on it, but its events."""
        self._work.change(_DELETE, {"key": interview.id})
        self._work.deltas[interview.workflow_state] -= 1
        self._work.note_change(interview.id, ChangeKind.DELETED)


def _key(text: str | None) -> str | None:
    return key_of(text) if text else None
