"""Interviews: taken in, completed, changed and deleted."""

from collections.abc import Callable, Mapping
from typing import Any

from interview_service.database.models import (
    Interview,
)
from interview_service.domain import workflow
from interview_service.domain.clock import clock, new_id
from interview_service.domain.completeness import blocks
from interview_service.domain.errors import (
    FieldsFixed,
    InvalidFields,
    PreconditionFailed,
    TransitionNotAllowed,
    WrongState,
)
from interview_service.domain.interview import api_name, folded
from interview_service.domain.workflow import State, Transition
from interview_service.lifecycle.base import SERVICE, Actor, one_transaction, touch
from interview_service.lifecycle.outbox import emit
from interview_service.lifecycle.transitions import apply, missing_of, schedule_work, trigger
from interview_service.repository import Repository

BRIEF_FIELDS = ("position", "level", "skills", "job_description")
"""What feeds the plan."""

WRITABLE_FIELDS = (
    "candidate_name",
    "candidate_email",
    *BRIEF_FIELDS,
    "company_name",
    "company_description",
    "scheduled_at",
    "callback_url",
)

REQUIRED_FIELDS = ("candidate_name", "candidate_email", "position", "level", "skills")
"""What an interview that has it cannot lose again; the intake may take one in without."""


@one_transaction
def create(
    repository: Repository, details: Mapping[str, Any], *, external_id: str | None = None
) -> tuple[Any, bool]:
    """Take an interview in and return it; False beside it where it was there already.

    It was there when the tenant has one of the same `external_id`: that one is returned as it is.

    :param details: values of `WRITABLE_FIELDS`; what is absent is null.
    """
    if external_id is not None:
        known = repository.interviews.by_external_id(external_id)
        if known is not None:
            return known, False
    now = clock.now()
    values = {name: details.get(name) for name in WRITABLE_FIELDS}
    url = values["callback_url"] or repository.settings.webhook_url()
    interview = repository.interviews.add(
        {
            **values,
            "id": new_id(now),
            "run_id": new_id(now),
            "workflow_state": State.RECEIVED.value,
            "skills": values["skills"] or [],
            "external_id": external_id,
            "search_text": _search_text(values),
            "created_at": now,
            "updated_at": now,
            "transition_count": 0,
            "has_transcript": False,
            "attempts": 0,
            "due_at": now,
        }
    )
    if url is not None:
        emit(repository, interview, None, url)
    repository.work.wake_after_commit(interview.id)
    return interview, True


@one_transaction
def take_in(
    repository: Repository, details: Mapping[str, Any], *, external_id: str | None = None
) -> tuple[Interview, bool]:
    """Take an interview in that may lack much, and validate it at once: INFO_NEEDED, or onwards.

    Like `create` in all else.
    """
    taken, created = create(repository, details, external_id=external_id)
    interview = repository.interviews.get(taken.id, for_update=True)
    if created:
        apply(repository, interview, Transition.VALIDATE, SERVICE)
        if blocks(missing_of(interview)):
            apply(repository, interview, Transition.REQUEST_INFO, SERVICE)
        repository.work.flush()
    return interview, created


@one_transaction
def complete_info(
    repository: Repository, interview_id: str, details: Mapping[str, Any], actor: Actor
) -> Interview:
    """Supply what an interview lacks; takes COMPLETE_INFO once nothing that blocks it is missing.

    :param details: values of `WRITABLE_FIELDS`, and `external_id` where the interview has none.
    :raise InterviewNotFound: there is none.
    :raise TransitionNotAllowed: the interview does not wait for information.
    :raise InvalidFields: the interview has another external id already, or a required field that
        it has would be emptied.
    """
    interview = repository.interviews.get(interview_id, for_update=True)
    state = State(interview.workflow_state)
    if not workflow.is_allowed(Transition.COMPLETE_INFO, state):
        allowed = workflow.caller_transitions_from(state, actor.permissions)
        raise TransitionNotAllowed(f"Transition {Transition.COMPLETE_INFO}", state, allowed)
    external_id = details.get("external_id")
    if external_id is not None and interview.external_id not in (None, external_id):
        raise InvalidFields({"externalId": ["Read-only field"]})
    if external_id is not None and interview.external_id is None:
        known = repository.interviews.by_external_id(external_id)
        if known is not None:
            raise InvalidFields({"externalId": ["Another interview has it already."]})
    given = {**details, "skills": details.get("skills") or []} if "skills" in details else details
    changed = {name: value for name, value in given.items() if getattr(interview, name) != value}
    _refuse_emptied(changed)
    for name, value in changed.items():
        setattr(interview, name, value)
    interview.search_text = _search_text(vars(interview))
    if not blocks(missing_of(interview)):
        apply(repository, interview, Transition.COMPLETE_INFO, actor.subject)
    elif changed:
        touch(interview)
    repository.work.flush()
    return interview


@one_transaction
def update(
    repository: Repository,
    interview_id: str,
    details: Mapping[str, Any],
    actor: Actor,
    *,
    read_only: Mapping[str, Any] | None = None,
    state: State | None = None,
    versions: Callable[[int], bool] = lambda version: True,
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
    interview = repository.interviews.get(interview_id, for_update=True)
    if not versions(interview.version):
        raise PreconditionFailed
    _refuse_read_only(interview, read_only or {})
    changed = {name: value for name, value in details.items() if getattr(interview, name) != value}
    current = State(interview.workflow_state)
    _refuse_emptied(changed)
    _refuse_fixed(interview, changed, current)
    for name, value in changed.items():
        setattr(interview, name, value)
    interview.search_text = _search_text(vars(interview))
    replan = current is State.PENDING and any(name in BRIEF_FIELDS for name in changed)
    if replan and state is State.APPROVED:
        raise WrongState(
            f"Cannot approve and change {', '.join(map(api_name, changed))} at once: "
            "the plan has to be made anew first"
        )
    if state is not None and state is not current:
        trigger(repository, interview, _leading_to(current, state, actor), actor)
    elif replan:
        reason = "Changed: " + ", ".join(api_name(name) for name in changed)
        apply(repository, interview, Transition.MODIFY, actor.subject, reason)
        interview.feedback = None  # the planner is given the changed brief itself
    elif changed:
        touch(interview)
        if interview.due_at is not None:
            schedule_work(repository, interview)
    repository.work.flush()
    return interview


@one_transaction
def delete(
    repository: Repository,
    interview_id: str,
    *,
    versions: Callable[[int], bool] = lambda version: True,
) -> None:
    """Remove an interview and everything about its candidate.

    :raise InterviewNotFound: there is none.
    :raise PreconditionFailed: the interview's version is not one that the caller accepts.
    """
    interview = repository.interviews.get(interview_id, for_update=True)
    if not versions(interview.version):
        raise PreconditionFailed
    repository.lists.leave_block(interview.id)
    repository.interviews.delete(interview)


def _search_text(values: Mapping[str, Any]) -> str:
    parts = (values["candidate_name"], values["candidate_email"], values["position"])
    return "\n".join(folded(part) for part in parts if part)


def _refuse_read_only(interview: Interview, given: Mapping[str, Any]) -> None:
    wrong = [name for name, value in given.items() if getattr(interview, name) != value]
    if wrong:
        raise InvalidFields({api_name(name): ["Read-only field"] for name in wrong})


def _refuse_emptied(changed: Mapping[str, Any]) -> None:
    errors = {}
    for name in REQUIRED_FIELDS:
        if name in changed and not changed[name]:
            least = "Length must be between 1 and 50." if name == "skills" else None
            errors[api_name(name)] = [least or "Field may not be null."]
    if errors:
        raise InvalidFields(errors)


def _refuse_fixed(interview: Interview, changed: Mapping[str, Any], state: State) -> None:
    fixed = list(changed) if state.is_final else []
    if state not in workflow.BRIEF_OPEN_STATES:
        fixed = fixed or [name for name in changed if name in BRIEF_FIELDS]
    if fixed:
        raise FieldsFixed([api_name(name) for name in fixed], state)
    if state is State.SCHEDULED and "scheduled_at" in changed and not changed["scheduled_at"]:
        raise FieldsFixed(["scheduledAt to null"], state)


def _leading_to(current: State, wanted: State, actor: Actor) -> Transition:
    found = workflow.transition_between(current, wanted)
    if found is None:
        allowed = workflow.caller_transitions_from(current, actor.permissions)
        raise TransitionNotAllowed(f"workflowState {wanted}", current, allowed)
    return found
