"""Background work: interviews are taken for it, given back, and tried again."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from interview_service.domain import transcript as said
from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock
from interview_service.domain.errors import InterviewNotFound, WrongState
from interview_service.domain.interview import Brief, Interview, taken
from interview_service.domain.outbox import longest_wait, work_pause
from interview_service.domain.plan import PlanStructure
from interview_service.domain.workflow import Transition, WorkKind, is_allowed
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, keep, one_transaction
from interview_service.lifecycle.briefs import brief_of
from interview_service.repository import Repository


@dataclass(frozen=True, slots=True)
class Work:
    """What an engine is to do for an interview, as the interview is at `version`.

    :param version: the interview's `work_version`: a scorecard makes no work of no use.
    :param feedback: what it is to heed, oldest first.
    :param plan: the interview's plan, for an assessment.
    :param transcript: what was said, for an assessment.
    :param candidate_speaker: who of the speakers was said to be the candidate.
    :param leased_until: when others may take it, unless `renew_lease` is called before.
    :param feedback: what people want changed, oldest first.
    :param candidate_name: as far as it is known; to take out of what the engine is given.
    """

    kind: WorkKind
    interview_id: str
    version: int
    leased_until: datetime
    brief: Brief
    feedback: tuple[str, ...]
    candidate_name: str | None
    plan: PlanStructure | None = None
    transcript: said.Transcript | None = None
    candidate_speaker: str | None = None


@one_transaction
def begin_work(repository: Repository, interview_id: str, lease: timedelta) -> Work | None:
    """Take an interview for background work, through VALIDATE and GENERATE_PLAN where they are due.

    Nobody else gets it until the lease has run out: by then it is done, or its worker is dead.

    :return: None where there is nothing to do, or another worker does it.
    """
    try:
        interview = repository.interviews.locked(interview_id)
    except InterviewNotFound:
        return None
    now = clock.now()
    if interview.due_at is None:
        return None
    if now < interview.due_at <= now + longest_wait(interview.attempts, lease):
        return None
    after, steps = interview, []
    for name in (Transition.VALIDATE, Transition.GENERATE_PLAN):
        if is_allowed(name, after.workflow_state):
            steps += taken(after, name, now)
            after = steps[-1].interview
    if after.due_work is None:
        return None
    leased = replace(after, due_at=now + lease, leased_until=now + lease)
    return _work(repository, keep(repository, interview, leased, steps), now + lease)


@one_transaction
def renew_lease(
    repository: Repository,
    interview_id: str,
    version: int,
    leased_until: datetime,
    lease: timedelta,
) -> datetime | None:
    """Keep an interview that an engine works on to its worker for another while.

    :param version: of the interview as the work began.
    :param leased_until: until when the worker holds it.
    :return: until when it is held from now on; None where it has changed or another worker has it.
    """
    try:
        interview = repository.interviews.locked(interview_id)
    except InterviewNotFound:
        return None
    if (interview.work_version, interview.leased_until) != (version, leased_until):
        return None
    until = clock.now() + lease
    keep(repository, interview, replace(interview, due_at=until, leased_until=until))
    return until


def _work(repository: Repository, interview: Interview, leased_until: datetime) -> Work:
    kind, plan, transcript, candidate = WorkKind.PLAN, None, None, None
    if interview.due_work is WorkKind.ASSESSMENT:
        kind = WorkKind.ASSESSMENT
        kept_plan = repository.plans.get(interview.plan_id) if interview.plan_id else None
        kept_transcript = repository.transcripts.get(interview.id)
        assert kept_plan is not None
        assert kept_transcript is not None
        plan = PlanStructure.from_dict(cast(Any, kept_plan.structure))
        transcript = said.Transcript.from_list(cast(Any, kept_transcript.turns))
        candidate = kept_transcript.candidate_speaker
    return Work(
        kind=kind,
        interview_id=interview.id,
        version=interview.work_version,
        leased_until=leased_until,
        brief=brief_of(interview),
        feedback=interview.feedback,
        candidate_name=interview.known_name,
        plan=plan,
        transcript=transcript,
        candidate_speaker=candidate,
    )


@one_transaction
def record_failure(
    repository: Repository, interview_id: str, version: int | None, message: str
) -> None:
    """Note that work failed, and when to try again; nothing where the interview has moved on.

    :param version: of the interview as the work began; None where it could not even begin.
    """
    try:
        interview = repository.interviews.locked(interview_id)
    except InterviewNotFound:
        return
    if interview.due_at is None or version not in (None, interview.work_version):
        return
    attempts = interview.attempts + 1
    failed = replace(
        interview,
        attempts=attempts,
        last_error=message,
        leased_until=None,
        due_at=clock.now() + work_pause(attempts),
    )
    keep(repository, interview, failed)


@one_transaction
def retry(repository: Repository, interview_id: str, actor: Actor) -> str:
    """Have failed background work tried at once; an attempt that is under way is left alone.

    :return: the interview's run id.
    :raise InterviewNotFound: there is none.
    :raise WrongState: the interview is not waiting for background work.
    """
    interview = repository.interviews.locked(interview_id)
    if interview.due_at is None:
        raise WrongState(f"Nothing to retry: workflowState is {interview.workflow_state}")
    now = clock.now()
    if interview.last_error is not None and not interview.is_leased(now):
        record(repository, actor, "interview.retry", TargetType.INTERVIEW, interview.id)
        keep(repository, interview, replace(interview, due_at=now))
    return interview.run_id
