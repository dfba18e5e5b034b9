"""Searches by an index of every three letters, where the migrations could make one."""

from itertools import product
from typing import Any, cast

from sqlalchemy import Integer, Select, Table, bindparam, func

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
    """The statements of a search by the index: totals by whether a state is given, and ids."""

    def __init__(self, index: SearchIndex) -> None:
        in_state = _narrowed(index.joined([_INTERVIEWS.c.id]))

        def ids(by_state: bool, after: bool) -> Prepared:
            statement = in_state if by_state else index.ids
            found = statement.selected_columns[0]
            if after:
                statement = statement.where(found < bindparam("after"))
            page = (
                statement.order_by(found.desc())
                .limit(bindparam("limit", type_=Integer))
                .offset(bindparam("offset", type_=Integer))
            )
            return Prepared(page, by_its_values=True)

        both = (False, True)
        self.total = {
            by_state: Prepared(statement, by_its_values=True)
            for by_state, statement in (
                (False, index.counted),
                (True, _narrowed(index.joined([func.count()]))),
            )
        }
        self.ids = {kind: ids(*kind) for kind in product(both, both)}


def _narrowed(statement: Select[Any]) -> Select[Any]:
    return statement.where(_INTERVIEWS.c.workflow_state == bindparam("state"))
