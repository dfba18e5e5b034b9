"""`/interviews`: the record of an interview and its status."""

from http import HTTPStatus
from typing import Any

from flask import request

from interview_service import lifecycle
from interview_service.api.blueprint import LOCATION_HEADER, Blueprint
from interview_service.api.etags import (
    ETAG_HEADER,
    IF_MATCH,
    IF_NONE_MATCH,
    accepted_versions,
    etag,
)
from interview_service.api.idempotency import ViewResponse
from interview_service.api.schemas.interviews import (
    READ_ONLY_FIELDS,
    InterviewCreateSchema,
    InterviewReferenceSchema,
    InterviewSchema,
    InterviewUpdateSchema,
)
from interview_service.api.schemas.workflow import StatusSchema
from interview_service.api.services import actor, repository
from interview_service.appointments import CALENDAR, calendar_of
from interview_service.domain.errors import PermissionMissing
from interview_service.domain.interview import Interview
from interview_service.domain.workflow import State, grants

blueprint = Blueprint("interviews", __name__, description="Interview records")

NOT_FOUND = {HTTPStatus.NOT_FOUND: "No such interview in this tenant"}
CONFLICT = {HTTPStatus.CONFLICT: "The record's state does not allow it"}
STALE = {HTTPStatus.PRECONDITION_FAILED: "If-Match is stale"}
SAME: dict[str, Any] = {
    "description": "It is still the version that If-None-Match names",
    "headers": ETAG_HEADER,
}


def may_read() -> bool:
    """Tell whether the caller may read interviews."""
    return grants(actor().permissions, "interview:read")


def take_new(details: dict[str, Any]) -> tuple[Interview, bool]:
    """Create an interview; False beside it where there was one of its externalId already.

    :param details: as `InterviewCreateSchema` reads them.
    :raise PermissionMissing: another's plan is wanted by who may not read interviews.
    """
    external_id = details.pop("external_id", None)
    plan_from = details.pop("plan_from_interview_id", None)
    if plan_from is not None and not may_read():
        raise PermissionMissing("interview:read")
    return lifecycle.create(
        repository(), details, actor(), external_id=external_id, plan_from=plan_from
    )


@blueprint.route("/interviews", methods=["POST"])
@blueprint.requires("interview:create")
@blueprint.idempotent_create
@blueprint.arguments(InterviewCreateSchema)
@blueprint.response(
    201,
    InterviewSchema,
    headers={**ETAG_HEADER, **LOCATION_HEADER},
    about=lambda value: value["id"] if isinstance(value, dict) else value.id,
)
@blueprint.alt_response(
    200,
    schema={"anyOf": [InterviewSchema, InterviewReferenceSchema]},
    description="There is one of this externalId already; who may not read interviews is told its "
    "ids and its state alone",
    headers={**ETAG_HEADER, **LOCATION_HEADER},
    success=True,
)
def create_interview(details: dict[str, Any]) -> Any:
    """Create an interview

    It starts as RECEIVED; its plan is written in the background. With `planFromInterviewId` it has
    the plan of another interview at once, and is PENDING.
    """
    interview, created = take_new(details)
    headers = {"Location": f"{request.path.rstrip('/')}/{interview.id}"}
    if not created and not may_read():
        reference = {
            "id": interview.id,
            "run_id": interview.run_id,
            "workflow_state": interview.workflow_state,
        }
        return reference, HTTPStatus.OK, headers
    shown = lifecycle.seen(repository(), interview, actor())
    headers |= etag(shown.tag)
    return shown.interview, HTTPStatus.CREATED if created else HTTPStatus.OK, headers


@blueprint.route("/interviews/<string:interview_id>", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.response(200, InterviewSchema, headers=ETAG_HEADER)
@blueprint.alt_response(304, **SAME, success=True)
@blueprint.errors(NOT_FOUND)
@blueprint.doc(parameters=[IF_NONE_MATCH])
def read_interview(interview_id: str) -> Any:
    """Get an interview"""
    shown = lifecycle.interview(repository(), interview_id, actor())
    return shown.interview, etag(shown.tag)


@blueprint.route("/interviews/<string:interview_id>", methods=["PUT"])
@blueprint.requires("interview:update")
@blueprint.arguments(InterviewUpdateSchema(partial=True), example={"position": "Lead Engineer"})
@blueprint.response(200, InterviewSchema, headers=ETAG_HEADER)
@blueprint.errors({**NOT_FOUND, **CONFLICT, **STALE})
@blueprint.doc(parameters=[IF_MATCH])
def update_interview(given: dict[str, Any], interview_id: str) -> Any:
    """Change an interview

    Takes any part of the writable fields; read-only fields may be sent back unchanged.
    `workflowState` asks for the transition that leads there, with that transition's permission.
    Changing position, level, skills or jobDescription while PENDING has a new plan made.
    """
    state = given.pop("workflow_state", None)
    interview = lifecycle.update(
        repository(),
        interview_id,
        {name: value for name, value in given.items() if name not in READ_ONLY_FIELDS},
        actor(),
        read_only={name: given[name] for name in READ_ONLY_FIELDS if name in given},
        state=State(state) if state else None,
        versions=accepted_versions(),
    )
    shown = lifecycle.seen(repository(), interview, actor())
    return shown.interview, etag(shown.tag)


@blueprint.route("/interviews/<string:interview_id>", methods=["DELETE"])
@blueprint.requires("interview:delete")
@blueprint.response(204)
@blueprint.errors({**NOT_FOUND, **STALE})
@blueprint.doc(parameters=[IF_MATCH])
def delete_interview(interview_id: str) -> None:
    """Delete an interview

    Removes everything about the candidate: record, plans, assessments, scorecards, transcript,
    history, events. Receivers of webhooks are told by `deleted`, which holds ids alone.
    """
    lifecycle.delete(repository(), interview_id, actor(), versions=accepted_versions())


@blueprint.route("/interviews/<string:interview_id>/calendar.ics", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.response(200)
@blueprint.errors({HTTPStatus.NOT_FOUND: "No such interview in this tenant, or no scheduledAt"})
@blueprint.doc(**{"x-also": CALENDAR})
def read_calendar(interview_id: str) -> Any:
    """Get the appointment as a calendar file

    Of the same UID each time, and of a SEQUENCE that grows: an appointment that was moved moves in
    the calendars that have it.
    """
    interview = lifecycle.appointment(repository(), interview_id)
    headers = {"Content-Disposition": 'attachment; filename="interview.ics"'}
    return ViewResponse(calendar_of(interview), mimetype=CALENDAR, headers=headers)


@blueprint.route("/interviews/<string:run_id>/status", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.response(200, StatusSchema)
@blueprint.errors({HTTPStatus.NOT_FOUND: "No interview of this run in this tenant"})
def read_status(run_id: str) -> Any:
    """Get the status by runId

    The interview's own id does as well. Says what has to happen next and what this caller may do
    about it.
    """
    return lifecycle.status(repository(), run_id, actor())
