"""What a tenant has set."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, update

from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.domain.tenant import TenantSettings
from interview_service.repository.tables import (
    SETTINGS,
    columns_of,
    difference,
    selected,
    values_of,
)
from interview_service.repository.unit_of_work import UnitOfWork

_ALL = selected(SETTINGS, TenantSettings)
_GET = Prepared(_ALL)
_LOCKED = Prepared(_ALL.with_for_update())
_ADD = PreparedInsert(insert(SETTINGS))
_SAVE = PreparedChange(update(SETTINGS))
_EVENTS = [column.key for column in columns_of(SETTINGS, TenantSettings)].index("webhook_events")


def _settings(row: Row[*tuple[Any, ...]]) -> TenantSettings:
    values = list(row)
    values[_EVENTS] = tuple(values[_EVENTS] or ())
    return TenantSettings(*values)


class Settings:
    """The settings of one tenant."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self) -> TenantSettings:
        """Return what the tenant has set; the defaults where it never set anything."""
        rows = self._work.rows(_GET)
        return _settings(rows[0]) if rows else TenantSettings()

    def locked(self, now: datetime) -> TenantSettings:
        """Return what the tenant has set; other writers of it wait until the transaction ends.

        A tenant that never set anything has a row from now on.
        """
        self._work.begin()
        rows = self._work.rows(_LOCKED)
        if rows:
            return _settings(rows[0])
        settings = TenantSettings()
        self._work.write(_ADD, {**values_of(settings), "updated_at": now})
        return settings

    def save(self, before: TenantSettings, after: TenantSettings, now: datetime) -> None:
        """Write what has changed."""
        self._work.change(_SAVE, {**difference(before, after), "updated_at": now})
