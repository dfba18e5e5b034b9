"""What a tenant has set."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.domain.tenant import TenantSettings
from interview_service.repository.tables import SETTINGS, difference, selected, values_of
from interview_service.repository.unit_of_work import UnitOfWork

_ALL = selected(SETTINGS, TenantSettings)
_GET = Prepared(_ALL)
_LOCKED = Prepared(_ALL.with_for_update())
_WEBHOOK_URL = Prepared(
    select(SETTINGS.c.webhook_url).where(SETTINGS.c.tenant_id == bindparam("tenant_id"))
)
_ADD = PreparedInsert(insert(SETTINGS))
_SAVE = PreparedChange(update(SETTINGS))


class Settings:
    """The settings of one tenant."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self) -> TenantSettings:
        """Return what the tenant has set; the defaults where it never set anything."""
        rows = self._work.rows(_GET)
        return TenantSettings(*rows[0]) if rows else TenantSettings()

    def webhook_url(self) -> str | None:
        """Return where the tenant's events go by default; None for nowhere."""
        rows = self._work.rows(_WEBHOOK_URL)
        return rows[0][0] if rows else None

    def locked(self, now: datetime) -> TenantSettings:
        """Return what the tenant has set; other writers of it wait until the transaction ends.

        A tenant that never set anything has a row from now on.
        """
        self._work.begin()
        rows = self._work.rows(_LOCKED)
        if rows:
            return TenantSettings(*rows[0])
        settings = TenantSettings()
        self._work.write(_ADD, {**values_of(settings), "updated_at": now})
        return settings

    def save(self, before: TenantSettings, after: TenantSettings, now: datetime) -> None:
        """Write what has changed."""
        self._work.change(_SAVE, {**difference(before, after), "updated_at": now})
