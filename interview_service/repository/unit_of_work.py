"""A transaction of one tenant: begun with its first write, tried again, committed, told of."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Row
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from interview_service.database.backends import BACKENDS
from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.database.session import Database
from interview_service.domain.errors import DatabaseUnavailable, DiskFull, OutcomeUnknown
from interview_service.domain.feed import ChangeKind

T = TypeVar("T")

_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Change:
    """What a transaction did to an interview.

    :param is_first: the transaction made it.
    """

    kind: ChangeKind
    is_first: bool


class UnitOfWork:
    """One tenant's transactions, one at a time.

    :param wake: called with (tenant id, interview id) after a commit that left the worker
        something to do. A hint only: nothing is lost with it.
    :param before_commit: called last in each transaction that wrote.
    """

    def __init__(
        self,
        database: Database,
        tenant_id: str,
        wake: Callable[[str, str], None] | None = None,
        *,
        before_commit: Callable[["UnitOfWork"], None],
    ) -> None:
        self.tenant_id = tenant_id
        self.database = database
        self._wake = wake
        self._before_commit = before_commit
        self._connection: Connection | None = None
        self._closing: ExitStack | None = None
        self.deltas: Counter[str] = Counter()
        self.changed: dict[str, Change] = {}
        self._woken: dict[str, None] = {}

    def run(self, work: Callable[[], T]) -> T:
        """Do `work` in one writing transaction; within another one, as a part of that.

        Work that loses a race inside the database (a deadlock, a unique key that another
        transaction took first) is done again from its beginning.

        :raise ConcurrentUpdate: another transaction changed the same record.
        :raise DatabaseUnavailable: the database is away or too busy; nothing was written.
        """
        if self._closing is not None:
            return work()
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._transaction():
                    result = work()
            except IntegrityError:
                if attempt == _ATTEMPTS:
                    raise
            except (DBAPIError, PoolTimeout) as error:
                if attempt < _ATTEMPTS and self._is_transient(error):
                    continue
                raise translated(error) from error
            else:
                self._hint()
                return result
        raise AssertionError("unreachable")

    def _is_transient(self, error: SQLAlchemyError) -> bool:
        """Tell whether a transaction was undone for a reason that a second try may not meet."""
        if not isinstance(error, DBAPIError):
            return False
        if error.connection_invalidated:
            return error.statement is not None  # else no connection could be made either
        return self.database.backend.is_transient(error.orig)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Give one transaction, which begins with the first write or lock: reads before need none.

        So a writer holds SQLite's one write lock no longer than it writes.
        """
        self.deltas.clear()
        self.changed.clear()
        self._woken.clear()
        with ExitStack() as closing:
            self._closing = closing
            try:
                yield
                if self._connection is not None:
                    self._before_commit(self)
                    self._commit(self._connection)
            finally:
                self._closing = self._connection = None

    @staticmethod
    def _commit(connection: Connection) -> None:
        """Commit; a failure here is never tried again, for the commit may have happened.

        Where there was no room for it, it has not.
        """
        try:
            connection.commit()
        except DBAPIError as error:
            known = translated(error)
            if isinstance(known, DatabaseUnavailable) and not isinstance(known, DiskFull):
                raise OutcomeUnknown(*known.args) from error
            raise known from error

    def _hint(self) -> None:
        woken, self._woken = self._woken, {}
        if self._wake is not None:
            for interview_id in woken:
                self._wake(self.tenant_id, interview_id)

    def wake_after_commit(self, interview_id: str) -> None:
        """Have the worker told of this interview once the present transaction is on disk."""
        self._woken[interview_id] = None

    def note_change(self, interview_id: str, kind: ChangeKind, *, is_first: bool = False) -> None:
        """Have the feed of changes tell of an interview once the present transaction is on disk.

        :param is_first: it is a new one.
        """
        known = self.changed.get(interview_id)
        is_first = is_first or (known is not None and known.is_first)
        self.changed[interview_id] = Change(kind, is_first)

    def begin(self) -> Connection:
        """Return the connection of the present transaction, which begins here if it has not yet."""
        if self._connection is None:
            assert self._closing is not None, "writes happen inside UnitOfWork.run"
            transaction = self.database.transaction(self.tenant_id)
            self._connection = self._closing.enter_context(transaction)
        return self._connection

    def write(self, prepared: PreparedInsert, values: Mapping[str, object]) -> None:
        """Insert a row of the tenant."""
        prepared.run(self.begin(), self.tenant_id, values)

    def change(self, prepared: PreparedChange, values: Mapping[str, object]) -> int:
        """Change or delete rows of the tenant; return how many it were."""
        return prepared.run(self.begin(), self.tenant_id, values)

    def rows(self, prepared: Prepared, **values: object) -> Sequence[Row[*tuple[Any, ...]]]:
        """Return what a SELECT finds, in the present transaction where there is one."""
        values["tenant_id"] = self.tenant_id
        return self.ask(lambda connection: prepared.rows(connection, self.tenant_id, values))

    def ask(self, query: Callable[[Connection], T]) -> T:
        """Ask on the present transaction's connection, else on one for reading.

        A connection that broke since it was last used is replaced once.
        """
        if self._connection is not None:
            return query(self._connection)
        for last in (False, True):
            try:
                with self.database.reading(self.tenant_id) as connection:
                    return query(connection)
            except (DBAPIError, PoolTimeout) as error:
                if last or not getattr(error, "connection_invalidated", False):
                    raise translated(error) from error
        raise AssertionError("unreachable")


def translated(error: SQLAlchemyError) -> Exception:
    """Return `error` in the domain's words where the database is away, busy or out of room."""
    orig = getattr(error, "orig", None)
    if any(each.is_disk_full(orig) for each in BACKENDS):
        return DiskFull()
    away = isinstance(error, (OperationalError, InterfaceError, PoolTimeout))
    if away or getattr(error, "connection_invalidated", False):
        return DatabaseUnavailable(type(getattr(error, "orig", error)).__name__)
    return error
