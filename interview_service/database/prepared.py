"""Statements that are built once and run often, always for one tenant.

They are the second wall for what does without a session.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Delete,
    Insert,
    Row,
    Select,
    Subquery,
    TableClause,
    Update,
    bindparam,
)
from sqlalchemy.sql.visitors import replacement_traverse

from interview_service.database.accounts import UserModel
from interview_service.database.backends import backend_named
from interview_service.database.models import Base, TenantOwned

_SESSION_TENANT = "session_tenant"
_TENANT = "tenant_id"
assert issubclass(UserModel, TenantOwned)  # every table is known by now, accounts' as well
_OWNED_TABLES = frozenset(
    mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, TenantOwned)
)


def _of_tenant(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return a SELECT with the tenant's criterion on each table in its FROM or a subquery's."""

    def filtered(element: Any, **options: Any) -> Any:
        is_subquery = isinstance(element, Select) and element is not statement
        return _of_tenant(element) if is_subquery else None

    result = cast(Select[Any], replacement_traverse(statement, {}, filtered))
    for table in result.get_final_froms():
        assert isinstance(table, (TableClause, Subquery)), f"{table} cannot be filtered"
        if table in _OWNED_TABLES:
            result = result.where(table.c.tenant_id == bindparam(_SESSION_TENANT))
    return result


class Prepared:
    """A SELECT on tenant-owned tables.

    It gets the tenant's criterion here, for every such table that it or a subquery of it reads,
    whatever else it says. That is done when it first runs: a start has better things to do.

    :param statement: reads columns of tables, each listed in a FROM clause of its own: no joins.
    :param by_its_values: have PostgreSQL plan it each time by the values that it is given; else it
        keeps, after some times, a plan for any.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]], *, by_its_values: bool = False) -> None:
        self._unfiltered = statement
        self._by_its_values = by_its_values

    @cached_property
    def statement(self) -> Select[*tuple[Any, ...]]:
        """The SELECT with the tenant's criterion."""
        return _of_tenant(self._unfiltered)

    def rows(
        self, connection: Connection, tenant_id: str, values: Mapping[str, Any]
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """Return the rows that a tenant may see."""
        asked = {**values, _SESSION_TENANT: tenant_id}
        if not self._by_its_values:
            return connection.execute(self.statement, asked).all()
        with backend_named(connection.dialect.name).unprepared(connection):
            return connection.execute(self.statement, asked).all()


class PreparedInsert:
    """An INSERT into a tenant-owned table; it writes one tenant's rows only.

    The tenant is set here, whatever the values say.
    """

    def __init__(self, statement: Insert) -> None:
        self._statement = statement

    def run(self, connection: Connection, tenant_id: str, values: Mapping[str, Any]) -> None:
        """Insert a row of this tenant."""
        connection.execute(self._statement, {**values, _TENANT: tenant_id})


class PreparedChange:
    """An UPDATE or DELETE of a tenant-owned table; it changes one tenant's rows only.

    :param statement: names no columns to set: those are the values that it is run with.
    """

    def __init__(self, statement: Update | Delete) -> None:
        self._statement = statement.where(statement.table.c.tenant_id == bindparam(_SESSION_TENANT))

    def run(self, connection: Connection, tenant_id: str, values: Mapping[str, Any]) -> int:
        """Change this tenant's rows; return how many it were.

        :param values: of the statement's parameters and, for an UPDATE, of columns.
        """
        assert _TENANT not in values, "a row stays its tenant's"
        asked = {**values, _SESSION_TENANT: tenant_id}
        return connection.execute(self._statement, asked).rowcount
