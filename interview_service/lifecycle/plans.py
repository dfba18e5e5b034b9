"""Plans: attached by the worker, replaced by people, read."""

from collections.abc import Mapping
from typing import Any

from interview_service.database.models import (
    Interview,
    Plan,
)
from interview_service.domain.clock import clock, new_id
from interview_service.domain.errors import (
    InvalidFields,
    PlanNotAvailable,
    WrongState,
)
from interview_service.domain.plan import PlanStructure
from interview_service.domain.workflow import State, Transition
from interview_service.lifecycle.base import SERVICE, Actor, one_transaction, touch
from interview_service.lifecycle.transitions import apply
from interview_service.repository import Repository


@one_transaction
def attach_plan(
    repository: Repository,
    interview_id: str,
    version: int,
    structure: PlanStructure,
    generated_by: Mapping[str, Any],
) -> bool:
    """Give an interview the plan that was made for its `version`, and take PLAN_READY.

    :return: False where the interview has changed since: then nothing is written.
    :raise InterviewNotFound: there is none any more.
    """
    interview = repository.interviews.get(interview_id, for_update=True)
    if interview.version != version or interview.workflow_state != State.GENERATING_PLAN:
        return False
    _add_plan(repository, interview, structure, generated_by)
    apply(repository, interview, Transition.PLAN_READY, SERVICE)
    settings = repository.settings.get()
    if settings is not None and settings.auto_approve_plans:
        apply(repository, interview, Transition.APPROVE, SERVICE, "autoApprovePlans")
    return True


@one_transaction
def replace_plan(
    repository: Repository, interview_id: str, structure: PlanStructure, actor: Actor
) -> Plan:
    """Put a plan of the caller's own in the place of a PENDING interview's plan.

    :raise InterviewNotFound: there is none.
    :raise WrongState: the interview is not PENDING.
    :raise InvalidFields: the structure is not sound.
    """
    interview = repository.interviews.get(interview_id, for_update=True)
    if interview.workflow_state != State.PENDING:
        raise WrongState(f"Cannot replace the plan: workflowState is {interview.workflow_state}")
    faults = structure.faults()
    if faults:
        raise InvalidFields({"structure": faults})
    touch(interview)
    generated_by = {"engine": "manual", "subject": actor.subject}
    return _add_plan(repository, interview, structure, generated_by)


def _add_plan(
    repository: Repository,
    interview: Interview,
    structure: PlanStructure,
    generated_by: Mapping[str, Any],
) -> Plan:
    now = clock.now()
    plan = Plan(
        tenant_id=interview.tenant_id,
        id=new_id(now),
        interview_id=interview.id,
        structure=structure.to_dict(),
        generated_by=dict(generated_by),
        feedback=interview.feedback,
        created_at=now,
    )
    interview.plan_id = plan.id
    repository.documents.add(plan)
    return plan


def current_plan(repository: Repository, interview_id: str) -> Plan:
    """Return an interview's present plan.

    :raise InterviewNotFound: there is no such interview.
    :raise PlanNotAvailable: it has none.
    """
    interview = repository.interviews.record(interview_id)
    plan = repository.documents.plan(interview.plan_id) if interview.plan_id else None
    if plan is None:
        raise PlanNotAvailable(State(interview.workflow_state))
    return plan
