"""What is watched of the whole installation: its workers, what waits for them, room to write.

Nothing here belongs to a tenant: rows of all of them are counted, never read.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    Table,
    case,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from interview_service.database import schema
from interview_service.database.accounts import MailModel
from interview_service.database.models import (
    DeliveryModel,
    InterviewModel,
    StateTotal,
    WebhookTestModel,
    WorkerModel,
    WriteCheckModel,
)
from interview_service.database.session import Database
from interview_service.domain.clock import clock
from interview_service.domain.errors import DatabaseUnavailable
from interview_service.domain.outbox import DeliveryState
from interview_service.domain.watching import COUNTED, SILENCE, Backlog, Figures, Workers
from interview_service.repository.across_tenants import across
from interview_service.repository.unit_of_work import translated

_WORKERS = cast(Table, WorkerModel.__table__)
_CHECKS = cast(Table, WriteCheckModel.__table__)
_NOBODY = ""
"""No tenant has this name, so a transaction in it sees no tenant's rows."""

_COUNTS = (
    *("due_work", "failed_work", "due_deliveries", "undelivered", "dead"),
    *("due_mails", "unsent_mails", "dead_mails"),
)

CHECK_SECONDS = 5.0
_ONE: ColumnElement[int] = literal_column("1")


class Watch:
    """Looks at the whole installation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._checked_at = -CHECK_SECONDS

    # --- workers

    def beat(self, worker_id: str, started_at: datetime, now: datetime) -> None:
        """Note that a worker is alive.

        :raise DatabaseUnavailable: it cannot be noted.
        """
        seen = update(_WORKERS).where(_WORKERS.c.id == worker_id).values(seen_at=now)
        with self._writing() as connection:
            if not connection.execute(seen).rowcount:
                row = {"id": worker_id, "started_at": started_at, "seen_at": now}
                connection.execute(insert(_WORKERS), row)
        self._database.found_room()

    def note_stop(self, worker_id: str, now: datetime) -> None:
        """Note that a worker has stopped: it is alive no more, and was seen last now."""
        stopped = update(_WORKERS).where(_WORKERS.c.id == worker_id)
        with self._writing() as connection:
            connection.execute(stopped.values(seen_at=now, stopped_at=now))

    def forget_workers(self, before: datetime) -> None:
        """Delete the rows of workers that were last seen before a moment."""
        with self._writing() as connection:
            connection.execute(delete(_WORKERS).where(_WORKERS.c.seen_at < before))

    def workers(self, now: datetime) -> Workers:
        """Return how many workers are alive, and when one was last seen."""
        is_alive = _WORKERS.c.stopped_at.is_(None) & (_WORKERS.c.seen_at > now - SILENCE)
        counted = select(func.count(case((is_alive, 1))), func.max(_WORKERS.c.seen_at))
        with self._reading() as connection:
            alive, last_seen_at = connection.execute(counted).one()
        return Workers(alive, last_seen_at)

    # --- the database

    def schema_fault(self) -> str | None:
        """Return what is wrong with the schema; None where it is current.

        :raise DatabaseUnavailable: whatever keeps the database from being asked.
        """
        try:
            revision = schema.current(self._database.engine)
        except Exception as error:
            raise DatabaseUnavailable(type(error).__name__) from error
        wanted = schema.newest()
        if revision == wanted:
            return None
        return f"at revision {revision or 'none'}, not {wanted}: run interview-service db upgrade"

    def is_disk_full(self, workers: Workers) -> bool:
        """Tell whether the database has no room for a write.

        Where it is suspected, for a write has met a full disk or no worker can say that it is
        alive, a small row is written to find out, every few seconds at most.
        """
        is_suspected = self._database.met_full_disk or not workers.alive
        if is_suspected and time.monotonic() - self._checked_at >= CHECK_SECONDS:
            self._checked_at = time.monotonic()
            try:
                self._write_check()
            except DatabaseUnavailable:
                pass  # of no room the database has taken note; whether it is busy does not matter
            else:
                self._database.found_room()
        is_known = self._database.met_full_disk
        return is_known or not self._database.backend.has_room(self._database.engine)

    def _write_check(self) -> None:
        checked = update(_CHECKS).values(checked_at=clock.now())
        try:
            with self._writing() as connection:
                if not connection.execute(checked).rowcount:
                    connection.execute(insert(_CHECKS), {"id": 1, "checked_at": clock.now()})
        except IntegrityError:
            pass  # another process was first: there is room

    # --- what waits

    def backlog(self, now: datetime) -> Backlog:
        """Return what waits for a worker: each count ends at `COUNTED`, and is read from an index.

        :raise DatabaseUnavailable: the database cannot be asked.
        """
        work, event, test, mail = (
            each.due_at for each in (InterviewModel, DeliveryModel, WebhookTestModel, MailModel)
        )
        states = (DeliveryState.PENDING.value, DeliveryState.DEAD.value)
        latest = (
            select(InterviewModel.attempts.label("attempts"))
            .where(work.is_not(None))
            .order_by(work.desc())
            .limit(COUNTED)
            .subquery()
        )
        statement = select(
            _counted(select(_ONE).where(work <= now)),
            select(func.count(case((latest.c.attempts > 0, 1)))).scalar_subquery(),
            _counted(select(_ONE).where(event <= now)),
            *(_counted(select(_ONE).where(DeliveryModel.state == state)) for state in states),
            _counted(select(_ONE).where(mail <= now)),
            *(_counted(select(_ONE).where(MailModel.state == state)) for state in states),
            *(
                select(due_at).where(due_at <= now).order_by(due_at).limit(1).scalar_subquery()
                for due_at in (work, event, test, mail)
            ),
        )
        (row,) = across(self._database, statement)
        counts, moments = row[:8], row[8:]
        oldest = min((each for each in moments if each is not None), default=None)
        return Backlog(**dict(zip(_COUNTS, counts, strict=True)), oldest_due_at=oldest)

    def figures(self, now: datetime) -> Figures:
        """Return all that is watched.

        :raise DatabaseUnavailable: the database cannot be asked.
        """
        began = time.perf_counter()
        workers = self.workers(now)
        read_seconds = time.perf_counter() - began
        totals = select(StateTotal.workflow_state, func.sum(StateTotal.total)).group_by(
            StateTotal.workflow_state
        )
        by_state = {state: int(total) for state, total in across(self._database, totals)}
        return Figures(workers, self.backlog(now), by_state, read_seconds)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._database.reading(_NOBODY) as connection:
                yield connection
        except (DBAPIError, PoolTimeout) as error:
            raise translated(error) from error

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._database.transaction(_NOBODY) as connection:
                yield connection
                connection.commit()
        except IntegrityError:
            raise
        except (DBAPIError, PoolTimeout) as error:
            raise translated(error) from error


def _counted(rows: Select[Any]) -> ScalarSelect[int]:
    """Return how many rows there are, up to `COUNTED`."""
    first = rows.limit(COUNTED).subquery()
    return select(func.count()).select_from(first).scalar_subquery()
