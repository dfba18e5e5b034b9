"""The audit log of one tenant."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Table, bindparam, delete, insert, select

from interview_service.database.accounts import AuditEntryModel
from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.domain.audit import AuditEntry, TargetType
from interview_service.domain.clock import least_id
from interview_service.repository.tables import canonical
from interview_service.repository.unit_of_work import UnitOfWork

_ENTRIES = cast(Table, AuditEntryModel.__table__)
_ADD = PreparedInsert(insert(_ENTRIES))
_FORGET = PreparedChange(
    delete(_ENTRIES).where(
        _ENTRIES.c.created_at < bindparam("before", type_=_ENTRIES.c.created_at.type)
    )
)


class AuditLog:
    """Who did what to which record; written in the transaction of what it tells."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def add(self, entry: AuditEntry) -> None:
        """Write an entry in the present transaction."""
        values = {
            "id": entry.id,
            "actor": entry.actor,
            "action": entry.action,
            "target_type": entry.target_type.value,
            "target_id": entry.target_id,
            "interview_id": entry.interview_id,
            "fields": list(entry.fields),
            "request_id": entry.request_id,
            "address": entry.address,
            "created_at": entry.at,
        }
        self._work.write(_ADD, values)

    def page(
        self,
        *,
        limit: int,
        before: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        actor: str | None = None,
        interview_id: str | None = None,
    ) -> list[AuditEntry]:
        """Return entries, newest first.

        :param before: the id of the entry that the page follows.
        :param since: of this moment or later.
        :param until: of earlier than this moment.
        """
        where: list[ColumnElement[bool]] = []
        if before is not None:
            where.append(_ENTRIES.c.id < before)
        if since is not None:
            where.append(_ENTRIES.c.id >= least_id(since))
        if until is not None:
            where.append(_ENTRIES.c.id < least_id(until))
        if actor is not None:
            where.append(_ENTRIES.c.actor == actor)
        if interview_id is not None:
            key = canonical(interview_id)
            if key is None:
                return []
            where.append(_ENTRIES.c.interview_id == key)
        newest_first = select(_ENTRIES).where(*where).order_by(_ENTRIES.c.id.desc())
        return [_entry(row) for row in self._work.rows(Prepared(newest_first.limit(limit)))]

    def forget(self, before: datetime) -> None:
        """Delete the entries from before a moment."""
        self._work.change(_FORGET, {"before": before})


def _entry(row: Row[*tuple[Any, ...]]) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.created_at,
        actor=row.actor,
        action=row.action,
        target_type=TargetType(row.target_type),
        target_id=row.target_id,
        interview_id=row.interview_id,
        fields=tuple(row.fields),
        request_id=row.request_id,
        address=row.address,
    )
