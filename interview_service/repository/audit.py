"""The audit log of one tenant."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from interview_service.database.accounts import AuditRow
from interview_service.domain.audit import AuditEntry, TargetType
from interview_service.domain.clock import least_id
from interview_service.repository.identifiers import canonical
from interview_service.repository.unit_of_work import UnitOfWork


class AuditLog:
    """Who did what to which record; written in the transaction of what it tells."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._work = unit_of_work
        self.tenant_id = unit_of_work.tenant_id

    def add(self, entry: AuditEntry) -> None:
        """Write an entry in the present transaction."""
        self._work.session.add(
            AuditRow(
                tenant_id=self.tenant_id,
                id=entry.id,
                actor=entry.actor,
                action=entry.action,
                target_type=entry.target_type.value,
                target_id=entry.target_id,
                interview_id=entry.interview_id,
                fields=list(entry.fields),
                request_id=entry.request_id,
                address=entry.address,
                created_at=entry.at,
            )
        )

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
        where: list[Any] = []
        if before is not None:
            where.append(AuditRow.id < before)
        if since is not None:
            where.append(AuditRow.id >= least_id(since))
        if until is not None:
            where.append(AuditRow.id < least_id(until))
        if actor is not None:
            where.append(AuditRow.actor == actor)
        if interview_id is not None:
            key = canonical(interview_id)
            if key is None:
                return []
            where.append(AuditRow.interview_id == key)
        statement = select(AuditRow).where(*where).order_by(AuditRow.id.desc()).limit(limit)
        rows = self._work.read(lambda session: session.scalars(statement).all())
        return [_entry(row) for row in rows]

    def forget(self, before: datetime) -> None:
        """Delete the entries from before a moment."""
        self._work.session.execute(delete(AuditRow).where(AuditRow.created_at < before))


def _entry(row: AuditRow) -> AuditEntry:
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
