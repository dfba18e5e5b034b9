"""Assessments: attached by the worker, read."""

from collections.abc import Mapping
from typing import Any

from interview_service.database.models import (
    Assessment,
)
from interview_service.domain import transcript as said
from interview_service.domain.assessment import AssessmentDraft, Recommendation
from interview_service.domain.clock import clock, new_id
from interview_service.domain.errors import (
    AssessmentNotAvailable,
)
from interview_service.domain.workflow import State, Transition
from interview_service.lifecycle.base import SERVICE, one_transaction
from interview_service.lifecycle.transitions import apply
from interview_service.repository import Repository


@one_transaction
def attach_assessment(
    repository: Repository,
    interview_id: str,
    version: int,
    draft: AssessmentDraft,
    generated_by: Mapping[str, Any],
) -> bool:
    """Give an interview the assessment made for its `version`, and take ASSESSMENT_READY.

    :return: False where the interview has changed since: then nothing is written.
    :raise InterviewNotFound: there is none any more.
    """
    interview = repository.interviews.get(interview_id, for_update=True)
    transcript = repository.documents.transcript(interview.id)
    stale = interview.version != version or interview.workflow_state != State.COMPLETED
    if stale or transcript is None:
        return False
    now = clock.now()
    model = draft.model
    assessment = Assessment(
        tenant_id=interview.tenant_id,
        id=new_id(now),
        interview_id=interview.id,
        overall_score=model.overall_score if model else None,
        recommendation=model.recommendation if model else Recommendation.NO_DECISION,
        summary=model.summary if model else draft.binder.summary,
        scores=model.to_dict()["scores"] if model else {},
        evidence=[item.to_dict() for item in draft.binder.evidence],
        transcript=said.Transcript.from_list(transcript.turns).as_text(),
        generated_by=dict(generated_by),
        feedback=interview.feedback,
        created_at=now,
    )
    interview.assessment_id = assessment.id
    repository.documents.add(assessment)
    apply(repository, interview, Transition.ASSESSMENT_READY, SERVICE)
    return True


def current_assessment(repository: Repository, interview_id: str) -> Assessment:
    """Return an interview's present assessment.

    :raise InterviewNotFound: there is no such interview.
    :raise AssessmentNotAvailable: it has none.
    """
    interview = repository.interviews.record(interview_id)
    found = (
        repository.documents.assessment(interview.assessment_id)
        if interview.assessment_id
        else None
    )
    if found is None:
        raise AssessmentNotAvailable(State(interview.workflow_state))
    return found
