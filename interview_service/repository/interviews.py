"""The records of interviews."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    insert,
    select,
    update,
)

from interview_service.database.models import (
    HistoryEntry,
    Interview,
)
from interview_service.database.session import (
    Prepared,
    PreparedWrite,
)
from interview_service.domain.errors import (
    InterviewNotFound,
)
from interview_service.repository.identifiers import canonical, criterion
from interview_service.repository.tables import INTERVIEWS, OWN
from interview_service.repository.unit_of_work import UnitOfWork

T = TypeVar("T")


def _record_where(column: str) -> Prepared:
    internal = {"search_text"}
    columns = [each for each in INTERVIEWS.c if each.key not in internal]
    return Prepared(select(*columns).where(OWN, INTERVIEWS.c[column] == bindparam("key")))


_RECORD_BY_ID = _record_where("id")
_RECORD_BY_RUN = _record_where("run_id")


_EMPTY_INTERVIEW = {each.key: None for each in INTERVIEWS.c if each.nullable}
_ADD_INTERVIEW = PreparedWrite(insert(INTERVIEWS))


class Interviews:
    """Interviews, one at a time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._work = unit_of_work
        self.tenant_id = unit_of_work.tenant_id

    def add(self, values: Mapping[str, Any]) -> Any:
        """Write a new interview; return it for reading only, as `record` would."""
        values = {"version": 1, **_EMPTY_INTERVIEW, **values}
        _ADD_INTERVIEW.run(self._work.connection, self.tenant_id, values)
        self._work.deltas[values["workflow_state"]] += 1
        return SimpleNamespace(**values, tenant_id=self.tenant_id)

    def get(self, interview_id: str, *, for_update: bool = False) -> Interview:
        """Return an interview; `for_update` makes other writers of it wait.

        :raise InterviewNotFound: this tenant has none of that id.
        """
        return self._one(criterion(interview_id, Interview.id), for_update=for_update)

    def by_external_id(self, external_id: str) -> Interview | None:
        """Return the interview of another system's id, or None."""
        statement = self._interviews().where(Interview.external_id == external_id)
        return self._work.read(lambda session: session.scalars(statement).one_or_none())

    def record(self, interview_id: str) -> Any:
        """Return an interview for reading only: a row with the attributes of an `Interview`.

        :raise InterviewNotFound: this tenant has none of that id.
        """
        return self._record(_RECORD_BY_ID, interview_id)

    def record_by_run(self, run_id: str) -> Any:
        """Return an interview for reading only, by its run id.

        :raise InterviewNotFound: this tenant has none of that run id.
        """
        return self._record(_RECORD_BY_RUN, run_id)

    def _record(self, prepared: Prepared, given: str) -> Any:
        key = canonical(given)
        if key is None:
            raise InterviewNotFound
        rows = self._work.rows(prepared, key=key)
        if not rows:
            raise InterviewNotFound
        return rows[0]

    def delete(self, interview: Interview) -> None:
        """Delete an interview and all that hangs on it."""
        self._work.session.delete(interview)
        self._work.deltas[interview.workflow_state] -= 1

    def record_transition(self, interview: Interview, entry: HistoryEntry) -> None:
        """Move an interview to `entry.new_state` and keep the entry in its history."""
        self._work.deltas[entry.previous_state] -= 1
        self._work.deltas[entry.new_state] += 1
        interview.workflow_state = entry.new_state
        interview.transition_count = entry.number
        self._work.session.add(entry)

    def _interviews(self) -> Select[Interview]:
        return select(Interview).where(Interview.tenant_id == self.tenant_id)

    def _one(self, wanted: ColumnElement[bool] | None, *, for_update: bool) -> Interview:
        if wanted is None:
            raise InterviewNotFound
        statement = self._interviews().where(wanted)
        if for_update:
            self._work.flush()
            statement = statement.with_for_update().execution_options(populate_existing=True)
            found = self._work.session.scalars(statement).one_or_none()
        else:
            found = self._work.read(lambda session: session.scalars(statement).one_or_none())
        if found is None:
            raise InterviewNotFound
        return found

    def set_work(self, interview: Interview, **values: Any) -> None:
        """Write what the worker keeps on an interview, and leave the version: an ETag stays good.

        :param values: of `due_at`, `leased_until`, `attempts` and `last_error`.
        """
        self._work.flush()
        self._work.session.execute(
            update(Interview)
            .where(Interview.tenant_id == self.tenant_id, Interview.id == interview.id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
