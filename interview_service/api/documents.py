"""What hangs on an interview: plans put in by hand, earlier plans, and the transcript."""

from http import HTTPStatus
from typing import Any

from flask import request
from flask_smorest import abort

from interview_service import lifecycle
from interview_service.api.blueprint import ETAG_HEADER, Blueprint, etag, read_body
from interview_service.api.interviews import NOT_FOUND
from interview_service.api.schemas import (
    PlanReplaceSchema,
    PlanSchema,
    PlansSchema,
    TranscriptPutSchema,
    TranscriptSchema,
)
from interview_service.api.services import actor, repository
from interview_service.api.transcript_formats import (
    TranscriptFormat,
    TranscriptUnreadable,
    checked,
    parse,
)
from interview_service.domain.errors import InvalidFields
from interview_service.domain.plan import PlanStructure
from interview_service.domain.transcript import Transcript, Turn

blueprint = Blueprint("documents", __name__, description="Plans and transcripts that people put in")

_CONFLICT = {HTTPStatus.CONFLICT: "The record's state does not allow it"}

_TURNS = TranscriptPutSchema()

_TRANSCRIPT_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": TranscriptPutSchema},
        "text/vtt": {
            "schema": {"type": "string"},
            "example": "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Jane Smith>Hello.</v>\n",
        },
        "application/x-subrip": {
            "schema": {"type": "string"},
            "example": "1\n00:00:01,000 --> 00:00:04,000\nJane Smith: Hello.\n",
        },
        "text/plain": {
            "schema": {"type": "string"},
            "example": "Interviewer: Hello.\nJane Smith: Good morning.\n",
        },
    },
}


@blueprint.route("/interviews/<string:interview_id>/plan", methods=["PUT"])
@blueprint.requires("interview:update")
@blueprint.arguments(PlanReplaceSchema)
@blueprint.response(200, PlanSchema, headers=ETAG_HEADER)
@blueprint.errors({**NOT_FOUND, **_CONFLICT})
def replace_plan(given: dict[str, Any], interview_id: str) -> Any:
    """Replace the plan

    While PENDING: by hand, or by an agent of your own. The sections' durations must add up.
    """
    structure = PlanStructure.from_dict(given["structure"])
    plan = lifecycle.replace_plan(repository(), interview_id, structure, actor())
    return plan, etag(plan.id)


@blueprint.route("/interviews/<string:interview_id>/plans", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.response(200, PlansSchema)
@blueprint.errors(NOT_FOUND)
def read_plans(interview_id: str) -> Any:
    """Get every plan there ever was

    Newest first, each with the feedback that it was made with.
    """
    return {"data": lifecycle.plans_of(repository(), interview_id)}


@blueprint.route("/interviews/<string:interview_id>/transcript", methods=["PUT"])
@blueprint.requires("interview:update")
@blueprint.response(200, TranscriptSchema)
@blueprint.errors(
    {
        **NOT_FOUND,
        **_CONFLICT,
        HTTPStatus.BAD_REQUEST: "Not a JSON object",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 1 MiB",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Not one of the formats",
        HTTPStatus.UNPROCESSABLE_ENTITY: "The transcript cannot be read; the line is named",
    }
)
@blueprint.doc(requestBody=_TRANSCRIPT_BODY)
def put_transcript(interview_id: str) -> Any:
    """Put the transcript

    From IN_PROGRESS until the assessment is approved: JSON turns, WebVTT, SubRip, or plain text of
    `Name: words` lines. It takes the place of an earlier one.
    """
    transcript = _transcript()
    kept = lifecycle.put_transcript(repository(), interview_id, transcript)
    return {"interview_id": kept.interview_id, "turns": kept.turns}


@blueprint.route("/interviews/<string:interview_id>/transcript", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.response(200, TranscriptSchema)
@blueprint.errors({HTTPStatus.NOT_FOUND: "No such interview, or it has no transcript yet"})
def read_transcript(interview_id: str) -> Any:
    """Get the transcript"""
    kept = lifecycle.current_transcript(repository(), interview_id)
    return {"interview_id": kept.interview_id, "turns": kept.turns}


def _transcript() -> Transcript:
    """Return the transcript that the request carries, in whichever format."""
    formats = [each.value for each in TranscriptFormat]
    try:
        if request.mimetype in formats:
            return parse(read_body(request), TranscriptFormat(request.mimetype))
        if not request.is_json:
            known = ", ".join(["application/json", *formats])
            abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message=f"Content-Type must be one of {known}")
        given = Blueprint.ARGUMENTS_PARSER.parse(_TURNS, request, location="json")
        turns = [Turn(each["speaker"], each["text"], each.get("at")) for each in given["turns"]]
        return checked(turns)
    except TranscriptUnreadable as error:
        raise InvalidFields({"transcript": [str(error)]}) from None
