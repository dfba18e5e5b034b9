"""What every list of interviews reads of one."""

from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Row, bindparam, type_coerce

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


def interview_row(row: Row[*tuple[Any, ...]]) -> InterviewRow:
    """Return what was read as a row of a list."""
    people = row[_PEOPLE]
    return InterviewRow._make((*row[:_PEOPLE], tuple(people or ()), *row[_PEOPLE + 1 : _LENGTH]))
