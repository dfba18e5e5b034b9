"""Every query of the service. A repository belongs to one tenant and filters each statement by it.

It also owns transactions: `Repository.run` gives a use case one transaction, and what was to happen
after the commit happens only then.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from interview_service.database import search
from interview_service.database.models import (
    Assessment,
    Delivery,
    DeliveryAttempt,
    HistoryEntry,
    IdempotencyKey,
    Interview,
    ListBlock,
    Plan,
    StateTotal,
    TenantOwned,
    TenantSettings,
    Transcript,
)
from interview_service.database.session import (
    Database,
    Prepared,
    PreparedWrite,
    TenantSession,
)
from interview_service.database.types import Timestamp
from interview_service.domain.clock import least_id
from interview_service.domain.errors import (
    ConcurrentUpdate,
    DatabaseUnavailable,
    DeliveryNotFound,
    InterviewNotFound,
    OutcomeUnknown,
)
from interview_service.domain.interview import folded
from interview_service.domain.outbox import (
    LONGEST_PAUSE,
    WORK_PAUSES,
    DeliveryState,
    longest_wait,
)
from interview_service.domain.workflow import State

T = TypeVar("T")

_ATTEMPTS = 4
_OLDEST_KEYS = 10_000
_TRANSIENT_STATES = {"40001", "40P01"}  # PostgreSQL: serialization failure, deadlock
_TRANSIENT_CODES = {1020, 1205, 1213}  # MariaDB: record changed, lock timeout, deadlock


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    :param total: rows on all pages together.
    :param last_id: the last row's id where more rows follow, else None.
    """

    rows: Sequence[Any]
    total: int
    last_id: str | None = None


_INTERVIEWS = cast(Table, Interview.__table__)
_TOTALS = cast(Table, StateTotal.__table__)
_BLOCKS = cast(Table, ListBlock.__table__)
_SETTINGS = cast(Table, TenantSettings.__table__)
_OWN = _INTERVIEWS.c.tenant_id == bindparam("tenant_id")
_LIKE = re.compile(r"[%_/]")
_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}", re.ASCII)


def _record_where(column: str) -> Prepared:
    internal = {"search_text"}
    columns = [each for each in _INTERVIEWS.c if each.key not in internal]
    return Prepared(select(*columns).where(_OWN, _INTERVIEWS.c[column] == bindparam("key")))


_RECORD_BY_ID = _record_where("id")
_RECORD_BY_RUN = _record_where("run_id")

ROW_COLUMNS = (
    "id",
    "candidate_name",
    "candidate_email",
    "position",
    "level",
    "workflow_state",
    "scheduled_at",
    "created_at",
    "updated_at",
)
"""What a row of a list has."""


Kind = tuple[bool, bool, bool]
"""What a list is narrowed by: (state, text, the row that it follows)."""


def _filters(kind: Kind) -> list[ColumnElement[bool]]:
    by_state, by_text, after = kind
    where = [_OWN]
    if by_state:
        where.append(_INTERVIEWS.c.workflow_state == bindparam("state"))
    if by_text:
        where.append(_INTERVIEWS.c.search_text.like(bindparam("q"), escape="/"))
    if after:
        where.append(_INTERVIEWS.c.id < bindparam("after"))
    return where


def _unconverted(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column whose timestamps come as they are kept, in milliseconds: a page has many."""
    if isinstance(column.type, Timestamp):
        return type_coerce(column, BigInteger).label(column.key)
    return column


def _sum_of_totals(by_state: bool) -> Select[Any]:
    statement = select(func.sum(_TOTALS.c.total)).where(
        _TOTALS.c.tenant_id == bindparam("tenant_id")
    )
    if by_state:
        statement = statement.where(_TOTALS.c.workflow_state == bindparam("state"))
    return statement


_ROW = [_unconverted(_INTERVIEWS.c[name]) for name in ROW_COLUMNS]


def _page_where(kind: Kind) -> Prepared:
    by_state, by_text, _ = kind
    columns = list(_ROW)
    if not by_text:  # the total is kept: it comes along
        columns.append(_sum_of_totals(by_state).scalar_subquery().label("list_total"))
    return Prepared(
        select(*columns)
        .where(*_filters(kind))
        .order_by(_INTERVIEWS.c.id.desc())  # ids are in the order of createdAt
        .limit(bindparam("limit", type_=Integer))
        .offset(bindparam("offset", type_=Integer))
    )


_SEARCH = {backend: search.Search(backend, _ROW) for backend in search.BACKENDS}
_PAGE_FROM = Prepared(
    select(*_ROW)
    .where(_OWN, _INTERVIEWS.c.id <= bindparam("start"))
    .order_by(_INTERVIEWS.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
_BLOCKS_OF_LIST = Prepared(
    select(_BLOCKS.c.last_id, _BLOCKS.c.total)
    .where(_BLOCKS.c.tenant_id == bindparam("tenant_id"))
    .order_by(_BLOCKS.c.last_id.desc())
)

BLOCK_SIZE = 1000
"""Interviews that a block of a list counts together."""


_BOTH = (False, True)
_PAGE = {kind: _page_where(kind) for kind in product(_BOTH, _BOTH, _BOTH)}
_TOTAL_KEPT = {by_state: Prepared(_sum_of_totals(by_state)) for by_state in _BOTH}
_TOTAL_FOUND = {
    by_state: Prepared(
        select(func.count()).select_from(_INTERVIEWS).where(*_filters((by_state, True, False)))
    )
    for by_state in _BOTH
}


_EMPTY_INTERVIEW = {each.key: None for each in _INTERVIEWS.c if each.nullable}
_ADD_INTERVIEW = PreparedWrite(insert(_INTERVIEWS))


def _add_to_total(backend: str) -> PreparedWrite:
    if backend == "mariadb":
        statement = mysql_insert(_TOTALS)
        new_total = _TOTALS.c.total + statement.inserted.total
        return PreparedWrite(statement.on_duplicate_key_update(total=new_total))
    upsert = sqlite_insert(_TOTALS) if backend == "sqlite" else postgresql_insert(_TOTALS)
    return PreparedWrite(
        upsert.on_conflict_do_update(
            index_elements=["tenant_id", "workflow_state"],
            set_={"total": _TOTALS.c.total + upsert.excluded.total},
        )
    )


_ADD_TO_TOTAL = {name: _add_to_total(name) for name in ("sqlite", "postgresql", "mariadb")}
_WEBHOOK_URL = Prepared(
    select(_SETTINGS.c.webhook_url).where(_SETTINGS.c.tenant_id == bindparam("tenant_id"))
)


class Repository:
    """The records of one tenant.

    :param wake: called with (tenant id, interview id) after a commit that left the worker
        something to do. A hint only: nothing is lost with it.
    """

    def __init__(
        self,
        database: Database,
        tenant_id: str,
        wake: Callable[[str, str], None] | None = None,
    ) -> None:
        self.tenant_id = tenant_id
        self._database = database
        self._wake = wake
        self._connection: Connection | None = None
        self._session: TenantSession | None = None
        self._closing: ExitStack | None = None
        self._deltas: Counter[str] = Counter()
        self._woken: dict[str, None] = {}

    # --- transactions

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
            except StaleDataError:
                raise ConcurrentUpdate from None
            except (DBAPIError, PoolTimeout) as error:
                if attempt < _ATTEMPTS and _is_transient(error):
                    continue
                raise _translated(error) from error
            else:
                self._hint()
                return result
        raise AssertionError("unreachable")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Give one transaction, which begins with the first write or lock: reads before need none.

        So a writer holds SQLite's one write lock no longer than it writes.
        """
        self._deltas.clear()
        self._woken.clear()
        with ExitStack() as closing:
            self._closing = closing
            try:
                yield
                if self._connection is not None:
                    self.flush()
                    self._apply_totals()
                    self._commit(self._connection)
            finally:
                self._closing = self._connection = self._session = None

    @staticmethod
    def _commit(connection: Connection) -> None:
        """Commit; a failure here is never tried again, for the commit may have happened."""
        try:
            connection.commit()
        except DBAPIError as error:
            translated = _translated(error)
            if isinstance(translated, DatabaseUnavailable):
                raise OutcomeUnknown(*translated.args) from error
            raise translated from error

    def _hint(self) -> None:
        woken, self._woken = self._woken, {}
        if self._wake is not None:
            for interview_id in woken:
                self._wake(self.tenant_id, interview_id)

    def wake_after_commit(self, interview_id: str) -> None:
        """Have the worker told of this interview once the present transaction is on disk."""
        self._woken[interview_id] = None

    def wake_never(self, interview_id: str) -> None:
        """Take back what `wake_after_commit` was told in the present transaction."""
        self._woken.pop(interview_id, None)

    @property
    def _writing(self) -> TenantSession:
        if self._session is None:
            connection = self._begun
            assert self._closing is not None
            in_transaction = self._database.session_on(connection, self.tenant_id)
            self._session = self._closing.enter_context(in_transaction)
        return self._session

    @property
    def _begun(self) -> Connection:
        """The connection of the present transaction, which begins here if it has not yet."""
        if self._connection is None:
            assert self._closing is not None, "writes happen inside Repository.run"
            transaction = self._database.transaction(self.tenant_id)
            self._connection = self._closing.enter_context(transaction)
        return self._connection

    def _read(self, query: Callable[[TenantSession], T]) -> T:
        """Run a query of a session, in the present transaction where there is one."""
        if self._connection is not None:
            return query(self._writing)

        def read(connection: Connection) -> T:
            with self._database.session_on(connection, self.tenant_id) as session:
                return query(session)

        return self._ask(read)

    def flush(self) -> None:
        """Send what was added so far to the database, so that rows that refer to it can follow."""
        if self._session is not None:
            self._session.flush()

    def _rows(self, prepared: Prepared, **values: Any) -> Sequence[Any]:
        """Run a prepared SELECT, in the present transaction where there is one."""
        values["tenant_id"] = self.tenant_id
        return self._ask(lambda connection: prepared.rows(connection, self.tenant_id, values))

    def _ask(self, query: Callable[[Connection], T]) -> T:
        """Ask on the present transaction's connection, else on one for reading.

        A connection that broke since it was last used is replaced once.
        """
        if self._connection is not None:
            self.flush()
            return query(self._connection)
        for last in (False, True):
            try:
                with self._database.reading(self.tenant_id) as connection:
                    return query(connection)
            except (DBAPIError, PoolTimeout) as error:
                if last or not getattr(error, "connection_invalidated", False):
                    raise _translated(error) from error
        raise AssertionError("unreachable")

    # --- interviews

    def add_interview(self, values: Mapping[str, Any]) -> Any:
        """Write a new interview; return it for reading only, as `record` would."""
        values = {"version": 1, **_EMPTY_INTERVIEW, **values}
        _ADD_INTERVIEW.run(self._begun, self.tenant_id, values)
        self._deltas[values["workflow_state"]] += 1
        return SimpleNamespace(**values, tenant_id=self.tenant_id)

    def interview(self, interview_id: str, *, for_update: bool = False) -> Interview:
        """Return an interview; `for_update` makes other writers of it wait.

        :raise InterviewNotFound: this tenant has none of that id.
        """
        return self._one(_id(interview_id, Interview.id), for_update=for_update)

    def interview_by_external_id(self, external_id: str) -> Interview | None:
        """Return the interview of another system's id, or None."""
        statement = self._interviews().where(Interview.external_id == external_id)
        return self._read(lambda session: session.scalars(statement).one_or_none())

    def record(self, interview_id: str) -> Any:
        """Return an interview for reading only: a row with the attributes of an `Interview`.

        :raise InterviewNotFound: this tenant has none of that id.
        """
        return self._record(_RECORD_BY_ID, interview_id)

    def record_by_run(self, run_id: str) -> Any:
        """Return an interview for reading only, by its run id.

        :raise InterviewNotFound: this tenant has none of that run id.
        """
        return self._record(_RECORD_BY_RUN, run_id)

    def _record(self, prepared: Prepared, given: str) -> Any:
        key = _canonical(given)
        if key is None:
            raise InterviewNotFound
        rows = self._rows(prepared, key=key)
        if not rows:
            raise InterviewNotFound
        return rows[0]

    def page(
        self,
        *,
        state: State | None = None,
        q: str | None = None,
        page: int = 1,
        limit: int,
        after: str | None = None,
    ) -> Page:
        """Return one page of interviews, newest first, ties by id.

        :param q: part of a name, email or position, in any case.
        :param after: the id of the row that the page follows, instead of its number.
        """
        values: dict[str, Any] = {"tenant_id": self.tenant_id, "limit": limit + 1}
        if state is not None:
            values["state"] = state.value
        if q:
            part = values["part"] = folded(q)
            values["q"] = "%" + _LIKE.sub(r"/\g<0>", part) + "%"
            values["phrase"] = search.phrase(part)
        if after is not None:
            values["after"], page = after, 1
        values["offset"] = (page - 1) * limit
        kind = (state is not None, bool(q), after is not None)
        ask = self._searched if q else self._listed
        total, rows = self._ask(lambda connection: ask(connection, values, kind))
        if len(rows) <= limit:
            return Page(rows, total)
        return Page(rows[:limit], total, rows[limit - 1].id)

    def _listed(
        self, connection: Connection, values: Mapping[str, Any], kind: Kind
    ) -> tuple[int, Sequence[Any]]:
        """Return the total of a list and a page of it."""
        by_state, _, _ = kind
        is_deep = values["offset"] >= 2 * BLOCK_SIZE
        if not is_deep:
            rows = _PAGE[kind].rows(connection, self.tenant_id, values)
            if rows:
                return int(rows[0].list_total), rows
        total = int(_TOTAL_KEPT[by_state].rows(connection, self.tenant_id, values)[0][0] or 0)
        if values["offset"] >= total:
            return total, ()
        if is_deep and not by_state:
            deep = self._deep_page(connection, values, total)
            if deep is not None:
                return total, deep
        return total, _PAGE[kind].rows(connection, self.tenant_id, values)

    def _searched(
        self, connection: Connection, values: Mapping[str, Any], kind: Kind
    ) -> tuple[int, Sequence[Any]]:
        """Return how much of a list a text is found in, and a page of that."""
        by_state, _, after = kind
        indexed = None
        if len(values["part"]) >= search.LEAST and self._database.has_search:
            indexed = _SEARCH[self._database.backend]
        total_of = indexed.total if indexed else _TOTAL_FOUND
        total = int(total_of[by_state].rows(connection, self.tenant_id, values)[0][0])
        if values["offset"] >= total:
            return total, ()
        if indexed and total <= search.FEW:
            return total, indexed.rows[by_state, after].rows(connection, self.tenant_id, values)
        return total, _PAGE[kind].rows(connection, self.tenant_id, values)

    def _deep_page(
        self, connection: Connection, values: Mapping[str, Any], total: int
    ) -> Sequence[Any] | None:
        """Return the rows of a page far down the list, found by its blocks; None above them."""
        blocks = _BLOCKS_OF_LIST.rows(connection, self.tenant_id, values)
        skipped = total - sum(block.total for block in blocks)
        for block in blocks:
            if skipped <= values["offset"] < skipped + block.total:
                inside = {**values, "start": block.last_id, "offset": values["offset"] - skipped}
                return _PAGE_FROM.rows(connection, self.tenant_id, inside)
            skipped += block.total
        return None

    def close_blocks(self, before: datetime, *, size: int = BLOCK_SIZE, most: int = 50) -> int:
        """Count the list's next older stretches into blocks; return how many, `most` at most.

        :param before: only interviews from before this moment, all of which are there by now.
        """
        own = Interview.tenant_id == self.tenant_id
        last_id = self._last_of_blocks()
        for closed in range(most):
            statement = select(Interview.id).where(own, Interview.id < least_id(before))
            if last_id is not None:
                statement = statement.where(Interview.id > last_id)
            statement = statement.order_by(Interview.id).limit(1).offset(size - 1)
            last_id = self._writing.scalars(statement).one_or_none()
            if last_id is None:
                return closed
            self._writing.add(ListBlock(tenant_id=self.tenant_id, last_id=last_id, total=size))
            self.flush()
        return most

    def _last_of_blocks(self) -> str | None:
        newest = (
            select(ListBlock.last_id)
            .where(ListBlock.tenant_id == self.tenant_id)
            .order_by(ListBlock.last_id.desc())
            .limit(1)
        )
        return self._writing.scalars(newest).one_or_none()

    def recount_blocks(self, part: int, parts: int) -> None:
        """Count every so-manieth block of the list anew, for what a race may have miscounted."""
        blocks = self._writing.scalars(
            select(ListBlock)
            .where(ListBlock.tenant_id == self.tenant_id)
            .order_by(ListBlock.last_id)
        ).all()
        for number in range(part % parts, len(blocks), parts):
            counted = select(func.count(Interview.id)).where(
                Interview.tenant_id == self.tenant_id, Interview.id <= blocks[number].last_id
            )
            if number:
                counted = counted.where(Interview.id > blocks[number - 1].last_id)
            blocks[number].total = self._writing.scalars(counted).one()
        self.flush()

    def _leave_block(self, interview_id: str) -> None:
        """Count an interview that goes out of its block, where it is in one."""
        block = (
            select(ListBlock.last_id)
            .where(ListBlock.tenant_id == self.tenant_id, ListBlock.last_id >= interview_id)
            .order_by(ListBlock.last_id)
            .limit(1)
        )
        last_id = self._writing.scalars(block).one_or_none()
        if last_id is not None:
            self._writing.execute(
                update(ListBlock)
                .where(ListBlock.tenant_id == self.tenant_id, ListBlock.last_id == last_id)
                .values(total=ListBlock.total - 1)
                .execution_options(synchronize_session=False)
            )

    def delete_interview(self, interview: Interview) -> None:
        """Delete an interview and all that hangs on it."""
        self._leave_block(interview.id)
        self._writing.delete(interview)
        self._deltas[interview.workflow_state] -= 1

    def record_transition(self, interview: Interview, entry: HistoryEntry) -> None:
        """Move an interview to `entry.new_state` and keep the entry in its history."""
        self._deltas[entry.previous_state] -= 1
        self._deltas[entry.new_state] += 1
        interview.workflow_state = entry.new_state
        interview.transition_count = entry.number
        self._writing.add(entry)

    def _interviews(self) -> Select[Interview]:
        return select(Interview).where(Interview.tenant_id == self.tenant_id)

    def _one(self, criterion: ColumnElement[bool] | None, *, for_update: bool) -> Interview:
        if criterion is None:
            raise InterviewNotFound
        statement = self._interviews().where(criterion)
        if for_update:
            self.flush()
            statement = statement.with_for_update().execution_options(populate_existing=True)
            found = self._writing.scalars(statement).one_or_none()
        else:
            found = self._read(lambda session: session.scalars(statement).one_or_none())
        if found is None:
            raise InterviewNotFound
        return found

    # --- totals

    def _apply_totals(self) -> None:
        """Add the transaction's changes to the totals: last, in one order, against deadlocks."""
        upsert = _ADD_TO_TOTAL[self._database.backend]
        for state, delta in sorted(self._deltas.items()):
            if delta:
                values = {"workflow_state": state, "total": delta}
                upsert.run(self._begun, self.tenant_id, values)

    # --- what hangs on an interview

    def add(self, row: TenantOwned) -> None:
        """Add a row that hangs on an interview or on the tenant."""
        self._writing.add(row)

    def plan(self, plan_id: str) -> Plan | None:
        """Return a plan by its id."""
        return self._child(Plan, Plan.id == plan_id)

    def plans(self, interview_id: str) -> Sequence[Plan]:
        """Return every plan that an interview ever had, newest first."""
        statement = (
            select(Plan)
            .where(Plan.tenant_id == self.tenant_id, Plan.interview_id == interview_id)
            .order_by(Plan.id.desc())
        )
        return self._read(lambda session: session.scalars(statement).all())

    def assessment(self, assessment_id: str) -> Assessment | None:
        """Return an assessment by its id."""
        return self._child(Assessment, Assessment.id == assessment_id)

    def transcript(self, interview_id: str) -> Transcript | None:
        """Return an interview's transcript."""
        return self._child(Transcript, Transcript.interview_id == interview_id)

    def history(self, interview_id: str) -> Sequence[HistoryEntry]:
        """Return an interview's transitions, oldest first."""
        statement = (
            select(HistoryEntry)
            .where(
                HistoryEntry.tenant_id == self.tenant_id,
                HistoryEntry.interview_id == interview_id,
            )
            .order_by(HistoryEntry.number)
        )
        return self._read(lambda session: session.scalars(statement).all())

    def _child(self, entity: type[T], criterion: ColumnElement[bool]) -> T | None:
        tenant: Any = entity
        statement = select(entity).where(tenant.tenant_id == self.tenant_id, criterion)
        return self._read(lambda session: session.scalars(statement).one_or_none())

    # --- idempotency keys

    def idempotency_key(self, key: str) -> IdempotencyKey | None:
        """Return what was answered to a request with this key."""
        return self._child(IdempotencyKey, IdempotencyKey.key == key)

    def add_idempotency_key(self, row: IdempotencyKey, *, expired: datetime) -> None:
        """Keep the answer to a request, in place of one of the same key from up to `expired`.

        A younger one of the same key makes this fail, and so the whole transaction is done again.
        """
        self.flush()
        self._writing.execute(
            delete(IdempotencyKey).where(
                IdempotencyKey.tenant_id == self.tenant_id,
                IdempotencyKey.key == row.key,
                IdempotencyKey.created_at <= expired,
            )
        )
        self._writing.add(row)
        self.flush()

    def forget_idempotency_keys(self, before: datetime) -> None:
        """Delete this tenant's keys from before a moment."""
        self._writing.execute(
            delete(IdempotencyKey).where(
                IdempotencyKey.tenant_id == self.tenant_id, IdempotencyKey.created_at < before
            )
        )

    # --- background work

    def set_work(self, interview: Interview, **values: Any) -> None:
        """Write what the worker keeps on an interview, and leave the version: an ETag stays good.

        :param values: of `due_at`, `leased_until`, `attempts` and `last_error`.
        """
        self.flush()
        self._writing.execute(
            update(Interview)
            .where(Interview.tenant_id == self.tenant_id, Interview.id == interview.id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )

    # --- tenant settings

    def tenant_settings(self, *, for_update: bool = False) -> TenantSettings | None:
        """Return what the tenant has set; None where it never set anything."""
        statement = select(TenantSettings).where(TenantSettings.tenant_id == self.tenant_id)
        if for_update:
            statement = statement.with_for_update().execution_options(populate_existing=True)
            return self._writing.scalars(statement).one_or_none()
        return self._read(lambda session: session.scalars(statement).one_or_none())

    def webhook_url(self) -> str | None:
        """Return where the tenant's events go by default; None for nowhere."""
        rows = self._rows(_WEBHOOK_URL)
        return rows[0][0] if rows else None

    # --- the outbox

    def pending_delivery(self, interview_id: str) -> Delivery | None:
        """Return the first event of an interview that is still to be delivered."""
        statement = (
            self._deliveries(interview_id)
            .where(Delivery.state == DeliveryState.PENDING.value)
            .order_by(Delivery.number)
            .limit(1)
        )
        return self._read(lambda session: session.scalars(statement).one_or_none())

    def delivery(self, interview_id: str, delivery_id: str) -> Delivery:
        """Return one delivery of an interview.

        :raise DeliveryNotFound: it has none of that id.
        """
        criterion = _id(delivery_id, Delivery.id)
        if criterion is None:
            raise DeliveryNotFound
        statement = self._deliveries(interview_id).where(criterion)
        found = self._read(lambda session: session.scalars(statement).one_or_none())
        if found is None:
            raise DeliveryNotFound
        return found

    def deliveries(self, interview_id: str) -> Sequence[Delivery]:
        """Return the deliveries of an interview, oldest first."""
        statement = self._deliveries(interview_id).order_by(Delivery.number)
        return self._read(lambda session: session.scalars(statement).all())

    def attempts(self, interview_id: str) -> Sequence[DeliveryAttempt]:
        """Return every attempt to deliver an event of an interview, oldest first."""
        statement = (
            select(DeliveryAttempt)
            .join(
                Delivery,
                (Delivery.tenant_id == DeliveryAttempt.tenant_id)
                & (Delivery.id == DeliveryAttempt.delivery_id),
            )
            .where(
                DeliveryAttempt.tenant_id == self.tenant_id, Delivery.interview_id == interview_id
            )
            .order_by(DeliveryAttempt.delivery_id, DeliveryAttempt.number)
        )
        return self._read(lambda session: session.scalars(statement).all())

    def deliveries_in(self, state: DeliveryState, limit: int) -> Sequence[Delivery]:
        """Return the tenant's deliveries in a state, newest first."""
        statement = (
            select(Delivery)
            .where(Delivery.tenant_id == self.tenant_id, Delivery.state == state.value)
            .order_by(Delivery.id.desc())
            .limit(limit)
        )
        return self._read(lambda session: session.scalars(statement).all())

    def last_attempt(self, delivery_id: str) -> DeliveryAttempt | None:
        """Return the latest attempt to post an event, or None."""
        statement = (
            select(DeliveryAttempt)
            .where(
                DeliveryAttempt.tenant_id == self.tenant_id,
                DeliveryAttempt.delivery_id == delivery_id,
            )
            .order_by(DeliveryAttempt.number.desc())
            .limit(1)
        )
        return self._read(lambda session: session.scalars(statement).one_or_none())

    def _deliveries(self, interview_id: str) -> Select[Delivery]:
        return select(Delivery).where(
            Delivery.tenant_id == self.tenant_id, Delivery.interview_id == interview_id
        )


def due_interviews(
    database: Database,
    now: datetime,
    lease: timedelta,
    limit: int,
    *,
    failed: bool,
    but_tenants: Sequence[str] = (),
) -> list[tuple[str, str]]:
    """Return (tenant id, interview id) of interviews whose background work is due, longest first.

    For the sweep: the one query of interviews that reads across tenants, and it reads ids only.

    :param lease: how far ahead a worker puts what it has taken.
    :param failed: return those whose work has failed before; else those whose work has not.
    :param but_tenants: whose interviews are left out.
    """
    due_at = Interview.due_at
    ahead = now + longest_wait(len(WORK_PAUSES) if failed else 0, lease)
    statement = (
        select(Interview.tenant_id, Interview.id)
        .where(
            due_at.is_not(None),  # most are null: SQLite would begin with those
            or_(due_at <= now, due_at > ahead),
            Interview.attempts > 0 if failed else Interview.attempts == 0,
            Interview.tenant_id.not_in(but_tenants),
        )
        .order_by(due_at)
        .limit(limit)
    )
    return [(tenant_id, each) for tenant_id, each in _across(database, statement)]


def tenants_with_long_lists(database: Database) -> list[str]:
    """Return the tenants whose lists are long enough to be counted in blocks."""
    statement = (
        select(StateTotal.tenant_id)
        .group_by(StateTotal.tenant_id)
        .having(func.sum(StateTotal.total) > 2 * BLOCK_SIZE)
    )
    return [tenant_id for (tenant_id,) in _across(database, statement)]


def due_deliveries(
    database: Database, now: datetime, limit: int, busy: Collection[tuple[str, str]] = ()
) -> list[tuple[str, str, str]]:
    """Return (tenant id, interview id, URL) of events to deliver, longest due first.

    For the sweep: it reads across tenants, and of an event only whose it is and where it goes.

    :param busy: (tenant id, beginning of URL) of events that are left out; an empty beginning
        stands for all of a tenant's.
    """
    statement = (
        select(Delivery.tenant_id, Delivery.interview_id, Delivery.url)
        .where(
            Delivery.due_at.is_not(None),
            or_(Delivery.due_at <= now, Delivery.due_at > now + LONGEST_PAUSE),
            *(
                or_(Delivery.tenant_id != tenant_id, ~Delivery.url.startswith(url, autoescape=True))
                for tenant_id, url in busy
                if url
            ),
            Delivery.tenant_id.not_in([tenant_id for tenant_id, url in busy if not url]),
        )
        .order_by(Delivery.due_at)
        .limit(limit)
    )
    return [(tenant_id, each, url) for tenant_id, each, url in _across(database, statement)]


def dead_deliveries(database: Database) -> int:
    """Return how many events of all tenants were given up."""
    statement = (
        select(func.count()).select_from(Delivery).where(Delivery.state == DeliveryState.DEAD.value)
    )
    return int(_across(database, statement)[0][0])


def tenants_with_old_keys(database: Database, before: datetime) -> list[str]:
    """Return the tenants that have the oldest idempotency keys from before a moment."""
    statement = (
        select(IdempotencyKey.tenant_id)
        .where(IdempotencyKey.created_at < before)
        .order_by(IdempotencyKey.created_at)
        .limit(_OLDEST_KEYS)
    )
    return list(dict.fromkeys(tenant_id for (tenant_id,) in _across(database, statement)))


def _across(database: Database, statement: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    try:
        with database.across_tenants() as session:
            return session.execute(statement).all()
    except (DBAPIError, PoolTimeout) as error:
        raise _translated(error) from error


def _id(text: str, column: Any) -> ColumnElement[bool] | None:
    """Return the criterion for a UUID as text; None where it is no UUID in its usual form."""
    canonical = _canonical(text)
    if canonical is None:
        return None
    criterion: ColumnElement[bool] = column == canonical
    return criterion


def _canonical(text: str) -> str | None:
    """Return a UUID in lower case; None where the text is no UUID in its usual form."""
    return text.lower() if _UUID.fullmatch(text) else None


def _is_transient(error: SQLAlchemyError) -> bool:
    """Tell whether the database undid a transaction for a reason that a second try may not meet."""
    if not isinstance(error, DBAPIError):
        return False
    origin: Any = error.orig
    if error.connection_invalidated or getattr(origin, "sqlstate", None) in _TRANSIENT_STATES:
        return True
    return bool(origin.args) and origin.args[0] in _TRANSIENT_CODES


def _translated(error: SQLAlchemyError) -> Exception:
    """Return `error` in the domain's words where it says that the database is away or busy."""
    away = isinstance(error, (OperationalError, InterfaceError, PoolTimeout))
    if away or getattr(error, "connection_invalidated", False):
        return DatabaseUnavailable(type(getattr(error, "orig", error)).__name__)
    return error
