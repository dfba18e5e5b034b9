"""Searches by an index of every three letters, where the migrations could make one."""

from collections.abc import Sequence
from itertools import product
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Select, Table, bindparam, func

from interview_service.database.backends.base import SearchIndex
from interview_service.database.models import InterviewModel
from interview_service.database.prepared import Prepared

LEAST = 3
"""Characters that a text must have to be found by an index of every three."""

FEW = 2_000
"""So many finds are fetched and put in order; more are come by on the way down the list."""

_INTERVIEWS = cast(Table, InterviewModel.__table__)


def phrase(text: str) -> str:
    """Return what MATCH takes for a part of a text."""
    return '"' + text.replace('"', '""') + '"'


class Search:
    """The statements of a search by the index: totals by whether a state is given, and rows.

    :param columns: what a row of the list has.
    """

    def __init__(self, index: SearchIndex, columns: Sequence[ColumnElement[Any]]) -> None:
        def rows(by_state: bool, after: bool) -> Prepared:
            statement = _narrowed(index.joined(columns), by_state)
            if after:
                statement = statement.where(_INTERVIEWS.c.id < bindparam("after"))
            page = (
                statement.order_by(_INTERVIEWS.c.id.desc())
                .limit(bindparam("limit", type_=Integer))
                .offset(bindparam("offset", type_=Integer))
            )
            return Prepared(page, by_its_values=True)

        both = (False, True)
        self.total = {
            by_state: Prepared(statement, by_its_values=True)
            for by_state, statement in (
                (False, index.counted),
                (True, _narrowed(index.joined([func.count()]), by_state=True)),
            )
        }
        self.rows = {kind: rows(*kind) for kind in product(both, both)}


def _narrowed(statement: Select[Any], by_state: bool) -> Select[Any]:
    if not by_state:
        return statement
    return statement.where(_INTERVIEWS.c.workflow_state == bindparam("state"))
