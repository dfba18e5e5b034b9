"""Transitions that somebody asks for: who may take one, and when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from interview_service.domain.assessment import Recommendation
from interview_service.domain.audit import TargetType
from interview_service.domain.changes import with_changes
from interview_service.domain.clock import clock
from interview_service.domain.completeness import blocks
from interview_service.domain.errors import (
    InvalidFields,
    PermissionMissing,
    PreconditionFailed,
    ServiceTransition,
    TransitionNotAllowed,
)
from interview_service.domain.interview import Interview, Step, taken
from interview_service.domain.judging import Verdict, decided
from interview_service.domain.workflow import (
    TABLE,
    HistoryEntry,
    Transition,
    caller_transitions_from,
    grants,
    is_allowed,
)
from interview_service.lifecycle.assessments import assessed_by_cards, present_assessment
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, keep, one_transaction
from interview_service.lifecycle.blindness import tags_of
from interview_service.lifecycle.briefs import missing_of
from interview_service.repository import Repository


@one_transaction
def transition(
    repository: Repository,
    interview_id: str,
    name: Transition,
    actor: Actor,
    *,
    reason: str | None = None,
    scheduled_at: datetime | None = None,
    duration_minutes: int | None = None,
    location: str | None = None,
    verdict: Verdict | None = None,
    versions: Callable[[int | str | None], bool] = lambda version: True,
) -> HistoryEntry:
    """Take an interview through a transition, and return the entry of its history.

    :param scheduled_at: for SCHEDULE, as the two after it; what is None stays as it is.
    :param verdict: for APPROVE_ASSESSMENT; None to follow the assessment.
    :param versions: tells whether the caller accepts a version (If-Match): the record's, its
        plan's or its assessment's.
    :raise InterviewNotFound: there is none.
    :raise PreconditionFailed: neither record, plan nor assessment is one that the caller accepts.
    :raise ServiceTransition: only the service makes this transition.
    :raise PermissionMissing: the actor may not.
    :raise TransitionNotAllowed: not from the present state.
    :raise InvalidFields: SCHEDULE with no time given or known; no verdict, and none to follow.
    """
    interview = repository.interviews.locked(interview_id)
    refuse_actor(name, actor)
    if not _is_accepted(repository, interview, versions):
        raise PreconditionFailed
    after = interview
    if name is Transition.SCHEDULE:
        appointment = {
            "scheduled_at": scheduled_at,
            "duration_minutes": duration_minutes,
            "location": location,
        }
        given = {key: value for key, value in appointment.items() if value is not None}
        after = with_changes(interview, given)
    now = clock.now()
    steps = triggered(repository, after, name, actor, now, reason=reason, verdict=verdict)
    record_transition(repository, actor, steps[0].entry)
    keep(repository, interview, steps[-1].interview, steps)
    return steps[0].entry


def _is_accepted(
    repository: Repository, interview: Interview, versions: Callable[[int | str | None], bool]
) -> bool:
    """Tell whether the caller accepts the present version of record, plan or assessment."""
    if any(map(versions, (*tags_of(interview.version), interview.plan_id))):
        return True
    assessment = present_assessment(repository, interview)
    return assessment is not None and any(map(versions, tags_of(assessment.tag)))


def record_transition(repository: Repository, actor: Actor, entry: HistoryEntry) -> None:
    """Write into the audit log that somebody took a transition."""
    action = f"interview.{entry.transition.lower()}"
    record(repository, actor, action, TargetType.INTERVIEW, entry.interview_id)


def refuse_actor(name: Transition, actor: Actor) -> None:
    """Refuse who may not trigger a transition, whatever the state.

    :raise ServiceTransition: only the service makes this transition.
    :raise PermissionMissing: the actor may not.
    """
    permission = name.permission
    if permission is None:
        raise ServiceTransition(name)
    if not grants(actor.permissions, permission):
        raise PermissionMissing(permission)


def refuse_transition(interview: Interview, name: Transition, actor: Actor) -> None:
    """Refuse a transition that the interview's state does not allow.

    :raise TransitionNotAllowed: not from the present state.
    """
    state = interview.workflow_state
    if not is_allowed(name, state):
        allowed = caller_transitions_from(state, actor.permissions)
        raise TransitionNotAllowed(f"Transition {name}", state, allowed)


def triggered(
    repository: Repository,
    interview: Interview,
    name: Transition,
    actor: Actor,
    now: datetime,
    *,
    reason: str | None = None,
    verdict: Verdict | None = None,
) -> list[Step]:
    """Return an interview's way through what somebody asked for, after every check on who and when.

    What the transition makes of the assessment is written here: scorecards that were handed in
    before COMPLETE are assessed with it, and APPROVE_ASSESSMENT notes the verdict.

    :raise InvalidFields: the interview lacks what the transition needs.
    """
    refuse_actor(name, actor)
    refuse_transition(interview, name, actor)
    if name is Transition.SCHEDULE and interview.scheduled_at is None:
        raise InvalidFields({"scheduledAt": ["Required to schedule: the interview has none."]})
    missing = missing_of(interview) if name is Transition.COMPLETE_INFO else []
    if blocks(missing):
        raise InvalidFields({item.field: [item.question] for item in missing})
    if name is Transition.APPROVE_ASSESSMENT:
        interview = _decided(repository, interview, verdict, actor, reason, now)
    elif verdict is not None:
        raise InvalidFields({"decision": ["Only APPROVE_ASSESSMENT takes a decision."]})
    if name is Transition.COMPLETE:
        cards = repository.scorecards.of_interview(interview.id)
        if any(card.submitted for card in cards):
            interview = assessed_by_cards(repository, interview, cards)
    feedback = reason if TABLE[name].gives_feedback else None
    return taken(interview, name, now, by=actor.subject, reason=reason, feedback=feedback)


def _decided(
    repository: Repository,
    interview: Interview,
    verdict: Verdict | None,
    actor: Actor,
    reason: str | None,
    now: datetime,
) -> Interview:
    """Note what somebody decides on an interview's assessment; without a verdict, they follow it.

    :raise InvalidFields: there is no verdict, and a program asks or the assessment advises nothing.
    """
    assessment = present_assessment(repository, interview)
    assert assessment is not None, "it is pending"
    if verdict is None:
        if actor.is_key:
            raise InvalidFields({"decision": ["Required of an API key: only people follow."]})
        advised = Recommendation(assessment.recommendation or Recommendation.NO_DECISION)
        if advised is Recommendation.NO_DECISION:
            raise InvalidFields({"decision": ["Required: the assessment recommends nothing."]})
        verdict = Verdict(advised)
    if verdict.reason is None:
        verdict = replace(verdict, reason=reason)
    repository.assessments.save(assessment, decided(assessment, verdict, actor.subject, now))
    return replace(interview, decision=verdict.recommendation)
