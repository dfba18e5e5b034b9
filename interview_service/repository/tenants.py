"""What a tenant has set."""

from sqlalchemy import (
    bindparam,
    select,
)

from interview_service.database.models import (
    TenantSettings,
)
from interview_service.database.session import (
    Prepared,
)
from interview_service.repository.tables import SETTINGS
from interview_service.repository.unit_of_work import UnitOfWork

_WEBHOOK_URL = Prepared(
    select(SETTINGS.c.webhook_url).where(SETTINGS.c.tenant_id == bindparam("tenant_id"))
)


class Settings:
    """The tenant's settings."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._work = unit_of_work
        self.tenant_id = unit_of_work.tenant_id

    def get(self, *, for_update: bool = False) -> TenantSettings | None:
        """Return what the tenant has set; None where it never set anything."""
        statement = select(TenantSettings).where(TenantSettings.tenant_id == self.tenant_id)
        if for_update:
            statement = statement.with_for_update().execution_options(populate_existing=True)
            return self._work.session.scalars(statement).one_or_none()
        return self._work.read(lambda session: session.scalars(statement).one_or_none())

    def webhook_url(self) -> str | None:
        """Return where the tenant's events go by default; None for nowhere."""
        rows = self._work.rows(_WEBHOOK_URL)
        return rows[0][0] if rows else None
