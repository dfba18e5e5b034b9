"""Assessments: made of what an engine has read and what people have handed in; read."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from interview_service.domain import transcript as said
from interview_service.domain.assessment import AssessmentDraft, criteria_of
from interview_service.domain.clock import clock, new_id
from interview_service.domain.documents import Assessment
from interview_service.domain.errors import AssessmentNotAvailable
from interview_service.domain.interview import Interview, taken
from interview_service.domain.judging import judged, new_assessment
from interview_service.domain.limits import ASSESSMENTS_KEPT, PAGE_BYTES
from interview_service.domain.plan import Criterion, PlanStructure
from interview_service.domain.scorecard import Scorecard
from interview_service.domain.workflow import Transition, WorkKind
from interview_service.lifecycle.base import Actor, PartPage, keep, one_transaction
from interview_service.lifecycle.blindness import SeenAssessment, is_blind, seen_assessment
from interview_service.repository import Repository
from interview_service.repository.documents import LAST_ID
from interview_service.transcripts.candidate import candidate_speaker


@one_transaction
def attach_assessment(
    repository: Repository,
    interview_id: str,
    version: int,
    draft: AssessmentDraft,
    generated_by: Mapping[str, object],
) -> bool:
    """Give an interview what an engine made of its words, as they were at `version`.

    It becomes a new assessment, and ASSESSMENT_READY is taken; where scorecards have brought that
    already, or the words have changed since, it renews the present one in place.

    :param version: the interview's `work_version` as the work began.
    :return: False where the interview has changed since: then nothing is written.
    :raise InterviewNotFound: there is none any more.
    """
    interview = repository.interviews.locked(interview_id)
    transcript = repository.transcripts.get(interview.id)
    is_due = interview.due_work is WorkKind.ASSESSMENT
    if interview.work_version != version or not is_due or transcript is None:
        return False
    now = clock.now()
    words = said.Transcript.from_list(cast(Any, transcript.turns))
    guess = candidate_speaker(words, interview.known_name, transcript.candidate_speaker)
    present = present_assessment(repository, interview)
    read = replace(
        present or new_assessment(new_id(now), interview.id, now),
        draft=draft.model.to_dict() if draft.model else None,
        coverage=[each.to_dict() for each in draft.binder.coverage],
        evidence=[each.to_dict() for each in draft.binder.evidence],
        notes=list(draft.binder.notes),
        binder_summary=draft.binder.summary,
        candidate_speaker=guess.speaker,
        transcript=words.as_text(),
        generated_by=dict(generated_by),
        feedback="\n".join(interview.feedback) or None,
    )
    cards = repository.scorecards.of_interview(interview.id)
    assessment = _judged(repository, interview, read, cards)
    if present is None:
        repository.assessments.add(assessment, kept=ASSESSMENTS_KEPT)
    else:
        repository.assessments.save(present, assessment)
    done = replace(
        assessed(interview, assessment),
        is_read=True,
        due_at=None,
        attempts=0,
        last_error=None,
        leased_until=None,
    )
    if present is not None:
        keep(repository, interview, done.touched(now))
        return True
    steps = taken(done, Transition.ASSESSMENT_READY, now)
    keep(repository, interview, steps[-1].interview, steps)
    return True


def assessed(interview: Interview, assessment: Assessment) -> Interview:
    """Return an interview with an assessment as its present one."""
    return replace(
        interview,
        assessment_id=assessment.id,
        overall_score=assessment.overall_score,
        recommendation=assessment.recommendation,
    )


def assessed_by_cards(
    repository: Repository, interview: Interview, cards: Sequence[Scorecard]
) -> Interview:
    """Give an interview a new assessment that stands on scorecards; what is read of it follows."""
    now = clock.now()
    fresh = new_assessment(new_id(now), interview.id, now)
    transcript = repository.transcripts.get(interview.id) if interview.has_transcript else None
    if transcript is not None:
        words = said.Transcript.from_list(cast(Any, transcript.turns))
        fresh = replace(fresh, transcript=words.as_text())
    fresh = replace(fresh, feedback="\n".join(interview.feedback) or None)
    assessment = _judged(repository, interview, fresh, cards)
    repository.assessments.add(assessment, kept=ASSESSMENTS_KEPT)
    return assessed(interview, assessment)


def reassessed(
    repository: Repository, interview: Interview, cards: Sequence[Scorecard]
) -> Interview:
    """Bring an interview's present assessment up to its scorecards, in place."""
    present = present_assessment(repository, interview)
    if present is None:
        return interview
    assessment = _judged(repository, interview, present, cards)
    repository.assessments.save(present, assessment)
    return assessed(interview, assessment)


def _judged(
    repository: Repository,
    interview: Interview,
    assessment: Assessment,
    cards: Sequence[Scorecard],
) -> Assessment:
    criteria: tuple[Criterion, ...] = ()
    names: dict[str, str] = {}
    handed_in = [card.interviewer for card in cards if card.submitted]
    if handed_in:
        criteria = criteria_for(repository, interview)
        names = names_of(repository, handed_in)
    return judged(assessment, cards, criteria, names)


def criteria_for(repository: Repository, interview: Interview) -> tuple[Criterion, ...]:
    """Return what an interview is judged by; nothing where it has no plan."""
    plan = repository.plans.get(interview.plan_id) if interview.plan_id else None
    if plan is None:
        return ()
    return criteria_of(PlanStructure.from_dict(cast(Any, plan.structure)))


def names_of(repository: Repository, subjects: Collection[str]) -> dict[str, str]:
    """Return the names of those subjects that are users."""
    return {user.id: user.name for user in repository.accounts.users_among(subjects)}


def present_assessment(repository: Repository, interview: Interview) -> Assessment | None:
    """Return an interview's present assessment, whole; None where it has none."""
    current = interview.assessment_id
    return repository.assessments.get(current) if current else None


def current_assessment(repository: Repository, interview_id: str, actor: Actor) -> SeenAssessment:
    """Return an interview's present assessment, as the actor may see it.

    :raise InterviewNotFound: there is no such interview.
    :raise AssessmentNotAvailable: it has none.
    """
    interview = repository.interviews.get(interview_id)
    found = present_assessment(repository, interview)
    if found is None:
        raise AssessmentNotAvailable(interview.workflow_state)
    return seen_assessment(found, is_blind=is_blind(repository, interview, actor))


def assessments_of(
    repository: Repository,
    interview_id: str,
    actor: Actor,
    *,
    limit: int,
    before: str | None = None,
) -> PartPage[Assessment, str]:
    """Return assessments that an interview had, newest first, as the actor may see them.

    A page ends at a mebibyte as well. Those that are not the present one come without transcript.

    :param before: the id of the assessment that the page follows.
    :raise InterviewNotFound: there is no such interview.
    """
    interview = repository.interviews.get(interview_id)
    blind = is_blind(repository, interview, actor)
    ids = repository.assessments.ids(interview.id, limit=limit + 1, before=before or LAST_ID)
    rows: list[Assessment] = []
    room = PAGE_BYTES
    for assessment_id in ids[:limit]:
        found = repository.assessments.get(assessment_id)
        if found is None:
            continue
        if found.id != interview.assessment_id:
            found = replace(found, transcript=None)
        room -= _size(found)
        if rows and room < 0:
            return PartPage(rows, rows[-1].id)
        rows.append(seen_assessment(found, is_blind=blind).assessment)
    return PartPage(rows, rows[-1].id if rows and len(ids) > limit else None)


def _size(assessment: Assessment) -> int:
    """Return about how many bytes an assessment takes in an answer."""
    documents = (assessment.coverage, assessment.evidence, assessment.draft, assessment.scores)
    texts = (assessment.summary, assessment.transcript)
    return sum(len(json.dumps(each)) for each in (*documents, *texts))
