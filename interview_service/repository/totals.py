"""How many interviews there are in each state: kept in the transaction of each change."""

from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from interview_service.database.session import (
    PreparedWrite,
)
from interview_service.repository.tables import TOTALS
from interview_service.repository.unit_of_work import UnitOfWork


def _add_to_total(backend: str) -> PreparedWrite:
    if backend == "mariadb":
        statement = mysql_insert(TOTALS)
        new_total = TOTALS.c.total + statement.inserted.total
        return PreparedWrite(statement.on_duplicate_key_update(total=new_total))
    upsert = sqlite_insert(TOTALS) if backend == "sqlite" else postgresql_insert(TOTALS)
    return PreparedWrite(
        upsert.on_conflict_do_update(
            index_elements=["tenant_id", "workflow_state"],
            set_={"total": TOTALS.c.total + upsert.excluded.total},
        )
    )


_ADD_TO_TOTAL = {name: _add_to_total(name) for name in ("sqlite", "postgresql", "mariadb")}


def write(work: UnitOfWork) -> None:
    """Add a transaction's changes to the totals: last, in one order, against deadlocks."""
    upsert = _ADD_TO_TOTAL[work.database.backend]
    for state, delta in sorted(work.deltas.items()):
        if delta:
            upsert.run(work.connection, work.tenant_id, {"workflow_state": state, "total": delta})
