"""`/a2a/interview`: the intake for applicant tracking systems and agents.

The same records as `/interviews`, looser at the door: what is missing is asked for.
"""

from collections.abc import Sequence
from http import HTTPStatus
from operator import attrgetter, itemgetter
from typing import Any

from interview_service import lifecycle
from interview_service.api.blueprint import Blueprint
from interview_service.api.etags import IF_MATCH_ANY, accepted_versions
from interview_service.api.interviews import NOT_FOUND, STALE, may_read
from interview_service.api.schemas.interviews import CompleteInfoSchema, IntakeSchema
from interview_service.api.schemas.workflow import (
    AssessmentVerdictSchema,
    IntakeReferenceSchema,
    IntakeResultSchema,
    ModificationSchema,
    StatusSchema,
    TransitionResultSchema,
    VerdictSchema,
)
from interview_service.api.services import actor, repository
from interview_service.domain.completeness import MissingItem, blocks, data_quality
from interview_service.domain.judging import Verdict
from interview_service.domain.workflow import State, Transition, WaitingFor, waiting_for

blueprint = Blueprint(
    "intake", __name__, url_prefix="/a2a/interview", description="Intake for agents and ATSs"
)


def _intake_result(interview: Any) -> dict[str, Any]:
    missing = lifecycle.missing_of(interview)
    return {
        "run_id": interview.run_id,
        "interview_id": interview.id,
        "state": interview.workflow_state,
        "message": _message(State(interview.workflow_state), missing),
        "data_quality": data_quality(missing),
        "missing": missing,
    }


def _message(state: State, missing: Sequence[MissingItem]) -> str:
    if state is State.INFO_NEEDED:
        if blocks(missing):
            return "Something is missing: answer the questions with complete-info"
        return "Nothing is missing any more: call complete-info to go on"
    if waiting_for(state, has_transcript=False) is not WaitingFor.PLAN:
        return f"The interview was taken in before: workflowState is {state}"
    if missing:
        return "The plan is being written; answers, by PUT /interviews/:id, make a better one"
    return "The interview is complete: its plan is being written"


@blueprint.route("", methods=["POST"])
@blueprint.requires("interview:create")
@blueprint.idempotent_create
@blueprint.arguments(
    IntakeSchema,
    example={"candidateName": "Jane Smith", "position": "Senior Engineer", "externalId": "req-1"},
)
@blueprint.response(201, IntakeResultSchema, about=itemgetter("interview_id"))
@blueprint.alt_response(
    200,
    schema={"anyOf": [IntakeResultSchema, IntakeReferenceSchema]},
    description="There is one of this externalId already; who may not read interviews is told its "
    "ids and its state alone",
    success=True,
)
def take_in(details: dict[str, Any]) -> Any:
    """Take an interview in

    Validates at once: what is missing comes back with the question to put to a person. What is
    present but wrong is 422.
    """
    external_id = details.pop("external_id", None)
    interview, created = lifecycle.take_in(repository(), details, actor(), external_id=external_id)
    result = _intake_result(interview)
    if created:
        return result, HTTPStatus.CREATED
    if not may_read():
        result = {name: result[name] for name in IntakeReferenceSchema.Meta.fields}
    return result, HTTPStatus.OK


@blueprint.route("/<string:run_id>/status", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.response(200, StatusSchema)
@blueprint.errors(NOT_FOUND)
def read_intake_status(run_id: str) -> Any:
    """Get the status by runId"""
    return lifecycle.status(repository(), run_id, actor())


@blueprint.route("/<string:interview_id>/complete-info", methods=["PATCH"])
@blueprint.requires("interview:update")
@blueprint.arguments(CompleteInfoSchema, example={"level": "SENIOR", "skills": ["TypeScript"]})
@blueprint.response(200, IntakeResultSchema)
@blueprint.errors({**NOT_FOUND, HTTPStatus.CONFLICT: "The interview does not wait for information"})
def complete_info(details: dict[str, Any], interview_id: str) -> Any:
    """Supply what was missing

    In as many steps as it takes: the interview goes on when nothing critical or high is missing.
    """
    found = lifecycle.interview_of_run(repository(), interview_id)
    interview = lifecycle.complete_info(repository(), found, details, actor())
    return _intake_result(interview)


@blueprint.route("/<string:run_id>/approve", methods=["POST"])
@blueprint.requires("interview:approve")
@blueprint.idempotent
@blueprint.arguments(VerdictSchema)
@blueprint.response(200, TransitionResultSchema, about=attrgetter("interview_id"))
@blueprint.errors({**NOT_FOUND, **STALE})
@blueprint.doc(parameters=[IF_MATCH_ANY])
def approve_plan(verdict: dict[str, Any], run_id: str) -> Any:
    """Approve or reject the plan"""
    name = Transition.APPROVE if verdict["approved"] else Transition.REJECT
    return _decide(lifecycle.interview_of_run(repository(), run_id), name, verdict.get("reason"))


@blueprint.route("/<string:run_id>/request-modification", methods=["PATCH"])
@blueprint.requires("interview:approve")
@blueprint.arguments(ModificationSchema)
@blueprint.response(200, TransitionResultSchema)
@blueprint.errors(
    {**NOT_FOUND, **STALE, HTTPStatus.CONFLICT: "The interview has no plan to approve"}
)
@blueprint.doc(parameters=[IF_MATCH_ANY])
def request_modification(given: dict[str, Any], run_id: str) -> Any:
    """Ask for another plan

    The reason reaches the planner.
    """
    interview_id = lifecycle.interview_of_run(repository(), run_id)
    return _decide(interview_id, Transition.MODIFY, given["reason"])


@blueprint.route("/<string:interview_id>/approve-assessment", methods=["POST"])
@blueprint.requires("interview:approve")
@blueprint.idempotent
@blueprint.arguments(AssessmentVerdictSchema)
@blueprint.response(200, TransitionResultSchema, about=attrgetter("interview_id"))
@blueprint.errors({**NOT_FOUND, **STALE})
@blueprint.doc(parameters=[IF_MATCH_ANY])
def approve_assessment(verdict: dict[str, Any], interview_id: str) -> Any:
    """Approve or reject the assessment

    Approving it takes the decision about the candidate, `decision`; without one it is what the
    assessment recommends. A rejected one is made again; the reason reaches the assessor.
    """
    approved = verdict["approved"]
    name = Transition.APPROVE_ASSESSMENT if approved else Transition.REJECT_ASSESSMENT
    found = lifecycle.interview_of_run(repository(), interview_id)
    return _decide(found, name, verdict.get("reason"), verdict.get("decision"))


def _decide(
    interview_id: str, name: Transition, reason: str | None, decision: Verdict | None = None
) -> Any:
    return lifecycle.transition(
        repository(),
        interview_id,
        name,
        actor(),
        reason=reason,
        verdict=decision,
        versions=accepted_versions(),
    )
