"""Assessments: attached by the worker, read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from interview_service.domain import transcript as said
from interview_service.domain.assessment import AssessmentDraft, Recommendation
from interview_service.domain.clock import clock, new_id
from interview_service.domain.documents import Assessment
from interview_service.domain.errors import AssessmentNotAvailable
from interview_service.domain.interview import taken
from interview_service.domain.workflow import State, Transition
from interview_service.lifecycle.base import keep, one_transaction
from interview_service.repository import Repository


@one_transaction
def attach_assessment(
    repository: Repository,
    interview_id: str,
    version: int,
    draft: AssessmentDraft,
    generated_by: Mapping[str, object],
) -> bool:
    """Give an interview the assessment made for its `version`, and take ASSESSMENT_READY.

    :return: False where the interview has changed since: then nothing is written.
    :raise InterviewNotFound: there is none any more.
    """
    interview = repository.interviews.locked(interview_id)
    transcript = repository.transcripts.get(interview.id)
    is_completed = interview.workflow_state is State.COMPLETED
    if interview.version != version or not is_completed or transcript is None:
        return False
    now = clock.now()
    model = draft.model
    assessment = Assessment(
        id=new_id(now),
        interview_id=interview.id,
        overall_score=model.overall_score if model else None,
        recommendation=model.recommendation if model else Recommendation.NO_DECISION,
        summary=model.summary if model else draft.binder.summary,
        scores=model.to_dict()["scores"] if model else {},
        evidence=[item.to_dict() for item in draft.binder.evidence],
        transcript=said.Transcript.from_list(cast(Any, transcript.turns)).as_text(),
        generated_by=dict(generated_by),
        feedback="\n".join(interview.feedback) or None,
        created_at=now,
    )
    repository.assessments.add(assessment)
    assessed = replace(interview, assessment_id=assessment.id)
    steps = taken(assessed, Transition.ASSESSMENT_READY, now)
    keep(repository, interview, steps[-1].interview, steps)
    return True


def current_assessment(repository: Repository, interview_id: str) -> Assessment:
    """Return an interview's present assessment.

    :raise InterviewNotFound: there is no such interview.
    :raise AssessmentNotAvailable: it has none.
    """
    interview = repository.interviews.get(interview_id)
    current = interview.assessment_id
    found = repository.assessments.get(current) if current else None
    if found is None:
        raise AssessmentNotAvailable(interview.workflow_state)
    return found
