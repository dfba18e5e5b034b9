"""What hangs on an interview: plans, assessments, the transcript and the history."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Integer, bindparam, delete, insert, select, update

from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.domain.documents import Assessment, Document, InterviewTranscript, Plan
from interview_service.domain.feed import ChangeKind
from interview_service.domain.limits import PLANS_KEPT
from interview_service.domain.lists import key_of
from interview_service.domain.workflow import HistoryEntry, State, Transition
from interview_service.repository.tables import (
    ASSESSMENTS,
    HISTORY,
    INTERVIEWS,
    PLANS,
    TRANSCRIPTS,
    difference,
    selected,
    values_of,
)
from interview_service.repository.unit_of_work import UnitOfWork

LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"
"""An id that comes after every other."""

_KEY: ColumnElement[str] = bindparam("key")
_PLAN = Prepared(selected(PLANS, Plan).where(PLANS.c.id == _KEY))
_PLAN_IDS = Prepared(
    select(PLANS.c.id)
    .where(
        PLANS.c.tenant_id == bindparam("tenant_id"),
        PLANS.c.interview_id == _KEY,
        PLANS.c.id < bindparam("before"),
    )
    .order_by(PLANS.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_OLDER_PLANS = Prepared(
    select(PLANS.c.id)
    .where(PLANS.c.interview_id == _KEY, PLANS.c.id != bindparam("current"))
    .order_by(PLANS.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("others", type_=Integer))
)
_NEWEST_OF_POSITION = (
    select(INTERVIEWS.c.plan_id, INTERVIEWS.c.workflow_state, INTERVIEWS.c.candidate_erased_at)
    .where(
        INTERVIEWS.c.tenant_id == bindparam("tenant_id"),
        INTERVIEWS.c.position_key == bindparam("position"),
        INTERVIEWS.c.id != _KEY,
    )
    .order_by(INTERVIEWS.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
    .subquery()
)
_STRUCTURES_OF_POSITION = Prepared(
    select(PLANS.c.structure).where(
        PLANS.c.tenant_id == bindparam("tenant_id"),
        PLANS.c.id == _NEWEST_OF_POSITION.c.plan_id,
        _NEWEST_OF_POSITION.c.workflow_state.not_in([State.REJECTED, State.CANCELLED]),
        _NEWEST_OF_POSITION.c.candidate_erased_at.is_(None),
    )
)
_ADD_PLAN = PreparedInsert(insert(PLANS))
_SAVE_PLAN = PreparedChange(update(PLANS).where(PLANS.c.id == _KEY))
_DELETE_PLAN = PreparedChange(delete(PLANS).where(PLANS.c.id == _KEY))
_ASSESSMENT = Prepared(selected(ASSESSMENTS, Assessment).where(ASSESSMENTS.c.id == _KEY))
_ASSESSMENT_IDS = Prepared(
    select(ASSESSMENTS.c.id)
    .where(
        ASSESSMENTS.c.tenant_id == bindparam("tenant_id"),
        ASSESSMENTS.c.interview_id == _KEY,
        ASSESSMENTS.c.id < bindparam("before"),
    )
    .order_by(ASSESSMENTS.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_ADD_ASSESSMENT = PreparedInsert(insert(ASSESSMENTS))
_SAVE_ASSESSMENT = PreparedChange(update(ASSESSMENTS).where(ASSESSMENTS.c.id == _KEY))
_DELETE_ASSESSMENTS = PreparedChange(
    delete(ASSESSMENTS).where(
        ASSESSMENTS.c.interview_id == _KEY, ASSESSMENTS.c.id <= bindparam("last")
    )
)
_TRANSCRIPT = Prepared(
    selected(TRANSCRIPTS, InterviewTranscript).where(TRANSCRIPTS.c.interview_id == _KEY)
)
_ADD_TRANSCRIPT = PreparedInsert(insert(TRANSCRIPTS))
_REPLACE_TRANSCRIPT = PreparedChange(update(TRANSCRIPTS).where(TRANSCRIPTS.c.interview_id == _KEY))
_DELETE_TRANSCRIPT = PreparedChange(delete(TRANSCRIPTS).where(TRANSCRIPTS.c.interview_id == _KEY))
_HISTORY = Prepared(
    selected(HISTORY, HistoryEntry)
    .where(HISTORY.c.interview_id == _KEY, HISTORY.c.number > bindparam("after"))
    .order_by(HISTORY.c.number)
    .limit(bindparam("limit", type_=Integer))
)
_ADD_ENTRY = PreparedInsert(insert(HISTORY))
_SAVE_ENTRIES = PreparedChange(update(HISTORY).where(HISTORY.c.interview_id == _KEY))


class Plans:
    """Plans of one tenant's interviews."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, plan_id: str) -> Plan | None:
        """Return a plan."""
        rows = self._work.rows(_PLAN, key=plan_id)
        return Plan(*rows[0]) if rows else None

    def ids(self, interview_id: str, *, limit: int, before: str = LAST_ID) -> Sequence[str]:
        """Return the ids of plans that an interview had, newest first.

        :param before: only of plans older than the one of this id.
        """
        rows = self._work.rows(_PLAN_IDS, key=interview_id, before=before, limit=limit)
        return [row.id for row in rows]

    def of_position(self, position: str, *, but: str, limit: int) -> Sequence[Document]:
        """Return the structures of present plans of a position's newest interviews.

        Not those of interviews that came to nothing, nor those of erased candidates.

        :param but: the id of an interview whose plan is not meant.
        :param limit: so many interviews are looked at.
        """
        rows = self._work.rows(
            _STRUCTURES_OF_POSITION, position=key_of(position), key=but, limit=limit
        )
        return [row.structure for row in rows]

    def add(self, plan: Plan) -> None:
        """Keep a plan, which becomes its interview's current one, in the place of the oldest."""
        self._work.write(_ADD_PLAN, values_of(plan))
        self._work.note_change(plan.interview_id, ChangeKind.UPSERTED)
        older = self._work.rows(
            _OLDER_PLANS,
            key=plan.interview_id,
            current=plan.id,
            others=PLANS_KEPT - 1,
            limit=PLANS_KEPT,
        )
        for row in older:
            self._work.change(_DELETE_PLAN, {"key": row.id})

    def save(self, before: Plan, after: Plan) -> None:
        """Write what has changed of a plan; its interview is locked meanwhile."""
        changed = difference(before, after)
        if changed:
            self._work.change(_SAVE_PLAN, {**changed, "key": before.id})


class Assessments:
    """Assessments of one tenant's interviews."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, assessment_id: str) -> Assessment | None:
        """Return an assessment."""
        rows = self._work.rows(_ASSESSMENT, key=assessment_id)
        return Assessment(*rows[0]) if rows else None

    def ids(self, interview_id: str, *, limit: int, before: str = LAST_ID) -> Sequence[str]:
        """Return the ids of assessments that an interview had, newest first.

        :param before: only of assessments older than the one of this id.
        """
        rows = self._work.rows(_ASSESSMENT_IDS, key=interview_id, before=before, limit=limit)
        return [row.id for row in rows]

    def add(self, assessment: Assessment, *, kept: int) -> None:
        """Keep an assessment; of more than `kept` of its interview, the oldest go."""
        earlier = self.ids(assessment.interview_id, limit=kept)
        if len(earlier) == kept:
            of_oldest = {"key": assessment.interview_id, "last": earlier[-1]}
            self._work.change(_DELETE_ASSESSMENTS, of_oldest)
        self._work.write(_ADD_ASSESSMENT, values_of(assessment))
        self._work.note_change(assessment.interview_id, ChangeKind.UPSERTED)

    def save(self, before: Assessment, after: Assessment) -> None:
        """Write what has changed of an assessment; its interview is locked meanwhile."""
        changed = difference(before, after)
        if changed:
            self._work.change(_SAVE_ASSESSMENT, {**changed, "key": before.id})
            self._work.note_change(before.interview_id, ChangeKind.UPSERTED)


class Transcripts:
    """Transcripts of one tenant's interviews: one each at most."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, interview_id: str) -> InterviewTranscript | None:
        """Return an interview's transcript."""
        rows = self._work.rows(_TRANSCRIPT, key=interview_id)
        return InterviewTranscript(*rows[0]) if rows else None

    def put(self, transcript: InterviewTranscript, *, is_first: bool) -> None:
        """Keep an interview's transcript; unless it is the first, in place of the one before."""
        self._work.note_change(transcript.interview_id, ChangeKind.UPSERTED)
        if is_first:
            self._work.write(_ADD_TRANSCRIPT, values_of(transcript))
            return
        values = values_of(transcript)
        key = values.pop("interview_id")
        self._work.change(_REPLACE_TRANSCRIPT, {**values, "key": key})

    def delete(self, interview_id: str) -> None:
        """Remove an interview's transcript."""
        self._work.change(_DELETE_TRANSCRIPT, {"key": interview_id})


class History:
    """What one tenant's interviews went through."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def of_interview(
        self, interview_id: str, *, limit: int, after: int = 0
    ) -> Sequence[HistoryEntry]:
        """Return an interview's transitions, oldest first.

        :param after: only those after the one of this number.
        """
        return [
            HistoryEntry(
                interview_id=row.interview_id,
                number=row.number,
                transition=Transition(row.transition),
                previous_state=State(row.previous_state),
                new_state=State(row.new_state),
                triggered_by=row.triggered_by,
                reason=row.reason,
                created_at=row.created_at,
            )
            for row in self._work.rows(_HISTORY, key=interview_id, after=after, limit=limit)
        ]

    def add(self, entry: HistoryEntry) -> None:
        """Keep an entry."""
        self._work.write(_ADD_ENTRY, values_of(entry))

    def forget_reasons(self, interview_id: str) -> None:
        """Empty the reasons of an interview's transitions."""
        self._work.change(_SAVE_ENTRIES, {"reason": None, "key": interview_id})
