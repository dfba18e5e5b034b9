"""Interviews: taken in, completed, changed and deleted."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from interview_service.domain.audit import TargetType
from interview_service.domain.changes import (
    Fields,
    as_kept,
    changes,
    refuse_emptied,
    refuse_fixed,
    refuse_read_only,
    replans,
    reschedules,
    with_changes,
)
from interview_service.domain.clock import clock, new_id
from interview_service.domain.completeness import blocks
from interview_service.domain.documents import Plan
from interview_service.domain.errors import (
    InterviewNotFound,
    InvalidFields,
    PlanNotAvailable,
    PreconditionFailed,
    TransitionNotAllowed,
    WrongState,
)
from interview_service.domain.interview import WRITABLE_FIELDS, Interview, api_name, taken
from interview_service.domain.workflow import (
    Event,
    State,
    Transition,
    caller_transitions_from,
    transition_between,
)
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, keep, one_transaction
from interview_service.lifecycle.blindness import seen, tags_of
from interview_service.lifecycle.briefs import missing_of
from interview_service.lifecycle.events import emit_last, emit_received
from interview_service.lifecycle.mail_queue import follow_deletion
from interview_service.lifecycle.plans import copied_plan, current_plan, take_plan
from interview_service.lifecycle.transitions import (
    record_transition,
    refuse_transition,
    triggered,
)
from interview_service.repository import Repository


@one_transaction
def create(
    repository: Repository,
    details: Fields,
    actor: Actor,
    *,
    external_id: str | None = None,
    plan_from: str | None = None,
) -> tuple[Interview, bool]:
    """Take an interview in and return it; False beside it where it was there already.

    It was there when the tenant has one of the same `external_id`: that one is returned as it is.

    :param details: values of `WRITABLE_FIELDS`; what is absent is empty.
    :param plan_from: the id of an interview whose present plan becomes this one's too: then it is
        PENDING at once.
    :raise InvalidFields: `plan_from` is no interview of the tenant, or has no plan.
    """
    if external_id is not None:
        known = repository.interviews.by_external_id(external_id)
        if known is not None:  # else it could be erased before its answer is kept for a repeat
            known = repository.interviews.locked_by_external_id(external_id)
        if known is not None:
            return known, False
    plan = _plan_of(repository, plan_from) if plan_from is not None else None
    now = clock.now()
    received = Interview(
        id=new_id(now),
        tenant_id=repository.tenant_id,
        run_id=new_id(now),
        version=1,
        workflow_state=State.RECEIVED,
        created_at=now,
        updated_at=now,
        external_id=external_id,
        moved_at=now,
        due_at=now,
    )
    given = {name: value for name, value in details.items() if name in WRITABLE_FIELDS}
    interview = with_changes(received, as_kept(given))
    repository.interviews.add(interview)
    emit_received(repository, interview)
    given["external_id"] = external_id
    filled = [name for name, value in given.items() if value not in (None, (), [])]
    _record(repository, actor, "create", interview, filled)
    repository.work.wake_after_commit(interview.id)
    return interview if plan is None else take_plan(repository, interview, plan), True


def _plan_of(repository: Repository, interview_id: str) -> Plan:
    """Return the present plan of another interview, without its candidate.

    :raise InvalidFields: there is no such interview, or it has none, or nothing is left of it.
    """
    with suppress(InterviewNotFound, PlanNotAvailable):
        plan = current_plan(repository, interview_id)
        source = repository.interviews.get(interview_id)
        if source.candidate_erased_at is None:
            return copied_plan(plan, source)
    fault = "No interview of yours with a plan has this id."
    raise InvalidFields({"planFromInterviewId": [fault]})


@one_transaction
def take_in(
    repository: Repository, details: Fields, actor: Actor, *, external_id: str | None = None
) -> tuple[Interview, bool]:
    """Take an interview in that may lack much, and validate it at once: INFO_NEEDED, or onwards.

    Like `create` in all else.
    """
    interview, created = create(repository, details, actor, external_id=external_id)
    if not created:
        return interview, False
    now = clock.now()
    steps = taken(interview, Transition.VALIDATE, now)
    if blocks(missing_of(interview)):
        steps += taken(steps[-1].interview, Transition.REQUEST_INFO, now)
    return keep(repository, interview, steps[-1].interview, steps), True


@one_transaction
def complete_info(
    repository: Repository, interview_id: str, details: Fields, actor: Actor
) -> Interview:
    """Supply what an interview lacks; takes COMPLETE_INFO once nothing that blocks it is missing.

    :param details: values of `WRITABLE_FIELDS`, and `external_id` where the interview has none.
    :raise InterviewNotFound: there is none.
    :raise TransitionNotAllowed: the interview does not wait for information.
    :raise InvalidFields: the interview has another external id already, or a required field that
        it has would be emptied.
    """
    interview = repository.interviews.locked(interview_id)
    refuse_transition(interview, Transition.COMPLETE_INFO, actor)
    changed = changes(interview, details)
    if "external_id" in changed:
        if changed["external_id"] is None:
            del changed["external_id"]
        else:
            _refuse_external_id(repository, interview, str(changed["external_id"]))
    refuse_emptied(changed)
    completed = with_changes(interview, changed)
    now = clock.now()
    if changed or not blocks(missing_of(completed)):
        _record(repository, actor, "complete_info", interview, changed)
    if not blocks(missing_of(completed)):
        steps = taken(completed, Transition.COMPLETE_INFO, now, by=actor.subject)
        return keep(repository, interview, steps[-1].interview, steps)
    return keep(repository, interview, completed.touched(now)) if changed else interview


def _refuse_external_id(repository: Repository, interview: Interview, external_id: str) -> None:
    if interview.external_id is not None:
        raise InvalidFields({"externalId": ["Read-only field"]})
    if repository.interviews.by_external_id(external_id) is not None:
        raise InvalidFields({"externalId": ["Another interview has it already."]})


@one_transaction
def update(
    repository: Repository,
    interview_id: str,
    details: Fields,
    actor: Actor,
    *,
    read_only: Fields | None = None,
    state: State | None = None,
    versions: Callable[[int | str | None], bool] = lambda version: True,
) -> Interview:
    """Change an interview's fields and, where `state` differs, take the transition leading there.

    :param details: new values of some of `WRITABLE_FIELDS`.
    :param read_only: values that must be those the interview has.
    :param versions: tells whether the caller accepts a version (If-Match).
    :raise InterviewNotFound: there is none.
    :raise PreconditionFailed: the interview's version is not one that the caller accepts.
    :raise InvalidFields: a read-only field differs.
    :raise Conflict: the interview's state does not allow a change.
    """
    interview = repository.interviews.locked(interview_id)
    if not any(map(versions, tags_of(interview.version))):
        raise PreconditionFailed
    refuse_read_only(seen(repository, interview, actor).interview, read_only or {})
    changed = changes(interview, details)
    refuse_emptied(changed)
    refuse_fixed(interview, changed)
    is_replanned = replans(interview, changed)
    if is_replanned and state is State.APPROVED:
        raise WrongState(
            f"Cannot approve and change {', '.join(map(api_name, changed))} at once: "
            "the plan has to be made anew first"
        )
    after = with_changes(interview, changed)
    now = clock.now()
    if changed:
        _record(repository, actor, "update", interview, changed)
    if state is not None and state is not interview.workflow_state:
        steps = triggered(repository, after, _leading_to(after, state, actor), actor, now)
    elif is_replanned:
        reason = "Changed: " + ", ".join(api_name(name) for name in changed)
        fresh = with_changes(after, {"feedback": ()})  # it was asked of a plan of another brief
        steps = taken(fresh, Transition.MODIFY, now, by=actor.subject, reason=reason)
    elif reschedules(interview, changed):
        steps = triggered(repository, after, Transition.SCHEDULE, actor, now)
    elif changed:
        touched = after.touched(now)
        return keep(
            repository,
            interview,
            touched.restarted(now) if interview.due_at is not None else touched,
        )
    else:
        return interview
    record_transition(repository, actor, steps[0].entry)
    return keep(repository, interview, steps[-1].interview, steps)


def _record(
    repository: Repository, actor: Actor, done: str, interview: Interview, fields: Iterable[str]
) -> None:
    names = [api_name(name) for name in fields]
    record(repository, actor, f"interview.{done}", TargetType.INTERVIEW, interview.id, fields=names)


def _leading_to(interview: Interview, wanted: State, actor: Actor) -> Transition:
    current = interview.workflow_state
    found = transition_between(current, wanted)
    if found is None:
        allowed = caller_transitions_from(current, actor.permissions)
        raise TransitionNotAllowed(f"workflowState {wanted}", current, allowed)
    return found


@one_transaction
def delete(
    repository: Repository,
    interview_id: str,
    actor: Actor,
    *,
    versions: Callable[[int | str | None], bool] = lambda version: True,
) -> None:
    """Remove an interview and everything about its candidate; receivers are told by its id.

    :raise InterviewNotFound: there is none.
    :raise PreconditionFailed: the interview's version is not one that the caller accepts.
    """
    interview = repository.interviews.locked(interview_id)
    if not any(map(versions, tags_of(interview.version))):
        raise PreconditionFailed
    emit_last(repository, interview, Event.DELETED, interview)
    repository.interviews.delete(interview)
    follow_deletion(repository, interview.id)
    _record(repository, actor, "delete", interview, ())
