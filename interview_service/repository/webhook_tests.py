"""The last test of a tenant's webhook."""

from sqlalchemy import select

from interview_service.database.models import WebhookTest
from interview_service.repository.unit_of_work import UnitOfWork


class WebhookTests:
    """The tenant's one test."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._work = unit_of_work
        self.tenant_id = unit_of_work.tenant_id

    def get(self, *, for_update: bool = False) -> WebhookTest | None:
        """Return the last test; None where there was none."""
        statement = select(WebhookTest).where(WebhookTest.tenant_id == self.tenant_id)
        if for_update:
            statement = statement.with_for_update().execution_options(populate_existing=True)
            return self._work.session.scalars(statement).one_or_none()
        return self._work.read(lambda session: session.scalars(statement).one_or_none())
