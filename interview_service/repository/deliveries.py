"""The outbox: events to deliver, and what came of each attempt."""

from collections.abc import Sequence

from sqlalchemy import (
    Select,
    select,
)

from interview_service.database.models import (
    Delivery,
    DeliveryAttempt,
)
from interview_service.domain.errors import (
    DeliveryNotFound,
)
from interview_service.domain.outbox import (
    DeliveryState,
)
from interview_service.repository.identifiers import criterion
from interview_service.repository.unit_of_work import UnitOfWork


class Deliveries:
    """Events of interviews."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._work = unit_of_work
        self.tenant_id = unit_of_work.tenant_id

    def pending(self, interview_id: str) -> Delivery | None:
        """Return the first event of an interview that is still to be delivered."""
        statement = (
            self._deliveries(interview_id)
            .where(Delivery.state == DeliveryState.PENDING.value)
            .order_by(Delivery.number)
            .limit(1)
        )
        return self._work.read(lambda session: session.scalars(statement).one_or_none())

    def get(self, interview_id: str, delivery_id: str) -> Delivery:
        """Return one delivery of an interview.

        :raise DeliveryNotFound: it has none of that id.
        """
        wanted = criterion(delivery_id, Delivery.id)
        if wanted is None:
            raise DeliveryNotFound
        statement = self._deliveries(interview_id).where(wanted)
        found = self._work.read(lambda session: session.scalars(statement).one_or_none())
        if found is None:
            raise DeliveryNotFound
        return found

    def of_interview(self, interview_id: str) -> Sequence[Delivery]:
        """Return the deliveries of an interview, oldest first."""
        statement = self._deliveries(interview_id).order_by(Delivery.number)
        return self._work.read(lambda session: session.scalars(statement).all())

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
        return self._work.read(lambda session: session.scalars(statement).all())

    def in_state(self, state: DeliveryState, limit: int) -> Sequence[Delivery]:
        """Return the tenant's deliveries in a state, newest first."""
        statement = (
            select(Delivery)
            .where(Delivery.tenant_id == self.tenant_id, Delivery.state == state.value)
            .order_by(Delivery.id.desc())
            .limit(limit)
        )
        return self._work.read(lambda session: session.scalars(statement).all())

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
        return self._work.read(lambda session: session.scalars(statement).one_or_none())

    def _deliveries(self, interview_id: str) -> Select[Delivery]:
        return select(Delivery).where(
            Delivery.tenant_id == self.tenant_id, Delivery.interview_id == interview_id
        )
