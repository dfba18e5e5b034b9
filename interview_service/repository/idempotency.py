"""Idempotency keys and their answers."""

from datetime import datetime

from sqlalchemy import (
    delete,
    select,
)

from interview_service.database.models import (
    IdempotencyKey,
)
from interview_service.repository.unit_of_work import UnitOfWork


class IdempotencyKeys:
    """The answers that were kept."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._work = unit_of_work
        self.tenant_id = unit_of_work.tenant_id

    def get(self, key: str) -> IdempotencyKey | None:
        """Return what was answered to a request with this key."""
        statement = select(IdempotencyKey).where(
            IdempotencyKey.tenant_id == self.tenant_id, IdempotencyKey.key == key
        )
        return self._work.read(lambda session: session.scalars(statement).one_or_none())

    def add(self, row: IdempotencyKey, *, expired: datetime) -> None:
        """Keep the answer to a request, in place of one of the same key from up to `expired`.

        A younger one of the same key makes this fail, and so the whole transaction is done again.
        """
        self._work.flush()
        self._work.session.execute(
            delete(IdempotencyKey).where(
                IdempotencyKey.tenant_id == self.tenant_id,
                IdempotencyKey.key == row.key,
                IdempotencyKey.created_at <= expired,
            )
        )
        self._work.session.add(row)
        self._work.flush()

    def forget(self, before: datetime) -> None:
        """Delete this tenant's keys from before a moment."""
        self._work.session.execute(
            delete(IdempotencyKey).where(
                IdempotencyKey.tenant_id == self.tenant_id, IdempotencyKey.created_at < before
            )
        )
