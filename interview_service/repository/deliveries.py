"""The outbox: events to deliver, and what came of each attempt."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Row, and_, bindparam, case, delete, func, insert, select, update

from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.domain.errors import DeliveryNotFound
from interview_service.domain.limits import DELIVERY_ATTEMPTS
from interview_service.domain.outbox import Delivery, DeliveryAttempt, DeliveryState
from interview_service.repository.tables import (
    ATTEMPTS,
    DELIVERIES,
    canonical,
    columns_of,
    difference,
    selected,
    values_of,
)
from interview_service.repository.unit_of_work import UnitOfWork

_OF_INTERVIEW = selected(DELIVERIES, Delivery).where(
    DELIVERIES.c.interview_id == bindparam("interview_id")
)
_IS_PENDING = DELIVERIES.c.state == DeliveryState.PENDING.value
_OF_LINE = DELIVERIES.c.line == bindparam("of_line")
_PENDING = _OF_INTERVIEW.where(_IS_PENDING, _OF_LINE).order_by(DELIVERIES.c.number).limit(1)
_FIRST_PENDING = Prepared(_PENDING)
_LOCKED_PENDING = Prepared(_PENDING.with_for_update())
_TIMED = Prepared(
    _OF_INTERVIEW.where(_IS_PENDING, DELIVERIES.c.due_at.is_not(None)).order_by(DELIVERIES.c.number)
)
_QUEUE = Prepared(
    select(
        func.max(DELIVERIES.c.number).label("last"),
        func.count(case((and_(_IS_PENDING, _OF_LINE), 1))).label("pending"),
    )
    .select_from(DELIVERIES)
    .where(
        DELIVERIES.c.tenant_id == bindparam("tenant_id"),
        DELIVERIES.c.interview_id == bindparam("interview_id"),
    )
)
_LOCKED = Prepared(_OF_INTERVIEW.where(DELIVERIES.c.id == bindparam("key")).with_for_update())
_ALL = Prepared(_OF_INTERVIEW.order_by(DELIVERIES.c.number))
_PAGE = Prepared(
    _OF_INTERVIEW.where(DELIVERIES.c.number > bindparam("after"))
    .order_by(DELIVERIES.c.number)
    .limit(bindparam("limit", type_=Integer))
)
_IN_STATE = Prepared(
    selected(DELIVERIES, Delivery)
    .where(DELIVERIES.c.state == bindparam("wanted"))
    .order_by(DELIVERIES.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_FAILING = Prepared(
    selected(DELIVERIES, Delivery)
    .where(
        DELIVERIES.c.state == DeliveryState.PENDING.value,
        DELIVERIES.c.failure_count > 0,
    )
    .order_by(DELIVERIES.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_ADD = PreparedInsert(insert(DELIVERIES))
_SAVE = PreparedChange(update(DELIVERIES).where(DELIVERIES.c.id == bindparam("key")))
_DELETE = PreparedChange(delete(DELIVERIES).where(DELIVERIES.c.id == bindparam("key")))
_DELETE_ALL = PreparedChange(
    delete(DELIVERIES).where(DELIVERIES.c.interview_id == bindparam("interview"))
)

_ATTEMPTS = select(*columns_of(ATTEMPTS, DeliveryAttempt)).where(
    ATTEMPTS.c.tenant_id == bindparam("tenant_id")
)
_ATTEMPTS_OF_INTERVIEW = Prepared(
    _ATTEMPTS.where(
        ATTEMPTS.c.delivery_id.in_(
            select(DELIVERIES.c.id).where(
                DELIVERIES.c.tenant_id == bindparam("tenant_id"),
                DELIVERIES.c.interview_id == bindparam("interview_id"),
            )
        )
    ).order_by(ATTEMPTS.c.delivery_id, ATTEMPTS.c.number)
)
_ATTEMPTS_MADE = (
    select(DELIVERIES.c.attempt_count)
    .where(
        DELIVERIES.c.tenant_id == bindparam("tenant_id"),
        DELIVERIES.c.id == ATTEMPTS.c.delivery_id,
    )
    .correlate(ATTEMPTS)
    .scalar_subquery()
)
_LAST_ATTEMPTS = Prepared(
    _ATTEMPTS.where(
        ATTEMPTS.c.delivery_id.in_(
            select(DELIVERIES.c.id).where(
                DELIVERIES.c.tenant_id == bindparam("tenant_id"),
                DELIVERIES.c.interview_id == bindparam("interview_id"),
                DELIVERIES.c.number.between(bindparam("first"), bindparam("last")),
            )
        ),
        ATTEMPTS.c.number > _ATTEMPTS_MADE - bindparam("most", type_=Integer),
    ).order_by(ATTEMPTS.c.delivery_id, ATTEMPTS.c.number)
)
_LAST_ATTEMPT = Prepared(
    _ATTEMPTS.where(ATTEMPTS.c.delivery_id == bindparam("key"))
    .order_by(ATTEMPTS.c.number.desc())
    .limit(1)
)
_ADD_ATTEMPT = PreparedInsert(insert(ATTEMPTS))
_DELETE_ATTEMPTS = PreparedChange(
    delete(ATTEMPTS).where(
        ATTEMPTS.c.delivery_id == bindparam("key"), ATTEMPTS.c.number <= bindparam("last")
    )
)

_STATE = [column.key for column in columns_of(DELIVERIES, Delivery)].index("state")


def _delivery(row: Row[*tuple[Any, ...]]) -> Delivery:
    values = list(row)
    values[_STATE] = DeliveryState(values[_STATE])
    return Delivery(*values)


class Deliveries:
    """Events of one tenant's interviews."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def pending(self, interview_id: str, line: str) -> Delivery | None:
        """Return the first event in a line of an interview that is still to be delivered."""
        rows = self._work.rows(_FIRST_PENDING, interview_id=interview_id, of_line=line)
        return _delivery(rows[0]) if rows else None

    def locked_pending(self, interview_id: str, line: str) -> Delivery | None:
        """Return the same; other writers of it wait until the transaction ends."""
        self._work.begin()
        rows = self._work.rows(_LOCKED_PENDING, interview_id=interview_id, of_line=line)
        return _delivery(rows[0]) if rows else None

    def timed(self, interview_id: str) -> Sequence[Delivery]:
        """Return the events of an interview that have a time to be posted at: one a line."""
        return [_delivery(row) for row in self._work.rows(_TIMED, interview_id=interview_id)]

    def queue(self, interview_id: str, line: str) -> tuple[int, bool]:
        """Return the number of an interview's next event, and whether its line has one pending."""
        (row,) = self._work.rows(_QUEUE, interview_id=interview_id, of_line=line)
        return 0 if row.last is None else row.last + 1, row.pending > 0

    def locked(self, interview_id: str, delivery_id: str) -> Delivery:
        """Return one delivery of an interview; other writers of it wait for the transaction's end.

        :raise DeliveryNotFound: it has none of that id.
        """
        self._work.begin()
        key = canonical(delivery_id)
        rows = self._work.rows(_LOCKED, interview_id=interview_id, key=key) if key else ()
        if not rows:
            raise DeliveryNotFound
        return _delivery(rows[0])

    def of_interview(self, interview_id: str) -> Sequence[Delivery]:
        """Return the deliveries of an interview, oldest first."""
        return [_delivery(row) for row in self._work.rows(_ALL, interview_id=interview_id)]

    def page(self, interview_id: str, *, limit: int, after: int = -1) -> Sequence[Delivery]:
        """Return deliveries of an interview, oldest first.

        :param after: only those after the one of this number; numbers begin at 0.
        """
        rows = self._work.rows(_PAGE, interview_id=interview_id, after=after, limit=limit)
        return [_delivery(row) for row in rows]

    def last_attempts(self, page: Sequence[Delivery], most: int) -> Sequence[DeliveryAttempt]:
        """Return the last attempts of each delivery of a page, at most `most`, oldest first."""
        if not page:
            return []
        rows = self._work.rows(
            _LAST_ATTEMPTS,
            interview_id=page[0].interview_id,
            first=page[0].number,
            last=page[-1].number,
            most=most,
        )
        return [DeliveryAttempt(*row) for row in rows]

    def in_state(self, state: DeliveryState, limit: int) -> Sequence[Delivery]:
        """Return the tenant's deliveries in a state, newest first."""
        rows = self._work.rows(_IN_STATE, wanted=state.value, limit=limit)
        return [_delivery(row) for row in rows]

    def failing(self, limit: int) -> Sequence[Delivery]:
        """Return the tenant's deliveries that were given up or have failed so far, newest first."""
        rows = self._work.rows(_FAILING, limit=limit)
        pending = [_delivery(row) for row in rows]
        found = [*pending, *self.in_state(DeliveryState.DEAD, limit)]
        return sorted(found, key=lambda each: each.id, reverse=True)[:limit]

    def add(self, delivery: Delivery) -> None:
        """Put an event into the outbox."""
        self._work.write(_ADD, values_of(delivery))

    def save(self, before: Delivery, after: Delivery) -> Delivery:
        """Write what has changed of a delivery; the interview is locked meanwhile."""
        changed = difference(before, after)
        if changed:
            self._work.change(_SAVE, {**changed, "key": before.id})
        return after

    def delete(self, delivery: Delivery) -> None:
        """Remove an event, with what was tried."""
        self._work.change(_DELETE, {"key": delivery.id})

    def delete_all(self, interview_id: str) -> None:
        """Remove every event of an interview, with what was tried."""
        self._work.change(_DELETE_ALL, {"interview": interview_id})

    def attempts(self, interview_id: str) -> Sequence[DeliveryAttempt]:
        """Return every attempt to deliver an event of an interview, oldest first."""
        rows = self._work.rows(_ATTEMPTS_OF_INTERVIEW, interview_id=interview_id)
        return [DeliveryAttempt(*row) for row in rows]

    def last_attempt(self, delivery_id: str) -> DeliveryAttempt | None:
        """Return the latest attempt to post an event, or None."""
        rows = self._work.rows(_LAST_ATTEMPT, key=delivery_id)
        return DeliveryAttempt(*rows[0]) if rows else None

    def add_attempt(self, attempt: DeliveryAttempt) -> None:
        """Keep what came of an attempt; of a delivery's earlier ones the last few stay."""
        self._work.write(_ADD_ATTEMPT, values_of(attempt))
        if attempt.number > DELIVERY_ATTEMPTS:
            last = attempt.number - DELIVERY_ATTEMPTS
            self._work.change(_DELETE_ATTEMPTS, {"key": attempt.delivery_id, "last": last})
