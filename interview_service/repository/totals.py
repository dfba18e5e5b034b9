"""How many interviews there are in each state: kept in the transaction of each change."""

from interview_service.database.backends import BACKENDS
from interview_service.database.prepared import (
    PreparedInsert,
)
from interview_service.repository.tables import TOTALS
from interview_service.repository.unit_of_work import UnitOfWork

_ADD_TO_TOTAL = {
    backend.name: PreparedInsert(
        backend.adding(TOTALS, ["tenant_id", "workflow_state"], TOTALS.c.total)
    )
    for backend in BACKENDS
}


def write(work: UnitOfWork) -> None:
    """Add a transaction's changes to the totals: last, in one order, against deadlocks."""
    upsert = _ADD_TO_TOTAL[work.database.backend.name]
    for state, delta in sorted(work.deltas.items()):
        if delta:
            work.write(upsert, {"workflow_state": state, "total": delta})
