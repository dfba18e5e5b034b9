"""Background work: interviews are taken for it, given back, and tried again."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from interview_service.database.models import (
    Interview,
)
from interview_service.domain import transcript as said
from interview_service.domain import workflow
from interview_service.domain.clock import clock
from interview_service.domain.errors import (
    InterviewNotFound,
    WrongState,
)
from interview_service.domain.interview import Brief, Level
from interview_service.domain.outbox import (
    longest_wait,
    work_pause,
)
from interview_service.domain.plan import PlanStructure
from interview_service.domain.workflow import State, Transition
from interview_service.lifecycle.base import SERVICE, one_transaction
from interview_service.lifecycle.transitions import apply
from interview_service.repository import Repository


class WorkKind(Enum):
    """What an interview needs an engine for."""

    PLAN = "plan"
    ASSESSMENT = "assessment"


@dataclass(frozen=True, slots=True)
class Work:
    """What an engine is to do for an interview, as the interview is at `version`.

    :param plan: the interview's plan, for an assessment.
    :param transcript: what was said, for an assessment.
    :param candidate_name: to take out of what the engine is given; no engine ever gets it.
    """

    kind: WorkKind
    interview_id: str
    version: int
    brief: Brief
    feedback: str | None
    candidate_name: str | None
    plan: PlanStructure | None = None
    transcript: said.Transcript | None = None


@one_transaction
def begin_work(repository: Repository, interview_id: str, lease: timedelta) -> Work | None:
    """Take an interview for background work, through VALIDATE and GENERATE_PLAN where they are due.

    Nobody else gets it until the lease has run out: by then it is done, or its worker is dead.

    :return: None where there is nothing to do, or another worker does it.
    """
    try:
        interview = repository.interviews.get(interview_id, for_update=True)
    except InterviewNotFound:
        return None
    now = clock.now()
    if interview.due_at is None:
        return None
    if now < interview.due_at <= now + longest_wait(interview.attempts, lease):
        return None
    for name in (Transition.VALIDATE, Transition.GENERATE_PLAN):
        if workflow.is_allowed(name, State(interview.workflow_state)):
            feedback = interview.feedback
            attempts, last_error = interview.attempts, interview.last_error
            apply(repository, interview, name, SERVICE)
            interview.feedback = feedback
            interview.attempts, interview.last_error = attempts, last_error
    repository.work.flush()
    repository.interviews.set_work(interview, due_at=now + lease, leased_until=now + lease)
    repository.work.wake_never(interview.id)
    return _work(repository, interview)


def _work(repository: Repository, interview: Interview) -> Work:
    brief = Brief(
        position=interview.position or "",
        level=Level(interview.level or Level.MID),
        skills=tuple(interview.skills),
        job_description=interview.job_description,
        company_name=interview.company_name,
        company_description=interview.company_description,
    )
    kind, plan, transcript = WorkKind.PLAN, None, None
    if interview.workflow_state == State.COMPLETED:
        kind = WorkKind.ASSESSMENT
        row = repository.documents.plan(interview.plan_id) if interview.plan_id else None
        words = repository.documents.transcript(interview.id)
        assert row is not None
        assert words is not None
        plan = PlanStructure.from_dict(row.structure)
        transcript = said.Transcript.from_list(words.turns)
    return Work(
        kind=kind,
        interview_id=interview.id,
        version=interview.version,
        brief=brief,
        feedback=interview.feedback,
        candidate_name=interview.candidate_name,
        plan=plan,
        transcript=transcript,
    )


@one_transaction
def record_failure(
    repository: Repository, interview_id: str, version: int | None, message: str
) -> None:
    """Note that work failed, and when to try again; nothing where the interview has moved on.

    :param version: of the interview as the work began; None where it could not even begin.
    """
    try:
        interview = repository.interviews.get(interview_id, for_update=True)
    except InterviewNotFound:
        return
    if interview.due_at is None or version not in (None, interview.version):
        return
    attempts = interview.attempts + 1
    repository.interviews.set_work(
        interview,
        attempts=attempts,
        last_error=message,
        leased_until=None,
        due_at=clock.now() + work_pause(attempts),
    )


@one_transaction
def retry(repository: Repository, interview_id: str) -> str:
    """Have failed background work tried at once; an attempt that is under way is left alone.

    :return: the interview's run id.
    :raise InterviewNotFound: there is none.
    :raise WrongState: the interview is not waiting for background work.
    """
    interview = repository.interviews.get(interview_id, for_update=True)
    if interview.due_at is None:
        raise WrongState(f"Nothing to retry: workflowState is {interview.workflow_state}")
    if interview.last_error is not None and not is_under_way(interview):
        repository.interviews.set_work(interview, due_at=clock.now())
        repository.work.wake_after_commit(interview.id)
    return interview.run_id


def is_under_way(interview: Any) -> bool:
    """Tell whether a worker has an engine at work on an interview, as far as its lease says."""
    return interview.leased_until is not None and clock.now() < interview.leased_until
