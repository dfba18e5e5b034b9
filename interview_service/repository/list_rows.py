"""What every list of interviews reads of one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Row,
    bindparam,
    select,
    type_coerce,
)

from interview_service.database.prepared import Prepared
from interview_service.database.types import Timestamp
from interview_service.domain.interview import InterviewRow
from interview_service.repository.tables import INTERVIEWS

OWN = INTERVIEWS.c.tenant_id == bindparam("tenant_id")


def _unconverted(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column whose timestamps come as they are kept, in milliseconds: a page has many."""
    if isinstance(column.type, Timestamp):
        return type_coerce(column, BigInteger).label(column.key)
    return column


COLUMNS = [_unconverted(INTERVIEWS.c[name]) for name in InterviewRow._fields]
_LENGTH = len(COLUMNS)
_PEOPLE = InterviewRow._fields.index("interviewers")


_ROWS = Prepared(
    select(*COLUMNS).where(OWN, INTERVIEWS.c.id.in_(bindparam("ids", expanding=True))),
    by_its_values=True,
)
_ID = InterviewRow._fields.index("id")


def rows_of(
    connection: Connection, tenant_id: str, ids: Sequence[str]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return what lists read of some interviews, in the order of the ids; one may be gone since."""
    if not ids:
        return ()
    found = _ROWS.rows(connection, tenant_id, {"tenant_id": tenant_id, "ids": ids})
    by_id = {row[_ID]: row for row in found}
    return [by_id[each] for each in ids if each in by_id]


def interview_row(row: Row[*tuple[Any, ...]]) -> InterviewRow:
    """Return what was read as a row of a list."""
    people = row[_PEOPLE]
    return InterviewRow._make((*row[:_PEOPLE], tuple(people or ()), *row[_PEOPLE + 1 : _LENGTH]))
