"""The last test of a tenant's webhook."""

from dataclasses import replace

from sqlalchemy import insert, update

from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.domain.outbox import DeliveryState, WebhookTest
from interview_service.repository.tables import WEBHOOK_TESTS, selected, values_of
from interview_service.repository.unit_of_work import UnitOfWork

_ALL = selected(WEBHOOK_TESTS, WebhookTest)
_GET = Prepared(_ALL)
_LOCKED = Prepared(_ALL.with_for_update())
_ADD = PreparedInsert(insert(WEBHOOK_TESTS))
_REPLACE = PreparedChange(update(WEBHOOK_TESTS))


class WebhookTests:
    """The tenant's one test."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self) -> WebhookTest | None:
        """Return the last test; None where there was none."""
        return self._read(_GET)

    def locked(self) -> WebhookTest | None:
        """Return the last test, which nobody else changes until the transaction ends."""
        self._work.begin()
        return self._read(_LOCKED)

    def _read(self, statement: Prepared) -> WebhookTest | None:
        rows = self._work.rows(statement)
        if not rows:
            return None
        found = WebhookTest(*rows[0])
        return replace(found, state=DeliveryState(found.state))

    def put(self, test: WebhookTest, *, is_first: bool) -> None:
        """Keep a test; unless it is the tenant's first, in place of the one before."""
        if is_first:
            self._work.write(_ADD, values_of(test))
        else:
            self._work.change(_REPLACE, values_of(test))
