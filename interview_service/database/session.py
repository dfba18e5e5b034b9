"""Sessions that know their tenant: the second wall, and the key to the lock.

A session of a tenant adds its criterion to every ORM statement on a tenant-owned table by itself,
and refuses to write another tenant's rows. A session of no tenant refuses to touch such a table.
On PostgreSQL it also names its tenant to the database, whose row-level security says the same.
"""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ClauseElement,
    Connection,
    Engine,
    ExceptionContext,
    Table,
    TableClause,
    TextClause,
    TextualSelect,
    event,
    inspect,
)
from sqlalchemy.orm import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    with_loader_criteria,
)
from sqlalchemy.sql.visitors import HasTraverseInternals

from interview_service.database.backends import backend_named
from interview_service.database.backends.base import BUSY_TIMEOUT_SECONDS, WRITES
from interview_service.database.engine import make_engine
from interview_service.database.models import TenantOwned
from interview_service.domain.errors import DatabaseUnavailable, TenantMissing

_ENTITY = "parententity"
"""The annotation by which SQLAlchemy knows an ORM entity, and a column of one, in a statement."""

_PLAIN = (TableClause, TextClause, TextualSelect)

log = logging.getLogger(__name__)

_TENANT = "tenant_id"
_ACROSS = "across_tenants"


class TenantSession(Session):
    """A session of one tenant; `Database` makes them."""

    @property
    def tenant_id(self) -> str | None:
        """The tenant whose rows this session sees; None sees none."""
        tenant_id: str | None = self.info.get(_TENANT)
        return tenant_id

    def _bulk_save_mappings(self, *args: Any, **kwargs: Any) -> None:
        """Refuse the `bulk_…` methods, which write rows past every check."""
        raise TenantMissing("rows are written as objects: only those have their tenant checked")


class Database:
    """The engines, and sessions on them that know their tenant.

    `met_full_disk` tells that there was no room for a write, until `found_room` is called.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(**{WRITES: True})
        pool_size: int = engine.pool.size()  # type: ignore[attr-defined]
        self._reading = make_engine(engine.url, pool_size=pool_size, reads=True)
        self.backend = backend_named(engine.dialect.name)
        self._writer = threading.Lock() if self.backend.takes_turns else None
        self.met_full_disk = False
        event.listen(engine, "handle_error", self._note_full_disk)
        event.listen(engine, "engine_disposed", lambda disposed: self._reading.dispose())

    def _note_full_disk(self, context: ExceptionContext) -> None:
        if self.backend.is_disk_full(context.original_exception):
            if not self.met_full_disk:
                log.error("the disk of the database is full: nothing can be written")
            self.met_full_disk = True

    def found_room(self) -> None:
        """Take note that something could be written, and that there is room for more."""
        if self.met_full_disk and self.backend.has_room(self.engine):
            log.warning("the disk of the database has room again")
            self.met_full_disk = False

    @cached_property
    def has_search(self) -> bool:
        """Whether the migrations could make an index for searches."""
        with self._reading.connect() as connection:
            return self.backend.has_search(connection)

    def reader(self, tenant_id: str | None) -> TenantSession:
        """Return a session of `tenant_id` for reading."""
        return self._session(self._reading, {_TENANT: tenant_id})

    def writer(self, tenant_id: str | None) -> TenantSession:
        """Return a session of `tenant_id` for writing, with a transaction of its own."""
        return self._session(self._writing, {_TENANT: tenant_id})

    @contextmanager
    def transaction(self, tenant_id: str) -> Iterator[Connection]:
        """Give a connection in a writing transaction of `tenant_id`; the caller commits it."""
        with self._turn(), self._writing.connect() as connection:
            connection.begin()
            self.backend.name_tenant(connection, tenant_id, across=False)
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Have the threads of this process take turns at SQLite's one write lock.

        SQLite itself makes a waiting writer sleep and ask again, longer each time; here the next
        one goes on as soon as the one before is done. Other processes still meet SQLite's own lock.
        """
        if self._writer is None:
            yield
            return
        if not self._writer.acquire(timeout=BUSY_TIMEOUT_SECONDS):
            raise DatabaseUnavailable("too many writers")
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def across_tenants(self) -> Iterator[TenantSession]:
        """Give a session that reads every tenant's rows, for the sweep, and for nothing else."""
        with self._session(self._reading, {_TENANT: None, _ACROSS: True}) as session:
            yield session

    @contextmanager
    def reading(self, tenant_id: str) -> Iterator[Connection]:
        """Give a connection for reading as `tenant_id`; each statement stands alone."""
        with self._reading.connect() as connection:
            self.backend.name_tenant(connection, tenant_id, across=False)
            yield connection

    @staticmethod
    def _session(bind: Engine | Connection, info: dict[str, Any]) -> TenantSession:
        return TenantSession(bind, info=info, expire_on_commit=False, autoflush=False)


@event.listens_for(TenantSession, "do_orm_execute")
def _filter_by_tenant(state: ORMExecuteState) -> None:
    """Add the tenant's criterion to whatever is read, updated or deleted through this session.

    What the criterion would not reach is refused: plain tables and SQL as text, wherever in the
    statement they stand (`Session.get` is such a one), and writes that name their rows themselves.
    """
    session = state.session
    if session.info.get(_ACROSS) and state.is_select:
        return
    tenant_id = session.info.get(_TENANT)
    for element in _elements(state.statement):
        is_orm = _ENTITY in element._annotations
        if is_orm and tenant_id is None:
            raise TenantMissing("a session without a tenant asked for a tenant's rows")
        if not is_orm and isinstance(element, _PLAIN):
            raise TenantMissing("only ORM entities may be named: nothing else would be filtered")
    if state.is_insert or (state.is_update and _names_rows(state)):
        raise TenantMissing("rows are written as objects: only those have their tenant checked")
    state.statement = state.statement.options(
        with_loader_criteria(
            TenantOwned,
            lambda cls: cls.tenant_id == tenant_id,
            include_aliases=True,
            track_closure_variables=True,
        )
    )


def _elements(element: Any) -> Iterator[ClauseElement]:
    """Yield what a statement is made of; an ORM entity and a column of one are yielded whole.

    A table that no one named, which is read because a column of an entity is, is not among it.
    """
    yield element
    if _ENTITY not in element._annotations and not isinstance(element, Table):
        for child in HasTraverseInternals.get_children(element):
            yield from _elements(child)


def _names_rows(state: ORMExecuteState) -> bool:
    """Tell whether an UPDATE says itself which rows it changes, or what their tenant is to be."""
    values: Mapping[Any, Any] = state.statement._values or {}  # type: ignore[attr-defined]
    return bool(state.parameters) or any(column.key == _TENANT for column in values)


@event.listens_for(TenantSession, "before_flush")
def _refuse_other_tenants(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Refuse to write a row of another tenant than the session's."""
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, TenantOwned):
            continue
        tenant_id = session.info.get(_TENANT)
        if tenant_id is None or row.tenant_id != tenant_id:
            raise TenantMissing(f"a {type(row).__name__} of another tenant was to be written")
        history = inspect(row).attrs.tenant_id.history
        if history.deleted and history.deleted[0] not in (None, tenant_id):
            raise TenantMissing(f"a {type(row).__name__} was to be moved to another tenant")


@event.listens_for(TenantSession, "after_begin")
def _on_begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    backend = backend_named(connection.dialect.name)
    tenant_id = session.info.get(_TENANT)
    backend.name_tenant(connection, tenant_id, across=bool(session.info.get(_ACROSS)))
