"""The feed of changes: each transaction's, numbered in the order in which they are committed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, insert, select, update

from interview_service.database.backends import BACKENDS
from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.domain.clock import clock
from interview_service.domain.feed import ChangeKind, InterviewChange
from interview_service.repository.tables import CHANGE_COUNTERS, CHANGES
from interview_service.repository.unit_of_work import UnitOfWork

_COUNT = {
    backend.name: PreparedInsert(
        backend.adding(CHANGE_COUNTERS, ["tenant_id"], CHANGE_COUNTERS.c.last_number)
    )
    for backend in BACKENDS
}
_LAST = Prepared(
    select(CHANGE_COUNTERS.c.last_number).where(
        CHANGE_COUNTERS.c.tenant_id == bindparam("tenant_id")
    )
)
_ADD = PreparedInsert(insert(CHANGES))
_MOVE = PreparedChange(update(CHANGES).where(CHANGES.c.interview_id == bindparam("key")))
_FORGET = PreparedChange(
    delete(CHANGES).where(
        CHANGES.c.kind == ChangeKind.DELETED.value,
        CHANGES.c.changed_at < bindparam("before", type_=CHANGES.c.changed_at.type),
    )
)
_PAGE = Prepared(
    select(CHANGES.c.interview_id, CHANGES.c.number, CHANGES.c.kind, CHANGES.c.changed_at)
    .where(CHANGES.c.tenant_id == bindparam("tenant_id"), CHANGES.c.number > bindparam("after"))
    .order_by(CHANGES.c.number)
    .limit(bindparam("limit", type_=Integer))
)


def write_changes(work: UnitOfWork) -> None:
    """Write into the feed what a transaction changed, under the next numbers of the tenant.

    The row that counts them stays locked until the commit. So whoever gets a larger number commits
    later, and a reader who has seen a number will never find a smaller one that is new.
    """
    if not work.changed:
        return
    work.write(_COUNT[work.database.backend.name], {"last_number": len(work.changed)})
    number = int(work.rows(_LAST)[0].last_number) - len(work.changed)
    now = clock.now()
    for interview_id, change in work.changed.items():
        number += 1
        values = {"number": number, "kind": change.kind.value, "changed_at": now}
        if change.is_first or not work.change(_MOVE, {**values, "key": interview_id}):
            work.write(_ADD, {**values, "interview_id": interview_id})


class Changes:
    """What changed of one tenant's interviews, the last change of each."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def after(self, number: int, limit: int) -> Sequence[InterviewChange]:
        """Return the changes after the one of a number, oldest first."""
        rows = self._work.rows(_PAGE, after=number, limit=limit)
        return [
            InterviewChange(row.interview_id, row.number, ChangeKind(row.kind), row.changed_at)
            for row in rows
        ]

    def forget_deletions(self, before: datetime) -> None:
        """Delete what tells of deletions before a moment."""
        self._work.change(_FORGET, {"before": before})
