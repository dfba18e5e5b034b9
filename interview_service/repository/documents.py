"""Plans, assessments, transcripts and history: what hangs on an interview."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    select,
)

from interview_service.database.models import (
    Assessment,
    HistoryEntry,
    Plan,
    TenantOwned,
    Transcript,
)
from interview_service.repository.unit_of_work import UnitOfWork

T = TypeVar("T")


class Documents:
    """What hangs on an interview."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._work = unit_of_work
        self.tenant_id = unit_of_work.tenant_id

    def add(self, row: TenantOwned) -> None:
        """Add a row that hangs on an interview or on the tenant."""
        self._work.session.add(row)

    def plan(self, plan_id: str) -> Plan | None:
        """Return a plan by its id."""
        return self._child(Plan, Plan.id == plan_id)

    def plans(self, interview_id: str) -> Sequence[Plan]:
        """Return every plan that an interview ever had, newest first."""
        statement = (
            select(Plan)
            .where(Plan.tenant_id == self.tenant_id, Plan.interview_id == interview_id)
            .order_by(Plan.id.desc())
        )
        return self._work.read(lambda session: session.scalars(statement).all())

    def assessment(self, assessment_id: str) -> Assessment | None:
        """Return an assessment by its id."""
        return self._child(Assessment, Assessment.id == assessment_id)

    def transcript(self, interview_id: str) -> Transcript | None:
        """Return an interview's transcript."""
        return self._child(Transcript, Transcript.interview_id == interview_id)

    def history(self, interview_id: str) -> Sequence[HistoryEntry]:
        """Return an interview's transitions, oldest first."""
        statement = (
            select(HistoryEntry)
            .where(
                HistoryEntry.tenant_id == self.tenant_id,
                HistoryEntry.interview_id == interview_id,
            )
            .order_by(HistoryEntry.number)
        )
        return self._work.read(lambda session: session.scalars(statement).all())

    def _child(self, entity: type[T], criterion: ColumnElement[bool]) -> T | None:
        tenant: Any = entity
        statement = select(entity).where(tenant.tenant_id == self.tenant_id, criterion)
        return self._work.read(lambda session: session.scalars(statement).one_or_none())
