"""The seam between the service and the database that it runs on."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Column, ColumnElement, Connection, Engine, Insert, Select, Table
from sqlalchemy.exc import DBAPIError

BUSY_TIMEOUT_SECONDS = 10
"""How long a write waits for another one's lock."""

CONNECT_TIMEOUT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server is waited for.

    :param statement: seconds that the server gives a statement.
    :param silence: seconds after which a server that has not answered is given up; more than
        `statement`, for it is heard of a statement that has taken too long.
    """

    statement: int
    silence: int


READING = Patience(statement=5, silence=6)
WRITING = Patience(statement=BUSY_TIMEOUT_SECONDS, silence=BUSY_TIMEOUT_SECONDS + 2)

WRITES = "interview_service_writes"
"""Execution option of connections whose transactions write."""

READS = "interview_service_reads"
"""Execution option of connections on which each statement stands alone, and none writes."""

MIGRATION_LOCK_NUMBER = 0x1A7E9F1E
MIGRATION_LOCK_NAME = "interview_service_migrations"


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """How an index of every three letters is asked.

    :param counted: the SELECT that counts what `:phrase` or `:q` finds.
    :param ids: the SELECT of the ids of what is found.
    :param joined: makes the SELECT of columns of the interviews that are found.
    """

    counted: Select[int]
    ids: Select[str]
    joined: Callable[[Sequence[ColumnElement[Any]]], Select[Any]]


class StatementTooLong(Exception):
    """A statement was stopped, for it took longer than it was given."""


class Backend:
    """A database server, or SQLite. What is written here holds where a backend does not say more.

    `takes_turns` tells whether a process lets one thread at a time write; `sorts_nulls` whether it
    would put rows in order by a column that is null in all of them.
    """

    name: ClassVar[str]
    takes_turns: ClassVar[bool] = False
    sorts_nulls: ClassVar[bool] = False
    search_index: ClassVar[SearchIndex | None] = None

    def engine_options(self) -> dict[str, Any]:
        """Return the options of `create_engine` that this backend needs."""
        raise NotImplementedError

    def set_up(self, engine: Engine, patience: Patience | None) -> None:
        """Have each new connection of an engine set up.

        :param patience: of the engine's connections; None for a migration, which takes its time.
        """

    def name_tenant(self, connection: Connection, tenant_id: str | None, *, across: bool) -> None:
        """Name the tenant to the database, where its own row-level security goes by it."""

    def migrating(self, connection: Connection) -> AbstractContextManager[None]:
        """Return what keeps other processes from migrating meanwhile.

        :raise sqlalchemy.exc.TimeoutError: another process does not end.
        """
        return nullcontext()

    @contextmanager
    def snapshot(self, connection: Connection) -> Iterator[None]:
        """Have a new connection read the rows of one moment, the first read's, meanwhile."""
        with connection.begin():
            yield

    def has_search(self, connection: Connection) -> bool:
        """Tell whether the migrations could make the index for searches."""
        return False

    def unprepared(self, connection: Connection) -> AbstractContextManager[None]:
        """Return what keeps statements from being planned once for any values."""
        return nullcontext()

    def unindexed(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return a column as no index is chosen by, where another is the one to go by."""
        return column

    @contextmanager
    def limited(self, connection: Connection, seconds: float) -> Iterator[None]:
        """Have each statement that is executed meanwhile stopped after so many seconds.

        :raise StatementTooLong: one was.
        """
        self.limit(connection, seconds)
        try:
            yield
        except DBAPIError as error:
            if self.is_too_long(error.orig):
                raise StatementTooLong from error
            raise
        finally:
            if not connection.invalidated:
                self.limit(connection, None)

    def limit(self, connection: Connection, seconds: float | None) -> None:
        """Set how long a statement may take; None for as long as usual.

        In a transaction it holds until its end, and None is for any time.
        """
        raise NotImplementedError

    def is_too_long(self, error: BaseException | None) -> bool:
        """Tell whether a driver's error says that a statement was stopped by its limit."""
        raise NotImplementedError

    def adding(self, table: Table, keys: Sequence[str], column: Column[int]) -> Insert:
        """Return the INSERT of a row that adds to `column` where a row of these keys is there."""
        raise NotImplementedError

    def is_disk_full(self, error: BaseException | None) -> bool:
        """Tell whether a driver's error says that the database has no room left on its disk."""
        raise NotImplementedError

    def has_room(self, engine: Engine) -> bool:
        """Tell whether there is room to write, as far as that is known without writing."""
        return True

    def is_transient(self, error: BaseException | None) -> bool:
        """Tell whether a driver's error undid a transaction that a second try may get through."""
        return False

    def weakness(self, connection: Connection) -> str | None:
        """Say why the database's own row-level security does not hold; None where it does."""
        return None
