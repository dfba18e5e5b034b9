"""Transitions: whether somebody may take one, and everything that one brings with it."""

from datetime import datetime
from typing import Any

from interview_service.database.models import (
    HistoryEntry,
    Interview,
)
from interview_service.domain import workflow
from interview_service.domain.clock import clock
from interview_service.domain.completeness import MissingItem, blocks, missing_items
from interview_service.domain.errors import (
    InvalidFields,
    PermissionMissing,
    ServiceTransition,
    TransitionNotAllowed,
)
from interview_service.domain.workflow import State, Transition
from interview_service.lifecycle.base import SERVICE, Actor, one_transaction, touch
from interview_service.lifecycle.outbox import emit, webhook_url_of
from interview_service.repository import Repository
from interview_service.webhooks import payloads

_WORK_STATES = {State.RECEIVED, State.VALIDATING_SKILLS, State.GENERATING_PLAN}


@one_transaction
def transition(
    repository: Repository,
    interview_id: str,
    name: Transition,
    actor: Actor,
    *,
    reason: str | None = None,
    scheduled_at: datetime | None = None,
) -> HistoryEntry:
    """Take an interview through a transition, and return the entry of its history.

    :raise InterviewNotFound: there is none.
    :raise ServiceTransition: only the service makes this transition.
    :raise PermissionMissing: the actor may not.
    :raise TransitionNotAllowed: not from the present state.
    :raise InvalidFields: SCHEDULE with no time given or known.
    """
    interview = repository.interviews.get(interview_id, for_update=True)
    entry = trigger(repository, interview, name, actor, reason=reason, scheduled_at=scheduled_at)
    repository.work.flush()
    return entry


def refuse_actor(name: Transition, actor: Actor) -> None:
    """Refuse who may not trigger a transition, whatever the state.

    :raise ServiceTransition: only the service makes this transition.
    :raise PermissionMissing: the actor may not.
    """
    permission = name.permission
    if permission is None:
        raise ServiceTransition(name)
    if not workflow.grants(actor.permissions, permission):
        raise PermissionMissing(permission)


def trigger(
    repository: Repository,
    interview: Interview,
    name: Transition,
    actor: Actor,
    *,
    reason: str | None = None,
    scheduled_at: datetime | None = None,
) -> HistoryEntry:
    """Take a transition that somebody asked for, after every check on who and when."""
    refuse_actor(name, actor)
    state = State(interview.workflow_state)
    if not workflow.is_allowed(name, state):
        allowed = workflow.caller_transitions_from(state, actor.permissions)
        raise TransitionNotAllowed(f"Transition {name}", state, allowed)
    if name is Transition.SCHEDULE:
        interview.scheduled_at = scheduled_at or interview.scheduled_at
        if interview.scheduled_at is None:
            raise InvalidFields({"scheduledAt": ["Required to schedule: the interview has none."]})
    if name is Transition.COMPLETE_INFO:
        missing = missing_of(interview)
        if blocks(missing):
            raise InvalidFields({item.field: [item.question] for item in missing})
    return apply(repository, interview, name, actor.subject, reason)


def apply(
    repository: Repository,
    interview: Interview,
    name: Transition,
    subject: str,
    reason: str | None = None,
) -> HistoryEntry:
    """Write a transition that is known to be allowed, and all that comes with it."""
    rule = workflow.TABLE[name]
    state = State(interview.workflow_state)
    assert state in rule.sources, f"{name} from {state}"
    touch(interview)
    entry = HistoryEntry(
        tenant_id=interview.tenant_id,
        interview_id=interview.id,
        number=interview.transition_count + 1,
        transition=name,
        previous_state=state,
        new_state=rule.target,
        triggered_by=subject,
        reason=reason,
        created_at=interview.updated_at,
    )
    repository.interviews.record_transition(interview, entry)
    interview.feedback = None
    if name is Transition.MODIFY:
        interview.plan_id, interview.feedback = None, reason
    elif name is Transition.REJECT_ASSESSMENT:
        interview.assessment_id, interview.feedback = None, reason
    schedule_work(repository, interview)
    url = webhook_url_of(repository, interview) if name in payloads.EVENTS else None
    if url is not None:
        emit(repository, interview, entry, url)
    if name is Transition.APPROVE and interview.scheduled_at is not None:
        apply(repository, interview, Transition.SCHEDULE, SERVICE)
    return entry


def schedule_work(repository: Repository, interview: Interview) -> None:
    """Set when the worker should look at an interview next: at once, or not at all."""
    state = State(interview.workflow_state)
    work = state in _WORK_STATES or (state is State.COMPLETED and interview.has_transcript)
    interview.due_at = clock.now() if work else None
    interview.attempts, interview.last_error, interview.leased_until = 0, None, None
    if work:
        repository.work.wake_after_commit(interview.id)


def missing_of(interview: Any) -> list[MissingItem]:
    """Return what an interview still lacks."""
    return missing_items(
        candidate_name=interview.candidate_name,
        candidate_email=interview.candidate_email,
        external_id=interview.external_id,
        position=interview.position,
        level=interview.level,
        skills=interview.skills,
        job_description=interview.job_description,
    )
